//! Spans of native OpenTelemetry, as their trace remembers them.
use crate::Context;
use crate::Interaction;
use crate::Rejection;
use crate::SpanRole;
use crate::SpanSays;
use crate::TraceSpan;
use crate::left_out::Reason;
use crate::limits::{
    AGENT_CHARS_MAX, SESSION_ID_CHARS_MAX, TENANT_ID_CHARS_MAX, USER_ID_CHARS_MAX,
};
use crate::otlp::attribute_names::Attribute;
use crate::otlp::span::{Span, SpanKind};
use crate::spans::gen_ai;
use crate::spans::librechat_agent::{self, AgentId};
use crate::spans::meaning::Meaning;
use crate::spans::native;

/// The role of a span.
fn role_of(span: &Span) -> SpanRole {
    let has = |attribute| span.attributes.has(attribute);
    // A server of models (vLLM) serves calls of models, and no requests of LibreChat's.
    if gen_ai::is_model_call(span) {
        SpanRole::Model
    } else if span.kind == SpanKind::Server {
        SpanRole::Server
    } else if has(Attribute::DbSystem) || has(Attribute::DbOperation) {
        SpanRole::Database
    } else if gen_ai::is_tool_call(span) {
        SpanRole::Tool
    } else {
        SpanRole::Other
    }
}

/// What a span shows by itself.
pub(crate) fn meaning(span: &Span, context: &Context<'_>) -> Result<Meaning, Rejection> {
    Ok(match role_of(span) {
        SpanRole::Server if native::is_probe(span) => Meaning::None(Reason::Probe),
        SpanRole::Server => native::served_request(span)?.into(),
        SpanRole::Database => native::database_operation(span)?.into(),
        SpanRole::Model => gen_ai::model_call(span, context)?.into(),
        SpanRole::Tool | SpanRole::ToldTool | SpanRole::Other => gen_ai::other(span)?,
    })
}

/// The span with its place in the trace and what it says of who called. What is too long to be kept
/// is not said: a description refuses no call.
pub(crate) fn trace_span(span: &Span, interaction: Option<Interaction>) -> TraceSpan {
    let said = |attributes: &[Attribute], chars_max| {
        let text = span.attributes.text_that_fits(attributes, chars_max);
        text.map(ToOwned::to_owned)
    };
    let agent_id = said(&[Attribute::GenAiAgentId], AGENT_CHARS_MAX);
    let agent = agent_id.and_then(|id| match librechat_agent::parse(&id) {
        AgentId::Saved(agent) => Some(agent.to_owned()),
        AgentId::Ephemeral { .. } => None,
    });
    // A name alone says nothing: agents are told apart by their ids.
    let agent_name = agent
        .as_ref()
        .and_then(|_| said(&[Attribute::GenAiAgentName], AGENT_CHARS_MAX));
    TraceSpan {
        trace_id: span.trace_id.clone(),
        span_id: span.span_id.clone(),
        parent_span_id: span.parent_span_id.clone(),
        role: role_of(span),
        interaction: interaction.map(Box::new),
        says: SpanSays {
            user_id: said(
                &[Attribute::UserId, Attribute::EndUserId],
                USER_ID_CHARS_MAX,
            ),
            tenant_id: said(&[Attribute::TraceTenantId], TENANT_ID_CHARS_MAX),
            session_id: said(
                &[Attribute::SessionId, Attribute::GenAiConversationId],
                SESSION_ID_CHARS_MAX,
            ),
            agent,
            agent_name,
        },
    }
}
