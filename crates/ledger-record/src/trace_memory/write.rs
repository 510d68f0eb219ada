//! The one transaction of a body's traces: memory, what is withdrawn, what is recorded.

use std::{collections::HashSet, sync::LazyLock};

use events::Interaction;
use ledger_core::{
    book_version::BookVersion,
    database::{Database, DatabaseError, Statement},
    record_error::RecordError,
    schema::SCHEMA_VERSION,
    write_guard::{STATE, StateRow, mismatch},
};
use serde_json::json;

use super::{
    forget_at,
    withdraw::{Gone, after_recording, before_recording, read_gone},
};
use crate::{
    ingest::{IngestContext, refused_by_the_database},
    record_batch::{BatchContext, Expected, GUARD, PricedInteraction, one_line, recording},
};

/// An interaction to be recorded.
#[derive(Debug)]
pub(super) struct Added {
    pub interaction: Interaction,
    /// The digest of what its span shows by itself.
    pub body_hash: String,
    /// Its span's place in the body, if it came with it.
    pub place: Option<usize>,
}

/// A trace as it is to be kept.
#[derive(Debug)]
pub(super) struct ChangedTrace {
    pub id: String,
    /// The version that it follows; 0 for none.
    pub version: i64,
    pub spans: String,
}

/// A span for which another one stands.
#[derive(Debug)]
pub(super) struct JoinedSpan {
    pub id: String,
    pub part_of: String,
    pub body_hash: String,
    pub digest_version: u32,
}

/// What a body changes.
#[derive(Debug, Default)]
pub(super) struct Change {
    pub traces: Vec<ChangedTrace>,
    /// The ids of interactions that are withdrawn; some of them are recorded anew.
    pub gone: Vec<String>,
    pub added: Vec<Added>,
    pub joined: Vec<JoinedSpan>,
    /// Spans that stand for themselves again.
    pub parted: Vec<String>,
}

/// What became of a change.
#[derive(Debug)]
pub(super) enum Write {
    Done,
    /// The ledger is not as the change was made for: nothing was written.
    Stale,
    /// A sum can't take it: nothing was written.
    Full(String),
}

// Where the ledger is another one than the change was made for, the version is NULL, which the table
// refuses: then the batch is kept out whole, and no other statement of it needs a condition.
static REMEMBER: LazyLock<String> = LazyLock::new(|| {
    one_line(&format!(
        "INSERT INTO trace_memory (trace_id, version, forget_at, spans)
         SELECT j.value ->> 0,
           iif({}
             AND (j.value ->> 1 = 0
               OR EXISTS (SELECT 1 FROM trace_memory m WHERE m.trace_id = j.value ->> 0))
             AND NOT EXISTS (SELECT 1 FROM json_each(?1, '$.fresh') f
               WHERE EXISTS (SELECT 1 FROM interactions i WHERE i.id = f.value)
                 OR EXISTS (SELECT 1 FROM interactions_archive i WHERE i.id = f.value))
             AND NOT EXISTS (SELECT 1 FROM json_each(?1, '$.gone') g
               WHERE NOT EXISTS (SELECT 1 FROM interactions i
                   WHERE i.interaction_key = g.value ->> 0 AND i.day = g.value ->> 1)
                 AND NOT EXISTS (SELECT 1 FROM interactions_archive i
                   WHERE i.interaction_key = g.value ->> 0 AND i.day = g.value ->> 1)),
             (j.value ->> 1) + 1, NULL),
           ?1 ->> 'forget_at', j.value ->> 2
         FROM json_each(?1, '$.traces') j WHERE true
         ON CONFLICT (trace_id) DO UPDATE SET
           version = iif(trace_memory.version = excluded.version - 1, excluded.version, NULL),
           forget_at = excluded.forget_at, spans = excluded.spans",
        *GUARD
    ))
});

/// The column that a change made for another ledger is refused by.
const STALE_COLUMN: &str = "trace_memory.version";

const JOIN: &str = "INSERT INTO joined_spans (id, part_of, body_hash, digest_version)
SELECT j.value ->> 0, NULLIF(j.value ->> 1, ''), unhex(j.value ->> 2), j.value ->> 3
FROM json_each(?1) j WHERE true
ON CONFLICT (id) DO UPDATE SET part_of = excluded.part_of";

const PART: &str = "DELETE FROM joined_spans WHERE id IN (SELECT j.value FROM json_each(?1) j)";

// Twice as many as are written, so that the memory has an end without a job. Index
// trace_memory_by_end.
const FORGET: &str = "DELETE FROM trace_memory WHERE trace_id IN (
  SELECT trace_id FROM trace_memory WHERE forget_at < ?1 ->> 0 ORDER BY forget_at LIMIT ?1 ->> 1)";

// A verification that reads meanwhile looks at the count.
const BUMP_LEDGER: &str = "UPDATE ledger_state
SET ledger_version = ledger_version + 1, withdrawal_count = withdrawal_count + 1";

/// Writes a change, whole or not at all.
pub(super) async fn write<D: Database>(
    database: &D,
    context: &IngestContext,
    book: BookVersion,
    change: &Change,
    priced: &[PricedInteraction<'_>],
) -> Result<Write, RecordError> {
    if change.traces.is_empty() {
        return Ok(Write::Done);
    }
    let gone = read_gone(database, &change.gone).await?;
    let mut statements = vec![remember(context, book, change, &gone)?];
    if !gone.is_empty() {
        statements.extend(before_recording(&gone)?);
    }
    if !priced.is_empty() {
        let batch = BatchContext {
            ingest_id: (context.new_ingest_id)(),
            received_at: context.received_at,
            book,
            reporting_zone: context.reporting_zone,
            declared_cost_max: context.declared_cost_max,
        };
        statements.extend(recording(&batch, priced, Expected::Anything)?);
    }
    if !gone.is_empty() {
        statements.extend(after_recording(&gone)?);
        statements.push(Statement::new(BUMP_LEDGER));
    }
    statements.extend(joining(change)?);
    let forgotten = json!([context.received_at.0, 2 * change.traces.len()]);
    statements.push(Statement::with(FORGET, &forgotten)?);
    match database.batch(&statements).await {
        Ok(_) => Ok(Write::Done),
        Err(DatabaseError::Constraint(reason)) if reason.contains(STALE_COLUMN) => {
            let state = database.query(Statement::new(STATE)).await?;
            let state: Option<StateRow> = state.first()?;
            mismatch(state.as_ref(), context.reporting_zone).map_or(Ok(Write::Stale), Err)
        }
        Err(DatabaseError::Constraint(reason)) => {
            Ok(Write::Full(refused_by_the_database(&reason, context)))
        }
        Err(error) => Err(error.into()),
    }
}

fn remember(
    context: &IngestContext,
    book: BookVersion,
    change: &Change,
    gone: &[Gone],
) -> Result<Statement, DatabaseError> {
    let withdrawn: HashSet<&str> = change.gone.iter().map(String::as_str).collect();
    let fresh: Vec<&str> = change
        .added
        .iter()
        .map(|one| one.interaction.id.as_str())
        .filter(|id| !withdrawn.contains(id))
        .collect();
    let traces: Vec<_> = change
        .traces
        .iter()
        .map(|trace| json!([trace.id, trace.version, trace.spans]))
        .collect();
    let gone: Vec<_> = gone.iter().map(|one| json!([one.key, one.day])).collect();
    Statement::with(
        REMEMBER.as_str(),
        &json!({
            "price_book_version": book.version,
            "epoch": book.epoch,
            "schema_version": SCHEMA_VERSION,
            "zone": context.reporting_zone.name(),
            "forget_at": forget_at(context.received_at),
            "fresh": fresh,
            "gone": gone,
            "traces": traces,
        }),
    )
}

fn joining(change: &Change) -> Result<Vec<Statement>, DatabaseError> {
    let mut statements = Vec::new();
    if !change.parted.is_empty() {
        statements.push(Statement::with(PART, &change.parted)?);
    }
    if !change.joined.is_empty() {
        let joined: Vec<_> = change
            .joined
            .iter()
            .map(|one| json!([one.id, one.part_of, one.body_hash, one.digest_version]))
            .collect();
        statements.push(Statement::with(JOIN, &joined)?);
    }
    Ok(statements)
}
