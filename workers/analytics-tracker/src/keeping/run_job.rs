//! When a job runs: at the ticks of the cron, and when an admin asks.
use cost_calculation::UnixMillis;
use edge::respond::json;
use edge::worker_kit::job::Outcome;
use edge::{Problem, Suite};
use events::limits::EVENT_BYTES_MAX;
use events::parse_archive_request;
use ledger_core::job_runs::slot;
use serde_json::{Value, json};
use worker::{Env, Request, Response};

use crate::keeping::jobs::{self, Job};
use crate::visit::Visit;

const MINUTE_MS: i64 = 60_000;
/// How often the cron ticks; `wrangler.toml` says when.
const TICK_MS: i64 = 15 * MINUTE_MS;
/// How often each job runs.
pub(crate) const PERIOD_MS: i64 = 60 * MINUTE_MS;

/// Runs the one job whose turn it is at a tick: so each has the whole of an invocation's limits,
/// three of an hour's ticks are enough, and the fourth is there for a run that failed, a tick that
/// never came, or a change of the reporting time zone.
///
/// The runtime drops a handler's error, so every outcome is logged.
pub(crate) async fn at_tick(env: &Env, tick: UnixMillis) {
    let suite = match Suite::of(env) {
        Ok(suite) => suite,
        Err(problem) => {
            edge::log::error(&json!({ "event": "cron", "error": problem.detail }));
            return;
        }
    };
    keep_usage(env, &suite, tick).await;
    // Where it can't be read, the run says why.
    let is_zone_changing = jobs::is_zone_changing(&suite).await.unwrap_or(true);
    let is_rerating = jobs::is_rerating(&suite).await.unwrap_or(true);
    let first = [
        is_zone_changing.then_some(Job::ChangeZone),
        is_rerating.then_some(Job::Rerate),
    ];
    for job in first.into_iter().flatten().chain(in_turn(tick)) {
        match jobs::run(job, env, &suite, slot(tick, PERIOD_MS)).await {
            Outcome::AlreadyDone | Outcome::Busy => {}
            Outcome::Done(_) | Outcome::Failed(_) | Outcome::NotBegun(_) => return,
        }
    }
    edge::log::info(&json!({ "event": "cron", "status": "nothing-due" }));
}

/// What keeps plans, where anybody has one: small beside the job of the tick, and soon, since people look at
/// their usage. Periods are looked at each tick, counters once an hour.
async fn keep_usage(env: &Env, suite: &Suite, tick: UnixMillis) {
    match plans::has_subscriptions(&suite.database).await {
        Ok(false) => return,
        Ok(true) => {}
        Err(error) => {
            let error = error.to_string();
            edge::log::error(&json!({ "event": "cron", "error": error }));
        }
    }
    for (job, period_ms) in [(Job::UsageReset, TICK_MS), (Job::UsageReconcile, PERIOD_MS)] {
        // Its record and its line say how it went.
        let _ = jobs::run(job, env, suite, slot(tick, period_ms)).await;
    }
}

/// The jobs in the order in which a tick looks for one that is due: each tick begins with another,
/// so that one that fails again and again does not stand before the others.
fn in_turn(tick: UnixMillis) -> [Job; 3] {
    let mut jobs = Job::HOURLY;
    let ticks = usize::try_from(tick.0.div_euclid(TICK_MS)).unwrap_or_default();
    let first = ticks % jobs.len();
    jobs.rotate_left(first);
    jobs
}

/// `POST /admin/verify` and `/admin/reprice`: the cron's run, now.
pub(crate) async fn run(
    visit: &Visit<'_>,
    request: &Request,
    job: Job,
) -> Result<Response, Problem> {
    visit.admin(request).await?;
    run_now(visit, job).await
}

/// A run that goes on with the change of the reporting time zone, as long as a request may take.
pub(crate) async fn change_zone(visit: &Visit<'_>) -> Result<(), Problem> {
    match jobs::run(Job::ChangeZone, visit.env, visit.suite, visit.received_at).await {
        Outcome::Done(_) | Outcome::AlreadyDone | Outcome::Busy => Ok(()),
        Outcome::Failed(_) | Outcome::NotBegun(_) => Err(Problem::unavailable(
            "the change has begun and its run failed; what it moved is kept: send this again, or the \
             hourly cron goes on from there",
        )),
    }
}

/// A run that goes on with the re-rating, as long as a request may take.
pub(crate) async fn rerate(visit: &Visit<'_>) -> Result<(), Problem> {
    match jobs::run(Job::Rerate, visit.env, visit.suite, visit.received_at).await {
        Outcome::Done(_) | Outcome::AlreadyDone | Outcome::Busy => Ok(()),
        Outcome::Failed(_) | Outcome::NotBegun(_) => Err(Problem::unavailable(
            "the re-rating has begun and its run failed; what it wrote is kept: send this again, or the \
             hourly cron goes on from there",
        )),
    }
}

/// `POST /admin/archive`: the cron's run, now; or with `dry_run` what it would move.
pub(crate) async fn archive(
    visit: &mut Visit<'_>,
    request: &mut Request,
) -> Result<Response, Problem> {
    visit.admin(request).await?;
    let body = edge::body::read(request, EVENT_BYTES_MAX).await?;
    let is_dry_run = parse_archive_request(&body)?;
    if !is_dry_run {
        return run_now(visit, Job::Archive).await;
    }
    match jobs::archive(visit.env, visit.suite, true).await {
        Ok(summary) => answer(Job::Archive, "ok", &json!(summary)),
        Err(error) => {
            edge::log::error(&json!({ "event": "job", "job": "archive", "error": error }));
            Err(Problem::unavailable(
                "what would move could not be counted; nothing was moved",
            ))
        }
    }
}

async fn run_now(visit: &Visit<'_>, job: Job) -> Result<Response, Problem> {
    match jobs::run(job, visit.env, visit.suite, visit.received_at).await {
        Outcome::Done(summary) => answer(job, "ok", &summary),
        Outcome::AlreadyDone | Outcome::Busy => answer(job, "running", &json!({})),
        Outcome::Failed(_) | Outcome::NotBegun(_) => Err(Problem::unavailable(format!(
            "the job `{}` failed and its run is recorded; what it did before is kept, and another \
             run goes on from there",
            job.name()
        ))),
    }
}

fn answer(job: Job, status: &str, summary: &Value) -> Result<Response, Problem> {
    json(
        200,
        &json!({ "job": job.name(), "status": status, "summary": summary }),
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_job_comes_first_within_three_ticks() {
        for hour in 0..30 {
            let firsts: BTreeSet<&str> = (0..3)
                .map(|tick| in_turn(UnixMillis(hour * PERIOD_MS + tick * TICK_MS))[0].name())
                .collect();
            assert_eq!(firsts.len(), 3, "hour {hour}");
        }
    }

    #[test]
    fn the_configured_cron_ticks_four_times_an_hour() {
        assert!(include_str!("../../wrangler.toml").contains(r#"crons = ["7,22,37,52 * * * *"]"#));
    }
}
