//! Whatever bytes arrive, every parser answers: with events, or with a refusal that holds none of
//! the body's text.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

use cost_calculation::UnixMillis;
use events::{Context, gunzip, parse_json_traces, parse_protobuf_traces};
use proptest::prelude::*;
use proptest::sample::Index;

const TRACES: &str = include_str!("fixtures/langfuse-openai+anthropic+error.json");
const EVENT: &str = r#"{"id":"a","type":"chat","user_id":"u","timestamp":1795438269324,
    "duration_ms":5,"model_name":"m","provider":"openAI","usage_convention":"openai-chat",
    "usage":{"prompt_tokens":5,"prompt_tokens_details":{"cached_tokens":1}},
    "units":{"calls":{"a":1}},"declared_cost":{"amount":"0.5","category":"db_ops"},
    "metadata":{"a":[1,2,{"b":null}]}}"#;

/// Gives the body to every parser.
fn parse_everywhere(body: &[u8]) {
    let mut context = Context::at(UnixMillis(1_795_438_340_000));
    context.idempotency_key = Some("key");
    let mut said = String::new();
    let mut refused = |text: String| said.push_str(&text);
    let _ = parse_json_traces(body, &context).map_err(|e| refused(e.to_string()));
    let _ = parse_protobuf_traces(body, &context).map_err(|e| refused(e.to_string()));
    let _ = events::parse_interaction(body, &context).map_err(|e| refused(e.to_string()));
    let _ = events::parse_batch(body, &context).map_err(|e| refused(e.to_string()));
    let _ = events::parse_session_mark(body, false, &context).map_err(|e| refused(e.to_string()));
    let _ = events::parse_score(body).map_err(|e| refused(e.to_string()));
    let _ = events::parse_langfuse_ingestion(body).map_err(|e| refused(e.to_string()));
    let _ = events::parse_new_key(body, UnixMillis(0)).map_err(|e| refused(e.to_string()));
    let _ = events::CountedSources::parse(body).map_err(|e| refused(e.to_string()));
    let _ = gunzip(body, 100_000).map_err(|e| refused(e.to_string()));
    assert!(!said.contains("CANARY"), "{said}");
}

/// A body with some bytes replaced, and perhaps cut.
fn mutated(body: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let edits = prop::collection::vec((any::<Index>(), any::<u8>()), 0..8);
    (edits, any::<Index>(), any::<bool>()).prop_map(|(edits, cut, is_cut)| {
        let mut bytes = body.as_bytes().to_vec();
        for (place, byte) in edits {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if is_cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        bytes
    })
}

/// JSON that looks like an event, with any values.
fn event_like() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<i64>().prop_map(|n| n.to_string()),
        any::<f64>().prop_map(|n| serde_json::json!(n).to_string()),
        ".*".prop_map(|text| serde_json::json!(text).to_string()),
    ];
    let value = leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::btree_map("[a-z_]{1,8}", inner, 0..4).prop_map(|fields| {
                let fields: Vec<_> = fields
                    .into_iter()
                    .map(|(key, value)| format!("\"{key}\":{value}"))
                    .collect();
                format!("{{{}}}", fields.join(","))
            }),
        ]
    });
    let name = prop::sample::select(vec![
        "id",
        "type",
        "user_id",
        "timestamp",
        "duration_ms",
        "usage",
        "units",
        "metadata",
        "declared_cost",
        "events",
        "batch",
        "scopes",
        "value",
        "traceId",
        "resourceSpans",
    ]);
    prop::collection::vec((name, value), 0..8).prop_map(|fields| {
        let fields: Vec<_> = fields
            .into_iter()
            .map(|(key, value)| format!("\"{key}\":{value}"))
            .collect();
        format!("{{{}}}", fields.join(","))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8 * ProptestConfig::default().cases, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_answered(body in prop::collection::vec(any::<u8>(), 0..512)) {
        parse_everywhere(&body);
    }

    #[test]
    fn a_damaged_event_is_answered(body in mutated(EVENT)) {
        parse_everywhere(&body);
    }

    #[test]
    fn any_values_in_an_events_fields_are_answered(body in event_like()) {
        parse_everywhere(body.as_bytes());
    }
}

proptest! {

    #[test]
    fn a_damaged_trace_is_answered(body in mutated(TRACES)) {
        parse_everywhere(&body);
    }
}

#[test]
fn deep_nesting_is_answered() {
    for open in ["[", "{\"a\":"] {
        parse_everywhere(open.repeat(100_000).as_bytes());
        let deep = format!("{{\"metadata\":{}1", open.repeat(10_000));
        parse_everywhere(deep.as_bytes());
    }
}
