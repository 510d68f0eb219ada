//! What answers conclude from sums: comparisons, the bridge between periods, forecasts, list prices.

pub(crate) mod bridge;
pub(crate) mod comparison;
pub(crate) mod forecast;
pub(crate) mod list_prices;
pub(crate) mod overview;
