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

mod interactions;
mod session_starts;

use cost_calculation::UnixMillis;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use interactions::{move_interactions, step_over};
use session_starts::move_session_starts;

use ledger_core::{
    api_keys::Actor,
    database::{Database, DatabaseError, Statement},
    schema::SCHEMA_VERSION,
};
use reporting_days::ReportingZone;

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
            "INSERT INTO zone_changes (from_zone, to_zone, started_at, stage, position, last_key,
               checked_count, moved_count)
             SELECT reporting_time_zone, ?1 ->> 'to_zone', ?1 ->> 'now', 'interactions', '0',
               {NEWEST_KEY}, 0, 0
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
    let rows_max = i64::from(config.chunk_rows.max(1));
    let mut rows = rows_max;
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
        let moved = match change.stage {
            Stage::Interactions => move_interactions(database, &change, zone, rows).await,
            Stage::Sessions => move_session_starts(database, &change, zone, rows, now()).await,
        };
        rows = match moved {
            Ok(()) => rows_max.min(rows.saturating_mul(2)),
            // A sum of the new day is full: nothing of the chunk was moved. Halves of it find the
            // interaction at fault, which keeps its old day, and chunks grow again behind it.
            Err(DatabaseError::Constraint(_)) if rows > 1 => rows / 2,
            Err(DatabaseError::Constraint(reason)) if change.stage == Stage::Interactions => {
                step_over(database, &change, &reason, now()).await?;
                rows
            }
            Err(error) => return Err(error),
        };
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

impl ZoneChange {
    /// The key of the last interaction, or session, that was moved; 0 before the first.
    fn last_moved(&self) -> Result<i64, DatabaseError> {
        if self.position.is_empty() {
            return Ok(0);
        }
        self.position.parse().map_err(|_| {
            DatabaseError::Decode(format!(
                "the change stands at {}, which is no key",
                self.position
            ))
        })
    }
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
