//! The jobs that keep the ledger: which tick starts which, and one run of each.
//!
//! Every tick offers every job its turn; the ledger's lease decides ([`ledger::job_runs`]): a run
//! is done once in its period, and a tick that was missed is caught up by the next.
use cost_calculation::UnixMillis;
use edge::respond::json;
use edge::suite::number;
use edge::{Problem, Suite};
use ledger::archive::{ArchiveConfig, archive_sessions};
use ledger::change_reporting_zone::{ZoneChangeConfig, continue_zone_change, newest_zone_change};
use ledger::job_runs::{Begun, RunRequest, StartedRun, begin, prune, slot};
use ledger::reprice::{
    RepriceConfig, RepricePlace, RepriceSummary, WINDOW_MS_DEFAULT, reprice_unpriced,
};
use ledger::verify::{VerifyConfig, verify_slices};
use serde_json::{Value, json};
use worker::{Env, Request, Response};

use crate::handle_request::Visit;
use crate::settings;

const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;
/// Longer than the runtime lets a scheduled handler live (15 minutes).
const LEASE_MS: i64 = 20 * 60 * 1_000;
/// How long the record of a run is kept.
const RUNS_KEPT_MS: i64 = 90 * DAY_MS;

/// A job of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Job {
    /// Estimates again what had no price and has one now.
    Reprice,
    /// Recounts a slice against its sums.
    Verify,
    /// Moves what is older than the retention.
    Archive,
    /// Goes on with a change of the reporting time zone, where one is under way.
    ChangeZone,
}

impl Job {
    /// In the order of a tick: what people see first.
    const ALL: [Self; 4] = [Self::ChangeZone, Self::Reprice, Self::Verify, Self::Archive];

    /// Its name in `job_runs`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Reprice => "reprice",
            Self::Verify => "verify",
            Self::Archive => "archive",
            Self::ChangeZone => "reporting-time-zone",
        }
    }
}

/// How a run ended.
enum Outcome {
    Done(Value),
    /// Another run holds the lease, or this period's is done.
    NotNow,
    Failed(String),
}

/// Runs what is due at a tick. The runtime drops a handler's error, so each outcome is logged.
pub(crate) async fn run_scheduled(env: &Env) {
    let suite = match Suite::of(env) {
        Ok(suite) => suite,
        Err(problem) => {
            edge::log::error(&json!({ "event": "cron", "error": problem.detail }));
            return;
        }
    };
    for job in Job::ALL {
        if job == Job::ChangeZone && !is_zone_changing(&suite).await.unwrap_or(true) {
            continue;
        }
        let started_at = edge::clock::now();
        let rows_before = (suite.database.rows_read(), suite.database.rows_written());
        let (status, summary, error) = match run(job, env, &suite, slot(started_at, HOUR_MS)).await
        {
            Outcome::Done(summary) => ("ok", summary, None),
            Outcome::NotNow => ("not-now", Value::Null, None),
            Outcome::Failed(error) => ("failed", Value::Null, Some(error)),
        };
        let line = json!({
            "event": "job",
            "job": job.name(),
            "status": status,
            "summary": summary,
            "error": error,
            "duration_ms": edge::clock::now().0 - started_at.0,
            "rows_read": suite.database.rows_read() - rows_before.0,
            "rows_written": suite.database.rows_written() - rows_before.1,
        });
        if error.is_some() {
            edge::log::error(&line);
        } else {
            edge::log::info(&line);
        }
    }
}

/// `POST /admin/archive`, `/admin/verify` and `/admin/reprice`: the same run, now.
pub(crate) async fn run_by_admin(
    visit: &Visit<'_>,
    request: &Request,
    job: Job,
) -> Result<Response, Problem> {
    visit.admin(request).await?;
    let answer = |status: &str, summary: &Value| {
        json(
            200,
            &json!({ "job": job.name(), "status": status, "summary": summary }),
        )
    };
    match run(job, visit.env, visit.suite, visit.received_at).await {
        Outcome::Done(summary) => answer("ok", &summary),
        Outcome::NotNow => answer("running", &json!({})),
        Outcome::Failed(error) => {
            let name = job.name();
            edge::log::error(&json!({ "event": "job", "job": name, "error": error }));
            Err(Problem::unavailable(format!(
                "the job `{name}` failed and its run is recorded; what it did before is kept, and \
                 another run goes on from there"
            )))
        }
    }
}

/// A run that goes on with the change of the reporting time zone, as long as a request may take.
pub(crate) async fn change_zone(visit: &Visit<'_>) -> Result<(), Problem> {
    match run(Job::ChangeZone, visit.env, visit.suite, visit.received_at).await {
        Outcome::Done(_) | Outcome::NotNow => Ok(()),
        Outcome::Failed(error) => {
            let name = Job::ChangeZone.name();
            edge::log::error(&json!({ "event": "job", "job": name, "error": error }));
            Err(Problem::unavailable(
                "the change has begun and its run failed; what it moved is kept: send this again, \
                 or the hourly cron goes on from there",
            ))
        }
    }
}

async fn is_zone_changing(suite: &Suite) -> Result<bool, String> {
    let newest = newest_zone_change(&suite.database).await;
    let newest = newest.map_err(|error| error.to_string())?;
    Ok(newest.is_some_and(|change| change.finished_at.is_none()))
}

/// One run of a job, within its lease and with its record.
async fn run(job: Job, env: &Env, suite: &Suite, scheduled_time: UnixMillis) -> Outcome {
    let request = RunRequest {
        job: job.name(),
        scheduled_time,
        worker: "analytics-tracker",
        now: edge::clock::now(),
        lease_ms: LEASE_MS,
    };
    let started = match begin(&suite.database, &request).await {
        Ok(Begun::Started(started)) => started,
        Ok(Begun::AlreadyDone | Begun::Busy { .. }) => return Outcome::NotNow,
        Ok(Begun::SchemaMismatch { found }) => {
            return Outcome::Failed(format!(
                "the database has schema version {found}: apply the migrations or deploy the \
                 matching release"
            ));
        }
        Err(error) => return Outcome::Failed(error.to_string()),
    };
    let (outcome, recorded) = match work(job, env, suite, scheduled_time, &started).await {
        Ok(summary) => {
            let now = edge::clock::now();
            let recorded = started.finish_ok(&suite.database, now, &summary).await;
            (Outcome::Done(summary), recorded)
        }
        Err(error) => {
            let now = edge::clock::now();
            let recorded = started.finish_failed(&suite.database, now, &error).await;
            (Outcome::Failed(error), recorded)
        }
    };
    match recorded {
        Ok(_) => outcome,
        Err(error) => Outcome::Failed(error.to_string()),
    }
}

/// What a job does, as its summary.
async fn work(
    job: Job,
    env: &Env,
    suite: &Suite,
    scheduled_time: UnixMillis,
    started: &StartedRun,
) -> Result<Value, String> {
    match job {
        Job::Archive => archive(env, suite).await,
        // It would report every day that is still to be moved.
        Job::Verify if is_zone_changing(suite).await? => {
            Ok(json!({ "waits_for": Job::ChangeZone.name() }))
        }
        Job::ChangeZone => {
            let config = ZoneChangeConfig::default();
            let change = continue_zone_change(&suite.database, &config, edge::clock::now).await;
            change
                .map(|change| json!(change))
                .map_err(|error| error.to_string())
        }
        Job::Verify => {
            let config = VerifyConfig::default();
            let summary = verify_slices(&suite.database, &config, edge::clock::now).await;
            summary
                .map(|summary| json!(summary))
                .map_err(|error| error.to_string())
        }
        Job::Reprice => {
            let run_id = format!("reprice:{}:{}", scheduled_time.0, started.attempt);
            reprice(env, suite, started, &run_id)
                .await
                .map(|summary| json!(summary))
        }
    }
}

/// Moves old sessions, and forgets old records of runs.
async fn archive(env: &Env, suite: &Suite) -> Result<Value, String> {
    let days = number(env, "RETENTION_DAYS", 365, 30..=3_660).map_err(|problem| problem.detail)?;
    let config = ArchiveConfig {
        retention_ms: days * DAY_MS,
        ..ArchiveConfig::default()
    };
    let summary = archive_sessions(&suite.database, &config, edge::clock::now).await;
    let summary = summary.map_err(|error| error.to_string())?;
    let before = UnixMillis(edge::clock::now().0 - RUNS_KEPT_MS);
    prune(&suite.database, before)
        .await
        .map_err(|error| error.to_string())?;
    Ok(json!(summary))
}

async fn reprice(
    env: &Env,
    suite: &Suite,
    started: &StartedRun,
    run_id: &str,
) -> Result<RepriceSummary, String> {
    let limits = settings::limits(env).map_err(|problem| problem.detail)?;
    let days = number(env, "REPRICE_DAYS", WINDOW_MS_DEFAULT / DAY_MS, 1..=400)
        .map_err(|problem| problem.detail)?;
    let config = RepriceConfig {
        window_ms: days * DAY_MS,
        interaction_cost_max: limits.interaction_cost_max,
        ..RepriceConfig::default()
    };
    let now = edge::clock::now();
    let first_day = suite
        .reporting_zone
        .day(UnixMillis(now.0 - config.window_ms));
    let place = started
        .last_ok
        .as_ref()
        .and_then(|run| place_in(&run.summary));
    reprice_unpriced(&suite.database, place, &first_day, run_id, now, &config)
        .await
        .map_err(|error| error.to_string())
}

/// Where the last run came to; a summary without it (of an older release) begins anew.
fn place_in(summary: &Value) -> Option<RepricePlace> {
    serde_json::from_value(summary.get("place")?.clone()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_goes_on_from_the_place_in_the_last_ones_summary() {
        let place = RepricePlace {
            book_version: 7,
            after: (5, 6),
            is_done: false,
        };
        let summary = json!(RepriceSummary {
            place,
            ..RepriceSummary::default()
        });
        assert_eq!(place_in(&summary), Some(place));
        assert_eq!(place_in(&json!({})), None);
    }

    #[test]
    fn a_cron_of_the_configuration_ticks_within_each_hour() {
        assert!(include_str!("../wrangler.toml").contains("\"7 * * * *\""));
    }
}
