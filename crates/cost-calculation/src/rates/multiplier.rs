//! Rational factors on the token rates: a region's uplift, a service tier's, a reseller's fee.
use crate::EstimateError;
use crate::PriceRow;
use crate::ResourceType;
use crate::UnixMillis;
use crate::flags::Flags;
use crate::rates::rate_selection::{Conditions, ModelRates, STANDARD};

/// A factor in lowest terms, and what its rows have to say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Applied {
    /// Numerator and denominator.
    pub factor: (i64, i64),
    pub flags: Flags,
}

impl Applied {
    pub const NONE: Self = Self {
        factor: (1, 1),
        flags: Flags::NONE,
    };

    fn and(self, row: Option<&PriceRow>, at: UnixMillis) -> Result<Self, EstimateError> {
        let Some(row) = row else { return Ok(self) };
        let (num, den) = self.factor;
        let out_of_range = || EstimateError::MultiplierOutOfRange {
            left_num: num,
            left_den: den,
            right_num: row.rate_pico,
            right_den: row.per,
        };
        let num = i128::from(num) * i128::from(row.rate_pico);
        let den = i128::from(den) * i128::from(row.per);
        let divisor = gcd(num, den).max(1);
        let narrow = |value: i128| i64::try_from(value / divisor).map_err(|_| out_of_range());
        let factor = (narrow(num)?, narrow(den)?);
        Ok(Self {
            factor,
            flags: self.flags.union(row.flags(at)),
        })
    }
}

fn gcd(mut left: i128, mut right: i128) -> i128 {
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left
}

/// The factors on one interaction's token rates. A `multiplier` row of the model wins over one of
/// its provider as a whole (model `''`).
#[derive(Debug, Clone)]
pub(crate) struct Multipliers {
    /// The tier has no rates of its own, and its factor makes them from the standard ones.
    pub tier_by_factor: bool,
    on_regional_rows: Applied,
    on_global_rows: Applied,
    rows: [Option<i64>; 3],
}

impl Multipliers {
    pub fn select(
        model: &ModelRates,
        provider: Option<&ModelRates>,
        tier: &str,
        conditions: &Conditions<'_>,
    ) -> Result<Self, EstimateError> {
        let provider = provider.filter(|rates| rates.has_multipliers);
        if !model.has_multipliers && provider.is_none() {
            return Ok(Self {
                tier_by_factor: false,
                on_regional_rows: Applied::NONE,
                on_global_rows: Applied::NONE,
                rows: [None; 3],
            });
        }
        let find = |tier: &str, conditions: &Conditions<'_>| {
            let own = model.select(&ResourceType::Multiplier, tier, conditions);
            own.or_else(|| provider?.select(&ResourceType::Multiplier, tier, conditions))
        };
        let everywhere = Conditions {
            regions: ["", ""],
            ..*conditions
        };
        let general = find(STANDARD, &everywhere);
        let regional = find(STANDARD, conditions).filter(|row| !row.region.is_empty());
        let special_tier = tier != STANDARD && !model.has_tier(tier, conditions);
        let of_tier = if special_tier {
            find(tier, conditions)
        } else {
            None
        };
        // A row of that region is the regional price already.
        let on_regional_rows = Applied::NONE
            .and(general, conditions.at)?
            .and(of_tier, conditions.at)?;
        Ok(Self {
            tier_by_factor: of_tier.is_some(),
            on_regional_rows,
            on_global_rows: on_regional_rows.and(regional, conditions.at)?,
            rows: [general, of_tier, regional].map(|row| row.map(|row| row.id)),
        })
    }

    /// The factor on a row's rate.
    pub fn on(&self, row: &PriceRow) -> Applied {
        if row.region.is_empty() {
            self.on_global_rows
        } else {
            self.on_regional_rows
        }
    }

    /// The `multiplier` rows that were used.
    pub fn price_ids(&self) -> Vec<i64> {
        self.rows.iter().flatten().copied().collect()
    }
}
