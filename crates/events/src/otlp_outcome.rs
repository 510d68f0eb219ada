//! From the spans of one OTLP body to interactions.
use crate::span::{Attribute, Span};
use crate::{Context, Interaction, Rejection, langfuse_span};

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

/// What one span is.
pub(crate) enum SpanOutcome {
    /// An interaction.
    Interaction(Box<Interaction>),
    /// No interaction.
    Dropped,
}

/// Sorts the spans of one body.
pub(crate) fn normalise(
    spans: Vec<Result<Span<'_>, Rejection>>,
    context: &Context<'_>,
) -> OtlpOutcome {
    let mut outcome = OtlpOutcome::default();
    for span in spans {
        let (id, result) = match span {
            Ok(span) => (span.interaction_id(), normalise_span(&span, context)),
            Err(rejection) => (String::new(), Err(rejection)),
        };
        match result {
            Ok(SpanOutcome::Dropped) => outcome.dropped += 1,
            Ok(SpanOutcome::Interaction(interaction)) => {
                if context
                    .counted_sources
                    .counts(interaction.kind, interaction.source)
                {
                    outcome.interactions.push(*interaction);
                } else {
                    outcome.ignored += 1;
                }
            }
            Err(rejection) => outcome.rejected.push(RejectedSpan { id, rejection }),
        }
    }
    outcome
}

fn normalise_span(span: &Span<'_>, context: &Context<'_>) -> Result<SpanOutcome, Rejection> {
    if span.attributes.get(Attribute::ObservationType).is_some() {
        langfuse_span::normalise(span, context)
    } else {
        Ok(SpanOutcome::Dropped)
    }
}
