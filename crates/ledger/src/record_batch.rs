//! Recording a batch of priced interactions: each exactly once, with its estimate, its session and
//! every sum, in one transaction.
//!
//! The caller's id is the key, without a time window, and the archive counts too. An id that is
//! already there adds nothing anywhere: all later statements look at the rows that carry this
//! batch's own `ingest_id`. The insert itself compares the price book, the schema and the
//! reporting zone with `ledger_state`, so that no estimate made with an older book gets in.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use cost_calculation::{Estimate, PicoUsd, UnixMillis};
use events::Interaction;
use serde::{Deserialize, Serialize};

use crate::{
    database::{Database, DatabaseError, Rows, Statement},
    estimate_lines::compact_lines,
    interaction_columns::{INTERACTION_INSERT, interaction_row},
    latency_bucket::bucket_of,
    reporting_zone::ReportingZone,
    rollup::{ROLLUPS, TOKEN_SUM, measures_of_interaction, upsert},
    schema::SCHEMA_VERSION,
    write_guard::{SCHEMA_AND_ZONE, STATE, StateRow, mismatch},
};

/// The most interactions in one batch.
pub const BATCH_INTERACTIONS_MAX: usize = 500;

/// What the estimates of a batch were made with, and what marks the batch.
#[derive(Debug, Clone, Copy)]
pub struct BatchContext {
    /// A fresh random number for each attempt; positive.
    pub ingest_id: i64,
    /// When the request arrived.
    pub received_at: UnixMillis,
    /// The version of the price book that the estimates were made with.
    pub price_book_version: i64,
    /// The installation's reporting zone, as this Worker is configured.
    pub reporting_zone: ReportingZone,
}

/// What became of one interaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded {
    /// It is new and counted.
    Accepted(RecordedCost),
    /// It was there already, with the same body; this is the answer it got then, or since.
    Duplicate(RecordedCost),
    /// Its id was there already with another body; nothing changed. This is what is kept.
    Conflict(Kept),
}

/// The body that an id was recorded with, and what it cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its digest, in upper-case hex.
    pub body_hash: String,
    /// Its cost.
    pub cost: RecordedCost,
}

/// An interaction on its way into the ledger.
#[derive(Debug, Clone, Copy)]
pub struct PricedInteraction<'a> {
    /// What happened.
    pub interaction: &'a Interaction,
    /// The digest of its body, in upper-case hex.
    pub body_hash: &'a str,
    /// What it costs.
    pub estimate: &'a Estimate,
}

/// The stored cost of an interaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedCost {
    /// `None` where nothing of it has a price.
    pub total_cost: Option<PicoUsd>,
    /// `priced`, `partial`, `unpriced` or `declared`.
    pub price_state: String,
}

/// Why a batch was not recorded. Nothing of it was kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The price book moved since the estimates were made: load it and estimate again.
    #[error("the price book moved on to version {current}")]
    StalePriceBook {
        /// The version now.
        current: i64,
    },
    /// The database's schema is not the one that this software writes.
    #[error(
        "the database has schema version {found}, this Worker writes version {expected}: apply the \
         migrations or deploy the matching release"
    )]
    SchemaMismatch {
        /// The database's version.
        found: i64,
        /// This software's version.
        expected: i64,
    },
    /// The ledger keeps its days in another zone than this Worker is configured for.
    #[error(
        "the ledger's reporting time zone is {found}, this Worker is configured for {expected}: \
         set REPORTING_TIME_ZONE to the ledger's, or have an admin change the ledger's zone"
    )]
    ZoneMismatch {
        /// The ledger's zone.
        found: String,
        /// The Worker's zone.
        expected: String,
    },
    /// More interactions than a batch takes, or the same id twice: a fault of the caller.
    #[error("{0}")]
    Misuse(String),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

#[derive(Serialize)]
struct EventsParameter<'a> {
    ingest_id: i64,
    received_at: i64,
    price_book_version: i64,
    schema_version: i64,
    zone: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    users: Vec<(&'a str, &'a str, Vec<&'a str>)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    events: Vec<serde_json::Value>,
}

#[derive(Serialize)]
struct BatchParameter {
    ingest_id: i64,
    count: usize,
}

#[derive(Deserialize)]
struct StoredAnswer {
    id: String,
    is_new: i64,
    body_hash: String,
    total_cost: Option<i64>,
    price_state: String,
}

/// The condition under which anything is written at all.
static GUARD: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{SCHEMA_AND_ZONE} AND (SELECT price_book_version FROM ledger_state)
           = ?1 ->> 'price_book_version'"
    )
});

/// The rows of this batch: the last ones by key, so a scan of at most `count` of them.
const NEW_ROWS: &str =
    "i.interaction_key > (SELECT MAX(interaction_key) FROM interactions) - (?1 ->> 'count')
         AND i.ingest_id = ?1 ->> 'ingest_id'";

// Each user with the ids of their events. One who is not known yet becomes so only by an event that
// is new: a conflict leaves nothing behind. Indexes: users' and interactions' unique ones.
static INSERT_USERS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "INSERT INTO users (tenant_id, user_id)
         SELECT j.value ->> 0, j.value ->> 1 FROM json_each(?1, '$.users') j
         WHERE {}
           AND NOT EXISTS (SELECT 1 FROM users u
             WHERE u.tenant_id = j.value ->> 0 AND u.user_id = j.value ->> 1)
           AND EXISTS (SELECT 1 FROM json_each(j.value, '$[2]') e
             WHERE NOT EXISTS (SELECT 1 FROM interactions k WHERE k.id = e.value)
               AND NOT EXISTS (SELECT 1 FROM interactions_archive k WHERE k.id = e.value))
         ON CONFLICT (tenant_id, user_id) DO NOTHING",
        *GUARD
    )
});

static INSERT_INTERACTIONS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{INTERACTION_INSERT}
         WHERE {}
           AND NOT EXISTS (SELECT 1 FROM interactions k WHERE k.id = j.row ->> 0)
           AND NOT EXISTS (SELECT 1 FROM interactions_archive k WHERE k.id = j.row ->> 0)
         ON CONFLICT (id) DO NOTHING",
        *GUARD
    )
});

// One row for each event: id, then the estimate's columns.
const INSERT_ESTIMATES: &str = "
WITH estimate AS MATERIALIZED (
  SELECT jsonb(j.value) AS row FROM json_each(?1, '$.estimates') j
)
INSERT INTO cost_estimates (interaction_key, revision, ai_tokens_cost, db_ops_cost, api_calls_cost,
  compute_time_cost, total_cost, cache_savings, price_state, match_kind, calculation_version,
  price_book_version, lines)
SELECT i.interaction_key, 1, j.row ->> 1, j.row ->> 2, j.row ->> 3, j.row ->> 4,
  j.row ->> 5, j.row ->> 6, j.row ->> 7, j.row ->> 8, j.row ->> 9,
  ?1 ->> 'price_book_version', j.row ->> 10
FROM estimate j JOIN interactions i ON i.id = j.row ->> 0
WHERE i.ingest_id = ?1 ->> 'ingest_id'";

static UNARCHIVE_SESSIONS: LazyLock<[String; 2]> = LazyLock::new(|| {
    let touched = format!("SELECT i.session_id FROM interactions i WHERE {NEW_ROWS}");
    [
        format!(
            "INSERT INTO sessions SELECT * FROM sessions_archive WHERE id IN ({touched})
             ON CONFLICT (id) DO NOTHING"
        ),
        format!("DELETE FROM sessions_archive WHERE id IN ({touched})"),
    ]
});

static UPSERT_SESSIONS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH delta AS (
           SELECT i.session_id, i.timestamp,
             FIRST_VALUE(i.user_key) OVER (PARTITION BY i.session_id
               ORDER BY i.timestamp, u.tenant_id, u.user_id) AS first_user,
             i.user_key, i.status, e.price_state, e.total_cost, {TOKEN_SUM} AS tokens
           FROM interactions i JOIN users u USING (user_key)
             JOIN cost_estimates e ON e.interaction_key = i.interaction_key AND e.revision = 1
           WHERE {NEW_ROWS}
         )
         INSERT INTO sessions (id, user_key, start_time, last_seen, interaction_count, error_count,
           unpriced_count, partial_count, token_count, total_cost, mixed_users, first_ingest_id)
         SELECT session_id, MAX(first_user), MIN(timestamp), MAX(timestamp), COUNT(*),
           SUM(status = 'error'), SUM(price_state = 'unpriced'), SUM(price_state = 'partial'),
           SUM(tokens), SUM(COALESCE(total_cost, 0)), MIN(user_key) <> MAX(user_key),
           ?1 ->> 'ingest_id'
         FROM delta WHERE true GROUP BY session_id
         ON CONFLICT (id) DO UPDATE SET
           {SESSION_OWNER},
           start_time = MIN(sessions.start_time, excluded.start_time),
           last_seen = MAX(sessions.last_seen, excluded.last_seen),
           interaction_count = sessions.interaction_count + excluded.interaction_count,
           error_count = sessions.error_count + excluded.error_count,
           unpriced_count = sessions.unpriced_count + excluded.unpriced_count,
           partial_count = sessions.partial_count + excluded.partial_count,
           token_count = sessions.token_count + excluded.token_count,
           total_cost = sessions.total_cost + excluded.total_cost"
    )
});

/// A session belongs to the user of its earliest event; at the same instant the smaller
/// `(tenant_id, user_id)` decides, so that the order of arrival never does.
pub(crate) const SESSION_OWNER: &str = "mixed_users = MAX(sessions.mixed_users, \
     excluded.mixed_users, sessions.user_key <> excluded.user_key),
  user_key = CASE
    WHEN excluded.start_time < sessions.start_time THEN excluded.user_key
    WHEN excluded.start_time = sessions.start_time
      AND (SELECT (n.tenant_id, n.user_id) < (o.tenant_id, o.user_id) FROM users n, users o
           WHERE n.user_key = excluded.user_key AND o.user_key = sessions.user_key)
      THEN excluded.user_key
    ELSE sessions.user_key END";

static INSERT_SESSION_MODELS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "INSERT INTO session_models (session_id, provider, model, agent)
         SELECT i.session_id, i.provider, i.model_name, i.agent FROM interactions i WHERE {NEW_ROWS}
         ON CONFLICT DO NOTHING"
    )
});

static INSERT_SESSION_DAYS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "INSERT INTO session_days (day, user_key, session_id)
         SELECT i.day, i.user_key, i.session_id FROM interactions i WHERE {NEW_ROWS}
         ON CONFLICT DO NOTHING"
    )
});

static UPSERT_ROLLUPS: LazyLock<[String; 4]> = LazyLock::new(|| {
    let delta = format!(
        "  SELECT i.day, i.user_key, i.provider, i.model_name AS model, i.agent, i.type,
         {}
  FROM interactions i
    JOIN cost_estimates e ON e.interaction_key = i.interaction_key AND e.revision = 1
  WHERE {NEW_ROWS}",
        measures_of_interaction()
    );
    ROLLUPS.map(|(table, key)| upsert(table, key, &delta))
});

// One row for each latency: id, metric, bucket. Only calls of models that succeeded count.
const UPSERT_LATENCIES: &str = "
INSERT INTO latency_histogram (day, provider, model, metric, bucket, count)
SELECT i.day, i.provider, i.model_name, j.value ->> 1, j.value ->> 2, COUNT(*)
FROM json_each(?1, '$.latencies') j JOIN interactions i ON i.id = j.value ->> 0
WHERE i.ingest_id = ?1 ->> 'ingest_id'
GROUP BY 1, 2, 3, 4, 5
ON CONFLICT (day, provider, model, metric, bucket) DO UPDATE SET
  count = latency_histogram.count + excluded.count";

static BUMP_LEDGER: LazyLock<String> = LazyLock::new(|| {
    format!(
        "UPDATE ledger_state SET ledger_version = ledger_version + 1
         WHERE EXISTS (SELECT 1 FROM interactions i WHERE {NEW_ROWS})"
    )
});

// The unique index on `id` serves both halves.
const ANSWERS: &str = "
SELECT json_object('id', i.id, 'is_new', i.ingest_id = ?1 ->> 'ingest_id',
  'body_hash', hex(i.body_hash), 'total_cost', e.total_cost, 'price_state', e.price_state)
FROM json_each(?1, '$.ids') j JOIN interactions i ON i.id = j.value
  JOIN cost_estimates e ON e.interaction_key = i.interaction_key
WHERE e.revision = (SELECT MAX(revision) FROM cost_estimates x
                    WHERE x.interaction_key = i.interaction_key)
UNION ALL
SELECT json_object('id', i.id, 'is_new', 0,
  'body_hash', hex(i.body_hash), 'total_cost', e.total_cost, 'price_state', e.price_state)
FROM json_each(?1, '$.ids') j JOIN interactions_archive i ON i.id = j.value
  JOIN cost_estimates_archive e ON e.interaction_key = i.interaction_key
WHERE e.revision = (SELECT MAX(revision) FROM cost_estimates_archive x
                    WHERE x.interaction_key = i.interaction_key)";

/// Records interactions with their estimates; answers for each, in the order given.
///
/// The ids must differ from each other: repeats within a request are the caller's to resolve
/// first. At most [`BATCH_INTERACTIONS_MAX`].
pub async fn record_batch<D: Database>(
    database: &D,
    context: &BatchContext,
    batch: &[PricedInteraction<'_>],
) -> Result<Vec<Recorded>, RecordError> {
    if batch.is_empty() {
        return Ok(Vec::new());
    }
    if batch.len() > BATCH_INTERACTIONS_MAX {
        return Err(RecordError::Misuse(format!(
            "a batch of {} interactions is over the limit of {BATCH_INTERACTIONS_MAX}",
            batch.len()
        )));
    }
    let rows = database.batch(&statements(context, batch)?).await?;
    if let Some(recorded) = answers(batch, &rows)? {
        return Ok(recorded);
    }
    let state = database.query(Statement::new(STATE)).await?;
    Err(refusal(context, state.first()?.as_ref()))
}

fn statements(
    context: &BatchContext,
    batch: &[PricedInteraction<'_>],
) -> Result<Vec<Statement>, DatabaseError> {
    let mut ids_by_user: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for PricedInteraction { interaction, .. } in batch {
        let user = (interaction.tenant_id.as_str(), interaction.user_id.as_str());
        ids_by_user.entry(user).or_default().push(&interaction.id);
    }
    let users = ids_by_user
        .into_iter()
        .map(|((tenant_id, user_id), ids)| (tenant_id, user_id, ids))
        .collect();
    let guarded = |users, events| EventsParameter {
        ingest_id: context.ingest_id,
        received_at: context.received_at.0,
        price_book_version: context.price_book_version,
        schema_version: SCHEMA_VERSION,
        zone: context.reporting_zone.name(),
        users,
        events,
    };
    let rows = batch
        .iter()
        .map(|priced| interaction_row(priced.interaction, priced.body_hash, context.reporting_zone))
        .collect();
    let users = Statement::with(INSERT_USERS.as_str(), &guarded(users, Vec::new()))?;
    let events = Statement::with(INSERT_INTERACTIONS.as_str(), &guarded(Vec::new(), rows))?;
    let estimates = Statement::with(
        INSERT_ESTIMATES,
        &serde_json::json!({
            "ingest_id": context.ingest_id,
            "price_book_version": context.price_book_version,
            "estimates": batch.iter().map(estimate_row).collect::<Vec<_>>(),
        }),
    )?;
    let new_rows = Statement::with(
        "",
        &BatchParameter {
            ingest_id: context.ingest_id,
            count: batch.len(),
        },
    )?;
    let on_new_rows = |sql: &'static str| Statement {
        sql: sql.into(),
        ..new_rows.clone()
    };
    let mut statements = vec![users, events, estimates];
    statements.extend(UNARCHIVE_SESSIONS.iter().map(|sql| on_new_rows(sql)));
    statements.extend([
        on_new_rows(&UPSERT_SESSIONS),
        on_new_rows(&INSERT_SESSION_MODELS),
        on_new_rows(&INSERT_SESSION_DAYS),
    ]);
    statements.extend(UPSERT_ROLLUPS.iter().map(|sql| on_new_rows(sql)));
    let latencies: Vec<_> = batch
        .iter()
        .flat_map(|priced| latency_rows(priced.interaction))
        .collect();
    if !latencies.is_empty() {
        statements.push(Statement::with(
            UPSERT_LATENCIES,
            &serde_json::json!({ "ingest_id": context.ingest_id, "latencies": latencies }),
        )?);
    }
    statements.push(on_new_rows(&BUMP_LEDGER));
    statements.push(Statement::with(
        ANSWERS,
        &serde_json::json!({
            "ingest_id": context.ingest_id,
            "ids": batch.iter().map(|priced| &priced.interaction.id).collect::<Vec<_>>(),
        }),
    )?);
    Ok(statements)
}

fn estimate_row(
    PricedInteraction {
        interaction,
        estimate,
        ..
    }: &PricedInteraction<'_>,
) -> serde_json::Value {
    let pico = |amount: Option<PicoUsd>| amount.map(PicoUsd::get);
    serde_json::json!([
        interaction.id,
        pico(estimate.ai_tokens),
        pico(estimate.db_ops),
        pico(estimate.api_calls),
        pico(estimate.compute_time),
        pico(estimate.total),
        estimate.cache_savings.get(),
        estimate.price_state.as_str(),
        estimate.match_kind.map(cost_calculation::MatchKind::as_str),
        estimate.calculation_version,
        compact_lines(&estimate.lines),
    ])
}

fn latency_rows(interaction: &Interaction) -> Vec<serde_json::Value> {
    use events::{InteractionStatus, InteractionType};
    if interaction.kind != InteractionType::Chat || interaction.status != InteractionStatus::Ok {
        return Vec::new();
    }
    [
        ("duration", interaction.duration_ms),
        ("time_to_first_token", interaction.time_to_first_token_ms),
    ]
    .into_iter()
    .filter_map(|(metric, latency_ms)| {
        latency_ms.map(|ms| serde_json::json!([interaction.id, metric, bucket_of(ms)]))
    })
    .collect()
}

/// What became of each; `None` where the guard kept the batch out.
fn answers(
    batch: &[PricedInteraction<'_>],
    rows: &[Rows],
) -> Result<Option<Vec<Recorded>>, DatabaseError> {
    let stored: HashMap<String, StoredAnswer> = rows
        .last()
        .map(Rows::decode::<StoredAnswer>)
        .transpose()?
        .unwrap_or_default()
        .into_iter()
        .map(|answer| (answer.id.clone(), answer))
        .collect();
    Ok(batch
        .iter()
        .map(|priced| {
            let answer = stored.get(&priced.interaction.id)?;
            let cost = RecordedCost {
                total_cost: answer.total_cost.map(PicoUsd::new),
                price_state: answer.price_state.clone(),
            };
            Some(if answer.body_hash != priced.body_hash {
                let body_hash = answer.body_hash.clone();
                Recorded::Conflict(Kept { body_hash, cost })
            } else if answer.is_new == 1 {
                Recorded::Accepted(cost)
            } else {
                Recorded::Duplicate(cost)
            })
        })
        .collect())
}

/// Why the guard kept the batch out.
fn refusal(context: &BatchContext, state: Option<&StateRow>) -> RecordError {
    mismatch(state, context.reporting_zone).unwrap_or_else(|| RecordError::StalePriceBook {
        current: state.map_or(0, |state| state.price_book_version),
    })
}
