//! The rows of a subscription, and how an answer shows them.

use chrono::NaiveDate;
use cost_calculation::UnixMillis;
use ledger_core::{Database, DatabaseError, Statement};
use reporting_days::calendar::{day_start, iso, previous_day};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    ledger_now::LedgerNow,
    period::{Anchor, DaySpan},
    plan::{PlanTerms, STORED_TERMS, StoredTerms},
    problem::PlanError,
    schedule::{PlannedPeriod, Term, plan_periods},
    store_plans::HAS_TODAY,
    subject::{JOIN_USERS, SHOWN_SUBJECT, ShownSubject, Subject, SubjectRow},
};

/// A subscription with its terms, as the database has it.
#[derive(Debug, Clone)]
pub(crate) struct Subscription {
    pub id: String,
    pub subject: Subject,
    pub shown_subject: ShownSubject,
    pub from_day: NaiveDate,
    pub until_day: Option<NaiveDate>,
    pub customer: Option<String>,
    pub billed_to: Option<Value>,
    /// The first day of the last period that is made.
    pub opens_on: Option<NaiveDate>,
    pub revision: i64,
    pub created_at: i64,
    pub created_by: String,
    /// Ascending by their first days.
    pub terms: Vec<Term>,
    /// The first day that is in no closed period.
    pub movable_from: NaiveDate,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    subject: SubjectRow,
    from_day: NaiveDate,
    until_day: Option<NaiveDate>,
    customer: Option<String>,
    billed_to: Option<Value>,
    opens_on: Option<NaiveDate>,
    revision: i64,
    created_at: i64,
    created_by: String,
    terms: Vec<TermRow>,
    closed_until: Option<NaiveDate>,
}

#[derive(Deserialize)]
struct TermRow {
    from_day: NaiveDate,
    plan_id: String,
    version: i64,
    base_day: NaiveDate,
    anchor_day: Option<u32>,
    terms: StoredTerms,
}

impl From<TermRow> for Term {
    fn from(row: TermRow) -> Self {
        Self {
            from_day: row.from_day,
            plan_id: row.plan_id,
            version: row.version,
            terms: PlanTerms::from(row.terms),
            anchor: Anchor {
                base: row.base_day,
                day: row.anchor_day,
            },
        }
    }
}

impl TryFrom<Row> for Subscription {
    type Error = DatabaseError;

    fn try_from(row: Row) -> Result<Self, DatabaseError> {
        let subject = Subject::parse(&row.subject.0)
            .ok_or_else(|| DatabaseError::Decode(format!("`{}` is no subject", row.subject.0)))?;
        let mut terms: Vec<Term> = row.terms.into_iter().map(Term::from).collect();
        terms.sort_by_key(|term| term.from_day);
        Ok(Self {
            id: row.id,
            subject,
            shown_subject: ShownSubject::of(row.subject),
            from_day: row.from_day,
            until_day: row.until_day,
            customer: row.customer,
            billed_to: row.billed_to,
            opens_on: row.opens_on,
            revision: row.revision,
            created_at: row.created_at,
            created_by: row.created_by,
            terms,
            movable_from: row.closed_until.unwrap_or(row.from_day),
        })
    }
}

/// The select of subscriptions `s` with everything that belongs to them.
pub(crate) fn subscriptions_sql(rows: &str) -> String {
    format!(
        "SELECT json_object('id', s.subscription_id, 'subject', {SHOWN_SUBJECT}, 'from_day', s.from_day,
           'until_day', s.until_day, 'customer', s.customer, 'billed_to', json(s.billed_to),
           'opens_on', s.opens_on, 'revision', s.revision, 'created_at', s.created_at, 'created_by', s.created_by,
           'terms', json((SELECT json_group_array(json_object('from_day', t.from_day, 'plan_id', t.plan_id,
               'version', t.version, 'base_day', t.base_day, 'anchor_day', t.anchor_day,
               'terms', {STORED_TERMS}))
             FROM subscription_terms t
             JOIN plan_versions v ON v.plan_id = t.plan_id AND v.version = t.version
             WHERE t.subscription_id = s.subscription_id)),
           'closed_until', (SELECT MAX(p.end_day) FROM plan_periods p
             WHERE p.subscription_id = s.subscription_id AND p.closed_at IS NOT NULL))
         FROM subscriptions s {JOIN_USERS} {rows}"
    )
}

/// The subscription of this id.
pub(crate) async fn read<D: Database>(database: &D, id: &str) -> Result<Subscription, PlanError> {
    let sql = subscriptions_sql("WHERE s.subscription_id = ?1 ->> 0");
    let found: Option<Row> = database
        .query(Statement::with(sql, &[id])?)
        .await?
        .first()?;
    let found = found.ok_or_else(|| {
        PlanError::NotFound(format!(
            "there is no subscription `{}`; `GET /admin/subscriptions` lists them",
            id.chars().take(64).collect::<String>()
        ))
    })?;
    Ok(found.try_into()?)
}

/// Those whose next period is to be made, the most urgent first.
pub(crate) async fn read_due<D: Database>(
    database: &D,
    today: NaiveDate,
    count: usize,
) -> Result<Vec<Subscription>, PlanError> {
    let sql = subscriptions_sql(
        "WHERE s.opens_on <= ?1 ->> 0 ORDER BY s.opens_on, s.subscription_id LIMIT ?1 ->> 1",
    );
    let rows: Vec<Row> = database
        .query(Statement::with(sql, &json!([today, count]))?)
        .await?
        .decode()?;
    let found: Result<Vec<_>, _> = rows.into_iter().map(Subscription::try_from).collect();
    Ok(found?)
}

/// What a list of subscriptions is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct SubscriptionFilter {
    /// The subject's type.
    pub subject_type: Option<String>,
    /// A plan that it has today or will have.
    pub plan_id: Option<String>,
    /// `upcoming`, `active`, `ending` or `ended`.
    pub state: Option<String>,
}

/// The states of a subscription.
pub const STATES: [&str; 4] = ["upcoming", "active", "ending", "ended"];

fn where_of(filter: &SubscriptionFilter) -> String {
    let mut terms = vec!["?1 IS NOT NULL".to_owned()];
    if filter.subject_type.is_some() {
        terms.push(
            "(s.subject = ?1 ->> 'subject_type' OR s.subject GLOB (?1 ->> 'subject_type') || ':*')"
                .to_owned(),
        );
    }
    if filter.plan_id.is_some() {
        let has = HAS_TODAY.replace("b.", "s.");
        terms.push(format!(
            "EXISTS (SELECT 1 FROM subscription_terms t WHERE t.subscription_id = s.subscription_id
               AND t.plan_id = ?1 ->> 'plan_id' AND (t.from_day > ?1 ->> 'today' OR ({has})))"
        ));
    }
    match filter.state.as_deref() {
        Some("upcoming") => terms.push("s.from_day > ?1 ->> 'today'".to_owned()),
        Some("active") => {
            terms.push("s.from_day <= ?1 ->> 'today' AND s.until_day IS NULL".to_owned());
        }
        Some("ending") => {
            terms.push("s.from_day <= ?1 ->> 'today' AND s.until_day > ?1 ->> 'today'".to_owned());
        }
        Some("ended") => {
            terms.push("s.from_day <= ?1 ->> 'today' AND s.until_day <= ?1 ->> 'today'".to_owned());
        }
        _ => {}
    }
    format!("WHERE {}", terms.join(" AND "))
}

/// A page of the subscriptions, newest first, and how many there are.
pub async fn list_subscriptions<D: Database>(
    database: &D,
    filter: &SubscriptionFilter,
    limit: u32,
    offset: u32,
    now: UnixMillis,
) -> Result<(Vec<Value>, i64), PlanError> {
    let state = LedgerNow::read(database, now).await?;
    let condition = where_of(filter);
    let parameter = json!({
        "subject_type": filter.subject_type, "plan_id": filter.plan_id, "today": state.today,
        "limit": limit, "offset": offset,
    });
    let page = format!(
        "{condition} ORDER BY s.created_at DESC, s.subscription_id LIMIT ?1 ->> 'limit'
         OFFSET ?1 ->> 'offset'"
    );
    let count = format!("SELECT json_array(COUNT(*)) FROM subscriptions s {condition}");
    let rows = database
        .batch(&[
            Statement::with(subscriptions_sql(&page), &parameter)?,
            Statement::with(count, &parameter)?,
        ])
        .await?;
    let [page, count] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no answers".to_owned()).into());
    };
    let page: Vec<Row> = page.decode()?;
    let mut items = Vec::with_capacity(page.len());
    for row in page {
        items.push(Subscription::try_from(row)?.shown(&state));
    }
    let (count,): (i64,) = count.first()?.unwrap_or_default();
    Ok((items, count))
}

/// One subscription as an answer shows it.
pub async fn read_subscription<D: Database>(
    database: &D,
    id: &str,
    now: UnixMillis,
) -> Result<Value, PlanError> {
    let state = LedgerNow::read(database, now).await?;
    Ok(read(database, id).await?.shown(&state))
}

impl Subscription {
    /// The periods from the first one that is not closed.
    pub(crate) fn schedule(&self, today: NaiveDate) -> Vec<PlannedPeriod> {
        plan_periods(&self.terms, self.movable_from, self.until_day, today)
    }

    /// Whether nothing comes after the periods that are planned.
    pub(crate) fn is_last(&self, periods: &[PlannedPeriod]) -> bool {
        let end = periods
            .last()
            .map_or(self.movable_from, |last| last.days.end_day);
        self.until_day.is_some_and(|until| end >= until)
    }

    /// The period in which a day lies, as its terms make it.
    pub(crate) fn period_of(&self, day: NaiveDate) -> Option<PlannedPeriod> {
        let all = plan_periods(&self.terms, self.from_day, self.until_day, day);
        all.into_iter().find(|period| period.days.contains(day))
    }

    fn term_of(&self, day: NaiveDate) -> Option<&Term> {
        let before = self.terms.iter().rev().find(|term| term.from_day <= day);
        before.or_else(|| self.terms.first())
    }

    fn state(&self, today: NaiveDate) -> &'static str {
        if self.from_day > today {
            "upcoming"
        } else {
            match self.until_day {
                None => "active",
                Some(until) if until > today => "ending",
                Some(_) => "ended",
            }
        }
    }

    pub(crate) fn shown(&self, state: &LedgerNow) -> Value {
        let today = state.today;
        let term = self.term_of(today);
        let next = self
            .terms
            .iter()
            .find(|term| term.from_day > today && term.from_day > self.from_day);
        let period = self.period_of(today);
        json!({
            "id": self.id,
            "subject": self.shown_subject,
            "plan_id": term.map(|term| &term.plan_id),
            "version": term.map(|term| term.version),
            "from": self.from_day,
            "until": self.until_day,
            "anchor_day": term.and_then(|term| term.anchor.day),
            "customer": self.customer,
            "billed_to": self.billed_to,
            "state": self.state(today),
            "next_change": next.map(|term| json!({
                "plan_id": term.plan_id, "version": term.version, "from": term.from_day,
            })),
            "period": period.map(|period| shown_days(period.days, state)),
            "created_at": iso(UnixMillis(self.created_at)),
            "created_by": self.created_by,
        })
    }
}

/// A period's days and instants, as an answer shows them.
pub(crate) fn shown_days(days: DaySpan, state: &LedgerNow) -> Value {
    json!({
        "first_day": days.first_day,
        "last_day": previous_day(days.end_day),
        "start": iso(day_start(state.zone, days.first_day)),
        "end": iso(day_start(state.zone, days.end_day)),
        "days": days.days(),
    })
}
