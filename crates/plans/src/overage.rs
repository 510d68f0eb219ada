//! What lies beyond what is included, and what it costs: the one place that says so.

use cost_calculation::Amount;
use cost_calculation::divide_half_even;

use crate::plan::{Meter, PlanTerms};

/// What was used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Used {
    /// Picodollars.
    pub cost: i128,
    /// Tokens of all buckets.
    pub tokens: i128,
    /// Interactions.
    pub interactions: i128,
}

impl Used {
    /// Of one meter.
    pub const fn of(&self, meter: Meter) -> i128 {
        match meter {
            Meter::Cost => self.cost,
            Meter::Tokens => self.tokens,
            Meter::Interactions => self.interactions,
        }
    }

    /// With another's added.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            cost: self.cost + other.cost,
            tokens: self.tokens + other.tokens,
            interactions: self.interactions + other.interactions,
        }
    }

    /// With another's taken off.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self {
            cost: self.cost - other.cost,
            tokens: self.tokens - other.tokens,
            interactions: self.interactions - other.interactions,
        }
    }
}

/// A part of a period under one version, with what was used in it.
#[derive(Debug, Clone, Copy)]
pub struct RatedSegment<'a> {
    /// The version in force.
    pub terms: &'a PlanTerms,
    /// Days from its first one to the end of the whole period.
    pub left_days: i64,
    /// What was used.
    pub used: Used,
}

/// What one meter of one segment comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentOverage {
    /// What the segment adds to what is included; `None` is unlimited.
    pub granted: Option<i128>,
    /// What was used.
    pub used: i128,
    /// What lies beyond.
    pub overage: i128,
    /// What that costs by the segment's own rate; `None` where it has none.
    pub charge: Option<Amount>,
}

/// What a meter of a period comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeterOverage {
    /// Of which meter.
    pub meter: Meter,
    /// What was used.
    pub used: i128,
    /// All that is included; `None` is unlimited.
    pub included: Option<i128>,
    /// What is left of it, never below 0; `None` is unlimited.
    pub remaining: Option<i128>,
    /// What lies beyond.
    pub overage: i128,
    /// What it costs; `None` where nothing of it has a rate.
    pub charge: Option<Amount>,
    /// Each segment's part.
    pub segments: Vec<SegmentOverage>,
}

/// What a meter of a period comes to.
///
/// A segment adds what its version includes more than the one before, by the days that are left of the whole
/// period. What lies beyond is `max(0, used - what is left)` of each segment in turn: what was over before a
/// change keeps its rate, and what was left goes on. Of one segment it is `max(0, used - included)`.
pub fn meter_overage(meter: Meter, whole_days: i64, segments: &[RatedSegment<'_>]) -> MeterOverage {
    let mut left: i128 = 0;
    let mut included_before: i128 = 0;
    let mut total = MeterOverage {
        meter,
        used: 0,
        included: Some(0),
        remaining: Some(0),
        overage: 0,
        charge: None,
        segments: Vec::with_capacity(segments.len()),
    };
    for segment in segments {
        let used = segment.used.of(meter);
        let rated = match segment.terms.included(meter) {
            None => SegmentOverage {
                granted: None,
                used,
                overage: 0,
                charge: None,
            },
            Some(included) => {
                let more = (i128::from(included) - included_before).max(0);
                let granted = more * i128::from(segment.left_days) / i128::from(whole_days.max(1));
                included_before = included_before.max(included.into());
                let overage = (used - left - granted).max(0);
                left = (left + granted - used).max(0);
                let rate = segment.terms.rule(meter).and_then(|rule| rule.overage);
                SegmentOverage {
                    granted: Some(granted),
                    used,
                    overage,
                    charge: rate.map(|rate| {
                        let exact = overage * i128::from(rate.amount);
                        Amount(divide_half_even(exact, i128::from(rate.per.max(1))))
                    }),
                }
            }
        };
        total.used += used;
        total.overage += rated.overage;
        total.included = total
            .included
            .zip(rated.granted)
            .map(|(all, more)| all + more);
        total.charge = match (total.charge, rated.charge) {
            (Some(sum), Some(charge)) => Some(sum + charge),
            (sum, charge) => sum.or(charge),
        };
        total.segments.push(rated);
    }
    total.remaining = total.included.map(|_| left);
    total
}

/// What all meters of a period cost beyond what is included.
pub fn charge_of(whole_days: i64, segments: &[RatedSegment<'_>]) -> Amount {
    Meter::ALL
        .into_iter()
        .filter_map(|meter| meter_overage(meter, whole_days, segments).charge)
        .sum()
}
