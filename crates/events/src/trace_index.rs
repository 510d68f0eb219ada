//! How the spans of one body hang together.
//!
//! A body holds what ended since the last export, so a trace may be cut: a parent that is not here
//! came earlier or comes later. What can't be seen is not guessed: such a span is taken as
//! belonging to a request.
use std::collections::HashMap;

use crate::span::{Attribute, AttributeValue, Span, SpanKind};

/// The longest chain of parents that is followed.
const ANCESTORS_MAX: usize = 64;

/// What an ancestor says about the spans below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A request that was served.
    Server,
    /// A database operation.
    Database,
    /// A call of a model, by the conventions of `gen_ai`.
    Model,
    /// Anything else.
    Other,
}

struct Node<'s> {
    parent: &'s str,
    role: Role,
    user: Option<&'s str>,
}

/// The spans of a body by their ids.
pub(crate) struct TraceIndex<'s>(HashMap<(&'s str, &'s str), Node<'s>>);

/// Where a chain of parents leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin<'s> {
    /// To a request that was served, for this user.
    Server { user: Option<&'s str> },
    /// To a span without a parent that is no request: background work.
    Background,
    /// To a parent that is not in this body.
    Unseen,
}

impl<'s> TraceIndex<'s> {
    pub(crate) fn of(spans: &'s [Span<'_>]) -> Self {
        let nodes = spans.iter().map(|span| {
            let node = Node {
                parent: &span.parent_span_id,
                role: role_of(span),
                user: user_of(span),
            };
            ((span.trace_id.as_str(), span.span_id.as_str()), node)
        });
        Self(nodes.collect())
    }

    /// Whether a span of this role stands above the span.
    pub(crate) fn has_ancestor(&self, span: &Span<'_>, role: Role) -> bool {
        self.ancestors(span).any(|node| node.role == role)
    }

    /// Where the span's chain of parents leads.
    pub(crate) fn origin(&self, span: &Span<'_>) -> Origin<'s> {
        if span.parent_span_id.is_empty() {
            return Origin::Background;
        }
        let mut topmost_parent = span.parent_span_id.as_str();
        for node in self.ancestors(span) {
            if node.role == Role::Server {
                return Origin::Server { user: node.user };
            }
            topmost_parent = node.parent;
        }
        if topmost_parent.is_empty() {
            Origin::Background
        } else {
            Origin::Unseen
        }
    }

    fn ancestors<'i>(&'i self, span: &'i Span<'_>) -> impl Iterator<Item = &'i Node<'s>> {
        let mut parent = span.parent_span_id.as_str();
        let step = move || {
            let node = self.0.get(&(span.trace_id.as_str(), parent))?;
            parent = node.parent;
            Some(node)
        };
        std::iter::from_fn(step).take(ANCESTORS_MAX)
    }
}

/// The role of a span.
pub(crate) fn role_of(span: &Span<'_>) -> Role {
    let has = |attribute| span.attributes.get(attribute).is_some();
    if span.kind == SpanKind::Server {
        Role::Server
    } else if has(Attribute::DbSystem) || has(Attribute::DbOperation) {
        Role::Database
    } else if crate::model_call::is_model_call(span) {
        Role::Model
    } else {
        Role::Other
    }
}

fn user_of<'s>(span: &'s Span<'_>) -> Option<&'s str> {
    [Attribute::EndUserId, Attribute::UserId]
        .into_iter()
        .find_map(|attribute| match span.attributes.get(attribute) {
            Some(AttributeValue::Text(user)) => Some(user.trim()).filter(|user| !user.is_empty()),
            _ => None,
        })
}
