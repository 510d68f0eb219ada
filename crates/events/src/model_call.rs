//! Which native spans are calls of a model.
use crate::span::{Attribute, AttributeValue, Span};

/// Whether the span is one call of a model.
pub(crate) fn is_model_call(span: &Span<'_>) -> bool {
    match span.attributes.get(Attribute::GenAiOperation) {
        Some(AttributeValue::Text(operation)) => {
            ["chat", "text_completion", "generate_content", "embeddings"]
                .contains(&operation.as_ref())
        }
        // Older instrumentations name no operation.
        None => span.attributes.get(Attribute::GenAiInputTokens).is_some(),
        Some(_) => false,
    }
}
