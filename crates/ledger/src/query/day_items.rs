//! Sums by day, provider, model and type: what days, items and the bridge between two periods are
//! all made of, so that each row is read once.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{
    calendar::DayRange,
    figures::{Figures, row_of, sums_of},
    slice::{Slice, Source, segments},
    sums::{DaySums, ItemSums, parameter, within_segments},
};
use crate::database::{DatabaseError, Rows, Statement};

/// A day's sums of one provider, model and type; a slice of one user may give several.
#[derive(Debug, Clone, serde::Deserialize)]
pub(super) struct DayItem(
    pub NaiveDate,
    pub String,
    pub String,
    pub String,
    pub Figures,
);

/// The rows of some ranges.
#[derive(Debug, Clone, Default)]
pub(super) struct DayItems(Vec<DayItem>);

/// The statement for the rows of the ranges, days without usage left out.
pub(super) fn by_day_and_item(
    slice: &Slice,
    ranges: &[DayRange],
) -> Result<Statement, DatabaseError> {
    // The smallest rollup with a model's columns.
    let with_model = Slice {
        model: slice.model.clone().or(Some(String::new())),
        ..slice.clone()
    };
    let source = Source {
        conditions: slice.conditions(),
        ..with_model.source(None)
    };
    // The marginal by model has one row for each; of one user's few rows the reader adds up. Only
    // the cube's rows of everyone are too many.
    let keys = "t.day, t.provider, t.model, t.type";
    let (figures, grouped) = if source.from == "usage_daily t" {
        (sums_of("t"), format!("\nGROUP BY {keys}"))
    } else {
        (row_of("t"), String::new())
    };
    let sql = format!(
        "SELECT json_array({keys}, {figures})\nFROM {}{grouped}",
        within_segments(&source)
    );
    let labelled: Vec<(DayRange, i64)> = ranges.iter().map(|range| (*range, 1)).collect();
    Statement::with(sql, &parameter(slice, &segments(&labelled)))
}

impl DayItems {
    /// Reads the rows of [`by_day_and_item`].
    pub fn read(rows: &Rows) -> Result<Self, DatabaseError> {
        rows.decode().map(Self)
    }

    /// The sums of each day.
    pub fn days(&self) -> DaySums {
        let mut days: BTreeMap<NaiveDate, Figures> = BTreeMap::new();
        for DayItem(day, .., figures) in &self.0 {
            let sum = days.entry(*day).or_default();
            *sum = *sum + *figures;
        }
        DaySums::of_days(days)
    }

    /// The sums of each item under each label; a label is the sum of the bits of the ranges that
    /// hold its days.
    pub fn items(&self, ranges: &[(DayRange, i64)]) -> Vec<ItemSums> {
        let mut items: BTreeMap<(&str, &str, &str, i64), Figures> = BTreeMap::new();
        for DayItem(day, provider, model, kind, figures) in &self.0 {
            let label = ranges
                .iter()
                .filter(|(range, _)| range.contains(*day))
                .fold(0, |label, (_, bit)| label | bit);
            if label != 0 {
                let sum = items.entry((provider, model, kind, label)).or_default();
                *sum = *sum + *figures;
            }
        }
        items
            .into_iter()
            .map(|((provider, model, kind, label), figures)| {
                ItemSums(
                    provider.to_owned(),
                    model.to_owned(),
                    kind.to_owned(),
                    label,
                    figures,
                )
            })
            .collect()
    }

    /// The rows.
    pub fn rows(&self) -> impl Iterator<Item = &DayItem> {
        self.0.iter()
    }
}
