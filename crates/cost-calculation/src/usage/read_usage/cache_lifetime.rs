//! How long what was written to a cache lives: told by the payload, set for the sender, or assumed.
use super::UsageError;
use super::lifetime::Lifetime;
use super::slot::Slot;
use super::tally::Tally;
use crate::flags::Flag;

/// Providers whose caches have one lifetime, or none that is charged for apart.
const ONE_LIFETIME: [&str; 12] = [
    "openai",
    "azure",
    "google",
    "deepseek",
    "x-ai",
    "mistral",
    "moonshotai",
    "groq",
    "dashscope",
    "cerebras",
    "together",
    "fireworks",
];

/// Cache writes by lifetime.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Writes {
    /// Five minutes, half an hour, or the only lifetime that there is.
    pub short: u64,
    /// An hour, and the half day below.
    pub long: u64,
    /// Twelve hours.
    pub half_day: u64,
}

impl Writes {
    pub const fn all(self) -> u64 {
        self.short.saturating_add(self.long)
    }
}

/// Takes the writes apart. The parts must make the whole where both are told; what tells no lifetime
/// has the one that was set for the sender, or else the shorter, which is marked as assumed.
pub(super) fn writes(tally: &mut Tally, provider: &str) -> Writes {
    let half_day = tally.get(Slot::Write12h);
    let short = tally
        .get(Slot::Write5m)
        .saturating_add(tally.get(Slot::Write30m));
    let long = tally.get(Slot::Write1h).saturating_add(half_day);
    let told = short.saturating_add(long);
    let whole = tally.get(Slot::CacheWrite);
    let mut writes = Writes {
        short,
        long,
        half_day,
    };
    // LangChain sets the whole to 0 where it tells the parts.
    if whole == 0 || whole == told {
        return writes;
    }
    if told > 0 {
        let parts: Vec<String> = [Slot::Write5m, Slot::Write30m, Slot::Write1h, Slot::Write12h]
            .into_iter()
            .filter(|slot| tally.has(*slot))
            .map(|slot| tally.name(slot))
            .collect();
        let doubt = UsageError::Disagree {
            left: tally.name(Slot::CacheWrite),
            left_count: whole,
            right: parts.join(" + "),
            right_count: told,
        };
        tally.doubts.push(doubt);
    }
    let untold = whole.saturating_sub(told);
    let flag = match tally.assumed_lifetime {
        Some(Lifetime::OneHour) => {
            writes.long = writes.long.saturating_add(untold);
            Some(Flag::CacheLifetimeBySetting)
        }
        Some(Lifetime::FiveMinutes) => {
            writes.short = writes.short.saturating_add(untold);
            Some(Flag::CacheLifetimeBySetting)
        }
        None => {
            writes.short = writes.short.saturating_add(untold);
            (!ONE_LIFETIME.contains(&provider)).then_some(Flag::CacheLifetimeAssumed)
        }
    };
    if let Some(flag) = flag.filter(|_| untold > 0) {
        tally.flags = tally.flags.with(flag);
    }
    writes
}
