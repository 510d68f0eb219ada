//! Refusals that showed only after the sender had its answer: kept where an admin sees them.
use cost_calculation::UnixMillis;
use edge::{Problem, Suite};
use events::Interaction;
use ledger::{Database, Statement};
use serde_json::json;

/// A message may be delivered again after it was written down: the same refusal is kept once.
const INSERT: &str = "
INSERT INTO ingest_rejections (received_at, source, interaction_id, problem, detail)
SELECT ?1 ->> 'received_at', j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3
FROM json_each(?1, '$.rejections') j
WHERE NOT EXISTS (SELECT 1 FROM ingest_rejections r
  WHERE r.received_at > (?1 ->> 'received_at') - 86400000
    AND r.interaction_id = j.value ->> 1 AND r.problem = j.value ->> 2)";

/// Writes refusals down: the interaction, the kind of problem, and the words for it.
pub(crate) async fn record(
    suite: &Suite,
    received_at: UnixMillis,
    refused: &[(&Interaction, &str, &str)],
) -> Result<(), Problem> {
    if refused.is_empty() {
        return Ok(());
    }
    let rejections: Vec<_> = refused
        .iter()
        .map(|(interaction, problem, detail)| {
            json!([interaction.source, interaction.id, problem, detail])
        })
        .collect();
    let parameter = json!({ "received_at": received_at.0, "rejections": rejections });
    suite
        .database
        .query(Statement::with(INSERT, &parameter)?)
        .await?;
    Ok(())
}
