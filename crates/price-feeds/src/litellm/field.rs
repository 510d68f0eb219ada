//! LiteLLM's field names: a billing dimension, then suffixes for cache lifetime, context tier and
//! service tier.
//!
//! `cache_creation_input_token_cost_above_1hr_above_200k_tokens_batches` is the price of a token
//! written to a cache for an hour, in a request of more than 200,000 input tokens, in a batch.
//! "above" means a lifetime before `hr` and a context before `k_tokens`.

use crate::quote::{CALLS_PER, STANDARD_TIER, TOKENS_PER};

/// What a field prices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) resource_type: &'static str,
    pub(super) service_tier: &'static str,
    /// The context that must be exceeded, in tokens; 0 for any.
    pub(super) context_above: u64,
    /// Units that the book keeps the rate for; the field itself prices one.
    pub(super) per: i64,
}

/// What a field name turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FieldName {
    /// A price of the book.
    Price(Field),
    /// A price in a dimension that the suite does not count.
    Unsupported,
    /// No price.
    Other,
}

/// Fields whose price has a resource in the book.
const RESOURCES: [(&str, &str, i64); 27] = [
    ("input_cost_per_token", "input", TOKENS_PER),
    ("output_cost_per_token", "output", TOKENS_PER),
    ("cache_read_input_token_cost", "cache_read", TOKENS_PER),
    ("input_cost_per_token_cache_hit", "cache_read", TOKENS_PER),
    (
        "cache_creation_input_token_cost",
        "cache_write_5m",
        TOKENS_PER,
    ),
    ("output_cost_per_reasoning_token", "reasoning", TOKENS_PER),
    ("input_cost_per_audio_token", "audio_in", TOKENS_PER),
    ("output_cost_per_audio_token", "audio_out", TOKENS_PER),
    ("input_cost_per_image_token", "image_in", TOKENS_PER),
    ("output_cost_per_image_token", "image_out", TOKENS_PER),
    ("input_cost_per_request", "request", CALLS_PER),
    ("input_cost_per_query", "query", CALLS_PER),
    (
        "code_interpreter_cost_per_session",
        "code_interpreter",
        CALLS_PER,
    ),
    (
        "google_maps_grounding_cost_per_query",
        "maps_grounding",
        CALLS_PER,
    ),
    ("ocr_cost_per_page", "page", CALLS_PER),
    ("annotation_cost_per_page", "annotated_page", CALLS_PER),
    ("input_cost_per_image", "input_image", CALLS_PER),
    ("output_cost_per_image", "output_image", CALLS_PER),
    ("input_cost_per_second", "input_second", 3600),
    ("output_cost_per_second", "output_second", 3600),
    (
        "input_cost_per_audio_per_second",
        "input_audio_second",
        3600,
    ),
    (
        "input_cost_per_video_per_second",
        "input_video_second",
        3600,
    ),
    (
        "output_cost_per_video_per_second",
        "output_video_second",
        3600,
    ),
    ("input_cost_per_character", "input_character", TOKENS_PER),
    ("output_cost_per_character", "output_character", TOKENS_PER),
    ("input_cost_per_text_message", "text_message", CALLS_PER),
    ("guardrail_cost_per_unit", "guardrail_unit", CALLS_PER),
];

/// Service tiers by suffix.
const TIERS: [(&str, &str); 6] = [
    ("_batches", "batch"),
    ("_flex", "flex"),
    ("_priority", "priority"),
    ("_ultrafast", "ultrafast"),
    ("_balanced", "balanced"),
    ("_decisions", "decisions"),
];

/// Reads a field's name.
pub(super) fn read(name: &str) -> FieldName {
    let (rest, service_tier) = TIERS
        .iter()
        .find_map(|(suffix, tier)| name.strip_suffix(suffix).map(|rest| (rest, *tier)))
        .unwrap_or((name, STANDARD_TIER));
    let Some((rest, context_above)) = context(rest) else {
        return FieldName::Unsupported;
    };
    let field = |resource_type, per| {
        FieldName::Price(Field {
            resource_type,
            service_tier,
            context_above,
            per,
        })
    };
    if rest == "cache_creation_input_token_cost_above_1hr" {
        return field("cache_write_1h", TOKENS_PER);
    }
    match RESOURCES.iter().find(|(theirs, ..)| *theirs == rest) {
        Some((_, resource_type, per)) => field(*resource_type, *per),
        None if name.contains("_cost") => FieldName::Unsupported,
        None => FieldName::Other,
    }
}

/// Takes a suffix `_above_272k_tokens` off; `None` where its number is none.
fn context(name: &str) -> Option<(&str, u64)> {
    let Some(rest) = name.strip_suffix("k_tokens") else {
        return Some((name, 0));
    };
    let (rest, thousands) = rest.rsplit_once("_above_")?;
    let thousands: u64 = thousands
        .parse()
        .ok()
        .filter(|thousands| *thousands <= 100_000)?;
    Some((rest, thousands * 1000))
}

#[cfg(test)]
mod tests {
    use super::{Field, FieldName, read};

    fn price(resource_type: &'static str, service_tier: &'static str, above: u64) -> FieldName {
        FieldName::Price(Field {
            resource_type,
            service_tier,
            context_above: above,
            per: 1_000_000,
        })
    }

    #[test]
    fn suffixes_name_lifetime_context_and_tier() {
        assert_eq!(read("input_cost_per_token"), price("input", "standard", 0));
        assert_eq!(
            read("cache_creation_input_token_cost_above_1hr_above_200k_tokens_batches"),
            price("cache_write_1h", "batch", 200_000)
        );
        assert_eq!(
            read("output_cost_per_token_above_272k_tokens_priority"),
            price("output", "priority", 272_000)
        );
    }

    #[test]
    fn what_the_suite_does_not_count_is_told_from_what_is_no_price() {
        assert_eq!(
            read("cache_creation_input_token_cost_above_12hr_above_272k_tokens_flex"),
            FieldName::Unsupported
        );
        assert_eq!(read("output_cost_per_image_2K"), FieldName::Unsupported);
        assert_eq!(read("max_input_tokens"), FieldName::Other);
        assert_eq!(read("supports_vision"), FieldName::Other);
        assert_eq!(read("token_count_model"), FieldName::Other);
    }
}
