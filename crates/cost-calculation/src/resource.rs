//! What can be priced.

/// A priced resource, by the name it has in the price book.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourceType {
    /// Uncached input tokens.
    Input,
    /// Input tokens read from a prompt cache.
    CacheRead,
    /// Input tokens written to a cache that lives five minutes (or has one lifetime only).
    CacheWrite5m,
    /// Input tokens written to a cache that lives an hour.
    CacheWrite1h,
    /// Output tokens, reasoning excluded.
    Output,
    /// Reasoning tokens.
    Reasoning,
    /// Audio input tokens.
    AudioIn,
    /// Audio output tokens.
    AudioOut,
    /// Image input tokens.
    ImageIn,
    /// Image output tokens.
    ImageOut,
    /// A rational factor on the token component: `rate` / `per`.
    Multiplier,
    /// Rows read by a database operation.
    RowsRead,
    /// Rows written by a database operation.
    RowsWritten,
    /// Database operations.
    Operations,
    /// CPU milliseconds.
    CpuMs,
    /// Wall-clock milliseconds.
    WallMs,
    /// Requests (compute).
    Requests,
    /// Any other resource of an API call: `web_search`, `request`, `tool:<name>`.
    Call(String),
}
