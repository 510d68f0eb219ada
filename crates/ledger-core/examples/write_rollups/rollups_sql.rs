//! The tables of sums and the one trigger that moves them, from the one list of measures.

use ledger_core::rollup::{
    LATENCY_COUNTS, MEASURES, ROLLUPS, SLICES, add_latencies, add_measures, week_of,
};

const HEAD: &str = "-- Written by `cargo run -p ledger-core --example write_rollups` from the list of measures in
-- crates/ledger-core/src/rollup.rs. A later change to it is a migration of its own.
--
-- The sums of the interactions: the cube, its marginals and its mirrors, so that a chart reads hundreds
-- of rows and not a million. Whatever changes a sum (a batch of events, a new price, a change of zone)
-- sends one row for each cell of the cube to the view `rollup_moves`, whose one trigger moves every
-- table. No table of sums has a trigger of its own.
";

/// What a table of sums is, by the name of its table.
fn sentence(table: &str) -> &'static str {
    match table {
        "usage_daily" => "Marginal of the interactions: the cube.",
        "daily_stats" => "Marginal of the cube: by user.",
        "daily_model_stats" => "Marginal of the cube: by model and type.",
        "daily_agent_stats" => "Marginal of the cube: by agent.",
        _ => "Marginal of the cube: all of it but the user.",
    }
}

fn column(name: &str) -> String {
    let kind = if name == "user_key" {
        "INTEGER"
    } else {
        "TEXT"
    };
    format!("  {name} {kind} NOT NULL,\n")
}

fn table_of_sums(table: &str, key: &str) -> String {
    let keys: String = key.split(", ").map(column).collect();
    let measures = MEASURES.map(|measure| format!("  {measure} INTEGER NOT NULL,\n"));
    let measures = measures.concat();
    format!(
        "CREATE TABLE {table} (\n{keys}{measures}  PRIMARY KEY ({key})\n) STRICT, WITHOUT ROWID;\n"
    )
}

/// Names, a few on a line.
fn wrapped(names: &[String]) -> String {
    names
        .chunks(5)
        .map(|line| line.join(", "))
        .collect::<Vec<_>>()
        .join(",\n    ")
}

fn new(name: &str) -> String {
    format!("NEW.{name}")
}

/// The upsert of one table by a row of `rollup_moves`; `values` are its key's.
fn upsert(table: &str, key: &str, source: &str) -> String {
    let measures = wrapped(&MEASURES.map(str::to_owned));
    let moved = add_measures(key, ",\n    ").replace("SET ", "SET\n    ");
    format!("  INSERT INTO {table} ({key},\n    {measures})\n  {source}\n  {moved};\n")
}

fn values(keys: &str) -> String {
    format!("VALUES ({keys},\n    {})", wrapped(&MEASURES.map(new)))
}

fn of_slices() -> String {
    let dimensions = SLICES
        .map(|(dimension, provider)| {
            let provider = if provider == "provider" { new(provider) } else { provider.to_owned() };
            format!("SELECT '{dimension}' AS dimension, NEW.{dimension} AS value, {provider} AS provider")
        })
        .join("\n    UNION ALL ");
    format!(
        "SELECT s.dimension, s.value, NEW.user_key, NEW.day, s.provider,\n    {}\n  FROM ({dimensions}) s\n  WHERE true",
        wrapped(&MEASURES.map(new))
    )
}

const SLICE_KEY: &str = "dimension, value, user_key, day, provider";
const WEEK_KEY: &str = "week, user_key";

fn move_trigger() -> String {
    let mut upserts: String = ROLLUPS
        .iter()
        .map(|(table, key)| {
            let keys: Vec<String> = key.split(", ").map(new).collect();
            upsert(table, key, &values(&keys.join(", ")))
        })
        .collect();
    upserts.push_str(&upsert("daily_user_slices", SLICE_KEY, &of_slices()));
    let keys = format!("{}, NEW.user_key", week_of("NEW.day"));
    upserts.push_str(&upsert("weekly_stats", WEEK_KEY, &values(&keys)));
    format!(
        "CREATE VIEW rollup_moves AS SELECT * FROM usage_daily;

CREATE TRIGGER rollup_moves_insert INSTEAD OF INSERT ON rollup_moves BEGIN
{upserts}END;
"
    )
}

fn latencies(table: &str, when: &str) -> String {
    let counts = LATENCY_COUNTS
        .map(|counts| format!("  {counts} TEXT NOT NULL,\n"))
        .concat();
    format!(
        "CREATE TABLE {table} (
  {when} TEXT NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
{counts}  PRIMARY KEY ({when}, provider, model)
) STRICT, WITHOUT ROWID;
"
    )
}

fn latency_trigger() -> String {
    let counts = LATENCY_COUNTS.join(", ");
    let upserts: String = [
        ("latency_daily", "day", new("day")),
        ("latency_weekly", "week", week_of("NEW.day")),
    ]
    .map(|(table, when, value)| {
        format!(
            "  INSERT INTO {table} ({when}, provider, model, {counts})
  VALUES ({value}, NEW.provider, NEW.model, {})
  {};
",
            LATENCY_COUNTS.map(new).join(", "),
            add_latencies(table, &format!("{when}, provider, model"))
        )
    })
    .concat();
    format!(
        "CREATE VIEW latency_moves AS SELECT * FROM latency_daily;

CREATE TRIGGER latency_moves_insert INSTEAD OF INSERT ON latency_moves BEGIN
{upserts}END;
"
    )
}

const SESSION_GAPS: &str = include_str!("session_gaps.sql");
const USER_GAPS: &str = include_str!("user_gaps.sql");
const USER_STATS: &str = include_str!("user_stats.sql");

/// The whole file.
pub fn rollups_sql() -> String {
    let mut sql = HEAD.to_owned();
    for (table, key) in ROLLUPS {
        sql.push_str("\n-- ");
        sql.push_str(sentence(table));
        sql.push('\n');
        sql.push_str(&table_of_sums(table, key));
        match table {
            "usage_daily" => sql.push_str(
                "\n-- A user's own history, without reading the others' rows of each day.
CREATE INDEX usage_daily_by_user ON usage_daily (user_key, day);\n",
            ),
            "daily_stats" => {
                sql.push_str(
                    "\nCREATE INDEX daily_stats_by_user ON daily_stats (user_key, day);\n",
                );
            }
            _ => {}
        }
    }
    sql.push_str(
        "\n-- Mirror of the cube's sums by user within one model, one provider or one agent (`dimension`): what is
-- filtered by one thing and split by user. `provider` is the model's; empty for what is no model.\n",
    );
    sql.push_str(&table_of_sums("daily_user_slices", SLICE_KEY));
    sql.push_str(
        "\n-- Marginal of daily_stats: whole weeks, each by its Monday. A range is its whole weeks and the days
-- before and after them.\n",
    );
    sql.push_str(&table_of_sums("weekly_stats", WEEK_KEY));
    sql.push_str(
        "\n-- A user's weeks one after the other: the trends of some users over a long range.
CREATE INDEX weekly_stats_by_user ON weekly_stats (user_key, week);

-- The one place through which every sum is moved.\n",
    );
    sql.push_str(&move_trigger());
    sql.push_str(
        "\n-- Marginal of the chats that succeeded: a model's latencies of a day, counted in fixed bounds
-- (crates/ledger-core/src/latency_bucket.rs) so that percentiles merge. JSON objects: bucket -> count.\n",
    );
    sql.push_str(&latencies("latency_daily", "day"));
    sql.push_str("\n-- Marginal of latency_daily: whole weeks, each by its Monday.\n");
    sql.push_str(&latencies("latency_weekly", "week"));
    sql.push_str("\n-- The one place through which latencies are counted.\n");
    sql.push_str(&latency_trigger());
    sql.push('\n');
    sql.push_str(SESSION_GAPS);
    sql.push_str(USER_GAPS);
    sql.push('\n');
    sql.push_str(USER_STATS);
    sql.push_str("\nUPDATE ledger_state SET schema_version = 4;\n");
    sql
}
