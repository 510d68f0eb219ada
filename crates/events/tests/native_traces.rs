//! LibreChat's own OpenTelemetry, and generic `gen_ai` exporters.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

mod otlp_body;
mod resolved_body;

use cost_calculation::TokenUsage;
use events::{InteractionStatus, InteractionType, OtlpOutcome};
use otlp_body::{START_MS, parse_with, span};
use resolved_body::resolved;
use serde_json::{Value, json};

fn parse(spans: &[Value]) -> OtlpOutcome {
    resolved(parse_with(spans, r#"{"chat":"otel"}"#))
}

fn server(id: u8) -> Value {
    let attributes = json!({
        "http.request.method": "POST",
        "http.route": "/api/agents/chat/:endpoint",
        "http.response.status_code": 200,
        "url.query": "secret=1",
        "enduser.id": "user-1",
    });
    span(id, 0, "POST /api/agents/chat/openAI", 2, &attributes)
}

fn mongoose(id: u8, parent: u8) -> Value {
    let attributes = json!({
        "db.system": "mongoose",
        "db.operation": "findOne",
        "db.mongodb.collection": "conversations",
    });
    span(id, parent, "mongoose.Conversation.findOne", 3, &attributes)
}

#[test]
fn a_served_request_is_an_api_interaction_with_its_route() {
    let outcome = parse(&[server(1)]);
    let request = &outcome.interactions[0];
    assert_eq!(request.kind, InteractionType::Api);
    assert_eq!(request.user_id, "user-1");
    assert_eq!(request.session_id, "user-1@2026-11-23");
    assert_eq!(request.duration_ms, Some(40));
    assert_eq!(request.source, "otel");
    assert_eq!(
        request.metadata.as_deref(),
        Some(r#"{"method":"POST","route":"/api/agents/chat/:endpoint","status_code":200}"#)
    );
}

#[test]
fn a_failed_request_is_an_error_and_a_refused_one_is_not() {
    let with_status = |code: u16| {
        span(
            1,
            0,
            "GET",
            2,
            &json!({ "http.status_code": code, "http.method": "GET" }),
        )
    };
    let failed = parse(&[with_status(503)]);
    assert_eq!(failed.interactions[0].error.as_deref(), Some("Error 503"));
    let refused = parse(&[with_status(404)]);
    assert_eq!(refused.interactions[0].status, InteractionStatus::Ok);
}

#[test]
fn a_database_operation_belongs_to_its_requests_user() {
    let outcome = parse(&[
        mongoose(3, 2),
        span(2, 1, "middleware", 1, &json!({})),
        server(1),
    ]);
    assert_eq!(outcome.dropped, 1, "the middleware");
    let operation = &outcome.interactions[0];
    assert_eq!(operation.kind, InteractionType::Db);
    assert_eq!(operation.user_id, "user-1");
    assert_eq!(operation.session_id, "user-1@2026-11-23");
    assert_eq!(operation.provider, "mongodb");
    assert_eq!(operation.units.operations, 1);
}

#[test]
fn the_drivers_span_below_the_mappers_is_the_same_operation() {
    let driver = json!({ "db.system": "mongodb", "db.operation": "find" });
    let outcome = parse(&[
        span(4, 3, "mongodb.find", 3, &driver),
        mongoose(3, 1),
        server(1),
    ]);
    let kinds: Vec<_> = outcome.interactions.iter().map(|kept| kept.kind).collect();
    assert_eq!(kinds, [InteractionType::Db, InteractionType::Api]);
    assert_eq!(outcome.dropped, 1);
}

#[test]
fn polling_without_a_request_is_dropped_and_counted() {
    let job = span(1, 0, "poll", 1, &json!({}));
    let outcome = parse(&[mongoose(3, 0), job, mongoose(2, 1)]);
    assert_eq!(outcome.interactions, []);
    assert_eq!(outcome.dropped, 3);
}

#[test]
fn an_operation_whose_request_came_in_another_body_is_kept() {
    let outcome = parse(&[mongoose(3, 1)]);
    assert_eq!(outcome.interactions[0].user_id, "unknown");
}

fn gen_ai(operation: &str, more: &Value) -> Value {
    let mut attributes = json!({
        "gen_ai.operation.name": operation,
        "gen_ai.provider.name": "anthropic",
        "gen_ai.request.model": "claude-sonnet-4-5",
        "gen_ai.conversation.id": "conv-1",
        "user.id": "user-1",
        "gen_ai.input.messages": "CANARY",
    });
    attributes
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    attributes
}

#[test]
fn input_tokens_of_the_convention_include_the_cached_ones() {
    let counts = json!({
        "gen_ai.usage.input_tokens": 3450,
        "gen_ai.usage.output_tokens": 77,
        "gen_ai.usage.cache_read.input_tokens": 3000,
        "gen_ai.usage.cache_creation.input_tokens": 400,
    });
    let outcome = parse(&[span(1, 0, "chat", 3, &gen_ai("chat", &counts))]);
    let chat = &outcome.interactions[0];
    assert_eq!(chat.kind, InteractionType::Chat);
    assert_eq!(chat.session_id, "conv-1");
    assert_eq!(chat.model_name, "claude-sonnet-4-5");
    assert_eq!(
        chat.usage,
        TokenUsage {
            input: 50,
            cache_read: 3000,
            cache_write_5m: 400,
            output: 77,
            ..TokenUsage::default()
        }
    );
    assert!(!format!("{outcome:?}").contains("CANARY"));
}

#[test]
fn an_agent_that_sums_up_its_calls_is_not_counted_again() {
    let counts = json!({ "gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 1 });
    let agent = span(1, 0, "invoke_agent", 1, &gen_ai("invoke_agent", &counts));
    let call = span(2, 1, "chat", 3, &gen_ai("chat", &counts));
    let inner = span(3, 2, "chat", 3, &gen_ai("chat", &counts));
    let outcome = parse(&[inner, call, agent]);
    assert_eq!(outcome.interactions.len(), 1);
    assert!(outcome.interactions[0].id.ends_with("0000000000000003"));
    assert_eq!(outcome.dropped, 2);
}

#[test]
fn while_langfuse_counts_for_chat_generic_calls_are_ignored() {
    let chat = span(1, 0, "chat", 3, &gen_ai("chat", &json!({})));
    let tool = json!({ "gen_ai.tool.name": "search_db" });
    let tool = span(2, 1, "execute_tool", 1, &gen_ai("execute_tool", &tool));
    let outcome = resolved(parse_with(
        &[chat.clone(), tool.clone(), server(3)],
        r#"{"chat":"langfuse"}"#,
    ));
    assert_eq!((outcome.interactions.len(), outcome.ignored), (1, 2));
    let outcome = parse(&[chat, tool]);
    assert_eq!(outcome.ignored, 0);
    assert_eq!(
        outcome.interactions[1].units.calls.get("tool:search_db"),
        Some(&1)
    );
}

#[test]
fn a_probe_is_nobodys_request() {
    for name in [
        "GET /readyz",
        "GET /health",
        "GET /api/health",
        "GET /livez/",
    ] {
        let outcome = parse(&[span(
            1,
            0,
            name,
            2,
            &json!({ "http.response.status_code": 503 }),
        )]);
        assert_eq!(
            (outcome.interactions.len(), outcome.dropped),
            (0, 1),
            "{name}"
        );
    }
    let route = json!({ "http.route": "/readyz" });
    assert_eq!(parse(&[span(1, 0, "GET", 2, &route)]).dropped, 1);
}

#[test]
fn an_attribute_is_read_whatever_its_number_is_written_as() {
    let call = |count: Value| {
        let mut call = span(1, 0, "chat", 3, &gen_ai("chat", &json!({})));
        let counts = json!([
            { "key": "gen_ai.usage.input_tokens", "value": { "intValue": 1000 } },
            { "key": "gen_ai.usage.output_tokens", "value": count },
        ]);
        let attributes = call["attributes"].as_array_mut().unwrap();
        attributes.extend(counts.as_array().unwrap().clone());
        let outcome = parse(&[call]);
        assert_eq!(outcome.rejected, []);
        outcome.interactions[0].clone()
    };
    for count in [
        json!({ "intValue": "500" }),
        json!({ "intValue": 500 }),
        json!({ "doubleValue": 500.0 }),
        json!({ "stringValue": "500" }),
    ] {
        assert_eq!(call(count.clone()).usage.output, 500, "{count}");
    }
    for count in [
        json!({ "stringValue": "1,000" }),
        json!({ "intValue": "-20" }),
    ] {
        let kept = call(count.clone());
        assert!(
            kept.units
                .calls
                .contains_key("unread:gen_ai.usage.output_tokens"),
            "{count}: {kept:?}"
        );
    }
}

#[test]
fn an_operation_of_any_name_that_counts_tokens_of_a_model_is_a_call() {
    let counts = json!({ "gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 1 });
    for operation in [
        "acompletion",
        "aresponses",
        "anthropic_messages",
        "a_name_of_next_year",
    ] {
        let outcome = parse(&[span(1, 0, "call", 3, &gen_ai(operation, &counts))]);
        assert_eq!(outcome.interactions[0].usage.input, 10, "{operation}");
    }
    let outcome = parse(&[span(1, 0, "call", 3, &gen_ai("invoke_agent", &counts))]);
    assert_eq!(outcome.interactions, []);
    let reasons: Vec<_> = outcome.left_out.iter().map(|(reason, _)| reason).collect();
    assert_eq!(reasons, ["sum_of_calls"]);
}

#[test]
fn a_server_of_models_serves_calls() {
    let attributes = json!({
        "gen_ai.response.model": "Qwen/Qwen3-8B",
        "gen_ai.usage.prompt_tokens": 20,
        "gen_ai.usage.completion_tokens": 5,
    });
    let outcome = parse(&[span(1, 0, "llm_request", 2, &attributes)]);
    assert_eq!(outcome.interactions[0].kind, InteractionType::Chat);
    assert_eq!(outcome.interactions[0].usage.output, 5);
}

#[test]
fn openinference_spans_are_calls_by_their_kind() {
    let call = json!({
        "openinference.span.kind": "LLM",
        "llm.model_name": "gpt-5.4",
        "llm.provider": "openai",
        "llm.token_count.prompt": 16,
        "llm.token_count.completion": 10,
        "llm.token_count.total": 26,
        "llm.cost.total": "0.5",
        "llm.input_messages.0.message.content": "CANARY",
    });
    let agent = json!({ "openinference.span.kind": "AGENT", "llm.token_count.prompt": 16 });
    let tool = json!({ "openinference.span.kind": "TOOL", "tool.name": "search" });
    let outcome = parse(&[
        span(3, 1, "tool", 1, &tool),
        span(2, 1, "call", 1, &call),
        span(1, 0, "agent", 1, &agent),
    ]);
    assert_eq!(outcome.interactions.len(), 2);
    let chat = &outcome.interactions[1];
    assert_eq!(
        (chat.provider.as_str(), chat.model_name.as_str()),
        ("openai", "gpt-5.4")
    );
    // Read, or kept by its numbers: never nothing.
    assert!(chat.usage.input == 16 || chat.units.calls["unread:llm.token_count.prompt"] == 16);
    assert_eq!(chat.reported_cost.unwrap().to_string(), "0.5");
    assert_eq!(outcome.interactions[0].units.calls["tool:search"], 1);
    assert!(!format!("{outcome:?}").contains("CANARY"));
}

#[test]
fn of_the_ai_sdks_two_spans_the_inner_one_is_the_call() {
    let outer = json!({
        "ai.operationId": "ai.generateText", "ai.model.id": "gpt-5-nano",
        "ai.usage.inputTokens": 2224, "ai.usage.outputTokens": 1469,
    });
    let inner = json!({
        "ai.operationId": "ai.generateText.doGenerate", "ai.model.provider": "openai.chat",
        "gen_ai.request.model": "gpt-5-nano", "gen_ai.usage.input_tokens": 2224,
        "gen_ai.usage.output_tokens": 1469, "ai.telemetry.metadata.userId": "tester",
    });
    let outcome = parse(&[
        span(2, 1, "inner", 1, &inner),
        span(1, 0, "outer", 1, &outer),
    ]);
    assert_eq!(outcome.interactions.len(), 1);
    assert_eq!(outcome.interactions[0].user_id, "tester");
    assert_eq!(outcome.interactions[0].provider, "openai.chat");
}

#[test]
fn an_agents_run_without_an_operation_is_no_call() {
    let sum = json!({
        "agent_name": "agent", "gen_ai.agent.name": "agent", "model_name": "gpt-5-mini",
        "gen_ai.usage.input_tokens": 113, "gen_ai.usage.output_tokens": 11,
    });
    assert_eq!(parse(&[span(1, 0, "agent run", 1, &sum)]).interactions, []);
}

#[test]
fn a_span_about_models_that_is_not_understood_is_named() {
    let odd = json!({ "gen_ai.evaluation.score": 1, "gen_ai.response.id": "x" });
    let outcome = parse(&[span(1, 0, "odd", 1, &odd)]);
    let (reason, left_out) = outcome.left_out.iter().next().unwrap();
    assert_eq!((reason, left_out.count), ("unread_model_span", 1));
    assert_eq!(
        left_out.example,
        "gen_ai.evaluation.score, gen_ai.response.id"
    );
}

#[test]
fn one_bad_span_does_not_sink_the_others() {
    let counts = json!({
        "gen_ai.usage.input_tokens": 10,
        "gen_ai.usage.cache_read.input_tokens": 12,
    });
    let contradicts = span(1, 0, "chat", 3, &gen_ai("chat", &counts));
    let mut no_id = server(2);
    no_id["spanId"] = json!("xyz");
    let mut in_future = server(3);
    in_future["endTimeUnixNano"] = json!(format!("{}000000", START_MS + 86_400_000));
    let outcome = parse(&[contradicts, no_id, in_future, json!(7), server(4)]);
    // Counts that exclude each other where the convention would have one contain the other are read
    // the other way, and say so.
    assert_eq!(outcome.interactions.len(), 2);
    let chat = &outcome.interactions[0];
    assert_eq!((chat.usage.input, chat.usage.cache_read), (10, 12));
    assert!(
        chat.reading
            .contains(cost_calculation::Flag::OverlapConcluded)
    );
    let fields: Vec<_> = outcome
        .rejected
        .iter()
        .map(|refused| refused.rejection.field.as_str())
        .collect();
    assert!(
        fields.contains(&"spanId") && fields.contains(&"endTimeUnixNano"),
        "{fields:?}"
    );
    assert_eq!(fields.len(), 3);
}

#[test]
fn an_agent_above_a_call_gives_its_id_and_its_name() {
    let agent = json!({ "gen_ai.agent.id": "agent_abc", "gen_ai.agent.name": "Writer" });
    let agent = span(1, 0, "invoke_agent", 1, &gen_ai("invoke_agent", &agent));
    let counts = json!({ "gen_ai.usage.input_tokens": 10 });
    let call = span(2, 1, "chat", 3, &gen_ai("chat", &counts));
    let outcome = parse(&[call, agent]);
    let call = &outcome.interactions[0];
    assert_eq!(
        (call.agent.as_str(), call.agent_name.as_deref()),
        ("agent_abc", Some("Writer"))
    );
}

#[test]
fn a_server_of_models_and_a_probe_are_told_from_a_served_request() {
    let counts = json!({ "gen_ai.usage.input_tokens": 10 });
    let served_model = span(1, 0, "chat", 2, &gen_ai("chat", &counts));
    let probe = span(2, 0, "GET", 2, &json!({ "http.route": "/health" }));
    let outcome = parse(&[served_model, probe]);
    assert_eq!(outcome.interactions.len(), 1);
    assert_eq!(outcome.interactions[0].kind, InteractionType::Chat);
    let reasons: Vec<_> = outcome.left_out.iter().map(|(reason, _)| reason).collect();
    assert_eq!(reasons, ["probe"]);
}
