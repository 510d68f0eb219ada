//! Normalised events on their way through a queue.
//!
//! Only what the ledger keeps travels: no body, no content. The text is this software's own and
//! lives for days at most; a newer release still reads what an older one wrote, since fields are
//! only ever added.
use std::collections::BTreeMap;

use cost_calculation::{Component, Declared, PicoUsd, TokenUsage, Units, UnixMillis};
use serde::{Deserialize, Serialize};

use crate::{Interaction, InteractionStatus, InteractionType, SessionMark};

/// What travels in one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueuedEvent {
    /// An interaction.
    Interaction(Box<Interaction>),
    /// The start or the end of a session.
    SessionMark(SessionMark),
}

impl QueuedEvent {
    /// The message's text.
    pub fn to_text(&self) -> String {
        let message = match self {
            Self::Interaction(interaction) => Message::Interaction(Box::new(interaction.into())),
            Self::SessionMark(mark) => Message::SessionMark(mark.into()),
        };
        serde_json::json!(message).to_string()
    }

    /// Reads a message's text; `None` where it is none of this software's.
    pub fn from_text(text: &str) -> Option<Self> {
        match serde_json::from_str(text).ok()? {
            Message::Interaction(message) => message
                .into_interaction()
                .map(Box::new)
                .map(Self::Interaction),
            Message::SessionMark(message) => Some(Self::SessionMark(message.into())),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Message {
    Interaction(Box<InteractionMessage>),
    SessionMark(SessionMarkMessage),
}

#[derive(Serialize, Deserialize)]
struct SessionMarkMessage {
    session_id: String,
    tenant_id: String,
    user_id: String,
    timestamp: i64,
    is_end: bool,
}

impl From<&SessionMark> for SessionMarkMessage {
    fn from(mark: &SessionMark) -> Self {
        let SessionMark {
            session_id,
            tenant_id,
            user_id,
            timestamp,
            is_end,
        } = mark.clone();
        Self {
            session_id,
            tenant_id,
            user_id,
            timestamp: timestamp.0,
            is_end,
        }
    }
}

impl From<SessionMarkMessage> for SessionMark {
    fn from(message: SessionMarkMessage) -> Self {
        let SessionMarkMessage {
            session_id,
            tenant_id,
            user_id,
            timestamp,
            is_end,
        } = message;
        Self {
            session_id,
            tenant_id,
            user_id,
            timestamp: UnixMillis(timestamp),
            is_end,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct InteractionMessage {
    id: String,
    session_id: String,
    tenant_id: String,
    user_id: String,
    timestamp: i64,
    price_time: i64,
    kind: String,
    duration_ms: Option<u64>,
    time_to_first_token_ms: Option<u64>,
    provider: String,
    model_name: String,
    model_reported: Option<String>,
    endpoint: Option<String>,
    region: Option<String>,
    service_tier: Option<String>,
    tokens: [u64; 10],
    units: [u64; 6],
    calls: BTreeMap<String, u64>,
    declared: Option<(String, i64)>,
    agent: String,
    message_id: Option<String>,
    trace_id: Option<String>,
    context: Option<String>,
    status: String,
    error: Option<String>,
    source: String,
    metadata: Option<String>,
}

impl From<&Box<Interaction>> for InteractionMessage {
    fn from(interaction: &Box<Interaction>) -> Self {
        // Taken apart without `..`: a new field can't be forgotten here.
        let Interaction {
            id,
            session_id,
            tenant_id,
            user_id,
            timestamp,
            price_time,
            kind,
            duration_ms,
            time_to_first_token_ms,
            provider,
            model_name,
            model_reported,
            endpoint,
            region,
            service_tier,
            usage,
            units,
            declared,
            agent,
            message_id,
            trace_id,
            context,
            status,
            error,
            source,
            metadata,
        } = interaction.as_ref().clone();
        let declared = declared
            .map(|Declared { component, amount }| (component.as_str().to_owned(), amount.get()));
        Self {
            id,
            session_id,
            tenant_id,
            user_id,
            timestamp: timestamp.0,
            price_time: price_time.0,
            kind: kind.as_str().to_owned(),
            duration_ms,
            time_to_first_token_ms,
            provider,
            model_name,
            model_reported,
            endpoint,
            region,
            service_tier,
            tokens: tokens_of(usage),
            units: quantities_of(&units),
            calls: units.calls,
            declared,
            agent,
            message_id,
            trace_id,
            context,
            status: status.as_str().to_owned(),
            error,
            source: source.to_owned(),
            metadata,
        }
    }
}

impl InteractionMessage {
    fn into_interaction(self) -> Option<Interaction> {
        let declared = match self.declared {
            Some((component, amount)) => Some(Declared {
                component: component.parse::<Component>().ok()?,
                amount: PicoUsd::new(amount),
            }),
            None => None,
        };
        Some(Interaction {
            id: self.id,
            session_id: self.session_id,
            tenant_id: self.tenant_id,
            user_id: self.user_id,
            timestamp: UnixMillis(self.timestamp),
            price_time: UnixMillis(self.price_time),
            kind: InteractionType::ALL
                .into_iter()
                .find(|kind| kind.as_str() == self.kind)?,
            duration_ms: self.duration_ms,
            time_to_first_token_ms: self.time_to_first_token_ms,
            provider: self.provider,
            model_name: self.model_name,
            model_reported: self.model_reported,
            endpoint: self.endpoint,
            region: self.region,
            service_tier: self.service_tier,
            usage: usage_of(self.tokens),
            units: units_of(self.units, self.calls),
            declared,
            agent: self.agent,
            message_id: self.message_id,
            trace_id: self.trace_id,
            context: self.context,
            status: [InteractionStatus::Ok, InteractionStatus::Error]
                .into_iter()
                .find(|status| status.as_str() == self.status)?,
            error: self.error,
            source: crate::SOURCES
                .into_iter()
                .find(|source| *source == self.source)?,
            metadata: self.metadata,
        })
    }
}

const fn tokens_of(usage: TokenUsage) -> [u64; 10] {
    let TokenUsage {
        input,
        cache_read,
        cache_write_5m,
        cache_write_1h,
        output,
        reasoning,
        audio_in,
        audio_out,
        image_in,
        image_out,
    } = usage;
    [
        input,
        cache_read,
        cache_write_5m,
        cache_write_1h,
        output,
        reasoning,
        audio_in,
        audio_out,
        image_in,
        image_out,
    ]
}

const fn usage_of(tokens: [u64; 10]) -> TokenUsage {
    let [
        input,
        cache_read,
        cache_write_5m,
        cache_write_1h,
        output,
        reasoning,
        audio_in,
        audio_out,
        image_in,
        image_out,
    ] = tokens;
    TokenUsage {
        input,
        cache_read,
        cache_write_5m,
        cache_write_1h,
        output,
        reasoning,
        audio_in,
        audio_out,
        image_in,
        image_out,
    }
}

const fn quantities_of(units: &Units) -> [u64; 6] {
    let Units {
        rows_read,
        rows_written,
        operations,
        cpu_ms,
        wall_ms,
        requests,
        calls: _,
    } = units;
    [
        *rows_read,
        *rows_written,
        *operations,
        *cpu_ms,
        *wall_ms,
        *requests,
    ]
}

const fn units_of(quantities: [u64; 6], calls: BTreeMap<String, u64>) -> Units {
    let [
        rows_read,
        rows_written,
        operations,
        cpu_ms,
        wall_ms,
        requests,
    ] = quantities;
    Units {
        rows_read,
        rows_written,
        operations,
        cpu_ms,
        wall_ms,
        requests,
        calls,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interaction::tests::an_interaction;

    fn through(event: &QueuedEvent) -> Option<QueuedEvent> {
        QueuedEvent::from_text(&event.to_text())
    }

    #[test]
    fn an_interaction_comes_through_the_queue_as_it_was() {
        let mut interaction = an_interaction();
        interaction.units.requests = 7;
        interaction
            .units
            .calls
            .insert("web_search".into(), u64::MAX);
        interaction.declared = Some(Declared {
            component: Component::DbOps,
            amount: PicoUsd::new(i64::MAX),
        });
        interaction.usage.image_out = 3;
        interaction.metadata = Some(r#"{"a":"ü"}"#.into());
        let digest = interaction.digest();
        let event = QueuedEvent::Interaction(Box::new(interaction));
        let Some(QueuedEvent::Interaction(arrived)) = through(&event) else {
            panic!("it does not read back")
        };
        assert_eq!(arrived.digest(), digest);
        assert_eq!(QueuedEvent::Interaction(arrived), event);
    }

    #[test]
    fn a_mark_comes_through_the_queue_as_it_was() {
        let event = QueuedEvent::SessionMark(SessionMark {
            session_id: "conv-1".into(),
            tenant_id: String::new(),
            user_id: "user-1".into(),
            timestamp: UnixMillis(1),
            is_end: true,
        });
        assert_eq!(through(&event), Some(event));
    }

    #[test]
    fn poison_is_told_from_a_message() {
        for poison in ["", "{}", "[]", r#"{"interaction":{}}"#, r#"{"other":{}}"#] {
            assert_eq!(QueuedEvent::from_text(poison), None, "{poison}");
        }
        let text = QueuedEvent::Interaction(Box::new(an_interaction())).to_text();
        assert_eq!(
            QueuedEvent::from_text(&text.replace("\"api\"", "\"elsewhere\"")),
            None
        );
    }
}
