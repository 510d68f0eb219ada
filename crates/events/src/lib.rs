//! What comes in: the suite's JSON events and OTLP traces, validated and normalised to
//! [`Interaction`]s.
pub mod context;
mod digest;
mod error_class;
mod gunzip;
pub mod interaction;
mod json_body;
pub mod json_event;
mod json_fields;
mod json_metadata;
mod json_session_mark;
mod json_usage;
mod langfuse_span;
mod librechat_agent;
pub mod limits;
mod new_key;
pub mod otlp_json;
mod otlp_outcome;
pub mod otlp_protobuf;
mod protobuf_reader;
mod rejection;
mod score;
mod session_id;
mod span;
mod timestamp;

pub use context::{Context, CountedSources};
pub use gunzip::gunzip;
pub use interaction::{Interaction, InteractionStatus, InteractionType, SessionMark};
pub use json_event::{parse_batch, parse_interaction};
pub use json_session_mark::parse_session_mark;
pub use limits::Limits;
pub use new_key::{NewKey, parse_new_key};
pub use otlp_outcome::{OtlpOutcome, RejectedSpan};
pub use rejection::{Rejection, RejectionKind};
pub use score::{Score, check_score_id, parse_langfuse_ingestion, parse_score};
