//! Which price book an estimate was made with.

use serde::Deserialize;

use crate::database::{DatabaseError, Rows};

/// A version of the price book, of one life of the ledger: a ledger that was set back runs through
/// the same numbers again with other prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct BookVersion {
    /// `ledger_state.price_book_version`.
    pub version: i64,
    /// `ledger_state.epoch`.
    pub epoch: i64,
}

/// Reads a [`BookVersion`].
pub const BOOK_VERSION: &str =
    "SELECT json_object('version', price_book_version, 'epoch', epoch) FROM ledger_state";

/// The version in the rows of [`BOOK_VERSION`].
///
/// # Errors
/// The database has no state.
pub fn version_in(rows: &Rows) -> Result<BookVersion, DatabaseError> {
    rows.first()?.ok_or_else(|| {
        DatabaseError::Other("ledger_state has no row: apply the migrations".to_owned())
    })
}
