//! `GET /health`: whether an event would be recorded now.
use edge::Problem;
use edge::respond::json;
use ledger::record_batch::RecordError;
use ledger::{ingest_rejections, write_guard};
use serde_json::json;
use worker::Response;

use crate::handle_request::Visit;
use crate::settings::IngestMode;

/// The late refusals that are counted: of seven days, and so many.
const LATE_MS: i64 = 7 * 24 * 60 * 60 * 1000;
const LATE_COUNT_MAX: u32 = 1_000;

/// The answer: 200 where the database answers and is of this Worker's schema and zone.
pub(crate) async fn health(visit: &Visit<'_>) -> Result<Response, Problem> {
    let mode = IngestMode::of(visit.env)?;
    let checked = write_guard::check(&visit.suite.database, visit.suite.reporting_zone).await;
    let database = match checked {
        Ok(()) => "ok",
        Err(RecordError::SchemaMismatch { .. }) => "schema-mismatch",
        Err(RecordError::ZoneMismatch { .. }) => "zone-mismatch",
        Err(_) => "unreachable",
    };
    let (http_status, status) = if database == "ok" {
        (200, "ok")
    } else {
        (503, "down")
    };
    let mut body = json!({
        "status": status,
        "worker": "analytics-tracker",
        "database": database,
        "ingest_mode": mode.as_str(),
    });
    if let (200, Some(body)) = (http_status, body.as_object_mut()) {
        let since = visit.received_at.0 - LATE_MS;
        let late =
            ingest_rejections::count_since(&visit.suite.database, since, LATE_COUNT_MAX).await?;
        body.insert("late_rejections".to_owned(), json!(late));
    }
    json(http_status, &body)
}
