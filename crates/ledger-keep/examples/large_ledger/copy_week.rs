//! Copies a recorded week into another week of the ledger, in SQL.

use std::path::PathBuf;

use ledger_core::sqlite::Sqlite;

use crate::WEEK_MS;

/// The tables that hold what ages; their archives have `_archive` after their names.
const SHELVED: [&str; 3] = ["interactions", "cost_estimates", "sessions"];
const KEPT: [&str; 3] = ["session_ids", "session_models", "session_days"];
/// What every sum is moved by, and the table that has the moves.
const MOVED: [(&str, &str); 2] = [
    ("rollup_moves", "usage_daily"),
    ("latency_moves", "latency_daily"),
];

/// Where a week's interactions and sessions go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    Hot,
    Archive,
}

/// The copying, from one or more recorded weeks into one database.
pub struct Copies<'a> {
    database: &'a Sqlite,
    /// What the recorded weeks hold at most: the copies' keys are counted on by it.
    interactions: i64,
    sessions: i64,
    copied: i64,
    /// The indexes that were taken away, to be built in one go.
    indexes: Vec<String>,
}

impl<'a> Copies<'a> {
    /// Attaches the recorded weeks.
    pub fn begin(database: &'a Sqlite, bases: &[PathBuf]) -> Self {
        for (at, base) in bases.iter().enumerate() {
            database
                .execute_script(&format!("ATTACH '{}' AS week{at};", base.display()))
                .unwrap();
        }
        let most = |of: &str| {
            (0..bases.len())
                .map(|at| number(database, &of.replace("WEEK", &format!("week{at}"))))
                .max()
                .unwrap()
        };
        let indexes = names(
            database,
            "SELECT name || char(10) || sql FROM sqlite_master WHERE type = 'index'
               AND sql IS NOT NULL AND (tbl_name LIKE '%archive' OR tbl_name
               IN ('interactions', 'cost_estimates', 'sessions', 'usage_daily', 'daily_stats'))",
        );
        let mut copies = Self {
            database,
            interactions: most("SELECT MAX(interaction_key) FROM WEEK.interactions"),
            sessions: most("SELECT MAX(session_key) FROM WEEK.session_ids"),
            copied: 0,
            indexes: Vec::new(),
        };
        for index in indexes {
            let (name, sql) = index.split_once('\n').unwrap();
            database
                .execute_script(&format!("DROP INDEX {name};"))
                .unwrap();
            copies.indexes.push(sql.to_owned());
        }
        copies
    }

    /// Copies a recorded week, moved by so many weeks.
    pub fn copy(&mut self, base: usize, weeks: i64, shelf: Shelf) {
        let rows = SHELVED.into_iter().chain(KEPT).map(|table| (table, table));
        for (target, table) in rows.chain(MOVED) {
            let target = match shelf {
                Shelf::Archive if SHELVED.contains(&table) => format!("{table}_archive"),
                _ => target.to_owned(),
            };
            let columns = names(
                self.database,
                &format!("SELECT name FROM pragma_table_info('{table}')"),
            );
            let values: Vec<String> = columns
                .iter()
                .map(|column| self.moved(table, column, weeks))
                .collect();
            self.database
                .execute_script(&format!(
                    "INSERT INTO main.{target} ({}) SELECT {} FROM week{base}.{table};",
                    columns.join(", "),
                    values.join(", ")
                ))
                .unwrap_or_else(|error| panic!("{table}: {error}"));
        }
        self.copied += 1;
    }

    /// What stands in the copy's column. Ids are scattered over their indexes as random ones are.
    fn moved(&self, table: &str, column: &str, weeks: i64) -> String {
        let key_step = self.copied * self.interactions;
        let session_step = self.copied * self.sessions;
        let scattered =
            |number: &str| format!("printf('%08x', ({number}) * 2654435761 & 4294967295)");
        match (table, column) {
            (_, "interaction_key") => format!("interaction_key + {key_step}"),
            ("interactions", "id") => format!(
                "{} || substr(id, 9)",
                scattered(&format!("interaction_key + {key_step}"))
            ),
            (_, "session_key") => format!("session_key + {session_step}"),
            ("session_ids", "id") => format!(
                "{} || substr(id, 9)",
                scattered(&format!("session_key + {session_step}"))
            ),
            (_, "day") => format!("date(day, '{} days')", weeks * 7),
            (
                _,
                "timestamp" | "price_time" | "received_at" | "start_time" | "end_time"
                | "last_seen" | "last_start",
            ) => format!("{column} + {}", weeks * WEEK_MS),
            _ => column.to_owned(),
        }
    }

    /// Builds the indexes and lets go of the recorded weeks.
    pub fn end(self) {
        for sql in &self.indexes {
            self.database.execute_script(sql).unwrap();
        }
        self.database
            .execute_script("UPDATE ledger_state SET ledger_version = 1;")
            .unwrap();
        for schema in names(
            self.database,
            "SELECT name FROM pragma_database_list WHERE name LIKE 'week%'",
        ) {
            self.database
                .execute_script(&format!("DETACH {schema};"))
                .unwrap();
        }
    }
}

fn number(database: &Sqlite, sql: &str) -> i64 {
    database.with_connection(|connection| connection.query_row(sql, [], |row| row.get(0)).unwrap())
}

fn names(database: &Sqlite, sql: &str) -> Vec<String> {
    database.with_connection(|connection| {
        let mut select = connection.prepare(sql).unwrap();
        select
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap()
    })
}
