//! What the operator says of calls where nothing in them tells: read from the ledger, changed by an
//! admin.
use std::cell::RefCell;

use cost_calculation::UnixMillis;
use edge::Problem;
use edge::respond::json;
use events::limits::EVENT_BYTES_MAX;
use events::{
    CacheWriteLifetimes, OperatorWords, ReportedCostSettings, parse_cache_write_lifetime_change,
    parse_reported_cost_change,
};
use ledger_core::DatabaseError;
use ledger_core::api_keys::Actor;
use ledger_record::operator_words;
use reporting_days::calendar::iso;
use serde_json::{Value, json};
use worker::{Request, Response};

use crate::visit::Visit;

/// How long an isolate believes what it read, in milliseconds.
const CACHE_MS: i64 = 30_000;

thread_local! {
    static READ_AT: RefCell<Option<(OperatorWords, UnixMillis)>> = const { RefCell::new(None) };
}

/// What is set now.
pub(crate) async fn current(visit: &Visit<'_>) -> Result<OperatorWords, Problem> {
    let remembered = READ_AT.with_borrow(|read| {
        read.as_ref()
            .filter(|(_, read_at)| visit.received_at.0 - read_at.0 < CACHE_MS)
            .map(|(words, _)| words.clone())
    });
    if let Some(words) = remembered {
        return Ok(words);
    }
    let words = match operator_words::read(&visit.suite.database).await {
        Ok(words) => words,
        // A database of another schema has no such column: recording says so, with the remedy.
        Err(DatabaseError::Other(_) | DatabaseError::NoSuchTable(_)) => {
            return Ok(OperatorWords::default());
        }
        Err(error) => return Err(error.into()),
    };
    READ_AT.set(Some((words.clone(), visit.received_at)));
    Ok(words)
}

/// `GET /admin/cache-lifetimes`.
pub(crate) async fn get_lifetimes(
    visit: &Visit<'_>,
    request: &Request,
) -> Result<Response, Problem> {
    visit.admin(request).await?;
    as_lifetimes(&operator_words::read(&visit.suite.database).await?.lifetimes)
}

/// `PUT /admin/cache-lifetimes`.
pub(crate) async fn set_lifetimes(
    visit: &mut Visit<'_>,
    request: &mut Request,
) -> Result<Response, Problem> {
    let admin = visit.admin(request).await?;
    let body = visit.json_body(request, EVENT_BYTES_MAX).await?;
    let change = parse_cache_write_lifetime_change(&body)?;
    let actor = Actor {
        key_id: &admin.key_id,
        at: visit.received_at.0,
    };
    let changed = operator_words::change_lifetimes(&visit.suite.database, &change, actor);
    let lifetimes = changed.await?;
    READ_AT.set(None);
    as_lifetimes(&lifetimes)
}

/// `GET /admin/reported-costs`.
pub(crate) async fn get_reported(
    visit: &Visit<'_>,
    request: &Request,
) -> Result<Response, Problem> {
    visit.admin(request).await?;
    as_reported(&operator_words::read(&visit.suite.database).await?.reported)
}

/// `PUT /admin/reported-costs`.
pub(crate) async fn set_reported(
    visit: &mut Visit<'_>,
    request: &mut Request,
) -> Result<Response, Problem> {
    let admin = visit.admin(request).await?;
    let body = visit.json_body(request, EVENT_BYTES_MAX).await?;
    let change = parse_reported_cost_change(&body)?;
    let actor = Actor {
        key_id: &admin.key_id,
        at: visit.received_at.0,
    };
    let changed = operator_words::change_reported(&visit.suite.database, &change, actor);
    let Some(settings) = changed.await? else {
        return Err(Problem::invalid_field(
            "provider",
            "too many providers have a setting: no more than 200 can; change one of those"
                .to_owned(),
        ));
    };
    READ_AT.set(None);
    as_reported(&settings)
}

fn as_reported(settings: &ReportedCostSettings) -> Result<Response, Problem> {
    let items: Vec<Value> = settings
        .changes()
        .map(|(provider, from, counts)| {
            json!({ "provider": provider, "counts": counts, "valid_from": valid_from(from) })
        })
        .collect();
    json(200, &json!({ "items": items }))
}

/// `null` for the beginning.
fn valid_from(from: i64) -> Option<String> {
    (from > 0).then(|| iso(UnixMillis(from)))
}

fn as_lifetimes(lifetimes: &CacheWriteLifetimes) -> Result<Response, Problem> {
    let items: Vec<Value> = lifetimes
        .changes()
        .map(|(source, from, lifetime)| {
            json!({ "source": source, "lifetime": lifetime, "valid_from": valid_from(from) })
        })
        .collect();
    json(200, &json!({ "items": items }))
}
