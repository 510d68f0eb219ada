//! Why a plan, a subscription or an answer is refused.

use ledger_core::DatabaseError;

/// A refusal, in words for the caller, or a failure of the database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// A field of the request is wrong.
    #[error("`{field}` {fault}")]
    Field {
        /// Which.
        field: String,
        /// What is wrong, and the remedy.
        fault: String,
    },
    /// There is no such thing.
    #[error("{0}")]
    NotFound(String),
    /// It does not fit what is there.
    #[error("{0}")]
    Conflict(String),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl PlanError {
    /// A field, what is wrong with it, and the remedy.
    pub fn field(field: impl Into<String>, fault: impl Into<String>) -> Self {
        Self::Field {
            field: field.into(),
            fault: fault.into(),
        }
    }
}
