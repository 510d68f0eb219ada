//! The one way to the database: batches of statements, JSON text in, JSON text out.
//!
//! D1 binds every JavaScript number as a double and hands back integers above 2^53 rounded, so
//! nothing but text crosses this boundary. A statement takes at most one parameter, a JSON text
//! that it reads as `?1` with `json_each` and `->>`; each of its rows is one column of JSON text
//! (`json_object(…)` or `json_array(…)`). 64-bit integers stay exact in both directions, the limit
//! of 100 parameters never bites, and the same SQL runs on rusqlite in host tests.

use std::borrow::Cow;

use serde::{Serialize, de::DeserializeOwned};

/// The most statements in one batch; D1 names 100 for one query.
pub const BATCH_STATEMENTS_MAX: usize = 100;

/// One SQL statement with its only parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The SQL, with at most the parameter `?1`.
    pub sql: Cow<'static, str>,
    /// The JSON text bound to `?1`.
    pub parameter: Option<String>,
}

impl Statement {
    /// A statement without a parameter.
    pub fn new(sql: impl Into<Cow<'static, str>>) -> Self {
        Self {
            sql: sql.into(),
            parameter: None,
        }
    }

    /// A statement whose `?1` is `parameter` as JSON text.
    pub fn with(
        sql: impl Into<Cow<'static, str>>,
        parameter: &impl Serialize,
    ) -> Result<Self, DatabaseError> {
        let json = serde_json::to_string(parameter).map_err(DatabaseError::decode)?;
        Ok(Self {
            sql: sql.into(),
            parameter: Some(json),
        })
    }

    /// A statement whose `?1` is this JSON text: for a text that several statements share.
    pub fn with_json(sql: impl Into<Cow<'static, str>>, json: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            parameter: Some(json.into()),
        }
    }
}

/// The rows of one statement, each a JSON text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows(Vec<String>);

impl Rows {
    /// Wraps the JSON texts of the rows, in order.
    pub const fn new(rows: Vec<String>) -> Self {
        Self(rows)
    }

    /// How many rows there are.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The JSON texts as they came.
    pub fn texts(&self) -> &[String] {
        &self.0
    }

    /// Each row as a `T`; a struct reads a `json_array` by position and a `json_object` by name.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<Vec<T>, DatabaseError> {
        self.0
            .iter()
            .map(|row| serde_json::from_str(row).map_err(DatabaseError::decode))
            .collect()
    }

    /// The first row as a `T`, if there is one.
    pub fn first<T: DeserializeOwned>(&self) -> Result<Option<T>, DatabaseError> {
        self.0
            .first()
            .map(|row| serde_json::from_str(row).map_err(DatabaseError::decode))
            .transpose()
    }
}

/// Why a batch failed. Nothing of it was kept, unless the kind is [`DatabaseError::Transient`]:
/// there the commit may have happened before the error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseError {
    /// A constraint refused a row, or a sum would have passed 64 bits.
    #[error("the database refused a row: {0}")]
    Constraint(String),
    /// The connection broke; the batch may or may not have been committed. Repeating it is safe
    /// only because every write of this crate is idempotent.
    #[error("the database did not answer: {0}")]
    Transient(String),
    /// Too many requests wait.
    #[error("the database is overloaded: {0}")]
    Overloaded(String),
    /// There is no room: the disk or the database's own limit is full. Nothing of the batch was kept,
    /// and repeating it helps once an operator has made room.
    #[error("the database is full: {0}")]
    Full(String),
    /// A row was not the JSON that the query promises.
    #[error("a row could not be read: {0}")]
    Decode(String),
    /// A table is not there: no migration, or another release's, was applied.
    #[error("the database lacks a table: {0}")]
    NoSuchTable(String),
    /// Any other failure: a fault of this software or of the set-up.
    #[error("the database failed: {0}")]
    Other(String),
}

impl DatabaseError {
    /// Sorts a message of SQLite or D1 into a kind.
    ///
    /// The messages of D1 worth a retry are those that its documentation names
    /// (<https://developers.cloudflare.com/d1/observability/debug-d1/>).
    pub fn from_message(message: &str) -> Self {
        const TRANSIENT: [&str; 5] = [
            "Network connection lost",
            "caused object to be reset",
            "reset because its code was updated",
            "due to transient issue",
            "Internal error while starting up D1 DB storage",
        ];
        // A sum that leaves 64 bits: SQLite goes over to floating point, which a STRICT table refuses.
        const CONSTRAINT: [&str; 4] = [
            "SQLITE_CONSTRAINT",
            "constraint failed",
            "cannot store REAL value in INTEGER column",
            "integer overflow",
        ];
        const OVERLOADED: [&str; 9] = [
            "overloaded",
            "Too many requests queued",
            "exceeded its CPU time limit",
            "exceeded its memory limit",
            "exceeded timeout",
            "database is locked",
            "SQLITE_BUSY",
            "SQLITE_NOMEM",
            "out of memory",
        ];
        const FULL: [&str; 6] = [
            "disk is full",
            "SQLITE_FULL",
            "disk I/O error",
            "SQLITE_IOERR",
            "No space left",
            "xceeded maximum DB size",
        ];
        let message = message.to_owned();
        if TRANSIENT.iter().any(|part| message.contains(part)) {
            Self::Transient(message)
        } else if OVERLOADED.iter().any(|part| message.contains(part)) {
            Self::Overloaded(message)
        } else if FULL.iter().any(|part| message.contains(part)) {
            Self::Full(message)
        } else if CONSTRAINT.iter().any(|part| message.contains(part)) {
            Self::Constraint(message)
        } else if message.contains("no such table") {
            Self::NoSuchTable(message)
        } else {
            Self::Other(message)
        }
    }

    /// Whether the same batch may succeed when it is sent again.
    pub const fn is_worth_a_retry(&self) -> bool {
        matches!(self, Self::Transient(_) | Self::Overloaded(_))
    }

    fn decode(error: impl std::fmt::Display) -> Self {
        Self::Decode(error.to_string())
    }
}

/// A database that runs batches.
#[allow(
    async_fn_in_trait,
    reason = "a Worker is single-threaded: its futures need no Send"
)]
pub trait Database {
    /// Runs the statements as one transaction, in order; returns the rows of each.
    async fn batch(&self, statements: &[Statement]) -> Result<Vec<Rows>, DatabaseError>;

    /// Runs one statement and returns its rows.
    async fn query(&self, statement: Statement) -> Result<Rows, DatabaseError> {
        Ok(self
            .batch(&[statement])
            .await?
            .into_iter()
            .next()
            .unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::DatabaseError;

    #[test]
    fn messages_of_d1_are_sorted_by_what_a_caller_can_do() {
        let lost = DatabaseError::from_message("D1_ERROR: Network connection lost.");
        assert!(matches!(lost, DatabaseError::Transient(_)) && lost.is_worth_a_retry());
        let busy = DatabaseError::from_message(
            "D1_ERROR: D1 DB is overloaded. Requests queued for too long.",
        );
        assert!(matches!(busy, DatabaseError::Overloaded(_)) && busy.is_worth_a_retry());
        for reset in [
            "D1_ERROR: Internal error in D1 DB storage caused object to be reset.",
            "D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset.",
            "D1_ERROR: D1 DB exceeded its CPU time limit and was reset.",
        ] {
            assert!(
                DatabaseError::from_message(reset).is_worth_a_retry(),
                "{reset}"
            );
        }
        for full in [
            "D1_ERROR: database or disk is full: SQLITE_FULL",
            "disk I/O error",
            "Exceeded maximum DB size",
        ] {
            let full = DatabaseError::from_message(full);
            assert!(matches!(full, DatabaseError::Full(_)) && !full.is_worth_a_retry());
        }
        let bare =
            DatabaseError::from_message("D1_ERROR: no such table: ledger_state: SQLITE_ERROR");
        assert!(matches!(bare, DatabaseError::NoSuchTable(_)) && !bare.is_worth_a_retry());
        let unique = DatabaseError::from_message(
            "D1_ERROR: UNIQUE constraint failed: ev.id: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_PRIMARYKEY)",
        );
        assert!(matches!(unique, DatabaseError::Constraint(_)) && !unique.is_worth_a_retry());
        for full in [
            "cannot store REAL value in INTEGER column sessions.total_cost",
            "D1_ERROR: integer overflow: SQLITE_ERROR",
        ] {
            let full = DatabaseError::from_message(full);
            assert!(matches!(full, DatabaseError::Constraint(_)));
        }
    }
}
