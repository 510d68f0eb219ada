//! From the spans of one OTLP body to interactions.
use crate::span::{Attribute, Span};
use crate::trace_index::{Role, TraceIndex, role_of};
use crate::{
    Context, Interaction, InteractionType, Rejection, gen_ai_span, langfuse_span, native_span,
    timestamp,
};

/// What became of the spans of one body; each span is counted in exactly one place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OtlpOutcome {
    /// What is to be kept, in the order of the body.
    pub interactions: Vec<Interaction>,
    /// Spans of a source that does not count for their type.
    pub ignored: u32,
    /// Spans that are no interaction: chains, middleware, polling.
    pub dropped: u32,
    /// Spans that should have been interactions and can't be kept.
    pub rejected: Vec<RejectedSpan>,
}

/// A span that can't be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedSpan {
    /// `<trace>-<span>`, or empty where the ids themselves were at fault.
    pub id: String,
    /// Why.
    pub rejection: Rejection,
}

/// Sorts the spans of one body.
pub(crate) fn normalise(
    read: Vec<Result<Span<'_>, Rejection>>,
    context: &Context<'_>,
) -> OtlpOutcome {
    let mut outcome = OtlpOutcome::default();
    let mut spans = Vec::with_capacity(read.len());
    for span in read {
        match span {
            Ok(span) => spans.push(span),
            Err(rejection) => outcome.rejected.push(RejectedSpan {
                id: String::new(),
                rejection,
            }),
        }
    }
    let index = TraceIndex::of(&spans);
    for span in &spans {
        match normalise_span(span, &index, context) {
            Ok(Some(interaction)) if counts(&interaction, span, context) => {
                outcome.interactions.push(interaction);
            }
            Ok(Some(_)) => outcome.ignored += 1,
            Ok(None) => outcome.dropped += 1,
            Err(rejection) => {
                outcome.rejected.push(RejectedSpan {
                    id: span.interaction_id(),
                    rejection,
                });
            }
        }
    }
    outcome
}

/// Whether the source counts. The tools of a `gen_ai` exporter are the same calls as those of the
/// chat's source, so they share its fate.
fn counts(interaction: &Interaction, span: &Span<'_>, context: &Context<'_>) -> bool {
    let counted = &context.counted_sources;
    counted.counts(interaction.kind, interaction.source)
        && (!gen_ai_span::is_tool_call(span)
            || counted.counts(InteractionType::Chat, interaction.source))
}

fn normalise_span(
    span: &Span<'_>,
    index: &TraceIndex<'_>,
    context: &Context<'_>,
) -> Result<Option<Interaction>, Rejection> {
    let interaction = if span.attributes.get(Attribute::ObservationType).is_some() {
        langfuse_span::normalise(span, context)?
    } else {
        match role_of(span) {
            Role::Server => Some(native_span::served_request(span)?),
            Role::Database => native_span::database_operation(span, index)?,
            Role::Model => gen_ai_span::model_call(span, index, context)?,
            Role::Other if gen_ai_span::is_tool_call(span) => Some(gen_ai_span::tool_call(span)?),
            Role::Other => None,
        }
    };
    if let Some(interaction) = &interaction {
        timestamp::check_window(interaction.timestamp, "startTimeUnixNano", context)?;
        timestamp::check_window(interaction.price_time, "endTimeUnixNano", context)?;
    }
    Ok(interaction)
}
