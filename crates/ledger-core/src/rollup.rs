//! The statements that move every kept sum by a set of differences, in the batch that causes them.
//!
//! A difference comes from a common table expression named `delta`, one row for each interaction
//! that is new or whose estimate changed: ingestion and re-pricing give different ones, the sums
//! that they move are the same.

/// The measures that every rollup keeps, in the order of their columns.
pub const MEASURES: [&str; 22] = [
    "interaction_count",
    "error_count",
    "aborted_count",
    "unpriced_count",
    "partial_count",
    "unpriced_tokens",
    "input_tokens",
    "cache_read_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "output_tokens",
    "reasoning_tokens",
    "audio_in_tokens",
    "audio_out_tokens",
    "image_in_tokens",
    "image_out_tokens",
    "ai_tokens_cost",
    "db_ops_cost",
    "api_calls_cost",
    "compute_time_cost",
    "total_cost",
    "cache_savings",
];

/// How many of [`MEASURES`] are counts; the rest is money.
pub const COUNTS: usize = 16;

/// The sum of an interaction's ten token columns, with the prefix of its table.
pub const TOKEN_SUM: &str = "(i.input_tokens + i.cache_read_tokens + i.cache_write_5m_tokens \
     + i.cache_write_1h_tokens + i.output_tokens + i.reasoning_tokens + i.audio_in_tokens \
     + i.audio_out_tokens + i.image_in_tokens + i.image_out_tokens)";

/// The rollup tables by day and their keys: the cube, and its marginals.
pub const ROLLUPS: [(&str, &str); 5] = [
    ("usage_daily", "day, user_key, provider, model, agent, type"),
    ("daily_stats", "day, user_key"),
    ("daily_model_stats", "day, provider, model, type"),
    ("daily_agent_stats", "day, agent"),
    (
        "daily_agent_model_stats",
        "day, agent, provider, model, type",
    ),
];

/// The sums by user within one model, provider or agent: each dimension of `daily_user_slices`, and the
/// cube's column that stands in its `provider` (a model has one, the others have none).
pub const SLICES: [(&str, &str); 3] = [("model", "provider"), ("provider", "''"), ("agent", "''")];

/// A day's week, by its Monday, in SQL.
pub fn week_of(day: &str) -> String {
    format!("date({day}, 'weekday 0', '-6 days')")
}

/// The two histograms of a row of latencies: JSON objects of bucket to count.
pub const LATENCY_COUNTS: [&str; 2] = ["duration_counts", "first_token_counts"];

/// The clause that adds the histograms of a row that is there already; a bucket that comes to nothing
/// goes.
pub fn add_latencies(table: &str, key: &str) -> String {
    let sums = LATENCY_COUNTS
        .map(|counts| {
            format!(
                "{counts} = (
      SELECT json_group_object(key, count) FROM (
        SELECT key, SUM(value) AS count FROM (
          SELECT key, value FROM json_each({table}.{counts})
          UNION ALL SELECT key, value FROM json_each(excluded.{counts}))
        GROUP BY key HAVING SUM(value) <> 0))"
            )
        })
        .join(",\n    ");
    format!("ON CONFLICT ({key}) DO UPDATE SET\n    {sums}")
}

/// The measures of one interaction `i` with its estimate `e`, as select list: what a new
/// interaction adds to every rollup.
pub fn measures_of_interaction() -> String {
    MEASURES
        .map(|measure| format!("{} AS {measure}", measure_of_interaction(measure)))
        .join(", ")
}

fn measure_of_interaction(measure: &str) -> String {
    match measure {
        "interaction_count" => "1".to_owned(),
        "error_count" => "(i.status = 'error')".to_owned(),
        "aborted_count" => "(i.status = 'aborted')".to_owned(),
        "unpriced_count" => "(e.price_state = 'unpriced')".to_owned(),
        "partial_count" => "(e.price_state = 'partial')".to_owned(),
        "unpriced_tokens" => format!("{TOKEN_SUM} * (e.price_state = 'unpriced')"),
        tokens if tokens.ends_with("_tokens") => format!("i.{tokens}"),
        cost => format!("IFNULL(e.{cost}, 0)"),
    }
}

/// The key of a cell of the cube: what a move of the rollups names.
const CUBE_KEY: &str = ROLLUPS[0].1;

/// The insert that moves every rollup by interactions `i` with their estimates `e`, which `rows`
/// gives: from `FROM` to its `WHERE`.
///
/// Ingestion sends it with every batch: the trigger of `rollup_moves` has the rest of it.
pub fn move_by_interactions(rows: &str) -> String {
    let key = "i.day, i.user_key, i.provider, i.model_name, i.agent, i.type";
    let sums = MEASURES
        .map(|measure| format!("SUM({})", measure_of_interaction(measure)))
        .join(", ");
    format!("INSERT INTO rollup_moves SELECT {key}, {sums} {rows} GROUP BY {key}")
}

/// The insert that moves every rollup by the rows of `delta`.
///
/// `delta` is a complete select with the columns day, `user_key`, provider, model, agent, type and
/// every measure.
pub fn move_by(delta: &str) -> String {
    format!(
        "WITH delta AS ({delta}) INSERT INTO rollup_moves {}",
        sums_of_delta(CUBE_KEY)
    )
}

/// The upsert that moves one rollup alone, as [`move_by`] moves all.
pub fn upsert(table: &str, key: &str, delta: &str) -> String {
    format!(
        "WITH delta AS ({delta}) INSERT INTO {table} ({key}, {}) {} {}",
        MEASURES.join(", "),
        sums_of_delta(key),
        add_measures(key, ", ")
    )
}

/// The clause that adds the measures to a row that is there already. What leaves the range of an
/// integer is a REAL to SQLite, which a STRICT table refuses: a sum that is full fails, and is never
/// rounded.
pub fn add_measures(key: &str, separator: &str) -> String {
    let moves = MEASURES
        .map(|measure| format!("{measure} = {measure} + excluded.{measure}"))
        .join(separator);
    format!("ON CONFLICT ({key}) DO UPDATE SET {moves}")
}

fn sums_of_delta(key: &str) -> String {
    let sums = MEASURES.map(|measure| format!("SUM({measure})")).join(", ");
    format!("SELECT {key}, {sums} FROM delta WHERE true GROUP BY {key}")
}

#[cfg(test)]
mod tests {
    use super::{CUBE_KEY, MEASURES, ROLLUPS};
    use crate::sqlite::Sqlite;

    #[test]
    fn every_rollup_has_exactly_its_key_and_the_measures() {
        let database = Sqlite::migrated().expect("the migrations apply");
        let moves = [("rollup_moves", CUBE_KEY)];
        for (table, key) in ROLLUPS.into_iter().chain(moves) {
            let columns: Vec<String> = database.with_connection(|connection| {
                connection
                    .prepare(&format!("SELECT name FROM pragma_table_info('{table}')"))
                    .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
                    .expect("the table is there")
            });
            let expected: Vec<_> = key.split(", ").chain(MEASURES).map(str::to_owned).collect();
            assert_eq!(columns, expected, "{table}");
        }
    }
}
