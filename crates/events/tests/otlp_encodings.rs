//! JSON and protobuf say the same; what is no OTLP is refused whole.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failing test may panic"
)]

use cost_calculation::UnixMillis;
use events::limits::{SPANS_MAX, TRACE_BYTES_MAX};
use events::{Context, RejectionKind, otlp_json, otlp_protobuf};
use serde_json::Value;

const BODIES: [&str; 2] = [
    include_str!("fixtures/langfuse-openai+anthropic+error.json"),
    include_str!("fixtures/langfuse-memory+title+toolcall.json"),
];

fn context() -> Context<'static> {
    Context::at(UnixMillis(1_795_438_340_000))
}

/// A field of bytes.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut encoded = varint(u64::from(number) << 3 | 2);
    encoded.extend(varint(bytes.len() as u64));
    encoded.extend_from_slice(bytes);
    encoded
}

fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(u8::try_from(number & 0x7f).unwrap() | 0x80);
        number >>= 7;
    }
    bytes.push(u8::try_from(number).unwrap());
    bytes
}

fn number_field(number: u8, value: u64) -> Vec<u8> {
    [varint(u64::from(number) << 3), varint(value)].concat()
}

fn fixed64_field(number: u8, value: &Value) -> Vec<u8> {
    let value: u64 = value.as_str().unwrap().parse().unwrap();
    [
        varint(u64::from(number) << 3 | 1),
        value.to_le_bytes().to_vec(),
    ]
    .concat()
}

fn hex(value: &Value) -> Vec<u8> {
    let digits = value.as_str().unwrap_or_default();
    (0..digits.len() / 2)
        .map(|index| u8::from_str_radix(&digits[2 * index..2 * index + 2], 16).unwrap())
        .collect()
}

fn any_value(value: &Value) -> Vec<u8> {
    let (kind, value) = value.as_object().unwrap().iter().next().unwrap();
    match kind.as_str() {
        "stringValue" => field(1, value.as_str().unwrap().as_bytes()),
        "boolValue" => number_field(2, u64::from(value.as_bool().unwrap())),
        "arrayValue" => {
            let values = value["values"].as_array().unwrap();
            field(
                5,
                &values
                    .iter()
                    .flat_map(|item| field(1, &any_value(item)))
                    .collect::<Vec<_>>(),
            )
        }
        other => panic!("the fixtures hold no {other}"),
    }
}

fn encode_span(span: &Value) -> Vec<u8> {
    let mut bytes = [
        field(1, &hex(&span["traceId"])),
        field(2, &hex(&span["spanId"])),
        field(4, &hex(&span["parentSpanId"])),
        field(5, span["name"].as_str().unwrap().as_bytes()),
        number_field(6, span["kind"].as_u64().unwrap()),
        fixed64_field(7, &span["startTimeUnixNano"]),
        fixed64_field(8, &span["endTimeUnixNano"]),
        field(
            15,
            &number_field(3, span["status"]["code"].as_u64().unwrap()),
        ),
    ]
    .concat();
    for attribute in span["attributes"].as_array().unwrap() {
        let key = field(1, attribute["key"].as_str().unwrap().as_bytes());
        bytes.extend(field(
            9,
            &[key, field(2, &any_value(&attribute["value"]))].concat(),
        ));
    }
    bytes
}

/// The same request in protobuf.
fn to_protobuf(json: &str) -> Vec<u8> {
    let request: Value = serde_json::from_str(json).unwrap();
    let mut bytes = Vec::new();
    for resource in request["resourceSpans"].as_array().unwrap() {
        let mut scopes = Vec::new();
        for scope in resource["scopeSpans"].as_array().unwrap() {
            let spans = scope["spans"].as_array().unwrap();
            let spans: Vec<u8> = spans
                .iter()
                .flat_map(|span| field(2, &encode_span(span)))
                .collect();
            scopes.extend(field(2, &spans));
        }
        bytes.extend(field(1, &scopes));
    }
    bytes
}

#[test]
fn the_same_traces_in_protobuf_give_the_same_interactions() {
    for json in BODIES {
        let from_json = otlp_json::parse(json.as_bytes(), &context()).unwrap();
        let from_protobuf = otlp_protobuf::parse(&to_protobuf(json), &context()).unwrap();
        assert!(!from_json.interactions.is_empty());
        assert_eq!(from_json, from_protobuf);
    }
}

#[test]
fn a_body_that_breaks_off_is_refused_whole() {
    let protobuf = to_protobuf(BODIES[0]);
    let rejection = otlp_protobuf::parse(&protobuf[..protobuf.len() / 2], &context()).unwrap_err();
    assert_eq!(rejection.kind, RejectionKind::Malformed);
    let json = BODIES[0].as_bytes();
    let rejection = otlp_json::parse(&json[..json.len() / 2], &context()).unwrap_err();
    assert_eq!(rejection.kind, RejectionKind::Malformed);
    assert!(!rejection.to_string().contains("CANARY"));
}

#[test]
fn a_body_over_its_limits_is_refused_whole() {
    let large = vec![b' '; TRACE_BYTES_MAX + 1];
    assert_eq!(
        otlp_json::parse(&large, &context()).unwrap_err().kind,
        RejectionKind::TooLarge
    );
    assert_eq!(
        otlp_protobuf::parse(&large, &context()).unwrap_err().kind,
        RejectionKind::TooLarge
    );

    let spans = vec!["{}"; SPANS_MAX + 1].join(",");
    let json = format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{spans}]}}]}}]}}"#);
    let rejection = otlp_json::parse(json.as_bytes(), &context()).unwrap_err();
    assert_eq!(rejection.kind, RejectionKind::TooLarge);

    let spans: Vec<u8> = std::iter::repeat_n(field(2, &[]), SPANS_MAX + 1)
        .flatten()
        .collect();
    let protobuf = field(1, &field(2, &spans));
    let rejection = otlp_protobuf::parse(&protobuf, &context()).unwrap_err();
    assert_eq!(rejection.kind, RejectionKind::TooLarge);
}

#[test]
fn a_body_without_spans_is_taken() {
    for json in [
        "{}",
        r#"{"resourceSpans":[]}"#,
        r#"{"resourceSpans":[{"scopeSpans":[]}]}"#,
    ] {
        assert_eq!(
            otlp_json::parse(json.as_bytes(), &context())
                .unwrap()
                .dropped,
            0
        );
    }
}
