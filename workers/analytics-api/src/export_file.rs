//! Exports, streamed chunk by chunk.
use std::time::Duration;

use edge::rate_limit::{self, Limited};
use edge::request::parameters;
use edge::{Caller, Problem, Suite};
use futures_util::stream;
use ledger_query::{Export, ExportKind};
use worker::{Delay, Headers, Request, Response};

use crate::answer_query::{problem_of, reader};
use crate::read_gate::{self, Load, Permit};
use crate::route::Route;
use crate::viewer::viewer;
use crate::visit::Visit;

/// The longest pause between two chunks.
const PAUSE_MS_MAX: i64 = 100;

/// What an export route exports.
pub(crate) const fn kind_of(route: &Route) -> Option<ExportKind> {
    match route {
        Route::ExportInteractions => Some(ExportKind::Interactions),
        Route::ExportSessions => Some(ExportKind::Sessions),
        Route::ExportDaily => Some(ExportKind::Daily),
        Route::ExportFocus => Some(ExportKind::Focus),
        _ => None,
    }
}

/// Begins the file; the rest is read as the client takes it.
pub(crate) async fn export(
    visit: &Visit<'_>,
    request: &Request,
    suite: Suite,
    caller: &Caller,
    kind: ExportKind,
) -> Result<Response, Problem> {
    let viewer = viewer(caller)?;
    let parameters = parameters(request, &kind.parameters())?;
    rate_limit::check(visit.env, Limited::Reads, caller).await?;
    let place = read_gate::enter(Load::Export, &caller.key_id).await?;
    let export = reader(visit, &suite, viewer)
        .await?
        .export(kind, &parameters)
        .await
        .map_err(|error| problem_of(&error))?;
    let headers = Headers::new();
    for (name, value) in [
        ("content-type", export.content_type()),
        (
            "content-disposition",
            &format!("attachment; filename=\"{}\"", export.file_name()),
        ),
        ("cache-control", "no-store"),
    ] {
        headers.set(name, value).map_err(|_| Problem::internal())?;
    }
    let making = Making {
        export,
        suite,
        place,
        last_took_ms: 0,
    };
    let chunks = stream::unfold(Some(making), next_chunk);
    Ok(Response::from_stream(chunks)
        .map_err(|_| Problem::internal())?
        .with_headers(headers))
}

/// A file in the making, and its place among those of this isolate.
struct Making {
    export: Export,
    suite: Suite,
    place: Permit,
    last_took_ms: i64,
}

/// The next chunk. A failure breaks the file off, so that no client takes it for whole.
async fn next_chunk(state: Option<Making>) -> Option<(worker::Result<Vec<u8>>, Option<Making>)> {
    let mut making = state?;
    // As long as the last chunk took, up to a bound: whatever waits for the database has its turn.
    let pause_ms = making.last_took_ms.clamp(1, PAUSE_MS_MAX);
    Delay::from(Duration::from_millis(pause_ms.unsigned_abs())).await;
    let started_at = edge::clock::now();
    making.place.renew(started_at);
    let chunk = making.export.next(&making.suite.database).await;
    making.last_took_ms = edge::clock::now().0.saturating_sub(started_at.0);
    match chunk {
        Ok(None) => None,
        Ok(Some(chunk)) => Some((Ok(chunk.into_bytes()), Some(making))),
        Err(error) => {
            let problem = problem_of(&error);
            Some((
                Err(worker::Error::RustError(problem.title.to_owned())),
                None,
            ))
        }
    }
}
