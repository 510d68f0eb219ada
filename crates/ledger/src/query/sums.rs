//! The statements that add rollup rows up, and the reading of what they give.
//!
//! Ranges go in as segments `[first day, last day, label]` in `?1 -> '$.segments'`; each is a
//! search in the rollup's primary key, which begins with the day (or in its index by user and
//! day). A row is `[keys, sums]`.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::{
    calendar::DayRange,
    figures::{Figures, sums_of},
    slice::{Slice, Source, segments},
};
use crate::database::{DatabaseError, Rows, Statement};

/// The rows of a source within the segments.
pub(super) fn within_segments(source: &Source) -> String {
    format!(
        "json_each(?1, '$.segments') s CROSS JOIN {}
WHERE t.day >= s.value ->> 0 AND t.day <= s.value ->> 1{}",
        source.from, source.conditions
    )
}

/// `{"segments": …}` with the slice's values.
pub(super) fn parameter(
    slice: &Slice,
    segments: &[(NaiveDate, NaiveDate, i64)],
) -> Map<String, Value> {
    let mut values = slice.values();
    values.insert("segments".to_owned(), json!(segments));
    values
}

/// Sums for each day of the ranges, days without usage left out.
pub(super) fn by_day(slice: &Slice, ranges: &[DayRange]) -> Result<Statement, DatabaseError> {
    let source = slice.source(None);
    let sql = format!(
        "SELECT json_array(t.day, {})\nFROM {}\nGROUP BY t.day",
        sums_of("t"),
        within_segments(&source)
    );
    let labelled: Vec<(DayRange, i64)> = ranges.iter().map(|range| (*range, 1)).collect();
    Statement::with(sql, &parameter(slice, &segments(&labelled)))
}

/// Sums by provider, model and type for each label; a label is the sum of the bits of the ranges
/// that hold its days.
pub(super) fn by_item(
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
pub(super) struct DaySums(Vec<(NaiveDate, Figures)>);

impl DaySums {
    /// Reads the rows of [`by_day`].
    pub fn read(rows: &Rows) -> Result<Self, DatabaseError> {
        let mut days: Vec<(NaiveDate, Figures)> = rows.decode()?;
        days.sort_unstable_by_key(|(day, _)| *day);
        Ok(Self(days))
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
pub(super) struct ItemSums(pub String, pub String, pub String, pub i64, pub Figures);
