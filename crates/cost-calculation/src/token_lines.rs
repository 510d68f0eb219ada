//! The lines of the token component.
use crate::component_sum::ComponentSum;
use crate::exact_sum::{ExactSum, Product};
use crate::flags::{Flag, Flags};
use crate::multiplier::Multipliers;
use crate::rate_selection::{Conditions, ModelRates, STANDARD};
use crate::{EstimateError, Line, MoneyError, PicoUsd, PriceRow, ResourceType, TokenUsage};

/// Prices the token buckets of one interaction.
pub(crate) struct TokenPricing<'b, 'c> {
    pub rates: &'b ModelRates,
    pub tier: &'c str,
    pub conditions: Conditions<'c>,
    pub multipliers: Multipliers,
}

impl<'b> TokenPricing<'b, '_> {
    /// Adds the lines, and returns what the cache saved.
    pub fn price(
        &self,
        usage: &TokenUsage,
        sum: &mut ComponentSum,
        lines: &mut Vec<Line>,
    ) -> Result<PicoUsd, EstimateError> {
        let input = self.select(&ResourceType::Input);
        let tier_floor = self.context_tier_reached();
        let mut savings = ExactSum::default();
        for (resource, quantity) in usage.buckets() {
            if quantity == 0 {
                continue;
            }
            let Some((row, mut flags)) = self.rate_of(&resource) else {
                sum.unpriced(resource, quantity, self.why_unpriced(), lines);
                continue;
            };
            if row.min_context < tier_floor {
                flags = flags.with(Flag::ContextTierMissing);
            }
            if is_cache(&resource)
                && let Some(input) = input
            {
                let refuse = |source: MoneyError| EstimateError::Line {
                    resource: resource.clone(),
                    source,
                };
                savings.add(self.product(input, quantity)).map_err(refuse)?;
                savings
                    .subtract(self.product(row, quantity))
                    .map_err(refuse)?;
            }
            sum.priced(
                resource,
                quantity,
                row,
                self.multipliers.on(row),
                flags,
                lines,
            )?;
        }
        Ok(savings.rounded().unwrap_or_default())
    }

    fn product(&self, row: &PriceRow, quantity: u64) -> Product {
        let multiplier = self.multipliers.on(row).factor;
        Product {
            quantity,
            rate_pico: row.rate_pico,
            per: row.per,
            multiplier,
        }
    }

    /// The tier's own rates, or the standard ones where a factor makes the tier.
    fn select(&self, resource: &ResourceType) -> Option<&'b PriceRow> {
        let tier = if self.multipliers.tier_by_factor {
            STANDARD
        } else {
            self.tier
        };
        self.rates.select(resource, tier, &self.conditions)
    }

    /// The bucket's own rate, or the rate of what it is a kind of. Both public libraries bill what
    /// has no cached rate at the input rate; here the line says so.
    fn rate_of(&self, resource: &ResourceType) -> Option<(&'b PriceRow, Flags)> {
        let own = |resource: &ResourceType| self.select(resource);
        if let Some(row) = own(resource) {
            return Some((row, Flags::NONE));
        }
        let short_write = Some(&ResourceType::CacheWrite5m)
            .filter(|_| *resource == ResourceType::CacheWrite1h)
            .and_then(own);
        if let Some(row) = short_write {
            return Some((row, Flags::NONE.with(Flag::BilledAsShortCacheWrite)));
        }
        match resource {
            ResourceType::CacheRead
            | ResourceType::CacheWrite5m
            | ResourceType::CacheWrite1h
            | ResourceType::AudioIn
            | ResourceType::ImageIn => {
                let row = own(&ResourceType::Input)?;
                Some((row, Flags::NONE.with(Flag::BilledAsInput)))
            }
            ResourceType::Reasoning | ResourceType::AudioOut | ResourceType::ImageOut => {
                let row = own(&ResourceType::Output)?;
                Some((row, Flags::NONE.with(Flag::BilledAsOutput)))
            }
            _ => None,
        }
    }

    /// The highest context tier that any of the plain rates has for this many input tokens.
    fn context_tier_reached(&self) -> u64 {
        if !self.rates.has_context_tiers {
            return 0;
        }
        [
            self.select(&ResourceType::Input),
            self.select(&ResourceType::Output),
            self.rates
                .select(&ResourceType::Input, STANDARD, &self.conditions),
        ]
        .into_iter()
        .flatten()
        .map(|row| row.min_context)
        .max()
        .unwrap_or_default()
    }

    fn why_unpriced(&self) -> &'static str {
        if self.tier != STANDARD && !self.rates.has_tier(self.tier, &self.conditions) {
            "the model has no rate in force for the service tier"
        } else {
            "the model has no rate in force for this resource"
        }
    }
}

fn is_cache(resource: &ResourceType) -> bool {
    matches!(
        resource,
        ResourceType::CacheRead | ResourceType::CacheWrite5m | ResourceType::CacheWrite1h
    )
}
