//! Fills a database file with a year of a LibreChat installation's calls and prints how many bytes
//! an interaction takes, by table and index: `cargo run --release -p ledger-record
//! --example ingest_size [interactions]`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    missing_docs,
    reason = "an example may stop at the first fault"
)]

use std::sync::atomic::{AtomicI64, Ordering};

use cost_calculation::{PicoUsd, TokenUsage, Units, UnixMillis};
use events::{Interaction, InteractionStatus, InteractionType};
use futures_executor::block_on;
use ledger_core::sqlite::Sqlite;
use ledger_record::ingest::{IngestCache, IngestContext, ingest};
use reporting_days::ReportingZone;

const START: i64 = 1_764_000_000_000;
const MODELS: [(&str, &str); 4] = [
    ("openAI", "gpt-5-mini"),
    ("anthropic", "claude-sonnet-4-5"),
    ("google", "gemini-2.5-pro"),
    ("openAI", "gpt-5"),
];

fn new_ingest_id() -> i64 {
    static NEXT: AtomicI64 = AtomicI64::new(1 << 40);
    NEXT.fetch_add(0x1234_5678, Ordering::Relaxed)
}

/// A repeatable stand-in for random hex digits.
fn hex(seed: u64, digits: usize) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    (0..digits)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            char::from_digit((state >> 32) as u32 % 16, 16).unwrap()
        })
        .collect()
}

fn interaction(n: u64, total: u64) -> Interaction {
    let timestamp = START + (n * 365 * 86_400_000 / total).cast_signed();
    let trace = hex(n / 2, 32);
    let session = n / 10;
    let (provider, model) = MODELS[(session % 4) as usize];
    Interaction {
        id: format!("{trace}-{}", hex(n ^ 0xffff_0000, 16)),
        session_id: format!("{}-{}", hex(session, 8), hex(session + 1, 27)),
        tenant_id: String::new(),
        user_id: hex(session % 50, 24),
        timestamp: UnixMillis(timestamp),
        price_time: UnixMillis(timestamp + 4000),
        kind: InteractionType::Chat,
        duration_ms: Some(4000 + n % 1000),
        time_to_first_token_ms: Some(300 + n % 100),
        provider: provider.to_owned(),
        model_name: model.to_owned(),
        model_reported: None,
        endpoint: None,
        region: None,
        service_tier: None,
        usage: TokenUsage {
            input: 1200 + n % 3000,
            cache_read: 8000 + n % 1000,
            output: 300 + n % 200,
            reasoning: n % 400,
            ..TokenUsage::default()
        },
        units: Units::default(),
        reading: cost_calculation::Flags::NONE,
        usage_numbers: None,
        reported_cost: None,
        declared: None,
        agent: format!("agent_{}", hex(session % 8, 21)),
        agent_name: None,
        user_label: None,
        declared_by: None,
        message_id: Some(format!("{}-{}", hex(n / 2, 8), hex(n / 2 + 7, 27))),
        trace_id: Some(trace),
        context: Some("message".to_owned()),
        status: InteractionStatus::Ok,
        error: None,
        source: "langfuse",
        metadata: None,
    }
}

fn add_prices(database: &Sqlite) {
    for (provider, model) in [
        ("openai", "gpt-5-mini"),
        ("anthropic", "claude-sonnet-4-5"),
        ("google", "gemini-2.5-pro"),
        ("openai", "gpt-5"),
    ] {
        for resource in ["input", "cache_read", "output"] {
            database
                .execute_script(&format!(
                    "INSERT INTO prices (region, service_tier, min_context, schedule, currency, provider, model,
  resource_type, rate, per, valid_from,
                       valid_from_basis, source, source_revision, status, observed_at, cache_ttl_s)
                     VALUES ('', 'standard', 0, '', 'USD', '{provider}', '{model}', '{resource}', 250000000000, 1000000, 0,
                       'stated', 'example', 'r', 'active', 2000000000000, 86400)"
                ))
                .unwrap();
        }
    }
}

fn main() {
    let total: u64 = std::env::args()
        .nth(1)
        .map_or(50_000, |n| n.parse().unwrap());
    let path = std::env::temp_dir().join(format!("ingest-size-{}.sqlite", std::process::id()));
    let database = Sqlite::open(&path).unwrap();
    database.migrate().unwrap();
    add_prices(&database);
    let mut cache = IngestCache::default();
    let interactions: Vec<_> = (0..total).map(|n| interaction(n, total)).collect();
    let started = std::process::Command::new("date")
        .arg("+%s%N")
        .output()
        .unwrap();
    for chunk in interactions.chunks(2) {
        let context = IngestContext {
            received_at: chunk[0].timestamp,
            reporting_zone: ReportingZone::UTC,
            interaction_cost_max: PicoUsd::new(10_000 * 1_000_000_000_000),
            declared_cost_max: PicoUsd::new(i64::MAX),
            new_ingest_id,
        };
        block_on(ingest(&database, &mut cache, &context, chunk.to_vec())).unwrap();
    }
    let ended = std::process::Command::new("date")
        .arg("+%s%N")
        .output()
        .unwrap();
    let nanos = |output: &std::process::Output| -> i64 {
        String::from_utf8_lossy(&output.stdout)
            .trim()
            .parse()
            .unwrap()
    };
    println!(
        "{} µs an event, two a request",
        (nanos(&ended) - nanos(&started)) / 1000 / total.cast_signed()
    );
    database.with_connection(|connection| {
        let pages: i64 = connection
            .query_row(
                "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
                [],
                |row| row.get(0),
            )
            .unwrap();
        println!(
            "{} bytes an interaction in all",
            pages / total.cast_signed()
        );
        if let Ok(mut select) = connection
            .prepare("SELECT name, SUM(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC LIMIT 14")
        {
            let rows = select
                .query_map([], |row| {
                    Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))
                })
                .unwrap();
            for row in rows {
                let (name, bytes) = row.unwrap();
                println!("  {name}: {:.1}", bytes as f64 / total as f64);
            }
        }
    });
    std::fs::remove_file(path).unwrap();
}
