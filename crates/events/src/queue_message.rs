//! Normalised events on their way through a queue.
//!
//! Only what the ledger keeps travels: no body, no content. The text is this software's own and
//! lives for days at most; a newer release still reads what an older one wrote, since fields are
//! only ever added, each with a default.
use serde::{Deserialize, Serialize};

use crate::Interaction;
use crate::SessionMark;
use crate::TraceSpan;

/// What travels in one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QueuedEvent {
    /// An interaction.
    Interaction(Box<Interaction>),
    /// The start or the end of a session.
    SessionMark(SessionMark),
    /// A span of native OpenTelemetry.
    Span(Box<TraceSpan>),
}

impl QueuedEvent {
    /// The message's text.
    pub fn to_text(&self) -> String {
        // Numbers, texts and maps keyed by text: nothing of it can fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a message's text; `None` where it is none of this software's.
    pub fn from_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use cost_calculation::{Component, Declared, PicoUsd, UnixMillis};

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
    fn a_span_comes_through_the_queue_as_it_was() {
        let mut span = TraceSpan {
            trace_id: "5c8baf0000000000000000000000beef".into(),
            span_id: "0000000000000001".into(),
            parent_span_id: String::new(),
            role: crate::SpanRole::Model,
            interaction: Some(Box::new(an_interaction())),
            says: crate::SpanSays::default(),
        };
        let event = QueuedEvent::Span(Box::new(span.clone()));
        assert_eq!(through(&event), Some(event));
        span.interaction = None;
        span.says.agent = Some("writer".into());
        let event = QueuedEvent::Span(Box::new(span));
        assert_eq!(through(&event), Some(event));
    }

    #[test]
    fn the_text_of_a_message_stays_as_it_is() {
        // Messages wait in the queue while a release takes another's place.
        let text = QueuedEvent::Interaction(Box::new(an_interaction())).to_text();
        assert_eq!(
            text,
            concat!(
                r#"{"interaction":{"id":"chat-1","session_id":"conv-1","tenant_id":"","#,
                r#""user_id":"user-1","timestamp":1795438269324,"price_time":1795438269536,"#,
                r#""kind":"chat","duration_ms":212,"time_to_first_token_ms":39,"#,
                r#""provider":"openAI","model_name":"gpt-5-mini","model_reported":null,"#,
                r#""endpoint":null,"region":null,"service_tier":null,"#,
                r#""usage":{"input":200,"cache_read":1000,"cache_write_5m":0,"cache_write_1h":0,"#,
                r#""output":100,"reasoning":200,"audio_in":0,"audio_out":0,"image_in":0,"#,
                r#""image_out":0},"units":{"rows_read":0,"rows_written":0,"operations":0,"#,
                r#""cpu_ms":0,"wall_ms":0,"requests":0,"calls":{}},"reading":[],"#,
                r#""usage_numbers":null,"reported_cost":null,"declared":null,"declared_by":null,"#,
                r#""agent":"agent_abc","agent_name":null,"user_label":null,"message_id":"msg-1","trace_id":null,"context":"message","#,
                r#""status":"ok","error":null,"source":"api","metadata":null}}"#,
            )
        );
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
