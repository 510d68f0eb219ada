//! How fresh the prices are.
use edge::Problem;
use edge::request::parameters;
use edge::respond::json;
use ledger_core::job_runs::{JobStanding, standings};
use ledger_core::schema;
use price_book::freshness::{Freshness, freshness};
use price_feeds::Source;
use serde_json::{Value, json};
use worker::{Request, Response};

use crate::run_sync::{DATED_JOB, job_name};
use crate::show_rate;
use crate::sources::SCHEDULED;
use crate::visit::Visit;

/// `GET /pricing/sources`.
pub(crate) async fn sources(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    visit.reader(request).await?;
    parameters(request, &[])?;
    let state = freshness(&visit.suite.database, visit.received_at).await?;
    let items: Vec<Value> = state
        .sources
        .iter()
        .map(|source| {
            json!({
                "source": source.source,
                "model_count": source.model_count,
                "rate_count": source.rate_count,
                "skipped_count": source.skipped_count,
                "open_rates": source.open_rates,
                "checked_at": source.checked_at.map(show_rate::moment),
                "changed_at": source.changed_at.map(show_rate::moment),
                "last_error": source.last_error,
                "stale": source.stale,
            })
        })
        .collect();
    json(
        200,
        &json!({
            "price_book_version": state.price_book_version,
            "quarantined": state.quarantined,
            "total": items.len(),
            "items": items,
        }),
    )
}

/// `GET /health`: whether there are prices, whether they are fresh, and how the syncs went. Open to
/// anyone: it tells no price and no name of an installation.
pub(crate) async fn health(visit: &Visit<'_>) -> Result<Response, Problem> {
    let database = &visit.suite.database;
    let down = |prices: &str, detail: &str| {
        let worker = "pricing-sync";
        json(
            503,
            &json!({ "status": "down", "worker": worker, "prices": prices, "detail": detail }),
        )
    };
    match schema::check(database).await {
        Err(_) => return down("unreachable", "the database does not answer"),
        Ok(state) => {
            if let Some(remedy) = state.remedy() {
                return down("schema-mismatch", &remedy);
            }
        }
    }
    let now = visit.received_at;
    let names: Vec<String> = std::iter::once(Source::Snapshot)
        .chain(SCHEDULED)
        .map(job_name)
        .chain([DATED_JOB.to_owned()])
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let state = freshness(database, now).await?;
    let jobs = standings(database, &names, now).await?;
    json(200, &body(&state, &jobs))
}

/// A source that fails for once leaves the prices as fresh as they were: it is told, and what
/// degrades is their age.
fn body(state: &Freshness, jobs: &[JobStanding]) -> Value {
    let is_empty = state.sources.iter().all(|source| source.open_rates == 0);
    let prices = if is_empty {
        "empty"
    } else if state.is_stale() {
        "stale"
    } else {
        "fresh"
    };
    let jobs: Vec<Value> = jobs
        .iter()
        .map(|job| {
            json!({
                "job": job.job,
                "status": job.status,
                "last_ok_at": job.last_ok_at.map(show_rate::moment),
                "failed_since_ok": job.failed_since_ok,
            })
        })
        .collect();
    json!({
        "status": if prices == "fresh" { "ok" } else { "degraded" },
        "worker": "pricing-sync",
        "prices": prices,
        "price_book_version": state.price_book_version,
        "quarantined": state.quarantined,
        "jobs": jobs,
    })
}

#[cfg(test)]
mod tests {
    use price_book::freshness::Freshness;

    #[test]
    fn an_empty_book_is_degraded() {
        let empty = Freshness {
            price_book_version: 1,
            sources: Vec::new(),
            quarantined: 0,
        };
        assert_eq!(super::body(&empty, &[])["status"], "degraded");
        assert_eq!(super::body(&empty, &[])["prices"], "empty");
    }
}
