//! The operator's word on how long cache writes live, by source and from a moment on, for figures that
//! tell no lifetime.
use std::collections::BTreeMap;

use cost_calculation::{Lifetime, UnixMillis, canonical_provider};

/// Providers that leave the lifetime to whoever calls them.
const LIFETIME_IS_CHOSEN: [&str; 2] = ["anthropic", "aws"];
/// Changes of one source that are kept.
const CHANGES_MAX: usize = 100;

/// The lifetimes by source: each holds from its moment on, until the next one's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheWriteLifetimes(BTreeMap<String, BTreeMap<i64, Option<Lifetime>>>);

impl Default for CacheWriteLifetimes {
    /// LibreChat, which sends Langfuse's spans, writes the caches of Anthropic and Bedrock for an
    /// hour since 2026-06-18, and its figures have one bucket for both lifetimes.
    fn default() -> Self {
        const JUNE_18: i64 = 1_781_740_800_000;
        let langfuse = BTreeMap::from([
            (0, Some(Lifetime::FiveMinutes)),
            (JUNE_18, Some(Lifetime::OneHour)),
        ]);
        Self(BTreeMap::from([(
            crate::source::LANGFUSE.to_owned(),
            langfuse,
        )]))
    }
}

/// A change that an admin asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheWriteLifetimeChange {
    /// The source whose figures it is about: one of [`crate::SOURCES`].
    pub source: &'static str,
    /// The lifetime; none leaves it open, and the shorter one is assumed.
    pub lifetime: Option<Lifetime>,
    /// From when on.
    pub valid_from: UnixMillis,
}

impl CacheWriteLifetimes {
    /// The lifetime that is set for a source's calls of a provider at a moment.
    pub fn of(&self, source: &str, provider: &str, at: UnixMillis) -> Option<Lifetime> {
        if !LIFETIME_IS_CHOSEN.contains(&canonical_provider(provider).as_ref()) {
            return None;
        }
        let changes = self.0.get(source)?;
        changes
            .range(..=at.0)
            .next_back()
            .and_then(|(_, lifetime)| *lifetime)
    }

    /// The same after a change: what was to hold later than its moment does not any more.
    #[must_use]
    pub fn after(mut self, change: &CacheWriteLifetimeChange) -> Self {
        let changes = self.0.entry(change.source.to_owned()).or_default();
        changes.retain(|from, _| *from < change.valid_from.0);
        changes.insert(change.valid_from.0, change.lifetime);
        while changes.len() > CHANGES_MAX {
            changes.pop_first();
        }
        self
    }

    /// As `ledger_state.cache_lifetimes` holds it: `{"langfuse":[[0,"5m"],[1781740800000,"1h"]]}`.
    pub fn to_json(&self) -> String {
        let changes = |changes: &BTreeMap<i64, Option<Lifetime>>| {
            let pairs = changes.iter();
            serde_json::json!(
                pairs
                    .map(|(from, lifetime)| (from, lifetime.map(word_of)))
                    .collect::<Vec<_>>()
            )
        };
        let sources = self.0.iter();
        let sources: serde_json::Map<_, _> = sources
            .map(|(source, of_source)| (source.clone(), changes(of_source)))
            .collect();
        serde_json::Value::Object(sources).to_string()
    }

    /// Reads the text of [`CacheWriteLifetimes::to_json`]; `None` where it is none.
    pub fn from_json(text: &str) -> Option<Self> {
        let sources: BTreeMap<String, Vec<(i64, Option<String>)>> =
            serde_json::from_str(text).ok()?;
        let mut lifetimes = BTreeMap::new();
        for (source, changes) in sources {
            let mut of_source = BTreeMap::new();
            for (from, word) in changes {
                let lifetime = match word.as_deref() {
                    None => None,
                    Some("5m") => Some(Lifetime::FiveMinutes),
                    Some("1h") => Some(Lifetime::OneHour),
                    Some(_) => return None,
                };
                of_source.insert(from, lifetime);
            }
            lifetimes.insert(source, of_source);
        }
        Some(Self(lifetimes))
    }

    /// The changes one by one: source, from when on in unix milliseconds, and the lifetime's name.
    pub fn changes(&self) -> impl Iterator<Item = (&str, i64, &'static str)> {
        self.0.iter().flat_map(|(source, changes)| {
            changes.iter().map(move |(from, lifetime)| {
                (source.as_str(), *from, lifetime.map_or("unknown", word_of))
            })
        })
    }
}

const fn word_of(lifetime: Lifetime) -> &'static str {
    match lifetime {
        Lifetime::FiveMinutes => "5m",
        Lifetime::OneHour => "1h",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_cache_write_lifetime_change;

    const BEFORE: UnixMillis = UnixMillis(1_781_740_799_999);
    const AFTER: UnixMillis = UnixMillis(1_796_000_000_000);

    #[test]
    fn librechats_default_became_an_hour_in_june_2026() {
        let lifetimes = CacheWriteLifetimes::default();
        let of = |provider, at| lifetimes.of("langfuse", provider, at);
        assert_eq!(of("anthropic", BEFORE), Some(Lifetime::FiveMinutes));
        assert_eq!(of("bedrock", AFTER), Some(Lifetime::OneHour));
        assert_eq!(of("openAI", AFTER), None);
        assert_eq!(lifetimes.of("otel", "anthropic", AFTER), None);
    }

    #[test]
    fn a_change_holds_from_its_moment_on() {
        let body = br#"{"source":"langfuse","lifetime":"5m","valid_from":"2026-11-20T00:00:00Z"}"#;
        let change = parse_cache_write_lifetime_change(body).unwrap();
        let changed = CacheWriteLifetimes::default().after(&change);
        let of = |at| changed.of("langfuse", "anthropic", at);
        assert_eq!(of(AFTER), Some(Lifetime::FiveMinutes));
        assert_eq!(
            of(UnixMillis(change.valid_from.0 - 1)),
            Some(Lifetime::OneHour)
        );
        assert_eq!(changed.changes().count(), 3);
        assert_eq!(
            CacheWriteLifetimes::from_json(&changed.to_json()),
            Some(changed.clone())
        );
        let open = br#"{"source":"langfuse","lifetime":"unknown"}"#;
        let open = changed.after(&parse_cache_write_lifetime_change(open).unwrap());
        assert_eq!(open.of("langfuse", "anthropic", AFTER), None);
        assert_eq!(open.changes().count(), 1);
    }

    #[test]
    fn what_is_no_change_is_refused_by_its_field() {
        let refused = |body: &[u8]| parse_cache_write_lifetime_change(body).unwrap_err().field;
        assert_eq!(refused(br#"{"lifetime":"5m"}"#), "source");
        assert_eq!(refused(br#"{"source":"langfuse"}"#), "lifetime");
        assert_eq!(
            refused(br#"{"source":"langfuse","lifetime":"2h"}"#),
            "lifetime"
        );
        assert_eq!(
            refused(br#"{"source":"otel","lifetime":"1h","since":1}"#),
            "since"
        );
        assert_eq!(CacheWriteLifetimes::from_json("[]"), None);
        assert_eq!(
            CacheWriteLifetimes::from_json(r#"{"otel":[[0,"2h"]]}"#),
            None
        );
    }
}
