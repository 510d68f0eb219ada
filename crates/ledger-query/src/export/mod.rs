//! Exports: streamed files with the filters and the sums of the screen.

pub(crate) mod export_cell;
pub(crate) mod export_daily;
pub(crate) mod export_file;
pub(crate) mod export_focus;
pub(crate) mod export_interactions;
pub(crate) mod export_kind;
pub(crate) mod export_sessions;
pub(crate) mod open_export;
