//! What a price list says, in the price book's words.

use std::collections::BTreeMap;

use crate::Rate;

/// Tokens that a token rate is for.
pub const TOKENS_PER: i64 = 1_000_000;
/// Calls that a rate for calls (searches, requests, pages) is for.
pub const CALLS_PER: i64 = 1_000;

/// The tier of a request that names none.
pub const STANDARD_TIER: &str = "standard";

/// What a rate is for: the key of the price book.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PriceKey {
    /// Provider, in the book's vocabulary.
    pub provider: String,
    /// Model, normalised; empty for what has no model.
    pub model: String,
    /// The resource's name in the book: `input`, `cache_read`, `web_search`, …
    pub resource_type: String,
    /// Region, or empty for everywhere.
    pub region: String,
    /// Service tier: `standard`, `batch`, `flex`, `priority`, …
    pub service_tier: String,
    /// Smallest count of all input tokens at which the rate applies.
    pub min_context: u64,
    /// Weekly windows in UTC, or empty for always.
    pub schedule: String,
}

/// One rate that a source gives for one key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quote {
    /// What it is for.
    pub key: PriceKey,
    /// From when it applies, unix milliseconds; 0 where the source gives no date.
    pub valid_from_ms: i64,
    /// Until when (exclusive), where the source says so.
    pub valid_to_ms: Option<i64>,
    /// How much.
    pub rate: Rate,
}

/// Why a part of a feed gives no quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkipReason {
    /// The price is below zero; OpenRouter writes −1 for "depends".
    Negative,
    /// It is no number, or out of range.
    NotANumber,
    /// Input and output both cost 0: an unknown price, not a free model.
    ZeroMeansUnknown,
    /// The entry has no price at all.
    NoPrice,
    /// A billing dimension that the suite does not count.
    UnsupportedResource,
    /// The shape is not the one the source documents.
    Malformed,
    /// Another entry of the same feed gives another rate for the same key; the first stays.
    ContradictsItself,
    /// Reserved capacity: no price for one request.
    Provisioned,
    /// A pattern that names no model.
    NoModelName,
    /// A name that no event can carry: too long, or with control characters.
    UnusableName,
    /// A model with more rates than any real one.
    TooManyRates,
}

impl SkipReason {
    /// The name in a run's record.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Negative => "negative",
            Self::NotANumber => "not_a_number",
            Self::ZeroMeansUnknown => "zero_means_unknown",
            Self::NoPrice => "no_price",
            Self::UnsupportedResource => "unsupported_resource",
            Self::Malformed => "malformed",
            Self::ContradictsItself => "contradicts_itself",
            Self::Provisioned => "provisioned",
            Self::NoModelName => "no_model_name",
            Self::UnusableName => "unusable_name",
            Self::TooManyRates => "too_many_rates",
        }
    }
}

/// A price list, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Feed {
    /// Every quote, one for each key and start, in order of key.
    pub quotes: Vec<Quote>,
    /// Models that gave at least one quote.
    pub model_count: usize,
    /// How many entries or prices gave none, by reason.
    pub skipped: BTreeMap<SkipReason, usize>,
    /// A few of the skipped, with where they stand.
    pub skipped_examples: Vec<(SkipReason, String)>,
}

impl Feed {
    /// How many entries or prices gave no quote.
    pub fn skipped_count(&self) -> usize {
        self.skipped.values().sum()
    }
}

/// Why a whole price list is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    /// It is not the format that the source publishes.
    #[error("the price list cannot be read: {0}")]
    Unreadable(String),
    /// It is larger than any real one.
    #[error("the price list has {bytes} bytes, more than the limit of {limit}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// It has more rates than any real one.
    #[error("the price list has more than {limit} rates")]
    TooManyRates {
        /// The limit.
        limit: usize,
    },
    /// It holds no price.
    #[error("the price list holds no price")]
    Empty,
}

/// Whether an event could name what the key names.
fn is_usable(key: &PriceKey) -> bool {
    let is_name = |text: &str| text.len() <= NAME_BYTES_MAX && !text.chars().any(char::is_control);
    let names = [&key.model, &key.region, &key.service_tier, &key.schedule];
    !key.provider.is_empty()
        && is_name(&key.provider)
        && names.into_iter().all(|name| is_name(name))
}

/// Collects quotes and what was skipped.
#[derive(Debug, Default)]
pub(crate) struct FeedBuilder {
    quotes: BTreeMap<(PriceKey, i64), (Option<i64>, Rate)>,
    skipped: BTreeMap<SkipReason, usize>,
    skipped_examples: Vec<(SkipReason, String)>,
}

/// Examples kept for each reason.
const EXAMPLES_PER_REASON: usize = 5;
/// The most characters of an example.
const EXAMPLE_CHARS_MAX: usize = 200;
/// The most rates of a list; the largest real one has 16,000.
const RATES_MAX: usize = 60_000;
/// The most rates of one model; the largest real one has 116.
pub(crate) const MODEL_RATES_MAX: usize = 1_000;
/// The longest provider, model, region, tier or schedule, in bytes; the longest real model has 103.
const NAME_BYTES_MAX: usize = 256;

impl FeedBuilder {
    /// Adds a quote; the first one for a key and start stays.
    pub(crate) fn add(&mut self, quote: Quote) {
        use std::collections::btree_map::Entry;
        if self.is_full() {
            return;
        }
        if !is_usable(&quote.key) {
            let key = quote.key;
            return self.skip(SkipReason::UnusableName, || {
                format!("{}/{}", key.provider, key.model)
            });
        }
        let Quote {
            key,
            valid_from_ms,
            valid_to_ms,
            rate,
        } = quote;
        match self.quotes.entry((key, valid_from_ms)) {
            Entry::Vacant(entry) => {
                entry.insert((valid_to_ms, rate));
            }
            Entry::Occupied(entry) => {
                if !entry.get().1.equals(rate) {
                    let key = &entry.key().0;
                    let place = format!("{}/{} {}", key.provider, key.model, key.resource_type);
                    self.skip(SkipReason::ContradictsItself, || place);
                }
            }
        }
    }

    /// Whether the list has more rates than are taken: it will be refused.
    pub(crate) fn is_full(&self) -> bool {
        self.quotes.len() > RATES_MAX
    }

    /// Counts something that gave no quote.
    pub(crate) fn skip(&mut self, reason: SkipReason, place: impl FnOnce() -> String) {
        let count = self.skipped.entry(reason).or_default();
        *count += 1;
        if *count <= EXAMPLES_PER_REASON {
            let place = place().chars().take(EXAMPLE_CHARS_MAX).collect();
            self.skipped_examples.push((reason, place));
        }
    }

    /// Counts a price that could not be read.
    pub(crate) fn skip_rate(&mut self, error: crate::RateError, place: impl FnOnce() -> String) {
        let reason = match error {
            crate::RateError::Negative => SkipReason::Negative,
            crate::RateError::NotADecimal | crate::RateError::OutOfRange => SkipReason::NotANumber,
        };
        self.skip(reason, place);
    }

    /// The feed; an error if it holds no quote at all.
    pub(crate) fn finish(mut self) -> Result<Feed, FeedError> {
        if self.is_full() {
            return Err(FeedError::TooManyRates { limit: RATES_MAX });
        }
        self.drop_overfull_models();
        if self.quotes.is_empty() {
            return Err(FeedError::Empty);
        }
        let mut models: Vec<(&str, &str)> = self
            .quotes
            .keys()
            .map(|(key, _)| (key.provider.as_str(), key.model.as_str()))
            .collect();
        models.dedup();
        let model_count = models.len();
        Ok(Feed {
            model_count,
            quotes: self
                .quotes
                .into_iter()
                .map(|((key, valid_from_ms), (valid_to_ms, rate))| Quote {
                    key,
                    valid_from_ms,
                    valid_to_ms,
                    rate,
                })
                .collect(),
            skipped: self.skipped,
            skipped_examples: self.skipped_examples,
        })
    }

    fn drop_overfull_models(&mut self) {
        let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
        let keys: Vec<&PriceKey> = self.quotes.keys().map(|(key, _)| key).collect();
        for model in keys.chunk_by(|left, right| is_same_model(left, right)) {
            if let [first, ..] = model
                && model.len() > MODEL_RATES_MAX
            {
                counts.insert((first.provider.clone(), first.model.clone()), model.len());
            }
        }
        for ((provider, model), count) in counts {
            self.quotes
                .retain(|(key, _), _| (&key.provider, &key.model) != (&provider, &model));
            self.skip(SkipReason::TooManyRates, || {
                format!("{provider}/{model}: {count} rates")
            });
        }
    }
}

fn is_same_model(left: &PriceKey, right: &PriceKey) -> bool {
    (&left.provider, &left.model) == (&right.provider, &right.model)
}
