//! genai-prices' price keys: what is priced, and for how many units.

use crate::quote::{CALLS_PER, TOKENS_PER};

/// What a price key prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PricedUnit {
    pub(super) resource_type: &'static str,
    /// Units that the list's price is for.
    pub(super) quoted_per: i64,
    /// Units that the book keeps the rate for.
    pub(super) per: i64,
}

/// Keys, resources and units: `mtok` is a million tokens, `kcount` a thousand, `hours` 3,600
/// seconds, `mchars` a million characters, `kpages` a thousand pages.
const UNITS: [(&str, &str, i64); 20] = [
    ("input_mtok", "input", TOKENS_PER),
    ("output_mtok", "output", TOKENS_PER),
    ("cache_read_mtok", "cache_read", TOKENS_PER),
    ("cache_write_mtok", "cache_write_5m", TOKENS_PER),
    ("cache_write_5m_mtok", "cache_write_5m", TOKENS_PER),
    ("cache_write_1h_mtok", "cache_write_1h", TOKENS_PER),
    ("output_reasoning_mtok", "reasoning", TOKENS_PER),
    ("input_audio_mtok", "audio_in", TOKENS_PER),
    ("output_audio_mtok", "audio_out", TOKENS_PER),
    ("input_image_mtok", "image_in", TOKENS_PER),
    ("output_image_mtok", "image_out", TOKENS_PER),
    ("web_searches_kcount", "web_search", CALLS_PER),
    ("storage_searches_kcount", "file_search", CALLS_PER),
    ("requests_kcount", "request", CALLS_PER),
    ("input_text_messages_kcount", "text_message", CALLS_PER),
    ("input_document_kpages", "page", CALLS_PER),
    (
        "input_annotated_document_kpages",
        "annotated_page",
        CALLS_PER,
    ),
    ("input_mchars", "input_character", TOKENS_PER),
    ("audio_hours", "input_second", 3600),
    ("input_audio_hours", "input_second", 3600),
];

/// The unit of a price key; `None` for one that the suite does not count.
pub(super) fn unit(key: &str) -> Option<PricedUnit> {
    UNITS
        .iter()
        .find(|(name, ..)| *name == key)
        .map(|(_, resource_type, per)| PricedUnit {
            resource_type,
            quoted_per: *per,
            per: *per,
        })
}
