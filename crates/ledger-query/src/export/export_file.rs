//! A file in the making, chunk by chunk.
//!
//! Each chunk is one statement that goes on where the last one ended, so that memory stays steady
//! however long the range is.

use chrono::{Datelike, Days};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    export_cell::{Column, push_csv_text, write_csv, write_json},
    export_kind::{ExportFormat, ExportKind},
    export_sessions,
};
use crate::{
    ask::{problem::QueryError, reader::Stamp},
    sums::figures::Coverage,
};
use ledger_core::database::{Database, Statement};
use reporting_days::ReportingZone;
use reporting_days::calendar::{DayRange, Period, days_between, iso, last_of_month, next_day};

/// Rows of a chunk: about a megabyte.
pub(crate) const CHUNK_ROWS: u64 = 2_000;
const LEDGER_VERSION: &str = "SELECT json_array(ledger_version) FROM ledger_state";
/// The most days of a chunk. How many rows a day has is seen at the first one: while a chunk stays far
/// below its rows, the next one takes twice as many days.
const CHUNK_DAYS_MAX: u32 = 64;

/// The contract's `ExportAbout`.
#[derive(Debug, Serialize)]
pub(crate) struct About {
    pub export: &'static str,
    #[serde(flatten)]
    pub stamp: Stamp,
    pub period: Option<Period>,
    pub filters: Map<String, Value>,
    pub coverage: Option<Coverage>,
}

/// Where the rows come from.
#[derive(Debug)]
pub(crate) struct ExportSource {
    pub columns: Vec<Column>,
    pub sql: String,
    /// What the statement reads; the place of [`Rest::AfterPlace`] moves in it.
    pub values: Map<String, Value>,
    pub rest: Rest,
    pub zone: ReportingZone,
}

/// A file in the making.
#[derive(Debug)]
pub struct Export {
    kind: ExportKind,
    format: ExportFormat,
    file_name: String,
    about: About,
    has_preamble: bool,
    source: ExportSource,
    has_head: bool,
    has_row: bool,
}

/// What is still to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rest {
    /// What comes after the place in the statement's values.
    AfterPlace,
    /// These days, so many of them at once.
    Days { days: DayRange, at_once: u32 },
    /// Nothing, but the end of the file is to be written.
    End,
    /// Nothing at all.
    Nothing,
}

impl Export {
    pub(crate) const fn new(
        kind: ExportKind,
        format: ExportFormat,
        file_name: String,
        about: About,
        has_preamble: bool,
        source: ExportSource,
    ) -> Self {
        Self {
            kind,
            format,
            file_name,
            about,
            has_preamble,
            source,
            has_head: false,
            has_row: false,
        }
    }

    /// The content type of the file.
    pub const fn content_type(&self) -> &'static str {
        self.format.content_type()
    }

    /// The name of the file.
    pub fn file_name(&self) -> &str {
        &self.file_name
    }

    /// The next part of the file; `None` after the last.
    pub async fn next<D: Database>(&mut self, database: &D) -> Result<Option<String>, QueryError> {
        let mut chunk = String::new();
        if !self.has_head {
            self.has_head = true;
            self.write_head(&mut chunk)?;
        }
        match self.source.rest {
            Rest::AfterPlace => {
                let rows = self.rows(database).await?;
                let is_last = u64::try_from(rows.len()).unwrap_or(u64::MAX) < CHUNK_ROWS;
                for row in &rows {
                    self.write_placed_row(&mut chunk, row)?;
                }
                if is_last {
                    self.source.rest = Rest::End;
                }
            }
            Rest::Days { days, at_once } => {
                let row_count = self.write_days(database, days, at_once, &mut chunk).await?;
                self.source.rest = after(days, at_once, row_count);
            }
            Rest::End => {
                self.write_end(&mut chunk, database).await?;
                self.source.rest = Rest::Nothing;
            }
            Rest::Nothing => return Ok(None),
        }
        Ok(Some(chunk))
    }

    /// Writes the first days of a range; returns how many rows they have.
    async fn write_days<D: Database>(
        &mut self,
        database: &D,
        range: DayRange,
        at_once: u32,
        chunk: &mut String,
    ) -> Result<usize, QueryError> {
        let days = first_days(range, at_once);
        let segments = if self.kind == ExportKind::Focus {
            self.billing_days(days)
        } else {
            json!([(days.start, days.end)])
        };
        self.source.values.insert("segments".to_owned(), segments);
        let rows = self.rows(database).await?;
        for row in &rows {
            self.write_row(chunk, &flattened(row));
        }
        Ok(rows.len())
    }

    /// Each day with its own and its month's first moment and the first after.
    fn billing_days(&self, days: DayRange) -> Value {
        let bounds = |range: DayRange| {
            let (start, end) = range.instants(self.source.zone);
            [iso(start), iso(end)]
        };
        days_between(days.start, days.end)
            .map(|day| {
                let month = DayRange {
                    start: day.with_day(1).unwrap_or(day),
                    end: last_of_month(day),
                };
                let ([start, end], [billing_start, billing_end]) = (
                    bounds(DayRange {
                        start: day,
                        end: day,
                    }),
                    bounds(month),
                );
                json!([day, day, start, end, billing_start, billing_end])
            })
            .collect()
    }

    async fn rows<D: Database>(&self, database: &D) -> Result<Vec<Vec<Value>>, QueryError> {
        let statement = Statement::with(self.source.sql.clone(), &self.source.values)?;
        Ok(database.query(statement).await?.decode()?)
    }

    fn write_head(&self, chunk: &mut String) -> Result<(), QueryError> {
        match self.format {
            ExportFormat::Ndjson => {}
            ExportFormat::Json => {
                let about = serde_json::to_string(&self.about).map_err(QueryError::unreadable)?;
                chunk.push_str("{\"about\":");
                chunk.push_str(&about);
                chunk.push_str(",\"rows\":[");
            }
            ExportFormat::Csv => {
                if self.has_preamble {
                    self.write_preamble(chunk)?;
                }
                let names: Vec<&str> = self
                    .source
                    .columns
                    .iter()
                    .map(|column| column.name)
                    .collect();
                chunk.push_str(&names.join(","));
                chunk.push_str("\r\n");
            }
        }
        Ok(())
    }

    /// What became of the ledger while the file was read: where its version moved, sums and prices
    /// may have moved between the first row and the last.
    async fn write_end<D: Database>(
        &self,
        chunk: &mut String,
        database: &D,
    ) -> Result<(), QueryError> {
        let is_told = match self.format {
            ExportFormat::Json => true,
            ExportFormat::Csv => self.has_preamble,
            ExportFormat::Ndjson => false,
        };
        if !is_told {
            return Ok(());
        }
        let rows = database.query(Statement::new(LEDGER_VERSION)).await?;
        let version = rows.first::<(i64,)>()?.map_or(0, |(version,)| version);
        let is_same = version == self.about.stamp.ledger_version;
        if self.format == ExportFormat::Json {
            let end = json!({ "ledger_version": version, "ledger_moved": !is_same });
            chunk.push_str("],\"end\":");
            chunk.push_str(&end.to_string());
            chunk.push_str("}\n");
        } else {
            let moved = !is_same;
            let line = format!("# end: ledger_version {version}, ledger_moved {moved}");
            push_csv_text(chunk, &line);
            chunk.push_str("\r\n");
        }
        Ok(())
    }

    /// What the file is about, one line each, before the names of the columns.
    fn write_preamble(&self, chunk: &mut String) -> Result<(), QueryError> {
        let about = serde_json::to_value(&self.about).map_err(QueryError::unreadable)?;
        for (name, value) in about.as_object().into_iter().flatten() {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            push_csv_text(chunk, &format!("# {name}: {value}"));
            chunk.push_str("\r\n");
        }
        Ok(())
    }

    /// A row that begins with its place: `[time, key, …]`.
    fn write_placed_row(&mut self, chunk: &mut String, row: &[Value]) -> Result<(), QueryError> {
        let [time, key, cells @ ..] = row else {
            return Err(QueryError::unreadable("a row of an export has no place"));
        };
        self.source
            .values
            .insert("after_time".to_owned(), time.clone());
        self.source
            .values
            .insert("after_key".to_owned(), key.clone());
        let cells = match (self.kind, cells) {
            (ExportKind::Sessions, [session]) => {
                let idle_since = self.source.values.get("idle_since").and_then(Value::as_i64);
                export_sessions::cells(session, idle_since.unwrap_or(0))?
            }
            _ => flattened(cells),
        };
        self.write_row(chunk, &cells);
        Ok(())
    }

    fn write_row(&mut self, chunk: &mut String, cells: &[Value]) {
        match self.format {
            ExportFormat::Csv => write_csv(chunk, &self.source.columns, cells),
            ExportFormat::Ndjson => {
                write_json(chunk, &self.source.columns, cells);
                chunk.push('\n');
            }
            ExportFormat::Json => {
                if self.has_row {
                    chunk.push(',');
                }
                write_json(chunk, &self.source.columns, cells);
            }
        }
        self.has_row = true;
    }
}

/// The first days of a range, so many of them.
fn first_days(range: DayRange, count: u32) -> DayRange {
    let last = range.start + Days::new(u64::from(count.max(1)) - 1);
    DayRange {
        start: range.start,
        end: last.min(range.end),
    }
}

/// What is left of a range behind its first days, which had so many rows.
fn after(range: DayRange, at_once: u32, row_count: usize) -> Rest {
    let done = first_days(range, at_once);
    if done.end >= range.end {
        return Rest::End;
    }
    let rows = u64::try_from(row_count).unwrap_or(u64::MAX);
    let at_once = if rows > CHUNK_ROWS {
        at_once / 2
    } else if rows < CHUNK_ROWS / 2 {
        at_once.saturating_mul(2)
    } else {
        at_once
    };
    Rest::Days {
        days: DayRange {
            start: next_day(done.end),
            end: range.end,
        },
        at_once: at_once.clamp(1, CHUNK_DAYS_MAX),
    }
}

/// The cells of a row, those in inner arrays in their place; sums of money stay pairs.
fn flattened(row: &[Value]) -> Vec<Value> {
    let is_pair = |parts: &[Value]| matches!(parts, [Value::Number(_), Value::Number(_)]);
    row.iter()
        .flat_map(|cell| match cell {
            Value::Array(parts) if !is_pair(parts) => parts.clone(),
            other => vec![other.clone()],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> chrono::NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn ten_years_are_walked_in_few_statements_and_busy_days_one_by_one() {
        let range = DayRange {
            start: day("2017-01-01"),
            end: day("2026-12-31"),
        };
        for (rows_a_day, chunks_max) in [(0, 64), (10, 64), (300, 1_000), (5_000, 3_652)] {
            let (mut rest, mut chunks, mut walked) = (
                Rest::Days {
                    days: range,
                    at_once: 1,
                },
                0,
                0,
            );
            while let Rest::Days { days, at_once } = rest {
                let count = first_days(days, at_once).days();
                chunks += 1;
                walked += count;
                let rows = usize::try_from(count).expect("few") * rows_a_day;
                assert!(count == 1 || rows <= 2 * 2_000, "{rows_a_day}: {rows} rows");
                rest = after(days, at_once, rows);
            }
            assert_eq!(walked, 3_652, "each day once");
            assert!(chunks <= chunks_max, "{rows_a_day}: {chunks} statements");
        }
    }
}
