//! How each source's counts overlap.
use super::UsageError;
use super::overlap::{May, Overlap, Reading, disjoint};
use super::slot::Slot;
use super::tally::Tally;
use crate::TokenUsage;
use crate::UsageConvention;

/// Providers whose streams drop the thoughts from the output and keep them in the total.
pub(super) const HIDES_THOUGHTS: [&str; 2] = ["google", "vertex"];
/// Providers of which it is known whether LangChain's `input_tokens` contain the cached ones:
/// LibreChat's `cacheSubsetProviders`, Anthropic since `@librechat/agents` folds its counts, AWS
/// since `@langchain/aws` 1.4. Mistral has the `OpenAI` shape.
const LANGCHAIN_KNOWN: [&str; 11] = [
    "openai",
    "azure",
    "google",
    "vertex",
    "x-ai",
    "deepseek",
    "openrouter",
    "moonshotai",
    "anthropic",
    "mistral",
    "aws",
];

/// The buckets of an object whose convention is not this project's own and not Langfuse's.
pub(super) fn read(tally: &mut Tally, convention: UsageConvention, provider: &str) -> TokenUsage {
    let reading = reading(tally, convention, provider);
    if tally.hints.is_explicit_cache && tally.get(Slot::CacheRead) > 0 {
        tally.add_unread("cache_type", 1);
    }
    cache_input(tally);
    halves(tally);
    total_alone(tally);
    require(tally, convention);
    first_prompt(tally);
    let mut usage = disjoint(tally, reading, provider);
    if is_images_endpoint(tally, convention) {
        usage.image_out = usage.output;
        usage.output = 0;
        tally.flags = tally.flags.with(crate::Flag::ImageOutputConcluded);
    }
    usage
}

fn reading(tally: &mut Tally, convention: UsageConvention, provider: &str) -> Reading {
    match convention {
        UsageConvention::AnthropicMessages => {
            // The thinking is told approximately; the output contains it and is what is billed.
            if tally.get(Slot::Reasoning) > tally.get(Slot::Output) {
                tally.set(Slot::Reasoning, tally.get(Slot::Output));
            }
            Reading {
                cache: Overlap::Outside,
                may: &[],
                ..Reading::INCLUSIVE
            }
        }
        UsageConvention::BedrockConverse => Reading {
            cache: Overlap::Outside,
            may: &[May::TotalLackCache],
            ..Reading::INCLUSIVE
        },
        UsageConvention::Gemini => Reading {
            reasoning: Overlap::Outside,
            may: &[May::ReasoningDiffer, May::ToolUseBeInside],
            ..Reading::INCLUSIVE
        },
        UsageConvention::UsageMetadata => {
            doubt_unknown_provider(tally, provider);
            Reading {
                may: if provider == "aws" {
                    &[May::CacheDiffer, May::ReasoningDiffer, May::TotalLackCache]
                } else {
                    &[May::CacheDiffer, May::ReasoningDiffer]
                },
                hidden_reasoning: HIDES_THOUGHTS.contains(&provider),
                ..Reading::INCLUSIVE
            }
        }
        UsageConvention::OtelGenAi => Reading {
            may: &[May::CacheDiffer, May::ReasoningDiffer],
            ..Reading::INCLUSIVE
        },
        // xAI's chat completions leave the reasoning out of `completion_tokens`.
        UsageConvention::Xai if tally.name(Slot::Output) == "completion_tokens" => Reading {
            reasoning: Overlap::Outside,
            ..Reading::INCLUSIVE
        },
        // Perplexity's research reasons beside the completion, and beside its total.
        _ if provider == "perplexity" => Reading {
            reasoning: Overlap::Outside,
            may: &[May::TotalLackReasoning],
            ..Reading::INCLUSIVE
        },
        _ => Reading {
            // Mistral's connectors stand beside the prompt, in the total or in neither.
            may: &[May::ReasoningDiffer, May::ToolUseBeInside],
            hidden_reasoning: HIDES_THOUGHTS.contains(&provider),
            ..Reading::INCLUSIVE
        },
    }
}

/// The sum of several hops is one input: what chooses the context tier is a hop's prompt, not their sum.
fn first_prompt(tally: &mut Tally) {
    let first = tally.get(Slot::FirstPrompt);
    if first > 0 && first < tally.get(Slot::Input) {
        tally
            .calls
            .insert(crate::names::resource::CONTEXT_TOKENS.to_owned(), first);
    }
}

/// What was read from a cache or written to it, told in one count: which of the two, only the counts
/// beside it tell.
fn cache_input(tally: &mut Tally) {
    let both = tally.get(Slot::CacheInput);
    let told = tally
        .get(Slot::CacheRead)
        .saturating_add(tally.get(Slot::CacheWrite));
    if both > told && both != tally.get(Slot::CacheRead) {
        let name = tally.name(Slot::CacheInput);
        tally.add_unread(&name, both - told);
    }
}

/// Hits and misses of a cache, which together are the input.
fn halves(tally: &mut Tally) {
    if !tally.has(Slot::CacheMiss) || !tally.has(Slot::CacheRead) {
        return;
    }
    let written = tally.get(Slot::CacheWrite);
    let (hit, miss) = (tally.get(Slot::CacheRead), tally.get(Slot::CacheMiss));
    let together = hit.saturating_add(miss);
    if !tally.has(Slot::Input) {
        tally.set(Slot::Input, together.saturating_add(written));
    } else if ![together, together.saturating_add(written)].contains(&tally.get(Slot::Input)) {
        tally.doubts.push(UsageError::Disagree {
            left: tally.name(Slot::Input),
            left_count: tally.get(Slot::Input),
            right: format!(
                "{} + {}",
                tally.name(Slot::CacheRead),
                tally.name(Slot::CacheMiss)
            ),
            right_count: together,
        });
    }
}

/// Embeddings and rerankings of some providers tell a total and nothing else: it is their input.
fn total_alone(tally: &mut Tally) {
    if tally.has(Slot::Total) && !tally.has(Slot::Input) && !tally.has(Slot::Output) {
        tally.set(Slot::Input, tally.get(Slot::Total));
    }
}

/// Without an input there is nothing to take apart, unless what was used was no tokens at all.
fn require(tally: &mut Tally, convention: UsageConvention) {
    if tally.has(Slot::Input) || !tally.calls.is_empty() {
        return;
    }
    let field = match convention {
        UsageConvention::OpenAiResponses
        | UsageConvention::AnthropicMessages
        | UsageConvention::UsageMetadata => "input_tokens",
        UsageConvention::BedrockConverse => "inputTokens",
        UsageConvention::Gemini => "promptTokenCount",
        UsageConvention::OtelGenAi => "gen_ai.usage.input_tokens",
        _ => "prompt_tokens",
    };
    tally.doubts.push(UsageError::Missing { field, convention });
}

fn doubt_unknown_provider(tally: &mut Tally, provider: &str) {
    let cached = [
        Slot::CacheRead,
        Slot::CacheWrite,
        Slot::Write5m,
        Slot::Write1h,
    ]
    .into_iter()
    .find(|slot| tally.get(*slot) > 0);
    let Some(cached) = cached else { return };
    if tally.has(Slot::Total) {
        return;
    }
    if !LANGCHAIN_KNOWN.contains(&provider) {
        tally.doubts.push(UsageError::Ambiguous {
            field: tally.name(cached),
            count: tally.get(cached),
            input: tally.name(Slot::Input),
            input_count: tally.get(Slot::Input),
            provider: provider.chars().take(100).collect(),
        });
    } else if provider == "aws" {
        // Older packages passed AWS's own counts on, which leave the cached ones out.
        tally.flags = tally.flags.with(crate::Flag::OverlapConcluded);
    }
}

/// The Images API counts its output without saying that it is an image; its input's details are
/// text and images and nothing else.
fn is_images_endpoint(tally: &Tally, convention: UsageConvention) -> bool {
    matches!(
        convention,
        UsageConvention::OpenAiResponses
            | UsageConvention::OpenAiLike
            | UsageConvention::Azure
            | UsageConvention::OpenRouter
    ) && tally.name(Slot::Input) == "input_tokens"
        && tally.has(Slot::TextIn)
        && tally.has(Slot::ImageIn)
        && ![
            Slot::TextOut,
            Slot::ImageOut,
            Slot::Reasoning,
            Slot::AudioOut,
            Slot::AudioIn,
        ]
        .into_iter()
        .any(|slot| tally.has(slot))
}
