//! `GET /health`: whether an event would be recorded now.
use edge::Problem;
use edge::respond::json;
use ledger::schema::SCHEMA_VERSION;
use ledger::{Database, Statement};
use serde::Deserialize;
use serde_json::json;
use worker::Response;

use crate::handle_request::Visit;
use crate::settings::IngestMode;

#[derive(Deserialize)]
struct State {
    schema_version: i64,
    reporting_time_zone: String,
}

const STATE: &str = "
SELECT json_object('schema_version', schema_version, 'reporting_time_zone', reporting_time_zone)
FROM ledger_state";

/// The answer: 200 where the database answers and is of this Worker's schema and zone.
pub(crate) async fn health(visit: &Visit<'_>) -> Result<Response, Problem> {
    let mode = IngestMode::of(visit.env)?;
    let state = match visit.suite.database.query(Statement::new(STATE)).await {
        Ok(rows) => rows.first::<State>().ok().flatten(),
        Err(_) => None,
    };
    let database = match state {
        None => "unreachable",
        Some(state) if state.schema_version != SCHEMA_VERSION => "schema-mismatch",
        Some(state) if state.reporting_time_zone != visit.suite.reporting_zone.name() => {
            "zone-mismatch"
        }
        Some(_) => "ok",
    };
    let (http_status, status) = if database == "ok" {
        (200, "ok")
    } else {
        (503, "down")
    };
    json(
        http_status,
        &json!({
            "status": status,
            "worker": "analytics-tracker",
            "database": database,
            "ingest_mode": mode.as_str(),
        }),
    )
}
