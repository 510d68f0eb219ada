//! A request from its arrival to its answer and its line in the log.
use cost_calculation::UnixMillis;
use edge::{Problem, Suite};
use worker::{Env, Request, Response};

use crate::admin::counted_sources;
use crate::admin::keys;
use crate::admin::late_rejections;
use crate::admin::ledger_epoch;
use crate::admin::operator_words;
use crate::admin::plans;
use crate::admin::reporting_time_zone;
use crate::admin::rerate;
use crate::admin::subscriptions;
use crate::arrival::key_use;
use crate::arrival::langfuse;
use crate::arrival::traces;
use crate::arrival::track;
use crate::health;
use crate::keeping::jobs::Job;
use crate::keeping::run_job;
use crate::request_log::RequestLog;
use crate::route::Route;
use crate::visit::Visit;

/// Answers a request and writes its line.
pub(crate) async fn respond(mut request: Request, env: &Env) -> worker::Result<Response> {
    let received_at = edge::clock::now();
    let request_id = edge::request::request_id(&request);
    let mut log = RequestLog::default();
    let result = handle(&mut request, env, received_at, &mut log).await;
    let (mut response, kind) = match result {
        Ok(response) => (response, ""),
        Err(problem) => (edge::respond::problem(&problem, &request_id)?, problem.kind),
    };
    log.write(&request_id, response.status_code(), kind, received_at);
    response.headers_mut().set("x-request-id", &request_id)?;
    Ok(response)
}

async fn handle(
    request: &mut Request,
    env: &Env,
    received_at: UnixMillis,
    log: &mut RequestLog,
) -> Result<Response, Problem> {
    let path = request.path();
    let route = Route::of(&edge::request::method(request), &path)
        .map_err(|missing| missing.problem("contracts/tracking-api.yaml"))?;
    log.route = route.name();
    let suite = Suite::of(env)?;
    let mut visit = Visit {
        env,
        suite: &suite,
        received_at,
        log,
    };
    let takes_events = route.takes_events();
    let result = dispatch(&mut visit, route, request).await;
    log.take_rows(&suite);
    if takes_events {
        key_use::note(&suite, request, received_at, result.as_ref().err()).await;
    }
    result
}

async fn dispatch(
    visit: &mut Visit<'_>,
    route: Route,
    request: &mut Request,
) -> Result<Response, Problem> {
    match route {
        Route::TrackInteraction => track::interaction(visit, request).await,
        Route::TrackBatch => track::batch(visit, request).await,
        Route::StartSession => track::session_mark(visit, request, false).await,
        Route::EndSession => track::session_mark(visit, request, true).await,
        Route::ExportLangfuseTraces => traces::export(visit, request, "langfuse").await,
        Route::ExportTraces => traces::export(visit, request, "otel").await,
        Route::ListLangfuseProjects => langfuse::projects(visit, request).await,
        Route::RecordScore => langfuse::record_score(visit, request).await,
        Route::DeleteScore { id } => langfuse::delete_score(visit, request, &id).await,
        Route::TestLangfuseIngestion => langfuse::ingestion(visit, request).await,
        Route::DeclineMedia => langfuse::decline_media(visit, request).await,
        Route::ListKeys => keys::list(visit, request).await,
        Route::CreateKey => keys::create(visit, request).await,
        Route::RevokeKey { id } => keys::revoke(visit, request, &id).await,
        Route::ListAudit => keys::audit(visit, request).await,
        Route::ListRejections => late_rejections::list(visit, request).await,
        Route::GetCountedSources => counted_sources::get(visit, request).await,
        Route::SetCountedSources => counted_sources::set(visit, request).await,
        Route::GetCacheLifetimes => operator_words::get_lifetimes(visit, request).await,
        Route::SetCacheLifetimes => operator_words::set_lifetimes(visit, request).await,
        Route::GetReportedCosts => operator_words::get_reported(visit, request).await,
        Route::SetReportedCosts => operator_words::set_reported(visit, request).await,
        Route::GetReportingTimeZone => reporting_time_zone::get(visit, request).await,
        Route::SetReportingTimeZone => reporting_time_zone::set(visit, request).await,
        Route::RenewLedgerEpoch => ledger_epoch::renew(visit, request).await,
        Route::RunArchive => run_job::archive(visit, request).await,
        Route::RunVerify => run_job::run(visit, request, Job::Verify).await,
        Route::RunReprice => run_job::run(visit, request, Job::Reprice).await,
        Route::ListRerates => rerate::list(visit, request).await,
        Route::StartRerate => rerate::start(visit, request).await,
        Route::GetRerate { id } => rerate::get(visit, request, &id).await,
        Route::ListPlans => plans::list(visit, request).await,
        Route::CreatePlan => plans::create(visit, request).await,
        Route::GetPlan { id } => plans::get(visit, request, &id).await,
        Route::CreatePlanVersion { id } => plans::add_version(visit, request, &id).await,
        Route::ListSubscriptions => subscriptions::list(visit, request).await,
        Route::CreateSubscription => subscriptions::create(visit, request).await,
        Route::GetSubscription { id } => subscriptions::get(visit, request, &id).await,
        Route::ChangeSubscription { id } => subscriptions::change(visit, request, &id).await,
        Route::RunUsageReset => run_job::run(visit, request, Job::UsageReset).await,
        Route::RunUsageReconcile => run_job::run(visit, request, Job::UsageReconcile).await,
        Route::GetHealth => health::health(visit).await,
    }
}
