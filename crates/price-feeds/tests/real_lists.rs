//! The lists as their packages ship them: what is read, what is skipped and why, what waits.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test fails by panicking"
)]

use std::{collections::BTreeSet, fs::File, io::Read};

use flate2::read::GzDecoder;
use price_feeds::{
    Feed, Quote, Rate, SkipReason, Source, genai_prices, litellm,
    merge::{SourcedQuote, merge_model},
    snapshot,
};

/// 2026-11-23T00:00:00Z.
const NOW_MS: i64 = 1_795_392_000_000;

fn unpacked(name: &str) -> String {
    let path = format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut text = String::new();
    GzDecoder::new(File::open(path).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    text
}

fn litellm_feed() -> Feed {
    litellm::read(&unpacked("litellm-1.109.1.json.gz")).unwrap()
}

fn genai_feed() -> Feed {
    genai_prices::read(&unpacked("genai-prices-0.2.3.json.gz")).unwrap()
}

fn find<'a>(feed: &'a Feed, provider: &str, model: &str, resource: &str) -> Vec<&'a Quote> {
    feed.quotes
        .iter()
        .filter(|quote| {
            let key = &quote.key;
            (
                key.provider.as_str(),
                key.model.as_str(),
                key.resource_type.as_str(),
            ) == (provider, model, resource)
        })
        .collect()
}

/// `(region, tier, smallest context, dollars × 10¹² per million)` of undated quotes.
fn rates<'a>(quotes: &[&'a Quote]) -> Vec<(&'a str, &'a str, u64, i64)> {
    quotes
        .iter()
        .map(|quote| {
            let key = &quote.key;
            (
                key.region.as_str(),
                key.service_tier.as_str(),
                key.min_context,
                quote.rate.rate_pico,
            )
        })
        .collect()
}

const DOLLAR: i64 = 1_000_000_000_000;

#[test]
fn litellms_map_is_read_with_every_skip_accounted_for() {
    let feed = litellm_feed();
    assert_eq!((feed.model_count, feed.quotes.len()), (3601, 15_696));
    let skipped: Vec<_> = feed
        .skipped
        .iter()
        .map(|(why, count)| (*why, *count))
        .collect();
    assert_eq!(
        skipped,
        [
            (SkipReason::NotANumber, 1),
            (SkipReason::ZeroMeansUnknown, 94),
            (SkipReason::NoPrice, 120),
            (SkipReason::UnsupportedResource, 657),
            (SkipReason::ContradictsItself, 62),
            (SkipReason::Provisioned, 28),
        ]
    );
}

#[test]
fn genai_prices_are_read_with_their_dates() {
    let feed = genai_feed();
    assert_eq!((feed.model_count, feed.quotes.len()), (2995, 12_847));
    assert_eq!(feed.skipped_count(), 38);
    let dated: Vec<_> = find(&feed, "mistral", "mistral-large-4", "input")
        .iter()
        .filter(|quote| quote.key.service_tier == "standard")
        .map(|quote| (quote.valid_from_ms, quote.valid_to_ms, quote.rate.rate_pico))
        .collect();
    let (first, second) = (1_792_454_400_000, 1_793_232_000_000);
    assert_eq!(
        dated,
        [
            (0, Some(first), 680_000_000_000),
            (first, Some(second), 1_360_000_000_000),
            (second, None, 700_000_000_000),
        ]
    );
}

#[test]
fn suffixes_become_tiers_contexts_and_lifetimes() {
    let feed = litellm_feed();
    assert_eq!(
        rates(&find(&feed, "openai", "gpt-5-mini", "input")),
        [
            ("", "batch", 0, DOLLAR / 8),
            ("", "flex", 0, DOLLAR / 8),
            ("", "priority", 0, DOLLAR * 45 / 100),
            ("", "standard", 0, DOLLAR / 4),
        ]
    );
    let sonnet = "anthropic.claude-sonnet-4-5-20250929-v1:0";
    let writes = find(&feed, "aws", sonnet, "cache_write_1h");
    let expected = [
        ("", "standard", 0, 6 * DOLLAR),
        ("", "standard", 200_001, 12 * DOLLAR),
        ("us", "standard", 0, 6_600_000_000_000),
        ("us", "standard", 200_001, 13_200_000_000_000),
    ];
    for rate in expected {
        assert!(rates(&writes).contains(&rate), "{rate:?}");
    }
    // xAI counts its boundary itself as long.
    let contexts: BTreeSet<u64> = feed
        .quotes
        .iter()
        .filter(|quote| quote.key.provider == "x-ai")
        .map(|quote| quote.key.min_context)
        .collect();
    assert!(
        contexts.contains(&200_000) && !contexts.contains(&200_001),
        "{contexts:?}"
    );
}

#[test]
fn windows_factors_and_fast_tiers_are_read() {
    let feed = litellm_feed();
    let off_peak = find(&feed, "deepseek", "deepseek-v4-flash", "input");
    let windows: Vec<_> = off_peak
        .iter()
        .map(|quote| (quote.key.schedule.as_str(), quote.rate.rate_pico))
        .collect();
    assert_eq!(
        windows,
        [
            ("", DOLLAR * 3 / 10),
            (
                "mon-fri 00:00-01:00,04:00-06:00,10:00-00:00; sat-sun 00:00-00:00",
                DOLLAR * 15 / 100
            ),
        ]
    );
    let uplift = find(&feed, "anthropic", "claude-opus-4-6", "multiplier");
    let [uplift] = uplift.as_slice() else {
        panic!("{uplift:?}")
    };
    assert_eq!(
        (uplift.key.region.as_str(), uplift.rate),
        (
            "us",
            Rate {
                rate_pico: 11,
                per: 10
            }
        )
    );
    assert!(
        feed.quotes
            .iter()
            .any(|quote| quote.key.provider == "anthropic"
                && quote.key.service_tier == "fast"
                && quote.key.resource_type == "output")
    );
}

#[test]
fn every_schedule_is_one_that_the_engine_reads() {
    for quote in litellm_feed().quotes.iter().chain(&genai_feed().quotes) {
        let schedule = &quote.key.schedule;
        assert!(
            schedule.is_empty() || schedule.parse::<cost_calculation::Schedule>().is_ok(),
            "{schedule}"
        );
        assert!(quote.rate.rate_pico >= 0 && quote.rate.per > 0);
    }
}

fn sourced(source: Source, quotes: Vec<Quote>) -> Vec<SourcedQuote> {
    let with = |quote| SourcedQuote {
        source,
        revision: "r".to_owned(),
        quote,
    };
    quotes.into_iter().map(with).collect()
}

#[test]
fn the_slips_of_the_real_lists_do_not_come_into_force() {
    let (litellm, genai) = (litellm_feed(), genai_feed());
    for (provider, model, resource, context) in [
        ("azure", "jais-30b-chat", "output", 0),
        ("vertex", "gemini-2.5-pro", "cache_write_5m", 200_001),
    ] {
        let of_model = |feed: &Feed| -> Vec<Quote> {
            let is_of = |quote: &&Quote| quote.key.provider == provider && quote.key.model == model;
            feed.quotes.iter().filter(is_of).cloned().collect()
        };
        let mut quotes = sourced(Source::LiteLlm, of_model(&litellm));
        quotes.extend(sourced(Source::GenaiPrices, of_model(&genai)));
        let changes = merge_model(&quotes, &[], NOW_MS);
        let slip: Vec<_> = changes
            .open
            .iter()
            .filter(|row| row.key.resource_type == resource && row.key.min_context == context)
            .collect();
        assert_eq!(slip.len(), 1, "{model}: {slip:?}");
        assert!(slip[0].quarantined_because.is_some(), "{model} waits");
    }
}

#[test]
fn three_quarters_of_the_shared_models_agree_and_the_page_says_so() {
    let path = format!(
        "{}/../../docs/price-agreement.md",
        env!("CARGO_MANIFEST_DIR")
    );
    let page = std::fs::read_to_string(path).unwrap();
    let line = page
        .lines()
        .find(|line| line.contains("shared models agree"))
        .unwrap();
    let numbers: Vec<usize> = line
        .split(|character: char| !character.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect();
    let [agreed, shared, ..] = numbers.as_slice() else {
        panic!("{line}")
    };
    assert!(*shared > 500 && agreed * 4 >= shared * 3, "{line}");
}

#[test]
fn the_snapshot_is_written_as_it_was_read_and_a_cut_one_is_refused() {
    let path = format!(
        "{}/../../pricing/snapshot.jsonl",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read_to_string(path).unwrap();
    let read = snapshot::read(&text).unwrap();
    assert_eq!(snapshot::write(&read).unwrap(), text);
    let half = text.lines().take(100).collect::<Vec<_>>().join("\n");
    assert!(snapshot::read(&half).is_err());
}

#[test]
fn the_snapshot_is_what_its_sources_give() {
    let path = format!(
        "{}/../../pricing/snapshot.jsonl",
        env!("CARGO_MANIFEST_DIR")
    );
    let kept = snapshot::read(&std::fs::read_to_string(path).unwrap()).unwrap();
    let named = |source: Source, feed: Feed, revision: &str| {
        feed.quotes
            .into_iter()
            .map(|quote| SourcedQuote {
                source,
                revision: revision.to_owned(),
                quote,
            })
            .collect::<Vec<_>>()
    };
    let cloudflare = price_feeds::cloudflare::read(price_feeds::cloudflare::RATES).unwrap();
    let mut quotes = named(
        Source::Cloudflare,
        cloudflare,
        &format!("cloudflare-{}", kept.built_on),
    );
    quotes.extend(named(Source::LiteLlm, litellm_feed(), "litellm-1.109.1"));
    quotes.extend(named(
        Source::GenaiPrices,
        genai_feed(),
        "genai-prices-0.2.3",
    ));
    assert!(
        snapshot::merge(&quotes, NOW_MS) == kept.quotes,
        "run `make prices` and commit pricing/snapshot.jsonl"
    );
}
