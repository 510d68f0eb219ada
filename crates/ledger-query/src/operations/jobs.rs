//! Runs of the scheduled jobs.

use cost_calculation::UnixMillis;
use query_parameters::Parameters;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::ask::{problem::QueryError, reader::Reader};
use ledger_core::database::{Database, Rows, Statement};
use reporting_days::calendar::iso;

/// The parameters of `/jobs`.
pub const JOB_PARAMETERS: [&str; 3] = ["job", "limit", "offset"];

/// The contract's `JobRun`.
#[derive(Debug, Clone, Serialize)]
pub struct JobRun {
    job: String,
    worker: String,
    scheduled_time: String,
    status: String,
    attempt: i64,
    started_at: String,
    finished_at: Option<String>,
    error: Option<String>,
    summary: Map<String, Value>,
}

/// The contract's `JobRunList`.
#[derive(Debug, Serialize)]
pub struct JobRunList {
    items: Vec<JobRun>,
    limit: u64,
    offset: u64,
    total_count: i64,
}

#[derive(Deserialize)]
struct JobRow {
    job: String,
    worker: String,
    scheduled_time: i64,
    status: String,
    attempt: i64,
    started_at: i64,
    finished_at: Option<i64>,
    error: Option<String>,
    summary: String,
}

const RUN: &str = "json_object('job', job, 'worker', worker, 'scheduled_time', scheduled_time,
  'status', status, 'attempt', attempt, 'started_at', started_at, 'finished_at', finished_at,
  'error', error, 'summary', summary)";

/// The runs of a job by the primary key, of all jobs by the index on the start.
fn page_sql(is_one_job: bool) -> String {
    let (table, condition, order) = if is_one_job {
        ("job_runs", "job = ?1 ->> 'job'", "scheduled_time DESC")
    } else {
        (
            "job_runs INDEXED BY job_runs_by_start",
            "true",
            "started_at DESC, job DESC, scheduled_time DESC",
        )
    };
    format!(
        "SELECT {RUN} FROM {table} WHERE {condition}
ORDER BY {order} LIMIT ?1 ->> 'limit' OFFSET ?1 ->> 'offset'"
    )
}

fn count_sql(is_one_job: bool) -> &'static str {
    if is_one_job {
        "SELECT json_array(COUNT(*)) FROM job_runs WHERE job = ?1 ->> 'job'"
    } else {
        "SELECT json_array(COUNT(*)) FROM job_runs INDEXED BY job_runs_by_start"
    }
}

/// Reads rows of job runs.
pub(crate) fn read_runs(rows: &Rows) -> Result<Vec<JobRun>, QueryError> {
    Ok(rows
        .decode::<JobRow>()?
        .into_iter()
        .map(|row| JobRun {
            job: row.job,
            worker: row.worker,
            scheduled_time: iso(UnixMillis(row.scheduled_time)),
            status: row.status,
            attempt: row.attempt,
            started_at: iso(UnixMillis(row.started_at)),
            finished_at: row.finished_at.map(|at| iso(UnixMillis(at))),
            error: row.error,
            // A summary that is no object says nothing that a reader could use.
            summary: serde_json::from_str(&row.summary).unwrap_or_default(),
        })
        .collect())
}

impl<D: Database> Reader<'_, D> {
    /// `GET /jobs`.
    pub async fn job_runs(&self, parameters: &Parameters) -> Result<JobRunList, QueryError> {
        let page = parameters.page()?;
        let job = parameters.nonempty("job")?;
        let values = json!({ "job": job, "limit": page.limit, "offset": page.offset });
        let rows = self
            .database
            .batch(&[
                Statement::with(page_sql(job.is_some()), &values)?,
                // Without a job the statement has no parameter.
                if job.is_some() {
                    Statement::with(count_sql(true), &values)?
                } else {
                    Statement::new(count_sql(false))
                },
            ])
            .await?;
        let [runs, count] = rows.as_slice() else {
            return Err(QueryError::unreadable(
                "a batch of two gave other than two answers",
            ));
        };
        let (total_count,): (i64,) = count.first()?.unwrap_or_default();
        page.check(total_count)?;
        Ok(JobRunList {
            items: read_runs(runs)?,
            limit: page.limit,
            offset: page.offset,
            total_count,
        })
    }

    /// The newest runs of a job, newest first.
    pub(crate) async fn newest_runs(
        &self,
        job: &str,
        limit: u32,
    ) -> Result<Vec<JobRun>, QueryError> {
        let values = json!({ "job": job, "limit": limit, "offset": 0 });
        read_runs(
            &self
                .database
                .query(Statement::with(page_sql(true), &values)?)
                .await?,
        )
    }
}
