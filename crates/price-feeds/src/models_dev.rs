//! models.dev: dollars for a million tokens, by provider.
//!
//! `GET https://models.dev/api.json`: `{provider: {models: {id: {cost: {input, output, cache_read,
//! cache_write, reasoning, input_audio, output_audio, tiers}}}}}`. A tier's price applies to more
//! than its `size` of input tokens.

use cost_calculation::{ParsedModel, canonical_provider};

use crate::{
    Feed, FeedError, PriceKey, Quote, Rate,
    quote::{FeedBuilder, STANDARD_TIER, SkipReason, TOKENS_PER},
    raw_object::{self, RawObject, count, decimal_text},
};

/// Its ids for providers that the suite's vocabulary does not list.
const PROVIDERS: [(&str, &str); 6] = [
    ("azure-cognitive-services", "azure"),
    ("cloudflare-workers-ai", "cloudflare"),
    ("google-vertex-anthropic", "vertex"),
    ("novita-ai", "novita"),
    ("moonshotai-cn", "moonshotai-cn"),
    ("deep-infra", "deepinfra"),
];

/// Its cost names with the book's resources.
const RESOURCES: [(&str, &str); 7] = [
    ("input", "input"),
    ("output", "output"),
    ("cache_read", "cache_read"),
    ("cache_write", "cache_write_5m"),
    ("reasoning", "reasoning"),
    ("input_audio", "audio_in"),
    ("output_audio", "audio_out"),
];

/// Reads the list.
pub fn read(json: &str) -> Result<Feed, FeedError> {
    let providers: RawObject<'_> =
        serde_json::from_str(json).map_err(|error| FeedError::Unreadable(error.to_string()))?;
    let mut builder = FeedBuilder::default();
    for (id, value) in &providers.0 {
        let models = RawObject::read(value)
            .and_then(|provider| provider.get("models"))
            .and_then(RawObject::read);
        let Some(models) = models else {
            builder.skip(SkipReason::Malformed, || id.to_string());
            continue;
        };
        let known = PROVIDERS
            .iter()
            .find(|(theirs, _)| theirs == id)
            .map(|(_, ours)| *ours);
        let provider = known.map_or_else(|| canonical_provider(id).into_owned(), str::to_owned);
        for (model_id, model) in &models.0 {
            if builder.is_full() {
                break;
            }
            let cost = RawObject::read(model).and_then(|model| model.get("cost"));
            match cost.and_then(RawObject::read) {
                Some(cost) => read_model(&mut builder, &provider, model_id, &cost),
                None => builder.skip(SkipReason::NoPrice, || format!("{id}/{model_id}")),
            }
        }
    }
    builder.finish()
}

fn read_model(builder: &mut FeedBuilder, provider: &str, id: &str, cost: &RawObject<'_>) {
    let mut prices = read_costs(builder, id, 0, cost);
    let tiers = cost
        .get("tiers")
        .and_then(|list| raw_object::list(list.get()).ok());
    let tiers: Vec<RawObject<'_>> = tiers.unwrap_or_default();
    for tier in &tiers {
        let kind = tier
            .get("tier")
            .and_then(RawObject::read)
            .unwrap_or_default();
        let size = kind
            .get("size")
            .and_then(count)
            .and_then(|size| size.checked_add(1));
        match size.filter(|_| kind.text("type").as_deref() == Some("context")) {
            Some(min_context) => prices.extend(read_costs(builder, id, min_context, tier)),
            None => builder.skip(SkipReason::UnsupportedResource, || format!("{id}: tiers")),
        }
    }
    // Several providers' free offers and unknown prices are both written as zero.
    if prices.iter().all(|(.., rate)| rate.is_zero()) {
        builder.skip(SkipReason::ZeroMeansUnknown, || format!("{provider}/{id}"));
        return;
    }
    let name = ParsedModel::parse(provider, id);
    let service_tier = if name.service_tier.is_empty() {
        STANDARD_TIER
    } else {
        name.service_tier.as_str()
    };
    for (resource, min_context, rate) in prices {
        builder.add(Quote {
            key: PriceKey {
                provider: provider.to_owned(),
                model: name.model.clone(),
                resource_type: resource.to_owned(),
                region: name.region.clone(),
                service_tier: service_tier.to_owned(),
                min_context,
                schedule: String::new(),
            },
            valid_from_ms: 0,
            valid_to_ms: None,
            rate,
        });
    }
}

fn read_costs(
    builder: &mut FeedBuilder,
    id: &str,
    min_context: u64,
    cost: &RawObject<'_>,
) -> Vec<(&'static str, u64, Rate)> {
    let mut prices = Vec::new();
    for (theirs, resource) in RESOURCES {
        let Some(value) = cost.get(theirs) else {
            continue;
        };
        let Some(text) = decimal_text(value) else {
            builder.skip(SkipReason::NotANumber, || format!("{id}: {theirs}"));
            continue;
        };
        match Rate::from_decimal(&text, TOKENS_PER, TOKENS_PER) {
            Ok(rate) => prices.push((resource, min_context, rate)),
            Err(error) => builder.skip_rate(error, || format!("{id}: {theirs} = {text}")),
        }
    }
    prices
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn costs_and_context_tiers_become_quotes_of_the_books_providers() {
        let json = r#"{"google-vertex": {"models": {"gemini-x": {"cost": {
            "input": 1.25, "output": 10, "cache_read": 0.125,
            "tiers": [{"tier": {"type": "context", "size": 200000}, "input": 2.5, "output": 15}],
            "context_over_200k": {"input": 2.5, "output": 15}}}, "free": {"cost": {"input": 0, "output": 0}},
            "unknown": {"name": "x"}}}}"#;
        let feed = read(json).unwrap();
        let found: Vec<_> = feed
            .quotes
            .iter()
            .map(|q| {
                (
                    q.key.provider.as_str(),
                    q.key.resource_type.as_str(),
                    q.key.min_context,
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                ("vertex", "cache_read", 0),
                ("vertex", "input", 0),
                ("vertex", "input", 200_001),
                ("vertex", "output", 0),
                ("vertex", "output", 200_001),
            ]
        );
        assert_eq!(feed.skipped_count(), 2);
    }
}
