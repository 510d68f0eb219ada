//! What comes in: the suite's JSON events and OTLP traces, validated and normalised.
//!
//! Whatever the source, an event becomes an [`Interaction`]: who used what, when, how long, with
//! tokens in disjoint buckets. What can't be kept becomes a [`Rejection`] that names the field,
//! its fault and the remedy. Prompts and answers that travel in traces stay slices of the body:
//! they are skipped while it is read, and no output of this crate holds them.
//!
//! A newcomer reads [`interaction`] first, then [`json_event`] (the suite's own events) or
//! [`otlp_json`] (what LibreChat sends), and [`limits`].
//!
//! ```
//! use cost_calculation::UnixMillis;
//! use events::{Context, parse_interaction};
//!
//! let body = br#"{"id":"chat-1","type":"chat","user_id":"u","model_name":"gpt-5-mini",
//!     "timestamp":"2026-11-23T12:51:09Z","usage":{"input":200,"output":100}}"#;
//! let chat = parse_interaction(body, &Context::at(UnixMillis(1_795_438_280_000)))?;
//! assert_eq!((chat.usage.input, chat.usage.output), (200, 100));
//! assert_eq!(chat.session_id, "u@2026-11-23");
//! # Ok::<(), events::Rejection>(())
//! ```
mod archive_request;
pub mod context;
mod digest;
mod error_class;
mod gen_ai_span;
mod gunzip;
pub mod interaction;
mod json_body;
mod json_declared_cost;
pub mod json_event;
mod json_fields;
mod json_metadata;
mod json_session_mark;
mod json_units;
mod json_usage;
mod langfuse_span;
mod librechat_agent;
pub mod limits;
mod native_span;
mod native_trace_span;
mod new_key;
pub mod otlp_json;
mod otlp_outcome;
pub mod otlp_protobuf;
mod protobuf_reader;
mod queue_message;
mod rejection;
mod resolve_trace;
mod score;
mod session_id;
mod span;
mod span_interaction;
mod timestamp;
mod trace_span;

pub use archive_request::parse_archive_request;
pub use context::{CacheWriteLifetimes, Context, CountedSources};
pub use digest::DIGEST_VERSION;
pub use gunzip::gunzip;
pub use interaction::{
    Interaction, InteractionStatus, InteractionType, SOURCES, SessionMark, UNREPORTED_USAGE,
};
pub use json_event::{parse_batch, parse_interaction};
pub use json_session_mark::parse_session_mark;
pub use limits::Limits;
pub use new_key::{NewKey, parse_new_key};
pub use otlp_outcome::{OtlpOutcome, RejectedSpan};
pub use queue_message::QueuedEvent;
pub use rejection::{Rejection, RejectionKind};
pub use resolve_trace::{Resolved, resolve_trace};
pub use score::{Score, check_score_id, parse_langfuse_ingestion, parse_score};
pub use trace_span::{SpanRole, SpanSays, TraceSpan};
