#![doc = include_str!("../README.md")]

pub mod estimate;
mod flags;
mod lines;
mod names;
mod numbers;
mod rates;
#[cfg(feature = "selftest")]
pub mod selftest;
mod usage;

pub use estimate::{Billable, Declared, Estimate, EstimateError, Line, MatchedModel, PriceState};
pub use flags::{Flag, Flags};
pub use lines::component::Component;
pub use lines::price_components::estimate;
pub use names::model_name::{MatchKind, ModelAlias, ParsedModel, ProviderMapping};
pub use names::provider::{canonical_provider, known_provider};
pub use names::resolve_model::billed_provider;
pub use names::resource::{ResourceType, ResourceTypeError};
pub use names::unknown_name::UnknownName;
pub use numbers::amount::{Amount, Ratio, divide_half_even};
pub use numbers::decimal::{Decimal, DecimalError};
pub use numbers::money::{DAY_MS, MoneyError, PicoUsd, UnixMillis};
pub use rates::price_book::PriceBook;
pub use rates::price_key::price_key;
pub use rates::price_row::{PriceRow, ValidFromBasis};
pub use rates::schedule::{Schedule, ScheduleError};
pub use usage::convention::UsageConvention;
pub use usage::read_usage::{
    Lifetime, Sender, TOKENS_MAX, UsageError, UsageReading, read_usage, read_usage_or_keep,
};
pub use usage::reported_cost::reported_cost_of_text;
pub use usage::token_part::TokenPart;
pub use usage::token_usage::{TokenUsage, Units};
pub use usage::unread::unread_resource;

/// The version of the rules in this crate; stored with each estimate.
pub const CALCULATION_VERSION: u32 = 2;
