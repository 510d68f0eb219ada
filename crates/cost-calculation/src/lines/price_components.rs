//! From a billable to its lines and components.
use std::borrow::Cow;

use crate::Billable;
use crate::CALCULATION_VERSION;
use crate::Component;
use crate::Declared;
use crate::Estimate;
use crate::EstimateError;
use crate::PicoUsd;
use crate::PriceBook;
use crate::PriceState;
use crate::ResourceType;
use crate::canonical_provider;
use crate::flags::{Flag, Flags};
use crate::lines::call_lines::{CallPricing, first_rate};
use crate::lines::component_sum::ComponentSum;
use crate::lines::infrastructure::{Key, TOOL_PROVIDER, compute_key, database_key};
use crate::lines::token_lines::TokenPricing;
use crate::names::resolve_model::billed_provider;
use crate::names::resource::CONTEXT_TOKENS;
use crate::rates::matched_rates::{Resolved, resolve};
use crate::rates::multiplier::{Applied, Multipliers};
use crate::rates::rate_selection::{Conditions, STANDARD};

/// One estimate in the making.
pub(crate) struct Pricing<'b> {
    book: &'b PriceBook,
    billable: &'b Billable<'b>,
    resolved: Option<Resolved<'b>>,
    estimate: Estimate,
}

impl<'b> Pricing<'b> {
    pub fn new(book: &'b PriceBook, billable: &'b Billable<'b>) -> Self {
        Self {
            book,
            billable,
            resolved: resolve(book, billable),
            estimate: Estimate {
                ai_tokens: None,
                db_ops: None,
                api_calls: None,
                compute_time: None,
                total: None,
                cache_savings: PicoUsd::ZERO,
                price_state: PriceState::Unpriced,
                match_kind: None,
                matched: None,
                multiplier_price_ids: Vec::new(),
                flags: Flags::NONE,
                lines: Vec::with_capacity(10),
                calculation_version: CALCULATION_VERSION,
            },
        }
    }

    pub fn run(mut self) -> Result<Estimate, EstimateError> {
        let (mut priced, mut unpriced) = (false, false);
        let reported = self.billable.counted_report();
        for component in Component::ALL {
            let mut sum = ComponentSum::new(component, self.billable.price_time);
            match self
                .billable
                .declared
                .filter(|declared| declared.component == component)
            {
                Some(Declared { amount, .. }) => {
                    sum.declare(amount, Flag::Declared, &mut self.estimate.lines)?;
                }
                None => match component {
                    Component::AiTokens => match reported {
                        Some(amount) => {
                            sum.declare(amount, Flag::Reported, &mut self.estimate.lines)?;
                        }
                        None => self.price_tokens(&mut sum)?,
                    },
                    Component::DbOps => self.price_database(&mut sum)?,
                    Component::ApiCalls => self.price_calls(&mut sum)?,
                    Component::ComputeTime => self.price_compute(&mut sum)?,
                },
            }
            priced |= sum.any_priced;
            unpriced |= sum.any_unpriced;
            let cost = sum.cost();
            match component {
                Component::AiTokens => self.estimate.ai_tokens = cost,
                Component::DbOps => self.estimate.db_ops = cost,
                Component::ApiCalls => self.estimate.api_calls = cost,
                Component::ComputeTime => self.estimate.compute_time = cost,
            }
        }
        let mut estimate = self.estimate;
        let is_stated = self.billable.declared.is_some() || reported.is_some();
        estimate.price_state = match (unpriced, priced) {
            (true, false) => PriceState::Unpriced,
            (true, true) => PriceState::Partial,
            (false, _) if is_stated => PriceState::Declared,
            (false, _) => PriceState::Priced,
        };
        if estimate.price_state != PriceState::Unpriced {
            let components = [
                estimate.ai_tokens,
                estimate.db_ops,
                estimate.api_calls,
                estimate.compute_time,
            ];
            estimate.total = Some(PicoUsd::checked_sum(components.into_iter().flatten())?);
        }
        estimate.flags = estimate
            .lines
            .iter()
            .fold(self.billable.reading, |flags, line| flags.union(line.flags));
        if let Some(resolved) = self.resolved {
            estimate.match_kind = Some(resolved.kind);
            estimate.matched = Some(resolved.matched);
        }
        Ok(estimate)
    }

    fn price_tokens(&mut self, sum: &mut ComponentSum) -> Result<(), EstimateError> {
        let usage = self.billable.usage;
        if usage.total() == 0 {
            return Ok(());
        }
        let Some(resolved) = &self.resolved else {
            for (resource, quantity) in usage.buckets() {
                let note = "no row of the price book is in force for this model";
                sum.unpriced(resource, quantity, note, &mut self.estimate.lines);
            }
            return Ok(());
        };
        let conditions = Conditions {
            at: self.billable.price_time,
            regions: [&resolved.matched.region, &resolved.wider_region],
            context: self.context_tokens(),
        };
        let tier = &*resolved.matched.service_tier;
        let provider_rates = self.book.provider_multipliers(&resolved.matched.provider);
        let multipliers = Multipliers::select(resolved.rates, provider_rates, tier, &conditions)?;
        let tokens = TokenPricing {
            rates: resolved.rates,
            tier,
            conditions,
            multipliers,
        };
        self.estimate.cache_savings =
            tokens.price(usage, self.billable.units, sum, &mut self.estimate.lines)?;
        if is_region_unknown(resolved, self.billable) {
            let note = "no price or factor is known for the region that it was served in";
            sum.unpriced(ResourceType::Multiplier, 1, note, &mut self.estimate.lines);
        }
        if sum.any_priced {
            self.estimate.multiplier_price_ids = tokens.multipliers.price_ids();
        }
        Ok(())
    }

    fn price_database(&mut self, sum: &mut ComponentSum) -> Result<(), EstimateError> {
        let units = self.billable.units;
        let quantities = [
            (ResourceType::RowsRead, units.rows_read),
            (ResourceType::RowsWritten, units.rows_written),
            (ResourceType::Operations, units.operations),
        ];
        if quantities.iter().all(|(_, quantity)| *quantity == 0) {
            return Ok(());
        }
        let key = database_key(self.book, self.billable);
        self.price_infrastructure(&key, quantities, sum)
    }

    fn price_compute(&mut self, sum: &mut ComponentSum) -> Result<(), EstimateError> {
        let units = self.billable.units;
        let quantities = [
            (ResourceType::CpuMs, units.cpu_ms),
            (ResourceType::WallMs, units.wall_ms),
            (ResourceType::Requests, units.requests),
        ];
        if quantities.iter().all(|(_, quantity)| *quantity == 0) {
            return Ok(());
        }
        let key = compute_key(self.book, self.billable);
        self.price_infrastructure(&key, quantities, sum)
    }

    fn price_infrastructure(
        &mut self,
        (provider, model): &Key<'_>,
        quantities: [(ResourceType, u64); 3],
        sum: &mut ComponentSum,
    ) -> Result<(), EstimateError> {
        let own = self.book.rates(provider, model);
        let region = self.billable.region.trim().to_ascii_lowercase();
        for (resource, quantity) in quantities {
            if quantity == 0 {
                continue;
            }
            let conditions = self.plain(&region);
            let found = first_rate(&[own], &resource, STANDARD, &conditions).or_else(|| {
                let of_provider = self.book.rates(provider, "");
                first_rate(&[of_provider], &resource, STANDARD, &conditions)
            });
            let lines = &mut self.estimate.lines;
            if let Some(row) = found {
                sum.priced(resource, quantity, row, Applied::NONE, Flags::NONE, lines)?;
            } else {
                sum.unpriced(
                    resource,
                    quantity,
                    "no rate is in force for this resource",
                    lines,
                );
            }
        }
        Ok(())
    }

    fn price_calls(&mut self, sum: &mut ComponentSum) -> Result<(), EstimateError> {
        let model = self.resolved.as_ref().map(|resolved| resolved.rates);
        let (usage, units) = (self.billable.usage, self.billable.units);
        if !CallPricing::is_needed(model, usage, units) {
            return Ok(());
        }
        let provider = match &self.resolved {
            Some(resolved) => Cow::Borrowed(resolved.matched.provider.as_str()),
            None => billed_provider(self.book, self.billable),
        };
        let (region, tier) = match &self.resolved {
            Some(resolved) => (
                resolved.matched.region.clone(),
                resolved.matched.service_tier.clone(),
            ),
            None => (
                self.billable.region.trim().to_ascii_lowercase(),
                Cow::Borrowed(STANDARD),
            ),
        };
        let calls = CallPricing {
            model,
            elsewhere: [
                self.book.rates(&provider, ""),
                self.book.rates(TOOL_PROVIDER, ""),
            ],
            tier: &tier,
            conditions: self.plain(&region),
            usage,
            units,
            is_reported: self.billable.counted_report().is_some(),
        };
        calls.price(sum, &mut self.estimate.lines)
    }

    /// The tokens that choose the context tier: all input, or the largest of several prompts.
    fn context_tokens(&self) -> u64 {
        let all = self.billable.usage.total_input();
        let calls = &self.billable.units.calls;
        if calls.is_empty() {
            return all;
        }
        calls
            .get(CONTEXT_TOKENS)
            .map_or(all, |largest| all.min(*largest))
    }

    /// What chooses a rate that has no context tiers.
    fn plain<'c>(&self, region: &'c str) -> Conditions<'c> {
        Conditions {
            at: self.billable.price_time,
            regions: [region, ""],
            context: 0,
        }
    }
}

/// Whether a region was served that has a surcharge at its provider, and the book has none for it:
/// Vertex bills newer models dearer in a region than at its global endpoint, and where a list tells a
/// factor for one region of a model, another region hardly has none.
fn is_region_unknown(resolved: &Resolved<'_>, billable: &Billable<'_>) -> bool {
    let region = billable.region.trim();
    if region.is_empty() {
        return false;
    }
    let is_vertex = || canonical_provider(billable.provider) == "vertex";
    let has_regional_factors = || {
        resolved
            .rates
            .rows()
            .any(|row| row.resource == ResourceType::Multiplier && !row.region.is_empty())
    };
    if !has_regional_factors() && !is_vertex() {
        return false;
    }
    let served = [resolved.matched.region.as_str(), &resolved.wider_region];
    let is_everywhere = region.eq_ignore_ascii_case("global");
    !is_everywhere
        && !resolved
            .rates
            .rows()
            .any(|row| !row.region.is_empty() && served.contains(&row.region.as_str()))
}

/// Prices one interaction by the rows in force at its `price_time`.
///
/// # Errors
/// An amount beyond ±9,223,372.03 USD, or a negative declared cost. A missing price is no error.
pub fn estimate(book: &PriceBook, billable: &Billable<'_>) -> Result<Estimate, EstimateError> {
    Pricing::new(book, billable).run()
}
