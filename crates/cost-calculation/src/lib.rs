#![doc = include_str!("../README.md")]

mod amount;
mod call_lines;
mod component;
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
pub use component::Component;
pub use decimal::{Decimal, DecimalError};
pub use estimate::{Billable, Declared, Estimate, EstimateError, Line, MatchedModel, PriceState};
pub use flags::{Flag, Flags};
pub use model_name::{MatchKind, ModelAlias, ParsedModel, ProviderMapping};
pub use money::{DAY_MS, MoneyError, PicoUsd, UnixMillis};
pub use price_book::PriceBook;
pub use price_components::estimate;
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
