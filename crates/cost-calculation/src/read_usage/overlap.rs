//! Taking overlapping counts apart; the reported total decides between readings.
use std::fmt::Write;

use super::UsageError;
use super::counts::Named;
use crate::TokenUsage;

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

/// How a source's counts overlap, and what its total may overrule.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    pub cache: Overlap,
    pub cache_may_differ: bool,
    pub reasoning: Overlap,
    pub reasoning_may_differ: bool,
    /// What the total has beyond all counts is reasoning that was left out.
    pub hidden_reasoning: bool,
}

impl Reading {
    /// Cached tokens inside the input, reasoning inside the output unless the total says else.
    pub const INCLUSIVE: Self = Self {
        cache: Overlap::Inside,
        cache_may_differ: false,
        reasoning: Overlap::Inside,
        reasoning_may_differ: true,
        hidden_reasoning: false,
    };
}

/// Counts as a source reports them. Audio and images are always inside input and output.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reported {
    pub input: Named,
    pub cache_read: Named,
    pub cache_write_5m: Named,
    pub cache_write_1h: Named,
    pub audio_in: Named,
    pub image_in: Named,
    pub output: Named,
    pub reasoning: Named,
    pub audio_out: Named,
    pub image_out: Named,
    pub total: Option<Named>,
}

impl Reported {
    /// The buckets by the reading that the total confirms; without a total, by the source's own.
    pub fn disjoint(mut self, reading: Reading) -> Result<TokenUsage, UsageError> {
        let Some(total) = self.total else {
            return self.apart(reading.cache, reading.reasoning);
        };
        let cache = [reading.cache, reading.cache.other()];
        let cache = cache
            .get(..1 + usize::from(reading.cache_may_differ))
            .unwrap_or_default();
        let reasoning = [reading.reasoning, reading.reasoning.other()];
        let reasoning = reasoning
            .get(..1 + usize::from(reading.reasoning_may_differ))
            .unwrap_or_default();
        for cache in cache {
            for reasoning in reasoning {
                if self.sum(*cache, *reasoning) == total.count {
                    return self.apart(*cache, *reasoning);
                }
            }
        }
        let expected = self.sum(reading.cache, reading.reasoning);
        if reading.hidden_reasoning && total.count > expected && self.reasoning.count == 0 {
            self.reasoning.count = total.count - expected;
            return self.apart(reading.cache, Overlap::Outside);
        }
        Err(UsageError::TotalContradicts {
            field: total.field,
            total: total.count,
            expected: self.show(reading, expected),
        })
    }

    fn cached(&self) -> u64 {
        self.cache_read.count + self.cache_write_5m.count + self.cache_write_1h.count
    }

    fn sum(&self, cache: Overlap, reasoning: Overlap) -> u64 {
        let cached = if cache == Overlap::Outside {
            self.cached()
        } else {
            0
        };
        let extra = if reasoning == Overlap::Outside {
            self.reasoning.count
        } else {
            0
        };
        self.input.count + cached + self.output.count + extra
    }

    fn show(&self, reading: Reading, sum: u64) -> String {
        let mut text = format!(
            "{sum} (`{}` {} + `{}` {}",
            self.input.field, self.input.count, self.output.field, self.output.count
        );
        if reading.cache == Overlap::Outside {
            let (read, written) = (
                self.cache_read.count,
                self.cache_write_5m.count + self.cache_write_1h.count,
            );
            let _ = write!(text, " + {read} read from cache + {written} written");
        }
        if reading.reasoning == Overlap::Outside {
            let _ = write!(
                text,
                " + `{}` {}",
                self.reasoning.field, self.reasoning.count
            );
        }
        text.push(')');
        text
    }

    fn apart(&self, cache: Overlap, reasoning: Overlap) -> Result<TokenUsage, UsageError> {
        let mut input_parts = vec![self.audio_in, self.image_in];
        if cache == Overlap::Inside {
            input_parts.extend([self.cache_read, self.cache_write_5m, self.cache_write_1h]);
        }
        let mut output_parts = vec![self.audio_out, self.image_out];
        if reasoning == Overlap::Inside {
            output_parts.push(self.reasoning);
        }
        Ok(TokenUsage {
            input: remainder(self.input, &input_parts)?,
            cache_read: self.cache_read.count,
            cache_write_5m: self.cache_write_5m.count,
            cache_write_1h: self.cache_write_1h.count,
            output: remainder(self.output, &output_parts)?,
            reasoning: self.reasoning.count,
            audio_in: self.audio_in.count,
            audio_out: self.audio_out.count,
            image_in: self.image_in.count,
            image_out: self.image_out.count,
        })
    }
}

/// What is left of the whole; an error that names the parts where they are more than it.
pub(super) fn remainder(whole: Named, parts: &[Named]) -> Result<u64, UsageError> {
    let together: u64 = parts.iter().map(|part| part.count).sum();
    whole.count.checked_sub(together).ok_or_else(|| {
        let names: Vec<_> = parts
            .iter()
            .filter(|part| part.count > 0)
            .map(|part| part.field)
            .collect();
        UsageError::PartExceedsWhole {
            part: names.join(" + "),
            part_count: together,
            whole: whole.field,
            whole_count: whole.count,
        }
    })
}

/// Cache writes by lifetime: the parts must make the whole where both are reported.
pub(super) fn cache_writes(
    whole: Option<Named>,
    short: Option<Named>,
    long: Option<Named>,
) -> Result<(Named, Named), UsageError> {
    let none = |field| Named { field, count: 0 };
    match (whole, short, long) {
        (whole, None, None) => Ok((
            whole.unwrap_or(none("cache writes")),
            none("cache writes of one hour"),
        )),
        (whole, short, long) => {
            let short = short.unwrap_or(none("cache writes of five minutes"));
            let long = long.unwrap_or(none("cache writes of one hour"));
            match whole {
                // LangChain sets the whole to 0 where it reports the parts.
                Some(whole) if whole.count != 0 && whole.count != short.count + long.count => {
                    // Without parts, all of it lives as long as a cache does by default.
                    if short.count + long.count == 0 {
                        return Ok((whole, long));
                    }
                    Err(UsageError::Disagree {
                        left: whole.field.to_owned(),
                        left_count: whole.count,
                        right: format!("{} + {}", short.field, long.field),
                        right_count: short.count + long.count,
                    })
                }
                _ => Ok((short, long)),
            }
        }
    }
}
