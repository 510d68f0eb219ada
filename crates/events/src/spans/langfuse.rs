//! Spans of Langfuse's SDK, as LibreChat's agents send them.
//!
//! A `generation` is a call of a model, a `tool` a call of a tool, `tool-dispatch` a round of them;
//! other chains, agents and prompts are the scaffolding around them. Keys as sent by
//! `@librechat/agents` 3.9.2 with `@langfuse/otel` 5.11.1.
use cost_calculation::reported_cost_of_text;
use serde_json::{Map, Value};

use crate::Context;
use crate::Interaction;
use crate::InteractionType;
use crate::Rejection;
use crate::SpanRole;
use crate::TraceSpan;
use crate::json::usage;
use crate::left_out::Reason;
use crate::limits::{
    AGENT_CHARS_MAX, CONTEXT_CHARS_MAX, MODEL_CHARS_MAX, PROVIDER_CHARS_MAX, REFERENCE_CHARS_MAX,
};
use crate::otlp::attribute_names::Attribute;
use crate::otlp::attributes::AttributeValue;
use crate::otlp::span::Span;
use crate::otlp::trace_index::TraceIndex;
use crate::source;
use crate::spans::failed_call::{end_call, is_refused};
use crate::spans::interaction::{fail, of_span, one_tool_call};
use crate::spans::langfuse_kind::{is_generation, tool_of};
use crate::spans::librechat_agent::{self, AgentId};
use crate::spans::meaning::Meaning;
use crate::spans::native_trace;
use crate::timestamp;

/// A generation, a tool or a round of tools as interactions; everything else is none.
pub(crate) fn meaning(span: &Span, context: &Context<'_>) -> Result<Meaning, Rejection> {
    Ok(match span.attributes.word(Attribute::ObservationType) {
        Some("generation") => generation(span, context)?.into(),
        Some("embedding") => {
            let mut interaction = generation(span, context)?;
            interaction.context = Some("embedding".to_owned());
            interaction.into()
        }
        Some("tool") => tool(span)?.into(),
        _ if span.tools.names.is_empty() => Meaning::None(Reason::Scaffolding),
        _ => Meaning::Kept(round_of_tools(span)?),
    })
}

/// The span with its place in its trace.
fn placed(span: &Span, role: SpanRole, interaction: Option<Interaction>) -> TraceSpan {
    TraceSpan {
        role,
        ..native_trace::trace_span(span, interaction)
    }
}

/// What of a span is understood only with its trace, given what it shows. A tool may come as a span of
/// its own and in the round above it, in two bodies; generations may stand within each other, which
/// LibreChat's don't. What is left in `kept` is understood by itself.
pub(crate) fn trace_spans(
    span: &Span,
    kept: &mut Vec<Interaction>,
    is_nested: bool,
) -> Vec<TraceSpan> {
    if is_generation(span) {
        if !is_nested {
            return Vec::new();
        }
        let call = kept.pop();
        return vec![placed(span, SpanRole::Model, call)];
    }
    if tool_of(span).is_some() {
        let call = kept.pop();
        return vec![placed(span, SpanRole::Tool, call)];
    }
    let round = is_nested.then(|| placed(span, SpanRole::Other, None));
    let told = kept.drain(..).zip(1_u32..).map(|(call, number)| TraceSpan {
        span_id: format!("{}-{number}", span.span_id),
        parent_span_id: span.span_id.clone(),
        ..placed(span, SpanRole::ToldTool, Some(call))
    });
    round.into_iter().chain(told).collect()
}

/// The calls of a round whose tools can't be told. Where tools came as spans of their own, an input
/// that is no list of calls hides none.
pub(crate) fn untold(span: &Span, index: &TraceIndex) -> u32 {
    if index.tools_below(span).is_empty() {
        span.tools.untold
    } else {
        0
    }
}

fn generation(span: &Span, context: &Context<'_>) -> Result<Interaction, Rejection> {
    let mut interaction = observation(span, InteractionType::Chat)?;
    let attributes = &span.attributes;
    interaction.provider = provider(span, interaction.endpoint.as_deref());
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
        .text_that_fits(&[Attribute::ObservationModel], MODEL_CHARS_MAX)
        .or(requested);
    model
        .unwrap_or_default()
        .clone_into(&mut interaction.model_name);
    let reading = match attributes.get(Attribute::ObservationUsage) {
        Some(AttributeValue::Text(json)) => {
            let sender = context.sender_of_usage(
                source::LANGFUSE,
                &interaction.provider,
                interaction.price_time,
            );
            usage::read_langfuse(json, sender)
        }
        Some(_) => usage::unreadable("usage_details"),
        // An instrumentation of OpenTelemetry's that Langfuse's SDK exports has its own counts.
        None => {
            let at = interaction.price_time;
            let sender = context.sender_of_usage(source::LANGFUSE, &interaction.provider, at);
            usage::read_otel(attributes.counts(), sender)
        }
    };
    usage::apply(reading, &mut interaction);
    for amount in [Attribute::ObservationCost, Attribute::GenAiRequestCost] {
        let stated = attributes.word(amount).and_then(reported_cost_of_text);
        interaction.set_stated_cost(stated);
    }
    // A provider's own endpoint says nothing that the provider does not.
    interaction.endpoint = interaction
        .endpoint
        .take()
        .filter(|endpoint| !endpoint.eq_ignore_ascii_case(&interaction.provider));
    interaction.time_to_first_token_ms = time_to_first_token_ms(span);
    if let Some(message) = failure(span) {
        let has_first_token = attributes.has(Attribute::ObservationFirstToken);
        end_call(&mut interaction, message, has_first_token);
    }
    interaction.metadata = metadata(&interaction, requested);
    interaction.mark_unreported_usage();
    context.mark_reported(&mut interaction);
    Ok(interaction)
}

/// The provider as LibreChat names it. A title's span has LangChain's name alone: of a chat on one
/// of LibreChat's own endpoints the endpoint is the provider.
fn provider(span: &Span, endpoint: Option<&str>) -> String {
    let attributes = &span.attributes;
    let named = [
        Attribute::ObservationProvider,
        Attribute::ObservationInvokedProvider,
    ];
    let named = attributes.text_that_fits(&named, PROVIDER_CHARS_MAX);
    let of_endpoint = endpoint.filter(|endpoint| OWN_ENDPOINTS.contains(endpoint));
    let lang_chains = [Attribute::ObservationLangChainProvider];
    named
        .or(of_endpoint)
        .or_else(|| attributes.text_that_fits(&lang_chains, PROVIDER_CHARS_MAX))
        .unwrap_or_default()
        .to_owned()
}

/// LibreChat's endpoints that are providers (`EModelEndpoint` of librechat-data-provider 0.8.524).
const OWN_ENDPOINTS: [&str; 5] = ["openAI", "azureOpenAI", "google", "anthropic", "bedrock"];

fn tool(span: &Span) -> Result<Interaction, Rejection> {
    let mut interaction = observation(span, InteractionType::Api)?;
    interaction.units = one_tool_call(&span.name);
    if let Some(message) = failure(span) {
        fail(&mut interaction, message);
    }
    Ok(interaction)
}

/// One call a tool that the round names. Several run at once, so that only the duration of a single
/// one is known.
fn round_of_tools(span: &Span) -> Result<Vec<Interaction>, Rejection> {
    let mut round = observation(span, InteractionType::Api)?;
    let names = &span.tools.names;
    if names.len() > 1 {
        round.duration_ms = None;
    }
    if let Some(message) = failure(span) {
        fail(&mut round, message);
    }
    let calls = (1..).zip(names).map(|(number, name)| Interaction {
        id: format!("{}-{number}", round.id),
        units: one_tool_call(name),
        ..round.clone()
    });
    Ok(calls.collect())
}

/// What no other field says: the model that was asked for where another one answered, and that
/// nothing was billed for a call that was refused.
fn metadata(interaction: &Interaction, requested: Option<&str>) -> Option<String> {
    let mut metadata = Map::new();
    if let Some(requested) = requested.filter(|model| *model != interaction.model_name) {
        metadata.insert("requested_model".to_owned(), requested.into());
    }
    if is_refused(interaction) {
        metadata.insert("refused_before_first_token".to_owned(), true.into());
    }
    (!metadata.is_empty()).then(|| Value::Object(metadata).to_string())
}

/// What generations and tools have in common.
fn observation(span: &Span, kind: InteractionType) -> Result<Interaction, Rejection> {
    let attributes = &span.attributes;
    let mut interaction = of_span(span, kind, source::LANGFUSE)?;
    let id = [Attribute::ObservationAgentId, Attribute::TraceAgentId];
    let name = [Attribute::ObservationAgentName, Attribute::TraceAgentName];
    let id = attributes.text_that_fits(&id, AGENT_CHARS_MAX);
    let name = attributes.text_that_fits(&name, AGENT_CHARS_MAX);
    let ephemeral_endpoint = match (id, name) {
        (Some(id), name) => match librechat_agent::parse(id) {
            AgentId::Saved(agent) => {
                agent.clone_into(&mut interaction.agent);
                interaction.agent_name = name.filter(|name| *name != id).map(ToOwned::to_owned);
                None
            }
            AgentId::Ephemeral { endpoint } => Some(endpoint),
        },
        // A title names its conversation's agent by name alone, which of a chat without an agent is
        // the ephemeral id.
        (None, Some(name)) => match librechat_agent::parse(name) {
            AgentId::Ephemeral { endpoint } => Some(endpoint),
            AgentId::Saved(_) => None,
        },
        (None, None) => None,
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
        .map(|id| message_of(id).unwrap_or(id).to_owned());
    interaction.context = Some(run_context(span).to_owned());
    Ok(interaction)
}

/// The message of a span that did not end well.
fn failure(span: &Span) -> Option<&str> {
    let attributes = &span.attributes;
    let is_error = span.is_error
        || attributes.text_that_fits(&[Attribute::ObservationLevel], CONTEXT_CHARS_MAX)
            == Some("ERROR");
    let message = attributes.word(Attribute::ObservationStatusMessage);
    is_error.then(|| message.unwrap_or(&span.status_message))
}

/// The message for which a subagent ran: its run has the message's id with `_sub_` and its own after it
/// (`SubagentExecutionRegistry` of `@librechat/agents` 3.9.2).
fn message_of(id: &str) -> Option<&str> {
    let (message, _) = id.split_once("_sub_")?;
    (!message.is_empty()).then_some(message)
}

/// What the run was for, from the trace's tags and name and the graph's node; LibreChat's own
/// words for it in its `transactions`.
fn run_context(span: &Span) -> &'static str {
    let attributes = &span.attributes;
    for tag in attributes.texts(Attribute::TraceTags) {
        match tag.as_str() {
            "title" => return "title",
            "activity-label" => return "activity-label",
            "activity-phase" => return "activity-phase",
            "reasoning-label" => return "reasoning-label",
            _ => {}
        }
    }
    // A trace's name may hold an agent's; only LibreChat's own names are looked for.
    match attributes.word(Attribute::TraceName) {
        Some("MemoryRun") => return "memory",
        Some("TitleRun") => return "title",
        _ => {}
    }
    let is_subagents = [Attribute::ObservationMessageId, Attribute::TraceMessageId]
        .into_iter()
        .any(|id| attributes.word(id).and_then(message_of).is_some());
    if is_subagents {
        return "subagent";
    }
    match attributes.word(Attribute::ObservationNode) {
        Some(node) if node.starts_with("summarize=") => "summarization",
        _ => "message",
    }
}

/// From the start to the first token; `None` where the moment is missing, unreadable or out of
/// order: what a call cost does not hang on it.
fn time_to_first_token_ms(span: &Span) -> Option<u64> {
    let attribute = Attribute::ObservationFirstToken;
    let text = span.attributes.word(attribute)?;
    // The SDK sends the moment as a JSON string inside the string.
    let first = timestamp::from_text(text.trim_matches('"'), attribute.key()).ok()?;
    let in_order = (span.start_ms()..=span.end_ms()).contains(&first.0);
    in_order.then(|| first.0.abs_diff(span.start_ms()))
}
