//! Records what happened: interactions, estimates, sessions and sums come into being in one
//! transaction, each event exactly once.
//!
//! A newcomer reads [`record_batch`] first; [`ingest`] prices what came in and hands it there.

pub mod counted_sources;
pub mod feedback;
pub mod ingest;
pub mod ingest_rejections;
pub mod record_batch;
pub mod session_mark;
pub mod trace_memory;
