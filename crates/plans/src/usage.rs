//! What somebody used of what they may use, in one answer.

use chrono::{Datelike, Months, NaiveDate};
use cost_calculation::{Amount, UnixMillis};
use ledger_core::{Database, DatabaseError, Rows, Statement};
use reporting_days::calendar::iso;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    ledger_now::LedgerNow,
    overage::Used,
    period::DaySpan,
    problem::PlanError,
    recount::day_use,
    reset::open_due,
    standing::{
        Standing, StoredPeriod, shown_month, shown_unpriced, shown_without_plan, stored_period,
    },
    subject::{ShownSubject, Subject},
    usage_details::{UsageExtras, details},
};

/// How often a widget is to ask.
const POLL_AFTER_S: u32 = 30;

/// Whose usage is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsageOf {
    /// A user's, by tenant (empty without one) and id.
    User {
        /// Empty for a user without one.
        tenant_id: String,
        /// As the source names them.
        user_id: String,
    },
    /// A tenant's.
    Tenant(String),
    /// Everybody's.
    Installation,
}

/// Subject and current period, as one answer.
#[derive(Debug, Clone, Serialize)]
pub struct UsageAnswer(Value);

/// A subject that is found, with the periods that were asked for.
pub(crate) struct Found {
    pub as_of: Option<String>,
    pub subject: Subject,
    pub shown: ShownSubject,
    pub periods: Vec<Standing>,
}

// The newest row of interactions; where all of them are archived, of those.
pub(crate) const AS_OF: &str = "
SELECT json_array(COALESCE(
  (SELECT received_at FROM interactions ORDER BY interaction_key DESC LIMIT 1),
  (SELECT received_at FROM interactions_archive ORDER BY interaction_key DESC LIMIT 1)))";

const USER: &str = "
SELECT json_array(user_key, label) FROM users WHERE tenant_id = ?1 ->> 'tenant_id' AND user_id = ?1 ->> 'user_id'";

/// The subject's text in SQL, as `named.subject`, and the user's key, 0 without one.
const NAMED: &str = "
WITH named AS MATERIALIZED (
  SELECT CASE ?1 ->> 'kind' WHEN 'user' THEN 'user:' || u.user_key WHEN 'tenant' THEN 'tenant:' || (?1 ->> 'tenant_id')
      ELSE 'installation' END AS subject,
    COALESCE(u.user_key, 0) AS user_key
  FROM (SELECT 1) LEFT JOIN users u ON ?1 ->> 'kind' = 'user'
    AND u.tenant_id = ?1 ->> 'tenant_id' AND u.user_id = ?1 ->> 'user_id')";

impl UsageOf {
    fn parameter(&self) -> Value {
        match self {
            Self::User { tenant_id, user_id } => {
                json!({ "kind": "user", "tenant_id": tenant_id, "user_id": user_id })
            }
            Self::Tenant(id) => json!({ "kind": "tenant", "tenant_id": id }),
            Self::Installation => json!({ "kind": "installation" }),
        }
    }

    /// The subject and how it is shown; a user whom nobody has heard of is not found.
    fn subject(&self, user: &Rows) -> Result<(Subject, ShownSubject), PlanError> {
        let shown = |kind, id, tenant_id: &str, label| ShownSubject {
            kind,
            id,
            tenant_id: Some(tenant_id.to_owned()).filter(|id| !id.is_empty()),
            label,
        };
        Ok(match self {
            Self::User { tenant_id, user_id } => {
                let found: Option<(i64, Option<String>)> = user.first()?;
                let (key, label) = found.ok_or_else(|| {
                    PlanError::NotFound(format!(
                        "the ledger has seen no user `{}`: check `user_id` and `tenant_id`",
                        user_id.chars().take(128).collect::<String>()
                    ))
                })?;
                (
                    Subject::User(key),
                    shown("user", Some(user_id.clone()), tenant_id, label),
                )
            }
            Self::Tenant(id) => (
                Subject::Tenant(id.clone()),
                shown("tenant", Some(id.clone()), "", None),
            ),
            Self::Installation => (Subject::Installation, shown("installation", None, "", None)),
        })
    }
}

/// The select of one's own periods (`own`) and of the default plan's (`default`), narrowed by `more`, which
/// may name `p` and `named`.
pub(crate) fn periods_sql(own: &str, default: &str, adjustments: bool, order: &str) -> String {
    format!(
        "{NAMED}
         SELECT period FROM (
           SELECT {mine} AS period, p.first_day AS first_day
           FROM named CROSS JOIN plan_periods p ON p.subject = named.subject
           CROSS JOIN subscriptions b ON b.subscription_id = p.subscription_id
           WHERE {own}
           UNION ALL
           SELECT {theirs}, p.first_day
           FROM named CROSS JOIN plan_periods p ON p.subject = 'default' AND named.subject GLOB 'user:*'
           CROSS JOIN subscriptions b ON b.subscription_id = p.subscription_id
           WHERE {default})
         {order}",
        mine = stored_period("0", adjustments),
        theirs = stored_period("named.user_key", adjustments),
    )
}

/// The subject and the periods that `sql` selects.
pub(crate) async fn find<D: Database>(
    database: &D,
    of: &UsageOf,
    sql: String,
    mut parameter: Value,
) -> Result<Found, PlanError> {
    if let (Value::Object(all), Value::Object(named)) = (&mut parameter, of.parameter()) {
        all.extend(named);
    }
    let parameter = parameter.to_string();
    let rows = database
        .batch(&[
            Statement::new(AS_OF),
            Statement::with_json(USER, parameter.clone()),
            Statement::with_json(sql, parameter),
        ])
        .await?;
    let [as_of, user, periods] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no answers".to_owned()).into());
    };
    let (subject, shown) = of.subject(user)?;
    let periods: Vec<StoredPeriod> = periods.decode()?;
    let (as_of,): (Option<i64>,) = as_of.first()?.unwrap_or_default();
    Ok(Found {
        as_of: as_of.map(|at| iso(UnixMillis(at))),
        subject,
        shown,
        periods: periods.into_iter().map(Standing::new).collect(),
    })
}

/// Whether a subject has no subscription of its own today: then the default plan is theirs.
pub(crate) fn no_own(subject: &str) -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM subscriptions o WHERE o.subject = {subject}
           AND o.from_day <= ?1 ->> 'today' AND (o.until_day IS NULL OR o.until_day > ?1 ->> 'today'))"
    )
}

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
                with_plan(&found, standing, adjustments, state),
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
    adjustments: Vec<Value>,
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
    let all =
        crate::usage_periods::all_of(database, &standing.stored.subject, user_key, state).await?;
    let at = all
        .iter()
        .position(|period| period.stored.first_day == standing.stored.first_day);
    Ok(at.map_or_else(Vec::new, |at| {
        crate::usage_periods::adjustments_in(&all, at)
    }))
}
