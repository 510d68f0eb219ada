//! Exact numbers: money, decimals, and sums that lose nothing.

pub mod amount;
pub mod decimal;
pub mod exact_sum;
pub mod money;
