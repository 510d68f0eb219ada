//! Subscriptions: made, listed, changed.
use ::plans::{
    NewSubscription, STATES, SubscriptionFilter, SubscriptionPatch, change_subscription,
    create_subscription, list_subscriptions, read_subscription,
};
use edge::Problem;
use edge::request::query_pairs;
use edge::respond::json;
use ledger_core::api_keys::Actor;
use serde_json::{Value, json};
use worker::{Request, Response};

use crate::admin::list_page::Page;
use crate::admin::plans::{body_of, refused};
use crate::visit::Visit;

const SUBJECT_TYPES: [&str; 4] = ["user", "tenant", "installation", "default"];

/// `GET /admin/subscriptions`.
pub(crate) async fn list(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    visit.admin(request).await?;
    let mut filter = SubscriptionFilter::default();
    let mut page = Vec::new();
    for (name, value) in query_pairs(request) {
        let known = |names: &[&str]| {
            if names.contains(&value.as_str()) {
                return Ok(Some(value.clone()));
            }
            let detail = format!("`{name}` is unknown: send one of {}", names.join(", "));
            Err(Problem::bad_parameter(&name, detail))
        };
        match name.as_str() {
            "subject_type" => filter.subject_type = known(&SUBJECT_TYPES)?,
            "state" => filter.state = known(&STATES)?,
            "plan_id" if value.chars().count() <= 64 => filter.plan_id = Some(value),
            "plan_id" => {
                return Err(Problem::bad_parameter(
                    "plan_id",
                    "`plan_id` has more than 64 characters: send a plan's id",
                ));
            }
            "limit" | "offset" => page.push((name, value)),
            _ => {
                let detail =
                    "this list takes `subject_type`, `plan_id`, `state`, `limit` and `offset`";
                return Err(Problem::bad_parameter(&name, detail));
            }
        }
    }
    let Page { limit, offset } = Page::of(page.into_iter())?;
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
