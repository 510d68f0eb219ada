//! One JSON line for each request: no content, no key, no person.
use cost_calculation::UnixMillis;
use edge::Suite;
use edge::worker_kit::RequestLine;
use serde_json::{Map, Value, json};

use crate::arrival::answer::Counts;

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

    /// Writes the line; `problem` is the problem's kind, or empty.
    pub(crate) fn write(
        &self,
        request_id: &str,
        status: u16,
        problem: &str,
        received_at: UnixMillis,
    ) {
        let line = RequestLine {
            request_id,
            route: self.route,
            status,
            problem,
            received_at,
        };
        line.write(self.more());
    }

    /// What the lines of this Worker say beside those of every one.
    fn more(&self) -> Map<String, Value> {
        let mut more = Map::from_iter([
            ("source".to_owned(), json!(self.source)),
            ("bytes".to_owned(), json!(self.bytes)),
            ("rows_read".to_owned(), json!(self.rows_read)),
            ("rows_written".to_owned(), json!(self.rows_written)),
        ]);
        if let Value::Object(counts) = self.counts.to_json() {
            more.extend(counts);
        }
        more
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
        let line = RequestLine {
            request_id: "r1",
            route: log.route,
            status: 200,
            problem: "",
            received_at: UnixMillis(3),
        };
        let line = line.line(UnixMillis(10), log.more());
        assert_eq!(line["route"], "trackBatch");
        assert_eq!(line["accepted"], 2);
        assert_eq!(line["unpriced"], 1);
        assert_eq!(line["duration_ms"], 7);
    }
}
