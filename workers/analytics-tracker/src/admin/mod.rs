//! What an admin may look at and change.

pub mod counted_sources;
pub mod keys;
pub mod late_rejections;
pub mod ledger_epoch;
pub mod operator_words;
pub mod plans;
pub mod reporting_time_zone;
pub mod rerate;
pub mod subscriptions;
