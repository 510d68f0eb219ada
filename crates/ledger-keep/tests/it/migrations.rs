//! Each migration, on a database that the ones before it made and the ledger's own rows filled.

use std::collections::BTreeMap;

use crate::history::{DAY_MS, START, event, ledger, mark, new_ingest_id, number, send};
use cost_calculation::{PicoUsd, UnixMillis};
use futures_executor::block_on;
use ledger_core::{
    record_error::RecordError,
    schema::{SCHEMA_VERSION, SchemaState, check},
    sqlite::{Sqlite, migrations},
};
use ledger_keep::{
    archive::{ArchiveConfig, archive_sessions},
    verify::{VerifyConfig, verify_slices},
};
use ledger_record::ingest::{Answer, IngestCache, IngestContext, ingest};
use reporting_days::ReportingZone;
use rusqlite::types::Value;

type Table = Vec<Vec<Value>>;

/// A ledger with rows in nearly every table, written by the real code.
fn filled() -> Sqlite {
    let database = ledger();
    send(
        &database,
        &(0..40)
            .map(|id| event(id, i64::from(id) * 18))
            .collect::<Vec<_>>(),
    );
    mark(&database, "only-marked", 700, true);
    let now = || UnixMillis(START + 730 * DAY_MS);
    send(
        &database,
        &(100..110)
            .map(|id| {
                let mut event = event(id, 3);
                event.session_id = format!("old-{}", id % 3);
                event
            })
            .collect::<Vec<_>>(),
    );
    let moved = block_on(archive_sessions(&database, &ArchiveConfig::default(), now)).unwrap();
    assert!(
        moved.session_count >= 3 && moved.estimate_count >= 10,
        "{moved:?}"
    );
    database
}

/// A database with the first `count` migrations, and the rows of `full` that fit in.
fn filled_with_the_first(count: usize, full: &Sqlite) -> Sqlite {
    let database = Sqlite::in_memory().unwrap();
    for (_, sql) in &migrations().unwrap()[..count] {
        database.execute_script(sql).unwrap();
    }
    // What triggers keep is filled like the rest.
    let triggers = texts(
        &database,
        "SELECT name || char(10) || sql FROM sqlite_master WHERE type = 'trigger'",
    );
    let triggers: Vec<_> = triggers
        .iter()
        .map(|trigger| trigger.split_once('\n').unwrap())
        .collect();
    for (name, _) in &triggers {
        let sql = format!("DROP TRIGGER {name}");
        database.execute_script(&sql).unwrap();
    }
    for name in tables(&database) {
        if name == "ledger_state" {
            continue;
        }
        let columns = columns(&database, &name);
        let rows = rows(full, &name, &columns);
        let places = vec!["?"; columns.len()].join(", ");
        database.with_connection(|connection| {
            let sql = format!(
                "INSERT OR REPLACE INTO {name} ({}) VALUES ({places})",
                columns.join(", ")
            );
            let mut insert = connection.prepare(&sql).unwrap();
            for row in rows {
                insert.execute(rusqlite::params_from_iter(row)).unwrap();
            }
        });
    }
    for (_, sql) in triggers {
        database.execute_script(sql).unwrap();
    }
    database
}

fn apply_from(database: &Sqlite, first: usize) {
    for (name, sql) in &migrations().unwrap()[first..] {
        database
            .execute_script(sql)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

fn texts(database: &Sqlite, sql: &str) -> Vec<String> {
    database.with_connection(|connection| {
        let mut select = connection.prepare(sql).unwrap();
        select
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap()
    })
}

fn tables(database: &Sqlite) -> Vec<String> {
    texts(
        database,
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1",
    )
}

fn columns(database: &Sqlite, table: &str) -> Vec<String> {
    texts(
        database,
        &format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid"),
    )
}

fn rows(database: &Sqlite, table: &str, columns: &[String]) -> Table {
    database.with_connection(|connection| {
        let sql = format!("SELECT {0} FROM {table} ORDER BY {0}", columns.join(", "));
        let mut select = connection.prepare(&sql).unwrap();
        let rows = select.query_map([], |row| (0..columns.len()).map(|at| row.get(at)).collect());
        rows.unwrap().collect::<Result<_, _>>().unwrap()
    })
}

fn contents(database: &Sqlite, of: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, Table> {
    of.iter()
        .map(|(table, columns)| (table.clone(), rows(database, table, columns)))
        .collect()
}

#[test]
fn each_migration_keeps_every_row_of_a_database_that_the_one_before_filled() {
    let full = filled();
    let count = migrations().unwrap().len();
    for first in 1..count {
        let database = filled_with_the_first(first, &full);
        let before: BTreeMap<_, _> = tables(&database)
            .into_iter()
            .filter(|table| table != "ledger_state")
            .map(|table| (table.clone(), columns(&database, &table)))
            .collect();
        let rows_before = contents(&database, &before);
        assert!(
            rows_before["interactions"].len() >= 40,
            "the database was filled"
        );
        apply_from(&database, first);
        assert_eq!(
            contents(&database, &before),
            rows_before,
            "from migration {first} on"
        );
        assert_eq!(
            number(&database, "SELECT schema_version FROM ledger_state"),
            SCHEMA_VERSION
        );
    }
}

#[test]
fn a_migrated_database_takes_events_and_is_sound_after_one_verification() {
    let full = filled();
    let count = migrations().unwrap().len();
    // Before the third, archived rows and the price rows that lines name had no place.
    for first in 3..count {
        let database = filled_with_the_first(first, &full);
        apply_from(&database, first);
        assert!(matches!(
            send(&database, &[event(5, 90)])[0],
            Answer::Duplicate(_)
        ));
        assert!(matches!(
            send(&database, &[event(500, 90)])[0],
            Answer::Accepted(_)
        ));
        let now = || UnixMillis(START + 731 * DAY_MS);
        let config = VerifyConfig {
            statements_max: u32::MAX,
            ..VerifyConfig::default()
        };
        let summary = block_on(verify_slices(&database, &config, now)).unwrap();
        assert!(summary.is_pass_finished);
        assert_eq!(summary.finding_count, summary.repaired_count);
        // With the rollups there, nothing needs a repair at all.
        if first >= 4 {
            assert_eq!(summary.finding_count, 0, "from migration {first} on");
        }
        crate::recount::assert_sums_are_true(&database, true);
    }
}

#[test]
fn another_schema_says_so_and_is_not_written_to() {
    let full = filled();
    let count = migrations().unwrap().len();
    let state = |database: &Sqlite| block_on(check(database)).unwrap();
    assert_eq!(state(&full), SchemaState::Current);
    assert_eq!(state(&full).remedy(), None);
    assert_eq!(
        state(&Sqlite::in_memory().unwrap()),
        SchemaState::Older { found: 0 }
    );

    let context = IngestContext {
        received_at: UnixMillis(START),
        reporting_zone: ReportingZone::UTC,
        interaction_cost_max: PicoUsd::new(1_000_000_000_000_000),
        declared_cost_max: PicoUsd::new(i64::MAX),
        new_ingest_id,
    };
    let refused = |database: &Sqlite| {
        let mut cache = IngestCache::default();
        block_on(ingest(database, &mut cache, &context, vec![event(900, 1)])).unwrap_err()
    };
    for first in 1..count {
        let database = filled_with_the_first(first, &full);
        let SchemaState::Older { found } = state(&database) else {
            panic!("{first}")
        };
        assert!(
            state(&database)
                .remedy()
                .unwrap()
                .contains("apply the migrations")
        );
        let error = refused(&database);
        if first == count - 1 {
            let expected = RecordError::SchemaMismatch {
                found,
                expected: SCHEMA_VERSION,
            };
            assert_eq!(error, expected);
        }
        assert_eq!(
            number(
                &database,
                "SELECT COUNT(*) FROM interactions WHERE id = 'event-900'"
            ),
            0
        );
    }
    full.execute_script("UPDATE ledger_state SET schema_version = 99")
        .unwrap();
    assert_eq!(state(&full), SchemaState::Newer { found: 99 });
    assert!(
        state(&full)
            .remedy()
            .unwrap()
            .contains("deploy the release")
    );
    assert_eq!(
        refused(&full),
        RecordError::SchemaMismatch {
            found: 99,
            expected: SCHEMA_VERSION
        }
    );
}

#[test]
fn the_schema_has_the_number_of_the_newest_migration() {
    let migrations = migrations().unwrap();
    let (newest, _) = migrations.last().unwrap();
    let number_of_newest: i64 = newest[..4].parse().unwrap();
    assert_eq!(
        number_of_newest, SCHEMA_VERSION,
        "{newest} sets ledger_state.schema_version"
    );
    let numbers: Vec<i64> = migrations
        .iter()
        .map(|(name, _)| name[..4].parse().unwrap())
        .collect();
    assert_eq!(
        numbers,
        (1..=SCHEMA_VERSION).collect::<Vec<_>>(),
        "without a gap"
    );
    let database = Sqlite::migrated().unwrap();
    assert_eq!(
        number(&database, "SELECT schema_version FROM ledger_state"),
        SCHEMA_VERSION
    );
}

#[test]
fn no_migration_takes_anything_away() {
    for (name, sql) in migrations().unwrap() {
        for word in ["DELETE FROM INTERACTIONS", "DELETE FROM SESSIONS"] {
            assert!(!sql.to_uppercase().contains(word), "{name} has {word}");
        }
        assert!(
            !sql.contains("DROP TABLE") && !sql.contains("DROP COLUMN"),
            "{name}"
        );
    }
}
