//! Keeps the ledger true and small: what was recorded is moved to its archive, checked against its
//! interactions, priced again, and moved to another reporting zone, in bounded runs.

pub mod archive;
pub mod change_reporting_zone;
pub mod record_retention;
pub mod reprice;
pub mod rerate;
pub mod verify;
