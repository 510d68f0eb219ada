//! OTLP over HTTP as JSON, as it passes: what LibreChat's exporters send.
//!
//! A body is told place by place: resources, scopes, spans, attributes. What is at no place that is
//! looked at is skipped; a span that is no span is refused by itself and does not sink the others.
use crate::Rejection;
use crate::limits::{ATTRIBUTE_BYTES_MAX, SPAN_NAME_BYTES_MAX, STATUS_MESSAGE_BYTES_MAX};
use crate::otlp::attributes::{AttributeValue, Wanted, keep_text_of_list};
use crate::otlp::json_scan::{Container, JsonScan, Listener, ScanError};
use crate::otlp::span::{Span, SpanKind, hex_id};
use crate::spans::tool_names::ToolNamesReader;

/// A body in JSON on its way.
pub(crate) struct JsonTraces {
    scan: JsonScan,
    places: Places,
}

impl JsonTraces {
    pub(crate) fn new() -> Self {
        Self {
            scan: JsonScan::new(),
            places: Places::default(),
        }
    }

    /// Takes the next bytes, and hands over the spans that end in them.
    pub(crate) fn feed(
        &mut self,
        bytes: &[u8],
        spans: &mut Vec<Result<Box<Span>, Rejection>>,
    ) -> Result<(), Rejection> {
        let fed = self.scan.feed(bytes, &mut self.places);
        spans.append(&mut self.places.ended);
        fed.map_err(|error| self.refuse(error))
    }

    /// Ends the body.
    pub(crate) fn finish(&mut self) -> Result<(), Rejection> {
        if self.scan.position() == 0 {
            return Err(Rejection::malformed(
                "is empty",
                "send an ExportTraceServiceRequest in OTLP's JSON encoding",
            ));
        }
        let ended = self.scan.finish(&mut self.places);
        ended.map_err(|error| self.refuse(error))
    }

    fn refuse(&self, error: ScanError<NoTraces>) -> Rejection {
        let fault = match error {
            ScanError::NotJson => "is not JSON, or breaks off",
            ScanError::Listener(NoTraces) => "is not an OTLP trace request",
        };
        Rejection::malformed(
            format!("{fault} (near byte {})", self.scan.position()),
            "send an ExportTraceServiceRequest in OTLP's JSON encoding",
        )
    }
}

/// The body is JSON, and no request to export traces.
#[derive(Debug, Clone, Copy)]
struct NoTraces;

/// Where in the body the scan is. Each place names what holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Request,
    ResourceList,
    Resource,
    ScopeList,
    Scope,
    SpanList,
    Span,
    AttributeList,
    Attribute,
    Value,
    ListValue,
    ItemList,
    Item,
    Status,
}

/// The field whose value comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Field {
    #[default]
    Other,
    /// A list or an object that is walked into.
    Into(Place),
    TraceId,
    SpanId,
    ParentSpanId,
    Name,
    Kind,
    Start,
    End,
    StatusCode,
    StatusMessage,
    Key,
    StringValue,
    NumberValue,
    DoubleValue,
}

/// A text that is being kept, within its bound.
#[derive(Default)]
struct KeptText {
    bytes: Vec<u8>,
    bytes_max: usize,
    is_over: bool,
}

impl KeptText {
    fn begin(&mut self, bytes_max: usize) {
        self.bytes.clear();
        self.bytes_max = bytes_max;
        self.is_over = false;
    }

    fn push(&mut self, part: &[u8]) {
        let room = self.bytes_max - self.bytes.len();
        self.is_over |= part.len() > room;
        self.bytes
            .extend_from_slice(part.get(..room.min(part.len())).unwrap_or_default());
    }

    /// The text; of one that was cut, up to its last whole character.
    fn as_str(&self) -> &str {
        let whole = match std::str::from_utf8(&self.bytes) {
            Ok(text) => return text,
            Err(error) => self.bytes.get(..error.valid_up_to()),
        };
        std::str::from_utf8(whole.unwrap_or_default()).unwrap_or_default()
    }

    /// The same as a text of its own.
    fn take(&mut self) -> String {
        self.as_str().to_owned()
    }
}

#[derive(Default)]
struct SpanParts {
    span: Span,
    trace_id: String,
    span_id: String,
    parent_span_id: String,
    fault: Option<Rejection>,
}

/// The attribute that is being read; its value may come before its key.
#[derive(Default)]
struct OneAttribute {
    wanted: Option<Wanted>,
    value: Option<AttributeValue>,
    texts: Vec<String>,
}

#[derive(Default)]
struct Places {
    stack: Vec<Place>,
    /// Levels of what nobody looks at, inside of the place on top.
    skipped: u32,
    field: Field,
    parts: SpanParts,
    one: OneAttribute,
    text: KeptText,
    tools: Option<ToolNamesReader>,
    ended: Vec<Result<Box<Span>, Rejection>>,
}

impl Places {
    fn place(&self) -> Option<Place> {
        self.stack.last().copied()
    }

    /// The value that comes is not of the kind that its place needs.
    fn misfit(&mut self) -> Result<(), NoTraces> {
        match self.place() {
            None
            | Some(
                Place::Request
                | Place::ResourceList
                | Place::Resource
                | Place::ScopeList
                | Place::Scope,
            ) => Err(NoTraces),
            Some(Place::SpanList) => {
                self.ended.push(Err(no_span()));
                Ok(())
            }
            // An attribute that is none is no reason to lose a call.
            Some(Place::Attribute | Place::Value | Place::ListValue | Place::ItemList) => Ok(()),
            Some(_) => {
                self.parts.fault = Some(no_span());
                Ok(())
            }
        }
    }

    /// Where a container leads that begins now; `None` where it is skipped.
    fn next_place(&mut self, container: Container) -> Result<Option<Place>, NoTraces> {
        let (next, needed) = match (self.place(), self.field) {
            (None, _) => (Place::Request, Container::Object),
            (Some(Place::ResourceList), _) => (Place::Resource, Container::Object),
            (Some(Place::ScopeList), _) => (Place::Scope, Container::Object),
            (Some(Place::SpanList), _) => (Place::Span, Container::Object),
            (Some(Place::AttributeList), _) => (Place::Attribute, Container::Object),
            (Some(Place::ItemList), _) => (Place::Item, Container::Object),
            (Some(_), Field::Into(place)) => (place, holds(place)),
            (Some(Place::Span), Field::TraceId | Field::SpanId | Field::Name) => {
                self.misfit()?;
                return Ok(None);
            }
            _ => return Ok(None),
        };
        if container == needed {
            return Ok(Some(next));
        }
        self.misfit()?;
        Ok(None)
    }

    fn begin_span(&mut self) {
        self.parts = SpanParts::default();
    }

    fn end_span(&mut self) {
        let parts = std::mem::take(&mut self.parts);
        self.ended.push(span_of(parts));
    }

    fn end_attribute(&mut self) {
        let one = std::mem::take(&mut self.one);
        if let (Some(wanted), Some(value)) = (one.wanted, one.value)
            && matches!(wanted, Wanted::Known(_) | Wanted::Count(_))
        {
            self.parts.span.attributes.keep(wanted, value);
        }
    }

    /// Begins a text of an attribute's value; whether it is kept.
    fn begin_value_text(&mut self) -> bool {
        let bytes_max = match &self.one.wanted {
            // The key is not known yet.
            None => ATTRIBUTE_BYTES_MAX,
            Some(Wanted::Input) if self.parts.span.name == TOOL_ROUND => {
                self.tools = Some(ToolNamesReader::new());
                return true;
            }
            Some(wanted) => wanted.bytes_max(),
        };
        self.text.begin(bytes_max);
        bytes_max > 0
    }

    fn end_string_value(&mut self) {
        if self.place() == Some(Place::Value) {
            if self.tools.is_some() || self.text.bytes_max > 0 {
                self.end_value_text();
            }
        } else if !self.text.is_over {
            let text = self.text.take();
            keep_text_of_list(&mut self.one.texts, &text);
        }
    }

    fn end_value_text(&mut self) {
        if let Some(tools) = self.tools.take() {
            self.parts.span.tools = tools.finish();
            return;
        }
        let is_cut = self.one.wanted.as_ref().is_some_and(Wanted::is_cut);
        self.one.value = Some(if self.text.is_over && !is_cut {
            AttributeValue::TooLong
        } else {
            AttributeValue::Text(self.text.take())
        });
    }

    /// A number of a span, as a text or as a number.
    fn number(&mut self, field: Field, json: &str) {
        let span = &mut self.parts.span;
        let number = json.parse::<u64>().ok();
        match field {
            Field::Kind if json == "SPAN_KIND_SERVER" => span.kind = SpanKind::Server,
            Field::Kind => span.kind = SpanKind::from_number(number.unwrap_or_default()),
            Field::StatusCode => span.is_error = matches!(json, "2" | "STATUS_CODE_ERROR"),
            Field::Start => match number {
                Some(nano) => span.start_nano = nano,
                None => self.parts.fault = Some(no_moment("startTimeUnixNano")),
            },
            Field::End => match number {
                Some(nano) => span.end_nano = nano,
                None => self.parts.fault = Some(no_moment("endTimeUnixNano")),
            },
            _ => {}
        }
    }

    fn value_number(&mut self, field: Field, json: &str) {
        self.one.value = match field {
            Field::NumberValue => json.parse().ok().map(AttributeValue::Int),
            _ => json.parse().ok().map(AttributeValue::of_double),
        };
    }
}

/// The span of LibreChat's that holds the calls of a round of tools.
pub(crate) const TOOL_ROUND: &str = "tool-dispatch";

const fn holds(place: Place) -> Container {
    match place {
        Place::ResourceList
        | Place::ScopeList
        | Place::SpanList
        | Place::AttributeList
        | Place::ItemList => Container::List,
        _ => Container::Object,
    }
}

fn field_of(place: Option<Place>, key: &str) -> Field {
    match (place, key) {
        (Some(Place::Request), "resourceSpans") => Field::Into(Place::ResourceList),
        (Some(Place::Resource), "scopeSpans") => Field::Into(Place::ScopeList),
        (Some(Place::Scope), "spans") => Field::Into(Place::SpanList),
        (Some(Place::Span), "attributes") => Field::Into(Place::AttributeList),
        (Some(Place::Span), "status") => Field::Into(Place::Status),
        (Some(Place::Span), "traceId") => Field::TraceId,
        (Some(Place::Span), "spanId") => Field::SpanId,
        (Some(Place::Span), "parentSpanId") => Field::ParentSpanId,
        (Some(Place::Span), "name") => Field::Name,
        (Some(Place::Span), "kind") => Field::Kind,
        (Some(Place::Span), "startTimeUnixNano") => Field::Start,
        (Some(Place::Span), "endTimeUnixNano") => Field::End,
        (Some(Place::Status), "code") => Field::StatusCode,
        (Some(Place::Status), "message") => Field::StatusMessage,
        (Some(Place::Attribute), "key") => Field::Key,
        (Some(Place::Attribute), "value") => Field::Into(Place::Value),
        (Some(Place::Value), "arrayValue") => Field::Into(Place::ListValue),
        (Some(Place::ListValue), "values") => Field::Into(Place::ItemList),
        (Some(Place::Value | Place::Item), "stringValue") => Field::StringValue,
        (Some(Place::Value), "intValue") => Field::NumberValue,
        (Some(Place::Value), "doubleValue") => Field::DoubleValue,
        _ => Field::Other,
    }
}

impl Listener for Places {
    type Error = NoTraces;

    fn key(&mut self, key: &str) {
        if self.skipped == 0 {
            self.field = field_of(self.place(), key);
        }
    }

    fn open(&mut self, container: Container) -> Result<(), NoTraces> {
        if self.skipped > 0 {
            self.skipped += 1;
            return Ok(());
        }
        let Some(next) = self.next_place(container)? else {
            self.skipped = 1;
            return Ok(());
        };
        // What no one wants is not walked into: an attribute's list, where its key is known.
        let is_unwanted =
            next == Place::ListValue && matches!(self.one.wanted, Some(Wanted::No | Wanted::Input));
        if is_unwanted {
            self.skipped = 1;
            return Ok(());
        }
        match next {
            Place::Span => self.begin_span(),
            Place::Attribute => self.one = OneAttribute::default(),
            Place::ListValue => self.one.value = Some(AttributeValue::Texts(Vec::new())),
            _ => {}
        }
        self.field = Field::Other;
        self.stack.push(next);
        Ok(())
    }

    fn close(&mut self) -> Result<(), NoTraces> {
        if self.skipped > 0 {
            self.skipped -= 1;
            self.field = Field::Other;
            return Ok(());
        }
        match self.stack.pop() {
            Some(Place::Span) => self.end_span(),
            Some(Place::Attribute) => self.end_attribute(),
            Some(Place::ListValue) => {
                let texts = std::mem::take(&mut self.one.texts);
                self.one.value = Some(AttributeValue::Texts(texts));
            }
            _ => {}
        }
        self.field = Field::Other;
        Ok(())
    }

    fn begin_text(&mut self) -> Result<bool, NoTraces> {
        if self.skipped > 0 {
            return Ok(false);
        }
        let bytes_max = match (self.place(), self.field) {
            (Some(Place::Value), Field::StringValue) => return Ok(self.begin_value_text()),
            (Some(Place::Item), Field::StringValue) => ATTRIBUTE_BYTES_MAX,
            (_, Field::StatusMessage) => STATUS_MESSAGE_BYTES_MAX,
            (
                _,
                Field::Name
                | Field::TraceId
                | Field::SpanId
                | Field::ParentSpanId
                | Field::Kind
                | Field::Start
                | Field::End
                | Field::StatusCode
                | Field::Key
                | Field::NumberValue
                | Field::DoubleValue,
            ) => SPAN_NAME_BYTES_MAX,
            (_, Field::Into(_))
            | (
                None
                | Some(
                    Place::ResourceList
                    | Place::ScopeList
                    | Place::SpanList
                    | Place::AttributeList
                    | Place::ItemList,
                ),
                _,
            ) => {
                self.misfit()?;
                0
            }
            _ => 0,
        };
        self.text.begin(bytes_max);
        Ok(bytes_max > 0)
    }

    fn text(&mut self, part: &[u8]) {
        match &mut self.tools {
            Some(tools) => tools.feed(part),
            None => self.text.push(part),
        }
    }

    fn end_text(&mut self) -> Result<(), NoTraces> {
        if self.skipped > 0 {
            return Ok(());
        }
        let field = std::mem::take(&mut self.field);
        match field {
            Field::StringValue => self.end_string_value(),
            Field::Name => self.parts.span.name = self.text.take(),
            Field::StatusMessage => self.parts.span.status_message = self.text.take(),
            Field::TraceId => self.parts.trace_id = self.text.take(),
            Field::SpanId => self.parts.span_id = self.text.take(),
            Field::ParentSpanId => self.parts.parent_span_id = self.text.take(),
            Field::Key => {
                let wanted = self.parts.span.attributes.wants(self.text.as_str());
                self.one.wanted = Some(wanted);
            }
            Field::NumberValue | Field::DoubleValue => {
                let text = std::mem::take(&mut self.text);
                self.value_number(field, text.as_str());
                self.text = text;
            }
            Field::Kind | Field::Start | Field::End | Field::StatusCode => {
                let text = std::mem::take(&mut self.text);
                self.number(field, text.as_str());
                self.text = text;
            }
            _ => {}
        }
        Ok(())
    }

    fn scalar(&mut self, json: &str) -> Result<(), NoTraces> {
        if self.skipped > 0 {
            return Ok(());
        }
        let field = std::mem::take(&mut self.field);
        match (self.place(), field) {
            (Some(Place::SpanList) | None, _) => self.misfit(),
            // `null` is the same as nothing.
            _ if json == "null" => Ok(()),
            (Some(Place::Value), Field::NumberValue | Field::DoubleValue) => {
                self.value_number(field, json);
                Ok(())
            }
            (_, Field::Kind | Field::Start | Field::End | Field::StatusCode) => {
                self.number(field, json);
                Ok(())
            }
            // No text, so no id either: the refusal names the field.
            (_, Field::TraceId) => {
                json.clone_into(&mut self.parts.trace_id);
                Ok(())
            }
            (_, Field::SpanId) => {
                json.clone_into(&mut self.parts.span_id);
                Ok(())
            }
            (_, Field::Into(_) | Field::Name)
            | (
                Some(
                    Place::ResourceList | Place::ScopeList | Place::AttributeList | Place::ItemList,
                ),
                _,
            ) => self.misfit(),
            _ => Ok(()),
        }
    }
}

fn span_of(parts: SpanParts) -> Result<Box<Span>, Rejection> {
    if let Some(fault) = parts.fault {
        return Err(fault);
    }
    let mut span = parts.span;
    span.trace_id = hex_id(parts.trace_id, 32, "traceId")?;
    span.span_id = hex_id(parts.span_id, 16, "spanId")?;
    if !parts.parent_span_id.is_empty() {
        span.parent_span_id = hex_id(parts.parent_span_id, 16, "parentSpanId")?;
    }
    Ok(Box::new(span))
}

fn no_span() -> Rejection {
    Rejection::invalid(
        "span",
        "is not a span in OTLP's JSON encoding",
        "check the exporter",
    )
}

fn no_moment(field: &str) -> Rejection {
    Rejection::invalid(field, "is no count of nanoseconds", "send unix nanoseconds")
}
