//! Anthropic messages and Bedrock Converse: cached tokens are not part of the input.
use serde_json::Value;

use super::UsageError;
use super::counts::{Counts, Named, count_of};
use super::overlap::{Overlap, Reading, Reported, cache_writes};
use crate::{TokenUsage, UsageConvention};

const ADDITIVE: Reading = Reading {
    cache: Overlap::Outside,
    cache_may_differ: true,
    reasoning: Overlap::Inside,
    reasoning_may_differ: false,
    hidden_reasoning: false,
};

pub(super) fn messages(counts: Counts<'_>) -> Result<TokenUsage, UsageError> {
    let convention = UsageConvention::AnthropicMessages;
    let input = counts.get("input_tokens")?;
    let input = input.ok_or(UsageError::Missing {
        field: "input_tokens",
        convention,
    })?;
    let lifetimes = counts.object("cache_creation")?;
    let (cache_write_5m, cache_write_1h) = cache_writes(
        counts.get("cache_creation_input_tokens")?,
        lifetimes.get("ephemeral_5m_input_tokens")?,
        lifetimes.get("ephemeral_1h_input_tokens")?,
    )?;
    Reported {
        input,
        cache_read: counts.or_zero("cache_read_input_tokens")?,
        cache_write_5m,
        cache_write_1h,
        output: counts.or_zero("output_tokens")?,
        ..Reported::default()
    }
    .disjoint(ADDITIVE)
}

pub(super) fn converse(counts: Counts<'_>) -> Result<TokenUsage, UsageError> {
    let convention = UsageConvention::BedrockConverse;
    let input = counts.get("inputTokens")?;
    let input = input.ok_or(UsageError::Missing {
        field: "inputTokens",
        convention,
    })?;
    let (short, long) = lifetimes(counts.value("cacheDetails"))?;
    let written = counts.any_of(&["cacheWriteInputTokens", "cacheWriteInputTokenCount"])?;
    let (cache_write_5m, cache_write_1h) = cache_writes(written, short, long)?;
    let read = counts.any_of(&["cacheReadInputTokens", "cacheReadInputTokenCount"])?;
    Reported {
        input,
        cache_read: read.unwrap_or(Named {
            field: "cacheReadInputTokens",
            count: 0,
        }),
        cache_write_5m,
        cache_write_1h,
        output: counts.or_zero("outputTokens")?,
        total: counts.get("totalTokens")?,
        ..Reported::default()
    }
    .disjoint(ADDITIVE)
}

/// `cacheDetails`: cache writes by time to live.
fn lifetimes(details: Option<&Value>) -> Result<(Option<Named>, Option<Named>), UsageError> {
    let Some(details) = details else {
        return Ok((None, None));
    };
    let field = "cacheDetails";
    let Some(entries) = details.as_array() else {
        let found = "not an array".to_owned();
        return Err(UsageError::NotACount {
            field: field.to_owned(),
            found,
        });
    };
    let mut short = Named {
        field: "cacheDetails[5m]",
        count: 0,
    };
    let mut long = Named {
        field: "cacheDetails[1h]",
        count: 0,
    };
    for entry in entries {
        let count = count_of(
            "cacheDetails.inputTokens",
            entry.get("inputTokens").unwrap_or(&Value::Null),
        )?;
        let bucket = match entry.get("ttl").and_then(Value::as_str) {
            Some("5m") => &mut short,
            Some("1h") => &mut long,
            other => {
                let found = format!("a write that lives `{}`", other.unwrap_or("?"));
                let field = "cacheDetails.ttl".to_owned();
                return Err(UsageError::NotACount { field, found });
            }
        };
        bucket.count = bucket.count.saturating_add(count);
    }
    Ok((Some(short), Some(long)))
}
