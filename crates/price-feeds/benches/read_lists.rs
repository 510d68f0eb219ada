//! What reading and merging the real lists costs: `cargo bench -p price-feeds`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a benchmark fails by panicking"
)]

use std::{collections::BTreeMap, fs::File, hint::black_box, io::Read};

use criterion::{Criterion, criterion_group, criterion_main};
use flate2::read::GzDecoder;
use price_feeds::{
    Source, genai_prices, litellm,
    merge::{BookRow, RowStatus, SourcedQuote, merge_model},
    snapshot,
};

const NOW_MS: i64 = 1_795_392_000_000;

fn unpacked(name: &str) -> String {
    let path = format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut text = String::new();
    GzDecoder::new(File::open(path).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    text
}

type Models = BTreeMap<(String, String), (Vec<SourcedQuote>, Vec<BookRow>)>;

/// Every model of LiteLLM's map beside a book that was loaded from the snapshot.
fn models(litellm_text: &str, snapshot_text: &str) -> Models {
    let mut models: Models = BTreeMap::new();
    let live = litellm::read(litellm_text)
        .unwrap()
        .quotes
        .into_iter()
        .map(|quote| SourcedQuote {
            source: Source::LiteLlm,
            revision: "r".to_owned(),
            quote,
        });
    for quote in live.chain(snapshot::read(snapshot_text).unwrap().quotes) {
        let key = &quote.quote.key;
        models
            .entry((key.provider.clone(), key.model.clone()))
            .or_default()
            .0
            .push(quote);
    }
    for (quotes, rows) in models.values_mut() {
        let of_snapshot: Vec<_> = quotes
            .iter()
            .filter(|quote| quote.source == Source::Snapshot)
            .cloned()
            .collect();
        for (id, row) in merge_model(&of_snapshot, &[], NOW_MS)
            .open
            .into_iter()
            .enumerate()
        {
            rows.push(BookRow {
                id: i64::try_from(id).unwrap(),
                key: row.key,
                rate: row.rate,
                valid_from_ms: row.valid_from_ms,
                valid_to_ms: row.valid_to_ms,
                source: row.source.as_str().to_owned(),
                revision: row.revision,
                status: match row.quarantined_because {
                    Some(_) => RowStatus::Quarantined,
                    None => RowStatus::Active,
                },
            });
        }
    }
    models
}

fn bench(criterion: &mut Criterion) {
    let litellm_text = unpacked("litellm-1.109.1.json.gz");
    let genai_text = unpacked("genai-prices-0.2.3.json.gz");
    let path = format!(
        "{}/../../pricing/snapshot.jsonl",
        env!("CARGO_MANIFEST_DIR")
    );
    let snapshot_text = std::fs::read_to_string(path).unwrap();
    criterion.bench_function("read litellm's map (3.2 MB)", |bencher| {
        bencher.iter(|| litellm::read(black_box(&litellm_text)).unwrap());
    });
    criterion.bench_function("read genai-prices' data", |bencher| {
        bencher.iter(|| genai_prices::read(black_box(&genai_text)).unwrap());
    });
    criterion.bench_function("read the snapshot", |bencher| {
        bencher.iter(|| snapshot::read(black_box(&snapshot_text)).unwrap());
    });
    let models = models(&litellm_text, &snapshot_text);
    criterion.bench_function("merge litellm's map with the snapshot's book", |bencher| {
        bencher.iter(|| {
            models
                .values()
                .map(|(quotes, rows)| merge_model(quotes, rows, NOW_MS).open.len())
                .sum::<usize>()
        });
    });
}

criterion_group!(benches, bench);
criterion_main!(benches);
