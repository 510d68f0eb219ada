//! What a job stepped over since a sum was full: a finding, so that a person sees it.
//!
//! A sum holds 64 bits. What would lead it past them is refused by the table, with its whole batch; a job
//! then goes on without it, piece by piece, so that one party's numbers hold up nobody else's.

use cost_calculation::UnixMillis;
use serde_json::json;

use ledger_core::database::{Database, DatabaseError, Statement};

/// The most interactions that a finding names.
const NAMED_MAX: usize = 20;

const IS_NEW: &str = "NOT EXISTS (SELECT 1 FROM integrity_findings f
  WHERE f.check_name = 'sum_has_room' AND f.subject = ?1 -> 'subject')";

/// Records what a job left as it was: in the newest pass of the verification, which so stands as one that
/// a person must look at. The same of the same job stands once.
pub(crate) async fn record_stepped_over<D: Database>(
    database: &D,
    job: &str,
    interaction_keys: &[i64],
    reason: &str,
    now: UnixMillis,
) -> Result<(), DatabaseError> {
    if interaction_keys.is_empty() {
        return Ok(());
    }
    let named = interaction_keys.get(..interaction_keys.len().min(NAMED_MAX));
    let finding = json!({
        "now": now.0,
        "subject": {
            "job": job,
            "interaction_keys": named.unwrap_or_default(),
            "count": interaction_keys.len(),
        },
        "expected": "room for the difference: a sum holds 2^63 - 1 picodollars",
        "found": reason,
    });
    let count = format!(
        "UPDATE integrity_passes SET finding_count = finding_count + 1
         WHERE id = (SELECT MAX(id) FROM integrity_passes) AND {IS_NEW}"
    );
    let insert = format!(
        "INSERT INTO integrity_findings (pass_id, found_at, check_name, subject, expected, found,
           correction)
         SELECT COALESCE((SELECT MAX(id) FROM integrity_passes), 0), ?1 ->> 'now', 'sum_has_room',
           ?1 -> 'subject', ?1 -> 'expected', ?1 -> 'found', NULL
         WHERE {IS_NEW}"
    );
    database
        .batch(&[
            Statement::with(count, &finding)?,
            Statement::with(insert, &finding)?,
        ])
        .await
        .map(drop)
}
