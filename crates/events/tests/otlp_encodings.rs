//! JSON and protobuf say the same; what is no OTLP is refused whole.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failing test may panic"
)]

use cost_calculation::UnixMillis;
use events::limits::{SPANS_MAX, TRACE_BYTES_MAX};
use events::{Context, OtlpOutcome, RejectionKind, parse_json_traces, parse_protobuf_traces};
use proptest::prelude::*;
use serde_json::{Value, json};

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
    let value: u64 = value.as_str().unwrap_or("0").parse().unwrap();
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
        "intValue" => {
            let number: i64 = value.as_str().unwrap().parse().unwrap();
            number_field(3, number.cast_unsigned())
        }
        "doubleValue" => [
            varint(4 << 3 | 1),
            value.as_f64().unwrap().to_le_bytes().to_vec(),
        ]
        .concat(),
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
            &[
                field(
                    2,
                    span["status"]["message"].as_str().unwrap_or("").as_bytes(),
                ),
                number_field(3, span["status"]["code"].as_u64().unwrap_or(0)),
            ]
            .concat(),
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
        let from_json = parse_json_traces(json.as_bytes(), &context()).unwrap();
        let from_protobuf = parse_protobuf_traces(&to_protobuf(json), &context()).unwrap();
        assert!(!from_json.interactions.is_empty() || !from_json.trace_spans.is_empty());
        assert_eq!(from_json, from_protobuf);
    }
}

/// What is said about the spans, without the spelling of the fields' names.
fn brief(outcome: OtlpOutcome) -> impl PartialEq + std::fmt::Debug {
    let rejected: Vec<_> = outcome
        .rejected
        .into_iter()
        .map(|refused| (refused.id, refused.rejection.fault))
        .collect();
    (
        outcome.interactions,
        outcome.trace_spans,
        outcome.ignored,
        outcome.dropped,
        rejected,
    )
}

/// The attributes that are looked at, and some that are not.
const KEYS: [&str; 20] = [
    "user.id",
    "session.id",
    "langfuse.trace.tags",
    "langfuse.trace.name",
    "langfuse.trace.metadata.agentId",
    "langfuse.trace.metadata.messageId",
    "langfuse.observation.type",
    "langfuse.observation.model.name",
    "langfuse.observation.usage_details",
    "langfuse.observation.completion_start_time",
    "langfuse.observation.status_message",
    "langfuse.observation.metadata.provider",
    "langfuse.observation.input",
    "enduser.id",
    "http.route",
    "http.response.status_code",
    "db.system",
    "gen_ai.operation.name",
    "gen_ai.usage.input_tokens",
    "error.type",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => ".{0,40}",
        2 => prop::sample::select(vec![
            "generation", "tool", "chat", "execute_tool", "title", "MemoryRun", "mongodb",
            r#"{"input":7,"output":2,"total":9}"#, "2026-11-23T12:51:09.400Z", "ERROR", "5", "",
        ]).prop_map(ToOwned::to_owned),
        1 => (2_000_usize..5_000, ".").prop_map(|(length, one)| one.repeat(length)),
        1 => Just("Error: 400 \"quoted\" \\ \n \u{7} \u{1f600} {\"type\":\"bad_request\"}".to_owned()),
    ]
}

fn any_value_json() -> impl Strategy<Value = Value> {
    let text_value = || text().prop_map(|text| json!({ "stringValue": text }));
    prop_oneof![
        6 => text_value(),
        2 => any::<i64>().prop_map(|number| json!({ "intValue": number.to_string() })),
        1 => any::<bool>().prop_map(|value| json!({ "boolValue": value })),
        1 => Just(json!({ "doubleValue": 0.5 })),
        1 => prop::collection::vec(text_value(), 0..70)
            .prop_map(|values| json!({ "arrayValue": { "values": values } })),
    ]
}

/// A field of a span, or `attributes` with one more.
fn edit() -> impl Strategy<Value = (&'static str, Value)> {
    let start = 1_795_438_269_u64;
    let moment = (0_u64..100).prop_map(move |s| json!(format!("{}", (start + s) * 1_000_000_000)));
    prop_oneof![
        8 => (prop::sample::select(KEYS.to_vec()), any_value_json())
            .prop_map(|(key, value)| ("attributes", json!({ "key": key, "value": value }))),
        1 => moment.clone().prop_map(|moment| ("startTimeUnixNano", moment)),
        1 => moment.prop_map(|moment| ("endTimeUnixNano", moment)),
        1 => Just(("startTimeUnixNano", Value::Null)),
        1 => (0_u8..6).prop_map(|kind| ("kind", json!(kind))),
        1 => text().prop_map(|name| ("name", json!(name))),
        1 => (0_u8..3, text())
            .prop_map(|(code, message)| ("status", json!({ "code": code, "message": message }))),
        1 => any::<u64>().prop_map(|id| ("parentSpanId", json!(format!("{id:016x}")))),
        1 => any::<u8>().prop_map(|id| ("spanId", json!(format!("{:016x}", id % 4)))),
        1 => Just(("traceId", json!("5c8b"))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2 * ProptestConfig::default().cases, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_spans_hold_both_encodings_say_the_same(
        body in prop::sample::select(BODIES.to_vec()),
        edits in prop::collection::vec((any::<prop::sample::Index>(), edit()), 1..12),
        only_added in any::<bool>(),
    ) {
        let mut request: Value = serde_json::from_str(body).unwrap();
        let spans = request["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array_mut().unwrap();
        for (place, (name, value)) in edits {
            let place = place.index(spans.len());
            let span = &mut spans[place];
            if name == "attributes" {
                let attributes = span["attributes"].as_array_mut().unwrap();
                if only_added {
                    attributes.retain(|known| known["key"] != value["key"]);
                }
                attributes.insert(0, value);
            } else if value.is_null() {
                span.as_object_mut().unwrap().remove(name);
            } else {
                span[name] = value;
            }
        }
        let json = request.to_string();
        let from_json = parse_json_traces(json.as_bytes(), &context()).unwrap();
        let from_protobuf = parse_protobuf_traces(&to_protobuf(&json), &context()).unwrap();
        prop_assert_eq!(brief(from_json), brief(from_protobuf));
    }
}

#[test]
fn null_is_the_same_as_nothing() {
    for json in [
        r#"{"resourceSpans":null}"#,
        r#"{"resourceSpans":[{"scopeSpans":null}]}"#,
        r#"{"resourceSpans":[{"scopeSpans":[{"spans":null}]}]}"#,
    ] {
        let outcome = parse_json_traces(json.as_bytes(), &context()).unwrap();
        assert_eq!(outcome, OtlpOutcome::default(), "{json}");
    }
}

#[test]
fn a_list_is_no_object() {
    for json in [
        "[]",
        r#"[[{"scopeSpans":[]}]]"#,
        r#"{"resourceSpans":[[]]}"#,
        r#"{"resourceSpans":[{"scopeSpans":[[]]}]}"#,
    ] {
        let rejection = parse_json_traces(json.as_bytes(), &context()).unwrap_err();
        assert!(
            rejection.fault.contains("is not an OTLP trace request"),
            "{json}: {rejection}"
        );
    }
    let spans = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[[],["5c8b"],7,"span"]}]}]}"#;
    let outcome = parse_json_traces(spans.as_bytes(), &context()).unwrap();
    assert_eq!(outcome.rejected.len(), 4);
    assert!(
        outcome
            .rejected
            .iter()
            .all(|span| span.rejection.field == "span")
    );
}

#[test]
fn a_body_that_breaks_off_is_refused_whole() {
    let protobuf = to_protobuf(BODIES[0]);
    let rejection = parse_protobuf_traces(&protobuf[..protobuf.len() / 2], &context()).unwrap_err();
    assert_eq!(rejection.kind, RejectionKind::Malformed);
    let json = BODIES[0].as_bytes();
    let rejection = parse_json_traces(&json[..json.len() / 2], &context()).unwrap_err();
    assert_eq!(rejection.kind, RejectionKind::Malformed);
    assert!(!rejection.to_string().contains("CANARY"));
}

#[test]
fn a_body_over_its_limits_is_refused_whole() {
    let large = vec![b' '; TRACE_BYTES_MAX + 1];
    assert_eq!(
        parse_json_traces(&large, &context()).unwrap_err().kind,
        RejectionKind::TooLarge
    );
    assert_eq!(
        parse_protobuf_traces(&large, &context()).unwrap_err().kind,
        RejectionKind::TooLarge
    );

    let spans = vec!["{}"; SPANS_MAX + 1].join(",");
    let json = format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{spans}]}}]}}]}}"#);
    let rejection = parse_json_traces(json.as_bytes(), &context()).unwrap_err();
    assert_eq!(rejection.kind, RejectionKind::TooLarge);

    let spans: Vec<u8> = std::iter::repeat_n(field(2, &[]), SPANS_MAX + 1)
        .flatten()
        .collect();
    let protobuf = field(1, &field(2, &spans));
    let rejection = parse_protobuf_traces(&protobuf, &context()).unwrap_err();
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
            parse_json_traces(json.as_bytes(), &context())
                .unwrap()
                .dropped,
            0
        );
    }
}
