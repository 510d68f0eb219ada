//! The explicit start or end of a session, as a source sends it.
//!
//! A mark moves the session's earliest and latest instants and nothing else, so that sending it
//! again, or an end before its start, changes nothing that the other order would not.

use cost_calculation::UnixMillis;
use events::SessionMark;
use serde::Deserialize;

use crate::{
    database::{Database, DatabaseError, Statement},
    record_batch::{RecordError, SESSION_OWNER},
    reporting_zone::ReportingZone,
    schema::SCHEMA_VERSION,
};

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

/// A Worker of another schema or zone writes no mark either.
const GUARD: &str = "EXISTS (SELECT 1 FROM ledger_state
  WHERE schema_version = ?1 ->> 'schema_version' AND reporting_time_zone = ?1 ->> 'zone')";

fn insert_user() -> String {
    format!(
        "INSERT INTO users (tenant_id, user_id)
         SELECT ?1 ->> 'tenant_id', ?1 ->> 'user_id' WHERE {GUARD}
         ON CONFLICT (tenant_id, user_id) DO NOTHING"
    )
}

fn unarchive() -> [String; 2] {
    [
        format!(
            "INSERT INTO sessions SELECT * FROM sessions_archive
             WHERE id = ?1 ->> 'session_id' AND {GUARD} ON CONFLICT (id) DO NOTHING"
        ),
        format!("DELETE FROM sessions_archive WHERE id = ?1 ->> 'session_id' AND {GUARD}"),
    ]
}

fn insert_day() -> String {
    format!(
        "INSERT INTO session_days (day, user_key, session_id)
         SELECT ?1 ->> 'day', user_key, ?1 ->> 'session_id' FROM users
         WHERE tenant_id = ?1 ->> 'tenant_id' AND user_id = ?1 ->> 'user_id' AND {GUARD}
         ON CONFLICT DO NOTHING"
    )
}

fn bump_ledger() -> String {
    format!("UPDATE ledger_state SET ledger_version = ledger_version + 1 WHERE {GUARD}")
}

const STATE: &str = "SELECT json_array(schema_version, reporting_time_zone) FROM ledger_state";

const ANSWER: &str = "
SELECT json_object('start_time', start_time, 'end_time', end_time, 'last_seen', last_seen,
  'is_new', json(iif(first_ingest_id = ?1 ->> 'ingest_id', 'true', 'false')))
FROM sessions WHERE id = ?1 ->> 'session_id'";

fn upsert() -> String {
    format!(
        "INSERT INTO sessions (id, user_key, start_time, end_time, last_seen, first_ingest_id)
         SELECT ?1 ->> 'session_id', user_key, ?1 ->> 'timestamp', ?1 ->> 'end_time',
           ?1 ->> 'timestamp', ?1 ->> 'ingest_id'
         FROM users
         WHERE tenant_id = ?1 ->> 'tenant_id' AND user_id = ?1 ->> 'user_id' AND {GUARD}
         ON CONFLICT (id) DO UPDATE SET
           {SESSION_OWNER},
           start_time = MIN(sessions.start_time, excluded.start_time),
           last_seen = MAX(sessions.last_seen, excluded.last_seen),
           end_time = NULLIF(MAX(COALESCE(sessions.end_time, -1), COALESCE(excluded.end_time, -1)), -1)"
    )
}

/// Records a mark; `ingest_id` is a fresh random positive number.
///
/// # Errors
/// The ledger is of another zone or schema, or the database failed: nothing was written.
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
    let with = |sql: String| Statement::with_json(sql, parameter.clone());
    let mut statements = vec![with(insert_user())];
    statements.extend(unarchive().map(with));
    statements.push(with(upsert()));
    if !mark.is_end {
        statements.push(with(insert_day()));
    }
    statements.extend([
        with(bump_ledger()),
        with(ANSWER.to_owned()),
        Statement::new(STATE),
    ]);
    let rows = database.batch(&statements).await?;
    let [.., answer, state] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no answers".to_owned()).into());
    };
    let (schema, found) = state.first::<(i64, String)>()?.unwrap_or_default();
    if schema != SCHEMA_VERSION {
        return Err(RecordError::SchemaMismatch {
            found: schema,
            expected: SCHEMA_VERSION,
        });
    }
    if found != zone.name() {
        return Err(RecordError::ZoneMismatch {
            found,
            expected: zone.name().to_owned(),
        });
    }
    answer
        .first()?
        .ok_or_else(|| DatabaseError::Other("the session was not recorded".to_owned()).into())
}
