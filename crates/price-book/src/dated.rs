//! What comes into force or ends by its date, and what waits: looked at again without any list.
//!
//! A list's announced change, an override's end: their quotes are kept with their dates, and each
//! run merges every model that has one. What the book says already changes nothing, so no run
//! needs to know when the last one was. Models with a waiting rate are merged too: of two lists
//! that were heard at the same time, neither may have seen that the other agrees.

use cost_calculation::UnixMillis;
use price_feeds::merge::merge_model;
use serde::Serialize;

use super::{
    apply::{BookWrite, write},
    stored::{ModelName, read_models},
    sync::SyncError,
};
use ledger_core::database::{Database, DatabaseError, Statement};

/// Models in one chunk.
const CHUNK_MODELS_MAX: usize = 1_000;
/// How often a chunk is merged anew because the book moved.
const ATTEMPTS_MAX: u32 = 3;

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DatedReport {
    /// Models that were looked at.
    pub model_count: usize,
    /// Price rows opened.
    pub opened: usize,
    /// Price rows closed.
    pub closed: usize,
    /// Rows that went to quarantine.
    pub quarantined: usize,
    /// Quarantined rows that wait no longer.
    pub withdrawn: usize,
}

/// Brings into force what is due now.
pub async fn apply_due<D: Database>(
    database: &D,
    now: UnixMillis,
) -> Result<DatedReport, SyncError> {
    let models = dated_models(database).await?;
    let mut report = DatedReport {
        model_count: models.len(),
        ..DatedReport::default()
    };
    for chunk in models.chunks(CHUNK_MODELS_MAX) {
        merge_chunk(database, chunk, now, &mut report).await?;
    }
    Ok(report)
}

async fn dated_models<D: Database>(database: &D) -> Result<Vec<ModelName>, DatabaseError> {
    // Every quote is looked at: 60,000 rows an hour are less than a cent a month, and no index has
    // to be kept for it. The second part uses prices_waiting.
    const DATED: &str = "
SELECT json_array(provider, model) FROM (
  SELECT provider, model FROM price_quotes WHERE valid_from > 0 OR valid_to IS NOT NULL
  UNION
  SELECT provider, model FROM prices WHERE status <> 'active' AND status = 'quarantined')";
    database.query(Statement::new(DATED)).await?.decode()
}

async fn merge_chunk<D: Database>(
    database: &D,
    models: &[ModelName],
    now: UnixMillis,
    report: &mut DatedReport,
) -> Result<(), SyncError> {
    for _ in 0..ATTEMPTS_MAX {
        let mut stored = read_models(database, models, None).await?;
        let mut changes = Vec::with_capacity(models.len());
        for model in models {
            let quotes = stored.quotes.remove(model).unwrap_or_default();
            let rows = stored.rows.remove(model).unwrap_or_default();
            let of_model = merge_model(&quotes, &rows, now.0);
            if !of_model.is_empty() {
                changes.push(of_model);
            }
        }
        if changes.is_empty() {
            return Ok(());
        }
        let book_version = stored.book_version;
        let statements = BookWrite {
            book_version,
            changes: changes.clone(),
            ..BookWrite::default()
        }
        .statements(now);
        if write(database, &statements, book_version).await? {
            for of_model in &changes {
                let waiting = of_model
                    .open
                    .iter()
                    .filter(|row| row.quarantined_because.is_some());
                let quarantined = waiting.count();
                report.quarantined += quarantined;
                report.opened += of_model.open.len() - quarantined;
                report.closed += of_model.close.len();
                report.withdrawn += of_model.withdraw.len();
            }
            return Ok(());
        }
    }
    Err(SyncError::BookKeptMoving)
}
