//! Cloudflare at the edge of the pure crates: D1 as a [`ledger_core::Database`], keys and scopes,
//! problem responses, configuration, logs, the clock.
//!
//! A Worker's request goes through it once: [`Suite::of`](suite::Suite::of) opens the database and reads the
//! configuration, [`access::authenticate`] names the caller, [`body::read`] takes the body within
//! its limit, and what goes wrong becomes a [`Problem`], the one shape of every error response.

pub mod access;
pub mod body;
pub mod caller;
pub mod clock;
pub mod cookie;
pub mod credential;
pub mod d1;
pub mod log;
pub mod pass;
pub mod problem;
pub mod request;
pub mod respond;
mod seal;
pub mod suite;

pub use caller::{Caller, Scope};
pub use problem::Problem;
pub use suite::Suite;
