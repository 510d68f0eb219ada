//! What became of events, as JSON and as counts.
use events::Rejection;
use ledger_record::ingest::Answer;
use ledger_record::record_batch::RecordedCost;
use ledger_record::trace_memory::SpanAnswer;
use serde_json::{Map, Value, json};

/// The word that explains a conflict.
pub(crate) const CONFLICT_DETAIL: &str = "the id was recorded with other content; nothing changed: \
     send the same content again, or another id";

/// How many events ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub accepted: u32,
    pub duplicate: u32,
    pub conflict: u32,
    pub rejected: u32,
    pub queued: u32,
    /// Accepted without a price.
    pub unpriced: u32,
    /// Spans of a source that does not count for their type.
    pub ignored: u32,
    /// Spans that are no interaction, or a part or a sum of others.
    pub dropped: u32,
}

impl Counts {
    /// Counts one answer.
    pub(crate) fn add(&mut self, answer: &Answer) {
        match answer {
            Answer::Accepted(cost) => {
                self.accepted += 1;
                self.unpriced += u32::from(cost.total_cost.is_none());
            }
            Answer::Duplicate(_) => self.duplicate += 1,
            Answer::Conflict => self.conflict += 1,
            Answer::Rejected(_) => self.rejected += 1,
        }
    }

    /// Counts what became of a span; one that shows no interaction was counted when it was read.
    pub(crate) fn add_span(&mut self, answer: &SpanAnswer) {
        match answer {
            SpanAnswer::Answered(answer) | SpanAnswer::Alone(answer) => self.add(answer),
            SpanAnswer::Joined(_) => self.dropped += 1,
            SpanAnswer::Nothing | SpanAnswer::Forgotten => {}
        }
    }

    /// All of them, for a log line.
    pub(crate) fn to_json(self) -> Value {
        json!({
            "accepted": self.accepted,
            "duplicate": self.duplicate,
            "conflict": self.conflict,
            "rejected": self.rejected,
            "queued": self.queued,
            "unpriced": self.unpriced,
            "ignored": self.ignored,
            "dropped": self.dropped,
        })
    }
}

/// One event's answer as JSON: its status, and what belongs to it.
pub(crate) fn to_json(id: &str, answer: &Answer) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("id".to_owned(), json!(id));
    body.insert("status".to_owned(), json!(status(answer)));
    match answer {
        Answer::Accepted(cost) | Answer::Duplicate(cost) => add_cost(&mut body, cost),
        Answer::Conflict => {
            body.insert("detail".to_owned(), json!(CONFLICT_DETAIL));
        }
        Answer::Rejected(reason) => {
            body.insert("detail".to_owned(), json!(reason));
        }
    }
    body
}

/// A refused event's answer.
pub(crate) fn refusal_to_json(rejection: &Rejection) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("status".to_owned(), json!("rejected"));
    body.insert("field".to_owned(), json!(rejection.field));
    body.insert("detail".to_owned(), json!(rejection.to_string()));
    body
}

const fn status(answer: &Answer) -> &'static str {
    match answer {
        Answer::Accepted(_) => "accepted",
        Answer::Duplicate(_) => "duplicate",
        Answer::Conflict => "conflict",
        Answer::Rejected(_) => "rejected",
    }
}

fn add_cost(body: &mut Map<String, Value>, cost: &RecordedCost) {
    let total = cost.total_cost.map(|total| total.to_string());
    body.insert("total_cost".to_owned(), json!(total));
    body.insert("currency".to_owned(), json!("USD"));
    body.insert("price_state".to_owned(), json!(cost.price_state));
}

#[cfg(test)]
mod tests {
    use cost_calculation::PicoUsd;

    use super::*;

    fn cost(total_cost: Option<PicoUsd>) -> RecordedCost {
        RecordedCost {
            total_cost,
            price_state: "priced".to_owned(),
        }
    }

    #[test]
    fn a_cost_is_a_decimal_string_and_an_unknown_one_is_null() {
        let known = to_json(
            "a",
            &Answer::Accepted(cost(Some(PicoUsd::new(675_000_000)))),
        );
        assert_eq!(known["total_cost"], "0.000675");
        let unknown = to_json("a", &Answer::Accepted(cost(None)));
        assert_eq!(unknown["total_cost"], Value::Null);
    }

    #[test]
    fn an_accepted_event_without_a_price_is_counted_as_unpriced() {
        let mut counts = Counts::default();
        counts.add(&Answer::Accepted(cost(None)));
        counts.add(&Answer::Duplicate(cost(None)));
        assert_eq!(
            counts,
            Counts {
                accepted: 1,
                unpriced: 1,
                duplicate: 1,
                ..Counts::default()
            }
        );
    }
}
