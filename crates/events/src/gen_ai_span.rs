//! Calls of models by OpenTelemetry's own conventions for generative AI.
//!
//! <https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/>: `input_tokens` includes the
//! tokens read from and written to a cache, `output_tokens` includes reasoning. A span of an agent
//! sums up the calls below it, so it is never counted itself.
use cost_calculation::TokenUsage;

use crate::librechat_agent::{self, AgentId};
use crate::limits::{
    AGENT_CHARS_MAX, CONTEXT_CHARS_MAX, MODEL_CHARS_MAX, PROVIDER_CHARS_MAX, TOKENS_MAX,
};
use crate::native_span::SOURCE;
use crate::span::{Attribute, AttributeValue, Span};
use crate::span_interaction::{fail, of_span, one_tool_call};
use crate::trace_index::{Role, TraceIndex};
use crate::{Interaction, InteractionType, Rejection};

const CACHE_PARTS: [Attribute; 2] =
    [Attribute::GenAiCacheReadTokens, Attribute::GenAiCacheCreationTokens];

/// Whether the span is one call of a model.
pub(crate) fn is_model_call(span: &Span<'_>) -> bool {
    match span.attributes.get(Attribute::GenAiOperation) {
        Some(AttributeValue::Text(operation)) => {
            ["chat", "text_completion", "generate_content", "embeddings"]
                .contains(&operation.as_ref())
        }
        // Older instrumentations name no operation.
        None => span.attributes.get(Attribute::GenAiInputTokens).is_some(),
        Some(_) => false,
    }
}

/// Whether the span is one call of a tool.
pub(crate) fn is_tool_call(span: &Span<'_>) -> bool {
    matches!(
        span.attributes.get(Attribute::GenAiOperation),
        Some(AttributeValue::Text(operation)) if operation == "execute_tool"
    )
}

/// A call of a model; `None` for one inside another, which shows the same tokens again.
pub(crate) fn model_call(
    span: &Span<'_>,
    index: &TraceIndex<'_>,
) -> Result<Option<Interaction>, Rejection> {
    if index.has_ancestor(span, Role::Model) {
        return Ok(None);
    }
    let attributes = &span.attributes;
    let owned = |attribute, chars_max| -> Result<Option<String>, Rejection> {
        Ok(attributes.text(&[attribute], chars_max)?.map(ToOwned::to_owned))
    };
    let mut interaction = named(span, InteractionType::Chat)?;
    interaction.provider =
        owned(Attribute::GenAiProvider, PROVIDER_CHARS_MAX)?.unwrap_or_default();
    interaction.model_name = attributes
        .text(&[Attribute::GenAiResponseModel, Attribute::GenAiRequestModel], MODEL_CHARS_MAX)?
        .unwrap_or_default()
        .to_owned();
    interaction.service_tier = owned(Attribute::GenAiServiceTier, PROVIDER_CHARS_MAX)?;
    interaction.usage = usage(span)?;
    interaction.context = Some("message".to_owned());
    Ok(Some(interaction))
}

/// A call of a tool.
pub(crate) fn tool_call(span: &Span<'_>) -> Result<Interaction, Rejection> {
    let mut interaction = named(span, InteractionType::Api)?;
    let name = span.attributes.text(&[Attribute::GenAiToolName], MODEL_CHARS_MAX)?;
    interaction.units = one_tool_call(name.unwrap_or(span.name.as_ref()));
    Ok(interaction)
}

fn named(span: &Span<'_>, kind: InteractionType) -> Result<Interaction, Rejection> {
    let attributes = &span.attributes;
    let mut interaction = of_span(span, kind, SOURCE)?;
    let agent_id = attributes.text(&[Attribute::GenAiAgentId], AGENT_CHARS_MAX)?;
    match agent_id.map(librechat_agent::parse) {
        Some(AgentId::Saved(agent)) => agent.clone_into(&mut interaction.agent),
        Some(AgentId::Ephemeral { endpoint }) if !endpoint.is_empty() => {
            interaction.endpoint = Some(endpoint.to_owned());
        }
        _ => {}
    }
    let error_type = attributes.text(&[Attribute::ErrorType], CONTEXT_CHARS_MAX * 4)?;
    if span.is_error || error_type.is_some() {
        fail(&mut interaction, error_type.unwrap_or(span.status_message));
    }
    Ok(interaction)
}

fn usage(span: &Span<'_>) -> Result<TokenUsage, Rejection> {
    let [cache_read, cache_write_5m] = CACHE_PARTS.map(|part| tokens(span, part));
    let (cache_read, cache_write_5m) = (cache_read?, cache_write_5m?);
    let reasoning = tokens(span, Attribute::GenAiReasoningTokens)?;
    let input = tokens(span, Attribute::GenAiInputTokens)?;
    let output = tokens(span, Attribute::GenAiOutputTokens)?;
    Ok(TokenUsage {
        input: without(input, cache_read + cache_write_5m, Attribute::GenAiInputTokens)?,
        cache_read,
        cache_write_5m,
        output: without(output, reasoning, Attribute::GenAiOutputTokens)?,
        reasoning,
        ..TokenUsage::default()
    })
}

/// A total without its parts. Parts above their total contradict the convention: a refusal that
/// names both counts, never a guess.
fn without(total: u64, parts: u64, attribute: Attribute) -> Result<u64, Rejection> {
    total.checked_sub(parts).ok_or_else(|| {
        Rejection::invalid(
            attribute.key(),
            format!("({total}) is less than its parts ({parts})"),
            "send a total that includes cached and reasoning tokens, as the convention says",
        )
    })
}

fn tokens(span: &Span<'_>, attribute: Attribute) -> Result<u64, Rejection> {
    let Some(count) = span.attributes.int(&[attribute]) else { return Ok(0) };
    u64::try_from(count).ok().filter(|&count| count <= TOKENS_MAX).ok_or_else(|| {
        Rejection::invalid(
            attribute.key(),
            format!("is {count}"),
            format!("send a whole number from 0 to {TOKENS_MAX}"),
        )
    })
}
