//! Which of Langfuse's spans a span is.
use crate::otlp::attribute_names::Attribute;
use crate::otlp::span::Span;

/// Whether the span is one of Langfuse's exporter.
pub(crate) fn is_langfuses(span: &Span) -> bool {
    span.attributes.has(Attribute::ObservationType)
}

/// The name of the tool whose span this is.
pub(crate) fn tool_of(span: &Span) -> Option<&str> {
    let kind = span.attributes.word(Attribute::ObservationType)?;
    (kind == "tool").then_some(span.name.as_str())
}

/// Whether the span is a call of a model.
pub(crate) fn is_generation(span: &Span) -> bool {
    let kind = span.attributes.word(Attribute::ObservationType);
    matches!(kind, Some("generation" | "embedding"))
}
