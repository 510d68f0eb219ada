//! A subject's periods: what was closed, adjusted and charged.

use ledger_core::Database;
use serde_json::{Value, json};

use crate::{
    adjustments::adjustments_in,
    ledger_now::LedgerNow,
    problem::PlanError,
    standing::Standing,
    usage_of::{UsageOf, find, no_own, periods_sql},
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
