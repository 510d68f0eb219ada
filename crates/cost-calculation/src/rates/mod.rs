//! The dated book: rows, keys, and the rate in force at a moment.

pub mod keys_needed;
pub mod matched_rates;
pub mod multiplier;
pub mod price_book;
pub mod price_key;
pub mod price_row;
pub mod rate_selection;
pub mod schedule;
