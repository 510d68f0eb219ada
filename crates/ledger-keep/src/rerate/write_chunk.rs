//! The batch that adds a chunk's revisions, moves every sum by the difference, and sets the place.

use std::sync::LazyLock;

use cost_calculation::UnixMillis;
use serde_json::{Value, json};

use super::{
    RerateConfig,
    chunk::{Candidate, Chunk, Outcome},
    record::RerateRun,
};
use crate::reprice::write_revisions::difference;
use ledger_core::{
    book_version::BookVersion,
    database::{Database, DatabaseError, Statement},
    rollup::{MEASURES, move_by},
    schema::SCHEMA_VERSION,
};

/// What every later statement of the batch asks: whether the first one, [`ADVANCE`], took its turn.
const IS_OURS: &str = "EXISTS (SELECT 1 FROM rerate_runs
    WHERE id = ?1 ->> 'run' AND write_token = ?1 ->> 'token')";

/// Takes the turn: the run stands where the chunk was read, the book is the one of the estimates,
/// and each estimate follows the newest revision of an interaction that is there.
static ADVANCE: LazyLock<String> = LazyLock::new(|| {
    let newest = |suffix: &str| {
        format!(
            "SELECT MAX(x.revision) FROM cost_estimates{suffix} x
             WHERE x.interaction_key = j.value ->> 0"
        )
    };
    format!(
        "UPDATE rerate_runs SET write_token = ?1 ->> 'token', place_timestamp = ?1 ->> 'to_timestamp',
           place_key = ?1 ->> 'to_key', changes = ?1 ->> 'changes',
           finished_at = ?1 ->> 'finished_at'
         WHERE id = ?1 ->> 'run' AND finished_at IS NULL
           AND place_timestamp = ?1 ->> 'from_timestamp' AND place_key = ?1 ->> 'from_key'
           AND EXISTS (SELECT 1 FROM ledger_state
                       WHERE price_book_version = ?1 ->> 'price_book_version'
                         AND epoch = ?1 ->> 'epoch'
                         AND schema_version = ?1 ->> 'schema_version')
           AND NOT EXISTS (SELECT 1 FROM json_each(?1, '$.estimates') j
                           WHERE COALESCE(({}), ({}), -1) <> j.value ->> 1)",
        newest(""),
        newest("_archive")
    )
});

/// The rows that this chunk wrote in one of the two places, each with the one that it follows.
fn revised(suffix: &str) -> String {
    format!(
        "FROM json_each(?1, '$.estimates') j
    JOIN interactions{suffix} i ON i.interaction_key = j.value ->> 0
    JOIN cost_estimates{suffix} n ON n.interaction_key = i.interaction_key
      AND n.revision = (j.value ->> 1) + 1
    JOIN cost_estimates{suffix} o ON o.interaction_key = i.interaction_key
      AND o.revision = j.value ->> 1
    WHERE {IS_OURS}"
    )
}

fn insert_revisions(suffix: &str) -> String {
    format!(
        "INSERT INTO cost_estimates{suffix} (interaction_key, revision, ai_tokens_cost, db_ops_cost,
           api_calls_cost, compute_time_cost, total_cost, cache_savings, currency, price_state,
           match_kind, calculation_version, price_book_version, created_at, run_id, reason, lines)
         SELECT i.interaction_key, (j.value ->> 1) + 1, j.value ->> 2, j.value ->> 3,
           j.value ->> 4, j.value ->> 5, j.value ->> 6, j.value ->> 7, 'USD', j.value ->> 8,
           j.value ->> 9, j.value ->> 10, ?1 ->> 'price_book_version', ?1 ->> 'now',
           ?1 ->> 'run_id', ?1 ->> 'reason', j.value ->> 11
         FROM json_each(?1, '$.estimates') j
           JOIN interactions{suffix} i ON i.interaction_key = j.value ->> 0
         WHERE {IS_OURS}"
    )
}

fn update_sessions(suffix: &str) -> String {
    format!(
        "UPDATE sessions{suffix} AS s SET
           unpriced_count = s.unpriced_count + d.unpriced_count,
           partial_count = s.partial_count + d.partial_count,
           total_cost = s.total_cost + d.total_cost
         FROM (
           SELECT i.session_key,
             SUM((n.price_state = 'unpriced') - (o.price_state = 'unpriced')) AS unpriced_count,
             SUM((n.price_state = 'partial') - (o.price_state = 'partial')) AS partial_count,
             SUM(COALESCE(n.total_cost, 0) - COALESCE(o.total_cost, 0)) AS total_cost
           {} GROUP BY i.session_key) d
         WHERE s.session_key = d.session_key",
        revised(suffix)
    )
}

static MOVE_ROLLUPS: LazyLock<String> = LazyLock::new(|| {
    let measures = MEASURES.map(difference_of).join(",\n         ");
    let arm = |suffix: &str| {
        format!(
            "SELECT i.day, i.user_key, i.provider, i.model_name AS model, i.agent, i.type,
         {measures}
  {}",
            revised(suffix)
        )
    };
    move_by(&format!("{}\nUNION ALL\n{}", arm(""), arm("_archive")))
});

/// As of a new price, and the cache writes whose lifetime is another one now.
fn difference_of(measure: &str) -> String {
    match measure {
        "cache_write_5m_tokens" => "-(j.value ->> 12) AS cache_write_5m_tokens".to_owned(),
        "cache_write_1h_tokens" => "j.value ->> 12 AS cache_write_1h_tokens".to_owned(),
        other => difference(other),
    }
}

fn update_readings(suffix: &str) -> String {
    format!(
        "UPDATE interactions{suffix} AS i SET
           cache_write_5m_tokens = i.cache_write_5m_tokens - (j.value ->> 12),
           cache_write_1h_tokens = i.cache_write_1h_tokens + (j.value ->> 12),
           reading = j.value ->> 13
         FROM json_each(?1, '$.estimates') j
         WHERE i.interaction_key = j.value ->> 0
           AND (j.value ->> 12 <> 0 OR i.reading <> j.value ->> 13) AND {IS_OURS}"
    )
}

static BUMP_LEDGER: LazyLock<String> = LazyLock::new(|| {
    format!(
        "UPDATE ledger_state SET ledger_version = ledger_version + 1
         WHERE {IS_OURS} AND json_array_length(?1, '$.estimates') > 0"
    )
});

static TOOK_TURN: LazyLock<String> =
    LazyLock::new(|| format!("SELECT json_array(1) WHERE {IS_OURS}"));

/// Writes the chunk; `false` if something else wrote meanwhile and nothing was written.
pub(super) async fn write_chunk<D: Database>(
    database: &D,
    run: &RerateRun,
    chunk: &Chunk,
    outcomes: &[Outcome],
    book: BookVersion,
    config: &RerateConfig,
    now: UnixMillis,
) -> Result<bool, DatabaseError> {
    let mut changes = run.changes.clone();
    changes.add(chunk, outcomes);
    let estimates: Vec<Value> = chunk
        .candidates
        .iter()
        .zip(outcomes)
        .filter_map(|(Candidate(_, _, _, row), outcome)| match outcome {
            Outcome::Differs(new) => Some(row.revision_of(new)),
            Outcome::Same | Outcome::OverLimit => None,
        })
        .collect();
    let from = run.place();
    let to = chunk.last.unwrap_or(from);
    let changes = serde_json::to_string(&changes)
        .map_err(|error| DatabaseError::Decode(error.to_string()))?;
    let is_any = !estimates.is_empty();
    let parameter = json!({
        "run": run.id,
        "run_id": format!("rerate:{}", run.id),
        "reason": if run.reason.is_empty() { "estimated again" } else { run.reason.as_str() },
        "token": (config.new_token)(),
        "from_timestamp": from.0,
        "from_key": from.1,
        "to_timestamp": to.0,
        "to_key": to.1,
        "finished_at": chunk.last.is_none().then_some(now.0),
        "changes": changes,
        "price_book_version": book.version,
        "epoch": book.epoch,
        "schema_version": SCHEMA_VERSION,
        "now": now.0,
        "estimates": estimates,
    })
    .to_string();
    let with = |sql: String| Statement::with_json(sql, parameter.clone());
    let mut statements = vec![with(ADVANCE.clone())];
    if is_any {
        for suffix in ["", "_archive"] {
            statements.push(with(insert_revisions(suffix)));
            statements.push(with(update_sessions(suffix)));
            statements.push(with(update_readings(suffix)));
        }
        statements.push(with(MOVE_ROLLUPS.clone()));
        statements.push(with(BUMP_LEDGER.clone()));
    }
    statements.push(with(TOOK_TURN.clone()));
    let rows = database.batch(&statements).await?;
    Ok(rows.last().is_some_and(|turn| !turn.is_empty()))
}
