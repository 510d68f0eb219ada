#![doc = include_str!("../README.md")]

mod apply;
pub mod assumed;
pub mod conflicts;
pub mod dated;
pub mod freshness;
pub mod mappings;
pub mod overrides;
pub mod quarantine;
pub mod rates;
pub mod read_book;
mod stored;
pub mod sync;
pub mod unpriced;
