//! OpenRouter's models: decimal strings, dollars for one unit.
//!
//! `GET https://openrouter.ai/api/v1/models`, no key needed. `-1` marks a router whose price
//! depends on where it routes to. The list speaks for OpenRouter's own rows only, and its answers
//! are not to be kept in the project: they carry no licence.

use cost_calculation::ParsedModel;

use crate::{
    Feed, FeedError, PriceKey, Quote, Rate,
    quote::{CALLS_PER, FeedBuilder, STANDARD_TIER, SkipReason, TOKENS_PER},
    raw_object::{self, RawObject, count, decimal_text},
};

const PROVIDER: &str = "openrouter";

/// OpenRouter's price names, with the book's resource and units.
const UNITS: [(&str, &str, i64); 10] = [
    ("prompt", "input", TOKENS_PER),
    ("completion", "output", TOKENS_PER),
    ("input_cache_read", "cache_read", TOKENS_PER),
    ("input_cache_write", "cache_write_5m", TOKENS_PER),
    ("input_cache_write_1h", "cache_write_1h", TOKENS_PER),
    ("internal_reasoning", "reasoning", TOKENS_PER),
    ("audio", "audio_in", TOKENS_PER),
    ("image_token", "image_in", TOKENS_PER),
    ("request", "request", CALLS_PER),
    ("web_search", "web_search", CALLS_PER),
];

/// Members of `pricing` that are no prices.
const NOT_PRICES: [&str; 2] = ["discount", "overrides"];

/// Reads the list.
pub fn read(json: &str) -> Result<Feed, FeedError> {
    let unreadable = |error: serde_json::Error| FeedError::Unreadable(error.to_string());
    let answer: RawObject<'_> = serde_json::from_str(json).map_err(unreadable)?;
    let data = answer
        .get("data")
        .ok_or_else(|| FeedError::Unreadable("no member `data`".to_owned()))?;
    let models: Vec<RawObject<'_>> = raw_object::list(data.get()).map_err(unreadable)?;
    let mut builder = FeedBuilder::default();
    for model in &models {
        if builder.is_full() {
            break;
        }
        let id = model.text("id");
        let pricing = model.get("pricing").and_then(RawObject::read);
        let (Some(id), Some(pricing)) = (id, pricing) else {
            builder.skip(SkipReason::Malformed, || {
                "a model without id or pricing".to_owned()
            });
            continue;
        };
        let name = ParsedModel::parse(PROVIDER, &id);
        read_prices(&mut builder, &id, &name, 0, &pricing);
        let overrides = pricing.get("overrides");
        let overrides = overrides.and_then(|list| raw_object::list(list.get()).ok());
        let overrides: Vec<RawObject<'_>> = overrides.unwrap_or_default();
        for tier in &overrides {
            match tier.get("min_prompt_tokens").and_then(count) {
                Some(min_context) => read_prices(&mut builder, &id, &name, min_context, tier),
                None => builder.skip(SkipReason::Malformed, || format!("{id}: overrides")),
            }
        }
    }
    builder.finish()
}

fn read_prices(
    builder: &mut FeedBuilder,
    id: &str,
    name: &ParsedModel,
    min_context: u64,
    prices: &RawObject<'_>,
) {
    let service_tier = if name.service_tier.is_empty() {
        STANDARD_TIER
    } else {
        name.service_tier.as_str()
    };
    for (price_name, value) in &prices.0 {
        let place = || format!("{id}: {price_name}");
        if NOT_PRICES.contains(&price_name.as_ref()) || price_name == "min_prompt_tokens" {
            continue;
        }
        let Some(text) = decimal_text(value) else {
            builder.skip(SkipReason::NotANumber, place);
            continue;
        };
        let Some((_, resource, per)) = UNITS.iter().find(|(theirs, ..)| *theirs == price_name)
        else {
            builder.skip(SkipReason::UnsupportedResource, place);
            continue;
        };
        match Rate::from_decimal(&text, 1, *per) {
            // A zero beside the tokens' prices says that there is no such charge, or that it is
            // not known; for reasoning it would make free what is billed as output.
            Ok(rate) if rate.is_zero() && !matches!(*resource, "input" | "output") => {}
            Ok(rate) => builder.add(Quote {
                key: PriceKey {
                    provider: PROVIDER.to_owned(),
                    model: name.model.clone(),
                    resource_type: (*resource).to_owned(),
                    region: name.region.clone(),
                    service_tier: service_tier.to_owned(),
                    min_context,
                    schedule: String::new(),
                },
                valid_from_ms: 0,
                valid_to_ms: None,
                rate,
            }),
            Err(error) => builder.skip_rate(error, place),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::quote::SkipReason;

    const LIST: &str = r#"{"data": [
        {"id": "openai/gpt-x", "pricing": {"prompt": "0.00000125", "completion": "0.00001",
         "image": "0", "web_search": "0.01", "internal_reasoning": "0", "discount": 0,
         "overrides": [{"min_prompt_tokens": 200001, "prompt": "0.0000025"}]}},
        {"id": "qwen/qwen3:free", "pricing": {"prompt": "0", "completion": "0"}},
        {"id": "openrouter/auto", "pricing": {"prompt": "-1", "completion": "-1"}}]}"#;

    #[test]
    fn strings_are_prices_and_minus_one_is_none() {
        let feed = read(LIST).unwrap();
        let rates: Vec<_> = feed
            .quotes
            .iter()
            .map(|quote| {
                let key = &quote.key;
                (
                    key.model.as_str(),
                    key.resource_type.as_str(),
                    key.service_tier.as_str(),
                    key.min_context,
                    quote.rate.rate_pico,
                )
            })
            .collect();
        assert_eq!(
            rates,
            [
                ("openai/gpt-x", "input", "standard", 0, 1_250_000_000_000),
                (
                    "openai/gpt-x",
                    "input",
                    "standard",
                    200_001,
                    2_500_000_000_000
                ),
                ("openai/gpt-x", "output", "standard", 0, 10_000_000_000_000),
                (
                    "openai/gpt-x",
                    "web_search",
                    "standard",
                    0,
                    10_000_000_000_000
                ),
                ("qwen/qwen3", "input", "free", 0, 0),
                ("qwen/qwen3", "output", "free", 0, 0),
            ]
        );
        assert_eq!(feed.model_count, 2);
        assert_eq!(feed.skipped.get(&SkipReason::Negative), Some(&2));
    }

    #[test]
    fn an_answer_of_another_shape_is_refused_whole() {
        for json in [
            "",
            "<html>",
            "[]",
            r#"{"error": "overloaded"}"#,
            r#"{"data": {}}"#,
        ] {
            assert!(read(json).is_err(), "{json:?}");
        }
    }
}
