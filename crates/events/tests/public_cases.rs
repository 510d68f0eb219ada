//! Cases from public reports, from the body that somebody's system sent to the estimate, by the
//! price snapshot that comes with the suite. (`tests/integration/public-cases.test.ts` sends the same
//! files through the Workers.)
//!
//! Where a fact can't be priced a case takes several answers for right; what none of them takes is a
//! wrong amount called `priced`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

mod resolved_body;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::LazyLock;

use cost_calculation::{
    Billable, Estimate, PicoUsd, PriceBook, PriceRow, ProviderMapping, UnixMillis, ValidFromBasis,
    estimate,
};
use events::{
    Context, CountedSources, Interaction, OtlpOutcome, Rejection, parse_interaction,
    parse_json_traces,
};
use resolved_body::resolved;
use serde_json::{Map, Value, json};

const TRACE: &str = "5c8baf0000000000000000000000beef";
/// 2026-11-30, after every case.
const RECEIVED_AT: UnixMillis = UnixMillis(1_796_040_000_000);

/// Cases that the bodies and the snapshot's rates alone can't answer: they hang on how the book dates a
/// list's rates, or on what the Workers make of a body.
const BEYOND_THE_READING: [&str; 2] = ["deepseek-price-at-16-utc", "otlp-protobuf-count-as-double"];

static SNAPSHOT: LazyLock<Vec<PriceRow>> = LazyLock::new(|| {
    let text = include_str!("../../../pricing/snapshot.jsonl");
    let snapshot = price_feeds::snapshot::read(text).unwrap();
    let rows = snapshot.quotes.into_iter().zip(1..);
    rows.map(|(sourced, id)| {
        let quote = sourced.quote;
        PriceRow {
            id,
            provider: quote.key.provider,
            model: quote.key.model,
            resource: quote.key.resource_type.parse().unwrap(),
            region: quote.key.region,
            service_tier: quote.key.service_tier,
            min_context: quote.key.min_context,
            schedule: quote.key.schedule,
            rate_pico: quote.rate.rate_pico,
            per: quote.rate.per,
            valid_from: UnixMillis(quote.valid_from_ms),
            valid_from_basis: ValidFromBasis::Stated,
            observed_at: UnixMillis(0),
            valid_to: quote.valid_to_ms.map(UnixMillis),
            stale: false,
        }
    })
    .collect()
});

/// What a case's bodies came to.
#[derive(Default)]
struct Answer {
    status: u16,
    refused: Vec<String>,
    interactions: BTreeMap<String, (Interaction, Estimate)>,
    accepted: usize,
    first: String,
}

fn case_files() -> Vec<(String, Value)> {
    let folder =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/public-cases");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let mut text = std::fs::read_to_string(&path).unwrap();
            text = text.replace("{{run}}", "0123456789ab");
            text = text.replace("{{trace}}", TRACE);
            text = text.replace("{{span}}", "00000000000000f0");
            for number in 1..=9 {
                text = text.replace(&format!("{{{{span{number}}}}}"), &format!("{number:016x}"));
            }
            (name, serde_json::from_str(&text).unwrap())
        })
        .collect()
}

fn answer(case: &Value) -> Answer {
    let requests = match case.get("requests") {
        Some(Value::Array(requests)) => requests.clone(),
        _ => vec![case["request"].clone()],
    };
    let mut context = Context::at(RECEIVED_AT);
    if let Some(sources) = case.get("counted_sources") {
        context.counted_sources = CountedSources::from_json(&sources.to_string()).unwrap();
    }
    let mut mappings = Vec::new();
    let mut answer = Answer::default();
    let mut spans = Vec::new();
    for request in &requests {
        let body = &request["body"];
        match request["path"].as_str().unwrap() {
            "/pricing/mappings" => mappings.push(ProviderMapping {
                endpoint: body["endpoint"].as_str().unwrap().to_owned(),
                provider: body["provider"].as_str().unwrap().to_owned(),
                valid_from: UnixMillis(0),
                valid_to: None,
            }),
            "/track/interaction" => {
                let read = parse_interaction(body.to_string().as_bytes(), &context);
                answer.take(vec![read], &mappings);
            }
            _ if body.is_object() => {
                let outcome = parse_json_traces(body.to_string().as_bytes(), &context).unwrap();
                answer.status = 200;
                for rejected in outcome.rejected {
                    answer.refused.push(format!("{rejected:?}"));
                }
                let read = outcome.interactions.into_iter().map(Ok).collect();
                answer.take(read, &mappings);
                spans.extend(outcome.trace_spans);
            }
            _ => {}
        }
    }
    // As the ledger does: a span that came twice counts once, and a trace is what all its bodies say.
    let mut seen = BTreeSet::new();
    spans.retain(|span| seen.insert((span.trace_id.clone(), span.span_id.clone())));
    let of_native = OtlpOutcome {
        trace_spans: spans,
        ..OtlpOutcome::default()
    };
    let read = resolved(of_native).interactions;
    answer.take(read.into_iter().map(Ok).collect(), &mappings);
    answer
}

impl Answer {
    fn take(&mut self, read: Vec<Result<Interaction, Rejection>>, mappings: &[ProviderMapping]) {
        for one in read {
            match one {
                Ok(interaction) => {
                    self.status = 200;
                    self.accepted += 1;
                    if self.first.is_empty() {
                        self.first.clone_from(&interaction.id);
                    }
                    let estimate = price(&interaction, mappings);
                    let id = interaction.id.clone();
                    self.interactions
                        .entry(id)
                        .or_insert((interaction, estimate));
                }
                Err(rejection) => {
                    self.status = 422;
                    self.refused.push(rejection.field);
                }
            }
        }
    }
}

fn price(interaction: &Interaction, mappings: &[ProviderMapping]) -> Estimate {
    let billable = Billable {
        provider: &interaction.provider,
        model: &interaction.model_name,
        endpoint: interaction.endpoint.as_deref().unwrap_or_default(),
        region: interaction.region.as_deref().unwrap_or_default(),
        service_tier: interaction.service_tier.as_deref().unwrap_or_default(),
        usage: &interaction.usage,
        units: &interaction.units,
        declared: interaction.declared,
        reported: interaction.reported_cost,
        reading: interaction.reading,
        price_time: interaction.price_time,
    };
    let mut book = PriceBook::new(Vec::new(), Vec::new(), mappings.to_vec());
    let keys = book.keys_missing(&billable);
    let rows = SNAPSHOT.iter().filter(|row| {
        keys.iter()
            .any(|(provider, model)| row.provider == *provider && row.model == *model)
    });
    book.insert_rows(rows.cloned().collect());
    book.mark_known(keys);
    estimate(&book, &billable).unwrap()
}

fn differences(answer: &Answer, expect: &Map<String, Value>) -> Vec<String> {
    if let Some(Value::Array(alternatives)) = expect.get("any_of") {
        let mut rest = expect.clone();
        rest.remove("any_of");
        let tries = alternatives.iter().map(|one| {
            let mut all = rest.clone();
            all.extend(one.as_object().unwrap().clone());
            differences(answer, &all)
        });
        let tries: Vec<_> = tries.collect();
        return if tries.iter().any(Vec::is_empty) {
            Vec::new()
        } else {
            tries[0].clone()
        };
    }
    let mut found = Vec::new();
    if let Some(status) = expect.get("status") {
        let right = status
            .as_array()
            .cloned()
            .unwrap_or_else(|| vec![status.clone()]);
        if !right.contains(&json!(answer.status)) {
            found.push(format!("status {} {:?}", answer.status, answer.refused));
        }
    }
    if let Some(field) = expect.get("refused_field").and_then(Value::as_str)
        && !answer.refused.iter().any(|refused| refused.contains(field))
    {
        found.push(format!("refused {:?}, right {field}", answer.refused));
    }
    for (what, count) in expect
        .get("counts")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let has = match what.as_str() {
            "accepted" => answer.accepted,
            "rejected" => answer.refused.len(),
            _ => continue,
        };
        if json!(has) != *count {
            found.push(format!("{what} {has}, right {count}"));
        }
    }
    let id = expect
        .get("id")
        .and_then(Value::as_str)
        .unwrap_or(&answer.first);
    found.extend(receipt_differences(answer, id, expect));
    let several = expect.get("interactions").and_then(Value::as_object);
    for (id, one) in several.into_iter().flatten() {
        found.extend(receipt_differences(answer, id, one.as_object().unwrap()));
    }
    if let Some(sum) = expect.get("sum_cost").and_then(Value::as_str) {
        let costs = answer
            .interactions
            .values()
            .filter_map(|(_, estimate)| estimate.total);
        let together = PicoUsd::checked_sum(costs).unwrap();
        if together != sum.parse().unwrap() {
            found.push(format!("all together {together}, right {sum}"));
        }
    }
    found
}

fn receipt_differences(answer: &Answer, id: &str, expect: &Map<String, Value>) -> Vec<String> {
    let asked = ["total_cost", "price_state", "buckets", "calls", "fields"];
    if !asked.iter().any(|name| expect.contains_key(*name)) {
        return Vec::new();
    }
    let Some((interaction, estimate)) = answer.interactions.get(id) else {
        return vec![format!("no interaction {id}")];
    };
    let mut found = Vec::new();
    if let Some(total) = expect.get("total_cost") {
        let right = total
            .as_str()
            .map(|total| total.parse::<PicoUsd>().unwrap());
        if estimate.total != right {
            found.push(format!(
                "total {:?}, right {total}",
                estimate.total.map(|t| t.to_string())
            ));
        }
    }
    if let Some(state) = expect.get("price_state") {
        let right = state
            .as_array()
            .cloned()
            .unwrap_or_else(|| vec![state.clone()]);
        if !right.contains(&json!(estimate.price_state.as_str())) {
            found.push(format!(
                "state {}, right {state}",
                estimate.price_state.as_str()
            ));
        }
    }
    if let Some(Value::Object(buckets)) = expect.get("buckets") {
        let tokens: BTreeMap<String, u64> = interaction
            .usage
            .buckets()
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(resource, count)| (resource.to_string(), count))
            .collect();
        if json!(tokens) != json!(buckets) {
            found.push(format!("buckets {tokens:?}, right {buckets:?}"));
        }
    }
    found.extend(line_differences(interaction, estimate, expect));
    if !found.is_empty() {
        let lines: Vec<_> = estimate
            .lines
            .iter()
            .map(|line| {
                format!(
                    "{}×{}={:?}",
                    line.quantity,
                    line.resource,
                    line.amount.map(|a| a.to_string())
                )
            })
            .collect();
        found.push(format!("[{}] flags {:?}", lines.join(", "), estimate.flags));
    }
    found
}

fn line_differences(
    interaction: &Interaction,
    estimate: &Estimate,
    expect: &Map<String, Value>,
) -> Vec<String> {
    let mut found = Vec::new();
    for (name, value) in expect
        .get("fields")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let kept = serde_json::to_value(interaction).unwrap();
        if kept.get(name) != Some(value) {
            found.push(format!("{name} {:?}, right {value}", kept.get(name)));
        }
    }
    for (name, count) in expect
        .get("calls")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let lines = estimate
            .lines
            .iter()
            .filter(|line| line.resource.as_str() == name);
        let quantity: u64 = lines.map(|line| line.quantity).sum();
        if json!(quantity) != *count {
            found.push(format!("{quantity} of {name}, right {count}"));
        }
    }
    found
}

#[test]
fn every_case_from_a_public_report_is_answered_rightly() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (name, case) in case_files() {
        if BEYOND_THE_READING.contains(&name.as_str()) {
            continue;
        }
        count += 1;
        let found = differences(&answer(&case), case["expect"].as_object().unwrap());
        if !found.is_empty() {
            wrong.push(format!("{name}: {}", found.join("; ")));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
