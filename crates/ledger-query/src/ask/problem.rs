//! Why a query is refused or fails.

use ledger_core::database::DatabaseError;
use query_parameters::ParameterError;

/// A refusal in words for the caller, or a failure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// A parameter is wrong; status 400.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// There is no such thing, or not for this caller; status 404.
    #[error("{detail}")]
    NotFound {
        /// The stable name of the kind.
        kind: &'static str,
        /// What was looked for.
        detail: String,
    },
    /// The caller may not ask this; status 403.
    #[error("{0}")]
    Forbidden(String),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl QueryError {
    /// A parameter whose value is wrong.
    pub fn parameter(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Parameter(ParameterError::new(field, detail))
    }

    pub(crate) fn unreadable(what: impl std::fmt::Display) -> Self {
        Self::Database(DatabaseError::Decode(what.to_string()))
    }
}
