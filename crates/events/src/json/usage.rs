//! A usage object, read by the convention of its source.
use std::collections::BTreeMap;

use cost_calculation::{
    Sender, TokenUsage, UsageConvention, UsageError, UsageReading, canonical_provider, read_usage,
    read_usage_or_keep, unread_resource,
};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::Interaction;
use crate::Rejection;
use crate::json::fields::Fields;
use crate::json::metadata::depth;
use crate::limits::{CALL_RESOURCES_MAX, DEPTH_MAX, TOKENS_MAX};
use crate::rejection::shown;

const REMEDY: &str = "send the counts as their `usage_convention` says, or send `disjoint` buckets";

/// The conventions by name.
pub(crate) fn conventions() -> Vec<(&'static str, UsageConvention)> {
    UsageConvention::ALL
        .into_iter()
        .map(|convention| (convention.as_str(), convention))
        .collect()
}

/// Reads `usage` of a JSON event; its sender hears of a contradiction and can mend it.
///
/// Without a convention, this contract's own bucket names speak for themselves, and else the
/// object's names and the provider's API decide.
pub(crate) fn read(
    value: &RawValue,
    convention: Option<UsageConvention>,
    sender: Sender<'_>,
) -> Result<UsageReading, Rejection> {
    if depth(value.get()) > DEPTH_MAX {
        let remedy = format!("send at most {DEPTH_MAX} levels");
        return Err(Rejection::invalid("usage", "is nested too deeply", remedy));
    }
    let fields = Fields::of_field(value, "usage.")?;
    let convention = match convention {
        Some(convention) => convention,
        None => convention_of(&fields, sender.provider)?,
    };
    if convention == UsageConvention::Disjoint {
        return disjoint(fields).map(|usage| UsageReading {
            usage,
            ..UsageReading::default()
        });
    }
    let payload = serde_json::from_str(value.get())
        .map_err(|_| Rejection::invalid("usage", "holds a number out of range", REMEDY))?;
    let reading = read_usage(convention, sender, &payload)
        .map_err(|error| rejection(&error, |field| format!("usage.{field}")))?;
    within_limit(&reading.usage, "usage")?;
    Ok(reading)
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
    let transcribes = names(&["type", "seconds"]);
    let langchain = names(&["input_token_details", "output_token_details"]) && !transcribes;
    let provider = canonical_provider(provider);
    if langchain && !is_openais_own(fields) {
        return Err(unnamed_convention(
            "is missing, and these counts look like LangChain's",
        ));
    }
    // Vendors' models behind a reseller's API, and OpenAI's shape at most others'.
    let has_chat = names(&["prompt_tokens", "completion_tokens"]);
    let has_anthropics = names(&["input_tokens"])
        && names(&[
            "cache_read_input_tokens",
            "cache_creation_input_tokens",
            "cache_creation",
        ]);
    // Frameworks' own objects: inclusive, whoever answered.
    let has_frameworks = names(&["inputTokenDetails", "outputTokenDetails"])
        || names(&["input_tokens"]) && names(&["cache_read_tokens", "cache_write_tokens"]);
    if names(&["cachedInputTokens"]) && !has_frameworks && provider == "anthropic" {
        return Err(unnamed_convention(
            "is missing, and versions of the AI SDK differ in whether the input has the cached tokens",
        ));
    }
    let convention = match provider.as_ref() {
        "anthropic" | "aws" | "google" | "vertex" if has_chat || has_frameworks => {
            UsageConvention::OpenAiLike
        }
        "aws" | "vertex" if has_anthropics => UsageConvention::AnthropicMessages,
        "aws" | "google" | "vertex" if names(&["input_tokens"]) => UsageConvention::OpenAiLike,
        "azure" => UsageConvention::Azure,
        "anthropic" => UsageConvention::AnthropicMessages,
        "aws" => UsageConvention::BedrockConverse,
        "google" | "vertex" => UsageConvention::Gemini,
        "x-ai" => UsageConvention::Xai,
        "deepseek" => UsageConvention::DeepSeek,
        "openrouter" => UsageConvention::OpenRouter,
        provider if OPENAI_LIKE.contains(&provider) => UsageConvention::OpenAiLike,
        _ => {
            return Err(unnamed_convention(
                "is missing, and the provider does not tell it",
            ));
        }
    };
    Ok(convention)
}

/// Providers whose APIs count as OpenAI's do, or in a shape that is nobody else's.
const OPENAI_LIKE: [&str; 22] = [
    "openai",
    "mistral",
    "groq",
    "moonshotai",
    "together",
    "fireworks",
    "perplexity",
    "cohere",
    "cerebras",
    "dashscope",
    "zai",
    "zhipuai",
    "ai21",
    "voyageai",
    "ollama",
    "sambanova",
    "nvidia",
    "deepinfra",
    "novita",
    "hyperbolic",
    "minimax",
    "oci",
];

/// OpenAI's audio and realtime objects have `input_token_details` too; their members end in
/// `_tokens`, LangChain's never do.
fn is_openais_own(fields: &Fields<'_>) -> bool {
    ["input_token_details", "output_token_details"]
        .into_iter()
        .filter_map(|name| fields.peek(name))
        .any(|details| details.get().contains("_tokens\""))
}

fn unnamed_convention(fault: &str) -> Rejection {
    let known: Vec<&str> = UsageConvention::ALL
        .iter()
        .map(|one| one.as_str())
        .collect();
    let remedy = format!("say how `usage` counts: one of {}", known.join(", "));
    Rejection::invalid("usage_convention", fault, remedy)
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

/// Reads Langfuse's `usage_details`. Its sender will not send it again: what can't be read is kept as
/// unread lines, and the call with it.
pub(crate) fn read_langfuse(json: &str, sender: Sender<'_>) -> UsageReading {
    let payload = (depth(json) <= DEPTH_MAX).then(|| serde_json::from_str::<Value>(json).ok());
    match payload.flatten().filter(Value::is_object) {
        Some(payload) => {
            let convention = UsageConvention::LangfuseUsageDetails;
            kept(read_usage_or_keep(convention, sender, &payload))
        }
        None => unreadable("usage_details"),
    }
}

/// Reads the counts of a span, by their attributes' names: `gen_ai.usage.*`, `ai.usage.*`,
/// `llm.token_count.*`. Numbers may be texts or doubles; what can't be read is kept as unread lines.
pub(crate) fn read_otel(counts: Map<String, Value>, sender: Sender<'_>) -> UsageReading {
    if counts.is_empty() {
        return UsageReading::default();
    }
    kept(read_usage_or_keep(
        UsageConvention::OtelGenAi,
        sender,
        &Value::Object(counts),
    ))
}

/// A usage of which nothing can be read, not even its fields.
pub(crate) fn unreadable(field: &str) -> UsageReading {
    UsageReading {
        calls: BTreeMap::from([(unread_resource(field), 1)]),
        flags: cost_calculation::Flags::NONE.with(cost_calculation::Flag::UnreadUsage),
        ..UsageReading::default()
    }
}

/// Puts what was read into an interaction. What the object says of how it was served goes before
/// what the event says, where it was something special: it is the provider's word.
pub(crate) fn apply(reading: UsageReading, interaction: &mut Interaction) {
    let UsageReading {
        usage,
        calls,
        flags,
        service_tier,
        region,
        reported_cost,
        numbers,
    } = reading;
    interaction.usage = usage;
    for (resource, quantity) in calls {
        // What the event says itself is not said twice.
        interaction.units.calls.entry(resource).or_insert(quantity);
    }
    interaction.reading = interaction.reading.union(flags);
    interaction.service_tier = service_tier.or_else(|| interaction.service_tier.take());
    interaction.region = region.or_else(|| interaction.region.take());
    interaction.reported_cost = interaction.reported_cost.or(reported_cost);
    interaction.usage_numbers = numbers;
}

/// Within the limits of an interaction: a count that is too large leaves its call of unknown cost.
fn kept(mut reading: UsageReading) -> UsageReading {
    if within_limit(&reading.usage, "").is_err() {
        let numbers = reading.numbers.take();
        for (resource, tokens) in reading.usage.buckets() {
            if tokens > 0 {
                let field = unread_resource(resource.as_str());
                reading.calls.insert(field, tokens.min(TOKENS_MAX));
            }
        }
        reading.usage = TokenUsage::default();
        reading.numbers = numbers;
        reading.flags = reading.flags.with(cost_calculation::Flag::UnreadUsage);
    }
    while reading.calls.len() > CALL_RESOURCES_MAX {
        // No real object comes near; what is beyond stays unknown, since other lines are.
        reading.calls.pop_last();
    }
    reading
}

fn within_limit(usage: &TokenUsage, field: &str) -> Result<(), Rejection> {
    if usage
        .buckets()
        .iter()
        .all(|(_, tokens)| *tokens <= TOKENS_MAX)
    {
        return Ok(());
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
        UsageError::NotACount { field, found, .. } => {
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
            ..
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
        let value = RawValue::from_string(json.to_owned()).unwrap();
        read(&value, convention, provider.into()).map(|reading| reading.usage)
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
    fn a_frameworks_object_is_inclusive_whoever_answered() {
        for (provider, json) in [
            (
                "anthropic",
                r#"{"input_tokens":1200,"cache_read_tokens":1000,"output_tokens":300}"#,
            ),
            (
                "bedrock",
                r#"{"inputTokens":1200,"outputTokens":300,
                    "inputTokenDetails":{"noCacheTokens":200,"cacheReadTokens":1000}}"#,
            ),
            (
                "google",
                r#"{"prompt_tokens":1200,"prompt_tokens_details":{"cached_tokens":1000},
                    "completion_tokens":300}"#,
            ),
        ] {
            let usage = read_text(json, None, provider).unwrap();
            let counts = (usage.input, usage.cache_read, usage.output);
            assert_eq!(counts, (200, 1000, 300), "{provider}");
        }
        let open = r#"{"inputTokens":1200,"cachedInputTokens":1000,"outputTokens":300}"#;
        let rejection = read_text(open, None, "anthropic").unwrap_err();
        assert_eq!(rejection.field, "usage_convention");
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

    fn langfuse(json: &str, provider: &str) -> UsageReading {
        let at = cost_calculation::UnixMillis(1_795_000_000_000);
        let context = crate::Context::at(at);
        read_langfuse(json, context.sender_of_usage("langfuse", provider, at))
    }

    #[test]
    fn langfuses_details_are_disjoint_and_unreadable_ones_are_kept_by_name() {
        let json = r#"{"input":50,"output":77,"total":3527,"input_cache_read":3000,
                       "input_cache_creation":400}"#;
        let usage = langfuse(json, "openAI").usage;
        assert_eq!(
            (usage.input, usage.cache_write_5m, usage.output),
            (50, 400, 77)
        );
        for unreadable in ["7", "[]", "nonsense", ""] {
            let reading = langfuse(unreadable, "");
            assert_eq!(reading.calls["unread:usage_details"], 1, "{unreadable}");
        }
    }

    #[test]
    fn librechats_cache_writes_live_an_hour_where_nothing_tells_their_lifetime() {
        let json = r#"{"input":50,"output":77,"total":527,"input_cache_creation":400}"#;
        for (provider, expected) in [
            ("anthropic", (0, 400)),
            ("bedrock", (0, 400)),
            ("openAI", (400, 0)),
        ] {
            let usage = langfuse(json, provider).usage;
            let written = (usage.cache_write_5m, usage.cache_write_1h);
            assert_eq!(written, expected, "{provider}");
        }
    }

    #[test]
    fn a_count_beyond_the_limit_leaves_the_call_of_unknown_cost() {
        let json = r#"{"input":2000000000,"output":1,"total":2000000001}"#;
        let reading = langfuse(json, "openAI");
        assert_eq!(reading.usage, TokenUsage::default());
        assert_eq!(reading.calls["unread:input"], TOKENS_MAX);
        assert_eq!(reading.calls["unread:output"], 1);
    }
}
