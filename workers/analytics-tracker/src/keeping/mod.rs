//! The jobs that keep the ledger, and when they run.

pub mod jobs;
pub mod run_job;
