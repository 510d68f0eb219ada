//! The statements of a batch: the insert of its interactions and what follows from it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use cost_calculation::PicoUsd;
use events::Interaction;
use serde_json::{Value, json};

use super::{BatchContext, PricedInteraction};
use ledger_core::{
    database::{DatabaseError, Statement},
    estimate_lines::compact_lines,
    interaction_columns::{INTERACTION_INSERT, interaction_row},
    latency_bucket::bucket_of,
    rollup::{TOKEN_SUM, move_by_interactions},
    schema::SCHEMA_VERSION,
    write_guard::SCHEMA_AND_ZONE,
};

/// What a batch finds in the ledger before its interactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    /// Every user is known, and every session has a name and does not lie in the archive, as of
    /// nearly every batch. Where it is not so, the batch writes nothing but names of sessions, which
    /// count for nothing.
    Known {
        /// Of every session its name is there, with the models and agents of the batch.
        are_sessions_known: bool,
    },
    /// Anything: what is missing is made and fetched first, by three more statements.
    Anything,
}

/// A statement without its indentation: D1 is sent the text with every batch.
pub(crate) fn one_line(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The condition under which anything is written at all.
pub(crate) static GUARD: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{SCHEMA_AND_ZONE} AND EXISTS (SELECT 1 FROM ledger_state
           WHERE price_book_version = ?1 ->> 'price_book_version' AND epoch = ?1 ->> 'epoch')"
    )
});

/// The rows of this batch: the last ones by key, so a scan of at most `count` of them.
const NEW_ROWS: &str =
    "i.interaction_key > (SELECT MAX(interaction_key) FROM interactions) - (?1 ->> 'count')
         AND i.ingest_id = ?1 ->> 'ingest_id'";

// One who is not known yet becomes so only by an event that is new: a conflict leaves nothing
// behind. Indexes: users' and interactions' unique ones.
static INSERT_USERS: LazyLock<String> = LazyLock::new(|| {
    one_line(&format!(
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
    ))
});

// The same of a session's id.
static INSERT_SESSION_IDS: LazyLock<String> = LazyLock::new(|| {
    one_line(&format!(
        "INSERT INTO session_ids (id)
         SELECT j.value ->> 0 FROM json_each(?1, '$.sessions') j
         WHERE {}
           AND NOT EXISTS (SELECT 1 FROM session_ids n WHERE n.id = j.value ->> 0)
           AND EXISTS (SELECT 1 FROM json_each(j.value, '$[1]') e
             WHERE NOT EXISTS (SELECT 1 FROM interactions k WHERE k.id = e.value)
               AND NOT EXISTS (SELECT 1 FROM interactions_archive k WHERE k.id = e.value))",
        *GUARD
    ))
});

// All or nothing: what is expected of users and sessions is one condition of the whole batch.
static INSERT_INTERACTIONS: LazyLock<String> = LazyLock::new(|| {
    one_line(&format!(
        "{INTERACTION_INSERT}
         WHERE {}
           AND NOT EXISTS (SELECT 1 FROM json_each(?1, '$.users') j
             WHERE NOT EXISTS (SELECT 1 FROM users k
               WHERE k.tenant_id = j.value ->> 0 AND k.user_id = j.value ->> 1))
           AND NOT EXISTS (SELECT 1 FROM json_each(?1, '$.sessions') j
             LEFT JOIN session_ids n ON n.id = j.value
             WHERE n.session_key IS NULL OR EXISTS (SELECT 1 FROM sessions_archive a
               WHERE a.session_key = n.session_key))
           AND NOT EXISTS (SELECT 1 FROM interactions k WHERE k.id = j.row ->> 0)
           AND NOT EXISTS (SELECT 1 FROM interactions_archive k WHERE k.id = j.row ->> 0)
         ON CONFLICT (id) DO NOTHING
         RETURNING '1'",
        *GUARD
    ))
});

// One row for each event: id, then the estimate's columns.
static INSERT_ESTIMATES: LazyLock<String> = LazyLock::new(|| {
    one_line(
        "
WITH estimate AS MATERIALIZED (
  SELECT jsonb(j.value) AS row FROM json_each(?1, '$.estimates') j
)
INSERT INTO cost_estimates (interaction_key, revision, ai_tokens_cost, db_ops_cost, api_calls_cost,
  compute_time_cost, total_cost, cache_savings, currency, price_state, match_kind,
  calculation_version, price_book_version, lines)
SELECT i.interaction_key, 1, j.row ->> 1, j.row ->> 2, j.row ->> 3, j.row ->> 4,
  j.row ->> 5, j.row ->> 6, 'USD', j.row ->> 7, j.row ->> 8, j.row ->> 9,
  ?1 ->> 'price_book_version', j.row ->> 10
FROM estimate j JOIN interactions i ON i.id = j.row ->> 0
WHERE i.ingest_id = ?1 ->> 'ingest_id'",
    )
});

static UNARCHIVE_SESSIONS: LazyLock<[String; 2]> = LazyLock::new(|| {
    let touched = format!("SELECT i.session_key FROM interactions i WHERE {NEW_ROWS}");
    [
        format!(
            "INSERT INTO sessions SELECT * FROM sessions_archive WHERE session_key IN ({touched})
             ON CONFLICT (session_key) DO NOTHING"
        ),
        format!("DELETE FROM sessions_archive WHERE session_key IN ({touched})"),
    ]
});

static UPSERT_SESSIONS: LazyLock<String> = LazyLock::new(|| {
    one_line(&format!(
        "WITH delta AS (
           SELECT i.session_key, i.timestamp, i.price_time,
             FIRST_VALUE(i.user_key) OVER (PARTITION BY i.session_key
               ORDER BY i.timestamp, u.tenant_id, u.user_id) AS first_user,
             i.user_key, i.status, e.price_state, e.total_cost, {TOKEN_SUM} AS tokens
           FROM interactions i JOIN users u USING (user_key)
             JOIN cost_estimates e ON e.interaction_key = i.interaction_key AND e.revision = 1
           WHERE {NEW_ROWS}
         )
         INSERT INTO sessions (session_key, user_key, start_time, last_seen, last_start,
           interaction_count, error_count, aborted_count, unpriced_count, partial_count, token_count, total_cost, mixed_users,
           first_ingest_id)
         SELECT session_key, MAX(first_user), MIN(timestamp), MAX(price_time), MAX(timestamp), COUNT(*),
           SUM(status = 'error'), SUM(status = 'aborted'), SUM(price_state = 'unpriced'), SUM(price_state = 'partial'),
           SUM(tokens), SUM(COALESCE(total_cost, 0)), MIN(user_key) <> MAX(user_key),
           ?1 ->> 'ingest_id'
         FROM delta WHERE true GROUP BY session_key
         ON CONFLICT (session_key) DO UPDATE SET
           {SESSION_OWNER},
           start_time = MIN(sessions.start_time, excluded.start_time),
           last_seen = MAX(sessions.last_seen, excluded.last_seen),
           last_start = MAX(sessions.last_start, excluded.last_start),
           interaction_count = sessions.interaction_count + excluded.interaction_count,
           error_count = sessions.error_count + excluded.error_count,
           aborted_count = sessions.aborted_count + excluded.aborted_count,
           unpriced_count = sessions.unpriced_count + excluded.unpriced_count,
           partial_count = sessions.partial_count + excluded.partial_count,
           token_count = sessions.token_count + excluded.token_count,
           total_cost = sessions.total_cost + excluded.total_cost"
    ))
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
    one_line(&format!(
        "INSERT INTO session_models (session_key, provider, model, agent, start_time)
         SELECT i.session_key, i.provider, i.model_name, i.agent, s.start_time
         FROM interactions i JOIN sessions s USING (session_key) WHERE {NEW_ROWS}
         ON CONFLICT DO NOTHING"
    ))
});

// `[agent, name, interaction]`, and the same of users: what people call them by the event that came
// last. Only an event that is new says so.
static NAME_AGENTS: LazyLock<String> = LazyLock::new(|| {
    one_line(
        "INSERT INTO agents (agent, name)
         SELECT j.value ->> 0, j.value ->> 1 FROM json_each(?1, '$.agents') j
           JOIN interactions i ON i.id = j.value ->> 2
         WHERE i.ingest_id = ?1 ->> 'ingest_id'
         ON CONFLICT (agent) DO UPDATE SET name = excluded.name WHERE name <> excluded.name",
    )
});

static LABEL_USERS: LazyLock<String> = LazyLock::new(|| {
    one_line(
        "UPDATE users SET label = j.value ->> 0 FROM json_each(?1, '$.labels') j
           JOIN interactions i ON i.id = j.value ->> 1
         WHERE i.ingest_id = ?1 ->> 'ingest_id' AND users.user_key = i.user_key
           AND users.label IS NOT j.value ->> 0",
    )
});

static INSERT_SESSION_DAYS: LazyLock<String> = LazyLock::new(|| {
    one_line(&format!(
        "INSERT INTO session_days (day, user_key, session_key)
         SELECT i.day, i.user_key, i.session_key FROM interactions i WHERE {NEW_ROWS}
         ON CONFLICT DO NOTHING"
    ))
});

static MOVE_ROLLUPS: LazyLock<String> = LazyLock::new(|| {
    one_line(&move_by_interactions(&format!(
        "FROM interactions i
           JOIN cost_estimates e ON e.interaction_key = i.interaction_key AND e.revision = 1
         WHERE {NEW_ROWS}"
    )))
});

// One row for each latency: id, metric, bucket. Only calls of models that succeeded count.
static UPSERT_LATENCIES: LazyLock<String> = LazyLock::new(|| {
    one_line(
        "
INSERT INTO latency_moves
SELECT day, provider, model,
  json_group_object(CAST(bucket AS TEXT), count) FILTER (WHERE metric = 'duration'),
  json_group_object(CAST(bucket AS TEXT), count) FILTER (WHERE metric = 'time_to_first_token')
FROM (
  SELECT i.day, i.provider, i.model_name AS model, j.value ->> 1 AS metric, j.value ->> 2 AS bucket,
    COUNT(*) AS count
  FROM json_each(?1, '$.latencies') j JOIN interactions i ON i.id = j.value ->> 0
  WHERE i.ingest_id = ?1 ->> 'ingest_id'
  GROUP BY 1, 2, 3, 4, 5)
GROUP BY day, provider, model",
    )
});

// `[interaction, key]`; interactions' unique index, and the primary key.
static ADD_DECLARED: LazyLock<String> = LazyLock::new(|| {
    one_line(
        "INSERT INTO declared_costs (key_id, day, total_pico, limit_pico)
         SELECT j.value ->> 1, i.day, SUM(i.declared_cost), ?1 ->> 'limit'
         FROM json_each(?1, '$.declared') j JOIN interactions i ON i.id = j.value ->> 0
         WHERE i.ingest_id = ?1 ->> 'ingest_id' AND i.declared_cost IS NOT NULL
         GROUP BY 1, 2
         ON CONFLICT (key_id, day) DO UPDATE SET
           total_pico = total_pico + excluded.total_pico, limit_pico = excluded.limit_pico",
    )
});

static BUMP_LEDGER: LazyLock<String> = LazyLock::new(|| {
    one_line(&format!(
        "UPDATE ledger_state SET ledger_version = ledger_version + 1
         WHERE EXISTS (SELECT 1 FROM interactions i WHERE {NEW_ROWS})"
    ))
});

// The unique index on `id` serves both halves.
pub(crate) static ANSWERS: LazyLock<String> = LazyLock::new(|| {
    one_line(
        "
SELECT json_object('id', i.id, 'is_new', i.ingest_id = ?1 ->> 'ingest_id',
  'body_hash', hex(i.body_hash), 'digest_version', i.digest_version, 'total_cost', e.total_cost, 'price_state', e.price_state)
FROM json_each(?1, '$.ids') j JOIN interactions i ON i.id = j.value
  JOIN cost_estimates e ON e.interaction_key = i.interaction_key
WHERE e.revision = (SELECT MAX(revision) FROM cost_estimates x
                    WHERE x.interaction_key = i.interaction_key)
UNION ALL
SELECT json_object('id', i.id, 'is_new', 0,
  'body_hash', hex(i.body_hash), 'digest_version', i.digest_version, 'total_cost', e.total_cost, 'price_state', e.price_state)
FROM json_each(?1, '$.ids') j JOIN interactions_archive i ON i.id = j.value
  JOIN cost_estimates_archive e ON e.interaction_key = i.interaction_key
WHERE e.revision = (SELECT MAX(revision) FROM cost_estimates_archive x
                    WHERE x.interaction_key = i.interaction_key)",
    )
});

/// The statements that record `batch`, up to the ledger's version. Only the insert of the interactions
/// gives rows: one for each that is new.
pub(crate) fn recording(
    context: &BatchContext,
    batch: &[PricedInteraction<'_>],
    expected: Expected,
) -> Result<Vec<Statement>, DatabaseError> {
    let interactions = || batch.iter().map(|priced| priced.interaction);
    let rows: Vec<Value> = batch
        .iter()
        .map(|priced| interaction_row(priced.interaction, priced.body_hash, context.reporting_zone))
        .collect();
    let (users, sessions): (BTreeSet<_>, BTreeSet<_>) = match expected {
        Expected::Known { .. } => interactions()
            .map(|one| (user(one), &one.session_id))
            .unzip(),
        Expected::Anything => (BTreeSet::new(), BTreeSet::new()),
    };
    let events = inserted(context, &json!(users), &json!(sessions), &rows);
    let new_rows = Statement::with(
        "",
        &json!({ "ingest_id": context.ingest_id, "count": batch.len() }),
    )?;
    let on_new_rows = |sql: &'static str| Statement {
        sql: sql.into(),
        ..new_rows.clone()
    };
    let are_sessions_known = expected
        == Expected::Known {
            are_sessions_known: true,
        };
    let mut statements = Vec::with_capacity(17);
    if expected == Expected::Anything {
        let users = ids_by(interactions(), user)
            .into_iter()
            .map(|((tenant_id, user_id), ids)| json!([tenant_id, user_id, ids]));
        statements.push(Statement::with(
            INSERT_USERS.as_str(),
            &guarded(context, "users", users),
        )?);
    }
    if !are_sessions_known {
        let sessions = ids_by(interactions(), |one| one.session_id.as_str())
            .into_iter()
            .map(|(session_id, ids)| json!([session_id, ids]));
        statements.push(Statement::with(
            INSERT_SESSION_IDS.as_str(),
            &guarded(context, "sessions", sessions),
        )?);
    }
    statements.push(Statement::with(INSERT_INTERACTIONS.as_str(), &events)?);
    statements.push(Statement::with(
        INSERT_ESTIMATES.as_str(),
        &json!({
            "ingest_id": context.ingest_id,
            "price_book_version": context.book.version,
            "estimates": batch.iter().map(estimate_row).collect::<Vec<_>>(),
        }),
    )?);
    if expected == Expected::Anything {
        statements.extend(UNARCHIVE_SESSIONS.iter().map(|sql| on_new_rows(sql)));
    }
    statements.push(on_new_rows(&UPSERT_SESSIONS));
    if !are_sessions_known {
        statements.push(on_new_rows(&INSERT_SESSION_MODELS));
        statements.extend(naming(context, batch)?);
    }
    statements.push(on_new_rows(&INSERT_SESSION_DAYS));
    statements.push(on_new_rows(&MOVE_ROLLUPS));
    let latencies: Vec<_> = interactions().flat_map(latency_rows).collect();
    if !latencies.is_empty() {
        statements.push(Statement::with(
            UPSERT_LATENCIES.as_str(),
            &json!({ "ingest_id": context.ingest_id, "latencies": latencies }),
        )?);
    }
    statements.extend(adding_declared(context, batch)?);
    statements.push(on_new_rows(&BUMP_LEDGER));
    Ok(statements)
}

/// The statement that adds what keys declare to what they declared of each day before; the table
/// refuses what is over the limit, with the whole batch.
fn adding_declared(
    context: &BatchContext,
    batch: &[PricedInteraction<'_>],
) -> Result<Option<Statement>, DatabaseError> {
    let declared: Vec<Value> = batch
        .iter()
        .filter_map(|priced| {
            let key = priced.interaction.declared_by.as_ref()?;
            Some(json!([priced.interaction.id, key]))
        })
        .collect();
    if declared.is_empty() {
        return Ok(None);
    }
    let parameter = json!({
        "ingest_id": context.ingest_id,
        "limit": context.declared_cost_max.get(),
        "declared": declared,
    });
    Statement::with(ADD_DECLARED.as_str(), &parameter).map(Some)
}

/// The statements that say what people call the agents and users of a batch, where it says so.
fn naming(
    context: &BatchContext,
    batch: &[PricedInteraction<'_>],
) -> Result<Vec<Statement>, DatabaseError> {
    let (mut agents, mut labels) = (BTreeMap::new(), BTreeMap::new());
    for PricedInteraction { interaction, .. } in batch {
        if let Some(name) = interaction
            .agent_name
            .as_ref()
            .filter(|_| !interaction.agent.is_empty())
        {
            agents.insert(
                &interaction.agent,
                json!([interaction.agent, name, interaction.id]),
            );
        }
        if let Some(label) = &interaction.user_label {
            labels.insert(user(interaction), json!([label, interaction.id]));
        }
    }
    let parameter =
        |name: &str, rows: Vec<Value>| json!({ "ingest_id": context.ingest_id, name: rows });
    let mut statements = Vec::new();
    if !agents.is_empty() {
        let rows = parameter("agents", agents.into_values().collect());
        statements.push(Statement::with(NAME_AGENTS.as_str(), &rows)?);
    }
    if !labels.is_empty() {
        let rows = parameter("labels", labels.into_values().collect());
        statements.push(Statement::with(LABEL_USERS.as_str(), &rows)?);
    }
    Ok(statements)
}

/// The statement that gives a [`StoredAnswer`](super::StoredAnswer) for each id that is in the
/// ledger.
pub(super) fn answering(
    context: &BatchContext,
    batch: &[PricedInteraction<'_>],
) -> Result<Statement, DatabaseError> {
    Statement::with(
        ANSWERS.as_str(),
        &json!({
            "ingest_id": context.ingest_id,
            "ids": batch.iter().map(|priced| &priced.interaction.id).collect::<Vec<_>>(),
        }),
    )
}

fn user(interaction: &Interaction) -> (&str, &str) {
    (&interaction.tenant_id, &interaction.user_id)
}

/// The ids of the interactions that each key has.
fn ids_by<'a, K: Ord>(
    interactions: impl Iterator<Item = &'a Interaction>,
    key_of: impl Fn(&'a Interaction) -> K,
) -> BTreeMap<K, Vec<&'a str>> {
    let mut ids_by_key: BTreeMap<K, Vec<&str>> = BTreeMap::new();
    for interaction in interactions {
        ids_by_key
            .entry(key_of(interaction))
            .or_default()
            .push(&interaction.id);
    }
    ids_by_key
}

/// What the insert of the interactions reads.
fn inserted(context: &BatchContext, users: &Value, sessions: &Value, rows: &[Value]) -> Value {
    json!({
        "ingest_id": context.ingest_id,
        "received_at": context.received_at.0,
        "price_book_version": context.book.version,
        "epoch": context.book.epoch,
        "schema_version": SCHEMA_VERSION,
        "zone": context.reporting_zone.name(),
        // Who must be known, and what must not lie in the archive.
        "users": users,
        "sessions": sessions,
        "events": rows,
    })
}

/// What a statement reads that makes users or names sessions, with what the guard reads.
fn guarded(context: &BatchContext, name: &str, list: impl Iterator<Item = Value>) -> Value {
    json!({
        "price_book_version": context.book.version,
        "epoch": context.book.epoch,
        "schema_version": SCHEMA_VERSION,
        "zone": context.reporting_zone.name(),
        name: list.collect::<Value>(),
    })
}

fn estimate_row(
    PricedInteraction {
        interaction,
        estimate,
        ..
    }: &PricedInteraction<'_>,
) -> Value {
    let pico = |amount: Option<PicoUsd>| amount.map(PicoUsd::get);
    json!([
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

fn latency_rows(interaction: &Interaction) -> Vec<Value> {
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
        latency_ms.map(|ms| json!([interaction.id, metric, bucket_of(ms)]))
    })
    .collect()
}
