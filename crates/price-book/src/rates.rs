//! Prices in force at a date, and the history of one model.

use cost_calculation::{PicoUsd, UnixMillis};
use serde::{Deserialize, Serialize};

use ledger_core::database::{Database, DatabaseError, Statement};

/// The most rows on one page.
pub const RATES_PAGE_MAX: u32 = 500;
/// The most rows of a model's history.
const HISTORY_MAX: u32 = 2_000;

/// Which rates are asked for; what is empty does not restrict.
#[derive(Debug, Clone, Default, Serialize)]
pub struct RateFilter {
    /// Provider, in the book's words.
    pub provider: Option<String>,
    /// Model, exactly.
    pub model: Option<String>,
    /// A part of the model's name.
    pub search: Option<String>,
    /// Resource.
    pub resource_type: Option<String>,
    /// Source.
    pub source: Option<String>,
    /// The moment at which they are in force, unix milliseconds.
    pub at: i64,
    /// Now, unix milliseconds: freshness is of today.
    pub now: i64,
    /// Rows on the page.
    pub limit: u32,
    /// Rows before it.
    pub offset: u32,
}

/// A price row as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownRate {
    /// `prices.id`.
    pub id: i64,
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
    /// Picodollars per `per`.
    pub rate: i64,
    /// Units.
    pub per: i64,
    /// Currency.
    pub currency: String,
    /// Inclusive start, unix milliseconds.
    pub valid_from: i64,
    /// `stated`, `observed` or `assumed`.
    pub valid_from_basis: String,
    /// Exclusive end.
    pub valid_to: Option<i64>,
    /// Source.
    pub source: String,
    /// Its revision.
    pub source_revision: String,
    /// `active`, `quarantined` or `rejected`.
    pub status: String,
    /// Why it is quarantined or was rejected.
    pub reason: Option<String>,
    /// When the row was written.
    pub observed_at: i64,
    /// When its source was last heard, or the row written.
    pub updated_at: i64,
    /// Seconds for which it counts as fresh after that.
    pub cache_ttl: i64,
    /// 1 where that time has passed.
    pub stale: i64,
}

/// A page of rates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RatePage {
    /// Rows that fit the filter.
    pub total: u64,
    /// The page's rows, by key.
    pub rates: Vec<ShownRate>,
}

/// A price row `p` as JSON text; needs its source `s`.
pub(super) const SHOWN: &str = "json_object('id', p.id, 'provider', p.provider, 'model', p.model,
  'resource_type', p.resource_type, 'region', p.region, 'service_tier', p.service_tier,
  'min_context', p.min_context, 'schedule', p.schedule, 'rate', p.rate, 'per', p.per,
  'currency', p.currency, 'valid_from', p.valid_from, 'valid_from_basis', p.valid_from_basis,
  'valid_to', p.valid_to, 'source', p.source, 'source_revision', p.source_revision,
  'status', p.status, 'reason', p.reason, 'observed_at', p.observed_at,
  'updated_at', COALESCE(s.checked_at, p.observed_at), 'cache_ttl', p.cache_ttl_s,
  'stale', COALESCE(s.checked_at, p.observed_at) + p.cache_ttl_s * 1000 < ?1 ->> 'now')";

/// A rate as it is shown: dollars for `per` units, or for a multiplier the number itself.
pub fn rate_text(resource_type: &str, rate: i64) -> String {
    match resource_type {
        "multiplier" => rate.to_string(),
        _ => PicoUsd::new(rate).to_string(),
    }
}

/// The rates in force at a moment, by key.
pub async fn rates<D: Database>(
    database: &D,
    filter: &RateFilter,
) -> Result<RatePage, DatabaseError> {
    // What lies before the page is only counted off: its sources are not looked up.
    const ORDER: &str = "ORDER BY p.provider, p.model, p.resource_type, p.region, p.service_tier,
        p.min_context, p.schedule, p.valid_from";
    // Index prices_by_key, from its first columns where provider and model are given. The plus
    // keeps the planner from prices_by_start: nearly every row began before the moment.
    let mut conditions = vec![
        "p.status = 'active' AND +p.valid_from <= ?1 ->> 'at'
           AND (p.valid_to IS NULL OR p.valid_to > ?1 ->> 'at')",
    ];
    for (is_given, condition) in [
        (filter.provider.is_some(), "p.provider = ?1 ->> 'provider'"),
        (filter.model.is_some(), "p.model = ?1 ->> 'model'"),
        (
            filter.search.is_some(),
            "instr(p.model, ?1 ->> 'search') > 0",
        ),
        (
            filter.resource_type.is_some(),
            "p.resource_type = ?1 ->> 'resource_type'",
        ),
        (filter.source.is_some(), "p.source = ?1 ->> 'source'"),
    ] {
        if is_given {
            conditions.push(condition);
        }
    }
    let conditions = conditions.join(" AND ");
    let parameter = serde_json::to_string(&RateFilter {
        limit: filter.limit.min(RATES_PAGE_MAX),
        ..filter.clone()
    })
    .map_err(|error| DatabaseError::Decode(error.to_string()))?;
    let rows = database
        .batch(&[
            Statement::with_json(
                format!("SELECT json_array(COUNT(*)) FROM prices p WHERE {conditions}"),
                parameter.clone(),
            ),
            Statement::with_json(
                format!(
                    "WITH page AS MATERIALIZED (
                       SELECT p.id FROM prices p WHERE {conditions} {ORDER}
                       LIMIT ?1 ->> 'limit' OFFSET ?1 ->> 'offset')
                     SELECT {SHOWN} FROM page CROSS JOIN prices p ON p.id = page.id
                       LEFT JOIN price_sources s ON s.source = p.source {ORDER}"
                ),
                parameter,
            ),
        ])
        .await?;
    let [total, page] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no rows".to_owned()));
    };
    Ok(RatePage {
        total: total.first::<(u64,)>()?.map_or(0, |(total,)| total),
        rates: page.decode()?,
    })
}

/// Every row of one model, active or not, by key and start.
pub async fn history<D: Database>(
    database: &D,
    provider: &str,
    model: &str,
    resource_type: Option<&str>,
    now: UnixMillis,
) -> Result<Vec<ShownRate>, DatabaseError> {
    // Index prices_by_key.
    let sql = format!(
        "SELECT {SHOWN} FROM prices p LEFT JOIN price_sources s ON s.source = p.source
         WHERE p.provider = ?1 ->> 'provider' AND p.model = ?1 ->> 'model'
           AND (?1 ->> 'resource_type' IS NULL OR p.resource_type = ?1 ->> 'resource_type')
         ORDER BY p.resource_type, p.region, p.service_tier, p.min_context, p.schedule,
           p.valid_from, p.id
         LIMIT {HISTORY_MAX}"
    );
    let parameter = serde_json::json!({
        "provider": provider, "model": model, "resource_type": resource_type, "now": now.0,
    });
    database
        .query(Statement::with(sql, &parameter)?)
        .await?
        .decode()
}
