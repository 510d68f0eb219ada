//! What this isolate has read of the ledger for taking events in.
//!
//! A cache is taken out while a request uses it, since requests of one isolate interleave at every
//! wait; one that arrives meanwhile takes another or begins an empty one.
use std::cell::RefCell;

use ledger_record::ingest::IngestCache;

/// The most caches that are kept for later.
const KEPT_MAX: usize = 4;

thread_local! {
    static KEPT: RefCell<Vec<IngestCache>> = const { RefCell::new(Vec::new()) };
}

/// Takes a cache.
pub(crate) fn take() -> IngestCache {
    KEPT.with_borrow_mut(Vec::pop).unwrap_or_default()
}

/// Gives a cache back.
pub(crate) fn give_back(cache: IngestCache) {
    KEPT.with_borrow_mut(|kept| {
        if kept.len() < KEPT_MAX {
            kept.push(cache);
        }
    });
}
