//! Thumbs, as Langfuse's SDK sends them: `POST /api/public/scores`.
use crate::Rejection;
use crate::json::body::body_text;
use crate::json::event::check_id;
use crate::json::fields::Fields;
use crate::limits::{EVENT_BYTES_MAX, ID_CHARS_MAX, SCORE_ID_CHARS_MAX};

/// A thumb for a trace. Its comment is never read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    /// The score's own id, by which it can be deleted.
    pub id: String,
    /// The trace that it is about.
    pub trace_id: String,
    /// Up, or down.
    pub is_positive: bool,
}

const VALUES: [(&str, bool); 4] = [("1", true), ("true", true), ("0", false), ("false", false)];

/// Reads a score; everything but `id`, `traceId` and `value` is skipped.
pub fn parse_score(body: &[u8]) -> Result<Score, Rejection> {
    let mut fields = Fields::of_body(body_text(body, EVENT_BYTES_MAX)?)?;
    let trace_id = fields
        .text("traceId", usize::MAX)?
        .ok_or_else(|| fields.missing("traceId", "name the trace that the score is about"))?;
    check_id(&trace_id, "traceId", ID_CHARS_MAX)?;
    let id = match fields.text("id", usize::MAX)? {
        Some(id) => id,
        None => format!("feedback-{trace_id}"),
    };
    check_score_id(&id)?;
    let value = fields
        .take("value")
        .ok_or_else(|| fields.missing("value", "send 1 for a thumb up, 0 for a thumb down"))?;
    let is_positive = VALUES
        .iter()
        .find(|(json, _)| *json == value.get())
        .map(|(_, is_positive)| *is_positive)
        .ok_or_else(|| {
            fields.invalid(
                "value",
                "is neither 1 nor 0",
                "send 1 for a thumb up, 0 for a thumb down",
            )
        })?;
    Ok(Score {
        id,
        trace_id,
        is_positive,
    })
}

/// Refuses what can't be a score's id.
pub fn check_score_id(id: &str) -> Result<(), Rejection> {
    check_id(id, "id", SCORE_ID_CHARS_MAX)
}

/// Reads the batch of `POST /api/public/ingestion`: the ids of its events, empty where one has none.
pub fn parse_langfuse_ingestion(body: &[u8]) -> Result<Vec<String>, Rejection> {
    let mut fields = Fields::of_body(body_text(body, crate::limits::BATCH_BYTES_MAX)?)?;
    let events = crate::json::event::list(&mut fields, "batch")?;
    Ok(events
        .into_iter()
        .map(|event| {
            let mut fields = Fields::of_body(event.get()).ok()?;
            fields.text("id", ID_CHARS_MAX).ok()?
        })
        .map(Option::unwrap_or_default)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAPTURED: &str = r#"{"id":"feedback-5c8b","traceId":"5c8b","name":"user-feedback",
        "value":1,"dataType":"BOOLEAN","comment":"CANARY tell nobody",
        "metadata":{"messageId":"m","conversationId":"c","userId":"u","endpoint":"agents"}}"#;

    #[test]
    fn a_thumb_names_its_trace_and_its_comment_is_skipped() {
        let score = parse_score(CAPTURED.as_bytes()).unwrap();
        assert_eq!(
            (score.id.as_str(), score.trace_id.as_str()),
            ("feedback-5c8b", "5c8b")
        );
        assert!(score.is_positive);
        assert!(!format!("{score:?}").contains("CANARY"));
    }

    #[test]
    fn a_thumb_without_an_id_gets_its_traces() {
        let score = parse_score(br#"{"traceId":"5c8b","value":false}"#).unwrap();
        assert_eq!(score.id, "feedback-5c8b");
        assert!(!score.is_positive);
    }

    #[test]
    fn a_value_between_the_thumbs_is_refused() {
        let rejection = parse_score(br#"{"traceId":"5c8b","value":0.5}"#).unwrap_err();
        assert_eq!(rejection.field, "value");
    }

    #[test]
    fn the_settings_check_sends_an_empty_batch() {
        assert_eq!(
            parse_langfuse_ingestion(br#"{"batch":[]}"#).unwrap(),
            Vec::<String>::new()
        );
        let ids = parse_langfuse_ingestion(br#"{"batch":[{"id":"a","body":{}},7]}"#).unwrap();
        assert_eq!(ids, ["a", ""]);
        assert!(parse_langfuse_ingestion(br#"{"batch":7}"#).is_err());
    }
}
