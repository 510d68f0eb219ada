//! The jobs that keep the ledger: one run of each, within its lease and with its record.
use std::time::Duration;

use cost_calculation::{DAY_MS, UnixMillis};
use edge::Suite;
use edge::d1::D1;
use edge::suite::number;
use edge::worker_kit::job::{self, Outcome, Run};
use ledger_core::job_runs::StartedRun;
use ledger_core::{Database, DatabaseError, Rows, Statement};
use ledger_keep::archive::{ArchiveConfig, ArchiveSummary, archive_sessions};
use ledger_keep::change_reporting_zone::{
    ZoneChangeConfig, continue_zone_change, newest_zone_change,
};
use ledger_keep::record_retention::forget_old_records;
use ledger_keep::reprice::{RepriceConfig, RepriceSummary, WINDOW_MS_DEFAULT, reprice_unpriced};
use ledger_keep::rerate::{RerateConfig, continue_rerate, newest_rerate};
use ledger_keep::verify::{VerifyConfig, verify_slices};
use plans::{ReconcileConfig, ResetConfig, reconcile_usage, reset_usage};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use worker::{Delay, Env};

use crate::settings;

/// Longer than the runtime lets a scheduled handler live (15 minutes).
const LEASE_MS: i64 = 20 * 60 * 1_000;

/// Between two batches of a job: enough for the runtime to look what else waits.
const PAUSE: Duration = Duration::from_millis(1);

/// The database, with a pause before each batch. Where the runtime and the database are one process
/// (`make dev`), a job would otherwise keep every request waiting until it ends.
pub(crate) struct Unhurried<'a>(pub(crate) &'a D1);

impl Database for Unhurried<'_> {
    async fn batch(&self, statements: &[Statement]) -> Result<Vec<Rows>, DatabaseError> {
        Delay::from(PAUSE).await;
        self.0.batch(statements).await
    }
}

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
    /// Goes on with a re-rating, where one is under way.
    Rerate,
    /// Opens the periods of plans that are due and closes those whose grace is over.
    UsageReset,
    /// Recounts a part of the counters of plans.
    UsageReconcile,
}

impl Job {
    /// Those that run once an hour, whatever there is to do: what people see first comes first.
    pub(crate) const HOURLY: [Self; 3] = [Self::Reprice, Self::Verify, Self::Archive];

    /// Its name in `job_runs`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Reprice => "reprice",
            Self::Verify => "verify",
            Self::Archive => "archive",
            Self::ChangeZone => "reporting-time-zone",
            Self::Rerate => "rerate",
            Self::UsageReset => "usage-reset",
            Self::UsageReconcile => "usage-reconcile",
        }
    }
}

/// Whether a change of the reporting time zone is under way.
pub(crate) async fn is_zone_changing(suite: &Suite) -> Result<bool, String> {
    let newest = newest_zone_change(&suite.database).await;
    let newest = newest.map_err(|error| error.to_string())?;
    Ok(newest.is_some_and(|change| change.finished_at.is_none()))
}

/// Whether a re-rating is under way.
pub(crate) async fn is_rerating(suite: &Suite) -> Result<bool, String> {
    let newest = newest_rerate(&suite.database).await;
    let newest = newest.map_err(|error| error.to_string())?;
    Ok(newest.is_some_and(|run| run.finished_at.is_none()))
}

/// One run of a job, within its lease, with its record and its line in the log.
pub(crate) async fn run(job: Job, env: &Env, suite: &Suite, scheduled_time: UnixMillis) -> Outcome {
    let run = Run {
        job: job.name(),
        worker: "analytics-tracker",
        scheduled_time,
        lease_ms: LEASE_MS,
    };
    job::run(suite, &run, async |started| {
        work(job, env, suite, scheduled_time, started).await
    })
    .await
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
        Job::Archive => archive_and_forget(env, suite).await,
        // They would report every day that is still to be moved.
        Job::Verify | Job::UsageReconcile if is_zone_changing(suite).await? => {
            Ok(json!({ "waits_for": Job::ChangeZone.name() }))
        }
        Job::ChangeZone => {
            let config = ZoneChangeConfig::default();
            let change =
                continue_zone_change(&Unhurried(&suite.database), &config, edge::clock::now).await;
            change
                .map(|change| json!(change))
                .map_err(|error| error.to_string())
        }
        Job::Verify => {
            let config = VerifyConfig::default();
            let summary =
                verify_slices(&Unhurried(&suite.database), &config, edge::clock::now).await;
            summary
                .map(|summary| json!(summary))
                .map_err(|error| error.to_string())
        }
        Job::Rerate => {
            let config = rerate_config(env)?;
            let run = continue_rerate(&Unhurried(&suite.database), &config, edge::clock::now).await;
            run.map(|run| {
                run.map_or_else(
                    || json!({}),
                    |run| {
                        json!({
                            "id": run.id,
                            "examined_count": run.changes.examined_count,
                            "changed_count": run.changes.total.interaction_count,
                            "refused_count": run.changes.refused_count,
                            "is_more": run.finished_at.is_none(),
                        })
                    },
                )
            })
            .map_err(|error| error.to_string())
        }
        Job::UsageReset => {
            let config = ResetConfig::default();
            let summary = reset_usage(&Unhurried(&suite.database), &config, edge::clock::now).await;
            summary
                .map(|summary| json!(summary))
                .map_err(|error| error.to_string())
        }
        Job::UsageReconcile => {
            let last = started.last_ok.as_ref();
            let place = last.and_then(|run| place_in(&run.summary));
            let config = ReconcileConfig::default();
            let database = Unhurried(&suite.database);
            let summary = reconcile_usage(&database, place, &config, edge::clock::now).await;
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

/// Moves old sessions, and forgets old records of runs, findings and refusals.
async fn archive_and_forget(env: &Env, suite: &Suite) -> Result<Value, String> {
    let summary = archive(env, suite, false).await?;
    let forgotten = forget_old_records(&suite.database, edge::clock::now())
        .await
        .map_err(|error| error.to_string())?;
    let mut summary = json!(summary);
    if let Value::Object(summary) = &mut summary {
        summary.insert("forgotten".to_owned(), json!(forgotten));
    }
    Ok(summary)
}

/// Moves old sessions, or with `dry_run` says what would move.
pub(crate) async fn archive(
    env: &Env,
    suite: &Suite,
    dry_run: bool,
) -> Result<ArchiveSummary, String> {
    let days = number(env, "RETENTION_DAYS", 365, 30..=3_660).map_err(|problem| problem.detail)?;
    let config = ArchiveConfig {
        // What may still get a price stays where re-pricing looks.
        retention_ms: days.max(reprice_days(env)?) * DAY_MS,
        dry_run,
        ..ArchiveConfig::default()
    };
    archive_sessions(&Unhurried(&suite.database), &config, edge::clock::now)
        .await
        .map_err(|error| error.to_string())
}

/// The bounds of one call that estimates again: within what one invocation may take of statements and
/// time.
pub(crate) fn rerate_config(env: &Env) -> Result<RerateConfig, String> {
    let limits = settings::limits(env).map_err(|problem| problem.detail)?;
    Ok(RerateConfig {
        chunk_interactions: 1_000,
        chunks_max: 50,
        time_ms_max: 20_000,
        interaction_cost_max: limits.interaction_cost_max,
        new_token: edge::clock::random_id,
    })
}

fn reprice_days(env: &Env) -> Result<i64, String> {
    number(env, "REPRICE_DAYS", WINDOW_MS_DEFAULT / DAY_MS, 1..=400)
        .map_err(|problem| problem.detail)
}

async fn reprice(
    env: &Env,
    suite: &Suite,
    started: &StartedRun,
    run_id: &str,
) -> Result<RepriceSummary, String> {
    let limits = settings::limits(env).map_err(|problem| problem.detail)?;
    let config = RepriceConfig {
        window_ms: reprice_days(env)? * DAY_MS,
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
    reprice_unpriced(
        &Unhurried(&suite.database),
        place,
        &first_day,
        run_id,
        now,
        &config,
    )
    .await
    .map_err(|error| error.to_string())
}

/// Where the last run came to; a summary without it (of an older release) begins anew.
fn place_in<T: DeserializeOwned>(summary: &Value) -> Option<T> {
    serde_json::from_value(summary.get("place")?.clone()).ok()
}

#[cfg(test)]
mod tests {
    use ledger_keep::reprice::RepricePlace;

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
        assert_eq!(place_in::<RepricePlace>(&json!({})), None);
    }
}
