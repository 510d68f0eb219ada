//! Gemini `usageMetadata`.
use serde_json::Value;

use super::UsageError;
use super::counts::{Counts, Named, count_of};
use super::overlap::{Overlap, Reading, Reported, remainder};
use crate::{TokenUsage, UsageConvention};

/// Thoughts stand outside the candidates unless the total says that they are inside.
const READING: Reading = Reading {
    reasoning: Overlap::Outside,
    ..Reading::INCLUSIVE
};

pub(super) fn read(counts: Counts<'_>) -> Result<TokenUsage, UsageError> {
    let convention = UsageConvention::Gemini;
    let prompt = counts.get("promptTokenCount")?;
    let prompt = prompt.ok_or(UsageError::Missing {
        field: "promptTokenCount",
        convention,
    })?;
    let tool_use = counts.or_zero("toolUsePromptTokenCount")?;
    let of_kind = |list: &'static str, modality: &str| modality_count(counts, list, modality);
    let uncached = |modality: &str| -> Result<Named, UsageError> {
        let all = of_kind("promptTokensDetails", modality)?;
        let cached = of_kind("cacheTokensDetails", modality)?;
        let extra = of_kind("toolUsePromptTokensDetails", modality)?;
        let count = remainder(all, &[cached])?.saturating_add(extra.count);
        Ok(Named {
            field: all.field,
            count,
        })
    };
    let with_tools = |extra: u64| Named {
        field: if extra > 0 {
            "promptTokenCount + toolUsePromptTokenCount"
        } else {
            prompt.field
        },
        count: prompt.count + extra,
    };
    let reported = Reported {
        input: with_tools(tool_use.count),
        cache_read: counts.or_zero("cachedContentTokenCount")?,
        audio_in: uncached("AUDIO")?,
        image_in: uncached("IMAGE")?,
        output: counts.or_zero("candidatesTokenCount")?,
        reasoning: counts.or_zero("thoughtsTokenCount")?,
        audio_out: of_kind("candidatesTokensDetails", "AUDIO")?,
        image_out: of_kind("candidatesTokensDetails", "IMAGE")?,
        total: counts.get("totalTokenCount")?,
        ..Reported::default()
    };
    match reported.disjoint(READING) {
        // The total may count the tool's prompt as part of the prompt.
        Err(error @ UsageError::TotalContradicts { .. }) if tool_use.count > 0 => {
            let inside = Reported {
                input: with_tools(0),
                ..reported
            };
            inside.disjoint(READING).map_err(|_| error)
        }
        other => other,
    }
}

/// The tokens of one modality in a list of `{modality, tokenCount}`.
fn modality_count(
    counts: Counts<'_>,
    list: &'static str,
    modality: &str,
) -> Result<Named, UsageError> {
    let mut sum = Named {
        field: list,
        count: 0,
    };
    let Some(value) = counts.value(list) else {
        return Ok(sum);
    };
    let Some(entries) = value.as_array() else {
        let found = "not an array".to_owned();
        return Err(UsageError::NotACount {
            field: list.to_owned(),
            found,
        });
    };
    for entry in entries {
        if entry.get("modality").and_then(Value::as_str) == Some(modality) {
            // Protocol buffers leave zeros out.
            let count = entry
                .get("tokenCount")
                .map_or(Ok(0), |count| count_of(list, count))?;
            sum.count = sum.count.saturating_add(count);
        }
    }
    Ok(sum)
}
