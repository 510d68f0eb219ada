//! What the operator says of calls where nothing in them tells.
use crate::{CacheWriteLifetimes, ReportedCostSettings};

/// The settings that choose how a call is read and estimated, each dated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OperatorWords {
    /// How long the cache writes of each source live where its figures don't tell.
    pub lifetimes: CacheWriteLifetimes,
    /// Whose reported costs count.
    pub reported: ReportedCostSettings,
}
