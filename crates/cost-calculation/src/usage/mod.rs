//! What a usage object says, in every convention.

pub mod convention;
pub mod read_usage;
pub mod reported_cost;
pub mod token_part;
pub mod token_usage;
pub mod unread;
