#![doc = include_str!("../README.md")]

pub mod access;
pub mod body;
pub mod caller;
pub mod clock;
pub mod cookie;
pub mod credential;
pub mod d1;
mod guess_brake;
pub mod log;
pub mod pass;
pub mod problem;
pub mod rate_limit;
pub mod request;
pub mod respond;
mod seal;
pub mod suite;
pub mod usage_token;
pub mod worker_kit;

pub use caller::{Caller, Scope};
pub use problem::Problem;
pub use suite::Suite;
