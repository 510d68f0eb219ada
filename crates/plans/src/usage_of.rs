//! Whose usage is asked for, and their periods.

use cost_calculation::UnixMillis;
use ledger_core::{Database, DatabaseError, Rows, Statement};
use reporting_days::calendar::iso;
use serde_json::{Value, json};

use crate::{
    problem::PlanError,
    standing::{Standing, StoredPeriod, stored_period},
    subject::{ShownSubject, Subject},
};

/// Whose usage is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsageOf {
    /// A user's, by tenant (empty without one) and id.
    User {
        /// Empty for a user without one.
        tenant_id: String,
        /// As the source names them.
        user_id: String,
        /// Whether the ledger may not have seen them yet: one's own usage is then nothing used.
        may_be_new: bool,
    },
    /// A tenant's.
    Tenant(String),
    /// Everybody's.
    Installation,
}

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
  SELECT CASE ?1 ->> 'kind' WHEN 'user' THEN 'user:' || COALESCE(u.user_key, 0) WHEN 'tenant' THEN 'tenant:' || (?1 ->> 'tenant_id')
      ELSE 'installation' END AS subject,
    COALESCE(u.user_key, 0) AS user_key
  FROM (SELECT 1) LEFT JOIN users u ON ?1 ->> 'kind' = 'user'
    AND u.tenant_id = ?1 ->> 'tenant_id' AND u.user_id = ?1 ->> 'user_id')";

impl UsageOf {
    fn parameter(&self) -> Value {
        match self {
            Self::User {
                tenant_id, user_id, ..
            } => {
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
            Self::User {
                tenant_id,
                user_id,
                may_be_new,
            } => {
                let found: Option<(i64, Option<String>)> = user.first()?;
                let found = found.or_else(|| may_be_new.then_some((0, None)));
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
