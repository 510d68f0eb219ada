//! Any question about usage and cost, answered from the sums that recording keeps.
//!
//! A caller makes a [`Reader`] for one request (it reads the ledger's state: version, zone, today)
//! and asks it; each question lives in a module of its own, takes its parameters decoded and
//! checked by [`Parameters`], and gives back the contract's answer, ready to be written as JSON.
//! Every statement is served by an index; ranges of days go in as segments, so that one statement
//! reads this period, the compared one and the one for a forecast, each row once.

mod analysis;
mod ask;
mod export;
mod groups;
mod operations;
mod sessions;
mod sums;
mod time;

pub use analysis::bridge::{Bridge, BridgeItem, bridge};
pub use analysis::forecast::{Forecast, forecast};
pub use ask::etag::{AnswerKey, etag, matches};
pub use ask::parameters::{Include, Page, Parameters, QUERY_BYTES_MAX, TEXT_CHARS_MAX};
pub use ask::problem::QueryError;
pub use ask::reader::{LedgerState, Reader, Viewer};
pub use ask::slice::{Dimension, Slice};
pub use ask::watermark::Watermark;
pub use export::export_file::Export;
pub use export::open_export::{ExportFormat, ExportKind};
pub use groups::group_list::{GROUP_LIST_PARAMETERS, GroupList};
pub use groups::group_page::GroupSort;
pub use groups::user::{USER_PARAMETERS, UserStats};
pub use operations::integrity::{INTEGRITY_PARAMETERS, Integrity};
pub use operations::jobs::{JOB_PARAMETERS, JobRunList};
pub use sessions::interaction_list::{INTERACTION_LIST_PARAMETERS, InteractionList};
pub use sessions::receipt::Receipt;
pub use sessions::session::SessionDetail;
pub use sessions::session_list::{SESSION_LIST_PARAMETERS, SessionList};
pub use sums::figures::{Coverage, Figures};
pub use sums::percentile::{Percentiles, percentiles};
pub use time::daily::{DAILY_PARAMETERS, DailyStats};
pub use time::system::{SYSTEM_PARAMETERS, SystemStats};
