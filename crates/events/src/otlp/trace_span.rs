//! A span of native OpenTelemetry as its trace remembers it.
//!
//! Children are exported before their parents, in other bodies: what a span is, and whose, is known
//! only with its trace. So a body gives its spans, and [`crate::otlp::resolve_trace`] says what they come
//! to together, as often as more of the trace arrives.
use serde::{Deserialize, Serialize};

use crate::Interaction;

/// What a span says about those around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpanRole {
    /// A request that was served.
    Server,
    /// A database operation.
    Database,
    /// A call of a model.
    Model,
    /// A call of a tool: what is called below it is another call than the one above.
    Tool,
    /// A call of a tool that the round above it tells of: the same as a span's of its own, where one
    /// comes.
    ToldTool,
    /// Anything else.
    Other,
}

/// One span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceSpan {
    /// 32 hex digits.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub trace_id: String,
    /// 16 hex digits.
    pub span_id: String,
    /// 16 hex digits, or empty for a root.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub parent_span_id: String,
    /// What it says about those around it.
    pub role: SpanRole,
    /// The interaction that it shows by itself, where its source counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interaction: Option<Box<Interaction>>,
    /// What it says of who called.
    #[serde(default, skip_serializing_if = "SpanSays::is_nothing")]
    pub says: SpanSays,
}

/// What a span says of who called: it holds for the spans below, where they say nothing themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SpanSays {
    /// The user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// The user's tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<String>,
    /// The session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// The agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The agent's name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_name: Option<String>,
}

impl SpanSays {
    fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}
