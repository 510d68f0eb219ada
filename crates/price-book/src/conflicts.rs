//! Where a source says something else than the price in force.

use cost_calculation::UnixMillis;
use serde::{Deserialize, Serialize};

use ledger_core::database::{Database, DatabaseError, Statement};

/// A price in force and a source that differs from it by more than one per cent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceConflict {
    /// Provider.
    pub provider: String,
    /// Model.
    pub model: String,
    /// Resource.
    pub resource_type: String,
    /// Region, or empty.
    pub region: String,
    /// Service tier.
    pub service_tier: String,
    /// Smallest context.
    pub min_context: u64,
    /// Weekly windows, or empty.
    pub schedule: String,
    /// The source of the price in force.
    pub source: String,
    /// Its rate in picodollars per `per`.
    pub rate: i64,
    /// Units.
    pub per: i64,
    /// The source that differs.
    pub other_source: String,
    /// What it says, per the same units.
    pub other_rate: i64,
}

/// A page of conflicts, by provider and model.
pub async fn conflicts<D: Database>(
    database: &D,
    provider: Option<&str>,
    now: UnixMillis,
    limit: u32,
    offset: u32,
) -> Result<Vec<PriceConflict>, DatabaseError> {
    // Index prices_by_key, then the primary key of price_quotes for each row in force.
    const CONFLICTS: &str = "
SELECT json_object('provider', p.provider, 'model', p.model, 'resource_type', p.resource_type,
  'region', p.region, 'service_tier', p.service_tier, 'min_context', p.min_context,
  'schedule', p.schedule, 'source', p.source, 'rate', p.rate, 'per', p.per,
  'other_source', q.source, 'other_rate', q.rate)
FROM prices p JOIN price_quotes q ON q.provider = p.provider AND q.model = p.model
  AND q.resource_type = p.resource_type AND q.region = p.region
  AND q.service_tier = p.service_tier AND q.min_context = p.min_context
  AND q.schedule = p.schedule
WHERE p.status = 'active' AND +p.valid_from <= ?1 ->> 'now'
  AND (p.valid_to IS NULL OR p.valid_to > ?1 ->> 'now')
  AND (?1 ->> 'provider' IS NULL OR p.provider = ?1 ->> 'provider')
  AND p.source <> 'override' AND q.source NOT IN ('override', 'snapshot', p.source)
  AND q.valid_from <= ?1 ->> 'now' AND (q.valid_to IS NULL OR q.valid_to > ?1 ->> 'now')
  AND q.per = p.per AND ABS(q.rate - p.rate) > MAX(q.rate, p.rate) / 100
ORDER BY p.provider, p.model, p.resource_type, p.service_tier, p.min_context, q.source
LIMIT ?1 ->> 'limit' OFFSET ?1 ->> 'offset'";
    let parameter = serde_json::json!({
        "provider": provider, "now": now.0, "limit": limit.min(500), "offset": offset,
    });
    database
        .query(Statement::with(CONFLICTS, &parameter)?)
        .await?
        .decode()
}
