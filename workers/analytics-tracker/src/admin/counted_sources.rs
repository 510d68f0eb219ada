//! Which trace source counts for which type: read from the ledger, changed by an admin.
use std::cell::RefCell;

use cost_calculation::UnixMillis;
use edge::Problem;
use edge::respond::with_type;
use events::CountedSources;
use events::limits::EVENT_BYTES_MAX;
use ledger_core::api_keys::Actor;
use ledger_record::counted_sources;
use worker::{Request, Response};

use crate::visit::Visit;

/// How long an isolate believes what it read, in milliseconds.
const CACHE_MS: i64 = 30_000;

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
    let sources = counted_sources::read(&visit.suite.database).await?;
    READ_AT.set(Some((sources.clone(), visit.received_at)));
    Ok(sources)
}

/// `GET /admin/counted-sources`.
pub(crate) async fn get(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    visit.admin(request).await?;
    as_response(&counted_sources::read(&visit.suite.database).await?)
}

/// `PUT /admin/counted-sources`.
pub(crate) async fn set(visit: &mut Visit<'_>, request: &mut Request) -> Result<Response, Problem> {
    let admin = visit.admin(request).await?;
    let body = visit.json_body(request, EVENT_BYTES_MAX).await?;
    let sources = CountedSources::parse(&body)?;
    let actor = Actor {
        key_id: &admin.key_id,
        at: visit.received_at.0,
    };
    counted_sources::write(&visit.suite.database, &sources, actor).await?;
    READ_AT.set(None);
    as_response(&sources)
}

fn as_response(sources: &CountedSources) -> Result<Response, Problem> {
    with_type(200, "application/json", sources.to_json().into_bytes())
}
