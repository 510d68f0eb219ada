//! The clock and chance, from the runtime.

use cost_calculation::UnixMillis;

/// Now. Between two I/O operations the clock of a Worker stands still.
pub fn now() -> UnixMillis {
    UnixMillis(i64::try_from(worker::Date::now().as_millis()).unwrap_or(i64::MAX))
}

/// A fresh random positive number of 47 bits: marks the rows of one batch.
///
/// It is stored with each interaction, where it takes six bytes, and compared with the last 500
/// rows only: two batches share one once in 280 billion.
pub fn random_id() -> i64 {
    let (random, _) = uuid::Uuid::new_v4().as_u64_pair();
    (random >> 17).cast_signed().max(1)
}

/// A random identifier in hex, of 128 bits.
pub fn random_hex() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// Waits before the `attempt`-th repeat (from 1): at random up to 50 ms, doubled each time, at
/// most 2 s. D1's documentation recommends these bounds
/// (<https://developers.cloudflare.com/d1/best-practices/retry-queries/>).
pub async fn pause_before_retry(attempt: u32) {
    let ceiling_ms = 50_u64.saturating_mul(1 << attempt.min(6)).min(2000);
    let wait_ms = random_id().unsigned_abs() % ceiling_ms;
    worker::Delay::from(std::time::Duration::from_millis(wait_ms)).await;
}
