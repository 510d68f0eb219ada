//! Spans of native OpenTelemetry, as their trace remembers them.
use crate::librechat_agent::{self, AgentId};
use crate::limits::{
    AGENT_CHARS_MAX, SESSION_ID_CHARS_MAX, TENANT_ID_CHARS_MAX, USER_ID_CHARS_MAX,
};
use crate::span::{Attribute, Span, SpanKind};
use crate::{
    Context, Interaction, Rejection, SpanRole, SpanSays, TraceSpan, gen_ai_span, model_call,
    native_span,
};

/// The role of a span.
pub(crate) fn role_of(span: &Span<'_>) -> SpanRole {
    let has = |attribute| span.attributes.get(attribute).is_some();
    if span.kind == SpanKind::Server {
        SpanRole::Server
    } else if has(Attribute::DbSystem) || has(Attribute::DbOperation) {
        SpanRole::Database
    } else if model_call::is_model_call(span) {
        SpanRole::Model
    } else if gen_ai_span::is_tool_call(span) {
        SpanRole::Tool
    } else {
        SpanRole::Other
    }
}

/// The interaction that a span shows by itself.
pub(crate) fn own_interaction(
    span: &Span<'_>,
    context: &Context<'_>,
) -> Result<Option<Interaction>, Rejection> {
    match role_of(span) {
        SpanRole::Server => native_span::served_request(span).map(Some),
        SpanRole::Database => native_span::database_operation(span).map(Some),
        SpanRole::Model => gen_ai_span::model_call(span, context).map(Some),
        SpanRole::Tool => gen_ai_span::tool_call(span).map(Some),
        SpanRole::Other => Ok(None),
    }
}

/// The span with its place in the trace and what it says of who called. What is too long to be kept
/// is not said: a description refuses no call.
pub(crate) fn trace_span(span: &Span<'_>, interaction: Option<Interaction>) -> TraceSpan {
    let said = |attributes: &[Attribute], chars_max| {
        let text = span.attributes.text_that_fits(attributes, chars_max);
        text.map(ToOwned::to_owned)
    };
    let agent = span
        .attributes
        .text_that_fits(&[Attribute::GenAiAgentId], AGENT_CHARS_MAX);
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
            agent: agent.and_then(|id| match librechat_agent::parse(id) {
                AgentId::Saved(agent) => Some(agent.to_owned()),
                AgentId::Ephemeral { .. } => None,
            }),
            agent_name: None,
        },
    }
}
