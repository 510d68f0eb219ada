//! Models that were used and have no price, and where in the book a price would reach them.

use std::collections::{BTreeMap, BTreeSet};

use cost_calculation::{
    Billable, Flags, ParsedModel, ResourceType, TokenUsage, Units, UnixMillis, canonical_provider,
    price_key,
};
use price_feeds::STANDARD_TIER;
use serde::{Deserialize, Serialize};

use crate::read_book::PriceCache;
use ledger_core::{
    database::{Database, DatabaseError, Statement},
    estimate_lines::BUCKETS,
};

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
    /// What to set a price for; empty where no price can reach it: the events name no model.
    #[serde(default)]
    pub missing: Vec<MissingPrice>,
}

/// A key of the price book under which a rate would price what has none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MissingPrice {
    /// Provider.
    pub provider: String,
    /// Model, or empty for what has none.
    pub model: String,
    /// Resource.
    pub resource_type: String,
    /// Service tier.
    pub service_tier: String,
    /// Units that a rate for it is usually given for.
    pub per: i64,
}

/// What a line without a price says of its interaction, once for each combination.
#[derive(Debug, Deserialize)]
struct UnpricedLine {
    provider: String,
    model: String,
    #[serde(rename = "type")]
    kind: String,
    endpoint: String,
    region: String,
    service_tier: String,
    has_tokens: i64,
    bucket: Option<usize>,
    resource: Option<String>,
    price_time: i64,
}

// The primary key of daily_model_stats begins with the day. The sums move when a price arrives, so
// what was priced since is not in the list.
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

// The lines without a price of the last day of each model, the latest days first: an hour of any
// zone lies between 14 hours before and 12 hours after its day in UTC. Index interactions_by_time
// for each day, then the primary key of cost_estimates.
const LINES: &str = "
WITH days AS (SELECT value AS day FROM json_each(?1, '$.days')),
looked_at AS (
  SELECT i.* FROM days d CROSS JOIN interactions i
    ON i.timestamp >= (unixepoch(d.day) - 50400) * 1000
    AND i.timestamp < (unixepoch(d.day) + 129600) * 1000 AND i.day = d.day
  LIMIT ?1 ->> 'limit')
SELECT json_object('provider', provider, 'model', model_name, 'type', type,
  'endpoint', endpoint, 'region', region, 'service_tier', service_tier,
  'has_tokens', has_tokens, 'bucket', iif(is_named, NULL, first), 'resource',
  iif(is_named, second, NULL), 'price_time', MAX(price_time))
FROM (
  SELECT i.provider, i.model_name, i.type, COALESCE(i.endpoint, '') AS endpoint,
    COALESCE(i.region, '') AS region, COALESCE(i.service_tier, '') AS service_tier, i.price_time,
    i.input_tokens + i.cache_read_tokens + i.cache_write_5m_tokens + i.cache_write_1h_tokens
      + i.output_tokens + i.reasoning_tokens + i.audio_in_tokens + i.audio_out_tokens
      + i.image_in_tokens + i.image_out_tokens > 0 AS has_tokens,
    json_type(l.value, '$[1]') = 'text' AS is_named, l.value ->> 0 AS first,
    iif(json_type(l.value, '$[1]') = 'text', l.value ->> 1, NULL) AS second,
    iif(json_type(l.value, '$[1]') = 'text', l.value ->> 4, l.value ->> 3) AS amount
  FROM looked_at i
    CROSS JOIN cost_estimates e ON e.interaction_key = i.interaction_key
    CROSS JOIN json_each(e.lines) l
  WHERE e.price_state IN ('unpriced', 'partial')
    AND e.revision = (SELECT MAX(x.revision) FROM cost_estimates x
                      WHERE x.interaction_key = i.interaction_key))
WHERE amount IS NULL
GROUP BY provider, model_name, type, endpoint, region, service_tier, has_tokens, is_named, first,
  second
LIMIT 2000";

/// The days on which lines are looked for, the latest first.
const DAYS_MAX: usize = 10;
/// The interactions of those days that are looked at.
const INTERACTIONS_MAX: u32 = 20_000;

/// The unpriced models since a day (ISO), the most used first; at most 500.
pub async fn models<D: Database>(
    database: &D,
    since_day: &str,
    now: UnixMillis,
) -> Result<Vec<UnpricedModel>, DatabaseError> {
    let parameter = serde_json::json!({ "since": since_day });
    let mut models: Vec<UnpricedModel> = database
        .query(Statement::with(UNPRICED, &parameter)?)
        .await?
        .decode()?;
    let mut missing = missing_prices(database, &models, now).await?;
    for model in &mut models {
        let key = (
            model.provider.clone(),
            model.model.clone(),
            model.kind.clone(),
        );
        model.missing = match missing.remove(&key) {
            Some(found) => found.into_iter().collect(),
            None => usual(model),
        };
    }
    Ok(models)
}

type ModelKey = (String, String, String);

async fn missing_prices<D: Database>(
    database: &D,
    models: &[UnpricedModel],
    now: UnixMillis,
) -> Result<BTreeMap<ModelKey, BTreeSet<MissingPrice>>, DatabaseError> {
    let days: BTreeSet<&str> = models.iter().map(|model| model.last_day.as_str()).collect();
    if days.is_empty() {
        return Ok(BTreeMap::new());
    }
    let days: Vec<&str> = days.into_iter().rev().take(DAYS_MAX).collect();
    let parameter = serde_json::json!({ "days": days, "limit": INTERACTIONS_MAX });
    let lines: Vec<UnpricedLine> = database
        .query(Statement::with(LINES, &parameter)?)
        .await?
        .decode()?;
    let (units, none) = (Units::default(), TokenUsage::default());
    let some = TokenUsage {
        input: 1,
        ..TokenUsage::default()
    };
    let billables: Vec<Billable<'_>> = lines
        .iter()
        .map(|line| Billable {
            provider: &line.provider,
            model: &line.model,
            endpoint: &line.endpoint,
            region: &line.region,
            service_tier: &line.service_tier,
            usage: if line.has_tokens != 0 { &some } else { &none },
            units: &units,
            declared: None,
            reported: None,
            reading: Flags::NONE,
            price_time: UnixMillis(line.price_time),
        })
        .collect();
    let mut cache = PriceCache::default();
    let (book, _) = cache.prepare(database, &billables, now).await?;
    let mut missing: BTreeMap<ModelKey, BTreeSet<MissingPrice>> = BTreeMap::new();
    for (line, billable) in lines.iter().zip(&billables) {
        let of_model = missing
            .entry((line.provider.clone(), line.model.clone(), line.kind.clone()))
            .or_default();
        let resource = match (&line.resource, line.bucket) {
            (Some(name), _) => name.parse().ok(),
            (None, bucket) => bucket.and_then(|bucket| BUCKETS.get(bucket)).cloned(),
        };
        let key =
            resource.and_then(|resource| Some((price_key(book, billable, &resource)?, resource)));
        of_model.extend(key.map(|(key, resource)| MissingPrice {
            provider: key.provider,
            model: key.model,
            per: usual_per(&resource),
            resource_type: resource.to_string(),
            service_tier: key.service_tier.into_owned(),
        }));
    }
    Ok(missing)
}

/// What a model without a recent line usually lacks.
fn usual(model: &UnpricedModel) -> Vec<MissingPrice> {
    let provider = canonical_provider(&model.provider).into_owned();
    if model.kind != "chat" || model.model.is_empty() || provider.is_empty() {
        return Vec::new();
    }
    let name = ParsedModel::parse(&provider, &model.model).model;
    [ResourceType::Input, ResourceType::Output]
        .into_iter()
        .map(|resource| MissingPrice {
            provider: provider.clone(),
            model: name.clone(),
            per: usual_per(&resource),
            resource_type: resource.to_string(),
            service_tier: STANDARD_TIER.to_owned(),
        })
        .collect()
}

/// Calls are priced by the thousand, everything else by the million.
const fn usual_per(resource: &ResourceType) -> i64 {
    match resource {
        ResourceType::Call(_) => 1_000,
        _ => 1_000_000,
    }
}
