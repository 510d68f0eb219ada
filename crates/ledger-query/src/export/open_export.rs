//! Exports: streamed files with the filters and the sums of the screen.

use query_parameters::{ParameterError, Parameters};
use serde_json::json;

use super::{
    export_daily,
    export_file::{About, CHUNK_ROWS, Export, ExportSource, Rest},
    export_focus, export_interactions,
    export_kind::{ExportFormat, ExportKind},
    export_sessions,
};
use crate::{
    ask::{problem::QueryError, reader::Reader, slice::Dimension},
    sessions::interaction_list::STATUSES,
    sums::{
        figures::{Coverage, Figures},
        sum_query::{ItemSums, by_item},
    },
};
use ledger_core::database::Database;
use reporting_days::calendar::DayRange;

/// The most interactions of a file: 900 chunks, of the 1,000 statements of an invocation.
const EXPORT_INTERACTIONS_MAX: i64 = 900 * CHUNK_ROWS.cast_signed();

impl<D: Database> Reader<'_, D> {
    /// Begins an export; the parameters were taken with [`ExportKind::parameters`].
    pub async fn export(
        &self,
        kind: ExportKind,
        parameters: &Parameters,
    ) -> Result<Export, QueryError> {
        let formats = [
            ("csv", ExportFormat::Csv),
            ("json", ExportFormat::Json),
            ("ndjson", ExportFormat::Ndjson),
        ];
        let format = parameters
            .word("format", &formats)?
            .unwrap_or(ExportFormat::Csv);
        let has_preamble = parameters.flag("preamble")?.unwrap_or(false);
        if kind == ExportKind::Sessions {
            return self.session_export(format, has_preamble, parameters).await;
        }
        let range = self.range_or_default(parameters)?;
        let status = parameters.word("status", &STATUSES)?;
        let unpriced = parameters.flag("unpriced")?;
        let dimensions: Vec<(&str, Dimension)> = Dimension::WORDS
            .into_iter()
            .filter(|(_, dimension)| !dimension.columns().is_empty())
            .collect();
        let dimension = parameters.word("group_by", &dimensions)?;
        let slice = self.slice(parameters).await?;
        let items: Vec<ItemSums> = self
            .database
            .query(by_item(&slice, &[(range, 1)])?)
            .await?
            .decode()?;
        let total: Figures = items.iter().map(|item| item.4).sum();
        let mut values = slice.values();
        let (from, to) = range.instants(self.zone);
        let days = self
            .days_with_data(range)
            .map_or(Rest::End, |days| Rest::Days { days, at_once: 1 });
        let (columns, sql, rest) = match kind {
            ExportKind::Interactions => {
                values.insert("after_time".to_owned(), json!(from.0 - 1));
                values.insert("after_key".to_owned(), json!(i64::MAX));
                values.insert("to".to_owned(), json!(to));
                // What comes in while the file is read is not of its version.
                values.insert("newest_key".to_owned(), json!(self.state.newest_key));
                values.insert("limit".to_owned(), json!(CHUNK_ROWS));
                values.insert("status".to_owned(), json!(status));
                require_fewer_rows(total.interaction_count)?;
                (
                    export_interactions::COLUMNS.to_vec(),
                    export_interactions::sql(&slice, status, unpriced),
                    Rest::AfterPlace,
                )
            }
            ExportKind::Focus => (
                export_focus::COLUMNS.to_vec(),
                export_focus::sql(&slice),
                days,
            ),
            ExportKind::Daily | ExportKind::Sessions => (
                export_daily::columns(),
                export_daily::sql(&slice, dimension),
                days,
            ),
        };
        let about = self.about(kind, parameters, Some(range), Some(total.coverage()));
        let source = ExportSource {
            columns,
            sql,
            values,
            rest,
            zone: self.zone,
        };
        let name = file_name(kind, format, Some(range));
        Ok(Export::new(kind, format, name, about, has_preamble, source))
    }

    async fn session_export(
        &self,
        format: ExportFormat,
        has_preamble: bool,
        parameters: &Parameters,
    ) -> Result<Export, QueryError> {
        let kind = ExportKind::Sessions;
        let filter = self.session_filter(parameters).await?;
        let mut values = filter.values(self);
        values.insert("after_time".to_owned(), json!(i64::MIN));
        values.insert("after_key".to_owned(), json!(0));
        values.insert("limit".to_owned(), json!(CHUNK_ROWS));
        let source = ExportSource {
            columns: export_sessions::COLUMNS.to_vec(),
            sql: export_sessions::sql(&filter),
            values,
            rest: Rest::AfterPlace,
            zone: self.zone,
        };
        let about = self.about(kind, parameters, filter.range, None);
        let name = file_name(kind, format, filter.range);
        Ok(Export::new(kind, format, name, about, has_preamble, source))
    }

    fn about(
        &self,
        kind: ExportKind,
        parameters: &Parameters,
        range: Option<DayRange>,
        coverage: Option<Coverage>,
    ) -> About {
        let filters = parameters.pairs().iter();
        About {
            export: kind.as_str(),
            stamp: self.stamp(),
            period: range.map(|range| range.period(self.today)),
            filters: filters
                .map(|(name, value)| (name.clone(), json!(value)))
                .collect(),
            coverage,
        }
    }
}

/// Refuses a file that would break off: an invocation has so many statements.
fn require_fewer_rows(interactions: i64) -> Result<(), QueryError> {
    if interactions <= EXPORT_INTERACTIONS_MAX {
        return Ok(());
    }
    Err(ParameterError {
        kind: "range-too-long",
        field: "end_date".to_owned(),
        detail: format!(
            "the range has {interactions} interactions; one file takes at most \
             {EXPORT_INTERACTIONS_MAX}: take a part of the range at a time"
        ),
    }
    .into())
}

fn file_name(kind: ExportKind, format: ExportFormat, range: Option<DayRange>) -> String {
    let days = range.map_or_else(String::new, |range| {
        format!("-{}-{}", range.start, range.end)
    });
    format!("tokentill-{}{days}.{}", kind.as_str(), format.extension())
}
