//! Subscriptions: made, listed, changed.
use ::plans::{
    NewSubscription, STATES, SubscriptionFilter, SubscriptionPatch, change_subscription,
    create_subscription, list_subscriptions, read_subscription,
};
use edge::Problem;
use edge::request::parameters;
use edge::respond::json;
use ledger_core::api_keys::Actor;
use serde_json::{Value, json};
use worker::{Request, Response};

use crate::admin::plans::{body_of, page, refused};
use crate::visit::Visit;

const SUBJECT_TYPES: [&str; 4] = ["user", "tenant", "installation", "default"];

/// `GET /admin/subscriptions`.
pub(crate) async fn list(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    visit.admin(request).await?;
    let known = ["subject_type", "plan_id", "state", "limit", "offset"];
    let query = parameters(request, &known)?;
    let word = |name: &str, words: &[&'static str]| -> Result<Option<String>, Problem> {
        let pairs: Vec<(&str, &str)> = words.iter().map(|word| (*word, *word)).collect();
        Ok(query.word(name, &pairs)?.map(str::to_owned))
    };
    let filter = SubscriptionFilter {
        subject_type: word("subject_type", &SUBJECT_TYPES)?,
        plan_id: query.nonempty("plan_id")?.map(str::to_owned),
        state: word("state", &STATES)?,
    };
    let (limit, offset) = page(&query)?;
    let database = &visit.suite.database;
    let listed = list_subscriptions(database, &filter, limit, offset, visit.received_at).await;
    let (items, total) = listed.map_err(|error| refused(&error))?;
    json(
        200,
        &json!({ "items": items, "total": total, "limit": limit, "offset": offset }),
    )
}

/// `POST /admin/subscriptions`.
pub(crate) async fn create(
    visit: &mut Visit<'_>,
    request: &mut Request,
) -> Result<Response, Problem> {
    let admin = visit.admin(request).await?;
    let new: NewSubscription = body_of(visit, request).await?;
    let actor = Actor {
        key_id: &admin.key_id,
        at: visit.received_at.0,
    };
    let id = format!("sub-{}", edge::clock::random_hex());
    let made = create_subscription(&visit.suite.database, new, &id, actor).await;
    let made = made.map_err(|error| refused(&error))?;
    let status = if made.get("dry_run") == Some(&Value::Bool(true)) {
        200
    } else {
        201
    };
    json(status, &made)
}

/// `GET /admin/subscriptions/{subscription_id}`.
pub(crate) async fn get(
    visit: &Visit<'_>,
    request: &Request,
    id: &str,
) -> Result<Response, Problem> {
    visit.admin(request).await?;
    let found = read_subscription(&visit.suite.database, id, visit.received_at).await;
    json(200, &found.map_err(|error| refused(&error))?)
}

/// `PATCH /admin/subscriptions/{subscription_id}`.
pub(crate) async fn change(
    visit: &mut Visit<'_>,
    request: &mut Request,
    id: &str,
) -> Result<Response, Problem> {
    let admin = visit.admin(request).await?;
    let patch: SubscriptionPatch = body_of(visit, request).await?;
    let actor = Actor {
        key_id: &admin.key_id,
        at: visit.received_at.0,
    };
    let changed = change_subscription(&visit.suite.database, id, patch, actor).await;
    json(200, &changed.map_err(|error| refused(&error))?)
}
