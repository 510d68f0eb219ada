//! How long cache writes live where nothing tells: read from the ledger, changed by an admin.
use std::cell::RefCell;

use cost_calculation::UnixMillis;
use edge::Problem;
use edge::respond::json;
use events::limits::EVENT_BYTES_MAX;
use events::{CacheWriteLifetimes, parse_cache_write_lifetime_change};
use ledger_core::DatabaseError;
use ledger_core::api_keys::Actor;
use ledger_record::cache_lifetimes;
use reporting_days::calendar::iso;
use serde_json::{Value, json};
use worker::{Request, Response};

use crate::visit::{Visit, problem_of};

/// How long an isolate believes what it read, in milliseconds.
const CACHE_MS: i64 = 30_000;

thread_local! {
    static READ_AT: RefCell<Option<(CacheWriteLifetimes, UnixMillis)>> = const { RefCell::new(None) };
}

/// What is set now.
pub(crate) async fn current(visit: &Visit<'_>) -> Result<CacheWriteLifetimes, Problem> {
    let remembered = READ_AT.with_borrow(|read| {
        read.as_ref()
            .filter(|(_, read_at)| visit.received_at.0 - read_at.0 < CACHE_MS)
            .map(|(lifetimes, _)| lifetimes.clone())
    });
    if let Some(lifetimes) = remembered {
        return Ok(lifetimes);
    }
    let lifetimes = match cache_lifetimes::read(&visit.suite.database).await {
        Ok(lifetimes) => lifetimes,
        // A database of another schema has no such column: recording says so, with the remedy.
        Err(DatabaseError::Other(_)) => return Ok(CacheWriteLifetimes::default()),
        Err(error) => return Err(error.into()),
    };
    READ_AT.set(Some((lifetimes.clone(), visit.received_at)));
    Ok(lifetimes)
}

/// `GET /admin/cache-lifetimes`.
pub(crate) async fn get(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    visit.admin(request).await?;
    as_response(&cache_lifetimes::read(&visit.suite.database).await?)
}

/// `PUT /admin/cache-lifetimes`.
pub(crate) async fn set(visit: &mut Visit<'_>, request: &mut Request) -> Result<Response, Problem> {
    let admin = visit.admin(request).await?;
    let body = visit.json_body(request, EVENT_BYTES_MAX).await?;
    let change =
        parse_cache_write_lifetime_change(&body).map_err(|refusal| problem_of(&refusal))?;
    let actor = Actor {
        key_id: &admin.key_id,
        at: visit.received_at.0,
    };
    let lifetimes = cache_lifetimes::change(&visit.suite.database, &change, actor).await?;
    READ_AT.set(None);
    as_response(&lifetimes)
}

fn as_response(lifetimes: &CacheWriteLifetimes) -> Result<Response, Problem> {
    let items: Vec<Value> = lifetimes
        .changes()
        .map(|(source, from, lifetime)| {
            json!({
                "source": source, "lifetime": lifetime,
                "valid_from": (from > 0).then(|| iso(UnixMillis(from))),
            })
        })
        .collect();
    json(200, &json!({ "items": items }))
}
