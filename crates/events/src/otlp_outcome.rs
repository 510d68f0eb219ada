//! From the spans of one OTLP body to interactions.
use crate::span::{Attribute, Span};
use crate::{
    Context, Interaction, InteractionType, Rejection, TraceSpan, gen_ai_span, langfuse_span,
    native_trace_span, timestamp,
};

/// What became of the spans of one body; each span is counted in exactly one place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OtlpOutcome {
    /// What is to be kept of Langfuse's spans, in the order of the body.
    pub interactions: Vec<Interaction>,
    /// The spans of native OpenTelemetry, in the order of the body: what they come to is known only
    /// with their traces. Those that show an interaction are counted nowhere else.
    pub trace_spans: Vec<TraceSpan>,
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
    let mut is_langfuses = false;
    for span in &spans {
        let is_native = span.attributes.get(Attribute::ObservationType).is_none();
        is_langfuses |= !is_native;
        let kept = match normalise_span(span, is_native, context) {
            Ok(Some(interaction)) if counts(&interaction, span, context) => Some(interaction),
            Ok(Some(_)) => {
                outcome.ignored += 1;
                None
            }
            Ok(None) => {
                outcome.dropped += 1;
                None
            }
            Err(rejection) => {
                outcome.rejected.push(RejectedSpan {
                    id: span.interaction_id(),
                    rejection,
                });
                None
            }
        };
        if is_native {
            outcome
                .trace_spans
                .push(native_trace_span::trace_span(span, kept));
        } else {
            outcome.interactions.extend(kept);
        }
    }
    // Langfuse's exporter sends chains without a type among its spans: they are nobody's trace.
    let shows_nothing = |span: &TraceSpan| span.interaction.is_none();
    if is_langfuses && outcome.trace_spans.iter().all(shows_nothing) {
        outcome.trace_spans.clear();
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
    is_native: bool,
    context: &Context<'_>,
) -> Result<Option<Interaction>, Rejection> {
    let interaction = if is_native {
        native_trace_span::own_interaction(span, context)?
    } else {
        langfuse_span::normalise(span, context)?
    };
    if let Some(interaction) = &interaction {
        timestamp::check_window(interaction.timestamp, "startTimeUnixNano", context)?;
        timestamp::check_window(interaction.price_time, "endTimeUnixNano", context)?;
    }
    Ok(interaction)
}
