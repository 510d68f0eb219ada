//! What holds of the ledger as a whole: recorded, asked, moved, checked and priced again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    missing_docs,
    reason = "a test fails by panicking, and reads as one story"
)]

mod accuracy;
mod archive;
mod change_reporting_zone;
mod exactly_once;
mod guarantees;
mod history;
mod interrupted;
mod job_runs;
mod migrations;
mod near_the_limit;
mod plans_counters;
mod price_decisions;
mod price_lists;
mod prices;
mod prices_reprice;
mod query_bridge;
mod query_ledger;
mod query_plans;
mod query_recount;
mod record_retention;
mod recount;
mod rerate;
mod rollups_migration;
mod session_rules;
mod traces;
mod verify;
