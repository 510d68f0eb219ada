//! Which of a model's alternative prices applies when.

use crate::{raw_object::RawObject, schedule::Window};
use cost_calculation::DAY_MS;

/// The most alternatives of one model; real ones have up to a dozen.
const ALTERNATIVES_MAX: usize = 200;

/// Prices with the condition under which they hold.
pub(super) struct Alternative<'a> {
    pub(super) constraint: Option<RawObject<'a>>,
    pub(super) prices: RawObject<'a>,
}

/// The prices from one date to the next.
pub(super) struct Dated<'p, 'a> {
    /// Unix milliseconds; 0 for "always so far".
    pub(super) from_ms: i64,
    pub(super) to_ms: Option<i64>,
    pub(super) rates: Vec<Windowed<'p, 'a>>,
}

/// Prices in weekly windows; without windows, at all other times.
pub(super) struct Windowed<'p, 'a> {
    pub(super) windows: Vec<Window>,
    pub(super) prices: &'p RawObject<'a>,
}

enum Condition {
    FromDate(i64),
    InWindow(Window),
}

/// The alternatives as a sequence in time; the last alternative that holds applies.
///
/// `None` if a constraint is of a kind that is not known, or there are too many.
pub(super) fn steps<'p, 'a>(alternatives: &'p [Alternative<'a>]) -> Option<Vec<Dated<'p, 'a>>> {
    if alternatives.len() > ALTERNATIVES_MAX {
        return None;
    }
    let conditions: Vec<_> = alternatives
        .iter()
        .map(|alternative| {
            alternative
                .constraint
                .as_ref()
                .map(condition)
                .map_or(Some(None), |c| c.map(Some))
        })
        .collect::<Option<_>>()?;
    let mut dates: Vec<i64> = conditions
        .iter()
        .map(|condition| match condition {
            Some(Condition::FromDate(from_ms)) => *from_ms,
            _ => 0,
        })
        .collect();
    dates.sort_unstable();
    dates.dedup();
    let ends = dates.iter().skip(1).copied().map(Some).chain([None]);
    let dated = dates.iter().zip(ends).map(|(from_ms, to_ms)| Dated {
        from_ms: *from_ms,
        to_ms,
        rates: rates_from(alternatives, &conditions, *from_ms),
    });
    Some(dated.filter(|step| !step.rates.is_empty()).collect())
}

/// What applies on and after a date, until the next one: the last dated or unconditional
/// alternative, and the windows that come after it in the list.
///
/// The list is appended to when a price changes, so a window that stands after a dated price came
/// with it or later: it is not taken to hold before that date.
fn rates_from<'p, 'a>(
    alternatives: &'p [Alternative<'a>],
    conditions: &[Option<Condition>],
    date_ms: i64,
) -> Vec<Windowed<'p, 'a>> {
    let mut rates: Vec<Windowed<'p, 'a>> = Vec::new();
    let mut is_future = false;
    for (alternative, condition) in alternatives.iter().zip(conditions) {
        let prices = &alternative.prices;
        match condition {
            Some(Condition::FromDate(from_ms)) if *from_ms > date_ms => is_future = true,
            Some(Condition::InWindow(_)) if is_future => {}
            Some(Condition::InWindow(window)) => {
                let same = rates
                    .iter_mut()
                    .find(|known| !known.windows.is_empty() && is_same(known.prices, prices));
                match same {
                    Some(known) => known.windows.push(window.clone()),
                    None => rates.push(Windowed {
                        windows: vec![window.clone()],
                        prices,
                    }),
                }
            }
            Some(Condition::FromDate(_)) | None => {
                rates = vec![Windowed {
                    windows: Vec::new(),
                    prices,
                }];
            }
        }
    }
    rates
}

fn is_same(left: &RawObject<'_>, right: &RawObject<'_>) -> bool {
    left.0.len() == right.0.len()
        && left
            .0
            .iter()
            .zip(&right.0)
            .all(|(l, r)| l.0 == r.0 && l.1.get() == r.1.get())
}

fn condition(constraint: &RawObject<'_>) -> Option<Condition> {
    let member = |name: &str| constraint.text(name);
    match constraint.0.len() {
        1 => Some(Condition::FromDate(midnight_ms(&member("start_date")?)?)),
        2 => Window::between(&member("start_time")?, &member("end_time")?, &[])
            .map(Condition::InWindow),
        _ => None,
    }
}

/// The start of an ISO date in UTC.
fn midnight_ms(date: &str) -> Option<i64> {
    let mut parts = date.splitn(3, '-');
    let year: i64 = parts
        .next()?
        .parse()
        .ok()
        .filter(|year| (1970..=9999).contains(year))?;
    let month: i64 = parts
        .next()?
        .parse()
        .ok()
        .filter(|month| (1..=12).contains(month))?;
    let day: i64 = parts.next()?.parse().ok().filter(|day| *day >= 1)?;
    let is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let days_of_month = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if day > days_of_month {
        return None;
    }
    // Days from the civil calendar (Howard Hinnant's algorithm), counted from 1 March.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    Some((days - 719_468) * DAY_MS)
}

#[cfg(test)]
mod tests {
    use super::{Alternative, midnight_ms, steps};
    use crate::raw_object::RawObject;

    fn alternatives(json: &'static str) -> Vec<Alternative<'static>> {
        let list: Vec<RawObject<'static>> = serde_json::from_str(json).unwrap();
        list.into_iter()
            .map(|entry| Alternative {
                constraint: entry.get("constraint").and_then(RawObject::read),
                prices: RawObject::read(entry.get("prices").unwrap()).unwrap(),
            })
            .collect()
    }

    #[test]
    fn dates_cut_time_into_steps() {
        assert_eq!(midnight_ms("1970-01-01"), Some(0));
        assert_eq!(midnight_ms("2026-11-23"), Some(1_795_392_000_000));
        assert_eq!(midnight_ms("2024-02-29"), Some(1_709_164_800_000));
        for none in [
            "soon",
            "2026-02-29",
            "2026-04-31",
            "0001-01-01",
            "10000-01-01",
            "2026-13-01",
        ] {
            assert_eq!(midnight_ms(none), None, "{none}");
        }
        let list = alternatives(
            r#"[{"prices": {"input_mtok": 1}},
                {"constraint": {"start_date": "2026-10-20"}, "prices": {"input_mtok": 2}},
                {"constraint": {"start_date": "2026-10-29"}, "prices": {"input_mtok": 3}}]"#,
        );
        let found: Vec<_> = steps(&list)
            .unwrap()
            .iter()
            .map(|step| (step.from_ms, step.to_ms))
            .collect();
        let (first, second) = (1_792_454_400_000, 1_793_232_000_000);
        assert_eq!(
            found,
            [(0, Some(first)), (first, Some(second)), (second, None)]
        );
    }

    #[test]
    fn a_window_holds_over_the_price_before_it() {
        let list = alternatives(
            r#"[{"prices": {"input_mtok": 1}},
                {"constraint": {"start_time": "01:00:00Z", "end_time": "04:00:00Z"}, "prices": {"input_mtok": 2}},
                {"constraint": {"start_time": "06:00:00Z", "end_time": "10:00:00Z"}, "prices": {"input_mtok": 2}}]"#,
        );
        let steps = steps(&list).unwrap();
        let [step] = steps.as_slice() else {
            panic!("one step")
        };
        let windows: Vec<_> = step
            .rates
            .iter()
            .map(|rate| crate::schedule::text(&rate.windows))
            .collect();
        assert_eq!(windows, ["", "01:00-04:00,06:00-10:00"]);
    }

    #[test]
    fn a_window_is_no_older_than_the_dated_price_before_it() {
        let list = alternatives(
            r#"[{"prices": {"input_mtok": 1}},
                {"constraint": {"start_date": "2026-10-20"}, "prices": {"input_mtok": 2}},
                {"constraint": {"start_time": "01:00:00Z", "end_time": "04:00:00Z"}, "prices": {"input_mtok": 4}}]"#,
        );
        let counts: Vec<_> = steps(&list)
            .unwrap()
            .iter()
            .map(|step| step.rates.len())
            .collect();
        assert_eq!(counts, [1, 2]);
    }

    #[test]
    fn an_unknown_constraint_is_not_guessed() {
        let list =
            alternatives(r#"[{"constraint": {"weekday": "monday"}, "prices": {"input_mtok": 2}}]"#);
        assert!(steps(&list).is_none());
    }
}
