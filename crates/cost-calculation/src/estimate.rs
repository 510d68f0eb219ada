//! The estimate of one interaction, with its lines.
use crate::{MatchKind, MoneyError, PicoUsd, PriceBook, ResourceType, TokenUsage, Units, UnixMillis};

/// The four parts of a cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Component {
    AiTokens,
    DbOps,
    ApiCalls,
    ComputeTime,
}

/// A cost that the caller declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Declared {
    pub component: Component,
    pub amount: PicoUsd,
}

/// What is to be priced.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Billable<'a> {
    pub provider: &'a str,
    pub model: &'a str,
    /// The name of a LibreChat custom endpoint, or empty.
    pub endpoint: &'a str,
    pub region: &'a str,
    pub service_tier: &'a str,
    pub usage: &'a TokenUsage,
    pub units: &'a Units,
    pub declared: Option<Declared>,
    pub price_time: UnixMillis,
}

/// How much of an interaction has a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum PriceState {
    Priced,
    Partial,
    Unpriced,
    Declared,
}

/// One line of an estimate: quantity × rate / per × multiplier = amount.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Line {
    pub component: Component,
    pub resource: ResourceType,
    pub quantity: u64,
    /// `None` where the book has no rate.
    pub price_id: Option<i64>,
    pub amount: Option<PicoUsd>,
}

/// The cost of one interaction, explained.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Estimate {
    pub ai_tokens: Option<PicoUsd>,
    pub db_ops: Option<PicoUsd>,
    pub api_calls: Option<PicoUsd>,
    pub compute_time: Option<PicoUsd>,
    pub total: Option<PicoUsd>,
    pub cache_savings: PicoUsd,
    pub price_state: PriceState,
    pub match_kind: Option<MatchKind>,
    pub lines: Vec<Line>,
    pub calculation_version: u32,
}

/// Why no estimate could be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EstimateError {
    /// An amount was out of range.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// Prices one interaction by the rows in force at its `price_time`.
pub fn estimate(_book: &PriceBook, _billable: &Billable<'_>) -> Result<Estimate, EstimateError> {
    Ok(Estimate {
        ai_tokens: None,
        db_ops: None,
        api_calls: None,
        compute_time: None,
        total: None,
        cache_savings: PicoUsd::ZERO,
        price_state: PriceState::Unpriced,
        match_kind: None,
        lines: Vec::new(),
        calculation_version: crate::CALCULATION_VERSION,
    })
}
