//! Taking interactions out of the ledger, and out of every sum that they moved.
//!
//! It is done around the recording of what takes their place: sums first, so that an id is free
//! again; what may be empty then, and a session's edges, afterwards.

use std::sync::LazyLock;

use ledger_core::{
    database::{Database, DatabaseError, Statement},
    latency_bucket::bucket_of,
    rollup::{
        LATENCY_COUNTS, MEASURES, ROLLUPS, SLICES, TOKEN_SUM, measures_of_interaction, move_by,
        week_of,
    },
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::record_batch::one_line;

/// A recorded interaction that is withdrawn.
#[derive(Debug, Deserialize)]
pub(super) struct Gone {
    pub key: i64,
    pub day: String,
    user_key: i64,
    provider: String,
    model: String,
    agent: String,
    kind: String,
    session_key: i64,
    timestamp: i64,
    price_time: i64,
    duration_ms: Option<u64>,
    time_to_first_token_ms: Option<u64>,
}

impl Gone {
    /// As the statements read it, by position ([`at`]).
    fn row(&self) -> Value {
        json!([
            self.key,
            self.day,
            self.user_key,
            self.provider,
            self.model,
            self.agent,
            self.kind,
            self.session_key,
            self.timestamp,
            self.duration_ms.map(bucket_of),
            self.time_to_first_token_ms.map(bucket_of),
            self.price_time,
        ])
    }
}

/// Where a column of a sum's key stands in a row of what is gone.
fn at(column: &str) -> &'static str {
    match column {
        "day" => "j.value ->> 1",
        "user_key" => "j.value ->> 2",
        "provider" => "j.value ->> 3",
        "model" => "j.value ->> 4",
        "agent" => "j.value ->> 5",
        "type" => "j.value ->> 6",
        _ => "j.value ->> 7",
    }
}

// Unique indexes on the id.
static READ: LazyLock<String> = LazyLock::new(|| {
    let arm = |suffix: &str| {
        format!(
            "SELECT json_object('key', i.interaction_key, 'day', i.day, 'user_key', i.user_key,
               'provider', i.provider, 'model', i.model_name, 'agent', i.agent, 'kind', i.type,
               'session_key', i.session_key, 'timestamp', i.timestamp,
               'price_time', i.price_time,
               'duration_ms', iif(i.type = 'chat' AND i.status = 'ok', i.duration_ms, NULL),
               'time_to_first_token_ms',
                 iif(i.type = 'chat' AND i.status = 'ok', i.time_to_first_token_ms, NULL))
             FROM json_each(?1) j JOIN interactions{suffix} i ON i.id = j.value"
        )
    };
    one_line(&format!("{} UNION ALL {}", arm(""), arm("_archive")))
});

/// Reads what these ids recorded.
pub(super) async fn read_gone<D: Database>(
    database: &D,
    ids: &[String],
) -> Result<Vec<Gone>, DatabaseError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = database
        .query(Statement::with(READ.as_str(), &ids)?)
        .await?;
    rows.decode()
}

/// What `columns` name of the interactions that are gone, hot and archived, with the estimate that
/// counts: while they are still there.
fn gone(columns: &str) -> String {
    let arm = |suffix: &str| {
        format!(
            "SELECT {columns} FROM json_each(?1) j CROSS JOIN interactions{suffix} i
               CROSS JOIN cost_estimates{suffix} e
             WHERE i.interaction_key = j.value ->> 0 AND e.interaction_key = i.interaction_key
               AND e.revision = (SELECT MAX(x.revision) FROM cost_estimates{suffix} x
                                 WHERE x.interaction_key = i.interaction_key)"
        )
    };
    format!("{} UNION ALL {}", arm(""), arm("_archive"))
}

const SESSIONS: &str = "(SELECT j.value ->> 7 FROM json_each(?1) j)";

static BEFORE: LazyLock<Vec<String>> = LazyLock::new(|| {
    let delta = format!(
        "WITH gone AS MATERIALIZED ({})
         SELECT day, user_key, provider, model, agent, type, {} FROM gone",
        gone(&format!(
            "i.day, i.user_key, i.provider, i.model_name AS model, i.agent, i.type, {}",
            measures_of_interaction()
        )),
        MEASURES
            .map(|measure| format!("-{measure} AS {measure}"))
            .join(", "),
    );
    let mut statements = vec![
        // As a late event does, it brings an archived session back.
        format!(
            "INSERT INTO sessions SELECT * FROM sessions_archive WHERE session_key IN {SESSIONS}
             ON CONFLICT (session_key) DO NOTHING"
        ),
        format!("DELETE FROM sessions_archive WHERE session_key IN {SESSIONS}"),
        move_by(&delta),
        "INSERT INTO latency_moves
         SELECT day, provider, model,
           json_group_object(CAST(bucket AS TEXT), count) FILTER (WHERE metric = 'duration'),
           json_group_object(CAST(bucket AS TEXT), count)
             FILTER (WHERE metric = 'time_to_first_token')
         FROM (
           SELECT day, provider, model, metric, bucket, -COUNT(*) AS count FROM (
             SELECT j.value ->> 1 AS day, j.value ->> 3 AS provider, j.value ->> 4 AS model,
               'duration' AS metric, j.value ->> 9 AS bucket FROM json_each(?1) j
             UNION ALL SELECT j.value ->> 1, j.value ->> 3, j.value ->> 4, 'time_to_first_token',
               j.value ->> 10 FROM json_each(?1) j)
           WHERE bucket IS NOT NULL GROUP BY 1, 2, 3, 4, 5)
         GROUP BY day, provider, model"
            .to_owned(),
        format!(
            "UPDATE sessions SET
               interaction_count = sessions.interaction_count - d.interaction_count,
               error_count = sessions.error_count - d.error_count,
               aborted_count = sessions.aborted_count - d.aborted_count,
               unpriced_count = sessions.unpriced_count - d.unpriced_count,
               partial_count = sessions.partial_count - d.partial_count,
               token_count = sessions.token_count - d.token_count,
               total_cost = sessions.total_cost - d.total_cost
             FROM (
               SELECT session_key, COUNT(*) AS interaction_count,
                 SUM(status = 'error') AS error_count,
                 SUM(status = 'aborted') AS aborted_count,
                 SUM(price_state = 'unpriced') AS unpriced_count,
                 SUM(price_state = 'partial') AS partial_count,
                 SUM(tokens) AS token_count, SUM(COALESCE(total_cost, 0)) AS total_cost
               FROM ({}) GROUP BY session_key) d
             WHERE sessions.session_key = d.session_key",
            gone(&format!(
                "i.session_key, i.status, e.price_state, e.total_cost, {TOKEN_SUM} AS tokens"
            ))
        ),
    ];
    for table in ["cost_estimates", "interactions"] {
        for suffix in ["", "_archive"] {
            statements.push(format!(
                "DELETE FROM {table}{suffix} WHERE interaction_key IN (
                   SELECT j.value ->> 0 FROM json_each(?1) j)"
            ));
        }
    }
    statements.iter().map(|sql| one_line(sql)).collect()
});

/// Of the interactions of a session that are left: what `find` finds in each table.
fn left(find: impl Fn(&str) -> String, combine: &str) -> String {
    let (hot, archived) = (find("interactions"), find("interactions_archive"));
    format!("{combine}(COALESCE({hot}, {archived}), COALESCE({archived}, {hot}))")
}

static AFTER: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut statements = vec![leave_days(), leave_models()];
    statements.extend(move_sessions());
    for (table, key) in ROLLUPS {
        let columns: Vec<&str> = key.split(", ").map(at).collect();
        statements.push(format!(
            "DELETE FROM {table} WHERE interaction_count = 0 AND ({key}) IN (
               SELECT {} FROM json_each(?1) j)",
            columns.join(", ")
        ));
    }
    statements.extend(drop_empty_mirrors());
    statements.iter().map(|sql| one_line(sql)).collect()
});

/// The sums that have no day's cell as their key: by user within one thing, by week, of latencies.
fn drop_empty_mirrors() -> Vec<String> {
    let week = week_of("j.value ->> 1");
    let mut statements: Vec<String> = SLICES
        .iter()
        .map(|(dimension, provider)| {
            let provider = if *provider == "provider" {
                at("provider")
            } else {
                *provider
            };
            format!(
                "DELETE FROM daily_user_slices WHERE interaction_count = 0
                   AND (dimension, value, user_key, day, provider) IN (
                     SELECT '{dimension}', {}, {}, {}, {provider} FROM json_each(?1) j)",
                at(dimension),
                at("user_key"),
                at("day")
            )
        })
        .collect();
    statements.push(format!(
        "DELETE FROM weekly_stats WHERE interaction_count = 0 AND (week, user_key) IN (
           SELECT {week}, {} FROM json_each(?1) j)",
        at("user_key")
    ));
    for (table, when, value) in [
        ("latency_daily", "day", at("day")),
        ("latency_weekly", "week", week.as_str()),
    ] {
        let nothing = LATENCY_COUNTS
            .map(|counts| format!("{counts} = '{{}}'"))
            .join(" AND ");
        statements.push(format!(
            "DELETE FROM {table} WHERE {nothing} AND ({when}, provider, model) IN (
               SELECT {value}, {}, {} FROM json_each(?1) j)",
            at("provider"),
            at("model")
        ));
    }
    statements
}

// Index session_days_by_session, and those of interactions by session.
fn leave_days() -> String {
    let is_left = |table: &str| {
        format!(
            "EXISTS (SELECT 1 FROM {table} i WHERE i.session_key = session_days.session_key
               AND i.user_key = session_days.user_key AND i.day = session_days.day)"
        )
    };
    format!(
        "DELETE FROM session_days WHERE (day, user_key, session_key) IN (
           SELECT j.value ->> 1, j.value ->> 2, j.value ->> 7 FROM json_each(?1) j)
         AND NOT {} AND NOT {}",
        is_left("interactions"),
        is_left("interactions_archive")
    )
}

fn leave_models() -> String {
    let is_left = |table: &str| {
        format!(
            "EXISTS (SELECT 1 FROM {table} i WHERE i.session_key = session_models.session_key
               AND i.provider = session_models.provider AND i.model_name = session_models.model
               AND i.agent = session_models.agent)"
        )
    };
    format!(
        "DELETE FROM session_models WHERE (session_key, provider, model, agent) IN (
           SELECT j.value ->> 7, j.value ->> 3, j.value ->> 4, j.value ->> 5 FROM json_each(?1) j)
         AND NOT {} AND NOT {}",
        is_left("interactions"),
        is_left("interactions_archive")
    )
}

/// A session of which nothing is left, no mark either, goes with its name; of the others start, last
/// seen, owner and mixture are those of what is left, where they were those of what is gone.
fn move_sessions() -> [String; 4] {
    let gone = |at: u8| {
        format!(
            "IN (SELECT j.value ->> {at} FROM json_each(?1) j
               WHERE j.value ->> 7 = sessions.session_key)"
        )
    };
    let (gone_at, gone_to) = (gone(8), gone(11));
    let edge = |edge: &str, moment: &str| {
        let find = |table: &str| {
            format!(
                "(SELECT {edge}({moment}) FROM {table} i
                  WHERE i.session_key = sessions.session_key)"
            )
        };
        left(find, edge)
    };
    let first = edge("MIN", "timestamp");
    // An end that was said is as late as it was said.
    let last = |moment: &str| {
        let left = edge("MAX", moment);
        format!("MAX(COALESCE({left}, end_time, start_time), COALESCE(end_time, start_time))")
    };
    let (last_completion, last_start) = (last("price_time"), last("timestamp"));
    let of_first = |table: &str| {
        format!(
            "SELECT i.user_key, u.tenant_id, u.user_id FROM {table} i JOIN users u USING (user_key)
             WHERE i.session_key = sessions.session_key AND i.timestamp = sessions.start_time"
        )
    };
    [
        format!(
            "DELETE FROM sessions WHERE session_key IN {SESSIONS} AND interaction_count = 0
               AND end_time IS NULL AND start_time {gone_at} AND last_seen {gone_to}
               AND NOT EXISTS (SELECT 1 FROM session_days d
                               WHERE d.session_key = sessions.session_key)"
        ),
        format!(
            "DELETE FROM session_ids WHERE session_key IN {SESSIONS}
               AND NOT EXISTS (SELECT 1 FROM sessions s
                               WHERE s.session_key = session_ids.session_key)"
        ),
        format!(
            "UPDATE sessions SET
               start_time = iif(start_time {gone_at}, COALESCE({first}, start_time), start_time),
               last_seen = iif(last_seen {gone_to}, {last_completion}, last_seen),
               last_start = iif(last_start {gone_at}, {last_start}, last_start),
               mixed_users = (SELECT COUNT(DISTINCT d.user_key) > 1 FROM session_days d
                              WHERE d.session_key = sessions.session_key)
             WHERE session_key IN {SESSIONS}"
        ),
        format!(
            "UPDATE sessions SET user_key = COALESCE(
               (SELECT user_key FROM ({} UNION ALL {}) ORDER BY tenant_id, user_id LIMIT 1), user_key)
             WHERE session_key IN {SESSIONS}",
            of_first("interactions"),
            of_first("interactions_archive")
        ),
    ]
}

/// The statements that take interactions out of the sums, and then away.
pub(super) fn before_recording(gone: &[Gone]) -> Result<Vec<Statement>, DatabaseError> {
    with_rows(&BEFORE, gone)
}

/// The statements that leave no empty sum behind, and set the edges of their sessions.
pub(super) fn after_recording(gone: &[Gone]) -> Result<Vec<Statement>, DatabaseError> {
    with_rows(&AFTER, gone)
}

fn with_rows(sql: &'static [String], gone: &[Gone]) -> Result<Vec<Statement>, DatabaseError> {
    let rows: Vec<Value> = gone.iter().map(Gone::row).collect();
    let parameter =
        serde_json::to_string(&rows).map_err(|error| DatabaseError::Decode(error.to_string()))?;
    let with = |sql: &'static String| Statement::with_json(sql.as_str(), parameter.clone());
    Ok(sql.iter().map(with).collect())
}
