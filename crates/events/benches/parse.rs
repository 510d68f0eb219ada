//! What parsing costs: a megabyte of LibreChat's traces, a batch of 500 events.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a benchmark may panic"
)]

use cost_calculation::UnixMillis;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use events::{Context, parse_batch, parse_json_traces};
use serde_json::{Value, json};

const TRACES: &str = include_str!("../tests/fixtures/langfuse-openai+anthropic+error.json");

/// The captured body, its spans repeated and its texts lengthened to a megabyte.
fn a_megabyte_of_traces() -> String {
    let mut body: Value = serde_json::from_str(TRACES).unwrap();
    let spans = body["resourceSpans"][0]["scopeSpans"][0]["spans"]
        .as_array_mut()
        .unwrap();
    let captured = spans.clone();
    while spans.len() < 100 {
        spans.extend(captured.clone());
    }
    for span in spans.iter_mut() {
        for attribute in span["attributes"].as_array_mut().unwrap() {
            let key = attribute["key"].as_str().unwrap();
            if ["input", "output"].iter().any(|end| key.ends_with(end)) {
                attribute["value"]["stringValue"] = json!("a \"quoted\" line\n".repeat(210));
            }
        }
    }
    body.to_string()
}

const PLAIN: &str =
    "A line of some eighty characters, as people write them to each other, ends here.\n";
/// As agents hand on what was said: JSON within JSON, with a quote or a backslash every few bytes.
const NESTED: &str = r#"[{"type":"text","text":"A \"quoted\" line,\n"},{"role":"user"}],"#;

/// The captured body with so many bytes of a text in its inputs and outputs.
fn long_traces(text: &str, bytes: usize) -> String {
    let mut body: Value = serde_json::from_str(TRACES).unwrap();
    let spans = body["resourceSpans"][0]["scopeSpans"][0]["spans"]
        .as_array_mut()
        .unwrap();
    let lines = bytes / json!(text).to_string().len() / (2 * spans.len());
    for span in spans.iter_mut() {
        for attribute in span["attributes"].as_array_mut().unwrap() {
            let key = attribute["key"].as_str().unwrap();
            if ["input", "output"].iter().any(|end| key.ends_with(end)) {
                attribute["value"]["stringValue"] = json!(text.repeat(lines));
            }
        }
    }
    body.to_string()
}

fn a_batch() -> String {
    let events: Vec<Value> = (0..500)
        .map(|index| {
            json!({
                "id": format!("chat-{index}"), "type": "chat", "session_id": "conv-1",
                "user_id": "user-1", "timestamp": "2026-11-23T12:51:09.324Z", "duration_ms": 212,
                "provider": "openAI", "model_name": "gpt-5-mini", "usage_convention": "disjoint",
                "usage": { "input": 200, "cache_read": 1000, "output": 100, "reasoning": 200 },
                "agent": "agent_abc", "message_id": "msg-1", "context": "message",
            })
        })
        .collect();
    json!({ "events": events }).to_string()
}

fn parsing(criterion: &mut Criterion) {
    let context = Context::at(UnixMillis(1_795_438_340_000));
    let mut group = criterion.benchmark_group("parse");

    let traces = a_megabyte_of_traces();
    group.throughput(Throughput::Bytes(traces.len() as u64));
    group.bench_function("traces_of_1_mb", |bencher| {
        bencher.iter(|| parse_json_traces(traces.as_bytes(), &context).unwrap());
    });

    // Twenty times the context of one long conversation: what is skipped is nearly all of it.
    for (name, text) in [
        ("traces_of_22_mb", PLAIN),
        ("traces_of_22_mb_of_json", NESTED),
    ] {
        let long = long_traces(text, 22_000_000);
        group.throughput(Throughput::Bytes(long.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| parse_json_traces(long.as_bytes(), &context).unwrap());
        });
    }

    let batch = a_batch();
    group.throughput(Throughput::Elements(500));
    group.bench_function("batch_of_500_events", |bencher| {
        bencher.iter(|| parse_batch(batch.as_bytes(), &context).unwrap());
    });

    let events: Vec<_> = parse_batch(batch.as_bytes(), &context).unwrap();
    let events: Vec<_> = events.into_iter().map(Result::unwrap).collect();
    group.bench_function("digests_of_500_events", |bencher| {
        bencher.iter(|| {
            events
                .iter()
                .map(events::Interaction::digest)
                .collect::<Vec<_>>()
        });
    });
    group.finish();
}

criterion_group!(benches, parsing);
criterion_main!(benches);
