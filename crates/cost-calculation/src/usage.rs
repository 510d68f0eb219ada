//! Token usage in disjoint buckets.
use std::collections::BTreeMap;

/// Tokens of one interaction; no token is counted in two buckets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub struct TokenUsage {
    pub input: u64,
    pub cache_read: u64,
    pub cache_write_5m: u64,
    pub cache_write_1h: u64,
    pub output: u64,
    pub reasoning: u64,
    pub audio_in: u64,
    pub audio_out: u64,
    pub image_in: u64,
    pub image_out: u64,
}

/// Quantities that are not tokens, by component.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Units {
    pub rows_read: u64,
    pub rows_written: u64,
    pub operations: u64,
    pub cpu_ms: u64,
    pub wall_ms: u64,
    pub requests: u64,
    /// API calls by resource name.
    pub calls: BTreeMap<String, u64>,
}
