//! What LibreChat asks of a Langfuse server beside traces.
use edge::access::{Proofs, authenticate, is_known_public};
use edge::credential::{Credential, parse_authorization};
use edge::respond::{json, with_type};
use edge::{Problem, Scope};
use events::limits::{BATCH_BYTES_MAX, EVENT_BYTES_MAX};
use events::{check_score_id, parse_langfuse_ingestion, parse_score};
use ledger_record::feedback::{Feedback, delete_feedback, record_feedback};
use serde_json::{Value, json};
use worker::{Request, Response};

use crate::visit::Visit;
use edge::request::header;

/// `GET /api/public/projects`: LibreChat sends scores only where there is exactly one.
pub(crate) async fn projects(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    authenticate(request, visit.suite, Proofs::Key, visit.received_at).await?;
    json(
        200,
        &json!({ "data": [{ "id": "tokentill", "name": "Tokentill", "metadata": {} }] }),
    )
}

/// `POST /api/public/scores`.
pub(crate) async fn record_score(
    visit: &mut Visit<'_>,
    request: &mut Request,
) -> Result<Response, Problem> {
    visit.log.source = "langfuse";
    visit.sender(request, Scope::Ingest).await?;
    let body = visit.json_body(request, EVENT_BYTES_MAX).await?;
    let score = parse_score(&body).map_err(|refusal| {
        visit.log.counts.rejected += 1;
        Problem::from(refusal)
    })?;
    let feedback = Feedback {
        trace_id: score.trace_id,
        score_id: score.id,
        value: u8::from(score.is_positive),
        updated_at: visit.received_at.0,
    };
    visit.suite.require_current_schema().await?;
    record_feedback(&visit.suite.database, &feedback).await?;
    visit.log.counts.accepted += 1;
    json(200, &json!({ "id": feedback.score_id }))
}

/// `DELETE /api/public/scores/{id}`.
pub(crate) async fn delete_score(
    visit: &mut Visit<'_>,
    request: &Request,
    id: &str,
) -> Result<Response, Problem> {
    visit.log.source = "langfuse";
    visit.sender(request, Scope::Ingest).await?;
    check_score_id(id)?;
    visit.suite.require_current_schema().await?;
    delete_feedback(&visit.suite.database, id).await?;
    with_type(204, "application/json", Vec::new())
}

/// `POST /api/public/media`: images and files are content, so none is asked for. Without an address
/// to upload to the SDK takes the medium as one that is there already, and goes on.
pub(crate) async fn decline_media(
    visit: &mut Visit<'_>,
    request: &mut Request,
) -> Result<Response, Problem> {
    visit.log.source = "langfuse";
    visit.sender(request, Scope::Ingest).await?;
    let mut pieces = edge::body::pieces(request)?;
    pieces.pass_over().await;
    json(201, &json!({ "mediaId": "not-kept", "uploadUrl": null }))
}

/// `POST /api/public/ingestion`: LibreChat's settings send an empty batch, with the public half of
/// the key alone, to see whether the server is there.
pub(crate) async fn ingestion(
    visit: &mut Visit<'_>,
    request: &mut Request,
) -> Result<Response, Problem> {
    visit.log.source = "langfuse";
    let now = visit.received_at;
    let offered = header(request, "authorization").and_then(|value| parse_authorization(&value));
    if let Some(Credential::Public { id }) = offered {
        if !is_known_public(&visit.suite.database, &id, now).await? {
            return Err(Problem::unauthorized("no valid key has this public half"));
        }
    } else {
        authenticate(request, visit.suite, Proofs::Key, now).await?;
    }
    let body = visit.json_body(request, BATCH_BYTES_MAX).await?;
    let ids = parse_langfuse_ingestion(&body)?;
    visit.log.counts.rejected = u32::try_from(ids.len()).unwrap_or(u32::MAX);
    let errors: Vec<Value> = ids
        .into_iter()
        .map(|id| {
            let message = "events of this kind are not kept: send traces to \
                           /api/public/otel/v1/traces";
            json!({ "id": id, "status": 400, "message": message })
        })
        .collect();
    json(207, &json!({ "successes": [], "errors": errors }))
}
