//! The interactions of a chunk, hot and archived: out of the old day's sums and into the new one's.

use cost_calculation::UnixMillis;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{GUARD, Stage, ZoneChange, advance, place_after, with_list};
use crate::full_sums::record_stepped_over;
use ledger_core::{
    database::{Database, DatabaseError, Statement},
    latency_bucket::bucket_of,
    rollup::{
        LATENCY_COUNTS, MEASURES, ROLLUPS, SLICES, measures_of_interaction, move_by, week_of,
    },
};
use reporting_days::ReportingZone;

// Primary keys.
fn interactions_of_chunk() -> String {
    let arm = |table: &str| {
        format!(
            "SELECT json_array(interaction_key, timestamp, day,
               iif(type = 'chat' AND status = 'ok', duration_ms, NULL),
               iif(type = 'chat' AND status = 'ok', time_to_first_token_ms, NULL))
             FROM {table} WHERE interaction_key BETWEEN ?1 ->> 'low' AND ?1 ->> 'high'"
        )
    };
    format!(
        "{}\nUNION ALL\n{}",
        arm("interactions"),
        arm("interactions_archive")
    )
}

// Primary keys.
const NEXT_KEY: &str = "
SELECT json_array(
  (SELECT MIN(interaction_key) FROM interactions WHERE interaction_key > ?1 ->> 'after'),
  (SELECT MIN(interaction_key) FROM interactions_archive WHERE interaction_key > ?1 ->> 'after'))";

#[derive(Deserialize)]
struct InteractionDay(i64, i64, String, Option<u64>, Option<u64>);

/// The interactions to move `m`: what `columns` name of `i` and `e`, hot and archived. A move is
/// `[key, new day, old day, duration bucket, time to first token bucket]`.
fn moved(columns: &str, condition: &str) -> String {
    let arm = |suffix: &str| {
        format!(
            "SELECT {columns}
             FROM json_each(?1, '$.moves') j CROSS JOIN interactions{suffix} i
               CROSS JOIN cost_estimates{suffix} e
             WHERE i.interaction_key = j.value ->> 0 AND i.day = j.value ->> 2
               AND e.interaction_key = i.interaction_key
               AND e.revision = (SELECT MAX(x.revision) FROM cost_estimates{suffix} x
                                 WHERE x.interaction_key = i.interaction_key)
               AND {GUARD}{condition}"
        )
    };
    format!("{}\nUNION ALL\n{}", arm(""), arm("_archive"))
}

/// What leaves the old days and what comes to the new ones, as rows of a rollup.
fn rollup_delta() -> String {
    let columns = format!(
        "j.value ->> 2 AS old_day, j.value ->> 1 AS new_day, i.user_key, i.provider,
         i.model_name AS model, i.agent, i.type, {}",
        measures_of_interaction()
    );
    let keys = "user_key, provider, model, agent, type";
    format!(
        "WITH moved AS MATERIALIZED (\n{}\n)
         SELECT old_day AS day, {keys}, {} FROM moved
         UNION ALL SELECT new_day, {keys}, {} FROM moved",
        moved(&columns, ""),
        MEASURES
            .map(|measure| format!("-{measure} AS {measure}"))
            .join(", "),
        MEASURES.join(", "),
    )
}

/// The same for the latencies.
fn move_latencies() -> String {
    let columns = "j.value ->> 2 AS old_day, j.value ->> 1 AS new_day, i.provider,
         i.model_name AS model, j.value ->> 3 AS duration, j.value ->> 4 AS first_token";
    let counts = |bucket: &str| {
        format!("json_group_object(CAST(bucket AS TEXT), count) FILTER (WHERE metric = '{bucket}')")
    };
    format!(
        "WITH moved AS MATERIALIZED (\n{}\n), delta AS (
           SELECT iif(d.column1 < 0, old_day, new_day) AS day, provider, model, b.column1 AS metric,
             iif(b.column1 = 'duration', duration, first_token) AS bucket, SUM(d.column1) AS count
           FROM moved, (VALUES (-1), (1)) d, (VALUES ('duration'), ('first_token')) b
           WHERE iif(b.column1 = 'duration', duration, first_token) IS NOT NULL
           GROUP BY 1, 2, 3, 4, 5
         )
         INSERT INTO latency_moves
         SELECT day, provider, model, {}, {} FROM delta GROUP BY day, provider, model",
        moved(columns, ""),
        counts("duration"),
        counts("first_token"),
    )
}

/// The interactions that this chunk moved, by their keys: after their day was set.
fn listed(columns: &str) -> String {
    let arm = |suffix: &str| {
        format!(
            "SELECT {columns} FROM json_each(?1, '$.moves') j
               CROSS JOIN interactions{suffix} i
             WHERE i.interaction_key = j.value ->> 0 AND {GUARD}"
        )
    };
    format!("{} UNION ALL {}", arm(""), arm("_archive"))
}

/// Removes the rows of the old days, and of their weeks, in which nothing is left.
fn remove_empty_rows() -> Vec<String> {
    let mut removals: Vec<String> = ROLLUPS
        .iter()
        .map(|(table, key)| remove_empty(table, key))
        .collect();
    let left =
        listed("j.value ->> 2 AS day, i.user_key, i.provider, i.model_name AS model, i.agent");
    removals.push(format!(
        "DELETE FROM daily_user_slices WHERE interaction_count = 0
           AND (dimension, value, user_key, day, provider) IN (
             SELECT d.column1,
               CASE d.column1 WHEN 'model' THEN model WHEN 'provider' THEN provider ELSE agent END,
               user_key, day, iif(d.column1 = 'model', provider, '')
             FROM ({left}) CROSS JOIN (VALUES {}) d)",
        SLICES
            .map(|(dimension, _)| format!("('{dimension}')"))
            .join(", ")
    ));
    let week = week_of("day");
    removals.push(format!(
        "DELETE FROM weekly_stats WHERE interaction_count = 0
           AND (week, user_key) IN (SELECT {week}, user_key FROM ({left}))"
    ));
    let nothing = LATENCY_COUNTS
        .map(|counts| format!("{counts} = '{{}}'"))
        .join(" AND ");
    for (table, column, value) in [
        ("latency_daily", "day", "day"),
        ("latency_weekly", "week", week.as_str()),
    ] {
        removals.push(format!(
            "DELETE FROM {table} WHERE {nothing}
               AND ({column}, provider, model) IN (SELECT {value}, provider, model FROM ({left}))"
        ));
    }
    removals
}

/// Removes the cells of the old days in which nothing is left.
fn remove_empty(table: &str, key: &str) -> String {
    let columns: Vec<String> = key
        .split(", ")
        .map(|column| match column {
            "day" => "j.value ->> 2".to_owned(),
            "model" => "i.model_name".to_owned(),
            other => format!("i.{other}"),
        })
        .collect();
    format!(
        "DELETE FROM {table} WHERE interaction_count = 0 AND ({key}) IN ({})",
        listed(&columns.join(", "))
    )
}

fn move_statements(parameter: &str) -> Vec<Statement> {
    let with = |sql: String| Statement::with_json(sql, parameter);
    let mut statements = vec![with(move_by(&rollup_delta())), with(move_latencies())];
    for suffix in ["", "_archive"] {
        statements.push(with(format!(
            "UPDATE interactions{suffix} SET day = j.value ->> 1
             FROM json_each(?1, '$.moves') j
             WHERE interaction_key = j.value ->> 0 AND day = j.value ->> 2 AND {GUARD}"
        )));
    }
    statements.push(with(format!(
        "INSERT INTO session_days (day, user_key, session_key)
         SELECT * FROM ({}) WHERE true ON CONFLICT DO NOTHING",
        listed("j.value ->> 1, i.user_key, i.session_key")
    )));
    // The index by session finds what the session still has on the old day.
    let is_left = |suffix: &str| {
        format!(
            "EXISTS (SELECT 1 FROM interactions{suffix} i WHERE i.session_key = session_days.session_key
               AND i.user_key = session_days.user_key AND i.day = session_days.day)"
        )
    };
    statements.push(with(format!(
        "DELETE FROM session_days WHERE (day, user_key, session_key) IN ({})
           AND NOT {} AND NOT {}",
        listed("j.value ->> 2, i.user_key, i.session_key"),
        is_left(""),
        is_left("_archive"),
    )));
    statements.extend(remove_empty_rows().into_iter().map(with));
    statements
}

/// Moves the interactions of the next chunk whose day is another one in the zone.
pub(super) async fn move_interactions<D: Database>(
    database: &D,
    change: &ZoneChange,
    zone: ReportingZone,
    rows: i64,
) -> Result<(), DatabaseError> {
    let low = next_key(database, change).await?;
    let Some(low) = low else {
        let parameter = place_after(change, Stage::Sessions, "");
        return advance(database, Vec::new(), parameter, [0, 0]).await;
    };
    let high = low.saturating_add(rows - 1).min(change.last_key);
    let interactions: Vec<InteractionDay> = database
        .query(Statement::with(
            interactions_of_chunk(),
            &json!({ "low": low, "high": high }),
        )?)
        .await?
        .decode()?;
    let moves: Vec<Value> = interactions
        .iter()
        .map(|row| (zone.day(UnixMillis(row.1)), row))
        .filter(|(day, row)| *day != row.2)
        .map(
            |(day, InteractionDay(key, _, old, duration, first_token))| {
                json!([
                    key,
                    day,
                    old,
                    duration.map(bucket_of),
                    first_token.map(bucket_of)
                ])
            },
        )
        .collect();
    let counts = [interactions.len(), moves.len()];
    let parameter = place_after(change, Stage::Interactions, &high.to_string());
    let statements = if moves.is_empty() {
        Vec::new()
    } else {
        move_statements(&with_list(&parameter, "moves", moves))
    };
    advance(database, statements, parameter, counts).await
}

/// The first interaction behind the place of the change that was there when it began.
async fn next_key<D: Database>(
    database: &D,
    change: &ZoneChange,
) -> Result<Option<i64>, DatabaseError> {
    let after = json!({ "after": change.last_moved()? });
    let next: Option<[Option<i64>; 2]> = database
        .query(Statement::with(NEXT_KEY, &after)?)
        .await?
        .first()?;
    let low = next.into_iter().flatten().flatten().min();
    Ok(low.filter(|low| *low <= change.last_key))
}

/// Goes on behind the next interaction, for whose move a sum has no room: it keeps its old day, in
/// whose sums it stays, and a finding names it.
pub(super) async fn step_over<D: Database>(
    database: &D,
    change: &ZoneChange,
    reason: &str,
    now: UnixMillis,
) -> Result<(), DatabaseError> {
    let Some(key) = next_key(database, change).await? else {
        return Ok(());
    };
    record_stepped_over(database, "reporting-time-zone", &[key], reason, now).await?;
    let parameter = place_after(change, Stage::Interactions, &key.to_string());
    advance(database, Vec::new(), parameter, [1, 0]).await
}
