//! The `OpenAI` shape and its relatives.
use super::UsageError;
use super::counts::{Counts, Named, agreeing};
use super::overlap::{Overlap, Reading, Reported, cache_writes, remainder};
use crate::{TokenUsage, UsageConvention};

/// Chat (`prompt_tokens`) or responses (`input_tokens`).
pub(super) fn read(
    counts: Counts<'_>,
    convention: UsageConvention,
) -> Result<TokenUsage, UsageError> {
    let chat = counts.get("prompt_tokens")?;
    let responses = counts.get("input_tokens")?;
    let (hit, miss) = (
        counts.get("prompt_cache_hit_tokens")?,
        counts.get("prompt_cache_miss_tokens")?,
    );
    let halves = match (hit, miss) {
        (Some(hit), Some(miss)) => Some(Named {
            field: "prompt_cache_hit_tokens + prompt_cache_miss_tokens",
            count: hit.count + miss.count,
        }),
        _ => None,
    };
    let input = match convention {
        UsageConvention::OpenAiChat => chat,
        UsageConvention::OpenAiResponses => responses,
        _ => agreeing(agreeing(chat, responses)?, halves)?,
    };
    let field = match convention {
        UsageConvention::OpenAiResponses => "input_tokens",
        _ => "prompt_tokens",
    };
    let input = input.ok_or(UsageError::Missing { field, convention })?;
    let output = counts
        .any_of(&["completion_tokens", "output_tokens"])?
        .unwrap_or(Named {
            field: "completion_tokens",
            count: 0,
        });

    let inside = counts.first_object(&[
        "prompt_tokens_details",
        "input_tokens_details",
        "input_token_details",
    ])?;
    let outside = counts.first_object(&[
        "completion_tokens_details",
        "output_tokens_details",
        "output_token_details",
    ])?;
    let cached_kinds = inside.object("cached_tokens_details")?;
    // LiteLLM and Moonshot repeat the cached tokens beside the details.
    let beside = agreeing(
        counts.any_of(&["cached_tokens", "cache_read_input_tokens"])?,
        hit,
    )?;
    let cache_read = agreeing(inside.get("cached_tokens")?, beside)?;
    let written = agreeing(
        inside.any_of(&["cache_write_tokens", "cache_creation_tokens"])?,
        counts.any_of(&["cache_creation_input_tokens", "cache_write_tokens"])?,
    )?;
    let lifetimes = inside.object("cache_creation_token_details")?;
    let (cache_write_5m, cache_write_1h) = cache_writes(
        written,
        lifetimes.get("ephemeral_5m_input_tokens")?,
        lifetimes.get("ephemeral_1h_input_tokens")?,
    )?;
    let uncached = |kind: &'static str| -> Result<Named, UsageError> {
        let all = inside.or_zero(kind)?;
        let cached = cached_kinds.or_zero(kind)?;
        Ok(Named {
            field: all.field,
            count: remainder(all, &[cached])?,
        })
    };
    let reasoning = agreeing(
        outside.get("reasoning_tokens")?,
        counts.get("reasoning_tokens")?,
    )?;

    // xAI's chat completions leave the reasoning out of `completion_tokens`.
    let xai_chat = convention == UsageConvention::Xai && output.field == "completion_tokens";
    let reading = Reading {
        reasoning: if xai_chat {
            Overlap::Outside
        } else {
            Overlap::Inside
        },
        ..Reading::INCLUSIVE
    };
    Reported {
        input,
        cache_read: cache_read.unwrap_or(Named {
            field: "cached_tokens",
            count: 0,
        }),
        cache_write_5m,
        cache_write_1h,
        audio_in: uncached("audio_tokens")?,
        image_in: uncached("image_tokens")?,
        output,
        reasoning: reasoning.unwrap_or(Named {
            field: "reasoning_tokens",
            count: 0,
        }),
        audio_out: outside.or_zero("audio_tokens")?,
        image_out: outside.or_zero("image_tokens")?,
        total: counts.get("total_tokens")?,
    }
    .disjoint(reading)
}
