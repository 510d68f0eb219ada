//! The statements that move every kept sum by a set of differences, in the batch that causes them.
//!
//! A difference comes from a common table expression named `delta`, one row for each interaction
//! that is new or whose estimate changed: ingestion and re-pricing give different ones, the sums
//! that they move are the same.

/// The measures that every rollup keeps, in the order of their columns.
pub const MEASURES: [&str; 21] = [
    "interaction_count",
    "error_count",
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

/// The sum of an interaction's ten token columns, with the prefix of its table.
pub const TOKEN_SUM: &str = "(i.input_tokens + i.cache_read_tokens + i.cache_write_5m_tokens \
     + i.cache_write_1h_tokens + i.output_tokens + i.reasoning_tokens + i.audio_in_tokens \
     + i.audio_out_tokens + i.image_in_tokens + i.image_out_tokens)";

/// The rollup tables and their keys.
pub const ROLLUPS: [(&str, &str); 4] = [
    ("usage_daily", "day, user_key, provider, model, agent, type"),
    ("daily_stats", "day, user_key"),
    ("daily_model_stats", "day, provider, model, type"),
    ("daily_agent_stats", "day, agent"),
];

/// The measures of one interaction `i` with its estimate `e`, as select list: what a new
/// interaction adds to every rollup.
pub fn measures_of_interaction() -> String {
    MEASURES
        .iter()
        .map(|measure| match *measure {
            "interaction_count" => "1 AS interaction_count".to_owned(),
            "error_count" => "(i.status = 'error') AS error_count".to_owned(),
            "unpriced_count" => "(e.price_state = 'unpriced') AS unpriced_count".to_owned(),
            "partial_count" => "(e.price_state = 'partial') AS partial_count".to_owned(),
            "unpriced_tokens" => {
                format!("{TOKEN_SUM} * (e.price_state = 'unpriced') AS unpriced_tokens")
            }
            tokens if tokens.ends_with("_tokens") => format!("i.{tokens}"),
            cost => format!("COALESCE(e.{cost}, 0) AS {cost}"),
        })
        .collect::<Vec<_>>()
        .join(",\n         ")
}

/// The upsert that moves one rollup by the rows of `delta`.
///
/// `delta` is a complete select with the columns day, `user_key`, provider, model, agent, type and
/// every measure.
pub fn upsert(table: &str, key: &str, delta: &str) -> String {
    let columns = MEASURES.join(", ");
    let sums = MEASURES.map(|measure| format!("SUM({measure})")).join(", ");
    let moves = MEASURES
        .map(|measure| format!("{measure} = {table}.{measure} + excluded.{measure}"))
        .join(",\n  ");
    format!(
        "WITH delta AS (\n{delta}\n)\n\
         INSERT INTO {table} ({key}, {columns})\n\
         SELECT {key}, {sums}\nFROM delta WHERE true GROUP BY {key}\n\
         ON CONFLICT ({key}) DO UPDATE SET\n  {moves}"
    )
}

#[cfg(test)]
mod tests {
    use super::{MEASURES, ROLLUPS};
    use crate::sqlite::Sqlite;

    #[test]
    fn every_rollup_has_exactly_its_key_and_the_measures() {
        let database = Sqlite::migrated().expect("the migrations apply");
        for (table, key) in ROLLUPS {
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
