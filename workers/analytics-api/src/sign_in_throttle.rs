//! How often an address may fail to sign in: ten times a minute, in each isolate.
use std::cell::RefCell;
use std::collections::HashMap;

use cost_calculation::UnixMillis;

const FAILURES_MAX: u32 = 10;
const WINDOW_MS: i64 = 60_000;
/// The most addresses remembered; past it the memory begins anew.
const ADDRESSES_MAX: usize = 1_000;

/// Failures by address: how many since when.
#[derive(Debug, Default)]
struct Failures(HashMap<String, (u32, UnixMillis)>);

impl Failures {
    /// Seconds that the address has to wait; `None` if it may try.
    fn wait_s(&self, address: &str, now: UnixMillis) -> Option<u32> {
        let (count, since) = self.0.get(address)?;
        let left_ms = WINDOW_MS - (now.0 - since.0);
        (*count >= FAILURES_MAX && left_ms > 0)
            .then(|| u32::try_from((left_ms + 999) / 1000).unwrap_or(60))
    }

    fn count(&mut self, address: &str, now: UnixMillis) {
        if self.0.len() >= ADDRESSES_MAX {
            self.0.clear();
        }
        let entry = self.0.entry(address.to_owned()).or_insert((0, now));
        if now.0 - entry.1.0 >= WINDOW_MS {
            *entry = (0, now);
        }
        entry.0 += 1;
    }
}

thread_local! {
    static FAILURES: RefCell<Failures> = RefCell::default();
}

/// Seconds that the address has to wait; `None` if it may try.
pub(crate) fn wait_s(address: &str, now: UnixMillis) -> Option<u32> {
    FAILURES.with_borrow(|failures| failures.wait_s(address, now))
}

/// Counts a failure.
pub(crate) fn count_failure(address: &str, now: UnixMillis) {
    FAILURES.with_borrow_mut(|failures| failures.count(address, now));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_try_in_a_minute_waits_and_the_next_minute_is_free() {
        let mut failures = Failures::default();
        let start = UnixMillis(1_000);
        for _ in 0..FAILURES_MAX {
            assert_eq!(failures.wait_s("a", start), None);
            failures.count("a", start);
        }
        assert_eq!(failures.wait_s("a", UnixMillis(31_000)), Some(30));
        assert_eq!(
            failures.wait_s("b", start),
            None,
            "another address is not held up"
        );
        assert_eq!(failures.wait_s("a", UnixMillis(61_000)), None);
        failures.count("a", UnixMillis(61_000));
        assert_eq!(failures.wait_s("a", UnixMillis(61_001)), None);
    }
}
