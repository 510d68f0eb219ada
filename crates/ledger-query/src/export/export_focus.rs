//! Cost by day, user and model as FOCUS 1.2, the `FinOps` Open Cost and Usage Specification
//! (<https://focus.finops.org/focus-specification/v1-2/>).
//!
//! Every column that the specification makes mandatory is there; what an LLM call has no word for
//! (availability zones, commitments) is null, as the specification allows. Columns of our own begin
//! with `x_`. Charge periods are days of the reporting zone, written in UTC.

use super::export_cell::Column;
use crate::ask::slice::Slice;

/// The columns, in the order of [`sql`].
pub(crate) const COLUMNS: [Column; 44] = [
    Column::text("BillingAccountId"),
    Column::text("BillingAccountName"),
    Column::text("BillingAccountType"),
    Column::text("BillingCurrency"),
    Column::text("BillingPeriodStart"),
    Column::text("BillingPeriodEnd"),
    Column::text("ChargeCategory"),
    Column::text("ChargeClass"),
    Column::text("ChargeDescription"),
    Column::text("ChargeFrequency"),
    Column::text("ChargePeriodStart"),
    Column::text("ChargePeriodEnd"),
    Column::money("BilledCost"),
    Column::money("EffectiveCost"),
    Column::money("ContractedCost"),
    Column::money("ListCost"),
    Column::count("ConsumedQuantity"),
    Column::text("ConsumedUnit"),
    Column::count("PricingQuantity"),
    Column::text("PricingUnit"),
    Column::text("PricingCategory"),
    Column::money("ContractedUnitPrice"),
    Column::money("ListUnitPrice"),
    Column::text("InvoiceIssuerName"),
    Column::text("ProviderName"),
    Column::text("PublisherName"),
    Column::text("RegionId"),
    Column::text("RegionName"),
    Column::text("ResourceId"),
    Column::text("ResourceName"),
    Column::text("ResourceType"),
    Column::text("ServiceCategory"),
    Column::text("ServiceSubcategory"),
    Column::text("ServiceName"),
    Column::text("SkuId"),
    Column::text("SkuMeter"),
    Column::text("SkuPriceId"),
    Column::text("SubAccountId"),
    Column::text("SubAccountName"),
    Column::text("Tags"),
    Column::count("x_InteractionCount"),
    Column::count("x_UnpricedInteractionCount"),
    Column::text("x_InteractionType"),
    Column::text("x_ReportingDay"),
];

/// Sums by day, user, provider, model and type. A segment is `[day, day, period start, period
/// end, billing period start, billing period end]`. What has no price at all is left out: the
/// specification has no word for a cost that is unknown.
pub(crate) fn sql(slice: &Slice) -> String {
    // The cube: the columns of every group are in no smaller rollup.
    let index = if slice.user.is_some() {
        " INDEXED BY usage_daily_by_user"
    } else {
        ""
    };
    format!(
        "WITH sums AS (
  SELECT t.day, t.user_key, t.provider, t.model, t.type,
    s.value ->> 2 AS start, s.value ->> 3 AS end, s.value ->> 4 AS billing_start,
    s.value ->> 5 AS billing_end, SUM(t.total_cost / 1000000) AS micro,
    SUM(t.total_cost % 1000000) AS rest, SUM(t.interaction_count) AS interactions,
    SUM(t.unpriced_count) AS unpriced,
    SUM(t.input_tokens + t.cache_read_tokens + t.cache_write_5m_tokens + t.cache_write_1h_tokens
      + t.output_tokens + t.reasoning_tokens + t.audio_in_tokens + t.audio_out_tokens
      + t.image_in_tokens + t.image_out_tokens) AS tokens
  FROM json_each(?1, '$.segments') s CROSS JOIN usage_daily t{index}
  WHERE t.day >= s.value ->> 0 AND t.day <= s.value ->> 1{}
  GROUP BY t.day, t.user_key, t.provider, t.model, t.type
)
SELECT json_array(
  json_array('tokentill', 'Tokentill', 'Installation', 'USD', billing_start, billing_end, 'Usage',
    NULL, trim(provider || ' ' || model || ' ' || type), 'Usage-Based', start, end),
  json_array(micro, rest), json_array(micro, rest), json_array(micro, rest),
  json_array(micro, rest),
  json_array(iif(tokens > 0, tokens, interactions), iif(tokens > 0, 'Tokens', 'Requests'),
    iif(tokens > 0, tokens, interactions), iif(tokens > 0, 'Tokens', 'Requests'), 'Standard',
    NULL, NULL, {issuer}, {issuer}, {issuer}, NULL, NULL, NULL, NULL, NULL),
  json_array(iif(type = 'chat', 'AI and Machine Learning', 'Other'),
    iif(type = 'chat', 'Generative AI', 'Other (Other)'), {issuer}, provider || '/' || model,
    iif(tokens > 0, 'Tokens', 'Requests'), NULL,
    iif(u.tenant_id = '', u.user_id, u.tenant_id || '/' || u.user_id), u.label,
    json_object('model', model, 'type', type), interactions, unpriced, type, day))
FROM sums JOIN users u USING (user_key)
WHERE interactions > unpriced
ORDER BY day, u.tenant_id, u.user_id, provider, model, type",
        slice.conditions(),
        issuer = "iif(provider = '', 'unknown', provider)",
    )
}
