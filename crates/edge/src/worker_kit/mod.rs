//! What every Worker does the same way: telling a path from a method that it does not take, a
//! request's line in the log, and a job's run with its lease, its record and its line.

pub mod job;
pub mod request_line;
pub mod route;

pub use request_line::RequestLine;
pub use route::{NoRoute, only, without_doubled_slash};
