//! Langfuse `usage_details`: every key is a bucket of its own.
//!
//! Some writers send an inclusive `input` all the same. Their `total` gives them away where it is
//! `input` and `output` alone; any other total is taken as information and decides nothing.
use super::UsageError;
use super::counts::{Counts, Named, count_of, shortened};
use super::overlap::{cache_writes, remainder};
use crate::{TokenUsage, UsageConvention};

/// Keys of each bucket; Langfuse's own price list knows these synonyms.
const INPUT: &[&str] = &["input"];
const CACHE_READ: &[&str] = &[
    "input_cache_read",
    "input_cached_tokens",
    "cache_read_input_tokens",
];
const CACHE_WRITE: &[&str] = &["input_cache_creation", "cache_creation_input_tokens"];
const CACHE_WRITE_5M: &[&str] = &["input_cache_creation_5m"];
const CACHE_WRITE_1H: &[&str] = &["input_cache_creation_1h"];
const AUDIO_IN: &[&str] = &["input_audio", "input_audio_tokens"];
const IMAGE_IN: &[&str] = &["input_image", "input_image_tokens"];
const OUTPUT: &[&str] = &["output"];
const REASONING: &[&str] = &["output_reasoning", "output_reasoning_tokens"];
const AUDIO_OUT: &[&str] = &["output_audio", "output_audio_tokens"];
const IMAGE_OUT: &[&str] = &["output_image", "output_image_tokens"];
const TOTAL: &[&str] = &["total"];
const KNOWN: [&[&str]; 12] = [
    INPUT,
    CACHE_READ,
    CACHE_WRITE,
    CACHE_WRITE_5M,
    CACHE_WRITE_1H,
    AUDIO_IN,
    IMAGE_IN,
    OUTPUT,
    REASONING,
    AUDIO_OUT,
    IMAGE_OUT,
    TOTAL,
];

pub(super) fn read(counts: Counts<'_>) -> Result<TokenUsage, UsageError> {
    let count = |keys: &[&'static str]| -> Result<u64, UsageError> {
        Ok(counts.any_of(keys)?.map_or(0, |named| named.count))
    };
    let (cache_write_5m, cache_write_1h) = cache_writes(
        counts.any_of(CACHE_WRITE)?,
        counts.any_of(CACHE_WRITE_5M)?,
        counts.any_of(CACHE_WRITE_1H)?,
    )?;
    let mut usage = TokenUsage {
        input: count(INPUT)?,
        cache_read: count(CACHE_READ)?,
        cache_write_5m: cache_write_5m.count,
        cache_write_1h: cache_write_1h.count,
        output: count(OUTPUT)?,
        reasoning: count(REASONING)?,
        audio_in: count(AUDIO_IN)?,
        audio_out: count(AUDIO_OUT)?,
        image_in: count(IMAGE_IN)?,
        image_out: count(IMAGE_OUT)?,
    };
    add_unknown_buckets(counts, &mut usage)?;
    let total = count(TOTAL)?;
    let plain = usage.input.saturating_add(usage.output);
    if total == plain && total != usage.total() {
        return inclusive(usage);
    }
    Ok(usage)
}

/// `input` and `output` contain the other buckets.
fn inclusive(usage: TokenUsage) -> Result<TokenUsage, UsageError> {
    let named = |field, count| Named { field, count };
    let input_parts = [
        named("input_cache_read", usage.cache_read),
        named("input_cache_creation", usage.cache_write_5m),
        named("input_cache_creation_1h", usage.cache_write_1h),
        named("input_audio", usage.audio_in),
        named("input_image", usage.image_in),
    ];
    let output_parts = [
        named("output_reasoning", usage.reasoning),
        named("output_audio", usage.audio_out),
        named("output_image", usage.image_out),
    ];
    let input = remainder(named("input", usage.input), &input_parts)?;
    let output = remainder(named("output", usage.output), &output_parts)?;
    Ok(TokenUsage {
        input,
        output,
        ..usage
    })
}

/// A bucket with another name is no reason to leave its tokens unbilled. The total says whether it
/// counts beside the known ones; then its prefix says on which side.
fn add_unknown_buckets(counts: Counts<'_>, usage: &mut TokenUsage) -> Result<(), UsageError> {
    let known_sum = usage.total();
    let (mut unknown_in, mut unknown_out, mut first) = (0_u64, 0_u64, None);
    for (key, value) in counts.fields.into_iter().flatten() {
        if value.is_null() || KNOWN.iter().any(|keys| keys.contains(&key.as_str())) {
            continue;
        }
        let count = count_of(key, value)?;
        if count == 0 {
            continue;
        }
        if key.starts_with("input") {
            unknown_in = unknown_in.saturating_add(count);
        } else if key.starts_with("output") {
            unknown_out = unknown_out.saturating_add(count);
        } else {
            return Err(unknown(key, count));
        }
        first = first.or(Some((key, count)));
    }
    let Some((key, count)) = first else {
        return Ok(());
    };
    let total: Option<Named> = counts.any_of(TOTAL)?;
    match total.map(|total| total.count) {
        Some(total) if total == known_sum => Ok(()),
        Some(total)
            if total
                == known_sum
                    .saturating_add(unknown_in)
                    .saturating_add(unknown_out) =>
        {
            usage.input = usage.input.saturating_add(unknown_in);
            usage.output = usage.output.saturating_add(unknown_out);
            Ok(())
        }
        _ => Err(unknown(key, count)),
    }
}

fn unknown(key: &str, count: u64) -> UsageError {
    UsageError::UnknownBucket {
        field: shortened(key),
        count,
        convention: UsageConvention::LangfuseUsageDetails,
        remedy: "its tokens would be free by accident; send a `total` that tells whether it counts",
    }
}
