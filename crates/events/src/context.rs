//! What a parser has to know beside the body.
use std::collections::BTreeMap;

use cost_calculation::{Flag, Sender, UnixMillis};

use crate::Interaction;
use crate::InteractionType;
use crate::Limits;
use crate::OperatorWords;

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
    /// What the operator says of calls where nothing in them tells.
    pub words: OperatorWords,
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
            words: OperatorWords::default(),
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
            cache_lifetime: self.words.lifetimes.of(source, provider, at),
        }
    }

    /// Marks a call whose reported cost counts, by the operator's word on its provider.
    pub(crate) fn mark_reported(&self, interaction: &mut Interaction) {
        let Interaction {
            provider,
            price_time,
            reading,
            ..
        } = interaction;
        if interaction.reported_cost.is_some()
            && interaction.declared.is_none()
            && self.words.reported.counts(provider, *price_time, *reading)
        {
            interaction.reading = reading.with(Flag::Reported);
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
