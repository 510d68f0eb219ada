//! The other Workers, by service binding.
use edge::{Problem, Suite, pass};
use worker::{Request, Response};

use crate::access_assertion;
use crate::visit::Visit;

/// Hands the request over as it is, with the request id for both logs, and a pass where Cloudflare
/// Access names the caller: the Workers behind know nothing of Access.
pub(crate) async fn forward(
    visit: &Visit<'_>,
    request: Request,
    binding: &'static str,
) -> Result<Response, Problem> {
    let unanswered = |error: worker::Error| {
        edge::log::error(&serde_json::json!({
            "event": "forward_failed", "binding": binding, "error": error.to_string(),
        }));
        Problem::unavailable("the Worker behind this path did not answer; send the request again")
    };
    let worker = visit.env.service(binding).map_err(|_| {
        Problem::unavailable(format!(
            "the service binding `{binding}` is missing: see docs/deployment.md"
        ))
    })?;
    let pass = match access_assertion::caller(visit.env, &request, visit.received_at).await? {
        Some(caller) => Suite::of(visit.env)?
            .cookie_secret
            .and_then(|secret| pass::sign(&secret, &caller, visit.received_at)),
        None => None,
    };
    let mut request = request.clone_mut().map_err(unanswered)?;
    let headers = request.headers_mut().map_err(unanswered)?;
    headers
        .set("x-request-id", visit.request_id)
        .map_err(unanswered)?;
    // Only this Worker gives passes: one that a client brings along goes no further.
    headers.delete(pass::HEADER).map_err(unanswered)?;
    if let Some(pass) = pass {
        headers.set(pass::HEADER, &pass).map_err(unanswered)?;
    }
    worker.fetch_request(request).await.map_err(unanswered)
}
