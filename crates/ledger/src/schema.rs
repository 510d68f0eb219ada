//! The version of the tables that this software writes.

/// `ledger_state.schema_version` as the newest migration leaves it. A database of another version
/// is not written to.
pub const SCHEMA_VERSION: i64 = 1;
