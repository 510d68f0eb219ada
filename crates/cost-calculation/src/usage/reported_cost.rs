//! The amount that a provider or a gateway says it billed. It is kept beside the estimate, never in
//! its place.
use serde_json::Value;

use crate::Decimal;
use crate::PicoUsd;

/// Decimal places of a picodollar, and of xAI's ticks (10⁻¹⁰ USD).
const PICO_DIGITS: u32 = 12;
const PICO_PER_TICK_DIGITS: u32 = 2;
/// Cents, in which Anthropic states its list cost.
const PICO_PER_CENT_DIGITS: u32 = 10;
/// Digits of a double that are no binary noise.
const DOUBLE_DIGITS: u32 = 15;
/// Longest text of an amount.
const TEXT_MAX: usize = 64;

/// An amount of dollars from the text of a JSON number, of a decimal, or of a JSON object of amounts
/// (`total`, `total_cost`), as the cost attributes of spans have it. `None` for what is no amount:
/// nothing hangs on it.
///
/// Amounts come from floating point: digits beyond the fifteenth are dropped, and the rest is
/// rounded half to even to picodollars.
///
/// ```
/// use cost_calculation::reported_cost_of_text;
/// let cost = |text| reported_cost_of_text(text).map(|cost| cost.to_string());
/// assert_eq!(cost("0.00014820000000000001"), Some("0.0001482".to_owned()));
/// assert_eq!(cost(r#"{"input":0.01,"total":0.0123}"#), Some("0.0123".to_owned()));
/// assert_eq!(cost("cheap"), None);
/// ```
pub fn reported_cost_of_text(text: &str) -> Option<PicoUsd> {
    let text = text.trim();
    if text.starts_with('{') {
        return amount_in(&serde_json::from_str(text).ok()?);
    }
    dollars(text, PICO_DIGITS)
}

/// The amount in a usage object, or in a response around it.
///
/// `OpenRouter`'s `cost` with the caller's own key is its fee alone: what the model cost is upstream.
pub(crate) fn cost_of_usage(payload: &Value) -> Option<PicoUsd> {
    let inner = ["usage", "response"].into_iter().find_map(|name| {
        let inner = payload.get(name)?;
        Some(inner.get("usage").unwrap_or(inner)).filter(|inner| inner.is_object())
    });
    inner.and_then(of_object).or_else(|| of_object(payload))
}

fn of_object(usage: &Value) -> Option<PicoUsd> {
    if let Some(ticks) = usage.get("cost_in_usd_ticks").and_then(text_of) {
        return dollars(&ticks, PICO_PER_TICK_DIGITS);
    }
    let upstream = usage
        .get("cost_details")
        .and_then(|details| details.get("upstream_inference_cost"))
        .and_then(text_of)
        .and_then(|text| dollars(&text, PICO_DIGITS));
    let billed = ["cost", "total_cost"]
        .into_iter()
        .find_map(|name| amount_in(usage.get(name)?));
    let is_own_key = usage.get("is_byok").and_then(Value::as_bool) == Some(true);
    match (billed, upstream) {
        (Some(fee), Some(upstream)) if is_own_key => fee.checked_add(upstream).ok(),
        // A fee alone says nothing of what the model cost.
        (Some(_), None) if is_own_key => None,
        (Some(billed), _) => Some(billed),
        (None, Some(upstream)) if is_own_key => Some(upstream),
        (None, _) => usage
            .get("cost_breakdown")
            .and_then(amount_in)
            .or_else(|| cents_in(usage.get("list_cost")?)),
    }
}

/// A number, or an object that has a total beside its parts: they are never added up.
fn amount_in(value: &Value) -> Option<PicoUsd> {
    match value {
        Value::Object(parts) => ["total_cost", "total"]
            .into_iter()
            .find_map(|name| text_of(parts.get(name)?))
            .and_then(|text| dollars(&text, PICO_DIGITS)),
        other => dollars(&text_of(other)?, PICO_DIGITS),
    }
}

/// An amount in cents, with its currency beside it.
fn cents_in(value: &Value) -> Option<PicoUsd> {
    let currency = value.get("currency")?.as_str()?;
    let amount = text_of(value.get("amount")?)?;
    currency
        .eq_ignore_ascii_case("usd")
        .then(|| dollars(&amount, PICO_PER_CENT_DIGITS))
        .flatten()
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) if text.len() <= TEXT_MAX => Some(text.trim().to_owned()),
        _ => None,
    }
}

fn dollars(text: &str, digits: u32) -> Option<PicoUsd> {
    let amount = text
        .parse::<Decimal>()
        .ok()?
        .significant(DOUBLE_DIGITS)
        .scaled_half_even(digits)
        .ok()?;
    (amount >= 0).then(|| PicoUsd::new(amount))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn cost(payload: &Value) -> Option<String> {
        cost_of_usage(payload).map(|cost| cost.to_string())
    }

    #[test]
    fn every_shape_of_a_cost_is_one_amount() {
        for (payload, expected) in [
            (
                json!({"usage": {"prompt_tokens": 1, "cost": "0.0001482"}}),
                Some("0.0001482"),
            ),
            (json!({"cost": "0.25"}), Some("0.25")),
            (
                json!({"cost": {"total_cost": 0.03, "request_cost": 0.01}}),
                Some("0.03"),
            ),
            (json!({"cost_in_usd_ticks": 37_756_000}), Some("0.0037756")),
            (json!({"cost_breakdown": {"total_cost": 1.5}}), Some("1.5")),
            (
                json!({"list_cost": {"amount": "125", "currency": "USD"}}),
                Some("1.25"),
            ),
            (json!({"cost": null}), None),
            (json!({"cost": -1}), None),
            (json!({"cost": "cheap"}), None),
            (json!([]), None),
        ] {
            assert_eq!(cost(&payload).as_deref(), expected, "{payload}");
        }
    }

    #[test]
    fn an_own_keys_fee_is_not_what_the_model_cost() {
        let details = json!({"upstream_inference_cost": 0.00197});
        let own = json!({"cost": 0, "is_byok": true, "cost_details": details});
        assert_eq!(cost(&own).as_deref(), Some("0.00197"));
        assert_eq!(cost(&json!({"cost": 0, "is_byok": true})), None);
        let billed = json!({"cost": 0.002, "is_byok": false, "cost_details": details});
        assert_eq!(cost(&billed).as_deref(), Some("0.002"));
    }
}
