//! When a date without a time begins: at midnight where the provider is.
//!
//! Lists give the day of a change and leave out the hour. A provider announces it by its own clock:
//! `DeepSeek`'s price of 2026-08-17 came into force at 16:00 UTC of the 16th, midnight in Beijing.

/// Providers whose days are known not to be UTC's, with what their clocks are ahead of it.
const AHEAD_OF_UTC_MS: [(&str, i64); 1] = [("deepseek", 8 * 3_600_000)];

/// The start of a provider's day, from the same date's in UTC; 0, "always so far", stays.
pub(crate) fn begins(provider: &str, utc_midnight_ms: i64) -> i64 {
    if utc_midnight_ms == 0 {
        return 0;
    }
    let ahead_ms = AHEAD_OF_UTC_MS
        .iter()
        .find(|(name, _)| *name == provider)
        .map_or(0, |(_, ahead_ms)| *ahead_ms);
    utc_midnight_ms.saturating_sub(ahead_ms)
}

#[cfg(test)]
mod tests {
    use super::begins;

    #[test]
    fn a_date_without_a_time_begins_at_the_providers_midnight() {
        // 2026-08-17 in Beijing begins at 16:00 UTC of the 16th.
        assert_eq!(begins("deepseek", 1_786_924_800_000), 1_786_896_000_000);
        assert_eq!(begins("openai", 1_786_924_800_000), 1_786_924_800_000);
        assert_eq!(begins("deepseek", 0), 0);
    }
}
