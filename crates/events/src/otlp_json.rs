//! OTLP over HTTP as JSON: what LibreChat's exporters send.
//!
//! The body is taken apart in two steps: first into the spans' slices, then each span by itself,
//! so that one bad span does not sink the others. Unwanted attributes are skipped by slices.
use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::json_body::body_text;
use crate::json_fields::Text;
use crate::limits::{
    ATTRIBUTE_BYTES_MAX, ATTRIBUTES_MAX, SPAN_GROUPS_MAX, SPANS_MAX, TRACE_BYTES_MAX,
};
use crate::otlp_outcome::{OtlpOutcome, normalise};
use crate::span::{Attribute, AttributeValue, Attributes, Span, SpanKind, hex_id};
use crate::{Context, Rejection};

/// Bytes of JSON in which a text that is looked at may stand: each of its bytes may be an escape.
const ESCAPED_BYTES_MAX: usize = 6 * ATTRIBUTE_BYTES_MAX + 2;

/// Reads an `ExportTraceServiceRequest` in OTLP's JSON encoding.
///
/// # Errors
/// The whole body is refused only where it can't be taken apart into spans, or is too large.
pub fn parse(body: &[u8], context: &Context<'_>) -> Result<OtlpOutcome, Rejection> {
    let text = body_text(body, TRACE_BYTES_MAX)?;
    let Object(request): Object<Request<'_>> =
        serde_json::from_str(text).map_err(|error| refuse(&error))?;
    let raw_spans: Vec<&RawValue> = request
        .resource_spans
        .0
        .iter()
        .flat_map(|Object(resource)| resource.scope_spans.0.iter())
        .flat_map(|Object(scope)| scope.spans.0.iter().copied())
        .collect();
    if raw_spans.len() > SPANS_MAX {
        return Err(too_many_spans());
    }
    Ok(normalise(
        raw_spans.into_iter().map(read_span).collect(),
        context,
    ))
}

pub(crate) fn too_many_spans() -> Rejection {
    Rejection::too_large(
        "resourceSpans",
        format!("holds more than {SPANS_MAX} spans"),
        format!("send at most {SPANS_MAX} spans at once"),
    )
}

fn refuse(error: &serde_json::Error) -> Rejection {
    // serde_json's message may quote the body: only the place is passed on.
    if error.is_data() && error.to_string().starts_with(TOO_MANY) {
        return too_many_spans();
    }
    let fault = if error.is_data() {
        "is not an OTLP trace request"
    } else {
        "is not JSON"
    };
    Rejection::malformed(
        format!("{fault} (line {}, column {})", error.line(), error.column()),
        "send an ExportTraceServiceRequest in OTLP's JSON encoding",
    )
}

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow, default, rename = "resourceSpans")]
    resource_spans: Bounded<Object<ResourceSpans<'a>>, SPAN_GROUPS_MAX>,
}

#[derive(Deserialize)]
struct ResourceSpans<'a> {
    #[serde(borrow, default, rename = "scopeSpans")]
    scope_spans: Bounded<Object<ScopeSpans<'a>>, SPAN_GROUPS_MAX>,
}

#[derive(Deserialize)]
struct ScopeSpans<'a> {
    #[serde(borrow, default)]
    spans: Bounded<&'a RawValue, SPANS_MAX>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonSpan<'a> {
    #[serde(borrow, default)]
    trace_id: Text<'a>,
    #[serde(borrow, default)]
    span_id: Text<'a>,
    #[serde(borrow, default)]
    parent_span_id: Option<Text<'a>>,
    #[serde(borrow, default)]
    name: Text<'a>,
    #[serde(borrow, default)]
    kind: Option<&'a RawValue>,
    #[serde(borrow, default)]
    start_time_unix_nano: Option<&'a RawValue>,
    #[serde(borrow, default)]
    end_time_unix_nano: Option<&'a RawValue>,
    #[serde(borrow, default)]
    attributes: JsonAttributes<'a>,
    #[serde(borrow, default)]
    status: Option<Object<JsonStatus<'a>>>,
}

#[derive(Deserialize, Default)]
struct JsonStatus<'a> {
    #[serde(borrow, default)]
    code: Option<&'a RawValue>,
    #[serde(borrow, default)]
    message: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct JsonKeyValue<'a> {
    #[serde(borrow, default)]
    key: Text<'a>,
    #[serde(borrow, default)]
    value: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonAnyValue<'a> {
    #[serde(borrow, default)]
    string_value: Option<&'a RawValue>,
    #[serde(borrow, default)]
    int_value: Option<&'a RawValue>,
    #[serde(borrow, default)]
    array_value: Option<Object<JsonArray<'a>>>,
}

#[derive(Deserialize)]
struct JsonArray<'a> {
    #[serde(borrow, default)]
    values: Bounded<Object<JsonAnyValue<'a>>, ATTRIBUTES_MAX>,
}

fn read_span(raw: &RawValue) -> Result<Span<'_>, Rejection> {
    let Object(span): Object<JsonSpan<'_>> = serde_json::from_str(raw.get()).map_err(|_| {
        Rejection::invalid(
            "span",
            "is not a span in OTLP's JSON encoding",
            "check the exporter",
        )
    })?;
    let parent = span.parent_span_id.unwrap_or_default();
    let status = span.status.map(|Object(status)| status).unwrap_or_default();
    Ok(Span {
        trace_id: hex_id(&span.trace_id.0, 32, "traceId")?,
        span_id: hex_id(&span.span_id.0, 16, "spanId")?,
        parent_span_id: match parent.0.as_ref() {
            "" => String::new(),
            id => hex_id(id, 16, "parentSpanId")?,
        },
        name: span.name.0,
        kind: match span.kind.map(RawValue::get) {
            Some("\"SPAN_KIND_SERVER\"") => SpanKind::Server,
            other => SpanKind::from_number(other.and_then(number).unwrap_or_default()),
        },
        start_nano: nano(span.start_time_unix_nano, "startTimeUnixNano")?,
        end_nano: nano(span.end_time_unix_nano, "endTimeUnixNano")?,
        is_error: matches!(
            status.code.map(RawValue::get),
            Some("2" | "\"2\"" | "\"STATUS_CODE_ERROR\"")
        ),
        status_message: status.message.map_or("", RawValue::get),
        attributes: span.attributes.0,
    })
}

/// Reads a 64-bit number, which JSON carries as a string or as a number.
fn number(json: &str) -> Option<u64> {
    json.strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(json)
        .parse()
        .ok()
}

/// A moment; one that is left out is 0, as everywhere in protobuf's JSON.
fn nano(raw: Option<&RawValue>, field: &str) -> Result<u64, Rejection> {
    raw.map_or(Some(0), |raw| number(raw.get())).ok_or_else(|| {
        Rejection::invalid(field, "is no count of nanoseconds", "send unix nanoseconds")
    })
}

/// A span's attributes, the unwanted ones skipped. `null` is none.
#[derive(Default)]
struct JsonAttributes<'a>(Attributes<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for JsonAttributes<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AttributesVisitor;
        impl<'de> Visitor<'de> for AttributesVisitor {
            type Value = JsonAttributes<'de>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list of attributes")
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(JsonAttributes::default())
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut attributes = Attributes::default();
                while let Some(Object(JsonKeyValue { key, value })) = seq.next_element()? {
                    let wanted = Attribute::from_key(&key.0);
                    if let (Some(attribute), Some(value)) = (wanted, value)
                        && attributes.len() < ATTRIBUTES_MAX
                        && let Some(value) = attribute_value(attribute, value)
                    {
                        attributes.push(attribute, value);
                    }
                }
                Ok(JsonAttributes(attributes))
            }
        }
        deserializer.deserialize_any(AttributesVisitor)
    }
}

fn attribute_value(attribute: Attribute, raw: &RawValue) -> Option<AttributeValue<'_>> {
    let Object(value): Object<JsonAnyValue<'_>> = serde_json::from_str(raw.get()).ok()?;
    if let Some(text) = value.string_value {
        return if attribute == Attribute::ObservationStatusMessage {
            Some(AttributeValue::Unread(text.get()))
        } else if text.get().len() > ESCAPED_BYTES_MAX {
            Some(AttributeValue::TooLong)
        } else {
            text_of(text).map(AttributeValue::of_text)
        };
    }
    if let Some(int) = value.int_value {
        let json = int.get();
        let digits = json
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'));
        return digits.unwrap_or(json).parse().ok().map(AttributeValue::Int);
    }
    let Object(list) = value.array_value?;
    let texts = list.values.0.into_iter();
    let texts = texts.filter_map(|Object(item)| item.string_value);
    Some(AttributeValue::of_texts(
        texts
            .filter(|text| text.get().len() <= ESCAPED_BYTES_MAX)
            .filter_map(text_of),
    ))
}

fn text_of(raw: &RawValue) -> Option<Cow<'_, str>> {
    serde_json::from_str::<Text<'_>>(raw.get())
        .ok()
        .map(|text| text.0)
}

/// An object: serde takes a list for a struct too, by the order of its fields.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
            type Value = Object<T>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }
        deserializer.deserialize_map(ObjectVisitor(std::marker::PhantomData))
    }
}

const TOO_MANY: &str = "too many items";

/// A list of at most `MAX` items: memory stays bounded while it is read. `null` is an empty one.
struct Bounded<T, const MAX: usize>(Vec<T>);

impl<T, const MAX: usize> Default for Bounded<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for Bounded<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BoundedVisitor<T, const MAX: usize>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>, const MAX: usize> Visitor<'de> for BoundedVisitor<T, MAX> {
            type Value = Bounded<T, MAX>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list")
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Bounded::default())
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    if items.len() == MAX {
                        return Err(serde::de::Error::custom(TOO_MANY));
                    }
                    items.push(item);
                }
                Ok(Bounded(items))
            }
        }
        deserializer.deserialize_any(BoundedVisitor(std::marker::PhantomData))
    }
}
