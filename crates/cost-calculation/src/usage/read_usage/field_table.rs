//! Every field of a usage object that is known, and what it means.
//!
//! One table for all sources: names hardly ever contradict each other, and where they do the
//! convention decides how counts overlap, not what they count. A field that stands in no table and
//! is not zero is never dropped: it becomes an unread line of the estimate.
//!
//! Paths are those of [`super::leaf`]: lower snake case, members of lists by their modality, their
//! lifetime or their type.
use super::slot::{Hint, Meaning, Slot};

use Meaning::{Cost, Free, Quantity, Repeat, Seconds, TierSlot};
use Slot::{
    AudioIn, AudioOut, CacheMiss, CacheRead, CacheWrite, CachedAudio, CachedImage, CachedText,
    CachedVideo, Citation, DocumentIn, FirstPrompt, ImageIn, ImageOut, Input, Output, Over200k,
    Reasoning, TextIn, TextOut, TierInput, TierOutput, ToolUse, ToolUseAudio, ToolUseImage,
    ToolUseVideo, Total, VideoIn, VideoOut, Write1h, Write5m, Write12h, Write30m,
};

/// The objects around a usage object.
pub(super) const WRAPPERS: [&str; 11] = [
    "usage.",
    "usage_metadata.",
    "response.usage.",
    "response_metadata.usage.",
    "message.usage.",
    "metadata.usage.",
    "meta.",
    "usage_info.",
    "model_usage.",
    "amazon-bedrock-invocation_metrics.",
    "x_groq.usage.",
];

/// What stands before the fields of a usage object, wherever it is in a response.
const IN_USAGE: [&str; 2] = ["usage.", "usage_metadata."];

/// Whether a path leads into a usage object of a response.
pub(super) fn is_in_usage(path: &str) -> bool {
    WRAPPERS
        .iter()
        .any(|wrapper| wrapper.contains("usage") && path.starts_with(wrapper))
}

/// The path from the usage object on.
pub(super) fn inside_usage(path: &str) -> &str {
    let from = IN_USAGE
        .iter()
        .filter_map(|wrapper| Some(path.find(wrapper)? + wrapper.len()))
        .min();
    from.and_then(|from| path.get(from..)).unwrap_or(path)
}

/// What a field of a provider's or a framework's usage object means.
pub(super) fn of_object(path: &str) -> Option<Meaning> {
    if let Some((list, rest)) = path.split_once('[') {
        return of_list(list, rest);
    }
    let (container, name) = path.rsplit_once('.').unwrap_or(("", path));
    match container {
        "" => of_whole(name).or_else(|| beside_tokens(name)),
        "prompt_tokens_details"
        | "prompt_token_details"
        | "input_tokens_details"
        | "input_token_details" => of_input(name),
        "completion_tokens_details"
        | "completion_token_details"
        | "output_tokens_details"
        | "output_token_details" => of_output(name),
        "prompt_tokens_details.cached_tokens_details"
        | "input_tokens_details.cached_tokens_details"
        | "input_token_details.cached_tokens_details" => of_cached(name),
        "cache_creation"
        | "prompt_tokens_details.cache_creation_token_details"
        | "input_tokens_details.cache_creation_token_details"
        | "input_tokens_details.cache_write_tokens_details"
        | "prompt_tokens_details.cache_write_tokens_details" => lifetime(name).map(Meaning::Slot),
        "billed_units" => of_billed_units(name),
        "details" => of_whole(name)
            .or_else(|| of_input(name))
            .or_else(|| match name {
                "thinking_tokens" | "thoughts_tokens" => Some(Meaning::Slot(Reasoning)),
                _ => beside_tokens(name),
            }),
        "server_tool_use" | "server_tool_use_details" => of_server_tool(name),
        "server_side_tool_usage_details" | "connectors" => of_tool(name),
        "tool_usage.web_search" if name == "num_requests" => Some(Quantity("web_search")),
        "tool_calls_details.web_search" if name == "invocation" => Some(Quantity("web_search")),
        "tool_calls_details.fetch_url" if name == "invocation" => Some(Free),
        "service_tier" if name == "type" => Some(Meaning::Hint(Hint::Tier)),
        "performance_config" if name == "latency" => Some(Meaning::Hint(Hint::Speed)),
        "fallback_credit.status" if name == "type" => Some(Meaning::Hint(Hint::Credit)),
        _ => of_container(container, name),
    }
}

/// Objects of which every member means the same.
fn of_container(container: &str, name: &str) -> Option<Meaning> {
    let outermost = container.split('.').next().unwrap_or_default();
    match outermost {
        "cost" | "cost_details" | "cost_breakdown" | "list_cost" | "costs" => Some(Cost),
        // What the model saw, the size of its context, times, progress: nothing of it is billed.
        "tokens" | "context_details" | "context_window" | "timings" | "time_info" | "metrics"
        | "perf_metrics" | "request_counts" | "diagnostics" | "context_management" => Some(Free),
        // The provider's own object again, or each request of a run.
        "raw" | "request_usage_entries" => Some(Repeat),
        "x_groq" if name.ends_with("cached_tokens") => Some(Repeat),
        _ => None,
    }
}

/// Counts at the top of a usage object.
fn of_whole(name: &str) -> Option<Meaning> {
    let slot = match name {
        "prompt_tokens"
        | "input_tokens"
        | "prompt_token_count"
        | "input_token_count"
        | "total_input_tokens"
        | "prompt_eval_count"
        | "uncached_input_tokens" => Input,
        "completion_tokens"
        | "output_tokens"
        | "candidates_token_count"
        | "response_token_count"
        | "output_token_count"
        | "total_output_tokens"
        | "eval_count" => Output,
        "total_tokens" | "total_token_count" => Total,
        "cached_tokens"
        | "cache_read_input_tokens"
        | "cache_read_input_token_count"
        | "cached_content_token_count"
        | "total_cached_tokens"
        | "prompt_cache_hit_tokens"
        | "num_cached_tokens"
        | "cached_prompt_text_tokens"
        | "prompt_eval_cached_count"
        | "cached_input_tokens"
        | "cache_read_tokens"
        | "prompt_cached_tokens"
        | "input_cached_tokens" => CacheRead,
        "cache_creation_input_tokens"
        | "cache_write_input_tokens"
        | "cache_write_input_token_count"
        | "cache_write_tokens"
        | "cache_creation_tokens"
        | "input_cache_write_tokens" => CacheWrite,
        "cache_write_5m_tokens" | "cache_text_write_5m_tokens" => Write5m,
        "input_cache_write_30m_tokens" => Write30m,
        "cache_write_1h_tokens" | "cache_text_write_1h_tokens" => Write1h,
        "input_cache_write_12h_tokens" => Write12h,
        "prompt_cache_miss_tokens" | "input_uncached_tokens" => CacheMiss,
        "reasoning_tokens"
        | "thoughts_token_count"
        | "total_thought_tokens"
        | "total_reasoning_tokens"
        | "output_reasoning_tokens"
        | "thinking_tokens" => Reasoning,
        "tool_use_prompt_token_count" | "total_tool_use_tokens" | "connector_tokens" => ToolUse,
        "prompt_text_tokens" | "input_text_tokens" | "text_tokens" => TextIn,
        "input_audio_tokens" | "audio_tokens" | "input_audio_tool_tokens" => AudioIn,
        "prompt_image_tokens" | "image_tokens" | "input_image_tokens" => ImageIn,
        "video_tokens" | "input_video_tokens" => VideoIn,
        "output_text_tokens" => TextOut,
        "output_audio_tokens" => AudioOut,
        "output_image_tokens" => ImageOut,
        "output_video_tokens" => VideoOut,
        "input_cached_text_tokens" | "cache_text_read_tokens" => CachedText,
        "input_cached_audio_tokens" | "cache_audio_read_tokens" => CachedAudio,
        "input_cached_image_tokens" | "cache_image_read_tokens" => CachedImage,
        "cache_video_read_tokens" => CachedVideo,
        "citation_tokens" => Citation,
        "initial_input_tokens" => FirstPrompt,
        _ => return None,
    };
    Some(Meaning::Slot(slot))
}

/// Parts of the input.
fn of_input(name: &str) -> Option<Meaning> {
    let slot = match name {
        "cached_tokens" | "cache_read" | "cache_read_input_tokens" | "cache_read_tokens" => {
            CacheRead
        }
        "cache_write_tokens"
        | "cache_creation_tokens"
        | "cache_creation"
        | "cache_creation_input_tokens" => CacheWrite,
        "audio_tokens" | "audio" => AudioIn,
        "image_tokens" | "image" => ImageIn,
        "video_tokens" | "video" => VideoIn,
        "text_tokens" | "text" => TextIn,
        "file_tokens" | "document" => DocumentIn,
        "no_cache_tokens" => CacheMiss,
        "over_200k" => Over200k,
        "initial_prompt_tokens" => FirstPrompt,
        "web_search_requests" => return Some(Quantity("web_search")),
        "google_maps_grounding_requests" => return Some(Quantity("maps_grounding")),
        "character_count" => return Some(Quantity("input_character")),
        "image_count" => return Some(Quantity("input_image")),
        "cache_type" => return Some(Meaning::Hint(Hint::CacheKind)),
        "query_count" => return Some(Quantity("query")),
        "video_length_seconds" => return Some(Seconds("input_video_second")),
        "audio_length_seconds" => return Some(Seconds("input_audio_second")),
        "tool_use_tokens" | "cache_read_over_200k" => return Some(Repeat),
        "flex" | "priority" => return tier_of(name).map(|tier| TierSlot(TierInput, tier)),
        _ => {
            if let Some(slot) = lifetime(name) {
                return Some(Meaning::Slot(slot));
            }
            let (tier, rest) = name.split_once('_')?;
            let Some(Meaning::Slot(slot)) = (match rest {
                "cache_read" | "cache_creation" => of_input(rest),
                _ => None,
            }) else {
                return None;
            };
            return tier_of(tier).map(|tier| TierSlot(slot, tier));
        }
    };
    Some(Meaning::Slot(slot))
}

/// Parts of the output.
fn of_output(name: &str) -> Option<Meaning> {
    let slot = match name {
        "reasoning_tokens" | "reasoning" | "thinking_tokens" => Reasoning,
        "audio_tokens" | "audio" => AudioOut,
        "image_tokens" | "image" => ImageOut,
        "video_tokens" | "video" => VideoOut,
        "text_tokens" | "text" => TextOut,
        // Billed as the output that they are part of.
        "accepted_prediction_tokens" | "rejected_prediction_tokens" | "document" => {
            return Some(Repeat);
        }
        "flex" | "priority" => return tier_of(name).map(|tier| TierSlot(TierOutput, tier)),
        "flex_reasoning" => return Some(TierSlot(Reasoning, "flex")),
        "priority_reasoning" => return Some(TierSlot(Reasoning, "priority")),
        _ => return None,
    };
    Some(Meaning::Slot(slot))
}

/// Parts of what was read from a cache.
fn of_cached(name: &str) -> Option<Meaning> {
    let slot = match name {
        "text_tokens" | "cached_text_tokens" => CachedText,
        "audio_tokens" | "cached_audio_tokens" => CachedAudio,
        "image_tokens" | "cached_image_tokens" => CachedImage,
        "video_tokens" => CachedVideo,
        _ => return None,
    };
    Some(Meaning::Slot(slot))
}

/// Cache writes by how long they live.
fn lifetime(name: &str) -> Option<Slot> {
    match name {
        "ephemeral_5m_input_tokens" => Some(Write5m),
        "ephemeral_30m_input_tokens" | "ttl_30m_tokens" => Some(Write30m),
        "ephemeral_1h_input_tokens" => Some(Write1h),
        "ephemeral_12h_input_tokens" | "ttl_12h_tokens" => Some(Write12h),
        _ => None,
    }
}

/// Cohere's `billed_units`.
fn of_billed_units(name: &str) -> Option<Meaning> {
    Some(match name {
        "input_tokens" => Meaning::Slot(Input),
        "output_tokens" => Meaning::Slot(Output),
        "image_tokens" => Meaning::Slot(ImageIn),
        "text_tokens" => Meaning::Slot(TextIn),
        "search_units" => Quantity("query"),
        "classifications" => Quantity("classification"),
        "images" => Quantity("input_image"),
        "pages" => Quantity("page"),
        _ => return None,
    })
}

fn of_server_tool(name: &str) -> Option<Meaning> {
    Some(match name {
        "web_search_requests" => Quantity("web_search"),
        // A fetched page is billed as the input that it becomes; looking for a tool is free.
        "web_fetch_requests" | "tool_search_requests" => Free,
        // May count the web searches again.
        "tool_calls_requested" | "tool_calls_executed" => Repeat,
        _ => return None,
    })
}

/// Calls of a provider's own tools, by kind.
fn of_tool(name: &str) -> Option<Meaning> {
    Some(match name.strip_suffix("_calls").unwrap_or(name) {
        "web_search" | "web_search_premium" => Quantity("web_search"),
        "x_search" => Quantity("x_search"),
        "code_interpreter" | "code_execution" => Quantity("code_interpreter"),
        "file_search" | "document_library" => Quantity("file_search"),
        "document_search" => Quantity("document_search"),
        "image_generation" => Quantity("image_generation"),
        "x_posts_fetched" => Quantity("x_post"),
        "x_users_fetched" => Quantity("x_user"),
        "mcp" => Free,
        _ => return None,
    })
}

/// Quantities, hints and amounts at the top of a usage object or of a response around it.
fn beside_tokens(name: &str) -> Option<Meaning> {
    Some(match name {
        "service_tier" => Meaning::Hint(Hint::Tier),
        "speed" => Meaning::Hint(Hint::Speed),
        "traffic_type" => Meaning::Hint(Hint::Traffic),
        "inference_geo" => Meaning::Hint(Hint::Geography),
        "search_context_size" => Meaning::Hint(Hint::SearchContext),
        "cache_hit" => Meaning::Hint(Hint::CacheHit),
        "seconds" | "audio_seconds" | "prompt_audio_seconds" | "audio_duration" => {
            Seconds("input_second")
        }
        "input_audio_seconds" | "input_seconds" => Seconds("input_audio_second"),
        "output_audio_seconds" | "output_seconds" => Seconds("output_second"),
        "active_seconds" | "session_duration" => Seconds("session_second"),
        "paused_seconds" => Seconds("paused_second"),
        "video_duration" => Seconds("output_video_second"),
        "characters" | "characters_count" | "input_characters" | "billable_character_count" => {
            Quantity("input_character")
        }
        "search_units" | "rerank_searches" => Quantity("query"),
        "num_search_queries" => Quantity("search_query"),
        "num_sources_used" => Quantity("search_source"),
        "web_searches" | "web_search_requests" | "web_search_queries" | "grounding_queries" => {
            Quantity("web_search")
        }
        "social_searches" => Quantity("x_search"),
        "storage_searches" => Quantity("file_search"),
        "code_executions" => Quantity("code_interpreter"),
        "pages_processed" | "input_document_pages" => Quantity("page"),
        "input_annotated_document_pages" => Quantity("annotated_page"),
        "input_text_messages" => Quantity("text_message"),
        "image_pixels" | "input_pixels" => Quantity("input_pixel"),
        "video_pixels" => Quantity("input_video_pixel"),
        "images" | "image_count" => Quantity("output_image"),
        "video_count" => Quantity("output_video"),
        "num_text_embeddings" => Quantity("text_embedding"),
        "num_image_embeddings" => Quantity("image_embedding"),
        "cost" | "cost_in_usd_ticks" | "total_cost" | "input_cost" | "output_cost" => Cost,
        "queue_time"
        | "prompt_time"
        | "completion_time"
        | "total_time"
        | "total_duration"
        | "load_duration"
        | "prompt_eval_duration"
        | "eval_duration"
        | "ttft"
        | "ttfb"
        | "tokens_per_second"
        | "acquire_time"
        | "latency_ms"
        | "invocation_latency"
        | "first_byte_latency"
        | "total_time_ms"
        | "operation_total_time_ms"
        // How often, how large: each has its price elsewhere or none.
        | "requests"
        | "request_count"
        | "tool_calls"
        | "doc_size_bytes"
        | "estimated_tokens" => Free,
        // The sum over the kinds of tools beside it.
        "num_server_side_tools_used" => Repeat,
        _ => return None,
    })
}

/// Lists by modality, lifetime or type: `prompt_tokens_details[audio].token_count`.
fn of_list(list: &str, rest: &str) -> Option<Meaning> {
    let (kind, name) = rest.split_once("].")?;
    match list {
        "cache_details" if name == "input_tokens" => match kind {
            "5m" => Some(Meaning::Slot(Write5m)),
            "1h" => Some(Meaning::Slot(Write1h)),
            _ => None,
        },
        "grounding_tool_count" if name == "count" => match kind {
            "google_search" | "web_search" => Some(Quantity("web_search")),
            "enterprise_web_search" => Some(Quantity("enterprise_web_search")),
            "google_maps" | "maps_grounding" => Some(Quantity("maps_grounding")),
            "retrieval" | "file_search" => Some(Quantity("file_search")),
            _ => None,
        },
        "request_usage_entries" => Some(Repeat),
        "candidates" if name == "token_count" => Some(Repeat),
        _ if name == "token_count" || name == "tokens" => of_modality(list, kind),
        _ => None,
    }
}

fn of_modality(list: &str, modality: &str) -> Option<Meaning> {
    let kinds = match list {
        "prompt_tokens_details" | "input_tokens_by_modality" => {
            [TextIn, AudioIn, ImageIn, VideoIn, DocumentIn]
        }
        "cache_tokens_details" | "cached_tokens_by_modality" => [
            CachedText,
            CachedAudio,
            CachedImage,
            CachedVideo,
            CachedText,
        ],
        "candidates_tokens_details" | "response_tokens_details" | "output_tokens_by_modality" => {
            [TextOut, AudioOut, ImageOut, VideoOut, TextOut]
        }
        "tool_use_prompt_tokens_details" | "tool_use_tokens_by_modality" => {
            [TextIn, ToolUseAudio, ToolUseImage, ToolUseVideo, DocumentIn]
        }
        _ => return None,
    };
    let [text, audio, image, video, document] = kinds;
    Some(Meaning::Slot(match modality {
        "text" | "modality_unspecified" | "unspecified" | "" => text,
        "audio" => audio,
        "image" => image,
        "video" => video,
        "document" => document,
        _ => return None,
    }))
}

/// A tier that stands in a field's name.
pub(super) fn tier_of(name: &str) -> Option<&'static str> {
    match name {
        "flex" => Some("flex"),
        "priority" => Some("priority"),
        _ => None,
    }
}
