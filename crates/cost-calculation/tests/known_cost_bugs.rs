//! The cost bugs of other systems, each with the numbers of its report: their answer is in
//! `docs/cost-bugs.md`, the right one is here.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)] // a test may stop at once

mod rates;

use cost_calculation::{
    Billable, Flag, MatchKind, ModelAlias, PriceBook, PriceRow, PriceState, ProviderMapping,
    TokenUsage, UnixMillis, UsageConvention, read_usage, read_usage_or_keep,
};
use rates::{NOW, above, book, call, model, price, region, row, tier, total};
use serde_json::{Value, json};

const SONNET: &[(&str, &str)] = &[
    ("input", "3"),
    ("cache_read", "0.3"),
    ("cache_write_5m", "3.75"),
    ("cache_write_1h", "6"),
    ("output", "15"),
];
const SONNET_LONG: &[(&str, &str)] = &[
    ("input", "6"),
    ("cache_read", "0.6"),
    ("cache_write_5m", "7.5"),
    ("cache_write_1h", "12"),
    ("output", "22.5"),
];

fn read(convention: UsageConvention, provider: &str, payload: &Value) -> TokenUsage {
    read_usage(convention, provider, payload).unwrap().usage
}

fn sonnet(name: &str) -> PriceBook {
    book([
        model("anthropic", name, SONNET),
        above(200_001, model("anthropic", name, SONNET_LONG)),
    ])
}

#[test]
fn anthropics_cache_writes_are_charged_once() {
    let usage = read(
        UsageConvention::AnthropicMessages,
        "anthropic",
        &json!({"input_tokens": 3, "cache_creation_input_tokens": 12304,
                "cache_read_input_tokens": 0, "output_tokens": 550}),
    );
    let book = sonnet("claude-3-7-sonnet-20250219");
    assert_eq!(
        total(
            &book,
            &call("anthropic", "claude-3-7-sonnet-20250219", &usage)
        ),
        "0.054399"
    );
}

#[test]
fn geminis_cached_tokens_are_part_of_the_prompt_and_choose_its_tier() {
    let usage = read(
        UsageConvention::Gemini,
        "google",
        &json!({"promptTokenCount": 262_960, "cachedContentTokenCount": 257_955,
                "candidatesTokenCount": 1_744, "totalTokenCount": 264_704}),
    );
    assert_eq!((usage.input, usage.cache_read), (5_005, 257_955));
    let short = [("input", "1.25"), ("cache_read", "0.31"), ("output", "10")];
    let long = [("input", "2.5"), ("cache_read", "0.625"), ("output", "15")];
    let book = book([
        model("google", "gemini-2.5-pro", &short),
        above(200_001, model("google", "gemini-2.5-pro", &long)),
    ]);
    assert_eq!(
        total(&book, &call("google", "gemini-2.5-pro", &usage)),
        "0.199894375"
    );
}

#[test]
fn librechats_anthropic_counts_are_inclusive_for_writes_and_reads() {
    let book = sonnet("claude-sonnet-4-5");
    for (cached, right) in [("cache_creation", "0.0165795"), ("cache_read", "0.001365")] {
        let payload = json!({"input_tokens": 4424, "output_tokens": 0, "total_tokens": 4424,
            "input_token_details": {cached: 4410}});
        let usage = read(UsageConvention::UsageMetadata, "anthropic", &payload);
        assert_eq!(usage.input, 14);
        assert_eq!(
            total(&book, &call("anthropic", "claude-sonnet-4-5", &usage)),
            right
        );
    }
}

#[test]
fn librechats_gemini_counts_are_inclusive() {
    let payload = json!({"input_tokens": 11125, "output_tokens": 429, "total_tokens": 11554,
        "input_token_details": {"text": 11125, "cache_read": 7441},
        "output_token_details": {"text": 20, "reasoning": 409}});
    let usage = read(UsageConvention::UsageMetadata, "google", &payload);
    assert_eq!((usage.input, usage.cache_read), (3684, 7441));
    assert_eq!((usage.output, usage.reasoning), (20, 409));
}

#[test]
fn vertexs_thoughts_are_billed_though_its_stream_leaves_them_out_of_the_output() {
    let payload = json!({"input_tokens": 80657, "output_tokens": 766, "total_tokens": 83265,
        "output_token_details": {"reasoning": 1842}});
    let usage = read(UsageConvention::UsageMetadata, "vertexai", &payload);
    assert_eq!((usage.output, usage.reasoning), (766, 1842));
    // Even where the stream doesn't name them: the total has them.
    let payload = json!({"input_tokens": 80657, "output_tokens": 766, "total_tokens": 83265});
    assert_eq!(
        read(UsageConvention::UsageMetadata, "vertexai", &payload),
        usage
    );
    let prices = [("input", "0.5"), ("output", "3")];
    let book = book([model("vertex", "gemini-3-flash-preview", &prices)]);
    let billable = call("vertexai", "gemini-3-flash-preview", &usage);
    assert_eq!(total(&book, &billable), "0.0481525");
}

#[test]
fn bedrocks_counts_are_additive() {
    let payload = json!({"inputTokens": 50, "outputTokens": 77, "totalTokens": 3527,
        "cacheReadInputTokens": 3000, "cacheWriteInputTokens": 400});
    let usage = read(UsageConvention::BedrockConverse, "bedrock", &payload);
    assert_eq!(
        (usage.input, usage.cache_read, usage.cache_write_5m),
        (50, 3000, 400)
    );
    let payload = json!({"input_tokens": 50, "output_tokens": 77, "total_tokens": 3527,
        "input_token_details": {"cache_read": 3000, "cache_creation": 400}});
    assert_eq!(
        read(UsageConvention::UsageMetadata, "bedrock", &payload),
        usage
    );
}

#[test]
fn geminis_thoughts_are_outside_the_candidates_and_tool_prompts_are_input() {
    let payload = json!({"promptTokenCount": 100, "toolUsePromptTokenCount": 40,
        "candidatesTokenCount": 20, "thoughtsTokenCount": 300, "totalTokenCount": 460});
    let usage = read(UsageConvention::Gemini, "google", &payload);
    assert_eq!((usage.input, usage.output, usage.reasoning), (140, 20, 300));
}

#[test]
fn xais_chat_reasoning_is_outside_the_completion_and_the_total_tells() {
    let outside = json!({"prompt_tokens": 32, "completion_tokens": 9, "total_tokens": 135,
        "completion_tokens_details": {"reasoning_tokens": 94}});
    let usage = read(UsageConvention::Xai, "xai", &outside);
    assert_eq!((usage.output, usage.reasoning), (9, 94));
    let inside = json!({"input_tokens": 32, "output_tokens": 103, "total_tokens": 135,
        "output_tokens_details": {"reasoning_tokens": 94}});
    assert_eq!(read(UsageConvention::Xai, "xai", &inside), usage);
}

#[test]
fn deepseeks_hits_and_misses_make_the_prompt() {
    let payload = json!({"prompt_tokens": 1000, "prompt_cache_hit_tokens": 900,
        "prompt_cache_miss_tokens": 100, "completion_tokens": 50, "total_tokens": 1050});
    let usage = read(UsageConvention::DeepSeek, "deepseek", &payload);
    assert_eq!(
        (usage.input, usage.cache_read, usage.output),
        (100, 900, 50)
    );
    let wrong = json!({"prompt_tokens": 1000, "prompt_cache_hit_tokens": 900,
        "prompt_cache_miss_tokens": 101, "completion_tokens": 50});
    let error = read_usage(UsageConvention::DeepSeek, "deepseek", &wrong).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`prompt_tokens` (1000) and `prompt_cache_hit_tokens + prompt_cache_miss_tokens` (1001) \
         should be the same count"
    );
}

#[test]
fn langfuses_inclusive_input_is_given_away_by_its_total_and_cached_tokens_are_not_free() {
    let payload = json!({"input": 117_231, "cache_read_input_tokens": 115_584, "output": 225,
        "total": 117_456});
    let usage = read(UsageConvention::LangfuseUsageDetails, "openai", &payload);
    assert_eq!((usage.input, usage.cache_read), (1_647, 115_584));
    let prices = [("input", "4"), ("cache_read", "0.4"), ("output", "20")];
    let book = book([model("openai", "gpt-5.6-sol", &prices)]);
    assert_eq!(
        total(&book, &call("openai", "gpt-5.6-sol", &usage)),
        "0.0573216"
    );
}

#[test]
fn langfuses_disjoint_buckets_stay_as_they_are() {
    let payload = json!({"input": 50, "output": 77, "total": 3527, "input_cache_read": 3000,
        "input_cache_creation": 400});
    let usage = read(UsageConvention::LangfuseUsageDetails, "anthropic", &payload);
    assert_eq!(
        (usage.input, usage.cache_read, usage.cache_write_5m),
        (50, 3000, 400)
    );
    let payload = json!({"input": 200, "output": 100, "total": 1500, "input_audio": 0,
        "input_cache_read": 1000, "output_audio": 0, "output_reasoning": 200});
    let usage = read(UsageConvention::LangfuseUsageDetails, "openai", &payload);
    assert_eq!(
        (usage.input, usage.output, usage.reasoning),
        (200, 100, 200)
    );
}

#[test]
fn langfuses_unknown_bucket_is_never_free() {
    let convention = UsageConvention::LangfuseUsageDetails;
    let counted = json!({"input": 10, "input_over_200k": 5, "output": 1, "total": 16});
    assert_eq!(read(convention, "", &counted).input, 15);
    let contained = json!({"input": 10, "input_over_200k": 5, "output": 1, "total": 11});
    assert_eq!(read(convention, "", &contained).input, 10);
    let open = json!({"input": 10, "input_over_200k": 5, "output": 1});
    let reading = read_usage_or_keep(convention, "", &open);
    assert_eq!(reading.usage.input, 10);
    assert_eq!(reading.calls["unread:input_over_200k"], 5);
}

#[test]
fn openais_cache_writes_are_not_dropped() {
    let payload = json!({"input_tokens": 172_000, "output_tokens": 0,
        "input_tokens_details": {"cached_tokens": 155_000, "cache_write_tokens": 3_000}});
    let usage = read(UsageConvention::OpenAiResponses, "openai", &payload);
    let prices = [
        ("input", "5"),
        ("cache_read", "0.5"),
        ("cache_write_5m", "6.25"),
    ];
    let book = book([model("openai", "gpt-5.6", &prices)]);
    assert_eq!(total(&book, &call("openai", "gpt-5.6", &usage)), "0.16625");
}

#[test]
fn one_hour_cache_writes_have_their_own_rate() {
    let payload = json!({"input_tokens": 0, "cache_creation_input_tokens": 344_139,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 344_139},
        "output_tokens": 0});
    let usage = read(UsageConvention::AnthropicMessages, "anthropic", &payload);
    assert_eq!((usage.cache_write_5m, usage.cache_write_1h), (0, 344_139));
    let prices = [
        ("input", "5"),
        ("cache_write_5m", "6.25"),
        ("cache_write_1h", "10"),
    ];
    let book = book([model("anthropic", "claude-opus-5", &prices)]);
    assert_eq!(
        total(&book, &call("anthropic", "claude-opus-5", &usage)),
        "3.44139"
    );
}

#[test]
fn another_models_pasted_write_rate_shows_in_the_line() {
    let usage = TokenUsage {
        cache_write_1h: 9_628,
        ..TokenUsage::default()
    };
    let prices = [
        ("input", "0.25"),
        ("cache_write_1h", "0.5"),
        ("output", "1.25"),
    ];
    let book = book([model("anthropic", "claude-3-haiku-20240307", &prices)]);
    let estimate = price(&book, &call("anthropic", "claude-3-haiku-20240307", &usage));
    assert_eq!(estimate.total.unwrap().to_string(), "0.004814");
    assert_eq!(estimate.lines[0].rate_pico, Some(500_000_000_000));
}

#[test]
fn one_hour_writes_in_a_long_context_have_the_long_contexts_rate() {
    let usage = TokenUsage {
        cache_write_1h: 250_000,
        ..TokenUsage::default()
    };
    let full = sonnet("claude-sonnet-4-5");
    assert_eq!(
        total(&full, &call("anthropic", "claude-sonnet-4-5", &usage)),
        "3"
    );
    // A list without that rate: the base rate is used, and the line says that it is too low.
    let long = above(
        200_001,
        model("anthropic", "claude-sonnet-4-5", &[("input", "6")]),
    );
    let gap = book([model("anthropic", "claude-sonnet-4-5", SONNET), long]);
    let estimate = price(&gap, &call("anthropic", "claude-sonnet-4-5", &usage));
    assert_eq!(estimate.total.unwrap().to_string(), "1.5");
    assert!(estimate.flags.contains(Flag::ContextTierMissing));
}

#[test]
fn cache_writes_count_towards_the_context_tier_and_are_priced_by_it() {
    let usage = TokenUsage {
        input: 1_000,
        cache_write_5m: 200_000,
        output: 100,
        ..TokenUsage::default()
    };
    let book = sonnet("claude-sonnet-4");
    assert_eq!(
        total(&book, &call("anthropic", "claude-sonnet-4", &usage)),
        "1.50825"
    );
}

#[test]
fn a_context_tier_is_a_cliff_and_prices_the_output_too() {
    let book = sonnet("claude-sonnet-4-5");
    for (input, right) in [
        (200_000, "0.615"),
        (200_001, "1.222506"),
        (300_000, "1.8225"),
    ] {
        let usage = TokenUsage {
            input,
            output: 1_000,
            ..TokenUsage::default()
        };
        assert_eq!(
            total(&book, &call("anthropic", "claude-sonnet-4-5", &usage)),
            right
        );
    }
}

#[test]
fn xais_tier_begins_at_exactly_two_hundred_thousand() {
    let long = model("x-ai", "grok-4.5", &[("input", "6"), ("output", "18")]);
    let book = book([
        model("x-ai", "grok-4.5", &[("input", "3"), ("output", "9")]),
        above(200_000, long),
    ]);
    for (input, right) in [(199_999, "0.599997"), (200_000, "1.2")] {
        let usage = TokenUsage {
            input,
            ..TokenUsage::default()
        };
        assert_eq!(total(&book, &call("xai", "grok-4.5", &usage)), right);
    }
}

fn gpt_4o_mini() -> [Vec<PriceRow>; 2] {
    let standard = model(
        "openai",
        "gpt-4o-mini",
        &[("input", "0.15"), ("output", "0.6")],
    );
    let priority = model(
        "openai",
        "gpt-4o-mini",
        &[("input", "0.25"), ("output", "1")],
    );
    [standard, tier("priority", priority)]
}

#[test]
fn the_tier_that_was_served_is_billed_and_not_the_one_requested() {
    let response = json!({"service_tier": "default", "usage": {"prompt_tokens": 9,
        "completion_tokens": 2, "total_tokens": 11}});
    let reading = read_usage(UsageConvention::OpenAiChat, "openai", &response).unwrap();
    let usage = reading.usage;
    let book = book(gpt_4o_mini());
    let billable = Billable {
        service_tier: reading.service_tier.as_deref().unwrap_or_default(),
        ..call("openai", "gpt-4o-mini", &usage)
    };
    assert_eq!(total(&book, &billable), "0.00000255");
    let billable = Billable {
        service_tier: "priority",
        ..call("openai", "gpt-4o-mini", &usage)
    };
    assert_eq!(total(&book, &billable), "0.00000425");
}

#[test]
fn a_tier_without_a_price_is_unpriced_and_never_silently_standard() {
    let usage = TokenUsage {
        input: 9,
        output: 2,
        ..TokenUsage::default()
    };
    let [standard, _] = gpt_4o_mini();
    let book = book([standard]);
    let billable = Billable {
        service_tier: "priority",
        ..call("openai", "gpt-4o-mini", &usage)
    };
    let estimate = price(&book, &billable);
    assert_eq!(
        (estimate.price_state, estimate.total),
        (PriceState::Unpriced, None)
    );
    assert_eq!(
        estimate.lines[0].note,
        Some("the model has no rate in force for the service tier")
    );
}

#[test]
fn flex_is_not_priced_as_standard_and_has_its_own_context_tier() {
    let standard = [("input", "5"), ("output", "30")];
    let standard_long = [("input", "10"), ("output", "45")];
    let flex = [("input", "2.5"), ("output", "15")];
    let flex_long = [("input", "5"), ("output", "22.5")];
    let book = book([
        model("openai", "gpt-5.5", &standard),
        above(272_001, model("openai", "gpt-5.5", &standard_long)),
        tier("flex", model("openai", "gpt-5.5", &flex)),
        tier(
            "flex",
            above(272_001, model("openai", "gpt-5.5", &flex_long)),
        ),
    ]);
    let usage = TokenUsage {
        input: 300_000,
        output: 1_000,
        ..TokenUsage::default()
    };
    let flex = Billable {
        service_tier: "flex",
        ..call("openai", "gpt-5.5", &usage)
    };
    assert_eq!(total(&book, &flex), "1.5225");
    assert_eq!(total(&book, &call("openai", "gpt-5.5", &usage)), "3.045");
}

#[test]
fn a_resellers_batch_call_keeps_its_tier_at_the_vendor() {
    let standard = [("input", "2"), ("output", "8")];
    let batch = [("input", "1"), ("output", "4")];
    let book = book([
        model("openai", "gpt-4.1", &standard),
        tier("batch", model("openai", "gpt-4.1", &batch)),
    ]);
    let usage = TokenUsage {
        input: 1_000,
        output: 1_000,
        ..TokenUsage::default()
    };
    let billable = Billable {
        service_tier: "batch",
        ..call("azureOpenAI", "gpt-4.1", &usage)
    };
    let estimate = price(&book, &billable);
    assert_eq!(estimate.total.unwrap().to_string(), "0.005");
    assert_eq!(estimate.match_kind, Some(MatchKind::VendorFallback));
}

#[test]
fn reasoning_is_billed_at_its_tiers_rate() {
    let standard = [("input", "1"), ("output", "2"), ("reasoning", "3")];
    let priority = [("input", "2"), ("output", "4"), ("reasoning", "6")];
    let book = book([
        model("dashscope", "qwen-plus", &standard),
        tier("priority", model("dashscope", "qwen-plus", &priority)),
    ]);
    let usage = TokenUsage {
        reasoning: 1_000_000,
        ..TokenUsage::default()
    };
    let billable = Billable {
        service_tier: "priority",
        ..call("dashscope", "qwen-plus", &usage)
    };
    assert_eq!(total(&book, &billable), "6");
}

#[test]
fn more_cached_tokens_than_input_is_an_error_that_names_both_counts() {
    let payload = json!({"prompt_tokens": 10, "prompt_tokens_details": {"cached_tokens": 12}});
    let error = read_usage(UsageConvention::OpenAiChat, "openai", &payload).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`cached_tokens` (12) can't exceed `prompt_tokens` (10), which contains it"
    );
}

#[test]
fn a_model_that_only_begins_like_a_known_one_is_unpriced() {
    let deepseek = "accounts/fireworks/models/deepseek-r1-0528-distill-qwen3-8b";
    let book = book([
        model("cohere", "command-a", &[("input", "2.5"), ("output", "10")]),
        model(
            "fireworks",
            deepseek,
            &[("input", "0.2"), ("output", "0.2")],
        ),
        model(
            "anthropic",
            "claude-opus-4-7",
            &[("input", "5"), ("output", "25")],
        ),
        model(
            "kenari",
            "nemotron-3-ultra-550b-a55b",
            &[("input", "0"), ("output", "0")],
        ),
    ]);
    let usage = TokenUsage {
        input: 1_000,
        output: 10,
        ..TokenUsage::default()
    };
    for (provider, name) in [
        ("cohere", "command-a-plus-05-2026"),
        ("fireworks", "accounts/fireworks/models/deepseek-v4-pro"),
        ("anthropic", "claude-2.1"),
        ("anthropic", "claude"),
        ("nvidia", "nvidia/nemotron-3-ultra-550b-a55b"),
        ("openai", "gpt-4o"),
    ] {
        let estimate = price(&book, &call(provider, name, &usage));
        assert_eq!(
            estimate.total, None,
            "{name}: unknown, not zero and not another's price"
        );
        assert_eq!(estimate.price_state, PriceState::Unpriced, "{name}");
        assert_eq!(estimate.match_kind, None, "{name}");
    }
}

#[test]
fn an_explicit_zero_is_a_price() {
    let book = book([model(
        "groq",
        "free-model",
        &[("input", "0"), ("output", "0")],
    )]);
    let usage = TokenUsage {
        input: 1_000,
        output: 10,
        ..TokenUsage::default()
    };
    let estimate = price(&book, &call("groq", "free-model", &usage));
    assert_eq!(
        (estimate.price_state, estimate.total),
        (PriceState::Priced, Some(cost_calculation::PicoUsd::ZERO))
    );
}

#[test]
fn a_missing_cached_rate_falls_to_the_input_rate_and_is_flagged() {
    let book = book([model(
        "cohere",
        "command-x",
        &[("input", "2"), ("output", "8")],
    )]);
    let usage = TokenUsage {
        cache_read: 1_000_000,
        ..TokenUsage::default()
    };
    let estimate = price(&book, &call("cohere", "command-x", &usage));
    assert_eq!(estimate.total.unwrap().to_string(), "2");
    assert!(estimate.flags.contains(Flag::BilledAsInput));
    assert_eq!(estimate.cache_savings.get(), 0);
}

#[test]
fn a_free_variant_has_no_paid_price_and_the_paid_model_is_not_free() {
    let paid = model(
        "openrouter",
        "qwen/qwen3-coder",
        &[("input", "1"), ("output", "4")],
    );
    let free = model(
        "openrouter",
        "qwen/qwen3-coder",
        &[("input", "0"), ("output", "0")],
    );
    let usage = TokenUsage {
        input: 1_000_000,
        ..TokenUsage::default()
    };
    let both = book([paid.clone(), tier("free", free)]);
    assert_eq!(
        total(&both, &call("openrouter", "qwen/qwen3-coder:free", &usage)),
        "0"
    );
    assert_eq!(
        total(&both, &call("openrouter", "qwen/qwen3-coder", &usage)),
        "1"
    );
    let only_paid = book([paid]);
    assert_eq!(
        total(
            &only_paid,
            &call("openrouter", "qwen/qwen3-coder:free", &usage)
        ),
        "unpriced"
    );
}

#[test]
fn a_bare_bedrock_model_is_not_priced_as_its_regional_one() {
    let name = "anthropic.claude-sonnet-4-6";
    let book = book([
        model("aws", name, &[("input", "3")]),
        region("regional", model("aws", name, &[("input", "3.3")])),
    ]);
    let usage = TokenUsage {
        input: 1_000_000,
        ..TokenUsage::default()
    };
    for (name, right) in [
        ("anthropic.claude-sonnet-4-6", "3"),
        ("global.anthropic.claude-sonnet-4-6", "3"),
        ("us.anthropic.claude-sonnet-4-6", "3.3"),
        ("eu.anthropic.claude-sonnet-4-6", "3.3"),
    ] {
        assert_eq!(
            total(&book, &call("bedrock", name, &usage)),
            right,
            "{name}"
        );
    }
}

#[test]
fn where_a_name_stood_does_not_hide_the_model() {
    let book = book([model("google", "gemini-2.5-pro", &[("input", "1.25")])]);
    let usage = TokenUsage {
        input: 1_000_000,
        ..TokenUsage::default()
    };
    assert_eq!(
        total(&book, &call("google", "models/gemini-2.5-pro", &usage)),
        "1.25"
    );
}

#[test]
fn peak_prices_are_for_weekdays_only() {
    let peak = model("deepseek", "deepseek-chat", &[("input", "0.6")]);
    let schedule = "mon-fri 01:00-04:00,06:00-10:00".to_owned();
    let peak = peak
        .into_iter()
        .map(|row| PriceRow {
            schedule: schedule.clone(),
            ..row
        })
        .collect();
    let book = book([
        model("deepseek", "deepseek-chat", &[("input", "0.3")]),
        peak,
    ]);
    let usage = TokenUsage {
        input: 1_000_000,
        ..TokenUsage::default()
    };
    let hours = |hours: i64| UnixMillis(NOW.0 + hours * 3_600_000);
    for (at, right) in [
        (hours(0), "0.3"),   // Monday 12:00
        (hours(14), "0.6"),  // Tuesday 02:00
        (hours(134), "0.3"), // Sunday 02:00
    ] {
        let billable = Billable {
            price_time: at,
            ..call("deepseek", "deepseek-chat", &usage)
        };
        assert_eq!(total(&book, &billable), right);
    }
}

#[test]
fn the_price_in_force_at_the_time_is_used() {
    let change = UnixMillis(NOW.0 + 1_000);
    let old = PriceRow {
        valid_to: Some(change),
        ..row("openai", "gpt-x", "input", "2")
    };
    let new = PriceRow {
        valid_from: change,
        ..row("openai", "gpt-x", "input", "3")
    };
    let book = book([vec![old, new]]);
    let usage = TokenUsage {
        input: 1_000_000,
        ..TokenUsage::default()
    };
    for (at, right) in [(0, "2"), (999, "2"), (1_000, "3"), (1_000_000, "3")] {
        let price_time = UnixMillis(NOW.0 + at);
        let billable = Billable {
            price_time,
            ..call("openai", "gpt-x", &usage)
        };
        assert_eq!(total(&book, &billable), right, "{at} ms");
    }
    let before = Billable {
        price_time: UnixMillis(-1),
        ..call("openai", "gpt-x", &usage)
    };
    assert_eq!(
        total(&book, &before),
        "unpriced",
        "no price was in force yet"
    );
}

#[test]
fn a_latest_alias_moves_with_time() {
    let alias = |model: &str, from: i64, to: Option<i64>| ModelAlias {
        provider: "mistral".to_owned(),
        alias: "mistral-large-latest".to_owned(),
        model: model.to_owned(),
        valid_from: UnixMillis(from),
        valid_to: to.map(UnixMillis),
    };
    let rows = [
        PriceRow {
            id: 1,
            ..row("mistral", "mistral-large-2411", "input", "2")
        },
        PriceRow {
            id: 2,
            ..row("mistral", "mistral-large-2512", "input", "0.5")
        },
    ];
    let aliases = vec![
        alias("mistral-large-2411", 0, Some(NOW.0)),
        alias("mistral-large-2512", NOW.0, None),
    ];
    let book = PriceBook::new(rows.to_vec(), aliases, Vec::new());
    let usage = TokenUsage {
        input: 1_000_000,
        ..TokenUsage::default()
    };
    for (at, right) in [(NOW.0 - 1, "2"), (NOW.0, "0.5")] {
        let billable = Billable {
            price_time: UnixMillis(at),
            ..call("mistral", "mistral-large-latest", &usage)
        };
        let estimate = price(&book, &billable);
        assert_eq!(estimate.total.unwrap().to_string(), right);
        assert_eq!(estimate.match_kind, Some(MatchKind::Alias));
    }
    // An alias of one provider means nothing at another.
    assert_eq!(
        total(&book, &call("azure", "mistral-large-latest", &usage)),
        "unpriced"
    );
}

#[test]
fn a_custom_endpoint_is_not_openai_until_an_operator_says_so() {
    let rows = model("openai", "gpt-4o", &[("input", "2.5"), ("output", "10")]);
    let usage = TokenUsage {
        input: 1_000_000,
        ..TokenUsage::default()
    };
    let billable = Billable {
        endpoint: "My Gateway",
        ..call("openAI", "gpt-4o", &usage)
    };
    assert_eq!(total(&book([rows.clone()]), &billable), "unpriced");
    let mapping = ProviderMapping {
        endpoint: "my gateway".to_owned(),
        provider: "openAI".to_owned(),
        valid_from: UnixMillis(0),
        valid_to: None,
    };
    let rows = rows
        .into_iter()
        .zip(1..)
        .map(|(row, id)| PriceRow { id, ..row })
        .collect();
    let mapped = PriceBook::new(rows, Vec::new(), vec![mapping]);
    assert_eq!(total(&mapped, &billable), "2.5");
}

#[test]
fn a_custom_endpoint_of_any_name_has_only_the_prices_that_an_operator_gave_it() {
    let usage = TokenUsage {
        input: 1_000_000,
        ..TokenUsage::default()
    };
    let large = |provider: &str| model(provider, "mistral-large-latest", &[("input", "2")]);
    let at = |endpoint: &'static str, name: &'static str| Billable {
        endpoint,
        ..call("openAI", name, &usage)
    };
    let lists = || {
        [
            "mistral", "novita", "google", "zai", "chutes", "acme", "together",
        ]
        .map(large)
    };
    // Neither the name of a provider that other lists know nor a prefix of the model makes a price.
    for (endpoint, name) in [
        ("Novita", "mistral-large-latest"),
        ("gemini", "mistral-large-latest"),
        ("Z-AI", "mistral-large-latest"),
        ("Chutes", "mistral-large-latest"),
        ("Acme", "mistral/mistral-large-latest"),
        ("Acme", "mistral-large-latest"),
    ] {
        assert_eq!(
            total(&book(lists()), &at(endpoint, name)),
            "unpriced",
            "{name} at {endpoint}"
        );
    }
    // What LibreChat itself knows by this name is what it says, and so is its own endpoint.
    for endpoint in ["Mistral", "together.ai"] {
        let billable = at(endpoint, "mistral-large-latest");
        assert_eq!(total(&book(lists()), &billable), "2", "{endpoint}");
    }
    // A price that an operator gives to the endpoint itself.
    let own = book([large("endpoint:acme")]);
    assert_eq!(total(&own, &at("Acme", "mistral-large-latest")), "2");
}

#[test]
fn a_fine_tune_is_never_priced_as_its_plain_base() {
    let plain = model("openai", "gpt-4o", &[("input", "2.5")]);
    let tuned = model("openai", "ft:gpt-4o", &[("input", "3.75")]);
    let usage = TokenUsage {
        input: 1_000_000,
        ..TokenUsage::default()
    };
    let name = "ft:gpt-4o-2024-08-06:my-org::AbCdEf";
    let estimate = price(&book([plain.clone(), tuned]), &call("openai", name, &usage));
    assert_eq!(estimate.total.unwrap().to_string(), "3.75");
    assert_eq!(estimate.match_kind, Some(MatchKind::FineTunedBase));
    assert_eq!(
        total(&book([plain]), &call("openai", name, &usage)),
        "unpriced"
    );
}
