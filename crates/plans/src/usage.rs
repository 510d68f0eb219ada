//! What somebody used of what they may use, in one answer.

use chrono::{Datelike, Months, NaiveDate};
use cost_calculation::Amount;
use ledger_core::{Database, Statement};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    adjustments::{adjustments_in, all_of},
    ledger_now::LedgerNow,
    overage::Used,
    period::DaySpan,
    problem::PlanError,
    recount::day_use,
    reset::open_due,
    standing::{Standing, shown_month, shown_unpriced, shown_without_plan},
    subject::Subject,
    usage_details::{UsageExtras, details},
    usage_of::{Found, UsageOf, find, no_own, periods_sql},
};

/// How often a widget is to ask.
const POLL_AFTER_S: u32 = 30;

/// Subject and current period, as one answer.
#[derive(Debug, Clone, Serialize)]
pub struct UsageAnswer(Value);

/// The period of today: one's own, or else the default plan's.
fn current_sql() -> String {
    const TODAY: &str = "p.end_day > ?1 ->> 'today' AND p.first_day <= ?1 ->> 'today'";
    let default = format!("{TODAY} AND {}", no_own("named.subject"));
    periods_sql(TODAY, &default, false, "LIMIT 1")
}

/// What a subject used of what it may use.
pub async fn usage<D: Database>(
    database: &D,
    state: &LedgerNow,
    of: &UsageOf,
    extras: UsageExtras,
) -> Result<UsageAnswer, PlanError> {
    let parameter = json!({ "today": state.today });
    let mut found = find(database, of, current_sql(), parameter.clone()).await?;
    // A period is made a whole one ahead: here the job has not run for so long.
    if found.periods.is_empty() && open_due(database, 250, state.now).await? > 0 {
        found = find(database, of, current_sql(), parameter).await?;
    }
    let (mut answer, days) = match found.periods.first() {
        Some(standing) => {
            let adjustments = carried(database, standing, &found.subject, state).await?;
            (
                with_plan(&found, standing, &adjustments, state),
                standing.days(),
            )
        }
        None => without_plan(database, &found, state).await?,
    };
    let more = details(database, &found, days, extras, state).await?;
    if let Value::Object(answer) = &mut answer {
        answer.extend(more);
    }
    Ok(UsageAnswer(answer))
}

fn head(found: &Found, state: &LedgerNow) -> serde_json::Map<String, Value> {
    serde_json::Map::from_iter([
        ("as_of".to_owned(), json!(found.as_of)),
        ("ledger_version".to_owned(), json!(state.ledger_version)),
        ("poll_after_s".to_owned(), json!(POLL_AFTER_S)),
        ("subject".to_owned(), json!(found.shown)),
    ])
}

fn with_plan(
    found: &Found,
    standing: &Standing,
    adjustments: &[Value],
    state: &LedgerNow,
) -> Value {
    let mut answer = head(found, state);
    let (worst, percent) = standing.state(state.today);
    let more = [
        ("plan", standing.shown_plan(state)),
        ("period", standing.shown_period(state)),
        ("state", json!(worst)),
        (
            "percent",
            json!(percent.map(crate::standing::Percent::shown)),
        ),
        ("meters", json!(standing.shown_meters(state))),
        ("overage_charge", json!(standing.charge())),
        ("unpriced", standing.shown_unpriced()),
        ("segments", json!(standing.shown_segments())),
        ("adjustments", json!(adjustments)),
    ];
    answer.extend(more.map(|(name, value)| (name.to_owned(), value)));
    Value::Object(answer)
}

/// The calendar month in which a day lies.
pub(crate) fn month_of(day: NaiveDate) -> DaySpan {
    let first_day = day.with_day(1).unwrap_or(day);
    DaySpan {
        first_day,
        end_day: first_day
            .checked_add_months(Months::new(1))
            .unwrap_or(first_day),
    }
}

async fn without_plan<D: Database>(
    database: &D,
    found: &Found,
    state: &LedgerNow,
) -> Result<(Value, DaySpan), PlanError> {
    let days = month_of(state.today);
    let by_day = day_use(database, &found.subject, days).await?;
    let used = by_day
        .iter()
        .fold(Used::default(), |sum, day| sum.plus(day.used));
    let unpriced = by_day.iter().fold([0_i64; 3], |[a, b, c], day| {
        let [d, e, f] = day.unpriced;
        [
            a.saturating_add(d),
            b.saturating_add(e),
            c.saturating_add(f),
        ]
    });
    let mut answer = head(found, state);
    let more = [
        ("plan", Value::Null),
        ("period", shown_month(days, state)),
        ("state", Value::Null),
        ("percent", Value::Null),
        ("meters", json!(shown_without_plan(used))),
        ("overage_charge", json!(Amount::ZERO)),
        ("unpriced", shown_unpriced(unpriced)),
        ("segments", json!([])),
        ("adjustments", json!([])),
    ];
    answer.extend(more.map(|(name, value)| (name.to_owned(), value)));
    Ok((Value::Object(answer), days))
}

// Adjustments are few: the primary key begins with the subject and the user.
const CARRIED: &str = "
SELECT json_array(MIN(after_day)) FROM plan_adjustments
WHERE subject = ?1 ->> 'subject' AND user_key = ?1 ->> 'user_key' AND after_day <= ?1 ->> 'first_day'
  AND after_day > COALESCE((SELECT MAX(q.first_day) FROM plan_periods q
    WHERE q.subject = ?1 ->> 'subject' AND q.first_day < ?1 ->> 'first_day'), '')";

/// What came to closed periods and is charged with this one.
async fn carried<D: Database>(
    database: &D,
    standing: &Standing,
    subject: &Subject,
    state: &LedgerNow,
) -> Result<Vec<Value>, PlanError> {
    let is_default = standing.stored.subject == "default";
    let user_key = match subject {
        Subject::User(key) if is_default => *key,
        _ => 0,
    };
    let parameter = json!({
        "subject": standing.stored.subject, "user_key": user_key,
        "first_day": standing.stored.first_day,
    });
    let found: Option<(Option<NaiveDate>,)> = database
        .query(Statement::with(CARRIED, &parameter)?)
        .await?
        .first()?;
    if !matches!(found, Some((Some(_),))) {
        return Ok(Vec::new());
    }
    let all = all_of(database, &standing.stored.subject, user_key, state).await?;
    let at = all
        .iter()
        .position(|period| period.stored.first_day == standing.stored.first_day);
    Ok(at.map_or_else(Vec::new, |at| adjustments_in(&all, at)))
}
