//! Events as JSON: one, a batch, a session mark, and every field of theirs.

pub mod body;
pub mod declared_cost;
pub mod event;
pub mod fields;
pub mod metadata;
pub mod session_mark;
pub mod units;
pub mod usage;
