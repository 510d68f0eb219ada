//! From a source's own usage payload to disjoint buckets.
mod anthropic;
mod counts;
mod disjoint;
mod gemini;
mod langfuse;
mod openai;
mod otel;
mod overlap;
mod usage_metadata;

use serde_json::Value;

use crate::{TokenUsage, UsageConvention, canonical_provider};
use counts::Counts;

/// Most tokens in one field: a million contexts of a million tokens.
pub const TOKENS_MAX: u64 = 1_000_000_000_000;

/// Why a usage payload can't be read. Every error names the field, and the counts where two
/// contradict each other; nothing is ever clamped or guessed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsageError {
    /// A field that holds counts is no JSON object.
    #[error("`{field}` is {found}; send a JSON object of token counts")]
    NotAnObject {
        /// The field.
        field: &'static str,
        /// The kind of value found.
        found: &'static str,
    },
    /// A count is no whole number of zero or more.
    #[error("`{field}` is {found}; send a whole number of tokens, 0 or more")]
    NotACount {
        /// The field.
        field: String,
        /// The value found, shortened.
        found: String,
    },
    /// A count is beyond [`TOKENS_MAX`].
    #[error("`{field}` is {count}; one field may count at most {TOKENS_MAX} tokens")]
    TooLarge {
        /// The field.
        field: String,
        /// Its value.
        count: u64,
    },
    /// A field that the convention requires is missing.
    #[error("`{field}` is missing; the convention `{convention}` requires it")]
    Missing {
        /// The field.
        field: &'static str,
        /// The convention.
        convention: UsageConvention,
    },
    /// What should be a part is more than the whole.
    #[error("`{part}` ({part_count}) can't exceed `{whole}` ({whole_count}), which contains it")]
    PartExceedsWhole {
        /// The part, or the parts together.
        part: String,
        /// Its count.
        part_count: u64,
        /// The whole.
        whole: &'static str,
        /// Its count.
        whole_count: u64,
    },
    /// Two fields that mean the same say different counts.
    #[error("`{left}` ({left_count}) and `{right}` ({right_count}) should be the same count")]
    Disagree {
        /// One field.
        left: String,
        /// Its count.
        left_count: u64,
        /// The other.
        right: String,
        /// Its count.
        right_count: u64,
    },
    /// The reported total fits no reading of the counts.
    #[error("`{field}` is {total}, but the counts make {expected} by any reading")]
    TotalContradicts {
        /// The total's field.
        field: &'static str,
        /// The total.
        total: u64,
        /// What the convention's own reading makes, with its counts.
        expected: String,
    },
    /// Whether cached tokens are inside the input can't be known.
    #[error(
        "whether `{field}` ({count}) is inside `{input}` ({input_count}) is not known for the \
         provider `{provider}`; send `total_tokens`, or buckets by the convention `disjoint`"
    )]
    Ambiguous {
        /// The cached tokens' field.
        field: &'static str,
        /// Its count.
        count: u64,
        /// The input's field.
        input: &'static str,
        /// Its count.
        input_count: u64,
        /// The provider as given.
        provider: String,
    },
    /// A bucket that nobody knows.
    #[error("`{field}` ({count}) is no bucket of the convention `{convention}`; {remedy}")]
    UnknownBucket {
        /// The field.
        field: String,
        /// Its count.
        count: u64,
        /// The convention.
        convention: UsageConvention,
        /// What to do.
        remedy: &'static str,
    },
}

/// Reads a usage payload into disjoint buckets.
///
/// `payload` is the usage object itself, or a response around it (`usage`, `usageMetadata`,
/// `usage_metadata`). `provider` decides only where the convention leaves it open
/// (`usage-metadata`). Fields that the convention doesn't know are left alone, except in the two
/// conventions whose buckets are disjoint: there an unknown bucket would be free by accident.
///
/// ```
/// use cost_calculation::{UsageConvention, read_usage};
/// let payload = serde_json::json!({
///     "prompt_tokens": 1200, "prompt_tokens_details": {"cached_tokens": 1000},
///     "completion_tokens": 300, "completion_tokens_details": {"reasoning_tokens": 200},
///     "total_tokens": 1500,
/// });
/// let usage = read_usage(UsageConvention::OpenAiChat, "openai", &payload)?;
/// assert_eq!((usage.input, usage.cache_read), (200, 1000));
/// assert_eq!((usage.output, usage.reasoning), (100, 200));
/// # Ok::<(), cost_calculation::UsageError>(())
/// ```
///
/// # Errors
/// See [`UsageError`].
pub fn read_usage(
    convention: UsageConvention,
    provider: &str,
    payload: &Value,
) -> Result<TokenUsage, UsageError> {
    let counts = Counts::of_payload(payload)?;
    let provider = canonical_provider(provider);
    match convention {
        UsageConvention::AnthropicMessages => anthropic::messages(counts),
        UsageConvention::BedrockConverse => anthropic::converse(counts),
        UsageConvention::Gemini => gemini::read(counts),
        UsageConvention::UsageMetadata => usage_metadata::read(counts, &provider),
        UsageConvention::LangfuseUsageDetails => langfuse::read(counts),
        UsageConvention::OtelGenAi => otel::read(counts),
        UsageConvention::Disjoint => disjoint::read(counts),
        UsageConvention::OpenAiChat
        | UsageConvention::OpenAiResponses
        | UsageConvention::Azure
        | UsageConvention::Xai
        | UsageConvention::DeepSeek
        | UsageConvention::OpenRouter
        | UsageConvention::OpenAiLike => openai::read(counts, convention),
    }
}
