//! `usage_metadata` of `LangChain`, as `LibreChat` records it.
use super::UsageError;
use super::counts::{Counts, Named, agreeing};
use super::overlap::{Overlap, Reading, Reported, cache_writes};
use crate::{TokenUsage, UsageConvention};

/// Providers whose `input_tokens` contain the cached ones: LibreChat's `cacheSubsetProviders`, and
/// Anthropic since `@librechat/agents` folds its counts. Mistral has the `OpenAI` shape.
const INCLUSIVE: [&str; 10] = [
    "openai",
    "azure",
    "google",
    "vertex",
    "x-ai",
    "deepseek",
    "openrouter",
    "moonshotai",
    "anthropic",
    "mistral",
];
/// Providers whose counts are passed on as they come: AWS leaves the cached ones out.
const ADDITIVE: [&str; 1] = ["aws"];

pub(super) fn read(counts: Counts<'_>, provider: &str) -> Result<TokenUsage, UsageError> {
    let convention = UsageConvention::UsageMetadata;
    let input = counts.get("input_tokens")?;
    let input = input.ok_or(UsageError::Missing {
        field: "input_tokens",
        convention,
    })?;
    let inside = counts.object("input_token_details")?;
    let outside = counts.object("output_token_details")?;
    let cache_read = agreeing(
        inside.get("cache_read")?,
        counts.get("cache_read_input_tokens")?,
    )?
    .unwrap_or(Named {
        field: "cache_read",
        count: 0,
    });
    let written = agreeing(
        inside.any_of(&["cache_creation", "cache_write_tokens"])?,
        counts.any_of(&["cache_creation_input_tokens", "cache_write_tokens"])?,
    )?;
    let (cache_write_5m, cache_write_1h) = cache_writes(
        written,
        inside.get("ephemeral_5m_input_tokens")?,
        inside.get("ephemeral_1h_input_tokens")?,
    )?;
    let reported = Reported {
        input,
        cache_read,
        cache_write_5m,
        cache_write_1h,
        audio_in: inside.or_zero("audio")?,
        image_in: inside.or_zero("image")?,
        output: counts.or_zero("output_tokens")?,
        reasoning: outside.or_zero("reasoning")?,
        audio_out: outside.or_zero("audio")?,
        image_out: outside.or_zero("image")?,
        total: counts.get("total_tokens")?,
    };
    let known = INCLUSIVE.contains(&provider) || ADDITIVE.contains(&provider);
    let cached = cache_read.count + cache_write_5m.count + cache_write_1h.count;
    if !known && cached > 0 && reported.total.is_none() {
        let part = [cache_read, cache_write_5m, cache_write_1h];
        let part = part
            .into_iter()
            .find(|part| part.count > 0)
            .unwrap_or(cache_read);
        return Err(UsageError::Ambiguous {
            field: part.field,
            count: part.count,
            input: input.field,
            input_count: input.count,
            provider: provider.chars().take(100).collect(),
        });
    }
    reported.disjoint(Reading {
        cache: if ADDITIVE.contains(&provider) {
            Overlap::Outside
        } else {
            Overlap::Inside
        },
        cache_may_differ: true,
        // Vertex streams drop the thoughts from `output_tokens` and keep them in the total.
        hidden_reasoning: ["google", "vertex"].contains(&provider),
        ..Reading::INCLUSIVE
    })
}
