//! Models that were used and have no price.

use serde::{Deserialize, Serialize};

use crate::database::{Database, DatabaseError, Statement};

/// A model with interactions that have no price, or a price for a part only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnpricedModel {
    /// Provider as the events name it, or empty.
    pub provider: String,
    /// Model, or empty.
    pub model: String,
    /// Type of interaction.
    #[serde(rename = "type")]
    pub kind: String,
    /// Interactions without any price.
    pub unpriced_count: u64,
    /// Interactions with a price for a part.
    pub partial_count: u64,
    /// All interactions of the model on those days.
    pub interaction_count: u64,
    /// Tokens that the cost does not cover.
    pub unpriced_tokens: u64,
    /// First day.
    pub first_day: String,
    /// Last day.
    pub last_day: String,
}

/// The unpriced models since a day (ISO), the most used first; at most 500.
pub async fn models<D: Database>(
    database: &D,
    since_day: &str,
) -> Result<Vec<UnpricedModel>, DatabaseError> {
    // The primary key of daily_model_stats begins with the day. The sums move when a price
    // arrives, so what was priced since is not in the list.
    const UNPRICED: &str = "
SELECT json_object('provider', provider, 'model', model, 'type', type,
  'unpriced_count', SUM(unpriced_count), 'partial_count', SUM(partial_count),
  'interaction_count', SUM(interaction_count), 'unpriced_tokens', SUM(unpriced_tokens),
  'first_day', MIN(day), 'last_day', MAX(day))
FROM daily_model_stats
WHERE day >= ?1 ->> 'since' AND (unpriced_count > 0 OR partial_count > 0)
GROUP BY provider, model, type
ORDER BY SUM(unpriced_count) + SUM(partial_count) DESC, provider, model, type
LIMIT 500";
    let parameter = serde_json::json!({ "since": since_day });
    database
        .query(Statement::with(UNPRICED, &parameter)?)
        .await?
        .decode()
}
