//! From the spans of one OTLP body to interactions.
use crate::attribute_names::Attribute;
use crate::left_out::{LeftOutByReason, Reason};
use crate::span::Span;
use crate::trace_index::{Role, TraceIndex, role_of};
use crate::{
    Context, Interaction, InteractionType, Rejection, gen_ai_span, langfuse_span, native_span,
    timestamp,
};

/// What became of the spans of a body, or of a part of it; each span is counted in exactly one place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OtlpOutcome {
    /// What is to be kept, in the order of the body. A round of tool calls is several.
    pub interactions: Vec<Interaction>,
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

/// What a span is: some interactions, or a reason why it is none.
pub(crate) enum Meaning {
    Kept(Vec<Interaction>),
    None(Reason),
}

impl From<Interaction> for Meaning {
    fn from(interaction: Interaction) -> Self {
        Self::Kept(vec![interaction])
    }
}

impl From<Result<Interaction, Reason>> for Meaning {
    fn from(one: Result<Interaction, Reason>) -> Self {
        match one {
            Ok(interaction) => interaction.into(),
            Err(reason) => Self::None(reason),
        }
    }
}

impl OtlpOutcome {
    /// Counts a span that could not be read.
    pub(crate) fn refuse(&mut self, id: String, rejection: Rejection, example: String) {
        self.left_out.add_refused(&rejection.field, || example);
        self.rejected.push(RejectedSpan { id, rejection });
    }

    /// Takes a span in. All spans of its body that are known stand in the index.
    pub(crate) fn take(&mut self, span: &Span, index: &TraceIndex, context: &Context<'_>) {
        let example = || span.attributes.example();
        match meaning(span, index, context) {
            Ok(Meaning::Kept(interactions)) => {
                let counted = interactions.iter().all(|one| counts(one, span, context));
                if counted {
                    self.interactions.extend(interactions);
                } else {
                    self.ignored += 1;
                    self.left_out.add(Reason::OtherSource, 1, example);
                }
                self.left_out.add(
                    Reason::UntoldTool,
                    langfuse_span::untold(span, index),
                    example,
                );
            }
            Ok(Meaning::None(reason)) => {
                self.dropped += 1;
                self.left_out.add(reason, 1, example);
                self.left_out.add(
                    Reason::UntoldTool,
                    langfuse_span::untold(span, index),
                    example,
                );
            }
            Err(rejection) => self.refuse(span.interaction_id(), rejection, example()),
        }
    }
}

/// Whether the source counts. The tools of a `gen_ai` exporter are the same calls as those of the
/// chat's source, so they share its fate.
fn counts(interaction: &Interaction, span: &Span, context: &Context<'_>) -> bool {
    let counted = &context.counted_sources;
    counted.counts(interaction.kind, interaction.source)
        && (!gen_ai_span::is_tool_call(span)
            || counted.counts(InteractionType::Chat, interaction.source))
}

fn meaning(span: &Span, index: &TraceIndex, context: &Context<'_>) -> Result<Meaning, Rejection> {
    let meaning = if span.attributes.has(Attribute::ObservationType) {
        langfuse_span::meaning(span, index, context)?
    } else {
        match role_of(span) {
            Role::Server if native_span::is_probe(span) => Meaning::None(Reason::Probe),
            Role::Server => native_span::served_request(span)?.into(),
            Role::Database => native_span::database_operation(span, index)?.into(),
            Role::Model => gen_ai_span::model_call(span, index, context)?.into(),
            Role::Other => gen_ai_span::other(span)?,
        }
    };
    if let Meaning::Kept(interactions) = &meaning {
        for interaction in interactions {
            timestamp::check_window(interaction.timestamp, "startTimeUnixNano", context)?;
            timestamp::check_window(interaction.price_time, "endTimeUnixNano", context)?;
        }
    }
    Ok(meaning)
}
