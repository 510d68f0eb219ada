//! A request from its arrival to its answer and its line in the log.
use cost_calculation::UnixMillis;
use edge::access::{Proofs, authenticate};
use edge::{Caller, Problem, Scope, Suite};
use events::{Rejection, RejectionKind};
use worker::{Env, Method, Request, Response};

use crate::jobs::Job;
use crate::request_log::RequestLog;
use crate::route::{NoRoute, Route};
use crate::{
    counted_sources, health, keys, langfuse, late_rejections, rate_limit, reporting_time_zone,
    run_job, traces, track,
};

/// The longest request id that is taken over from the front door.
const REQUEST_ID_CHARS_MAX: usize = 64;

/// A request on its way.
pub(crate) struct Visit<'a> {
    pub env: &'a Env,
    pub suite: &'a Suite,
    pub received_at: UnixMillis,
    pub log: &'a mut RequestLog,
}

/// Answers a request and writes its line.
pub(crate) async fn respond(mut request: Request, env: &Env) -> worker::Result<Response> {
    let received_at = edge::clock::now();
    let request_id = request_id(&request);
    let mut log = RequestLog::default();
    let result = handle(&mut request, env, received_at, &mut log).await;
    let (response, kind) = match result {
        Ok(response) => (response, ""),
        Err(problem) => (edge::respond::problem(&problem, &request_id)?, problem.kind),
    };
    log.write(&request_id, response.status_code(), kind, received_at);
    let headers = response.headers().clone();
    headers.set("x-request-id", &request_id)?;
    Ok(response.with_headers(headers))
}

fn request_id(request: &Request) -> String {
    let given = request.headers().get("x-request-id").ok().flatten();
    given
        .filter(|id| id.len() <= REQUEST_ID_CHARS_MAX && !id.is_empty())
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
    log: &mut RequestLog,
) -> Result<Response, Problem> {
    let path = request.path();
    let route = Route::of(request.method().as_ref(), &path).map_err(|missing| match missing {
        NoRoute::UnknownPath => {
            Problem::not_found("no endpoint has this path; contracts/tracking-api.yaml lists them")
        }
        NoRoute::OtherMethod(allow) => Problem::method_not_allowed(allow),
    })?;
    log.route = route.name();
    let suite = Suite::of(env)?;
    let mut visit = Visit {
        env,
        suite: &suite,
        received_at,
        log,
    };
    let result = visit.dispatch(route, request).await;
    log.take_rows(&suite);
    result
}

impl Visit<'_> {
    async fn dispatch(&mut self, route: Route, request: &mut Request) -> Result<Response, Problem> {
        match route {
            Route::TrackInteraction => track::interaction(self, request).await,
            Route::TrackBatch => track::batch(self, request).await,
            Route::StartSession => track::session_mark(self, request, false).await,
            Route::EndSession => track::session_mark(self, request, true).await,
            Route::ExportLangfuseTraces => traces::export(self, request, "langfuse").await,
            Route::ExportTraces => traces::export(self, request, "otel").await,
            Route::ListLangfuseProjects => langfuse::projects(self, request).await,
            Route::RecordScore => langfuse::record_score(self, request).await,
            Route::DeleteScore { id } => langfuse::delete_score(self, request, &id).await,
            Route::TestLangfuseIngestion => langfuse::ingestion(self, request).await,
            Route::ListKeys => keys::list(self, request).await,
            Route::CreateKey => keys::create(self, request).await,
            Route::RevokeKey { id } => keys::revoke(self, request, &id).await,
            Route::ListRejections => late_rejections::list(self, request).await,
            Route::GetCountedSources => counted_sources::get(self, request).await,
            Route::SetCountedSources => counted_sources::set(self, request).await,
            Route::GetReportingTimeZone => reporting_time_zone::get(self, request).await,
            Route::SetReportingTimeZone => reporting_time_zone::set(self, request).await,
            Route::RunArchive => run_job::archive(self, request).await,
            Route::RunVerify => run_job::run(self, request, Job::Verify).await,
            Route::RunReprice => run_job::run(self, request, Job::Reprice).await,
            Route::GetHealth => health::health(self).await,
        }
    }

    /// The caller, with a scope; by key only, since ingestion takes no cookies.
    pub(crate) async fn sender(&self, request: &Request, scope: Scope) -> Result<Caller, Problem> {
        let caller = authenticate(request, self.suite, Proofs::Key, self.received_at).await?;
        caller.require(scope)?;
        rate_limit::check(self.env, &caller).await?;
        Ok(caller)
    }

    /// An admin, by key or by a browser's cookie; a change needs the schema that this Worker writes.
    pub(crate) async fn admin(&self, request: &Request) -> Result<Caller, Problem> {
        let caller =
            authenticate(request, self.suite, Proofs::KeyOrBrowser, self.received_at).await?;
        caller.require(Scope::Admin)?;
        if request.method() != Method::Get {
            self.suite.require_current_schema().await?;
        }
        Ok(caller)
    }

    /// The body of a request that must be JSON.
    pub(crate) async fn json_body(
        &mut self,
        request: &mut Request,
        bytes_max: usize,
    ) -> Result<Vec<u8>, Problem> {
        let media_type = media_type(request);
        if media_type != "application/json" {
            return Err(Problem::unsupported_media_type(format!(
                "Content-Type is `{media_type}`: send `application/json`"
            )));
        }
        let encoding = content_encoding(request);
        if encoding != "identity" {
            return Err(Problem::unsupported_media_type(format!(
                "Content-Encoding is `{encoding}`: send this body plain"
            )));
        }
        let body = edge::body::read(request, bytes_max).await?;
        self.log.bytes = body.len();
        Ok(body)
    }
}

/// A header's value, if there is one that is not blank.
pub(crate) fn header(request: &Request, name: &str) -> Option<String> {
    let value = request.headers().get(name).ok().flatten()?;
    let value = value.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

/// How the body is packed, in lower case; `identity` without a word about it.
pub(crate) fn content_encoding(request: &Request) -> String {
    header(request, "content-encoding").map_or_else(
        || "identity".to_owned(),
        |encoding| encoding.to_ascii_lowercase(),
    )
}

/// The body's type without parameters, in lower case; empty without one.
pub(crate) fn media_type(request: &Request) -> String {
    let value = header(request, "content-type").unwrap_or_default();
    let bare = value.split(';').next().unwrap_or_default();
    bare.trim().to_ascii_lowercase()
}

/// A refusal as the sender gets it.
pub(crate) fn problem_of(rejection: &Rejection) -> Problem {
    let detail = rejection.to_string();
    match rejection.kind {
        RejectionKind::Malformed => Problem::bad_request(detail),
        RejectionKind::TooLarge => Problem::too_large(detail).at_field(&rejection.field),
        RejectionKind::Invalid => Problem::invalid_field(&rejection.field, detail),
    }
}
