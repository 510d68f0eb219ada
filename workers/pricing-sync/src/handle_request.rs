//! A request from its arrival to its answer and its line in the log.
use cost_calculation::UnixMillis;
use edge::access::{Proofs, authenticate};
use edge::{Caller, Problem, Scope, Suite};
use ledger::api_keys::Actor;
use serde_json::json;
use worker::{Env, Request, Response};

use crate::request_fields::RequestFields;
use crate::route::{NoRoute, Route};
use crate::{decide_quarantine, health, make_override, map_names, read_prices, run_sync};

/// The longest request id that is taken over from the front door.
const REQUEST_ID_CHARS_MAX: usize = 64;
/// The most bytes of a request's body: an override or a mapping is a few hundred.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// A request on its way.
pub(crate) struct Visit<'a> {
    pub env: &'a Env,
    pub suite: &'a Suite,
    pub received_at: UnixMillis,
}

/// Answers a request and writes its line.
pub(crate) async fn respond(mut request: Request, env: &Env) -> worker::Result<Response> {
    let received_at = edge::clock::now();
    let request_id = request_id(&request);
    let mut route_name = "";
    let result = handle(&mut request, env, received_at, &mut route_name).await;
    let (response, kind) = match result {
        Ok(response) => (response, ""),
        Err(problem) => (edge::respond::problem(&problem, &request_id)?, problem.kind),
    };
    let line = json!({
        "event": "request",
        "request_id": request_id,
        "route": route_name,
        "status": response.status_code(),
        "problem": kind,
        "duration_ms": edge::clock::now().0 - received_at.0,
    });
    if response.status_code() >= 500 {
        edge::log::error(&line);
    } else {
        edge::log::info(&line);
    }
    let headers = response.headers().clone();
    headers.set("x-request-id", &request_id)?;
    Ok(response.with_headers(headers))
}

fn request_id(request: &Request) -> String {
    let given = request.headers().get("x-request-id").ok().flatten();
    given
        .filter(|id| !id.is_empty() && id.len() <= REQUEST_ID_CHARS_MAX)
        .filter(|id| {
            id.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
        .unwrap_or_else(edge::clock::random_hex)
}

async fn handle(
    request: &mut Request,
    env: &Env,
    received_at: UnixMillis,
    route_name: &mut &'static str,
) -> Result<Response, Problem> {
    let path = request.path();
    let route = Route::of(request.method().as_ref(), &path).map_err(|missing| match missing {
        NoRoute::UnknownPath => Problem::not_found(
            "no endpoint has this path; contracts/pricing-sync-api.yaml lists them",
        ),
        NoRoute::OtherMethod(allow) => Problem::method_not_allowed(allow),
    })?;
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

impl Visit<'_> {
    /// A caller who may read.
    pub(crate) async fn reader(&self, request: &Request) -> Result<Caller, Problem> {
        self.caller(request, Scope::Read).await
    }

    /// A caller who may change prices, where the schema is the one that this Worker writes.
    pub(crate) async fn admin(&self, request: &Request) -> Result<Caller, Problem> {
        let caller = self.caller(request, Scope::Admin).await?;
        self.suite.require_current_schema().await?;
        Ok(caller)
    }

    async fn caller(&self, request: &Request, scope: Scope) -> Result<Caller, Problem> {
        let caller =
            authenticate(request, self.suite, Proofs::KeyOrBrowser, self.received_at).await?;
        caller.require(scope)?;
        Ok(caller)
    }

    /// Who is recorded as having made a change.
    pub(crate) fn actor<'a>(&self, admin: &'a Caller) -> Actor<'a> {
        Actor {
            key_id: &admin.key_id,
            at: self.received_at.0,
        }
    }

    /// The members of a request's JSON body; an empty body has none.
    pub(crate) async fn fields(&self, request: &mut Request) -> Result<RequestFields, Problem> {
        let media_type = request
            .headers()
            .get("content-type")
            .ok()
            .flatten()
            .unwrap_or_default();
        let bare = media_type
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        let body = edge::body::read(request, BODY_BYTES_MAX).await?;
        if bare != "application/json" && !body.is_empty() {
            return Err(Problem::unsupported_media_type(format!(
                "Content-Type is `{bare}`: send `application/json`"
            )));
        }
        RequestFields::read(&body)
    }
}
