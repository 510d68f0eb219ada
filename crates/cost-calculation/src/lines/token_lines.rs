//! The lines of the token component.
use crate::EstimateError;
use crate::Line;
use crate::MoneyError;
use crate::PicoUsd;
use crate::PriceRow;
use crate::ResourceType;
use crate::TokenPart;
use crate::TokenUsage;
use crate::Units;
use crate::flags::{Flag, Flags};
use crate::lines::component_sum::ComponentSum;
use crate::numbers::exact_sum::{ExactSum, Product};
use crate::rates::multiplier::Multipliers;
use crate::rates::rate_selection::{Conditions, ModelRates, STANDARD};

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
        units: &Units,
        sum: &mut ComponentSum,
        lines: &mut Vec<Line>,
    ) -> Result<PicoUsd, EstimateError> {
        let input = self.select(&ResourceType::Input);
        let tier_floor = self.context_tier_reached();
        let mut savings = ExactSum::default();
        for (resource, bucket) in usage.buckets() {
            if bucket == 0 {
                continue;
            }
            let of_parts = self.price_parts((&resource, bucket), units, sum, lines)?;
            let quantity = bucket.saturating_sub(of_parts);
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

    /// Adds the lines of a bucket's parts, and returns how many of its tokens they are.
    fn price_parts(
        &self,
        (whole, bucket): (&ResourceType, u64),
        units: &Units,
        sum: &mut ComponentSum,
        lines: &mut Vec<Line>,
    ) -> Result<u64, EstimateError> {
        if units.calls.is_empty() {
            return Ok(0);
        }
        let mut taken = 0_u64;
        for (part, quantity) in parts_of(units, whole, bucket) {
            taken = taken.saturating_add(quantity);
            let resource = ResourceType::Part(part);
            match self.rate_of_part(part) {
                Some((row, flags)) => {
                    let applied = self.multipliers.on(row);
                    sum.priced(resource, quantity, row, applied, flags, lines)?;
                }
                None => sum.unpriced(resource, quantity, self.why_unpriced(), lines),
            }
        }
        Ok(taken)
    }

    /// The part's own rate; its whole's rate where that is certain to be the same.
    fn rate_of_part(&self, part: TokenPart) -> Option<(&'b PriceRow, Flags)> {
        if let Some(row) = self.select(&ResourceType::Part(part)) {
            return Some((row, Flags::NONE));
        }
        match part {
            TokenPart::CacheReadAudio | TokenPart::CacheReadImage | TokenPart::CacheReadVideo => {
                let (kind, text) = (part.uncached()?, ResourceType::Input);
                let tier = self.rate_tier();
                if self
                    .rates
                    .has_rate_apart(&kind, &text, tier, &self.conditions)
                {
                    return None;
                }
                self.rate_of(&ResourceType::CacheRead)
            }
            TokenPart::VideoIn | TokenPart::Citation => {
                let row = self.select(&ResourceType::Input)?;
                Some((row, Flags::NONE.with(Flag::BilledAsInput)))
            }
            TokenPart::CacheWrite12h | TokenPart::VideoOut => None,
        }
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
        self.rates
            .select(resource, self.rate_tier(), &self.conditions)
    }

    fn rate_tier(&self) -> &str {
        if self.multipliers.tier_by_factor {
            STANDARD
        } else {
            self.tier
        }
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

/// The parts of a bucket that are told among the calls, in order. Together they are never more than
/// the bucket: one that does not fit is no part of it.
pub(crate) fn parts_of(
    units: &Units,
    whole: &ResourceType,
    bucket: u64,
) -> impl Iterator<Item = (TokenPart, u64)> {
    let mut left = bucket;
    TokenPart::ALL.into_iter().filter_map(move |part| {
        if part.whole() != *whole {
            return None;
        }
        let quantity = *units.calls.get(part.as_str())?;
        left = left.checked_sub(quantity)?;
        (quantity > 0).then_some((part, quantity))
    })
}
