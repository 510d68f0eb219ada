#![doc = include_str!("../README.md")]

mod accuracy;
mod analysis;
mod ask;
mod export;
mod groups;
mod operations;
mod sessions;
mod sums;
mod time;

pub use accuracy::{
    ACCURACY_PARAMETERS, left_out::LeftOutList, reported_costs::ReportedCostList,
    unread_fields::UnreadFieldList,
};
pub use analysis::bridge::{Bridge, BridgeItem, bridge};
pub use analysis::forecast::{Forecast, forecast};
pub use ask::etag::{AnswerKey, etag, matches};
pub use ask::problem::QueryError;
pub use ask::reader::{LedgerState, Reader, Viewer};
pub use ask::slice::{Dimension, Slice};
pub use ask::watermark::Watermark;
pub use export::export_file::Export;
pub use export::export_kind::{ExportFormat, ExportKind};
pub use groups::group_list::{GROUP_LIST_PARAMETERS, GroupList};
pub use groups::group_page::GroupSort;
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
pub use time::user::{USER_PARAMETERS, UserStats};
