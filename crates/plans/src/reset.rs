//! The job that opens the periods that are due and closes those whose grace is over.
//!
//! Nothing is reset: the next period is the next row, made a whole period ahead. A period's end and its grace
//! come with the clock. So a run that comes late, twice or not at all changes no sum.

use chrono::NaiveDate;
use cost_calculation::UnixMillis;
use ledger_core::{Database, Statement, schema::SCHEMA_VERSION};
use reporting_days::calendar::day_start;
use serde::Serialize;
use serde_json::json;

use crate::{
    change_subscription::GRACE_MS,
    ledger_now::LedgerNow,
    problem::PlanError,
    store_plans::MOVE_VERSION,
    store_subscriptions::read_due,
    write_schedule::{ScheduleOf, write_schedules},
};

/// The bounds of a run.
#[derive(Debug, Clone, Copy)]
pub struct ResetConfig {
    /// Subscriptions, or periods, that one batch takes.
    pub chunk: usize,
    /// Subscriptions, and periods, that one run takes.
    pub most: usize,
}

impl Default for ResetConfig {
    fn default() -> Self {
        Self {
            chunk: 250,
            most: 1_000,
        }
    }
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ResetSummary {
    /// Subscriptions whose next period was made.
    pub opened_count: usize,
    /// Periods that were closed.
    pub closed_count: usize,
    /// Periods whose instants followed the reporting zone.
    pub rezoned_count: usize,
    /// Whether there is more to do.
    pub is_more: bool,
}

/// Opens what is due, and closes what is past its grace.
pub async fn reset_usage<D: Database>(
    database: &D,
    config: &ResetConfig,
    clock: impl Fn() -> UnixMillis,
) -> Result<ResetSummary, PlanError> {
    let mut summary = ResetSummary::default();
    let mut is_more = true;
    while is_more && summary.opened_count < config.most {
        let opened = open_due(database, config.chunk, clock()).await?;
        summary.opened_count += opened;
        is_more = opened == config.chunk;
    }
    summary.is_more = is_more;
    is_more = true;
    while is_more && summary.closed_count < config.most {
        let closed = close_due(database, config.chunk, clock()).await?;
        summary.closed_count += closed;
        is_more = closed == config.chunk;
    }
    summary.is_more |= is_more;
    summary.rezoned_count = follow_zone(database, config.most, clock()).await?;
    summary.is_more |= summary.rezoned_count == config.most;
    Ok(summary)
}

// The index by zone, on both sides of the ledger's.
const OTHER_ZONE: &str = "
SELECT json_array(period_id, first_day, end_day) FROM plan_periods INDEXED BY plan_periods_by_zone
WHERE closed_at IS NULL AND (zone < ?1 ->> 'zone' OR zone > ?1 ->> 'zone') LIMIT ?1 ->> 'most'";

const SET_INSTANTS: &str = "
UPDATE plan_periods SET starts_at = j.value ->> 1, ends_at = j.value ->> 2, zone = ?1 ->> 'zone'
FROM json_each(?1, '$.periods') j WHERE period_id = j.value ->> 0 AND closed_at IS NULL";

/// After a change of the reporting zone periods that are not closed keep their days, whose midnights are others.
async fn follow_zone<D: Database>(
    database: &D,
    most: usize,
    now: UnixMillis,
) -> Result<usize, PlanError> {
    let state = LedgerNow::read(database, now).await?;
    let parameter = json!({ "zone": state.zone.name(), "most": most });
    let others: Vec<(i64, NaiveDate, NaiveDate)> = database
        .query(Statement::with(OTHER_ZONE, &parameter)?)
        .await?
        .decode()?;
    if others.is_empty() {
        return Ok(0);
    }
    let periods: Vec<_> = others
        .iter()
        .map(|(id, first, end)| {
            (
                id,
                day_start(state.zone, *first).0,
                day_start(state.zone, *end).0,
            )
        })
        .collect();
    let parameter = json!({ "zone": state.zone.name(), "periods": periods });
    database
        .batch(&[
            Statement::with(SET_INSTANTS, &parameter)?,
            Statement::new(MOVE_VERSION),
        ])
        .await?;
    Ok(others.len())
}

/// Makes the next periods of the subscriptions that are due.
pub(crate) async fn open_due<D: Database>(
    database: &D,
    chunk: usize,
    now: UnixMillis,
) -> Result<usize, PlanError> {
    let state = LedgerNow::read(database, now).await?;
    let due = read_due(database, state.today, chunk).await?;
    if due.is_empty() {
        return Ok(0);
    }
    let planned: Vec<_> = due
        .iter()
        .map(|subscription| {
            let mut periods = subscription.schedule(state.today);
            let is_last = subscription.is_last(&periods);
            // The others are there, and their counters moved since.
            periods.retain(|period| Some(period.days.first_day) > subscription.opens_on);
            (periods, is_last)
        })
        .collect();
    let schedules: Vec<ScheduleOf<'_>> = due
        .iter()
        .zip(&planned)
        .map(|(subscription, (periods, is_last))| ScheduleOf {
            subscription_id: &subscription.id,
            subject: &subscription.subject,
            revision: subscription.revision,
            periods,
            is_last: *is_last,
        })
        .collect();
    let mut statements = write_schedules(&schedules, state.zone, false)?;
    statements.push(Statement::new(MOVE_VERSION));
    database.batch(&statements).await?;
    Ok(due.len())
}

// The index of what is not closed, by its end. Those of one day are closed together, so that adjustments
// go to the period behind all of them.
const TO_CLOSE: &str = "
SELECT json_array(period_id) FROM plan_periods INDEXED BY plan_periods_to_close
WHERE closed_at IS NULL AND ends_at <= ?1 ->> 'ended_by' ORDER BY ends_at LIMIT ?1 ->> 'chunk'";

const CLOSE_PERIODS: &str = "
UPDATE plan_periods SET closed_at = ?1 ->> 'now',
  closed_version = (SELECT ledger_version FROM ledger_state WHERE schema_version = ?1 ->> 'schema_version')
FROM json_each(?1, '$.ids') j
WHERE period_id = j.value AND closed_at IS NULL";

const CLOSE_SEGMENTS: &str = "
UPDATE plan_segments SET is_closed = 1 FROM json_each(?1, '$.ids') j WHERE period_id = j.value";

// Who planned a change while they were open plans it again.
const MOVE_REVISIONS: &str = "
UPDATE subscriptions SET revision = revision + 1 WHERE subscription_id IN (
  SELECT p.subscription_id FROM json_each(?1, '$.ids') j JOIN plan_periods p ON p.period_id = j.value)";

async fn close_due<D: Database>(
    database: &D,
    chunk: usize,
    now: UnixMillis,
) -> Result<usize, PlanError> {
    let parameter = json!({ "ended_by": now.0.saturating_sub(GRACE_MS), "chunk": chunk });
    let due: Vec<(i64,)> = database
        .query(Statement::with(TO_CLOSE, &parameter)?)
        .await?
        .decode()?;
    if due.is_empty() {
        return Ok(0);
    }
    let ids: Vec<i64> = due.iter().map(|(id,)| *id).collect();
    let parameter =
        json!({ "ids": ids, "now": now.0, "schema_version": SCHEMA_VERSION }).to_string();
    let with = |sql: &'static str| Statement::with_json(sql, parameter.clone());
    database
        .batch(&[
            with(CLOSE_PERIODS),
            with(CLOSE_SEGMENTS),
            with(MOVE_REVISIONS),
            Statement::new(MOVE_VERSION),
        ])
        .await?;
    Ok(due.len())
}
