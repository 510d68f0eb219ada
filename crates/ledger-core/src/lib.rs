#![doc = include_str!("../README.md")]

pub mod api_keys;
pub mod book_version;
pub mod database;
#[cfg(feature = "database-cases")]
pub mod database_cases;
pub mod estimate_lines;
pub mod interaction_columns;
pub mod job_runs;
pub mod latency_bucket;
pub mod record_error;
pub mod redo_lines;
pub mod renew_epoch;
pub mod rollup;
pub mod schema;
pub mod sign_ins;
#[cfg(feature = "sqlite")]
pub mod sqlite;
pub mod verification_report;
pub mod write_guard;

pub use database::{Database, DatabaseError, Rows, Statement};
