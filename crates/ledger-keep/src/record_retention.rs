//! How long the records of the ledger's own life are kept.
//!
//! Interactions, estimates and sums are kept for good; so is `admin_audit`, which says who changed
//! what and grows only as fast as people act. What cron and faults write has an age here, and where
//! a fault could write without end, a greatest count.

use cost_calculation::{DAY_MS, UnixMillis};
use serde::{Deserialize, Serialize};
use serde_json::json;

use ledger_core::{
    database::{Database, DatabaseError, Rows, Statement},
    schema::SCHEMA_VERSION,
};
use ledger_record::{ingest_rejections, left_out};

/// How long the record of a run is kept, but for each job's latest success: 90 days.
pub const RUNS_KEPT_MS: i64 = 90 * DAY_MS;
/// How long a finished pass of the verification is kept, but for the latest: 400 days.
pub const PASSES_KEPT_MS: i64 = 400 * DAY_MS;
/// How long a finding and its correction are kept: 400 days.
pub const FINDINGS_KEPT_MS: i64 = 400 * DAY_MS;
/// How many findings are kept, the newest.
pub const FINDINGS_KEPT_MAX: i64 = 50_000;
/// How many refusals are kept, the newest.
pub const REJECTIONS_KEPT_MAX: i64 = 50_000;

/// Rows of each table that one batch forgets.
const CHUNK_ROWS: usize = 2_000;
/// Batches in a run; what is left waits for the next one.
const CHUNKS_MAX: u32 = 10;

/// How many records were forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forgotten {
    /// Runs of jobs.
    pub run_count: u64,
    /// Passes of the verification.
    pub pass_count: u64,
    /// Findings of the verification.
    pub finding_count: u64,
    /// Refusals of queued events.
    pub rejection_count: u64,
    /// Counts of what traces held and was not taken.
    pub left_out_count: u64,
}

const GUARD: &str = "EXISTS (SELECT 1 FROM ledger_state WHERE schema_version = ?1 ->> 'schema')";

// Indexes job_runs_by_start, integrity_findings_by_time and ingest_rejections_by_time; passes are
// few, and their primary key is walked.
fn forget() -> [String; 5] {
    // By age, or by count: ids are dense.
    let of_log = |table: &str, time: &str, before: &str, kept: &str| {
        format!(
            "DELETE FROM {table} WHERE {GUARD} AND id IN (
               SELECT id FROM {table} WHERE {time} < ?1 ->> '{before}'
               UNION
               SELECT id FROM {table}
               WHERE id <= (SELECT MAX(id) FROM {table}) - (?1 ->> '{kept}')
               LIMIT ?1 ->> 'limit')
             RETURNING json_array(id)"
        )
    };
    [
        format!(
            "DELETE FROM job_runs WHERE {GUARD} AND (job, scheduled_time) IN (
               SELECT r.job, r.scheduled_time FROM job_runs r
               WHERE r.started_at < ?1 ->> 'runs_before'
                 AND r.scheduled_time < ?1 ->> 'runs_before' AND r.status <> 'running'
                 AND r.scheduled_time IS NOT (SELECT k.scheduled_time FROM job_runs k
                   WHERE k.job = r.job AND k.status = 'ok'
                   ORDER BY k.scheduled_time DESC LIMIT 1)
               LIMIT ?1 ->> 'limit')
             RETURNING json_array(job)"
        ),
        format!(
            "DELETE FROM integrity_passes WHERE {GUARD} AND id IN (
               SELECT id FROM integrity_passes WHERE finished_at < ?1 ->> 'passes_before'
                 AND id < (SELECT MAX(id) FROM integrity_passes WHERE finished_at IS NOT NULL)
               ORDER BY id LIMIT ?1 ->> 'limit')
             RETURNING json_array(id)"
        ),
        of_log(
            "integrity_findings",
            "found_at",
            "findings_before",
            "findings_max",
        ),
        of_log(
            "ingest_rejections",
            "received_at",
            "rejections_before",
            "rejections_max",
        ),
        format!(
            "DELETE FROM left_out WHERE {GUARD} AND (day, key_id, source, reason) IN (
               SELECT day, key_id, source, reason FROM left_out
               WHERE day < date((?1 ->> 'left_out_before') / 1000, 'unixepoch')
               LIMIT ?1 ->> 'limit')
             RETURNING json_array(day)"
        ),
    ]
}

/// Forgets what is older than it is kept, in chunks.
///
/// # Errors
/// The database failed; the chunks before are forgotten, and calling again goes on.
pub async fn forget_old_records<D: Database>(
    database: &D,
    now: UnixMillis,
) -> Result<Forgotten, DatabaseError> {
    let parameter = json!({
        "schema": SCHEMA_VERSION,
        "runs_before": now.0.saturating_sub(RUNS_KEPT_MS),
        "passes_before": now.0.saturating_sub(PASSES_KEPT_MS),
        "findings_before": now.0.saturating_sub(FINDINGS_KEPT_MS),
        "findings_max": FINDINGS_KEPT_MAX,
        "rejections_before": now.0.saturating_sub(ingest_rejections::KEPT_MS),
        "rejections_max": REJECTIONS_KEPT_MAX,
        "left_out_before": now.0.saturating_sub(left_out::KEPT_MS),
        "limit": CHUNK_ROWS,
    })
    .to_string();
    let statements = forget().map(|sql| Statement::with_json(sql, parameter.clone()));
    let mut forgotten = Forgotten::default();
    for _ in 0..CHUNKS_MAX {
        let rows = database.batch(&statements).await?;
        let counts: Vec<u64> = rows.iter().map(|rows| rows.len() as u64).collect();
        if let [runs, passes, findings, rejections, left_out] = counts.as_slice() {
            forgotten.run_count += runs;
            forgotten.pass_count += passes;
            forgotten.finding_count += findings;
            forgotten.rejection_count += rejections;
            forgotten.left_out_count += left_out;
        }
        if rows.iter().map(Rows::len).max() < Some(CHUNK_ROWS) {
            break;
        }
    }
    Ok(forgotten)
}
