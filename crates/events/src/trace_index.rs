//! How the spans of one body hang together.
//!
//! A body holds what ended since the last export, so a trace may be cut: a parent that is not here
//! came earlier or comes later. What can't be seen is not guessed: such a span is taken as
//! belonging to a request. Of each span that passed a few bytes are kept, so that the last part of
//! a long body still knows the first.
use std::collections::HashMap;
use std::rc::Rc;

use crate::attribute_names::Attribute;
use crate::span::{Span, SpanKind};
use crate::{gen_ai_span, langfuse_span};

/// The longest chain of parents that is followed.
const ANCESTORS_MAX: usize = 64;

/// What an ancestor says about the spans below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A request that was served.
    Server,
    /// A database operation.
    Database,
    /// A call of a model, by the conventions of `gen_ai` and its relatives.
    Model,
    /// Anything else.
    Other,
}

/// A trace's and a span's id.
type Key = (u128, u64);

struct Node {
    /// The parent's id, or 0.
    parent: u64,
    role: Role,
    user: Option<Rc<str>>,
}

/// The spans of a body by their ids.
#[derive(Default)]
pub(crate) struct TraceIndex {
    nodes: HashMap<Key, Node>,
    /// The tools that came as spans of their own, by the span above them.
    tools: HashMap<Key, Vec<Rc<str>>>,
}

/// Where a chain of parents leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin<'i> {
    /// To a request that was served, for this user.
    Server { user: Option<&'i str> },
    /// To a span without a parent that is no request: background work.
    Background,
    /// To a parent that is not in this body.
    Unseen,
}

impl TraceIndex {
    /// Takes a span's place in.
    pub(crate) fn add(&mut self, span: &Span) {
        let (trace, parent) = (number(&span.trace_id), parent_of(span));
        if let Some(tool) = langfuse_span::tool_of(span) {
            self.tools
                .entry((trace, parent))
                .or_default()
                .push(Rc::from(tool));
        }
        let node = Node {
            parent,
            role: role_of(span),
            user: user_of(span).map(Rc::from),
        };
        self.nodes.insert((trace, id_of(&span.span_id)), node);
    }

    /// Whether a span of this role stands above the span.
    pub(crate) fn has_ancestor(&self, span: &Span, role: Role) -> bool {
        self.ancestors(span).any(|node| node.role == role)
    }

    /// Where the span's chain of parents leads.
    pub(crate) fn origin(&self, span: &Span) -> Origin<'_> {
        if span.parent_span_id.is_empty() {
            return Origin::Background;
        }
        let mut topmost_parent = parent_of(span);
        for node in self.ancestors(span) {
            if node.role == Role::Server {
                return Origin::Server {
                    user: node.user.as_deref(),
                };
            }
            topmost_parent = node.parent;
        }
        if topmost_parent == 0 {
            Origin::Background
        } else {
            Origin::Unseen
        }
    }

    /// The tools right below the span that came as spans of their own.
    pub(crate) fn tools_below(&self, span: &Span) -> &[Rc<str>] {
        let key = (number(&span.trace_id), id_of(&span.span_id));
        self.tools.get(&key).map_or(&[], Vec::as_slice)
    }

    fn ancestors(&self, span: &Span) -> impl Iterator<Item = &Node> {
        let trace = number(&span.trace_id);
        let mut parent = parent_of(span);
        let step = move || {
            let node = self.nodes.get(&(trace, parent))?;
            parent = node.parent;
            Some(node)
        };
        std::iter::from_fn(step).take(ANCESTORS_MAX)
    }
}

/// An id of hex digits as a number; ids are checked when a span is read.
fn number(hex: &str) -> u128 {
    u128::from_str_radix(hex, 16).unwrap_or_default()
}

fn id_of(hex: &str) -> u64 {
    u64::from_str_radix(hex, 16).unwrap_or_default()
}

fn parent_of(span: &Span) -> u64 {
    id_of(&span.parent_span_id)
}

/// The role of a span.
pub(crate) fn role_of(span: &Span) -> Role {
    // A server of models (vLLM) serves calls of models, and no requests of LibreChat's.
    if gen_ai_span::is_model_call(span) {
        Role::Model
    } else if span.kind == SpanKind::Server {
        Role::Server
    } else if span.attributes.has(Attribute::DbSystem)
        || span.attributes.has(Attribute::DbOperation)
    {
        Role::Database
    } else {
        Role::Other
    }
}

fn user_of(span: &Span) -> Option<&str> {
    [Attribute::EndUserId, Attribute::UserId]
        .into_iter()
        .find_map(|attribute| span.attributes.word(attribute))
}
