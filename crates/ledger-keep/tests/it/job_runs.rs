//! A run of a job happens once, is tried again when it failed, and never meets itself.

use cost_calculation::UnixMillis;
use futures_executor::block_on;
use ledger_core::{
    job_runs::{Begun, JobStanding, RunRequest, StartedRun, begin, slot, standings},
    sqlite::Sqlite,
};
use serde_json::json;

const HOUR_MS: i64 = 3_600_000;

fn request(scheduled_time: i64, now: i64) -> RunRequest<'static> {
    RunRequest {
        job: "verify",
        scheduled_time: UnixMillis(scheduled_time),
        worker: "analytics-tracker",
        now: UnixMillis(now),
        lease_ms: 1_000,
    }
}

fn begun(database: &Sqlite, scheduled_time: i64, now: i64) -> Begun {
    block_on(begin(database, &request(scheduled_time, now))).unwrap()
}

fn started(database: &Sqlite, scheduled_time: i64, now: i64) -> StartedRun {
    match begun(database, scheduled_time, now) {
        Begun::Started(run) => run,
        other => panic!("{other:?}"),
    }
}

fn ok(database: &Sqlite, run: &StartedRun, now: i64, summary: &serde_json::Value) -> bool {
    block_on(run.finish_ok(database, UnixMillis(now), summary)).unwrap()
}

fn failed(database: &Sqlite, run: &StartedRun, now: i64, error: &str) -> bool {
    block_on(run.finish_failed(database, UnixMillis(now), error)).unwrap()
}

fn standing_at(database: &Sqlite, now: i64) -> JobStanding {
    let standings = block_on(standings(
        database,
        &["never-ran", "verify"],
        UnixMillis(now),
    ));
    let mut standings = standings.unwrap();
    assert_eq!(standings.len(), 1, "{standings:?}");
    standings.remove(0)
}

/// The kept runs of every job, each as JSON.
fn runs(database: &Sqlite) -> Vec<serde_json::Value> {
    database.with_connection(|connection| {
        let mut select = connection
            .prepare(
                "SELECT json_object('scheduled_time', scheduled_time, 'status', status, 'attempt',
                   attempt, 'started_at', started_at, 'finished_at', finished_at, 'summary',
                   json(summary)) FROM job_runs ORDER BY scheduled_time DESC",
            )
            .unwrap();
        let rows = select.query_map([], |row| row.get::<_, String>(0)).unwrap();
        rows.map(|row| serde_json::from_str(&row.unwrap()).unwrap())
            .collect()
    })
}

#[test]
fn a_run_that_succeeded_is_not_done_again() {
    let database = Sqlite::migrated().unwrap();
    let run = started(&database, 0, 5);
    assert_eq!((run.attempt, &run.last_ok), (1, &None));
    assert!(ok(&database, &run, 7, &json!({ "moved": 3 })));
    assert!(
        ok(&database, &run, 7, &json!({ "moved": 3 })),
        "after a lost answer"
    );
    assert_eq!(begun(&database, 0, 8), Begun::AlreadyDone);
    assert_eq!(begun(&database, 0, 1_000_000), Begun::AlreadyDone);
    let expected = json!({ "scheduled_time": 0, "status": "ok", "attempt": 1, "started_at": 5,
        "finished_at": 7, "summary": { "moved": 3 } });
    assert_eq!(runs(&database), [expected]);
}

#[test]
fn the_next_run_goes_on_where_the_latest_success_ended() {
    let database = Sqlite::migrated().unwrap();
    let first = started(&database, 0, 0);
    ok(&database, &first, 1, &json!({ "cursor": "k1" }));
    let second = started(&database, 10, 10);
    failed(&database, &second, 11, "no network");
    let third = started(&database, 20, 20);
    let last_ok = third.last_ok.clone().unwrap();
    assert_eq!(
        (last_ok.scheduled_time, last_ok.summary),
        (0, json!({ "cursor": "k1" }))
    );
    ok(&database, &third, 21, &json!({}));
}

#[test]
fn two_runs_of_one_job_are_kept_apart_and_two_jobs_are_not() {
    let database = Sqlite::migrated().unwrap();
    let run = started(&database, 0, 0);
    let busy = Begun::Busy {
        lease_until: UnixMillis(1_000),
    };
    assert_eq!(begun(&database, 0, 999), busy, "the same run");
    assert_eq!(begun(&database, 10, 999), busy, "the next one");
    let other = RunRequest {
        job: "archive",
        ..request(0, 1)
    };
    assert!(matches!(
        block_on(begin(&database, &other)).unwrap(),
        Begun::Started(_)
    ));
    ok(&database, &run, 999, &json!({}));
    assert_eq!(started(&database, 10, 999).attempt, 1);
}

#[test]
fn a_failed_run_says_why_and_is_tried_again() {
    let database = Sqlite::migrated().unwrap();
    let first = started(&database, 0, 0);
    assert!(failed(&database, &first, 1, &"é".repeat(5_000)));
    let standing = standing_at(&database, 2);
    assert_eq!(
        (standing.status.as_str(), standing.failed_since_ok),
        ("failed", 1)
    );
    assert!(standing.error.unwrap().len() <= 2_000);
    let second = started(&database, 0, 5);
    assert_eq!(second.attempt, 2);
    ok(&database, &second, 6, &json!({}));
    let standing = standing_at(&database, 7);
    assert_eq!(
        (
            standing.status.as_str(),
            standing.error,
            standing.last_ok_at,
            standing.failed_since_ok
        ),
        ("ok", None, Some(6), 0)
    );
}

#[test]
fn a_run_that_died_shows_as_failed_and_cannot_overwrite_its_successor() {
    let database = Sqlite::migrated().unwrap();
    let dead = started(&database, 0, 0);
    let standing = standing_at(&database, 999);
    assert_eq!(standing.status, "running");
    let standing = standing_at(&database, 1_000);
    assert_eq!(
        (standing.status.as_str(), standing.failed_since_ok),
        ("failed", 1)
    );
    assert!(standing.error.unwrap().contains("lease expired"));

    let successor = started(&database, 0, 1_000);
    assert_eq!(successor.attempt, 2);
    assert!(
        !ok(&database, &dead, 1_001, &json!({ "late": true })),
        "its lease is gone"
    );
    assert!(ok(&database, &successor, 1_002, &json!({ "late": false })));
    assert_eq!(runs(&database)[0]["summary"], json!({ "late": false }));
}

#[test]
fn a_missed_tick_is_caught_up_by_the_next_one() {
    let database = Sqlite::migrated().unwrap();
    let day_ms = 24 * HOUR_MS;
    let daily = |hour: i64| {
        let now = UnixMillis(hour * HOUR_MS + 1_234);
        block_on(begin(
            &database,
            &RunRequest {
                scheduled_time: slot(now, day_ms),
                ..request(0, now.0)
            },
        ))
        .unwrap()
    };
    let mut done = Vec::new();
    // Ticks of an hourly cron; those of 24 to 27 never came, the run of tick 28 fails.
    for hour in (0..24).chain(28..60) {
        if let Begun::Started(run) = daily(hour) {
            if hour == 28 {
                failed(&database, &run, hour * HOUR_MS + 2_000, "no network");
            } else {
                ok(&database, &run, hour * HOUR_MS + 2_000, &json!({}));
                done.push(hour);
            }
        }
    }
    assert_eq!(done, [0, 29, 48], "once a day, as early as it could be");
    assert_eq!(slot(UnixMillis(-1), 10), UnixMillis(-10));
}

#[test]
fn another_schema_starts_no_run() {
    let database = Sqlite::migrated().unwrap();
    database
        .execute_script("UPDATE ledger_state SET schema_version = 99")
        .unwrap();
    assert_eq!(begun(&database, 0, 0), Begun::SchemaMismatch { found: 99 });
    assert!(runs(&database).is_empty());
}

#[test]
fn a_clock_that_jumps_back_stops_no_job_and_hides_none() {
    let database = Sqlite::migrated().unwrap();
    let first = started(&database, 10, 10);
    ok(&database, &first, 11, &json!({ "place": "here" }));
    // A clock that ran ahead by years: one run succeeds, the next dies and leaves its lease.
    let ahead = 1_000_000_000;
    let wrong = started(&database, ahead, ahead);
    ok(
        &database,
        &wrong,
        ahead + 1,
        &json!({ "place": "far ahead" }),
    );
    let _dead = started(&database, ahead + 10, ahead + 10);

    let next = started(&database, 20, 20);
    let last_ok = next.last_ok.clone().unwrap();
    assert_eq!(
        last_ok.summary,
        json!({ "place": "here" }),
        "not the one ahead"
    );
    failed(&database, &next, 21, "no network");
    let shown = standing_at(&database, 22);
    assert_eq!(
        (
            shown.status.as_str(),
            shown.failed_since_ok,
            shown.last_ok_at
        ),
        ("failed", 1, Some(11))
    );
    // A clock that is a little behind takes no lease away.
    let current = started(&database, 30, 30);
    assert!(matches!(begun(&database, 30, 25), Begun::Busy { .. }));
    assert!(ok(&database, &current, 31, &json!({})));
}

#[test]
fn a_lease_that_ends_in_the_middle_of_a_run_leaves_one_record() {
    let database = Sqlite::migrated().unwrap();
    let slow = started(&database, 0, 0);
    // The lease has ended, and nobody has asked yet: the run may still say that it is done.
    assert!(ok(&database, &slow, 1_500, &json!({ "slow": true })));
    assert_eq!(begun(&database, 0, 1_600), Begun::AlreadyDone);

    let slow = started(&database, 10, 2_000);
    let successor = started(&database, 20, 3_500);
    assert!(!ok(&database, &slow, 3_600, &json!({ "slow": true })));
    assert!(ok(&database, &successor, 3_700, &json!({ "slow": false })));
    let statuses: Vec<_> = runs(&database)
        .iter()
        .map(|run| (run["scheduled_time"].clone(), run["status"].clone()))
        .collect();
    assert_eq!(
        statuses,
        [
            (json!(20), json!("ok")),
            (json!(10), json!("failed")),
            (json!(0), json!("ok"))
        ]
    );
}
