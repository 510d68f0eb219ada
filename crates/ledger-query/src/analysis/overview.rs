//! What several answers share: the forecast, the comparison and the bridge of a slice.

use super::{
    bridge::{Bridge, BridgeItem, bridge},
    forecast::{Forecast, first_day_needed, forecast},
};
use crate::{
    ask::{problem::QueryError, reader::Reader},
    sums::{
        day_items::DayItems,
        figures::Figures,
        sum_query::{DaySums, ItemSums},
    },
};
use ledger_core::database::Database;
use reporting_days::calendar::{Alignment, DayRange};

/// Bits of the ranges in a scan by item.
pub(crate) const IN_RANGE: i64 = 1;
/// The compared part of the range.
pub(crate) const IN_CURRENT: i64 = 2;
/// The compared part of the other period.
pub(crate) const IN_PREVIOUS: i64 = 4;

/// Names of fields whose parts do not sum to the whole.
pub(crate) const DO_NOT_ADD_UP: [&str; 8] = [
    "session_count",
    "user_count",
    "p50_ms",
    "p95_ms",
    "p99_ms",
    "error_rate",
    "cache_hit_rate",
    "cost_per_interaction",
];

/// Sums of items under the labels that hold a bit.
pub(crate) fn sum_of_bit(items: &[ItemSums], bit: i64) -> Figures {
    items
        .iter()
        .filter(|item| item.3 & bit != 0)
        .map(|item| item.4)
        .sum()
}

/// The items under a bit, each once, in order of provider, model and type.
pub(crate) fn items_of_bit(items: &[ItemSums], bit: i64) -> Vec<(String, String, String, Figures)> {
    let mut merged: std::collections::BTreeMap<(&str, &str, &str), Figures> =
        std::collections::BTreeMap::new();
    for ItemSums(provider, model, kind, label, figures) in items {
        if label & bit != 0 {
            let sum = merged.entry((provider, model, kind)).or_default();
            *sum = *sum + *figures;
        }
    }
    merged
        .into_iter()
        .map(|((provider, model, kind), figures)| {
            (
                provider.to_owned(),
                model.to_owned(),
                kind.to_owned(),
                figures,
            )
        })
        .collect()
}

impl<D: Database> Reader<'_, D> {
    /// The days that a forecast needs.
    pub(crate) fn forecast_range(&self) -> DayRange {
        DayRange {
            start: first_day_needed(self.today),
            end: self.today,
        }
    }

    /// The current month's forecast.
    pub(crate) fn forecast(&self, days: &DaySums) -> Forecast {
        forecast(self.today, self.state.first_day, |day| {
            days.on(day).total_cost
        })
    }

    /// The labelled ranges of a scan by item.
    pub(crate) fn item_ranges(
        &self,
        range: DayRange,
        alignment: Option<Alignment>,
    ) -> Vec<(DayRange, i64)> {
        let mut ranges = vec![(range, IN_RANGE)];
        if let Some((current, previous)) =
            alignment.and_then(|alignment| alignment.compared(self.today))
        {
            ranges.extend([(current, IN_CURRENT), (previous, IN_PREVIOUS)]);
        }
        ranges
    }

    /// The bridge between the compared parts, which the rows hold.
    pub(crate) async fn bridge(
        &self,
        rows: &DayItems,
        alignment: Option<Alignment>,
    ) -> Result<Option<Bridge>, QueryError> {
        let Some(compared) = alignment.and_then(|alignment| alignment.compared(self.today)) else {
            return Ok(None);
        };
        let (current, previous) = compared;
        let items = rows.items(&[(current, IN_CURRENT), (previous, IN_PREVIOUS)]);
        let mut merged: std::collections::BTreeMap<(String, String, String), BridgeItem> =
            std::collections::BTreeMap::new();
        for bit in [IN_CURRENT, IN_PREVIOUS] {
            for (provider, model, kind, figures) in items_of_bit(&items, bit) {
                let item = merged
                    .entry((provider.clone(), model.clone(), kind.clone()))
                    .or_insert_with(|| BridgeItem {
                        provider,
                        model,
                        kind,
                        ..BridgeItem::default()
                    });
                if bit == IN_CURRENT {
                    item.current = figures;
                } else {
                    item.previous = figures;
                }
            }
        }
        let mut merged: Vec<BridgeItem> = merged.into_values().collect();
        self.set_list_values(rows, &mut merged, compared).await?;
        Ok(Some(bridge(&merged)))
    }
}
