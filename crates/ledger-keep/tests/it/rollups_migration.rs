//! The migration of the sums is the one that the list of measures makes, and each trigger moves tables
//! that set off no other.

#[path = "../../../ledger-core/examples/write_rollups/rollups_sql.rs"]
mod rollups_sql;

use ledger_core::sqlite::{Sqlite, migrations};

#[test]
fn the_migration_of_the_sums_is_what_the_list_of_measures_makes() {
    let migrations = migrations().unwrap();
    let (_, checked_in) = migrations
        .iter()
        .find(|(name, _)| name == "0004_create_rollups.sql")
        .unwrap();
    assert!(
        *checked_in == rollups_sql::rollups_sql(),
        "run `cargo run -p ledger-core --example write_rollups`"
    );
}

#[test]
fn no_trigger_sets_off_another() {
    let triggers: Vec<(String, String, String)> =
        Sqlite::migrated().unwrap().with_connection(|connection| {
            connection
                .prepare("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
                .unwrap()
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                .unwrap()
                .collect::<Result<_, _>>()
                .unwrap()
        });
    assert!(!triggers.is_empty());
    for (name, _, sql) in &triggers {
        let body = sql.split_once("BEGIN").unwrap().1;
        for (other, table, _) in &triggers {
            for write in ["INSERT INTO ", "UPDATE ", "DELETE FROM "] {
                assert!(
                    !body.contains(&format!("{write}{table} ")),
                    "{name} sets off {other}"
                );
            }
        }
    }
}
