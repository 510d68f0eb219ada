//! A change of which of a provider's reported costs count.
use cost_calculation::{UnixMillis, canonical_provider};

use crate::Rejection;
use crate::ReportedCostChange;
use crate::json::body::body_text;
use crate::json::fields::Fields;
use crate::limits::{EVENT_BYTES_MAX, PROVIDER_CHARS_MAX};
use crate::reported_cost_settings::Counts;

/// Reads `{"provider":"openrouter","counts":"provider","valid_from":"2026-11-01T00:00:00Z"}`; without
/// a moment it holds from the beginning, and what was set before is gone.
///
/// # Errors
/// A field is missing, unknown or none of its words.
pub fn parse_reported_cost_change(body: &[u8]) -> Result<ReportedCostChange, Rejection> {
    let mut fields = Fields::of_body(body_text(body, EVENT_BYTES_MAX)?)?;
    let provider = fields
        .text("provider", PROVIDER_CHARS_MAX)?
        .filter(|provider| !provider.trim().is_empty())
        .ok_or_else(|| fields.missing("provider", "name the provider, for example `openrouter`"))?;
    let words = Counts::ALL.map(|counts| (counts.as_str(), counts));
    let counts = fields.word("counts", &words)?.ok_or_else(|| {
        fields.missing(
            "counts",
            "say which amounts count: `no`, `provider` or `any`",
        )
    })?;
    let valid_from = fields.moment("valid_from")?.unwrap_or(UnixMillis(0));
    fields.finish()?;
    Ok(ReportedCostChange {
        provider: canonical_provider(&provider).into_owned(),
        counts,
        valid_from,
    })
}
