//! How long an estimate and a resolution take, and that neither grows with the price book.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::float_arithmetic,
    missing_docs
)] // a bench may stop at once, and ratios of times are no money
#![allow(clippy::disallowed_methods)] // the clock of the host measures

#[path = "../tests/rates/mod.rs"]
mod rates;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

use cost_calculation::{
    Billable, PriceBook, PriceRow, TokenUsage, Units, UsageConvention, estimate, read_usage,
};
use criterion::{Criterion, criterion_group, criterion_main};
use rates::{call, model, row};

/// A book of this many models with four rates each, and of the model that is asked for.
fn book(models: usize) -> PriceBook {
    let prices = [
        ("input", "3"),
        ("cache_read", "0.3"),
        ("cache_write_5m", "3.75"),
        ("output", "15"),
    ];
    let mut rows = Vec::new();
    for index in 0..models {
        rows.extend(model("anthropic", &format!("claude-test-{index}"), &prices));
    }
    rows.extend(model("anthropic", "claude-sonnet-4-5", &prices));
    let more = [
        ("cache_write_1h", "6"),
        ("reasoning", "15"),
        ("audio_in", "4"),
        ("web_search", "10"),
    ];
    rows.extend(model("anthropic", "claude-sonnet-4-5", &more));
    let infrastructure = [
        ("d1", "rows_read", "0.001"),
        ("d1", "rows_written", "1"),
        ("workers", "cpu_ms", "0.02"),
        ("workers", "requests", "0.3"),
    ];
    for (name, resource, usd) in infrastructure {
        rows.push(row("cloudflare", name, resource, usd));
    }
    let rows = rows
        .into_iter()
        .zip(1..)
        .map(|(row, id)| PriceRow { id, ..row })
        .collect();
    PriceBook::new(rows, Vec::new(), Vec::new())
}

const USAGE: TokenUsage = TokenUsage {
    input: 1_234,
    cache_read: 45_678,
    cache_write_5m: 910,
    cache_write_1h: 1_112,
    output: 1_314,
    reasoning: 1_516,
    audio_in: 0,
    audio_out: 0,
    image_in: 0,
    image_out: 0,
};

/// Tokens in six buckets, rows read and written, CPU and requests: ten lines.
fn ten_lines() -> Units {
    Units {
        rows_read: 17,
        rows_written: 18,
        cpu_ms: 19,
        requests: 1,
        calls: BTreeMap::new(),
        ..Units::default()
    }
}

/// Nanoseconds of one call, the best of several rounds.
fn best_ns(mut work: impl FnMut()) -> f64 {
    let rounds = 2_000_u32;
    (0..40)
        .map(|_| {
            let start = Instant::now();
            (0..rounds).for_each(|_| work());
            start.elapsed().as_secs_f64() * 1e9 / f64::from(rounds)
        })
        .fold(f64::INFINITY, f64::min)
}

fn benches(criterion: &mut Criterion) {
    let (small, large) = (book(50), book(5_000));
    let units = ten_lines();
    let name = "claude-sonnet-4-5-20250929";
    let ten = Billable {
        units: &units,
        ..call("anthropic", "claude-sonnet-4-5", &USAGE)
    };
    assert_eq!(estimate(&large, &ten).unwrap().lines.len(), 10);
    let one = TokenUsage {
        input: 1,
        ..TokenUsage::default()
    };
    let dated = call("anthropic", name, &one);
    let unknown = call("azureOpenAI", "a-model-that-nobody-knows-2026-01-01", &one);
    let payload = serde_json::json!({"prompt_tokens": 1200, "completion_tokens": 300,
        "total_tokens": 1500, "prompt_tokens_details": {"cached_tokens": 1000},
        "completion_tokens_details": {"reasoning_tokens": 200}});

    criterion.bench_function("estimate of ten lines, 5,000 models", |bencher| {
        bencher.iter(|| estimate(black_box(&large), black_box(&ten)));
    });
    criterion.bench_function("resolve a dated name, 5,000 models", |bencher| {
        bencher.iter(|| black_box(&large).resolve(black_box(&dated)));
    });
    criterion.bench_function("read an OpenAI payload", |bencher| {
        bencher.iter(|| read_usage(UsageConvention::OpenAiChat, "openai", black_box(&payload)));
    });

    // Ratios within one run say more than times across machines.
    let time = |book: &PriceBook, billable: &Billable<'_>| {
        best_ns(|| drop(black_box(estimate(black_box(book), black_box(billable)))))
    };
    let resolve = |book: &PriceBook, billable: &Billable<'_>| {
        best_ns(|| drop(black_box(black_box(book).resolve(black_box(billable)))))
    };
    println!("\nbest of 40 rounds, nanoseconds      50 models  5,000 models  ratio");
    for (what, small, large) in [
        (
            "estimate of ten lines",
            time(&small, &ten),
            time(&large, &ten),
        ),
        (
            "resolve an exact name",
            resolve(&small, &ten),
            resolve(&large, &ten),
        ),
        (
            "resolve a dated name",
            resolve(&small, &dated),
            resolve(&large, &dated),
        ),
        (
            "an unknown name, whole ladder",
            resolve(&small, &unknown),
            resolve(&large, &unknown),
        ),
    ] {
        println!("{what:<34}{small:>11.0}{large:>14.0}{:>7.2}", large / small);
    }
}

criterion_group!(group, benches);
criterion_main!(group);
