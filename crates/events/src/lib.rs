#![doc = include_str!("../README.md")]

mod admin;
mod cache_write_lifetimes;
pub mod context;
mod digest;
mod gunzip;
pub mod interaction;
mod json;
mod left_out;
pub mod limits;
mod operator_words;
mod otlp;
mod queue_message;
mod rejection;
mod reported_cost_settings;
mod score;
mod session_id;
pub mod source;
mod spans;
mod timestamp;

pub use admin::archive_request::parse_archive_request;
pub use admin::cache_write_lifetime_change::parse_cache_write_lifetime_change;
pub use admin::new_key::{NewKey, parse_new_key};
pub use admin::reported_cost_change::parse_reported_cost_change;
pub use cache_write_lifetimes::{CacheWriteLifetimeChange, CacheWriteLifetimes};
pub use context::{Context, CountedSources};
pub use digest::DIGEST_VERSION;
pub use gunzip::gunzip;
pub use interaction::{
    Interaction, InteractionStatus, InteractionType, SOURCES, SessionMark, UNREPORTED_USAGE,
};
pub use json::event::{parse_batch, parse_interaction};
pub use json::fields::Fields;
pub use json::session_mark::parse_session_mark;
pub use left_out::{LeftOut, LeftOutByReason, Reason, is_worth_a_look};
pub use limits::Limits;
pub use operator_words::OperatorWords;
pub use otlp::outcome::{OtlpOutcome, RejectedSpan};
pub use otlp::protobuf::partial_success;
pub use otlp::resolve_trace::{Resolved, resolve_trace};
pub use otlp::trace_reader::{TraceReader, parse_json_traces, parse_protobuf_traces};
pub use otlp::trace_span::{SpanRole, SpanSays, TraceSpan};
pub use queue_message::QueuedEvent;
pub use rejection::{Rejection, RejectionKind};
pub use reported_cost_settings::{ReportedCostChange, ReportedCostSettings};
pub use score::{Score, check_score_id, parse_langfuse_ingestion, parse_score};
