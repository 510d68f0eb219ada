//! Spans of Langfuse's SDK, as LibreChat's agents send them.
//!
//! A `generation` is a call of a model, a `tool` a call of a tool; chains, agents and prompts are
//! the scaffolding around them. Keys as sent by `@librechat/agents` 3.9.2 with `@langfuse/otel`
//! 5.11.1.
use cost_calculation::{UsageReading, reported_cost_of_text};

use crate::librechat_agent::{self, AgentId};
use crate::limits::{
    AGENT_CHARS_MAX, CONTEXT_CHARS_MAX, MODEL_CHARS_MAX, PROVIDER_CHARS_MAX, REFERENCE_CHARS_MAX,
};
use crate::source;
use crate::span::{Attribute, AttributeValue, Span};
use crate::span_interaction::{fail, of_span, one_tool_call};
use crate::{Context, Interaction, InteractionType, Rejection, json_usage, timestamp};

/// A generation or a tool as an interaction; everything else is none.
pub(crate) fn normalise(
    span: &Span<'_>,
    context: &Context<'_>,
) -> Result<Option<Interaction>, Rejection> {
    match span
        .attributes
        .text(&[Attribute::ObservationType], CONTEXT_CHARS_MAX)?
    {
        Some("generation") => generation(span, context).map(Some),
        Some("embedding") => {
            let mut interaction = generation(span, context)?;
            interaction.context = Some("embedding".to_owned());
            Ok(Some(interaction))
        }
        Some("tool") => tool(span).map(Some),
        _ => Ok(None),
    }
}

fn generation(span: &Span<'_>, context: &Context<'_>) -> Result<Interaction, Rejection> {
    let mut interaction = observation(span, InteractionType::Chat)?;
    let attributes = &span.attributes;
    let provider = attributes.text(
        &[
            Attribute::ObservationProvider,
            Attribute::ObservationInvokedProvider,
            Attribute::ObservationLangChainProvider,
        ],
        PROVIDER_CHARS_MAX,
    )?;
    provider
        .unwrap_or_default()
        .clone_into(&mut interaction.provider);
    let requested = attributes.text_that_fits(
        &[
            Attribute::ObservationRequestedModel,
            Attribute::ObservationInvokedModel,
            Attribute::ObservationLangChainModel,
        ],
        MODEL_CHARS_MAX,
    );
    // The model of the answer where the provider named one: it is the one that is billed.
    let model = attributes
        .text(&[Attribute::ObservationModel], MODEL_CHARS_MAX)?
        .or(requested);
    model
        .unwrap_or_default()
        .clone_into(&mut interaction.model_name);
    let reading = match attributes.get(Attribute::ObservationUsage) {
        Some(AttributeValue::Text(json)) => {
            json_usage::read_langfuse(json, &interaction.provider, context)
        }
        Some(_) => json_usage::unreadable("usage_details"),
        None => UsageReading::default(),
    };
    json_usage::apply(reading, &mut interaction);
    if let Some(AttributeValue::Text(costs)) = attributes.get(Attribute::ObservationCost) {
        interaction.reported_cost = reported_cost_of_text(costs);
    }
    interaction.metadata = metadata(&interaction, requested);
    interaction.mark_unreported_usage();
    // A provider's own endpoint says nothing that the provider does not.
    interaction.endpoint = interaction
        .endpoint
        .take()
        .filter(|endpoint| !endpoint.eq_ignore_ascii_case(&interaction.provider));
    interaction.time_to_first_token_ms = time_to_first_token_ms(span);
    Ok(interaction)
}

fn tool(span: &Span<'_>) -> Result<Interaction, Rejection> {
    let mut interaction = observation(span, InteractionType::Api)?;
    interaction.units = one_tool_call(&span.name);
    Ok(interaction)
}

/// What no other field says: the model that was asked for where another one answered.
fn metadata(interaction: &Interaction, requested: Option<&str>) -> Option<String> {
    let requested = requested.filter(|requested| *requested != interaction.model_name)?;
    Some(serde_json::json!({ "requested_model": requested }).to_string())
}

/// What generations and tools have in common.
fn observation(span: &Span<'_>, kind: InteractionType) -> Result<Interaction, Rejection> {
    let attributes = &span.attributes;
    let mut interaction = of_span(span, kind, source::LANGFUSE)?;
    let agent_id = attributes.text_that_fits(
        &[Attribute::ObservationAgentId, Attribute::TraceAgentId],
        AGENT_CHARS_MAX,
    );
    let ephemeral_endpoint = match agent_id.map(librechat_agent::parse) {
        Some(AgentId::Saved(agent)) => {
            agent.clone_into(&mut interaction.agent);
            None
        }
        Some(AgentId::Ephemeral { endpoint }) => Some(endpoint),
        None => None,
    };
    interaction.endpoint = attributes
        .text_that_fits(&[Attribute::TraceEndpoint], PROVIDER_CHARS_MAX)
        .or(ephemeral_endpoint)
        .filter(|endpoint| !endpoint.is_empty() && endpoint.len() <= PROVIDER_CHARS_MAX)
        .map(ToOwned::to_owned);
    interaction.message_id = attributes
        .text_that_fits(
            &[Attribute::TraceMessageId, Attribute::ObservationMessageId],
            REFERENCE_CHARS_MAX,
        )
        .map(ToOwned::to_owned);
    interaction.context = Some(run_context(span).to_owned());
    let level = attributes.text_that_fits(&[Attribute::ObservationLevel], CONTEXT_CHARS_MAX);
    if span.is_error || level == Some("ERROR") {
        let message = attributes.unread(Attribute::ObservationStatusMessage);
        fail(&mut interaction, message.unwrap_or(span.status_message));
    }
    Ok(interaction)
}

/// What the run was for, from the trace's tags and name and the graph's node; LibreChat's own
/// words for it in its `transactions`.
fn run_context(span: &Span<'_>) -> &'static str {
    let attributes = &span.attributes;
    for tag in attributes.texts(Attribute::TraceTags) {
        match tag.as_ref() {
            "title" => return "title",
            "activity-label" => return "activity-label",
            "activity-phase" => return "activity-phase",
            "reasoning-label" => return "reasoning-label",
            _ => {}
        }
    }
    // A trace's name may hold an agent's; only LibreChat's own names are looked for.
    match attributes.get(Attribute::TraceName) {
        Some(AttributeValue::Text(name)) if name == "MemoryRun" => return "memory",
        Some(AttributeValue::Text(name)) if name == "TitleRun" => return "title",
        _ => {}
    }
    match attributes.get(Attribute::ObservationNode) {
        Some(AttributeValue::Text(node)) if node.starts_with("summarize=") => "summarization",
        _ => "message",
    }
}

/// From the start to the first token; `None` where the moment is missing, unreadable or out of
/// order: what a call cost does not hang on it.
fn time_to_first_token_ms(span: &Span<'_>) -> Option<u64> {
    let attribute = Attribute::ObservationFirstToken;
    let AttributeValue::Text(text) = span.attributes.get(attribute)? else {
        return None;
    };
    // The SDK sends the moment as a JSON string inside the string.
    let first = timestamp::from_text(text.trim().trim_matches('"'), attribute.key()).ok()?;
    let in_order = (span.start_ms()..=span.end_ms()).contains(&first.0);
    in_order.then(|| first.0.abs_diff(span.start_ms()))
}
