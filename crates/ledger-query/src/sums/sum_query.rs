//! The statements that add rollup rows up, and the reading of what they give.
//!
//! Ranges go in as segments `[first day, last day, label]` in `?1 -> '$.segments'`; each is a
//! search in the rollup's primary key, which begins with the day (or in its index by user and
//! day). A row is `[keys, sums]`.

use chrono::{Datelike, Days, NaiveDate};
use serde_json::{Map, Value, json};

use super::figures::{Figures, sums_of};
use crate::ask::slice::{Dimension, Slice, Source, segments};
use ledger_core::database::{DatabaseError, Rows, Statement};
use reporting_days::calendar::{DayRange, days_between, next_day, previous_day};

/// The rows of a source within the segments.
pub(crate) fn within_segments(source: &Source) -> String {
    format!(
        "json_each(?1, '$.segments') s CROSS JOIN {}
WHERE t.day >= s.value ->> 0 AND t.day <= s.value ->> 1{}",
        source.from, source.conditions
    )
}

/// One `FROM … WHERE …` of a scan, the columns that tell its groups apart, and the one that says when.
pub(crate) struct Arm {
    pub from: String,
    pub keys: String,
    pub day: &'static str,
}

/// The segments that [`arms`] read, as the first tables of their statement: read out of the parameter
/// once, not for each row.
pub(crate) const SEGMENTS: &str = "days AS MATERIALIZED (
  SELECT value ->> 0 AS first, value ->> 1 AS last, value ->> 2 AS flags
  FROM json_each(?1, '$.days')
), weeks AS MATERIALIZED (
  SELECT value ->> 0 AS first, value ->> 1 AS last, value ->> 2 AS flags
  FROM json_each(?1, '$.weeks')
)";

/// The scans that add up a source's rows by a dimension within [`SEGMENTS`]: single days, and where
/// whole weeks are kept those. A row's segment is `s`.
///
/// Of everyone, each user's rows are searched one after the other: they come in the order of their
/// groups, and nothing is sorted. The cube's are too many to look up each.
pub(crate) fn arms(slice: &Slice, dimension: Dimension, source: &Source) -> Vec<Arm> {
    let is_by_user =
        dimension == Dimension::User && slice.user.is_none() && source.from != "usage_daily t";
    let within = |list: &str, day: &'static str, from: &str, of_users: Option<&str>| {
        let (from, keys) = match of_users.filter(|_| is_by_user) {
            Some(rows) => (
                format!("users w CROSS JOIN {list} s CROSS JOIN {rows} ON t.user_key = w.user_key"),
                "w.user_key".to_owned(),
            ),
            None => (
                format!("{list} s CROSS JOIN {from}"),
                qualified(dimension.columns()),
            ),
        };
        Arm {
            from: format!(
                "{from}
WHERE {day} >= s.first AND {day} <= s.last{}",
                source.conditions
            ),
            keys,
            day,
        }
    };
    let mut arms = vec![within("days", "t.day", &source.from, source.of_users)];
    if has_weeks(source) {
        let by_user = "weekly_stats t INDEXED BY weekly_stats_by_user";
        arms.push(within("weeks", "t.week", "weekly_stats t", Some(by_user)));
    }
    arms
}

/// Whether a rollup of whole weeks stands for most of a source's days.
fn has_weeks(source: &Source) -> bool {
    source.from == "daily_stats t"
}

/// The columns with their table: `json_each` has a column `type` of its own.
pub(crate) fn qualified(columns: &[&str]) -> String {
    columns
        .iter()
        .map(|column| format!("t.{column}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// What [`arms`] of this source read, with the slice's values.
pub(crate) fn arm_parameter<L: Copy + serde::Serialize>(
    slice: &Slice,
    source: &Source,
    segments: &[(NaiveDate, NaiveDate, L)],
) -> Map<String, Value> {
    let mut values = slice.values();
    let (days, weeks) = if has_weeks(source) {
        whole_weeks(segments)
    } else {
        (segments.to_vec(), Vec::new())
    };
    values.insert("days".to_owned(), json!(days));
    values.insert("weeks".to_owned(), json!(weeks));
    values
}

type Segments<L> = Vec<(NaiveDate, NaiveDate, L)>;

/// Segments cut into days and whole weeks, the weeks by their Mondays.
pub(crate) fn whole_weeks<L: Copy>(
    segments: &[(NaiveDate, NaiveDate, L)],
) -> (Segments<L>, Segments<L>) {
    let (mut days, mut weeks) = (Vec::new(), Vec::new());
    for (start, end, label) in segments.iter().copied() {
        let into_week = |day: NaiveDate| u64::from(day.weekday().num_days_from_monday());
        let first = start + Days::new((7 - into_week(start)) % 7);
        // The Monday after the last whole week.
        let after = next_day(end) - Days::new(into_week(next_day(end)));
        if first >= after {
            days.push((start, end, label));
            continue;
        }
        weeks.push((first, after - Days::new(7), label));
        if start < first {
            days.push((start, previous_day(first), label));
        }
        if after <= end {
            days.push((after, end, label));
        }
    }
    (days, weeks)
}

/// `{"segments": …}` with the slice's values.
pub(crate) fn parameter(
    slice: &Slice,
    segments: &[(NaiveDate, NaiveDate, i64)],
) -> Map<String, Value> {
    let mut values = slice.values();
    values.insert("segments".to_owned(), json!(segments));
    values
}

/// Sums for each day of the ranges.
pub(crate) fn by_day(slice: &Slice, ranges: &[DayRange]) -> Result<Statement, DatabaseError> {
    let source = slice.source(None);
    // A sum for each day by itself: grouped, SQLite would sort every row first.
    let sql = format!(
        "SELECT json_array(d.value, json((SELECT {}\n  FROM {} WHERE t.day = d.value{})))
FROM json_each(?1, '$.days') d",
        sums_of("t"),
        source.from,
        source.conditions,
    );
    Statement::with(sql, &day_parameter(slice, ranges))
}

/// Every day of the ranges once, as `{"days": …}`, with the slice's values.
pub(crate) fn day_parameter(slice: &Slice, ranges: &[DayRange]) -> Map<String, Value> {
    let labelled: Vec<(DayRange, i64)> = ranges.iter().map(|range| (*range, 1)).collect();
    let days: Vec<NaiveDate> = segments(&labelled)
        .into_iter()
        .flat_map(|(start, end, _)| days_between(start, end))
        .collect();
    let mut values = slice.values();
    values.insert("days".to_owned(), json!(days));
    values
}

/// Sums by provider, model and type for each label; a label is the sum of the bits of the ranges
/// that hold its days.
pub(crate) fn by_item(
    slice: &Slice,
    ranges: &[(DayRange, i64)],
) -> Result<Statement, DatabaseError> {
    let source = Slice {
        model: slice.model.clone().or(Some(String::new())),
        ..slice.clone()
    }
    .source(None);
    let source = Source {
        conditions: slice.conditions(),
        ..source
    };
    let sql = format!(
        "SELECT json_array(t.provider, t.model, t.type, s.value ->> 2, {})\nFROM {}
GROUP BY t.provider, t.model, t.type, s.value ->> 2",
        sums_of("t"),
        within_segments(&source)
    );
    Statement::with(sql, &parameter(slice, &segments(ranges)))
}

/// Sums by day, for looking up.
#[derive(Debug, Clone, Default)]
pub(crate) struct DaySums(Vec<(NaiveDate, Figures)>);

impl DaySums {
    /// Reads the rows of [`by_day`].
    pub fn read(rows: &Rows) -> Result<Self, DatabaseError> {
        let mut days: Vec<(NaiveDate, Figures)> = rows.decode()?;
        days.sort_unstable_by_key(|(day, _)| *day);
        Ok(Self(days))
    }

    /// Sums that were added up elsewhere.
    pub fn of_days(days: impl IntoIterator<Item = (NaiveDate, Figures)>) -> Self {
        let mut days: Vec<_> = days.into_iter().collect();
        days.sort_unstable_by_key(|(day, _)| *day);
        Self(days)
    }

    /// The sums of a range.
    pub fn of(&self, range: DayRange) -> Figures {
        let from = self.0.partition_point(|(day, _)| *day < range.start);
        self.0
            .iter()
            .skip(from)
            .take_while(|(day, _)| *day <= range.end)
            .map(|(_, figures)| *figures)
            .sum()
    }

    /// The sums of a day.
    pub fn on(&self, day: NaiveDate) -> Figures {
        self.of(DayRange {
            start: day,
            end: day,
        })
    }
}

/// Sums of an item under one label.
#[derive(Debug, Clone, serde::Deserialize)]
pub(crate) struct ItemSums(pub String, pub String, pub String, pub i64, pub Figures);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn days_and_whole_weeks_hold_each_day_of_a_segment_once(start in 0_u64..3_000, length in 0_u64..120) {
            let first = NaiveDate::from_ymd_opt(2020, 1, 1).expect("a date");
            let start = first + Days::new(start);
            let end = start + Days::new(length);
            let (days, weeks) = whole_weeks(&[(start, end, 7)]);
            let monday = |day: &NaiveDate| day.weekday() == chrono::Weekday::Mon;
            prop_assert!(weeks.iter().all(|(from, to, _)| monday(from) && monday(to)));
            let of_weeks = weeks.iter().map(|(from, to, label)| (*from, *to + Days::new(6), *label));
            let mut held: Vec<NaiveDate> = days
                .iter()
                .copied()
                .chain(of_weeks)
                .flat_map(|(from, to, _)| days_between(from, to))
                .collect();
            held.sort_unstable();
            prop_assert_eq!(held, days_between(start, end).collect::<Vec<_>>());
            let of_days: i64 = days.iter().map(|(from, to, _)| (*to - *from).num_days() + 1).sum();
            prop_assert!(of_days <= 12);
        }
    }
}
