//! LiteLLM's cost map: one flat object, dollars for one unit.
//!
//! <https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json>;
//! the keys' grammar is in [`field`]. A higher context tier applies to more than its number of
//! tokens, at xAI to that number already (LiteLLM: `_INCLUSIVE_THRESHOLD_PROVIDERS`).

mod field;
mod off_peak;

use std::{borrow::Cow, collections::BTreeMap};

use cost_calculation::{ParsedModel, canonical_provider};
use serde_json::value::RawValue;

use crate::{
    Feed, FeedError, PriceKey, Quote, Rate,
    litellm::field::{Field, FieldName},
    quote::{CALLS_PER, FeedBuilder, STANDARD_TIER, SkipReason},
    raw_object::{self, RawObject, count, decimal_text},
};

/// Entries that describe the file instead of a model.
const NOT_MODELS: [&str; 2] = ["sample_spec", "fallback_generalizations"];

/// The largest factor of a fast mode that is written out; the real ones are 2 and 6.
const FAST_FACTOR_MAX: i64 = 10;

/// The most members of all entries together; the real map has 90,000.
const MEMBERS_MAX: usize = 500_000;

/// The most prices of one entry that are looked at: more than a model may have.
const ENTRY_PRICES_MAX: usize = 2 * crate::quote::MODEL_RATES_MAX;

/// Providers that run on the operator's own machine: zero is their price.
const SELF_HOSTED: [&str; 2] = ["ollama", "lemonade"];

/// LiteLLM's second names for a provider that the book knows once; where they contradict the
/// first name, the first one stays.
const SECOND_NAMES: [&str; 6] = [
    "vertex_ai",
    "azure_ai",
    "azure_text",
    "bedrock_mantle",
    "sagemaker",
    "text-completion",
];

/// Reads the cost map.
pub fn read(json: &str) -> Result<Feed, FeedError> {
    let map: RawObject<'_> =
        serde_json::from_str(json).map_err(|error| FeedError::Unreadable(error.to_string()))?;
    let mut builder = FeedBuilder::default();
    let mut entries = Vec::with_capacity(map.0.len());
    let mut member_count = 0;
    for (name, value) in &map.0 {
        if NOT_MODELS.contains(&name.as_ref()) {
            continue;
        }
        match RawObject::read(value) {
            Some(fields) => {
                let provider = fields.text("litellm_provider").unwrap_or_default();
                let is_second = SECOND_NAMES
                    .iter()
                    .any(|second| provider.starts_with(second));
                member_count += fields.0.len();
                if member_count > MEMBERS_MAX {
                    return Err(FeedError::Unreadable(format!(
                        "more than {MEMBERS_MAX} members of entries"
                    )));
                }
                entries.push((is_second, name, provider, fields));
            }
            None => builder.skip(SkipReason::Malformed, || name.to_string()),
        }
    }
    entries.sort_by(|left, right| (left.0, left.1).cmp(&(right.0, right.1)));
    let by_name: BTreeMap<&str, &RawObject<'_>> = entries
        .iter()
        .map(|(_, name, _, fields)| (name.as_ref(), fields))
        .collect();
    for (_, name, provider, fields) in &entries {
        if builder.is_full() {
            break;
        }
        let priced = alias_target(fields, &by_name).unwrap_or(fields);
        let its_own = priced.text("litellm_provider").unwrap_or_default();
        let theirs: &str = if provider.is_empty() {
            &its_own
        } else {
            provider
        };
        read_entry(&mut builder, name, theirs, priced);
    }
    builder.finish()
}

/// The entry whose prices an alias has: one that says `alias_of` and no price of its own. An alias of an
/// alias, or of nothing, is left to be skipped as an entry without a price.
fn alias_target<'e, 'a>(
    fields: &RawObject<'a>,
    by_name: &BTreeMap<&str, &'e RawObject<'a>>,
) -> Option<&'e RawObject<'a>> {
    let target = fields.text("alias_of")?;
    let has_price = fields.0.iter().any(|(name, _)| name.contains("cost"));
    (!has_price).then(|| by_name.get(target.as_ref()).copied())?
}

/// One price of an entry, before its key has a provider and a model.
struct EntryPrice {
    field: Field,
    schedule: String,
    rate: Rate,
}

fn read_entry(builder: &mut FeedBuilder, name: &str, theirs: &str, fields: &RawObject<'_>) {
    if theirs.is_empty() {
        builder.skip(SkipReason::Malformed, || name.to_owned());
        return;
    }
    if name.contains("-month-commitment/") {
        builder.skip(SkipReason::Provisioned, || name.to_owned());
        return;
    }
    let provider = canonical_provider(theirs).into_owned();
    let key = ParsedModel::parse(&provider, own_name(name, theirs, &provider));
    let mut prices = Vec::new();
    read_tiers(builder, name, fields, &mut prices);
    read_flat(builder, name, fields, &mut prices);
    off_peak::read(builder, name, fields, &mut prices);
    read_search(builder, name, fields, &mut prices);
    read_fast(fields, &mut prices);
    if prices.is_empty() {
        builder.skip(SkipReason::NoPrice, || name.to_owned());
        return;
    }
    let is_self_hosted = SELF_HOSTED.contains(&provider.as_str());
    if !is_self_hosted && prices.iter().all(|price| price.rate.is_zero()) {
        builder.skip(SkipReason::ZeroMeansUnknown, || name.to_owned());
        return;
    }
    let is_inclusive = provider == "x-ai";
    for EntryPrice {
        field,
        schedule,
        rate,
    } in prices
    {
        let min_context = match field.context_above {
            0 => 0,
            above => above + u64::from(!is_inclusive),
        };
        builder.add(undated(
            PriceKey {
                provider: provider.clone(),
                model: key.model.clone(),
                resource_type: field.resource_type.to_owned(),
                region: key.region.clone(),
                service_tier: field.service_tier.to_owned(),
                min_context,
                schedule,
            },
            rate,
        ));
    }
    read_uplifts(builder, name, fields, &provider, &key);
}

const fn undated(key: PriceKey, rate: Rate) -> Quote {
    Quote {
        key,
        valid_from_ms: 0,
        valid_to_ms: None,
        rate,
    }
}

/// The model's id without LiteLLM's own routing prefix.
fn own_name<'a>(name: &'a str, theirs: &str, ours: &str) -> &'a str {
    match name.split_once('/') {
        Some((prefix, rest)) if prefix == theirs || canonical_provider(prefix) == ours => rest,
        _ => name,
    }
}

fn read_flat(
    builder: &mut FeedBuilder,
    name: &str,
    fields: &RawObject<'_>,
    prices: &mut Vec<EntryPrice>,
) {
    for (field_name, value) in &fields.0 {
        match field::read(field_name) {
            FieldName::Price(field) => push(builder, name, field_name, field, value, prices),
            FieldName::Unsupported if decimal_text(value).is_some() => {
                builder.skip(SkipReason::UnsupportedResource, || {
                    format!("{name}: {field_name}")
                });
            }
            FieldName::Unsupported | FieldName::Other => {}
        }
    }
}

/// Adds a price unless the entry has one for the same thing already.
fn push(
    builder: &mut FeedBuilder,
    name: &str,
    field_name: &str,
    field: Field,
    value: &RawValue,
    prices: &mut Vec<EntryPrice>,
) {
    // An entry with so many is left out as a whole at the end; until then it should cost little.
    let is_overfull = prices.len() > ENTRY_PRICES_MAX;
    if value.get() == "null" || is_overfull || prices.iter().any(|known| known.field == field) {
        return;
    }
    let Some(text) = decimal_text(value) else {
        builder.skip(SkipReason::NotANumber, || format!("{name}: {field_name}"));
        return;
    };
    match Rate::from_decimal(&text, 1, field.per) {
        Ok(rate) => prices.push(EntryPrice {
            field,
            schedule: String::new(),
            rate,
        }),
        Err(error) => builder.skip_rate(error, || format!("{name}: {field_name} = {text}")),
    }
}

/// `tiered_pricing`: a list of `{range: [above, up to], …fields}`.
fn read_tiers(
    builder: &mut FeedBuilder,
    name: &str,
    fields: &RawObject<'_>,
    prices: &mut Vec<EntryPrice>,
) {
    let Some(list) = fields.get("tiered_pricing") else {
        return;
    };
    let Ok(tiers) = raw_object::list::<RawObject<'_>>(list.get()) else {
        builder.skip(SkipReason::Malformed, || format!("{name}: tiered_pricing"));
        return;
    };
    for tier in &tiers {
        if tier.get("max_results_range").is_some() {
            builder.skip(SkipReason::UnsupportedResource, || {
                format!("{name}: tiered_pricing by results")
            });
            continue;
        }
        let range = tier.get("range");
        let range = range.and_then(|range| raw_object::list::<&RawValue>(range.get()).ok());
        let above = range.and_then(|range| range.first().and_then(|first| count(first)));
        let Some(above) = above else {
            builder.skip(SkipReason::Malformed, || {
                format!("{name}: tiered_pricing range")
            });
            continue;
        };
        for (field_name, value) in &tier.0 {
            if let FieldName::Price(field) = field::read(field_name) {
                let field = Field {
                    context_above: above,
                    ..field
                };
                push(builder, name, field_name, field, value, prices);
            }
        }
    }
}

/// `search_context_cost_per_query`: one price for each size of the search context.
fn read_search(
    builder: &mut FeedBuilder,
    name: &str,
    fields: &RawObject<'_>,
    prices: &mut Vec<EntryPrice>,
) {
    let Some(sizes) = fields
        .get("search_context_cost_per_query")
        .and_then(RawObject::read)
    else {
        return;
    };
    let mut rate_of = |size: &str| {
        let text = sizes.get(size).and_then(decimal_text)?;
        Rate::from_decimal(&text, 1, CALLS_PER)
            .map_err(|error| builder.skip_rate(error, || format!("{name}: {size} = {text}")))
            .ok()
    };
    let [low, medium, high] = [
        "search_context_size_low",
        "search_context_size_medium",
        "search_context_size_high",
    ]
    .map(&mut rate_of);
    let Some(usual) = medium.or(low).or(high) else {
        return;
    };
    let by_size = [("web_search_low", low), ("web_search_high", high)];
    let others = by_size
        .into_iter()
        .filter_map(|(resource, rate)| Some((resource, rate?)));
    for (resource_type, rate) in
        std::iter::once(("web_search", usual)).chain(others.filter(|(_, rate)| !rate.equals(usual)))
    {
        let field = Field {
            resource_type,
            service_tier: STANDARD_TIER,
            context_above: 0,
            per: CALLS_PER,
        };
        prices.push(EntryPrice {
            field,
            schedule: String::new(),
            rate,
        });
    }
}

/// `provider_specific_entry.fast`: the factor of Anthropic's fast mode, written out as a tier of
/// its own, so that it never meets another list's written-out fast rates as a factor on top.
fn read_fast(fields: &RawObject<'_>, prices: &mut Vec<EntryPrice>) {
    let factor = fields
        .get("provider_specific_entry")
        .and_then(RawObject::read)
        .and_then(|entry| entry.get("fast").and_then(count))
        .and_then(|factor| i64::try_from(factor).ok())
        .filter(|factor| (1..=FAST_FACTOR_MAX).contains(factor));
    let Some(factor) = factor else { return };
    let fast: Vec<_> = prices
        .iter()
        .filter(|price| price.field.service_tier == STANDARD_TIER)
        .filter(|price| price.field.per == crate::quote::TOKENS_PER)
        .filter_map(|price| {
            let rate_pico = price.rate.rate_pico.checked_mul(factor)?;
            Some(EntryPrice {
                field: Field {
                    service_tier: "fast",
                    ..price.field.clone()
                },
                schedule: price.schedule.clone(),
                rate: Rate {
                    rate_pico,
                    ..price.rate
                },
            })
        })
        .collect();
    prices.extend(fast);
}

/// Factors for a region's data residency.
fn read_uplifts(
    builder: &mut FeedBuilder,
    name: &str,
    fields: &RawObject<'_>,
    provider: &str,
    key: &ParsedModel,
) {
    let own = fields
        .get("provider_specific_entry")
        .and_then(RawObject::read)
        .unwrap_or_default();
    let uplifts = [
        ("us", fields.get("regional_processing_uplift_multiplier_us")),
        ("eu", fields.get("regional_processing_uplift_multiplier_eu")),
        ("us", own.get("us")),
    ];
    for (region, value) in uplifts {
        let Some(text) = value.and_then(decimal_text) else {
            continue;
        };
        match Rate::factor(&text) {
            Ok(rate) => builder.add(undated(
                PriceKey {
                    provider: provider.to_owned(),
                    model: key.model.clone(),
                    resource_type: "multiplier".to_owned(),
                    region: region.to_owned(),
                    service_tier: STANDARD_TIER.to_owned(),
                    ..PriceKey::default()
                },
                rate,
            )),
            Err(error) => builder.skip_rate(error, || format!("{name}: uplift {region} = {text}")),
        }
    }
    if fields.get("regional_endpoint_uplift_multiplier").is_some() {
        let place: Cow<'_, str> = format!("{name}: regional_endpoint_uplift_multiplier").into();
        builder.skip(SkipReason::UnsupportedResource, || place.into_owned());
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_alias_has_the_prices_of_what_it_names() {
        let list = r#"{
            "gpt-9": {"litellm_provider": "openai", "input_cost_per_token": 1e-06},
            "gpt-9-latest": {"litellm_provider": "openai", "alias_of": "gpt-9"},
            "gpt-9-now": {"alias_of": "gpt-9"},
            "gpt-9-own": {"litellm_provider": "openai", "alias_of": "gpt-9", "input_cost_per_token": 3e-06},
            "gpt-9-chain": {"litellm_provider": "openai", "alias_of": "gpt-9-latest"},
            "gpt-9-nothing": {"litellm_provider": "openai", "alias_of": "gpt-10"}
        }"#;
        let feed = super::read(list).expect("is read");
        let mut found: Vec<(&str, &str, i64)> = feed
            .quotes
            .iter()
            .map(|quote| {
                let key = &quote.key;
                let dollars = quote.rate.rate_pico / 1_000_000_000_000;
                (key.provider.as_str(), key.model.as_str(), dollars)
            })
            .collect();
        found.sort_unstable();
        assert_eq!(
            found,
            [
                ("openai", "gpt-9", 1),
                ("openai", "gpt-9-latest", 1),
                ("openai", "gpt-9-now", 1),
                ("openai", "gpt-9-own", 3),
            ]
        );
    }
}
