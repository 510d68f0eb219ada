//! Exports, streamed chunk by chunk.
use edge::{Caller, Problem, Suite};
use futures_util::stream;
use ledger_query::{Export, ExportKind};
use worker::{Headers, Request, Response};

use crate::answer_query::{parameters, problem_of, reader};
use crate::route::Route;
use crate::viewer::viewer;
use crate::visit::Visit;

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
    let chunks = stream::unfold(Some((export, suite)), next_chunk);
    Ok(Response::from_stream(chunks)
        .map_err(|_| Problem::internal())?
        .with_headers(headers))
}

type InTheMaking = Option<(Export, Suite)>;

/// The next chunk. A failure breaks the file off, so that no client takes it for whole.
async fn next_chunk(state: InTheMaking) -> Option<(worker::Result<Vec<u8>>, InTheMaking)> {
    let (mut export, suite) = state?;
    match export.next(&suite.database).await {
        Ok(None) => None,
        Ok(Some(chunk)) => Some((Ok(chunk.into_bytes()), Some((export, suite)))),
        Err(error) => {
            let problem = problem_of(&error);
            Some((
                Err(worker::Error::RustError(problem.title.to_owned())),
                None,
            ))
        }
    }
}
