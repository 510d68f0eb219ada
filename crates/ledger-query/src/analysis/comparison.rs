//! A range against the aligned part of another.

use chrono::NaiveDate;
use serde::Serialize;

use crate::sums::figures::Figures;
use cost_calculation::{Amount, Ratio};
use reporting_days::calendar::{Alignment, CompareMode, DayRange, Period};

/// By how many millionths the priced share of tokens may differ for a fair percentage.
const COVERAGE_DIFFERENCE_MAX: i128 = 50_000;

/// The contract's `Change`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    current_total_cost: Option<Amount>,
    previous_total_cost: Option<Amount>,
    difference: Option<Amount>,
    ratio: Option<Ratio>,
}

impl Change {
    /// The cost of this period's part.
    pub const fn current(&self) -> Option<Amount> {
        self.current_total_cost
    }

    /// The cost of the other period's part.
    pub const fn previous(&self) -> Option<Amount> {
        self.previous_total_cost
    }

    /// From one known or unknown cost to another.
    pub fn between(current: Option<Amount>, previous: Option<Amount>) -> Self {
        let difference = current
            .zip(previous)
            .map(|(current, previous)| current - previous);
        Self {
            current_total_cost: current,
            previous_total_cost: previous,
            difference,
            ratio: difference
                .zip(previous)
                .and_then(|(difference, previous)| Ratio::of_amounts(difference, previous)),
        }
    }
}

/// The contract's `CountChange`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CountChange {
    current: i64,
    previous: i64,
    difference: i64,
    ratio: Option<Ratio>,
}

impl CountChange {
    /// The count of this period's part.
    pub const fn current(&self) -> i64 {
        self.current
    }

    /// The count of the other period's part.
    pub const fn previous(&self) -> i64 {
        self.previous
    }

    /// From one count to another.
    pub fn between(current: i64, previous: i64) -> Self {
        let difference = current - previous;
        Self {
            current,
            previous,
            difference,
            ratio: Ratio::of_counts(difference, previous),
        }
    }
}

/// The contract's `Comparison`.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    mode: CompareMode,
    comparable: bool,
    reason: Option<&'static str>,
    current: Option<Period>,
    previous: Option<Period>,
    current_figures: Figures,
    previous_figures: Figures,
    cost_change: Change,
    interaction_difference: i64,
    interaction_ratio: Option<Ratio>,
    error_rate_difference: Option<Ratio>,
}

/// Compares what `figures_of` says about the two aligned parts.
pub fn compare(
    alignment: Alignment,
    today: NaiveDate,
    first_day: Option<NaiveDate>,
    figures_of: impl Fn(DayRange) -> Figures,
) -> Comparison {
    let parts = alignment.compared(today);
    let (current, previous) = parts.map_or_else(Default::default, |(current, previous)| {
        (figures_of(current), figures_of(previous))
    });
    let reason = reason(parts, first_day, &current, &previous);
    let interaction_difference = current.interaction_count - previous.interaction_count;
    let rate = |figures: &Figures| figures.error_rate();
    Comparison {
        mode: alignment.mode(),
        comparable: reason.is_none(),
        reason,
        current: parts.map(|(current, _)| current.period(today)),
        previous: parts.map(|(_, previous)| previous.period(today)),
        cost_change: Change::between(current.known_cost(), previous.known_cost()),
        interaction_difference,
        interaction_ratio: Ratio::of_counts(interaction_difference, previous.interaction_count),
        error_rate_difference: rate(&current)
            .zip(rate(&previous))
            .map(|(current, previous)| current.minus(previous)),
        current_figures: current,
        previous_figures: previous,
    }
}

/// Why no percentage should be shown.
fn reason(
    parts: Option<(DayRange, DayRange)>,
    first_day: Option<NaiveDate>,
    current: &Figures,
    previous: &Figures,
) -> Option<&'static str> {
    let Some((_, other)) = parts else {
        return Some("open_day");
    };
    match first_day {
        None => return Some("no_data_before"),
        Some(first_day) if first_day > other.end => return Some("no_data_before"),
        Some(_) => {}
    }
    let priced = |figures: &Figures| {
        Ratio::of_counts(
            figures.token_count() - figures.unpriced_tokens,
            figures.token_count(),
        )
    };
    let apart = priced(current)
        .zip(priced(previous))
        .map_or(0, |(current, previous)| {
            current.minus(previous).millionths().abs()
        });
    (apart > COVERAGE_DIFFERENCE_MAX).then_some("coverage_differs")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn november(mode: CompareMode) -> Alignment {
        Alignment::new(
            DayRange {
                start: day("2026-11-01"),
                end: day("2026-11-30"),
            },
            mode,
            None,
        )
    }

    fn costing(pico: i128, tokens: i64, unpriced_tokens: i64) -> Figures {
        let mut figures = Figures {
            interaction_count: 10,
            unpriced_tokens,
            total_cost: Amount(pico),
            ..Figures::default()
        };
        figures.tokens[0] = tokens;
        figures
    }

    #[test]
    fn a_change_from_nothing_has_a_difference_but_no_ratio() {
        let change = Change::between(Some(Amount(5)), Some(Amount(0)));
        assert_eq!((change.difference, change.ratio), (Some(Amount(5)), None));
        let unknown = Change::between(Some(Amount(5)), None);
        assert_eq!((unknown.difference, unknown.ratio), (None, None));
        let counted = CountChange::between(5, 0);
        assert_eq!((counted.difference, counted.ratio), (5, None));
    }

    #[test]
    fn what_is_not_like_for_like_says_so() {
        let today = day("2026-11-23");
        let reason = |first: Option<&str>, current: Figures, previous: Figures| {
            let compared = compare(
                november(CompareMode::LastMonth),
                today,
                first.map(day),
                |range| {
                    if range.start == day("2026-11-01") {
                        current
                    } else {
                        previous
                    }
                },
            );
            assert_eq!(compared.comparable, compared.reason.is_none());
            compared.reason
        };
        let full = costing(100, 100, 0);
        assert_eq!(reason(Some("2026-01-01"), full, full), None);
        assert_eq!(
            reason(Some("2026-10-23"), full, full),
            Some("no_data_before")
        );
        assert_eq!(reason(None, full, full), Some("no_data_before"));
        assert_eq!(
            reason(Some("2026-01-01"), full, costing(50, 100, 6)),
            Some("coverage_differs")
        );
        assert_eq!(reason(Some("2026-01-01"), full, costing(50, 100, 5)), None);
    }
}
