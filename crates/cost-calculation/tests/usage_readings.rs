//! Usage objects as providers and frameworks write them, each with the trap that it holds.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

use std::borrow::Borrow;

use cost_calculation::UsageConvention::{
    AnthropicMessages, Azure, BedrockConverse, Gemini, LangfuseUsageDetails, OpenAiChat,
    OpenAiLike, OpenAiResponses, OpenRouter, OtelGenAi, UsageMetadata, Xai,
};
use cost_calculation::{
    Flag, Lifetime, Sender, UsageConvention, UsageReading, read_usage, read_usage_or_keep,
};
use serde_json::{Value, json};

fn read(convention: UsageConvention, provider: &str, payload: impl Borrow<Value>) -> UsageReading {
    read_usage(convention, provider, payload.borrow()).unwrap()
}

fn keep(convention: UsageConvention, provider: &str, payload: impl Borrow<Value>) -> UsageReading {
    read_usage_or_keep(convention, provider, payload.borrow())
}

/// The buckets that are not zero.
fn buckets(reading: &UsageReading) -> Vec<(String, u64)> {
    reading
        .usage
        .buckets()
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(resource, count)| (resource.to_string(), count))
        .collect()
}

fn expect(reading: &UsageReading, expected: &[(&str, u64)], calls: &[(&str, u64)]) {
    let owned = |list: &[(&str, u64)]| -> Vec<(String, u64)> {
        list.iter()
            .map(|(name, count)| ((*name).to_owned(), *count))
            .collect()
    };
    assert_eq!(buckets(reading), owned(expected), "{reading:?}");
    let found: Vec<_> = reading.calls.clone().into_iter().collect();
    assert_eq!(found, owned(calls), "{reading:?}");
}

#[test]
fn bedrocks_total_without_the_cached_tokens_changes_nothing() {
    for total in [5_077, 8_477] {
        let payload = json!({"inputTokens": 5_000, "outputTokens": 77, "totalTokens": total,
            "cacheReadInputTokens": 3_400});
        let reading = read(BedrockConverse, "bedrock", payload);
        expect(
            &reading,
            &[("input", 5_000), ("cache_read", 3_400), ("output", 77)],
            &[],
        );
    }
}

#[test]
fn langchain_counts_awss_cached_tokens_in_the_input_with_or_without_a_total() {
    for total in [json!(null), json!(8_477), json!(5_077)] {
        let payload = json!({"input_tokens": 8_400, "output_tokens": 77, "total_tokens": total,
            "input_token_details": {"cache_read": 3_400}});
        let reading = read(UsageMetadata, "bedrock", payload);
        expect(
            &reading,
            &[("input", 5_000), ("cache_read", 3_400), ("output", 77)],
            &[],
        );
    }
    // Its older packages passed AWS's own counts on; the total tells, and so does the count itself.
    let older = json!({"input_tokens": 5_000, "output_tokens": 77, "total_tokens": 8_477,
        "input_token_details": {"cache_read": 3_400}});
    let reading = read(UsageMetadata, "bedrock", older);
    assert_eq!(reading.usage.input, 5_000);
    assert!(reading.flags.contains(Flag::TotalDecided));
    let more = json!({"input_tokens": 50, "output_tokens": 77, "input_token_details": {"cache_read": 3_400}});
    assert_eq!(read(UsageMetadata, "bedrock", more).usage.input, 50);
}

#[test]
fn audio_that_may_be_cached_is_neither_refused_nor_counted_twice() {
    let payload = json!({"prompt_tokens": 1_000, "completion_tokens": 10, "total_tokens": 1_010,
        "prompt_tokens_details": {"cached_tokens": 800, "audio_tokens": 700}});
    let reading = read(OpenAiChat, "openai", payload);
    expect(
        &reading,
        &[("input", 200), ("cache_read", 800), ("output", 10)],
        &[("unsplit_audio", 700)],
    );
}

#[test]
fn cached_kinds_that_are_told_are_parts_of_what_was_cached() {
    let payload = json!({"total_tokens": 1_016, "input_tokens": 900, "output_tokens": 116,
        "input_token_details": {"text_tokens": 300, "audio_tokens": 600, "cached_tokens": 640,
            "cached_tokens_details": {"text_tokens": 128, "audio_tokens": 512}},
        "output_token_details": {"text_tokens": 30, "audio_tokens": 86}});
    let reading = read(OpenAiResponses, "openai", payload);
    expect(
        &reading,
        &[
            ("input", 172),
            ("cache_read", 640),
            ("audio_in", 88),
            ("output", 30),
            ("audio_out", 86),
        ],
        &[("cache_read_audio", 512)],
    );
}

#[test]
fn every_spelling_of_gemini_is_read() {
    let expected = [
        ("input", 240),
        ("cache_read", 800),
        ("output", 20),
        ("reasoning", 300),
    ];
    for payload in [
        json!({"promptTokenCount": 1_000, "cachedContentTokenCount": 800, "candidatesTokenCount": 20,
            "thoughtsTokenCount": 300, "toolUsePromptTokenCount": 40, "totalTokenCount": 1_360}),
        json!({"prompt_token_count": 1_000, "cached_content_token_count": 800,
            "candidates_token_count": 20, "thoughts_token_count": 300,
            "tool_use_prompt_token_count": 40, "total_token_count": 1_360}),
        json!({"promptTokenCount": 1_000, "cachedContentTokenCount": 800, "responseTokenCount": 20,
            "thoughtsTokenCount": 300, "toolUsePromptTokenCount": 40, "totalTokenCount": 1_360}),
        json!({"total_input_tokens": 1_000, "total_cached_tokens": 800, "total_output_tokens": 20,
            "total_thought_tokens": 300, "total_tool_use_tokens": 40, "total_tokens": 1_360}),
    ] {
        expect(&read(Gemini, "google", payload), &expected, &[]);
    }
}

#[test]
fn geminis_lists_by_modality_tell_what_was_cached_of_each() {
    let payload = json!({"promptTokenCount": 1_000, "candidatesTokenCount": 50,
        "totalTokenCount": 1_050, "cachedContentTokenCount": 600,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 300},
            {"modality": "AUDIO", "tokenCount": 500}, {"modality": "VIDEO", "tokenCount": 200}],
        "cacheTokensDetails": [{"modality": "TEXT", "tokenCount": 200},
            {"modality": "AUDIO", "tokenCount": 400}],
        "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 40}]});
    let reading = read(Gemini, "google", payload);
    expect(
        &reading,
        &[
            ("input", 300),
            ("cache_read", 600),
            ("audio_in", 100),
            ("output", 10),
            ("image_out", 40),
        ],
        &[("cache_read_audio", 400), ("video_in", 200)],
    );
}

#[test]
fn other_shapes_of_openais_counts_are_read() {
    let expected = [("input", 200), ("cache_read", 1_000), ("output", 300)];
    for (provider, payload) in [
        (
            "oci",
            json!({"promptTokens": 1_200, "completionTokens": 300, "totalTokens": 1_500,
            "promptTokensDetails": {"cachedTokens": 1_000}}),
        ),
        (
            "ollama",
            json!({"prompt_eval_count": 1_200, "prompt_eval_cached_count": 1_000,
            "eval_count": 300, "total_duration": 5_043_500_667_u64, "load_duration": 5_025_959}),
        ),
        (
            "x-ai",
            json!({"prompt_tokens": 1_200, "completion_tokens": 300, "total_tokens": 1_500,
            "prompt_text_tokens": 1_200, "cached_prompt_text_tokens": 1_000}),
        ),
        (
            "moonshotai",
            json!({"prompt_tokens": 1_200, "completion_tokens": 300, "cached_tokens": 1_000}),
        ),
        (
            "writer",
            json!({"prompt_tokens": 1_200, "completion_tokens": 300,
            "prompt_token_details": {"cached_tokens": 1_000}}),
        ),
        (
            "",
            json!({"inputTokens": 1_200, "outputTokens": 300, "cachedInputTokens": 1_000}),
        ),
        (
            "",
            json!({"inputTokens": 1_200, "outputTokens": 300, "inputTokenDetails":
            {"noCacheTokens": 200, "cacheReadTokens": 1_000, "cacheWriteTokens": 0}}),
        ),
        (
            "perplexity",
            json!({"input_tokens": 1_200, "output_tokens": 300, "total_tokens": 1_500,
            "input_tokens_details": {"cache_read_input_tokens": 1_000}}),
        ),
        (
            "",
            json!({"usage": {"prompt_tokens": "1200", "completion_tokens": 300.0,
            "prompt_tokens_details": {"cached_tokens": "1000"}}, "created": 1_795_000_000, "id": "x"}),
        ),
    ] {
        expect(&read(OpenAiLike, provider, payload), &expected, &[]);
    }
}

#[test]
fn an_embeddings_or_rerankings_only_count_is_its_input() {
    expect(
        &read(OpenAiLike, "voyageai", json!({"total_tokens": 90})),
        &[("input", 90)],
        &[],
    );
}

#[test]
fn what_is_no_token_is_a_quantity_of_its_own() {
    for (provider, payload, calls) in [
        (
            "openai",
            json!({"type": "duration", "seconds": 27}),
            &[("input_second", 27)][..],
        ),
        (
            "openai",
            json!({"type": "duration", "seconds": 27.4}),
            &[("input_second_ms", 27_400)],
        ),
        (
            "cohere",
            json!({"billed_units": {"search_units": 1.0}}),
            &[("query", 1)],
        ),
        (
            "mistral",
            json!({"pages_processed": 3, "doc_size_bytes": 12_345}),
            &[("page", 3)],
        ),
        (
            "dashscope",
            json!({"image_count": 2}),
            &[("output_image", 2)],
        ),
        (
            "dashscope",
            json!({"characters": 120}),
            &[("input_character", 120)],
        ),
    ] {
        expect(&read(OpenAiLike, provider, payload), &[], calls);
    }
}

#[test]
fn searches_and_tools_are_read_from_every_place_and_once() {
    let base = |more: Value| {
        let mut usage = json!({"prompt_tokens": 10, "completion_tokens": 5});
        usage
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        usage
    };
    for (more, calls) in [
        (
            json!({"server_tool_use": {"web_search_requests": 3, "web_fetch_requests": 2}}),
            &[("web_search", 3)][..],
        ),
        (
            json!({"server_tool_use_details": {"web_search_requests": 2, "tool_calls_requested": 2}}),
            &[("web_search", 2)],
        ),
        (
            json!({"num_server_side_tools_used": 4, "server_side_tool_usage_details":
            {"web_search_calls": 3, "x_search_calls": 1, "mcp_calls": 9}}),
            &[("web_search", 3), ("x_search", 1)],
        ),
        (
            json!({"num_search_queries": 7, "search_context_size": "low"}),
            &[("request_low", 1), ("search_query", 7)],
        ),
        (
            json!({"prompt_tokens_details": {"web_search_requests": 3},
            "server_tool_use": {"web_search_requests": 3}}),
            &[("web_search", 3)],
        ),
    ] {
        expect(
            &read(OpenRouter, "openrouter", base(more)),
            &[("input", 10), ("output", 5)],
            calls,
        );
    }
}

#[test]
fn the_tier_and_the_place_that_were_served_are_the_providers_word() {
    for (payload, tier, region) in [
        (json!({"service_tier": "batch"}), Some("batch"), None),
        (
            json!({"service_tier": "standard", "speed": "fast"}),
            Some("fast"),
            None,
        ),
        (json!({"serviceTier": "priority"}), Some("priority"), None),
        (
            json!({"trafficType": "ON_DEMAND_PRIORITY"}),
            Some("priority"),
            None,
        ),
        (
            json!({"trafficType": "PROVISIONED_THROUGHPUT"}),
            Some("provisioned"),
            None,
        ),
        (json!({"inference_geo": "us"}), None, Some("us")),
        (
            json!({"inference_geo": "global", "service_tier": "default"}),
            None,
            None,
        ),
    ] {
        let mut usage = json!({"input_tokens": 10, "output_tokens": 5});
        usage
            .as_object_mut()
            .unwrap()
            .extend(payload.as_object().unwrap().clone());
        let reading = read(OpenAiLike, "", usage);
        let served = (reading.service_tier.as_deref(), reading.region.as_deref());
        assert_eq!(served, (tier, region), "{payload}");
    }
    let beside = json!({"usage": {"inputTokens": 10, "outputTokens": 5}, "metrics": {"latencyMs": 9},
        "serviceTier": {"type": "flex"}, "performanceConfig": {"latency": "standard"}});
    let reading = read(BedrockConverse, "aws", beside);
    assert_eq!(reading.service_tier.as_deref(), Some("flex"));
}

#[test]
fn a_tier_in_the_names_of_details_is_read_with_their_counts() {
    let details = json!({"input": 1_500, "output": 400, "total": 1_900, "input_priority": 500,
        "input_priority_cache_read": 1_000, "output_priority": 300, "output_priority_reasoning": 100});
    let flex = json!({"input": 0, "output": 0, "total": 1_900, "input_flex": 500,
        "input_flex_cache_read": 1_000, "output_flex": 300, "output_flex_reasoning": 100});
    for (payload, tier) in [(details, "priority"), (flex, "flex")] {
        let reading = read(LangfuseUsageDetails, "openai", payload);
        let expected = [
            ("input", 500),
            ("cache_read", 1_000),
            ("output", 300),
            ("reasoning", 100),
        ];
        expect(&reading, &expected, &[]);
        assert_eq!(reading.service_tier.as_deref(), Some(tier));
    }
}

#[test]
fn a_caches_lifetime_is_told_set_or_assumed() {
    let told = json!({"input_tokens": 10, "output_tokens": 5, "cache_creation_input_tokens": 500,
        "cache_creation": {"ephemeral_5m_input_tokens": 200, "ephemeral_1h_input_tokens": 300}});
    let reading = read(AnthropicMessages, "anthropic", told);
    assert_eq!(
        (reading.usage.cache_write_5m, reading.usage.cache_write_1h),
        (200, 300)
    );
    assert!(reading.flags.is_empty());

    let untold =
        json!({"input_tokens": 10, "output_tokens": 5, "cache_creation_input_tokens": 500});
    let reading = read(AnthropicMessages, "anthropic", untold.clone());
    assert_eq!(reading.usage.cache_write_5m, 500);
    assert!(reading.flags.contains(Flag::CacheLifetimeAssumed));

    let sender = Sender {
        provider: "anthropic",
        cache_lifetime: Some(Lifetime::OneHour),
    };
    let reading = read_usage(AnthropicMessages, sender, &untold).unwrap();
    assert_eq!(reading.usage.cache_write_1h, 500);
    assert!(reading.flags.contains(Flag::CacheLifetimeBySetting));
}

#[test]
fn half_a_day_is_a_lifetime_of_its_own() {
    let payload = json!({"input_tokens": 1_000, "output_tokens": 5, "input_tokens_details":
        {"cache_write_tokens": 600, "cache_write_tokens_details":
            {"ttl_30m_tokens": 200, "ttl_12h_tokens": 400}}});
    let reading = read(OpenAiResponses, "openai", payload);
    assert_eq!(
        (reading.usage.cache_write_5m, reading.usage.cache_write_1h),
        (200, 400)
    );
    assert_eq!(reading.calls["cache_write_12h"], 400);
}

#[test]
fn a_compaction_is_added_and_another_models_steps_stay_unread_by_name() {
    let payload = json!({"input_tokens": 23_000, "output_tokens": 1_000, "iterations": [
        {"type": "compaction", "input_tokens": 180_000, "output_tokens": 3_500},
        {"type": "message", "input_tokens": 23_000, "output_tokens": 1_000},
        {"type": "advisor_message", "model": "claude-x", "input_tokens": 900, "output_tokens": 40}]});
    let reading = read(AnthropicMessages, "anthropic", payload);
    expect(
        &reading,
        &[("input", 203_000), ("output", 4_500)],
        &[
            ("context_tokens", 180_000),
            ("unread:iterations[advisor_message].input_tokens", 900),
            ("unread:iterations[advisor_message].output_tokens", 40),
        ],
    );
    assert!(reading.flags.contains(Flag::CompactionAdded));
    assert!(reading.numbers.is_some());
}

#[test]
fn a_total_that_fits_nothing_leaves_what_it_has_beyond_the_counts_unread() {
    let payload = json!({"input": 20, "output": 198, "total": 623});
    let hidden = keep(LangfuseUsageDetails, "vertexai", payload.clone());
    expect(
        &hidden,
        &[("input", 20), ("output", 198), ("reasoning", 405)],
        &[],
    );
    assert!(hidden.flags.contains(Flag::HiddenReasoning));
    let unknown = keep(LangfuseUsageDetails, "openAI", payload);
    expect(
        &unknown,
        &[("input", 20), ("output", 198)],
        &[("unread:total", 405)],
    );
    assert!(unknown.flags.contains(Flag::TotalDiffers));
}

#[test]
fn langfuses_total_without_bedrocks_cached_tokens_takes_nothing_off_the_input() {
    let payload = json!({"input": 5_000, "output": 77, "total": 5_077, "input_cache_read": 3_400});
    let reading = keep(LangfuseUsageDetails, "bedrock", payload);
    expect(
        &reading,
        &[("input", 5_000), ("cache_read", 3_400), ("output", 77)],
        &[],
    );
    let floored = json!({"input": 0, "output": 77, "total": 4_477, "input_cache_read": 3_400});
    let reading = keep(LangfuseUsageDetails, "bedrock", floored);
    expect(
        &reading,
        &[("input", 1_000), ("cache_read", 3_400), ("output", 77)],
        &[],
    );
}

#[test]
fn a_span_is_read_by_every_instrumentations_names() {
    for (attributes, expected) in [
        (
            json!({"gen_ai.usage.input_tokens": 10_000, "gen_ai.usage.output_tokens": 200,
            "gen_ai.usage.cache_read.input_tokens": 6_000,
            "gen_ai.usage.cache_write.input_tokens": 3_000}),
            &[
                ("input", 1_000),
                ("cache_read", 6_000),
                ("cache_write_5m", 3_000),
                ("output", 200),
            ][..],
        ),
        (
            json!({"gen_ai.usage.input_tokens": 900, "gen_ai.usage.text.input_tokens": 300,
            "gen_ai.usage.audio.input_tokens": 600, "gen_ai.usage.output_tokens": 116,
            "gen_ai.usage.audio.output_tokens": 86}),
            &[
                ("input", 300),
                ("audio_in", 600),
                ("output", 30),
                ("audio_out", 86),
            ],
        ),
        (
            json!({"gen_ai.usage.input_tokens": 2_224, "gen_ai.usage.output_tokens": 1_469,
            "ai.usage.inputTokens": 2_224, "ai.usage.cachedInputTokens": 2_048}),
            &[("input", 176), ("cache_read", 2_048), ("output", 1_469)],
        ),
        (
            json!({"llm.token_count.prompt": 16, "llm.token_count.completion": 10,
            "llm.token_count.total": 26}),
            &[("input", 16), ("output", 10)],
        ),
    ] {
        expect(&read(OtelGenAi, "openai", attributes), expected, &[]);
    }
}

#[test]
fn in_a_trace_what_contradicts_itself_is_kept_by_name_and_by_json_it_is_refused() {
    for (payload, unread) in [
        (
            json!({"prompt_tokens": 10, "prompt_tokens_details": {"cached_tokens": 12}}),
            &[
                ("unread:prompt_tokens", 10),
                ("unread:prompt_tokens_details.cached_tokens", 12),
            ][..],
        ),
        (
            json!({"prompt_tokens": -20, "completion_tokens": 10}),
            &[
                ("unread:completion_tokens", 10),
                ("unread:prompt_tokens", 20),
            ],
        ),
        (
            json!({"prompt_tokens": "1,000", "completion_tokens": 10}),
            &[
                ("unread:completion_tokens", 10),
                ("unread:prompt_tokens", 1),
            ],
        ),
        (
            json!({"completion_tokens": 10}),
            &[("unread:completion_tokens", 10)],
        ),
    ] {
        assert!(
            read_usage(OpenAiChat, "openai", &payload).is_err(),
            "{payload}"
        );
        expect(&keep(OpenAiChat, "openai", payload), &[], unread);
    }
}

#[test]
fn a_field_that_nobody_knows_is_unread_and_kept_for_a_later_release() {
    let payload = json!({"prompt_tokens": 10, "completion_tokens": 5, "queue_time": 0.3,
        "completion_tokens_details": {"dream_tokens": 7, "quiet_tokens": 0}, "note": "some words"});
    let reading = read(Azure, "azure", payload);
    let unread = [("unread:completion_tokens_details.dream_tokens", 7)];
    expect(&reading, &[("input", 10), ("output", 5)], &unread);
    let kept: Value = serde_json::from_str(&reading.numbers.unwrap()).unwrap();
    assert_eq!(kept["completion_tokens_details.dream_tokens"], 7);
    assert!(!kept.to_string().contains("words"));
}

#[test]
fn xais_reasoning_stands_beside_the_completion_and_its_ticks_are_the_bill() {
    let payload = json!({"prompt_tokens": 1_000, "completion_tokens": 1_015, "total_tokens": 3_950,
        "completion_tokens_details": {"reasoning_tokens": 1_935}, "cost_in_usd_ticks": 197_000_000});
    let reading = read(Xai, "xai", payload);
    expect(
        &reading,
        &[("input", 1_000), ("output", 1_015), ("reasoning", 1_935)],
        &[],
    );
    assert_eq!(reading.reported_cost.unwrap().to_string(), "0.0197");
}

#[test]
fn of_several_hops_the_first_prompt_chooses_the_tier() {
    let google = json!({"total_input_tokens": 410_000, "initial_input_tokens": 150_000,
        "total_output_tokens": 10, "total_tokens": 410_010});
    let litellm = json!({"prompt_tokens": 410_000, "completion_tokens": 10, "total_tokens": 410_010,
        "prompt_tokens_details": {"initial_prompt_tokens": 150_000}});
    for (convention, payload) in [(Gemini, google), (OpenAiLike, litellm)] {
        expect(
            &read(convention, "google", payload),
            &[("input", 410_000), ("output", 10)],
            &[("context_tokens", 150_000)],
        );
    }
}

#[test]
fn a_streams_last_counts_replace_its_first_and_its_first_tell_what_the_last_do_not() {
    let event = json!({
        "message": {"usage": {"input_tokens": 10, "output_tokens": 1,
            "cache_creation_input_tokens": 500,
            "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 500},
            "vendor_tokens": 3}},
        "usage": {"output_tokens": 77},
    });
    expect(
        &read(AnthropicMessages, "anthropic", event),
        &[("input", 10), ("cache_write_1h", 500), ("output", 77)],
        &[("unread:message.usage.vendor_tokens", 3)],
    );
}

#[test]
fn what_lies_too_deep_or_behind_too_much_is_unread_and_so_are_digits_as_text() {
    let mut deep = json!({"tokens_of_a_kind": 5});
    for _ in 0..9 {
        deep = json!({ "further": deep });
    }
    let many: serde_json::Map<String, Value> = (0..600)
        .map(|at| (format!("zero_{at:03}"), json!(0)))
        .chain([("zzz_tokens".to_owned(), json!(9))])
        .collect();
    let base = |more: Value| json!({"prompt_tokens": 10, "completion_tokens": 1, "further": more});
    for (payload, unread) in [
        (base(deep), "further.further"),
        (base(Value::Object(many)), "unread:more_fields"),
        (base(json!({"credits": "12"})), "unread:further.credits"),
    ] {
        let reading = keep(OpenAiLike, "together", &payload);
        assert!(reading.flags.contains(Flag::UnreadUsage), "{reading:?}");
        let found = reading.calls.keys().any(|name| name.contains(unread));
        assert!(found, "{unread}: {:?}", reading.calls);
    }
    // What refers to something counts nothing, whatever its digits.
    let ids = base(json!({"request_id": "8812", "model_version": "2026", "created_at": "177"}));
    expect(
        &read(OpenAiLike, "together", ids),
        &[("input", 10), ("output", 1)],
        &[],
    );
}

#[test]
fn reads_and_writes_in_one_count_stay_unread_where_nothing_tells_them_apart() {
    let counts = |more: Value| {
        let mut all = json!({"llm.token_count.prompt": 1_000, "llm.token_count.completion": 10,
            "llm.token_count.prompt_details.cache_input": 600});
        for (name, value) in more.as_object().unwrap() {
            all[name.as_str()] = value.clone();
        }
        keep(OtelGenAi, "openai", all)
    };
    expect(
        &counts(json!({})),
        &[("input", 1_000), ("output", 10)],
        &[("unread:llm.token_count.prompt_details.cache_input", 600)],
    );
    let told = json!({"llm.token_count.prompt_details.cache_read": 600});
    expect(
        &counts(told),
        &[("input", 400), ("cache_read", 600), ("output", 10)],
        &[],
    );
}

#[test]
fn what_repeats_or_only_describes_is_never_added() {
    let groq = json!({"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110,
        "queue_time": 0.1, "prompt_time": 0.2, "total_time": 0.4, "estimated_tokens": 999,
        "context_details": {"input_tokens": 888}, "raw": {"prompt_tokens": 100},
        "context_management": {"cleared_input_tokens": 777}});
    expect(
        &read(OpenAiLike, "groq", groq),
        &[("input", 100), ("output", 10)],
        &[],
    );
}

#[test]
fn a_credit_and_an_answer_from_a_gateways_cache_are_no_plain_tokens() {
    for (more, unread) in [
        (
            json!({"fallback_credit": {"status": {"type": "redeemed"}}}),
            "unread:fallback_credit.status.type",
        ),
        (json!({"cache_hit": true}), "unread:cache_hit"),
    ] {
        let mut payload = json!({"input_tokens": 10, "output_tokens": 1});
        for (name, value) in more.as_object().unwrap() {
            payload[name.as_str()] = value.clone();
        }
        expect(
            &read(AnthropicMessages, "anthropic", payload),
            &[("input", 10), ("output", 1)],
            &[(unread, 1)],
        );
    }
}

#[test]
fn two_names_of_one_count_that_differ_are_both_told() {
    let counts = json!({"gen_ai.usage.input_tokens": 100, "gen_ai.usage.prompt_tokens": 140,
        "gen_ai.usage.output_tokens": 10});
    let kept = keep(OtelGenAi, "openai", &counts);
    assert_eq!(kept.calls["unread:gen_ai.usage.prompt_tokens"], 140);
    assert_eq!((kept.usage.input, kept.usage.output), (100, 10));
}
