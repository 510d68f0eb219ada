//! The receipt of one interaction: each line with the price that it used, their sum, and what the
//! same would cost today.

use cost_calculation::{Billable, Declared, Flags, PicoUsd, TokenUsage, UnixMillis, estimate};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    interaction_list::{
        INTERACTION_OBJECT, Interaction, InteractionRow, RUNNING, interaction_columns, of_session,
    },
    session_list::NAMES,
};
use crate::{
    ask::{
        problem::QueryError,
        reader::{Reader, Stamp, Viewer},
    },
    groups::group::flag,
    sums::figures::CostByComponent,
};
use cost_calculation::{Amount, Ratio};
use ledger_core::{
    database::{Database, Statement},
    estimate_lines::{StoredLine, read_lines},
    interaction_columns::units_from_json,
};
use price_book::read_book::PriceCache;
use reporting_days::calendar::iso;

/// The contract's `Receipt`.
#[derive(Debug, Serialize)]
pub struct Receipt {
    #[serde(flatten)]
    stamp: Stamp,
    interaction: Interaction,
    price_time: String,
    endpoint: Option<String>,
    region: Option<String>,
    service_tier: Option<String>,
    units: Map<String, Value>,
    declared_cost: Option<PicoUsd>,
    reported_cost: Option<PicoUsd>,
    reading: Flags,
    usage_numbers: Option<Value>,
    estimate: StoredEstimate,
    lines: Vec<CostLine>,
    lines_total: Option<Amount>,
    equals_stored: bool,
    revisions: Vec<StoredEstimate>,
    today: TodayCost,
}

#[derive(Debug, Clone, Serialize)]
struct StoredEstimate {
    revision: i64,
    total_cost: Option<PicoUsd>,
    cost_by_component: CostByComponent,
    cache_savings: PicoUsd,
    currency: String,
    price_state: String,
    match_kind: Option<String>,
    calculation_version: i64,
    price_book_version: i64,
    created_at: String,
    reason: Option<String>,
}

#[derive(Debug, Serialize)]
struct CostLine {
    component: &'static str,
    resource_type: String,
    quantity: u64,
    amount: Option<PicoUsd>,
    price: Option<PriceOrigin>,
    multiplier: Option<Multiplier>,
    flags: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
struct Multiplier {
    numerator: i64,
    denominator: i64,
}

#[derive(Debug, Clone, Serialize)]
struct PriceOrigin {
    price_id: i64,
    provider: String,
    model: String,
    resource_type: String,
    region: String,
    service_tier: String,
    min_context: i64,
    schedule: String,
    rate: PicoUsd,
    per: i64,
    currency: String,
    valid_from: String,
    valid_from_basis: String,
    valid_to: Option<String>,
    source: String,
    source_revision: String,
    reason: Option<String>,
}

#[derive(Debug, Serialize)]
struct TodayCost {
    total_cost: Option<PicoUsd>,
    price_state: &'static str,
    difference: Option<Amount>,
    ratio: Option<Ratio>,
}

#[derive(Deserialize)]
struct Stored {
    session_key: i64,
    user_id: String,
    tenant_id: String,
    provider: String,
    model_name: String,
    price_time: i64,
    endpoint: Option<String>,
    region: Option<String>,
    service_tier: Option<String>,
    units: Option<String>,
    declared_cost: Option<i64>,
    declared_category: Option<String>,
    /// What reading the usage concluded, its numbers as they came, and what was billed elsewhere.
    read: (u32, Option<String>, Option<i64>),
    tokens: [u64; 10],
    revisions: Vec<Revision>,
}

#[derive(Deserialize)]
struct Revision {
    revision: i64,
    costs: [Option<i64>; 5],
    cache_savings: i64,
    currency: String,
    price_state: String,
    match_kind: Option<String>,
    calculation_version: i64,
    price_book_version: i64,
    created_at: i64,
    reason: Option<String>,
    lines: String,
}

#[derive(Deserialize)]
struct PriceRow {
    id: i64,
    provider: String,
    model: String,
    resource_type: String,
    region: String,
    service_tier: String,
    min_context: i64,
    schedule: String,
    rate: (i64, i64),
    currency: String,
    valid_from: i64,
    valid_from_basis: String,
    valid_to: Option<i64>,
    source: String,
    source_revision: String,
    reason: Option<String>,
    #[serde(deserialize_with = "flag")]
    is_disputed: bool,
}

// The unique indexes on ids; the estimates' primary key.
fn stored_sql() -> String {
    let arm = |suffix: &str| {
        format!(
            "SELECT json_object('session_key', i.session_key, 'user_id', u.user_id,
  'tenant_id', u.tenant_id, 'provider', i.provider, 'model_name', i.model_name,
  'price_time', i.price_time, 'endpoint', i.endpoint, 'region', i.region,
  'service_tier', i.service_tier, 'units', i.units, 'declared_cost', i.declared_cost,
  'declared_category', i.declared_category,
  'read', json_array(i.reading, i.usage_numbers, i.reported_cost),
  'tokens', json_array(i.input_tokens, i.cache_read_tokens, i.cache_write_5m_tokens,
    i.cache_write_1h_tokens, i.output_tokens, i.reasoning_tokens, i.audio_in_tokens,
    i.audio_out_tokens, i.image_in_tokens, i.image_out_tokens),
  'revisions', json((
    SELECT json_group_array(json_object('revision', revision,
      'costs', json_array(ai_tokens_cost, db_ops_cost, api_calls_cost, compute_time_cost,
        total_cost),
      'cache_savings', cache_savings, 'currency', currency, 'price_state', price_state,
      'match_kind', match_kind, 'calculation_version', calculation_version,
      'price_book_version', price_book_version,
      'created_at', COALESCE(created_at, i.received_at), 'reason', reason,
      'lines', lines))
    FROM (SELECT * FROM cost_estimates{suffix} e
          WHERE e.interaction_key = i.interaction_key ORDER BY e.revision DESC))))
FROM interactions{suffix} i JOIN users u ON u.user_key = i.user_key
WHERE i.id = ?1 ->> 'id'"
        )
    };
    format!("{}\nUNION ALL\n{}", arm(""), arm("_archive"))
}

fn interaction_sql() -> String {
    format!(
        "WITH all_of_session AS (
  {}
), running AS (
  SELECT *, {RUNNING} FROM all_of_session
  WHERE ?1 ->> 'only_user' IS NULL
    OR user_key = (SELECT user_key FROM users
                   WHERE tenant_id = '' AND user_id = ?1 ->> 'only_user')
  WINDOW earlier AS (ORDER BY timestamp, interaction_key)
)
SELECT json_array(json({INTERACTION_OBJECT}),
  (SELECT SUM(COALESCE(total_cost, 0) / 1000000) FROM running),
  (SELECT SUM(COALESCE(total_cost, 0) % 1000000) FROM running))
FROM running f {NAMES}
WHERE f.id = ?1 ->> 'id'",
        of_session(&interaction_columns())
    )
}

/// The remark on a line whose price is in dispute now: it comes and goes with what the lists say, so it
/// is no part of the estimate.
const DISPUTED: &str = "disputed_price";

// Primary key of prices; for each row the primary key of price_quotes and the index prices_by_key. A
// price is disputed while it is in force and another list says something else, or another price waits in
// its place.
const PRICES: &str = "
SELECT json_object('id', p.id, 'provider', p.provider, 'model', p.model,
  'resource_type', p.resource_type, 'region', p.region, 'service_tier', p.service_tier,
  'min_context', p.min_context, 'schedule', p.schedule, 'rate', json_array(p.rate, p.per),
  'currency', p.currency, 'valid_from', p.valid_from, 'valid_from_basis', p.valid_from_basis,
  'valid_to', p.valid_to, 'source', p.source, 'source_revision', p.source_revision,
  'reason', p.reason, 'is_disputed', (p.valid_to IS NULL OR p.valid_to > ?1 ->> 'now')
    AND p.source <> 'override' AND (EXISTS (
      SELECT 1 FROM price_quotes q
      WHERE q.provider = p.provider AND q.model = p.model AND q.resource_type = p.resource_type
        AND q.region = p.region AND q.service_tier = p.service_tier
        AND q.min_context = p.min_context AND q.schedule = p.schedule
        AND q.source NOT IN ('override', 'snapshot', p.source)
        AND q.valid_from <= ?1 ->> 'now' AND (q.valid_to IS NULL OR q.valid_to > ?1 ->> 'now')
        AND q.per = p.per AND ABS(q.rate - p.rate) > MAX(q.rate, p.rate) / 100)
    OR EXISTS (
      SELECT 1 FROM prices w
      WHERE w.provider = p.provider AND w.model = p.model AND w.resource_type = p.resource_type
        AND w.region = p.region AND w.service_tier = p.service_tier
        AND w.min_context = p.min_context AND w.schedule = p.schedule
        AND w.status = 'quarantined')))
FROM json_each(?1, '$.ids') j JOIN prices p ON p.id = j.value";

impl<D: Database> Reader<'_, D> {
    /// `GET /interactions/{interaction_id}/cost`.
    pub async fn receipt(&self, interaction_id: &str) -> Result<Receipt, QueryError> {
        let unknown = || QueryError::NotFound {
            kind: "unknown-interaction",
            detail: format!(
                "the ledger has no interaction `{interaction_id}` that this key may read"
            ),
        };
        let by_id = Statement::with(stored_sql(), &json!({ "id": interaction_id }))?;
        let stored: Stored = self
            .database
            .query(by_id)
            .await?
            .first()?
            .ok_or_else(unknown)?;
        let only_user = match &self.viewer {
            Viewer::Everyone => None,
            Viewer::User(own) if *own == stored.user_id && stored.tenant_id.is_empty() => Some(own),
            Viewer::User(_) => return Err(unknown()),
        };
        let newest = stored
            .revisions
            .first()
            .ok_or_else(|| QueryError::unreadable("an interaction has no estimate"))?;
        let lines = read_lines(&newest.lines).map_err(QueryError::unreadable)?;
        let price_ids: Vec<i64> = lines.iter().filter_map(|line| line.price_id).collect();
        let rows = self
            .database
            .batch(&[
                Statement::with(
                    interaction_sql(),
                    &json!({
                        "session_key": stored.session_key, "id": interaction_id,
                        "only_user": only_user,
                    }),
                )?,
                Statement::with(PRICES, &json!({ "ids": price_ids, "now": self.now.0 }))?,
            ])
            .await?;
        let [interaction, prices] = rows.as_slice() else {
            return Err(QueryError::unreadable(
                "a batch of two gave other than two answers",
            ));
        };
        let (interaction, micro, rest): (InteractionRow, i64, i64) =
            interaction.first()?.ok_or_else(unknown)?;
        let prices: Vec<PriceRow> = prices.decode()?;
        let today = self
            .today_cost(&stored, newest.costs[4].map(PicoUsd::new))
            .await?;
        let lines_total = sum_of(&lines);
        let revisions: Vec<StoredEstimate> = stored.revisions.iter().map(stored_estimate).collect();
        Ok(Receipt {
            stamp: self.stamp(),
            interaction: interaction.answer(Amount::from_parts(micro, rest)),
            price_time: iso(UnixMillis(stored.price_time)),
            units: units_object(stored.units.as_deref())?,
            declared_cost: stored.declared_cost.map(PicoUsd::new),
            reported_cost: stored.read.2.map(PicoUsd::new),
            reading: Flags::from_bits(stored.read.0),
            usage_numbers: stored
                .read
                .1
                .as_deref()
                .map(serde_json::from_str)
                .transpose()
                .map_err(QueryError::unreadable)?,
            estimate: stored_estimate(newest),
            lines_total,
            equals_stored: lines_total.map(|total| total.0) == newest.costs[4].map(i128::from)
                || (lines.is_empty() && newest.costs[4] == Some(0)),
            lines: lines.iter().map(|line| cost_line(line, &prices)).collect(),
            revisions,
            today,
            endpoint: stored.endpoint,
            region: stored.region,
            service_tier: stored.service_tier,
        })
    }

    /// The same interaction at the prices in force now.
    async fn today_cost(
        &self,
        stored: &Stored,
        stored_total: Option<PicoUsd>,
    ) -> Result<TodayCost, QueryError> {
        let units = units_from_json(stored.units.as_deref()).map_err(QueryError::unreadable)?;
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
        ] = stored.tokens;
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
        let component = stored
            .declared_category
            .as_deref()
            .and_then(|category| category.parse().ok());
        let billable = Billable {
            provider: &stored.provider,
            model: &stored.model_name,
            endpoint: stored.endpoint.as_deref().unwrap_or_default(),
            region: stored.region.as_deref().unwrap_or_default(),
            service_tier: stored.service_tier.as_deref().unwrap_or_default(),
            usage: &usage,
            units: &units,
            declared: stored
                .declared_cost
                .zip(component)
                .map(|(pico, component)| Declared {
                    component,
                    amount: PicoUsd::new(pico),
                }),
            reported: stored.read.2.map(PicoUsd::new),
            reading: Flags::from_bits(stored.read.0),
            price_time: self.now,
        };
        let mut cache = PriceCache::default();
        let billables = [billable];
        let (book, _) = cache.prepare(self.database, &billables, self.now).await?;
        let [billable] = billables;
        let now = estimate(book, &billable).map_err(QueryError::unreadable)?;
        let wide = |amount: PicoUsd| Amount(i128::from(amount.get()));
        let difference = now
            .total
            .zip(stored_total)
            .map(|(now, then)| wide(now) - wide(then));
        Ok(TodayCost {
            total_cost: now.total,
            price_state: now.price_state.as_str(),
            ratio: difference
                .zip(stored_total)
                .and_then(|(difference, then)| Ratio::of_amounts(difference, wide(then))),
            difference,
        })
    }
}

fn sum_of(lines: &[StoredLine]) -> Option<Amount> {
    let mut amounts = lines.iter().filter_map(|line| line.amount).peekable();
    amounts.peek()?;
    Some(amounts.map(|amount| Amount(i128::from(amount.get()))).sum())
}

fn stored_estimate(revision: &Revision) -> StoredEstimate {
    let [ai_tokens, db_ops, api_calls, compute_time, total] = revision.costs;
    let component = |cost: Option<i64>| cost.map(|pico| Amount(i128::from(pico)));
    StoredEstimate {
        revision: revision.revision,
        total_cost: total.map(PicoUsd::new),
        cost_by_component: CostByComponent {
            ai_tokens: component(ai_tokens),
            db_ops: component(db_ops),
            api_calls: component(api_calls),
            compute_time: component(compute_time),
        },
        cache_savings: PicoUsd::new(revision.cache_savings),
        currency: revision.currency.clone(),
        price_state: revision.price_state.clone(),
        match_kind: revision.match_kind.clone(),
        calculation_version: revision.calculation_version,
        price_book_version: revision.price_book_version,
        created_at: iso(UnixMillis(revision.created_at)),
        reason: revision.reason.clone(),
    }
}

fn cost_line(line: &StoredLine, prices: &[PriceRow]) -> CostLine {
    let price = line
        .price_id
        .and_then(|id| prices.iter().find(|price| price.id == id));
    let (numerator, denominator) = line.multiplier;
    CostLine {
        component: line.component.as_str(),
        resource_type: line.resource.to_string(),
        quantity: line.quantity,
        amount: line.amount,
        price: price.map(|price| PriceOrigin {
            price_id: price.id,
            provider: price.provider.clone(),
            model: price.model.clone(),
            resource_type: price.resource_type.clone(),
            region: price.region.clone(),
            service_tier: price.service_tier.clone(),
            min_context: price.min_context,
            schedule: price.schedule.clone(),
            rate: PicoUsd::new(price.rate.0),
            per: price.rate.1,
            currency: price.currency.clone(),
            valid_from: iso(UnixMillis(price.valid_from)),
            valid_from_basis: price.valid_from_basis.clone(),
            valid_to: price.valid_to.map(|end| iso(UnixMillis(end))),
            source: price.source.clone(),
            source_revision: price.source_revision.clone(),
            reason: price.reason.clone(),
        }),
        multiplier: ((numerator, denominator) != (1, 1)).then_some(Multiplier {
            numerator,
            denominator,
        }),
        flags: line
            .flags
            .iter()
            .map(cost_calculation::Flag::as_str)
            .chain(price.filter(|price| price.is_disputed).map(|_| DISPUTED))
            .collect(),
    }
}

/// The stored units, calls by their names among the others.
fn units_object(text: Option<&str>) -> Result<Map<String, Value>, QueryError> {
    let Some(text) = text else {
        return Ok(Map::new());
    };
    let mut units: Map<String, Value> =
        serde_json::from_str(text).map_err(QueryError::unreadable)?;
    if let Some(Value::Object(calls)) = units.remove("calls") {
        units.extend(calls);
    }
    Ok(units)
}
