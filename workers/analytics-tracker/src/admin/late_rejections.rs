//! Refusals that showed only after the sender had its answer, as an admin sees them.
use chrono::{DateTime, SecondsFormat};
use edge::Problem;
use edge::request::parameters;
use edge::respond::json;
use ledger_record::{ingest_rejections, ingest_rejections::IngestRejection};
use serde_json::{Value, json};
use worker::{Request, Response};

use crate::visit::Visit;

/// Items of a page without a limit, and at most.
pub(crate) const LIMIT_DEFAULT: u32 = 100;
pub(crate) const LIMIT_MAX: u32 = 500;

/// `GET /admin/rejections`: newest first.
pub(crate) async fn list(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    visit.admin(request).await?;
    let query = parameters(request, &["limit", "offset"])?;
    let limit = query.number("limit", LIMIT_DEFAULT, 1..=LIMIT_MAX)?;
    let offset = query.number("offset", 0, 0..=u32::MAX)?;
    let (rejections, total) = ingest_rejections::list(&visit.suite.database, limit, offset).await?;
    let items: Vec<Value> = rejections.iter().map(to_json).collect();
    json(
        200,
        &json!({ "items": items, "total": total, "limit": limit, "offset": offset }),
    )
}

fn to_json(rejection: &IngestRejection) -> Value {
    let received_at = DateTime::from_timestamp_millis(rejection.received_at)
        .map(|moment| moment.to_rfc3339_opts(SecondsFormat::Millis, true));
    json!({
        "received_at": received_at,
        "source": rejection.source,
        "interaction_id": rejection.interaction_id,
        "problem": rejection.problem,
        "detail": rejection.detail,
    })
}
