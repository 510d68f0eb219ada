//! What a reader of an estimate must know about a line.
use std::fmt;

use serde::de::Error as _;
use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One remark on a line, or on how an interaction's usage was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flag {
    /// The call is older than the rate's first sighting, and no list tells since when the rate holds.
    AssumedStart,
    /// The rate has not been confirmed within its `cache_ttl`.
    StalePrice,
    /// No rate of its own: billed at the input rate.
    BilledAsInput,
    /// A cache write of one hour without a rate of its own: billed at the five-minute rate.
    BilledAsShortCacheWrite,
    /// No rate of its own: billed at the output rate.
    BilledAsOutput,
    /// The input rate has a tier for a context of this size, this rate has none.
    ContextTierMissing,
    /// The model charges for each request, and the one request was not reported but implied.
    ImpliedRequest,
    /// The amount was declared by the caller.
    Declared,
    /// The book has no rate.
    Unpriced,
    /// Cache writes whose lifetime nothing tells: taken for the shorter one.
    CacheLifetimeAssumed,
    /// Cache writes whose lifetime is the one that is set for their sender.
    CacheLifetimeBySetting,
    /// The total chose between two readings of the counts.
    TotalDecided,
    /// The total fits no reading of the counts.
    TotalDiffers,
    /// What the total has beyond the counts was taken for reasoning that its source left out.
    HiddenReasoning,
    /// How counts overlap was concluded from the counts themselves, or from the sender's versions.
    OverlapConcluded,
    /// Steps that the provider's own sums leave out were added to them.
    CompactionAdded,
    /// Output that does not say its kind was taken for images.
    ImageOutputConcluded,
    /// A figure of the usage object could not be read; it is a line without a price.
    UnreadUsage,
    /// What the provider reported of its cost counts, as the operator says of it.
    Reported,
    /// The reported cost is its sender's statement beside the usage, not the provider's own.
    ReportedBySender,
}

impl Flag {
    /// Every flag, in the order of their bits.
    pub const ALL: [Self; 20] = [
        Self::AssumedStart,
        Self::StalePrice,
        Self::BilledAsInput,
        Self::BilledAsShortCacheWrite,
        Self::BilledAsOutput,
        Self::ContextTierMissing,
        Self::ImpliedRequest,
        Self::Declared,
        Self::Unpriced,
        Self::CacheLifetimeAssumed,
        Self::CacheLifetimeBySetting,
        Self::TotalDecided,
        Self::TotalDiffers,
        Self::HiddenReasoning,
        Self::OverlapConcluded,
        Self::CompactionAdded,
        Self::ImageOutputConcluded,
        Self::UnreadUsage,
        Self::Reported,
        Self::ReportedBySender,
    ];

    /// The name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AssumedStart => "assumed_start",
            Self::StalePrice => "stale_price",
            Self::BilledAsInput => "billed_as_input",
            Self::BilledAsShortCacheWrite => "billed_as_cache_write_5m",
            Self::BilledAsOutput => "billed_as_output",
            Self::ContextTierMissing => "context_tier_missing",
            Self::ImpliedRequest => "implied_request",
            Self::Declared => "declared",
            Self::Unpriced => "unpriced",
            Self::CacheLifetimeAssumed => "cache_lifetime_assumed",
            Self::CacheLifetimeBySetting => "cache_lifetime_by_setting",
            Self::TotalDecided => "total_decided",
            Self::TotalDiffers => "total_differs",
            Self::HiddenReasoning => "hidden_reasoning",
            Self::OverlapConcluded => "overlap_concluded",
            Self::CompactionAdded => "compaction_added",
            Self::ImageOutputConcluded => "image_output_concluded",
            Self::UnreadUsage => "unread_usage",
            Self::Reported => "reported",
            Self::ReportedBySender => "reported_by_sender",
        }
    }
}

/// The remarks on a line, or on all lines of an estimate together.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Flags(u32);

impl Flags {
    /// No remark.
    pub const NONE: Self = Self(0);

    /// These and one more.
    #[must_use]
    pub const fn with(self, flag: Flag) -> Self {
        Self(self.0 | 1 << flag as u32)
    }

    /// These without one.
    #[must_use]
    pub const fn without(self, flag: Flag) -> Self {
        Self(self.0 & !(1 << flag as u32))
    }

    /// These and all of the others.
    #[must_use]
    pub const fn union(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Whether the flag is set.
    pub const fn contains(self, flag: Flag) -> bool {
        self.0 & (1 << flag as u32) != 0
    }

    /// Whether none is set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The flags as a number, for storage; the bits never change their meaning.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// The flags of a stored number; bits without a meaning are left out.
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits & ((1 << Flag::ALL.len()) - 1))
    }

    /// The flags that are set.
    pub fn iter(self) -> impl Iterator<Item = Flag> {
        Flag::ALL
            .into_iter()
            .filter(move |flag| self.contains(*flag))
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_set()
            .entries(self.iter().map(Flag::as_str))
            .finish()
    }
}

impl Serialize for Flags {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut names = serializer.serialize_seq(None)?;
        for flag in self.iter() {
            names.serialize_element(flag.as_str())?;
        }
        names.end()
    }
}

/// By the names that [`Serialize`] writes.
impl<'de> Deserialize<'de> for Flags {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names: Vec<String> = Vec::deserialize(deserializer)?;
        names.iter().try_fold(Self::NONE, |flags, name| {
            let found = Flag::ALL.into_iter().find(|flag| flag.as_str() == name);
            found
                .map(|flag| flags.with(flag))
                .ok_or_else(|| D::Error::custom("an unknown flag"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_survive_storage_as_a_number() {
        for flag in Flag::ALL {
            let flags = Flags::NONE.with(flag);
            assert_eq!(
                Flags::from_bits(flags.bits()).iter().collect::<Vec<_>>(),
                [flag]
            );
        }
        assert_eq!(Flags::from_bits(u32::MAX).iter().count(), Flag::ALL.len());
    }

    #[test]
    fn json_names_the_flags() {
        let flags = Flags::NONE.with(Flag::Unpriced).with(Flag::AssumedStart);
        assert_eq!(
            serde_json::to_string(&flags).unwrap(),
            r#"["assumed_start","unpriced"]"#
        );
        let read: Flags = serde_json::from_str(r#"["unpriced","assumed_start"]"#).unwrap();
        assert_eq!(read, flags);
        assert!(serde_json::from_str::<Flags>(r#"["no_such"]"#).is_err());
    }
}
