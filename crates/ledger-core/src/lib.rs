//! The ground of what is kept: a small `Database` trait, the schema with the guard that each write
//! holds to, and what the crates above share of stored rows.
//!
//! A newcomer goes on to `ledger-record`: it is the one transaction by which interactions,
//! estimates, sessions and sums come into being, each event exactly once. Everything else reads
//! what it wrote (`ledger-query`), prices it (`price-book`), or moves and checks it
//! (`ledger-keep`).
//!
//! The crate knows no Cloudflare type. On D1 the trait is implemented by the `edge` crate, in
//! tests by [`sqlite`] (feature `sqlite`), under the same limits:
//!
//! ```
//! use ledger_core::{Database, Statement, sqlite::Sqlite};
//!
//! let database = Sqlite::migrated()?;
//! let rows = futures_executor::block_on(database.query(Statement::with(
//!     "SELECT json_object('sum', SUM(j.value)) FROM json_each(?1) j",
//!     &[9_007_199_254_740_993_i64, 1],
//! )?))?;
//! assert_eq!(rows.texts(), [r#"{"sum":9007199254740994}"#]);
//! # Ok::<(), ledger_core::DatabaseError>(())
//! ```

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
#[cfg(feature = "sqlite")]
pub mod sqlite;
pub mod verification_report;
pub mod write_guard;

pub use database::{Database, DatabaseError, Rows, Statement};
