//! OTLP bodies in JSON, span by span.
use cost_calculation::UnixMillis;
use events::{Context, CountedSources, OtlpOutcome, parse_json_traces};
use serde_json::{Value, json};

pub const START_MS: i64 = 1_795_438_269_000;
const TRACE: &str = "5c8baf0000000000000000000000beef";

/// A span that began `START_MS` and took 40 ms.
pub fn span(id: u8, parent: u8, name: &str, kind: u8, attributes: &Value) -> Value {
    let attributes: Vec<Value> = attributes
        .as_object()
        .unwrap()
        .iter()
        .map(|(key, value)| {
            let value = match value {
                Value::Number(number) => json!({ "intValue": number.to_string() }),
                other => json!({ "stringValue": other }),
            };
            json!({ "key": key, "value": value })
        })
        .collect();
    let hex = |id: u8| {
        if id == 0 {
            String::new()
        } else {
            format!("{id:016x}")
        }
    };
    json!({
        "traceId": TRACE,
        "spanId": hex(id),
        "parentSpanId": hex(parent),
        "name": name,
        "kind": kind,
        "startTimeUnixNano": format!("{START_MS}000000"),
        "endTimeUnixNano": format!("{}000000", START_MS + 40),
        "attributes": attributes,
        "status": {},
    })
}

/// Parses a body with these spans, where these sources count.
pub fn parse_with(spans: &[Value], sources: &str) -> OtlpOutcome {
    let body = json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": spans }] }] }).to_string();
    let mut context = Context::at(UnixMillis(START_MS + 60_000));
    context.counted_sources = CountedSources::from_json(sources).unwrap();
    parse_json_traces(body.as_bytes(), &context).unwrap()
}
