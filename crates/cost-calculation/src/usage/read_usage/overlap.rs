//! Taking overlapping counts apart. The source's convention says how they overlap; the reported
//! total may choose between the readings that the convention leaves open, and convicts none alone.
use std::fmt::Write;

use super::UsageError;
use super::cache_lifetime::{Writes, writes};
use super::slot::Slot;
use super::tally::Tally;
use super::token_parts;
use crate::TokenPart;
use crate::TokenUsage;
use crate::flags::Flag;

/// Whether a part is counted in its whole too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overlap {
    Inside,
    Outside,
}

impl Overlap {
    const fn other(self) -> Self {
        match self {
            Self::Inside => Self::Outside,
            Self::Outside => Self::Inside,
        }
    }
}

/// What a source's total may overrule or leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum May {
    /// Cached tokens may overlap the other way.
    CacheDiffer,
    /// Reasoning may.
    ReasoningDiffer,
    /// Prompts of tools may stand in the input already.
    ToolUseBeInside,
    /// The total may leave the cached tokens out.
    TotalLackCache,
    /// Or the reasoning.
    TotalLackReasoning,
}

/// How a source's counts overlap.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    pub cache: Overlap,
    pub reasoning: Overlap,
    pub may: &'static [May],
    /// What the total has beyond all counts is reasoning that was left out.
    pub hidden_reasoning: bool,
}

impl Reading {
    /// Cached tokens inside the input, reasoning inside the output unless the total says else.
    pub const INCLUSIVE: Self = Self {
        cache: Overlap::Inside,
        reasoning: Overlap::Inside,
        may: &[May::ReasoningDiffer],
        hidden_reasoning: false,
    };

    fn may(self, what: May) -> bool {
        self.may.contains(&what)
    }
}

/// One way to read the counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Way {
    cache: Overlap,
    reasoning: Overlap,
    tool_use: Overlap,
}

/// The wholes and parts that the ways differ in.
struct Counts {
    input: u64,
    output: u64,
    cached: u64,
    reasoning: u64,
    tool_use: u64,
    citation: u64,
    /// Output of other kinds, always inside.
    other_output: u64,
}

impl Counts {
    fn of(tally: &Tally, writes: Writes) -> Self {
        Self {
            input: tally.get(Slot::Input),
            output: tally.get(Slot::Output),
            cached: cache_read(tally).saturating_add(writes.all()),
            reasoning: tally.get(Slot::Reasoning),
            tool_use: tally.get(Slot::ToolUse),
            citation: tally.get(Slot::Citation),
            other_output: tally
                .get(Slot::AudioOut)
                .saturating_add(tally.get(Slot::ImageOut))
                .saturating_add(tally.get(Slot::VideoOut)),
        }
    }

    const fn sum(&self, way: Way) -> u64 {
        let mut sum = self.input.saturating_add(self.output);
        if matches!(way.cache, Overlap::Outside) {
            sum = sum.saturating_add(self.cached);
        }
        if matches!(way.reasoning, Overlap::Outside) {
            sum = sum.saturating_add(self.reasoning);
        }
        if matches!(way.tool_use, Overlap::Outside) {
            sum = sum.saturating_add(self.tool_use);
        }
        sum
    }

    /// Whether no part is more than the whole that contains it.
    const fn fits(&self, way: Way) -> bool {
        let cached_fits = matches!(way.cache, Overlap::Outside) || self.cached <= self.input;
        let inside = if matches!(way.reasoning, Overlap::Inside) {
            self.reasoning
        } else {
            0
        };
        cached_fits && inside.saturating_add(self.other_output) <= self.output
    }
}

/// The buckets by the source's own reading, or by the one that the total confirms.
pub(super) fn disjoint(tally: &mut Tally, reading: Reading, provider: &str) -> TokenUsage {
    let writes = writes(tally, provider);
    let counts = Counts::of(tally, writes);
    let own = Way {
        cache: reading.cache,
        reasoning: reading.reasoning,
        tool_use: Overlap::Outside,
    };
    let ways = ways(reading, own);
    let fitting = || ways.iter().copied().filter(|way| counts.fits(*way));
    let way = if tally.has(Slot::Total) {
        by_total(tally, reading, &counts, own, &fitting().collect::<Vec<_>>())
    } else {
        let chosen = fitting().next().unwrap_or(own);
        if chosen != own {
            tally.flags = tally.flags.with(Flag::OverlapConcluded);
        }
        chosen
    };
    let reasoning = tally.get(Slot::Reasoning);
    apart(tally, way, writes, reasoning)
}

/// The source's own way, and then those that it leaves open.
fn ways(reading: Reading, own: Way) -> Vec<Way> {
    let mut ways = vec![own];
    if reading.may(May::ToolUseBeInside) {
        ways.push(Way {
            tool_use: Overlap::Inside,
            ..own
        });
    }
    if reading.may(May::ReasoningDiffer) {
        ways.push(Way {
            reasoning: own.reasoning.other(),
            ..own
        });
    }
    if reading.may(May::CacheDiffer) {
        let other = Way {
            cache: own.cache.other(),
            ..own
        };
        ways.push(other);
        if reading.may(May::ReasoningDiffer) {
            ways.push(Way {
                reasoning: own.reasoning.other(),
                ..other
            });
        }
    }
    ways
}

fn by_total(
    tally: &mut Tally,
    reading: Reading,
    counts: &Counts,
    own: Way,
    fitting: &[Way],
) -> Way {
    let total = tally.get(Slot::Total);
    if let Some(way) = fitting.iter().find(|way| counts.sum(**way) == total) {
        if *way != own && counts.sum(own) != counts.sum(*way) {
            tally.flags = tally.flags.with(Flag::TotalDecided);
        }
        return *way;
    }
    let way = fitting.first().copied().unwrap_or(own);
    let sum = counts.sum(way);
    // Totals that are known to leave something out confirm what is left.
    let cached = if way.cache == Overlap::Outside || reading.may(May::TotalLackCache) {
        counts.cached
    } else {
        0
    };
    let lacking = [
        reading.may(May::TotalLackCache).then_some(cached),
        reading
            .may(May::TotalLackReasoning)
            .then_some(counts.reasoning),
        (counts.citation > 0).then_some(0),
    ];
    let is_known = lacking
        .into_iter()
        .flatten()
        .any(|lack| sum.checked_sub(lack) == Some(total));
    if is_known {
        return way;
    }
    if reading.hidden_reasoning && total > sum && counts.reasoning == 0 {
        tally.set(Slot::Reasoning, total - sum);
        tally.flags = tally.flags.with(Flag::HiddenReasoning);
        return Way {
            reasoning: Overlap::Outside,
            ..way
        };
    }
    let expected = show(tally, counts, own);
    tally.flags = tally.flags.with(Flag::TotalDiffers);
    tally.doubts.push(UsageError::TotalContradicts {
        field: tally.name(Slot::Total),
        total,
        difference: total.abs_diff(sum),
        expected,
    });
    way
}

fn show(tally: &Tally, counts: &Counts, way: Way) -> String {
    let (input, output) = (tally.name(Slot::Input), tally.name(Slot::Output));
    let mut text = format!(
        "{} (`{input}` {} + `{output}` {}",
        counts.sum(way),
        counts.input,
        counts.output
    );
    if way.cache == Overlap::Outside {
        let _ = write!(text, " + {} cached", counts.cached);
    }
    if way.reasoning == Overlap::Outside {
        let reasoning = tally.name(Slot::Reasoning);
        let _ = write!(text, " + `{reasoning}` {}", counts.reasoning);
    }
    if counts.tool_use > 0 {
        let _ = write!(
            text,
            " + `{}` {}",
            tally.name(Slot::ToolUse),
            counts.tool_use
        );
    }
    text.push(')');
    text
}

/// All that was read from a cache; its parts where only they are told.
pub(super) fn cache_read(tally: &Tally) -> u64 {
    if tally.has(Slot::CacheRead) {
        return tally.get(Slot::CacheRead);
    }
    [
        Slot::CachedText,
        Slot::CachedAudio,
        Slot::CachedImage,
        Slot::CachedVideo,
    ]
    .into_iter()
    .fold(0, |sum, slot| sum.saturating_add(tally.get(slot)))
}

fn apart(tally: &mut Tally, way: Way, writes: Writes, reasoning: u64) -> TokenUsage {
    let cache_read = cache_read(tally);
    let cached = cache_read.saturating_add(writes.all());
    let extra = if way.tool_use == Overlap::Outside {
        tally.get(Slot::ToolUse)
    } else {
        0
    };
    let whole = tally.get(Slot::Input).saturating_add(extra);
    let inside = if way.cache == Overlap::Inside {
        cached
    } else {
        0
    };
    let text_and_other = remainder(
        tally,
        (Slot::Input, whole),
        &[
            (Slot::CacheRead, inside.saturating_sub(writes.all())),
            (Slot::CacheWrite, inside.min(writes.all())),
        ],
    );
    let [audio_in, image_in, video_in] = modalities(tally, cached, text_and_other);
    let input = text_and_other
        .saturating_sub(audio_in)
        .saturating_sub(image_in);
    token_parts::put(tally, TokenPart::VideoIn, video_in);
    let reasoning_inside = if way.reasoning == Overlap::Inside {
        reasoning
    } else {
        0
    };
    let (audio_out, image_out) = (tally.get(Slot::AudioOut), tally.get(Slot::ImageOut));
    let output = remainder(
        tally,
        (Slot::Output, tally.get(Slot::Output)),
        &[
            (Slot::AudioOut, audio_out),
            (Slot::ImageOut, image_out),
            (Slot::Reasoning, reasoning_inside),
        ],
    );
    token_parts::take(tally);
    TokenUsage {
        input: input.saturating_add(tally.get(Slot::Citation)),
        cache_read,
        cache_write_5m: writes.short,
        cache_write_1h: writes.long,
        output,
        reasoning,
        audio_in,
        audio_out,
        image_in,
        image_out,
    }
}

/// Uncached audio, images and video. Some sources count the cached ones in both counts and tell how
/// many; where they don't, how many of a kind were cached is not known: then they are left in the
/// counts of text, and a mark says so, which an estimate needs only where their rates differ.
fn modalities(tally: &mut Tally, cached: u64, available: u64) -> [u64; 3] {
    let cached_kinds = [Slot::CachedAudio, Slot::CachedImage, Slot::CachedVideo];
    let is_split = cached_kinds.iter().any(|slot| tally.has(*slot)) || tally.has(Slot::CachedText);
    let mut left = available;
    [
        (
            Slot::AudioIn,
            Slot::CachedAudio,
            Slot::ToolUseAudio,
            "unsplit_audio",
        ),
        (
            Slot::ImageIn,
            Slot::CachedImage,
            Slot::ToolUseImage,
            "unsplit_image",
        ),
        (
            Slot::VideoIn,
            Slot::CachedVideo,
            Slot::ToolUseVideo,
            "unsplit_video",
        ),
    ]
    .map(|(all, cached_of, extra, mark)| {
        let count = tally.get(all);
        if count > 0 && cached > 0 && !is_split {
            tally.calls.insert(mark.to_owned(), count);
            return 0;
        }
        // Where only the cached ones of a kind are told, the others are not.
        let known = if tally.has(all) {
            tally.get(cached_of)
        } else {
            0
        };
        let uncached =
            remainder(tally, (all, count), &[(cached_of, known)]).saturating_add(tally.get(extra));
        if uncached > left {
            doubt_part(tally, (all, uncached), (Slot::Input, left));
            return left;
        }
        left -= uncached;
        uncached
    })
}

/// What is left of the whole; a doubt that names the parts where they are more than it.
pub(super) fn remainder(tally: &mut Tally, whole: (Slot, u64), parts: &[(Slot, u64)]) -> u64 {
    let together = parts
        .iter()
        .fold(0_u64, |sum, (_, count)| sum.saturating_add(*count));
    if let Some(left) = whole.1.checked_sub(together) {
        return left;
    }
    let names: Vec<_> = parts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(slot, _)| tally.name(*slot))
        .collect();
    tally.doubts.push(UsageError::PartExceedsWhole {
        part: names.join(" + "),
        part_count: together,
        whole: tally.name(whole.0),
        whole_count: whole.1,
    });
    0
}

fn doubt_part(tally: &mut Tally, part: (Slot, u64), whole: (Slot, u64)) {
    tally.doubts.push(UsageError::PartExceedsWhole {
        part: tally.name(part.0),
        part_count: part.1,
        whole: tally.name(whole.0),
        whole_count: whole.1,
    });
}
