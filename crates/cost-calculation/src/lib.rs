//! What did this call of a language model cost, exactly, and why?
//!
//! A [`PriceBook`] holds dated rates; a [`Billable`] says what was consumed, by which model and
//! when; [`estimate`] answers with an [`Estimate`]: four components, their sum, and the lines that
//! anyone can add up again. Amounts are whole picodollars ([`PicoUsd`]) and every rate is an
//! integer per some number of units, so no sum ever depends on floating point. An unknown price is
//! unknown: it is never zero and never another model's.
//!
//! ```
//! use cost_calculation::{
//!     Billable, PriceBook, PriceRow, ResourceType, TokenUsage, Units, UnixMillis, ValidFromBasis,
//!     estimate,
//! };
//!
//! let row = |id, resource, usd_per_million: &str| PriceRow {
//!     id,
//!     provider: "anthropic".to_owned(),
//!     model: "claude-sonnet-4-5".to_owned(),
//!     resource,
//!     region: String::new(),
//!     service_tier: "standard".to_owned(),
//!     min_context: 0,
//!     schedule: String::new(),
//!     rate_pico: usd_per_million.parse::<cost_calculation::PicoUsd>().unwrap().get(),
//!     per: 1_000_000,
//!     valid_from: UnixMillis(0),
//!     valid_from_basis: ValidFromBasis::Stated,
//!     valid_to: None,
//!     stale: false,
//! };
//! let rows = vec![row(1, ResourceType::Input, "3"), row(2, ResourceType::Output, "15")];
//! let book = PriceBook::new(rows, Vec::new(), Vec::new());
//!
//! let usage = TokenUsage { input: 1_200, output: 300, ..TokenUsage::default() };
//! let answer = estimate(&book, &Billable {
//!     provider: "anthropic",
//!     model: "claude-sonnet-4-5-20250929",
//!     endpoint: "",
//!     region: "",
//!     service_tier: "",
//!     usage: &usage,
//!     units: &Units::default(),
//!     declared: None,
//!     reading: Default::default(),
//!     price_time: UnixMillis(1_764_000_000_000),
//! })?;
//! assert_eq!(answer.total.unwrap().to_string(), "0.0081");
//! assert_eq!(answer.match_kind.unwrap().as_str(), "without_date");
//! # Ok::<(), cost_calculation::EstimateError>(())
//! ```
//!
//! Usage comes from each provider's own payload through [`read_usage`], which turns overlapping
//! counts into disjoint buckets.

mod amount;
mod call_lines;
mod component_sum;
mod decimal;
pub mod estimate;
mod exact_sum;
mod flags;
mod infrastructure;
mod keys_needed;
mod matched_rates;
pub mod model_name;
pub mod money;
mod multiplier;
mod price_book;
mod price_components;
mod price_key;
mod price_row;
mod provider;
mod rate_selection;
pub mod read_usage;
mod reported_cost;
mod resolve_model;
pub mod resource;
mod schedule;
#[cfg(feature = "selftest")]
pub mod selftest;
mod token_lines;
mod token_part;
mod unknown_name;
pub mod unread;
pub mod usage;
mod usage_convention;

pub use amount::{Amount, Ratio, divide_half_even};
pub use decimal::Decimal;
pub use estimate::{
    Billable, Component, Declared, Estimate, EstimateError, Line, MatchedModel, PriceState,
    estimate,
};
pub use flags::{Flag, Flags};
pub use model_name::{MatchKind, ModelAlias, ParsedModel, ProviderMapping};
pub use money::{MoneyError, PicoUsd, UnixMillis};
pub use price_book::PriceBook;
pub use price_key::price_key;
pub use price_row::{PriceRow, ValidFromBasis};
pub use provider::{canonical_provider, known_provider};
pub use read_usage::{
    Lifetime, Sender, TOKENS_MAX, UsageError, UsageReading, read_usage, read_usage_or_keep,
};
pub use reported_cost::reported_cost_of_text;
pub use resolve_model::billed_provider;
pub use resource::{ResourceType, ResourceTypeError};
pub use schedule::{Schedule, ScheduleError};
pub use token_part::TokenPart;
pub use unknown_name::UnknownName;
pub use usage::{TokenUsage, Units};
pub use usage_convention::UsageConvention;

/// The version of the rules in this crate; stored with each estimate.
pub const CALCULATION_VERSION: u32 = 2;
