//! Where an interaction can come from.

/// The suite's own JSON events.
pub const API: &str = "api";
/// What LibreChat sends to a Langfuse server.
pub const LANGFUSE: &str = "langfuse";
/// Native OpenTelemetry.
pub const OTEL: &str = "otel";
