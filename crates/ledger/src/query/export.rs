//! Exports: streamed files with the filters and the sums of the screen.
//!
//! An [`Export`] owns what it needs and gives its file chunk by chunk, each from one statement that
//! goes on where the last one ended, so that memory stays steady however long the range is.

use chrono::Datelike;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    calendar::{DayRange, Period, days_between, iso, last_of_month, next_day},
    export_cell::{Column, Kind, push_csv_text, write_csv, write_json},
    export_focus,
    figures::{Coverage, Figures},
    parameters::Parameters,
    problem::QueryError,
    reader::{Reader, Stamp},
    session_list::{SESSION_COLUMNS, SESSION_FILTERS, SESSION_OBJECT, Session},
    slice::{Dimension, SLICE_PARAMETERS, Slice},
    sums::by_item,
};
use crate::{
    database::{Database, Statement},
    reporting_zone::ReportingZone,
    rollup::MEASURES,
};

/// Rows of a chunk: about a megabyte.
const CHUNK_ROWS: u64 = 2_000;
/// Days of a chunk of daily sums.
const CHUNK_DAYS: i64 = 7;

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

    const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
        }
    }
}

/// The contract's `ExportAbout`.
#[derive(Debug, Serialize)]
struct About {
    export: &'static str,
    #[serde(flatten)]
    stamp: Stamp,
    period: Option<Period>,
    filters: Map<String, Value>,
    coverage: Option<Coverage>,
}

/// A file in the making.
#[derive(Debug)]
pub struct Export {
    kind: ExportKind,
    format: ExportFormat,
    has_preamble: bool,
    file_name: String,
    about: About,
    columns: Vec<Column>,
    sql: String,
    values: Map<String, Value>,
    rest: Rest,
    zone: ReportingZone,
    has_head: bool,
    has_row: bool,
}

/// What is still to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    /// What comes after the place in the statement's values.
    AfterPlace,
    /// These days.
    Days(DayRange),
    /// Nothing, but the end of the file is to be written.
    End,
    /// Nothing at all.
    Nothing,
}

const fn text(name: &'static str) -> Column {
    Column {
        name,
        kind: Kind::Text,
    }
}
const fn count(name: &'static str) -> Column {
    Column {
        name,
        kind: Kind::Count,
    }
}
const fn money(name: &'static str) -> Column {
    Column {
        name,
        kind: Kind::Money,
    }
}
const fn time(name: &'static str) -> Column {
    Column {
        name,
        kind: Kind::Time,
    }
}

const INTERACTION_EXPORT: [Column; 31] = [
    text("id"),
    text("session_id"),
    text("user_id"),
    text("tenant_id"),
    time("timestamp"),
    text("day"),
    text("type"),
    text("status"),
    text("error"),
    text("provider"),
    text("model"),
    text("agent"),
    text("context"),
    count("duration_ms"),
    count("time_to_first_token_ms"),
    count("input_tokens"),
    count("cache_read_tokens"),
    count("cache_write_5m_tokens"),
    count("cache_write_1h_tokens"),
    count("output_tokens"),
    count("reasoning_tokens"),
    count("audio_in_tokens"),
    count("audio_out_tokens"),
    count("image_in_tokens"),
    count("image_out_tokens"),
    text("price_state"),
    money("ai_tokens_cost"),
    money("db_ops_cost"),
    money("api_calls_cost"),
    money("compute_time_cost"),
    money("total_cost"),
];

const SESSION_EXPORT: [Column; 14] = [
    text("id"),
    text("user_id"),
    text("tenant_id"),
    text("start_time"),
    text("end_time"),
    text("last_seen"),
    text("status"),
    count("interaction_count"),
    count("error_count"),
    count("unpriced_count"),
    count("token_count"),
    money("total_cost"),
    text("models"),
    text("agents"),
];

/// Interactions after the place `after_time`, `after_key`, in order of time: both arms walk the
/// index by time, the estimates and users are found by primary key.
fn interactions_sql(slice: &Slice, status: Option<&str>, unpriced: Option<bool>) -> String {
    let mut conditions = String::new();
    for (is_set, condition) in [
        (slice.user.is_some(), " AND i.user_key = ?1 ->> 'user_key'"),
        (slice.model.is_some(), " AND i.model_name = ?1 ->> 'model'"),
        (
            slice.provider.is_some(),
            " AND i.provider = ?1 ->> 'provider'",
        ),
        (slice.agent.is_some(), " AND i.agent = ?1 ->> 'agent'"),
        (slice.kind.is_some(), " AND i.type = ?1 ->> 'type'"),
        (status.is_some(), " AND i.status = ?1 ->> 'status'"),
        (
            unpriced == Some(true),
            " AND e.price_state IN ('unpriced', 'partial')",
        ),
        (
            unpriced == Some(false),
            " AND e.price_state NOT IN ('unpriced', 'partial')",
        ),
    ] {
        if is_set {
            conditions.push_str(condition);
        }
    }
    let arm = |suffix: &str| {
        format!(
            "SELECT i.timestamp AS timestamp, i.interaction_key AS interaction_key, i.id, i.session_id,
    i.user_key, i.day, i.type,
    i.status, i.error, i.provider, i.model_name, i.agent, i.context, i.duration_ms,
    i.time_to_first_token_ms, i.input_tokens, i.cache_read_tokens, i.cache_write_5m_tokens,
    i.cache_write_1h_tokens, i.output_tokens, i.reasoning_tokens, i.audio_in_tokens,
    i.audio_out_tokens, i.image_in_tokens, i.image_out_tokens, e.price_state, e.ai_tokens_cost,
    e.db_ops_cost, e.api_calls_cost, e.compute_time_cost, e.total_cost
  FROM interactions{suffix} i INDEXED BY interactions{suffix}_by_time
    CROSS JOIN cost_estimates{suffix} e
  WHERE (i.timestamp, i.interaction_key) > (?1 ->> 'after_time', ?1 ->> 'after_key')
    AND i.timestamp < ?1 ->> 'to' AND e.interaction_key = i.interaction_key
    AND e.revision = (SELECT MAX(x.revision) FROM cost_estimates{suffix} x
                      WHERE x.interaction_key = i.interaction_key){conditions}"
        )
    };
    format!(
        "SELECT json_array(f.timestamp, f.interaction_key, json_array(f.id, f.session_id, u.user_id,
    u.tenant_id, f.timestamp, f.day, f.type, f.status, f.error, f.provider, f.model_name, f.agent,
    f.context, f.duration_ms, f.time_to_first_token_ms),
  json_array(f.input_tokens, f.cache_read_tokens, f.cache_write_5m_tokens,
    f.cache_write_1h_tokens, f.output_tokens, f.reasoning_tokens, f.audio_in_tokens,
    f.audio_out_tokens, f.image_in_tokens, f.image_out_tokens, f.price_state, f.ai_tokens_cost,
    f.db_ops_cost, f.api_calls_cost, f.compute_time_cost, f.total_cost))
FROM (
  {}
  UNION ALL
  {}
  ORDER BY timestamp, interaction_key LIMIT ?1 ->> 'limit'
) f JOIN users u ON u.user_key = f.user_key
ORDER BY f.timestamp, f.interaction_key",
        arm(""),
        arm("_archive")
    )
}

/// Sums by day and group, for the days of a chunk: `[day, group, …measures]`.
fn daily_sql(slice: &Slice, dimension: Option<Dimension>) -> String {
    let source = slice.source(dimension);
    let (group, join) = match dimension {
        None => ("''".to_owned(), ""),
        Some(Dimension::Model) => ("t.provider || '/' || t.model".to_owned(), ""),
        Some(Dimension::User) => (
            "iif(u.tenant_id = '', u.user_id, u.tenant_id || '/' || u.user_id)".to_owned(),
            " JOIN users u ON u.user_key = t.user_key",
        ),
        Some(other) => (format!("t.{}", other.columns().join(", t.")), ""),
    };
    let measures = MEASURES.map(|measure| {
        if measure.ends_with("_cost") || measure == "cache_savings" {
            format!("json_array(SUM(t.{measure} / 1000000), SUM(t.{measure} % 1000000))")
        } else {
            format!("SUM(t.{measure})")
        }
    });
    let mut keys = vec!["t.day".to_owned()];
    let columns = dimension.map_or(&[][..], Dimension::columns);
    keys.extend(columns.iter().map(|column| format!("t.{column}")));
    let keys = keys.join(", ");
    // Half of the measures each: a function takes few arguments.
    let (counts, costs) = measures.split_at(15);
    format!(
        "SELECT json_array(t.day, {group}, json_array({}), json_array({}))
FROM json_each(?1, '$.segments') s CROSS JOIN {}{join}
WHERE t.day >= s.value ->> 0 AND t.day <= s.value ->> 1{}
GROUP BY {keys} ORDER BY t.day, {group}",
        counts.join(", "),
        costs.join(", "),
        source.from,
        source.conditions,
    )
}

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
        let statuses = [("ok", "ok"), ("error", "error")];
        let status = parameters.word("status", &statuses)?;
        let unpriced = parameters.flag("unpriced")?;
        let dimensions: Vec<(&str, Dimension)> = Dimension::WORDS
            .into_iter()
            .filter(|(_, dimension)| !dimension.columns().is_empty())
            .collect();
        let dimension = parameters.word("group_by", &dimensions)?;
        let slice = self.slice(parameters).await?;
        let items: Vec<super::sums::ItemSums> = self
            .database
            .query(by_item(&slice, &[(range, 1)])?)
            .await?
            .decode()?;
        let total: Figures = items.iter().map(|item| item.4).sum();
        let mut values = slice.values();
        let (from, to) = range.instants(self.zone);
        let (sql, columns, rest) = match kind {
            ExportKind::Interactions => {
                values.insert("after_time".to_owned(), json!(from.0 - 1));
                values.insert("after_key".to_owned(), json!(i64::MAX));
                values.insert("to".to_owned(), json!(to));
                values.insert("limit".to_owned(), json!(CHUNK_ROWS));
                values.insert("status".to_owned(), json!(status));
                (
                    interactions_sql(&slice, status, unpriced),
                    INTERACTION_EXPORT.to_vec(),
                    Rest::AfterPlace,
                )
            }
            ExportKind::Focus => (
                export_focus::sql(&slice),
                export_focus::COLUMNS.to_vec(),
                Rest::Days(range),
            ),
            _ => {
                let mut columns = vec![text("day"), text("group")];
                columns.extend(MEASURES.map(|measure| {
                    if measure.ends_with("_cost") || measure == "cache_savings" {
                        money(measure)
                    } else {
                        count(measure)
                    }
                }));
                (daily_sql(&slice, dimension), columns, Rest::Days(range))
            }
        };
        Ok(Export {
            kind,
            format,
            has_preamble,
            file_name: file_name(kind, format, Some(range)),
            about: About {
                export: kind.as_str(),
                stamp: self.stamp(),
                period: Some(range.period(self.today)),
                filters: given(parameters),
                coverage: Some(total.coverage()),
            },
            columns,
            sql,
            values,
            rest,
            zone: self.zone,
            has_head: false,
            has_row: false,
        })
    }

    async fn session_export(
        &self,
        format: ExportFormat,
        has_preamble: bool,
        parameters: &Parameters,
    ) -> Result<Export, QueryError> {
        let filter = self.session_filter(parameters).await?;
        let found = filter.found(
            SESSION_COLUMNS,
            " AND (s.start_time, s.id) > (?1 ->> 'after_time', ?1 ->> 'after_key')",
        );
        let sql = format!(
            "SELECT json_array(f.start_time, f.id, json({SESSION_OBJECT}))
FROM (
  {found}
  ORDER BY start_time, id LIMIT ?1 ->> 'limit'
) f JOIN users u ON u.user_key = f.user_key
ORDER BY f.start_time, f.id"
        );
        let mut values = filter.values(self);
        values.insert("after_time".to_owned(), json!(i64::MIN));
        values.insert("after_key".to_owned(), json!(""));
        values.insert("limit".to_owned(), json!(CHUNK_ROWS));
        Ok(Export {
            kind: ExportKind::Sessions,
            format,
            has_preamble,
            file_name: file_name(ExportKind::Sessions, format, filter.range),
            about: About {
                export: "sessions",
                stamp: self.stamp(),
                period: filter.range.map(|range| range.period(self.today)),
                filters: given(parameters),
                coverage: None,
            },
            columns: SESSION_EXPORT.to_vec(),
            sql,
            values,
            rest: Rest::AfterPlace,
            zone: self.zone,
            has_head: false,
            has_row: false,
        })
    }
}

impl Export {
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
        match self.rest {
            Rest::AfterPlace => {
                let rows = self.rows(database).await?;
                let is_last = u64::try_from(rows.len()).unwrap_or(u64::MAX) < CHUNK_ROWS;
                for row in &rows {
                    self.write_placed_row(&mut chunk, row)?;
                }
                if is_last {
                    self.rest = Rest::End;
                }
            }
            Rest::Days(range) => {
                let last = range.start + chrono::Duration::days(CHUNK_DAYS - 1);
                let days = DayRange {
                    start: range.start,
                    end: last.min(range.end),
                };
                let segments = if self.kind == ExportKind::Focus {
                    self.billing_days(days)
                } else {
                    json!([(days.start, days.end)])
                };
                self.values.insert("segments".to_owned(), segments);
                for row in self.rows(database).await? {
                    self.write_row(&mut chunk, &flattened(&row));
                }
                self.rest = if days.end == range.end {
                    Rest::End
                } else {
                    Rest::Days(DayRange {
                        start: next_day(days.end),
                        end: range.end,
                    })
                };
            }
            Rest::End => {
                if self.format == ExportFormat::Json {
                    chunk.push_str("]}\n");
                }
                self.rest = Rest::Nothing;
            }
            Rest::Nothing => return Ok(None),
        }
        Ok(Some(chunk))
    }

    /// Each day with its own and its month's first moment and the first after.
    fn billing_days(&self, days: DayRange) -> Value {
        let bounds = |range: DayRange| {
            let (start, end) = range.instants(self.zone);
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
        let statement = Statement::with(self.sql.clone(), &self.values)?;
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
                let names: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
                chunk.push_str(&names.join(","));
                chunk.push_str("\r\n");
            }
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
            chunk.push_str("# ");
            push_csv_text(chunk, &format!("{name}: {value}"));
            chunk.push_str("\r\n");
        }
        Ok(())
    }

    /// A row that begins with its place: `[time, key, …]`.
    fn write_placed_row(&mut self, chunk: &mut String, row: &[Value]) -> Result<(), QueryError> {
        let [time, key, cells @ ..] = row else {
            return Err(QueryError::unreadable("a row of an export has no place"));
        };
        self.values.insert("after_time".to_owned(), time.clone());
        self.values.insert("after_key".to_owned(), key.clone());
        let cells = match (self.kind, cells) {
            (ExportKind::Sessions, [session]) => self.session_cells(session)?,
            _ => flattened(cells),
        };
        self.write_row(chunk, &cells);
        Ok(())
    }

    fn write_row(&mut self, chunk: &mut String, cells: &[Value]) {
        match self.format {
            ExportFormat::Csv => write_csv(chunk, &self.columns, cells),
            ExportFormat::Ndjson => {
                write_json(chunk, &self.columns, cells);
                chunk.push('\n');
            }
            ExportFormat::Json => {
                if self.has_row {
                    chunk.push(',');
                }
                write_json(chunk, &self.columns, cells);
            }
        }
        self.has_row = true;
    }

    fn session_cells(&self, session: &Value) -> Result<Vec<Value>, QueryError> {
        let number = |name: &str| self.values.get(name).and_then(Value::as_i64).unwrap_or(0);
        let session = Session::read(session.clone(), number("idle_since"))?;
        let models: Vec<String> = session
            .models
            .iter()
            .map(|name| format!("{}/{}", name.provider, name.model))
            .collect();
        Ok(vec![
            json!(session.id),
            json!(session.user_id),
            json!(session.tenant_id),
            json!(session.start_time),
            json!(session.end_time),
            json!(session.last_seen),
            json!(session.status),
            json!(session.interaction_count),
            json!(session.error_count),
            json!(session.unpriced_count),
            json!(session.token_count),
            json!(session.total_cost),
            json!(models.join(" ")),
            json!(session.agents.join(" ")),
        ])
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

fn given(parameters: &Parameters) -> Map<String, Value> {
    parameters
        .pairs()
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect()
}

fn file_name(kind: ExportKind, format: ExportFormat, range: Option<DayRange>) -> String {
    let days = range.map_or_else(String::new, |range| {
        format!("-{}-{}", range.start, range.end)
    });
    format!("tokentill-{}{days}.{}", kind.as_str(), format.extension())
}
