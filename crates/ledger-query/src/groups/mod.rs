//! Sums by user, model, agent and the other dimensions.

pub(crate) mod group;
pub(crate) mod group_list;
pub(crate) mod group_page;
pub(crate) mod group_rank;
pub(crate) mod group_series;
