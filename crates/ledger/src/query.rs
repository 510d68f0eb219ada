//! Any question about usage and cost, answered from the sums that [`crate::record_batch`] keeps.
//!
//! A caller makes a [`Reader`] for one request (it reads the ledger's state: version, zone, today)
//! and asks it; each question lives in a module of its own, takes its parameters decoded and
//! checked by [`Parameters`], and gives back the contract's answer, ready to be written as JSON.
//! Every statement is served by an index; ranges of days go in as segments, so that one statement
//! reads this period, the compared one and the one for a forecast, each row once.

mod amount;
mod bridge;
mod bucket;
mod calendar;
mod comparison;
mod daily;
mod day_items;
mod distinct;
mod etag;
mod export;
mod export_cell;
mod export_daily;
mod export_file;
mod export_focus;
mod export_interactions;
mod export_sessions;
mod figures;
mod forecast;
mod group;
mod group_list;
mod group_page;
mod group_rank;
mod group_series;
mod integrity;
mod interaction_list;
mod jobs;
mod latency;
mod list_prices;
mod marks;
mod measure;
mod overview;
mod parameters;
mod percentile;
mod problem;
mod raw;
mod reader;
mod receipt;
mod series;
mod session;
mod session_filter;
mod session_list;
mod slice;
mod sums;
mod system;
mod user;
mod watermark;

pub use amount::{Amount, Ratio};
pub use bridge::{Bridge, BridgeItem, bridge};
pub use calendar::{CompareMode, DayRange, Granularity, Period, iso as iso_time};
pub use daily::{DAILY_PARAMETERS, DailyStats};
pub use etag::{AnswerKey, etag, matches};
pub use export::{ExportFormat, ExportKind};
pub use export_file::Export;
pub use figures::{Coverage, Figures};
pub use forecast::{Forecast, forecast};
pub use group_list::{GROUP_LIST_PARAMETERS, GroupList};
pub use group_page::GroupSort;
pub use integrity::{INTEGRITY_PARAMETERS, Integrity};
pub use interaction_list::{INTERACTION_LIST_PARAMETERS, InteractionList};
pub use jobs::{JOB_PARAMETERS, JobRunList};
pub use parameters::{Include, Page, Parameters, QUERY_BYTES_MAX, TEXT_CHARS_MAX};
pub use percentile::{Percentiles, percentiles};
pub use problem::QueryError;
pub use reader::{LedgerState, Reader, Viewer};
pub use receipt::Receipt;
pub use session::SessionDetail;
pub use session_list::{SESSION_LIST_PARAMETERS, SessionList};
pub use slice::{Dimension, Slice};
pub use system::{SYSTEM_PARAMETERS, SystemStats};
pub use user::{USER_PARAMETERS, UserStats};
pub use watermark::Watermark;
