//! The interactions that have no price, or one for a part only, as their columns hold them.

use cost_calculation::{
    Billable, Component, Declared, Estimate, MatchKind, PicoUsd, TokenUsage, Units, UnixMillis,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{CHUNK_INTERACTIONS_MAX, RepriceConfig};
use ledger_core::{
    database::{Database, DatabaseError, Statement},
    estimate_lines::compact_lines,
    interaction_columns::units_from_json,
};

/// An interaction as its columns hold it.
#[derive(Debug, Deserialize)]
pub(super) struct Unpriced {
    key: i64,
    /// The id that the caller gave.
    pub(super) id: String,
    /// Its day in the reporting zone.
    pub(super) day: String,
    revision: i64,
    provider: String,
    model: String,
    endpoint: Option<String>,
    region: Option<String>,
    service_tier: Option<String>,
    tokens: [u64; 10],
    units: Option<String>,
    declared_cost: Option<i64>,
    declared_category: Option<String>,
    price_time: i64,
    price_state: String,
    costs: [Option<i64>; 5],
}

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
const UNPRICED: &str = "
SELECT json_object('key', i.interaction_key, 'id', i.id, 'day', i.day, 'revision', e.revision,
  'provider', i.provider, 'model', i.model_name, 'endpoint', i.endpoint, 'region', i.region,
  'service_tier', i.service_tier,
  'tokens', json_array(i.input_tokens, i.cache_read_tokens, i.cache_write_5m_tokens,
    i.cache_write_1h_tokens, i.output_tokens, i.reasoning_tokens, i.audio_in_tokens,
    i.audio_out_tokens, i.image_in_tokens, i.image_out_tokens),
  'units', i.units, 'declared_cost', i.declared_cost, 'declared_category', i.declared_category,
  'price_time', i.price_time, 'price_state', e.price_state,
  'costs', json_array(e.ai_tokens_cost, e.db_ops_cost, e.api_calls_cost, e.compute_time_cost,
    e.total_cost))
FROM looked_at l CROSS JOIN interactions i ON i.interaction_key = l.interaction_key
  CROSS JOIN cost_estimates e ON e.interaction_key = i.interaction_key
WHERE e.price_state IN ('unpriced', 'partial')
  AND e.revision = (SELECT MAX(x.revision) FROM cost_estimates x
                    WHERE x.interaction_key = i.interaction_key)";

/// The unpriced ones among the next interactions, and the last one of those looked at.
pub(super) async fn read_chunk<D: Database>(
    database: &D,
    (after_timestamp, after_key): (i64, i64),
    first_day: &str,
    now: UnixMillis,
    config: &RepriceConfig,
) -> Result<(Vec<Unpriced>, Option<(i64, i64)>), DatabaseError> {
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
        .batch(&[with(UNPRICED), with(LAST_LOOKED_AT)])
        .await?;
    let [unpriced, last] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no rows".to_owned()));
    };
    Ok((unpriced.decode()?, last.first()?))
}

impl Unpriced {
    pub(super) fn consumed(&self) -> Result<(TokenUsage, Units), DatabaseError> {
        let [
            input,
            cache_read,
            cache_write_5m,
            cache_write_1h,
            output,
            reasoning,
            audio_in,
            audio_out,
            image_in,
            image_out,
        ] = self.tokens;
        let usage = TokenUsage {
            input,
            cache_read,
            cache_write_5m,
            cache_write_1h,
            output,
            reasoning,
            audio_in,
            audio_out,
            image_in,
            image_out,
        };
        let units = units_from_json(self.units.as_deref())
            .map_err(|error| DatabaseError::Decode(format!("units of {}: {error}", self.key)))?;
        Ok((usage, units))
    }

    pub(super) fn billable<'a>(&'a self, (usage, units): &'a (TokenUsage, Units)) -> Billable<'a> {
        let category = self.declared_category.as_deref();
        let component = Component::ALL
            .into_iter()
            .find(|component| category == Some(component.as_str()));
        Billable {
            provider: &self.provider,
            model: &self.model,
            endpoint: self.endpoint.as_deref().unwrap_or_default(),
            region: self.region.as_deref().unwrap_or_default(),
            service_tier: self.service_tier.as_deref().unwrap_or_default(),
            usage,
            units,
            declared: self
                .declared_cost
                .zip(component)
                .map(|(amount, component)| Declared {
                    component,
                    amount: PicoUsd::new(amount),
                }),
            price_time: UnixMillis(self.price_time),
        }
    }

    pub(super) fn differs(&self, new: &Estimate) -> bool {
        self.price_state != new.price_state.as_str() || self.costs != costs(new)
    }

    pub(super) fn revision_of(&self, new: &Estimate) -> Value {
        let [ai_tokens, db_ops, api_calls, compute_time, total] = costs(new);
        json!([
            self.key,
            self.revision,
            ai_tokens,
            db_ops,
            api_calls,
            compute_time,
            total,
            new.cache_savings.get(),
            new.price_state.as_str(),
            new.match_kind.map(MatchKind::as_str),
            new.calculation_version,
            compact_lines(&new.lines),
        ])
    }
}

fn costs(estimate: &Estimate) -> [Option<i64>; 5] {
    [
        estimate.ai_tokens,
        estimate.db_ops,
        estimate.api_calls,
        estimate.compute_time,
        estimate.total,
    ]
    .map(|cost| cost.map(PicoUsd::get))
}
