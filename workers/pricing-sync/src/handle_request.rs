//! A request from its arrival to its answer and its line in the log.
use cost_calculation::UnixMillis;
use edge::worker_kit::RequestLine;
use edge::{Problem, Suite};
use serde_json::Map;
use worker::{Env, Request, Response};

use crate::route::Route;
use crate::visit::Visit;
use crate::{decide_quarantine, health, make_override, map_names, read_prices, run_sync};

/// Answers a request and writes its line.
pub(crate) async fn respond(mut request: Request, env: &Env) -> worker::Result<Response> {
    let received_at = edge::clock::now();
    let request_id = edge::request::request_id(&request);
    let mut route_name = "";
    let result = handle(&mut request, env, received_at, &mut route_name).await;
    let (response, kind) = match result {
        Ok(response) => (response, ""),
        Err(problem) => (edge::respond::problem(&problem, &request_id)?, problem.kind),
    };
    let line = RequestLine {
        request_id: &request_id,
        route: route_name,
        status: response.status_code(),
        problem: kind,
        received_at,
    };
    line.write(Map::new());
    let headers = response.headers().clone();
    headers.set("x-request-id", &request_id)?;
    Ok(response.with_headers(headers))
}

async fn handle(
    request: &mut Request,
    env: &Env,
    received_at: UnixMillis,
    route_name: &mut &'static str,
) -> Result<Response, Problem> {
    let path = request.path();
    let route = Route::of(&edge::request::method(request), &path)
        .map_err(|missing| missing.problem("contracts/pricing-sync-api.yaml"))?;
    *route_name = route.name();
    let suite = Suite::of(env)?;
    let visit = Visit {
        env,
        suite: &suite,
        received_at,
    };
    match route {
        Route::RunSync => run_sync::run_by_admin(&visit, request).await,
        Route::ListRates => read_prices::rates(&visit, request).await,
        Route::GetHistory => read_prices::history(&visit, request).await,
        Route::ListAssumed => read_prices::assumed(&visit, request).await,
        Route::ListConflicts => read_prices::conflicts(&visit, request).await,
        Route::ListUnpriced => read_prices::unpriced(&visit, request).await,
        Route::ListQuarantine => decide_quarantine::list(&visit, request).await,
        Route::ApproveQuarantined { price_id } => {
            decide_quarantine::approve(&visit, request, price_id).await
        }
        Route::RejectQuarantined { price_id } => {
            decide_quarantine::reject(&visit, request, price_id).await
        }
        Route::ChangeOverride => make_override::change(&visit, request).await,
        Route::ListMappings => map_names::list(&visit, request).await,
        Route::ChangeMapping => map_names::change(&visit, request).await,
        Route::ListSources => health::sources(&visit, request).await,
        Route::GetHealth => health::health(&visit).await,
    }
}
