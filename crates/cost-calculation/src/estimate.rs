//! The estimate of one interaction, with its lines.
use std::borrow::Cow;

use crate::MatchKind;
use crate::MoneyError;
use crate::PicoUsd;
use crate::ResourceType;
use crate::TokenUsage;
use crate::Units;
use crate::UnixMillis;
use crate::flags::{Flag, Flags};
use crate::lines::component::Component;
use crate::names::unknown_name::UnknownName;

/// A cost that the caller declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Declared {
    /// The component that it is the cost of.
    pub component: Component,
    /// The amount; not negative.
    pub amount: PicoUsd,
}

/// What is to be priced.
#[derive(Debug, Clone)]
pub struct Billable<'a> {
    /// Provider as reported: any name that [`crate::canonical_provider`] understands.
    pub provider: &'a str,
    /// Model as reported.
    pub model: &'a str,
    /// The name of a LibreChat custom endpoint, or empty.
    pub endpoint: &'a str,
    /// Region served, or empty.
    pub region: &'a str,
    /// Service tier served (not the one requested), or empty.
    pub service_tier: &'a str,
    /// Tokens in disjoint buckets.
    pub usage: &'a TokenUsage,
    /// Everything counted that is not a token.
    pub units: &'a Units,
    /// A declared cost; it is its component's cost as given.
    pub declared: Option<Declared>,
    /// What the provider or a gateway says it billed. Where `reading` has [`Flag::Reported`] it is
    /// the cost of the tokens and of the provider's own calls.
    pub reported: Option<PicoUsd>,
    /// What the reading of its usage concluded or assumed: part of the estimate's flags.
    pub reading: Flags,
    /// When the interaction completed: the rates in force then are the ones that apply.
    pub price_time: UnixMillis,
}

impl Billable<'_> {
    /// The provider's own amount, where it counts.
    pub(crate) fn counted_report(&self) -> Option<PicoUsd> {
        self.reported.filter(|amount| {
            self.reading.contains(Flag::Reported)
                && self.declared.is_none()
                && *amount >= PicoUsd::ZERO
        })
    }
}

/// How much of an interaction has a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceState {
    /// Everything, or there was nothing to price: that is a true zero.
    Priced,
    /// Some lines have a price and some have none; the total is of those that have.
    Partial,
    /// Nothing has a price: the total is unknown.
    Unpriced,
    /// The caller declared the cost, or the provider's own amount counts; whatever else there was is
    /// priced.
    Declared,
}

impl PriceState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Priced, Self::Partial, Self::Unpriced, Self::Declared];

    /// The name in SQL and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Priced => "priced",
            Self::Partial => "partial",
            Self::Unpriced => "unpriced",
            Self::Declared => "declared",
        }
    }
}

impl std::str::FromStr for PriceState {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        let found = Self::ALL.into_iter().find(|state| state.as_str() == name);
        found.ok_or_else(|| UnknownName::new(name, "priced, partial, unpriced, declared"))
    }
}

/// One line of an estimate: `quantity × rate_pico / per × multiplier`.
///
/// The exact products of a component's lines are added first and rounded half to even once. A
/// line's `amount` is what the rounded sum grew by when the line was added, in the order shown: so
/// the amounts of a component add up to the component to the last digit, and each is within one
/// picodollar of its own product.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Line {
    /// The component it belongs to.
    pub component: Component,
    /// What was consumed.
    pub resource: ResourceType,
    /// How much of it.
    pub quantity: u64,
    /// `None` where the book has no rate.
    pub price_id: Option<i64>,
    /// Picodollars per `per` units; `None` where the book has no rate.
    pub rate_pico: Option<i64>,
    /// Units that the rate is for; 1 where there is none.
    pub per: i64,
    /// Numerator and denominator of the factor on the rate; `(1, 1)` for none.
    pub multiplier: (i64, i64),
    /// `None` where the book has no rate.
    pub amount: Option<PicoUsd>,
    /// What a reader must know.
    pub flags: Flags,
    /// Why there is no rate, in words.
    pub note: Option<&'static str>,
}

/// The key of the book that a reported model was matched to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct MatchedModel {
    /// Provider.
    pub provider: String,
    /// Model.
    pub model: String,
    /// Region asked for, from the event or the name, or empty.
    pub region: String,
    /// Service tier asked for, from the event or the name.
    pub service_tier: Cow<'static, str>,
}

/// The cost of one interaction, explained.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Estimate {
    /// Cost of the tokens; `None` where there were some and none has a price.
    pub ai_tokens: Option<PicoUsd>,
    /// Cost of the database operations; `None` where there were some and none has a price.
    pub db_ops: Option<PicoUsd>,
    /// Cost of the API calls; `None` where there were some and none has a price.
    pub api_calls: Option<PicoUsd>,
    /// Cost of the compute time; `None` where there was some and none has a price.
    pub compute_time: Option<PicoUsd>,
    /// Sum of the components that are known; `None` where nothing has a price.
    pub total: Option<PicoUsd>,
    /// What cached reads saved against the input rate, minus what cache writes cost above it; zero
    /// where either rate is unknown. Not part of the total.
    pub cache_savings: PicoUsd,
    /// How much has a price.
    pub price_state: PriceState,
    /// How the model was matched; `None` without a match.
    pub match_kind: Option<MatchKind>,
    /// What the model was matched to.
    pub matched: Option<MatchedModel>,
    /// The `multiplier` rows behind the lines' factors.
    pub multiplier_price_ids: Vec<i64>,
    /// The flags of all lines together, and of the reading of the usage.
    pub flags: Flags,
    /// The lines, by component.
    pub lines: Vec<Line>,
    /// The rules that it was made by: [`crate::CALCULATION_VERSION`].
    pub calculation_version: u32,
}

/// Why no estimate could be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EstimateError {
    /// An amount was out of range.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// A line's amount was out of range.
    #[error("{resource}: {source}")]
    Line {
        /// The line's resource.
        resource: ResourceType,
        /// What was out of range.
        source: MoneyError,
    },
    /// A declared cost is below zero.
    #[error("the declared cost {0} USD is negative; declare costs of zero or more")]
    NegativeDeclared(PicoUsd),
    /// The product of the multipliers that apply is out of range.
    #[error(
        "the price multipliers {left_num}/{left_den} and {right_num}/{right_den} together are out \
         of range; correct the `multiplier` rows"
    )]
    MultiplierOutOfRange {
        /// Numerator of one.
        left_num: i64,
        /// Denominator of one.
        left_den: i64,
        /// Numerator of the other.
        right_num: i64,
        /// Denominator of the other.
        right_den: i64,
    },
}
