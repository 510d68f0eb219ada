//! Writes a large ledger as one `SQLite` file, to measure on: `INTERACTIONS` (1,000,000) over the 52
//! weeks that end on the Sunday `ENDS_ON`, and `ARCHIVED` (0) older ones at the same rate.
//!
//! `ENDS_ON=2026-11-22 cargo run -p ledger-keep --example large_ledger -- FILE`
//!
//! The real code records five weeks, one for each state of the price book (`busy_week`); every week
//! of the file is a copy of one of them, moved in time (`copy_week`), so that every estimate, line
//! and sum is true; `VERIFY=1` runs the whole verification over it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::too_many_lines,
    missing_docs,
    reason = "a tool on the host reads the host's clock and fails by panicking"
)]

mod busy_week;
mod copy_week;

use std::path::{Path, PathBuf};
use std::time::Instant;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use cost_calculation::UnixMillis;
use futures_executor::block_on;
use ledger_core::sqlite::{Sqlite, migrations};
use ledger_keep::verify::{VerifyConfig, verify_slices};

use busy_week::{PriceEra, record_week};
use copy_week::{Copies, Shelf};

const WEEKS_A_YEAR: u32 = 52;
const WEEK_MS: i64 = 7 * 86_400_000;

fn number(name: &str, default: u32) -> u32 {
    std::env::var(name).map_or(default, |text| {
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is a count, not '{text}'"))
    })
}

/// The first Monday, at midnight UTC, of the year that ends on `ENDS_ON`.
fn first_monday() -> NaiveDate {
    let text = std::env::var("ENDS_ON").expect("ENDS_ON is the last day, a Sunday: 2026-11-22");
    let ends_on: NaiveDate = text.parse().expect("ENDS_ON is a date: 2026-11-22");
    assert_eq!(ends_on.weekday(), Weekday::Sun, "ENDS_ON is a Sunday");
    ends_on - Days::new(u64::from(WEEKS_A_YEAR) * 7 - 1)
}

fn midnight_ms(day: NaiveDate) -> i64 {
    day.and_hms_opt(0, 0, 0)
        .unwrap()
        .and_utc()
        .timestamp_millis()
}

fn main() {
    let file = PathBuf::from(std::env::args().nth(1).expect("the file to write"));
    let a_week = number("INTERACTIONS", 1_000_000).div_ceil(WEEKS_A_YEAR);
    let archived_weeks = number("ARCHIVED", 0).div_ceil(a_week);
    let start_ms = midnight_ms(first_monday());
    let started = Instant::now();
    let _ = std::fs::remove_file(&file);

    let database = fast(&file);
    database.migrate().unwrap();
    record_migrations(&database);
    busy_week::prepare(&database, start_ms);
    let bases: Vec<PathBuf> = PriceEra::ALL
        .iter()
        .map(|era| {
            let base = file.with_extension(format!("week-{}", era.first_week()));
            let _ = std::fs::remove_file(&base);
            let recorded = fast(&base);
            recorded.migrate().unwrap();
            busy_week::prepare(&recorded, start_ms);
            record_week(&recorded, *era, start_ms, a_week);
            base
        })
        .collect();
    println!(
        "{} weeks recorded in {:.0?}",
        bases.len(),
        started.elapsed()
    );

    let mut copies = Copies::begin(&database, &bases);
    for week in 0..archived_weeks {
        let weeks = i64::from(week) - i64::from(archived_weeks);
        copies.copy(0, weeks, Shelf::Archive);
    }
    for (base, era) in PriceEra::ALL.iter().enumerate() {
        for week in era.weeks() {
            let weeks = i64::from(week) - i64::from(era.first_week());
            copies.copy(base, weeks, Shelf::Hot);
        }
    }
    copies.end();
    for base in &bases {
        std::fs::remove_file(base).unwrap();
    }
    let count = |table: &str| {
        database.with_connection(|connection| {
            connection
                .query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| {
                    row.get::<_, i64>(0)
                })
                .unwrap()
        })
    };
    println!(
        "{} interactions, {} archived, {} MB in {:.0?}",
        count("interactions"),
        count("interactions_archive"),
        std::fs::metadata(&file).unwrap().len() / 1_000_000,
        started.elapsed(),
    );
    if std::env::var_os("VERIFY").is_some() {
        verify(&database, start_ms);
    }
}

/// A file that nothing has to survive a power cut for, with the limits of D1.
fn fast(file: &Path) -> Sqlite {
    let database = Sqlite::open(file).unwrap();
    database
        .execute_script(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -2000000;
             PRAGMA temp_store = MEMORY;",
        )
        .unwrap();
    database
}

/// As `wrangler d1 migrations apply` records them, so that nobody applies them again.
fn record_migrations(database: &Sqlite) {
    database
        .execute_script(
            "CREATE TABLE d1_migrations (
               id         INTEGER PRIMARY KEY AUTOINCREMENT,
               name       TEXT UNIQUE,
               applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
             );",
        )
        .unwrap();
    for (name, _) in migrations().unwrap() {
        database
            .execute_script(&format!(
                "INSERT INTO d1_migrations (name) VALUES ('{name}');"
            ))
            .unwrap();
    }
}

fn verify(database: &Sqlite, start_ms: i64) {
    let started = Instant::now();
    let config = VerifyConfig {
        slices_max: u32::MAX,
        statements_max: u32::MAX,
        time_ms_max: i64::MAX,
    };
    let now = || UnixMillis(start_ms + 53 * WEEK_MS);
    let summary = block_on(verify_slices(database, &config, now)).unwrap();
    assert!(summary.is_pass_finished);
    assert_eq!(summary.finding_count, 0, "the ledger is sound");
    database
        .execute_script("DELETE FROM integrity_passes;")
        .unwrap();
    println!("verified in {:.0?}: no finding", started.elapsed());
}
