//! The rows of the book as the merge sees them, and what it wants changed.

use crate::{PriceKey, Rate, Source};

/// Whether a row prices anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowStatus {
    /// It does, while it is valid.
    Active,
    /// It waits for a second source or an operator.
    Quarantined,
    /// An operator refused it: it stays out, also when its source repeats it.
    Rejected,
    /// It waited, and its source took it back or another one settled it. Said again, it waits anew.
    Withdrawn,
}

/// Why a waiting row waits no longer without an operator's word.
pub const WITHDRAWN_BECAUSE: [&str; 2] = [SETTLED, NO_LONGER_QUOTED];
pub(super) const SETTLED: &str = "settled by another source";
pub(super) const NO_LONGER_QUOTED: &str = "no longer quoted";

impl RowStatus {
    /// From the price book's status and reason, which say "rejected" of both kinds.
    pub fn of(status: &str, reason: &str) -> Self {
        match status {
            "active" => Self::Active,
            "quarantined" => Self::Quarantined,
            _ if WITHDRAWN_BECAUSE.contains(&reason) => Self::Withdrawn,
            _ => Self::Rejected,
        }
    }
}

/// A row that the book has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookRow {
    /// `prices.id`.
    pub id: i64,
    /// What it prices.
    pub key: PriceKey,
    /// How much.
    pub rate: Rate,
    /// Inclusive start, unix milliseconds.
    pub valid_from_ms: i64,
    /// Exclusive end; `None` while open.
    pub valid_to_ms: Option<i64>,
    /// The source's name.
    pub source: String,
    /// The source's revision.
    pub revision: String,
    /// Whether it prices anything.
    pub status: RowStatus,
}

impl BookRow {
    pub(crate) fn is_active(&self) -> bool {
        self.status == RowStatus::Active
    }

    pub(crate) fn is_in_force(&self, now_ms: i64) -> bool {
        self.is_active()
            && self.valid_from_ms <= now_ms
            && self.valid_to_ms.is_none_or(|end| now_ms < end)
    }

    /// Whether it prices some moment after `from_ms`.
    pub(crate) fn reaches_beyond(&self, from_ms: i64) -> bool {
        self.is_active()
            && self
                .valid_to_ms
                .is_none_or(|end| end > from_ms && end > self.valid_from_ms)
    }

    pub(crate) fn is_override(&self) -> bool {
        self.source == Source::Override.as_str()
    }
}

/// A row to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRow {
    /// What it prices.
    pub key: PriceKey,
    /// How much.
    pub rate: Rate,
    /// Inclusive start, unix milliseconds.
    pub valid_from_ms: i64,
    /// What the start rests on: `stated`, `observed` or `assumed`.
    pub basis: cost_calculation::ValidFromBasis,
    /// Exclusive end; `None` while open.
    pub valid_to_ms: Option<i64>,
    /// Whose price it is.
    pub source: Source,
    /// In which revision of the source.
    pub revision: String,
    /// Why it is quarantined; `None` for a row that is active.
    pub quarantined_because: Option<String>,
}

/// Two sources that differ by more than one per cent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// On what they differ.
    pub key: PriceKey,
    /// The source that goes first.
    pub source: Source,
    /// Its rate.
    pub rate: Rate,
    /// The source that says something else.
    pub other_source: Source,
    /// What it says.
    pub other_rate: Rate,
}

/// What changes in the book for one model.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModelChanges {
    /// Rows to end: id and exclusive end, unix milliseconds.
    pub close: Vec<(i64, i64)>,
    /// Rows to write, active or quarantined.
    pub open: Vec<NewRow>,
    /// Quarantined rows that wait no longer: id and why.
    pub withdraw: Vec<(i64, &'static str)>,
    /// Where sources differ.
    pub conflicts: Vec<Conflict>,
}

impl ModelChanges {
    /// Whether the book stays as it is.
    pub const fn is_empty(&self) -> bool {
        self.close.is_empty() && self.open.is_empty() && self.withdraw.is_empty()
    }
}
