//! Marks on a chart: price changes of the models that the slice used.

use serde::{Deserialize, Serialize};
use serde_json::json;

use cost_calculation::{PicoUsd, UnixMillis};

use crate::ask::slice::Slice;
use ledger_core::database::{DatabaseError, Rows, Statement};
use reporting_days::ReportingZone;
use reporting_days::calendar::{DayRange, day_of, days_between, iso};

/// The most marks in an answer.
const MARKS_MAX: usize = 100;
/// The most price rows that are looked at, the newest first.
const ROWS_MAX: usize = 500;

/// The contract's `MarkChange`.
#[derive(Debug, Clone, Serialize)]
pub struct MarkChange {
    price_id: i64,
    resource_type: String,
    region: String,
    service_tier: String,
    min_context: i64,
    previous_rate: PicoUsd,
    rate: PicoUsd,
    per: i64,
    source: String,
}

/// The contract's `Mark`.
#[derive(Debug, Clone, Serialize)]
pub struct Mark {
    kind: &'static str,
    time: String,
    day: String,
    provider: String,
    model: String,
    changes: Vec<MarkChange>,
}

/// Index `prices_by_start` finds the models with a change, the primary key of `daily_model_stats`
/// (of one user the cube's index by user and day) whether one was used on any day of the range,
/// `prices_by_key` its rows and the row before each.
fn changes_sql(slice: &Slice) -> String {
    let used = if slice.user.is_some() {
        "usage_daily t INDEXED BY usage_daily_by_user
                WHERE t.user_key = ?1 ->> 'user_key' AND t.day = d.value"
    } else {
        "daily_model_stats t WHERE t.day = d.value"
    };
    format!(
        "
WITH changed AS MATERIALIZED (
  SELECT DISTINCT provider, model FROM prices INDEXED BY prices_by_start
  WHERE valid_from >= ?1 ->> 'from' AND valid_from < ?1 ->> 'to' AND status = 'active'
    AND (?1 ->> 'model' IS NULL OR model = ?1 ->> 'model')
    AND (?1 ->> 'provider' IS NULL OR provider = ?1 ->> 'provider')
), used AS MATERIALIZED (
  SELECT provider, model FROM changed c
  WHERE EXISTS (SELECT 1 FROM json_each(?1, '$.days') d CROSS JOIN {used}
                  AND t.provider = c.provider AND t.model = c.model)
)
SELECT json_array(p.id, p.provider, p.model, p.resource_type, p.region, p.service_tier,
  p.min_context, q.rate, q.per, p.rate, p.per, p.valid_from, p.source)
FROM used CROSS JOIN prices p INDEXED BY prices_by_key CROSS JOIN prices q
WHERE p.provider = used.provider AND p.model = used.model
  AND p.valid_from >= ?1 ->> 'from' AND p.valid_from < ?1 ->> 'to' AND p.status = 'active'
  AND q.id = (
    SELECT o.id FROM prices o
    WHERE o.provider = p.provider AND o.model = p.model AND o.resource_type = p.resource_type
      AND o.region = p.region AND o.service_tier = p.service_tier
      AND o.min_context = p.min_context AND o.schedule = p.schedule
      AND o.valid_from < p.valid_from AND o.status = 'active'
    ORDER BY o.valid_from DESC LIMIT 1)
  AND (p.rate, p.per) <> (q.rate, q.per)
ORDER BY p.valid_from DESC, p.id DESC LIMIT ?1 ->> 'limit'"
    )
}

#[derive(Deserialize)]
struct ChangeRow(
    i64,
    String,
    String,
    String,
    String,
    String,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
    String,
);

/// The statement for the price changes of a range.
pub(crate) fn changes(
    slice: &Slice,
    range: DayRange,
    zone: ReportingZone,
) -> Result<Statement, DatabaseError> {
    let (from, to) = range.instants(zone);
    let user_key = slice.user.as_ref().map(|user| user.user_key);
    Statement::with(
        changes_sql(slice),
        &json!({
            "from": from, "to": to, "model": slice.model, "provider": slice.provider,
            "user_key": user_key,
            "days": days_between(range.start, range.end).collect::<Vec<_>>(),
            "limit": ROWS_MAX,
        }),
    )
}

/// Reads the rows of [`changes`]: the marks, oldest first, and whether older ones were left out.
pub(crate) fn read(rows: &Rows, zone: ReportingZone) -> Result<(Vec<Mark>, bool), DatabaseError> {
    let rows: Vec<ChangeRow> = rows.decode()?;
    let mut is_truncated = rows.len() == ROWS_MAX;
    let mut marks: Vec<Mark> = Vec::new();
    for row in rows {
        let ChangeRow(
            price_id,
            provider,
            model,
            resource_type,
            region,
            service_tier,
            min_context,
            previous_rate,
            previous_per,
            rate,
            per,
            valid_from,
            source,
        ) = row;
        // A mark shows both rates for the same number of units.
        let previous_rate = cost_calculation::divide_half_even(
            i128::from(previous_rate) * i128::from(per),
            i128::from(previous_per.max(1)),
        );
        let change = MarkChange {
            price_id,
            resource_type,
            region,
            service_tier,
            min_context,
            previous_rate: PicoUsd::new(i64::try_from(previous_rate).unwrap_or(i64::MAX)),
            rate: PicoUsd::new(rate),
            per,
            source,
        };
        let at = UnixMillis(valid_from);
        let time = iso(at);
        let same = marks
            .iter_mut()
            .find(|mark| mark.time == time && mark.provider == provider && mark.model == model);
        if let Some(mark) = same {
            mark.changes.push(change);
        } else if marks.len() < MARKS_MAX {
            let day = day_of(zone, at).to_string();
            marks.push(Mark {
                kind: "price_change",
                time,
                day,
                provider,
                model,
                changes: vec![change],
            });
        } else {
            is_truncated = true;
        }
    }
    marks.reverse();
    Ok((marks, is_truncated))
}
