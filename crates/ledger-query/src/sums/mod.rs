//! The sums of any slice, read by day, hour and item.

pub(crate) mod day_items;
pub(crate) mod distinct;
pub(crate) mod figures;
pub(crate) mod latency;
pub(crate) mod percentile;
pub(crate) mod raw;
pub(crate) mod sum_query;
