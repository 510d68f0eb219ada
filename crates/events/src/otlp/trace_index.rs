//! The tools of a body's spans by the span above them.
//!
//! A round of Langfuse's tools lists its calls, and some of them come as spans of their own too. Of
//! each of those a few bytes are kept, so that the last part of a long body still knows the first.
use std::collections::HashMap;
use std::rc::Rc;

use crate::otlp::span::Span;
use crate::spans::langfuse_kind::{is_langfuses, tool_of};

/// A trace's and a span's id.
type Key = (u128, u64);

/// What is remembered of a body's spans.
#[derive(Default)]
pub(crate) struct TraceIndex {
    /// The tools that came as spans of their own, by the span above them.
    tools: HashMap<Key, Vec<Rc<str>>>,
    holds_langfuses: bool,
}

impl TraceIndex {
    /// Takes a span's place in.
    pub(crate) fn add(&mut self, span: &Span) {
        self.holds_langfuses |= is_langfuses(span);
        if let Some(tool) = tool_of(span) {
            let key = (number(&span.trace_id), id_of(&span.parent_span_id));
            self.tools.entry(key).or_default().push(Rc::from(tool));
        }
    }

    /// The tools right below the span that came as spans of their own.
    pub(crate) fn tools_below(&self, span: &Span) -> &[Rc<str>] {
        let key = (number(&span.trace_id), id_of(&span.span_id));
        self.tools.get(&key).map_or(&[], Vec::as_slice)
    }

    /// Whether a span of Langfuse's exporter came with the body so far.
    pub(crate) const fn holds_langfuses(&self) -> bool {
        self.holds_langfuses
    }
}

/// An id of hex digits as a number; ids are checked when a span is read.
fn number(hex: &str) -> u128 {
    u128::from_str_radix(hex, 16).unwrap_or_default()
}

fn id_of(hex: &str) -> u64 {
    u64::from_str_radix(hex, 16).unwrap_or_default()
}
