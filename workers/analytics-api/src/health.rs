//! Whether the suite works: this Worker and the two behind it.
use std::cell::Cell;

use cost_calculation::UnixMillis;
use edge::request::header;
use edge::{Problem, Suite};
use ledger_core::schema;
use serde_json::{Value, json};
use worker::{Request, Response};

use crate::caller;
use crate::route::{PRICING, TRACKER};
use crate::viewer::viewer;
use crate::visit::Visit;

/// How long a stranger's answer is given again: whoever may ask without a key asks for nothing dear.
const STRANGER_CACHE_MS: i64 = 10_000;

thread_local! {
    /// What strangers were told last, and when.
    static TOLD: Cell<Option<(&'static str, UnixMillis)>> = const { Cell::new(None) };
}

/// `GET /health`: 200 while everything answers, 503 else. A stranger learns that in one word; what is
/// wrong is for those who have a key.
pub(crate) async fn health(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    if is_known(visit, request).await? {
        let (status, workers) = ask(visit).await;
        return answer(status, &json!({ "status": status, "workers": workers }));
    }
    let now = visit.received_at;
    let told = TOLD.get();
    let fresh = told.filter(|(_, at)| now.0.saturating_sub(at.0) < STRANGER_CACHE_MS);
    let status = if let Some((status, _)) = fresh {
        status
    } else {
        // Others that come meanwhile are told what was known.
        TOLD.set(told.map(|(status, _)| (status, now)));
        let (status, _) = ask(visit).await;
        TOLD.set(Some((status, now)));
        status
    };
    answer(status, &json!({ "status": status }))
}

/// Whether the caller may know more. Whoever offers a wrong proof is a stranger, and a guesser has to
/// wait; where the database does not answer, nobody can be known.
async fn is_known(visit: &Visit<'_>, request: &Request) -> Result<bool, Problem> {
    let offers_proof = ["authorization", "cookie", "cf-access-jwt-assertion"]
        .into_iter()
        .any(|name| header(request, name).is_some());
    if !offers_proof {
        return Ok(false);
    }
    let suite = Suite::of(visit.env)?;
    match caller::of(visit, request, &suite).await {
        Ok(caller) => Ok(viewer(&caller).is_ok()),
        Err(problem) if problem.status == 429 => Err(problem),
        Err(_) => Ok(false),
    }
}

fn answer(status: &str, body: &Value) -> Result<Response, Problem> {
    edge::respond::json(if status == "down" { 503 } else { 200 }, body)
}

/// How the suite stands, and each of its Workers.
async fn ask(visit: &Visit<'_>) -> (&'static str, Value) {
    let own = own(visit).await;
    let (tracker, pricing) =
        futures_util::future::join(behind(visit, TRACKER), behind(visit, PRICING)).await;
    let all = [&own, &tracker, &pricing];
    let has = |status: &str| {
        all.iter()
            .any(|health| health.get("status").and_then(Value::as_str) == Some(status))
    };
    let status = if has("down") {
        "down"
    } else if has("degraded") {
        "degraded"
    } else {
        "ok"
    };
    let workers = json!({
        "analytics-api": own, "analytics-tracker": tracker, "pricing-sync": pricing,
    });
    (status, workers)
}

fn worker_health(status: &str, detail: impl Into<Value>) -> Value {
    json!({ "status": status, "detail": detail.into() })
}

async fn own(visit: &Visit<'_>) -> Value {
    let suite = match Suite::of(visit.env) {
        Ok(suite) => suite,
        Err(problem) => return worker_health("down", problem.detail),
    };
    match schema::check(&suite.database).await {
        Err(_) => worker_health("down", "the database does not answer"),
        Ok(state) => match state.remedy() {
            Some(remedy) => worker_health("down", remedy),
            None if suite.cookie_secret.is_none() => worker_health(
                "degraded",
                "no browser can sign in: set the secret COOKIE_SECRET to 32 characters or more",
            ),
            None => worker_health("ok", "the database answers"),
        },
    }
}

/// What a Worker behind says of itself; its own word if it has one of ours.
async fn behind(visit: &Visit<'_>, binding: &'static str) -> Value {
    let Ok(worker) = visit.env.service(binding) else {
        return worker_health(
            "down",
            format!("the service binding `{binding}` is missing"),
        );
    };
    let Ok(mut response) = worker.fetch("https://suite/health", None).await else {
        return worker_health("down", "it does not answer");
    };
    let is_fine = response.status_code() < 400;
    let detail = response.json::<Value>().await.unwrap_or(Value::Null);
    let said = detail
        .get("status")
        .and_then(Value::as_str)
        .filter(|said| ["ok", "degraded", "down"].contains(said));
    let status = said
        .unwrap_or(if is_fine { "ok" } else { "down" })
        .to_owned();
    worker_health(&status, detail)
}
