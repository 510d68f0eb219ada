//! What a change would do to the running period: the days that are there, rated by the schedule that would be.

use chrono::NaiveDate;
use ledger_core::Database;
use reporting_days::calendar::iso;
use serde_json::{Value, json};

use crate::{
    ledger_now::LedgerNow,
    overage::{RatedSegment, Used, charge_of, meter_overage},
    plan::{Meter, PlanTerms},
    problem::PlanError,
    recount::{DayUse, day_use},
    schedule::{PlannedPeriod, PlannedSegment, plan_periods},
    store_subscriptions::{Subscription, shown_days},
    subject::Subject,
};

/// The preview of a change.
pub(crate) async fn preview<D: Database>(
    database: &D,
    before: Option<&Subscription>,
    after: &Subscription,
    state: &LedgerNow,
) -> Result<Value, PlanError> {
    let mut periods = Vec::new();
    for subscription in [before, Some(after)] {
        let period = subscription.and_then(|subscription| subscription.period_of(state.today));
        let shown = match (subscription, period) {
            (Some(subscription), Some(period)) if subscription.subject != Subject::Default => {
                let used = day_use(database, &subscription.subject, period.days).await?;
                Some(rated(subscription, &period, &used, state))
            }
            _ => None,
        };
        periods.push(shown);
    }
    let shown_after = periods.pop().flatten();
    let next = next_periods(after, state.today);
    Ok(json!({
        "ledger_version": state.ledger_version,
        "as_of": iso(state.now),
        "before": periods.pop().flatten(),
        "after": shown_after,
        "next_periods": next.iter().map(|period| shown_days(period.days, state)).collect::<Vec<_>>(),
    }))
}

/// The period of a day and those after it, three in all; before its first day, its first three.
fn next_periods(subscription: &Subscription, today: NaiveDate) -> Vec<PlannedPeriod> {
    let mut shown: Vec<PlannedPeriod> = Vec::new();
    let mut day = today.max(subscription.from_day);
    while shown.len() < 3 {
        let until = subscription.until_day;
        let all = plan_periods(&subscription.terms, subscription.from_day, until, day);
        let Some(period) = all.into_iter().find(|period| period.days.contains(day)) else {
            break;
        };
        day = period.days.end_day;
        shown.push(period);
    }
    shown
}

fn terms_of<'a>(subscription: &'a Subscription, segment: &PlannedSegment) -> Option<&'a PlanTerms> {
    let term = subscription
        .terms
        .iter()
        .find(|term| term.plan_id == segment.plan_id && term.version == segment.version);
    term.map(|term| &term.terms)
}

fn rated(
    subscription: &Subscription,
    period: &PlannedPeriod,
    used: &[DayUse],
    state: &LedgerNow,
) -> Value {
    let segments: Vec<RatedSegment<'_>> = period
        .segments
        .iter()
        .filter_map(|segment| {
            let days = used.iter().filter(|day| segment.days.contains(day.day));
            Some(RatedSegment {
                terms: terms_of(subscription, segment)?,
                left_days: segment.left_days,
                used: days.fold(Used::default(), |sum, day| sum.plus(day.used)),
            })
        })
        .collect();
    let meters: Vec<Value> = Meter::ALL
        .into_iter()
        .map(|meter| {
            let rated = meter_overage(meter, period.whole_days, &segments);
            json!({
                "meter": meter.as_str(),
                "used": meter.quantity(rated.used),
                "included": rated.included.map(|included| meter.quantity(included)),
                "overage": meter.quantity(rated.overage),
                "overage_charge": rated.charge,
            })
        })
        .collect();
    let last = period.segments.last();
    json!({
        "plan_id": last.map(|segment| &segment.plan_id),
        "version": last.map(|segment| segment.version),
        "period": shown_days(period.days, state),
        "meters": meters,
        "overage_charge": charge_of(period.whole_days, &segments),
    })
}
