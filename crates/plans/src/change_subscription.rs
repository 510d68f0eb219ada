//! A subscription that is made or changed: reviewed first, then written, by one function.

use chrono::NaiveDate;
use cost_calculation::{DAY_MS, UnixMillis};
use ledger_core::{
    Database, Statement,
    api_keys::{Actor, audit},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    ledger_now::LedgerNow,
    period::{PeriodUnit, anchor_day_max},
    plan::Meter,
    preview::preview,
    problem::PlanError,
    schedule::{PERIODS_MAX, Term},
    store_plans::{MOVE_VERSION, check_text, newest_version, write},
    store_subscriptions::{Subscription, read},
    subject::{AskedSubject, NamedSubject, ShownSubject, Subject},
    write_schedule::{ScheduleOf, write_schedules},
};

/// How far back or ahead a subscription may begin, in days.
const FROM_DAYS_MAX: i64 = 400;

/// `POST /admin/subscriptions`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSubscription {
    subject: AskedSubject,
    plan_id: String,
    from: NaiveDate,
    anchor_day: Option<u32>,
    customer: Option<String>,
    billed_to: Option<Payer>,
    reason: Option<String>,
    #[serde(default)]
    dry_run: bool,
    if_version: Option<i64>,
}

/// Who pays, where it is not the subject.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payer {
    #[serde(rename = "type")]
    kind: String,
    id: Option<String>,
}

/// `PATCH /admin/subscriptions/{subscription_id}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubscriptionPatch {
    plan: Option<PlanChange>,
    cancel: Option<Cancel>,
    resume: Option<bool>,
    anchor_day: Option<u32>,
    billing: Option<Billing>,
    reason: Option<String>,
    #[serde(default)]
    dry_run: bool,
    if_version: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanChange {
    id: String,
    effective: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cancel {
    effective: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Billing {
    // `null` takes it away; what is not there stays.
    #[serde(default, deserialize_with = "given")]
    customer: Option<Value>,
    #[serde(default, deserialize_with = "given")]
    billed_to: Option<Value>,
}

fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// Gives a subject a plan.
pub async fn create_subscription<D: Database>(
    database: &D,
    new: NewSubscription,
    id: &str,
    actor: Actor<'_>,
) -> Result<Value, PlanError> {
    let state = LedgerNow::read(database, UnixMillis(actor.at)).await?;
    check_version(new.if_version, &state)?;
    let named = new.subject.checked()?;
    check_optional("customer", new.customer.as_deref())?;
    check_optional("reason", new.reason.as_deref())?;
    let (version, terms) = newest_version(database, &new.plan_id).await?;
    if (new.from - state.today).num_days().abs() > FROM_DAYS_MAX {
        let fault = format!("is more than {FROM_DAYS_MAX} days away: send a nearer day");
        return Err(PlanError::field("from", fault));
    }
    let rule = terms.period;
    let anchor_day = checked_anchor(rule.unit, new.anchor_day)?;
    let subject = named.find(database, !new.dry_run).await?;
    let subscription = Subscription {
        id: id.to_owned(),
        // Of a user whom nobody has heard of yet there is nothing to count.
        subject: subject.unwrap_or(Subject::User(0)),
        shown_subject: shown(&named),
        from_day: new.from,
        until_day: None,
        customer: new.customer,
        billed_to: new.billed_to.map(|payer| payer.checked()).transpose()?,
        opens_on: None,
        revision: 0,
        created_at: actor.at,
        created_by: actor.key_id.to_owned(),
        terms: vec![Term {
            from_day: new.from,
            plan_id: new.plan_id,
            version,
            anchor: rule.anchor(new.from, anchor_day),
            terms,
        }],
        movable_from: new.from,
    };
    let subscription = Subscription {
        until_day: until_the_next(database, &subscription).await?,
        ..subscription
    };
    let change = Change {
        before: None,
        after: subscription,
        action: "subscription.create",
        reason: new.reason,
        dry_run: new.dry_run,
    };
    change.carry_out(database, &state, actor).await
}

/// Changes a subscription.
pub async fn change_subscription<D: Database>(
    database: &D,
    id: &str,
    patch: SubscriptionPatch,
    actor: Actor<'_>,
) -> Result<Value, PlanError> {
    let state = LedgerNow::read(database, UnixMillis(actor.at)).await?;
    check_version(patch.if_version, &state)?;
    check_optional("reason", patch.reason.as_deref())?;
    let before = read(database, id).await?;
    let asked = [
        patch.plan.is_some(),
        patch.cancel.is_some(),
        patch.resume.is_some(),
        patch.anchor_day.is_some(),
        patch.billing.is_some(),
    ];
    if asked.into_iter().filter(|is_asked| *is_asked).count() != 1 {
        let fault = "takes exactly one of `plan`, `cancel`, `resume`, `anchor_day` and `billing`";
        return Err(PlanError::field("body", fault));
    }
    let mut after = before.clone();
    let action = if let Some(plan) = &patch.plan {
        change_plan(database, &mut after, plan, &state).await?;
        "subscription.plan"
    } else if let Some(cancel) = &patch.cancel {
        change_end(&mut after, cancel, &state)?;
        "subscription.cancel"
    } else if patch.resume.is_some() {
        if before.until_day.is_none_or(|until| until <= state.today) {
            return Err(PlanError::Conflict(
                "it has no end ahead: one that has ended is made anew".to_owned(),
            ));
        }
        after.until_day = None;
        after.until_day = until_the_next(database, &after).await?;
        "subscription.resume"
    } else if let Some(day) = patch.anchor_day {
        move_anchor(&mut after, day, &state)?;
        "subscription.anchor"
    } else {
        change_billing(&mut after, patch.billing)?;
        "subscription.billing"
    };
    let change = Change {
        before: Some(before),
        after,
        action,
        reason: patch.reason,
        dry_run: patch.dry_run,
    };
    change.carry_out(database, &state, actor).await
}

/// What is there, and what is to be.
struct Change {
    before: Option<Subscription>,
    after: Subscription,
    action: &'static str,
    reason: Option<String>,
    dry_run: bool,
}

const INSERT_SUBSCRIPTION: &str = "
INSERT INTO subscriptions (subscription_id, subject, from_day, until_day, customer, billed_to, revision,
  created_at, created_by)
SELECT ?1 ->> 'id', ?1 ->> 'subject', ?1 ->> 'from_day', ?1 ->> 'until_day', ?1 ->> 'customer',
  ?1 ->> 'billed_to',
  -- Two of one subject on one day: NULL, which the column refuses.
  CASE WHEN NOT EXISTS (SELECT 1 FROM subscriptions o WHERE o.subject = ?1 ->> 'subject'
    AND (o.until_day IS NULL OR o.until_day > ?1 ->> 'from_day')
    AND (?1 ->> 'until_day' IS NULL OR o.from_day < ?1 ->> 'until_day')) THEN ?1 ->> 'revision' END,
  ?1 ->> 'created_at', ?1 ->> 'created_by'";

const UPDATE_SUBSCRIPTION: &str = "
UPDATE subscriptions SET until_day = ?1 ->> 'until_day', customer = ?1 ->> 'customer',
  billed_to = ?1 ->> 'billed_to',
  revision = CASE WHEN NOT EXISTS (SELECT 1 FROM subscriptions o WHERE o.subject = ?1 ->> 'subject'
    AND o.subscription_id <> ?1 ->> 'id'
    AND (o.until_day IS NULL OR o.until_day > ?1 ->> 'from_day')
    AND (?1 ->> 'until_day' IS NULL OR o.from_day < ?1 ->> 'until_day')) THEN revision END
WHERE subscription_id = ?1 ->> 'id'";

const FORGET_TERMS: &str = "DELETE FROM subscription_terms WHERE subscription_id = ?1 ->> 'id'";

const INSERT_TERMS: &str = "
INSERT INTO subscription_terms (subscription_id, from_day, plan_id, version, base_day, anchor_day)
SELECT ?1 ->> 'id', j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3, j.value ->> 4
FROM json_each(?1, '$.terms') j";

impl Change {
    async fn carry_out<D: Database>(
        &self,
        database: &D,
        state: &LedgerNow,
        actor: Actor<'_>,
    ) -> Result<Value, PlanError> {
        self.check_days(database, state).await?;
        let preview = preview(database, self.before.as_ref(), &self.after, state).await?;
        if !self.dry_run {
            let statements = self.statements(state, actor)?;
            let faster = || {
                "the subject has a subscription on some of these days already, or this one was changed \
                 meanwhile: look at it (`GET /admin/subscriptions`), and send this again"
                    .to_owned()
            };
            write(database, &statements, faster).await?;
        }
        Ok(json!({
            "dry_run": self.dry_run,
            "subscription": self.after.shown(state),
            "preview": preview,
        }))
    }

    /// Nothing in a closed period changes, of the subject or of the default plan that it takes part in.
    async fn check_days<D: Database>(
        &self,
        database: &D,
        state: &LedgerNow,
    ) -> Result<(), PlanError> {
        const CLOSED: &str = "
SELECT json_array(MAX(end_day)) FROM plan_periods
WHERE closed_at IS NOT NULL AND (subject = ?1 ->> 0 OR (?1 ->> 1 AND subject = 'default'))";
        let first_changed = self.first_changed_day();
        let parameter = json!([
            self.after.subject.to_string(),
            i64::from(matches!(self.after.subject, Subject::User(_))),
        ]);
        let closed: Option<(Option<NaiveDate>,)> = database
            .query(Statement::with(CLOSED, &parameter)?)
            .await?
            .first()?;
        if let Some((Some(closed_until),)) = closed
            && first_changed.is_some_and(|day| day < closed_until)
        {
            return Err(PlanError::Conflict(format!(
                "the days before {closed_until} lie in a closed period, which never changes: choose \
                 {closed_until} or a later day"
            )));
        }
        if self.after.schedule(state.today).len() >= PERIODS_MAX {
            let fault = "is so far back that it makes too many periods: choose a later day";
            return Err(PlanError::field("from", fault));
        }
        Ok(())
    }

    /// The first day on which something is otherwise.
    fn first_changed_day(&self) -> Option<NaiveDate> {
        let Some(before) = &self.before else {
            return Some(self.after.from_day);
        };
        let term = self
            .after
            .terms
            .iter()
            .filter(|term| !before.terms.contains(term))
            .map(|term| term.from_day)
            .min();
        let end = (before.until_day != self.after.until_day)
            .then(|| {
                [before.until_day, self.after.until_day]
                    .into_iter()
                    .flatten()
                    .min()
            })
            .flatten();
        term.into_iter().chain(end).min()
    }

    fn statements(&self, state: &LedgerNow, actor: Actor<'_>) -> Result<Vec<Statement>, PlanError> {
        let after = &self.after;
        let terms: Vec<Value> = after
            .terms
            .iter()
            .map(|term| {
                json!([
                    term.from_day,
                    term.plan_id,
                    term.version,
                    term.anchor.base,
                    term.anchor.day
                ])
            })
            .collect();
        let row = json!({
            "id": after.id, "subject": after.subject.to_string(), "from_day": after.from_day,
            "until_day": after.until_day, "customer": after.customer,
            "billed_to": after.billed_to.as_ref().map(Value::to_string),
            "revision": after.revision, "created_at": after.created_at,
            "created_by": after.created_by, "terms": terms,
        })
        .to_string();
        let first = if self.before.is_none() {
            INSERT_SUBSCRIPTION
        } else {
            UPDATE_SUBSCRIPTION
        };
        let mut statements = vec![
            Statement::with_json(first, row.clone()),
            Statement::with_json(FORGET_TERMS, row.clone()),
            Statement::with_json(INSERT_TERMS, row),
        ];
        let periods = after.schedule(state.today);
        let schedule = ScheduleOf {
            subscription_id: &after.id,
            subject: &after.subject,
            revision: after.revision,
            periods: &periods,
            is_last: after.is_last(&periods),
        };
        statements.extend(write_schedules(&[schedule], state.zone, true)?);
        let detail = json!({
            "before": self.before.as_ref().map(|before| before.shown(state)),
            "after": after.shown(state),
        });
        statements.push(audit(
            actor,
            self.action,
            &after.id,
            &detail,
            self.reason.as_deref(),
        )?);
        statements.push(Statement::new(MOVE_VERSION));
        Ok(statements)
    }
}

/// A subscription without an end goes on until the subject's next one begins.
async fn until_the_next<D: Database>(
    database: &D,
    subscription: &Subscription,
) -> Result<Option<NaiveDate>, PlanError> {
    const NEXT: &str = "
SELECT json_array(MIN(from_day)) FROM subscriptions
WHERE subject = ?1 ->> 0 AND from_day > ?1 ->> 1 AND subscription_id <> ?1 ->> 2";
    let parameter = json!([
        subscription.subject.to_string(),
        subscription.from_day,
        subscription.id
    ]);
    let next: Option<(Option<NaiveDate>,)> = database
        .query(Statement::with(NEXT, &parameter)?)
        .await?
        .first()?;
    Ok(next.and_then(|(day,)| day))
}

async fn change_plan<D: Database>(
    database: &D,
    after: &mut Subscription,
    plan: &PlanChange,
    state: &LedgerNow,
) -> Result<(), PlanError> {
    let (version, terms) = newest_version(database, &plan.id).await?;
    let today = state.today.max(after.from_day);
    let period = after
        .period_of(today)
        .ok_or_else(|| PlanError::Conflict("it has ended: make another one".to_owned()))?;
    let from_day = effective_day(
        "plan.effective",
        &plan.effective,
        "next_period",
        period.days.end_day,
    )?;
    if from_day < period.days.first_day || from_day > period.days.end_day {
        let fault = format!(
            "lies outside of the running period: send `next_period`, or a day from {} to {}",
            period.days.first_day, period.days.end_day
        );
        return Err(PlanError::field("plan.effective", fault));
    }
    let now_has = after.terms.iter().rev().find(|term| term.from_day <= today);
    let Some(now_has) = now_has.cloned() else {
        return Err(PlanError::Conflict("it has no plan on that day".to_owned()));
    };
    let is_within = from_day > period.days.first_day && from_day < period.days.end_day;
    let gives_less = Meter::ALL.into_iter().any(|meter| {
        match (now_has.terms.included(meter), terms.included(meter)) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(has), Some(gets)) => gets < has,
        }
    });
    if is_within && (gives_less || now_has.terms.period != terms.period) {
        let fault = format!(
            "lies within a period, and the plan includes less of something or has other periods: send \
             `next_period`, from {} on",
            period.days.end_day
        );
        return Err(PlanError::field("plan.effective", fault));
    }
    let anchor = if now_has.terms.period == terms.period {
        now_has.anchor
    } else {
        let day = now_has
            .anchor
            .day
            .filter(|_| now_has.terms.period.unit == terms.period.unit);
        terms.period.anchor(from_day, day.unwrap_or(1))
    };
    after.terms.retain(|term| term.from_day < from_day);
    after.terms.push(Term {
        from_day,
        plan_id: plan.id.clone(),
        version,
        terms,
        anchor,
    });
    Ok(())
}

fn change_end(
    after: &mut Subscription,
    cancel: &Cancel,
    state: &LedgerNow,
) -> Result<(), PlanError> {
    let today = state.today.max(after.from_day);
    let period = after
        .period_of(today)
        .ok_or_else(|| PlanError::Conflict("it has ended already".to_owned()))?;
    let until = effective_day(
        "cancel.effective",
        &cancel.effective,
        "period_end",
        period.days.end_day,
    )?;
    if until <= after.from_day || (until - state.today).num_days() > FROM_DAYS_MAX {
        let fault = format!(
            "is before its second day or more than {FROM_DAYS_MAX} days ahead: send the first day without \
             the plan"
        );
        return Err(PlanError::field("cancel.effective", fault));
    }
    after.until_day = Some(until);
    Ok(())
}

fn move_anchor(after: &mut Subscription, day: u32, state: &LedgerNow) -> Result<(), PlanError> {
    let today = state.today.max(after.from_day);
    let period = after
        .period_of(today)
        .ok_or_else(|| PlanError::Conflict("it has ended: make another one".to_owned()))?;
    let from_day = period.days.end_day;
    let last = after
        .terms
        .iter()
        .rev()
        .find(|term| term.from_day <= from_day);
    let Some(last) = last.cloned() else {
        return Err(PlanError::Conflict("it has no plan on that day".to_owned()));
    };
    let rule = last.terms.period;
    let day = checked_anchor(rule.unit, Some(day))?;
    after.terms.retain(|term| term.from_day < from_day);
    after.terms.push(Term {
        from_day,
        anchor: rule.anchor(from_day, day),
        ..last
    });
    Ok(())
}

fn change_billing(after: &mut Subscription, billing: Option<Billing>) -> Result<(), PlanError> {
    let Some(billing) = billing else {
        return Ok(());
    };
    if let Some(customer) = billing.customer {
        let customer: Option<String> = serde_json::from_value(customer)
            .map_err(|_| PlanError::field("billing.customer", "is no text: send one, or `null`"))?;
        check_optional("billing.customer", customer.as_deref())?;
        after.customer = customer;
    }
    if let Some(payer) = billing.billed_to {
        let payer: Option<Payer> = serde_json::from_value(payer).map_err(|error| {
            PlanError::field("billing.billed_to", format!("is no payer: {error}"))
        })?;
        after.billed_to = payer.map(|payer| payer.checked()).transpose()?;
    }
    Ok(())
}

fn effective_day(
    field: &str,
    text: &str,
    word: &str,
    day_of_word: NaiveDate,
) -> Result<NaiveDate, PlanError> {
    if text == word {
        return Ok(day_of_word);
    }
    text.parse().map_err(|_| {
        PlanError::field(
            field,
            format!("is no day: send `{word}` or a day such as `2026-11-26`"),
        )
    })
}

fn checked_anchor(unit: PeriodUnit, day: Option<u32>) -> Result<u32, PlanError> {
    let max = anchor_day_max(unit);
    match day {
        None => Ok(1),
        Some(day) if (1..=max).contains(&day) => Ok(day),
        Some(_) if max == 0 => Err(PlanError::field(
            "anchor_day",
            "belongs to months and weeks: periods of days begin with `from`, so leave it out",
        )),
        Some(_) => Err(PlanError::field(
            "anchor_day",
            format!("is out of range: send 1 to {max}"),
        )),
    }
}

fn check_optional(field: &str, text: Option<&str>) -> Result<(), PlanError> {
    text.map_or(Ok(()), |text| check_text(field, text, 200))
}

fn check_version(if_version: Option<i64>, state: &LedgerNow) -> Result<(), PlanError> {
    match if_version {
        Some(version) if version != state.ledger_version => Err(PlanError::Conflict(format!(
            "the numbers moved since the review (from version {version} to {}): look at it again",
            state.ledger_version
        ))),
        _ => Ok(()),
    }
}

impl Payer {
    fn checked(&self) -> Result<Value, PlanError> {
        match (self.kind.as_str(), &self.id) {
            ("installation", None) => {}
            ("tenant", Some(id)) => check_text("billed_to.id", id, 128)?,
            _ => {
                let fault = "is neither `{\"type\":\"installation\"}` nor a tenant with its `id`; teams pay once there are teams";
                return Err(PlanError::field("billed_to", fault));
            }
        }
        Ok(json!({ "type": self.kind, "id": self.id }))
    }
}

fn shown(named: &NamedSubject) -> ShownSubject {
    let (kind, id, tenant_id) = match named {
        NamedSubject::User { tenant_id, user_id } => {
            ("user", Some(user_id.clone()), Some(tenant_id.clone()))
        }
        NamedSubject::Tenant(id) => ("tenant", Some(id.clone()), None),
        NamedSubject::Installation => ("installation", None, None),
        NamedSubject::Default => ("default", None, None),
    };
    ShownSubject {
        kind,
        id,
        tenant_id: tenant_id.filter(|id| !id.is_empty()),
        label: None,
    }
}

/// How long a period may still move after its end.
pub(crate) const GRACE_MS: i64 = 2 * DAY_MS;
