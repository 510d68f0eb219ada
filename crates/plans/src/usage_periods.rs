//! A subject's periods: what was closed, adjusted and charged.

use ledger_core::{Database, Statement};
use serde_json::{Value, json};

use crate::{
    ledger_now::LedgerNow,
    problem::PlanError,
    standing::{Standing, StoredPeriod, stored_period},
    usage::{UsageOf, find, no_own, periods_sql},
};

/// A page of a subject's periods, newest first.
pub async fn usage_periods<D: Database>(
    database: &D,
    state: &LedgerNow,
    of: &UsageOf,
    limit: usize,
    offset: usize,
) -> Result<Value, PlanError> {
    let own = "p.first_day <= ?1 ->> 'today'";
    // Of the default plan those in which the user had none of their own all the time.
    let default = format!(
        "p.first_day <= ?1 ->> 'today' AND (
           EXISTS (SELECT 1 FROM plan_segments s JOIN plan_counters c ON c.segment_id = s.segment_id
             WHERE s.period_id = p.period_id AND c.user_key = named.user_key)
           OR (p.end_day > ?1 ->> 'today' AND {}))",
        no_own("named.subject")
    );
    let sql = periods_sql(own, &default, true, "ORDER BY first_day");
    let found = find(database, of, sql, json!({ "today": state.today })).await?;
    let total = found.periods.len();
    let items: Vec<Value> = (0..total)
        .rev()
        .skip(offset)
        .take(limit)
        .filter_map(|at| Some(shown(found.periods.get(at)?, &found.periods, at, state)))
        .collect();
    Ok(json!({
        "as_of": found.as_of,
        "ledger_version": state.ledger_version,
        "subject": found.shown,
        "items": items,
        "total": total,
        "limit": limit,
        "offset": offset,
    }))
}

fn shown(standing: &Standing, all: &[Standing], at: usize, state: &LedgerNow) -> Value {
    let (worst, _) = standing.state(state.today);
    json!({
        "plan": standing.shown_plan(state),
        "period": standing.shown_period(state),
        "state": worst,
        "meters": standing.shown_meters(state),
        "overage_charge": standing.charge(),
        "unpriced": standing.shown_unpriced(),
        "segments": standing.shown_segments(),
        "closed": standing.shown_closed(),
        "adjusted": standing.shown_adjusted(),
        "adjustments": adjustments_in(all, at),
    })
}

/// All periods of a subject, with what came to them after they were closed, in order.
pub(crate) async fn all_of<D: Database>(
    database: &D,
    subject: &str,
    user_key: i64,
    state: &LedgerNow,
) -> Result<Vec<Standing>, PlanError> {
    let sql = format!(
        "SELECT {} FROM plan_periods p CROSS JOIN subscriptions b ON b.subscription_id = p.subscription_id
         WHERE p.subject = ?1 ->> 'subject' AND p.first_day <= ?1 ->> 'today' ORDER BY p.first_day",
        stored_period("(?1 ->> 'user_key')", true)
    );
    let parameter = json!({ "subject": subject, "user_key": user_key, "today": state.today });
    let periods: Vec<StoredPeriod> = database
        .query(Statement::with(sql, &parameter)?)
        .await?
        .decode()?;
    Ok(periods.into_iter().map(Standing::new).collect())
}

/// What came to closed periods and is charged with the one at `at`: the first of its subject that begins on
/// the day behind the last close, or later.
pub(crate) fn adjustments_in(all: &[Standing], at: usize) -> Vec<Value> {
    let Some(standing) = all.get(at) else {
        return Vec::new();
    };
    let subject = &standing.stored.subject;
    let same = || all.iter().filter(|other| other.stored.subject == *subject);
    let first_day = standing.stored.first_day;
    let before = same()
        .map(|other| other.stored.first_day)
        .filter(|day| *day < first_day)
        .max();
    let mut shown = Vec::new();
    for other in same() {
        for moved in other.moved() {
            let is_here = moved.after_day <= first_day
                && before.is_none_or(|before| moved.after_day > before);
            if is_here {
                shown.push(other.shown_adjustment(&moved));
            }
        }
    }
    shown
}
