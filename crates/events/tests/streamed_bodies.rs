//! A body says the same wherever it is cut, and holds no more than its window.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

use std::io::Write;

use cost_calculation::UnixMillis;
use events::{
    Context, OtlpOutcome, Rejection, Resolved, TraceReader, parse_json_traces, resolve_trace,
};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

const BODIES: [&str; 5] = [
    include_str!("fixtures/langfuse-openai+anthropic+error.json"),
    include_str!("fixtures/langfuse-memory+title+toolcall.json"),
    include_str!("fixtures/langfuse-aborted-turns.json"),
    include_str!("fixtures/langfuse-agent-tools.json"),
    include_str!("fixtures/langfuse-gemini-with-title.json"),
];

fn context() -> Context<'static> {
    Context::at(UnixMillis(1_796_083_200_000))
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

/// Reads the body cut at these places.
fn read(mut reader: TraceReader, body: &[u8], cuts: &[usize]) -> Result<OtlpOutcome, Rejection> {
    let mut from = 0;
    for &cut in cuts.iter().chain([&body.len()]) {
        reader.feed(body.get(from..cut).unwrap_or_default())?;
        from = cut.max(from);
    }
    reader.finish()?;
    Ok(reader.take(&context()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn wherever_a_body_is_cut_its_spans_are_the_same(
        body in prop::sample::select(BODIES.to_vec()),
        cuts in prop::collection::vec(any::<Index>(), 0..40),
        is_gzip in any::<bool>(),
    ) {
        let whole = parse_json_traces(body.as_bytes(), &context()).unwrap();
        let packed = if is_gzip { gzip(body.as_bytes()) } else { body.as_bytes().to_vec() };
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(packed.len())).collect();
        cuts.sort_unstable();
        let reader = if is_gzip { TraceReader::of_gzip() } else { TraceReader::new() };
        prop_assert_eq!(read(reader, &packed, &cuts).unwrap(), whole);
    }

    #[test]
    fn a_body_that_ends_anywhere_before_its_end_is_refused(
        body in prop::sample::select(BODIES.to_vec()),
        end in any::<Index>(),
    ) {
        let end = end.index(body.trim_end().len());
        let cut = &body.as_bytes()[..end];
        prop_assert!(read(TraceReader::new(), cut, &[]).is_err());
        let packed = gzip(body.as_bytes());
        let end = end % packed.len();
        prop_assert!(read(TraceReader::of_gzip(), &packed[..end], &[]).is_err());
    }
}

#[test]
fn gzip_may_have_members_and_no_rest() {
    let body = BODIES[0].as_bytes();
    let (first, second) = body.split_at(body.len() / 2);
    let members = [gzip(first), gzip(second)].concat();
    assert!(read(TraceReader::of_gzip(), &members, &[]).is_ok());
    let with_rest = [gzip(body), b"rest".to_vec()].concat();
    assert!(read(TraceReader::of_gzip(), &with_rest, &[]).is_err());
    assert!(read(TraceReader::of_gzip(), body, &[]).is_err());
    assert!(read(TraceReader::of_gzip(), b"", &[]).is_err());
}

/// A body of so many generations, each with this much content.
fn body_of(spans: usize, content: &str) -> String {
    let texts = [
        ("user.id", "user-1"),
        ("session.id", "conv-1"),
        ("langfuse.observation.type", "generation"),
        ("langfuse.observation.model.name", "gpt-5-mini"),
        (
            "langfuse.observation.usage_details",
            r#"{"input":7,"output":2,"total":9}"#,
        ),
        ("langfuse.observation.input", content),
        ("langfuse.observation.output", content),
    ];
    let attributes: Vec<Value> = texts
        .iter()
        .map(|(key, text)| json!({ "key": key, "value": { "stringValue": text } }))
        .collect();
    let spans: Vec<Value> = (1..=spans)
        .map(|id| {
            json!({
                "traceId": "5c8baf0000000000000000000000beef",
                "spanId": format!("{id:016x}"),
                "name": "llm",
                "startTimeUnixNano": "1795438269000000000",
                "endTimeUnixNano": "1795438269040000000",
                "attributes": attributes,
            })
        })
        .collect();
    json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": spans }] }] }).to_string()
}

#[test]
fn a_long_body_is_handed_over_by_windows_and_every_span_once() {
    let body = body_of(5_000, "");
    let mut reader = TraceReader::new();
    let mut ids = Vec::new();
    let mut parts = 0;
    for piece in body.as_bytes().chunks(64 * 1024) {
        reader.feed(piece).unwrap();
        if reader.is_full() {
            parts += 1;
            ids.extend(
                reader
                    .take(&context())
                    .interactions
                    .into_iter()
                    .map(|one| one.id),
            );
        }
    }
    reader.finish().unwrap();
    ids.extend(
        reader
            .take(&context())
            .interactions
            .into_iter()
            .map(|one| one.id),
    );
    assert!(parts >= 1, "{parts} windows");
    assert_eq!(ids.len(), 5_000);
    ids.dedup();
    assert_eq!(ids.len(), 5_000);
}

#[test]
fn the_native_spans_of_a_long_body_come_by_windows_and_are_one_trace_together() {
    let ids = 1_u64..=4_500;
    let span = |id: u64| {
        json!({
            "traceId": "5c8baf0000000000000000000000beef",
            "spanId": format!("{id:016x}"),
            // The request above them all comes last.
            "parentSpanId": if id == 4_500 { String::new() } else { format!("{:016x}", 4_500) },
            "kind": if id == 4_500 { 2 } else { 3 },
            "name": "find",
            "startTimeUnixNano": "1795438269000000000",
            "endTimeUnixNano": "1795438269040000000",
            "attributes": if id == 4_500 {
                json!([{ "key": "user.id", "value": { "stringValue": "user-1" } }])
            } else {
                json!([{ "key": "db.system", "value": { "stringValue": "mongodb" } }])
            },
        })
    };
    let spans: Vec<Value> = ids.map(span).collect();
    let body = json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": spans }] }] }).to_string();
    let mut reader = TraceReader::new();
    let mut by_windows = Vec::new();
    let mut parts = 0;
    for piece in body.as_bytes().chunks(64 * 1024) {
        reader.feed(piece).unwrap();
        if reader.is_full() {
            parts += 1;
            by_windows.extend(reader.take(&context()).trace_spans);
        }
    }
    reader.finish().unwrap();
    by_windows.extend(reader.take(&context()).trace_spans);
    assert!(parts >= 1, "{parts} windows");
    let whole = parse_json_traces(body.as_bytes(), &context()).unwrap();
    assert_eq!(by_windows, whole.trace_spans);
    let users = resolve_trace(&by_windows)
        .into_iter()
        .flatten()
        .filter(|one| matches!(one, Resolved::Counts(own) if own.user_id == "user-1"));
    assert_eq!(users.count(), 4_500);
}

#[test]
fn content_of_any_size_takes_no_memory() {
    let content = "CANARY \"said\"\n\\ \u{1f600} ".repeat(150_000);
    let body = body_of(4, &content);
    assert!(body.len() > 25_000_000);
    let mut kept = 0;
    let peak = allocation_counter::measure(|| {
        let mut reader = TraceReader::new();
        for piece in body.as_bytes().chunks(64 * 1024) {
            reader.feed(piece).unwrap();
        }
        reader.finish().unwrap();
        kept = reader.take(&context()).interactions.len();
    });
    assert_eq!(kept, 4);
    assert!(peak.bytes_max < 64_000, "held {} bytes", peak.bytes_max);
}

#[test]
fn one_attribute_larger_than_all_bounds_is_skipped_or_said_to_be_too_long() {
    let mut body: Value = serde_json::from_str(&body_of(2, "")).unwrap();
    let spans = &mut body["resourceSpans"][0]["scopeSpans"][0]["spans"];
    spans[0]["attributes"][0]["value"]["stringValue"] = json!("x".repeat(3_000_000));
    let outcome = parse_json_traces(body.to_string().as_bytes(), &context()).unwrap();
    assert_eq!(outcome.interactions.len(), 1);
    assert_eq!(outcome.rejected[0].rejection.field, "user.id");
}
