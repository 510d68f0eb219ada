//! What recording costs in SQL alone, beside the least that could be kept: one row by one upsert.
//! `cargo bench -p ledger-record --bench ingest`.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark may stop at the first fault"
)]

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use cost_calculation::{PicoUsd, TokenUsage, Units, UnixMillis};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use events::{Interaction, InteractionStatus, InteractionType};
use futures_executor::block_on;
use ledger_core::{Database, Statement, sqlite::Sqlite};
use ledger_record::ingest::{IngestCache, IngestContext, ingest};
use reporting_days::ReportingZone;

fn new_ingest_id() -> i64 {
    static NEXT: AtomicI64 = AtomicI64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn interaction(n: u64) -> Interaction {
    let timestamp = 1_795_000_000_000 + n.cast_signed();
    Interaction {
        id: format!("{n:032x}-{n:016x}"),
        session_id: format!("session-{:028x}", n / 10),
        tenant_id: String::new(),
        user_id: format!("user-{:020}", n / 10 % 50),
        timestamp: UnixMillis(timestamp),
        price_time: UnixMillis(timestamp + 4000),
        kind: InteractionType::Chat,
        duration_ms: Some(4000),
        time_to_first_token_ms: Some(300),
        provider: "openAI".to_owned(),
        model_name: "gpt-5-mini".to_owned(),
        model_reported: None,
        endpoint: None,
        region: None,
        service_tier: None,
        usage: TokenUsage {
            input: 1200,
            cache_read: 8000,
            output: 300,
            ..TokenUsage::default()
        },
        units: Units::default(),
        reading: cost_calculation::Flags::NONE,
        usage_numbers: None,
        reported_cost: None,
        declared: None,
        agent: "agent_1".to_owned(),
        agent_name: None,
        user_label: None,
        declared_by: None,
        message_id: None,
        trace_id: Some(format!("{n:032x}")),
        context: None,
        status: InteractionStatus::Ok,
        error: None,
        source: "langfuse",
        metadata: None,
    }
}

fn ledger() -> Sqlite {
    let database = Sqlite::migrated().unwrap();
    for resource in ["input", "cache_read", "output"] {
        database
            .execute_script(&format!(
                "INSERT INTO prices (region, service_tier, min_context, schedule, currency, provider, model,
  resource_type, rate, per, valid_from,
                   valid_from_basis, source, source_revision, status, observed_at, cache_ttl_s)
                 VALUES ('', 'standard', 0, '', 'USD', 'openai', 'gpt-5-mini', '{resource}', 250000000000, 1000000, 0, 'stated',
                   'bench', 'r', 'active', 2000000000000, 86400)"
            ))
            .unwrap();
    }
    database
}

fn recording(criterion: &mut Criterion) {
    let context = IngestContext {
        received_at: UnixMillis(1_795_000_000_000),
        reporting_zone: ReportingZone::UTC,
        interaction_cost_max: PicoUsd::new(10_000 * 1_000_000_000_000),
        declared_cost_max: PicoUsd::new(i64::MAX),
        new_ingest_id,
    };
    let mut group = criterion.benchmark_group("record");
    let next = AtomicU64::new(0);
    for size in [1_u64, 500] {
        let database = ledger();
        let mut cache = IngestCache::default();
        group.throughput(Throughput::Elements(size));
        group.bench_function(format!("{size} interactions"), |bencher| {
            bencher.iter(|| {
                let first = next.fetch_add(size, Ordering::Relaxed);
                let batch = (first..first + size).map(interaction).collect();
                block_on(ingest(&database, &mut cache, &context, batch)).unwrap()
            });
        });
        let batch: Vec<_> = (0..size).map(interaction).collect();
        block_on(ingest(&database, &mut cache, &context, batch.clone())).unwrap();
        group.bench_function(format!("{size} interactions again"), |bencher| {
            bencher
                .iter(|| block_on(ingest(&database, &mut cache, &context, batch.clone())).unwrap());
        });
    }
    let database = ledger();
    group.throughput(Throughput::Elements(1));
    group.bench_function("one row by one upsert", |bencher| {
        bencher.iter(|| {
            let n = next.fetch_add(1, Ordering::Relaxed);
            let upsert = Statement::with(
                "INSERT INTO feedback (trace_id, score_id, value, updated_at)
                 SELECT ?1 ->> 0, ?1 ->> 0, 1, ?1 ->> 1 WHERE true
                 ON CONFLICT (trace_id) DO UPDATE SET value = excluded.value",
                &(format!("{n:032x}"), n),
            );
            block_on(database.query(upsert.unwrap())).unwrap()
        });
    });
    group.finish();
}

criterion_group!(benches, recording);
criterion_main!(benches);
