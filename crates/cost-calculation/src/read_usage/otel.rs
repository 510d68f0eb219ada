//! OpenTelemetry's `gen_ai.usage.*` attributes, by their full names.
//!
//! The semantic conventions say that `gen_ai.usage.input_tokens` should contain cached tokens.
use super::UsageError;
use super::counts::{Counts, Named};
use super::overlap::{Reading, Reported, cache_writes};
use crate::{TokenUsage, UsageConvention};

pub(super) fn read(counts: Counts<'_>) -> Result<TokenUsage, UsageError> {
    let convention = UsageConvention::OtelGenAi;
    let field = "gen_ai.usage.input_tokens";
    let input = counts.any_of(&[field, "gen_ai.usage.prompt_tokens"])?;
    let input = input.ok_or(UsageError::Missing { field, convention })?;
    let optional = |fields: &[&'static str], name| -> Result<Named, UsageError> {
        Ok(counts.any_of(fields)?.unwrap_or(Named {
            field: name,
            count: 0,
        }))
    };
    let written = counts.any_of(&[
        "gen_ai.usage.cache_creation.input_tokens",
        "gen_ai.usage.cache_creation_input_tokens",
    ])?;
    let (cache_write_5m, cache_write_1h) = cache_writes(written, None, None)?;
    Reported {
        input,
        cache_read: optional(
            &[
                "gen_ai.usage.cache_read.input_tokens",
                "gen_ai.usage.cache_read_input_tokens",
            ],
            "gen_ai.usage.cache_read.input_tokens",
        )?,
        cache_write_5m,
        cache_write_1h,
        output: optional(
            &[
                "gen_ai.usage.output_tokens",
                "gen_ai.usage.completion_tokens",
            ],
            "gen_ai.usage.output_tokens",
        )?,
        reasoning: optional(
            &[
                "gen_ai.usage.reasoning.output_tokens",
                "gen_ai.usage.reasoning_tokens",
            ],
            "gen_ai.usage.reasoning.output_tokens",
        )?,
        total: counts.get("gen_ai.usage.total_tokens")?,
        ..Reported::default()
    }
    .disjoint(Reading {
        cache_may_differ: true,
        ..Reading::INCLUSIVE
    })
}
