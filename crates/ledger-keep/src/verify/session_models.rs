//! What sessions touched: each row has an interaction, and stands at its session's start.

use serde_json::json;

use ledger_core::database::{DatabaseError, Rows};

use super::{
    pass::GUARD,
    slice::{Correction, Finding, Slice},
};

// Indexes interactions_by_session and interactions_archive_by_session for what no interaction
// has; the primary key for what belongs to no session.
pub(super) const WITHOUT_INTERACTION: &str = "
SELECT json_array(m.session_key, m.provider, m.model, m.agent)
FROM session_models m
WHERE m.session_key > ?1 ->> 'after'
  AND (?1 ->> 'through' IS NULL OR m.session_key <= ?1 ->> 'through')
  AND NOT EXISTS (SELECT 1 FROM interactions i WHERE i.session_key = m.session_key
    AND i.provider = m.provider AND i.model_name = m.model AND i.agent = m.agent)
  AND NOT EXISTS (SELECT 1 FROM interactions_archive i WHERE i.session_key = m.session_key
    AND i.provider = m.provider AND i.model_name = m.model AND i.agent = m.agent)
LIMIT 1000";

// Primary keys.
pub(super) const ELSEWHERE: &str = "
SELECT json_array(m.session_key)
FROM json_each(?1, '$.keys') j CROSS JOIN sessions s ON s.session_key = j.value
  CROSS JOIN session_models m ON m.session_key = s.session_key
WHERE m.start_time <> s.start_time
UNION
SELECT json_array(m.session_key)
FROM json_each(?1, '$.keys') j CROSS JOIN sessions_archive s ON s.session_key = j.value
  CROSS JOIN session_models m ON m.session_key = s.session_key
WHERE m.start_time <> s.start_time";

/// Verifies the rows of [`WITHOUT_INTERACTION`] and of [`ELSEWHERE`].
pub(super) fn verify(
    stray: &Rows,
    elsewhere: &Rows,
    slice: &mut Slice,
) -> Result<(), DatabaseError> {
    verify_stray(&stray.decode()?, slice);
    let keys: Vec<i64> = elsewhere
        .decode::<(i64,)>()?
        .into_iter()
        .map(|(key,)| key)
        .collect();
    verify_starts(&keys, slice);
    Ok(())
}

/// Rows of what no interaction of the session has.
fn verify_stray(stray: &Vec<(i64, String, String, String)>, slice: &mut Slice) {
    if stray.is_empty() {
        return;
    }
    slice.findings.push(Finding {
        check: "session_models_have_interactions",
        subject: json!({ "session_models": stray.get(..stray.len().min(20)), "count": stray.len() }),
        expected: json!("an interaction of the session with that model and agent"),
        found: json!("none"),
        correction: Some("the row was removed"),
    });
    slice.corrections.push(Correction::new(
        format!(
            "DELETE FROM session_models
             WHERE (session_key, provider, model, agent) IN (
               SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3
               FROM json_each(?1, '$.rows') j)
               AND {GUARD}
               AND NOT EXISTS (SELECT 1 FROM interactions i
                 WHERE i.session_key = session_models.session_key
                   AND i.provider = session_models.provider
                   AND i.model_name = session_models.model AND i.agent = session_models.agent)"
        ),
        "rows",
        json!(stray),
    ));
}

/// Sessions whose models are searched by another start than theirs.
fn verify_starts(elsewhere: &[i64], slice: &mut Slice) {
    if elsewhere.is_empty() {
        return;
    }
    slice.findings.push(Finding {
        check: "session_models_start_with_their_session",
        subject: json!({
            "session_keys": elsewhere.get(..elsewhere.len().min(20)), "count": elsewhere.len(),
        }),
        expected: json!("the session's start"),
        found: json!("another one"),
        correction: Some("the start was set"),
    });
    // As the session starts by then: another correction may have moved it.
    slice.corrections.push(Correction::new(
        format!(
            "UPDATE session_models SET start_time = COALESCE(
               (SELECT s.start_time FROM sessions s WHERE s.session_key = session_models.session_key),
               (SELECT s.start_time FROM sessions_archive s
                WHERE s.session_key = session_models.session_key), start_time)
             WHERE session_key IN (SELECT j.value FROM json_each(?1, '$.keys') j) AND {GUARD}"
        ),
        "keys",
        json!(elsewhere),
    ));
}
