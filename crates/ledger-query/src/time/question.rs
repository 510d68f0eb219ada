//! What a chart is asked for.

use super::measure::Measure;
use crate::ask::slice::{Dimension, Slice};
use query_parameters::Include;
use reporting_days::calendar::{Alignment, DayRange, Granularity};

/// What is asked, taken apart.
pub(crate) struct Question {
    pub range: DayRange,
    pub granularity: Granularity,
    pub group_by: Option<Dimension>,
    pub top: u64,
    pub rank_by: Measure,
    pub alignment: Option<Alignment>,
    pub include: Include,
    pub slice: Slice,
}
