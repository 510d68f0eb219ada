//! The price book: how rows come into it, and what an operator reads and decides.
//!
//! [`sync::sync_quotes`] is the one way in for a price list: it keeps the list's quotes, merges the
//! models that changed (the merge itself is pure, in `price_feeds`), and writes closings, openings
//! and the book's next version in one batch. An override takes the same way with quotes of the
//! source `override`. Rows are closed, never rewritten, so an estimate's price can be looked up
//! for as long as the estimate is kept.

mod apply;
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
