//! One dated rate.

use crate::ResourceType;
use crate::UnixMillis;
use crate::flags::{Flag, Flags};
use crate::names::unknown_name::UnknownName;

/// On what the start of a price's validity rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValidFromBasis {
    /// The source gives the date.
    Stated,
    /// The date on which a sync first saw it.
    Observed,
    /// The first row ever known for its key, taken as valid from the beginning.
    Assumed,
}

impl ValidFromBasis {
    /// The name in SQL and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stated => "stated",
            Self::Observed => "observed",
            Self::Assumed => "assumed",
        }
    }
}

impl std::str::FromStr for ValidFromBasis {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        match name {
            "stated" => Ok(Self::Stated),
            "observed" => Ok(Self::Observed),
            "assumed" => Ok(Self::Assumed),
            other => Err(UnknownName::new(other, "stated, observed, assumed")),
        }
    }
}

/// One row of the price book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceRow {
    /// `prices.id`.
    pub id: i64,
    /// Provider, as [`crate::canonical_provider`] writes it.
    pub provider: String,
    /// Model, as [`crate::ParsedModel`] writes it; empty for what has no model.
    pub model: String,
    /// What is priced.
    pub resource: ResourceType,
    /// Region; empty for everywhere.
    pub region: String,
    /// Service tier served: `standard`, `batch`, `flex`, `priority`, …
    pub service_tier: String,
    /// Smallest count of all input tokens at which the row applies.
    pub min_context: u64,
    /// Weekly window in UTC ([`crate::Schedule`]), or empty.
    pub schedule: String,
    /// Picodollars per `per` units.
    pub rate_pico: i64,
    /// Units that `rate_pico` is for; positive.
    pub per: i64,
    /// Inclusive start of validity.
    pub valid_from: UnixMillis,
    /// What the start rests on.
    pub valid_from_basis: ValidFromBasis,
    /// When the rate was first seen.
    pub observed_at: UnixMillis,
    /// Exclusive end of validity; `None` while open.
    pub valid_to: Option<UnixMillis>,
    /// The row is older than its source's `cache_ttl` and has not been confirmed since.
    pub stale: bool,
}

impl PriceRow {
    /// Whether the row is in force at the moment.
    pub fn in_force(&self, at: UnixMillis) -> bool {
        self.valid_from <= at && self.valid_to.is_none_or(|end| at < end)
    }
    /// What the row itself has to say on a line of a call at that moment. That a start is assumed
    /// matters to calls from before the rate was seen, and to no other.
    pub(crate) fn flags(&self, at: UnixMillis) -> Flags {
        let mut flags = Flags::NONE;
        if self.valid_from_basis == ValidFromBasis::Assumed && at < self.observed_at {
            flags = flags.with(Flag::AssumedStart);
        }
        if self.stale {
            flags = flags.with(Flag::StalePrice);
        }
        flags
    }
}
