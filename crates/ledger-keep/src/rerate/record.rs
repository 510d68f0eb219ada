//! The runs as they are kept: who asked for what, how far each came, and what it changed.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{RerateChanges, RerateFilter, selection::Place};
use ledger_core::{
    api_keys::Actor,
    database::{Database, DatabaseError, Statement},
    schema::SCHEMA_VERSION,
};

/// A run, under way or done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RerateRun {
    /// Its number.
    pub id: i64,
    /// Who asked for it: the key's public half.
    pub requested_by: String,
    /// Why, in the words of whoever asked.
    pub reason: String,
    /// What it is about.
    pub filter: RerateFilter,
    /// Unix milliseconds.
    pub started_at: i64,
    /// Unix milliseconds; `None` while it is under way.
    pub finished_at: Option<i64>,
    /// What it changed so far.
    pub changes: RerateChanges,
    place_timestamp: i64,
    place_key: i64,
}

impl RerateRun {
    /// Where it stands.
    pub(super) fn place(&self) -> Place {
        Place(self.place_timestamp, self.place_key)
    }
}

/// What became of the wish for a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RerateBegun {
    /// It is under way, or another with the same filter was: [`super::continue_rerate`] moves it on.
    UnderWay(Box<RerateRun>),
    /// Another one is under way.
    Busy(Box<RerateRun>),
    /// The database has another schema.
    SchemaMismatch {
        /// Its version.
        found: i64,
    },
}

const RUN: &str = "json_object('id', id, 'requested_by', requested_by, 'reason', reason,
  'filter', json(filter), 'started_at', started_at, 'finished_at', finished_at,
  'changes', json(changes), 'place_timestamp', place_timestamp, 'place_key', place_key)";

const FOUND_SCHEMA: &str = "SELECT json_array(schema_version) FROM ledger_state";

// One run at a time: the unique index on open ones.
const BEGIN: &str = "
INSERT INTO rerate_runs (requested_by, reason, filter, started_at, place_timestamp, place_key,
  write_token, changes)
SELECT ?1 ->> 'actor', ?1 ->> 'reason', ?1 ->> 'filter', ?1 ->> 'now', 0, 0, 0, ?1 ->> 'changes'
FROM ledger_state WHERE schema_version = ?1 ->> 'schema_version'
  AND NOT EXISTS (SELECT 1 FROM rerate_runs WHERE finished_at IS NULL)";

const AUDIT: &str = "
INSERT INTO admin_audit (at, actor, action, subject, detail, reason)
SELECT ?1 ->> 'now', ?1 ->> 'actor', 'estimates.rerate', id, filter, reason
FROM rerate_runs WHERE finished_at IS NULL AND requested_by = ?1 ->> 'actor'
  AND started_at = ?1 ->> 'now'";

/// Begins a run, unless one is under way.
///
/// # Errors
/// The database did not answer.
pub async fn begin_rerate<D: Database>(
    database: &D,
    filter: &RerateFilter,
    reason: &str,
    actor: Actor<'_>,
) -> Result<RerateBegun, DatabaseError> {
    let as_text = |value: serde_json::Result<String>| {
        value.map_err(|error| DatabaseError::Decode(error.to_string()))
    };
    let parameter = json!({
        "actor": actor.key_id,
        "now": actor.at,
        "reason": reason,
        "filter": as_text(serde_json::to_string(filter))?,
        "changes": as_text(serde_json::to_string(&RerateChanges::default()))?,
        "schema_version": SCHEMA_VERSION,
    });
    let rows = database
        .batch(&[
            Statement::with(BEGIN, &parameter)?,
            Statement::with(AUDIT, &parameter)?,
            Statement::new(FOUND_SCHEMA),
            Statement::new(open_sql()),
        ])
        .await?;
    let [.., version, open] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no answers".to_owned()));
    };
    let found = version.first::<(i64,)>()?.map_or(0, |(found,)| found);
    match open.first::<RerateRun>()? {
        _ if found != SCHEMA_VERSION => Ok(RerateBegun::SchemaMismatch { found }),
        Some(run) if run.filter == *filter => Ok(RerateBegun::UnderWay(Box::new(run))),
        Some(run) => Ok(RerateBegun::Busy(Box::new(run))),
        None => Err(DatabaseError::Other("the run did not begin".to_owned())),
    }
}

fn open_sql() -> String {
    format!("SELECT {RUN} FROM rerate_runs WHERE finished_at IS NULL")
}

/// The run that is under way.
pub(super) async fn open_rerate<D: Database>(
    database: &D,
) -> Result<Option<RerateRun>, DatabaseError> {
    database.query(Statement::new(open_sql())).await?.first()
}

/// The newest run, under way or done.
///
/// # Errors
/// The database did not answer.
pub async fn newest_rerate<D: Database>(database: &D) -> Result<Option<RerateRun>, DatabaseError> {
    let sql = format!("SELECT {RUN} FROM rerate_runs ORDER BY id DESC LIMIT 1");
    database.query(Statement::new(sql)).await?.first()
}

/// A run by its number.
///
/// # Errors
/// The database did not answer.
pub async fn read_rerate<D: Database>(
    database: &D,
    id: i64,
) -> Result<Option<RerateRun>, DatabaseError> {
    let sql = format!("SELECT {RUN} FROM rerate_runs WHERE id = ?1 ->> '$'");
    database.query(Statement::with(sql, &id)?).await?.first()
}

/// The newest runs, newest first, and how many there are.
///
/// # Errors
/// The database did not answer.
pub async fn list_rerates<D: Database>(
    database: &D,
    limit: u32,
    offset: u32,
) -> Result<(Vec<RerateRun>, u64), DatabaseError> {
    let parameter = json!({ "limit": limit, "offset": offset });
    let page = format!(
        "SELECT {RUN} FROM rerate_runs ORDER BY id DESC LIMIT ?1 ->> 'limit' OFFSET ?1 ->> 'offset'"
    );
    let rows = database
        .batch(&[
            Statement::with(page, &parameter)?,
            Statement::new("SELECT json_array(COUNT(*)) FROM rerate_runs"),
        ])
        .await?;
    let [page, count] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no answers".to_owned()));
    };
    let count = count.first::<(u64,)>()?.map_or(0, |(count,)| count);
    Ok((page.decode()?, count))
}
