//! Every day's sums and latencies against its interactions, hot and archived.
//!
//! A day is recounted in parts of some thousand interactions. What arrives meanwhile has a greater
//! key than every interaction that is there at the start; it is counted apart, in the batch that
//! reads the kept sums, so the two are of one moment however long the parts took.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate, NaiveTime, TimeZone};
use cost_calculation::UnixMillis;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    ReportingZone,
    database::{Database, DatabaseError, Rows, Statement},
    latency_bucket::bucket_of,
    rollup::{MEASURES, ROLLUPS, measures_of_interaction, upsert},
};

use super::pass::{Correction, Coverage, Finding, GUARD, OpenPass, Slice};

/// The interactions in a part of a day.
const PART_INTERACTIONS: u32 = 4_000;
/// The most cells of one table and day that get a finding each; the rest share one.
const NAMED_CELLS_MAX: usize = 100;

/// A cell's key after the day, in the order of its table's columns.
type Key = Vec<Value>;
/// The measures of each cell; the histogram's have one, the count. Keyed by the JSON of the key.
type Cells = BTreeMap<String, Vec<i64>>;

/// What a day comes to in each table.
type Day = BTreeMap<&'static str, Cells>;

const LATENCIES: &str = "latency_histogram";
const LATENCY_KEY: &str = "day, provider, model, metric, bucket";
/// The histogram again, in the shape that percentiles are read from; triggers move it.
const LATENCIES_BY_DAY: &str = "latency_daily";

const KEPT_LATENCIES_BY_DAY: &str = "
SELECT json_array(json_array(d.provider, d.model, d.metric, CAST(j.key AS INTEGER)),
  json_array(j.value))
FROM latency_daily d, json_each(d.counts) j WHERE d.day = ?1 ->> 'day'";

/// Makes a day's rows anew from the histogram, which is right by then.
const REBUILD_LATENCIES_BY_DAY: [&str; 2] = [
    "DELETE FROM latency_daily WHERE day = ?1 ->> 'day'",
    "INSERT INTO latency_daily (day, provider, model, metric, counts)
     SELECT day, provider, model, metric, json_group_object(CAST(bucket AS TEXT), count)
     FROM latency_histogram WHERE day = ?1 ->> 'day' GROUP BY day, provider, model, metric",
];

// Primary keys, and interactions_by_time.
fn next_day_after() -> String {
    let tables = ROLLUPS
        .map(|(table, _)| table)
        .into_iter()
        .chain([LATENCIES, LATENCIES_BY_DAY]);
    let days: Vec<String> = tables
        .map(|table| format!("(SELECT MIN(day) FROM {table} WHERE day > ?1 ->> 'after')"))
        .collect();
    format!(
        "SELECT json_array(json_array({}), json_array(
           (SELECT MIN(timestamp) FROM interactions WHERE timestamp >= ?1 ->> 'from'),
           (SELECT MIN(timestamp) FROM interactions_archive WHERE timestamp >= ?1 ->> 'from')))",
        days.join(", ")
    )
}

// The primary keys, and interactions_by_time with its archived counterpart.
const PARTS: &str = "
SELECT json_array(MAX(COALESCE((SELECT MAX(interaction_key) FROM interactions), 0),
  COALESCE((SELECT MAX(interaction_key) FROM interactions_archive), 0)))
UNION ALL
SELECT json_array(timestamp) FROM (
  SELECT timestamp, ROW_NUMBER() OVER (ORDER BY timestamp) AS n FROM interactions
  WHERE timestamp >= ?1 ->> 'from' AND timestamp < ?1 ->> 'until')
WHERE n % (?1 ->> 'part') = 0
UNION ALL
SELECT json_array(timestamp) FROM (
  SELECT timestamp, ROW_NUMBER() OVER (ORDER BY timestamp) AS n FROM interactions_archive
  WHERE timestamp >= ?1 ->> 'from' AND timestamp < ?1 ->> 'until')
WHERE n % (?1 ->> 'part') = 0";

/// The cube's cells of the interactions that `condition` selects, with their latencies.
fn count(condition: &str) -> String {
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

fn kept(table: &str, key: &str, measures: &str) -> String {
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

/// Verifies the day after the pass's place.
pub(super) async fn verify<D: Database>(
    database: &D,
    pass: &OpenPass,
) -> Result<Slice, DatabaseError> {
    let Some(day) = next_day(database, pass).await? else {
        return Ok(Slice::default());
    };
    let mut slice = Slice {
        coverage: Coverage {
            days: 1,
            ..Coverage::default()
        },
        position: Some(day.clone()),
        ..Slice::default()
    };
    let (mut differences, is_one_moment) = differences_of(database, pass.zone, &day).await?;
    if !differences.is_empty() && !is_one_moment {
        // A price that arrived between two parts looks like a difference; it would not look the
        // same twice.
        let (mut again, _) = differences_of(database, pass.zone, &day).await?;
        again.retain(|difference| differences.iter().any(|before| before.is_same(difference)));
        differences = again;
    }
    correct(&day, &differences, &mut slice);
    Ok(slice)
}

async fn next_day<D: Database>(
    database: &D,
    pass: &OpenPass,
) -> Result<Option<String>, DatabaseError> {
    let from = bounds(pass.zone, &pass.position).map_or(i64::MIN, |(_, until)| until);
    let parameter = json!({ "after": pass.position, "from": from });
    let rows = database
        .query(Statement::with(next_day_after(), &parameter)?)
        .await?;
    let Some((days, timestamps)) = rows.first::<(Vec<Option<String>>, [Option<i64>; 2])>()? else {
        return Ok(None);
    };
    let of_interactions = timestamps
        .into_iter()
        .flatten()
        .map(|time| pass.zone.day(UnixMillis(time)));
    Ok(days
        .into_iter()
        .flatten()
        .chain(of_interactions)
        .filter(|day| *day > pass.position)
        .min())
}

/// A day's first instant and the first after it, unix milliseconds; `None` for what is no day.
fn bounds(zone: ReportingZone, day: &str) -> Option<(i64, i64)> {
    let day: NaiveDate = day.parse().ok()?;
    let start = |day: NaiveDate| {
        // Clocks may jump over midnight; none jumps over more than a day.
        (0..25).find_map(|hour| {
            let local = day.and_time(NaiveTime::MIN) + chrono::Duration::hours(hour);
            zone.from_local_datetime(&local)
                .earliest()
                .map(|start| start.timestamp_millis())
        })
    };
    Some((start(day)?, start(day.checked_add_days(Days::new(1))?)?))
}

/// A cell that differs from the recount.
#[derive(Debug)]
struct Difference {
    table: &'static str,
    key: String,
    expected: Vec<i64>,
    found: Vec<i64>,
}

impl Difference {
    /// By how much the cell is to be moved.
    fn by(&self) -> Vec<i64> {
        self.expected
            .iter()
            .zip(&self.found)
            .map(|(right, wrong)| right.saturating_sub(*wrong))
            .collect()
    }

    /// Whether the same cell differs by the same; events may have moved both sides meanwhile.
    fn is_same(&self, other: &Self) -> bool {
        self.table == other.table && self.key == other.key && self.by() == other.by()
    }
}

/// What differs on a day, and whether everything was read in one batch.
async fn differences_of<D: Database>(
    database: &D,
    zone: ReportingZone,
    day: &str,
) -> Result<(Vec<Difference>, bool), DatabaseError> {
    // What is no day has no interactions.
    let (from, until) = bounds(zone, day).unwrap_or((0, 0));
    let parameter = json!({ "from": from, "until": until, "part": PART_INTERACTIONS });
    let rows = database.query(Statement::with(PARTS, &parameter)?).await?;
    let mut limits: Vec<i64> = rows
        .decode::<(i64,)>()?
        .into_iter()
        .map(|(number,)| number)
        .collect();
    let newest_key = if limits.is_empty() {
        0
    } else {
        limits.remove(0)
    };
    limits.push(until);
    limits.sort_unstable();
    limits.dedup();

    let mut truth = Day::new();
    let in_part = count(
        "i.timestamp >= ?1 ->> 'from' AND i.timestamp < ?1 ->> 'until'
             AND +i.interaction_key <= ?1 ->> 'newest_key'",
    );
    let part = |from: i64, until: i64| {
        let parameter =
            json!({ "day": day, "from": from, "until": until, "newest_key": newest_key });
        Statement::with(in_part.clone(), &parameter)
    };
    let mut from = from;
    while limits.len() > 1 {
        let until = limits.remove(0);
        add(&mut truth, &database.query(part(from, until)?).await?)?;
        from = until;
    }
    let is_one_moment = from == bounds(zone, day).map_or(0, |(from, _)| from);

    let on_day = json!({ "day": day, "newest_key": newest_key }).to_string();
    let mut statements = vec![
        part(from, until)?,
        Statement::with_json(count("i.interaction_key > ?1 ->> 'newest_key'"), &*on_day),
    ];
    let measures = MEASURES.join(", ");
    for (table, key) in ROLLUPS {
        statements.push(Statement::with_json(kept(table, key, &measures), &*on_day));
    }
    statements.push(Statement::with_json(
        kept(LATENCIES, LATENCY_KEY, "count"),
        &*on_day,
    ));
    statements.push(Statement::with_json(KEPT_LATENCIES_BY_DAY, &*on_day));
    let rows = database.batch(&statements).await?;
    let [last_part, newer, kept @ ..] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no rows".to_owned()));
    };
    add(&mut truth, last_part)?;
    add(&mut truth, newer)?;
    let tables = ROLLUPS
        .map(|(table, _)| table)
        .into_iter()
        .chain([LATENCIES, LATENCIES_BY_DAY]);
    let mut differences = Vec::new();
    for (table, rows) in tables.zip(kept) {
        let kept: Cells = rows
            .decode::<(Key, Vec<i64>)>()?
            .into_iter()
            .map(|(key, sums)| (json!(key).to_string(), sums))
            .collect();
        compare(
            table,
            truth.remove(table).unwrap_or_default(),
            kept,
            &mut differences,
        );
    }
    Ok((differences, is_one_moment))
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

fn add(day: &mut Day, rows: &Rows) -> Result<(), DatabaseError> {
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
                for table in [LATENCIES, LATENCIES_BY_DAY] {
                    move_by(day, table, &key, &[1]);
                }
            }
        }
    }
    Ok(())
}

fn compare(table: &'static str, truth: Cells, mut kept: Cells, differences: &mut Vec<Difference>) {
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

fn correct(day: &str, differences: &[Difference], slice: &mut Slice) {
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
        let named = of_table.len().min(NAMED_CELLS_MAX);
        for difference in of_table.iter().take(named) {
            slice.findings.push(finding(day, &columns, difference));
        }
        if of_table.len() > named {
            slice.findings.push(Finding {
                check: check_of(table),
                subject: json!({ "day": day, "further_rows": of_table.len() - named }),
                expected: json!("the recount"),
                found: json!("other sums"),
                correction: Some("the rows were moved by the differences"),
            });
        }
        let rows: Vec<Value> = of_table
            .iter()
            .map(|difference| {
                let key: Value = serde_json::from_str(&difference.key).unwrap_or_default();
                json!([key, difference.by()])
            })
            .collect();
        let parameter: Map<String, Value> = [
            ("day".to_owned(), json!(day)),
            ("rows".to_owned(), json!(rows)),
        ]
        .into_iter()
        .collect();
        let statements = if table == LATENCIES_BY_DAY {
            REBUILD_LATENCIES_BY_DAY.map(str::to_owned)
        } else {
            move_rows(table, key)
        };
        for sql in statements {
            slice.corrections.push(Correction {
                sql,
                parameter: parameter.clone(),
            });
        }
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

#[cfg(test)]
mod tests {
    use super::bounds;
    use crate::ReportingZone;

    #[test]
    fn a_day_has_its_hours_also_where_clocks_change() {
        let hours = |zone: &str, day: &str| {
            let zone = ReportingZone::named(zone).unwrap();
            bounds(zone, day).map(|(from, until)| (until - from) / 3_600_000)
        };
        assert_eq!(hours("UTC", "2026-11-23"), Some(24));
        assert_eq!(hours("Europe/Berlin", "2026-03-29"), Some(23));
        assert_eq!(hours("Europe/Berlin", "2026-10-25"), Some(25));
        // The clocks jump from 24:00 to 01:00.
        assert_eq!(hours("Africa/Cairo", "2026-04-24"), Some(23));
        assert_eq!(hours("UTC", "the day before"), None);
    }
}
