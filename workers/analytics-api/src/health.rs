//! Whether the suite works: this Worker and the two behind it.
use edge::{Problem, Suite};
use ledger_core::schema;
use serde_json::{Value, json};
use worker::Response;

use crate::route::{PRICING, TRACKER};
use crate::visit::Visit;

/// `GET /health`: 200 while everything answers, 503 else.
pub(crate) async fn health(visit: &Visit<'_>) -> Result<Response, Problem> {
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
    edge::respond::json(
        if status == "down" { 503 } else { 200 },
        &json!({
            "status": status,
            "workers": {
                "analytics-api": own, "analytics-tracker": tracker, "pricing-sync": pricing,
            },
        }),
    )
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
