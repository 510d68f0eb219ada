//! What is kept: every SQL statement of the suite, behind a small `Database` trait.
//!
//! A newcomer reads `record_batch` first: it is the one transaction by which interactions,
//! estimates, sessions and sums come into being, each event exactly once. Everything else reads
//! what it wrote (`query`), moves it (archive), checks it (verify), or prices it.
//!
//! The crate knows no Cloudflare type. On D1 the trait is implemented by the `edge` crate, in
//! tests by [`sqlite`] (feature `sqlite`), under the same limits:
//!
//! ```
//! use ledger::{Database, Statement, sqlite::Sqlite};
//!
//! let database = Sqlite::migrated()?;
//! let rows = futures_executor::block_on(database.query(Statement::with(
//!     "SELECT json_object('sum', SUM(j.value)) FROM json_each(?1) j",
//!     &[9_007_199_254_740_993_i64, 1],
//! )?))?;
//! assert_eq!(rows.texts(), [r#"{"sum":9007199254740994}"#]);
//! # Ok::<(), ledger::DatabaseError>(())
//! ```

pub mod api_keys;
pub mod archive;
pub mod book_version;
pub mod change_reporting_zone;
pub mod counted_sources;
pub mod database;
#[cfg(feature = "database-cases")]
pub mod database_cases;
pub mod estimate_lines;
pub mod feedback;
pub mod ingest;
pub mod ingest_rejections;
pub mod interaction_columns;
pub mod job_runs;
pub mod latency_bucket;
pub mod price_cache;
pub mod prices;
pub mod query;
pub mod record_batch;
pub mod record_error;
pub mod record_retention;
pub mod renew_epoch;
pub mod reporting_zone;
pub mod reprice;
pub mod rollup;
pub mod schema;
pub mod session_mark;
#[cfg(feature = "sqlite")]
pub mod sqlite;
pub mod verify;
pub mod write_guard;

pub use database::{Database, DatabaseError, Rows, Statement};
pub use reporting_zone::ReportingZone;
