//! Token usage in disjoint buckets.
use std::collections::BTreeMap;

use crate::ResourceType;

/// Tokens of one interaction; no token is counted in two buckets.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(default)]
pub struct TokenUsage {
    /// Uncached text input.
    pub input: u64,
    /// Input read from a prompt cache.
    pub cache_read: u64,
    /// Input written to a cache that lives five minutes, or has one lifetime only.
    pub cache_write_5m: u64,
    /// Input written to a cache that lives an hour.
    pub cache_write_1h: u64,
    /// Output without reasoning.
    pub output: u64,
    /// Reasoning.
    pub reasoning: u64,
    /// Uncached audio input.
    pub audio_in: u64,
    /// Audio output.
    pub audio_out: u64,
    /// Uncached image input.
    pub image_in: u64,
    /// Image output.
    pub image_out: u64,
}

impl TokenUsage {
    /// Input of every kind: what chooses the context tier. Stops at `u64::MAX`, far above every
    /// limit on a bucket.
    pub const fn total_input(&self) -> u64 {
        self.input
            .saturating_add(self.cache_read)
            .saturating_add(self.cache_write_5m)
            .saturating_add(self.cache_write_1h)
            .saturating_add(self.audio_in)
            .saturating_add(self.image_in)
    }

    /// Output of every kind.
    pub const fn total_output(&self) -> u64 {
        self.output
            .saturating_add(self.reasoning)
            .saturating_add(self.audio_out)
            .saturating_add(self.image_out)
    }

    /// All tokens.
    pub const fn total(&self) -> u64 {
        self.total_input().saturating_add(self.total_output())
    }

    /// The buckets with the resource that prices each, in the order of an estimate's lines.
    pub const fn buckets(&self) -> [(ResourceType, u64); 10] {
        [
            (ResourceType::Input, self.input),
            (ResourceType::CacheRead, self.cache_read),
            (ResourceType::CacheWrite5m, self.cache_write_5m),
            (ResourceType::CacheWrite1h, self.cache_write_1h),
            (ResourceType::AudioIn, self.audio_in),
            (ResourceType::ImageIn, self.image_in),
            (ResourceType::Output, self.output),
            (ResourceType::Reasoning, self.reasoning),
            (ResourceType::AudioOut, self.audio_out),
            (ResourceType::ImageOut, self.image_out),
        ]
    }
}

/// Quantities that are not tokens, by component.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Units {
    /// Rows that a database operation read.
    pub rows_read: u64,
    /// Rows that a database operation wrote.
    pub rows_written: u64,
    /// Database operations.
    pub operations: u64,
    /// CPU milliseconds.
    pub cpu_ms: u64,
    /// Wall-clock milliseconds.
    pub wall_ms: u64,
    /// Requests (compute).
    pub requests: u64,
    /// API calls by resource name: `web_search`, `request`, `tool:<name>`; parts of a token bucket
    /// by theirs ([`crate::TokenPart`]); figures that could not be read ([`crate::usage::unread`]).
    pub calls: BTreeMap<String, u64>,
}
