//! What a day comes to: recounted from its interactions in the shape of each table that keeps its
//! sums, and compared with what is kept.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use ledger_core::{
    database::{DatabaseError, Rows},
    latency_bucket::bucket_of,
    rollup::{MEASURES, ROLLUPS, measures_of_interaction},
};

/// A cell's key after the day, in the order of its table's columns.
pub(super) type Key = Vec<Value>;
/// The measures of each cell; the histogram's have one, the count. Keyed by the JSON of the key.
pub(super) type Cells = BTreeMap<String, Vec<i64>>;

/// What a day comes to in each table.
pub(super) type Day = BTreeMap<&'static str, Cells>;

pub(super) const LATENCIES: &str = "latency_daily";
/// A bucket of a row's histogram.
pub(super) const LATENCY_KEY: &str = "day, provider, model, metric, bucket";

/// The buckets that are kept, each as a cell.
pub(super) const KEPT_LATENCIES: &str = "
SELECT json_array(json_array(d.provider, d.model, 'duration', CAST(j.key AS INTEGER)),
  json_array(j.value))
FROM latency_daily d, json_each(d.duration_counts) j WHERE d.day = ?1 ->> 'day'
UNION ALL
SELECT json_array(json_array(d.provider, d.model, 'time_to_first_token', CAST(j.key AS INTEGER)),
  json_array(j.value))
FROM latency_daily d, json_each(d.first_token_counts) j WHERE d.day = ?1 ->> 'day'";

/// The cube's cells of the interactions that `condition` selects, with their latencies.
pub(super) fn count(condition: &str) -> String {
    let half = |archive: &str| {
        format!(
            "SELECT i.user_key, i.provider, i.model_name AS model, i.agent, i.type,
               iif(i.type = 'chat' AND i.status = 'ok', i.duration_ms, NULL) AS duration_ms,
               iif(i.type = 'chat' AND i.status = 'ok', i.time_to_first_token_ms, NULL)
                 AS time_to_first_token_ms,
               {}
             FROM interactions{archive} i
               CROSS JOIN cost_estimates{archive} e ON e.interaction_key = i.interaction_key
             WHERE {condition} AND i.day = ?1 ->> 'day'
               AND e.revision = (SELECT MAX(x.revision) FROM cost_estimates{archive} x
                                 WHERE x.interaction_key = i.interaction_key)",
            measures_of_interaction()
        )
    };
    let sums = MEASURES.map(|measure| format!("SUM({measure})")).join(", ");
    format!(
        "SELECT json_array(user_key, provider, model, agent, type, json_array({sums}),
           json_group_array(duration_ms) FILTER (WHERE duration_ms IS NOT NULL),
           json_group_array(time_to_first_token_ms)
             FILTER (WHERE time_to_first_token_ms IS NOT NULL))
         FROM (\n{}\nUNION ALL\n{}\n)
         GROUP BY user_key, provider, model, agent, type",
        half(""),
        half("_archive")
    )
}

pub(super) fn kept(table: &str, key: &str, measures: &str) -> String {
    // The primary key begins with the day.
    format!(
        "SELECT json_array(json_array({}), json_array({measures})) FROM {table}
         WHERE day = ?1 ->> 'day'",
        key.trim_start_matches("day, ")
    )
}

#[derive(Deserialize)]
struct CubeCell {
    user_key: i64,
    provider: String,
    model: String,
    agent: String,
    kind: String,
    sums: Vec<i64>,
    durations: Vec<i64>,
    times_to_first_token: Vec<i64>,
}

impl CubeCell {
    /// The value of a rollup's key column.
    fn column(&self, name: &str) -> Value {
        match name {
            "user_key" => json!(self.user_key),
            "provider" => json!(self.provider),
            "model" => json!(self.model),
            "agent" => json!(self.agent),
            _ => json!(self.kind),
        }
    }
}

fn move_by(day: &mut Day, table: &'static str, key: &[Value], sums: &[i64]) {
    let kept = day
        .entry(table)
        .or_default()
        .entry(json!(key).to_string())
        .or_insert_with(|| vec![0; sums.len()]);
    for (kept, sum) in kept.iter_mut().zip(sums) {
        *kept = kept.saturating_add(*sum);
    }
}

pub(super) fn add(day: &mut Day, rows: &Rows) -> Result<(), DatabaseError> {
    for cell in rows.decode::<CubeCell>()? {
        for (table, key) in ROLLUPS {
            let key: Key = key
                .split(", ")
                .skip(1)
                .map(|column| cell.column(column))
                .collect();
            move_by(day, table, &key, &cell.sums);
        }
        for (metric, latencies) in [
            ("duration", &cell.durations),
            ("time_to_first_token", &cell.times_to_first_token),
        ] {
            for latency_ms in latencies {
                let bucket = bucket_of(latency_ms.unsigned_abs());
                let key = [
                    json!(cell.provider),
                    json!(cell.model),
                    json!(metric),
                    json!(bucket),
                ];
                move_by(day, LATENCIES, &key, &[1]);
            }
        }
    }
    Ok(())
}

pub(super) fn compare(
    table: &'static str,
    truth: Cells,
    mut kept: Cells,
    differences: &mut Vec<Difference>,
) {
    for (key, expected) in truth {
        let found = kept.remove(&key).unwrap_or_else(|| vec![0; expected.len()]);
        if found != expected {
            differences.push(Difference {
                table,
                key,
                expected,
                found,
            });
        }
    }
    for (key, found) in kept {
        differences.push(Difference {
            table,
            key,
            expected: vec![0; found.len()],
            found,
        });
    }
}

/// A cell that differs from the recount.
#[derive(Debug)]
pub(super) struct Difference {
    pub table: &'static str,
    pub key: String,
    pub expected: Vec<i64>,
    pub found: Vec<i64>,
}

impl Difference {
    /// By how much the cell is to be moved.
    pub fn by(&self) -> Vec<i64> {
        self.expected
            .iter()
            .zip(&self.found)
            .map(|(right, wrong)| right.saturating_sub(*wrong))
            .collect()
    }

    /// Whether the same cell differs by the same; events may have moved both sides meanwhile.
    pub fn is_same(&self, other: &Self) -> bool {
        self.table == other.table && self.key == other.key && self.by() == other.by()
    }
}
