//! The two lifetimes of a cache.

/// How long a cache write lives, where a provider has more than one lifetime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// Five minutes.
    FiveMinutes,
    /// One hour.
    OneHour,
}
