//! The `ETag` of an answer: the ledger's epoch and version, the price book's, the hour and the day, the
//! query and the caller.
//!
//! An answer changes only with one of these, so that a poll is answered with 304 from one indexed
//! read; the hour is among them for what is shown by the hour, and the day, which ends within an hour of
//! UTC in some zones, so that a day that ends is seen to end; for sessions the last one that closed by
//! idleness.

use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::NaiveDate;

/// What an answer depends on.
#[derive(Debug, Clone, Copy, Hash)]
pub struct AnswerKey<'a> {
    /// `ledger_state.epoch`: after a restore the versions run through the same numbers again.
    pub epoch: i64,
    /// `ledger_state.ledger_version`.
    pub ledger_version: i64,
    /// `ledger_state.price_book_version`.
    pub price_book_version: i64,
    /// `ledger_state.reporting_time_zone`.
    pub reporting_time_zone: &'a str,
    /// Hours since the epoch.
    pub hour: i64,
    /// The day in the reporting time zone.
    pub today: NaiveDate,
    /// For answers that show whether a session is open: [`crate::Reader::newest_idle`].
    pub newest_idle: Option<i64>,
    /// Path and query as they came.
    pub query: &'a str,
    /// The key that asks.
    pub caller: &'a str,
    /// The build, so that a new release answers anew.
    pub release: &'a str,
}

/// A weak `ETag`.
pub fn etag(key: AnswerKey<'_>) -> String {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, key).hash(&mut hasher);
        hasher.finish()
    };
    format!(
        "W/\"{}-{:016x}{:016x}\"",
        key.ledger_version,
        half(0),
        half(1)
    )
}

/// Whether an `If-None-Match` header names this `ETag`.
pub fn matches(if_none_match: &str, etag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    if_none_match.trim() == "*"
        || if_none_match
            .split(',')
            .any(|tag| opaque(tag) == opaque(etag))
}

#[cfg(test)]
mod tests {
    use super::{AnswerKey, NaiveDate, etag, matches};

    const KEY: AnswerKey<'static> = AnswerKey {
        epoch: 3,
        ledger_version: 7,
        price_book_version: 1,
        reporting_time_zone: "UTC",
        hour: 498_000,
        today: NaiveDate::MIN,
        newest_idle: None,
        query: "/stats/daily?granularity=day",
        caller: "k1",
        release: "0.1.0",
    };

    #[test]
    fn an_etag_moves_with_everything_that_the_answer_depends_on() {
        let all = [
            KEY,
            AnswerKey { epoch: 4, ..KEY },
            AnswerKey {
                ledger_version: 8,
                ..KEY
            },
            AnswerKey {
                price_book_version: 2,
                ..KEY
            },
            AnswerKey {
                reporting_time_zone: "Europe/Berlin",
                ..KEY
            },
            AnswerKey {
                hour: 498_001,
                ..KEY
            },
            AnswerKey {
                today: NaiveDate::MIN.succ_opt().expect("a day"),
                ..KEY
            },
            AnswerKey {
                newest_idle: Some(1),
                ..KEY
            },
            AnswerKey {
                query: "/stats/daily",
                ..KEY
            },
            AnswerKey {
                caller: "k2",
                ..KEY
            },
            AnswerKey {
                release: "0.2.0",
                ..KEY
            },
        ];
        let tags: std::collections::HashSet<String> = all.map(etag).into_iter().collect();
        assert_eq!(tags.len(), all.len());
        assert_eq!(etag(KEY), etag(KEY));
    }

    #[test]
    fn a_list_of_tags_a_star_and_a_strong_form_match() {
        let tag = etag(KEY);
        let strong = tag.trim_start_matches("W/");
        for header in [tag.as_str(), "*", strong, &format!("\"x\", {tag}")] {
            assert!(matches(header, &tag), "{header}");
        }
        assert!(!matches("\"x\"", &tag));
    }
}
