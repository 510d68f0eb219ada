//! One JSON line for each request: no content, no key, no person.

use cost_calculation::UnixMillis;
use serde_json::{Map, Value, json};

/// What the line of every request says.
#[derive(Debug)]
pub struct RequestLine<'a> {
    /// The request's id, in every log that it reaches.
    pub request_id: &'a str,
    /// The operation's name, or empty where none fits.
    pub route: &'static str,
    /// The answer's status.
    pub status: u16,
    /// The problem's kind, or empty.
    pub problem: &'a str,
    /// When it arrived.
    pub received_at: UnixMillis,
}

impl RequestLine<'_> {
    /// Writes the line, with what a Worker adds to it.
    pub fn write(&self, more: Map<String, Value>) {
        let line = self.line(crate::clock::now(), more);
        if self.status >= 500 {
            crate::log::error(&line);
        } else {
            crate::log::info(&line);
        }
    }

    /// The line at a moment.
    pub fn line(&self, now: UnixMillis, more: Map<String, Value>) -> Value {
        let mut line = Map::new();
        line.insert("event".to_owned(), json!("request"));
        line.insert("request_id".to_owned(), json!(self.request_id));
        line.insert("route".to_owned(), json!(self.route));
        line.insert("status".to_owned(), json!(self.status));
        line.insert("problem".to_owned(), json!(self.problem));
        let duration_ms = now.0.saturating_sub(self.received_at.0);
        line.insert("duration_ms".to_owned(), json!(duration_ms));
        line.extend(more);
        Value::Object(line)
    }
}
