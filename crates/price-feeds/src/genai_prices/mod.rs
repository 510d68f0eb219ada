//! genai-prices' data: dollars per the number of units that a key's name ends with, dated.
//!
//! <https://raw.githubusercontent.com/pydantic/genai-prices/refs/heads/main/prices/new_data/v2/data.json>:
//! an array of providers, each with models, each with prices for all times or a list of
//! `{constraint, prices}` of which the last that holds applies, and with variants for a service
//! tier, of which the first that holds applies for each key. The same data as its package ships it
//! (`{providers: […]}`, prices as strings) is read too. A context tier applies to more than its
//! `start` tokens.

mod matched_names;
mod price_keys;
mod timeline;

use cost_calculation::{ParsedModel, canonical_provider};
use serde_json::value::RawValue;

use crate::{
    Feed, FeedError, PriceKey, Quote, Rate,
    genai_prices::{
        price_keys::PricedUnit,
        timeline::{Alternative, Dated, Windowed},
    },
    provider_day,
    quote::{FeedBuilder, STANDARD_TIER, SkipReason},
    raw_object::{self, RawObject, count, decimal_text, text},
    schedule,
};

/// Reads the data.
pub fn read(json: &str) -> Result<Feed, FeedError> {
    let unreadable = |error: serde_json::Error| FeedError::Unreadable(error.to_string());
    let providers: Vec<RawObject<'_>> = if json.trim_start().starts_with('{') {
        let export: RawObject<'_> = serde_json::from_str(json).map_err(unreadable)?;
        let list = export
            .get("providers")
            .ok_or_else(|| FeedError::Unreadable("no member `providers`".to_owned()))?;
        raw_object::list(list.get()).map_err(unreadable)?
    } else {
        raw_object::list(json).map_err(unreadable)?
    };
    let mut builder = FeedBuilder::default();
    for provider in &providers {
        let Some(id) = provider.text("id") else {
            builder.skip(SkipReason::Malformed, || {
                "a provider without an id".to_owned()
            });
            continue;
        };
        let models = provider
            .get("models")
            .map(RawValue::get)
            .map(raw_object::list);
        let Some(Ok(models)) = models else {
            builder.skip(SkipReason::Malformed, || format!("{id}: models"));
            continue;
        };
        let models: Vec<RawObject<'_>> = models;
        for model in &models {
            if builder.is_full() {
                break;
            }
            read_model(&mut builder, &canonical_provider(&id), model);
        }
    }
    builder.finish()
}

/// One priced unit of one alternative, before its key has a model.
struct UnitPrice {
    unit: PricedUnit,
    min_context: u64,
    rate: Rate,
}

fn read_model(builder: &mut FeedBuilder, provider: &str, model: &RawObject<'_>) {
    let Some(id) = model.text("id") else {
        builder.skip(SkipReason::Malformed, || {
            format!("{provider}: a model without an id")
        });
        return;
    };
    let place = format!("{provider}/{id}");
    let names = matched_names::read(provider, &id, model.get("match"));
    if names.is_empty() {
        builder.skip(SkipReason::NoModelName, || place.clone());
        return;
    }
    let Some(standard) = model.get("prices").and_then(alternatives) else {
        builder.skip(SkipReason::Malformed, || place.clone());
        return;
    };
    let mut adder = Adder {
        builder,
        provider,
        names: &names,
        place: &place,
    };
    adder.add(STANDARD_TIER, "", &standard);
    let variants = model
        .get("price_variants")
        .map(RawValue::get)
        .map(raw_object::list);
    let variants: Vec<RawObject<'_>> = match variants {
        Some(Ok(variants)) => variants,
        Some(Err(_)) => return adder.builder.skip(SkipReason::Malformed, || place.clone()),
        None => return,
    };
    for (tier, region) in tiers_of(&variants) {
        let mut of_tier: Vec<_> = variants
            .iter()
            .filter(|variant| tier_of(variant).as_ref() == Some(&(tier.clone(), region.clone())))
            .filter_map(alternative)
            .collect();
        // The first one that holds applies; the timeline takes the last.
        of_tier.reverse();
        adder.add(&tier, &region, &of_tier);
    }
    for variant in variants.iter().filter(|variant| tier_of(variant).is_none()) {
        let when = variant.get("when").map_or("", RawValue::get);
        adder.builder.skip(SkipReason::UnsupportedResource, || {
            format!("{place}: {when}")
        });
    }
}

fn alternatives<'a>(prices: &'a RawValue) -> Option<Vec<Alternative<'a>>> {
    if let Ok(list) = raw_object::list::<RawObject<'a>>(prices.get()) {
        return list.iter().map(alternative).collect();
    }
    Some(vec![Alternative {
        constraint: None,
        prices: RawObject::read(prices)?,
    }])
}

fn alternative<'a>(entry: &RawObject<'a>) -> Option<Alternative<'a>> {
    let constraint = entry
        .get("constraint")
        .filter(|constraint| constraint.get() != "null");
    Some(Alternative {
        constraint: match constraint {
            Some(constraint) => Some(RawObject::read(constraint)?),
            None => None,
        },
        prices: RawObject::read(entry.get("prices")?)?,
    })
}

/// The service tier and region that a variant is for; `None` for a condition that the suite does
/// not know.
fn tier_of(variant: &RawObject<'_>) -> Option<(String, String)> {
    let when = RawObject::read(variant.get("when")?)?;
    let [(name, value)] = when.0.as_slice() else {
        return None;
    };
    let value = text(value)?;
    match (name.as_ref(), value.as_ref()) {
        ("processing" | "service_tier" | "speed", "batch" | "flex" | "priority" | "fast") => {
            Some((value.into_owned(), String::new()))
        }
        ("service_tier", "default") => Some((STANDARD_TIER.to_owned(), String::new())),
        ("route", route) => {
            let (_, region) = route.rsplit_once('/')?;
            Some((STANDARD_TIER.to_owned(), region.to_owned()))
        }
        _ => None,
    }
}

fn tiers_of(variants: &[RawObject<'_>]) -> Vec<(String, String)> {
    let mut tiers: Vec<_> = variants.iter().filter_map(tier_of).collect();
    tiers.sort();
    tiers.dedup();
    // The plain prices are the standard tier's; a variant that repeats them adds nothing.
    tiers.retain(|(tier, region)| tier != STANDARD_TIER || !region.is_empty());
    tiers
}

struct Adder<'a> {
    builder: &'a mut FeedBuilder,
    provider: &'a str,
    names: &'a [ParsedModel],
    place: &'a str,
}

impl Adder<'_> {
    fn add(&mut self, tier: &str, region: &str, alternatives: &[Alternative<'_>]) {
        let Some(steps) = timeline::steps(alternatives) else {
            self.builder.skip(SkipReason::Malformed, || {
                format!("{}: constraint", self.place)
            });
            return;
        };
        for Dated {
            from_ms,
            to_ms,
            rates,
        } in steps
        {
            for Windowed { windows, prices } in rates {
                let schedule = schedule::text(&windows);
                for UnitPrice {
                    unit,
                    min_context,
                    rate,
                } in self.unit_prices(prices)
                {
                    for name in self.names {
                        let region = if region.is_empty() {
                            name.region.as_str()
                        } else {
                            region
                        };
                        let is_variant = tier != STANDARD_TIER || name.service_tier.is_empty();
                        let tier = if is_variant { tier } else { &name.service_tier };
                        self.builder.add(Quote {
                            key: PriceKey {
                                provider: self.provider.to_owned(),
                                model: name.model.clone(),
                                resource_type: unit.resource_type.to_owned(),
                                region: region.to_owned(),
                                service_tier: tier.to_owned(),
                                min_context,
                                schedule: schedule.clone(),
                            },
                            valid_from_ms: provider_day::begins(self.provider, from_ms),
                            valid_to_ms: to_ms.map(|end| provider_day::begins(self.provider, end)),
                            rate,
                        });
                    }
                }
            }
        }
    }

    fn unit_prices(&mut self, prices: &RawObject<'_>) -> Vec<UnitPrice> {
        let mut found = Vec::new();
        for (name, value) in &prices.0 {
            if value.get() == "null" {
                continue;
            }
            let Some(unit) = price_keys::unit(name) else {
                self.builder.skip(SkipReason::UnsupportedResource, || {
                    format!("{}: {name}", self.place)
                });
                continue;
            };
            match tiers(value) {
                Some(tiers) => {
                    for (min_context, text) in tiers {
                        match Rate::from_decimal(&text, unit.quoted_per, unit.per) {
                            Ok(rate) => found.push(UnitPrice {
                                unit,
                                min_context,
                                rate,
                            }),
                            Err(error) => self
                                .builder
                                .skip_rate(error, || format!("{}: {name} = {text}", self.place)),
                        }
                    }
                }
                None => self
                    .builder
                    .skip(SkipReason::NotANumber, || format!("{}: {name}", self.place)),
            }
        }
        found
    }
}

/// A price, or `{base, tiers: [{start, price}]}`, as pairs of smallest context and decimal text.
fn tiers(value: &RawValue) -> Option<Vec<(u64, String)>> {
    if let Some(text) = decimal_text(value) {
        return Some(vec![(0, text.into_owned())]);
    }
    let tiered = RawObject::read(value)?;
    let mut pairs = vec![(0, decimal_text(tiered.get("base")?)?.into_owned())];
    let list: Vec<RawObject<'_>> = raw_object::list(tiered.get("tiers")?.get()).ok()?;
    for tier in &list {
        let start = count(tier.get("start")?)?;
        pairs.push((
            start.checked_add(1)?,
            decimal_text(tier.get("price")?)?.into_owned(),
        ));
    }
    Some(pairs)
}
