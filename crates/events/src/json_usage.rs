//! Token counts in JSON, read by their convention.
use cost_calculation::TokenUsage;
use serde_json::value::RawValue;

use crate::Rejection;
use crate::json_fields::Fields;
use crate::limits::TOKENS_MAX;
use crate::span::Attribute;

/// How a source counts tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Convention {
    /// No token is in two buckets.
    Disjoint,
}

/// The conventions by name.
pub(crate) const CONVENTIONS: [(&str, Convention); 1] = [("disjoint", Convention::Disjoint)];

/// Reads `usage` of a JSON event.
pub(crate) fn read(
    value: &RawValue,
    _convention: Option<Convention>,
    _provider: &str,
) -> Result<TokenUsage, Rejection> {
    let mut fields = Fields::of_field(value, "usage.")?;
    let mut count = |name| {
        fields
            .count(name, TOKENS_MAX)
            .map(Option::unwrap_or_default)
    };
    let usage = TokenUsage {
        input: count("input")?,
        cache_read: count("cache_read")?,
        cache_write_5m: count("cache_write_5m")?,
        cache_write_1h: count("cache_write_1h")?,
        output: count("output")?,
        reasoning: count("reasoning")?,
        audio_in: count("audio_in")?,
        audio_out: count("audio_out")?,
        image_in: count("image_in")?,
        image_out: count("image_out")?,
    };
    fields.finish()?;
    Ok(usage)
}

/// Reads Langfuse's `usage_details`, which are disjoint already.
pub(crate) fn read_langfuse(json: &str) -> Result<TokenUsage, Rejection> {
    let value: &RawValue = serde_json::from_str(json).map_err(|_| unreadable_langfuse())?;
    let mut fields = Fields::of_field(value, "usage_details.")?;
    let mut count = |name| {
        fields
            .count(name, TOKENS_MAX)
            .map(Option::unwrap_or_default)
    };
    Ok(TokenUsage {
        input: count("input")?,
        cache_read: count("input_cache_read")?,
        cache_write_5m: count("input_cache_creation")?,
        cache_write_1h: 0,
        output: count("output")?,
        reasoning: count("output_reasoning")?,
        audio_in: count("input_audio")?,
        audio_out: count("output_audio")?,
        image_in: 0,
        image_out: 0,
    })
}

/// The refusal of `usage_details` that are no JSON object.
pub(crate) fn unreadable_langfuse() -> Rejection {
    Rejection::invalid(
        Attribute::ObservationUsage.key(),
        "is no JSON object of token counts",
        "send what Langfuse's SDK sends",
    )
}
