//! OTLP over HTTP as protobuf: what collectors send. Unwanted content is skipped by its length.
//!
//! Field numbers are those of `opentelemetry/proto/trace/v1/trace.proto`,
//! `…/common/v1/common.proto` and `…/collector/trace/v1/trace_service.proto`.
use std::fmt::Write as _;

use crate::Rejection;
use crate::limits::{
    ATTRIBUTE_BYTES_MAX, PROTOBUF_BYTES_MAX, SPAN_NAME_BYTES_MAX, STATUS_MESSAGE_BYTES_MAX,
};
use crate::otlp::attributes::{AttributeValue, Wanted, keep_text_of_list};
use crate::otlp::json::TOOL_ROUND;
use crate::otlp::protobuf_reader::{Message, NotAMessage, Value};
use crate::otlp::span::{Span, SpanKind, hex_id};
use crate::spans::tool_names::ToolNamesReader;

/// The spans of an `ExportTraceServiceRequest` in protobuf, each as it is read.
///
/// # Errors
/// The whole body is refused only where it can't be taken apart into spans, or is too large: that is
/// looked at before the first span is handed over.
pub(crate) fn spans(
    body: &[u8],
) -> Result<impl Iterator<Item = Result<Box<Span>, Rejection>>, Rejection> {
    if body.len() > PROTOBUF_BYTES_MAX {
        return Err(Rejection::too_large(
            "body",
            format!("has {} bytes", body.len()),
            format!("send at most {PROTOBUF_BYTES_MAX} bytes at once"),
        ));
    }
    if slices(body).any(|span| span.is_err()) {
        return Err(Rejection::malformed(
            "is not an OTLP trace request in protobuf",
            "send an ExportTraceServiceRequest, or OTLP's JSON with `application/json`",
        ));
    }
    Ok(slices(body).flatten().map(read_span))
}

/// The spans' slices.
fn slices(body: &[u8]) -> impl Iterator<Item = Result<&[u8], NotAMessage>> {
    within(within(fields(body, 1), 2), 2)
}

/// The messages of one field number inside of each of these messages.
fn within<'a>(
    messages: impl Iterator<Item = Result<&'a [u8], NotAMessage>>,
    number: u64,
) -> impl Iterator<Item = Result<&'a [u8], NotAMessage>> {
    messages.flat_map(move |message| {
        let (inner, error) = match message {
            Ok(message) => (message, None),
            Err(error) => (&[][..], Some(Err(error))),
        };
        fields(inner, number).chain(error)
    })
}

/// The messages of one field number.
fn fields(message: &[u8], number: u64) -> impl Iterator<Item = Result<&[u8], NotAMessage>> {
    Message::new(message).filter_map(move |field| match field {
        Ok((found, value)) => (found == number).then(|| value.bytes().ok_or(NotAMessage)),
        Err(error) => Some(Err(error)),
    })
}

fn read_span(message: &[u8]) -> Result<Box<Span>, Rejection> {
    let unreadable = || {
        Rejection::invalid(
            "span",
            "is not a span in OTLP's protobuf",
            "check the exporter",
        )
    };
    let mut span = Box::<Span>::default();
    for field in Message::new(message) {
        let (number, value) = field.map_err(|NotAMessage| unreadable())?;
        match number {
            1 => span.trace_id = hex(value),
            2 => span.span_id = hex(value),
            4 => span.parent_span_id = hex(value),
            5 => span.name = cut(value, SPAN_NAME_BYTES_MAX).ok_or_else(unreadable)?,
            6 => span.kind = SpanKind::from_number(value.varint().unwrap_or_default()),
            7 => span.start_nano = value.fixed64().unwrap_or_default(),
            8 => span.end_nano = value.fixed64().unwrap_or_default(),
            9 => read_attribute(value.bytes().ok_or_else(unreadable)?, &mut span),
            15 => read_status(value.bytes().ok_or_else(unreadable)?, &mut span),
            _ => {}
        }
    }
    span.trace_id = hex_id(std::mem::take(&mut span.trace_id), 32, "trace_id")?;
    span.span_id = hex_id(std::mem::take(&mut span.span_id), 16, "span_id")?;
    if !span.parent_span_id.is_empty() {
        span.parent_span_id = hex_id(
            std::mem::take(&mut span.parent_span_id),
            16,
            "parent_span_id",
        )?;
    }
    Ok(span)
}

/// An id's bytes as hex digits; too many bytes are cut, which `hex_id` then refuses.
fn hex(value: Value<'_>) -> String {
    let bytes = value.bytes().unwrap_or_default();
    bytes
        .iter()
        .take(17)
        .fold(String::with_capacity(32), |mut digits, byte| {
            let _ = write!(digits, "{byte:02x}");
            digits
        })
}

/// The beginning of a text, up to its last whole character; `None` where it is none.
fn cut(value: Value<'_>, bytes_max: usize) -> Option<String> {
    let text = value.text()?;
    let end = text.floor_char_boundary(bytes_max.min(text.len()));
    text.get(..end).map(ToOwned::to_owned)
}

fn read_status(message: &[u8], span: &mut Span) {
    for (number, value) in Message::new(message).flatten() {
        match number {
            2 => span.status_message = cut(value, STATUS_MESSAGE_BYTES_MAX).unwrap_or_default(),
            3 => span.is_error = value.varint() == Some(2),
            _ => {}
        }
    }
}

/// Keeps an attribute that is looked at; all others are skipped by their length.
fn read_attribute(message: &[u8], span: &mut Span) {
    let (mut key, mut value) = ("", None);
    for (number, field) in Message::new(message).flatten() {
        match number {
            1 => key = field.text().unwrap_or_default(),
            2 => value = field.bytes(),
            _ => {}
        }
    }
    let wanted = span.attributes.wants(key);
    let value = value.and_then(|value| Message::new(value).flatten().last());
    let Some((number, value)) = value else { return };
    match wanted {
        Wanted::No => {}
        Wanted::Input => {
            if let (TOOL_ROUND, 1, Some(input)) = (span.name.as_str(), number, value.bytes()) {
                let mut tools = ToolNamesReader::new();
                tools.feed(input);
                span.tools = tools.finish();
            }
        }
        wanted => {
            if let Some(value) = attribute_value(&wanted, number, value) {
                span.attributes.keep(wanted, value);
            }
        }
    }
}

fn attribute_value(wanted: &Wanted, number: u64, value: Value<'_>) -> Option<AttributeValue> {
    match number {
        1 if wanted.is_cut() => cut(value, wanted.bytes_max()).map(AttributeValue::Text),
        1 => value.text().map(|text| {
            if text.len() > ATTRIBUTE_BYTES_MAX {
                AttributeValue::TooLong
            } else {
                AttributeValue::Text(text.to_owned())
            }
        }),
        // A signed 64-bit number travels as its two's complement.
        3 => value
            .varint()
            .map(|number| AttributeValue::Int(number.cast_signed())),
        4 => value
            .fixed64()
            .map(|bits| AttributeValue::of_double(f64::from_bits(bits))),
        5 => {
            let mut texts = Vec::new();
            for item in fields(value.bytes()?, 1).flatten() {
                let mut item = Message::new(item).flatten();
                let text = item.find(|(number, _)| *number == 1);
                if let Some(text) = text.and_then(|(_, text)| text.text()) {
                    keep_text_of_list(&mut texts, text);
                }
            }
            Some(AttributeValue::Texts(texts))
        }
        _ => None,
    }
}

/// An `ExportTraceServiceResponse`: empty where there is nothing to say. A message without a refused
/// span is a warning.
pub fn partial_success(rejected_spans: u64, error_message: &str) -> Vec<u8> {
    if rejected_spans == 0 && error_message.is_empty() {
        return Vec::new();
    }
    let mut partial = Vec::new();
    if rejected_spans > 0 {
        partial.push(0x08);
        push_varint(&mut partial, rejected_spans);
    }
    partial.push(0x12);
    push_varint(&mut partial, error_message.len() as u64);
    partial.extend_from_slice(error_message.as_bytes());
    let mut response = vec![0x0a];
    push_varint(&mut response, partial.len() as u64);
    response.extend(partial);
    response
}

fn push_varint(bytes: &mut Vec<u8>, mut number: u64) {
    loop {
        let [low, ..] = (number & 0x7f).to_le_bytes();
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partial_success_reads_back() {
        let response = partial_success(300, "why");
        let partial = fields(&response, 1).next().unwrap().unwrap();
        let read: Vec<_> = Message::new(partial).map(Result::unwrap).collect();
        assert_eq!(read, [(1, Value::Varint(300)), (2, Value::Bytes(b"why"))]);
        assert!(partial_success(0, "").is_empty());
    }

    #[test]
    fn a_message_alone_is_a_warning() {
        let response = partial_success(0, "left out");
        let partial = fields(&response, 1).next().unwrap().unwrap();
        let read: Vec<_> = Message::new(partial).map(Result::unwrap).collect();
        assert_eq!(read, [(2, Value::Bytes(b"left out"))]);
    }

    #[test]
    fn a_body_that_is_no_protobuf_is_refused() {
        assert!(spans(b"{\"resourceSpans\":[]}").is_err());
        assert_eq!(spans(b"").unwrap().count(), 0);
    }
}
