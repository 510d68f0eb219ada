//! A price list into the book: what changed in it, the merge of those models, the batches.
//!
//! The list is compared with the quotes that are kept from it, so that a run that broke off is
//! resumed by the next one, and an unchanged list writes nothing but `price_sources`. The models
//! that changed are merged in chunks; each chunk is one batch that is written only if the book is
//! still the one that it was merged from.

use std::collections::{BTreeMap, BTreeSet};

use cost_calculation::UnixMillis;
use price_feeds::{
    Feed, Source,
    merge::{Conflict, ModelChanges, SourcedQuote, guard, merge_model},
    snapshot::Snapshot,
};
use serde::Serialize;
use serde_json::{Value, json};

pub use super::stored::{SourceState, mark_failed, mark_unchanged, source_state};
use super::{
    apply::{BookWrite, write},
    rates::rate_text,
    stored::{ModelName, read_models},
};
use ledger_core::database::{Database, DatabaseError, Statement};

/// Quotes of the list in one chunk; their JSON stays far below the 2 MB of a D1 parameter.
const CHUNK_QUOTES_MAX: usize = 6_000;
/// Models in one chunk: their other sources' quotes and rows have to fit too.
const CHUNK_MODELS_MAX: usize = 2_000;
/// How often a chunk is merged anew because the book moved.
const ATTEMPTS_MAX: u32 = 3;
/// Changes and conflicts that a report shows.
const EXAMPLES_MAX: usize = 50;

/// Of each kind, how many of them a run's record keeps.
const RECORDED_EXAMPLES_MAX: usize = 10;

/// A price list that was fetched and read.
#[derive(Debug, Clone)]
pub struct FetchedList {
    /// Whose list it is.
    pub source: Source,
    /// The `ETag` it came with.
    pub etag: Option<String>,
    /// Its hash.
    pub content_hash: String,
    /// Every quote.
    pub quotes: Vec<SourcedQuote>,
    /// Models that gave at least one quote.
    pub model_count: usize,
    /// Entries and prices that gave none.
    pub skipped_count: usize,
    /// The same by reason.
    pub skipped: BTreeMap<&'static str, usize>,
    /// A few of them, each with where it stands.
    pub skipped_examples: Vec<String>,
}

impl FetchedList {
    /// A list from the feed that it was read to.
    pub fn of_feed(
        source: Source,
        feed: Feed,
        revision: &str,
        etag: Option<String>,
        content_hash: String,
    ) -> Self {
        Self {
            source,
            etag,
            content_hash,
            model_count: feed.model_count,
            skipped_count: feed.skipped_count(),
            skipped: feed
                .skipped
                .iter()
                .map(|(why, count)| (why.as_str(), *count))
                .collect(),
            skipped_examples: feed
                .skipped_examples
                .iter()
                .map(|(why, place)| format!("{}: {place}", why.as_str()))
                .collect(),
            quotes: feed
                .quotes
                .into_iter()
                .map(|quote| SourcedQuote {
                    source,
                    revision: revision.to_owned(),
                    quote,
                })
                .collect(),
        }
    }

    /// A list from the snapshot, whose quotes name their own revisions.
    pub fn of_snapshot(snapshot: Snapshot, content_hash: String) -> Self {
        let model_count = snapshot
            .quotes
            .chunk_by(|left, right| {
                let (left, right) = (&left.quote.key, &right.quote.key);
                (&left.provider, &left.model) == (&right.provider, &right.model)
            })
            .count();
        Self {
            source: Source::Snapshot,
            etag: None,
            content_hash,
            model_count,
            skipped_count: 0,
            skipped: BTreeMap::new(),
            skipped_examples: Vec::new(),
            quotes: snapshot.quotes,
        }
    }
}

/// What a sync did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SyncReport {
    /// Models of the list.
    pub model_count: usize,
    /// Rates of the list.
    pub rate_count: usize,
    /// Entries and prices that gave no rate.
    pub skipped_count: usize,
    /// The same by reason.
    pub skipped: BTreeMap<&'static str, usize>,
    /// A few of them, each with where it stands.
    pub skipped_examples: Vec<String>,
    /// Models whose quotes changed since the last sync.
    pub changed_models: usize,
    /// Price rows opened.
    pub opened: usize,
    /// Price rows closed.
    pub closed: usize,
    /// Rows that went to quarantine.
    pub quarantined: usize,
    /// Quarantined rows that wait no longer.
    pub withdrawn: usize,
    /// Rates on which sources differ by more than one per cent, among the changed models.
    pub conflicts: usize,
    /// The first changes.
    pub changes: Vec<Value>,
    /// The first conflicts.
    pub conflict_examples: Vec<Value>,
    /// SQL statements that were run.
    pub statements: usize,
}

/// Why a list was not taken. What the book held before, it holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SyncError {
    /// It lost too much since it was last accepted.
    #[error(transparent)]
    Shrunk(#[from] guard::Shrunk),
    /// Other changes kept moving the book; what was written stays, the next run goes on.
    #[error("the price book kept moving while the list was merged; the next run goes on")]
    BookKeptMoving,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// Brings a list into the book; with `dry_run`, only says what it would change.
pub async fn sync_quotes<D: Database>(
    database: &D,
    list: &FetchedList,
    now: UnixMillis,
    dry_run: bool,
) -> Result<SyncReport, SyncError> {
    let state = source_state(database, list.source).await?;
    let last = state.clone().unwrap_or_default();
    guard::check_size(
        list.model_count,
        list.quotes.len(),
        last.model_count,
        last.rate_count,
    )?;
    let mut report = SyncReport {
        model_count: list.model_count,
        rate_count: list.quotes.len(),
        skipped_count: list.skipped_count,
        skipped: list.skipped.clone(),
        skipped_examples: list.skipped_examples.clone(),
        statements: 1,
        ..SyncReport::default()
    };
    let mut models: BTreeMap<ModelName, Vec<&SourcedQuote>> = BTreeMap::new();
    for quote in &list.quotes {
        let key = &quote.quote.key;
        models
            .entry((key.provider.clone(), key.model.clone()))
            .or_default()
            .push(quote);
    }
    let is_first = state.is_none_or(|state| state.content_hash.is_none());
    let changed = if is_first {
        models.keys().cloned().collect()
    } else {
        changed_models(database, list.source, &models, &mut report).await?
    };
    report.changed_models = changed.len();
    for chunk in chunks(&changed, &models) {
        merge_chunk(database, list, &models, &chunk, now, dry_run, &mut report).await?;
    }
    if !dry_run {
        database
            .query(accepted(list, now, report.changed_models > 0)?)
            .await?;
        report.statements += 1;
    }
    Ok(report)
}

async fn merge_chunk<D: Database>(
    database: &D,
    list: &FetchedList,
    models: &BTreeMap<ModelName, Vec<&SourcedQuote>>,
    chunk: &[ModelName],
    now: UnixMillis,
    dry_run: bool,
    report: &mut SyncReport,
) -> Result<(), SyncError> {
    for _ in 0..ATTEMPTS_MAX {
        let mut stored = read_models(database, chunk, Some(list.source)).await?;
        report.statements += 3;
        let mut changes = Vec::with_capacity(chunk.len());
        let mut quotes = Vec::new();
        for model in chunk {
            let of_list = models.get(model).map_or(&[][..], Vec::as_slice);
            quotes.extend(of_list);
            let mut all = stored.quotes.remove(model).unwrap_or_default();
            all.extend(of_list.iter().map(|quote| (*quote).clone()));
            let rows = stored.rows.remove(model).unwrap_or_default();
            changes.push(merge_model(&all, &rows, now.0));
        }
        let statements = BookWrite {
            book_version: stored.book_version,
            source: Some(list.source),
            models: chunk,
            quotes,
            changes: changes.clone(),
            audit: None,
        }
        .statements(now);
        let is_written = dry_run || {
            report.statements += statements.len();
            write(database, &statements, stored.book_version).await?
        };
        if is_written {
            for changes in &changes {
                report.count(changes);
            }
            return Ok(());
        }
    }
    Err(SyncError::BookKeptMoving)
}

/// The models whose quotes differ from those that are kept from this source.
async fn changed_models<D: Database>(
    database: &D,
    source: Source,
    models: &BTreeMap<ModelName, Vec<&SourcedQuote>>,
    report: &mut SyncReport,
) -> Result<BTreeSet<ModelName>, DatabaseError> {
    // The primary key of price_quotes serves both parts; the first one has to look at all of the
    // source's keys, once in each sync of a list that changed. One row a provider: each costs a
    // crossing to the Worker, and none may be over D1's 2 MB.
    const KNOWN: &str = "
SELECT json_array(provider, json_group_array(json_array(model, n))) FROM (
  SELECT provider, model, COUNT(*) AS n FROM price_quotes WHERE source = ?1 ->> 'source'
  GROUP BY provider, model)
GROUP BY provider";
    const DIFFERENT: &str = "
SELECT json_array(n.value ->> 0, n.value ->> 1) FROM json_each(?1, '$.models') n
WHERE EXISTS (
  SELECT 1 FROM json_each(n.value, '$[2]') r
  WHERE NOT EXISTS (
    SELECT 1 FROM price_quotes q
    WHERE q.provider = n.value ->> 0 AND q.model = n.value ->> 1
      AND q.resource_type = r.value ->> 0 AND q.region = r.value ->> 1
      AND q.service_tier = r.value ->> 2 AND q.min_context = r.value ->> 3
      AND q.schedule = r.value ->> 4 AND q.valid_from = r.value ->> 5
      AND q.valid_to IS r.value ->> 6 AND q.rate = r.value ->> 7 AND q.per = r.value ->> 8
      AND q.source = ?1 ->> 'source'))";
    let parameter = json!({ "source": source.as_str() });
    let known = database
        .query(Statement::with(KNOWN, &parameter)?)
        .await?
        .decode::<(String, Vec<(String, usize)>)>()?;
    report.statements += 1;
    let mut counts: BTreeMap<ModelName, usize> = BTreeMap::new();
    for (provider, models) in known {
        let named = |(model, count)| ((provider.clone(), model), count);
        counts.extend(models.into_iter().map(named));
    }
    let known = counts;
    let mut changed: BTreeSet<ModelName> = known
        .keys()
        .filter(|model| !models.contains_key(*model))
        .cloned()
        .collect();
    let (same_count, other): (BTreeSet<_>, BTreeSet<_>) =
        models.keys().cloned().partition(|model| {
            let count = models.get(model).map_or(0, Vec::len);
            known.get(model) == Some(&count)
        });
    changed.extend(other);
    for chunk in chunks(&same_count, models) {
        let rows: Vec<Value> = chunk
            .iter()
            .map(|model| {
                let quotes = models.get(model).map_or(&[][..], Vec::as_slice);
                json!([
                    model.0,
                    model.1,
                    quotes.iter().map(|q| compared(q)).collect::<Vec<_>>()
                ])
            })
            .collect();
        let parameter = json!({ "source": source.as_str(), "models": rows });
        let different = database
            .query(Statement::with(DIFFERENT, &parameter)?)
            .await?;
        report.statements += 1;
        changed.extend(different.decode::<ModelName>()?);
    }
    Ok(changed)
}

fn compared(sourced: &SourcedQuote) -> Value {
    let quote = &sourced.quote;
    let key = &quote.key;
    json!([
        key.resource_type,
        key.region,
        key.service_tier,
        key.min_context,
        key.schedule,
        quote.valid_from_ms,
        quote.valid_to_ms,
        quote.rate.rate_pico,
        quote.rate.per,
    ])
}

/// The models in chunks that one batch takes.
fn chunks(
    changed: &BTreeSet<ModelName>,
    models: &BTreeMap<ModelName, Vec<&SourcedQuote>>,
) -> Vec<Vec<ModelName>> {
    let mut chunks: Vec<Vec<ModelName>> = Vec::new();
    let mut quotes = 0;
    for model in changed {
        let count = models.get(model).map_or(0, Vec::len);
        match chunks.last_mut() {
            Some(chunk) if chunk.len() < CHUNK_MODELS_MAX && quotes + count <= CHUNK_QUOTES_MAX => {
                chunk.push(model.clone());
                quotes += count;
            }
            _ => {
                chunks.push(vec![model.clone()]);
                quotes = count;
            }
        }
    }
    chunks
}

fn accepted(
    list: &FetchedList,
    now: UnixMillis,
    is_changed: bool,
) -> Result<Statement, DatabaseError> {
    const ACCEPTED: &str = "
INSERT INTO price_sources (source, etag, content_hash, model_count, rate_count, skipped_count,
  checked_at, changed_at, last_error)
SELECT ?1 ->> 'source', ?1 ->> 'etag', ?1 ->> 'hash', ?1 ->> 'models', ?1 ->> 'rates',
  ?1 ->> 'skipped', ?1 ->> 'now', ?1 ->> 'changed_at', NULL WHERE true
ON CONFLICT (source) DO UPDATE SET etag = excluded.etag, content_hash = excluded.content_hash,
  model_count = excluded.model_count, rate_count = excluded.rate_count,
  skipped_count = excluded.skipped_count, checked_at = excluded.checked_at,
  changed_at = COALESCE(excluded.changed_at, price_sources.changed_at), last_error = NULL";
    Statement::with(
        ACCEPTED,
        &json!({
            "source": list.source.as_str(),
            "etag": list.etag,
            "hash": list.content_hash,
            "models": list.model_count,
            "rates": list.quotes.len(),
            "skipped": list.skipped_count,
            "now": now.0,
            "changed_at": is_changed.then_some(now.0),
        }),
    )
}

impl SyncReport {
    /// The report with a few examples only: for the record of a run, of which there are many.
    #[must_use]
    pub fn shortened(mut self) -> Self {
        self.changes.truncate(RECORDED_EXAMPLES_MAX);
        self.conflict_examples.truncate(RECORDED_EXAMPLES_MAX);
        self.skipped_examples.truncate(RECORDED_EXAMPLES_MAX);
        self
    }

    fn count(&mut self, changes: &ModelChanges) {
        self.closed += changes.close.len();
        self.withdrawn += changes.withdraw.len();
        self.conflicts += changes.conflicts.len();
        for row in &changes.open {
            let quarantined = row.quarantined_because.is_some();
            self.opened += usize::from(!quarantined);
            self.quarantined += usize::from(quarantined);
            if self.changes.len() < EXAMPLES_MAX {
                self.changes.push(json!({
                    "provider": row.key.provider,
                    "model": row.key.model,
                    "resource_type": row.key.resource_type,
                    "region": row.key.region,
                    "service_tier": row.key.service_tier,
                    "min_context": row.key.min_context,
                    "schedule": row.key.schedule,
                    "rate": rate_text(&row.key.resource_type, row.rate.rate_pico),
                    "per": row.rate.per,
                    "source": row.source.as_str(),
                    "quarantined_because": row.quarantined_because,
                }));
            }
        }
        let room = EXAMPLES_MAX.saturating_sub(self.conflict_examples.len());
        self.conflict_examples
            .extend(changes.conflicts.iter().take(room).map(conflict_json));
    }
}

fn conflict_json(conflict: &Conflict) -> Value {
    json!({
        "provider": conflict.key.provider,
        "model": conflict.key.model,
        "resource_type": conflict.key.resource_type,
        "service_tier": conflict.key.service_tier,
        "min_context": conflict.key.min_context,
        "source": conflict.source.as_str(),
        "rate": rate_text(&conflict.key.resource_type, conflict.rate.rate_pico),
        "per": conflict.rate.per,
        "other_source": conflict.other_source.as_str(),
        "other_rate": rate_text(&conflict.key.resource_type, conflict.other_rate.rate_pico),
        "other_per": conflict.other_rate.per,
    })
}
