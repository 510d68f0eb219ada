//! Plans and their versions: written once, listed.

use cost_calculation::UnixMillis;
use ledger_core::{
    Database, DatabaseError, Statement,
    api_keys::{Actor, audit},
};
use reporting_days::calendar::iso;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    ledger_now::LedgerNow,
    plan::{AskedTerms, PlanTerms, STORED_TERMS, StoredTerms},
    problem::PlanError,
};

/// `POST /admin/plans`.
#[derive(Debug, Deserialize)]
pub struct NewPlan {
    id: String,
    name: String,
    #[serde(flatten)]
    terms: Value,
}

/// A plan as an answer shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShownPlan {
    id: String,
    name: String,
    is_default: bool,
    created_at: String,
    versions: Vec<Value>,
}

/// Moves the ledger's version: answers about plans change with it.
pub(crate) const MOVE_VERSION: &str = "UPDATE ledger_state SET ledger_version = ledger_version + 1";

/// The terms in a request's body.
pub fn asked_terms(body: Value) -> Result<AskedTerms, PlanError> {
    serde_json::from_value(body)
        .map_err(|error| PlanError::field("body", format!("is not what this takes: {error}")))
}

fn is_plan_id(id: &str) -> bool {
    let mut bytes = id.bytes();
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    bytes.next().is_some_and(letter)
        && bytes.all(|byte| letter(byte) || b"._-".contains(&byte))
        && id.len() <= 64
}

const INSERT_PLAN: &str = "
INSERT INTO plans (plan_id, name, created_at)
SELECT ?1 ->> 'plan_id', ?1 ->> 'name', ?1 ->> 'at'";

// Of two at once the second finds its number taken, and nothing of its batch is kept.
const INSERT_VERSION: &str = "
INSERT INTO plan_versions (plan_id, version, period_unit, period_count, meters, at_limit, reason, created_at,
  created_by)
SELECT ?1 ->> 'plan_id', ?1 ->> 'version', ?1 ->> 'unit', ?1 ->> 'count', ?1 ->> 'meters', ?1 ->> 'at_limit',
  ?1 ->> 'reason', ?1 ->> 'at', ?1 ->> 'by'";

/// Makes a plan with its version 1.
pub async fn create_plan<D: Database>(
    database: &D,
    plan: NewPlan,
    actor: Actor<'_>,
) -> Result<ShownPlan, PlanError> {
    if !is_plan_id(&plan.id) {
        let fault = "is no id: send lower-case letters, digits, `.`, `_` and `-`, 1 to 64, a letter or digit first";
        return Err(PlanError::field("id", fault));
    }
    check_text("name", &plan.name, 80)?;
    let asked = asked_terms(plan.terms)?;
    let terms = asked.checked()?;
    let row = json!({ "plan_id": plan.id, "name": plan.name, "at": actor.at });
    let taken = || {
        format!(
            "there is a plan `{}`: choose another id, or add a version to it",
            plan.id
        )
    };
    let statements = [
        Statement::with(INSERT_PLAN, &row)?,
        insert_version(&plan.id, 1, &terms, asked.reason.as_deref(), actor)?,
        audit(
            actor,
            "plan.create",
            &plan.id,
            &terms.shown(),
            asked.reason.as_deref(),
        )?,
        Statement::new(MOVE_VERSION),
    ];
    write(database, &statements, taken).await?;
    read_plan(database, &plan.id, UnixMillis(actor.at)).await
}

/// Adds a version to a plan.
pub async fn create_version<D: Database>(
    database: &D,
    plan_id: &str,
    asked: &AskedTerms,
    actor: Actor<'_>,
) -> Result<ShownPlan, PlanError> {
    let terms = asked.checked()?;
    let (version, newest) = newest_version(database, plan_id).await?;
    if newest == terms {
        return Err(PlanError::Conflict(format!(
            "version {version} of `{plan_id}` says the same: nothing was written"
        )));
    }
    let statements = [
        insert_version(plan_id, version + 1, &terms, asked.reason.as_deref(), actor)?,
        audit(
            actor,
            "plan.version",
            plan_id,
            &terms.shown(),
            asked.reason.as_deref(),
        )?,
        Statement::new(MOVE_VERSION),
    ];
    let taken =
        || "another version was added meanwhile: look at it, and send this again".to_owned();
    write(database, &statements, taken).await?;
    read_plan(database, plan_id, UnixMillis(actor.at)).await
}

/// Runs a batch that a constraint keeps out where somebody else was faster.
pub(crate) async fn write<D: Database>(
    database: &D,
    statements: &[Statement],
    faster: impl Fn() -> String,
) -> Result<(), PlanError> {
    match database.batch(statements).await {
        Ok(_) => Ok(()),
        Err(DatabaseError::Constraint(_)) => Err(PlanError::Conflict(faster())),
        Err(error) => Err(error.into()),
    }
}

fn insert_version(
    plan_id: &str,
    version: i64,
    terms: &PlanTerms,
    reason: Option<&str>,
    actor: Actor<'_>,
) -> Result<Statement, PlanError> {
    check_text("reason", reason.unwrap_or("-"), 200)?;
    let row = json!({
        "plan_id": plan_id, "version": version, "unit": terms.period.unit.as_str(),
        "count": terms.period.count, "meters": terms.meters_json(),
        "at_limit": terms.at_limit.as_str(), "reason": reason, "at": actor.at, "by": actor.key_id,
    });
    Ok(Statement::with(INSERT_VERSION, &row)?)
}

pub(crate) fn check_text(field: &str, text: &str, chars_max: usize) -> Result<(), PlanError> {
    if !text.is_empty() && text.chars().count() <= chars_max && !text.chars().any(char::is_control)
    {
        return Ok(());
    }
    let fault = format!(
        "is empty, too long or holds a control character: send 1 to {chars_max} characters"
    );
    Err(PlanError::field(field, fault))
}

/// A plan's newest version: its number and what it says.
pub(crate) async fn newest_version<D: Database>(
    database: &D,
    plan_id: &str,
) -> Result<(i64, PlanTerms), PlanError> {
    let sql = format!(
        "SELECT json_array(v.version, {STORED_TERMS}) FROM plan_versions v
         WHERE v.plan_id = ?1 ->> 0 ORDER BY v.version DESC LIMIT 1"
    );
    let found: Option<(i64, StoredTerms)> = database
        .query(Statement::with(sql, &[plan_id])?)
        .await?
        .first()?;
    let (version, terms) = found.ok_or_else(|| unknown(plan_id))?;
    Ok((version, terms.into()))
}

fn unknown(plan_id: &str) -> PlanError {
    PlanError::NotFound(format!(
        "there is no plan `{}`; `GET /admin/plans` lists them",
        plan_id.chars().take(64).collect::<String>()
    ))
}

#[derive(Deserialize)]
struct PlanRow {
    id: String,
    name: String,
    is_default: i64,
    created_at: i64,
    versions: Vec<VersionRow>,
}

#[derive(Deserialize)]
struct VersionRow {
    version: i64,
    terms: StoredTerms,
    reason: Option<String>,
    created_at: i64,
    created_by: String,
    subscription_count: i64,
}

/// The select of plans `p`; a subscription counts for the version of its term of today.
fn plans_sql(versions: &str, plans: &str) -> String {
    format!(
        "SELECT json_object('id', p.plan_id, 'name', p.name, 'created_at', p.created_at,
           'is_default', EXISTS (SELECT 1 FROM subscriptions b JOIN subscription_terms t USING (subscription_id)
             WHERE b.subject = 'default' AND t.plan_id = p.plan_id AND {HAS_TODAY}),
           'versions', json((SELECT json_group_array(json_object('version', v.version, 'terms', {STORED_TERMS},
               'reason', v.reason, 'created_at', v.created_at, 'created_by', v.created_by,
               'subscription_count', (SELECT COUNT(*) FROM subscription_terms t
                 JOIN subscriptions b USING (subscription_id)
                 WHERE t.plan_id = v.plan_id AND t.version = v.version AND {HAS_TODAY})))
             FROM plan_versions v WHERE v.plan_id = p.plan_id {versions})))
         FROM plans p {plans}"
    )
}

/// Whether term `t` of subscription `b` is the one of `$.today`.
pub(crate) const HAS_TODAY: &str = "t.from_day <= ?1 ->> 'today'
  AND (b.until_day IS NULL OR b.until_day > ?1 ->> 'today')
  AND NOT EXISTS (SELECT 1 FROM subscription_terms l WHERE l.subscription_id = t.subscription_id
    AND l.from_day > t.from_day AND l.from_day <= ?1 ->> 'today')";

fn shown(row: PlanRow) -> ShownPlan {
    let mut versions = row.versions;
    versions.sort_by_key(|version| std::cmp::Reverse(version.version));
    let versions = versions.into_iter().map(|row| {
        let mut shown = PlanTerms::from(row.terms).shown();
        if let Value::Object(shown) = &mut shown {
            shown.insert("version".to_owned(), json!(row.version));
            shown.insert("reason".to_owned(), json!(row.reason));
            shown.insert(
                "created_at".to_owned(),
                json!(iso(UnixMillis(row.created_at))),
            );
            shown.insert("created_by".to_owned(), json!(row.created_by));
            shown.insert(
                "subscription_count".to_owned(),
                json!(row.subscription_count),
            );
        }
        shown
    });
    ShownPlan {
        id: row.id,
        name: row.name,
        is_default: row.is_default == 1,
        created_at: iso(UnixMillis(row.created_at)),
        versions: versions.collect(),
    }
}

/// A plan with all its versions.
pub async fn read_plan<D: Database>(
    database: &D,
    plan_id: &str,
    now: UnixMillis,
) -> Result<ShownPlan, PlanError> {
    let state = LedgerNow::read(database, now).await?;
    let parameter = json!({ "plan_id": plan_id, "today": state.today });
    let sql = plans_sql("", "WHERE p.plan_id = ?1 ->> 'plan_id'");
    let found: Option<PlanRow> = database
        .query(Statement::with(sql, &parameter)?)
        .await?
        .first()?;
    found.map(shown).ok_or_else(|| unknown(plan_id))
}

/// A page of the plans by id, each with its newest version, and how many there are.
pub async fn list_plans<D: Database>(
    database: &D,
    limit: u32,
    offset: u32,
    now: UnixMillis,
) -> Result<(Vec<ShownPlan>, i64), PlanError> {
    const COUNT: &str = "SELECT json_array(COUNT(*)) FROM plans";
    let state = LedgerNow::read(database, now).await?;
    let parameter = json!({ "today": state.today, "limit": limit, "offset": offset });
    let newest =
        "AND v.version = (SELECT MAX(w.version) FROM plan_versions w WHERE w.plan_id = p.plan_id)";
    let sql = plans_sql(
        newest,
        "ORDER BY p.plan_id LIMIT ?1 ->> 'limit' OFFSET ?1 ->> 'offset'",
    );
    let rows = database
        .batch(&[Statement::with(sql, &parameter)?, Statement::new(COUNT)])
        .await?;
    let [plans, count] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no answers".to_owned()).into());
    };
    let plans: Vec<PlanRow> = plans.decode()?;
    let (count,): (i64,) = count.first()?.unwrap_or_default();
    Ok((plans.into_iter().map(shown).collect(), count))
}
