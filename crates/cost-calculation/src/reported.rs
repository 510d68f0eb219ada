//! What a provider reports beside the tokens: the amount it billed, and the calls it made.
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::{Decimal, DecimalError, PicoUsd};

/// Decimal places of a picodollar, and of xAI's ticks (10⁻¹⁰ USD).
const PICO_DIGITS: u32 = 12;
const PICO_PER_TICK_DIGITS: u32 = 2;
/// Digits of a double that are no binary noise.
const DOUBLE_DIGITS: u32 = 15;

/// Why a reported cost can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReportedCostError {
    /// The payload is no usage object.
    #[error("the usage payload is not a JSON object: {0}")]
    NotAnObject(String),
    /// The cost is no amount.
    #[error("`{field}`: {source}")]
    Cost {
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        source: DecimalError,
    },
    /// The cost is below zero.
    #[error("`{field}` is {amount} USD; a billed cost can't be negative")]
    Negative {
        /// The field.
        field: &'static str,
        /// The amount.
        amount: PicoUsd,
    },
}

/// The amount that the provider says it billed: `cost` (`OpenRouter`) or `cost_in_usd_ticks`
/// (xAI), from the text of a usage object or of a response around it.
///
/// It is kept beside the computed cost, never instead of it. Providers write it from floating
/// point: digits beyond the fifteenth are dropped, the rest is rounded half to even to picodollars.
///
/// # Errors
/// A payload that is no object, or a cost that is no amount.
pub fn read_reported_cost(payload: &str) -> Result<Option<PicoUsd>, ReportedCostError> {
    #[derive(Deserialize)]
    struct Payload<'a> {
        #[serde(borrow)]
        usage: Option<&'a RawValue>,
        #[serde(borrow)]
        cost: Option<&'a RawValue>,
        #[serde(borrow)]
        cost_in_usd_ticks: Option<&'a RawValue>,
    }
    let parse = |text| {
        serde_json::from_str::<Payload<'_>>(text)
            .map_err(|error| ReportedCostError::NotAnObject(error.to_string()))
    };
    let mut found = parse(payload)?;
    if let Some(usage) = found.usage.filter(|usage| usage.get().starts_with('{')) {
        found = parse(usage.get())?;
    }
    let read = |field, raw: &RawValue, places| {
        let amount = raw
            .get()
            .trim_matches('"')
            .parse::<Decimal>()
            .and_then(|cost| cost.significant(DOUBLE_DIGITS).scaled_half_even(places))
            .map(PicoUsd::new)
            .map_err(|source| ReportedCostError::Cost { field, source })?;
        if amount < PicoUsd::ZERO {
            return Err(ReportedCostError::Negative { field, amount });
        }
        Ok(Some(amount))
    };
    match (found.cost, found.cost_in_usd_ticks) {
        (Some(cost), _) if cost.get() != "null" => read("cost", cost, PICO_DIGITS),
        (_, Some(ticks)) if ticks.get() != "null" => {
            read("cost_in_usd_ticks", ticks, PICO_PER_TICK_DIGITS)
        }
        _ => Ok(None),
    }
}

/// Calls that the usage object itself counts, by resource name: Anthropic's
/// `server_tool_use.web_search_requests` (with `web_fetch_requests`), xAI's `num_sources_used` and
/// Perplexity's `num_search_queries`. A count that is no whole number is left out: the tokens
/// beside it are what the payload is read for.
pub fn read_calls(payload: &Value) -> BTreeMap<String, u64> {
    let usage = payload
        .get("usage")
        .filter(|usage| usage.is_object())
        .unwrap_or(payload);
    let tools = usage.get("server_tool_use");
    let of_tools = |field: &str| {
        tools
            .and_then(|tools| tools.get(field))
            .and_then(Value::as_u64)
    };
    let of_usage = |field: &str| usage.get(field).and_then(Value::as_u64);
    [
        ("web_search", of_tools("web_search_requests")),
        ("web_fetch", of_tools("web_fetch_requests")),
        ("search_source", of_usage("num_sources_used")),
        ("search_query", of_usage("num_search_queries")),
    ]
    .into_iter()
    .filter_map(|(name, count)| Some((name.to_owned(), count.filter(|count| *count > 0)?)))
    .collect()
}

/// The service tier that the payload says was served: `service_tier` of a usage object or of a
/// response around it. What was asked for is no price.
pub fn read_service_tier(payload: &Value) -> Option<&str> {
    let inner = payload
        .get("usage")
        .and_then(|usage| usage.get("service_tier"));
    inner
        .or_else(|| payload.get("service_tier"))
        .and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openrouters_billed_cost_never_passes_through_a_float() {
        let payload = r#"{"usage": {"prompt_tokens": 1, "cost": 0.00014820000000000001}}"#;
        let cost = read_reported_cost(payload).unwrap().unwrap();
        assert_eq!(cost.to_string(), "0.0001482");
        assert_eq!(read_reported_cost(r#"{"cost": null}"#).unwrap(), None);
        assert_eq!(read_reported_cost("{}").unwrap(), None);
    }

    #[test]
    fn xais_ticks_are_ten_to_the_minus_ten_dollars() {
        let cost = read_reported_cost(r#"{"cost_in_usd_ticks": 37756000}"#)
            .unwrap()
            .unwrap();
        assert_eq!(cost.to_string(), "0.0037756");
    }

    #[test]
    fn a_cost_that_is_no_amount_is_refused_by_name() {
        let error = read_reported_cost(r#"{"cost": "cheap"}"#)
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("`cost`: `cheap` is not a decimal amount"),
            "{error}"
        );
        assert!(read_reported_cost(r#"{"cost": -1}"#).is_err());
        assert!(read_reported_cost("[]").is_err());
    }

    #[test]
    fn searches_and_the_tier_served_are_read_from_the_usage() {
        let payload = serde_json::json!({"usage": {
            "server_tool_use": {"web_search_requests": 3}, "service_tier": "priority",
        }, "service_tier": "auto"});
        assert_eq!(
            read_calls(&payload),
            BTreeMap::from([("web_search".to_owned(), 3)])
        );
        assert_eq!(read_service_tier(&payload), Some("priority"));
    }
}
