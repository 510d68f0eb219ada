//! How often an address may present keys that nobody has: ten times a minute, in each isolate, at the
//! sign-in and in headers alike.
//!
//! The brake looks at what failed only. A right key passes from any address at any time, so that nobody
//! is locked out by guesses of somebody behind the same address.

use std::cell::RefCell;
use std::collections::HashMap;

use cost_calculation::UnixMillis;

use crate::problem::Problem;

const FAILURES_MAX: u32 = 10;
const WINDOW_MS: i64 = 60_000;
/// The most addresses remembered; past it the memory begins anew.
const ADDRESSES_MAX: usize = 1_000;

/// Failures by address: how many since when.
#[derive(Debug, Default)]
struct Failures(HashMap<String, (u32, UnixMillis)>);

impl Failures {
    /// Counts one; seconds to wait where there were too many before it.
    fn count(&mut self, address: &str, now: UnixMillis) -> Option<u32> {
        if self.0.len() >= ADDRESSES_MAX && !self.0.contains_key(address) {
            self.0.clear();
        }
        let entry = self.0.entry(address.to_owned()).or_insert((0, now));
        if now.0.saturating_sub(entry.1.0) >= WINDOW_MS {
            *entry = (0, now);
        }
        let was = entry.0;
        entry.0 = entry.0.saturating_add(1);
        let left_ms = WINDOW_MS - now.0.saturating_sub(entry.1.0);
        (was >= FAILURES_MAX).then(|| u32::try_from((left_ms + 999) / 1000).unwrap_or(60))
    }
}

thread_local! {
    static FAILURES: RefCell<Failures> = RefCell::default();
}

/// What a wrong key is answered: that it is unknown, or from the eleventh of a minute on that the
/// address has to wait, which tells nothing of the key.
pub(crate) fn answer(unknown: Problem, address: &str, now: UnixMillis) -> Problem {
    let wait_s = FAILURES.with_borrow_mut(|failures| failures.count(address, now));
    match wait_s {
        None => unknown,
        Some(seconds) => Problem::too_many_requests(
            format!(
                "too many unknown keys from this address; try again in {seconds} s, or send a key \
                 that is known here, which is answered at once"
            ),
            seconds,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_guess_in_a_minute_waits_and_the_next_minute_is_free() {
        let mut failures = Failures::default();
        let start = UnixMillis(1_000);
        for _ in 0..FAILURES_MAX {
            assert_eq!(failures.count("a", start), None);
        }
        assert_eq!(failures.count("a", UnixMillis(31_000)), Some(30));
        assert_eq!(
            failures.count("b", start),
            None,
            "another address is not held up"
        );
        assert_eq!(failures.count("a", UnixMillis(61_000)), None);
    }
}
