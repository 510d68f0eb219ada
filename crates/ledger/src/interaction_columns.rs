//! The columns of `interactions`, and an interaction as a row of them.

use cost_calculation::{Units, canonical_provider};
use events::Interaction;
use serde_json::{Map, Value, json};

use crate::reporting_zone::ReportingZone;

/// Inserts the rows of `?1 -> '$.events'` ([`interaction_row`]); a `WHERE` must follow.
pub const INTERACTION_INSERT: &str = "
INSERT INTO interactions (id, session_id, user_key, timestamp, day, price_time, type, duration_ms,
  time_to_first_token_ms, provider, model_name, model_reported, endpoint, region, service_tier,
  input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens,
  reasoning_tokens, audio_in_tokens, audio_out_tokens, image_in_tokens, image_out_tokens, units,
  declared_cost, declared_category, agent, message_id, trace_id, context, status, error, source,
  metadata, received_at, ingest_id, body_hash)
SELECT j.value ->> 0, j.value ->> 1, u.user_key, j.value ->> 4, j.value ->> 5, j.value ->> 6,
  j.value ->> 7, j.value ->> 8, j.value ->> 9, j.value ->> 10, j.value ->> 11, j.value ->> 12,
  j.value ->> 13, j.value ->> 14, j.value ->> 15, j.value ->> 16, j.value ->> 17, j.value ->> 18,
  j.value ->> 19, j.value ->> 20, j.value ->> 21, j.value ->> 22, j.value ->> 23, j.value ->> 24,
  j.value ->> 25, j.value ->> 26, j.value ->> 27, j.value ->> 28, j.value ->> 29, j.value ->> 30,
  j.value ->> 31, j.value ->> 32, j.value ->> 33, j.value ->> 34, j.value ->> 35, j.value ->> 36,
  ?1 ->> 'received_at', ?1 ->> 'ingest_id', unhex(j.value ->> 37)
FROM json_each(?1, '$.events') j
  JOIN users u ON u.tenant_id = j.value ->> 2 AND u.user_id = j.value ->> 3";

/// The values that [`INTERACTION_INSERT`] reads, by position.
///
/// The provider is kept under its canonical name, so that `openAI` and `openai` are one; the
/// model as the source named it stays in `model_reported` where it differs.
pub fn interaction_row(interaction: &Interaction, zone: ReportingZone) -> Value {
    let usage = &interaction.usage;
    let hash: String = interaction
        .digest()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
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
        interaction.declared.map(|declared| declared.amount.get()),
        interaction
            .declared
            .map(|declared| declared.component.as_str()),
        interaction.agent,
        interaction.message_id,
        stored_trace_id(interaction),
        interaction.context,
        interaction.status.as_str(),
        interaction.error,
        interaction.source,
        interaction.metadata,
        hash,
    ])
}

/// The trace of an interaction row, prefixed with `table.`: a trace that the id begins with is not
/// stored twice.
pub fn trace_id_sql(table: &str) -> String {
    format!(
        "COALESCE({table}.trace_id, \
         CASE WHEN substr({table}.id, 33, 1) = ':' THEN substr({table}.id, 1, 32) END)"
    )
}

fn stored_trace_id(interaction: &Interaction) -> Option<&str> {
    let trace_id = interaction.trace_id.as_deref()?;
    let rest = interaction.id.strip_prefix(trace_id);
    let is_in_id = trace_id.len() == 32 && rest.is_some_and(|rest| rest.starts_with(':'));
    (!is_in_id).then_some(trace_id)
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
    #[derive(Default, serde::Deserialize)]
    #[serde(default)]
    struct Stored {
        rows_read: u64,
        rows_written: u64,
        operations: u64,
        cpu_ms: u64,
        wall_ms: u64,
        requests: u64,
        calls: std::collections::BTreeMap<String, u64>,
    }
    let Stored {
        rows_read,
        rows_written,
        operations,
        cpu_ms,
        wall_ms,
        requests,
        calls,
    } = text.map_or_else(|| Ok(Stored::default()), serde_json::from_str)?;
    Ok(Units {
        rows_read,
        rows_written,
        operations,
        cpu_ms,
        wall_ms,
        requests,
        calls,
    })
}
