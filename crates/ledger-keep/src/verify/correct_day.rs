//! The findings of a day whose sums differ, and the statements that move them by the difference.

use serde_json::{Map, Value, json};

use ledger_core::rollup::{LATENCY_COUNTS, MEASURES, ROLLUPS, add_latencies, upsert};

use super::{
    day_sums::{Difference, Key, LATENCIES, LATENCY_KEY},
    pass::GUARD,
    slice::{Correction, Finding, Slice},
};

/// The rows that one statement moves: their JSON stays below the 2 MB of a parameter.
const ROWS_MAX: usize = 3_000;

const fn check_of(table: &str) -> &'static str {
    match table.as_bytes() {
        b"usage_daily" => "usage_daily_equals_interactions",
        b"daily_stats" => "daily_stats_equal_interactions",
        b"daily_model_stats" => "daily_model_stats_equal_interactions",
        b"daily_agent_stats" => "daily_agent_stats_equal_interactions",
        b"daily_agent_model_stats" => "daily_agent_model_stats_equal_interactions",
        _ => "latency_daily_equals_interactions",
    }
}

/// Records what differs, and corrects it.
pub(super) fn correct(day: &str, differences: &[Difference], slice: &mut Slice) {
    for (table, key) in ROLLUPS.into_iter().chain([(LATENCIES, LATENCY_KEY)]) {
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
        let [insert, remove] = if table == LATENCIES {
            move_latencies()
        } else {
            move_rows(table, key)
        };
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
    let names: &[&str] = if difference.table == LATENCIES {
        &["count"]
    } else {
        &MEASURES
    };
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
    let moves = MEASURES
        .iter()
        .enumerate()
        .map(|(at, measure)| format!("j.value ->> '$[1][{at}]' AS {measure}"));
    let delta = format!(
        "SELECT ?1 ->> 'day' AS day, {} FROM json_each(?1, '$.rows') j WHERE {GUARD}",
        keys.chain(moves).collect::<Vec<_>>().join(", ")
    );
    let nothing = MEASURES.map(|measure| format!("{measure} = 0"));
    let remove = format!(
        "DELETE FROM {table} WHERE day = ?1 ->> 'day' AND {}",
        nothing.join(" AND ")
    );
    [upsert(table, key, &delta), remove]
}

/// The same for the histograms: a cell is a bucket of a row. The weeks are compared with them later.
fn move_latencies() -> [String; 2] {
    let key = "day, provider, model";
    let insert = format!(
        "INSERT INTO latency_daily ({key}, {})
         SELECT ?1 ->> 'day', j.value ->> '$[0][0]', j.value ->> '$[0][1]',
           {}
         FROM json_each(?1, '$.rows') j WHERE {GUARD} GROUP BY 1, 2, 3
         {}",
        LATENCY_COUNTS.join(", "),
        ["duration", "time_to_first_token"]
            .map(|metric| format!(
                "json_group_object(CAST(j.value ->> '$[0][3]' AS TEXT), j.value ->> '$[1][0]')
                   FILTER (WHERE j.value ->> '$[0][2]' = '{metric}')"
            ))
            .join(", "),
        add_latencies(LATENCIES, key)
    );
    let nothing = LATENCY_COUNTS.map(|counts| format!("{counts} = '{{}}'"));
    let remove = format!(
        "DELETE FROM latency_daily WHERE day = ?1 ->> 'day' AND {}",
        nothing.join(" AND ")
    );
    [insert, remove]
}
