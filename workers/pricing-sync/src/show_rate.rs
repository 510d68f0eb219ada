//! A price row as every answer shows it.
use cost_calculation::UnixMillis;
use price_book::rates::{ShownRate, rate_text};
use reporting_days::calendar::iso;
use serde_json::{Value, json};

/// A moment as every answer writes it.
pub(crate) fn moment(unix_ms: i64) -> String {
    iso(UnixMillis(unix_ms))
}

/// The JSON of a row: money as a decimal string, times as ISO 8601, the beginning of time as null.
pub(crate) fn rate(row: &ShownRate) -> Value {
    json!({
        "id": row.id,
        "provider": row.provider,
        "model": row.model,
        "resource_type": row.resource_type,
        "region": row.region,
        "service_tier": row.service_tier,
        "min_context": row.min_context,
        "schedule": row.schedule,
        "rate": rate_text(&row.resource_type, row.rate),
        "per": row.per,
        "currency": row.currency,
        "valid_from": Some(row.valid_from).filter(|from| *from > 0).map(moment),
        "valid_from_basis": row.valid_from_basis,
        "valid_to": row.valid_to.map(moment),
        "source": row.source,
        "source_revision": row.source_revision,
        "status": row.status,
        "reason": row.reason,
        "observed_at": moment(row.observed_at),
        "updated_at": moment(row.updated_at),
        "cache_ttl": row.cache_ttl,
        "stale": row.stale != 0,
    })
}

#[cfg(test)]
mod tests {
    use price_book::rates::ShownRate;

    #[test]
    fn money_is_a_decimal_string_and_the_beginning_of_time_is_null() {
        let row: ShownRate = serde_json::from_value(serde_json::json!({
            "id": 1, "provider": "openai", "model": "gpt-x", "resource_type": "input",
            "region": "", "service_tier": "standard", "min_context": 0, "schedule": "",
            "rate": 250_000_000_000_i64, "per": 1_000_000, "currency": "USD", "valid_from": 0,
            "valid_from_basis": "assumed", "valid_to": null, "source": "litellm",
            "source_revision": "r", "status": "active", "reason": null, "observed_at": 0,
            "updated_at": 0, "cache_ttl": 604_800, "stale": 0
        }))
        .unwrap();
        let shown = super::rate(&row);
        assert_eq!(shown["rate"], "0.25");
        assert_eq!(shown["valid_from"], serde_json::Value::Null);
        assert_eq!(shown["stale"], false);
    }
}
