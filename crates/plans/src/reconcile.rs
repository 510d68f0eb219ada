//! The job that recounts counters from the ledger's days, records what differs and corrects it.
//!
//! It walks the periods that are not closed, then those that were closed in the last 35 days, a part in each
//! run. What differs is read in one transaction with what it is compared with, and moved by the difference, so
//! events may go on meanwhile; of a closed period the difference is an adjustment too.

use std::collections::BTreeMap;

use cost_calculation::{DAY_MS, UnixMillis};
use ledger_core::{Database, DatabaseError, Statement};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    problem::PlanError,
    recount::{Kind, recount},
    standing::Counts,
    store_plans::MOVE_VERSION,
};

/// For so long a closed period is looked at.
const CLOSED_MS: i64 = 35 * DAY_MS;

/// The bounds of a run.
#[derive(Debug, Clone, Copy)]
pub struct ReconcileConfig {
    /// Periods, or users of the default plan, in one batch.
    pub chunk: usize,
    /// Batches of one run.
    pub chunks_max: usize,
}

impl Default for ReconcileConfig {
    fn default() -> Self {
        Self {
            chunk: 100,
            chunks_max: 6,
        }
    }
}

/// Where a walk goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReconcilePlace {
    /// Whether the closed ones are walked, after those that are not.
    pub is_closed: bool,
    /// The end, or the close, of the last period.
    pub at: i64,
    /// The last period.
    pub period_id: i64,
    /// Of a period of the default plan the last user that was counted; `None` where the period is done.
    pub user_key: Option<i64>,
}

impl ReconcilePlace {
    /// The beginning.
    pub const START: Self = Self {
        is_closed: false,
        at: i64::MIN,
        period_id: 0,
        user_key: None,
    };
}

/// What a run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReconcileSummary {
    /// Counters that were recounted.
    pub counter_count: usize,
    /// Those that differed, and were corrected.
    pub drift_count: usize,
    /// Whether the walk came to its end; the next one begins anew.
    pub is_pass_finished: bool,
    /// Where the next run goes on.
    pub place: ReconcilePlace,
}

#[derive(Debug, Clone, Deserialize)]
struct Walked {
    period_id: i64,
    at: i64,
    subject: String,
}

/// Recounts a part of the counters.
pub async fn reconcile_usage<D: Database>(
    database: &D,
    from: Option<ReconcilePlace>,
    config: &ReconcileConfig,
    clock: impl Fn() -> UnixMillis,
) -> Result<ReconcileSummary, PlanError> {
    let mut summary = ReconcileSummary {
        counter_count: 0,
        drift_count: 0,
        is_pass_finished: false,
        place: from.unwrap_or(ReconcilePlace::START),
    };
    for _ in 0..config.chunks_max {
        let now = clock();
        let periods = next_periods(database, summary.place, config.chunk, now).await?;
        let Some(first) = periods.first() else {
            if summary.place.is_closed {
                summary.is_pass_finished = true;
                summary.place = ReconcilePlace::START;
                break;
            }
            summary.place = ReconcilePlace {
                is_closed: true,
                ..ReconcilePlace::START
            };
            continue;
        };
        // A period of everybody is walked by users; the others up to it together.
        let chunk: Vec<Walked> = if first.subject == "default" {
            vec![first.clone()]
        } else {
            let others = periods
                .iter()
                .take_while(|period| period.subject != "default");
            others.cloned().collect()
        };
        let users = if first.subject == "default" {
            Some(next_users(database, summary.place, first, config.chunk).await?)
        } else {
            None
        };
        let (counted, drifted) = compare(database, &chunk, users, now).await?;
        summary.counter_count += counted;
        summary.drift_count += drifted;
        summary.place = place_after(summary.place, &chunk, users);
    }
    Ok(summary)
}

fn place_after(
    place: ReconcilePlace,
    chunk: &[Walked],
    users: Option<(i64, i64)>,
) -> ReconcilePlace {
    let Some(last) = chunk.last() else {
        return place;
    };
    ReconcilePlace {
        at: last.at,
        period_id: last.period_id,
        user_key: users.map(|(_, to)| to).filter(|to| *to < i64::MAX),
        ..place
    }
}

async fn next_periods<D: Database>(
    database: &D,
    place: ReconcilePlace,
    count: usize,
    now: UnixMillis,
) -> Result<Vec<Walked>, DatabaseError> {
    // Each is an index; a period in the middle of its users comes once more.
    let (index, at, condition) = if place.is_closed {
        (
            "plan_periods_by_close",
            "closed_at",
            "p.closed_at > ?1 ->> 'closed_since'",
        )
    } else {
        (
            "plan_periods_to_close",
            "ends_at",
            "p.closed_at IS NULL AND p.starts_at <= ?1 ->> 'now'",
        )
    };
    let sql = format!(
        "SELECT json_object('period_id', p.period_id, 'at', p.{at}, 'subject', p.subject)
         FROM plan_periods p INDEXED BY {index}
         WHERE {condition} AND p.{at} >= ?1 ->> 'at'
           AND (p.{at} > ?1 ->> 'at' OR p.period_id > ?1 ->> 'period_id'
             OR (p.period_id = ?1 ->> 'period_id' AND ?1 ->> 'user_key' IS NOT NULL))
         ORDER BY p.{at}, p.period_id LIMIT ?1 ->> 'count'"
    );
    let parameter = json!({
        "at": place.at, "period_id": place.period_id, "user_key": place.user_key, "count": count,
        "now": now.0, "closed_since": now.0.saturating_sub(CLOSED_MS),
    });
    database
        .query(Statement::with(sql, &parameter)?)
        .await?
        .decode()
}

/// The users that are counted next: those behind the first up to the second.
async fn next_users<D: Database>(
    database: &D,
    place: ReconcilePlace,
    period: &Walked,
    count: usize,
) -> Result<(i64, i64), DatabaseError> {
    const NTH: &str = "
SELECT json_array(user_key) FROM users WHERE user_key > ?1 ->> 0 ORDER BY user_key LIMIT 1 OFFSET ?1 ->> 1";
    let is_same = place.period_id == period.period_id && place.at == period.at;
    let from = place.user_key.filter(|_| is_same).unwrap_or(0);
    let rows = database
        .query(Statement::with(
            NTH,
            &json!([from, count.saturating_sub(1)]),
        )?)
        .await?;
    let nth: Option<(i64,)> = rows.first()?;
    Ok((from, nth.map_or(i64::MAX, |(key,)| key)))
}

type Row = (i64, i64, i64, i64, i64, i64, i64, i64);

fn by_key(rows: Vec<Row>) -> BTreeMap<(i64, i64), Counts> {
    let of = |(segment, user, a, b, c, d, e, f)| ((segment, user), [a, b, c, d, e, f]);
    rows.into_iter().map(of).collect()
}

/// Recounts counters and corrects those that differ; how many there were, and how many differed.
async fn compare<D: Database>(
    database: &D,
    periods: &[Walked],
    users: Option<(i64, i64)>,
    now: UnixMillis,
) -> Result<(usize, usize), PlanError> {
    const SCOPE: &str =
        "FROM json_each(?1, '$.ids') j CROSS JOIN plan_segments s ON s.period_id = j.value";
    const FOUND: &str = "
SELECT json_array(c.segment_id, c.user_key, c.cost, c.tokens, c.interactions, c.unpriced_count,
  c.partial_count, c.unpriced_tokens)
FROM json_each(?1, '$.ids') j CROSS JOIN plan_segments s ON s.period_id = j.value
CROSS JOIN plan_counters c ON c.segment_id = s.segment_id
  AND c.user_key > ?1 ->> 'from' AND c.user_key <= ?1 ->> 'to'";
    let ids: Vec<i64> = periods.iter().map(|period| period.period_id).collect();
    let (from, to) = users.unwrap_or((-1, i64::MAX));
    let parameter = json!({ "ids": ids, "from": from, "to": to }).to_string();
    let mut statements = vec![Statement::with_json(FOUND, parameter.clone())];
    let kinds: &[Kind] = if users.is_some() {
        &[Kind::DefaultByUser]
    } else {
        &[Kind::User, Kind::Tenant, Kind::Installation]
    };
    for kind in kinds {
        let more = if users.is_some() {
            "AND u.user_key > ?1 ->> 'from' AND u.user_key <= ?1 ->> 'to'"
        } else {
            ""
        };
        let sql = format!(
            "SELECT json_array(c1, c2, c3, c4, c5, c6, c7, c8) FROM (
               WITH r (c1, c2, c3, c4, c5, c6, c7, c8) AS ({}) SELECT * FROM r)",
            recount(*kind, SCOPE, more)
        );
        statements.push(Statement::with_json(sql, parameter.clone()));
    }
    let rows = database.batch(&statements).await?;
    let mut tables = rows.iter();
    let found = by_key(
        tables
            .next()
            .map_or(Ok(Vec::new()), ledger_core::Rows::decode)?,
    );
    let mut expected = BTreeMap::new();
    for table in tables {
        expected.extend(by_key(table.decode()?));
    }
    let mut keys: Vec<(i64, i64)> = found.keys().chain(expected.keys()).copied().collect();
    keys.sort_unstable();
    keys.dedup();
    let of = |table: &BTreeMap<_, Counts>, key| table.get(key).copied().unwrap_or_default();
    let drifts: Vec<Value> = keys
        .iter()
        .filter(|key| of(&found, key) != of(&expected, key))
        .map(|key| json!([key.0, key.1, of(&expected, key), of(&found, key)]))
        .collect();
    if !drifts.is_empty() {
        correct(database, &drifts, now).await?;
    }
    Ok((keys.len(), drifts.len()))
}

const RECORD: &str = "
INSERT INTO plan_drifts (found_at, segment_id, user_key, expected, found)
SELECT ?1 ->> 'now', j.value ->> 0, j.value ->> 1, j.value -> 2, j.value -> 3
FROM json_each(?1, '$.drifts') j";

/// The differences of `$.drifts`, in the order of the counters' columns.
fn differences() -> String {
    let of = |at: usize| format!("(j.value ->> '$[2][{at}]') - (j.value ->> '$[3][{at}]')");
    (0..6).map(of).collect::<Vec<_>>().join(", ")
}

async fn correct<D: Database>(
    database: &D,
    drifts: &[Value],
    now: UnixMillis,
) -> Result<(), PlanError> {
    let moves = crate::recount::COUNTS.map(|count| format!("{count} = {count} + excluded.{count}"));
    let (columns, moves) = (crate::recount::COUNTS.join(", "), moves.join(", "));
    let differences = differences();
    let counters = format!(
        "INSERT INTO plan_counters (segment_id, user_key, {columns})
         SELECT j.value ->> 0, j.value ->> 1, {differences} FROM json_each(?1, '$.drifts') j
         WHERE true ON CONFLICT (segment_id, user_key) DO UPDATE SET {moves}"
    );
    let adjustments = format!(
        "INSERT INTO plan_adjustments (subject, user_key, after_day, segment_id, {columns})
         SELECT s.subject, j.value ->> 1,
           (SELECT MAX(p.end_day) FROM plan_periods p WHERE p.subject = s.subject AND p.closed_at IS NOT NULL),
           s.segment_id, {differences}
         FROM json_each(?1, '$.drifts') j JOIN plan_segments s ON s.segment_id = j.value ->> 0
         WHERE s.is_closed = 1
         ON CONFLICT (subject, user_key, after_day, segment_id) DO UPDATE SET {moves}"
    );
    let parameter = json!({ "now": now.0, "drifts": drifts }).to_string();
    database
        .batch(&[
            Statement::with_json(RECORD, parameter.clone()),
            Statement::with_json(counters, parameter.clone()),
            Statement::with_json(adjustments, parameter),
            Statement::new(MOVE_VERSION),
        ])
        .await?;
    Ok(())
}

/// Drifts that were found since: a counter that differed is an alarm, though it was corrected.
pub async fn drifts_since<D: Database>(database: &D, since: UnixMillis) -> Result<i64, PlanError> {
    const COUNT: &str = "SELECT json_array(COUNT(*)) FROM plan_drifts WHERE found_at >= ?1 ->> 0";
    let found: Option<(i64,)> = database
        .query(Statement::with(COUNT, &[since.0])?)
        .await?
        .first()?;
    Ok(found.map_or(0, |(count,)| count))
}

/// Whether anybody has a plan: without, no job has anything to do.
pub async fn has_subscriptions<D: Database>(database: &D) -> Result<bool, PlanError> {
    const ANY: &str = "SELECT json_array(EXISTS (SELECT 1 FROM subscriptions))";
    let found: Option<(i64,)> = database.query(Statement::new(ANY)).await?.first()?;
    Ok(found == Some((1,)))
}
