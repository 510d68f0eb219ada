//! The suite's own JSON events: what is taken, what is refused, and with which words.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

use cost_calculation::{Component, PicoUsd, UnixMillis};
use events::limits::{BATCH_EVENTS_MAX, EVENT_BYTES_MAX};
use events::{
    Context, Interaction, InteractionStatus, InteractionType, Rejection, RejectionKind,
    parse_batch, parse_interaction,
};
use serde_json::{Value, json};

const NOW: UnixMillis = UnixMillis(1_795_438_280_000);

fn chat() -> Value {
    json!({
        "id": "chat-1",
        "type": "chat",
        "session_id": "conv-1",
        "user_id": "user-1",
        "timestamp": "2026-11-23T12:51:09.324Z",
        "duration_ms": 212,
        "provider": "openAI",
        "model_name": "gpt-5-mini",
        "usage_convention": "disjoint",
        "usage": { "input": 200, "cache_read": 1000, "output": 100, "reasoning": 200 },
    })
}

fn with(changes: &Value) -> Value {
    let mut event = chat();
    event
        .as_object_mut()
        .unwrap()
        .extend(changes.as_object().unwrap().clone());
    event
}

fn parse(event: &Value) -> Result<Interaction, Rejection> {
    parse_interaction(event.to_string().as_bytes(), &Context::at(NOW))
}

#[test]
fn a_chat_completes_after_its_duration_and_that_decides_the_price() {
    let chat = parse(&chat()).unwrap();
    assert_eq!(chat.timestamp, UnixMillis(1_795_438_269_324));
    assert_eq!(chat.price_time, UnixMillis(1_795_438_269_536));
    assert_eq!((chat.usage.input, chat.usage.cache_read), (200, 1000));
    assert_eq!((chat.status, chat.source), (InteractionStatus::Ok, "api"));
}

#[test]
fn without_a_session_the_session_is_user_and_utc_day() {
    let event = with(&json!({ "session_id": null, "timestamp": "2026-11-23T00:30:00+02:00" }));
    assert_eq!(parse(&event).unwrap().session_id, "user-1@2026-11-22");
    let event = with(&json!({ "session_id": " ", "tenant_id": "acme" }));
    assert_eq!(parse(&event).unwrap().session_id, "acme/user-1@2026-11-23");
}

#[test]
fn a_user_and_an_agent_have_names_beside_their_ids() {
    let named = json!({ "agent": "agent_9f3", "agent_name": "Research assistant", "user_label": "Anna Kowalski" });
    let event = parse(&with(&named)).unwrap();
    assert_eq!(
        (event.agent_name.as_deref(), event.user_label.as_deref()),
        (Some("Research assistant"), Some("Anna Kowalski"))
    );
    // A name is for people: it makes no other event.
    let plain = parse(&with(&json!({ "agent": "agent_9f3" }))).unwrap();
    assert_eq!(plain.digest(), event.digest());
    let blank = parse(&with(&json!({ "agent_name": " ", "user_label": "" }))).unwrap();
    assert_eq!((blank.agent_name, blank.user_label), (None, None));
}

#[test]
fn each_fault_names_its_field() {
    for (field, change) in [
        ("type", json!({ "type": "chta" })),
        ("type", json!({ "type": null })),
        ("user_id", json!({ "user_id": "" })),
        ("user_id", json!({ "user_id": 7 })),
        ("user_id", json!({ "user_id": "x".repeat(129) })),
        ("user_id", json!({ "user_id": "two\nlines" })),
        ("id", json!({ "id": "with space" })),
        ("id", json!({ "id": "x".repeat(129) })),
        ("model_name", json!({ "model_name": null })),
        ("timestamp", json!({ "timestamp": null })),
        ("timestamp", json!({ "timestamp": "yesterday" })),
        ("timestamp", json!({ "timestamp": 1_795_438_269 })),
        ("timestamp", json!({ "timestamp": 1.5 })),
        ("timestamp", json!({ "timestamp": "2026-11-23T13:51:09Z" })),
        ("timestamp", json!({ "timestamp": "2025-01-01T00:00:00Z" })),
        ("duration_ms", json!({ "duration_ms": "212" })),
        ("duration_ms", json!({ "duration_ms": -1 })),
        ("duration_ms", json!({ "duration_ms": 1.5 })),
        ("duration_ms", json!({ "duration_ms": 604_800_001 })),
        ("duration_ms", json!({ "duration_ms": 604_800_000 })),
        (
            "time_to_first_token_ms",
            json!({ "time_to_first_token_ms": 213 }),
        ),
        ("usage.input", json!({ "usage": { "input": -1 } })),
        ("usage.inputs", json!({ "usage": { "inputs": 1 } })),
        ("usage", json!({ "usage": 5 })),
        ("usage", json!({ "usage": null })),
        ("usage_convention", json!({ "usage_convention": "openai" })),
        ("units", json!({ "units": [] })),
        ("units.row_reads", json!({ "units": { "row_reads": 1 } })),
        (
            "units.calls",
            json!({ "units": { "calls": { "web search": 1 } } }),
        ),
        (
            "units.calls.web_search",
            json!({ "units": { "calls": { "web_search": "1" } } }),
        ),
        (
            "declared_cost.amount",
            json!({ "declared_cost": { "category": "db_ops" } }),
        ),
        ("status", json!({ "status": "failed" })),
        ("error", json!({ "status": "ok", "error": "timeout" })),
        ("metadata", json!({ "metadata": [1] })),
        ("metadata", json!({ "metadata": { "a": "x".repeat(4097) } })),
        ("prompt", json!({ "prompt": "tell nobody" })),
    ] {
        let rejection = parse(&with(&change)).unwrap_err();
        assert_eq!(rejection.field, field, "{change} gave {rejection}");
        assert_eq!(rejection.kind, RejectionKind::Invalid);
    }
}

#[test]
fn an_event_without_any_id_is_refused_since_its_retry_could_not_be_safe() {
    let event = with(&json!({ "id": null }));
    assert!(
        parse(&event)
            .unwrap_err()
            .remedy
            .contains("Idempotency-Key")
    );
    let mut context = Context::at(NOW);
    context.idempotency_key = Some("key-1");
    let body = event.to_string();
    assert_eq!(
        parse_interaction(body.as_bytes(), &context).unwrap().id,
        "key-1"
    );
    let body = chat().to_string();
    let named = parse_interaction(body.as_bytes(), &context).unwrap();
    assert_eq!(named.id, "chat-1", "the event's own id comes first");
}

#[test]
fn in_a_batch_an_id_is_the_key_and_the_index() {
    let mut context = Context::at(NOW);
    context.idempotency_key = Some("key-1");
    let without_id = with(&json!({ "id": null }));
    let body = json!({ "events": [without_id, chat(), without_id] }).to_string();
    let events = parse_batch(body.as_bytes(), &context).unwrap();
    let ids: Vec<_> = events.into_iter().map(|event| event.unwrap().id).collect();
    assert_eq!(ids, ["key-1:0", "chat-1", "key-1:2"]);
}

#[test]
fn one_bad_event_does_not_sink_its_batch() {
    let body = json!({ "events": [chat(), 7, with(&json!({ "type": "x" })), chat()] }).to_string();
    let events = parse_batch(body.as_bytes(), &Context::at(NOW)).unwrap();
    let fields: Vec<_> = events
        .iter()
        .map(|event| event.as_ref().err().map(|refused| &refused.field[..]))
        .collect();
    assert_eq!(fields, [None, Some("event"), Some("type"), None]);
}

#[test]
fn a_batch_is_refused_whole_where_it_can_not_be_taken_apart() {
    let refuse = |body: &str| parse_batch(body.as_bytes(), &Context::at(NOW)).unwrap_err();
    assert_eq!(refuse("").kind, RejectionKind::Malformed);
    assert_eq!(refuse("[]").kind, RejectionKind::Malformed);
    assert_eq!(refuse(r#"{"events":[}"#).kind, RejectionKind::Malformed);
    assert_eq!(refuse("{}").field, "events");
    assert_eq!(refuse(r#"{"events":[],"more":1}"#).field, "more");
    let many = json!({ "events": vec![7; BATCH_EVENTS_MAX + 1] }).to_string();
    assert_eq!(refuse(&many).kind, RejectionKind::TooLarge);
}

#[test]
fn an_event_over_its_size_is_refused() {
    let event = with(&json!({ "metadata": { "a": "x".repeat(EVENT_BYTES_MAX) } }));
    assert_eq!(parse(&event).unwrap_err().kind, RejectionKind::TooLarge);
}

#[test]
fn a_declared_cost_is_exact_and_limited() {
    let cost = |amount: &str| {
        parse(&with(&json!({
            "type": "cost-event",
            "usage": null,
            "usage_convention": null,
            "declared_cost": { "amount": amount, "category": "compute_time" },
        })))
    };
    let declared = cost("38.000000000001").unwrap().declared.unwrap();
    assert_eq!(declared.component, Component::ComputeTime);
    assert_eq!(declared.amount, PicoUsd::new(38_000_000_000_001));
    assert!(cost("10000").is_ok());
    // An exponent too much is a thousand dollars: amounts are written out.
    for refused in [
        "10000.000000000001",
        "-1",
        "0.0000000000001",
        "1e3",
        "1E3",
        "1e-7",
        "NaN",
        "",
    ] {
        let rejection = cost(refused).unwrap_err();
        assert_eq!(rejection.field, "declared_cost.amount", "{refused}");
    }
}

#[test]
fn a_cost_event_without_its_cost_is_refused() {
    let rejection = parse(&with(&json!({ "type": "cost-event" }))).unwrap_err();
    assert_eq!(rejection.field, "declared_cost");
}

#[test]
fn an_error_makes_a_failure() {
    let failed = parse(&with(&json!({ "error": "rate_limit_exceeded" }))).unwrap();
    assert_eq!(failed.status, InteractionStatus::Error);
    let db = json!({ "type": "db", "model_name": null, "units": { "operations": 1 } });
    assert_eq!(parse(&with(&db)).unwrap().kind, InteractionType::Db);
}

#[test]
fn an_event_that_orders_its_fields_otherwise_is_the_same_event() {
    let left = br#"{"id":"a","type":"api","user_id":"u","timestamp":1795438269324,
                    "units":{"calls":{"b":1,"a":2}},"metadata":{"y":1,"x":2}}"#;
    let right = br#"{"metadata":{"x":2,"y":1},"units":{"calls":{"a":2,"b":1}},"user_id":" u ",
                     "timestamp":"2026-11-23T12:51:09.324Z","type":"api","id":"a","agent":null}"#;
    let digest = |body: &[u8]| parse_interaction(body, &Context::at(NOW)).unwrap().digest();
    assert_eq!(digest(left), digest(right));
}

#[test]
fn a_figure_of_no_known_name_is_kept_as_unread_and_a_text_is_no_name() {
    let named = |name: &str| {
        let usage = json!({ "input": 10, "output": 5, name: 7 });
        let convention = "langfuse-usage-details";
        let chat = parse(&with(
            &json!({ "usage_convention": convention, "usage": usage }),
        ));
        chat.unwrap().units.calls
    };
    assert_eq!(named("input_smell")["unread:input_smell"], 7);
    assert_eq!(named("CANARY tell nobody")["unread:(unnamed)"], 7);
}

#[test]
fn a_usage_of_zeros_is_as_unknown_as_none() {
    for usage in [json!({ "input": 0, "output": 0 }), json!({})] {
        let chat = parse(&with(&json!({ "usage": usage }))).unwrap();
        assert_eq!(chat.units.calls["unreported_usage"], 1);
    }
}

#[test]
fn a_part_that_is_more_than_its_bucket_is_refused_by_name() {
    let calls = json!({ "units": { "calls": { "cache_read_audio": 1_001 } } });
    let rejection = parse(&with(&calls)).unwrap_err();
    assert_eq!(rejection.field, "units.calls.cache_read_audio");
}

#[test]
fn a_refusal_never_repeats_content() {
    let canary = "CANARY tell nobody";
    let mut changes: Vec<Value> = vec![
        json!({ canary: 1 }),
        json!({ "prompt": canary }),
        json!({ "usage": { "input": canary } }),
        json!({ "usage": { canary: 1 } }),
        json!({ "usage_convention": "openai-like", "usage": { "prompt_tokens": canary } }),
        json!({ "units": { "calls": { canary: 1 } } }),
        json!({ "declared_cost": { "amount": canary, "category": "db_ops" } }),
        json!({ "metadata": canary }),
    ];
    for field in [
        "type",
        "id",
        "timestamp",
        "duration_ms",
        "status",
        "usage_convention",
        "units",
    ] {
        changes.push(json!({ field: canary }));
    }
    for change in changes {
        let rejection = parse(&with(&change)).unwrap_err();
        assert!(
            !format!("{rejection:?} {rejection}").contains("CANARY"),
            "{change}: {rejection}"
        );
    }
}
