//! The export of interactions, one line each.

use super::export_cell::Column;
use crate::{ask::slice::Slice, sessions::session_list::NAMES};

/// The columns, in the order of [`sql`].
pub(crate) const COLUMNS: [Column; 34] = [
    Column::text("id"),
    Column::text("session_id"),
    Column::text("user_id"),
    Column::text("tenant_id"),
    Column::time("timestamp"),
    Column::text("day"),
    Column::text("type"),
    Column::text("status"),
    Column::text("error"),
    Column::text("provider"),
    Column::text("model"),
    Column::text("agent"),
    Column::text("context"),
    Column::text("endpoint"),
    Column::text("message_id"),
    Column::text("trace_id"),
    Column::count("duration_ms"),
    Column::count("time_to_first_token_ms"),
    Column::count("input_tokens"),
    Column::count("cache_read_tokens"),
    Column::count("cache_write_5m_tokens"),
    Column::count("cache_write_1h_tokens"),
    Column::count("output_tokens"),
    Column::count("reasoning_tokens"),
    Column::count("audio_in_tokens"),
    Column::count("audio_out_tokens"),
    Column::count("image_in_tokens"),
    Column::count("image_out_tokens"),
    Column::text("price_state"),
    Column::money("ai_tokens_cost"),
    Column::money("db_ops_cost"),
    Column::money("api_calls_cost"),
    Column::money("compute_time_cost"),
    Column::money("total_cost"),
];

/// Interactions after the place `after_time`, `after_key`, in order of time: both arms walk the
/// index by time, the estimates and users are found by primary key.
pub(crate) fn sql(slice: &Slice, status: Option<&str>, unpriced: Option<bool>) -> String {
    let mut conditions = String::new();
    for (is_set, condition) in [
        (slice.user.is_some(), " AND i.user_key = ?1 ->> 'user_key'"),
        (slice.model.is_some(), " AND i.model_name = ?1 ->> 'model'"),
        (
            slice.provider.is_some(),
            " AND i.provider = ?1 ->> 'provider'",
        ),
        (slice.agent.is_some(), " AND i.agent = ?1 ->> 'agent'"),
        (slice.kind.is_some(), " AND i.type = ?1 ->> 'type'"),
        (status.is_some(), " AND i.status = ?1 ->> 'status'"),
        (
            unpriced == Some(true),
            " AND e.price_state IN ('unpriced', 'partial')",
        ),
        (
            unpriced == Some(false),
            " AND e.price_state NOT IN ('unpriced', 'partial')",
        ),
    ] {
        if is_set {
            conditions.push_str(condition);
        }
    }
    let arm = |suffix: &str| {
        format!(
            "SELECT i.timestamp AS timestamp, i.interaction_key AS interaction_key, i.id,
    i.session_key,    i.user_key, i.day, i.type,
    i.status, i.error, i.provider, i.model_name, i.agent, i.context, i.endpoint,
    i.message_id, i.trace_id, i.duration_ms,
    i.time_to_first_token_ms, i.input_tokens, i.cache_read_tokens, i.cache_write_5m_tokens,
    i.cache_write_1h_tokens, i.output_tokens, i.reasoning_tokens, i.audio_in_tokens,
    i.audio_out_tokens, i.image_in_tokens, i.image_out_tokens, e.price_state, e.ai_tokens_cost,
    e.db_ops_cost, e.api_calls_cost, e.compute_time_cost, e.total_cost
  FROM interactions{suffix} i INDEXED BY interactions{suffix}_by_time
    CROSS JOIN cost_estimates{suffix} e
  WHERE (i.timestamp, i.interaction_key) > (?1 ->> 'after_time', ?1 ->> 'after_key')
    AND i.timestamp < ?1 ->> 'to' AND i.interaction_key <= ?1 ->> 'newest_key'
    AND e.interaction_key = i.interaction_key
    AND e.revision = (SELECT MAX(x.revision) FROM cost_estimates{suffix} x
                      WHERE x.interaction_key = i.interaction_key){conditions}"
        )
    };
    format!(
        "SELECT json_array(f.timestamp, f.interaction_key, json_array(f.id, n.id, u.user_id,
    u.tenant_id, f.timestamp, f.day, f.type, f.status, f.error, f.provider, f.model_name, f.agent,
    f.context, f.endpoint, f.message_id, f.trace_id, f.duration_ms, f.time_to_first_token_ms),
  json_array(f.input_tokens, f.cache_read_tokens, f.cache_write_5m_tokens,
    f.cache_write_1h_tokens, f.output_tokens, f.reasoning_tokens, f.audio_in_tokens,
    f.audio_out_tokens, f.image_in_tokens, f.image_out_tokens, f.price_state, f.ai_tokens_cost,
    f.db_ops_cost, f.api_calls_cost, f.compute_time_cost, f.total_cost))
FROM (
  {}
  UNION ALL
  {}
  ORDER BY timestamp, interaction_key LIMIT ?1 ->> 'limit'
) f {NAMES}
ORDER BY f.timestamp, f.interaction_key",
        arm(""),
        arm("_archive")
    )
}
