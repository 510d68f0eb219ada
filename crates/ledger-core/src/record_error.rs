//! Why something was not written to the ledger.

use crate::database::DatabaseError;

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
