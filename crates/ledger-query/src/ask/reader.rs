//! What every question needs: the ledger's state, today, and who asks.

use chrono::NaiveDate;
use cost_calculation::UnixMillis;
use query_parameters::{Parameters, RANGE_DAYS_MAX};
use serde::Deserialize;

use super::problem::QueryError;
use ledger_core::database::{Database, DatabaseError, Statement};
use reporting_days::ReportingZone;
use reporting_days::calendar::{DayRange, day_of, iso};

/// Days of a range that is not given: the last 30, today included.
const DEFAULT_DAYS: u64 = 30;

/// Whose numbers the caller may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Viewer {
    /// Everyone's.
    Everyone,
    /// One user's own (without tenant): a key of scope `self`.
    User(String),
}

/// The ledger's state at the moment of a request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LedgerState {
    /// Moves with every batch that changes an answer.
    pub ledger_version: i64,
    /// Moves with every change to prices.
    pub price_book_version: i64,
    /// Another one after each restore.
    pub epoch: i64,
    /// IANA name.
    pub reporting_time_zone: String,
    /// When the newest interaction was received, unix milliseconds.
    pub as_of: Option<i64>,
    /// The newest interaction's key; 0 without one.
    pub newest_key: i64,
    /// The first day with usage.
    pub first_day: Option<NaiveDate>,
    /// The last day with usage.
    pub last_day: Option<NaiveDate>,
}

// The row of ledger_state, and the ends of three primary keys, of one of them both: seven rows at
// most. The newest interaction may lie in the archive alone.
const STATE: &str = "
SELECT json_object('ledger_version', ledger_version, 'price_book_version', price_book_version,
  'epoch', epoch, 'reporting_time_zone', reporting_time_zone,
  'as_of', received_at, 'newest_key', COALESCE(newest_key, 0),
  'first_day', (SELECT MIN(day) FROM daily_model_stats),
  'last_day', (SELECT MAX(day) FROM daily_model_stats))
FROM ledger_state, (SELECT MAX(interaction_key) AS newest_key, received_at FROM (
  SELECT interaction_key, received_at FROM interactions
  WHERE interaction_key = (SELECT MAX(interaction_key) FROM interactions)
  UNION ALL
  SELECT interaction_key, received_at FROM interactions_archive
  WHERE interaction_key = (SELECT MAX(interaction_key) FROM interactions_archive)))";

const NEWEST_IDLE: &str = "
SELECT json_array(MAX(last_seen)) FROM sessions INDEXED BY sessions_by_last_seen
WHERE last_seen < ?1 ->> 0";

/// Answers the questions of one request.
#[derive(Debug)]
pub struct Reader<'a, D> {
    pub(crate) database: &'a D,
    pub(crate) state: LedgerState,
    pub(crate) zone: ReportingZone,
    pub(crate) now: UnixMillis,
    pub(crate) today: NaiveDate,
    pub(crate) viewer: Viewer,
    pub(crate) idle_ms: i64,
}

impl<'a, D: Database> Reader<'a, D> {
    /// Reads the ledger's state. `idle_ms` is the idle time after which a session is closed.
    pub async fn open(
        database: &'a D,
        now: UnixMillis,
        viewer: Viewer,
        idle_ms: i64,
    ) -> Result<Self, QueryError> {
        let state: LedgerState = database
            .query(Statement::new(STATE))
            .await?
            .first()?
            .ok_or_else(|| {
                DatabaseError::Other("ledger_state has no row: apply the migrations".to_owned())
            })?;
        let zone = ReportingZone::named(&state.reporting_time_zone).ok_or_else(|| {
            QueryError::unreadable(format!("`{}` is no time zone", state.reporting_time_zone))
        })?;
        let today = day_of(zone, now);
        Ok(Self {
            database,
            state,
            zone,
            now,
            today,
            viewer,
            idle_ms,
        })
    }

    /// The ledger's state.
    pub const fn state(&self) -> &LedgerState {
        &self.state
    }

    /// The open day.
    pub const fn today(&self) -> NaiveDate {
        self.today
    }

    /// When the session that closed last by idleness was last seen: a list of sessions changes with
    /// it, though nothing was recorded. The index by `last_seen` gives it in one row.
    pub async fn newest_idle(&self) -> Result<Option<i64>, QueryError> {
        let idle_since = serde_json::json!([self.now.0.saturating_sub(self.idle_ms)]);
        let found: Option<(Option<i64>,)> = self
            .database
            .query(Statement::with(NEWEST_IDLE, &idle_since)?)
            .await?
            .first()?;
        Ok(found.and_then(|(last_seen,)| last_seen))
    }

    /// The days of a range that can have usage; `None` without one. What walks a range day by day walks
    /// these: ten years without usage are no work.
    pub(crate) fn days_with_data(&self, range: DayRange) -> Option<DayRange> {
        let start = range.start.max(self.state.first_day?);
        let end = range.end.min(self.state.last_day?);
        (start <= end).then_some(DayRange { start, end })
    }

    /// What every answer carries.
    pub(crate) fn stamp(&self) -> Stamp {
        Stamp {
            as_of: self.state.as_of.map(|ms| iso(UnixMillis(ms))),
            reporting_time_zone: self.state.reporting_time_zone.clone(),
            ledger_version: self.state.ledger_version,
        }
    }

    /// The range asked for, or the last 30 days.
    pub(crate) fn range_or_default(&self, parameters: &Parameters) -> Result<DayRange, QueryError> {
        Ok(parameters
            .range(RANGE_DAYS_MAX)?
            .unwrap_or_else(|| DayRange {
                start: self.today - chrono::Days::new(DEFAULT_DAYS - 1),
                end: self.today,
            }))
    }
}

/// The head of every range answer.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Stamp {
    /// When the newest interaction was received.
    pub as_of: Option<String>,
    /// The zone of every day in the answer.
    pub reporting_time_zone: String,
    /// The ledger's version.
    pub ledger_version: i64,
}
