//! The record of every scheduled run, and the lease that keeps two runs of one job apart.
//!
//! A run is named by its job and the time it was scheduled for. workers-rs drops the error of a
//! scheduled handler, and Cloudflare may call it twice or not at all; so a job does this:
//!
//! 1. [`begin`] with the [`slot`] of the job's period. Called on every tick of a shorter cron, a
//!    run is then done once, tried again at the next tick if it failed, and caught up if a tick
//!    was missed.
//! 2. Work, going on from [`StartedRun::last_ok`] if the job keeps its place in its summary.
//! 3. [`StartedRun::finish_ok`] or [`StartedRun::finish_failed`], and log the same.
//!
//! A run that dies without a word holds its lease until it expires; the next `begin` of the job
//! marks it as failed.

use cost_calculation::UnixMillis;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    database::{Database, DatabaseError, Statement},
    schema::SCHEMA_VERSION,
};

/// The most bytes of an error that a run keeps.
const ERROR_BYTES_MAX: usize = 2_000;

/// A run that is about to start.
#[derive(Debug, Clone, Copy)]
pub struct RunRequest<'a> {
    /// The job: `archive`, `verify`, `pricing-sync`.
    pub job: &'a str,
    /// The time it was scheduled for: the cron's, or its [`slot`].
    pub scheduled_time: UnixMillis,
    /// The Worker that runs it.
    pub worker: &'a str,
    /// The time now.
    pub now: UnixMillis,
    /// How long the run may take; past it, another may start. Longer than the runtime lets a
    /// scheduled handler live (15 minutes), unless the job stops itself sooner.
    pub lease_ms: i64,
}

/// What [`begin`] found.
#[derive(Debug, Clone, PartialEq)]
pub enum Begun {
    /// The run is this caller's: do the work, then finish it.
    Started(StartedRun),
    /// The same run has succeeded already: there is nothing to do.
    AlreadyDone,
    /// Another run of the job holds the lease until then.
    Busy {
        /// When the lease ends, unless it is finished sooner.
        lease_until: UnixMillis,
    },
    /// The database's schema is not this software's: nothing was written.
    SchemaMismatch {
        /// The database's version.
        found: i64,
    },
}

/// A run that holds its job's lease.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a run that is not finished holds its lease until it expires"]
pub struct StartedRun {
    job: String,
    scheduled_time: UnixMillis,
    /// 1 for the first try.
    pub attempt: u32,
    /// The job's latest run that succeeded, with its summary; `None` if there is none.
    pub last_ok: Option<Box<RunRecord>>,
}

/// A run as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// The job's name.
    pub job: String,
    /// The time it was scheduled for, unix milliseconds.
    pub scheduled_time: i64,
    /// The Worker that ran it.
    pub worker: String,
    /// `running`, `ok` or `failed`.
    pub status: String,
    /// 1 for the first try.
    pub attempt: u32,
    /// When the last try started, unix milliseconds.
    pub started_at: i64,
    /// When it ended.
    pub finished_at: Option<i64>,
    /// Until when it keeps others from starting.
    pub lease_until: Option<i64>,
    /// Why it failed.
    pub error: Option<String>,
    /// What it did: a JSON object.
    pub summary: Value,
}

/// How a job stands: for `/health`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobStanding {
    /// The job's name.
    pub job: String,
    /// The latest run's status; `failed` too where its lease expired without a word.
    pub status: String,
    /// When the latest run was scheduled for, unix milliseconds.
    pub scheduled_time: i64,
    /// Why the latest run failed.
    pub error: Option<String>,
    /// When the latest success ended, unix milliseconds.
    pub last_ok_at: Option<i64>,
    /// Runs that failed since the latest success.
    pub failed_since_ok: u32,
}

/// The start of the period that `now` falls into: the scheduled time of a run that is due once in
/// each period. A period below one millisecond counts as one.
pub const fn slot(now: UnixMillis, period_ms: i64) -> UnixMillis {
    let period_ms = if period_ms < 1 { 1 } else { period_ms };
    UnixMillis(now.0 - now.0.rem_euclid(period_ms))
}

// Index job_runs_running. A lease that ends further ahead than any lease lasts was taken while a
// clock ran ahead: it would keep its job from running until then.
const END_DEAD_RUNS: &str = "
UPDATE job_runs SET status = 'failed', finished_at = MIN(lease_until, ?1 ->> 'now'),
  lease_until = NULL, error = 'the run ended without a word: its lease expired'
WHERE job = ?1 ->> 'job' AND status = 'running'
  AND (lease_until <= ?1 ->> 'now' OR lease_until > ?1 ->> 'lease_until_max')
  AND EXISTS (SELECT 1 FROM ledger_state WHERE schema_version = ?1 ->> 'schema_version')";

const TAKE_LEASE: &str = "
INSERT INTO job_runs (job, scheduled_time, worker, status, attempt, started_at, lease_until,
  summary)
SELECT ?1 ->> 'job', ?1 ->> 'scheduled_time', ?1 ->> 'worker', 'running', 1, ?1 ->> 'now',
  ?1 ->> 'lease_until', '{}'
WHERE NOT EXISTS (SELECT 1 FROM job_runs r WHERE r.job = ?1 ->> 'job' AND r.status = 'running')
  AND EXISTS (SELECT 1 FROM ledger_state WHERE schema_version = ?1 ->> 'schema_version')
ON CONFLICT (job, scheduled_time) DO UPDATE SET
  worker = excluded.worker, status = 'running', attempt = job_runs.attempt + 1,
  started_at = excluded.started_at, finished_at = NULL, lease_until = excluded.lease_until,
  error = NULL, summary = '{}'
WHERE job_runs.status = 'failed'
RETURNING json_array(attempt)";

const BUSY_UNTIL: &str = "
SELECT json_array(lease_until) FROM job_runs WHERE job = ?1 ->> 'job' AND status = 'running'";

const FOUND_SCHEMA: &str = "SELECT json_array(schema_version) FROM ledger_state";

const RECORD: &str = "json_object('job', r.job, 'scheduled_time', r.scheduled_time,
  'worker', r.worker, 'status', r.status, 'attempt', r.attempt, 'started_at', r.started_at,
  'finished_at', r.finished_at, 'lease_until', r.lease_until, 'error', r.error,
  'summary', json(r.summary))";

/// Takes the lease of a run, if it is free and the run is not done yet.
///
/// An answer that gets lost leaves the lease taken: the run is tried again when it has expired.
pub async fn begin<D: Database>(
    database: &D,
    request: &RunRequest<'_>,
) -> Result<Begun, DatabaseError> {
    let lease_ms = request.lease_ms.max(1);
    let parameter = serde_json::json!({
        "job": request.job,
        "scheduled_time": request.scheduled_time.0,
        "worker": request.worker,
        "now": request.now.0,
        "lease_until": request.now.0.saturating_add(lease_ms),
        // Twice the lease: clocks of two runs differ by less.
        "lease_until_max": request.now.0.saturating_add(lease_ms.saturating_mul(2)),
        "schema_version": SCHEMA_VERSION,
    })
    .to_string();
    // Not a run of a clock that ran ahead: its place would be taken for the newest ever after.
    let last_ok = format!(
        "SELECT {RECORD} FROM job_runs r WHERE r.job = ?1 ->> 'job' AND r.status = 'ok'
           AND r.scheduled_time <= ?1 ->> 'now'
         ORDER BY r.scheduled_time DESC LIMIT 1"
    );
    let rows = database
        .batch(&[
            Statement::with_json(END_DEAD_RUNS, parameter.clone()),
            Statement::with_json(TAKE_LEASE, parameter.clone()),
            Statement::with_json(last_ok, parameter.clone()),
            Statement::with_json(BUSY_UNTIL, parameter),
            Statement::new(FOUND_SCHEMA),
        ])
        .await?;
    let [_, taken, last_ok, busy, schema] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no answers".to_owned()));
    };
    if let Some((attempt,)) = taken.first::<(u32,)>()? {
        return Ok(Begun::Started(StartedRun {
            job: request.job.to_owned(),
            scheduled_time: request.scheduled_time,
            attempt,
            last_ok: last_ok.first()?,
        }));
    }
    let found = schema.first::<(i64,)>()?.map_or(0, |(found,)| found);
    if found != SCHEMA_VERSION {
        return Ok(Begun::SchemaMismatch { found });
    }
    Ok(busy
        .first::<(i64,)>()?
        .map_or(Begun::AlreadyDone, |(until,)| Begun::Busy {
            lease_until: UnixMillis(until),
        }))
}

impl StartedRun {
    /// Records the success and what was done (a JSON object). `false` if the lease had expired and
    /// another try has taken the run over: then nothing was recorded.
    pub async fn finish_ok<D: Database>(
        &self,
        database: &D,
        now: UnixMillis,
        summary: &impl Serialize,
    ) -> Result<bool, DatabaseError> {
        let summary = serde_json::to_string(summary)
            .map_err(|error| DatabaseError::Decode(error.to_string()))?;
        self.finish(database, "ok", now, None, &summary).await
    }

    /// Records why the run failed. `false` as with [`StartedRun::finish_ok`].
    pub async fn finish_failed<D: Database>(
        &self,
        database: &D,
        now: UnixMillis,
        error: &str,
    ) -> Result<bool, DatabaseError> {
        let error = error
            .get(..error.floor_char_boundary(ERROR_BYTES_MAX))
            .unwrap_or(error);
        self.finish(database, "failed", now, Some(error), "{}")
            .await
    }

    async fn finish<D: Database>(
        &self,
        database: &D,
        status: &str,
        now: UnixMillis,
        error: Option<&str>,
        summary: &str,
    ) -> Result<bool, DatabaseError> {
        // The second statement makes a repeat after a lost answer find its own record.
        const FINISH: &str = "
UPDATE job_runs SET status = ?1 ->> 'status', finished_at = ?1 ->> 'now', lease_until = NULL,
  error = ?1 ->> 'error', summary = ?1 ->> 'summary'
WHERE job = ?1 ->> 'job' AND scheduled_time = ?1 ->> 'scheduled_time'
  AND attempt = ?1 ->> 'attempt' AND status = 'running'";
        const FINISHED: &str = "
SELECT json_array(1) FROM job_runs
WHERE job = ?1 ->> 'job' AND scheduled_time = ?1 ->> 'scheduled_time'
  AND attempt = ?1 ->> 'attempt' AND status = ?1 ->> 'status'";
        let parameter = serde_json::json!({
            "job": self.job,
            "scheduled_time": self.scheduled_time.0,
            "attempt": self.attempt,
            "status": status,
            "now": now.0,
            "error": error,
            "summary": summary,
        })
        .to_string();
        let rows = database
            .batch(&[
                Statement::with_json(FINISH, parameter.clone()),
                Statement::with_json(FINISHED, parameter),
            ])
            .await?;
        Ok(rows.last().is_some_and(|finished| !finished.is_empty()))
    }
}

/// How these jobs stand, by name; one that never ran is left out.
pub async fn standings<D: Database>(
    database: &D,
    jobs: &[&str],
    now: UnixMillis,
) -> Result<Vec<JobStanding>, DatabaseError> {
    // The primary key: each job's runs from the newest on, as far as its latest success.
    const STANDINGS: &str = "
WITH latest AS (
  SELECT j.value AS job,
    (SELECT MAX(r.scheduled_time) FROM job_runs r
     WHERE r.job = j.value AND r.scheduled_time <= ?1 ->> 'now') AS scheduled_time,
    (SELECT r.scheduled_time FROM job_runs r
     WHERE r.job = j.value AND r.scheduled_time <= ?1 ->> 'now' AND r.status = 'ok'
     ORDER BY r.scheduled_time DESC LIMIT 1) AS ok_scheduled_time
  FROM json_each(?1, '$.jobs') j)
SELECT json_object('job', l.job,
  'status', iif(r.status = 'running' AND r.lease_until <= ?1 ->> 'now', 'failed', r.status),
  'scheduled_time', r.scheduled_time,
  'error', iif(r.status = 'running' AND r.lease_until <= ?1 ->> 'now',
    'the run ended without a word: its lease expired', r.error),
  'last_ok_at', (SELECT finished_at FROM job_runs o
                 WHERE o.job = l.job AND o.scheduled_time = l.ok_scheduled_time),
  'failed_since_ok', (SELECT COUNT(*) FROM job_runs f
                      WHERE f.job = l.job AND f.scheduled_time > COALESCE(l.ok_scheduled_time, -1)
                        AND f.scheduled_time <= ?1 ->> 'now'
                        AND (f.status = 'failed'
                          OR (f.status = 'running' AND f.lease_until <= ?1 ->> 'now'))))
FROM latest l CROSS JOIN job_runs r ON r.job = l.job AND r.scheduled_time = l.scheduled_time
ORDER BY l.job";
    let parameter = serde_json::json!({ "jobs": jobs, "now": now.0 });
    database
        .query(Statement::with(STANDINGS, &parameter)?)
        .await?
        .decode()
}
