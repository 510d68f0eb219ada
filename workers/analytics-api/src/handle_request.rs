//! A request from its arrival to its answer and its line in the log.
use edge::worker_kit::RequestLine;
use edge::{Problem, Suite};
use serde_json::{Map, json};
use worker::{Env, Request, Response};

use crate::route::{Route, Target};
use crate::visit::Visit;
use crate::{
    answer_query, answer_usage, caller, export_file, front_door, health, pages, sign_in, widget,
};

/// Headers of every answer of this Worker and of those behind it.
const SECURITY_HEADERS: [(&str, &str); 5] = [
    (
        "strict-transport-security",
        "max-age=31536000; includeSubDomains",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
];

/// The policy of what is no page: it may load and embed nothing.
const CLOSED_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Answers a request and writes its line.
pub(crate) async fn respond(request: Request, env: &Env) -> worker::Result<Response> {
    let received_at = edge::clock::now();
    let request_id = edge::clock::random_hex();
    let visit = Visit {
        env,
        request_id: &request_id,
        received_at,
    };
    let mut log = RequestLog::default();
    let is_head = edge::request::is_head(&request);
    let renewed = sign_in::renewed(env, &request, received_at);
    let (response, kind) = match handle(&visit, request, &mut log).await {
        Ok(response) => (response, ""),
        Err(problem) => (edge::respond::problem(&problem, &request_id)?, problem.kind),
    };
    log.write(&visit, response.status_code(), kind);
    let response = renewing(secured(response, &request_id)?, renewed)?;
    if is_head {
        edge::respond::without_body(&response)
    } else {
        Ok(response)
    }
}

/// The response with a browser's cookie renewed, unless the answer sets one itself or refuses.
fn renewing(response: Response, renewed: Option<String>) -> worker::Result<Response> {
    let headers = response.headers().clone();
    let is_refusal = response.status_code() >= 400;
    match renewed {
        Some(cookie) if !is_refusal && headers.get("set-cookie")?.is_none() => {
            headers.set("set-cookie", &cookie)?;
            Ok(response.with_headers(headers))
        }
        _ => Ok(response),
    }
}

/// The response with the headers that each one carries.
fn secured(response: Response, request_id: &str) -> worker::Result<Response> {
    let headers = response.headers().clone();
    for (name, value) in SECURITY_HEADERS {
        headers.set(name, value)?;
    }
    if headers.get("content-security-policy")?.is_none() {
        headers.set("content-security-policy", CLOSED_POLICY)?;
    }
    headers.set("x-request-id", request_id)?;
    Ok(response.with_headers(headers))
}

/// What a request's line says: no content, no key, no person.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    route: &'static str,
    rows_read: u64,
}

impl RequestLog {
    fn write(&self, visit: &Visit<'_>, status: u16, problem: &str) {
        let line = RequestLine {
            request_id: visit.request_id,
            route: self.route,
            status,
            problem,
            received_at: visit.received_at,
        };
        line.write(Map::from_iter([(
            "rows_read".to_owned(),
            json!(self.rows_read),
        )]));
    }
}

async fn handle(
    visit: &Visit<'_>,
    request: Request,
    log: &mut RequestLog,
) -> Result<Response, Problem> {
    let target = Target::of(&edge::request::method(&request), &request.path())
        .map_err(|missing| missing.problem("/docs"))?;
    let route = match target {
        Target::Forward(binding) => {
            log.route = "forward";
            return front_door::forward(visit, request, binding).await;
        }
        Target::Operation(route) => route,
    };
    log.route = route.name();
    match route {
        Route::OpenRoot => pages::root(),
        Route::OpenDashboard => pages::dashboard(visit, &request).await,
        Route::OpenDocs => pages::docs(visit, &request).await,
        Route::GetContract => pages::contract(visit, &request).await,
        Route::GetHealth => health::health(visit, &request).await,
        Route::SignOut => sign_in::sign_out(visit, &request).await,
        route => {
            let suite = Suite::of(visit.env)?;
            with_suite(visit, route, request, suite, log).await
        }
    }
}

async fn with_suite(
    visit: &Visit<'_>,
    route: Route,
    mut request: Request,
    suite: Suite,
    log: &mut RequestLog,
) -> Result<Response, Problem> {
    if route == Route::SignIn {
        return sign_in::sign_in(visit, &mut request, &suite).await;
    }
    match route {
        Route::PreflightUsage => return widget::preflight(visit.env, &request),
        Route::CreateUsageToken => {
            return widget::create_token(visit, &mut request, &suite).await;
        }
        Route::GetUsage if widget::token_of(&request).is_some() => {
            let answer = widget::usage(visit, &request, &suite).await;
            log.rows_read = suite.database.rows_read();
            return answer;
        }
        _ => {}
    }
    let caller = caller::of(visit, &request, &suite).await?;
    if route == Route::GetMe {
        return sign_in::me(visit, &request, &suite, &caller).await;
    }
    if let Some(kind) = export_file::kind_of(&route) {
        return export_file::export(visit, &request, suite, &caller, kind).await;
    }
    let answer = if answer_usage::is_usage(&route) {
        answer_usage::answer(visit, &request, &suite, &caller, &route).await
    } else {
        answer_query::answer(visit, &request, &suite, &caller, &route).await
    };
    log.rows_read = suite.database.rows_read();
    answer
}
