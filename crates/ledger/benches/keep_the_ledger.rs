//! How long archival and verification hold the database: on a file of a million interactions, with
//! D1's limits on `SQLite`.
//!
//! `cargo bench -p ledger --bench keep_the_ledger`, with `INTERACTIONS=100000` for a smaller one.
//! Criterion repeats one thing; here every slice differs, and the longest one is what counts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a benchmark on the host reads the host's clock and fails by panicking"
)]

#[path = "../tests/history/mod.rs"]
mod history;

use std::cell::RefCell;
use std::time::{Duration, Instant};

use cost_calculation::UnixMillis;
use futures_executor::block_on;
use history::{DAY_MS, START, event, number, send};
use ledger::{
    Database, DatabaseError, Rows, Statement,
    archive::{ArchiveConfig, archive_sessions},
    rollup::ROLLUPS,
    sqlite::Sqlite,
    verify::{VerifyConfig, verify_slices},
};

/// The events of a day. The first day's go in by the real code, the other days are copies of it.
const EVENTS_A_DAY: u32 = 20_000;

/// Takes the time of every batch.
struct Timed<'a> {
    database: &'a Sqlite,
    batches: RefCell<Vec<(Duration, String)>>,
}

impl Database for Timed<'_> {
    async fn batch(&self, statements: &[Statement]) -> Result<Vec<Rows>, DatabaseError> {
        let start = Instant::now();
        let rows = self.database.batch(statements).await;
        let first: String = statements[0]
            .sql
            .split_whitespace()
            .take(12)
            .collect::<Vec<_>>()
            .join(" ");
        self.batches.borrow_mut().push((start.elapsed(), first));
        rows
    }
}

impl Timed<'_> {
    fn report(&self, what: &str) {
        let mut batches = self.batches.take();
        batches.sort_unstable();
        let total: Duration = batches.iter().map(|(took, _)| *took).sum();
        let at = |share: usize| batches[(batches.len() - 1) * share / 100].0;
        println!(
            "{what}: {} batches, {total:.2?}; a batch p50 {:.1?}, p99 {:.1?}, longest {:.1?}",
            batches.len(),
            at(50),
            at(99),
            at(100),
        );
        for (took, sql) in batches.iter().rev().take(3) {
            println!("  {took:.1?}: {sql}");
        }
    }
}

/// A ledger of so many days.
fn fill(database: &Sqlite, days: u32) {
    for chunk in (0..EVENTS_A_DAY).collect::<Vec<_>>().chunks(500) {
        let events: Vec<_> = chunk
            .iter()
            .map(|id| {
                let mut event = event(*id, 0);
                // Twenty in a session, one after the other; some two thousand users.
                event.session_id = format!("{:08x}", (id / 20).wrapping_mul(2_654_435_761));
                event.user_id = format!("user-{}", id / 20 % 400);
                event.timestamp = UnixMillis(START + i64::from(*id) * 4_000);
                event.price_time = UnixMillis(event.timestamp.0 + 500);
                event.duration_ms = Some(u64::from(id * 7919 % 30_000));
                event
            })
            .collect();
        send(database, &events);
    }
    let names = |sql: String| -> Vec<String> {
        database.with_connection(|connection| {
            let mut select = connection.prepare(&sql).unwrap();
            select
                .query_map([], |row| row.get(0))
                .unwrap()
                .collect::<Result<_, _>>()
                .unwrap()
        })
    };
    let first_day = "1970-01-01".to_owned();
    let first_day = names("SELECT MIN(day) FROM interactions".to_owned())
        .pop()
        .unwrap_or(first_day);
    let copy = |table: &str, day: u32| {
        let columns = names(format!("SELECT name FROM pragma_table_info('{table}')"));
        let values: Vec<String> = columns
            .into_iter()
            .map(|column| match column.as_str() {
                "interaction_key" => format!("interaction_key + {}", day * EVENTS_A_DAY),
                "id" | "session_id" => format!("{column} || '-{day}'"),
                "day" => format!("date(day, '+{day} days')"),
                "timestamp" | "price_time" | "start_time" | "last_seen" => {
                    format!("{column} + {day} * 86400000")
                }
                _ => column,
            })
            .collect();
        let originals = match table {
            "cost_estimates" => format!("interaction_key <= {EVENTS_A_DAY}"),
            "sessions" => format!("start_time < {START} + 86400000"),
            "session_models" => "session_id NOT LIKE '%-%'".to_owned(),
            _ => format!("day = '{first_day}'"),
        };
        format!(
            "INSERT INTO {table} SELECT {} FROM {table} WHERE {originals};",
            values.join(", ")
        )
    };
    let tables = [
        "interactions",
        "cost_estimates",
        "sessions",
        "session_models",
        "session_days",
    ];
    let tables = tables.into_iter().chain(ROLLUPS.map(|(table, _)| table));
    let tables: Vec<&str> = tables.chain(["latency_histogram"]).collect();
    for day in 1..days {
        let script: String = tables.iter().map(|table| copy(table, day)).collect();
        database
            .execute_script(&format!("BEGIN; {script} COMMIT;"))
            .unwrap();
    }
}

fn main() {
    let wanted: u32 = std::env::var("INTERACTIONS").map_or(1_000_000, |n| n.parse().unwrap());
    let file = std::env::temp_dir().join(format!("tokentill-bench-{}.sqlite", std::process::id()));
    let database = Sqlite::open(&file).unwrap();
    database.migrate().unwrap();
    database.execute_script(history::PRICES).unwrap();
    let days = wanted.div_ceil(EVENTS_A_DAY);
    fill(&database, days);
    let interactions = number(&database, "SELECT COUNT(*) FROM interactions");
    let megabytes = std::fs::metadata(&file).unwrap().len() / 1_000_000;
    println!("{interactions} interactions over {days} days, {megabytes} MB on disk");

    let timed = Timed {
        database: &database,
        batches: RefCell::default(),
    };
    let no_bounds = VerifyConfig {
        slices_max: u32::MAX,
        time_ms_max: i64::MAX,
    };
    let now = || UnixMillis(START + 100 * DAY_MS);
    let start = Instant::now();
    let summary = block_on(verify_slices(&timed, &no_bounds, now)).unwrap();
    assert!(summary.is_pass_finished);
    assert_eq!(summary.finding_count, 0, "the copies are sound");
    println!(
        "verification: {} slices, {:.2?} with the work outside the database",
        summary.slice_count,
        start.elapsed(),
    );
    timed.report("verification, the database's part");

    // Some ten thousand interactions at a time, on a ledger of this size.
    let config = ArchiveConfig {
        chunks_max: 13,
        time_ms_max: i64::MAX,
        ..ArchiveConfig::default()
    };
    let late = || UnixMillis(START + 600 * DAY_MS);
    for run in 1..=3 {
        let start = Instant::now();
        let summary = block_on(archive_sessions(&timed, &config, late)).unwrap();
        let took = start.elapsed();
        println!(
            "archival {run}: {} interactions, {took:.2?}",
            summary.interaction_count
        );
        timed.report("archival, the database's part");
    }

    // Ingestion beside a verification gets its turn after each batch; alone, for comparison.
    let batch: Vec<_> = (0..500).map(|n| event(9_000_000 + n, 1)).collect();
    let start = Instant::now();
    send(&database, &batch);
    println!("a batch of 500 events: {:.1?}", start.elapsed());
    drop(database);
    std::fs::remove_file(&file).unwrap();
}
