//! This project's own buckets.
use super::UsageError;
use super::counts::{Counts, count_of, shortened};
use crate::{TokenUsage, UsageConvention};

pub(super) fn read(counts: Counts<'_>) -> Result<TokenUsage, UsageError> {
    let mut usage = TokenUsage::default();
    let mut total = None;
    for (field, value) in counts.fields.into_iter().flatten() {
        if value.is_null() {
            continue;
        }
        let bucket = match field.as_str() {
            "input_tokens" => &mut usage.input,
            "cache_read_tokens" => &mut usage.cache_read,
            "cache_write_5m_tokens" => &mut usage.cache_write_5m,
            "cache_write_1h_tokens" => &mut usage.cache_write_1h,
            "output_tokens" => &mut usage.output,
            "reasoning_tokens" => &mut usage.reasoning,
            "audio_in_tokens" => &mut usage.audio_in,
            "audio_out_tokens" => &mut usage.audio_out,
            "image_in_tokens" => &mut usage.image_in,
            "image_out_tokens" => &mut usage.image_out,
            "total_tokens" => total.insert(0),
            other => {
                return Err(UsageError::UnknownBucket {
                    field: shortened(other),
                    count: count_of(other, value)?,
                    convention: UsageConvention::Disjoint,
                    remedy: "send input_tokens, cache_read_tokens, cache_write_5m_tokens, \
                             cache_write_1h_tokens, output_tokens, reasoning_tokens, \
                             audio_in_tokens, audio_out_tokens, image_in_tokens, image_out_tokens",
                });
            }
        };
        *bucket = count_of(field, value)?;
    }
    match total {
        Some(total) if total != usage.total() => Err(UsageError::TotalContradicts {
            field: "total_tokens",
            total,
            expected: format!("{} (the sum of the disjoint buckets)", usage.total()),
        }),
        _ => Ok(usage),
    }
}
