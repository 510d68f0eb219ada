//! The sources of prices and their order.

/// Where a quote comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// An operator's word: contract prices.
    Override,
    /// OpenRouter's own list of models, for its own rows.
    OpenRouter,
    /// Cloudflare's documented rates, for its own rows.
    Cloudflare,
    /// LiteLLM's cost map.
    LiteLlm,
    /// genai-prices' dated data.
    GenaiPrices,
    /// models.dev.
    ModelsDev,
    /// The snapshot that comes with the suite, merged from other sources when it was built.
    Snapshot,
}

impl Source {
    /// Every source, by priority.
    pub const ALL: [Self; 7] = [
        Self::Override,
        Self::OpenRouter,
        Self::Cloudflare,
        Self::LiteLlm,
        Self::GenaiPrices,
        Self::ModelsDev,
        Self::Snapshot,
    ];

    /// The name in the price book.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Override => "override",
            Self::OpenRouter => "openrouter",
            Self::Cloudflare => "cloudflare",
            Self::LiteLlm => "litellm",
            Self::GenaiPrices => "genai-prices",
            Self::ModelsDev => "models.dev",
            Self::Snapshot => "snapshot",
        }
    }

    /// The provider that a source may speak for, if it is only one.
    pub const fn own_provider(self) -> Option<&'static str> {
        match self {
            Self::OpenRouter => Some("openrouter"),
            Self::Cloudflare => Some("cloudflare"),
            _ => None,
        }
    }

    /// Whether the source observed its prices itself, so that its agreement with another one
    /// means something. The snapshot repeats others; an operator's contract is no list price.
    pub const fn is_independent(self) -> bool {
        !matches!(self, Self::Override | Self::Snapshot)
    }

    /// Whether the source says since when its prices hold.
    pub const fn is_dated(self) -> bool {
        matches!(self, Self::Cloudflare | Self::GenaiPrices | Self::Snapshot)
    }

    /// How long a price counts as fresh after the source was last checked, in seconds.
    pub const fn cache_ttl_s(self) -> i64 {
        const DAY_S: i64 = 86_400;
        match self {
            // An operator's word holds until the operator takes it back.
            Self::Override => 3650 * DAY_S,
            // Restated by hand from the documentation with each release.
            Self::Cloudflare => 180 * DAY_S,
            Self::Snapshot => 90 * DAY_S,
            Self::OpenRouter | Self::LiteLlm | Self::GenaiPrices | Self::ModelsDev => 7 * DAY_S,
        }
    }
}

/// A name that is no source's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no price source; the sources are override, openrouter, cloudflare, litellm, \
     genai-prices, models.dev and snapshot"
)]
pub struct UnknownSource(String);

impl std::str::FromStr for Source {
    type Err = UnknownSource;

    fn from_str(name: &str) -> Result<Self, UnknownSource> {
        Self::ALL
            .into_iter()
            .find(|source| source.as_str() == name)
            .ok_or_else(|| UnknownSource(name.chars().take(64).collect()))
    }
}
