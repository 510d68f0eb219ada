//! Records of runs, passes, findings and refusals are kept for their time, and no longer.

use crate::history::{DAY_MS, number};
use cost_calculation::UnixMillis;
use futures_executor::block_on;
use ledger_core::sqlite::Sqlite;
use ledger_keep::record_retention::{FINDINGS_KEPT_MAX, Forgotten, forget_old_records};

const NOW: i64 = 2_000 * DAY_MS;

fn forget(database: &Sqlite) -> Forgotten {
    block_on(forget_old_records(database, UnixMillis(NOW))).unwrap()
}

/// What a pass has counted.
const PASS_COUNTS: &str =
    "slice_count, interaction_count, estimate_count, session_count, day_count,
    finding_count, repaired_count";

/// One record of each kind for each of these ages, in days.
fn with_ages(ages: &[i64]) -> Sqlite {
    let database = Sqlite::migrated().unwrap();
    for age in ages {
        let at = NOW - age * DAY_MS;
        database
            .execute_script(&format!(
                "INSERT INTO job_runs (job, scheduled_time, worker, status, attempt, started_at, summary)
                   VALUES ('verify', {at}, 'w', 'failed', 1, {at}, '{{}}');
                 INSERT INTO integrity_passes (started_at, finished_at, stage, position, {PASS_COUNTS})
                   VALUES ({at}, {at}, 'done', '', 0, 0, 0, 0, 0, 0, 0);
                 INSERT INTO integrity_findings (pass_id, found_at, check_name, subject, expected,
                   found) VALUES (1, {at}, 'c', '1', '1', '1');
                 INSERT INTO ingest_rejections (received_at, source, interaction_id, problem, detail)
                   VALUES ({at}, 's', 'i', 'p', 'd');
                 INSERT INTO left_out (day, key_id, source, reason, count, example)
                   VALUES (date({at} / 1000, 'unixepoch'), 'k', 'otel', 'probe', 1, '');
                 INSERT INTO admin_audit (at, actor, action, subject, detail)
                   VALUES ({at}, 'a', 'a', 's', '{{}}');"
            ))
            .unwrap();
    }
    database
}

#[test]
fn each_record_is_kept_for_its_time_and_no_longer() {
    let database = with_ages(&[800, 401, 399, 91, 89, 31, 30, 0]);
    let forgotten = forget(&database);
    let expected = Forgotten {
        run_count: 4,
        pass_count: 2,
        finding_count: 2,
        rejection_count: 4,
        left_out_count: 6,
    };
    assert_eq!(forgotten, expected);
    let left = |table: &str| number(&database, &format!("SELECT COUNT(*) FROM {table}"));
    assert_eq!((left("job_runs"), left("ingest_rejections")), (4, 4));
    assert_eq!(left("left_out"), 2);
    assert_eq!(
        (left("integrity_passes"), left("integrity_findings")),
        (6, 6)
    );
    assert_eq!(left("admin_audit"), 8, "who changed what is kept for good");
    assert_eq!(forget(&database), Forgotten::default());
}

#[test]
fn the_latest_success_of_a_job_the_latest_pass_and_what_is_under_way_are_kept() {
    let database = with_ages(&[]);
    let old = NOW - 900 * DAY_MS;
    database
        .execute_script(&format!(
            "INSERT INTO job_runs (job, scheduled_time, worker, status, started_at, lease_until, attempt,
               summary)
               VALUES ('a', {old}, 'w', 'ok', {old}, NULL, 1, '{{}}'),
                 ('a', {old} + 1, 'w', 'ok', {old}, NULL, 1, '{{}}'),
                 ('a', {old} + 2, 'w', 'failed', {old}, NULL, 1, '{{}}'),
                 ('b', {old}, 'w', 'running', {old}, {old}, 1, '{{}}');
             INSERT INTO integrity_passes (started_at, finished_at, stage, position, {PASS_COUNTS})
               VALUES ({old}, {old}, 'done', '', 0, 0, 0, 0, 0, 0, 0),
                 ({old}, {old}, 'done', '', 0, 0, 0, 0, 0, 0, 0),
                 ({old}, NULL, 'days', '', 0, 0, 0, 0, 0, 0, 0);"
        ))
        .unwrap();
    let forgotten = forget(&database);
    assert_eq!((forgotten.run_count, forgotten.pass_count), (2, 1));
    let kept =
        "SELECT COUNT(*) FROM job_runs WHERE (job, status) IN (('a', 'ok'), ('b', 'running'))";
    assert_eq!(number(&database, kept), 2);
    assert_eq!(number(&database, "SELECT MIN(id) FROM integrity_passes"), 2);
}

#[test]
fn findings_without_end_leave_the_newest() {
    let database = with_ages(&[]);
    let over = FINDINGS_KEPT_MAX + 5_000;
    database
        .execute_script(&format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {over})
             INSERT INTO integrity_findings (pass_id, found_at, check_name, subject, expected, found)
             SELECT 1, {NOW}, 'c', '1', '1', '1' FROM n;"
        ))
        .unwrap();
    assert_eq!(forget(&database).finding_count, 5_000);
    let oldest = number(&database, "SELECT MIN(id) FROM integrity_findings");
    assert_eq!(oldest, 5_001);
}

#[test]
fn another_schema_is_not_touched() {
    let database = with_ages(&[900]);
    database
        .execute_script("UPDATE ledger_state SET schema_version = 99")
        .unwrap();
    assert_eq!(forget(&database), Forgotten::default());
}
