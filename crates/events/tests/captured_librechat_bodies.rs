//! The bodies that `@librechat/agents` 3.9.2 sent to a Langfuse base URL, their texts replaced by
//! a canary.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

mod resolved_body;

use cost_calculation::{TokenUsage, UnixMillis};
use events::{Context, Interaction, InteractionStatus, InteractionType, OtlpOutcome, Rejection};
use resolved_body::resolved;

/// What a body comes to where it is the only one of its traces.
fn parse_json_traces(body: &[u8], context: &Context<'_>) -> Result<OtlpOutcome, Rejection> {
    events::parse_json_traces(body, context).map(resolved)
}

const CHATS: &[u8] = include_bytes!("fixtures/langfuse-openai+anthropic+error.json");
const RUNS: &[u8] = include_bytes!("fixtures/langfuse-memory+title+toolcall.json");
/// Turns that a user stopped, and a call that a provider refused.
const ABORTED: &[u8] = include_bytes!("fixtures/langfuse-aborted-turns.json");
/// An agent that calls a calculator and a tool of an MCP server.
const TOOLS: &[u8] = include_bytes!("fixtures/langfuse-agent-tools.json");
const GEMINI: &[u8] = include_bytes!("fixtures/langfuse-gemini-with-title.json");
const ALL: [&[u8]; 5] = [CHATS, RUNS, ABORTED, TOOLS, GEMINI];
/// After LibreChat's own bodies were captured.
const LATER: UnixMillis = UnixMillis(1_796_083_200_000);
/// A minute after the bodies were captured.
const RECEIVED_AT: UnixMillis = UnixMillis(1_795_438_340_000);

fn parse(body: &[u8]) -> OtlpOutcome {
    parse_json_traces(body, &Context::at(RECEIVED_AT)).unwrap()
}

fn brief(interaction: &Interaction) -> (&str, &str, InteractionType, &str) {
    (
        &interaction.user_id,
        &interaction.model_name,
        interaction.kind,
        interaction.context.as_deref().unwrap_or_default(),
    )
}

#[test]
fn the_three_generations_have_their_disjoint_tokens() {
    let outcome = parse(CHATS);
    let usages: Vec<_> = outcome
        .interactions
        .iter()
        .map(|interaction| (interaction.model_name.as_str(), interaction.usage))
        .collect();
    let none = TokenUsage::default();
    assert_eq!(
        usages,
        [
            (
                "gpt-5-mini",
                TokenUsage {
                    input: 200,
                    cache_read: 1000,
                    output: 100,
                    reasoning: 200,
                    ..none
                }
            ),
            (
                "claude-sonnet-4-5",
                TokenUsage {
                    input: 50,
                    // LibreChat writes Anthropic's caches for an hour, and its figures don't say so.
                    cache_write_1h: 400,
                    cache_read: 3000,
                    output: 77,
                    ..none
                }
            ),
            ("err-model", none),
        ]
    );
    assert_eq!(
        (outcome.dropped, outcome.ignored, outcome.rejected.len()),
        (18, 0, 0)
    );
}

#[test]
fn a_generation_knows_who_where_and_how_long() {
    let outcome = parse(CHATS);
    let [chat, ..] = outcome.interactions.as_slice() else {
        panic!("three generations")
    };
    assert_eq!(chat.id.len(), 49);
    assert!(chat.id.ends_with("-3846fa6a7987f83a"));
    assert_eq!(chat.trace_id.as_deref(), chat.id.get(..32));
    assert_eq!(chat.user_id, "user-1");
    assert_eq!(chat.session_id, "conv-1");
    assert_eq!(chat.provider, "openAI");
    assert_eq!(chat.agent, "agent_abc");
    assert_eq!(chat.endpoint, None);
    assert_eq!(chat.message_id.as_deref(), Some("msg-openAI-gpt-5-mini"));
    assert_eq!(chat.timestamp, UnixMillis(1_795_438_269_324));
    assert_eq!(chat.price_time, UnixMillis(1_795_438_269_536));
    assert_eq!(chat.duration_ms, Some(212));
    assert_eq!(chat.time_to_first_token_ms, Some(39));
    assert_eq!(chat.status, InteractionStatus::Ok);
    assert_eq!(chat.source, "langfuse");
}

#[test]
fn a_failed_call_keeps_the_errors_class_and_none_of_its_words() {
    let outcome = parse(CHATS);
    let failed = outcome.interactions.last().unwrap();
    assert_eq!(failed.status, InteractionStatus::Error);
    assert_eq!(failed.error.as_deref(), Some("Error 400 model_not_found"));
}

#[test]
fn memory_title_and_tool_runs_are_told_apart() {
    let outcome = parse(RUNS);
    let briefs: Vec<_> = outcome.interactions.iter().map(brief).collect();
    assert_eq!(
        briefs,
        [
            ("user-2", "gpt-5-mini", InteractionType::Chat, "memory"),
            ("user-2", "gpt-5-mini", InteractionType::Chat, "message"),
            ("user-2", "gpt-5-mini", InteractionType::Chat, "title"),
            ("user-3", "gpt-5-mini", InteractionType::Chat, "message"),
            ("user-3", "gpt-5-mini", InteractionType::Chat, "message"),
            ("user-3", "", InteractionType::Api, "message"),
        ]
    );
    for chat in outcome
        .interactions
        .iter()
        .filter(|chat| chat.kind == InteractionType::Chat)
    {
        // A title carries LangChain's name of the provider only.
        assert_eq!(
            cost_calculation::canonical_provider(&chat.provider),
            "openai"
        );
    }
}

#[test]
fn a_tool_is_one_call_of_its_resource() {
    let outcome = parse(RUNS);
    let tool = outcome
        .interactions
        .iter()
        .find(|i| i.kind == InteractionType::Api)
        .unwrap();
    assert_eq!(tool.units.calls.get("tool:search_db"), Some(&1));
    assert_eq!(tool.duration_ms, Some(122));
    assert_eq!(tool.session_id, "conv-4");
}

#[test]
fn the_canary_of_the_prompts_appears_in_no_output() {
    for body in ALL {
        assert!(String::from_utf8_lossy(body).contains("CANARY"));
        let outcome = parse_json_traces(body, &Context::at(LATER)).unwrap();
        assert!(!format!("{outcome:?}").contains("CANARY"));
    }
}

#[test]
fn a_stopped_turn_is_aborted_and_its_cost_unknown() {
    let outcome = parse_json_traces(ABORTED, &Context::at(LATER)).unwrap();
    let ends: Vec<_> = outcome
        .interactions
        .iter()
        .filter(|one| one.status != InteractionStatus::Ok)
        .map(|one| {
            let calls: Vec<_> = one.units.calls.keys().map(String::as_str).collect();
            (one.status, one.error.as_deref().unwrap_or_default(), calls)
        })
        .collect();
    let aborted = (
        InteractionStatus::Aborted,
        "AbortError",
        vec!["unreported_usage:aborted"],
    );
    let refused = (
        InteractionStatus::Error,
        "Error 429 rate_limit_exceeded",
        vec![],
    );
    assert_eq!(ends, [aborted.clone(), aborted, refused]);
    let refused = outcome
        .interactions
        .iter()
        .find(|one| one.status == InteractionStatus::Error);
    let metadata = refused.unwrap().metadata.as_deref();
    assert_eq!(metadata, Some(r#"{"refused_before_first_token":true}"#));
}

#[test]
fn a_round_of_tools_is_a_call_of_each_by_its_name_alone() {
    let outcome = parse_json_traces(TOOLS, &Context::at(LATER)).unwrap();
    let tools: Vec<_> = outcome
        .interactions
        .iter()
        .filter(|one| one.kind == InteractionType::Api)
        .collect();
    let mut names: Vec<_> = tools
        .iter()
        .flat_map(|one| one.units.calls.keys())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["tool:calculator", "tool:lookup_mcp_fake"]);
    assert!(
        tools
            .iter()
            .all(|one| one.id.ends_with("-1") && one.id.len() == 51)
    );
    assert!(
        tools
            .iter()
            .all(|one| one.agent_name.as_deref() == Some("Calc Agent"))
    );
    // A tool that came as a span of its own is not counted again by its round.
    let runs = parse(RUNS);
    let tools = runs
        .interactions
        .iter()
        .filter(|one| one.kind == InteractionType::Api);
    assert_eq!(tools.count(), 1);
}

#[test]
fn no_run_is_an_agent_called_default_and_a_title_is_of_its_chats_provider() {
    for body in ALL {
        let outcome = parse_json_traces(body, &Context::at(LATER)).unwrap();
        assert!(
            outcome
                .interactions
                .iter()
                .all(|one| one.agent != "default")
        );
    }
    let outcome = parse_json_traces(GEMINI, &Context::at(LATER)).unwrap();
    let title = outcome
        .interactions
        .iter()
        .find(|one| one.context.as_deref() == Some("title"));
    assert_eq!(title.unwrap().provider, "google");
}

#[test]
fn every_run_beside_the_answer_has_its_own_context_in_each_captured_body() {
    let mut found = std::collections::BTreeMap::new();
    for body in ALL {
        let outcome = parse_json_traces(body, &Context::at(LATER)).unwrap();
        for one in outcome.interactions {
            assert!(one.message_id.is_some(), "{one:?}");
            *found.entry(one.context.unwrap()).or_insert(0) += 1;
        }
    }
    let found: Vec<_> = found
        .iter()
        .map(|(name, count)| (name.as_str(), *count))
        .collect();
    assert_eq!(found, [("memory", 6), ("message", 17), ("title", 6)]);
    // LibreChat tags its other runs as it does a title's.
    let runs = String::from_utf8_lossy(RUNS);
    for tag in ["activity-label", "activity-phase", "reasoning-label"] {
        let other = runs
            .replace(
                r#""stringValue":"title""#,
                &format!(r#""stringValue":"{tag}""#),
            )
            .replace("TitleRun", "LibreChat Run");
        let outcome = parse(other.as_bytes());
        let contexts: Vec<_> = outcome
            .interactions
            .iter()
            .map(|one| brief(one).3)
            .collect();
        assert!(
            contexts.contains(&tag) && !contexts.contains(&"title"),
            "{contexts:?}"
        );
    }
}

#[test]
fn a_titles_provider_is_its_conversations_whose_agent_names_the_endpoint() {
    // As captured, a title has LangChain's name of the provider alone.
    for (agent, lang_chain, provider, endpoint) in [
        ("openAI__gpt-4o-mini", "openai", "openAI", None),
        ("google__gemini-3-flash", "google_genai", "google", None),
        (
            "bedrock__anthropic.claude-haiku-4-5",
            "amazon_bedrock",
            "bedrock",
            None,
        ),
        (
            "Mistral__mistral-large-latest___Mistral",
            "openai",
            "openai",
            Some("Mistral"),
        ),
        ("A saved agent", "google_genai", "google_genai", None),
    ] {
        let body = String::from_utf8_lossy(ABORTED)
            .replace("openAI__gpt-4o-mini", agent)
            .replace(
                r#""stringValue":"openai""#,
                &format!(r#""stringValue":"{lang_chain}""#),
            );
        let outcome = parse_json_traces(body.as_bytes(), &Context::at(LATER)).unwrap();
        let mut titles = outcome.interactions.iter().filter(|one| {
            one.context.as_deref() == Some("title") && one.model_name == "gpt-4o-mini"
        });
        let title = titles.next().unwrap();
        assert_eq!(title.provider, provider, "{agent}");
        assert_eq!(title.endpoint.as_deref(), endpoint, "{agent}");
    }
}

#[test]
fn the_same_body_gives_the_same_digests_whenever_it_arrives() {
    let digests = |at| {
        let outcome = parse_json_traces(CHATS, &Context::at(at)).unwrap();
        outcome
            .interactions
            .iter()
            .map(Interaction::digest)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        digests(RECEIVED_AT),
        digests(UnixMillis(RECEIVED_AT.0 + 86_400_000))
    );
}

#[test]
fn a_source_that_does_not_count_is_ignored_and_counted_as_such() {
    let mut context = Context::at(RECEIVED_AT);
    context.counted_sources = events::CountedSources::from_json(r#"{"chat":"otel"}"#).unwrap();
    let outcome = parse_json_traces(RUNS, &context).unwrap();
    assert_eq!(outcome.ignored, 5);
    assert_eq!(outcome.interactions.len(), 1);
}
