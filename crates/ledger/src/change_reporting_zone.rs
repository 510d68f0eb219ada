//! Moves the ledger to another reporting time zone: every interaction's day, and the sums with it.
//!
//! From its first batch on the ledger is of the new zone: a Worker that is configured with it
//! writes, every other one is refused. Then the interactions that were there before are walked by
//! key, hot and archived. Those whose day is another one in the new zone are taken out of the old
//! day's sums and put into the new one's in the same batch that sets their day, so that at any
//! moment the sums are those of the interactions by the day that they carry, whatever is recorded,
//! repriced or archived meanwhile; no total moves. A stopped change goes on where it stood.
//!
//! Verification must wait until it is done: it would report every day that is still to be moved.

use cost_calculation::UnixMillis;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    api_keys::Actor,
    database::{Database, DatabaseError, Statement},
    latency_bucket::bucket_of,
    reporting_zone::ReportingZone,
    rollup::{MEASURES, ROLLUPS, measures_of_interaction, upsert},
    schema::SCHEMA_VERSION,
};

/// How much one run may do.
#[derive(Debug, Clone, Copy)]
pub struct ZoneChangeConfig {
    /// Interactions, or sessions, of a chunk.
    pub chunk_rows: u32,
    /// The most chunks.
    pub chunks_max: u32,
    /// No chunk begins after so many milliseconds.
    pub time_ms_max: i64,
}

impl Default for ZoneChangeConfig {
    fn default() -> Self {
        Self {
            // Twice what a batch of events writes.
            chunk_rows: 1_000,
            chunks_max: 2_000,
            time_ms_max: 20_000,
        }
    }
}

/// A change, under way or the last one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZoneChange {
    #[serde(skip_serializing)]
    id: i64,
    /// The zone before, an IANA name.
    pub from_zone: String,
    /// The zone from its beginning on.
    pub to_zone: String,
    /// Unix milliseconds.
    pub started_at: i64,
    /// Unix milliseconds; `None` while it is under way.
    pub finished_at: Option<i64>,
    /// Interactions looked at.
    pub checked_count: i64,
    /// Interactions whose day became another.
    pub moved_count: i64,
    #[serde(skip_serializing)]
    stage: Stage,
    #[serde(skip_serializing)]
    position: String,
    /// The newest interaction when it began: later ones have the new zone's day.
    #[serde(skip_serializing)]
    last_key: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    Interactions,
    Sessions,
}

/// What became of the wish for a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ZoneChangeBegun {
    /// It is under way: [`continue_zone_change`] moves it on.
    UnderWay(ZoneChange),
    /// The ledger is of this zone already, whole.
    AlreadyThere,
    /// The database has another schema.
    SchemaMismatch {
        /// Its version.
        found: i64,
    },
}

const READ: &str = "
SELECT json_object('id', id, 'from_zone', from_zone, 'to_zone', to_zone, 'started_at', started_at,
  'finished_at', finished_at, 'checked_count', checked_count, 'moved_count', moved_count,
  'stage', stage, 'position', position, 'last_key', last_key)
FROM zone_changes ORDER BY id DESC LIMIT 1";

const IS_OURS: &str = "EXISTS (SELECT 1 FROM ledger_state
  WHERE schema_version = ?1 ->> 'schema_version' AND reporting_time_zone <> ?1 ->> 'to_zone')";

const NEWEST_KEY: &str = "MAX(COALESCE((SELECT MAX(interaction_key) FROM interactions), 0),
    COALESCE((SELECT MAX(interaction_key) FROM interactions_archive), 0))";

/// One that is under way to another zone ends here: the new one walks everything again.
fn begin_statements(parameter: &str) -> Vec<Statement> {
    let with = |sql: String| Statement::with_json(sql, parameter);
    vec![
        with(format!(
            "UPDATE zone_changes SET finished_at = ?1 ->> 'now' WHERE finished_at IS NULL AND {IS_OURS}"
        )),
        with(format!(
            "INSERT INTO zone_changes (from_zone, to_zone, started_at, stage, position, last_key)
             SELECT reporting_time_zone, ?1 ->> 'to_zone', ?1 ->> 'now', 'interactions', '0',
               {NEWEST_KEY}
             FROM ledger_state WHERE {IS_OURS}"
        )),
        with(format!(
            "INSERT INTO admin_audit (at, actor, action, subject, detail)
             SELECT ?1 ->> 'now', ?1 ->> 'actor', 'change_reporting_time_zone', ?1 ->> 'to_zone',
               json_object('from', reporting_time_zone, 'to', ?1 ->> 'to_zone')
             FROM ledger_state WHERE {IS_OURS}"
        )),
        with(
            "UPDATE ledger_state SET reporting_time_zone = ?1 ->> 'to_zone',
               ledger_version = ledger_version + 1
             WHERE schema_version = ?1 ->> 'schema_version'
               AND reporting_time_zone <> ?1 ->> 'to_zone'"
                .to_owned(),
        ),
        Statement::new("SELECT json_array(schema_version) FROM ledger_state"),
        Statement::new(READ),
    ]
}

/// Makes the ledger one of this zone, and leaves what was recorded before to
/// [`continue_zone_change`].
///
/// # Errors
/// The database did not answer.
pub async fn begin_zone_change<D: Database>(
    database: &D,
    zone: ReportingZone,
    actor: Actor<'_>,
) -> Result<ZoneChangeBegun, DatabaseError> {
    let parameter = json!({
        "to_zone": zone.name(), "now": actor.at, "actor": actor.key_id,
        "schema_version": SCHEMA_VERSION,
    })
    .to_string();
    let rows = database.batch(&begin_statements(&parameter)).await?;
    let [.., version, change] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no answers".to_owned()));
    };
    let found = version.first::<(i64,)>()?.map_or(0, |(found,)| found);
    if found != SCHEMA_VERSION {
        return Ok(ZoneChangeBegun::SchemaMismatch { found });
    }
    let change: Option<ZoneChange> = change.first()?;
    Ok(change
        .filter(|change| change.finished_at.is_none())
        .map_or(ZoneChangeBegun::AlreadyThere, ZoneChangeBegun::UnderWay))
}

/// The ledger's zone by its IANA name; `None` of a database without tables.
///
/// # Errors
/// The database did not answer.
pub async fn reporting_time_zone<D: Database>(
    database: &D,
) -> Result<Option<String>, DatabaseError> {
    let zone = Statement::new("SELECT json_array(reporting_time_zone) FROM ledger_state");
    let found: Option<(String,)> = database.query(zone).await?.first()?;
    Ok(found.map(|(zone,)| zone))
}

/// The change that is under way, else the last one.
///
/// # Errors
/// The database did not answer.
pub async fn newest_zone_change<D: Database>(
    database: &D,
) -> Result<Option<ZoneChange>, DatabaseError> {
    database.query(Statement::new(READ)).await?.first()
}

/// Moves the change that is under way on, as far as the bounds let it; answers with how it stands.
///
/// # Errors
/// The database did not answer; what was moved before is kept.
pub async fn continue_zone_change<D: Database>(
    database: &D,
    config: &ZoneChangeConfig,
    now: impl Fn() -> UnixMillis,
) -> Result<Option<ZoneChange>, DatabaseError> {
    let started_at = now().0;
    for _ in 0..config.chunks_max {
        let open = newest_zone_change(database)
            .await?
            .filter(|change| change.finished_at.is_none());
        let Some(change) = open else { break };
        let zone = ReportingZone::named(&change.to_zone).ok_or_else(|| {
            DatabaseError::Other(format!(
                "zone_changes.to_zone {} is no time zone",
                change.to_zone
            ))
        })?;
        let rows = i64::from(config.chunk_rows.max(1));
        match change.stage {
            Stage::Interactions => move_interactions(database, &change, zone, rows).await?,
            Stage::Sessions => move_session_starts(database, &change, zone, rows, now()).await?,
        }
        if now().0.saturating_sub(started_at) >= config.time_ms_max {
            break;
        }
    }
    newest_zone_change(database).await
}

/// Holds while the change stands where this chunk found it: so a chunk that is written twice,
/// after a lost answer or by two runs, counts once.
const GUARD: &str = "EXISTS (SELECT 1 FROM zone_changes c
    WHERE c.id = ?1 ->> 'change_id' AND c.stage = ?1 ->> 'stage'
      AND c.position = ?1 ->> 'position' AND c.finished_at IS NULL)";

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

/// The same for one latency; `bucket` is its place in a move.
fn move_latency(metric: &str, bucket: u8) -> String {
    format!(
        "WITH moved AS MATERIALIZED (\n{}\n), delta AS (
           SELECT old_day AS day, provider, model, bucket, -1 AS count FROM moved
           UNION ALL SELECT new_day, provider, model, bucket, 1 FROM moved
         )
         INSERT INTO latency_histogram (day, provider, model, metric, bucket, count)
         SELECT day, provider, model, '{metric}', bucket, SUM(count) FROM delta
         WHERE true GROUP BY day, provider, model, bucket
         ON CONFLICT (day, provider, model, metric, bucket) DO UPDATE SET
           count = latency_histogram.count + excluded.count",
        moved(
            &format!(
                "j.value ->> 2 AS old_day, j.value ->> 1 AS new_day, i.provider,
                 i.model_name AS model, j.value ->> {bucket} AS bucket"
            ),
            &format!(" AND j.value ->> {bucket} IS NOT NULL"),
        )
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
    let delta = rollup_delta();
    let mut statements: Vec<Statement> = ROLLUPS
        .iter()
        .map(|(table, key)| with(upsert(table, key, &delta)))
        .collect();
    statements.push(with(move_latency("duration", 3)));
    statements.push(with(move_latency("time_to_first_token", 4)));
    for suffix in ["", "_archive"] {
        statements.push(with(format!(
            "UPDATE interactions{suffix} SET day = j.value ->> 1
             FROM json_each(?1, '$.moves') j
             WHERE interaction_key = j.value ->> 0 AND day = j.value ->> 2 AND {GUARD}"
        )));
    }
    statements.push(with(format!(
        "INSERT INTO session_days (day, user_key, session_id)
         SELECT * FROM ({}) WHERE true ON CONFLICT DO NOTHING",
        listed("j.value ->> 1, i.user_key, i.session_id")
    )));
    // The index by session finds what the session still has on the old day.
    let is_left = |suffix: &str| {
        format!(
            "EXISTS (SELECT 1 FROM interactions{suffix} i WHERE i.session_id = session_days.session_id
               AND i.user_key = session_days.user_key AND i.day = session_days.day)"
        )
    };
    statements.push(with(format!(
        "DELETE FROM session_days WHERE (day, user_key, session_id) IN ({})
           AND NOT {} AND NOT {}",
        listed("j.value ->> 2, i.user_key, i.session_id"),
        is_left(""),
        is_left("_archive"),
    )));
    for (table, key) in ROLLUPS {
        statements.push(with(remove_empty(table, key)));
    }
    for (table, nothing) in [
        ("latency_histogram", "count = 0"),
        ("latency_daily", "counts = '{}'"),
    ] {
        statements.push(with(format!(
            "DELETE FROM {table} WHERE {nothing} AND (day, provider, model) IN ({})",
            listed("j.value ->> 2, i.provider, i.model_name")
        )));
    }
    statements
}

async fn move_interactions<D: Database>(
    database: &D,
    change: &ZoneChange,
    zone: ReportingZone,
    rows: i64,
) -> Result<(), DatabaseError> {
    let after: i64 = change.position.parse().map_err(|_| {
        DatabaseError::Decode(format!(
            "the change stands at {}, which is no key",
            change.position
        ))
    })?;
    let next: Option<[Option<i64>; 2]> = database
        .query(Statement::with(NEXT_KEY, &json!({ "after": after }))?)
        .await?
        .first()?;
    let low = next
        .into_iter()
        .flatten()
        .flatten()
        .min()
        .filter(|low| *low <= change.last_key);
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

// Primary keys; the index by session says whether an interaction began the session.
const SESSION_STARTS: &str = "
SELECT json_array(id, user_key, start_time, is_marked) FROM (
  SELECT s.id, s.user_key, s.start_time,
    NOT EXISTS (SELECT 1 FROM interactions i
                WHERE i.session_id = s.id AND i.timestamp = s.start_time)
    AND NOT EXISTS (SELECT 1 FROM interactions_archive i
                    WHERE i.session_id = s.id AND i.timestamp = s.start_time) AS is_marked
  FROM (SELECT id, user_key, start_time FROM sessions WHERE id > ?1 ->> 'after'
        UNION ALL
        SELECT id, user_key, start_time FROM sessions_archive WHERE id > ?1 ->> 'after'
        ORDER BY id LIMIT ?1 ->> 'limit') s)";

#[derive(Deserialize)]
struct SessionStart(String, i64, i64, u8);

/// A session that began with a mark has the mark's day, and no interaction that says so.
async fn move_session_starts<D: Database>(
    database: &D,
    change: &ZoneChange,
    zone: ReportingZone,
    rows: i64,
    now: UnixMillis,
) -> Result<(), DatabaseError> {
    let place = json!({ "after": change.position, "limit": rows });
    let mut sessions: Vec<SessionStart> = database
        .query(Statement::with(SESSION_STARTS, &place)?)
        .await?
        .decode()?;
    sessions.sort_unstable_by(|one, other| one.0.cmp(&other.0));
    let Some(SessionStart(last, ..)) = sessions.last() else {
        return finish(database, change, now).await;
    };
    let parameter = place_after(change, Stage::Sessions, last);
    let before = ReportingZone::named(&change.from_zone);
    let starts: Vec<Value> = sessions
        .iter()
        .filter(|session| session.3 == 1)
        .map(|SessionStart(id, user, start, _)| {
            let start = UnixMillis(*start);
            json!([
                id,
                user,
                zone.day(start),
                before.map(|zone| zone.day(start))
            ])
        })
        .collect();
    let statements = if starts.is_empty() {
        Vec::new()
    } else {
        let listed = with_list(&parameter, "starts", starts);
        let with = |sql: String| Statement::with_json(sql, &*listed);
        vec![
            with(format!(
                "INSERT INTO session_days (day, user_key, session_id)
                 SELECT j.value ->> 2, j.value ->> 1, j.value ->> 0
                 FROM json_each(?1, '$.starts') j WHERE {GUARD} ON CONFLICT DO NOTHING"
            )),
            with(format!(
                "DELETE FROM session_days WHERE (day, user_key, session_id) IN (
                   SELECT j.value ->> 3, j.value ->> 1, j.value ->> 0
                   FROM json_each(?1, '$.starts') j
                   WHERE j.value ->> 3 <> j.value ->> 2 AND {GUARD})
                 AND NOT EXISTS (SELECT 1 FROM interactions i
                   WHERE i.session_id = session_days.session_id
                     AND i.user_key = session_days.user_key AND i.day = session_days.day)
                 AND NOT EXISTS (SELECT 1 FROM interactions_archive i
                   WHERE i.session_id = session_days.session_id
                     AND i.user_key = session_days.user_key AND i.day = session_days.day)"
            )),
        ]
    };
    advance(database, statements, parameter, [0, 0]).await
}

/// What [`GUARD`] reads, and where the change stands after the chunk.
fn place_after(change: &ZoneChange, stage: Stage, position: &str) -> Map<String, Value> {
    Map::from_iter([
        ("change_id".to_owned(), json!(change.id)),
        ("stage".to_owned(), json!(change.stage)),
        ("position".to_owned(), json!(change.position)),
        ("next_stage".to_owned(), json!(stage)),
        ("next_position".to_owned(), json!(position)),
    ])
}

fn with_list(parameter: &Map<String, Value>, name: &str, list: Vec<Value>) -> String {
    let mut parameter = parameter.clone();
    parameter.insert(name.to_owned(), Value::Array(list));
    Value::Object(parameter).to_string()
}

/// The answers are other ones from now on.
fn bump_ledger() -> String {
    format!("UPDATE ledger_state SET ledger_version = ledger_version + 1 WHERE {GUARD}")
}

/// Runs a chunk's statements and sets the place after it.
async fn advance<D: Database>(
    database: &D,
    mut statements: Vec<Statement>,
    mut parameter: Map<String, Value>,
    [checked, moved]: [usize; 2],
) -> Result<(), DatabaseError> {
    parameter.insert("checked".to_owned(), json!(checked));
    parameter.insert("moved".to_owned(), json!(moved));
    let parameter = Value::Object(parameter).to_string();
    if !statements.is_empty() {
        statements.push(Statement::with_json(bump_ledger(), &*parameter));
    }
    statements.push(Statement::with_json(
        format!(
            "UPDATE zone_changes SET stage = ?1 ->> 'next_stage', position = ?1 ->> 'next_position',
               checked_count = checked_count + (?1 ->> 'checked'),
               moved_count = moved_count + (?1 ->> 'moved')
             WHERE id = ?1 ->> 'change_id' AND {GUARD}"
        ),
        &*parameter,
    ));
    database.batch(&statements).await?;
    Ok(())
}

async fn finish<D: Database>(
    database: &D,
    change: &ZoneChange,
    now: UnixMillis,
) -> Result<(), DatabaseError> {
    let mut parameter = place_after(change, change.stage, &change.position);
    parameter.insert("now".to_owned(), json!(now.0));
    let parameter = Value::Object(parameter).to_string();
    let statements = [
        Statement::with_json(bump_ledger(), &*parameter),
        Statement::with_json(
            format!(
                "UPDATE zone_changes SET finished_at = ?1 ->> 'now'
                 WHERE id = ?1 ->> 'change_id' AND {GUARD}"
            ),
            &*parameter,
        ),
    ];
    database.batch(&statements).await?;
    Ok(())
}
