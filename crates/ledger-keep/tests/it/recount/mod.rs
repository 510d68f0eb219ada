//! An independent, naive recount of everything that the ledger keeps: reads every interaction with
//! its counting estimate, adds up in maps, and compares with each kept table.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::{BTreeMap, BTreeSet};

use ledger_core::{latency_bucket::bucket_of, rollup::MEASURES, sqlite::Sqlite};
use rusqlite::types::Value;

type Key = Vec<String>;
type Sums = BTreeMap<Key, Vec<i64>>;

struct Interaction {
    session_id: String,
    user_key: i64,
    user: (String, String),
    timestamp: i64,
    completed: i64,
    day: String,
    provider: String,
    model: String,
    agent: String,
    kind: String,
    status: String,
    duration_ms: Option<i64>,
    time_to_first_token_ms: Option<i64>,
    measures: Vec<i64>,
}

fn interactions(database: &Sqlite) -> Vec<Interaction> {
    ["", "_archive"]
        .into_iter()
        .flat_map(|archive| interactions_of(database, archive))
        .collect()
}

fn interactions_of(database: &Sqlite, archive: &str) -> Vec<Interaction> {
    database.with_connection(|connection| {
        let mut select = connection
            .prepare(&format!(
                "SELECT i.*, n.id AS session_id, u.tenant_id, u.user_id, e.ai_tokens_cost, e.db_ops_cost,
                   e.api_calls_cost, e.compute_time_cost, e.total_cost, e.cache_savings,
                   e.price_state
                 FROM interactions{archive} i JOIN users u USING (user_key)
                 JOIN session_ids n USING (session_key)
                 JOIN cost_estimates{archive} e USING (interaction_key)
                 WHERE e.revision = (SELECT MAX(revision) FROM cost_estimates{archive} x
                                     WHERE x.interaction_key = i.interaction_key)"
            ))
            .expect("selects");
        let rows = select
            .query_map([], |row| {
                let text = |name: &str| row.get::<_, String>(name);
                let state = text("price_state")?;
                let tokens: Vec<i64> = MEASURES
                    .iter()
                    .filter(|m| m.ends_with("_tokens") && **m != "unpriced_tokens")
                    .map(|m| row.get(*m))
                    .collect::<Result<_, _>>()?;
                let measures = MEASURES
                    .iter()
                    .map(|measure| {
                        Ok(match *measure {
                            "interaction_count" => 1,
                            "error_count" => i64::from(text("status")? == "error"),
                            "aborted_count" => i64::from(text("status")? == "aborted"),
                            "unpriced_count" => i64::from(state == "unpriced"),
                            "partial_count" => i64::from(state == "partial"),
                            "unpriced_tokens" if state == "unpriced" => tokens.iter().sum(),
                            "unpriced_tokens" => 0,
                            column => row.get::<_, Option<i64>>(column)?.unwrap_or(0),
                        })
                    })
                    .collect::<Result<_, rusqlite::Error>>()?;
                Ok(Interaction {
                    session_id: text("session_id")?,
                    user_key: row.get("user_key")?,
                    user: (text("tenant_id")?, text("user_id")?),
                    timestamp: row.get("timestamp")?,
                    completed: row.get("price_time")?,
                    day: text("day")?,
                    provider: text("provider")?,
                    model: text("model_name")?,
                    agent: text("agent")?,
                    kind: text("type")?,
                    status: text("status")?,
                    duration_ms: row.get("duration_ms")?,
                    time_to_first_token_ms: row.get("time_to_first_token_ms")?,
                    measures,
                })
            })
            .expect("reads");
        rows.map(|row| row.expect("a row")).collect()
    })
}

/// A table's rows: `keys` columns as text, the rest as integers.
fn table(database: &Sqlite, select: &str, keys: usize) -> Sums {
    database.with_connection(|connection| {
        let mut select = connection.prepare(select).expect("selects");
        let columns = select.column_count();
        let rows = select
            .query_map([], |row| {
                let key = (0..keys)
                    .map(|at| {
                        Ok(match row.get::<_, Value>(at)? {
                            Value::Text(text) => text,
                            Value::Integer(number) => number.to_string(),
                            other => panic!("a key is text or a number, not {other:?}"),
                        })
                    })
                    .collect::<Result<Key, rusqlite::Error>>()?;
                let sums = (keys..columns)
                    .map(|at| Ok(row.get::<_, Option<i64>>(at)?.unwrap_or(i64::MIN)))
                    .collect::<Result<Vec<i64>, rusqlite::Error>>()?;
                Ok((key, sums))
            })
            .expect("reads");
        rows.map(|row| row.expect("a row")).collect()
    })
}

fn add(sums: &mut Sums, key: Key, measures: &[i64]) {
    let sum = sums.entry(key).or_insert_with(|| vec![0; measures.len()]);
    for (sum, measure) in sum.iter_mut().zip(measures) {
        *sum += measure;
    }
}

/// Panics unless the sums by week, and the gaps that distinct counts are made of, are what the
/// days come to.
fn assert_weeks_are_true(database: &Sqlite) {
    let monday = "date(day, 'weekday 0', '-6 days')";
    let measures = MEASURES.map(|measure| format!("SUM({measure})")).join(", ");
    let of_days = format!("SELECT {monday}, user_key, {measures} FROM daily_stats GROUP BY 1, 2");
    let kept = format!(
        "SELECT week, user_key, {} FROM weekly_stats",
        MEASURES.join(", ")
    );
    assert_eq!(
        table(database, &kept, 2),
        table(database, &of_days, 2),
        "weekly_stats"
    );
    let buckets = |when: &str, table: &str| {
        ["duration_counts", "first_token_counts"]
            .map(|counts| {
                format!(
                    "SELECT {when} AS at, t.provider, t.model, '{counts}' AS counts,
                       CAST(j.key AS INTEGER) AS bucket, j.value AS count
                     FROM {table} t, json_each(t.{counts}) j"
                )
            })
            .join(" UNION ALL ")
    };
    let of_days = format!(
        "SELECT at, provider, model, counts, bucket, SUM(count) FROM ({})
         GROUP BY 1, 2, 3, 4, 5",
        buckets(monday, "latency_daily")
    );
    assert_eq!(
        table(database, &buckets("week", "latency_weekly"), 5),
        table(database, &of_days, 5),
        "latency_weekly"
    );
    for who in ["session", "user"] {
        let of_days = format!(
            "SELECT day, COALESCE((SELECT MAX(b.day) FROM session_days b
               WHERE b.{who}_key = a.{who}_key AND b.day < a.day), ''), COUNT(*)
             FROM (SELECT DISTINCT {who}_key, day FROM session_days) a GROUP BY 1, 2"
        );
        let kept =
            format!("SELECT day, previous_day, {who}_count FROM {who}_gaps WHERE {who}_count <> 0");
        assert_eq!(
            table(database, &kept, 2),
            table(database, &of_days, 2),
            "{who}_gaps"
        );
    }
}

/// Panics unless the sums by two of the cube's keys are what the cube comes to, and the models of a
/// session stand at its start.
fn assert_slices_are_true(database: &Sqlite) {
    let measures = MEASURES.map(|measure| format!("SUM({measure})")).join(", ");
    let kept = MEASURES.join(", ");
    let of_one = |dimension: &str, provider: &str| {
        format!(
            "SELECT '{dimension}', {dimension}, day, user_key, {provider}, {measures}
             FROM usage_daily GROUP BY 2, 3, 4, 5"
        )
    };
    for (name, keys, columns, of_cube) in [
        (
            "daily_user_slices",
            5,
            "dimension, value, day, user_key, provider",
            [
                of_one("model", "provider"),
                of_one("provider", "''"),
                of_one("agent", "''"),
            ]
            .join(" UNION ALL "),
        ),
        (
            "daily_agent_model_stats",
            5,
            "day, agent, provider, model, type",
            format!(
                "SELECT day, agent, provider, model, type, {measures} FROM usage_daily
                 GROUP BY 1, 2, 3, 4, 5"
            ),
        ),
    ] {
        assert_eq!(
            table(
                database,
                &format!("SELECT {columns}, {kept} FROM {name}"),
                keys
            ),
            table(database, &of_cube, keys),
            "{name}"
        );
    }
    let elsewhere = "SELECT COUNT(*) FROM session_models m JOIN (
                       SELECT session_key, start_time FROM sessions
                       UNION ALL SELECT session_key, start_time FROM sessions_archive) s
                     USING (session_key) WHERE s.start_time <> m.start_time";
    let count: i64 = database.with_connection(|connection| {
        connection
            .query_row(elsewhere, [], |row| row.get(0))
            .expect("counts")
    });
    assert_eq!(count, 0, "session_models.start_time");
}

/// Panics, naming the table, if any kept sum differs from the recount.
///
/// Sessions that explicit marks made or moved are compared by their sums only where `has_marks`.
pub fn assert_sums_are_true(database: &Sqlite, has_marks: bool) {
    assert_weeks_are_true(database);
    assert_slices_are_true(database);
    let interactions = interactions(database);
    let (mut cube, mut users) = (Sums::new(), Sums::new());
    let (mut models, mut agent_models) = (Sums::new(), Sums::new());
    let mut agents = Sums::new();
    let (mut latencies, mut sessions) = (Sums::new(), Sums::new());
    let mut owners: BTreeMap<String, (i64, (String, String), i64)> = BTreeMap::new();
    let mut ends: BTreeMap<String, [i64; 2]> = BTreeMap::new();
    let mut session_users: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
    for i in &interactions {
        let user = i.user_key.to_string();
        let key = |parts: &[&String]| parts.iter().map(|part| (*part).clone()).collect::<Key>();
        add(
            &mut cube,
            key(&[&i.day, &user, &i.provider, &i.model, &i.agent, &i.kind]),
            &i.measures,
        );
        add(&mut users, key(&[&i.day, &user]), &i.measures);
        add(
            &mut models,
            key(&[&i.day, &i.provider, &i.model, &i.kind]),
            &i.measures,
        );
        add(&mut agents, key(&[&i.day, &i.agent]), &i.measures);
        add(
            &mut agent_models,
            key(&[&i.day, &i.agent, &i.provider, &i.model, &i.kind]),
            &i.measures,
        );
        if i.kind == "chat" && i.status == "ok" {
            for (metric, latency) in [
                ("duration", i.duration_ms),
                ("time_to_first_token", i.time_to_first_token_ms),
            ] {
                if let Some(ms) = latency {
                    let bucket = bucket_of(ms.unsigned_abs()).to_string();
                    let metric = metric.to_owned();
                    add(
                        &mut latencies,
                        key(&[&i.day, &i.provider, &i.model, &metric, &bucket]),
                        &[1],
                    );
                }
            }
        }
        let measure =
            |name: &str| i.measures[MEASURES.iter().position(|m| *m == name).expect("a measure")];
        let tokens: i64 = MEASURES
            .iter()
            .zip(&i.measures)
            .filter(|(m, _)| m.ends_with("_tokens") && **m != "unpriced_tokens")
            .map(|(_, n)| n)
            .sum();
        add(
            &mut sessions,
            vec![i.session_id.clone()],
            &[
                1,
                measure("error_count"),
                measure("aborted_count"),
                measure("unpriced_count"),
                measure("partial_count"),
                tokens,
                measure("total_cost"),
            ],
        );
        let claim = (i.timestamp, i.user.clone(), i.user_key);
        owners
            .entry(i.session_id.clone())
            .and_modify(|owner| *owner = owner.clone().min(claim.clone()))
            .or_insert(claim);
        let end = ends.entry(i.session_id.clone()).or_insert([i64::MIN; 2]);
        *end = [end[0].max(i.completed), end[1].max(i.timestamp)];
        session_users
            .entry(i.session_id.clone())
            .or_default()
            .insert(i.user_key);
    }
    let columns = MEASURES.join(", ");
    for (name, key, expected) in [
        (
            "usage_daily",
            "day, user_key, provider, model, agent, type",
            &cube,
        ),
        ("daily_stats", "day, user_key", &users),
        ("daily_model_stats", "day, provider, model, type", &models),
        ("daily_agent_stats", "day, agent", &agents),
        (
            "daily_agent_model_stats",
            "day, agent, provider, model, type",
            &agent_models,
        ),
    ] {
        let keys = key.split(", ").count();
        let kept = table(
            database,
            &format!("SELECT {key}, {columns} FROM {name}"),
            keys,
        );
        assert_eq!(&kept, expected, "{name} differs from the recount");
    }
    let kept = table(
        database,
        "SELECT d.day, d.provider, d.model, 'duration', j.key, j.value
         FROM latency_daily d, json_each(d.duration_counts) j
         UNION ALL SELECT d.day, d.provider, d.model, 'time_to_first_token', j.key, j.value
         FROM latency_daily d, json_each(d.first_token_counts) j",
        5,
    );
    assert_eq!(kept, latencies, "latency_daily differs from the recount");
    let both = |columns: &str| {
        format!(
            "SELECT {columns} FROM sessions JOIN session_ids USING (session_key)
             UNION ALL SELECT {columns} FROM sessions_archive JOIN session_ids USING (session_key)"
        )
    };
    let mut kept = table(
        database,
        &both(
            "id, interaction_count, error_count, aborted_count, unpriced_count, partial_count, \
             token_count, \
             total_cost",
        ),
        1,
    );
    if has_marks {
        kept.retain(|_, sums| sums[0] > 0);
    }
    assert_eq!(kept, sessions, "sessions differ from the recount");
    if !has_marks {
        let kept = table(
            database,
            &both("id, start_time, user_key, mixed_users, last_seen, last_start"),
            1,
        );
        for (session, owner) in owners {
            let mixed = i64::from(session_users[&session].len() > 1);
            assert_eq!(
                kept[&vec![session.clone()]],
                [
                    owner.0,
                    owner.2,
                    mixed,
                    ends[&session][0],
                    ends[&session][1]
                ],
                "edges, user and mixed_users of session {session}"
            );
        }
    }
}

/// What a history comes to, without the keys that depend on the order of arrival.
pub fn totals(database: &Sqlite) -> Sums {
    table(
        database,
        &format!(
            "SELECT s.day, u.tenant_id, u.user_id, {} FROM daily_stats s JOIN users u USING (user_key)
             GROUP BY 1, 2, 3",
            MEASURES.map(|measure| format!("SUM(s.{measure})")).join(", ")
        ),
        3,
    )
}
