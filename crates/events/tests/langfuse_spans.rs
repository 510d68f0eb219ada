//! Langfuse's spans beyond the captured ones: custom endpoints, other runs, what is missing.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

mod otlp_body;

use cost_calculation::Units;
use events::{Interaction, InteractionStatus, OtlpOutcome};
use otlp_body::{START_MS, parse_with, span};
use serde_json::{Value, json};

fn parse(more: &Value) -> OtlpOutcome {
    let mut attributes = json!({
        "user.id": "user-1",
        "session.id": "conv-1",
        "langfuse.observation.type": "generation",
        "langfuse.observation.model.name": "mistral-large-2512",
        "langfuse.observation.metadata.provider": "openAI",
        "langfuse.observation.usage_details": r#"{"input":10,"output":5}"#,
    });
    attributes
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    parse_with(
        &[span(1, 2, "llm", 1, &attributes)],
        r#"{"chat":"langfuse"}"#,
    )
}

fn generation(more: &Value) -> Interaction {
    let outcome = parse(more);
    assert_eq!(outcome.rejected, []);
    outcome.interactions.into_iter().next().unwrap()
}

#[test]
fn a_custom_endpoint_is_named_by_the_ephemeral_agent() {
    let agent = "My Mistral__mistral-large-latest___Mistral";
    let chat = generation(&json!({ "langfuse.trace.metadata.agentId": agent }));
    assert_eq!(chat.endpoint.as_deref(), Some("My Mistral"));
    assert_eq!(
        (chat.provider.as_str(), chat.agent.as_str()),
        ("openAI", "")
    );
}

#[test]
fn the_providers_own_endpoint_says_nothing_more() {
    let agent = "openAI__gpt-5-mini___GPT-5 mini";
    let chat = generation(&json!({ "langfuse.trace.metadata.agentId": agent }));
    assert_eq!(chat.endpoint, None);
}

#[test]
fn runs_are_told_apart_by_tags_names_and_nodes() {
    let node = |node: &str| json!({ "langfuse.observation.metadata.langgraph_node": node });
    assert_eq!(
        generation(&node("agent=a")).context.as_deref(),
        Some("message")
    );
    assert_eq!(
        generation(&node("summarize=a")).context.as_deref(),
        Some("summarization")
    );
    let name = json!({ "langfuse.trace.name": "MemoryRun" });
    assert_eq!(generation(&name).context.as_deref(), Some("memory"));
    // A subagent's run has an id of its own behind the message's.
    for name in ["observation", "trace"] {
        let id = format!("langfuse.{name}.metadata.messageId");
        let subagent = generation(&json!({ id: "3f0c-msg_sub_a1_sub_b2" }));
        assert_eq!(subagent.context.as_deref(), Some("subagent"), "{name}");
        assert_eq!(subagent.message_id.as_deref(), Some("3f0c-msg"));
    }
    let embedding = json!({ "langfuse.observation.type": "embedding" });
    assert_eq!(generation(&embedding).context.as_deref(), Some("embedding"));
}

#[test]
fn the_model_that_answered_is_billed_and_the_one_asked_for_is_kept() {
    let asked = json!({ "langfuse.observation.metadata.model": "mistral-large-latest" });
    let chat = generation(&asked);
    assert_eq!(chat.model_name, "mistral-large-2512");
    let kept = r#"{"requested_model":"mistral-large-latest"}"#;
    assert_eq!(chat.metadata.as_deref(), Some(kept));
}

#[test]
fn a_call_that_succeeded_without_reporting_tokens_is_of_unknown_cost() {
    let silent = generation(&json!({ "langfuse.observation.usage_details": "{}" }));
    assert_eq!(silent.units.calls["unreported_usage"], 1);
    let failed = generation(&json!({
        "langfuse.observation.usage_details": "{}",
        "langfuse.observation.level": "ERROR",
        "langfuse.observation.status_message": "APIError: 529 CANARY overloaded",
    }));
    assert_eq!(failed.status, InteractionStatus::Error);
    assert_eq!(
        (failed.error.as_deref(), failed.units),
        (Some("APIError 529"), Units::default())
    );
}

#[test]
fn a_description_that_is_too_long_does_not_lose_the_call() {
    let long = "x".repeat(300);
    let chat = generation(&json!({
        "langfuse.trace.metadata.agentId": long,
        "langfuse.trace.metadata.messageId": long,
        "langfuse.observation.completion_start_time": "no moment",
    }));
    assert_eq!((chat.agent.as_str(), chat.message_id), ("", None));
    assert_eq!(chat.time_to_first_token_ms, None);
}

#[test]
fn a_first_token_outside_the_call_is_not_believed() {
    let first = |offset_ms: i64| {
        let moment = chrono::DateTime::from_timestamp_millis(START_MS + offset_ms).unwrap();
        let value = format!("\"{}\"", moment.to_rfc3339());
        let key = "langfuse.observation.completion_start_time";
        generation(&json!({ key: value })).time_to_first_token_ms
    };
    assert_eq!(
        [first(-1), first(0), first(40), first(41)],
        [None, Some(0), Some(40), None]
    );
}

#[test]
fn who_and_what_can_not_be_kept_is_refused() {
    for (key, value, field) in [
        ("user.id", "x".repeat(200), "user.id"),
        ("session.id", "x".repeat(5_000), "session.id"),
    ] {
        let outcome = parse(&json!({ key: value }));
        assert_eq!(outcome.interactions, []);
        assert_eq!(outcome.rejected[0].rejection.field, field);
    }
}

#[test]
fn a_span_is_never_refused_for_its_usage() {
    for (usage, line) in [
        ("nonsense", "unread:usage_details"),
        (r#"{"input":-1}"#, "unread:input"),
    ] {
        let chat = generation(&json!({ "langfuse.observation.usage_details": usage }));
        assert!(chat.units.calls.contains_key(line), "{usage}: {chat:?}");
    }
    let long = format!(r#"{{"input":1,"x":"{}"}}"#, "x".repeat(5_000));
    let chat = generation(&json!({ "langfuse.observation.usage_details": long }));
    assert_eq!(chat.units.calls["unread:usage_details"], 1);
}

#[test]
fn a_user_whose_id_is_a_number_is_somebody() {
    assert_eq!(generation(&json!({ "user.id": 4711 })).user_id, "4711");
}

#[test]
fn a_user_has_the_name_that_librechat_is_configured_to_send() {
    let chat = generation(&json!({
        "langfuse.trace.metadata.librechat.user.email": "u1@example.org",
        "langfuse.trace.metadata.librechat.user.username": "u1",
    }));
    assert_eq!(chat.user_label.as_deref(), Some("u1"));
}

#[test]
fn an_agent_goes_by_its_name_and_keeps_its_id() {
    let chat = generation(&json!({
        "langfuse.trace.metadata.agentId": "agent_abc",
        "langfuse.trace.metadata.agentName": "Calc Agent",
    }));
    assert_eq!(
        (chat.agent.as_str(), chat.agent_name.as_deref()),
        ("agent_abc", Some("Calc Agent"))
    );
}

#[test]
fn a_title_is_of_its_conversations_provider_and_endpoint() {
    let title = |agent: &str, lang_chain: &str| {
        let chat = generation(&json!({
            "langfuse.trace.name": "TitleRun",
            "langfuse.trace.metadata.agentName": agent,
            "langfuse.observation.metadata.provider": "",
            "langfuse.observation.metadata.ls_provider": lang_chain,
        }));
        (chat.provider, chat.endpoint)
    };
    assert_eq!(
        title("google__gemini-2.5-flash", "google_genai"),
        ("google".to_owned(), None)
    );
    assert_eq!(
        title("Mistral__mistral-large-latest___Mistral", "openai"),
        ("openai".to_owned(), Some("Mistral".to_owned()))
    );
    let (provider, endpoint) = title("Calc Agent", "google_vertexai");
    assert_eq!(cost_calculation::canonical_provider(&provider), "vertex");
    assert_eq!(endpoint, None);
}

#[test]
fn a_failure_after_the_first_token_is_of_unknown_cost() {
    let moment = chrono::DateTime::from_timestamp_millis(START_MS + 5).unwrap();
    let failed = generation(&json!({
        "langfuse.observation.usage_details": "{}",
        "langfuse.observation.completion_start_time": moment.to_rfc3339(),
        "langfuse.observation.level": "ERROR",
        "langfuse.observation.status_message": "TypeError: terminated",
    }));
    assert_eq!(failed.status, InteractionStatus::Error);
    assert_eq!(
        failed.units.calls["unreported_usage:failed_after_first_token"],
        1
    );
    let stopped = generation(&json!({
        "langfuse.observation.level": "ERROR",
        "langfuse.observation.status_message": "AbortError: This operation was aborted",
    }));
    assert_eq!(stopped.status, InteractionStatus::Aborted);
    assert_eq!((stopped.usage.input, stopped.units), (10, Units::default()));
}

#[test]
fn a_usage_that_can_not_be_read_keeps_its_call_with_unknown_cost() {
    let unread = |usage: &str| {
        generation(&json!({ "langfuse.observation.usage_details": usage }))
            .units
            .calls
    };
    assert_eq!(unread("nonsense")["unread:usage_details"], 1);
    let negative = unread(r#"{"input":-1,"output":5}"#);
    assert_eq!(
        (negative["unread:input"], negative["unread:output"]),
        (1, 5)
    );
}

#[test]
fn what_a_sender_says_it_cost_is_kept_beside_the_estimate() {
    let costs = json!({ "langfuse.observation.cost_details": r#"{"input":0.01,"total":0.0123}"# });
    let cost = generation(&costs).reported_cost.unwrap();
    assert_eq!(cost.to_string(), "0.0123");
}

#[test]
fn without_a_user_the_user_is_unknown() {
    let chat = generation(&json!({ "user.id": " ", "session.id": "" }));
    assert_eq!(chat.user_id, "unknown");
    assert_eq!(chat.session_id, "unknown@2026-11-23");
}

#[test]
fn of_generations_within_each_other_one_counts_and_a_sum_of_calls_is_none() {
    let generation = |usage: &str| {
        json!({
            "user.id": "user-1", "session.id": "conv-1",
            "langfuse.observation.type": "generation",
            "langfuse.observation.model.name": "gpt-5-mini",
            "langfuse.observation.usage_details": usage,
        })
    };
    let chain = json!({ "langfuse.observation.type": "chain" });
    // A framework's generation around a step and the client's own: one call, which the inner one
    // knows better.
    let body = [
        span(
            3,
            2,
            "client",
            1,
            &generation(r#"{"input":10,"output":5,"input_cache_read":3}"#),
        ),
        span(2, 1, "step", 1, &chain),
        span(
            1,
            0,
            "framework",
            1,
            &generation(r#"{"input":10,"output":5}"#),
        ),
    ];
    let resolved = |body: &[Value]| {
        let outcome = parse_with(body, r#"{"chat":"langfuse"}"#);
        assert_eq!((outcome.interactions.len(), outcome.rejected.len()), (0, 0));
        let all = events::resolve_trace(&outcome.trace_spans);
        all.into_iter().flatten().collect::<Vec<_>>()
    };
    let all = resolved(&body);
    assert!(
        matches!(&all[0], events::Resolved::Counts(one)
            if one.usage.cache_read == 3 && one.session_id == "conv-1" && one.user_id == "user-1"),
        "{all:?}"
    );
    assert!(matches!(all[1], events::Resolved::PartOf(0)), "{all:?}");
    // A generation around two calls is their sum.
    let body = [
        span(3, 1, "first", 1, &generation(r#"{"input":10,"output":5}"#)),
        span(4, 1, "second", 1, &generation(r#"{"input":20,"output":6}"#)),
        span(1, 0, "run", 1, &generation(r#"{"input":30,"output":11}"#)),
    ];
    let all = resolved(&body);
    assert!(matches!(all[2], events::Resolved::Sum), "{all:?}");
    // What stands in another trace, or beside, is as it was.
    let beside = [
        span(2, 1, "llm", 1, &generation(r#"{"input":10,"output":5}"#)),
        span(3, 1, "llm", 1, &generation(r#"{"input":10,"output":5}"#)),
        span(
            1,
            0,
            "agent",
            1,
            &json!({ "langfuse.observation.type": "agent" }),
        ),
    ];
    let outcome = parse_with(&beside, r#"{"chat":"langfuse"}"#);
    assert_eq!(
        (outcome.interactions.len(), outcome.trace_spans.len()),
        (2, 0)
    );
}
