//! From a source's own usage object to disjoint buckets, quantities and hints.
//!
//! Every leaf of the object goes through one table ([`field_table`], [`flat_names`]); the convention says how the
//! counts overlap ([`conventions`], [`overlap`]). What has no meaning in the table and is not zero
//! becomes an unread line, so that nothing is ever free by accident.
mod cache_lifetime;
mod conventions;
mod field_table;
mod flat_names;
mod iterations;
mod langfuse;
mod leaf;
mod lifetime;
mod overlap;
mod rate_hints;
mod slot;
mod tally;
mod token_parts;
mod usage_error;
mod usage_numbers;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::PicoUsd;
use crate::TokenUsage;
use crate::UsageConvention;
use crate::canonical_provider;
use crate::flags::{Flag, Flags};
use crate::usage::reported_cost::cost_of_usage;
use leaf::{Amount, LEAVES_MAX, holds_number, leaves};
pub use lifetime::Lifetime;
#[cfg(feature = "selftest")]
use slot::Meaning;
use slot::Slot;
use tally::Tally;
pub use usage_error::UsageError;

/// Most tokens in one field: a million contexts of a million tokens.
pub const TOKENS_MAX: u64 = 1_000_000_000_000;

/// Whose counts they are.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sender<'a> {
    /// The provider: any name that [`canonical_provider`] understands, or empty.
    pub provider: &'a str,
    /// The lifetime that the operator says of the sender's cache writes, for those that tell none.
    pub cache_lifetime: Option<Lifetime>,
}

impl<'a> From<&'a str> for Sender<'a> {
    fn from(provider: &'a str) -> Self {
        Self {
            provider,
            cache_lifetime: None,
        }
    }
}

/// A usage object, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsageReading {
    /// Tokens in disjoint buckets.
    pub usage: TokenUsage,
    /// Quantities with a price of their own by resource, parts of a bucket ([`crate::TokenPart`]),
    /// and figures that could not be read (`unread:<field>`).
    pub calls: BTreeMap<String, u64>,
    /// What was concluded or assumed.
    pub flags: Flags,
    /// The service tier served, where the object says that it was a special one.
    pub service_tier: Option<String>,
    /// The geography in which it was served, where the object says that it was a special one.
    pub region: Option<String>,
    /// What the provider or a gateway says it billed.
    pub reported_cost: Option<PicoUsd>,
    /// The object's names and numbers as compact JSON, where the reading was not plain.
    pub numbers: Option<String>,
}

/// Reads a usage object strictly: what contradicts itself is an error that names the field and both
/// counts. For a sender who can mend it and send again.
///
/// `payload` is the usage object itself, or a response around it.
///
/// ```
/// use cost_calculation::{UsageConvention, read_usage};
/// let payload = serde_json::json!({
///     "prompt_tokens": 1200, "prompt_tokens_details": {"cached_tokens": 1000},
///     "completion_tokens": 300, "completion_tokens_details": {"reasoning_tokens": 200},
///     "total_tokens": 1500, "service_tier": "priority", "vendor_tokens": 7,
/// });
/// let reading = read_usage(UsageConvention::OpenAiChat, "openai", &payload)?;
/// assert_eq!((reading.usage.input, reading.usage.cache_read), (200, 1000));
/// assert_eq!((reading.usage.output, reading.usage.reasoning), (100, 200));
/// assert_eq!(reading.service_tier.as_deref(), Some("priority"));
/// assert_eq!(reading.calls["unread:vendor_tokens"], 7);
/// # Ok::<(), cost_calculation::UsageError>(())
/// ```
///
/// # Errors
/// The first contradiction: see [`UsageError`].
pub fn read_usage<'a>(
    convention: UsageConvention,
    sender: impl Into<Sender<'a>>,
    payload: &Value,
) -> Result<UsageReading, UsageError> {
    let (reading, mut doubts) = read_with_doubts(convention, sender.into(), payload);
    if doubts.is_empty() {
        Ok(reading)
    } else {
        Err(doubts.swap_remove(0))
    }
}

/// Reads a usage object whose sender will not send it again: a contradiction leaves the figures in
/// doubt unread by name, and what can't be taken apart at all leaves every figure unread.
pub fn read_usage_or_keep<'a>(
    convention: UsageConvention,
    sender: impl Into<Sender<'a>>,
    payload: &Value,
) -> UsageReading {
    let (mut reading, doubts) = read_with_doubts(convention, sender.into(), payload);
    if doubts.is_empty() {
        return reading;
    }
    let mut kept = Tally::new(None);
    for doubt in &doubts {
        let Some((field, amount)) = doubt.figure_in_doubt() else {
            return all_unread(reading, payload, &doubts);
        };
        kept.add_unread(field, amount);
    }
    reading.flags = reading.flags.union(kept.flags);
    reading.calls.extend(kept.unread);
    reading.numbers = usage_numbers::compact(payload);
    reading
}

/// Nothing of the object could be taken apart: each of its figures is a line of its own.
fn all_unread(reading: UsageReading, payload: &Value, doubts: &[UsageError]) -> UsageReading {
    let is_doubted = |shown: &str| {
        doubts
            .iter()
            .any(|doubt| matches!(doubt, UsageError::NotACount { field, .. } if field == shown))
    };
    let mut kept = Tally::new(None);
    let found = leaves(payload);
    for leaf in &found {
        let is_figure = leaf.value.is_number() || holds_number(leaf.value);
        if is_figure || is_doubted(&leaf.shown) {
            kept.add_unread(&leaf.shown, Amount::of(leaf.value).rounded_up());
        }
    }
    if found.len() > LEAVES_MAX {
        kept.add_unread("more_fields", 1);
    }
    if kept.unread.is_empty() {
        kept.add_unread("usage", 1);
    }
    UsageReading {
        usage: TokenUsage::default(),
        calls: kept.unread,
        flags: kept.flags,
        numbers: usage_numbers::compact(payload),
        ..reading
    }
}

fn read_with_doubts(
    convention: UsageConvention,
    sender: Sender<'_>,
    payload: &Value,
) -> (UsageReading, Vec<UsageError>) {
    let mut tally = Tally::new(sender.cache_lifetime);
    let provider = canonical_provider(sender.provider);
    if !payload.is_object() && !payload.is_null() {
        let found = usage_error::kind_of(payload);
        tally.doubts.push(UsageError::NotAnObject {
            field: "usage".to_owned(),
            found,
        });
        return (UsageReading::default(), tally.doubts);
    }
    let usage = match convention {
        UsageConvention::Disjoint => {
            tally.take(payload, flat_names::of_disjoint);
            disjoint(&mut tally)
        }
        UsageConvention::LangfuseUsageDetails if is_langfuse(payload) => {
            tally.take(payload, flat_names::of_langfuse);
            langfuse::read(&mut tally, &provider)
        }
        UsageConvention::OtelGenAi => {
            tally.take(payload, flat_names::of_attribute);
            conventions::read(&mut tally, convention, &provider)
        }
        _ => {
            let apart = iterations::apart(payload);
            let (object, steps) = apart
                .as_ref()
                .map_or((payload, &[][..]), |(rest, steps)| (rest, steps));
            tally.take(object, field_table::of_object);
            iterations::add(&mut tally, steps, &provider);
            let convention = match convention {
                // Langfuse's server takes OpenAI's own object for `usage_details`.
                UsageConvention::LangfuseUsageDetails => UsageConvention::OpenAiLike,
                other => other,
            };
            conventions::read(&mut tally, convention, &provider)
        }
    };
    let reported_cost = cost_of_usage(payload);
    let mut calls = tally.calls;
    calls.append(&mut tally.unread);
    // A lifetime that was not told needs no more than its bucket to be read again.
    let is_plain = tally.doubts.is_empty()
        && tally.flags.iter().all(|flag| {
            matches!(
                flag,
                Flag::CacheLifetimeAssumed | Flag::CacheLifetimeBySetting
            )
        });
    let reading = UsageReading {
        usage,
        calls,
        flags: tally.flags,
        service_tier: tally.hints.service_tier(),
        region: tally.hints.region,
        reported_cost,
        numbers: (!is_plain)
            .then(|| usage_numbers::compact(payload))
            .flatten(),
    };
    (reading, tally.doubts)
}

/// Whether the object has Langfuse's keys, and is not a provider's own.
fn is_langfuse(payload: &Value) -> bool {
    let Some(fields) = payload.as_object() else {
        return true;
    };
    let any = |names: &[&str]| names.iter().any(|name| fields.contains_key(*name));
    any(&["input", "output", "total"])
        || !any(&[
            "prompt_tokens",
            "completion_tokens",
            "input_tokens",
            "output_tokens",
            "promptTokens",
            "promptTokenCount",
        ])
}

/// This project's own buckets; a total has to be their sum.
fn disjoint(tally: &mut Tally) -> TokenUsage {
    let usage = TokenUsage {
        input: tally.get(Slot::Input),
        cache_read: tally.get(Slot::CacheRead),
        cache_write_5m: tally.get(Slot::Write5m),
        cache_write_1h: tally.get(Slot::Write1h),
        output: tally.get(Slot::Output),
        reasoning: tally.get(Slot::Reasoning),
        audio_in: tally.get(Slot::AudioIn),
        audio_out: tally.get(Slot::AudioOut),
        image_in: tally.get(Slot::ImageIn),
        image_out: tally.get(Slot::ImageOut),
    };
    let total = tally.get(Slot::Total);
    if tally.has(Slot::Total) && total != usage.total() {
        tally.flags = tally.flags.with(Flag::TotalDiffers);
        tally.doubts.push(UsageError::TotalContradicts {
            field: tally.name(Slot::Total),
            total,
            difference: total.abs_diff(usage.total()),
            expected: format!("{} (the sum of the disjoint buckets)", usage.total()),
        });
    }
    usage
}

/// What a field of an object of this convention is taken for, in a word; `None` for one that no
/// table knows. For a test that walks through the published fields.
#[cfg(feature = "selftest")]
pub(crate) fn meaning_of(convention: UsageConvention, path: &str) -> Option<&'static str> {
    let meaning = match convention {
        UsageConvention::Disjoint => flat_names::of_disjoint(path),
        UsageConvention::LangfuseUsageDetails => flat_names::of_langfuse(path),
        UsageConvention::OtelGenAi => flat_names::of_attribute(path),
        _ => field_table::of_object(path),
    }?;
    Some(match meaning {
        Meaning::Slot(_) | Meaning::TierSlot(..) => "tokens",
        Meaning::Repeat => "repeat",
        Meaning::Quantity(_) | Meaning::Seconds(_) => "quantity",
        Meaning::Hint(_) => "hint",
        Meaning::Cost => "cost",
        Meaning::Free => "free",
    })
}
