//! What a provider or a gateway says a call cost, from a span's attributes. It stands beside the
//! estimate.
use std::collections::BTreeMap;

use cost_calculation::{Decimal, PicoUsd};
use serde_json::value::RawValue;

use crate::attribute_names::Attribute;
use crate::span::Span;

/// Decimal places of a picodollar.
const PICO_DIGITS: u32 = 12;
/// Digits of a double that are no binary noise.
const DOUBLE_DIGITS: u32 = 15;

/// The amount that the span names; `None` where it names none, or none that can be read.
pub(crate) fn of_span(span: &Span) -> Option<PicoUsd> {
    let details = span.attributes.word(Attribute::ObservationCost);
    let one = span.attributes.word(Attribute::GenAiRequestCost);
    details.and_then(total).or_else(|| one.and_then(amount))
}

/// Langfuse's `cost_details`: a map with its own total, or parts that add up to it.
fn total(details: &str) -> Option<PicoUsd> {
    let parts: BTreeMap<String, &RawValue> = serde_json::from_str(details).ok()?;
    if let Some(total) = parts.get("total") {
        return amount(total.get());
    }
    let amounts: Option<Vec<PicoUsd>> = parts.values().map(|part| amount(part.get())).collect();
    amounts
        .filter(|amounts| !amounts.is_empty())
        .and_then(|amounts| PicoUsd::checked_sum(amounts).ok())
}

fn amount(text: &str) -> Option<PicoUsd> {
    let number = text.trim().trim_matches('"').parse::<Decimal>().ok()?;
    let pico = number
        .significant(DOUBLE_DIGITS)
        .scaled_half_even(PICO_DIGITS);
    pico.ok()
        .map(PicoUsd::new)
        .filter(|&cost| cost >= PicoUsd::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_exact_and_a_total_is_never_summed() {
        assert_eq!(amount("0.0123"), Some(PicoUsd::new(12_300_000_000)));
        assert_eq!(amount("5.0000000000000004e-08"), Some(PicoUsd::new(50_000)));
        assert_eq!(amount("-1"), None);
        let with_total = r#"{"input":0.01,"output":0.0023,"total":0.0123}"#;
        assert_eq!(total(with_total), amount("0.0123"));
        assert_eq!(total(r#"{"input":0.01,"output":0.0023}"#), amount("0.0123"));
        assert_eq!(total("{}"), None);
        assert_eq!(total("cheap"), None);
    }
}
