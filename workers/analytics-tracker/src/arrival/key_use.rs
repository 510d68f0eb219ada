//! When each key was last used by a sender, and when and why one was refused last: the page that
//! helps where nothing arrives says so, since LibreChat's log does not.
//!
//! It is known to the minute: an isolate writes the same of a key once in that time.
use std::cell::RefCell;
use std::collections::HashMap;

use cost_calculation::UnixMillis;
use edge::credential::{Credential, parse_authorization};
use edge::request::header;
use edge::{Problem, Suite};
use ledger_core::api_keys::{NamedKey, note_use};
use worker::Request;

/// How long nothing more is written of a key of which the same was written.
const NOTED_MS: i64 = 60_000;
/// The most that an isolate remembers of.
const NOTED_MAX: usize = 256;

thread_local! {
    /// By half of a key and by what became of its request: when it was written down.
    static NOTED: RefCell<HashMap<(String, &'static str), UnixMillis>> =
        RefCell::new(HashMap::new());
}

/// Notes what became of a sender's request. The request is answered as it is, whatever becomes of the
/// note.
pub(crate) async fn note(
    suite: &Suite,
    request: &Request,
    now: UnixMillis,
    problem: Option<&Problem>,
) {
    // What fails on this side is no fault of a key, and the guessing brake is of an address.
    if problem.is_some_and(|problem| problem.status >= 500) {
        return;
    }
    let offered = header(request, "authorization").and_then(|value| parse_authorization(&value));
    let Some(offered) = offered else { return };
    let (half, key) = match &offered {
        Credential::Pair { id, .. } | Credential::Public { id } => (id, NamedKey::Id(id)),
        Credential::Secret { key_hash } => (key_hash, NamedKey::Hash(key_hash)),
    };
    let refusal = problem.map(|problem| problem.kind);
    if !is_new(half, refusal.unwrap_or_default(), now) {
        return;
    }
    if let Err(error) = note_use(&suite.database, key, now.0, refusal).await {
        edge::log::error(&serde_json::json!({ "event": "key_use", "error": error.to_string() }));
    }
}

/// Whether the same was not written within a minute; it is taken as written then.
fn is_new(half: &str, what: &'static str, now: UnixMillis) -> bool {
    NOTED.with_borrow_mut(|noted| {
        let of_key = (half.to_owned(), what);
        let last = noted.get(&of_key).copied();
        if last.is_some_and(|last| now.0.saturating_sub(last.0) < NOTED_MS) {
            return false;
        }
        if noted.len() >= NOTED_MAX {
            noted.clear();
        }
        noted.insert(of_key, now);
        true
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_of_a_key_is_written_once_a_minute() {
        let at = UnixMillis;
        assert!(is_new("pk-tt-1", "", at(0)));
        assert!(!is_new("pk-tt-1", "", at(NOTED_MS - 1)));
        assert!(is_new("pk-tt-1", "forbidden", at(1)), "another thing");
        assert!(is_new("pk-tt-2", "", at(1)), "another key");
        assert!(is_new("pk-tt-1", "", at(NOTED_MS)));
        for number in 0..2 * NOTED_MAX {
            is_new(&format!("guess-{number}"), "unauthorized", at(2));
        }
        assert!(NOTED.with_borrow(HashMap::len) <= NOTED_MAX);
    }
}
