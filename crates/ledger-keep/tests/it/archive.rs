//! Archival moves old sessions and nothing else changes, wherever it is stopped.

use std::cell::Cell;

use crate::history::{
    DAY_MS, Fault, START, Unreliable, assert_each_is_in_one_place, event, fault, key_of, ledger,
    mark, number, record, send,
};
use cost_calculation::UnixMillis;
use futures_executor::block_on;
use ledger_core::{Database, DatabaseError, Rows, Statement, sqlite::Sqlite};
use ledger_keep::{
    archive::{ArchiveConfig, ArchiveSummary, archive_sessions},
    reprice::{RepriceConfig, reprice_unpriced},
    verify::{VerifyConfig, verify_slices},
};
use ledger_record::ingest::Answer;
use proptest::prelude::*;

fn config() -> ArchiveConfig {
    ArchiveConfig {
        chunk_interactions: 3,
        ..ArchiveConfig::default()
    }
}

/// Archives until a run says that nothing is left; as cron does, a run that fails is run again.
fn archive_all(database: &impl Database, config: &ArchiveConfig, day: i64) -> ArchiveSummary {
    block_on(archive_to_the_end(database, config, day))
}

/// The same within a future.
async fn archive_to_the_end(
    database: &impl Database,
    config: &ArchiveConfig,
    day: i64,
) -> ArchiveSummary {
    let mut sum = ArchiveSummary::default();
    for _ in 0..10_000 {
        let run = archive_sessions(database, config, || UnixMillis(START + day * DAY_MS)).await;
        let Ok(run) = run else { continue };
        sum.session_count += run.session_count;
        sum.interaction_count += run.interaction_count;
        sum.estimate_count += run.estimate_count;
        if !run.is_more {
            return sum;
        }
    }
    panic!("archival never came to an end");
}

fn assert_true(database: &Sqlite) {
    crate::recount::assert_sums_are_true(database, false);
    assert_each_is_in_one_place(database);
}

proptest! {

    /// Events that come at any time, archival in between, stopped between any two statements.
    #[test]
    fn archival_stopped_anywhere_goes_on_and_keeps_every_sum(
        steps in prop::collection::vec(
            (prop::collection::vec((0_u32..60, 0_i64..1_000), 0..25), 300_i64..1_500),
            1..5),
        faults in prop::collection::vec(fault(), 0..20),
        chunk_interactions in 1_u32..9,
        chunks_max in 1_u32..4,
    ) {
        let (database, untouched) = (ledger(), ledger());
        let mut faults = faults;
        for (events, day) in &steps {
            let events: Vec<_> = events.iter().map(|(id, day)| event(*id, *day)).collect();
            prop_assert_eq!(send(&database, &events), send(&untouched, &events));
            let unreliable = Unreliable::new(&database, std::mem::take(&mut faults));
            let config = ArchiveConfig { chunk_interactions, chunks_max, ..config() };
            archive_all(&unreliable, &config, *day);
            assert_true(&database);
            let cutoff = START + (day - 365) * DAY_MS;
            let old = number(&database,
                &format!("SELECT COUNT(*) FROM sessions WHERE last_seen < {cutoff}"));
            prop_assert_eq!(old, 0, "nothing old is left");
        }
        prop_assert_eq!(crate::recount::totals(&database), crate::recount::totals(&untouched));
    }
}

#[test]
fn every_single_place_to_stop_is_survived() {
    // Each batch of an archival in turn is stopped at each of its places.
    let batches = {
        let database = ledger();
        send(
            &database,
            &(0..20).map(|id| event(id, 0)).collect::<Vec<_>>(),
        );
        let counting = Unreliable::new(&database, Vec::new());
        archive_all(&counting, &config(), 400);
        counting.batches.get()
    };
    assert!(batches > 10, "{batches}");
    for batch in 0..batches {
        let places = (0..8)
            .map(Fault::Within)
            .chain([Fault::Before, Fault::After]);
        for place in places {
            let database = ledger();
            send(
                &database,
                &(0..20).map(|id| event(id, 0)).collect::<Vec<_>>(),
            );
            let mut faults = vec![Fault::None; batch];
            faults.push(place);
            archive_all(&Unreliable::new(&database, faults), &config(), 400);
            assert_true(&database);
            assert_eq!(
                number(&database, "SELECT COUNT(*) FROM interactions_archive"),
                20
            );
            assert_eq!(
                number(&database, "SELECT COUNT(*) FROM sessions_archive"),
                10
            );
        }
    }
}

#[test]
fn a_history_of_two_years_is_archived_with_the_same_totals() {
    let database = ledger();
    for day in 0..730 {
        let id = |n: i64| u32::try_from(day * 3 + n).unwrap();
        let mut events: Vec<_> = (0..3).map(|n| event(id(n), day)).collect();
        for event in &mut events {
            event.session_id = format!("{}-of-{}", event.session_id, day / 5);
        }
        send(&database, &events);
    }
    let before = crate::recount::totals(&database);
    let moved = archive_all(&database, &ArchiveConfig::default(), 730);
    assert_eq!(crate::recount::totals(&database), before);
    assert_true(&database);
    let cutoff = START + 365 * DAY_MS;
    let oldest = number(&database, "SELECT MIN(last_seen) FROM sessions");
    let newest = number(&database, "SELECT MAX(last_seen) FROM sessions_archive");
    assert!(newest < cutoff && cutoff <= oldest);
    let hot = number(&database, "SELECT COUNT(*) FROM interactions");
    assert_eq!(u64::try_from(2_190 - hot).unwrap(), moved.interaction_count);
    assert!(moved.interaction_count > 1_000);
    let again = archive_all(&database, &ArchiveConfig::default(), 730);
    assert_eq!((again.session_count, again.interaction_count), (0, 0));
}

#[test]
fn every_revision_of_an_estimate_moves_with_its_interaction() {
    let database = ledger();
    send(&database, &[event(1, 0)]);
    database
        .execute_script(
            "INSERT INTO cost_estimates SELECT interaction_key, 2, ai_tokens_cost, db_ops_cost,
               api_calls_cost, compute_time_cost, total_cost, cache_savings, currency, price_state,
               match_kind, calculation_version, price_book_version, created_at, 'run', 'reason',
               lines FROM cost_estimates",
        )
        .unwrap();
    assert_eq!(archive_all(&database, &config(), 400).estimate_count, 2);
    assert_eq!(
        number(
            &database,
            "SELECT MAX(revision) FROM cost_estimates_archive"
        ),
        2
    );
    assert_true(&database);
}

#[test]
fn a_session_moves_only_when_its_last_event_is_older_than_the_retention() {
    let database = ledger();
    send(&database, &[event(10, 0), event(20, 100)]);
    let last_seen = number(&database, "SELECT last_seen FROM sessions");
    let at = |ms: i64| {
        block_on(archive_sessions(&database, &config(), || {
            UnixMillis(last_seen + ms)
        }))
        .unwrap()
    };
    assert_eq!(at(365 * DAY_MS).session_count, 0);
    let summary = at(365 * DAY_MS + 1);
    assert_eq!((summary.session_count, summary.interaction_count), (1, 2));
}

#[test]
fn a_late_event_brings_the_session_back_and_the_next_archival_takes_all_of_it() {
    let database = ledger();
    send(&database, &[event(10, 0), event(20, 0)]);
    archive_all(&database, &config(), 400);
    let answers = send(&database, &[event(10, 0), event(30, 399)]);
    assert!(
        matches!(answers[0], Answer::Duplicate(_)),
        "an archived id is still known"
    );
    assert!(matches!(answers[1], Answer::Accepted(_)));
    assert_eq!(
        number(&database, "SELECT interaction_count FROM sessions"),
        3
    );
    assert_true(&database);
    assert_eq!(
        archive_all(&database, &config(), 400).session_count,
        0,
        "it is current again"
    );
    let moved = archive_all(&database, &config(), 800);
    assert_eq!((moved.session_count, moved.interaction_count), (1, 1));
    assert_eq!(
        number(&database, "SELECT interaction_count FROM sessions_archive"),
        3
    );
    assert_true(&database);
}

#[test]
fn a_mark_brings_an_archived_session_back_too() {
    let database = ledger();
    send(&database, &[event(10, 0)]);
    archive_all(&database, &config(), 400);
    mark(&database, "session-0", 399, true);
    assert_eq!(
        number(&database, "SELECT interaction_count FROM sessions"),
        1
    );
    assert_each_is_in_one_place(&database);
    archive_all(&database, &config(), 800);
    assert_eq!(
        number(&database, "SELECT COUNT(*) FROM sessions_archive"),
        1
    );
    assert_each_is_in_one_place(&database);
}

#[test]
fn a_session_without_interactions_is_archived() {
    let database = ledger();
    mark(&database, "only-marked", 0, false);
    assert_eq!(archive_all(&database, &config(), 400).session_count, 1);
    assert_eq!(number(&database, "SELECT COUNT(*) FROM sessions"), 0);
}

#[test]
fn a_dry_run_counts_and_moves_nothing() {
    let database = ledger();
    send(
        &database,
        &(0..20).map(|id| event(id, 0)).collect::<Vec<_>>(),
    );
    send(&database, &[event(20, 390)]);
    let config = ArchiveConfig {
        dry_run: true,
        ..config()
    };
    let now = || UnixMillis(START + 400 * DAY_MS);
    let summary = block_on(archive_sessions(&database, &config, now)).unwrap();
    assert!(summary.dry_run && !summary.is_more);
    assert_eq!((summary.session_count, summary.interaction_count), (9, 18));
    assert_eq!(number(&database, "SELECT COUNT(*) FROM interactions"), 21);
    let moved = archive_all(
        &database,
        &ArchiveConfig {
            dry_run: false,
            ..config
        },
        400,
    );
    assert_eq!((moved.session_count, moved.interaction_count), (9, 18));
}

#[test]
fn a_run_keeps_to_its_chunks_and_its_time() {
    let database = ledger();
    send(
        &database,
        &(0..40).map(|id| event(id, 0)).collect::<Vec<_>>(),
    );
    let config = ArchiveConfig {
        chunks_max: 2,
        ..config()
    };
    let start = START + 400 * DAY_MS;
    let summary = block_on(archive_sessions(&database, &config, || UnixMillis(start))).unwrap();
    assert_eq!((summary.chunk_count, summary.interaction_count), (2, 6));
    assert!(summary.is_more);

    // A clock on which every look takes a second.
    let clock = Cell::new(start);
    let now = || UnixMillis(clock.replace(clock.get() + 1_000));
    let config = ArchiveConfig {
        chunks_max: 1_000,
        time_ms_max: 3_000,
        ..config
    };
    let summary = block_on(archive_sessions(&database, &config, now)).unwrap();
    assert_eq!(summary.chunk_count, 2);
    assert!(summary.is_more);
    assert_true(&database);
}

/// A database that does something else before one of the batches that it is sent.
struct Interrupted<'a, F: AsyncFn(&Sqlite)> {
    database: &'a Sqlite,
    before: usize,
    batches: Cell<usize>,
    interruption: F,
}

impl<F: AsyncFn(&Sqlite)> Database for Interrupted<'_, F> {
    async fn batch(&self, statements: &[Statement]) -> Result<Vec<Rows>, DatabaseError> {
        let at = self.batches.replace(self.batches.get() + 1);
        if at == self.before {
            (self.interruption)(self.database).await;
        }
        self.database.batch(statements).await
    }
}

/// Archives, with an interruption before each of its batches in turn.
fn archive_interrupted(interruption: impl AsyncFn(&Sqlite) + Copy, check: impl Fn(&Sqlite)) {
    for before in 0.. {
        let database = ledger();
        send(
            &database,
            &(0..20).map(|id| event(id, 0)).collect::<Vec<_>>(),
        );
        let interrupted = Interrupted {
            database: &database,
            before,
            batches: Cell::new(0),
            interruption,
        };
        archive_all(&interrupted, &config(), 400);
        if interrupted.batches.get() <= before {
            assert!(before > 10, "{before} batches were interrupted");
            return;
        }
        assert_true(&database);
        check(&database);
    }
}

#[test]
fn two_runs_at_once_move_everything_once() {
    archive_interrupted(
        async |database| {
            archive_to_the_end(database, &config(), 400).await;
        },
        |database| {
            assert_eq!(
                number(database, "SELECT COUNT(*) FROM interactions_archive"),
                20
            );
            assert_eq!(
                number(database, "SELECT COUNT(*) FROM sessions_archive"),
                10
            );
            assert_eq!(number(database, "SELECT COUNT(*) FROM interactions"), 0);
        },
    );
}

#[test]
fn an_event_between_two_chunks_keeps_its_session_current() {
    let in_current_session = format!("FROM sessions WHERE session_key = {}", key_of("session-3"));
    archive_interrupted(
        async |database| {
            record(database, &[event(23, 399)]).await;
        },
        |database| {
            let sql = format!("SELECT COUNT(*) {in_current_session}");
            assert_eq!(number(database, &sql), 1);
            let sql = format!("SELECT interaction_count {in_current_session}");
            assert_eq!(number(database, &sql), 3);
            assert_eq!(number(database, "SELECT COUNT(*) FROM sessions_archive"), 9);
        },
    );
}

#[test]
fn a_clock_that_jumps_back_ends_a_run_by_its_chunks() {
    let database = ledger();
    send(
        &database,
        &(0..40).map(|id| event(id, 0)).collect::<Vec<_>>(),
    );
    let config = ArchiveConfig {
        chunks_max: 4,
        ..config()
    };
    let clock = Cell::new(START + 400 * DAY_MS);
    let backwards = || UnixMillis(clock.replace(clock.get() - DAY_MS));
    let summary = block_on(archive_sessions(&database, &config, backwards)).unwrap();
    assert_eq!((summary.chunk_count, summary.is_more), (4, true));
    assert_true(&database);
}

#[test]
fn a_shorter_retention_moves_more_and_a_longer_one_leaves_it_there() {
    let database = ledger();
    for day in 0..400 {
        let mut event = event(u32::try_from(day).unwrap(), day);
        event.session_id = format!("of-day-{day}");
        send(&database, &[event]);
    }
    let before = crate::recount::totals(&database);
    let with_retention = |days: i64| {
        let config = ArchiveConfig {
            retention_ms: days * DAY_MS,
            ..config()
        };
        archive_all(&database, &config, 400).session_count
    };
    let hot = || number(&database, "SELECT COUNT(*) FROM sessions");
    let moved = with_retention(365);
    assert!((30..40).contains(&moved), "{moved}");
    assert_eq!(
        with_retention(30) + moved + u64::try_from(hot()).unwrap(),
        400
    );
    let hot_before = hot();
    assert!((28..33).contains(&hot_before), "{hot_before}");
    assert_eq!(with_retention(365), 0);
    assert_eq!(hot(), hot_before);
    assert_eq!(crate::recount::totals(&database), before);
    assert_true(&database);
}

#[test]
fn a_session_whose_interactions_straddle_the_retention_stays_whole() {
    let database = ledger();
    send(&database, &[event(10, 0), event(20, 34), event(30, 36)]);
    // 365 days before day 400 lies between the second and the third.
    archive_all(&database, &config(), 400);
    assert_eq!(number(&database, "SELECT COUNT(*) FROM interactions"), 3);
    archive_all(&database, &config(), 402);
    assert_eq!(number(&database, "SELECT COUNT(*) FROM interactions"), 0);
    assert_true(&database);
}

#[test]
fn what_a_fault_left_in_both_places_holds_nothing_else_up_and_moves_once_it_is_mended() {
    for fault in [
        // An interaction, with and without its estimate.
        "INSERT INTO interactions_archive SELECT * FROM interactions WHERE id = 'event-0'",
        "INSERT INTO interactions_archive SELECT * FROM interactions WHERE id = 'event-0';
         INSERT INTO cost_estimates_archive SELECT * FROM cost_estimates WHERE interaction_key =
           (SELECT interaction_key FROM interactions WHERE id = 'event-0');",
        // An estimate alone, and a session's row.
        "INSERT INTO cost_estimates_archive SELECT * FROM cost_estimates LIMIT 1",
        "INSERT INTO sessions_archive SELECT s.* FROM sessions s JOIN session_ids USING (session_key)
         WHERE id = 'session-0'",
    ] {
        let database = ledger();
        send(
            &database,
            &(0..20).map(|id| event(id, 0)).collect::<Vec<_>>(),
        );
        database.execute_script(fault).unwrap();
        let archive = || {
            let now = || UnixMillis(START + 400 * DAY_MS);
            block_on(archive_sessions(&database, &config(), now)).expect("no chunk fails")
        };
        archive();
        let left = number(&database, "SELECT COUNT(*) FROM interactions");
        assert!(left <= 2, "{fault}: {left} are left");
        let now = || UnixMillis(START + 401 * DAY_MS);
        let pass = block_on(verify_slices(&database, &VerifyConfig::default(), now)).unwrap();
        assert_eq!((pass.finding_count, pass.repaired_count), (1, 1), "{fault}");
        archive();
        assert_eq!(
            number(&database, "SELECT COUNT(*) FROM interactions"),
            0,
            "{fault}"
        );
        assert_eq!(
            number(&database, "SELECT COUNT(*) FROM sessions"),
            0,
            "{fault}"
        );
        assert_true(&database);
    }
}

#[test]
fn a_price_for_what_is_archived_meanwhile_moves_no_sum() {
    // Before each batch of a re-pricing in turn, everything is archived.
    for before in 0..8 {
        let database = ledger();
        send(
            &database,
            &(0..20).map(|id| event(id, 0)).collect::<Vec<_>>(),
        );
        let unpriced = |table: &str| {
            let sql = format!("SELECT COUNT(*) FROM {table} WHERE price_state = 'unpriced'");
            number(&database, &sql)
        };
        assert_eq!(unpriced("cost_estimates"), 5);
        let price = crate::history::PRICES.replace("gpt-5-mini", "model-without-price");
        database
            .execute_script(&format!(
                "{price}; UPDATE ledger_state SET price_book_version = price_book_version + 1"
            ))
            .unwrap();
        let archive = async |database: &Sqlite| {
            archive_to_the_end(database, &config(), 400).await;
        };
        let interrupted = Interrupted {
            database: &database,
            before,
            batches: Cell::new(0),
            interruption: archive,
        };
        let now = UnixMillis(START + 30 * DAY_MS);
        let bounds = RepriceConfig::default();
        let repricing = reprice_unpriced(&interrupted, None, "2024-11-01", "run", now, &bounds);
        let summary = block_on(repricing).unwrap();
        archive_all(&database, &config(), 400);
        assert_true(&database);
        let revised = number(
            &database,
            "SELECT COUNT(*) FROM cost_estimates_archive WHERE revision = 2",
        );
        assert_eq!(summary.revised_count, u64::try_from(revised).unwrap());
    }
}

#[test]
fn an_empty_ledger_has_nothing_to_archive() {
    let summary = archive_all(&ledger(), &config(), 400);
    assert_eq!(summary, ArchiveSummary::default());
}

#[test]
fn another_schema_is_not_touched() {
    let database = ledger();
    send(&database, &[event(1, 0)]);
    database
        .execute_script("UPDATE ledger_state SET schema_version = 99")
        .unwrap();
    assert_eq!(
        archive_all(&database, &config(), 400),
        ArchiveSummary::default()
    );
    assert_eq!(number(&database, "SELECT COUNT(*) FROM interactions"), 1);
}

#[test]
fn the_archive_has_the_columns_of_the_hot_tables_in_their_order() {
    let database = ledger();
    for table in ["sessions", "interactions", "cost_estimates"] {
        let columns = |table: &str| -> Vec<(String, String, i64)> {
            database.with_connection(|connection| {
                let mut select = connection
                    .prepare("SELECT name, type, \"notnull\" FROM pragma_table_info(?1)")
                    .unwrap();
                let rows =
                    select.query_map([table], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
                rows.unwrap().collect::<Result<_, _>>().unwrap()
            })
        };
        assert_eq!(
            columns(table),
            columns(&format!("{table}_archive")),
            "{table}"
        );
    }
}
