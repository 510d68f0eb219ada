//! What an override would change, without writing anything.

use cost_calculation::{PriceBook, PriceRow, UnixMillis};
use price_feeds::merge::{BookRow, ModelChanges, NewRow};

use crate::reprice::{
    RepriceConfig,
    preview::{RepricePreview, preview_unpriced},
};
use ledger_core::database::Database;
use price_book::overrides::{OverrideChange, OverrideError, OverrideKey, plan};

/// What an override would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverridePreview {
    /// In the book.
    pub changes: ModelChanges,
    /// The model's rows as they are.
    pub rows: Vec<BookRow>,
    /// In the estimates of what has no price, or a price for a part only. Estimates that are whole
    /// stay as they were made.
    pub reestimates: RepricePreview,
}

/// Finds what the change would do to the book and, in the window of `config`, to estimates.
///
/// `first_day` is the day of the window's start in the reporting zone.
pub async fn preview_override<D: Database>(
    database: &D,
    key: &OverrideKey,
    change: OverrideChange,
    first_day: &str,
    now: UnixMillis,
    config: &RepriceConfig,
) -> Result<OverridePreview, OverrideError> {
    let key = key.to_price_key()?;
    let planned = plan(database, &key, change, now).await?;
    let apply = |book: &mut PriceBook| apply_changes(book, &planned.rows, &planned.changes);
    let reestimates = preview_unpriced(database, apply, first_day, now, config).await?;
    Ok(OverridePreview {
        changes: planned.changes,
        rows: planned.rows,
        reestimates,
    })
}

/// A book in which the changes have been made.
fn apply_changes(book: &mut PriceBook, rows: &[BookRow], changes: &ModelChanges) {
    let mut changed: Vec<PriceRow> = Vec::new();
    for (id, end_ms) in &changes.close {
        let key = rows.iter().find(|row| row.id == *id).map(|row| &row.key);
        let Some(key) = key else { continue };
        let closed = book
            .lookup(&key.provider, &key.model)
            .find(|row| row.id == *id);
        changed.extend(closed.map(|row| PriceRow {
            valid_to: Some(UnixMillis(*end_ms)),
            ..row.clone()
        }));
    }
    // No row of the database has a negative id.
    let ids = (1..).map(|number: i64| -number);
    changed.extend(ids.zip(&changes.open).filter_map(opened));
    book.insert_rows(changed);
}

fn opened((id, row): (i64, &NewRow)) -> Option<PriceRow> {
    if row.quarantined_because.is_some() {
        return None;
    }
    Some(PriceRow {
        id,
        provider: row.key.provider.clone(),
        model: row.key.model.clone(),
        resource: row.key.resource_type.parse().ok()?,
        region: row.key.region.clone(),
        service_tier: row.key.service_tier.clone(),
        min_context: row.key.min_context,
        schedule: row.key.schedule.clone(),
        rate_pico: row.rate.rate_pico,
        per: row.rate.per,
        valid_from: UnixMillis(row.valid_from_ms),
        valid_from_basis: row.basis,
        observed_at: UnixMillis(row.valid_from_ms),
        valid_to: row.valid_to_ms.map(UnixMillis),
        stale: false,
    })
}
