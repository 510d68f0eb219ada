//! A span of any source, with the attributes that are looked at and nothing else.
//!
//! Both readers of OTLP (JSON and protobuf) fill this one shape. Attributes whose keys are not in
//! [`Attribute`] are skipped where they stand: prompts and answers never leave the body's buffer.
use std::borrow::Cow;

use crate::Rejection;
use crate::limits::{ATTRIBUTE_BYTES_MAX, ATTRIBUTE_TEXTS_MAX};
use crate::rejection::shown;

/// One span, borrowed from the body.
#[derive(Default)]
pub(crate) struct Span<'a> {
    /// 32 hex digits, lower case.
    pub trace_id: String,
    /// 16 hex digits, lower case.
    pub span_id: String,
    /// 16 hex digits, or empty for a root.
    pub parent_span_id: String,
    pub name: Cow<'a, str>,
    pub kind: SpanKind,
    pub start_nano: u64,
    pub end_nano: u64,
    pub is_error: bool,
    /// The status's message, perhaps still with JSON's escapes: only its class is ever kept.
    pub status_message: &'a str,
    pub attributes: Attributes<'a>,
}

/// The span kinds that make a difference here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum SpanKind {
    Server,
    #[default]
    Other,
}

impl SpanKind {
    /// From OTLP's number.
    pub(crate) const fn from_number(number: u64) -> Self {
        if number == 2 {
            Self::Server
        } else {
            Self::Other
        }
    }
}

impl Span<'_> {
    pub(crate) fn start_ms(&self) -> i64 {
        nano_to_ms(self.start_nano)
    }

    pub(crate) fn end_ms(&self) -> i64 {
        nano_to_ms(self.end_nano)
    }

    /// The whole milliseconds it took; `None` where its clock ran backwards.
    pub(crate) fn duration_ms(&self) -> Option<u64> {
        self.end_nano
            .checked_sub(self.start_nano)
            .map(|nano| nano / 1_000_000)
    }

    /// The id under which its interaction is counted once: `<trace>-<span>`.
    pub(crate) fn interaction_id(&self) -> String {
        format!("{}-{}", self.trace_id, self.span_id)
    }
}

fn nano_to_ms(nano: u64) -> i64 {
    // A u64 of nanoseconds, cut to milliseconds, always fits.
    i64::try_from(nano / 1_000_000).unwrap_or(i64::MAX)
}

/// Reads a trace's or a span's id: hex digits of the given count, not all zero.
pub(crate) fn hex_id(text: &str, digits: usize, field: &str) -> Result<String, Rejection> {
    let fits = text.len() == digits
        && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        && text.bytes().any(|byte| byte != b'0');
    if !fits {
        return Err(Rejection::invalid(
            field,
            format!("is {}", shown(text)),
            format!("send {digits} hex digits, not all zero"),
        ));
    }
    Ok(text.to_ascii_lowercase())
}

/// The attributes of one span that are looked at.
#[derive(Default)]
pub(crate) struct Attributes<'a>(Vec<(Attribute, AttributeValue<'a>)>);

/// What an attribute holds.
#[derive(Clone)]
pub(crate) enum AttributeValue<'a> {
    Text(Cow<'a, str>),
    Int(i64),
    Texts(Vec<Cow<'a, str>>),
    /// Text that stays where it stands, perhaps with JSON's escapes.
    Unread(&'a str),
    /// Longer than anything that is looked at may be.
    TooLong,
}

impl<'a> AttributeValue<'a> {
    /// A text, within the limit.
    pub(crate) fn of_text(text: Cow<'a, str>) -> Self {
        if text.len() > ATTRIBUTE_BYTES_MAX {
            Self::TooLong
        } else {
            Self::Text(text)
        }
    }

    /// The first texts of a list; those over the limit are none that is looked for.
    pub(crate) fn of_texts(texts: impl Iterator<Item = Cow<'a, str>>) -> Self {
        Self::Texts(
            texts
                .filter(|text| text.len() <= ATTRIBUTE_BYTES_MAX)
                .take(ATTRIBUTE_TEXTS_MAX)
                .collect(),
        )
    }
}

impl<'a> Attributes<'a> {
    pub(crate) fn push(&mut self, attribute: Attribute, value: AttributeValue<'a>) {
        self.0.push((attribute, value));
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn get(&self, attribute: Attribute) -> Option<&AttributeValue<'a>> {
        self.0
            .iter()
            .find(|(key, _)| *key == attribute)
            .map(|(_, value)| value)
    }

    /// The first of these attributes that holds a text, trimmed and not empty.
    pub(crate) fn text(
        &self,
        attributes: &[Attribute],
        chars_max: usize,
    ) -> Result<Option<&str>, Rejection> {
        for &attribute in attributes {
            match self.get(attribute) {
                Some(AttributeValue::Text(text)) => {
                    let text = text.trim();
                    if text.is_empty() {
                        continue;
                    }
                    return check_text(text, attribute, chars_max).map(Some);
                }
                Some(AttributeValue::TooLong) => return Err(too_long(attribute, chars_max)),
                _ => {}
            }
        }
        Ok(None)
    }

    /// The first of these attributes that holds a text within the limit. For what only describes:
    /// a call is not refused because its description is too long.
    pub(crate) fn text_that_fits(
        &self,
        attributes: &[Attribute],
        chars_max: usize,
    ) -> Option<&str> {
        attributes
            .iter()
            .find_map(|&attribute| self.text(&[attribute], chars_max).ok().flatten())
    }

    /// The texts of a list; empty where there is none.
    pub(crate) fn texts(&self, attribute: Attribute) -> &[Cow<'a, str>] {
        match self.get(attribute) {
            Some(AttributeValue::Texts(texts)) => texts,
            _ => &[],
        }
    }

    /// The first of these attributes that holds a whole number.
    pub(crate) fn int(&self, attributes: &[Attribute]) -> Option<i64> {
        attributes
            .iter()
            .find_map(|&attribute| match self.get(attribute) {
                Some(AttributeValue::Int(number)) => Some(*number),
                Some(AttributeValue::Text(text)) => text.parse().ok(),
                _ => None,
            })
    }

    /// A text that was left where it stands.
    pub(crate) fn unread(&self, attribute: Attribute) -> Option<&'a str> {
        match self.get(attribute) {
            Some(AttributeValue::Unread(text)) => Some(text),
            _ => None,
        }
    }
}

fn check_text(text: &str, attribute: Attribute, chars_max: usize) -> Result<&str, Rejection> {
    if text.chars().count() > chars_max {
        return Err(too_long(attribute, chars_max));
    }
    if text.chars().any(char::is_control) {
        return Err(Rejection::invalid(
            attribute.key(),
            "holds a control character",
            "send one line of text",
        ));
    }
    Ok(text)
}

fn too_long(attribute: Attribute, chars_max: usize) -> Rejection {
    Rejection::invalid(
        attribute.key(),
        format!("has more than {chars_max} characters"),
        format!("send at most {chars_max}"),
    )
}

macro_rules! attributes {
    ($($name:ident = $key:literal $(| $alias:literal)*;)*) => {
        /// Every attribute that is looked at.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Attribute { $($name),* }

        impl Attribute {
            /// The attribute of a key; `None` for all that is skipped.
            pub(crate) fn from_key(key: &str) -> Option<Self> {
                match key { $($key $(| $alias)* => Some(Self::$name),)* _ => None }
            }

            /// Its key, for refusals.
            pub(crate) const fn key(self) -> &'static str {
                match self { $(Self::$name => $key),* }
            }
        }
    };
}

attributes! {
    // Who and where, on every span of Langfuse's SDK. The second names are older SDKs'.
    UserId = "user.id" | "langfuse.user.id";
    SessionId = "session.id" | "langfuse.session.id";
    TraceName = "langfuse.trace.name";
    TraceTags = "langfuse.trace.tags";
    TraceMessageId = "langfuse.trace.metadata.messageId";
    TraceAgentId = "langfuse.trace.metadata.agentId";
    TraceTenantId = "langfuse.trace.metadata.librechat.tenant.id";
    TraceEndpoint = "langfuse.trace.metadata.librechat.endpoint";
    // What one observation says.
    ObservationType = "langfuse.observation.type";
    ObservationModel = "langfuse.observation.model.name";
    ObservationUsage = "langfuse.observation.usage_details";
    ObservationCost = "langfuse.observation.cost_details";
    ObservationFirstToken = "langfuse.observation.completion_start_time";
    ObservationLevel = "langfuse.observation.level";
    ObservationStatusMessage = "langfuse.observation.status_message";
    ObservationProvider = "langfuse.observation.metadata.provider";
    ObservationInvokedProvider = "langfuse.observation.metadata.__invoked_provider";
    ObservationLangChainProvider = "langfuse.observation.metadata.ls_provider";
    ObservationRequestedModel = "langfuse.observation.metadata.model";
    ObservationInvokedModel = "langfuse.observation.metadata.__invoked_model";
    ObservationLangChainModel = "langfuse.observation.metadata.ls_model_name";
    ObservationAgentId = "langfuse.observation.metadata.agentId";
    ObservationMessageId = "langfuse.observation.metadata.messageId";
    ObservationNode = "langfuse.observation.metadata.langgraph_node";
    // Native OpenTelemetry, by its semantic conventions; the second names are older ones.
    EndUserId = "enduser.id";
    ErrorType = "error.type";
    HttpMethod = "http.request.method" | "http.method";
    HttpRoute = "http.route";
    HttpStatusCode = "http.response.status_code" | "http.status_code";
    DbSystem = "db.system.name" | "db.system";
    DbOperation = "db.operation.name" | "db.operation";
    DbCollection = "db.collection.name" | "db.mongodb.collection";
    GenAiOperation = "gen_ai.operation.name";
    GenAiProvider = "gen_ai.provider.name" | "gen_ai.system";
    GenAiRequestModel = "gen_ai.request.model";
    GenAiResponseModel = "gen_ai.response.model";
    GenAiConversationId = "gen_ai.conversation.id";
    GenAiAgentId = "gen_ai.agent.id";
    GenAiToolName = "gen_ai.tool.name";
    GenAiInputTokens = "gen_ai.usage.input_tokens" | "gen_ai.usage.prompt_tokens";
    GenAiOutputTokens = "gen_ai.usage.output_tokens" | "gen_ai.usage.completion_tokens";
    GenAiCacheReadTokens = "gen_ai.usage.cache_read.input_tokens"
        | "gen_ai.usage.cache_read_input_tokens";
    GenAiCacheCreationTokens = "gen_ai.usage.cache_creation.input_tokens"
        | "gen_ai.usage.cache_creation_input_tokens";
    GenAiReasoningTokens = "gen_ai.usage.reasoning.output_tokens"
        | "gen_ai.usage.reasoning_tokens";
    GenAiTotalTokens = "gen_ai.usage.total_tokens";
    GenAiServiceTier = "openai.response.service_tier" | "gen_ai.openai.response.service_tier";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_and_answers_are_not_among_the_attributes() {
        for key in [
            "langfuse.observation.input",
            "langfuse.observation.output",
            "gen_ai.input.messages",
            "gen_ai.output.messages",
            "gen_ai.system_instructions",
            "gen_ai.prompt",
            "db.statement",
            "db.query.text",
            "url.query",
            "http.target",
            "exception.message",
        ] {
            assert_eq!(Attribute::from_key(key), None, "{key}");
        }
    }

    #[test]
    fn an_id_of_zeros_or_of_the_wrong_length_is_refused() {
        assert_eq!(
            hex_id("3846FA6A7987F83A", 16, "spanId").unwrap(),
            "3846fa6a7987f83a"
        );
        assert!(hex_id("0000000000000000", 16, "spanId").is_err());
        assert!(hex_id("3846", 16, "spanId").is_err());
    }
}
