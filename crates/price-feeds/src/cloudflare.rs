//! Cloudflare's own rates: what its documentation says, restated with a date and an address.
//!
//! There is no machine-readable price list. The rates are the gross list prices of the Workers
//! Paid plan: included quotas belong to a whole account and a month, not to one interaction.

use serde::Deserialize;

use crate::{
    Feed, FeedError, PriceKey, Quote, Rate,
    quote::{FeedBuilder, STANDARD_TIER},
};

/// The rates that come with this version of the suite.
pub const RATES: &str = include_str!("cloudflare_rates.json");

#[derive(Deserialize)]
struct RateList {
    rates: Vec<ListedRate>,
}

#[derive(Deserialize)]
struct ListedRate {
    /// The product, as a model of the provider `cloudflare`.
    model: String,
    resource_type: String,
    /// Dollars for `per` units, as a decimal text.
    dollars: String,
    per: i64,
    /// From when the rate is known to hold, unix milliseconds; left out where it is not known.
    #[serde(default)]
    valid_from_ms: i64,
}

/// Reads a list of rates in the form of [`RATES`].
pub fn read(json: &str) -> Result<Feed, FeedError> {
    let list: RateList =
        serde_json::from_str(json).map_err(|error| FeedError::Unreadable(error.to_string()))?;
    let mut builder = FeedBuilder::default();
    for listed in list.rates {
        match Rate::from_decimal(&listed.dollars, listed.per, listed.per) {
            Ok(rate) => builder.add(Quote {
                key: PriceKey {
                    provider: "cloudflare".to_owned(),
                    model: listed.model,
                    resource_type: listed.resource_type,
                    service_tier: STANDARD_TIER.to_owned(),
                    ..PriceKey::default()
                },
                valid_from_ms: listed.valid_from_ms,
                valid_to_ms: None,
                rate,
            }),
            Err(error) => builder.skip_rate(error, || listed.resource_type.clone()),
        }
    }
    builder.finish()
}

#[cfg(test)]
mod tests {
    use super::{RATES, read};

    #[test]
    fn every_rate_can_be_read_and_has_a_documentation_address() {
        let feed = read(RATES).unwrap();
        assert_eq!(feed.skipped_count(), 0);
        let rate = |model: &str, resource: &str| {
            feed.quotes
                .iter()
                .find(|quote| quote.key.model == model && quote.key.resource_type == resource)
                .map(|quote| (quote.rate.rate_pico, quote.rate.per))
        };
        // $1.00 for a million rows written, $0.001 for a million rows read, $0.02 for a million
        // milliseconds of CPU, $0.30 for a million requests.
        assert_eq!(
            rate("d1", "rows_written"),
            Some((1_000_000_000_000, 1_000_000))
        );
        assert_eq!(rate("d1", "rows_read"), Some((1_000_000_000, 1_000_000)));
        assert_eq!(rate("workers", "cpu_ms"), Some((20_000_000_000, 1_000_000)));
        assert_eq!(
            rate("workers", "requests"),
            Some((300_000_000_000, 1_000_000))
        );
        let list: serde_json::Value = serde_json::from_str(RATES).unwrap();
        for entry in list["rates"].as_array().unwrap() {
            let address = entry["documentation"].as_str().unwrap_or_default();
            assert!(
                address.starts_with("https://developers.cloudflare.com/"),
                "{entry}"
            );
        }
    }
}
