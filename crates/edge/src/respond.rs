//! Responses: JSON, problems, and the headers that every one of them carries.

use serde::Serialize;
use worker::{Headers, Response};

use crate::problem::Problem;

/// A JSON response. `Cache-Control: no-store`, unless the caller sets an `ETag` header later.
pub fn json(status: u16, body: &impl Serialize) -> Result<Response, Problem> {
    let text = serde_json::to_string(body).map_err(|_| Problem::internal())?;
    with_type(status, "application/json", text.into_bytes())
}

/// A response with a body of any type.
pub fn with_type(status: u16, content_type: &str, body: Vec<u8>) -> Result<Response, Problem> {
    let headers = Headers::new();
    for (name, value) in [
        ("content-type", content_type),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
    ] {
        headers.set(name, value).map_err(|_| Problem::internal())?;
    }
    Ok(Response::from_bytes(body)
        .map_err(|_| Problem::internal())?
        .with_status(status)
        .with_headers(headers))
}

/// The response to a problem.
pub fn problem(problem: &Problem, request_id: &str) -> worker::Result<Response> {
    let headers = Headers::new();
    headers.set("content-type", "application/problem+json")?;
    headers.set("cache-control", "no-store")?;
    headers.set("x-content-type-options", "nosniff")?;
    if problem.status == 401 {
        headers.set("www-authenticate", "Basic realm=\"tokentill\", Bearer")?;
    }
    if let Some(seconds) = problem.retry_after_s {
        headers.set("retry-after", &seconds.to_string())?;
    }
    if let Some(allow) = problem.allow {
        headers.set("allow", allow)?;
    }
    let body = problem.to_json(request_id).to_string().into_bytes();
    Ok(Response::from_bytes(body)?
        .with_status(problem.status)
        .with_headers(headers))
}

/// The answer to HEAD: what GET would be answered, without its body.
pub fn without_body(response: &Response) -> worker::Result<Response> {
    let headers = response.headers().clone();
    let status = response.status_code();
    Ok(Response::empty()?.with_status(status).with_headers(headers))
}
