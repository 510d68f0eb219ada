//! What another price would change in the next re-pricing run, without writing anything.

use std::collections::BTreeMap;

use cost_calculation::{Billable, PicoUsd, PriceBook, PriceState, UnixMillis, estimate};

use super::{RepriceConfig, stored_row::StoredRow, unpriced_rows::read_chunk};
use cost_calculation::Amount;
use ledger_core::database::{Database, DatabaseError};
use price_book::read_book::PriceCache;

/// Interactions that a preview names.
const EXAMPLES_MAX: usize = 20;

/// What the next run would do because of another price.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RepricePreview {
    /// Unpriced and partly priced interactions that would get another estimate.
    pub interaction_count: u64,
    /// Those of them that would be priced whole.
    pub priced_count: u64,
    /// What they cost so far, as far as it is known.
    pub cost_before: Amount,
    /// What they would cost.
    pub cost_after: Amount,
    /// By month in the reporting zone, `2026-11`: how many, and by how much their cost grows.
    pub months: BTreeMap<String, (u64, Amount)>,
    /// The first of them.
    pub examples: Vec<PreviewedInteraction>,
    /// Whether everything in the window was looked at; if not, the numbers are at least these.
    pub is_complete: bool,
}

/// One interaction that would get another estimate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewedInteraction {
    /// The id that the caller gave.
    pub id: String,
    /// Its day in the reporting zone.
    pub day: String,
    /// What it costs so far; `None` where nothing of it has a price.
    pub cost_before: Option<PicoUsd>,
    /// What it would cost.
    pub cost_after: Option<PicoUsd>,
}

/// Estimates what has no price, or a price for a part, by the book as it is and by the book as
/// `change` makes it, and counts where the two differ.
pub async fn preview_unpriced<D: Database>(
    database: &D,
    change: impl Fn(&mut PriceBook),
    first_day: &str,
    now: UnixMillis,
    config: &RepriceConfig,
) -> Result<RepricePreview, DatabaseError> {
    let mut preview = RepricePreview::default();
    let mut cache = PriceCache::default();
    let mut after = (0, 0);
    for _ in 0..config.chunks_max {
        let (rows, last) = read_chunk(database, after, first_day, now, config).await?;
        let Some(last) = last else {
            preview.is_complete = true;
            break;
        };
        after = last;
        let consumed: Vec<_> = rows
            .iter()
            .map(StoredRow::consumed)
            .collect::<Result<_, _>>()?;
        let billables: Vec<Billable<'_>> = rows
            .iter()
            .zip(&consumed)
            .map(|(row, consumed)| row.billable(consumed))
            .collect();
        let (book, _) = cache.prepare(database, &billables, now).await?;
        let mut changed = book.clone();
        change(&mut changed);
        for (row, billable) in rows.iter().zip(&billables) {
            preview.count(row, billable, [book, &changed], config);
        }
    }
    Ok(preview)
}

impl RepricePreview {
    fn count(
        &mut self,
        row: &StoredRow,
        billable: &Billable<'_>,
        [book, changed]: [&PriceBook; 2],
        config: &RepriceConfig,
    ) {
        let (Ok(before), Ok(after)) = (estimate(book, billable), estimate(changed, billable))
        else {
            return;
        };
        let is_over_limit = after
            .total
            .is_some_and(|total| total > config.interaction_cost_max);
        let is_same = (before.total, before.price_state) == (after.total, after.price_state);
        if is_same || is_over_limit {
            return;
        }
        let amount = |cost: Option<PicoUsd>| Amount(cost.map_or(0, PicoUsd::get).into());
        let (cost_before, cost_after) = (amount(before.total), amount(after.total));
        self.interaction_count += 1;
        self.priced_count += u64::from(after.price_state != PriceState::Partial);
        self.cost_before = self.cost_before + cost_before;
        self.cost_after = self.cost_after + cost_after;
        let month: String = row.day.chars().take(7).collect();
        let (count, difference) = self.months.entry(month).or_default();
        *count += 1;
        *difference = *difference + (cost_after - cost_before);
        if self.examples.len() < EXAMPLES_MAX {
            self.examples.push(PreviewedInteraction {
                id: row.id.clone(),
                day: row.day.clone(),
                cost_before: before.total,
                cost_after: after.total,
            });
        }
    }
}
