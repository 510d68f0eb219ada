//! Writes `migrations/0004_create_rollups.sql`, or a file that is named: `cargo run -p ledger-core --example
//! write_rollups`. A test compares the checked-in file with what this would write.

mod rollups_sql;

fn main() -> std::io::Result<()> {
    let checked_in = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../migrations/0004_create_rollups.sql"
    );
    let path = std::env::args().nth(1).unwrap_or(checked_in.to_owned());
    std::fs::write(path, rollups_sql::rollups_sql())
}
