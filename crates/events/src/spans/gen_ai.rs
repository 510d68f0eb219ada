//! Calls of models by OpenTelemetry's own conventions for generative AI, and by their relatives:
//! `OpenInference`, Vercel's AI SDK, `OpenLLMetry`, Pydantic AI, `LiteLLM`, vLLM.
//!
//! <https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/>: `input_tokens` includes the
//! tokens read from and written to a cache, `output_tokens` includes reasoning. A span of an agent
//! sums up the calls below it, so it is never counted itself.
use cost_calculation::reported_cost_of_text;

use crate::Context;
use crate::Interaction;
use crate::InteractionType;
use crate::Rejection;
use crate::json::usage;
use crate::left_out::Reason;
use crate::limits::{AGENT_CHARS_MAX, CONTEXT_CHARS_MAX, MODEL_CHARS_MAX, PROVIDER_CHARS_MAX};
use crate::otlp::attribute_names::Attribute;
use crate::otlp::span::Span;
use crate::source;
use crate::spans::failed_call::end_call;
use crate::spans::interaction::{fail, of_span, one_tool_call};
use crate::spans::librechat_agent::{self, AgentId};
use crate::spans::meaning::Meaning;

/// What a span about models is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Call,
    Embedding,
    Tool,
    /// An agent, a workflow, a step: it sums up the calls below it, or counts nothing.
    Sum,
    /// It says nothing of models.
    None,
}

/// Operations that are one call: the conventions', then `LiteLLM`'s names, which begin with an `a`
/// where they are asynchronous.
const CALLS: [&str; 19] = [
    "chat",
    "text_completion",
    "generate_content",
    "completion",
    "completions",
    "responses",
    "anthropic_messages",
    "messages",
    "generate",
    "image_generation",
    "image_edit",
    "video_generation",
    "speech",
    "transcription",
    "rerank",
    "moderation",
    "ocr",
    "search",
    "batch_completion",
];
const EMBEDDINGS: [&str; 2] = ["embeddings", "embedding"];
/// Operations that are no call of a model, whatever they count.
const NO_CALLS: [&str; 8] = [
    "invoke_agent",
    "create_agent",
    "invoke_workflow",
    "plan",
    "retrieval",
    "handoff",
    "guardrail",
    "evaluate",
];

fn kind_of(span: &Span) -> Kind {
    let attributes = &span.attributes;
    let has_model = MODELS.iter().any(|&model| attributes.has(model));
    if let Some(kind) = attributes.word(Attribute::OpenInferenceKind) {
        return match kind.to_ascii_uppercase().as_str() {
            "LLM" | "RERANKER" => Kind::Call,
            "EMBEDDING" => Kind::Embedding,
            "TOOL" => Kind::Tool,
            _ => Kind::Sum,
        };
    }
    if let Some(operation) = attributes.word(Attribute::GenAiOperation) {
        let bare = operation.strip_prefix('a').unwrap_or(operation);
        return match operation {
            "execute_tool" => Kind::Tool,
            _ if EMBEDDINGS.contains(&operation) || EMBEDDINGS.contains(&bare) => Kind::Embedding,
            _ if CALLS.contains(&operation) || CALLS.contains(&bare) => Kind::Call,
            _ if NO_CALLS.contains(&operation) => Kind::Sum,
            // Whatever word names it: a model that counts tokens was called.
            _ if attributes.has_counts() && has_model => Kind::Call,
            _ => Kind::Sum,
        };
    }
    if let Some(operation) = attributes.word(Attribute::AiOperation) {
        return match operation.rsplit('.').next().unwrap_or_default() {
            "doGenerate" | "doStream" | "doRerank" => Kind::Call,
            "doEmbed" => Kind::Embedding,
            "toolCall" => Kind::Tool,
            _ => Kind::Sum,
        };
    }
    match attributes.word(Attribute::TraceloopKind) {
        Some("tool") => return Kind::Tool,
        Some(_) => return Kind::Sum,
        None => {}
    }
    match attributes.word(Attribute::LlmRequestType) {
        Some("embedding") => return Kind::Embedding,
        Some(_) => return Kind::Call,
        None => {}
    }
    // Older instrumentations name no operation; an agent's run names itself and no model.
    match (attributes.has_counts(), has_model) {
        (true, false) if attributes.has(Attribute::GenAiAgentName) => Kind::Sum,
        (true, _) => Kind::Call,
        (false, _) => Kind::None,
    }
}

const MODELS: [Attribute; 5] = [
    Attribute::GenAiResponseModel,
    Attribute::AiResponseModel,
    Attribute::GenAiRequestModel,
    Attribute::LlmModel,
    Attribute::AiModel,
];

const PROVIDERS: [Attribute; 4] = [
    Attribute::GenAiProvider,
    Attribute::LlmProvider,
    Attribute::LlmSystem,
    Attribute::AiModelProvider,
];

/// Whether the span is one call of a model.
pub(crate) fn is_model_call(span: &Span) -> bool {
    matches!(kind_of(span), Kind::Call | Kind::Embedding)
}

/// Whether the span is one call of a tool.
pub(crate) fn is_tool_call(span: &Span) -> bool {
    kind_of(span) == Kind::Tool
}

/// A call of a model. Its trace tells whether another span shows the same call and knows more
/// ([`crate::otlp::resolve_trace`]).
pub(crate) fn model_call(span: &Span, context: &Context<'_>) -> Result<Interaction, Rejection> {
    let attributes = &span.attributes;
    let mut interaction = named(span, InteractionType::Chat)?;
    let provider = attributes.text_that_fits(&PROVIDERS, PROVIDER_CHARS_MAX);
    provider
        .unwrap_or_default()
        .clone_into(&mut interaction.provider);
    let model = attributes.text_that_fits(&MODELS, MODEL_CHARS_MAX);
    model
        .unwrap_or_default()
        .clone_into(&mut interaction.model_name);
    interaction.service_tier = attributes
        .text_that_fits(&[Attribute::GenAiServiceTier], PROVIDER_CHARS_MAX)
        .map(ToOwned::to_owned);
    let at = interaction.price_time;
    let sender = context.sender_of_usage(source::OTEL, &interaction.provider, at);
    let reading = usage::read_otel(attributes.counts(), sender);
    usage::apply(reading, &mut interaction);
    let cost = attributes.word(Attribute::GenAiRequestCost);
    interaction.set_stated_cost(cost.and_then(reported_cost_of_text));
    let is_embedding = kind_of(span) == Kind::Embedding;
    let purpose = if is_embedding { "embedding" } else { "message" };
    interaction.context = Some(purpose.to_owned());
    if let Some(message) = failure(span) {
        end_call(&mut interaction, message, false);
    }
    interaction.mark_unreported_usage();
    context.mark_reported(&mut interaction);
    Ok(interaction)
}

/// What is no call of a model: a call of a tool, or a reason why it is nothing.
pub(crate) fn other(span: &Span) -> Result<Meaning, Rejection> {
    let attributes = &span.attributes;
    Ok(match kind_of(span) {
        Kind::Tool => tool_call(span)?.into(),
        Kind::Sum if attributes.has_counts() => Meaning::None(Reason::SumOfCalls),
        Kind::Sum => Meaning::None(Reason::Scaffolding),
        _ if attributes.unknown_names().is_empty() => Meaning::None(Reason::NoInteraction),
        _ => Meaning::None(Reason::UnreadModelSpan),
    })
}

fn tool_call(span: &Span) -> Result<Interaction, Rejection> {
    let mut interaction = named(span, InteractionType::Api)?;
    let names = [
        Attribute::GenAiToolName,
        Attribute::ToolName,
        Attribute::TraceloopName,
    ];
    let name = span.attributes.text_that_fits(&names, MODEL_CHARS_MAX);
    interaction.units = one_tool_call(name.unwrap_or(&span.name));
    if let Some(message) = failure(span) {
        fail(&mut interaction, message);
    }
    Ok(interaction)
}

fn named(span: &Span, kind: InteractionType) -> Result<Interaction, Rejection> {
    let attributes = &span.attributes;
    let mut interaction = of_span(span, kind, source::OTEL)?;
    let agent_id = attributes.text_that_fits(&[Attribute::GenAiAgentId], AGENT_CHARS_MAX);
    match agent_id.map(librechat_agent::parse) {
        Some(AgentId::Saved(agent)) => {
            agent.clone_into(&mut interaction.agent);
            interaction.agent_name = attributes
                .text_that_fits(&[Attribute::GenAiAgentName], AGENT_CHARS_MAX)
                .map(ToOwned::to_owned);
        }
        Some(AgentId::Ephemeral { endpoint }) if !endpoint.is_empty() => {
            interaction.endpoint = Some(endpoint.to_owned());
        }
        _ => {}
    }
    Ok(interaction)
}

/// The message of a span that did not end well.
fn failure(span: &Span) -> Option<&str> {
    let error_type = span
        .attributes
        .text_that_fits(&[Attribute::ErrorType], CONTEXT_CHARS_MAX * 4);
    (span.is_error || error_type.is_some()).then(|| error_type.unwrap_or(&span.status_message))
}
