//! What the current month will have cost at its end.
//!
//! Method `weekday_median`: what was spent so far, and for each day that is left the median of the
//! same weekday over the last 28 complete days. Today counts as the larger of its median and what
//! it has cost already. The range of 80 % takes the days as independent, each with the mean
//! deviation of those 28 days from their weekday's median.

use chrono::{Datelike, Days, NaiveDate};
use serde::Serialize;

use cost_calculation::{Amount, divide_half_even};
use reporting_days::calendar::{days_between, last_of_month};

/// Complete days that the forecast looks at.
pub const HISTORY_DAYS: u64 = 28;
/// Complete days that it needs.
const COMPLETE_DAYS_MIN: i64 = 7;

/// One day of the forecast.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ForecastDay {
    /// The day.
    pub day: NaiveDate,
    /// Its whole cost as forecast.
    pub total_cost: Amount,
}

/// The contract's `Forecast`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Forecast {
    month: String,
    available: bool,
    reason: Option<&'static str>,
    method: &'static str,
    complete_days: i64,
    spent: Amount,
    low: Option<Amount>,
    /// The forecast itself.
    pub mid: Option<Amount>,
    high: Option<Amount>,
    /// Today and each day left.
    pub days: Vec<ForecastDay>,
}

/// The first day whose cost [`forecast`] needs: the month's first, or 28 days ago.
pub fn first_day_needed(today: NaiveDate) -> NaiveDate {
    let first_of_month = today.with_day(1).unwrap_or(today);
    first_of_month.min(days_before(today, HISTORY_DAYS))
}

/// Forecasts the month of `today`. `cost_of` gives a day's cost, zero where nothing was used;
/// `first_day` is the first day with any data.
pub fn forecast(
    today: NaiveDate,
    first_day: Option<NaiveDate>,
    cost_of: impl Fn(NaiveDate) -> Amount,
) -> Forecast {
    let first_of_month = today.with_day(1).unwrap_or(today);
    let spent = days_between(first_of_month, today).map(&cost_of).sum();
    let history_start = first_day
        .unwrap_or(today)
        .max(days_before(today, HISTORY_DAYS));
    let history: Vec<(NaiveDate, Amount)> = days_between(history_start, days_before(today, 1))
        .map(|day| (day, cost_of(day)))
        .collect();
    let mut forecast = Forecast {
        month: today.format("%Y-%m").to_string(),
        available: false,
        reason: Some("too_few_days"),
        method: "weekday_median",
        complete_days: i64::try_from(history.len()).unwrap_or(i64::MAX),
        spent,
        low: None,
        mid: None,
        high: None,
        days: Vec::new(),
    };
    if forecast.complete_days < COMPLETE_DAYS_MIN {
        return forecast;
    }
    let typical = |day: NaiveDate| {
        median(
            history
                .iter()
                .filter(|(other, _)| other.weekday() == day.weekday())
                .map(|(_, cost)| cost.0),
        )
    };
    forecast.days = days_between(today, last_of_month(today))
        .map(|day| {
            let mut total_cost = Amount(typical(day));
            if day == today {
                total_cost = total_cost.max(cost_of(today));
            }
            ForecastDay { day, total_cost }
        })
        .collect();
    let ahead: Amount = forecast.days.iter().map(|day| day.total_cost).sum();
    let mid = spent - cost_of(today) + ahead;
    let half_width = half_width(today, &history, &forecast.days, typical);
    forecast.available = true;
    forecast.reason = None;
    forecast.mid = Some(mid);
    forecast.low = Some(Amount(mid.0 - half_width).max(spent));
    forecast.high = Some(Amount(mid.0 + half_width));
    forecast
}

/// Half of the range of 80 %.
///
/// One day deviates by the mean absolute deviation times √(π/2), the freedom that the medians took
/// given back; the days left add up by their variances, and a weekday's median, itself a guess from
/// `m` days, errs with a variance of π/2 / m for all `k` days at once.
fn half_width(
    today: NaiveDate,
    history: &[(NaiveDate, Amount)],
    days: &[ForecastDay],
    typical: impl Fn(NaiveDate) -> i128,
) -> i128 {
    // In the first fortnight a weekday is its own median: there, all days share one.
    let shared = (history.len() < 14).then(|| median(history.iter().map(|(_, cost)| cost.0)));
    let deviations: i128 = history
        .iter()
        .map(|(day, cost)| (cost.0 - shared.unwrap_or_else(|| typical(*day))).abs())
        .sum();
    let mut variance_millionths = 0_i128;
    let mut weekdays = 0_i128;
    for weekday in days_between(today, today + Days::new(6)).map(|day| day.weekday()) {
        let of_weekday = |all: &mut dyn Iterator<Item = NaiveDate>| {
            i128::try_from(all.filter(|day| day.weekday() == weekday).count()).unwrap_or(0)
        };
        let known = of_weekday(&mut history.iter().map(|(day, _)| *day));
        let left = of_weekday(&mut days.iter().map(|day| day.day));
        weekdays += i128::from(known > 0);
        variance_millionths += left * 1_000_000 + left * left * 1_570_796 / known.max(1);
    }
    let history_days = i128::try_from(history.len()).unwrap_or(0);
    let medians = if shared.is_some() { 1 } else { weekdays };
    let freedom = (history_days - medians).max(1);
    let deviation = divide_half_even(deviations * 1_253_314, freedom * 1_000_000);
    let root_millionths = integer_root(variance_millionths * 1_000_000);
    // 80 % of a normal distribution lie within 1.2816 standard deviations.
    divide_half_even(deviation * root_millionths / 1_000_000 * 12_816, 10_000)
}

fn days_before(day: NaiveDate, count: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(count)).unwrap_or(day)
}

/// The middle value; of an even number the lower mean of the two, rounded half-even; 0 of none.
fn median(values: impl Iterator<Item = i128>) -> i128 {
    let mut values: Vec<i128> = values.collect();
    values.sort_unstable();
    let middle = values.len() / 2;
    let at = |index: usize| values.get(index).copied().unwrap_or(0);
    if values.len() % 2 == 1 {
        at(middle)
    } else if values.is_empty() {
        0
    } else {
        divide_half_even(at(middle - 1) + at(middle), 2)
    }
}

/// The largest integer whose square is at most `value`.
fn integer_root(value: i128) -> i128 {
    let value = value.max(0);
    let mut root = 0_i128;
    let mut bit = 1_i128 << 62;
    while bit > 0 {
        let candidate = root + bit;
        if candidate
            .checked_mul(candidate)
            .is_some_and(|square| square <= value)
        {
            root = candidate;
        }
        bit >>= 1;
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn a_steady_week_is_forecast_exactly_with_no_width() {
        // Monday 16 November 2026; every weekday costs its number, every week the same.
        let today = day("2026-11-16");
        let cost = |date: NaiveDate| {
            if date < today {
                Amount(i128::from(date.weekday().number_from_monday()))
            } else {
                Amount(0)
            }
        };
        let result = forecast(today, Some(day("2026-01-01")), cost);
        let whole_month: i128 = days_between(day("2026-11-01"), day("2026-11-30"))
            .map(|date| i128::from(date.weekday().number_from_monday()))
            .sum();
        assert_eq!(result.mid, Some(Amount(whole_month)));
        assert_eq!((result.low, result.high), (result.mid, result.mid));
        assert_eq!(result.complete_days, 28);
        assert_eq!(result.days.len(), 15);
    }

    #[test]
    fn today_counts_at_least_what_it_has_cost() {
        let today = day("2026-11-30");
        let cost = |date: NaiveDate| {
            if date == today {
                Amount(70)
            } else {
                Amount(10)
            }
        };
        let result = forecast(today, Some(day("2026-01-01")), cost);
        assert_eq!(result.mid, Some(Amount(29 * 10 + 70)));
    }

    #[test]
    fn six_complete_days_are_too_few() {
        let today = day("2026-11-16");
        let result = forecast(today, Some(day("2026-11-10")), |_| Amount(1));
        assert_eq!((result.available, result.mid), (false, None));
        assert_eq!(result.reason, Some("too_few_days"));
        assert!(forecast(today, Some(day("2026-11-09")), |_| Amount(1)).available);
    }

    #[test]
    fn the_range_holds_about_four_of_five_noisy_months() {
        // A back-test on made-up installations: a weekly rhythm with noise of a third.
        let mut seed = 42_u64;
        let mut random = move || {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            i128::from(seed >> 33) % 1000
        };
        let (mut inside, months) = (0, 400);
        for _ in 0..months {
            let costs: Vec<i128> = (0..70)
                .map(|index| {
                    let base = if index % 7 < 5 { 30_000 } else { 8_000 };
                    base * (1000 + (random() + random() + random()) / 3 * 2 - 1000) / 1000
                })
                .collect();
            let first = day("2026-10-01");
            let today = day("2026-11-12");
            let cost = |date: NaiveDate| {
                let index = usize::try_from((date - first).num_days()).expect("after the first");
                if date < today {
                    Amount(costs[index])
                } else {
                    Amount(0)
                }
            };
            let result = forecast(today, Some(first), cost);
            let actual: i128 = days_between(day("2026-11-01"), day("2026-11-30"))
                .map(|date| costs[usize::try_from((date - first).num_days()).expect("after")])
                .sum();
            if result.low.expect("low").0 <= actual && actual <= result.high.expect("high").0 {
                inside += 1;
            }
        }
        assert!(
            (280..=360).contains(&inside),
            "{inside} of {months} months lay in the range"
        );
    }

    #[test]
    fn a_root_is_exact() {
        for (value, root) in [
            (0, 0),
            (1, 1),
            (15, 3),
            (16, 4),
            (1_000_000_000_000, 1_000_000),
        ] {
            assert_eq!(integer_root(value), root);
        }
    }
}
