//! Interactions by key, hot and archived: a slice of them as it lies in the two places, for the
//! rules on where each lies, what belongs to it, and what it cost.

use std::collections::BTreeMap;

use serde_json::json;

use ledger_core::database::{Database, DatabaseError, Statement};

use super::{
    estimates::{verify_estimates, verify_revisions},
    pass::OpenPass,
    places::verify_places,
    relations::verify_relations,
    slice::Slice,
    stored_rows::{Place, TOKENS},
};
use ledger_core::redo_lines::Rate;

/// The keys in a slice.
const SLICE_KEYS: i64 = 2_000;

// Primary keys.
const NEXT_KEY: &str = "
SELECT json_array(
  (SELECT MIN(interaction_key) FROM interactions WHERE interaction_key > ?1 ->> 'after'),
  (SELECT MIN(interaction_key) FROM interactions_archive WHERE interaction_key > ?1 ->> 'after'),
  (SELECT MIN(interaction_key) FROM cost_estimates WHERE interaction_key > ?1 ->> 'after'),
  (SELECT MIN(interaction_key) FROM cost_estimates_archive WHERE interaction_key > ?1 ->> 'after'))";

// The primary key for the range; each look-up by a primary key or the unique id.
fn interactions_in(table: &str, other: &str) -> String {
    let tokens = TOKENS.map(|token| format!("i.{token}_tokens")).join(", ");
    format!(
        "SELECT json_array(i.interaction_key, i.id, i.timestamp, i.day,
           (SELECT k.interaction_key FROM {other} k WHERE k.id = i.id),
           EXISTS (SELECT 1 FROM users u WHERE u.user_key = i.user_key),
           EXISTS (SELECT 1 FROM sessions s WHERE s.session_key = i.session_key)
             OR EXISTS (SELECT 1 FROM sessions_archive s WHERE s.session_key = i.session_key),
           EXISTS (SELECT 1 FROM session_models m WHERE m.session_key = i.session_key
             AND m.provider = i.provider AND m.model = i.model_name AND m.agent = i.agent),
           EXISTS (SELECT 1 FROM session_days d WHERE d.day = i.day AND d.user_key = i.user_key
             AND d.session_key = i.session_key),
           json_array({tokens}))
         FROM {table} i WHERE i.interaction_key BETWEEN ?1 ->> 'low' AND ?1 ->> 'high'"
    )
}

fn estimates_in(table: &str) -> String {
    format!(
        "SELECT json_array(e.interaction_key, e.revision, json_array(e.ai_tokens_cost,
           e.db_ops_cost, e.api_calls_cost, e.compute_time_cost), e.total_cost, e.price_state,
           e.lines)
         FROM {table} e WHERE e.interaction_key BETWEEN ?1 ->> 'low' AND ?1 ->> 'high'
         ORDER BY e.interaction_key, e.revision"
    )
}

/// Verifies the keys after the pass's place.
pub(super) async fn verify<D: Database>(
    database: &D,
    pass: &OpenPass,
    rates: &mut BTreeMap<i64, Rate>,
) -> Result<Slice, DatabaseError> {
    let after = pass.last_key()?;
    let next = database
        .query(Statement::with(NEXT_KEY, &json!({ "after": after }))?)
        .await?;
    let next: Option<[Option<i64>; 4]> = next.first()?;
    let Some(low) = next.into_iter().flatten().flatten().min() else {
        return Ok(Slice::default());
    };
    let high = low.saturating_add(SLICE_KEYS - 1);
    let range = json!({ "low": low, "high": high }).to_string();
    let rows = database
        .batch(&[
            Statement::with_json(
                interactions_in("interactions", "interactions_archive"),
                &*range,
            ),
            Statement::with_json(estimates_in("cost_estimates"), &*range),
            Statement::with_json(
                interactions_in("interactions_archive", "interactions"),
                &*range,
            ),
            Statement::with_json(estimates_in("cost_estimates_archive"), &*range),
        ])
        .await?;
    let [
        hot_interactions,
        hot_estimates,
        old_interactions,
        old_estimates,
    ] = rows.as_slice()
    else {
        return Err(DatabaseError::Other("the batch gave no rows".to_owned()));
    };
    let hot = Place::read("cost_estimates", hot_interactions, hot_estimates)?;
    let old = Place::read("cost_estimates_archive", old_interactions, old_estimates)?;

    let mut slice = Slice {
        position: Some(high.to_string()),
        ..Slice::default()
    };
    for place in [&hot, &old] {
        slice.coverage.interactions += place.interactions.len() as u64;
        slice.coverage.estimates += place.estimates.len() as u64;
    }
    verify_places(&hot, &old, &mut slice);
    for (place, other) in [(&hot, &old), (&old, &hot)] {
        verify_relations(place, pass, &mut slice);
        verify_revisions(place, other, &mut slice);
        verify_estimates(database, place, rates, &mut slice).await?;
    }
    Ok(slice)
}
