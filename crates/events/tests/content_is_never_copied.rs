//! Prompts and answers stay where they stand in the body's buffer: parsing megabytes of them
//! allocates a few kilobytes, whatever is escaped in them and however the body ends.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

use allocation_counter::measure;
use cost_calculation::UnixMillis;
use events::{Context, parse_json_traces, parse_protobuf_traces};
use serde_json::{Value, json};

const SPANS: usize = 16;
/// Bytes of each prompt and answer: together far more than parsing may allocate.
const CONTENT_BYTES: usize = 30_000;
/// What one span may take: its attributes that are looked at, and the interaction made of it.
const ALLOCATED_BYTES_MAX: u64 = 8_000 * SPANS as u64;

const CONTENT_KEYS: [&str; 4] = [
    "langfuse.observation.input",
    "langfuse.observation.output",
    "langfuse.trace.input",
    "gen_ai.input.messages",
];

/// A generation with prompts full of what JSON escapes: quotes, line ends, control characters.
fn attributes() -> Vec<(&'static str, String)> {
    let content = "CANARY \"said\"\n\\ \u{1} \u{1f600} ".repeat(CONTENT_BYTES / 28);
    let mut attributes = vec![
        ("user.id", "user-1".to_owned()),
        ("session.id", "conv-1".to_owned()),
        ("langfuse.observation.type", "generation".to_owned()),
        ("langfuse.observation.model.name", "gpt-5-mini".to_owned()),
        (
            "langfuse.observation.usage_details",
            r#"{"input":7,"output":2,"total":9}"#.to_owned(),
        ),
        ("langfuse.observation.level", "ERROR".to_owned()),
        ("langfuse.observation.status_message", content.clone()),
    ];
    attributes.extend(CONTENT_KEYS.map(|key| (key, content.clone())));
    attributes
}

fn json_body() -> String {
    let attributes: Vec<Value> = attributes()
        .into_iter()
        .map(|(key, text)| json!({ "key": key, "value": { "stringValue": text } }))
        .collect();
    let event = json!({ "name": "exception", "attributes": attributes });
    let spans: Vec<Value> = (1..=SPANS)
        .map(|id| {
            json!({
                "traceId": "5c8baf0000000000000000000000beef",
                "spanId": format!("{id:016x}"),
                "name": "llm",
                "startTimeUnixNano": "1795438269000000000",
                "endTimeUnixNano": "1795438269040000000",
                "attributes": attributes,
                "events": if id == 1 { vec![event.clone()] } else { Vec::new() },
                "status": { "code": 2, "message": "CANARY" },
            })
        })
        .collect();
    json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": spans }] }] }).to_string()
}

fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut encoded = vec![number << 3 | 2];
    let mut length = bytes.len();
    while length >= 0x80 {
        encoded.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
        length >>= 7;
    }
    encoded.push(u8::try_from(length).unwrap());
    encoded.extend_from_slice(bytes);
    encoded
}

fn protobuf_body() -> Vec<u8> {
    let attributes: Vec<u8> = attributes()
        .into_iter()
        .flat_map(|(key, text)| {
            let value = field(2, &field(1, text.as_bytes()));
            field(9, &[field(1, key.as_bytes()), value].concat())
        })
        .collect();
    let spans: Vec<u8> = (1..=SPANS)
        .flat_map(|id| {
            let mut span = field(1, &[0x5c; 16]);
            span.extend(field(2, &id.to_be_bytes()));
            span.extend([7 << 3 | 1]);
            span.extend(1_795_438_269_000_000_000_u64.to_le_bytes());
            span.extend([8 << 3 | 1]);
            span.extend(1_795_438_269_040_000_000_u64.to_le_bytes());
            span.extend(&attributes);
            field(2, &span)
        })
        .collect();
    field(1, &field(2, &spans))
}

#[test]
fn a_trace_allocates_what_it_keeps_and_none_of_its_content() {
    let context = Context::at(UnixMillis(1_795_438_280_000));
    let (json, protobuf) = (json_body(), protobuf_body());
    assert!(json.len() as u64 > 20 * ALLOCATED_BYTES_MAX);
    // What is built once and kept, like tables, is no part of the measure.
    parse_json_traces(json.as_bytes(), &context).unwrap();
    let mut kept = 0;
    for (name, allocated) in [
        (
            "JSON",
            measure(|| {
                kept += parse_json_traces(json.as_bytes(), &context)
                    .unwrap()
                    .interactions
                    .len();
            }),
        ),
        (
            "protobuf",
            measure(|| {
                kept += parse_protobuf_traces(&protobuf, &context)
                    .unwrap()
                    .interactions
                    .len();
            }),
        ),
        (
            "JSON that breaks off",
            measure(|| {
                drop(parse_json_traces(&json.as_bytes()[..json.len() - 9], &context).unwrap_err());
            }),
        ),
        (
            "protobuf that breaks off",
            measure(|| {
                drop(parse_protobuf_traces(&protobuf[..protobuf.len() - 9], &context).unwrap_err());
            }),
        ),
    ] {
        assert!(
            allocated.bytes_total < ALLOCATED_BYTES_MAX,
            "{name} allocated {} bytes of a body of {}",
            allocated.bytes_total,
            json.len(),
        );
    }
    assert_eq!(kept, 2 * SPANS);
}

#[test]
fn of_an_error_only_the_class_is_kept() {
    let context = Context::at(UnixMillis(1_795_438_280_000));
    for outcome in [
        parse_json_traces(json_body().as_bytes(), &context).unwrap(),
        parse_protobuf_traces(&protobuf_body(), &context).unwrap(),
    ] {
        assert_eq!(outcome.interactions[0].error.as_deref(), Some("Error"));
        assert!(!format!("{outcome:?}").contains("CANARY"));
    }
}
