#![doc = include_str!("../README.md")]

pub mod counted_sources;
pub mod feedback;
pub mod ingest;
pub mod ingest_rejections;
pub mod left_out;
pub mod operator_words;
pub mod record_batch;
pub mod session_mark;
pub mod trace_memory;
