//! Which interactions a run estimates again.

use cost_calculation::{Flag, PriceState};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::reprice::stored_row::STORED_ROW;

/// Where a walk stands: the start and the key of the last interaction that it looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place(pub i64, pub i64);

/// What a run is about: days of the reporting zone, both included, and what narrows them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RerateFilter {
    /// The first day, `2026-11-01`.
    pub start_date: String,
    /// The last day.
    pub end_date: String,
    /// A provider by its canonical name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// A model as it is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// An agent's id; empty for calls without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// A user's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// Only estimates of this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_state: Option<PriceState>,
    /// Only estimates with this remark, by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flag: Option<String>,
}

impl RerateFilter {
    /// The flag that is asked for; `Err` with the name where there is no such flag.
    ///
    /// # Errors
    /// The name is no flag's.
    pub fn flag(&self) -> Result<Option<Flag>, &str> {
        let Some(name) = self.flag.as_deref() else {
            return Ok(None);
        };
        let found = Flag::ALL.into_iter().find(|flag| flag.as_str() == name);
        found.map(Some).ok_or(name)
    }

    /// What the statements of a chunk read.
    pub(super) fn parameter(&self, after: Place, limit: u32) -> Value {
        json!({
            "start_date": self.start_date,
            "end_date": self.end_date,
            "provider": self.provider,
            "model": self.model,
            "agent": self.agent,
            "user_id": self.user_id,
            "price_state": self.price_state,
            "after_timestamp": after.0,
            "after_key": after.1,
            "limit": limit,
        })
    }
}

/// The next interactions of the range, hot and archived, by their start. The indexes on the start
/// give each arm in order. A day of any zone lies within two days of UTC's.
const LOOKED_AT: &str = "
WITH bounds AS MATERIALIZED (
  SELECT MAX(?1 ->> 'after_timestamp', (unixepoch(?1 ->> 'start_date') - 172800) * 1000) AS low,
    (unixepoch(?1 ->> 'end_date') + 259200) * 1000 AS high
), looked_at AS MATERIALIZED (
  SELECT * FROM (
    SELECT interaction_key, timestamp FROM bounds CROSS JOIN interactions
    WHERE timestamp BETWEEN low AND high
      AND (timestamp, interaction_key) > (?1 ->> 'after_timestamp', ?1 ->> 'after_key')
      AND day BETWEEN ?1 ->> 'start_date' AND ?1 ->> 'end_date'
    ORDER BY timestamp, interaction_key LIMIT ?1 ->> 'limit')
  UNION ALL
  SELECT * FROM (
    SELECT interaction_key, timestamp FROM bounds CROSS JOIN interactions_archive
    WHERE timestamp BETWEEN low AND high
      AND (timestamp, interaction_key) > (?1 ->> 'after_timestamp', ?1 ->> 'after_key')
      AND day BETWEEN ?1 ->> 'start_date' AND ?1 ->> 'end_date'
    ORDER BY timestamp, interaction_key LIMIT ?1 ->> 'limit')
), chunk AS MATERIALIZED (
  SELECT * FROM looked_at ORDER BY timestamp, interaction_key LIMIT ?1 ->> 'limit'
)";

/// The chosen ones of the chunk: start, user and the row. Primary keys.
pub(super) fn rows_sql() -> String {
    let arm = |suffix: &str| {
        format!(
            "SELECT json_array(i.timestamp, u.user_id, i.source, {STORED_ROW}) AS row, i.timestamp,
               i.interaction_key
             FROM chunk l CROSS JOIN interactions{suffix} i ON i.interaction_key = l.interaction_key
               CROSS JOIN cost_estimates{suffix} e ON e.interaction_key = i.interaction_key
               CROSS JOIN users u ON u.user_key = i.user_key
             WHERE e.revision = (SELECT MAX(x.revision) FROM cost_estimates{suffix} x
                                 WHERE x.interaction_key = i.interaction_key)
               AND i.provider = COALESCE(?1 ->> 'provider', i.provider)
               AND i.model_name = COALESCE(?1 ->> 'model', i.model_name)
               AND i.agent = COALESCE(?1 ->> 'agent', i.agent)
               AND u.user_id = COALESCE(?1 ->> 'user_id', u.user_id)
               AND e.price_state = COALESCE(?1 ->> 'price_state', e.price_state)"
        )
    };
    format!(
        "{LOOKED_AT}\nSELECT row FROM ({}\nUNION ALL\n{})\nORDER BY timestamp, interaction_key",
        arm(""),
        arm("_archive")
    )
}

/// The last of the chunk, and how many it looked at; no row where the range has no more.
pub(super) fn last_sql() -> String {
    format!(
        "{LOOKED_AT}\nSELECT json_array(timestamp, interaction_key, (SELECT COUNT(*) FROM chunk))
FROM chunk ORDER BY timestamp DESC, interaction_key DESC LIMIT 1"
    )
}
