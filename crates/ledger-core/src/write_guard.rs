//! What must be so before anything is written: the database's schema is the one that this software
//! writes, and its days are those of the zone that the Worker is configured for.

use serde::Deserialize;

use crate::{
    database::{Database, DatabaseError, Statement},
    record_error::RecordError,
    schema::SCHEMA_VERSION,
};
use reporting_days::ReportingZone;

/// The condition, for a statement whose parameter names both.
pub const SCHEMA_AND_ZONE: &str = "EXISTS (SELECT 1 FROM ledger_state
    WHERE schema_version = ?1 ->> 'schema_version' AND reporting_time_zone = ?1 ->> 'zone')";

/// What the guard looks at.
#[derive(Deserialize)]
pub struct StateRow {
    /// The book that was in force.
    pub price_book_version: i64,
    schema_version: i64,
    reporting_time_zone: String,
}

/// Reads a [`StateRow`]: why a guard has kept something out.
pub const STATE: &str = "
SELECT json_object('price_book_version', price_book_version, 'schema_version', schema_version,
  'reporting_time_zone', reporting_time_zone)
FROM ledger_state";

/// How the database differs from what this software and its configuration write; `None` if it
/// does not.
pub fn mismatch(state: Option<&StateRow>, zone: ReportingZone) -> Option<RecordError> {
    let Some(state) = state else {
        let missing = "ledger_state has no row: apply the migrations";
        return Some(DatabaseError::Other(missing.to_owned()).into());
    };
    if state.schema_version != SCHEMA_VERSION {
        return Some(RecordError::SchemaMismatch {
            found: state.schema_version,
            expected: SCHEMA_VERSION,
        });
    }
    (state.reporting_time_zone != zone.name()).then(|| RecordError::ZoneMismatch {
        found: state.reporting_time_zone.clone(),
        expected: zone.name().to_owned(),
    })
}

/// Whether an event would be recorded now: for `/health`.
///
/// # Errors
/// Why it would not.
pub async fn check<D: Database>(database: &D, zone: ReportingZone) -> Result<(), RecordError> {
    let rows = database.query(Statement::new(STATE)).await?;
    mismatch(rows.first()?.as_ref(), zone).map_or(Ok(()), Err)
}
