//! The ladder from a reported model name to a price key.
use crate::UnixMillis;

/// How a model name was matched; stored with the estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MatchKind {
    /// The name stands in the book as reported.
    Exact,
    /// Through a dated alias of its provider.
    Alias,
    /// After a dated suffix was taken off.
    WithoutDate,
    /// The fine-tuned base.
    FineTunedBase,
    /// The model's vendor, one hop from the reseller.
    VendorFallback,
}

/// A dated, provider-scoped alias.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ModelAlias {
    pub provider: String,
    pub alias: String,
    pub model: String,
    pub valid_from: UnixMillis,
    pub valid_to: Option<UnixMillis>,
}

/// An operator's word on the provider behind an endpoint's name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ProviderMapping {
    pub endpoint: String,
    pub provider: String,
    pub valid_from: UnixMillis,
    pub valid_to: Option<UnixMillis>,
}
