//! What can be exported, and in which formats.

use crate::{ask::slice::SLICE_PARAMETERS, sessions::session_filter::SESSION_FILTERS};

/// What is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportKind {
    /// Interactions, one line each.
    Interactions,
    /// Sessions.
    Sessions,
    /// Sums by day.
    Daily,
    /// FOCUS 1.2.
    Focus,
}

impl ExportKind {
    /// The name in paths.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Interactions => "interactions",
            Self::Sessions => "sessions",
            Self::Daily => "daily",
            Self::Focus => "focus",
        }
    }

    /// The parameters that it takes.
    pub fn parameters(self) -> Vec<&'static str> {
        let mut names = vec!["start_date", "end_date"];
        match self {
            Self::Sessions => names = SESSION_FILTERS.to_vec(),
            _ => names.extend(SLICE_PARAMETERS),
        }
        match self {
            Self::Interactions => names.extend(["status", "unpriced"]),
            Self::Daily => names.push("group_by"),
            Self::Sessions | Self::Focus => {}
        }
        if self != Self::Focus {
            names.extend(["format", "preamble"]);
        }
        names
    }
}

/// The file's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// CSV.
    Csv,
    /// One JSON object.
    Json,
    /// A JSON object a line.
    Ndjson,
}

impl ExportFormat {
    /// The content type.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
            Self::Ndjson => "application/x-ndjson",
        }
    }

    /// The end of a file's name.
    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
        }
    }
}
