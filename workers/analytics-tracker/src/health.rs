//! `GET /health`: whether an event would be recorded now, and whether the ledger is being kept.
//!
//! Open to anyone: it names no error of a run and no row. `GET /jobs` and `GET /integrity` have
//! those, for a key of scope `read`.
use chrono::{DateTime, SecondsFormat};
use cost_calculation::{DAY_MS, UnixMillis};
use edge::Problem;
use edge::respond::json;
use ledger_core::database::DatabaseError;
use ledger_core::job_runs::{JobStanding, standings};
use ledger_core::record_error::RecordError;
use ledger_core::schema::{self, SchemaState};
use ledger_core::verification_report::{IntegrityStatus, integrity_status};
use ledger_core::write_guard;
use ledger_record::{ingest_rejections, left_out};
use serde_json::{Value, json};
use worker::Response;

use crate::admin::plans::refused;
use crate::keeping::jobs::Job;
use crate::keeping::run_job::PERIOD_MS;
use crate::settings::IngestMode;
use crate::visit::Visit;

/// A job without a success for so long is late: three of its runs did not come or failed.
const LATE_MS: i64 = 3 * PERIOD_MS;

/// A counter that differed is told for a day, though it was corrected.
const DRIFT_MS: i64 = 24 * PERIOD_MS;

/// The late refusals and what was left out that are counted: of seven days, refusals so many.
const LATE_REJECTIONS_MS: i64 = 7 * 24 * PERIOD_MS;
const LATE_REJECTIONS_MAX: u32 = 1_000;

/// The answer: 200 where the database answers and is of this Worker's schema and zone.
pub(crate) async fn health(visit: &Visit<'_>) -> Result<Response, Problem> {
    let mode = IngestMode::of(visit.env)?;
    let (database, detail) = database(visit).await;
    let mut body = json!({
        "status": "down",
        "worker": "analytics-tracker",
        "database": database,
        "detail": detail,
        "ingest_mode": mode.as_str(),
    });
    if database != "ok" {
        return json(503, &body);
    }
    let now = visit.received_at;
    let jobs = Job::HOURLY.into_iter().chain([
        Job::ChangeZone,
        Job::Rerate,
        Job::UsageReset,
        Job::UsageReconcile,
    ]);
    let names: Vec<&str> = jobs.map(Job::name).collect();
    let jobs = standings(&visit.suite.database, &names, now).await?;
    let verification = integrity_status(&visit.suite.database).await?;
    let since = now.0 - LATE_REJECTIONS_MS;
    let late_rejections =
        ingest_rejections::count_since(&visit.suite.database, since, LATE_REJECTIONS_MAX).await?;
    let first_day = visit.suite.reporting_zone.day(UnixMillis(since));
    let left_out = ledger_record::left_out::sum_since(&visit.suite.database, &first_day).await?;
    let drifts = plans::drifts_since(&visit.suite.database, UnixMillis(now.0 - DRIFT_MS))
        .await
        .map_err(|error| refused(&error))?;
    let yesterday = visit.suite.reporting_zone.day(UnixMillis(now.0 - DAY_MS));
    let without_room = left_out::count_without_room(&visit.suite.database, &yesterday).await?;
    let needs_care = care(&jobs, verification, without_room, now, drifts);
    if let Some(body) = body.as_object_mut() {
        let status = if needs_care.is_some() {
            "degraded"
        } else {
            "ok"
        };
        body.insert("status".to_owned(), json!(status));
        body.insert("detail".to_owned(), json!(needs_care));
        body.insert("late_rejections".to_owned(), json!(late_rejections));
        body.insert("refused_for_want_of_room".to_owned(), json!(without_room));
        body.insert("left_out".to_owned(), json!(left_out));
        body.insert("verification".to_owned(), json!(verification));
        let jobs: Vec<Value> = jobs.iter().map(|job| to_json(job, now)).collect();
        body.insert("jobs".to_owned(), json!(jobs));
    }
    json(200, &body)
}

/// How the database stands, and what to do about it.
async fn database(visit: &Visit<'_>) -> (&'static str, Option<String>) {
    let checked = write_guard::check(&visit.suite.database, visit.suite.reporting_zone).await;
    match checked {
        Ok(()) => ("ok", None),
        Err(
            RecordError::SchemaMismatch { .. }
            | RecordError::Database(DatabaseError::NoSuchTable(_)),
        ) => {
            let state = schema::check(&visit.suite.database).await;
            ("schema-mismatch", state.ok().and_then(SchemaState::remedy))
        }
        Err(error @ RecordError::ZoneMismatch { .. }) => ("zone-mismatch", Some(error.to_string())),
        // What it says of its inside is for the log.
        Err(_) => (
            "unreachable",
            Some("the database does not answer".to_owned()),
        ),
    }
}

fn is_late(job: &JobStanding, now: UnixMillis) -> bool {
    let is_hourly = Job::HOURLY.iter().any(|hourly| hourly.name() == job.job);
    let last = job.last_ok_at.filter(|_| is_hourly);
    last.is_some_and(|at| now.0.saturating_sub(at) > LATE_MS)
}

/// What needs a person's care, in words.
fn care(
    jobs: &[JobStanding],
    verification: IntegrityStatus,
    without_room: u64,
    now: UnixMillis,
    drifts: i64,
) -> Option<String> {
    let names = |cares: &dyn Fn(&JobStanding) -> bool| -> Vec<&str> {
        jobs.iter()
            .filter(|job| cares(job))
            .map(|job| job.job.as_str())
            .collect()
    };
    let failing = names(&|job| job.failed_since_ok > 0);
    let late = names(&|job| job.failed_since_ok == 0 && is_late(job, now));
    let mut words = Vec::new();
    if !failing.is_empty() {
        words.push(format!(
            "{} failed and will be tried again: GET /jobs says why",
            failing.join(", ")
        ));
    }
    if !late.is_empty() {
        words.push(format!(
            "{} did not run for three hours: look whether the cron triggers are there",
            late.join(", ")
        ));
    }
    if verification == IntegrityStatus::Broken {
        words.push(
            "the verification found a difference that a person must look at: GET /integrity shows it"
                .to_owned(),
        );
    }
    if drifts > 0 {
        words.push(format!(
            "{drifts} counters of plans differed from the ledger in the last day and were corrected: GET \
             /jobs?job=usage-reconcile says when"
        ));
    }
    if without_room > 0 {
        words.push(format!(
            "{without_room} events were refused since yesterday, as a sum was full or a key declared more \
             than its limit: GET /left-out names their keys"
        ));
    }
    (!words.is_empty()).then(|| words.join("; "))
}

fn to_json(job: &JobStanding, now: UnixMillis) -> Value {
    let last_ok_at = job
        .last_ok_at
        .and_then(DateTime::from_timestamp_millis)
        .map(|moment| moment.to_rfc3339_opts(SecondsFormat::Millis, true));
    json!({
        "job": job.job,
        "status": if job.status == "ok" && is_late(job, now) { "late" } else { &job.status },
        "last_ok_at": last_ok_at,
        "failed_since_ok": job.failed_since_ok,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(job: &str, failed_since_ok: u32, last_ok_at: Option<i64>) -> JobStanding {
        JobStanding {
            job: job.to_owned(),
            status: if failed_since_ok > 0 { "failed" } else { "ok" }.to_owned(),
            scheduled_time: 0,
            error: None,
            last_ok_at,
            failed_since_ok,
        }
    }

    #[test]
    fn a_failed_job_a_late_one_and_a_broken_ledger_need_care() {
        let now = UnixMillis(10 * PERIOD_MS);
        let fresh = Some(now.0 - PERIOD_MS);
        let care = |jobs: &[JobStanding], verification| care(jobs, verification, 0, now, 0);
        let well = [standing("verify", 0, fresh)];
        assert_eq!(care(&well, IntegrityStatus::Repaired), None);
        assert_eq!(care(&[], IntegrityStatus::Unverified), None);
        let broken = care(&well, IntegrityStatus::Broken).unwrap();
        assert!(broken.contains("GET /integrity"), "{broken}");
        let refused = super::care(&well, IntegrityStatus::Sound, 3, now, 0).unwrap();
        assert!(refused.starts_with("3 events were refused"), "{refused}");
        let ill = [
            standing("archive", 2, fresh),
            standing("verify", 0, Some(now.0 - LATE_MS - 1)),
        ];
        assert!(super::care(&well, IntegrityStatus::Sound, 0, now, 2).is_some());
        let words = care(&ill, IntegrityStatus::Sound).unwrap();
        assert!(
            words.contains("archive failed") && words.contains("verify did not run"),
            "{words}"
        );
        assert_eq!(to_json(&ill[1], now)["status"], "late");
        assert_eq!(to_json(&ill[0], now)["status"], "failed");
        // A change of the zone runs while there is one.
        let long_done = standing("reporting-time-zone", 0, Some(0));
        assert_eq!(to_json(&long_done, UnixMillis(9 * LATE_MS))["status"], "ok");
    }
}
