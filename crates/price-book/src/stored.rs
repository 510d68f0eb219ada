//! Quotes and rows of some models, as the tables hold them.

use std::collections::BTreeMap;

use cost_calculation::UnixMillis;
use price_feeds::{
    PriceKey, Quote, Rate, Source,
    merge::{BookRow, RowStatus, SourcedQuote},
};
use serde::Deserialize;

use ledger_core::database::{Database, DatabaseError, Rows, Statement};

/// A provider and a model.
pub(super) type ModelName = (String, String);

/// What the merge needs of some models, and the version of the book that it was read from.
#[derive(Debug, Default)]
pub(super) struct StoredModels {
    pub(super) book_version: i64,
    pub(super) quotes: BTreeMap<ModelName, Vec<SourcedQuote>>,
    pub(super) rows: BTreeMap<ModelName, Vec<BookRow>>,
}

pub(super) const BOOK_VERSION: &str = "SELECT json_array(price_book_version) FROM ledger_state";

// The primary key of price_quotes; one row a model, since each row costs a crossing to the Worker.
const QUOTES: &str = "
SELECT json_array(q.provider, q.model, json_group_array(json_array(q.source, q.source_revision,
  q.resource_type, q.region, q.service_tier, q.min_context, q.schedule, q.valid_from, q.valid_to,
  q.rate, q.per)))
FROM json_each(?1, '$.models') k
  JOIN price_quotes q ON q.provider = k.value ->> 0 AND q.model = k.value ->> 1
WHERE q.source IS NOT ?1 ->> 'source'
GROUP BY q.provider, q.model";

// Index prices_by_key.
const ROWS: &str = "
SELECT json_array(p.provider, p.model, json_group_array(json_array(p.id, p.source, p.status,
  p.resource_type, p.region, p.service_tier, p.min_context, p.schedule, p.valid_from, p.valid_to,
  p.rate, p.per, p.source_revision,
  iif(p.status = 'rejected', COALESCE(p.reason, ''), ''))))
FROM json_each(?1, '$.models') k
  JOIN prices p ON p.provider = k.value ->> 0 AND p.model = k.value ->> 1
GROUP BY p.provider, p.model";

type StoredKey = (String, String, String, u64, String);

#[derive(Deserialize)]
struct StoredQuote(
    String,
    String,
    String,
    String,
    String,
    u64,
    String,
    i64,
    Option<i64>,
    i64,
    i64,
);

#[derive(Deserialize)]
struct StoredRow(
    i64,
    String,
    String,
    String,
    String,
    String,
    u64,
    String,
    i64,
    Option<i64>,
    i64,
    i64,
    String,
    String,
);

/// Reads the quotes of every source but one, and the rows, of some models.
pub(super) async fn read_models<D: Database>(
    database: &D,
    models: &[ModelName],
    without: Option<Source>,
) -> Result<StoredModels, DatabaseError> {
    let parameter = serde_json::json!({
        "models": models,
        "source": without.map(Source::as_str),
    })
    .to_string();
    let rows = database
        .batch(&[
            Statement::new(BOOK_VERSION),
            Statement::with_json(QUOTES, parameter.clone()),
            Statement::with_json(ROWS, parameter),
        ])
        .await?;
    let [version, quotes, rows] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no rows".to_owned()));
    };
    Ok(StoredModels {
        book_version: book_version(version)?,
        quotes: quotes_in(quotes)?,
        rows: rows_in(rows)?,
    })
}

pub(super) fn book_version(rows: &Rows) -> Result<i64, DatabaseError> {
    let version = rows.first::<(i64,)>()?;
    version.map(|(version,)| version).ok_or_else(|| {
        DatabaseError::Other("ledger_state has no row: apply the migrations".to_owned())
    })
}

fn quotes_in(rows: &Rows) -> Result<BTreeMap<ModelName, Vec<SourcedQuote>>, DatabaseError> {
    let mut models = BTreeMap::new();
    for (provider, model, quotes) in rows.decode::<(String, String, Vec<StoredQuote>)>()? {
        let mut found = Vec::with_capacity(quotes.len());
        for quote in quotes {
            // A source that this version does not know says nothing to it.
            let Ok(source) = quote.0.parse() else {
                continue;
            };
            found.push(SourcedQuote {
                source,
                revision: quote.1,
                quote: Quote {
                    key: key(
                        &provider,
                        &model,
                        (quote.2, quote.3, quote.4, quote.5, quote.6),
                    ),
                    valid_from_ms: quote.7,
                    valid_to_ms: quote.8,
                    rate: Rate {
                        rate_pico: quote.9,
                        per: quote.10,
                    },
                },
            });
        }
        models.insert((provider, model), found);
    }
    Ok(models)
}

fn rows_in(rows: &Rows) -> Result<BTreeMap<ModelName, Vec<BookRow>>, DatabaseError> {
    let mut models = BTreeMap::new();
    for (provider, model, rows) in rows.decode::<(String, String, Vec<StoredRow>)>()? {
        let found = rows
            .into_iter()
            .map(|row| BookRow {
                status: RowStatus::of(&row.2, &row.13),
                id: row.0,
                key: key(&provider, &model, (row.3, row.4, row.5, row.6, row.7)),
                rate: Rate {
                    rate_pico: row.10,
                    per: row.11,
                },
                valid_from_ms: row.8,
                valid_to_ms: row.9,
                source: row.1,
                revision: row.12,
            })
            .collect();
        models.insert((provider, model), found);
    }
    Ok(models)
}

fn key(
    provider: &str,
    model: &str,
    (resource_type, region, service_tier, min_context, schedule): StoredKey,
) -> PriceKey {
    PriceKey {
        provider: provider.to_owned(),
        model: model.to_owned(),
        resource_type,
        region,
        service_tier,
        min_context,
        schedule,
    }
}

/// A source's record, as far as a sync needs it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct SourceState {
    /// The `ETag` of the list that was last accepted.
    pub etag: Option<String>,
    /// Its hash.
    pub content_hash: Option<String>,
    /// How many models it had.
    pub model_count: usize,
    /// How many rates.
    pub rate_count: usize,
    /// When the source was last heard, unix milliseconds.
    pub checked_at: Option<i64>,
}

/// What is known of a source; `None` before its first sync.
pub async fn source_state<D: Database>(
    database: &D,
    source: Source,
) -> Result<Option<SourceState>, DatabaseError> {
    const STATE: &str = "
SELECT json_object('etag', etag, 'content_hash', content_hash, 'model_count', model_count,
  'rate_count', rate_count, 'checked_at', checked_at)
FROM price_sources WHERE source = ?1 ->> 'source'";
    let parameter = serde_json::json!({ "source": source.as_str() });
    database
        .query(Statement::with(STATE, &parameter)?)
        .await?
        .first()
}

/// Notes that a source was heard and had nothing new.
pub async fn mark_unchanged<D: Database>(
    database: &D,
    source: Source,
    now: UnixMillis,
) -> Result<(), DatabaseError> {
    const MARK: &str = "
INSERT INTO price_sources (source, model_count, rate_count, skipped_count, checked_at)
SELECT ?1 ->> 'source', 0, 0, 0, ?1 ->> 'now' WHERE true
ON CONFLICT (source) DO UPDATE SET checked_at = excluded.checked_at, last_error = NULL";
    let parameter = serde_json::json!({ "source": source.as_str(), "now": now.0 });
    database
        .query(Statement::with(MARK, &parameter)?)
        .await
        .map(|_| ())
}

/// Notes why a source's list was not taken; what was accepted before stays as it is.
pub async fn mark_failed<D: Database>(
    database: &D,
    source: Source,
    error: &str,
) -> Result<(), DatabaseError> {
    const MARK: &str = "
INSERT INTO price_sources (source, model_count, rate_count, skipped_count, last_error)
SELECT ?1 ->> 'source', 0, 0, 0, ?1 ->> 'error' WHERE true
ON CONFLICT (source) DO UPDATE SET last_error = excluded.last_error";
    let error: String = error.chars().take(500).collect();
    let parameter = serde_json::json!({ "source": source.as_str(), "error": error });
    database
        .query(Statement::with(MARK, &parameter)?)
        .await
        .map(|_| ())
}
