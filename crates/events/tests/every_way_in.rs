//! Every published field of a usage object, sent in every way that takes usage objects: it is priced,
//! a part of what is priced, or unread by its name; it never disappears and never counts twice.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

mod resolved_body;

use std::collections::BTreeMap;

use cost_calculation::selftest::meaning_of_field;
use cost_calculation::{TokenPart, UnixMillis, UsageConvention};
use events::{Context, Interaction, parse_interaction, parse_json_traces};
use serde_json::{Map, Value, json};

/// Odd, and no count of anything else here.
const FIGURE: u64 = 7_919;
/// What every base counts: in, and out.
const BASE: u64 = 50_000;
const NOW: UnixMillis = UnixMillis(1_796_040_000_000);

struct Field {
    shape: String,
    table: String,
    path: String,
    meaning: String,
    is_text: bool,
}

fn fields() -> Vec<Field> {
    let catalogue = include_str!("../../cost-calculation/tests/fixtures/usage-fields.jsonl");
    let rows = catalogue.lines().map(|line| {
        let [shape, table, path, meaning, _, kind]: [String; 6] =
            serde_json::from_str(line).unwrap();
        Field {
            shape,
            table,
            path,
            meaning,
            is_text: kind == "text",
        }
    });
    rows.filter(|field| field.table != "outside" && !field.is_text)
        .collect()
}

/// The provider whose API has the shape, and the plain counts of it.
fn base_of(shape: &str) -> (&'static str, Value) {
    let (provider, input, output) = match shape {
        "openai-responses"
        | "openai-images"
        | "openai-realtime"
        | "openai-agents-api"
        | "openai-transcription"
        | "openai-batch"
        | "openai-decisions"
        | "openai-agents-sdk"
        | "pydantic-ai"
        | "genai-prices" => ("openai", "input_tokens", "output_tokens"),
        "vercel-v7" => ("openai", "inputTokens", "outputTokens"),
        "mistral-responses" => ("mistral", "input_tokens", "output_tokens"),
        "perplexity-responses" => ("perplexity", "input_tokens", "output_tokens"),
        "openrouter-responses" => ("openrouter", "input_tokens", "output_tokens"),
        "dashscope-native" => ("dashscope", "input_tokens", "output_tokens"),
        "dashscope-openai" => ("dashscope", "prompt_tokens", "completion_tokens"),
        "langchain-google" => ("google", "input_tokens", "output_tokens"),
        "langchain-aws" => ("aws", "input_tokens", "output_tokens"),
        "langchain-anthropic-js" => ("anthropic", "input_tokens", "output_tokens"),
        shape if shape.starts_with("langchain") || shape == "librechat-agents" => {
            ("openai", "input_tokens", "output_tokens")
        }
        shape if shape.starts_with("openai-") => ("openai", "prompt_tokens", "completion_tokens"),
        shape if shape.starts_with("anthropic") => ("anthropic", "input_tokens", "output_tokens"),
        "gemini-interactions" => ("google", "total_input_tokens", "total_output_tokens"),
        shape if shape.starts_with("gemini") => {
            ("google", "promptTokenCount", "candidatesTokenCount")
        }
        "vertex-proto" => ("vertex", "prompt_token_count", "candidates_token_count"),
        shape if shape.starts_with("bedrock") => ("aws", "inputTokens", "outputTokens"),
        "cohere" => ("cohere", "input_tokens", "output_tokens"),
        shape if shape.starts_with("xai") => ("x-ai", "prompt_tokens", "completion_tokens"),
        shape if shape.starts_with("perplexity") => {
            ("perplexity", "prompt_tokens", "completion_tokens")
        }
        "deepseek" => ("deepseek", "prompt_tokens", "completion_tokens"),
        shape if shape.starts_with("mistral") => ("mistral", "prompt_tokens", "completion_tokens"),
        shape if shape.starts_with("openrouter") => {
            ("openrouter", "prompt_tokens", "completion_tokens")
        }
        "ollama" => ("ollama", "prompt_eval_count", "eval_count"),
        _ => ("together", "prompt_tokens", "completion_tokens"),
    };
    (provider, json!({ input: BASE, output: BASE }))
}

/// The object in which the value stands at a path of the catalogue: `a.b`, `list[]`, `list[AUDIO]`.
fn object_with(path: &str, value: Value) -> Value {
    let mut inner = value;
    for part in path.rsplit('.') {
        inner = match part.split_once('[') {
            Some((list, kind)) => {
                let kind = kind.trim_end_matches(']');
                let mut member = inner.as_object().cloned().unwrap_or_default();
                if !kind.is_empty() {
                    member.insert("modality".to_owned(), json!(kind));
                }
                json!({ list: [member] })
            }
            None => json!({ part: inner }),
        };
    }
    inner
}

fn merged(base: &Value, with: Value) -> Value {
    let mut all: Map<String, Value> = base.as_object().unwrap().clone();
    if let Value::Object(with) = with {
        all.extend(with);
    }
    Value::Object(all)
}

/// A usage in a JSON event; the refusal's field where it is refused.
fn by_event(
    provider: &str,
    convention: Option<&str>,
    usage: &Value,
) -> Result<Interaction, String> {
    let mut event = json!({
        "id": "i", "type": "chat", "session_id": "s", "user_id": "u",
        "timestamp": "2026-11-30T12:00:00Z", "provider": provider, "model_name": "m", "usage": usage,
    });
    if let Some(convention) = convention {
        event["usage_convention"] = json!(convention);
    }
    let body = event.to_string();
    parse_interaction(body.as_bytes(), &Context::at(NOW))
        .map_err(|refusal| format!("{} {}", refusal.field, refusal.fault))
}

fn by_span(attributes: Vec<(&str, Value)>) -> Interaction {
    let attributes: Vec<Value> = attributes
        .into_iter()
        .map(|(key, value)| json!({ "key": key, "value": value }))
        .collect();
    let body = json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": [{
        "traceId": "5c8baf0000000000000000000000beef", "spanId": "00f067aa0ba902b7", "name": "llm",
        "startTimeUnixNano": "1796039000000000000", "endTimeUnixNano": "1796039001000000000",
        "attributes": attributes,
    }] }] }] });
    let context = Context {
        counted_sources: events::CountedSources::from_json("{}").unwrap(),
        ..Context::at(NOW)
    };
    let outcome = parse_json_traces(body.to_string().as_bytes(), &context).unwrap();
    resolved_body::resolved(outcome)
        .interactions
        .into_iter()
        .next()
        .unwrap_or_else(|| panic!("no call: {body}"))
}

fn by_langfuse(provider: &str, usage: &Value) -> Interaction {
    by_span(vec![
        (
            "langfuse.observation.type",
            json!({ "stringValue": "generation" }),
        ),
        (
            "langfuse.observation.model.name",
            json!({ "stringValue": "m" }),
        ),
        (
            "langfuse.observation.metadata.provider",
            json!({ "stringValue": provider }),
        ),
        (
            "langfuse.observation.usage_details",
            json!({ "stringValue": usage.to_string() }),
        ),
    ])
}

/// The two plain counts by a convention's attributes, and one more of any name.
fn by_attributes(counts: [&str; 2], more: Option<&str>) -> Interaction {
    let int = |count: u64| json!({ "intValue": count.to_string() });
    let mut attributes = vec![
        ("gen_ai.operation.name", json!({ "stringValue": "chat" })),
        ("gen_ai.provider.name", json!({ "stringValue": "openai" })),
        ("gen_ai.request.model", json!({ "stringValue": "m" })),
    ];
    attributes.extend(counts.map(|name| (name, int(BASE))));
    attributes.extend(more.map(|name| (name, int(FIGURE))));
    by_span(attributes)
}

/// What is wrong with a call that has one figure more than the plain one; `None` where nothing is.
fn fault(plain: &Interaction, with: &Interaction, known: Option<&str>) -> Option<String> {
    let tokens = with.usage.total().checked_sub(plain.usage.total());
    // A part of what is there adds nothing, anything beside it the figure, and that once.
    if !matches!(tokens, Some(0 | FIGURE)) {
        return Some(format!("tokens grow by {tokens:?}"));
    }
    let new_calls: BTreeMap<&str, u64> = with
        .units
        .calls
        .iter()
        .filter(|(name, _)| !plain.units.calls.contains_key(*name))
        .map(|(name, count)| (name.as_str(), *count))
        .collect();
    let is_part = |name: &str| TokenPart::from_name(name).is_some() || name.starts_with("unsplit_");
    let beside = new_calls.keys().filter(|name| !is_part(name)).count();
    if tokens == Some(FIGURE) && beside > 0 || beside > 1 {
        return Some(format!("counted twice: {tokens:?} and {new_calls:?}"));
    }
    let is_told = with.usage != plain.usage
        || !new_calls.is_empty()
        || with.service_tier != plain.service_tier
        || with.reported_cost != plain.reported_cost;
    let is_known = known.is_some_and(|known| known != "quantity");
    (!is_told && !is_known).then(|| "it disappears".to_owned())
}

/// The path as the tables have it.
fn table_path(path: &str) -> String {
    let mut snake = String::new();
    let mut after_lower = false;
    for character in path.chars() {
        if character.is_ascii_uppercase() && after_lower {
            snake.push('_');
        }
        after_lower = character.is_ascii_lowercase() || character.is_ascii_digit();
        snake.push(character.to_ascii_lowercase());
    }
    snake
}

/// A field that means the same as one of the base's counts contradicts it: it is not put beside it.
fn is_of_the_base(field: &Field) -> bool {
    ["bucket:input", "bucket:output", "total"].contains(&field.meaning.as_str())
}

#[test]
fn every_field_of_an_events_usage_is_priced_a_part_or_unread_by_name() {
    let (mut wrong, mut accepted) = (Vec::new(), 0);
    for field in fields().iter().filter(|field| field.table == "object") {
        let (provider, base) = base_of(&field.shape);
        let is_langchains = field.shape.starts_with("langchain");
        let convention = is_langchains.then_some("usage-metadata");
        let plain = by_event(provider, convention, &base)
            .unwrap_or_else(|refusal| panic!("{}: {refusal}", field.shape));
        let usage = merged(&base, object_with(&field.path, json!(FIGURE)));
        let known = meaning_of_field(UsageConvention::OpenAiLike, &table_path(&field.path));
        let fault = match by_event(provider, convention, &usage) {
            Err(refusal) => Some(format!("refused: {refusal}")),
            Ok(with) => {
                accepted += 1;
                fault(&plain, &with, known)
            }
        };
        if let Some(fault) = fault.filter(|_| !is_of_the_base(field)) {
            wrong.push(format!(
                "{} {} ({}): {fault}",
                field.shape, field.path, field.meaning
            ));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(accepted > 580, "{accepted} accepted");
}

#[test]
fn every_field_of_an_object_in_usage_details_is_priced_a_part_or_unread_by_name() {
    let mut wrong = Vec::new();
    for field in fields() {
        let (provider, base, table) = match field.table.as_str() {
            "object" => {
                let (provider, base) = base_of(&field.shape);
                (provider, base, UsageConvention::OpenAiLike)
            }
            "langfuse" => (
                "openai",
                json!({ "input": BASE, "output": BASE }),
                UsageConvention::LangfuseUsageDetails,
            ),
            _ => continue,
        };
        let plain = by_langfuse(provider, &base);
        let with = by_langfuse(
            provider,
            &merged(&base, object_with(&field.path, json!(FIGURE))),
        );
        let known = meaning_of_field(table, &table_path(&field.path));
        // Nothing is refused here: what contradicts itself has its figures as lines by name.
        if with
            .units
            .calls
            .keys()
            .any(|name| name.starts_with("unread:"))
        {
            continue;
        }
        if let Some(fault) = fault(&plain, &with, known).filter(|_| !is_of_the_base(&field)) {
            wrong.push(format!(
                "{} {} ({}): {fault}",
                field.shape, field.path, field.meaning
            ));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_counting_attribute_is_priced_a_part_or_unread_by_name() {
    let mut wrong = Vec::new();
    for field in fields().iter().filter(|field| field.table == "attribute") {
        let counts = if field.path.starts_with("llm.token_count.") {
            ["llm.token_count.prompt", "llm.token_count.completion"]
        } else {
            ["gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"]
        };
        let plain = by_attributes(counts, None);
        let with = by_attributes(counts, Some(&field.path));
        let known = meaning_of_field(UsageConvention::OtelGenAi, &table_path(&field.path));
        if with
            .units
            .calls
            .keys()
            .any(|name| name.starts_with("unread:"))
        {
            continue;
        }
        if let Some(fault) = fault(&plain, &with, known).filter(|_| !is_of_the_base(field)) {
            wrong.push(format!(
                "{} {} ({}): {fault}",
                field.shape, field.path, field.meaning
            ));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn claudes_own_usage_is_claudes_at_whichever_reseller() {
    let usage = json!({"input_tokens": 100, "output_tokens": 10, "cache_read_input_tokens": 1_000,
        "cache_creation_input_tokens": 500,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 500}});
    for provider in ["anthropic", "aws", "vertex"] {
        let call = by_event(provider, None, &usage).unwrap();
        let read = (
            call.usage.input,
            call.usage.cache_read,
            call.usage.cache_write_1h,
        );
        assert_eq!(read, (100, 1_000, 500), "{provider}");
        assert_eq!(call.usage.total(), 1_610, "{provider}");
    }
}

#[test]
fn an_instrumentations_counts_on_a_langfuse_span_are_read() {
    let call = by_span(vec![
        (
            "langfuse.observation.type",
            json!({ "stringValue": "generation" }),
        ),
        (
            "langfuse.observation.model.name",
            json!({ "stringValue": "m" }),
        ),
        ("gen_ai.usage.input_tokens", json!({ "intValue": "100" })),
        ("gen_ai.usage.output_tokens", json!({ "intValue": "10" })),
        ("gen_ai.usage.cost", json!({ "doubleValue": 0.0123 })),
    ]);
    assert_eq!((call.usage.input, call.usage.output), (100, 10));
    assert_eq!(call.reported_cost.unwrap().to_string(), "0.0123");
}

#[test]
fn more_counts_than_one_span_may_keep_are_told() {
    let mut attributes = vec![
        ("gen_ai.operation.name", json!({ "stringValue": "chat" })),
        ("gen_ai.request.model", json!({ "stringValue": "m" })),
        ("gen_ai.usage.input_tokens", json!({ "intValue": "100" })),
    ];
    let names: Vec<String> = (0..80)
        .map(|at| format!("gen_ai.usage.zero_{at}"))
        .collect();
    attributes.extend(
        names
            .iter()
            .map(|name| (name.as_str(), json!({ "intValue": "0" }))),
    );
    attributes.push(("gen_ai.usage.seats", json!({ "intValue": "3" })));
    let call = by_span(attributes);
    assert!(call.units.calls.contains_key("unread:gen_ai.usage.more"));
}
