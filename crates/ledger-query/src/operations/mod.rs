//! How the ledger itself does: whether its sums agree, and the runs of its jobs.

pub(crate) mod integrity;
pub(crate) mod jobs;
