//! The jobs that keep the ledger, by cron and by an admin; and the Worker's health.
use edge::respond::json;
use edge::{Problem, Suite};
use ledger::schema::SCHEMA_VERSION;
use ledger::{Database, Statement};
use serde::Deserialize;
use serde_json::{Value, json};
use worker::{Env, Request, Response};

use crate::handle_request::Visit;
use crate::settings::IngestMode;

/// A job of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Job {
    /// Moves what is older than the retention.
    Archive,
    /// Recounts a slice against its sums.
    Verify,
}

impl Job {
    /// Its name in `job_runs`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Archive => "archive",
            Self::Verify => "verify",
        }
    }
}

/// Which jobs a cron of `wrangler.toml` starts: the daily one archives, the hourly one verifies.
fn jobs_of(cron: &str) -> &'static [Job] {
    match cron {
        "23 3 * * *" => &[Job::Archive],
        "7 * * * *" => &[Job::Verify],
        _ => &[],
    }
}

/// Runs what a cron starts. The runtime drops a handler's error, so each outcome is logged here.
pub(crate) async fn run_scheduled(cron: &str, env: &Env) {
    let suite = match Suite::of(env) {
        Ok(suite) => suite,
        Err(problem) => {
            edge::log::error(&json!({ "event": "cron", "cron": cron, "error": problem.detail }));
            return;
        }
    };
    for &job in jobs_of(cron) {
        let started_at = edge::clock::now();
        let result = run(job, &suite).await;
        let (outcome, error) = match result {
            Ok(summary) => (summary, None),
            Err(problem) => (Value::Null, Some(problem.detail)),
        };
        let line = json!({
            "event": "job",
            "job": job.name(),
            "summary": outcome,
            "error": error,
            "duration_ms": edge::clock::now().0 - started_at.0,
            "rows_read": suite.database.rows_read(),
            "rows_written": suite.database.rows_written(),
        });
        if error.is_some() {
            edge::log::error(&line);
        } else {
            edge::log::info(&line);
        }
    }
}

/// `POST /admin/archive` and `/admin/verify`.
pub(crate) async fn run_by_admin(
    visit: &Visit<'_>,
    request: &Request,
    job: Job,
) -> Result<Response, Problem> {
    visit.admin(request).await?;
    let summary = run(job, visit.suite).await?;
    json(
        200,
        &json!({ "job": job.name(), "status": "ok", "summary": summary }),
    )
}

/// One run of a job, within its lease.
#[allow(clippy::unused_async, reason = "each job awaits the database")]
async fn run(job: Job, _suite: &Suite) -> Result<Value, Problem> {
    match job {
        Job::Archive | Job::Verify => Err(Problem::unavailable(format!(
            "the job `{}` is not part of this build",
            job.name()
        ))),
    }
}

#[derive(Deserialize)]
struct State {
    schema_version: i64,
    reporting_time_zone: String,
}

const STATE: &str = "
SELECT json_object('schema_version', schema_version, 'reporting_time_zone', reporting_time_zone)
FROM ledger_state";

/// `GET /health`: whether an event would be recorded now.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cron_of_the_configuration_starts_a_job() {
        let configuration = include_str!("../wrangler.toml");
        for cron in ["7 * * * *", "23 3 * * *"] {
            assert!(configuration.contains(cron), "{cron}");
            assert!(!jobs_of(cron).is_empty(), "{cron}");
        }
        assert!(jobs_of("* * * * *").is_empty());
    }
}
