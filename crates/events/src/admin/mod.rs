//! What admins' requests say.

pub mod archive_request;
pub mod cache_write_lifetime_change;
pub mod choose_sources;
pub mod new_key;
pub mod reported_cost_change;
