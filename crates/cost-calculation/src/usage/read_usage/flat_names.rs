//! The rest of the table: names of flat objects. Langfuse's keys, spans' attributes, and this
//! project's own buckets.
use super::field_table::{of_object, tier_of};
use super::slot::{Meaning, Slot};

use Meaning::{Cost, Free, Quantity, Repeat, TierSlot};
use Slot::{
    AudioIn, AudioOut, CacheInput, CacheMiss, CacheRead, CacheWrite, CachedAudio, CachedImage,
    CachedText, CachedVideo, DocumentIn, ImageIn, ImageOut, Input, Output, Over200k, Reasoning,
    TextIn, TextOut, TierInput, TierOutput, Total, VideoIn, VideoOut, Write1h, Write5m,
};

/// A key of Langfuse's `usage_details`: disjoint buckets by contract.
pub(super) fn of_langfuse(key: &str) -> Option<Meaning> {
    let slot = match key {
        "input" => Input,
        "output" => Output,
        "total" => Total,
        "input_cache_read"
        | "input_cached_tokens"
        | "cache_read_input_tokens"
        | "input_cached_content" => CacheRead,
        "input_cache_creation"
        | "cache_creation_input_tokens"
        | "input_cache_write_tokens"
        | "input_cache_write" => CacheWrite,
        "input_cache_creation_5m"
        | "input_ephemeral_5m_input_tokens"
        | "cache_creation_ephemeral_5m_input_tokens" => Write5m,
        "input_cache_creation_1h"
        | "input_ephemeral_1h_input_tokens"
        | "cache_creation_ephemeral_1h_input_tokens" => Write1h,
        "input_text" | "input_text_tokens" | "input_modality_1" | "input_modality_text" => TextIn,
        "input_image" | "input_image_tokens" | "input_modality_2" | "input_modality_image" => {
            ImageIn
        }
        "input_video" | "input_video_tokens" | "input_modality_3" | "input_modality_video" => {
            VideoIn
        }
        "input_audio" | "input_audio_tokens" | "input_modality_4" | "input_modality_audio" => {
            AudioIn
        }
        "input_document" | "input_modality_5" | "input_modality_document" => DocumentIn,
        "input_cached_text_tokens" | "cached_modality_1" => CachedText,
        "input_cached_image_tokens" | "cached_modality_2" => CachedImage,
        "cached_modality_3" => CachedVideo,
        "input_cached_audio_tokens" | "cached_modality_4" => CachedAudio,
        "output_reasoning" | "output_reasoning_tokens" => Reasoning,
        "output_audio" | "output_audio_tokens" | "output_modality_4" => AudioOut,
        "output_image" | "output_image_tokens" | "output_modality_2" => ImageOut,
        "output_video" | "output_modality_3" => VideoOut,
        "output_text"
        | "output_text_tokens"
        | "output_document"
        | "output_modality_1"
        | "output_accepted_prediction_tokens"
        | "output_rejected_prediction_tokens" => TextOut,
        "input_over_200k" => Over200k,
        "input_cache_read_over_200k" => return Some(Repeat),
        "web_search_queries" | "grounding_queries" => return Some(Quantity("web_search")),
        _ => {
            let (side, rest) = key.split_once('_')?;
            let (tier, part) = rest.split_once('_').unwrap_or((rest, ""));
            let tier = tier_of(tier)?;
            let slot = match (side, part) {
                ("input", "") => TierInput,
                ("input", "cache_read") => CacheRead,
                ("input", "cache_creation") => CacheWrite,
                ("output", "") => TierOutput,
                ("output", "reasoning") => Reasoning,
                _ => return None,
            };
            return Some(TierSlot(slot, tier));
        }
    };
    Some(Meaning::Slot(slot))
}

/// An attribute of a span: `OpenTelemetry`'s names, and those of instrumentations beside them.
pub(super) fn of_attribute(key: &str) -> Option<Meaning> {
    if let Some(name) = key.strip_prefix("llm.token_count.") {
        return of_open_inference(name);
    }
    let name = [
        "gen_ai.usage.",
        "ai.usage.",
        "llm.usage.",
        "decision.token_count.",
    ]
    .into_iter()
    .find_map(|prefix| key.strip_prefix(prefix))?;
    let slot = match name {
        "input_tokens" | "prompt_tokens" | "tokens" | "input" => Input,
        "output_tokens" | "completion_tokens" | "output" => Output,
        "total_tokens" => Total,
        "cache_read.input_tokens"
        | "cache_read_input_tokens"
        | "input_cached_tokens"
        | "cached_input_tokens"
        | "input_token_details.cache_read_tokens" => CacheRead,
        "cache_write.input_tokens"
        | "cache_creation.input_tokens"
        | "cache_creation_input_tokens"
        | "cache_write_input_tokens"
        | "input_token_details.cache_write_tokens" => CacheWrite,
        "reasoning.output_tokens"
        | "reasoning_tokens"
        | "thoughts_tokens"
        | "output_token_details.reasoning_tokens" => Reasoning,
        "text.input_tokens" | "input_text_tokens" => TextIn,
        "audio.input_tokens" | "input_audio_tokens" => AudioIn,
        "image.input_tokens" | "input_image_tokens" => ImageIn,
        "video.input_tokens" => VideoIn,
        "text.cache_read.input_tokens" => CachedText,
        "audio.cache_read.input_tokens" => CachedAudio,
        "image.cache_read.input_tokens" => CachedImage,
        "video.cache_read.input_tokens" => CachedVideo,
        "text.output_tokens" | "output_text_tokens" | "output_token_details.text_tokens" => TextOut,
        "audio.output_tokens" | "output_audio_tokens" => AudioOut,
        "image.output_tokens" => ImageOut,
        "video.output_tokens" => VideoOut,
        "input_token_details.no_cache_tokens" => CacheMiss,
        "cost" | "total_cost" => return Some(Cost),
        "experimental.system_instruction_tokens" => return Some(Repeat),
        "experimental.reasoning_tokens_limit" => return Some(Free),
        _ => {
            let detail = name.strip_prefix("details.")?;
            return of_object(&format!("details.{detail}"));
        }
    };
    Some(Meaning::Slot(slot))
}

fn of_open_inference(name: &str) -> Option<Meaning> {
    Some(Meaning::Slot(match name {
        "prompt" => Input,
        "completion" => Output,
        "total" => Total,
        "prompt_details.cache_read" => CacheRead,
        "prompt_details.cache_write" => CacheWrite,
        "prompt_details.audio" => AudioIn,
        "completion_details.reasoning" => Reasoning,
        "completion_details.audio" => AudioOut,
        "prompt_details.cache_input" => CacheInput,
        _ => return None,
    }))
}

/// This project's own buckets, by their column names.
pub(super) fn of_disjoint(key: &str) -> Option<Meaning> {
    Some(Meaning::Slot(match key.strip_suffix("_tokens")? {
        "input" => Input,
        "cache_read" => CacheRead,
        "cache_write_5m" => Write5m,
        "cache_write_1h" => Write1h,
        "output" => Output,
        "reasoning" => Reasoning,
        "audio_in" => AudioIn,
        "audio_out" => AudioOut,
        "image_in" => ImageIn,
        "image_out" => ImageOut,
        "total" => Total,
        _ => return None,
    }))
}
