//! From the spans of one OTLP body to interactions.
use crate::Context;
use crate::Interaction;
use crate::InteractionType;
use crate::Rejection;
use crate::TraceSpan;
use crate::left_out::{LeftOutByReason, Reason};
use crate::otlp::span::Span;
use crate::otlp::trace_index::TraceIndex;
use crate::spans::gen_ai;
use crate::spans::langfuse;
use crate::spans::langfuse_kind::is_langfuses;
use crate::spans::meaning::Meaning;
use crate::spans::native_trace;
use crate::timestamp;

/// What became of the spans of a body, or of a part of it; each span is counted in exactly one place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OtlpOutcome {
    /// What is to be kept of Langfuse's spans by themselves, in the order of the body.
    pub interactions: Vec<Interaction>,
    /// The spans of native OpenTelemetry, in the order of the body, and after them Langfuse's tools, and
    /// its generations where they stand within each other: what they come to is known only
    /// with their traces. Those that show an interaction are counted nowhere else.
    pub trace_spans: Vec<TraceSpan>,
    /// Spans of a source that does not count for their type.
    pub ignored: u32,
    /// Spans that are no interaction: chains, middleware, polling.
    pub dropped: u32,
    /// Spans that should have been interactions and can't be kept.
    pub rejected: Vec<RejectedSpan>,
    /// All that is no interaction, by the reason.
    pub left_out: LeftOutByReason,
}

/// A span that can't be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedSpan {
    /// `<trace>-<span>`, or empty where the ids themselves were at fault.
    pub id: String,
    /// Why.
    pub rejection: Rejection,
}

impl OtlpOutcome {
    /// Counts a span that could not be read.
    pub(crate) fn refuse(&mut self, id: String, rejection: Rejection, example: String) {
        self.left_out.add_refused(&rejection.field, || example);
        self.rejected.push(RejectedSpan { id, rejection });
    }

    /// Takes a span in. All of Langfuse's spans of its body that are known stand in the index.
    /// `of_langfuse` are those of its trace that are understood only with the others.
    pub(crate) fn take(
        &mut self,
        span: &Span,
        index: &TraceIndex,
        context: &Context<'_>,
        of_langfuse: &mut Vec<TraceSpan>,
    ) {
        let mut kept = self.kept(span, index, context);
        if is_langfuses(span) {
            let is_nested = index.is_nested(span);
            of_langfuse.extend(langfuse::trace_spans(span, &mut kept, is_nested));
            self.interactions.extend(kept);
        } else {
            // Every one is a part of its trace, whatever becomes of itself.
            let own = kept.into_iter().next();
            self.trace_spans.push(native_trace::trace_span(span, own));
        }
    }

    /// What is to be kept of a span; the rest is counted.
    fn kept(&mut self, span: &Span, index: &TraceIndex, context: &Context<'_>) -> Vec<Interaction> {
        let example = || span.attributes.example();
        let kept = match meaning(span, context) {
            Ok(Meaning::Kept(interactions)) => {
                if interactions.iter().all(|one| counts(one, span, context)) {
                    interactions
                } else {
                    self.ignored += 1;
                    self.left_out.add(Reason::OtherSource, 1, example);
                    Vec::new()
                }
            }
            Ok(Meaning::None(reason)) => {
                self.dropped += 1;
                self.left_out.add(reason, 1, example);
                Vec::new()
            }
            Err(rejection) => {
                self.refuse(span.interaction_id(), rejection, example());
                return Vec::new();
            }
        };
        let untold = langfuse::untold(span, index);
        self.left_out.add(Reason::UntoldTool, untold, example);
        kept
    }

    /// Langfuse's exporter sends chains without a type among its spans: they are nobody's trace.
    pub(crate) fn forget_untyped_chains(&mut self) {
        if self
            .trace_spans
            .iter()
            .all(|span| span.interaction.is_none())
        {
            self.trace_spans.clear();
        }
    }
}

/// Whether the source counts. The tools of a `gen_ai` exporter are the same calls as those of the
/// chat's source, so they share its fate.
fn counts(interaction: &Interaction, span: &Span, context: &Context<'_>) -> bool {
    let counted = &context.counted_sources;
    counted.counts(interaction.kind, interaction.source)
        && (!gen_ai::is_tool_call(span)
            || counted.counts(InteractionType::Chat, interaction.source))
}

fn meaning(span: &Span, context: &Context<'_>) -> Result<Meaning, Rejection> {
    let meaning = if is_langfuses(span) {
        langfuse::meaning(span, context)?
    } else {
        native_trace::meaning(span, context)?
    };
    if let Meaning::Kept(interactions) = &meaning {
        for interaction in interactions {
            timestamp::check_window(interaction.timestamp, "startTimeUnixNano", context)?;
            timestamp::check_window(interaction.price_time, "endTimeUnixNano", context)?;
        }
    }
    Ok(meaning)
}
