//! Which trace source counts for which type: read from the ledger, changed by an admin.
use std::cell::RefCell;

use cost_calculation::UnixMillis;
use edge::Problem;
use edge::respond::json;
use events::CountedSources;
use events::limits::EVENT_BYTES_MAX;
use ledger::api_keys::{Actor, audit};
use ledger::{Database, Statement};
use serde_json::value::RawValue;
use worker::{Request, Response};

use crate::handle_request::{Visit, problem_of};

/// How long an isolate believes what it read, in milliseconds.
const CACHE_MS: i64 = 30_000;

const READ: &str = "SELECT counted_sources FROM ledger_state";
const WRITE: &str = "UPDATE ledger_state SET counted_sources = ?1";

thread_local! {
    static READ_AT: RefCell<Option<(CountedSources, UnixMillis)>> = const { RefCell::new(None) };
}

/// What counts now.
pub(crate) async fn current(visit: &Visit<'_>) -> Result<CountedSources, Problem> {
    let remembered = READ_AT.with_borrow(|read| {
        read.as_ref()
            .filter(|(_, read_at)| visit.received_at.0 - read_at.0 < CACHE_MS)
            .map(|(sources, _)| sources.clone())
    });
    if let Some(sources) = remembered {
        return Ok(sources);
    }
    let sources = CountedSources::from_json(&stored(visit).await?).ok_or_else(Problem::internal)?;
    READ_AT.set(Some((sources.clone(), visit.received_at)));
    Ok(sources)
}

/// `GET /admin/counted-sources`.
pub(crate) async fn get(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    visit.admin(request).await?;
    as_response(&stored(visit).await?)
}

/// `PUT /admin/counted-sources`.
pub(crate) async fn set(visit: &mut Visit<'_>, request: &mut Request) -> Result<Response, Problem> {
    let admin = visit.admin(request).await?;
    let body = visit.json_body(request, EVENT_BYTES_MAX).await?;
    let sources = CountedSources::parse(&body)
        .map_err(|refusal| problem_of(&refusal))?
        .to_json();
    let before = stored(visit).await?;
    let detail = serde_json::json!({ "before": before, "after": sources });
    let actor = Actor {
        key_id: &admin.key_id,
        at: visit.received_at.0,
    };
    let audit = audit(
        actor,
        "counted_sources.set",
        "counted_sources",
        &detail,
        None,
    )?;
    visit
        .suite
        .database
        .batch(&[Statement::with_json(WRITE, sources.clone()), audit])
        .await?;
    READ_AT.set(None);
    as_response(&sources)
}

async fn stored(visit: &Visit<'_>) -> Result<String, Problem> {
    let rows = visit.suite.database.query(Statement::new(READ)).await?;
    rows.texts()
        .first()
        .map(ToString::to_string)
        .ok_or_else(Problem::internal)
}

fn as_response(sources: &str) -> Result<Response, Problem> {
    let raw = RawValue::from_string(sources.to_owned()).map_err(|_| Problem::internal())?;
    json(200, &raw)
}
