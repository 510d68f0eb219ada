//! No usage payload, however odd, makes the reader or the estimate panic, and what is read never
//! has more tokens than the limits allow.
//!
//! `cargo +nightly fuzz run read_usage -- -max_total_time=300 -dict=fuzz/usage.dict`
#![no_main]

use cost_calculation::{
    Billable, PriceBook, TOKENS_MAX, Units, UnixMillis, UsageConvention, estimate,
    read_usage_or_keep, reported_cost_of_text,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((choice, text)) = data.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    let _ = reported_cost_of_text(text);
    let Ok(payload) = serde_json::from_str::<serde_json::Value>(text) else {
        return;
    };
    let convention = UsageConvention::ALL[usize::from(*choice) % UsageConvention::ALL.len()];
    let providers = ["openAI", "bedrock", "vertexai", "", "somebody"];
    let provider = providers[usize::from(*choice) / 14 % providers.len()];
    let reading = read_usage_or_keep(convention, provider, &payload);
    let units = Units {
        calls: reading.calls,
        ..Units::default()
    };
    for (_, count) in reading.usage.buckets() {
        assert!(count <= 100 * TOKENS_MAX);
    }
    let model = payload
        .get("model")
        .and_then(serde_json::Value::as_str)
        .unwrap_or("model");
    let billable = Billable {
        provider,
        model,
        endpoint: "",
        region: "",
        service_tier: "",
        usage: &reading.usage,
        units: &units,
        declared: None,
        reported: None,
        reading: reading.flags,
        price_time: UnixMillis(0),
    };
    let book = PriceBook::default();
    let _ = book.keys_needed(&billable);
    assert!(estimate(&book, &billable).is_ok());
});
