//! Verification covers everything, finds what was broken, corrects it and says so.

use std::cell::{Cell, RefCell};

use crate::history::{
    DAY_MS, Fault, START, Unreliable, assert_each_is_in_one_place, event, fault, key_of, ledger,
    mark, number, record, send,
};
use cost_calculation::UnixMillis;
use events::Interaction;
use futures_executor::block_on;
use ledger_core::{
    Database, DatabaseError, Rows, Statement,
    rollup::MEASURES,
    sqlite::Sqlite,
    verification_report::{IntegrityReport, IntegrityStatus, integrity},
};
use ledger_keep::{
    archive::{ArchiveConfig, archive_sessions},
    verify::{VerifyConfig, VerifySummary, verify_slices},
};
use proptest::prelude::*;

/// Sixty events over two years, the older half archived, and a session that was only marked.
fn history() -> Sqlite {
    let database = history_of(60);
    assert!(number(&database, "SELECT COUNT(*) FROM interactions_archive") > 20);
    assert!(number(&database, "SELECT COUNT(*) FROM interactions") > 20);
    database
}

fn history_of(count: u32) -> Sqlite {
    let database = ledger();
    let events: Vec<_> = (0..count)
        .map(|id| {
            let mut event = event(id, i64::from(id) * 720 / i64::from(count));
            event.session_id = format!("session-{}", id / 4);
            event
        })
        .collect();
    send(&database, &events);
    mark(&database, "only-marked", 700, false);
    let now = || UnixMillis(START + 730 * DAY_MS);
    block_on(archive_sessions(&database, &ArchiveConfig::default(), now)).unwrap();
    database
}

fn now() -> UnixMillis {
    UnixMillis(START + 731 * DAY_MS)
}

/// Runs until the pass is over; as cron does, a run that fails is run again.
fn verify_all(database: &impl Database, config: &VerifyConfig) -> VerifySummary {
    let mut sum = VerifySummary::default();
    for _ in 0..10_000 {
        let Ok(run) = block_on(verify_slices(database, config, now)) else {
            continue;
        };
        sum.interaction_count += run.interaction_count;
        sum.estimate_count += run.estimate_count;
        sum.session_count += run.session_count;
        sum.day_count += run.day_count;
        sum.finding_count += run.finding_count;
        sum.repaired_count += run.repaired_count;
        if run.is_pass_finished {
            return sum;
        }
    }
    panic!("the pass never came to an end");
}

fn verify(database: &impl Database) -> VerifySummary {
    verify_all(database, &VerifyConfig::default())
}

fn report(database: &Sqlite) -> IntegrityReport {
    block_on(integrity(database)).unwrap()
}

fn checks(database: &Sqlite) -> Vec<String> {
    let mut checks: Vec<_> = report(database)
        .findings
        .into_iter()
        .map(|f| f.check)
        .collect();
    checks.sort_unstable();
    checks.dedup();
    checks
}

pub(crate) fn assert_sound(database: &Sqlite) {
    crate::recount::assert_sums_are_true(database, true);
    assert_each_is_in_one_place(database);
    assert_eq!(
        verify(database).finding_count,
        0,
        "a second pass finds {:?}",
        report(database).findings
    );
}

/// Breaks a history, verifies it once, and expects these rules to have been found broken, each
/// corrected.
fn breaks(sql: &str, expected: &[&str]) -> Sqlite {
    let database = history();
    database.execute_script(sql).unwrap();
    let summary = verify(&database);
    assert_eq!(checks(&database), expected, "{sql}");
    assert_eq!(summary.finding_count, summary.repaired_count, "{sql}");
    assert_eq!(report(&database).status, IntegrityStatus::Repaired);
    assert_sound(&database);
    database
}

#[test]
fn a_sound_ledger_is_covered_and_nothing_is_found() {
    let database = history();
    assert_eq!(report(&database).status, IntegrityStatus::Unverified);
    let version = number(&database, "SELECT ledger_version FROM ledger_state");
    let summary = verify(&database);
    assert_eq!(summary.finding_count, 0, "{:?}", report(&database).findings);
    assert_eq!(
        (summary.interaction_count, summary.estimate_count),
        (60, 60)
    );
    // A day more than there are interactions on: that of the mark.
    assert_eq!((summary.session_count, summary.day_count), (16, 61));
    let report = report(&database);
    assert_eq!(report.status, IntegrityStatus::Sound);
    let pass = report.last_full_pass.unwrap();
    assert_eq!(
        (pass.interaction_count, pass.session_count, pass.day_count),
        (60, 16, 61)
    );
    assert_eq!(pass.finished_at, Some(now().0));
    assert_eq!(report.current_pass, None);
    assert_eq!(
        number(&database, "SELECT ledger_version FROM ledger_state"),
        version
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Chats, calls, database operations and declared costs, on days that begin in Berlin.
    #[test]
    fn whatever_ingestion_writes_is_sound(seed in any::<u64>()) {
        let database = crate::query_ledger::ledger(seed, 120, 24);
        let config = ArchiveConfig { retention_ms: 8 * DAY_MS, ..ArchiveConfig::default() };
        block_on(archive_sessions(&database, &config, || UnixMillis(crate::query_ledger::NOW))).unwrap();
        prop_assert!(number(&database, "SELECT COUNT(*) FROM interactions_archive") > 0);
        let summary = verify(&database);
        prop_assert_eq!(summary.finding_count, 0, "{:?}", report(&database).findings);
        prop_assert_eq!(summary.interaction_count, 120);
    }
}

#[test]
fn an_empty_ledger_is_sound() {
    let database = ledger();
    assert_eq!(verify(&database).finding_count, 0);
    assert_eq!(report(&database).status, IntegrityStatus::Sound);
}

#[test]
fn a_corrupted_sum_is_found_recorded_and_repaired_within_one_pass() {
    let day = "(SELECT MIN(day) FROM interactions)";
    let database = breaks(
        &format!("UPDATE daily_stats SET total_cost = total_cost + 5 WHERE day = {day}"),
        &["daily_stats_equal_interactions"],
    );
    let finding = report(&database).findings.remove(0);
    let expected = finding.expected["total_cost"].as_i64().unwrap();
    assert_eq!(finding.found["total_cost"].as_i64().unwrap(), expected + 5);
    assert_eq!(
        finding.expected.as_object().unwrap().len(),
        1,
        "only what differs is named"
    );
    assert!(finding.subject["user_key"].is_i64() && finding.subject["day"].is_string());
    assert_eq!(
        finding.correction.as_deref(),
        Some("the row was moved by the difference")
    );

    breaks(
        "DELETE FROM daily_model_stats WHERE day > '2025'",
        &["daily_model_stats_equal_interactions"],
    );
    breaks(
        "DELETE FROM usage_daily",
        &["usage_daily_equals_interactions"],
    );
    breaks(
        "UPDATE latency_daily SET duration_counts = json_set(duration_counts, '$.\"3\"', 7)",
        &["latency_daily_equals_interactions"],
    );
    breaks(
        "DELETE FROM latency_daily",
        &["latency_daily_equals_interactions"],
    );
    breaks(
        "DELETE FROM daily_agent_model_stats",
        &["daily_agent_model_stats_equal_interactions"],
    );
    // Sums of a day without interactions, and of no day at all.
    let (measures, nines) = (MEASURES.join(", "), MEASURES.map(|_| "9").join(", "));
    breaks(
        &format!(
            "INSERT INTO usage_daily (day, user_key, provider, model, agent, type, {measures})
             VALUES ('2020-02-30', 1, 'p', 'm', '', 'chat', {nines}),
               ('2027-01-01', 1, 'p', 'm', '', 'chat', {nines});
             INSERT INTO latency_daily VALUES ('2027-01-01', 'p', 'm', '{{\"3\":1}}', '{{}}');"
        ),
        &[
            "latency_daily_equals_interactions",
            "usage_daily_equals_interactions",
        ],
    );
}

#[test]
fn what_is_kept_beside_the_sums_by_day_is_made_again_where_it_differs() {
    for (sql, expected) in [
        (
            "UPDATE weekly_stats SET total_cost = total_cost + 1 WHERE user_key = 1",
            &["weekly_stats_equal_their_days"][..],
        ),
        (
            "DELETE FROM weekly_stats",
            &["weekly_stats_equal_their_days"],
        ),
        (
            "UPDATE daily_user_slices SET total_cost = total_cost + 1 WHERE user_key = 1;
             DELETE FROM daily_user_slices WHERE user_key = 2",
            &["daily_user_slices_equal_usage_daily"],
        ),
        (
            format!(
                "INSERT INTO daily_user_slices (dimension, value, day, user_key, provider, {})
                 SELECT 'agent', 'nobody', MAX(day), 1, '', {} FROM daily_stats",
                MEASURES.join(", "),
                MEASURES.map(|_| "3").join(", ")
            )
            .as_str(),
            &["daily_user_slices_equal_usage_daily"],
        ),
        (
            "UPDATE daily_agent_model_stats SET interaction_count = 1, type = 'db'
             WHERE agent = 'agent-a'",
            &["daily_agent_model_stats_equal_interactions"],
        ),
        (
            "UPDATE latency_weekly SET duration_counts = json_set(duration_counts, '$.\"3\"', 9)",
            &["latency_weekly_equals_its_days"],
        ),
        (
            "UPDATE session_gaps SET session_count = session_count + 2 WHERE day > '2025-06'",
            &["session_gaps_equal_session_days"],
        ),
    ] {
        breaks(sql, expected);
    }
}

#[test]
fn a_corrupted_session_is_repaired_wherever_it_lies() {
    for table in ["sessions", "sessions_archive"] {
        for broken in [
            "total_cost = total_cost - 1, token_count = 0",
            "interaction_count = 99, error_count = 98, unpriced_count = 97, partial_count = 96",
            "start_time = start_time + 1",
            "last_seen = start_time - 1",
            "last_start = start_time - 1, last_seen = last_seen - 1",
            "mixed_users = 0, user_key = 1",
        ] {
            let database = breaks(
                &format!("UPDATE {table} SET {broken} WHERE interaction_count > 0"),
                &["session_equals_its_interactions"],
            );
            if !broken.contains("user_key") {
                crate::recount::assert_sums_are_true(&database, true);
            }
        }
    }
    let marked = key_of("only-marked");
    let mark_only = format!("UPDATE sessions SET total_cost = 3 WHERE session_key = {marked}");
    breaks(&mark_only, &["session_equals_its_interactions"]);
    breaks(
        &format!("DELETE FROM sessions WHERE session_key <> {marked}"),
        &["interaction_has_a_session"],
    );
    breaks(
        "DELETE FROM sessions_archive",
        &["interaction_has_a_session"],
    );
    breaks(
        "INSERT INTO sessions_archive SELECT * FROM sessions",
        &["session_in_one_place"],
    );
    breaks(
        &format!(
            "DELETE FROM session_models WHERE provider = 'openai'; DELETE FROM session_days;
             INSERT INTO session_days VALUES ('2026-10-24', 1, {marked});"
        ),
        &[
            "session_days_cover_interactions",
            "session_models_cover_interactions",
        ],
    );
    breaks(
        &format!(
            "INSERT INTO session_models
               SELECT session_key, 'p', 'm', '', start_time FROM sessions
               WHERE session_key = {}
               UNION ALL SELECT 999999, 'p', 'm', '', 0",
            key_of("session-1")
        ),
        &["session_models_have_interactions"],
    );
    breaks(
        "UPDATE session_models SET start_time = start_time + 1 WHERE model <> ''",
        &["session_models_start_with_their_session"],
    );
}

#[test]
fn a_session_whose_id_is_lost_is_reported() {
    let database = history_of(9);
    let name = key_of("session-1");
    let sql = format!("DELETE FROM session_ids WHERE session_key = {name}");
    database.execute_script(&sql).unwrap();
    assert_eq!(verify(&database).finding_count, 1);
    let sql = "SELECT COUNT(*) FROM integrity_findings
               WHERE check_name = 'session_has_an_id' AND correction IS NULL";
    assert_eq!(number(&database, sql), 1);
}

#[test]
fn an_estimate_that_is_not_the_sum_of_its_lines_gets_a_revision() {
    for table in ["cost_estimates", "cost_estimates_archive"] {
        for broken in [
            "total_cost = total_cost + 1",
            "ai_tokens_cost = 0",
            "db_ops_cost = 5, total_cost = total_cost + 5",
            "total_cost = NULL",
            "price_state = 'unpriced'",
            "lines = json_set(lines, '$[0][3]', 1)",
        ] {
            let one = format!(
                "(SELECT MIN(interaction_key) FROM {table} WHERE price_state = 'priced'
                  AND lines <> '[]')"
            );
            let database = history();
            let right = number(
                &database,
                &format!("SELECT total_cost FROM {table} WHERE interaction_key = {one}"),
            );
            let key = number(&database, &format!("SELECT {one}"));
            database
                .execute_script(&format!(
                    "UPDATE {table} SET {broken} WHERE interaction_key = {key}"
                ))
                .unwrap();
            verify(&database);
            assert_eq!(checks(&database), ["estimate_equals_its_lines"], "{broken}");
            assert_eq!(
                number(
                    &database,
                    &format!(
                    "SELECT total_cost FROM {table} WHERE interaction_key = {key} AND revision = 2
                       AND price_state = 'priced' AND run_id LIKE 'verify/%' AND reason <> ''")
                ),
                right,
                "{table} {broken}"
            );
            assert_sound(&database);
        }
    }
}

#[test]
fn wrong_money_that_reached_the_sums_is_corrected_in_all_of_them_in_one_pass() {
    let database = history();
    database
        .execute_script(
            "UPDATE cost_estimates SET ai_tokens_cost = ai_tokens_cost + 1000,
               total_cost = total_cost + 1000 WHERE price_state = 'priced';
             UPDATE daily_stats SET total_cost = total_cost + 1000 WHERE day > '2026';
             UPDATE sessions SET total_cost = total_cost + 4000;",
        )
        .unwrap();
    let summary = verify(&database);
    assert!(summary.finding_count > 10 && summary.finding_count == summary.repaired_count);
    assert_sound(&database);
}

#[test]
fn an_archive_move_that_was_cut_in_half_is_completed() {
    breaks(
        "INSERT INTO interactions_archive SELECT * FROM interactions LIMIT 3;
         INSERT INTO cost_estimates_archive SELECT * FROM cost_estimates
           WHERE interaction_key IN (SELECT interaction_key FROM interactions LIMIT 2);",
        &["interaction_in_one_place"],
    );
    breaks(
        "INSERT INTO interactions_archive SELECT * FROM interactions LIMIT 3;
         INSERT INTO cost_estimates_archive SELECT * FROM cost_estimates
           WHERE interaction_key IN (SELECT interaction_key FROM interactions LIMIT 3);
         DELETE FROM cost_estimates
           WHERE interaction_key IN (SELECT interaction_key FROM interactions LIMIT 3);",
        &["interaction_in_one_place"],
    );
    breaks(
        "INSERT INTO interactions_archive SELECT * FROM interactions LIMIT 3;
         DELETE FROM interactions WHERE interaction_key IN
           (SELECT interaction_key FROM interactions_archive);",
        &["estimate_beside_its_interaction"],
    );
    breaks(
        "INSERT INTO cost_estimates SELECT * FROM cost_estimates_archive LIMIT 2;",
        &["estimate_beside_its_interaction"],
    );
}

#[test]
fn a_day_that_is_not_the_timestamps_is_set_and_the_sums_follow() {
    breaks(
        "UPDATE interactions SET day = '2026-01-01' WHERE interaction_key % 2 = 0",
        &[
            "day_is_that_of_the_timestamp",
            "session_days_cover_interactions",
        ],
    );
}

#[test]
fn what_takes_a_persons_judgement_is_reported_and_left_alone() {
    for (sql, check) in [
        (
            "DELETE FROM prices WHERE resource_type = 'input'",
            "estimate_can_be_redone",
        ),
        (
            "UPDATE cost_estimates SET lines = 'x'",
            "estimate_can_be_redone",
        ),
        (
            "UPDATE interactions SET input_tokens = input_tokens + 1",
            "lines_equal_tokens",
        ),
        (
            "DELETE FROM cost_estimates WHERE interaction_key = 59",
            "interaction_has_an_estimate",
        ),
        (
            "UPDATE cost_estimates SET revision = 2",
            "revisions_have_no_gap",
        ),
        (
            "DELETE FROM interactions WHERE interaction_key = 59",
            "estimate_has_an_interaction",
        ),
        (
            "DELETE FROM users WHERE user_key = 1",
            "interaction_has_a_user",
        ),
        (
            "UPDATE interactions_archive SET id =
               (SELECT id FROM interactions WHERE interaction_key = 59) WHERE interaction_key = 1",
            "interaction_id_is_unique",
        ),
    ] {
        let database = history();
        database.execute_script(sql).unwrap();
        let summary = verify(&database);
        assert!(summary.finding_count > summary.repaired_count, "{sql}");
        let report = report(&database);
        assert_eq!(report.status, IntegrityStatus::Broken, "{sql}");
        let open: Vec<_> = report
            .findings
            .iter()
            .filter(|f| f.correction.is_none())
            .map(|f| &f.check)
            .collect();
        assert!(open.iter().all(|open| *open == check), "{sql}: {open:?}");
    }
}

/// Something that breaks a sum, on a table that verification repairs.
fn corruption() -> impl Strategy<Value = String> {
    let table = prop_oneof![
        Just("usage_daily"),
        Just("daily_stats"),
        Just("daily_model_stats"),
        Just("daily_agent_model_stats"),
        Just("sessions"),
        Just("sessions_archive"),
    ];
    let measure = prop_oneof![
        Just("interaction_count"),
        Just("error_count"),
        Just("unpriced_count"),
        Just("total_cost"),
    ];
    (table, measure, -50_i64..50, 1_i64..5, 0_i64..5).prop_map(
        |(table, measure, by, modulus, rest)| {
            let key = if table.starts_with("sessions") {
                "start_time / 86400000"
            } else {
                "unixepoch(day) / 86400"
            };
            format!(
                "UPDATE {table} SET {measure} = {measure} + ({by}) WHERE {key} % {modulus} = {rest}"
            )
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 4, ..ProptestConfig::default() })]

    #[test]
    fn any_corruption_is_repaired_by_one_pass_stopped_anywhere(
        corruptions in prop::collection::vec(corruption(), 0..4),
        faults in prop::collection::vec(fault(), 0..40),
        slices_max in 1_u32..20,
    ) {
        let database = history();
        for sql in &corruptions {
            database.execute_script(sql).unwrap();
        }
        let unreliable = Unreliable::new(&database, faults);
        verify_all(&unreliable, &VerifyConfig { slices_max, ..VerifyConfig::default() });
        assert_sound(&database);
        // Every finding was recorded once, and counted.
        prop_assert_eq!(
            number(&database, "SELECT COUNT(*) FROM integrity_findings"),
            number(&database, "SELECT SUM(finding_count) FROM integrity_passes"),
        );
    }
}

#[test]
fn every_single_place_to_stop_is_survived() {
    let broken = || {
        let database = history_of(9);
        database
            .execute_script(&format!(
                "UPDATE daily_stats SET total_cost = 1;
                 DELETE FROM sessions WHERE session_key = {};
                 UPDATE cost_estimates SET total_cost = 4 WHERE interaction_key > 6",
                key_of("session-1")
            ))
            .unwrap();
        database
    };
    let batches = {
        let database = broken();
        let counting = Unreliable::new(&database, Vec::new());
        verify(&counting);
        counting.batches.get()
    };
    assert!(batches > 30, "{batches}");
    for batch in 0..batches {
        for place in [
            Fault::Before,
            Fault::Within(0),
            Fault::Within(1),
            Fault::Within(3),
            Fault::After,
        ] {
            let database = broken();
            let mut faults = vec![Fault::None; batch];
            faults.push(place);
            verify(&Unreliable::new(&database, faults));
            crate::recount::assert_sums_are_true(&database, true);
            assert_each_is_in_one_place(&database);
            assert_eq!(
                number(&database, "SELECT COUNT(*) FROM integrity_findings"),
                number(&database, "SELECT SUM(finding_count) FROM integrity_passes"),
            );
        }
    }
}

/// A ledger that takes an event before every batch of the job.
struct Busy<'a> {
    database: &'a Sqlite,
    coming: RefCell<Vec<Interaction>>,
    came: Cell<usize>,
}

impl Database for Busy<'_> {
    async fn batch(&self, statements: &[Statement]) -> Result<Vec<Rows>, DatabaseError> {
        let next = self.coming.borrow_mut().pop();
        if let Some(event) = next {
            record(self.database, &[event]).await;
            self.came.set(self.came.get() + 1);
        }
        self.database.batch(statements).await
    }
}

#[test]
fn events_that_arrive_during_a_pass_are_no_finding_and_spoil_no_correction() {
    for is_broken in [false, true] {
        let database = history();
        if is_broken {
            database
                .execute_script(
                    "UPDATE daily_stats SET total_cost = total_cost + 17;
                     UPDATE usage_daily SET output_tokens = 0;
                     UPDATE sessions SET token_count = token_count - 3;
                     UPDATE sessions_archive SET total_cost = 0;",
                )
                .unwrap();
        }
        // Onto every day and session of the history, archived ones too.
        let coming = (0..300).map(|n| {
            let mut event = event(1_000 + n, i64::from(n * 7 % 60) * 12);
            event.session_id = format!("session-{}", n % 15);
            event
        });
        let busy = Busy {
            database: &database,
            coming: RefCell::new(coming.collect()),
            came: Cell::new(0),
        };
        let summary = verify(&busy);
        assert!(busy.came.get() > 100, "{}", busy.came.get());
        assert_eq!(
            summary.finding_count > 0,
            is_broken,
            "{:?}",
            report(&database).findings
        );
        assert_sound(&database);
    }
}

#[test]
fn a_day_of_many_parts_is_verified_while_events_arrive() {
    let database = ledger();
    let on_one_day = |id: u32| {
        let mut event = event(id, 0);
        event.session_id = format!("session-{}", id % 300);
        event
    };
    send(&database, &(0..9_000).map(on_one_day).collect::<Vec<_>>());
    database
        .execute_script("UPDATE daily_stats SET total_cost = total_cost + 1 WHERE user_key = 1")
        .unwrap();
    let coming = RefCell::new((10_000..10_200).map(on_one_day).collect());
    let busy = Busy {
        database: &database,
        coming,
        came: Cell::new(0),
    };
    let summary = verify(&busy);
    assert_eq!((summary.finding_count, summary.repaired_count), (1, 1));
    assert_eq!(
        report(&database).findings[0].check,
        "daily_stats_equal_interactions"
    );
    crate::recount::assert_sums_are_true(&database, false);
}

#[test]
fn an_archival_during_a_pass_is_no_finding() {
    for is_broken in [false, true] {
        let database = history();
        if is_broken {
            database
                .execute_script(
                    "UPDATE daily_stats SET total_cost = total_cost + 17;
                     UPDATE sessions SET token_count = token_count - 3;
                     UPDATE sessions_archive SET total_cost = 0;",
                )
                .unwrap();
        }
        // Each batch of the pass finds one more interaction in the archive.
        let archiving = Archiving {
            database: &database,
            retention_days: Cell::new(365),
        };
        let hot = number(&database, "SELECT COUNT(*) FROM interactions");
        let summary = verify(&archiving);
        assert!(number(&database, "SELECT COUNT(*) FROM interactions") < hot / 2);
        assert_eq!(
            summary.finding_count > 0,
            is_broken,
            "{:?}",
            report(&database).findings
        );
        assert_sound(&database);
    }
}

/// A ledger whose archival runs before every batch of the pass, with an ever shorter retention.
struct Archiving<'a> {
    database: &'a Sqlite,
    retention_days: Cell<i64>,
}

impl Database for Archiving<'_> {
    async fn batch(&self, statements: &[Statement]) -> Result<Vec<Rows>, DatabaseError> {
        let days = self.retention_days.get();
        self.retention_days.set((days - 2).max(30));
        let config = ArchiveConfig {
            retention_ms: days * DAY_MS,
            chunk_interactions: 1,
            chunks_max: 1,
            ..ArchiveConfig::default()
        };
        archive_sessions(self.database, &config, now).await?;
        self.database.batch(statements).await
    }
}

#[test]
fn two_passes_at_once_correct_each_difference_once() {
    // Before each batch of a run in turn, another run goes through the whole pass.
    for before in 0..60 {
        let database = history_of(9);
        database
            .execute_script(
                "UPDATE daily_stats SET total_cost = total_cost + 5;
                 UPDATE sessions SET token_count = 0;
                 UPDATE cost_estimates SET total_cost = 4 WHERE interaction_key > 6",
            )
            .unwrap();
        let other = Other {
            database: &database,
            before: Cell::new(before),
        };
        verify(&other);
        assert_sound(&database);
        assert_eq!(
            number(&database, "SELECT COUNT(*) FROM integrity_findings"),
            number(&database, "SELECT SUM(finding_count) FROM integrity_passes"),
        );
        assert_eq!(
            number(&database, "SELECT MAX(revision) FROM cost_estimates"),
            2,
            "each wrong estimate got one revision"
        );
    }
}

/// A ledger on which another run finishes the pass before one of the batches.
struct Other<'a> {
    database: &'a Sqlite,
    before: Cell<i32>,
}

impl Database for Other<'_> {
    async fn batch(&self, statements: &[Statement]) -> Result<Vec<Rows>, DatabaseError> {
        let left = self.before.get();
        self.before.set(left - 1);
        if left == 0 {
            verify_slices(self.database, &VerifyConfig::default(), now).await?;
        }
        self.database.batch(statements).await
    }
}

#[test]
fn a_corrupted_row_of_the_archive_is_found() {
    for (sql, expected) in [
        (
            "UPDATE interactions_archive SET day = '2020-01-01' WHERE interaction_key = 1",
            &[
                "day_is_that_of_the_timestamp",
                "session_days_cover_interactions",
            ][..],
        ),
        (
            "UPDATE cost_estimates_archive SET total_cost = 1 WHERE interaction_key = 1",
            &["estimate_equals_its_lines"],
        ),
        (
            &format!(
                "UPDATE sessions_archive SET interaction_count = 0 WHERE session_key = {}",
                key_of("session-0")
            ),
            &["session_equals_its_interactions"],
        ),
    ] {
        breaks(sql, expected);
    }
}

#[test]
fn a_day_on_which_a_session_was_not_is_removed() {
    let session = "(SELECT MIN(session_key) FROM sessions_archive)";
    let database = breaks(
        &format!(
            "INSERT INTO session_days VALUES ('2030-01-01', 1, {session}),
               ('2026-01-01', 1, 999999), ('no day', 1, {session})"
        ),
        &["session_days_lie_within_their_session"],
    );
    assert_eq!(
        number(
            &database,
            "SELECT COUNT(*) FROM session_days WHERE day > '2029'"
        ),
        0
    );
    let marked = format!(
        "SELECT COUNT(*) FROM session_days WHERE session_key = {}",
        key_of("only-marked")
    );
    assert_eq!(
        number(&database, &marked),
        1,
        "what a mark has named is left"
    );
}

#[test]
fn a_fault_that_touches_everything_records_no_more_than_it_takes_to_see_it() {
    let database = ledger();
    let events: Vec<_> = (0..1_500).map(|id| event(id, i64::from(id % 3))).collect();
    send(&database, &events);
    database
        .execute_script("UPDATE cost_estimates SET total_cost = 4 WHERE price_state = 'priced'")
        .unwrap();
    let summary = verify(&database);
    assert!(summary.finding_count < 120, "{}", summary.finding_count);
    assert_eq!(summary.finding_count, summary.repaired_count);
    let report = report(&database);
    let further = report
        .findings
        .iter()
        .find_map(|f| f.subject["further"].as_u64());
    assert!(further.unwrap() > 500, "{further:?} more are counted");
    assert_sound(&database);
}

#[test]
fn a_session_of_many_interactions_is_verified_in_parts_while_events_arrive() {
    for is_broken in [false, true] {
        let database = ledger();
        let of_one_session = |id: u32| {
            let mut event = event(id, i64::from(id % 40));
            event.session_id = "everything".to_owned();
            event
        };
        send(
            &database,
            &(0..21_000).map(of_one_session).collect::<Vec<_>>(),
        );
        if is_broken {
            database
                .execute_script("UPDATE sessions SET total_cost = total_cost - 9, error_count = 1")
                .unwrap();
        }
        let busy = Busy {
            database: &database,
            coming: RefCell::new((30_000..30_300).map(of_one_session).collect()),
            came: Cell::new(0),
        };
        let summary = verify(&busy);
        assert!(busy.came.get() > 100, "{}", busy.came.get());
        assert_eq!(
            summary.finding_count,
            u64::from(is_broken),
            "{:?}",
            report(&database).findings
        );
        assert_eq!(summary.repaired_count, summary.finding_count);
        crate::recount::assert_sums_are_true(&database, false);
    }
}

#[test]
fn a_day_of_many_sums_that_are_gone_is_made_again_in_statements_that_d1_takes() {
    let database = ledger();
    let of_a_user_each = |id: u32| {
        let mut event = event(id, 0);
        event.user_id = format!("user-{id}");
        event.session_id = format!("session-{id}");
        event
    };
    let events: Vec<_> = (0..7_000).map(of_a_user_each).collect();
    send(&database, &events);
    database
        .execute_script("DELETE FROM usage_daily; DELETE FROM daily_stats;")
        .unwrap();
    let watching = Unreliable::new(&database, Vec::new());
    let summary = verify(&watching);
    assert_eq!(summary.finding_count, summary.repaired_count);
    assert!(
        watching.statements_max.get() < 40,
        "{}",
        watching.statements_max.get()
    );
    assert!(
        watching.bytes_max.get() < 1_500_000,
        "{}",
        watching.bytes_max.get()
    );
    assert_sound(&database);
}

#[test]
fn a_run_keeps_to_its_statements() {
    let database = history();
    let config = VerifyConfig {
        statements_max: 30,
        ..VerifyConfig::default()
    };
    let counting = Unreliable::new(&database, Vec::new());
    let run = block_on(verify_slices(&counting, &config, now)).unwrap();
    assert!(!run.is_pass_finished);
    assert!(
        (30..60).contains(&counting.statements.get()),
        "{}",
        counting.statements.get()
    );
    let rest = verify_all(&database, &config);
    assert_eq!(run.day_count + rest.day_count, 61);
}

#[test]
fn a_run_keeps_to_its_slices_and_the_next_goes_on() {
    let database = history();
    let config = VerifyConfig {
        slices_max: 5,
        ..VerifyConfig::default()
    };
    let first = block_on(verify_slices(&database, &config, now)).unwrap();
    assert_eq!((first.slice_count, first.is_pass_finished), (5, false));
    let current = report(&database).current_pass.unwrap();
    assert_eq!((current.id, current.slice_count), (first.pass_id, 5));
    assert_eq!(report(&database).status, IntegrityStatus::Unverified);
    let rest = verify_all(&database, &config);
    assert_eq!(first.day_count + rest.day_count, 61);
    assert_eq!(report(&database).last_full_pass.unwrap().id, first.pass_id);

    // A clock on which every look takes a second.
    let clock = Cell::new(0);
    let ticking = || UnixMillis(clock.replace(clock.get() + 1_000));
    let config = VerifyConfig {
        time_ms_max: 4_000,
        ..VerifyConfig::default()
    };
    let short = block_on(verify_slices(&database, &config, ticking)).unwrap();
    assert_eq!(short.slice_count, 2);
}

#[test]
fn another_schema_is_not_touched() {
    let database = history();
    database
        .execute_script(
            "UPDATE ledger_state SET schema_version = 99; UPDATE daily_stats SET total_cost = 1",
        )
        .unwrap();
    let summary = block_on(verify_slices(&database, &VerifyConfig::default(), now)).unwrap();
    assert_eq!(summary, VerifySummary::default());
    assert_eq!(
        number(&database, "SELECT COUNT(*) FROM integrity_passes"),
        0
    );
    assert_eq!(
        number(&database, "SELECT MAX(total_cost) FROM daily_stats"),
        1
    );
}

#[test]
fn a_full_sum_keeps_its_own_correction_out_and_no_other() {
    let database = history();
    // A sum that is short, and cannot be moved: another row of the table is, so is a session.
    database
        .execute_script(
            "UPDATE daily_stats SET total_cost = total_cost - 1000;
             UPDATE sessions SET token_count = token_count + 7;
             CREATE TRIGGER full BEFORE UPDATE OF total_cost ON daily_stats
             WHEN NEW.user_key = 1 BEGIN
               SELECT RAISE(ABORT, 'cannot store REAL value in INTEGER column daily_stats.total_cost');
             END;",
        )
        .unwrap();
    let wrong = |condition: &str| {
        number(
            &database,
            &format!(
                "SELECT COUNT(*) FROM daily_stats d WHERE {condition} AND total_cost <> (
                   SELECT SUM(total_cost) FROM usage_daily c
                   WHERE c.day = d.day AND c.user_key = d.user_key)"
            ),
        )
    };
    let of_the_first = wrong("user_key = 1");
    assert!(of_the_first > 0 && wrong("user_key <> 1") > 0);
    verify_all(&database, &VerifyConfig::default());
    assert_eq!(wrong("user_key = 1"), of_the_first);
    assert_eq!(wrong("user_key <> 1"), 0);
    let report = block_on(integrity(&database)).unwrap();
    assert_eq!(report.status, IntegrityStatus::Broken);
    let full = number(
        &database,
        "SELECT COUNT(*) FROM integrity_findings WHERE check_name = 'sum_has_room'
           AND found LIKE '%daily_stats.total_cost%' AND correction IS NULL",
    );
    assert!(full > 0);
    // Once there is room, the next pass has it right.
    database.execute_script("DROP TRIGGER full").unwrap();
    verify_all(&database, &VerifyConfig::default());
    crate::recount::assert_sums_are_true(&database, true);
}

/// What a pass over events of so many names takes, in steps: each of another model, agent and session, of
/// one user or of as many.
fn steps_of_a_pass(names: u32, is_one_user: bool) -> u64 {
    let database = ledger();
    let events: Vec<_> = (0..names)
        .map(|id| {
            let mut event = event(id, i64::from(id % 40));
            event.model_name = format!("model-of-{id}");
            event.agent = format!("agent-of-{id}");
            event.session_id = format!("session-of-{id}");
            event.user_id = format!("user-of-{}", if is_one_user { 0 } else { id });
            event
        })
        .collect();
    send(&database, &events);
    let before = database.steps();
    assert_eq!(verify(&database).finding_count, 0);
    database.steps() - before
}

#[test]
fn a_pass_takes_what_there_is_to_verify_whatever_the_names() {
    // More, to see what a hostile sender costs: `NAMES=40000 cargo test --release … -- --nocapture`.
    let names = std::env::var("NAMES")
        .ok()
        .and_then(|names| names.parse().ok());
    let many = names.unwrap_or(1_200_u32);
    for is_one_user in [false, true] {
        let few = steps_of_a_pass(many / 4, is_one_user);
        let all = steps_of_a_pass(many, is_one_user);
        println!("{} names: {few} steps; {many}: {all}", many / 4);
        assert!(
            all < few * 6,
            "four times the names took {few} and then {all} steps"
        );
    }
}

#[test]
fn a_sum_of_a_name_that_the_days_know_nothing_of_is_removed() {
    let database = history();
    let stray = |dimension: &str, value: &str, user: &str, day: &str| {
        format!(
            "INSERT INTO daily_user_slices
             SELECT '{dimension}', '{value}', {user}, '{day}', '', {}
             FROM daily_user_slices LIMIT 1;",
            MEASURES.join(", ")
        )
    };
    let strays = [
        stray("agent", "an-agent-of-nobody", "user_key", "2025-01-01"),
        stray("model", "a-model-of-nobody", "user_key", "2025-01-02"),
        stray("provider", "openai", "user_key", "1999-01-01"),
        stray("provider", "a-provider", "4711", "2025-01-02"),
    ];
    let rows = "SELECT COUNT(*) FROM daily_user_slices";
    let before = number(&database, rows);
    database.execute_script(&strays.concat()).unwrap();
    assert_eq!(number(&database, rows), before + 4);
    let summary = verify(&database);
    assert!(summary.finding_count > 0);
    assert_eq!(summary.finding_count, summary.repaired_count);
    assert_eq!(number(&database, rows), before);
    crate::recount::assert_sums_are_true(&database, true);
    assert_eq!(verify(&database).finding_count, 0);
}
