//! The other Workers, by service binding.
use edge::Problem;
use worker::{Request, Response};

use crate::handle_request::Visit;

/// Hands the request over as it is, with the request id for both logs.
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
    let mut request = request.clone_mut().map_err(unanswered)?;
    request
        .headers_mut()
        .and_then(|headers| headers.set("x-request-id", visit.request_id))
        .map_err(unanswered)?;
    worker.fetch_request(request).await.map_err(unanswered)
}
