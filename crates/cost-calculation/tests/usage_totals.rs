//! Counts of any size in every provider's own shape: with the total that its convention makes they are
//! read as they are, and with any other total something says so.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

use cost_calculation::{
    Flag, TokenUsage, UsageConvention, UsageReading, read_usage, read_usage_or_keep,
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A provider's shape: its convention, the object of some disjoint counts, its total and its field.
struct Shape {
    convention: UsageConvention,
    provider: &'static str,
    object: fn(&TokenUsage) -> Value,
    total_field: &'static str,
    /// What the shape has no field for.
    drop: fn(TokenUsage) -> TokenUsage,
}

const fn same(usage: TokenUsage) -> TokenUsage {
    usage
}

const fn without_lifetimes(usage: TokenUsage) -> TokenUsage {
    TokenUsage {
        cache_write_1h: 0,
        ..usage
    }
}

const fn without_writes(usage: TokenUsage) -> TokenUsage {
    TokenUsage {
        cache_write_5m: 0,
        cache_write_1h: 0,
        ..usage
    }
}

fn openai(u: &TokenUsage, [input, output]: [&str; 2]) -> Value {
    json!({
        (format!("{input}_tokens")): u.input + u.cache_read + u.cache_write_5m + u.audio_in,
        (format!("{input}_tokens_details")): {"cached_tokens": u.cache_read,
            "cache_write_tokens": u.cache_write_5m, "audio_tokens": u.audio_in,
            "cached_tokens_details": {"audio_tokens": 0}},
        (format!("{output}_tokens")): u.output + u.reasoning + u.audio_out,
        (format!("{output}_tokens_details")): {"reasoning_tokens": u.reasoning,
            "audio_tokens": u.audio_out},
    })
}

const SHAPES: [Shape; 7] = [
    Shape {
        convention: UsageConvention::OpenAiChat,
        provider: "openai",
        object: |u| openai(u, ["prompt", "completion"]),
        total_field: "total_tokens",
        drop: without_lifetimes,
    },
    Shape {
        convention: UsageConvention::OpenAiResponses,
        provider: "openai",
        object: |u| openai(u, ["input", "output"]),
        total_field: "total_tokens",
        drop: without_lifetimes,
    },
    Shape {
        convention: UsageConvention::Gemini,
        provider: "google",
        object: |u| {
            json!({
                "promptTokenCount": u.input + u.cache_read + u.audio_in,
                "cachedContentTokenCount": u.cache_read,
                "promptTokensDetails": [{"modality": "AUDIO", "tokenCount": u.audio_in}],
                "cacheTokensDetails": [{"modality": "TEXT", "tokenCount": u.cache_read}],
                "candidatesTokenCount": u.output + u.audio_out,
                "candidatesTokensDetails": [{"modality": "AUDIO", "tokenCount": u.audio_out}],
                "thoughtsTokenCount": u.reasoning,
            })
        },
        total_field: "totalTokenCount",
        drop: without_writes,
    },
    Shape {
        convention: UsageConvention::BedrockConverse,
        provider: "aws",
        object: |u| {
            json!({
                "inputTokens": u.input, "outputTokens": u.output,
                "cacheReadInputTokens": u.cache_read,
                "cacheWriteInputTokens": u.cache_write_5m + u.cache_write_1h,
                "cacheDetails": [{"ttl": "5m", "inputTokens": u.cache_write_5m},
                    {"ttl": "1h", "inputTokens": u.cache_write_1h}],
            })
        },
        total_field: "totalTokens",
        drop: |u| TokenUsage {
            reasoning: 0,
            audio_in: 0,
            audio_out: 0,
            ..u
        },
    },
    Shape {
        convention: UsageConvention::Xai,
        provider: "x-ai",
        object: |u| {
            json!({
                "prompt_tokens": u.input + u.cache_read,
                "prompt_tokens_details": {"cached_tokens": u.cache_read},
                "completion_tokens": u.output,
                "completion_tokens_details": {"reasoning_tokens": u.reasoning},
            })
        },
        total_field: "total_tokens",
        drop: |u| TokenUsage {
            audio_in: 0,
            audio_out: 0,
            ..without_writes(u)
        },
    },
    Shape {
        convention: UsageConvention::UsageMetadata,
        provider: "anthropic",
        object: |u| {
            json!({
                "input_tokens": u.input + u.cache_read + u.cache_write_5m + u.cache_write_1h,
                "input_token_details": {"cache_read": u.cache_read,
                    "ephemeral_5m_input_tokens": u.cache_write_5m,
                    "ephemeral_1h_input_tokens": u.cache_write_1h},
                "output_tokens": u.output + u.reasoning,
                "output_token_details": {"reasoning": u.reasoning},
            })
        },
        total_field: "total_tokens",
        drop: |u| TokenUsage {
            audio_in: 0,
            audio_out: 0,
            ..u
        },
    },
    Shape {
        convention: UsageConvention::Disjoint,
        provider: "openai",
        object: |u| {
            json!({
                "input_tokens": u.input, "cache_read_tokens": u.cache_read,
                "cache_write_5m_tokens": u.cache_write_5m, "cache_write_1h_tokens": u.cache_write_1h,
                "output_tokens": u.output, "reasoning_tokens": u.reasoning,
                "audio_in_tokens": u.audio_in, "audio_out_tokens": u.audio_out,
            })
        },
        total_field: "total_tokens",
        drop: same,
    },
];

/// Nothing in doubt: no line that could not be read, and no conclusion.
fn is_plain(reading: &UsageReading) -> bool {
    reading.flags.is_empty()
        && reading
            .calls
            .keys()
            .all(|name| !name.starts_with("unread:"))
}

fn count() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), 1_u64..50, 50_u64..2_000_000]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]
    #[test]
    fn the_conventions_own_total_reads_the_counts_as_they_are_and_any_other_one_is_told(
        counts in prop::array::uniform8(count()),
        at in 0..SHAPES.len(),
        difference in 1_u64..5_000_000,
        is_more in any::<bool>(),
    ) {
        let shape = &SHAPES[at];
        let [input, cache_read, cache_write_5m, cache_write_1h, output, reasoning, audio_in, audio_out] =
            counts;
        let truth = (shape.drop)(TokenUsage {
            input, cache_read, cache_write_5m, cache_write_1h, output, reasoning, audio_in, audio_out,
            ..TokenUsage::default()
        });
        let mut object = (shape.object)(&truth);
        let plain = read_usage(shape.convention, shape.provider, &object).unwrap();
        prop_assert_eq!(plain.usage, truth, "without a total: {}", object);
        object[shape.total_field] = json!(truth.total());
        let confirmed = read_usage(shape.convention, shape.provider, &object).unwrap();
        prop_assert_eq!(confirmed.usage, truth, "{}", object);
        prop_assert!(is_plain(&confirmed), "{} {:?}", object, confirmed);

        let other = if is_more {
            truth.total() + difference
        } else {
            truth.total().saturating_sub(difference)
        };
        prop_assume!(other != truth.total());
        object[shape.total_field] = json!(other);
        // AWS's totals are known to leave the cached tokens out.
        let lacks_cache = truth.total_input() - truth.input;
        prop_assume!(shape.provider != "aws" || other + lacks_cache != truth.total());
        let kept = read_usage_or_keep(shape.convention, shape.provider, &object);
        prop_assert!(!is_plain(&kept), "{} {:?}", object, kept);
        match read_usage(shape.convention, shape.provider, &object) {
            // Its sender is told which field is at fault.
            Err(error) => prop_assert!(error.to_string().contains(shape.total_field)),
            // Another reading fits: that is what was concluded.
            Ok(reading) => prop_assert!(
                reading.flags.contains(Flag::TotalDecided)
                    || reading.flags.contains(Flag::HiddenReasoning)
                    || reading.flags.contains(Flag::OverlapConcluded),
                "{} {:?}", object, reading
            ),
        }
    }
}
