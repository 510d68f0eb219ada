//! The findings of a day whose sums differ, and the statements that move them by the difference.

use serde_json::{Map, Value, json};

use ledger_core::rollup::{MEASURES, ROLLUPS, upsert};

use super::{
    day_sums::{Difference, Key, LATENCIES, LATENCIES_BY_DAY, LATENCY_KEY},
    pass::GUARD,
    slice::{Correction, Finding, Slice},
};

/// The rows that one statement moves: their JSON stays below the 2 MB of a parameter.
const ROWS_MAX: usize = 3_000;

/// Makes a day's rows anew from the histogram, which is right by then.
const REBUILD_LATENCIES_BY_DAY: [&str; 2] = [
    "DELETE FROM latency_daily WHERE day = ?1 ->> 'day'",
    "INSERT INTO latency_daily (day, provider, model, metric, counts)
     SELECT day, provider, model, metric, json_group_object(CAST(bucket AS TEXT), count)
     FROM latency_histogram WHERE day = ?1 ->> 'day' GROUP BY day, provider, model, metric",
];

const fn check_of(table: &str) -> &'static str {
    match table.as_bytes() {
        b"usage_daily" => "usage_daily_equals_interactions",
        b"daily_stats" => "daily_stats_equal_interactions",
        b"daily_model_stats" => "daily_model_stats_equal_interactions",
        b"daily_agent_stats" => "daily_agent_stats_equal_interactions",
        b"latency_daily" => "latency_daily_equals_interactions",
        _ => "latency_histogram_equals_interactions",
    }
}

/// Records what differs, and corrects it.
pub(super) fn correct(day: &str, differences: &[Difference], slice: &mut Slice) {
    let of_latencies = [(LATENCIES, LATENCY_KEY), (LATENCIES_BY_DAY, LATENCY_KEY)];
    let tables = ROLLUPS.into_iter().chain(of_latencies);
    for (table, key) in tables {
        let of_table: Vec<&Difference> = differences
            .iter()
            .filter(|difference| difference.table == table)
            .collect();
        if of_table.is_empty() {
            continue;
        }
        let columns: Vec<&str> = key.split(", ").skip(1).collect();
        slice.findings.extend(
            of_table
                .iter()
                .map(|difference| finding(day, &columns, difference)),
        );
        if table == LATENCIES_BY_DAY {
            for sql in REBUILD_LATENCIES_BY_DAY {
                slice
                    .corrections
                    .push(Correction::new(sql, "day", json!(day)));
            }
            continue;
        }
        let [insert, remove] = move_rows(table, key);
        for part in of_table.chunks(ROWS_MAX) {
            let rows: Vec<Value> = part
                .iter()
                .map(|difference| {
                    let key: Value = serde_json::from_str(&difference.key).unwrap_or_default();
                    json!([key, difference.by()])
                })
                .collect();
            let mut correction = Correction::new(insert.clone(), "rows", json!(rows));
            correction.parameter.insert("day".to_owned(), json!(day));
            slice.corrections.push(correction);
        }
        slice
            .corrections
            .push(Correction::new(remove, "day", json!(day)));
    }
}

fn finding(day: &str, columns: &[&str], difference: &Difference) -> Finding {
    let key: Key = serde_json::from_str(&difference.key).unwrap_or_default();
    let mut subject = Map::from_iter([("day".to_owned(), json!(day))]);
    subject.extend(columns.iter().map(|column| (*column).to_owned()).zip(key));
    let is_latency = [LATENCIES, LATENCIES_BY_DAY].contains(&difference.table);
    let names: &[&str] = if is_latency { &["count"] } else { &MEASURES };
    let differing = |sums: &[i64]| -> Value {
        names
            .iter()
            .zip(sums)
            .zip(difference.expected.iter().zip(&difference.found))
            .filter(|(_, (right, wrong))| right != wrong)
            .map(|((name, sum), _)| ((*name).to_owned(), json!(sum)))
            .collect::<Map<String, Value>>()
            .into()
    };
    Finding {
        check: check_of(difference.table),
        subject: Value::Object(subject),
        expected: differing(&difference.expected),
        found: differing(&difference.found),
        correction: Some("the row was moved by the difference"),
    }
}

/// The statements that move a table's rows by `$.rows`, and remove those that come to nothing.
fn move_rows(table: &str, key: &str) -> [String; 2] {
    let keys = key
        .split(", ")
        .skip(1)
        .enumerate()
        .map(|(at, column)| format!("j.value ->> '$[0][{at}]' AS {column}"));
    let is_latency = table == LATENCIES;
    let measures: &[&str] = if is_latency { &["count"] } else { &MEASURES };
    let moves = measures
        .iter()
        .enumerate()
        .map(|(at, measure)| format!("j.value ->> '$[1][{at}]' AS {measure}"));
    let delta = format!(
        "SELECT ?1 ->> 'day' AS day, {} FROM json_each(?1, '$.rows') j WHERE {GUARD}",
        keys.chain(moves).collect::<Vec<_>>().join(", ")
    );
    let insert = if is_latency {
        format!(
            "WITH delta AS ({delta})
             INSERT INTO {table} ({key}, count) SELECT {key}, count FROM delta WHERE true
             ON CONFLICT ({key}) DO UPDATE SET count = {table}.count + excluded.count"
        )
    } else {
        upsert(table, key, &delta)
    };
    let nothing: Vec<String> = measures
        .iter()
        .map(|measure| format!("{measure} = 0"))
        .collect();
    let remove = format!(
        "DELETE FROM {table} WHERE day = ?1 ->> 'day' AND {}",
        nothing.join(" AND ")
    );
    [insert, remove]
}
