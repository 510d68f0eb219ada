//! Rates that wait, and what an admin decides on them.
use edge::Problem;
use edge::request::parameters;
use edge::respond::json;
use events::Fields;
use price_book::quarantine::{Decision, decide, waiting, waiting_count};
use price_book::sync::SyncError;
use serde_json::{Value, json};
use worker::{Request, Response};

use crate::show_rate;
use crate::visit::Visit;

/// `GET /pricing/quarantine`.
pub(crate) async fn list(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    visit.reader(request).await?;
    parameters(request, &[])?;
    let database = &visit.suite.database;
    let rows = waiting(database, visit.received_at).await?;
    let total = waiting_count(database).await?;
    let items: Vec<Value> = rows
        .iter()
        .map(|(row, in_force)| {
            json!({
                "quarantined": show_rate::rate(row),
                "in_force": in_force.as_ref().map(show_rate::rate),
            })
        })
        .collect();
    json(200, &json!({ "total": total, "items": items }))
}

/// `POST /pricing/quarantine/{id}/approve`.
pub(crate) async fn approve(
    visit: &Visit<'_>,
    request: &mut Request,
    price_id: i64,
) -> Result<Response, Problem> {
    decision(visit, request, price_id, Decision::Approve, "approved").await
}

/// `POST /pricing/quarantine/{id}/reject`.
pub(crate) async fn reject(
    visit: &Visit<'_>,
    request: &mut Request,
    price_id: i64,
) -> Result<Response, Problem> {
    decision(visit, request, price_id, Decision::Reject, "rejected").await
}

async fn decision(
    visit: &Visit<'_>,
    request: &mut Request,
    price_id: i64,
    decision: Decision,
    outcome: &str,
) -> Result<Response, Problem> {
    let admin = visit.admin(request).await?;
    let body = visit.json_body(request).await?;
    let mut fields = Fields::of_request(&body)?;
    let reason = fields.reason()?;
    fields.finish()?;
    let actor = visit.actor(&admin);
    let is_decided = decide(&visit.suite.database, actor, price_id, decision, &reason)
        .await
        .map_err(|error| problem_of(&error))?;
    if !is_decided {
        return Err(Problem::not_found(
            "no rate with this id waits in quarantine; GET /pricing/quarantine lists them",
        ));
    }
    json(200, &json!({ "price_id": price_id, "status": outcome }))
}

/// A sync's failure as its caller gets it.
pub(crate) fn problem_of(error: &SyncError) -> Problem {
    match error {
        SyncError::Database(error) => {
            edge::log::error(&json!({ "event": "database", "error": error.to_string() }));
            error.clone().into()
        }
        SyncError::BookKeptMoving => Problem::unavailable(
            "the price book kept moving meanwhile; send the same request again, it is safe",
        ),
        SyncError::Shrunk(shrunk) => Problem::new(
            422,
            "list-refused",
            "The price list was refused",
            shrunk.to_string(),
        ),
    }
}
