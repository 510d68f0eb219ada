//! An OTLP body as it arrives, in whatever pieces.
//!
//! Of the body nothing is held but the spans of a window, each cut down to what is looked at. Where
//! the window is full its spans become interactions and are handed over; what stood in it before is
//! remembered by a few bytes a span ([`TraceIndex`]). A body that fits into one window (LibreChat's
//! all do) is judged as a whole.
use std::io::{self, Write};

use flate2::write::MultiGzDecoder;

use crate::Context;
use crate::OtlpOutcome;
use crate::Rejection;
use crate::limits::{SPANS_MAX, TRACE_BYTES_MAX, WINDOW_BYTES_MAX, WINDOW_SPANS_MAX};
use crate::otlp::json::JsonTraces;
use crate::otlp::protobuf;
use crate::otlp::span::Span;
use crate::otlp::trace_index::TraceIndex;

/// Reads a body in OTLP's JSON encoding, piece by piece.
///
/// ```
/// use cost_calculation::UnixMillis;
/// use events::{Context, TraceReader};
///
/// let mut reader = TraceReader::new();
/// reader.feed(br#"{"resourceSp"#)?;
/// reader.feed(br#"ans":[]}"#)?;
/// reader.finish()?;
/// let rest = reader.take(&Context::at(UnixMillis(0)));
/// assert!(rest.interactions.is_empty());
/// # Ok::<(), events::Rejection>(())
/// ```
pub struct TraceReader(Source);

enum Source {
    Plain(Box<Unpacked>),
    Gzip(Box<MultiGzDecoder<Unpacked>>),
}

impl TraceReader {
    /// A reader of a plain body, before its first byte.
    #[expect(clippy::new_without_default, reason = "it begins something")]
    pub fn new() -> Self {
        Self(Source::Plain(Box::new(Unpacked::new())))
    }

    /// A reader of a body that is packed with gzip, in one member or in several.
    pub fn of_gzip() -> Self {
        Self(Source::Gzip(Box::new(MultiGzDecoder::new(Unpacked::new()))))
    }

    /// Takes the next piece of the body.
    ///
    /// # Errors
    /// The body is no request to export traces, or is too large. Whole spans that came before may
    /// still be taken; no half of one ever is.
    pub fn feed(&mut self, piece: &[u8]) -> Result<(), Rejection> {
        match &mut self.0 {
            Source::Plain(reader) => reader.feed(piece),
            Source::Gzip(decoder) => {
                let written = decoder.write_all(piece);
                unpacked(decoder, written)
            }
        }
    }

    /// Ends the body.
    ///
    /// # Errors
    /// The body breaks off.
    pub fn finish(&mut self) -> Result<(), Rejection> {
        if let Source::Gzip(decoder) = &mut self.0 {
            let finished = decoder.try_finish();
            unpacked(decoder, finished)?;
        }
        self.reader().json.finish()
    }

    /// Whether so much is held that it should be taken before more is read.
    pub fn is_full(&mut self) -> bool {
        let window = &self.reader().window;
        window.spans.len() >= WINDOW_SPANS_MAX || window.bytes >= WINDOW_BYTES_MAX
    }

    /// Makes interactions of what is held.
    pub fn take(&mut self, context: &Context<'_>) -> OtlpOutcome {
        self.reader().window.take(context)
    }

    fn reader(&mut self) -> &mut Unpacked {
        match &mut self.0 {
            Source::Plain(reader) => reader,
            Source::Gzip(decoder) => decoder.get_mut(),
        }
    }
}

/// What an error of the decoder is: the refusal of what it had unpacked, or its own.
fn unpacked(
    decoder: &mut MultiGzDecoder<Unpacked>,
    result: io::Result<()>,
) -> Result<(), Rejection> {
    result.map_err(|_| {
        let refusal = decoder.get_mut().refusal.take();
        refusal.unwrap_or_else(crate::gunzip::no_gzip)
    })
}

/// A body as it is unpacked.
struct Unpacked {
    json: JsonTraces,
    window: Window,
    bytes: usize,
    refusal: Option<Rejection>,
}

impl Unpacked {
    fn new() -> Self {
        Self {
            json: JsonTraces::new(),
            window: Window::default(),
            bytes: 0,
            refusal: None,
        }
    }

    fn feed(&mut self, piece: &[u8]) -> Result<(), Rejection> {
        self.bytes = self.bytes.saturating_add(piece.len());
        if self.bytes > TRACE_BYTES_MAX {
            return Err(too_large());
        }
        let fed = self.json.feed(piece, &mut self.window.read);
        self.window.take_in()?;
        fed
    }
}

impl Write for Unpacked {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        match self.feed(piece) {
            Ok(()) => Ok(piece.len()),
            Err(refusal) => {
                self.refusal = Some(refusal);
                Err(io::ErrorKind::InvalidData.into())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads a whole body in OTLP's JSON encoding.
///
/// # Errors
/// The whole body is refused only where it can't be taken apart into spans, or is too large.
pub fn parse_json_traces(body: &[u8], context: &Context<'_>) -> Result<OtlpOutcome, Rejection> {
    let mut reader = TraceReader::new();
    reader.feed(body)?;
    reader.finish()?;
    Ok(reader.take(context))
}

/// Reads a whole body in protobuf.
///
/// # Errors
/// The whole body is refused only where it can't be taken apart into spans, or is too large.
pub fn parse_protobuf_traces(body: &[u8], context: &Context<'_>) -> Result<OtlpOutcome, Rejection> {
    let mut window = Window::default();
    for span in protobuf::spans(body)? {
        window.read.push(span);
        window.take_in()?;
    }
    Ok(window.take(context))
}

/// The refusal of a body that is too large.
fn too_large() -> Rejection {
    Rejection::too_large(
        "body",
        format!("is over {TRACE_BYTES_MAX} bytes"),
        "send less at a time, for example half of it twice",
    )
}

fn too_many_spans() -> Rejection {
    Rejection::too_large(
        "resourceSpans",
        format!("holds more than {SPANS_MAX} spans"),
        format!("send at most {SPANS_MAX} spans at once"),
    )
}

/// The spans that are held, and what is remembered of those before.
#[derive(Default)]
#[expect(clippy::vec_box, reason = "they come in boxes, and are large to move")]
struct Window {
    read: Vec<Result<Box<Span>, Rejection>>,
    spans: Vec<Box<Span>>,
    bytes: usize,
    index: TraceIndex,
    refused: OtlpOutcome,
    spans_in_all: usize,
}

impl Window {
    fn take_in(&mut self) -> Result<(), Rejection> {
        self.spans.reserve(self.read.len());
        for span in self.read.drain(..) {
            self.spans_in_all += 1;
            if self.spans_in_all > SPANS_MAX {
                return Err(too_many_spans());
            }
            match span {
                Ok(span) => {
                    self.index.add(&span);
                    self.bytes += span.kept_bytes();
                    self.spans.push(span);
                }
                Err(rejection) => self.refused.refuse(String::new(), rejection, String::new()),
            }
        }
        Ok(())
    }

    fn take(&mut self, context: &Context<'_>) -> OtlpOutcome {
        self.index.look_for_nested();
        let mut outcome = std::mem::take(&mut self.refused);
        let mut of_langfuse = Vec::new();
        for span in self.spans.drain(..) {
            outcome.take(&span, &self.index, context, &mut of_langfuse);
        }
        if self.index.holds_langfuses() {
            outcome.forget_untyped_chains();
        }
        outcome.trace_spans.append(&mut of_langfuse);
        self.bytes = 0;
        outcome
    }
}
