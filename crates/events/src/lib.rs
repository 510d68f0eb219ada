//! What comes in: the suite's JSON events and OTLP traces, validated and normalised to
//! [`Interaction`]s.
pub mod context;
mod digest;
mod error_class;
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
pub mod otlp_json;
mod otlp_outcome;
mod rejection;
mod session_id;
mod span;
mod timestamp;

pub use context::{Context, CountedSources};
pub use interaction::{Interaction, InteractionStatus, InteractionType, SessionMark};
pub use json_event::{parse_batch, parse_interaction};
pub use json_session_mark::parse_session_mark;
pub use limits::Limits;
pub use otlp_outcome::{OtlpOutcome, RejectedSpan};
pub use rejection::{Rejection, RejectionKind};
