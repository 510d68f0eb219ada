//! Plans: made, listed, given another version.
use ::plans::{
    NewPlan, PlanError, asked_terms, create_plan, create_version, list_plans, read_plan,
};
use edge::Problem;
use edge::request::parameters;
use edge::respond::json;
use events::limits::EVENT_BYTES_MAX;
use ledger_core::api_keys::Actor;
use query_parameters::Parameters;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use worker::{Request, Response};

use crate::visit::Visit;

/// Items of a page without a limit, and at most.
const LIMIT_DEFAULT: u32 = 100;
const LIMIT_MAX: u32 = 500;

/// `GET /admin/plans`.
pub(crate) async fn list(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    visit.admin(request).await?;
    let query = parameters(request, &["limit", "offset"])?;
    let (limit, offset) = page(&query)?;
    let listed = list_plans(&visit.suite.database, limit, offset, visit.received_at).await;
    let (items, total) = listed.map_err(|error| refused(&error))?;
    json(
        200,
        &json!({ "items": items, "total": total, "limit": limit, "offset": offset }),
    )
}

/// The page of a list that is asked for.
pub(crate) fn page(query: &Parameters) -> Result<(u32, u32), Problem> {
    let limit = query.number("limit", LIMIT_DEFAULT, 1..=LIMIT_MAX)?;
    let offset = query.number("offset", 0, 0..=u32::MAX)?;
    Ok((limit, offset))
}

/// `POST /admin/plans`.
pub(crate) async fn create(
    visit: &mut Visit<'_>,
    request: &mut Request,
) -> Result<Response, Problem> {
    let admin = visit.admin(request).await?;
    let plan: NewPlan = body_of(visit, request).await?;
    let actor = Actor {
        key_id: &admin.key_id,
        at: visit.received_at.0,
    };
    let made = create_plan(&visit.suite.database, plan, actor).await;
    json(201, &made.map_err(|error| refused(&error))?)
}

/// `GET /admin/plans/{plan_id}`.
pub(crate) async fn get(
    visit: &Visit<'_>,
    request: &Request,
    id: &str,
) -> Result<Response, Problem> {
    visit.admin(request).await?;
    let plan = read_plan(&visit.suite.database, id, visit.received_at).await;
    json(200, &plan.map_err(|error| refused(&error))?)
}

/// `POST /admin/plans/{plan_id}/versions`.
pub(crate) async fn add_version(
    visit: &mut Visit<'_>,
    request: &mut Request,
    id: &str,
) -> Result<Response, Problem> {
    let admin = visit.admin(request).await?;
    let body: Value = body_of(visit, request).await?;
    let terms = asked_terms(body).map_err(|error| refused(&error))?;
    let actor = Actor {
        key_id: &admin.key_id,
        at: visit.received_at.0,
    };
    let made = create_version(&visit.suite.database, id, &terms, actor).await;
    json(201, &made.map_err(|error| refused(&error))?)
}

/// The body as what it is to be.
pub(crate) async fn body_of<T: DeserializeOwned>(
    visit: &mut Visit<'_>,
    request: &mut Request,
) -> Result<T, Problem> {
    let body = visit.json_body(request, EVENT_BYTES_MAX).await?;
    let value: Value = serde_json::from_slice(&body)
        .map_err(|error| Problem::bad_request(format!("the body is no JSON: {error}")))?;
    serde_json::from_value(value).map_err(|error| {
        let detail = format!("the body is not what this takes: {error}");
        Problem::invalid_field("body", detail)
    })
}

/// A refusal or a failure as its caller may see it.
pub(crate) fn refused(error: &PlanError) -> Problem {
    match error {
        PlanError::Field { field, fault } => {
            Problem::invalid_field(field, format!("`{field}` {fault}"))
        }
        PlanError::NotFound(detail) => Problem::not_found(detail),
        PlanError::Conflict(detail) => Problem::new(409, "conflict", "It does not fit", detail),
        PlanError::Database(error) => {
            edge::log::error(&json!({ "event": "plans_failed", "error": error.to_string() }));
            Problem::from(error.clone())
        }
    }
}
