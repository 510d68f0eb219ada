//! OpenTelemetry bodies in both encodings, as they pass: spans, their attributes and what a trace makes of them.

pub mod attribute_names;
pub mod attributes;
pub mod json;
pub mod json_scan;
pub mod outcome;
pub mod protobuf;
pub mod protobuf_reader;
pub mod resolve_trace;
pub mod skipped_text;
pub mod span;
pub mod trace_index;
pub mod trace_reader;
pub mod trace_span;
