//! Token counts, read by the convention of their source.
use cost_calculation::{TokenUsage, UsageConvention, UsageError, canonical_provider, read_usage};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::Rejection;
use crate::attribute_names::Attribute;
use crate::json_fields::Fields;
use crate::json_metadata::depth;
use crate::limits::{DEPTH_MAX, TOKENS_MAX};
use crate::rejection::shown;

const REMEDY: &str = "send the counts as their `usage_convention` says, or send `disjoint` buckets";

/// The conventions by name.
pub(crate) fn conventions() -> Vec<(&'static str, UsageConvention)> {
    UsageConvention::ALL
        .into_iter()
        .map(|convention| (convention.as_str(), convention))
        .collect()
}

/// Reads `usage` of a JSON event.
///
/// Without a convention, this contract's own bucket names speak for themselves, and else the
/// provider's API decides.
pub(crate) fn read(
    value: &RawValue,
    convention: Option<UsageConvention>,
    provider: &str,
) -> Result<TokenUsage, Rejection> {
    if depth(value.get()) > DEPTH_MAX {
        let remedy = format!("send at most {DEPTH_MAX} levels");
        return Err(Rejection::invalid("usage", "is nested too deeply", remedy));
    }
    let fields = Fields::of_field(value, "usage.")?;
    let convention = match convention {
        Some(convention) => convention,
        None => convention_of(&fields, provider)?,
    };
    if convention == UsageConvention::Disjoint {
        return disjoint(fields);
    }
    let payload = serde_json::from_str(value.get())
        .map_err(|_| Rejection::invalid("usage", "holds a number out of range", REMEDY))?;
    let usage = read_usage(convention, provider, &payload)
        .map_err(|error| rejection(&error, |field| format!("usage.{field}")))?;
    within_limit(usage, "usage")
}

/// The convention of counts that come without one.
fn convention_of(fields: &Fields<'_>, provider: &str) -> Result<UsageConvention, Rejection> {
    let names = |wanted: &[&str]| fields.names().any(|name| wanted.contains(&name));
    if names(&[
        "input",
        "output",
        "cache_read",
        "cache_write_5m",
        "cache_write_1h",
        "reasoning",
    ]) {
        return Ok(UsageConvention::Disjoint);
    }
    // LangChain's counts and Anthropic's share their names and mean different things.
    let langchain = names(&["input_token_details", "output_token_details"]);
    let convention = match canonical_provider(provider).as_ref() {
        _ if langchain => None,
        "openai" | "mistral" | "groq" | "moonshotai" | "together" | "fireworks" | "perplexity"
        | "cohere" => Some(UsageConvention::OpenAiLike),
        "azure" => Some(UsageConvention::Azure),
        "anthropic" => Some(UsageConvention::AnthropicMessages),
        "aws" => Some(UsageConvention::BedrockConverse),
        "google" | "vertex" => Some(UsageConvention::Gemini),
        "x-ai" => Some(UsageConvention::Xai),
        "deepseek" => Some(UsageConvention::DeepSeek),
        "openrouter" => Some(UsageConvention::OpenRouter),
        _ => None,
    };
    convention.ok_or_else(|| {
        let fault = if langchain {
            "is missing, and these counts look like LangChain's"
        } else {
            "is missing, and the provider does not tell it"
        };
        let known: Vec<&str> = UsageConvention::ALL
            .iter()
            .map(|one| one.as_str())
            .collect();
        let remedy = format!("say how `usage` counts: one of {}", known.join(", "));
        Rejection::invalid("usage_convention", fault, remedy)
    })
}

/// This contract's own buckets.
fn disjoint(mut fields: Fields<'_>) -> Result<TokenUsage, Rejection> {
    let mut count = |name| {
        fields
            .count(name, TOKENS_MAX)
            .map(Option::unwrap_or_default)
    };
    let usage = TokenUsage {
        input: count("input")?,
        cache_read: count("cache_read")?,
        cache_write_5m: count("cache_write_5m")?,
        cache_write_1h: count("cache_write_1h")?,
        output: count("output")?,
        reasoning: count("reasoning")?,
        audio_in: count("audio_in")?,
        audio_out: count("audio_out")?,
        image_in: count("image_in")?,
        image_out: count("image_out")?,
    };
    fields.finish()?;
    Ok(usage)
}

/// Reads Langfuse's `usage_details`.
pub(crate) fn read_langfuse(json: &str) -> Result<TokenUsage, Rejection> {
    let payload = (depth(json) <= DEPTH_MAX).then(|| serde_json::from_str::<Value>(json).ok());
    let payload = payload
        .flatten()
        .filter(Value::is_object)
        .ok_or_else(unreadable_langfuse)?;
    let key = Attribute::ObservationUsage.key();
    let usage = read_usage(UsageConvention::LangfuseUsageDetails, "", &payload)
        .map_err(|error| rejection(&error, |field| format!("{key}.{field}")))?;
    within_limit(usage, key)
}

/// Reads the counts of a `gen_ai` span, by their attributes' names.
pub(crate) fn read_otel(counts: Map<String, Value>) -> Result<TokenUsage, Rejection> {
    if counts.is_empty() {
        return Ok(TokenUsage::default());
    }
    let usage = read_usage(UsageConvention::OtelGenAi, "", &Value::Object(counts))
        .map_err(|error| rejection(&error, ToOwned::to_owned))?;
    within_limit(usage, "gen_ai.usage.input_tokens")
}

/// The refusal of `usage_details` that are no JSON object.
fn unreadable_langfuse() -> Rejection {
    Rejection::invalid(
        Attribute::ObservationUsage.key(),
        "is no JSON object of token counts",
        "send what Langfuse's SDK sends",
    )
}

fn within_limit(usage: TokenUsage, field: &str) -> Result<TokenUsage, Rejection> {
    if usage
        .buckets()
        .iter()
        .all(|(_, tokens)| *tokens <= TOKENS_MAX)
    {
        return Ok(usage);
    }
    let remedy = format!("send at most {TOKENS_MAX} tokens of a kind");
    Err(Rejection::invalid(field, "counts too many tokens", remedy))
}

/// A contradiction between counts as a refusal of the field at fault. Field names that could be
/// text are not repeated.
fn rejection(error: &UsageError, path: impl Fn(&str) -> String) -> Rejection {
    let named = |field: &str| {
        let is_name = shown(field).starts_with('`');
        path(if is_name { field } else { "(unnamed)" })
    };
    let invalid = |field: &str, fault: String| Rejection::invalid(named(field), fault, REMEDY);
    match error {
        UsageError::NotAnObject { field, found } => invalid(field, format!("is {found}")),
        UsageError::NotACount { field, found } => {
            invalid(field, format!("is {found}, not a whole number of tokens"))
        }
        UsageError::TooLarge { field, count } => invalid(field, format!("is {count}")),
        UsageError::Missing { field, convention } => invalid(
            field,
            format!("is missing, which the convention `{convention}` requires"),
        ),
        UsageError::PartExceedsWhole {
            part,
            part_count,
            whole,
            whole_count,
        } => {
            let fault = format!("({whole_count}) is less than its part `{part}` ({part_count})");
            invalid(whole, fault)
        }
        UsageError::Disagree {
            left,
            left_count,
            right,
            right_count,
        } => {
            let fault = format!("({left_count}) and `{right}` ({right_count}) should be the same");
            invalid(left, fault)
        }
        UsageError::TotalContradicts {
            field,
            total,
            expected,
        } => invalid(field, format!("is {total}, but the counts make {expected}")),
        UsageError::Ambiguous {
            field,
            count,
            input,
            input_count,
            ..
        } => Rejection::invalid(
            named(field),
            format!("({count}) may or may not be inside `{input}` ({input_count})"),
            "send `total_tokens`, or `disjoint` buckets",
        ),
        UsageError::UnknownBucket {
            field,
            count,
            convention,
            ..
        } => invalid(
            field,
            format!("({count}) is no bucket of the convention `{convention}`"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(
        json: &str,
        convention: Option<UsageConvention>,
        provider: &str,
    ) -> Result<TokenUsage, Rejection> {
        read(
            &RawValue::from_string(json.to_owned()).unwrap(),
            convention,
            provider,
        )
    }

    #[test]
    fn without_a_convention_the_providers_api_decides() {
        let json = r#"{"input_tokens":50,"cache_read_input_tokens":3000,"output_tokens":77}"#;
        let usage = read_text(json, None, "anthropic").unwrap();
        assert_eq!(
            (usage.input, usage.cache_read, usage.output),
            (50, 3000, 77)
        );
        let json = r#"{"prompt_tokens":1200,"prompt_tokens_details":{"cached_tokens":1000},
                       "completion_tokens":300}"#;
        let usage = read_text(json, None, "openAI").unwrap();
        assert_eq!(
            (usage.input, usage.cache_read, usage.output),
            (200, 1000, 300)
        );
    }

    #[test]
    fn langchains_counts_need_their_convention() {
        let json = r#"{"input_tokens":3450,"output_tokens":77,
                       "input_token_details":{"cache_read":3000,"cache_creation":400}}"#;
        let rejection = read_text(json, None, "anthropic").unwrap_err();
        assert_eq!(rejection.field, "usage_convention");
        let convention = Some(UsageConvention::UsageMetadata);
        let usage = read_text(json, convention, "anthropic").unwrap();
        assert_eq!(
            (usage.input, usage.cache_read, usage.cache_write_5m),
            (50, 3000, 400)
        );
    }

    #[test]
    fn an_unknown_provider_without_a_convention_is_refused() {
        let rejection = read_text(r#"{"tokens":5}"#, None, "my-proxy").unwrap_err();
        assert_eq!(rejection.field, "usage_convention");
        assert!(rejection.remedy.contains("openai-chat"));
    }

    #[test]
    fn the_own_buckets_speak_for_themselves() {
        let usage = read_text(r#"{"input":10,"reasoning":3}"#, None, "my-proxy").unwrap();
        assert_eq!((usage.input, usage.reasoning), (10, 3));
        assert_eq!(
            read_text(r#"{"input":1,"x":1}"#, None, "")
                .unwrap_err()
                .field,
            "usage.x"
        );
    }

    #[test]
    fn a_contradiction_names_both_counts() {
        let json = r#"{"prompt_tokens":10,"prompt_tokens_details":{"cached_tokens":12}}"#;
        let rejection = read_text(json, Some(UsageConvention::OpenAiChat), "openai").unwrap_err();
        assert!(
            rejection.fault.contains("10") && rejection.fault.contains("12"),
            "{rejection}"
        );
    }

    #[test]
    fn langfuses_details_are_disjoint() {
        let json = r#"{"input":50,"output":77,"total":3527,"input_cache_read":3000,
                       "input_cache_creation":400}"#;
        let usage = read_langfuse(json).unwrap();
        assert_eq!(
            (usage.input, usage.cache_write_5m, usage.output),
            (50, 400, 77)
        );
        for unreadable in ["7", "[]", "nonsense", ""] {
            assert!(read_langfuse(unreadable).is_err(), "{unreadable}");
        }
    }

    #[test]
    fn a_count_beyond_the_limit_is_refused() {
        let json = r#"{"input":2000000000,"output":1,"total":2000000001}"#;
        assert!(read_langfuse(json).unwrap_err().fault.contains("too many"));
    }
}
