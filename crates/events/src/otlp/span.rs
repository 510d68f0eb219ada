//! A span of any source, with the attributes that are looked at and nothing else.
//!
//! Both readers of OTLP (JSON and protobuf) fill this one shape. It owns the little that it keeps, so
//! that a body need not stay: prompts and answers are skipped while it passes.
use crate::Rejection;
use crate::otlp::attributes::Attributes;
use crate::rejection::shown;
use crate::spans::tool_names::ToolNames;

/// One span.
#[derive(Default)]
pub(crate) struct Span {
    /// 32 hex digits, lower case.
    pub trace_id: String,
    /// 16 hex digits, lower case.
    pub span_id: String,
    /// 16 hex digits, or empty for a root.
    pub parent_span_id: String,
    /// Cut to what may be the name of a tool or an operation.
    pub name: String,
    pub kind: SpanKind,
    pub start_nano: u64,
    pub end_nano: u64,
    pub is_error: bool,
    /// The beginning of the status's message: only its class is ever kept.
    pub status_message: String,
    pub attributes: Attributes,
    /// The tools that a round of tool calls names in its input, and nothing else of it.
    pub tools: ToolNames,
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

impl Span {
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

    /// About how many bytes it holds.
    pub(crate) fn kept_bytes(&self) -> usize {
        size_of::<Self>()
            + self.name.len()
            + self.status_message.len()
            + self.attributes.kept_bytes()
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
pub(crate) fn hex_id(mut text: String, digits: usize, field: &str) -> Result<String, Rejection> {
    let fits = text.len() == digits
        && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        && text.bytes().any(|byte| byte != b'0');
    if !fits {
        return Err(Rejection::invalid(
            field,
            format!("is {}", shown(&text)),
            format!("send {digits} hex digits, not all zero"),
        ));
    }
    text.make_ascii_lowercase();
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_zeros_or_of_the_wrong_length_is_refused() {
        assert_eq!(
            hex_id("3846FA6A7987F83A".to_owned(), 16, "spanId").unwrap(),
            "3846fa6a7987f83a"
        );
        assert!(hex_id("0000000000000000".to_owned(), 16, "spanId").is_err());
        assert!(hex_id("3846".to_owned(), 16, "spanId").is_err());
    }
}
