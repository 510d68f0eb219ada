//! One JSON line for each request: no content, no key, no person.
use cost_calculation::UnixMillis;
use edge::Suite;
use serde_json::{Value, json};

use crate::answer::Counts;

/// What a request's line says, gathered on its way.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    /// The operation's name, or empty where none fits.
    pub route: &'static str,
    /// Where its events came from: `api`, `langfuse`, `otel`.
    pub source: &'static str,
    pub counts: Counts,
    pub bytes: usize,
    pub rows_read: u64,
    pub rows_written: u64,
}

impl RequestLog {
    /// Takes over what the database has counted.
    pub(crate) fn take_rows(&mut self, suite: &Suite) {
        self.rows_read = suite.database.rows_read();
        self.rows_written = suite.database.rows_written();
    }

    /// Writes the line; `kind` is the problem's, or empty.
    pub(crate) fn write(&self, request_id: &str, status: u16, kind: &str, received_at: UnixMillis) {
        let line = self.line(
            request_id,
            status,
            kind,
            edge::clock::now().0 - received_at.0,
        );
        if status >= 500 {
            edge::log::error(&line);
        } else {
            edge::log::info(&line);
        }
    }

    fn line(&self, request_id: &str, status: u16, kind: &str, duration_ms: i64) -> Value {
        let mut line = json!({
            "event": "request",
            "request_id": request_id,
            "route": self.route,
            "source": self.source,
            "status": status,
            "problem": kind,
            "bytes": self.bytes,
            "rows_read": self.rows_read,
            "rows_written": self.rows_written,
            "duration_ms": duration_ms,
        });
        if let (Some(line), Value::Object(counts)) = (line.as_object_mut(), self.counts.to_json()) {
            line.extend(counts);
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_route_status_and_counts() {
        let log = RequestLog {
            route: "trackBatch",
            source: "api",
            counts: Counts {
                accepted: 2,
                unpriced: 1,
                ..Counts::default()
            },
            ..RequestLog::default()
        };
        let line = log.line("r1", 200, "", 7);
        assert_eq!(line["route"], "trackBatch");
        assert_eq!(line["accepted"], 2);
        assert_eq!(line["unpriced"], 1);
        assert_eq!(line["duration_ms"], 7);
    }
}
