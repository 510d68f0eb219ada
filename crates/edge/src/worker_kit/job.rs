//! A run of a job: within its lease, with its record in `job_runs` and its line in the log.

use cost_calculation::UnixMillis;
use ledger_core::job_runs::{Begun, RunRequest, StartedRun, begin};
use ledger_core::schema::SchemaState;
use serde_json::{Value, json};

use crate::suite::Suite;

/// The run that is to be made.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// The job's name.
    pub job: &'a str,
    /// The Worker's name.
    pub worker: &'a str,
    /// When it is due: one run for each such time.
    pub scheduled_time: UnixMillis,
    /// After so long another may take its place.
    pub lease_ms: i64,
}

/// How a run went.
#[derive(Debug)]
pub enum Outcome {
    /// It did its work: the summary.
    Done(Value),
    /// The run of this time is done already.
    AlreadyDone,
    /// Another run is at it.
    Busy,
    /// It failed, in words; what it did before is kept.
    Failed(String),
    /// It could not begin, in words.
    NotBegun(String),
}

/// Makes a run: `work` gets the started run, and gives back its summary or what failed, in words.
pub async fn run(
    suite: &Suite,
    run: &Run<'_>,
    work: impl AsyncFnOnce(&StartedRun) -> Result<Value, String>,
) -> Outcome {
    let started_at = crate::clock::now();
    let outcome = recorded(suite, run, started_at, work).await;
    write_line(suite, run.job, started_at, &outcome);
    outcome
}

async fn recorded(
    suite: &Suite,
    run: &Run<'_>,
    now: UnixMillis,
    work: impl AsyncFnOnce(&StartedRun) -> Result<Value, String>,
) -> Outcome {
    let request = RunRequest {
        job: run.job,
        scheduled_time: run.scheduled_time,
        worker: run.worker,
        now,
        lease_ms: run.lease_ms,
    };
    let started = match begin(&suite.database, &request).await {
        Ok(Begun::Started(started)) => started,
        Ok(Begun::AlreadyDone) => return Outcome::AlreadyDone,
        Ok(Begun::Busy { .. }) => return Outcome::Busy,
        Ok(Begun::SchemaMismatch { found }) => {
            return Outcome::NotBegun(SchemaState::of(found).remedy().unwrap_or_default());
        }
        Err(error) => return Outcome::NotBegun(error.to_string()),
    };
    let (outcome, recorded) = match work(&started).await {
        Ok(summary) => {
            let now = crate::clock::now();
            let recorded = started.finish_ok(&suite.database, now, &summary).await;
            (Outcome::Done(summary), recorded)
        }
        Err(error) => {
            let now = crate::clock::now();
            let recorded = started.finish_failed(&suite.database, now, &error).await;
            (Outcome::Failed(error), recorded)
        }
    };
    match recorded {
        Ok(true) => outcome,
        Ok(false) => Outcome::Failed(
            "the run took longer than its lease and another has taken its place; what it did is kept"
                .to_owned(),
        ),
        Err(error) => Outcome::Failed(format!("the run could not be recorded: {error}")),
    }
}

/// What was not due leaves no line.
fn write_line(suite: &Suite, job: &str, started_at: UnixMillis, outcome: &Outcome) {
    let (status, summary, error) = match outcome {
        Outcome::AlreadyDone | Outcome::Busy => return,
        Outcome::Done(summary) => ("ok", summary, None),
        Outcome::Failed(error) | Outcome::NotBegun(error) => ("failed", &Value::Null, Some(error)),
    };
    let line = json!({
        "event": "job",
        "job": job,
        "status": status,
        "summary": summary,
        "error": error,
        "duration_ms": crate::clock::now().0 - started_at.0,
        "rows_read": suite.database.rows_read(),
        "rows_written": suite.database.rows_written(),
        "longest_batch_ms": suite.database.longest_batch_ms(),
    });
    if error.is_some() {
        crate::log::error(&line);
    } else {
        crate::log::info(&line);
    }
}
