//! Questions to the ledger: parameters in, JSON with an `ETag` out.
use edge::rate_limit::{self, Limited};
use edge::request::parameters;
use edge::{Caller, Problem, Suite};
use ledger_query::{
    ACCURACY_PARAMETERS, AnswerKey, DAILY_PARAMETERS, Dimension, GROUP_LIST_PARAMETERS,
    INTEGRITY_PARAMETERS, INTERACTION_LIST_PARAMETERS, JOB_PARAMETERS, QueryError, Reader,
    SESSION_LIST_PARAMETERS, SYSTEM_PARAMETERS, USER_PARAMETERS, Viewer, etag, matches,
};
use query_parameters::{Parameters, RANGE_DAYS_MAX, TEXT_CHARS_MAX};
use serde::Serialize;
use worker::{Request, Response};

use crate::read_gate::{self, Load};
use crate::route::Route;
use crate::viewer::viewer;
use crate::visit::Visit;

const IDLE_MINUTES_DEFAULT: i64 = 30;
const MINUTE_MS: i64 = 60_000;
/// A range of more days makes a question a dear one.
const LIGHT_DAYS_MAX: i64 = 100;

/// Answers a question, or says that nothing changed.
pub(crate) async fn answer(
    visit: &Visit<'_>,
    request: &Request,
    suite: &Suite,
    caller: &Caller,
    route: &Route,
) -> Result<Response, Problem> {
    let viewer = viewer(caller)?;
    let is_about_all = matches!(
        route,
        Route::GetIntegrity
            | Route::ListJobRuns
            | Route::ListUnreadFields
            | Route::ListReportedCosts
            | Route::ListLeftOut
    );
    if is_about_all && viewer != Viewer::Everyone {
        return Err(Problem::forbidden(
            "a key of one user does not read about the whole ledger",
        ));
    }
    let parameters = parameters(request, known(route))?;
    let reader = reader(visit, suite, viewer).await?;
    // What is recounted, or moves without the ledger, is never answered from a cache.
    let tag = if is_about_all {
        None
    } else {
        Some(tag(&reader, request, caller, route).await?)
    };
    if let Some(tag) = &tag {
        let asked = request.headers().get("if-none-match").ok().flatten();
        if asked.is_some_and(|asked| matches(&asked, tag)) {
            let response = Response::empty().map_err(|_| Problem::internal())?;
            return with_tag(response.with_status(304), tag);
        }
    }
    rate_limit::check(visit.env, Limited::Reads, caller).await?;
    let place = read_gate::enter(load(route, &parameters), &caller.key_id).await?;
    let response = dispatch(&reader, &parameters, route).await?;
    drop(place);
    match tag {
        Some(tag) => with_tag(response, &tag),
        None => Ok(response),
    }
}

/// What a question may take: one about a session, a user or the whole ledger, a search, and one over a
/// long range may read hundreds of thousands of rows.
fn load(route: &Route, parameters: &Parameters) -> Load {
    let is_about_much = matches!(
        route,
        Route::GetSession { .. } | Route::GetUserStats { .. } | Route::GetIntegrity
    );
    let range = parameters.range(RANGE_DAYS_MAX).ok().flatten();
    let is_long = range.is_some_and(|range| range.days() > LIGHT_DAYS_MAX);
    let is_search = parameters.text("q").is_some_and(|text| !text.is_empty());
    if is_about_much || is_long || is_search {
        Load::Dear
    } else {
        Load::Light
    }
}

/// A reader for this request.
pub(crate) async fn reader<'a>(
    visit: &Visit<'_>,
    suite: &'a Suite,
    viewer: Viewer,
) -> Result<Reader<'a, edge::d1::D1>, Problem> {
    let idle_minutes = edge::suite::number(
        visit.env,
        "SESSION_IDLE_MINUTES",
        IDLE_MINUTES_DEFAULT,
        1..=1440,
    )?;
    Reader::open(
        &suite.database,
        visit.received_at,
        viewer,
        idle_minutes * MINUTE_MS,
    )
    .await
    .map_err(|error| problem_of(&error))
}

const fn known(route: &Route) -> &'static [&'static str] {
    match route {
        Route::ListSessions => &SESSION_LIST_PARAMETERS,
        Route::ListSessionInteractions { .. } => &INTERACTION_LIST_PARAMETERS,
        Route::GetDailyStats => &DAILY_PARAMETERS,
        Route::ListUserStats | Route::ListModelStats | Route::ListAgentStats => {
            &GROUP_LIST_PARAMETERS
        }
        Route::GetUserStats { .. } => &USER_PARAMETERS,
        Route::GetSystemStats => &SYSTEM_PARAMETERS,
        Route::ListUnreadFields | Route::ListReportedCosts | Route::ListLeftOut => {
            &ACCURACY_PARAMETERS
        }
        Route::GetIntegrity => &INTEGRITY_PARAMETERS,
        Route::ListJobRuns => &JOB_PARAMETERS,
        _ => &[],
    }
}

async fn dispatch(
    reader: &Reader<'_, edge::d1::D1>,
    parameters: &Parameters,
    route: &Route,
) -> Result<Response, Problem> {
    match route {
        Route::ListSessions => json(reader.session_list(parameters).await),
        Route::GetSession { id } => json(reader.session_detail(checked(id)?).await),
        Route::ListSessionInteractions { id } => {
            json(reader.interaction_list(checked(id)?, parameters).await)
        }
        Route::GetInteractionCost { id } => json(reader.receipt(checked(id)?).await),
        Route::GetDailyStats => json(reader.daily_stats(parameters).await),
        Route::ListUserStats => json(reader.group_list(Dimension::User, parameters).await),
        Route::ListModelStats => json(reader.group_list(Dimension::Model, parameters).await),
        Route::ListAgentStats => json(reader.group_list(Dimension::Agent, parameters).await),
        Route::GetUserStats { id } => json(reader.user_stats(checked(id)?, parameters).await),
        Route::GetSystemStats => json(reader.system_stats(parameters).await),
        Route::ListUnreadFields => json(reader.unread_fields(parameters).await),
        Route::ListReportedCosts => json(reader.reported_costs(parameters).await),
        Route::ListLeftOut => json(reader.left_out(parameters).await),
        Route::GetIntegrity => json(reader.integrity(parameters).await),
        Route::ListJobRuns => json(reader.job_runs(parameters).await),
        Route::GetWatermark => json(Ok(reader.watermark())),
        _ => Err(Problem::internal()),
    }
}

/// An id of a path within its limits: what is longer or holds a control character is no one's.
fn checked(id: &str) -> Result<&str, Problem> {
    if id.chars().count() <= TEXT_CHARS_MAX && !id.chars().any(char::is_control) {
        return Ok(id);
    }
    Err(Problem::not_found(format!(
        "an id has at most {TEXT_CHARS_MAX} characters and no control character"
    )))
}

fn json<T: Serialize>(answer: Result<T, QueryError>) -> Result<Response, Problem> {
    edge::respond::json(200, &answer.map_err(|error| problem_of(&error))?)
}

async fn tag(
    reader: &Reader<'_, edge::d1::D1>,
    request: &Request,
    caller: &Caller,
    route: &Route,
) -> Result<String, Problem> {
    let url = request
        .url()
        .map_err(|_| Problem::bad_request("the address can't be read"))?;
    let query = format!("{}?{}", url.path(), url.query().unwrap_or_default());
    let shows_open_sessions = matches!(route, Route::ListSessions | Route::GetSession { .. });
    let newest_idle = if shows_open_sessions {
        let read = reader.newest_idle().await;
        read.map_err(|error| problem_of(&error))?
    } else {
        None
    };
    let state = reader.state();
    Ok(etag(AnswerKey {
        epoch: state.epoch,
        ledger_version: state.ledger_version,
        price_book_version: state.price_book_version,
        reporting_time_zone: &state.reporting_time_zone,
        hour: reader.hour(),
        today: reader.today(),
        newest_idle,
        query: &query,
        caller: &caller.key_id,
        release: env!("CARGO_PKG_VERSION"),
    }))
}

/// Lets a browser keep the answer and ask each time whether it still holds.
pub(crate) fn with_tag(response: Response, tag: &str) -> Result<Response, Problem> {
    let headers = response.headers().clone();
    for (name, value) in [
        ("etag", tag),
        ("cache-control", "private, no-cache"),
        ("vary", "Authorization, Cookie"),
    ] {
        headers.set(name, value).map_err(|_| Problem::internal())?;
    }
    Ok(response.with_headers(headers))
}

/// A refusal or a failure as its caller may see it.
pub(crate) fn problem_of(error: &QueryError) -> Problem {
    match error {
        QueryError::Parameter(error) => error.clone().into(),
        QueryError::NotFound { kind, detail } => {
            Problem::new(404, kind, "There is no such thing", detail)
        }
        QueryError::Forbidden(detail) => Problem::forbidden(detail),
        QueryError::Database(error) => {
            edge::log::error(&serde_json::json!({
                "event": "query_failed", "error": error.to_string(),
            }));
            Problem::from(error.clone())
        }
    }
}
