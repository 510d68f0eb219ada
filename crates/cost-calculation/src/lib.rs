//! Prices one LLM interaction exactly: money, token usage, dated rates, model names, the explained estimate.
pub mod estimate;
pub mod model_name;
pub mod money;
pub mod price;
pub mod resource;
pub mod usage;

pub use estimate::{Billable, Component, Declared, Estimate, EstimateError, Line, PriceState, estimate};
pub use model_name::{MatchKind, ModelAlias, ProviderMapping};
pub use money::{MoneyError, PicoUsd, UnixMillis};
pub use price::{PriceBook, PriceRow, ValidFromBasis};
pub use resource::ResourceType;
pub use usage::{TokenUsage, Units};

/// The version of the rules in this crate; stored with each estimate.
pub const CALCULATION_VERSION: u32 = 1;
