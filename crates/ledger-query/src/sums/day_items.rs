//! Sums by day, provider, model and type: what days, items and the bridge between two periods are
//! all made of, so that each row is read once.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::figures::{Figures, RowFigures, row_of};
use crate::{
    ask::slice::Slice,
    sums::sum_query::{DaySums, ItemSums, day_parameter},
};
use ledger_core::database::{DatabaseError, Rows, Statement};
use reporting_days::calendar::DayRange;

/// A day's sums of one provider, model and type; a slice of one user may give several.
#[derive(Debug, Clone)]
pub(crate) struct DayItem(
    pub NaiveDate,
    pub String,
    pub String,
    pub String,
    pub Figures,
);

/// The rows of some ranges.
#[derive(Debug, Clone, Default)]
pub(crate) struct DayItems(Vec<DayItem>);

/// The statement for the rows of the ranges, those of a day together: a row of its own for each item
/// costs the runtime more than the reading of it.
pub(crate) fn by_day_and_item(
    slice: &Slice,
    ranges: &[DayRange],
) -> Result<Statement, DatabaseError> {
    // The smallest rollup with a model's columns.
    let with_model = Slice {
        model: slice.model.clone().or(Some(String::new())),
        ..slice.clone()
    };
    let source = with_model.source(None);
    let keys = "t.provider, t.model, t.type";
    let of_day = format!(
        "FROM {} WHERE t.day = d.value{}",
        source.from,
        slice.conditions()
    );
    // A day has one row for each item, or some of one user's: the reader adds those up.
    let items = format!(
        "SELECT json_group_array(json_array({keys}, {})) {of_day}",
        row_of("t")
    );
    let sql =
        format!("SELECT json_array(d.value, json((\n  {items})))\nFROM json_each(?1, '$.days') d");
    Statement::with(sql, &day_parameter(slice, ranges))
}

type ItemOfDay = (String, String, String, RowFigures);

impl DayItems {
    /// Reads the rows of [`by_day_and_item`].
    pub fn read(rows: &Rows) -> Result<Self, DatabaseError> {
        let days: Vec<(NaiveDate, Vec<ItemOfDay>)> = rows.decode()?;
        let items = days.into_iter().flat_map(|(day, items)| {
            items
                .into_iter()
                .map(move |(provider, model, kind, RowFigures(figures))| {
                    DayItem(day, provider, model, kind, figures)
                })
        });
        Ok(Self(items.collect()))
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
