//! Periods and segments as planned, with their recount, for one subscription or many at once.

use ledger_core::{DatabaseError, Statement};
use reporting_days::{ReportingZone, calendar::day_start};
use serde_json::{Value, json};

use crate::{
    recount::{Kind, recount, set_counters},
    schedule::PlannedPeriod,
    subject::Subject,
};

/// The periods to write for a subscription.
#[derive(Debug)]
pub(crate) struct ScheduleOf<'a> {
    pub subscription_id: &'a str,
    pub subject: &'a Subject,
    /// What the plan was made from; another one means that somebody changed it meanwhile.
    pub revision: i64,
    pub periods: &'a [PlannedPeriod],
    /// Whether nothing comes after them.
    pub is_last: bool,
}

// A change that was made from an older state becomes NULL, which the column refuses: nothing of the batch is
// kept.
const TAKE_TURN: &str = "
UPDATE subscriptions SET
  revision = CASE WHEN revision = j.value ->> 1 THEN revision + 1 END,
  opens_on = j.value ->> 2
FROM json_each(?1, '$.turns') j WHERE subscription_id = j.value ->> 0";

const OPEN_PERIODS: &str = "SELECT p.period_id FROM json_each(?1, '$.turns') j
  JOIN plan_periods p ON p.subscription_id = j.value ->> 0 WHERE p.closed_at IS NULL";

const INSERT_PERIODS: &str = "
INSERT INTO plan_periods (subscription_id, subject, first_day, end_day, whole_days, starts_at, ends_at, zone)
SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3, j.value ->> 4, j.value ->> 5,
  j.value ->> 6, ?1 ->> 'zone'
FROM json_each(?1, '$.periods') j
WHERE true ON CONFLICT (subscription_id, first_day) DO NOTHING";

const INSERT_SEGMENTS: &str = "
INSERT INTO plan_segments (period_id, subject, first_day, end_day, left_days, plan_id, version, is_closed)
SELECT p.period_id, p.subject, j.value ->> 2, j.value ->> 3, j.value ->> 4, j.value ->> 5, j.value ->> 6, 0
FROM json_each(?1, '$.segments') j
JOIN plan_periods p ON p.subscription_id = j.value ->> 0 AND p.first_day = j.value ->> 1
WHERE p.closed_at IS NULL ON CONFLICT (period_id, first_day) DO NOTHING";

const PLANNED_SEGMENTS: &str = "FROM json_each(?1, '$.periods') j
  CROSS JOIN plan_periods p ON p.subscription_id = j.value ->> 0 AND p.first_day = j.value ->> 2
  CROSS JOIN plan_segments s ON s.period_id = p.period_id";

/// The statements that write schedules. With `replace`, periods that are not closed make place first.
pub(crate) fn write_schedules(
    schedules: &[ScheduleOf<'_>],
    zone: ReportingZone,
    replace: bool,
) -> Result<Vec<Statement>, DatabaseError> {
    let parameter = parameter_of(schedules, zone).to_string();
    let with = |sql: String| Statement::with_json(sql, parameter.clone());
    let mut statements = vec![with(TAKE_TURN.to_owned())];
    if replace {
        statements.extend([
            with(format!(
                "DELETE FROM plan_counters WHERE segment_id IN (
                   SELECT segment_id FROM plan_segments WHERE period_id IN ({OPEN_PERIODS}))"
            )),
            with(format!(
                "DELETE FROM plan_segments WHERE period_id IN ({OPEN_PERIODS})"
            )),
            with(format!(
                "DELETE FROM plan_periods WHERE period_id IN ({OPEN_PERIODS})"
            )),
        ]);
    }
    statements.push(with(INSERT_PERIODS.to_owned()));
    statements.push(with(INSERT_SEGMENTS.to_owned()));
    for kind in Kind::ALL {
        if schedules
            .iter()
            .any(|schedule| Kind::of(schedule.subject) == kind)
        {
            let recount = recount(kind, PLANNED_SEGMENTS, "AND s.is_closed = 0");
            statements.push(with(set_counters(&recount)));
        }
    }
    let users: Vec<i64> = schedules
        .iter()
        .filter(|_| replace)
        .filter_map(|schedule| match schedule.subject {
            Subject::User(key) => Some(*key),
            _ => None,
        })
        .collect();
    if !users.is_empty() {
        statements.extend(recount_default_of(&users)?);
    }
    Ok(statements)
}

/// The statements that recount what users have of the default plan: where they have their own, it has nothing.
fn recount_default_of(user_keys: &[i64]) -> Result<[Statement; 2], DatabaseError> {
    const FORGET: &str = "
DELETE FROM plan_counters WHERE user_key IN (SELECT value FROM json_each(?1)) AND segment_id IN (
  SELECT segment_id FROM plan_segments WHERE subject = 'default' AND is_closed = 0)";
    let recount = recount(
        Kind::DefaultByUser,
        "FROM plan_segments s",
        "AND s.is_closed = 0 AND u.user_key IN (SELECT value FROM json_each(?1))",
    );
    Ok([
        Statement::with(FORGET, &user_keys)?,
        Statement::with(set_counters(&recount), &user_keys)?,
    ])
}

fn parameter_of(schedules: &[ScheduleOf<'_>], zone: ReportingZone) -> Value {
    let mut turns: Vec<Value> = Vec::new();
    let mut periods: Vec<Value> = Vec::new();
    let mut segments: Vec<Value> = Vec::new();
    for schedule in schedules {
        let id = schedule.subscription_id;
        let last = schedule.periods.last().map(|period| period.days.first_day);
        let opens_on = last.filter(|_| !schedule.is_last);
        turns.push(json!([id, schedule.revision, opens_on]));
        for period in schedule.periods {
            let days = period.days;
            periods.push(json!([
                id,
                schedule.subject.to_string(),
                days.first_day,
                days.end_day,
                period.whole_days,
                day_start(zone, days.first_day).0,
                day_start(zone, days.end_day).0,
            ]));
            for segment in &period.segments {
                segments.push(json!([
                    id,
                    days.first_day,
                    segment.days.first_day,
                    segment.days.end_day,
                    segment.left_days,
                    segment.plan_id,
                    segment.version,
                ]));
            }
        }
    }
    json!({ "turns": turns, "periods": periods, "segments": segments, "zone": zone.name() })
}
