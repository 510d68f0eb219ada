//! How fresh the prices are.
use edge::Problem;
use edge::respond::json;
use ledger::prices::freshness::{Freshness, freshness};
use serde_json::{Value, json};
use worker::{Request, Response};

use crate::handle_request::Visit;
use crate::query_parameters::QueryParameters;
use crate::request_fields::iso;

/// `GET /pricing/sources`.
pub(crate) async fn sources(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    visit.reader(request).await?;
    QueryParameters::of(request)?.finish()?;
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
                "checked_at": source.checked_at.and_then(iso),
                "changed_at": source.changed_at.and_then(iso),
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

/// `GET /health`: whether there are prices, and whether they are fresh. Open to anyone: it tells
/// no price and no name of an installation.
pub(crate) async fn health(visit: &Visit<'_>) -> Result<Response, Problem> {
    let (status, body) = match freshness(&visit.suite.database, visit.received_at).await {
        Ok(state) => (200, body(&state)),
        Err(_) => (
            503,
            json!({ "status": "down", "worker": "pricing-sync", "prices": "unreachable" }),
        ),
    };
    json(status, &body)
}

fn body(state: &Freshness) -> Value {
    let is_empty = state.sources.iter().all(|source| source.open_rates == 0);
    let prices = if is_empty {
        "empty"
    } else if state.is_stale() {
        "stale"
    } else {
        "fresh"
    };
    json!({
        "status": if prices == "fresh" { "ok" } else { "degraded" },
        "worker": "pricing-sync",
        "prices": prices,
        "price_book_version": state.price_book_version,
        "quarantined": state.quarantined,
    })
}

#[cfg(test)]
mod tests {
    use ledger::prices::freshness::Freshness;

    #[test]
    fn an_empty_book_is_degraded() {
        let empty = Freshness {
            price_book_version: 1,
            sources: Vec::new(),
            quarantined: 0,
        };
        assert_eq!(super::body(&empty)["status"], "degraded");
        assert_eq!(super::body(&empty)["prices"], "empty");
    }
}
