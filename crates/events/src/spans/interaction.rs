//! What every interaction that came as a span has in common.
use cost_calculation::{Flags, TokenUsage, Units, UnixMillis};

use crate::Interaction;
use crate::InteractionStatus;
use crate::InteractionType;
use crate::Rejection;
use crate::limits::{
    DURATION_MS_MAX, RESOURCE_CHARS_MAX, SESSION_ID_CHARS_MAX, TENANT_ID_CHARS_MAX,
    USER_ID_CHARS_MAX,
};
use crate::otlp::attribute_names::Attribute;
use crate::otlp::span::Span;
use crate::session_id;
use crate::spans::error_class::error_class;

/// The user of a span that names none.
const UNKNOWN_USER: &str = "unknown";

/// An interaction with the span's identity, times and outcome, and nothing to price yet.
pub(crate) fn of_span(
    span: &Span,
    kind: InteractionType,
    source: &'static str,
) -> Result<Interaction, Rejection> {
    let attributes = &span.attributes;
    let user_id = attributes
        .text(
            &[Attribute::UserId, Attribute::EndUserId],
            USER_ID_CHARS_MAX,
        )?
        .unwrap_or(UNKNOWN_USER);
    let tenant_id = attributes
        .text(&[Attribute::TraceTenantId], TENANT_ID_CHARS_MAX)?
        .unwrap_or_default();
    let start = UnixMillis(span.start_ms());
    let session = attributes.text(
        &[Attribute::SessionId, Attribute::GenAiConversationId],
        SESSION_ID_CHARS_MAX,
    )?;
    let session_id = match session {
        Some(session) => session.to_owned(),
        None => session_id::of_user_and_day(tenant_id, user_id, start),
    };
    Ok(Interaction {
        id: span.interaction_id(),
        session_id,
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
        endpoint: None,
        region: None,
        service_tier: None,
        usage: TokenUsage::default(),
        units: Units::default(),
        reading: Flags::NONE,
        usage_numbers: None,
        reported_cost: None,
        declared: None,
        declared_by: None,
        agent: String::new(),
        agent_name: None,
        user_label: label(span),
        message_id: None,
        trace_id: Some(span.trace_id.clone()),
        context: None,
        status: InteractionStatus::Ok,
        error: None,
        source,
        metadata: None,
    })
}

/// The user's name for people, where LibreChat is configured to send one (`userMetadataFields`).
fn label(span: &Span) -> Option<String> {
    let names = [
        Attribute::TraceUserRealName,
        Attribute::TraceUserName,
        Attribute::TraceUserEmail,
    ];
    let label = span.attributes.text_that_fits(&names, USER_ID_CHARS_MAX);
    label.map(ToOwned::to_owned)
}

/// Marks the interaction as failed; of the message only the class is kept.
pub(crate) fn fail(interaction: &mut Interaction, message: &str) {
    interaction.status = InteractionStatus::Error;
    interaction.error = Some(error_class(message));
}

/// One call of the tool of this name.
pub(crate) fn one_tool_call(name: &str) -> Units {
    let mut units = Units::default();
    units.calls.insert(tool_resource(name), 1);
    units
}

/// `tool:<name>`; what could not stand in a resource's name becomes `_`.
fn tool_resource(name: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tools_name_becomes_a_resource() {
        assert_eq!(tool_resource("search_db"), "tool:search_db");
        assert_eq!(tool_resource(" web search "), "tool:web_search");
        assert_eq!(tool_resource(&"x".repeat(500)).len(), RESOURCE_CHARS_MAX);
    }

    #[test]
    fn a_clock_that_ran_backwards_gives_no_duration_and_no_earlier_price() {
        let span = Span {
            start_nano: 2_000_000_000,
            end_nano: 1_000_000_000,
            ..Span::default()
        };
        let interaction = of_span(&span, InteractionType::Chat, "otel").unwrap();
        assert_eq!(interaction.duration_ms, None);
        assert_eq!(interaction.price_time, UnixMillis(2_000));
    }

    #[test]
    fn without_a_session_the_session_is_user_and_day() {
        let span = Span {
            start_nano: 1_795_438_269_324_000_000,
            ..Span::default()
        };
        let interaction = of_span(&span, InteractionType::Chat, "otel").unwrap();
        assert_eq!(interaction.session_id, "unknown@2026-11-23");
    }
}
