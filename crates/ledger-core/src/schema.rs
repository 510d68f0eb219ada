//! The version of the tables that this software writes.

use crate::database::{Database, DatabaseError, Statement};

/// `ledger_state.schema_version` as the newest migration leaves it: that migration's number. A
/// database of another version is not written to.
pub const SCHEMA_VERSION: i64 = 6;

/// Whether a database's tables are the ones that this software writes: for `/health`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaState {
    /// They are.
    Current,
    /// Migrations are missing: apply them.
    Older {
        /// The database's version; 0 where it has no tables at all.
        found: i64,
    },
    /// Its tables are those of before the baseline, whose migrations had other numbers: no migration
    /// leads from there to here.
    BeforeTheBaseline {
        /// The database's version, by the old numbers.
        found: i64,
    },
    /// A newer release has migrated it: deploy that release.
    Newer {
        /// The database's version.
        found: i64,
    },
}

impl SchemaState {
    /// How a database of this version stands.
    pub const fn of(found: i64) -> Self {
        if found == SCHEMA_VERSION {
            Self::Current
        } else if found < SCHEMA_VERSION {
            Self::Older { found }
        } else {
            Self::Newer { found }
        }
    }

    /// What is wrong and what to do about it; `None` if nothing is.
    pub fn remedy(self) -> Option<String> {
        match self {
            Self::Current => None,
            Self::Older { found } => Some(format!(
                "the database has schema version {found}, this Worker writes {SCHEMA_VERSION}: \
                 apply the migrations (wrangler d1 migrations apply)"
            )),
            Self::BeforeTheBaseline { found } => Some(format!(
                "the database was made by the migrations of before the baseline (version {found}), and \
                 none leads from there to {SCHEMA_VERSION}: export what is to be kept and start \
                 with a new database (docs/operations.md, \"A database of before the baseline\")"
            )),
            Self::Newer { found } => Some(format!(
                "the database has schema version {found}, this Worker writes {SCHEMA_VERSION}: \
                 deploy the release that the migrations belong to; if it was made before the baseline, \
                 see docs/operations.md, \"A database of before the baseline\""
            )),
        }
    }
}

// The baseline counts latencies without this table, which every earlier database had.
const VERSION: &str = "
SELECT json_array(schema_version,
  (SELECT COUNT(*) FROM sqlite_master WHERE name = 'latency_histogram'))
FROM ledger_state";

/// Compares the database's schema version with this software's.
///
/// # Errors
/// The database did not answer. A database without tables is no error but [`SchemaState::Older`].
pub async fn check<D: Database>(database: &D) -> Result<SchemaState, DatabaseError> {
    let (found, old_tables): (i64, i64) = match database.query(Statement::new(VERSION)).await {
        Ok(rows) => rows.first()?.unwrap_or_default(),
        Err(DatabaseError::NoSuchTable(_)) => (0, 0),
        Err(error) => return Err(error),
    };
    Ok(if old_tables > 0 {
        SchemaState::BeforeTheBaseline { found }
    } else {
        SchemaState::of(found)
    })
}
