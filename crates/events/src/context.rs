//! What a parser has to know beside the body.
use std::collections::BTreeMap;

use cost_calculation::{Sender, UnixMillis};

use crate::CacheWriteLifetimes;
use crate::InteractionType;
use crate::Limits;

/// What the request says beside its body, and what the installation allows.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// When the request arrived.
    pub received_at: UnixMillis,
    /// What the installation allows.
    pub limits: Limits,
    /// The request's `Idempotency-Key`: the id of an event that carries none.
    pub idempotency_key: Option<&'a str>,
    /// Whether the key may send events older than [`crate::limits::AGE_DAYS_MAX`].
    pub allow_backfill: bool,
    /// Which trace source counts.
    pub counted_sources: CountedSources,
    /// How long the cache writes of each source live where its figures don't tell.
    pub cache_write_lifetimes: CacheWriteLifetimes,
}

impl Context<'_> {
    /// The context of a request at a moment, with everything else at its default.
    pub fn at(received_at: UnixMillis) -> Self {
        Self {
            received_at,
            limits: Limits::default(),
            idempotency_key: None,
            allow_backfill: false,
            counted_sources: CountedSources::default(),
            cache_write_lifetimes: CacheWriteLifetimes::default(),
        }
    }

    /// Whose counts a usage of this source is, of a call at that moment.
    pub(crate) fn sender_of_usage<'p>(
        &self,
        source: &str,
        provider: &'p str,
        at: UnixMillis,
    ) -> Sender<'p> {
        Sender {
            provider,
            cache_lifetime: self.cache_write_lifetimes.of(source, provider, at),
        }
    }
}

/// Which one trace source counts for a type, where two exporters may see the same call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedSources(pub(crate) BTreeMap<String, String>);

impl Default for CountedSources {
    /// Langfuse's spans count for chat.
    fn default() -> Self {
        Self(BTreeMap::from([("chat".to_owned(), "langfuse".to_owned())]))
    }
}

impl CountedSources {
    /// Reads `{"chat":"langfuse"}`, as `ledger_state.counted_sources` holds it. `None` where the
    /// text is no such object.
    pub fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self)
    }
    /// As `ledger_state.counted_sources` holds it.
    pub fn to_json(&self) -> String {
        serde_json::json!(self.0).to_string()
    }

    /// Whether interactions of this type count when they come from this trace source.
    pub fn counts(&self, kind: InteractionType, source: &str) -> bool {
        self.0
            .get(kind.as_str())
            .is_none_or(|counted| counted == source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_default_only_langfuse_counts_for_chat() {
        let counted = CountedSources::default();
        assert!(counted.counts(InteractionType::Chat, "langfuse"));
        assert!(!counted.counts(InteractionType::Chat, "otel"));
        assert!(counted.counts(InteractionType::Api, "otel"));
    }

    #[test]
    fn an_admin_may_choose_another_source() {
        let counted = CountedSources::from_json(r#"{"chat":"otel"}"#).unwrap();
        assert!(counted.counts(InteractionType::Chat, "otel"));
        assert!(!counted.counts(InteractionType::Chat, "langfuse"));
        assert_eq!(CountedSources::from_json("[]"), None);
    }

    #[test]
    fn only_types_and_sources_that_exist_can_be_chosen() {
        let chosen = CountedSources::parse(br#"{"chat":"otel","api":null}"#).unwrap();
        assert_eq!(chosen.to_json(), r#"{"chat":"otel"}"#);
        assert_eq!(
            CountedSources::parse(br#"{"chat":"x"}"#).unwrap_err().field,
            "chat"
        );
        assert_eq!(
            CountedSources::parse(br#"{"chats":"otel"}"#)
                .unwrap_err()
                .field,
            "chats"
        );
    }
}
