//! Moving old sessions to the archive: in chunks, each one transaction, so that a run that stops
//! anywhere leaves every interaction in exactly one place and the next run goes on from there.
//!
//! A session is old when its latest event was completed before the retention. Its interactions move with
//! all revisions of their estimates, and its own row moves with the last of them. Sums, and what a
//! session touched (`session_models`, `session_days`), stay where they are.
//!
//! A late event brings the session's row back (see [`ledger_record::record_batch`]); the interactions that
//! lie in the archive stay there, and once the session is old again, the rest follows them.

use std::sync::LazyLock;

use cost_calculation::{DAY_MS, UnixMillis};
use serde::{Deserialize, Serialize};

use ledger_core::{
    database::{Database, DatabaseError, Rows, Statement},
    schema::SCHEMA_VERSION,
};

/// The retention where nothing else is configured: 365 days.
pub const RETENTION_MS_DEFAULT: i64 = 365 * DAY_MS;
/// The most interactions that one chunk moves.
pub const CHUNK_INTERACTIONS_MAX: u32 = 1_000;
/// The most sessions that one chunk looks at.
const CHUNK_SESSIONS: u32 = 200;
/// Where a dry run stops counting interactions.
pub const DRY_RUN_INTERACTIONS_MAX: u32 = 20_000;

/// How much one run may do.
#[derive(Debug, Clone, Copy)]
pub struct ArchiveConfig {
    /// Sessions whose last event was completed longer ago than this move.
    pub retention_ms: i64,
    /// Interactions in a chunk, 1 to [`CHUNK_INTERACTIONS_MAX`].
    pub chunk_interactions: u32,
    /// The most chunks in this run.
    pub chunks_max: u32,
    /// No chunk starts once the run has taken this long.
    pub time_ms_max: i64,
    /// Count what would move and move nothing.
    pub dry_run: bool,
}

impl Default for ArchiveConfig {
    fn default() -> Self {
        Self {
            retention_ms: RETENTION_MS_DEFAULT,
            // In a ledger of a million, 400 held D1 for up to 197 ms on a busy machine.
            chunk_interactions: 300,
            // Nine statements each, and a run's own few: within the 1,000 that D1 allows one
            // invocation.
            chunks_max: 100,
            time_ms_max: 60_000,
            dry_run: false,
        }
    }
}

/// What a run did, or with `dry_run` would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveSummary {
    /// Whether nothing was moved on purpose.
    pub dry_run: bool,
    /// Sessions whose latest event is before this instant move, unix milliseconds.
    pub cutoff: i64,
    /// Chunks that moved something.
    pub chunk_count: u32,
    /// Sessions whose row moved.
    pub session_count: u64,
    /// Interactions that moved. A dry run counts up to [`DRY_RUN_INTERACTIONS_MAX`].
    pub interaction_count: u64,
    /// Estimates that moved, revisions included.
    pub estimate_count: u64,
    /// Whether old sessions were left for the next run.
    pub is_more: bool,
}

// Index sessions_by_last_seen. What a fault has put into both places waits for the verification,
// which knows how to join the two; here it would fail the whole chunk, and all that are behind it.
const OLD: &str = "SELECT session_key FROM sessions WHERE last_seen < ?1 ->> 'cutoff'
    AND NOT EXISTS (SELECT 1 FROM sessions_archive a WHERE a.session_key = sessions.session_key)
    AND EXISTS (SELECT 1 FROM ledger_state WHERE schema_version = ?1 ->> 'schema_version')
  ORDER BY last_seen, session_key LIMIT ?1 ->> 'sessions_max'";

static OLD_SESSIONS: LazyLock<String> =
    LazyLock::new(|| format!("SELECT json_array(session_key) FROM ({OLD})"));

// Index interactions_by_session; the archive's keys.
static OLD_INTERACTIONS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH old AS MATERIALIZED ({OLD})
         SELECT json_array(i.interaction_key)
         FROM old CROSS JOIN interactions i ON i.session_key = old.session_key
         WHERE NOT EXISTS (SELECT 1 FROM interactions_archive a WHERE a.id = i.id)
           AND NOT EXISTS (SELECT 1 FROM interactions_archive a
                           WHERE a.interaction_key = i.interaction_key)
           AND NOT EXISTS (SELECT 1 FROM cost_estimates_archive a
                           WHERE a.interaction_key = i.interaction_key)
         LIMIT ?1 ->> 'interactions_max'"
    )
});

// Between the look and the move an event may have come: a session that is no longer old keeps
// everything, and one that has an interaction more keeps its row.
const MOVE: [&str; 6] = [
    "INSERT INTO interactions_archive
     SELECT i.* FROM json_each(?1, '$.keys') j
       CROSS JOIN interactions i ON i.interaction_key = j.value
       JOIN sessions s ON s.session_key = i.session_key
     WHERE s.last_seen < ?1 ->> 'cutoff'
       AND EXISTS (SELECT 1 FROM ledger_state WHERE schema_version = ?1 ->> 'schema_version')
     RETURNING json_array(interaction_key)",
    "INSERT INTO cost_estimates_archive
     SELECT e.* FROM json_each(?1, '$.keys') j
       CROSS JOIN interactions_archive i ON i.interaction_key = j.value
       JOIN cost_estimates e ON e.interaction_key = i.interaction_key
     RETURNING json_array(interaction_key)",
    "DELETE FROM cost_estimates WHERE interaction_key IN (
       SELECT i.interaction_key FROM json_each(?1, '$.keys') j
         CROSS JOIN interactions_archive i ON i.interaction_key = j.value)",
    "DELETE FROM interactions WHERE interaction_key IN (
       SELECT i.interaction_key FROM json_each(?1, '$.keys') j
         CROSS JOIN interactions_archive i ON i.interaction_key = j.value)",
    "INSERT INTO sessions_archive
     SELECT s.* FROM json_each(?1, '$.sessions') j CROSS JOIN sessions s ON s.session_key = j.value
     WHERE s.last_seen < ?1 ->> 'cutoff'
       AND NOT EXISTS (SELECT 1 FROM interactions i WHERE i.session_key = s.session_key)
       AND EXISTS (SELECT 1 FROM ledger_state WHERE schema_version = ?1 ->> 'schema_version')
     RETURNING json_array(session_key)",
    "DELETE FROM sessions WHERE session_key IN (
       SELECT s.session_key FROM json_each(?1, '$.sessions') j CROSS JOIN sessions_archive s
         ON s.session_key = j.value)",
];

const BUMP_LEDGER: &str = "UPDATE ledger_state SET ledger_version = ledger_version + 1";

/// Moves old sessions until none is left or the bounds of `config` are reached; `now` is read
/// before each chunk.
///
/// Not done for another schema than this software's: then there is nothing to move.
///
/// # Errors
/// The database failed; the chunks before are kept, and calling again goes on after them.
pub async fn archive_sessions<D: Database>(
    database: &D,
    config: &ArchiveConfig,
    now: impl Fn() -> UnixMillis,
) -> Result<ArchiveSummary, DatabaseError> {
    let started_at = now().0;
    let cutoff = started_at.saturating_sub(config.retention_ms.max(0));
    let mut summary = ArchiveSummary {
        dry_run: config.dry_run,
        cutoff,
        ..Default::default()
    };
    if config.dry_run {
        return count_old(database, summary).await;
    }
    loop {
        let out_of_bounds = summary.chunk_count >= config.chunks_max
            || now().0.saturating_sub(started_at) >= config.time_ms_max;
        if out_of_bounds {
            summary.is_more = is_anything_old(database, cutoff).await?;
            return Ok(summary);
        }
        let chunk = look(database, cutoff, config.chunk_interactions).await?;
        if chunk.sessions.is_empty() {
            return Ok(summary);
        }
        let moved = move_chunk(database, cutoff, &chunk).await?;
        if moved == Moved::default() {
            // Every session of the chunk has become current meanwhile, or a fault keeps their
            // interactions: the next run looks again, and the verification mends the fault.
            summary.is_more = is_anything_old(database, cutoff).await?;
            return Ok(summary);
        }
        summary.chunk_count += 1;
        summary.session_count += moved.session_count;
        summary.interaction_count += moved.interaction_count;
        summary.estimate_count += moved.estimate_count;
    }
}

/// What one chunk is about to move.
struct Chunk {
    sessions: Vec<i64>,
    keys: Vec<i64>,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Moved {
    session_count: u64,
    interaction_count: u64,
    estimate_count: u64,
}

fn parameter(cutoff: i64, sessions_max: u32, interactions_max: u32) -> String {
    serde_json::json!({
        "cutoff": cutoff,
        "sessions_max": sessions_max,
        "interactions_max": interactions_max,
        "schema_version": SCHEMA_VERSION,
    })
    .to_string()
}

async fn look<D: Database>(
    database: &D,
    cutoff: i64,
    chunk_interactions: u32,
) -> Result<Chunk, DatabaseError> {
    let interactions_max = chunk_interactions.clamp(1, CHUNK_INTERACTIONS_MAX);
    let parameter = parameter(cutoff, CHUNK_SESSIONS, interactions_max);
    let rows = database
        .batch(&[
            Statement::with_json(OLD_SESSIONS.as_str(), parameter.clone()),
            Statement::with_json(OLD_INTERACTIONS.as_str(), parameter),
        ])
        .await?;
    let [sessions, keys] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no rows".to_owned()));
    };
    Ok(Chunk {
        sessions: sessions
            .decode::<(i64,)>()?
            .into_iter()
            .map(|(key,)| key)
            .collect(),
        keys: keys
            .decode::<(i64,)>()?
            .into_iter()
            .map(|(key,)| key)
            .collect(),
    })
}

async fn move_chunk<D: Database>(
    database: &D,
    cutoff: i64,
    chunk: &Chunk,
) -> Result<Moved, DatabaseError> {
    let parameter = serde_json::json!({
        "cutoff": cutoff,
        "keys": chunk.keys,
        "sessions": chunk.sessions,
        "schema_version": SCHEMA_VERSION,
    })
    .to_string();
    let mut statements: Vec<Statement> = MOVE
        .iter()
        .map(|sql| Statement::with_json(*sql, parameter.clone()))
        .collect();
    statements.push(Statement::new(BUMP_LEDGER));
    let rows = database.batch(&statements).await?;
    let count = |at: usize| rows.get(at).map_or(0, Rows::len) as u64;
    Ok(Moved {
        interaction_count: count(0),
        estimate_count: count(1),
        session_count: count(4),
    })
}

async fn is_anything_old<D: Database>(database: &D, cutoff: i64) -> Result<bool, DatabaseError> {
    let parameter = parameter(cutoff, 1, 1);
    Ok(!database
        .query(Statement::with_json(OLD_SESSIONS.as_str(), parameter))
        .await?
        .is_empty())
}

async fn count_old<D: Database>(
    database: &D,
    mut summary: ArchiveSummary,
) -> Result<ArchiveSummary, DatabaseError> {
    const COUNT_SESSIONS: &str = "
SELECT json_array(COUNT(*)) FROM sessions WHERE last_seen < ?1 ->> 'cutoff'";
    const COUNT_INTERACTIONS: &str = "
SELECT json_array(COUNT(*)) FROM (
  SELECT 1 FROM sessions s CROSS JOIN interactions i ON i.session_key = s.session_key
  WHERE s.last_seen < ?1 ->> 'cutoff' LIMIT ?1 ->> 'interactions_max')";
    let parameter = parameter(summary.cutoff, 0, DRY_RUN_INTERACTIONS_MAX);
    let rows = database
        .batch(&[
            Statement::with_json(COUNT_SESSIONS, parameter.clone()),
            Statement::with_json(COUNT_INTERACTIONS, parameter),
        ])
        .await?;
    let counts = rows
        .iter()
        .map(|count| Ok(count.first::<(u64,)>()?.map_or(0, |(count,)| count)))
        .collect::<Result<Vec<u64>, DatabaseError>>()?;
    if let [sessions, interactions] = counts.as_slice() {
        summary.session_count = *sessions;
        summary.interaction_count = *interactions;
        summary.is_more = *interactions >= u64::from(DRY_RUN_INTERACTIONS_MAX);
    }
    Ok(summary)
}
