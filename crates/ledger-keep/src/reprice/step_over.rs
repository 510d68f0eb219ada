//! Writing a chunk where a sum may be full: what fits is written, what does not is stepped over.

use cost_calculation::UnixMillis;
use serde_json::Value;

use super::write_revisions::write_chunk;
use crate::full_sums::record_stepped_over;
use ledger_core::{
    book_version::BookVersion,
    database::{Database, DatabaseError},
};

/// How many pieces of a chunk may fail before what is left of them is stepped over together: a piece
/// is five statements, and D1 takes 1,000 of a run.
const FAILURES_MAX: u32 = 64;

/// What became of a chunk.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written {
    /// Estimates that were written.
    pub revised: u64,
    /// Estimates that a full sum has no room for.
    pub refused: u64,
}

/// Writes the new estimates, but for those that a full sum has no room for; a finding names these.
/// `None` if the book moved: what was written before is kept, and is no longer without a price.
pub(super) async fn write_what_fits<D: Database>(
    database: &D,
    estimates: Vec<Value>,
    book: BookVersion,
    run_id: &str,
    now: UnixMillis,
) -> Result<Option<Written>, DatabaseError> {
    let mut written = Written {
        revised: 0,
        refused: 0,
    };
    let mut refused: Vec<i64> = Vec::new();
    let mut why = String::new();
    let mut failures = 0;
    let mut waiting = vec![estimates];
    while let Some(mut piece) = waiting.pop() {
        if piece.is_empty() {
            continue;
        }
        match write_chunk(database, &piece, book, run_id, now).await {
            Ok(Some(revised)) => written.revised += revised,
            Ok(None) => return Ok(None),
            Err(DatabaseError::Constraint(reason)) => {
                failures += 1;
                // Nothing of the piece was kept. Halves of it find what is at fault.
                if piece.len() > 1 && failures < FAILURES_MAX {
                    let second = piece.split_off(piece.len() / 2);
                    waiting.extend([second, piece]);
                } else {
                    refused.extend(piece.iter().filter_map(key_of));
                    why = reason;
                }
            }
            Err(error) => return Err(error),
        }
    }
    written.refused = refused.len() as u64;
    record_stepped_over(database, "reprice", &refused, &why, now).await?;
    Ok(Some(written))
}

/// The interaction of an estimate's row.
fn key_of(row: &Value) -> Option<i64> {
    row.get(0)?.as_i64()
}
