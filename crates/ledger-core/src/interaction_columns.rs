//! The columns of `interactions`, and an interaction as a row of them.

use cost_calculation::{PicoUsd, Units, canonical_provider};
use events::{DIGEST_VERSION, Interaction};
use serde_json::{Map, Value, json};

use reporting_days::ReportingZone;

/// Inserts the rows of `?1 -> '$.events'` ([`interaction_row`]); a `WHERE` must follow.
///
/// `json_each` writes an element's text anew each time its value is named; read once into JSONB, a
/// row of 42 columns goes in four times as fast.
pub const INTERACTION_INSERT: &str = "
WITH event AS MATERIALIZED (
  SELECT jsonb(j.value) AS row FROM json_each(?1, '$.events') j
)
INSERT INTO interactions (id, session_key, user_key, timestamp, day, price_time, type,
  duration_ms, time_to_first_token_ms, provider, model_name, model_reported, endpoint, region,
  service_tier, input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens,
  output_tokens, reasoning_tokens, audio_in_tokens, audio_out_tokens, image_in_tokens,
  image_out_tokens, units, reading, usage_numbers, declared_cost, declared_category,
  reported_cost, agent, message_id, trace_id, context, status, error, source, metadata,
  received_at, ingest_id, digest_version, body_hash)
SELECT j.row ->> 0, n.session_key, u.user_key, j.row ->> 4, j.row ->> 5, j.row ->> 6, j.row ->> 7,
  j.row ->> 8, j.row ->> 9, j.row ->> 10, j.row ->> 11, j.row ->> 12, j.row ->> 13, j.row ->> 14,
  j.row ->> 15, j.row ->> 16, j.row ->> 17, j.row ->> 18, j.row ->> 19, j.row ->> 20,
  j.row ->> 21, j.row ->> 22, j.row ->> 23, j.row ->> 24, j.row ->> 25, j.row ->> 26,
  j.row ->> 27, j.row ->> 28, j.row ->> 29, j.row ->> 30, j.row ->> 31, j.row ->> 32,
  j.row ->> 33, j.row ->> 34, j.row ->> 35, j.row ->> 36, j.row ->> 37, j.row ->> 38,
  j.row ->> 39, ?1 ->> 'received_at', ?1 ->> 'ingest_id', j.row ->> 40, unhex(j.row ->> 41)
FROM event j
  JOIN users u ON u.tenant_id = j.row ->> 2 AND u.user_id = j.row ->> 3
  JOIN session_ids n ON n.id = j.row ->> 1";

/// The values that [`INTERACTION_INSERT`] reads, by position.
///
/// The provider is kept under its canonical name, so that `openAI` and `openai` are one; the
/// model as the source named it stays in `model_reported` where it differs. `body_hash` is the
/// interaction's digest ([`digest_hex`]).
pub fn interaction_row(interaction: &Interaction, body_hash: &str, zone: ReportingZone) -> Value {
    let usage = &interaction.usage;
    json!([
        interaction.id,
        interaction.session_id,
        interaction.tenant_id,
        interaction.user_id,
        interaction.timestamp.0,
        zone.day(interaction.timestamp),
        interaction.price_time.0,
        interaction.kind.as_str(),
        interaction.duration_ms,
        interaction.time_to_first_token_ms,
        canonical_provider(&interaction.provider),
        interaction.model_name,
        interaction.model_reported,
        interaction.endpoint,
        interaction.region,
        interaction.service_tier,
        usage.input,
        usage.cache_read,
        usage.cache_write_5m,
        usage.cache_write_1h,
        usage.output,
        usage.reasoning,
        usage.audio_in,
        usage.audio_out,
        usage.image_in,
        usage.image_out,
        units_json(&interaction.units),
        interaction.reading.bits(),
        interaction.usage_numbers,
        interaction.declared.map(|declared| declared.amount.get()),
        interaction
            .declared
            .map(|declared| declared.component.as_str()),
        interaction.reported_cost.map(PicoUsd::get),
        interaction.agent,
        interaction.message_id,
        stored_trace_id(interaction),
        interaction.context,
        interaction.status.as_str(),
        interaction.error,
        interaction.source,
        interaction.metadata,
        DIGEST_VERSION,
        body_hash,
    ])
}

/// The trace of an interaction row, prefixed with `table.`: the trace that a span's id begins with
/// is not stored twice. A JSON event's id may look the same, and is its sender's own.
pub fn trace_id_sql(table: &str) -> String {
    format!(
        "COALESCE({table}.trace_id, CASE WHEN {table}.source <> '{}' \
         AND substr({table}.id, 33, 1) = '-' THEN substr({table}.id, 1, 32) END)",
        events::source::API
    )
}

fn stored_trace_id(interaction: &Interaction) -> Option<&str> {
    let trace_id = interaction.trace_id.as_deref()?;
    let rest = interaction.id.strip_prefix(trace_id);
    let is_in_id = interaction.source != events::source::API
        && trace_id.len() == 32
        && rest.is_some_and(|rest| rest.starts_with('-'));
    (!is_in_id).then_some(trace_id)
}

/// A digest in upper-case hex, as SQLite's `hex()` writes it.
pub fn digest_hex(digest: &[u8; 16]) -> String {
    use std::fmt::Write;
    digest
        .iter()
        .fold(String::with_capacity(32), |mut text, byte| {
            // Writing to a string does not fail.
            let _ = write!(text, "{byte:02X}");
            text
        })
}

/// The quantities that are not tokens, as the JSON text of `interactions.units`; `None` if there
/// are none.
pub fn units_json(units: &Units) -> Option<String> {
    let mut object = Map::new();
    for (name, quantity) in [
        ("rows_read", units.rows_read),
        ("rows_written", units.rows_written),
        ("operations", units.operations),
        ("cpu_ms", units.cpu_ms),
        ("wall_ms", units.wall_ms),
        ("requests", units.requests),
    ] {
        if quantity > 0 {
            object.insert(name.to_owned(), json!(quantity));
        }
    }
    if !units.calls.is_empty() {
        object.insert("calls".to_owned(), json!(units.calls));
    }
    (!object.is_empty()).then(|| Value::Object(object).to_string())
}

/// Reads the JSON text of `interactions.units` back.
pub fn units_from_json(text: Option<&str>) -> Result<Units, serde_json::Error> {
    text.map_or_else(|| Ok(Units::default()), serde_json::from_str)
}
