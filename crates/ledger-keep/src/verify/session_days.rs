//! What a day's `session_days` name: a session that is there, and that had begun by the day's end
//! and not ended before its start.
//!
//! A mark of a start may name a day without interactions; a mark leaves no other trace than the
//! session's own span, so a row within it is taken at its word.

use serde_json::json;

use ledger_core::database::{Database, DatabaseError, Statement};

use super::{
    pass::GUARD,
    slice::{Correction, Finding, Slice},
};

/// Rows that one slice removes; what is left waits for the next pass.
const ROWS_MAX: u32 = 1_000;

/// A row for which neither table has a session that spans the day.
const IS_STRAY: &str = "NOT EXISTS (SELECT 1 FROM sessions s WHERE s.session_key = d.session_key
    AND s.start_time < ?1 ->> 'until' AND s.last_seen >= ?1 ->> 'from')
  AND NOT EXISTS (SELECT 1 FROM sessions_archive s WHERE s.session_key = d.session_key
    AND s.start_time < ?1 ->> 'until' AND s.last_seen >= ?1 ->> 'from')";

/// Verifies the rows of a day; `from` is its first instant, `until` the first after it.
pub(super) async fn verify<D: Database>(
    database: &D,
    day: &str,
    (from, until): (i64, i64),
    slice: &mut Slice,
) -> Result<(), DatabaseError> {
    // The primary key begins with the day; each look-up by a primary key.
    let stray = format!(
        "SELECT json_array(d.user_key, d.session_key) FROM session_days d
         WHERE d.day = ?1 ->> 'day' AND {IS_STRAY} LIMIT ?1 ->> 'limit'"
    );
    let parameter = json!({ "day": day, "from": from, "until": until, "limit": ROWS_MAX });
    let rows = database.query(Statement::with(stray, &parameter)?).await?;
    let rows: Vec<(i64, i64)> = rows.decode()?;
    for (user_key, session_key) in &rows {
        slice.findings.push(Finding {
            check: "session_days_lie_within_their_session",
            subject: json!({ "day": day, "user_key": user_key, "session_key": session_key }),
            expected: json!("a session that spans the day"),
            found: json!("none"),
            correction: Some("the row was removed"),
        });
    }
    if !rows.is_empty() {
        // What arrived meanwhile may have made a row right.
        let mut removal = Correction::new(
            format!(
                "DELETE FROM session_days AS d WHERE d.day = ?1 ->> 'day'
                   AND (d.user_key, d.session_key) IN (
                     SELECT j.value ->> 0, j.value ->> 1 FROM json_each(?1, '$.rows') j)
                   AND {IS_STRAY} AND {GUARD}"
            ),
            "rows",
            json!(rows),
        );
        removal.parameter.extend(
            [
                ("day", json!(day)),
                ("from", json!(from)),
                ("until", json!(until)),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        slice.corrections.push(removal);
    }
    Ok(())
}
