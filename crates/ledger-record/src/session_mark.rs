//! The explicit start or end of a session, as a source sends it.
//!
//! A mark moves the session's earliest and latest instants and nothing else, so that sending it
//! again, or an end before its start, changes nothing that the other order would not.

use std::sync::LazyLock;

use cost_calculation::UnixMillis;
use events::SessionMark;
use serde::Deserialize;

use crate::record_batch::SESSION_OWNER;
use ledger_core::{
    database::{Database, DatabaseError, Rows, Statement},
    record_error::RecordError,
    schema::SCHEMA_VERSION,
    write_guard::{SCHEMA_AND_ZONE, STATE, mismatch},
};
use reporting_days::ReportingZone;

/// A session after its mark.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MarkedSession {
    /// Its earliest instant, unix milliseconds.
    pub start_time: i64,
    /// Its latest explicit end.
    pub end_time: Option<i64>,
    /// Its latest instant.
    pub last_seen: i64,
    /// Whether this mark made the session known.
    pub is_new: bool,
}

const THIS_SESSION: &str =
    "session_key = (SELECT session_key FROM session_ids WHERE id = ?1 ->> 'session_id')";
const THIS_USER: &str = "tenant_id = ?1 ->> 'tenant_id' AND user_id = ?1 ->> 'user_id'";

/// User, session's id, session out of the archive, session: in this order. A mark has a day, and no
/// price.
static WRITE: LazyLock<[String; 5]> = LazyLock::new(|| {
    [
        format!(
            "INSERT INTO users (tenant_id, user_id)
             SELECT ?1 ->> 'tenant_id', ?1 ->> 'user_id' WHERE {SCHEMA_AND_ZONE}
             ON CONFLICT (tenant_id, user_id) DO NOTHING"
        ),
        format!(
            "INSERT INTO session_ids (id) SELECT ?1 ->> 'session_id' WHERE {SCHEMA_AND_ZONE}
             ON CONFLICT (id) DO NOTHING"
        ),
        format!(
            "INSERT INTO sessions SELECT * FROM sessions_archive
             WHERE {THIS_SESSION} AND {SCHEMA_AND_ZONE}
             ON CONFLICT (session_key) DO NOTHING"
        ),
        format!("DELETE FROM sessions_archive WHERE {THIS_SESSION} AND {SCHEMA_AND_ZONE}"),
        format!(
            "INSERT INTO sessions (session_key, user_key, start_time, end_time, last_seen, last_start,
               interaction_count, error_count, aborted_count, unpriced_count, partial_count,
               token_count, total_cost, mixed_users, first_ingest_id)
             SELECT n.session_key, u.user_key, ?1 ->> 'timestamp', ?1 ->> 'end_time',
               ?1 ->> 'timestamp', ?1 ->> 'timestamp', 0, 0, 0, 0, 0, 0, 0, 0, ?1 ->> 'ingest_id'
             FROM users u, session_ids n
             WHERE {THIS_USER} AND n.id = ?1 ->> 'session_id' AND {SCHEMA_AND_ZONE}
             ON CONFLICT (session_key) DO UPDATE SET
               {SESSION_OWNER},
               start_time = MIN(sessions.start_time, excluded.start_time),
               last_seen = MAX(sessions.last_seen, excluded.last_seen),
               last_start = MAX(sessions.last_start, excluded.last_start),
               end_time = NULLIF(
                 MAX(COALESCE(sessions.end_time, -1), COALESCE(excluded.end_time, -1)), -1)"
        ),
    ]
});

static INSERT_DAY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "INSERT INTO session_days (day, user_key, session_key)
         SELECT ?1 ->> 'day', u.user_key, n.session_key FROM users u, session_ids n
         WHERE {THIS_USER} AND n.id = ?1 ->> 'session_id' AND {SCHEMA_AND_ZONE}
         ON CONFLICT DO NOTHING"
    )
});

static BUMP_LEDGER: LazyLock<String> = LazyLock::new(|| {
    format!("UPDATE ledger_state SET ledger_version = ledger_version + 1 WHERE {SCHEMA_AND_ZONE}")
});

static ANSWER: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT json_object('start_time', start_time, 'end_time', end_time, 'last_seen', last_seen,
           'is_new', json(iif(first_ingest_id = ?1 ->> 'ingest_id', 'true', 'false')))
         FROM sessions WHERE {THIS_SESSION} AND {SCHEMA_AND_ZONE}"
    )
});

/// Records a mark; `ingest_id` is a fresh random positive number.
///
/// # Errors
/// As for [`crate::record_batch::record_batch`]; nothing of the mark was kept then.
pub async fn record_session_mark<D: Database>(
    database: &D,
    mark: &SessionMark,
    ingest_id: i64,
    zone: ReportingZone,
) -> Result<MarkedSession, RecordError> {
    let UnixMillis(timestamp) = mark.timestamp;
    let parameter = serde_json::json!({
        "session_id": mark.session_id,
        "tenant_id": mark.tenant_id,
        "user_id": mark.user_id,
        "timestamp": timestamp,
        "end_time": mark.is_end.then_some(timestamp),
        "day": zone.day(mark.timestamp),
        "ingest_id": ingest_id,
        "schema_version": SCHEMA_VERSION,
        "zone": zone.name(),
    })
    .to_string();
    let with = |sql: &'static str| Statement::with_json(sql, parameter.clone());
    let mut statements: Vec<Statement> = WRITE.iter().map(|sql| with(sql)).collect();
    if !mark.is_end {
        statements.push(with(&INSERT_DAY));
    }
    statements.extend([with(&BUMP_LEDGER), with(&ANSWER), Statement::new(STATE)]);
    let rows = database.batch(&statements).await?;
    let [.., session, state] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no answers".to_owned()).into());
    };
    match session.first()? {
        Some(session) => Ok(session),
        None => Err(refusal(state, zone)?),
    }
}

/// Why the guard kept the mark out.
fn refusal(state: &Rows, zone: ReportingZone) -> Result<RecordError, DatabaseError> {
    Ok(mismatch(state.first()?.as_ref(), zone)
        .unwrap_or_else(|| DatabaseError::Other("the session was not recorded".to_owned()).into()))
}
