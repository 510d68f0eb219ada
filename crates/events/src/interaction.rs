//! An interaction as the ledger keeps it: the one shape that every source is normalised to.
use cost_calculation::{Declared, Flag, Flags, PicoUsd, TokenUsage, Units, UnixMillis};
use serde::{Deserialize, Deserializer, Serialize};

/// What kind of interaction it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InteractionType {
    /// A call of a language model.
    Chat,
    /// A database operation.
    Db,
    /// A call of a tool or an API.
    Api,
    /// A cost that the caller declares.
    CostEvent,
}

impl InteractionType {
    /// Every type.
    pub const ALL: [Self; 4] = [Self::Chat, Self::Db, Self::Api, Self::CostEvent];

    /// The name in SQL and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Db => "db",
            Self::Api => "api",
            Self::CostEvent => "cost-event",
        }
    }
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InteractionStatus {
    /// It did what it should.
    Ok,
    /// It failed.
    Error,
    /// Its user or a time limit stopped it: no failure, and what it burnt until then may be unknown.
    Aborted,
}

impl InteractionStatus {
    /// The name in SQL and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Aborted => "aborted",
        }
    }
}

/// Every [`Interaction::source`]: JSON events, Langfuse's spans, native OpenTelemetry.
pub const SOURCES: [&str; 3] = [
    crate::source::API,
    crate::source::LANGFUSE,
    crate::source::OTEL,
];

/// One normalised interaction, content left out.
///
/// Every field has passed the limits of this crate; text that is absent is empty where the
/// ledger uses it as part of a key (`provider`, `model_name`, `agent`, `tenant_id`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interaction {
    /// The caller's id, the key of exactly-once: 1 to 128 characters.
    pub id: String,
    /// The source's session (LibreChat: the conversation), or user and day without one.
    pub session_id: String,
    /// Tenant, or empty.
    pub tenant_id: String,
    /// The user as the source gave it.
    pub user_id: String,
    /// Start.
    pub timestamp: UnixMillis,
    /// Completion: it decides the price.
    pub price_time: UnixMillis,
    /// Kind.
    pub kind: InteractionType,
    /// Duration in milliseconds.
    pub duration_ms: Option<u64>,
    /// Time to the first token in milliseconds.
    pub time_to_first_token_ms: Option<u64>,
    /// Provider as the source named it (LibreChat's ids), or empty.
    pub provider: String,
    /// Model, trimmed, or empty.
    pub model_name: String,
    /// The model as the provider reported it, where that differs.
    pub model_reported: Option<String>,
    /// The name of the LibreChat endpoint, where it is known and not the provider itself.
    pub endpoint: Option<String>,
    /// Region served.
    pub region: Option<String>,
    /// Service tier served.
    pub service_tier: Option<String>,
    /// Tokens in disjoint buckets.
    pub usage: TokenUsage,
    /// Everything counted that is not a token.
    pub units: Units,
    /// What the reading of its usage had to conclude or to assume; the receipt shows it.
    pub reading: Flags,
    /// The numbers of its usage object, as compact JSON of names and numbers, where the reading was
    /// not plain: a later release can read them again.
    pub usage_numbers: Option<String>,
    /// What the provider or a gateway says it billed; kept beside the estimate.
    pub reported_cost: Option<PicoUsd>,
    /// A declared cost.
    pub declared: Option<Declared>,
    /// The key that declares it: what one may declare has a limit. No part of what the event says.
    #[serde(default)]
    pub declared_by: Option<String>,
    /// Agent, or empty.
    pub agent: String,
    /// The agent's name for people.
    pub agent_name: Option<String>,
    /// The user's name for people.
    pub user_label: Option<String>,
    /// LibreChat's message.
    pub message_id: Option<String>,
    /// Trace, 32 hex digits where it came by OTLP.
    pub trace_id: Option<String>,
    /// What it was for: `message`, `title`, `memory`, `summarization`, …
    pub context: Option<String>,
    /// How it ended.
    pub status: InteractionStatus,
    /// The error's class or first words, content left out.
    pub error: Option<String>,
    /// Where it came from: `api`, `langfuse`, `otel`.
    #[serde(deserialize_with = "known_source")]
    pub source: SourceName,
    /// A JSON object of at most 4 KiB.
    pub metadata: Option<String>,
}

/// One of [`SOURCES`]. (By its name, since serde would borrow a `&'static str` from its input.)
pub type SourceName = &'static str;

fn known_source<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SourceName, D::Error> {
    let name = String::deserialize(deserializer)?;
    SOURCES
        .into_iter()
        .find(|source| *source == name)
        .ok_or_else(|| serde::de::Error::custom("an unknown source"))
}

/// The call that stands for a model's usage where the source reported none.
pub const UNREPORTED_USAGE: &str = "unreported_usage";

impl Interaction {
    /// Takes an amount that its sender states beside the usage: who worked it out is not known, and
    /// the provider's own amount, where the usage has one, goes before it.
    pub(crate) fn set_stated_cost(&mut self, stated: Option<PicoUsd>) {
        if self.reported_cost.is_none() && stated.is_some() {
            self.reported_cost = stated;
            self.reading = self.reading.with(Flag::ReportedBySender);
        }
    }

    /// Marks a call of a model that succeeded and reported no tokens (it was aborted, or its
    /// provider keeps silent): what it cost is unknown, not zero. The mark is a call without a
    /// price, so that it shows as a line of the estimate; where something else is billed, or the
    /// cost is declared, it is left out.
    pub(crate) fn mark_unreported_usage(&mut self) {
        if self.kind == InteractionType::Chat
            && self.status == InteractionStatus::Ok
            && self.usage.total() == 0
            && self.units == Units::default()
            && self.declared.is_none()
        {
            self.units.calls.insert(UNREPORTED_USAGE.to_owned(), 1);
        }
    }
}

/// The start or the explicit end of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionMark {
    /// The session.
    pub session_id: String,
    /// Tenant, or empty.
    pub tenant_id: String,
    /// The user.
    pub user_id: String,
    /// When it started or ended.
    pub timestamp: UnixMillis,
    /// Whether this is the end.
    pub is_end: bool,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A chat with a value in most fields.
    pub(crate) fn an_interaction() -> Interaction {
        Interaction {
            id: "chat-1".into(),
            session_id: "conv-1".into(),
            tenant_id: String::new(),
            user_id: "user-1".into(),
            timestamp: UnixMillis(1_795_438_269_324),
            price_time: UnixMillis(1_795_438_269_536),
            kind: InteractionType::Chat,
            duration_ms: Some(212),
            time_to_first_token_ms: Some(39),
            provider: "openAI".into(),
            model_name: "gpt-5-mini".into(),
            model_reported: None,
            endpoint: None,
            region: None,
            service_tier: None,
            usage: TokenUsage {
                input: 200,
                cache_read: 1000,
                output: 100,
                reasoning: 200,
                ..TokenUsage::default()
            },
            units: Units::default(),
            reading: Flags::NONE,
            usage_numbers: None,
            reported_cost: None,
            declared: None,
            agent: "agent_abc".into(),
            agent_name: None,
            user_label: None,
            declared_by: None,
            message_id: Some("msg-1".into()),
            trace_id: None,
            context: Some("message".into()),
            status: InteractionStatus::Ok,
            error: None,
            source: "api",
            metadata: None,
        }
    }
}
