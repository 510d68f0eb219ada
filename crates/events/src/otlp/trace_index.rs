//! What stands where among Langfuse's spans of a body.
//!
//! A round of Langfuse's tools lists its calls, and some of them come as spans of their own too. And a
//! generation may stand within another one, which shows the same call: LibreChat's never do, another
//! application's may. Of each span a few bytes are kept, so that the last part of a long body still
//! knows the first.
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::otlp::span::Span;
use crate::spans::langfuse_kind::{is_generation, is_langfuses, tool_of};

/// A trace's and a span's id.
type Key = (u128, u64);

/// What is remembered of a body's spans.
#[derive(Default)]
pub(crate) struct TraceIndex {
    /// The tools that came as spans of their own, by the span above them.
    tools: HashMap<Key, Vec<Rc<str>>>,
    /// Where each of Langfuse's spans stands, by its id.
    places: HashMap<u64, Place>,
    /// Traces in which a generation stands within another one.
    nested: HashSet<u64>,
    /// How many spans that was looked for in.
    looked_at: usize,
}

/// Where a span of Langfuse's stands.
struct Place {
    parent: u64,
    /// The lower half of the trace's id: what stands by chance in two traces is looked at more closely,
    /// and no more than that.
    trace: u64,
    is_generation: bool,
}

/// The longest chain of parents that is followed.
const ANCESTORS_MAX: usize = 64;

impl TraceIndex {
    /// Takes a span's place in.
    pub(crate) fn add(&mut self, span: &Span) {
        if is_langfuses(span) {
            let place = Place {
                parent: id_of(&span.parent_span_id),
                trace: half_of(&span.trace_id),
                is_generation: is_generation(span),
            };
            self.places.insert(id_of(&span.span_id), place);
        }
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
    pub(crate) fn holds_langfuses(&self) -> bool {
        !self.places.is_empty()
    }

    /// Looks where generations stand within each other, among the spans so far.
    pub(crate) fn look_for_nested(&mut self) {
        if self.looked_at == self.places.len() {
            return;
        }
        self.looked_at = self.places.len();
        let above = |place: &&Place| self.places.get(&place.parent);
        let nested = self.places.values().filter(|place| {
            place.is_generation
                && std::iter::successors(above(place), above)
                    .take(ANCESTORS_MAX)
                    .any(|outer| outer.is_generation)
        });
        self.nested.extend(nested.map(|place| place.trace));
    }

    /// Whether generations stand within each other in the span's trace, as far as it came.
    pub(crate) fn is_nested(&self, span: &Span) -> bool {
        !self.nested.is_empty() && self.nested.contains(&half_of(&span.trace_id))
    }
}

/// An id of hex digits as a number; ids are checked when a span is read.
fn number(hex: &str) -> u128 {
    u128::from_str_radix(hex, 16).unwrap_or_default()
}

fn half_of(trace_id: &str) -> u64 {
    trace_id.get(16..).map_or(0, id_of)
}

fn id_of(hex: &str) -> u64 {
    u64::from_str_radix(hex, 16).unwrap_or_default()
}
