//! Dated rates and the book that holds them.
use crate::{ModelAlias, ProviderMapping, ResourceType, UnixMillis};

/// On what the start of a price's validity rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValidFromBasis {
    /// The source gives the date.
    Stated,
    /// The date on which a sync first saw it.
    Observed,
    /// The first row ever known for its key, taken as valid from the beginning.
    Assumed,
}

/// One row of the price book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceRow {
    /// `prices.id`.
    pub id: i64,
    /// Provider, lower case.
    pub provider: String,
    /// Model, normalised; empty for what has no model.
    pub model: String,
    /// What is priced.
    pub resource: ResourceType,
    /// Region; empty for everywhere.
    pub region: String,
    /// Service tier served: `standard`, `batch`, `flex`, `priority`, …
    pub service_tier: String,
    /// Smallest count of all input tokens at which the row applies.
    pub min_context: u64,
    /// Weekly window in UTC, or empty.
    pub schedule: String,
    /// Picodollars per `per` units.
    pub rate_pico: i64,
    /// Units that `rate_pico` is for; positive.
    pub per: i64,
    /// Inclusive start of validity.
    pub valid_from: UnixMillis,
    /// What the start rests on.
    pub valid_from_basis: ValidFromBasis,
    /// Exclusive end of validity; `None` while open.
    pub valid_to: Option<UnixMillis>,
    /// The row is older than its source's `cache_ttl` and has not been confirmed since.
    pub stale: bool,
}

/// The part of the price book that an estimate needs.
#[derive(Debug, Clone, Default)]
pub struct PriceBook {
    _private: (),
}

impl PriceBook {
    /// Indexes rows, aliases and mappings.
    pub fn new(_rows: Vec<PriceRow>, _aliases: Vec<ModelAlias>, _mappings: Vec<ProviderMapping>) -> Self {
        Self::default()
    }

    /// Every `(provider, model)` key that [`crate::estimate`] could look up for this interaction:
    /// what a ledger has to load before it estimates.
    pub fn keys_needed(&self, _billable: &crate::Billable<'_>) -> Vec<(String, String)> {
        Vec::new()
    }
}
