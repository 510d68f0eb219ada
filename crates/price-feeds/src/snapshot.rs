//! The snapshot that comes with the suite: merged quotes in one text file, so that a new
//! installation prices its first event without any network.
//!
//! The first line is a JSON object with the origins; each further line is one model as
//! `[provider, model, [[resource, region, tier, min_context, schedule, rate, per, valid_from_ms,
//! valid_to_ms, origin], …]]`, where `origin` counts into the origins. An origin that joins two
//! sources with `+` was agreed on by both.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    FeedError, PriceKey, Quote, Rate, Source,
    merge::{SourcedQuote, merge_model},
};

/// The format that this version reads and writes.
const FORMAT: u32 = 1;

/// A snapshot, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The day it was made, ISO.
    pub built_on: String,
    /// Every quote, in order of key; the revision names its origin.
    pub quotes: Vec<SourcedQuote>,
}

#[derive(Serialize, Deserialize)]
struct Header {
    format: u32,
    built_on: String,
    models: usize,
    rates: usize,
    origins: Vec<String>,
}

type Line = (String, String, Vec<RateLine>);
type RateLine = (
    String,
    String,
    String,
    u64,
    String,
    i64,
    i64,
    i64,
    Option<i64>,
    usize,
);

/// Merges the quotes of several sources, as they stand at `now_ms`, to those of a snapshot.
///
/// Rates that the merge would quarantine are kept: a guard meets them again where they are loaded.
pub fn merge(quotes: &[SourcedQuote], now_ms: i64) -> Vec<SourcedQuote> {
    let mut models: BTreeMap<(&str, &str), Vec<SourcedQuote>> = BTreeMap::new();
    for quote in quotes {
        let key = &quote.quote.key;
        models
            .entry((&key.provider, &key.model))
            .or_default()
            .push(quote.clone());
    }
    let mut merged = Vec::new();
    for quotes in models.values() {
        for row in merge_model(quotes, &[], now_ms).open {
            let is_past = row.valid_to_ms.is_some_and(|end| end <= now_ms);
            let second = quotes.iter().find(|other| {
                !is_past
                    && other.source != row.source
                    && other.quote.key == row.key
                    && other.quote.valid_from_ms <= now_ms
                    && other.quote.valid_to_ms.is_none_or(|end| now_ms < end)
                    && other
                        .quote
                        .rate
                        .agrees_within(row.rate, crate::merge::guard::AGREEMENT_THOUSANDTHS)
            });
            let is_waiting = row.quarantined_because.is_some();
            let revision = match second {
                Some(second) => format!("{}+{}", row.revision, second.revision),
                None => row.revision,
            };
            merged.push(SourcedQuote {
                source: Source::Snapshot,
                revision,
                quote: Quote {
                    key: row.key,
                    valid_from_ms: if is_waiting { 0 } else { row.valid_from_ms },
                    valid_to_ms: row.valid_to_ms,
                    rate: row.rate,
                },
            });
        }
    }
    merged.sort_by(|left, right| left.quote.cmp(&right.quote));
    merged.dedup_by(|later, earlier| {
        later.quote.key == earlier.quote.key
            && later.quote.valid_from_ms == earlier.quote.valid_from_ms
    });
    merged
}

/// Writes a snapshot; the same quotes always give the same text.
pub fn write(snapshot: &Snapshot) -> Result<String, FeedError> {
    let unwritable = |error: serde_json::Error| FeedError::Unreadable(error.to_string());
    let mut origins: Vec<&str> = snapshot
        .quotes
        .iter()
        .map(|quote| quote.revision.as_str())
        .collect();
    origins.sort_unstable();
    origins.dedup();
    let mut models: BTreeMap<(&str, &str), Vec<RateLine>> = BTreeMap::new();
    for SourcedQuote {
        revision, quote, ..
    } in &snapshot.quotes
    {
        let key = &quote.key;
        let origin = origins
            .binary_search(&revision.as_str())
            .unwrap_or_default();
        models
            .entry((&key.provider, &key.model))
            .or_default()
            .push((
                key.resource_type.clone(),
                key.region.clone(),
                key.service_tier.clone(),
                key.min_context,
                key.schedule.clone(),
                quote.rate.rate_pico,
                quote.rate.per,
                quote.valid_from_ms,
                quote.valid_to_ms,
                origin,
            ));
    }
    let header = Header {
        format: FORMAT,
        built_on: snapshot.built_on.clone(),
        models: models.len(),
        rates: snapshot.quotes.len(),
        origins: origins.into_iter().map(str::to_owned).collect(),
    };
    let mut text = serde_json::to_string(&header).map_err(unwritable)?;
    for ((provider, model), rates) in models {
        text.push('\n');
        text.push_str(&serde_json::to_string(&(provider, model, rates)).map_err(unwritable)?);
    }
    text.push('\n');
    Ok(text)
}

/// Reads a snapshot.
pub fn read(text: &str) -> Result<Snapshot, FeedError> {
    let unreadable = |error: serde_json::Error| FeedError::Unreadable(error.to_string());
    let mut lines = text.lines();
    let header: Header =
        serde_json::from_str(lines.next().unwrap_or_default()).map_err(unreadable)?;
    if header.format != FORMAT {
        return Err(FeedError::Unreadable(format!(
            "snapshot format {}",
            header.format
        )));
    }
    let mut quotes = Vec::with_capacity(header.rates.min(200_000));
    for line in lines {
        let (provider, model, rates): Line = serde_json::from_str(line).map_err(unreadable)?;
        for rate in rates {
            let (resource_type, region, service_tier, min_context, schedule, ..) = &rate;
            let (.., rate_pico, per, valid_from_ms, valid_to_ms, origin) = rate;
            let revision = header.origins.get(origin).cloned().unwrap_or_default();
            let is_sound = rate_pico >= 0 && per > 0 && !revision.is_empty();
            if !is_sound {
                return Err(FeedError::Unreadable(format!("{provider}/{model}: a rate")));
            }
            quotes.push(SourcedQuote {
                source: Source::Snapshot,
                revision,
                quote: Quote {
                    key: PriceKey {
                        provider: provider.clone(),
                        model: model.clone(),
                        resource_type: resource_type.clone(),
                        region: region.clone(),
                        service_tier: service_tier.clone(),
                        min_context: *min_context,
                        schedule: schedule.clone(),
                    },
                    valid_from_ms,
                    valid_to_ms,
                    rate: Rate { rate_pico, per },
                },
            });
        }
    }
    // A file that was cut off at a line's end is still JSON up to there.
    if quotes.len() != header.rates {
        return Err(FeedError::Unreadable(format!(
            "the snapshot announces {} rates and holds {}",
            header.rates,
            quotes.len()
        )));
    }
    Ok(Snapshot {
        built_on: header.built_on,
        quotes,
    })
}
