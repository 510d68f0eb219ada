//! What comes in: the suite's JSON events and OTLP traces, validated and normalised to interactions.
pub mod interaction;

pub use interaction::{Interaction, InteractionStatus, InteractionType, SessionMark};
