//! Exact money.
use serde::{Deserialize, Serialize};

/// An amount in picodollars (10⁻¹² USD).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PicoUsd(i64);

impl PicoUsd {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// Wraps a count of picodollars.
    pub const fn new(pico: i64) -> Self {
        Self(pico)
    }
    /// The count of picodollars.
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixMillis(pub i64);

/// Why an amount could not be read or computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The text is no decimal number.
    #[error("`{0}` is not a decimal amount")]
    NotADecimal(String),
}
