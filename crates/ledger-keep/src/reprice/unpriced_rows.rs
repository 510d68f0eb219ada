//! The interactions that have no price, or one for a part only.

use std::sync::LazyLock;

use cost_calculation::UnixMillis;
use serde_json::json;

use super::{
    CHUNK_INTERACTIONS_MAX, RepriceConfig,
    stored_row::{STORED_ROW, StoredRow},
};
use ledger_core::database::{Database, DatabaseError, Statement};

// The next interactions of days that have unpriced ones. Index interactions_by_time, from where the
// last chunk ended; the primary key of daily_model_stats.
const LOOKED_AT: &str = "
WITH looked_at AS (
  SELECT interaction_key, timestamp FROM interactions
  WHERE timestamp >= ?1 ->> 'from'
    AND (timestamp, interaction_key) > (?1 ->> 'after_timestamp', ?1 ->> 'after_key')
    AND day IN (SELECT DISTINCT day FROM daily_model_stats
                WHERE day >= ?1 ->> 'from_day' AND (unpriced_count > 0 OR partial_count > 0))
  ORDER BY timestamp, interaction_key LIMIT ?1 ->> 'limit')";

const LAST_LOOKED_AT: &str = "
SELECT json_array(timestamp, interaction_key) FROM looked_at
ORDER BY timestamp DESC, interaction_key DESC LIMIT 1";

// The primary keys of interactions and cost_estimates.
static UNPRICED: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {STORED_ROW}
FROM looked_at l CROSS JOIN interactions i ON i.interaction_key = l.interaction_key
  CROSS JOIN cost_estimates e ON e.interaction_key = i.interaction_key
WHERE e.price_state IN ('unpriced', 'partial')
  AND e.revision = (SELECT MAX(x.revision) FROM cost_estimates x
                    WHERE x.interaction_key = i.interaction_key)"
    )
});

/// The unpriced ones among the next interactions, and the last one of those looked at.
pub(super) async fn read_chunk<D: Database>(
    database: &D,
    (after_timestamp, after_key): (i64, i64),
    first_day: &str,
    now: UnixMillis,
    config: &RepriceConfig,
) -> Result<(Vec<StoredRow>, Option<(i64, i64)>), DatabaseError> {
    let window_start = now.0.saturating_sub(config.window_ms.max(0));
    let parameter = json!({
        "from": window_start.max(after_timestamp),
        "from_day": first_day,
        "after_timestamp": after_timestamp,
        "after_key": after_key,
        "limit": config.chunk_interactions.clamp(1, CHUNK_INTERACTIONS_MAX),
    })
    .to_string();
    let with = |sql: &str| Statement::with_json(format!("{LOOKED_AT}{sql}"), parameter.clone());
    let rows = database
        .batch(&[with(&UNPRICED), with(LAST_LOOKED_AT)])
        .await?;
    let [unpriced, last] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no rows".to_owned()));
    };
    Ok((unpriced.decode()?, last.first()?))
}
