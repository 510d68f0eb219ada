#![doc = include_str!("../README.md")]

mod archive_request;
mod choose_sources;
pub mod context;
mod digest;
mod error_class;
mod error_words;
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
mod model_call;
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
pub mod source;
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
