//! Calls of models by OpenTelemetry's own conventions for generative AI.
//!
//! <https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/>: `input_tokens` includes the
//! tokens read from and written to a cache, `output_tokens` includes reasoning. A span of an agent
//! sums up the calls below it, so it is never counted itself.
use cost_calculation::UsageReading;
use serde_json::Map;

use crate::librechat_agent::{self, AgentId};
use crate::limits::{AGENT_CHARS_MAX, CONTEXT_CHARS_MAX, MODEL_CHARS_MAX, PROVIDER_CHARS_MAX};
use crate::source;
use crate::span::{Attribute, AttributeValue, Span};
use crate::span_interaction::{fail, of_span, one_tool_call};
use crate::{Context, Interaction, InteractionType, Rejection, json_usage};

const COUNTS: [Attribute; 6] = [
    Attribute::GenAiInputTokens,
    Attribute::GenAiOutputTokens,
    Attribute::GenAiTotalTokens,
    Attribute::GenAiCacheReadTokens,
    Attribute::GenAiCacheCreationTokens,
    Attribute::GenAiReasoningTokens,
];

/// Whether the span is one call of a tool.
pub(crate) fn is_tool_call(span: &Span<'_>) -> bool {
    matches!(
        span.attributes.get(Attribute::GenAiOperation),
        Some(AttributeValue::Text(operation)) if operation == "execute_tool"
    )
}

/// A call of a model. Its trace tells whether another span shows the same call and knows more
/// ([`crate::resolve_trace`]).
pub(crate) fn model_call(span: &Span<'_>, context: &Context<'_>) -> Result<Interaction, Rejection> {
    let attributes = &span.attributes;
    let owned = |attribute, chars_max| -> Result<Option<String>, Rejection> {
        Ok(attributes
            .text(&[attribute], chars_max)?
            .map(ToOwned::to_owned))
    };
    let mut interaction = named(span, InteractionType::Chat)?;
    interaction.provider = owned(Attribute::GenAiProvider, PROVIDER_CHARS_MAX)?.unwrap_or_default();
    let models = [Attribute::GenAiResponseModel, Attribute::GenAiRequestModel];
    let model = attributes.text(&models, MODEL_CHARS_MAX)?;
    model
        .unwrap_or_default()
        .clone_into(&mut interaction.model_name);
    interaction.service_tier = owned(Attribute::GenAiServiceTier, PROVIDER_CHARS_MAX)?;
    let reading = usage(span, &interaction.provider, context);
    json_usage::apply(reading, &mut interaction);
    interaction.mark_unreported_usage();
    interaction.context = Some("message".to_owned());
    Ok(interaction)
}

/// A call of a tool.
pub(crate) fn tool_call(span: &Span<'_>) -> Result<Interaction, Rejection> {
    let mut interaction = named(span, InteractionType::Api)?;
    let name = span
        .attributes
        .text(&[Attribute::GenAiToolName], MODEL_CHARS_MAX)?;
    interaction.units = one_tool_call(name.unwrap_or(span.name.as_ref()));
    Ok(interaction)
}

fn named(span: &Span<'_>, kind: InteractionType) -> Result<Interaction, Rejection> {
    let attributes = &span.attributes;
    let mut interaction = of_span(span, kind, source::OTEL)?;
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

/// The counts that the span reports, read by the convention.
fn usage(span: &Span<'_>, provider: &str, context: &Context<'_>) -> UsageReading {
    let mut counts = Map::new();
    for attribute in COUNTS {
        if let Some(count) = span.attributes.int(&[attribute]) {
            counts.insert(attribute.key().to_owned(), count.into());
        }
    }
    json_usage::read_otel(counts, provider, context)
}
