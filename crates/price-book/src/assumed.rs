//! What the book assumes about when its prices began.
//!
//! A remark on every line of every receipt would warn nobody: here it is once, by provider and kind.

use cost_calculation::UnixMillis;
use serde::{Deserialize, Serialize};

use ledger_core::database::{Database, DatabaseError, Statement};

/// Prices in force of a provider whose beginning is assumed in the same way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assumption {
    /// Provider.
    pub provider: String,
    /// `beginning`: no list says since when, so the first price is taken as valid from the beginning;
    /// `variant`: the same, where the model's plain price is dated and this tier or region is not, so
    /// that it may have changed with it; `hour`: a list gives the day of a change without its hour.
    pub assumed: String,
    /// Models with such prices.
    pub model_count: u32,
    /// Such prices.
    pub rate_count: u32,
}

/// What is assumed of the prices in force, by provider, most prices first.
pub async fn assumptions<D: Database>(
    database: &D,
    now: UnixMillis,
) -> Result<Vec<Assumption>, DatabaseError> {
    // Every price in force is looked at once; its plain sibling is found by prices_by_key.
    const ASSUMED: &str = "
WITH assumed AS (
  SELECT p.provider, p.model, CASE
    WHEN p.valid_from_basis = 'stated' THEN 'hour'
    WHEN (p.service_tier <> 'standard' OR p.region <> '') AND EXISTS (
      SELECT 1 FROM prices s
      WHERE s.provider = p.provider AND s.model = p.model AND s.resource_type = p.resource_type
        AND s.region = '' AND s.service_tier = 'standard' AND s.valid_from_basis = 'stated'
        AND s.status = 'active') THEN 'variant'
    ELSE 'beginning' END AS assumed
  FROM prices p
  WHERE p.status = 'active' AND p.source <> 'override' AND p.valid_from <= ?1 ->> 'now'
    AND (p.valid_to IS NULL OR p.valid_to > ?1 ->> 'now')
    AND (p.valid_from_basis = 'assumed'
      OR (p.valid_from_basis = 'stated' AND p.valid_from % 3600000 = 0))
)
SELECT json_object('provider', provider, 'assumed', assumed,
  'model_count', COUNT(DISTINCT model), 'rate_count', COUNT(*))
FROM assumed GROUP BY provider, assumed ORDER BY COUNT(*) DESC, provider, assumed LIMIT 500";
    let parameter = serde_json::json!({ "now": now.0 });
    database
        .query(Statement::with(ASSUMED, &parameter)?)
        .await?
        .decode()
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;
    use ledger_core::sqlite::Sqlite;

    use super::*;

    #[test]
    fn what_is_assumed_is_told_by_kind() {
        let database = Sqlite::migrated().expect("migrates");
        database.with_connection(|connection| {
            for (model, tier, from, basis) in [
                ("a", "standard", 0, "assumed"),
                ("b", "standard", 1_786_924_800_000_i64, "stated"),
                ("b", "priority", 0, "assumed"),
                ("c", "standard", 1_786_924_812_345, "observed"),
                ("d", "standard", 1_786_924_812_345, "stated"),
            ] {
                connection
                    .execute(
                        "INSERT INTO prices (provider, model, resource_type, region, service_tier,
                           min_context, schedule, rate, per, currency, valid_from,
                           valid_from_basis, source, source_revision, status, observed_at, cache_ttl_s)
                         VALUES ('p', ?1, 'input', '', ?2, 0, '', 1, 1000000, 'USD', ?3, ?4,
                           'litellm', 'r', 'active', 0, 1)",
                        (model, tier, from, basis),
                    )
                    .expect("inserts");
            }
        });
        let found = block_on(assumptions(&database, UnixMillis(1_795_000_000_000))).expect("reads");
        let kinds: Vec<(&str, u32)> = found
            .iter()
            .map(|found| (found.assumed.as_str(), found.rate_count))
            .collect();
        assert_eq!(kinds, [("beginning", 1), ("hour", 1), ("variant", 1)]);
    }
}
