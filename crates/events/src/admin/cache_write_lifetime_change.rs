//! A change of how long cache writes live where nothing tells.
use cost_calculation::{Lifetime, UnixMillis};

use crate::CacheWriteLifetimeChange;
use crate::Rejection;
use crate::interaction::SOURCES;
use crate::json::body::body_text;
use crate::json::fields::Fields;
use crate::limits::EVENT_BYTES_MAX;

/// Reads `{"source":"langfuse","lifetime":"5m","valid_from":"2026-11-01T00:00:00Z"}`; without a
/// moment it holds from the beginning, and what was set before is gone.
///
/// # Errors
/// A field is missing, unknown or none of its words.
pub fn parse_cache_write_lifetime_change(
    body: &[u8],
) -> Result<CacheWriteLifetimeChange, Rejection> {
    let mut fields = Fields::of_body(body_text(body, EVENT_BYTES_MAX)?)?;
    let sources = SOURCES.map(|source| (source, source));
    let source = fields
        .word("source", &sources)?
        .ok_or_else(|| fields.missing("source", "name the source: `langfuse`, `otel` or `api`"))?;
    let words = [
        ("5m", Some(Lifetime::FiveMinutes)),
        ("1h", Some(Lifetime::OneHour)),
        ("unknown", None),
    ];
    let lifetime = fields
        .word("lifetime", &words)?
        .ok_or_else(|| fields.missing("lifetime", "name the lifetime: `5m`, `1h` or `unknown`"))?;
    let valid_from = fields.moment("valid_from")?.unwrap_or(UnixMillis(0));
    fields.finish()?;
    Ok(CacheWriteLifetimeChange {
        source,
        lifetime,
        valid_from,
    })
}
