//! OTLP over HTTP as protobuf: what collectors send.
//!
//! Field numbers are those of `opentelemetry/proto/trace/v1/trace.proto`,
//! `…/common/v1/common.proto` and `…/collector/trace/v1/trace_service.proto`.
use std::borrow::Cow;
use std::fmt::Write as _;

use crate::limits::{ATTRIBUTES_MAX, SPANS_MAX, TRACE_BYTES_MAX};
use crate::otlp_json::too_many_spans;
use crate::otlp_outcome::{OtlpOutcome, normalise};
use crate::protobuf_reader::{Message, NotAMessage, Value};
use crate::span::{Attribute, AttributeValue, Attributes, Span, SpanKind, hex_id};
use crate::{Context, Rejection};

/// Reads an `ExportTraceServiceRequest` in protobuf.
///
/// # Errors
/// The whole body is refused only where it can't be taken apart into spans, or is too large.
pub fn parse(body: &[u8], context: &Context<'_>) -> Result<OtlpOutcome, Rejection> {
    if body.len() > TRACE_BYTES_MAX {
        return Err(Rejection::too_large(
            "body",
            format!("has {} bytes", body.len()),
            format!("send at most {TRACE_BYTES_MAX} bytes at once"),
        ));
    }
    let slices = span_slices(body).map_err(|NotAMessage| {
        Rejection::malformed(
            "is not an OTLP trace request in protobuf",
            "send an ExportTraceServiceRequest, or OTLP's JSON with `application/json`",
        )
    })?;
    let Some(slices) = slices else {
        return Err(too_many_spans());
    };
    Ok(normalise(
        slices.into_iter().map(read_span).collect(),
        context,
    ))
}

/// The spans' slices; `None` where there are too many.
fn span_slices(body: &[u8]) -> Result<Option<Vec<&[u8]>>, NotAMessage> {
    let mut slices = Vec::new();
    for resource_spans in fields(body, 1) {
        for scope_spans in fields(resource_spans?, 2) {
            for span in fields(scope_spans?, 2) {
                if slices.len() == SPANS_MAX {
                    return Ok(None);
                }
                slices.push(span?);
            }
        }
    }
    Ok(Some(slices))
}

/// The messages of one field number.
fn fields(message: &[u8], number: u64) -> impl Iterator<Item = Result<&[u8], NotAMessage>> + Clone {
    Message::new(message).filter_map(move |field| match field {
        Ok((found, value)) => (found == number).then(|| value.bytes().ok_or(NotAMessage)),
        Err(error) => Some(Err(error)),
    })
}

fn read_span(message: &[u8]) -> Result<Span<'_>, Rejection> {
    let unreadable = || {
        Rejection::invalid(
            "span",
            "is not a span in OTLP's protobuf",
            "check the exporter",
        )
    };
    let mut span = Span::default();
    for field in Message::new(message) {
        let (number, value) = field.map_err(|NotAMessage| unreadable())?;
        match number {
            1 => span.trace_id = hex(value),
            2 => span.span_id = hex(value),
            4 => span.parent_span_id = hex(value),
            5 => span.name = Cow::Borrowed(value.text().ok_or_else(unreadable)?),
            6 => span.kind = SpanKind::from_number(value.varint().unwrap_or_default()),
            7 => span.start_nano = value.fixed64().unwrap_or_default(),
            8 => span.end_nano = value.fixed64().unwrap_or_default(),
            9 => read_attribute(value.bytes().ok_or_else(unreadable)?, &mut span.attributes),
            15 => read_status(value.bytes().ok_or_else(unreadable)?, &mut span),
            _ => {}
        }
    }
    span.trace_id = hex_id(&span.trace_id, 32, "trace_id")?;
    span.span_id = hex_id(&span.span_id, 16, "span_id")?;
    if !span.parent_span_id.is_empty() {
        span.parent_span_id = hex_id(&span.parent_span_id, 16, "parent_span_id")?;
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

fn read_status<'a>(message: &'a [u8], span: &mut Span<'a>) {
    for (number, value) in Message::new(message).flatten() {
        match number {
            2 => span.status_message = value.text().unwrap_or_default(),
            3 => span.is_error = value.varint() == Some(2),
            _ => {}
        }
    }
}

/// Keeps an attribute that is looked at; all others are skipped by their length.
fn read_attribute<'a>(message: &'a [u8], attributes: &mut Attributes<'a>) {
    let (mut key, mut value) = ("", None);
    for (number, field) in Message::new(message).flatten() {
        match number {
            1 => key = field.text().unwrap_or_default(),
            2 => value = field.bytes(),
            _ => {}
        }
    }
    if let (Some(attribute), Some(value)) = (Attribute::from_key(key), value)
        && attributes.len() < ATTRIBUTES_MAX
        && let Some(value) = attribute_value(attribute, value)
    {
        attributes.push(attribute, value);
    }
}

fn attribute_value(attribute: Attribute, any_value: &[u8]) -> Option<AttributeValue<'_>> {
    let (number, value) = Message::new(any_value).flatten().last()?;
    match number {
        1 if attribute == Attribute::ObservationStatusMessage => {
            value.text().map(AttributeValue::Unread)
        }
        1 => value
            .text()
            .map(|text| AttributeValue::of_text(Cow::Borrowed(text))),
        // A signed 64-bit number travels as its two's complement.
        3 => value
            .varint()
            .map(|number| AttributeValue::Int(number.cast_signed())),
        5 => {
            let items = fields(value.bytes()?, 1).flatten();
            if items.clone().nth(ATTRIBUTES_MAX).is_some() {
                return None;
            }
            Some(AttributeValue::of_texts(items.filter_map(|item| {
                let (_, text) = Message::new(item)
                    .flatten()
                    .find(|(number, _)| *number == 1)?;
                text.text().map(Cow::Borrowed)
            })))
        }
        _ => None,
    }
}

/// An `ExportTraceServiceResponse`: empty where every span was taken.
pub fn partial_success(rejected_spans: u64, error_message: &str) -> Vec<u8> {
    if rejected_spans == 0 {
        return Vec::new();
    }
    let mut partial = vec![0x08];
    push_varint(&mut partial, rejected_spans);
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
    fn a_body_that_is_no_protobuf_is_refused() {
        let context = Context::at(cost_calculation::UnixMillis(0));
        assert!(parse(b"{\"resourceSpans\":[]}", &context).is_err());
        assert_eq!(parse(b"", &context).unwrap(), OtlpOutcome::default());
    }
}
