//! The version of the tables that this software writes.

use crate::database::{Database, DatabaseError, Statement};

/// `ledger_state.schema_version` as the newest migration leaves it: that migration's number. A
/// database of another version is not written to.
pub const SCHEMA_VERSION: i64 = 15;

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
            Self::Newer { found } => Some(format!(
                "the database has schema version {found}, this Worker writes {SCHEMA_VERSION}: \
                 deploy the release that the migrations belong to"
            )),
        }
    }
}

/// Compares the database's schema version with this software's.
///
/// # Errors
/// The database did not answer. A database without tables is no error but [`SchemaState::Older`].
pub async fn check<D: Database>(database: &D) -> Result<SchemaState, DatabaseError> {
    let version = Statement::new("SELECT json_array(schema_version) FROM ledger_state");
    let found = match database.query(version).await {
        Ok(rows) => rows.first::<(i64,)>()?.map_or(0, |(found,)| found),
        Err(DatabaseError::Other(message)) if message.contains("no such table") => 0,
        Err(error) => return Err(error),
    };
    Ok(SchemaState::of(found))
}
