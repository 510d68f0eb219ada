//! Langfuse `usage_details`: every key is a bucket of its own, by contract.
//!
//! Langfuse's handlers make it from LangChain's counts: they take every detail off the input and the
//! output, down to zero, whether or not it was a part of them. The `total` is the framework's own and
//! gives away where that went wrong; where it fits nothing, what it has beyond the keys is unread.
use super::cache_lifetime::{Writes, writes};
use super::conventions::HIDES_THOUGHTS;
use super::overlap::{cache_read, remainder};
use super::slot::Slot;
use super::tally::Tally;
use super::token_parts;
use crate::TokenPart;
use crate::TokenUsage;
use crate::flags::Flag;

/// The counts of one side and of both, as sums.
struct Sums {
    input: u64,
    output: u64,
    /// Text and documents, which have the input's rate.
    text: u64,
    /// Other kinds of input that were not read from a cache.
    other: u64,
    cached: u64,
    tier_input: u64,
    over_200k: u64,
    text_out: u64,
    tier_output: u64,
    reasoning: u64,
    other_out: u64,
    total: Option<u64>,
}

impl Sums {
    fn of(tally: &Tally, writes: Writes) -> Self {
        let sum = |slots: &[Slot]| {
            slots
                .iter()
                .fold(0_u64, |sum, slot| sum.saturating_add(tally.get(*slot)))
        };
        Self {
            input: tally.get(Slot::Input),
            output: tally.get(Slot::Output),
            text: sum(&[Slot::TextIn, Slot::DocumentIn]),
            other: sum(&[Slot::AudioIn, Slot::ImageIn, Slot::VideoIn]),
            cached: cache_read(tally).saturating_add(writes.all()),
            tier_input: tally.get(Slot::TierInput),
            over_200k: tally.get(Slot::Over200k),
            text_out: tally.get(Slot::TextOut),
            tier_output: tally.get(Slot::TierOutput),
            reasoning: tally.get(Slot::Reasoning),
            other_out: sum(&[Slot::AudioOut, Slot::ImageOut, Slot::VideoOut]),
            total: tally.has(Slot::Total).then(|| tally.get(Slot::Total)),
        }
    }

    /// Every key but the total is a bucket.
    fn all(&self) -> u64 {
        [
            self.all_output(),
            self.input,
            self.text,
            self.other,
            self.cached,
            self.tier_input,
        ]
        .into_iter()
        .fold(0, u64::saturating_add)
    }

    fn all_output(&self) -> u64 {
        [
            self.output,
            self.text_out,
            self.tier_output,
            self.reasoning,
            self.other_out,
        ]
        .into_iter()
        .fold(0, u64::saturating_add)
    }
}

/// What the plain input and output are by the reading that was chosen.
struct Plain {
    input: u64,
    output: u64,
    reasoning: u64,
}

pub(super) fn read(tally: &mut Tally, provider: &str) -> TokenUsage {
    let writes = writes(tally, provider);
    let sums = Sums::of(tally, writes);
    let plain = plain(tally, &sums, provider);
    token_parts::put(tally, TokenPart::VideoIn, tally.get(Slot::VideoIn));
    token_parts::take(tally);
    TokenUsage {
        input: plain.input.saturating_add(tally.get(Slot::VideoIn)),
        cache_read: cache_read(tally),
        cache_write_5m: writes.short,
        cache_write_1h: writes.long,
        output: plain.output.saturating_add(tally.get(Slot::VideoOut)),
        reasoning: plain.reasoning,
        audio_in: tally.get(Slot::AudioIn),
        audio_out: tally.get(Slot::AudioOut),
        image_in: tally.get(Slot::ImageIn),
        image_out: tally.get(Slot::ImageOut),
    }
}

fn plain(tally: &mut Tally, sums: &Sums, provider: &str) -> Plain {
    let own = Plain {
        input: sums.input + sums.text + sums.tier_input,
        output: sums.output + sums.text_out + sums.tier_output,
        reasoning: sums.reasoning,
    };
    let Some(total) = sums.total else {
        // Whether it is counted beside the input or again, nothing tells.
        if sums.over_200k > 0 {
            tally.add_unread("input_over_200k", sums.over_200k);
        }
        return own;
    };
    let all = sums.all();
    if total == all {
        return own;
    }
    let decided = tally.flags.with(Flag::TotalDecided);
    if let Some(inclusive) = inclusive(tally, sums, total, provider) {
        tally.flags = tally.flags.union(decided);
        return inclusive;
    }
    let output = sums.all_output();
    let rest = total.checked_sub(output);
    // LangChain's Vertex package counts the cached tokens in those of their kind too.
    if sums.input == 0 && sums.cached > 0 && sums.text >= sums.cached {
        let modalities = sums.text + sums.other;
        if rest == Some(modalities) {
            tally.flags = tally.flags.union(decided);
            return Plain {
                input: sums.text - sums.cached,
                ..own
            };
        }
    }
    let beside = sums.text + sums.other + sums.cached + sums.tier_input;
    if let Some(input) = taken_off_input(sums, rest, beside, provider) {
        tally.flags = tally.flags.union(decided);
        return Plain {
            input: input + sums.text + sums.tier_input,
            ..own
        };
    }
    if total > all {
        return beyond(tally, sums, total - all, own, provider);
    }
    // AWS's totals may leave the cached tokens out.
    if provider == "aws" && total + sums.cached == all {
        return own;
    }
    tally.flags = tally.flags.with(Flag::TotalDiffers);
    tally.add_unread("total", total);
    own
}

/// `input` and `output` contain the other keys, as their total says. Priority's keys are never taken
/// off: they repeat what is in the input.
fn inclusive(tally: &mut Tally, sums: &Sums, total: u64, provider: &str) -> Option<Plain> {
    if sums.input.checked_add(sums.output)? != total || provider == "aws" && sums.cached > 0 {
        return None;
    }
    let input_parts = sums.cached.checked_add(sums.other)?;
    let output_parts = sums.reasoning.checked_add(sums.other_out)?;
    if input_parts > sums.input || output_parts > sums.output {
        return None;
    }
    let input = remainder(
        tally,
        (Slot::Input, sums.input),
        &[(Slot::CacheRead, input_parts)],
    );
    Some(Plain {
        input,
        output: sums.output - output_parts,
        reasoning: sums.reasoning,
    })
}

/// The input from which a handler took cached tokens, or `over_200k`, that were never in it.
fn taken_off_input(sums: &Sums, rest: Option<u64>, beside: u64, provider: &str) -> Option<u64> {
    let input = rest?.checked_sub(beside)?;
    let missing = input.checked_sub(sums.input)?;
    if sums.over_200k > 0 {
        return Some(input);
    }
    let is_cached = sums.cached > 0 && (missing == sums.cached || sums.input == 0);
    (provider == "aws" && is_cached && missing <= sums.cached).then_some(input)
}

/// The total has more than the keys: reasoning that was taken off an output which never held it,
/// thoughts that nobody told, or something unread.
fn beyond(tally: &mut Tally, sums: &Sums, extra: u64, own: Plain, provider: &str) -> Plain {
    let taken_off = extra == sums.reasoning || sums.output == 0 && extra <= sums.reasoning;
    if provider == "x-ai" && sums.reasoning > 0 && taken_off {
        tally.flags = tally.flags.with(Flag::TotalDecided);
        return Plain {
            output: own.output + extra,
            ..own
        };
    }
    if HIDES_THOUGHTS.contains(&provider) && sums.reasoning == 0 {
        tally.flags = tally.flags.with(Flag::HiddenReasoning);
        return Plain {
            reasoning: extra,
            ..own
        };
    }
    tally.flags = tally.flags.with(Flag::TotalDiffers);
    tally.add_unread("total", extra);
    own
}
