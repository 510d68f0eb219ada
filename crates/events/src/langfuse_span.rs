//! Spans of Langfuse's SDK, as LibreChat's agents send them.
//!
//! A `generation` is a call of a model, a `tool` a call of a tool; chains, agents and prompts are
//! the scaffolding around them. Keys as sent by `@librechat/agents` 3.9.2 with `@langfuse/otel`
//! 5.11.1.
use cost_calculation::{TokenUsage, Units, UnixMillis};

use crate::error_class::error_class;
use crate::librechat_agent::{self, AgentId};
use crate::limits::{
    AGENT_CHARS_MAX, CONTEXT_CHARS_MAX, DURATION_MS_MAX, MODEL_CHARS_MAX, PROVIDER_CHARS_MAX,
    REFERENCE_CHARS_MAX, RESOURCE_CHARS_MAX, SESSION_ID_CHARS_MAX, TENANT_ID_CHARS_MAX,
    USER_ID_CHARS_MAX,
};
use crate::otlp_outcome::SpanOutcome;
use crate::span::{Attribute, AttributeValue, Span};
use crate::{
    Context, Interaction, InteractionStatus, InteractionType, Rejection, json_usage, session_id,
    timestamp,
};

/// The `source` of these spans.
pub const SOURCE: &str = "langfuse";

/// The user of a span that names none.
pub(crate) const UNKNOWN_USER: &str = "unknown";

/// A generation or a tool as an interaction; everything else is dropped.
pub(crate) fn normalise(span: &Span<'_>, context: &Context<'_>) -> Result<SpanOutcome, Rejection> {
    let observation = span
        .attributes
        .text(&[Attribute::ObservationType], CONTEXT_CHARS_MAX)?;
    let mut interaction = match observation {
        Some("generation" | "embedding") => generation(span)?,
        Some("tool") => tool(span)?,
        _ => return Ok(SpanOutcome::Dropped),
    };
    timestamp::check_window(interaction.timestamp, "startTimeUnixNano", context)?;
    timestamp::check_window(interaction.price_time, "endTimeUnixNano", context)?;
    if observation == Some("embedding") {
        interaction.context = Some("embedding".to_owned());
    }
    Ok(SpanOutcome::Interaction(Box::new(interaction)))
}

fn generation(span: &Span<'_>) -> Result<Interaction, Rejection> {
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
    interaction.provider = librechat_provider(provider.unwrap_or_default()).to_owned();
    let requested = attributes.text(
        &[
            Attribute::ObservationRequestedModel,
            Attribute::ObservationInvokedModel,
            Attribute::ObservationLangChainModel,
        ],
        MODEL_CHARS_MAX,
    )?;
    // The model of the answer where the provider named one: it is the one that is billed.
    let model = attributes
        .text(&[Attribute::ObservationModel], MODEL_CHARS_MAX)?
        .or(requested);
    interaction.model_name = model.unwrap_or_default().to_owned();
    interaction.usage = match attributes.get(Attribute::ObservationUsage) {
        Some(AttributeValue::Text(json)) => json_usage::read_langfuse(json)?,
        Some(_) => return Err(json_usage::unreadable_langfuse()),
        None => TokenUsage::default(),
    };
    interaction.time_to_first_token_ms = time_to_first_token_ms(span)?;
    Ok(interaction)
}

fn tool(span: &Span<'_>) -> Result<Interaction, Rejection> {
    let mut interaction = observation(span, InteractionType::Api)?;
    interaction.units = one_call(&tool_resource(&span.name));
    Ok(interaction)
}

/// One call of a resource.
pub(crate) fn one_call(resource: &str) -> Units {
    let mut units = Units::default();
    units.calls.insert(resource.to_owned(), 1);
    units
}

/// `tool:<name>`; what could not stand in a resource's name becomes `_`.
pub(crate) fn tool_resource(name: &str) -> String {
    let name = name
        .trim()
        .chars()
        .map(|c| if c.is_ascii_graphic() { c } else { '_' });
    "tool:"
        .chars()
        .chain(name)
        .take(RESOURCE_CHARS_MAX)
        .collect()
}

/// What generations and tools have in common.
fn observation(span: &Span<'_>, kind: InteractionType) -> Result<Interaction, Rejection> {
    let attributes = &span.attributes;
    let user_id = attributes
        .text(&[Attribute::UserId], USER_ID_CHARS_MAX)?
        .unwrap_or(UNKNOWN_USER);
    let tenant_id = attributes
        .text(&[Attribute::TraceTenantId], TENANT_ID_CHARS_MAX)?
        .unwrap_or_default();
    let start = UnixMillis(span.start_ms());
    let session = match attributes.text(&[Attribute::SessionId], SESSION_ID_CHARS_MAX)? {
        Some(session) => session.to_owned(),
        None => session_id::of_user_and_day(tenant_id, user_id, start),
    };
    let agent_id = attributes.text(
        &[Attribute::ObservationAgentId, Attribute::TraceAgentId],
        AGENT_CHARS_MAX,
    )?;
    let (agent, ephemeral_endpoint) = match agent_id.map(librechat_agent::parse) {
        Some(AgentId::Saved(agent)) => (agent, None),
        Some(AgentId::Ephemeral { endpoint }) => ("", Some(endpoint)),
        None => ("", None),
    };
    let endpoint = attributes
        .text(&[Attribute::TraceEndpoint], PROVIDER_CHARS_MAX)?
        .or(ephemeral_endpoint)
        .filter(|endpoint| !endpoint.is_empty() && endpoint.len() <= PROVIDER_CHARS_MAX);
    let message_id = attributes.text(
        &[Attribute::TraceMessageId, Attribute::ObservationMessageId],
        REFERENCE_CHARS_MAX,
    )?;
    let is_error = span.is_error
        || attributes.text(&[Attribute::ObservationLevel], CONTEXT_CHARS_MAX)? == Some("ERROR");
    let message = attributes
        .unread(Attribute::ObservationStatusMessage)
        .unwrap_or(span.status_message);
    Ok(Interaction {
        id: span.interaction_id(),
        session_id: session,
        tenant_id: tenant_id.to_owned(),
        user_id: user_id.to_owned(),
        timestamp: start,
        // A clock that ran backwards must not price the call before it began.
        price_time: UnixMillis(span.end_ms().max(start.0)),
        kind,
        duration_ms: span.duration_ms().filter(|&ms| ms <= DURATION_MS_MAX),
        time_to_first_token_ms: None,
        provider: String::new(),
        model_name: String::new(),
        model_reported: None,
        endpoint: endpoint.map(ToOwned::to_owned),
        region: None,
        service_tier: None,
        usage: TokenUsage::default(),
        units: Units::default(),
        declared: None,
        agent: agent.to_owned(),
        message_id: message_id.map(ToOwned::to_owned),
        trace_id: Some(span.trace_id.clone()),
        context: Some(run_context(span)?.to_owned()),
        status: if is_error {
            InteractionStatus::Error
        } else {
            InteractionStatus::Ok
        },
        error: is_error.then(|| error_class(message)),
        source: SOURCE,
        metadata: None,
    })
}

/// What the run was for, from the trace's tags and name and the graph's node; LibreChat's own
/// words for it in its `transactions`.
fn run_context(span: &Span<'_>) -> Result<&'static str, Rejection> {
    let attributes = &span.attributes;
    for tag in attributes.texts(Attribute::TraceTags) {
        match tag.as_ref() {
            "title" => return Ok("title"),
            "activity-label" => return Ok("activity-label"),
            "activity-phase" => return Ok("activity-phase"),
            "reasoning-label" => return Ok("reasoning-label"),
            _ => {}
        }
    }
    // A trace's name may hold an agent's; only LibreChat's own names are looked for.
    match attributes.get(Attribute::TraceName) {
        Some(AttributeValue::Text(name)) if name == "MemoryRun" => return Ok("memory"),
        Some(AttributeValue::Text(name)) if name == "TitleRun" => return Ok("title"),
        _ => {}
    }
    match attributes.get(Attribute::ObservationNode) {
        Some(AttributeValue::Text(node)) if node.starts_with("summarize=") => Ok("summarization"),
        _ => Ok("message"),
    }
}

/// From the start to the first token; `None` where the moment is missing or out of order.
fn time_to_first_token_ms(span: &Span<'_>) -> Result<Option<u64>, Rejection> {
    let Some(AttributeValue::Text(text)) = span.attributes.get(Attribute::ObservationFirstToken)
    else {
        return Ok(None);
    };
    // The SDK sends the moment as a JSON string inside the string.
    let first = timestamp::from_text(
        text.trim().trim_matches('"'),
        Attribute::ObservationFirstToken.key(),
    )?;
    let in_order = (span.start_ms()..=span.end_ms()).contains(&first.0);
    Ok(in_order.then(|| first.0.abs_diff(span.start_ms())))
}

/// LibreChat's spelling of a provider's id. LangChain writes them in lower case, and a title, which
/// carries only LangChain's, must land on the same line as its chat.
fn librechat_provider(provider: &str) -> &str {
    const KNOWN: [&str; 5] = ["openAI", "azureOpenAI", "anthropic", "google", "bedrock"];
    match provider {
        "azure" => "azureOpenAI",
        "amazon_bedrock" => "bedrock",
        "google_genai" => "google",
        "google_vertexai" => "vertexai",
        "mistral" => "mistralai",
        _ => KNOWN
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(provider))
            .unwrap_or(provider),
    }
}
