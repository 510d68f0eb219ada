//! The merge's promises, on small made-up models.

use cost_calculation::ValidFromBasis;

use super::{BookRow, ModelChanges, RowStatus, SourcedQuote, merge_model};
use crate::{PriceKey, Quote, Rate, Source};

const NOW_MS: i64 = 1_795_392_000_000;
const DAY_MS: i64 = 86_400_000;

fn key(resource: &str, min_context: u64) -> PriceKey {
    PriceKey {
        provider: "openai".to_owned(),
        model: "gpt-x".to_owned(),
        resource_type: resource.to_owned(),
        service_tier: "standard".to_owned(),
        min_context,
        ..PriceKey::default()
    }
}

/// A rate in cents for a million tokens.
const fn cents(cents: i64) -> Rate {
    Rate {
        rate_pico: cents * 10_000_000_000,
        per: 1_000_000,
    }
}

fn quote(source: Source, resource: &str, rate: Rate) -> SourcedQuote {
    SourcedQuote {
        source,
        revision: "r1".to_owned(),
        quote: Quote {
            key: key(resource, 0),
            valid_from_ms: 0,
            valid_to_ms: None,
            rate,
        },
    }
}

fn row(id: i64, resource: &str, rate: Rate, source: Source) -> BookRow {
    BookRow {
        id,
        key: key(resource, 0),
        rate,
        valid_from_ms: 0,
        valid_to_ms: None,
        source: source.as_str().to_owned(),
        status: RowStatus::Active,
    }
}

fn opened(changes: &ModelChanges) -> Vec<(Source, Rate, i64, bool)> {
    changes
        .open
        .iter()
        .map(|row| {
            (
                row.source,
                row.rate,
                row.valid_from_ms,
                row.quarantined_because.is_some(),
            )
        })
        .collect()
}

#[test]
fn the_first_price_of_a_key_holds_from_the_beginning_and_says_that_this_is_assumed() {
    let changes = merge_model(&[quote(Source::LiteLlm, "input", cents(25))], &[], NOW_MS);
    assert_eq!(opened(&changes), [(Source::LiteLlm, cents(25), 0, false)]);
    assert_eq!(changes.open[0].basis, ValidFromBasis::Assumed);
}

#[test]
fn a_missing_field_is_filled_from_the_next_source() {
    let quotes = [
        quote(Source::LiteLlm, "input", cents(25)),
        quote(Source::GenaiPrices, "input", cents(25)),
        quote(Source::GenaiPrices, "cache_read", cents(2)),
        quote(Source::ModelsDev, "cache_read", cents(1)),
    ];
    let changes = merge_model(&quotes, &[], NOW_MS);
    assert_eq!(
        opened(&changes),
        [
            (Source::GenaiPrices, cents(2), 0, false),
            (Source::LiteLlm, cents(25), 0, false),
        ]
    );
    assert_eq!(
        changes.conflicts.len(),
        1,
        "two sources differ on the cache read"
    );
}

#[test]
fn a_source_may_speak_for_its_own_provider_only() {
    let quotes = [
        quote(Source::OpenRouter, "input", cents(1)),
        quote(Source::LiteLlm, "input", cents(25)),
    ];
    let changes = merge_model(&quotes, &[], NOW_MS);
    assert_eq!(opened(&changes), [(Source::LiteLlm, cents(25), 0, false)]);
}

#[test]
fn dated_changes_fill_the_past_of_a_price_that_another_source_gives() {
    let change_ms = NOW_MS - 30 * DAY_MS;
    let mut before = quote(Source::GenaiPrices, "input", cents(40));
    before.quote.valid_to_ms = Some(change_ms);
    let mut after = quote(Source::GenaiPrices, "input", cents(25));
    after.quote.valid_from_ms = change_ms;
    let quotes = [before, after, quote(Source::LiteLlm, "input", cents(25))];
    let changes = merge_model(&quotes, &[], NOW_MS);
    let rows: Vec<_> = changes
        .open
        .iter()
        .map(|row| {
            (
                row.source,
                row.rate,
                row.valid_from_ms,
                row.valid_to_ms,
                row.basis,
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            (
                Source::GenaiPrices,
                cents(40),
                0,
                Some(change_ms),
                ValidFromBasis::Assumed
            ),
            (
                Source::LiteLlm,
                cents(25),
                change_ms,
                None,
                ValidFromBasis::Stated
            ),
        ]
    );
}

#[test]
fn a_change_closes_a_row_and_opens_one_and_an_unchanged_price_does_nothing() {
    let rows = [row(7, "input", cents(25), Source::LiteLlm)];
    let unchanged = merge_model(&[quote(Source::LiteLlm, "input", cents(25))], &rows, NOW_MS);
    assert!(unchanged.is_empty());
    // The snapshot's row stays when the live source confirms it.
    let confirmed = [row(7, "input", cents(25), Source::Snapshot)];
    assert!(
        merge_model(
            &[quote(Source::LiteLlm, "input", cents(25))],
            &confirmed,
            NOW_MS
        )
        .is_empty()
    );
    let changed = merge_model(&[quote(Source::LiteLlm, "input", cents(30))], &rows, NOW_MS);
    assert_eq!(changed.close, [(7, NOW_MS)]);
    assert_eq!(
        opened(&changed),
        [(Source::LiteLlm, cents(30), NOW_MS, false)]
    );
    assert_eq!(changed.open[0].basis, ValidFromBasis::Observed);
}

#[test]
fn what_looks_like_a_slip_waits_and_the_price_in_force_stays() {
    let rows = [row(7, "input", cents(25), Source::LiteLlm)];
    for slip in [cents(25_000), cents(76), cents(8), cents(0)] {
        let changes = merge_model(&[quote(Source::LiteLlm, "input", slip)], &rows, NOW_MS);
        assert_eq!(changes.close, [], "{slip:?}");
        assert_eq!(opened(&changes), [(Source::LiteLlm, slip, NOW_MS, true)]);
    }
    // Above a thousand dollars for a million tokens, without any predecessor.
    let dear = merge_model(
        &[quote(Source::LiteLlm, "output", cents(971_000))],
        &[],
        NOW_MS,
    );
    assert_eq!(
        opened(&dear),
        [(Source::LiteLlm, cents(971_000), NOW_MS, true)]
    );
}

#[test]
fn a_second_source_lifts_the_quarantine() {
    let mut waiting = row(8, "input", cents(100), Source::LiteLlm);
    waiting.status = RowStatus::Quarantined;
    let rows = [row(7, "input", cents(25), Source::LiteLlm), waiting];
    let alone = [quote(Source::LiteLlm, "input", cents(100))];
    assert!(
        merge_model(&alone, &rows, NOW_MS).is_empty(),
        "it is not quarantined twice"
    );
    let both = [
        alone[0].clone(),
        quote(Source::GenaiPrices, "input", cents(100)),
    ];
    let changes = merge_model(&both, &rows, NOW_MS);
    assert_eq!(changes.close, [(7, NOW_MS)]);
    assert_eq!(
        opened(&changes),
        [(Source::LiteLlm, cents(100), NOW_MS, false)]
    );
    assert_eq!(changes.withdraw, [(8, "settled by another source")]);
    // The snapshot only repeats what the sources once said.
    let echo = [
        alone[0].clone(),
        quote(Source::Snapshot, "input", cents(100)),
    ];
    assert!(merge_model(&echo, &rows, NOW_MS).is_empty());
    // A source that takes its word back takes the waiting row with it.
    let back = merge_model(&[quote(Source::LiteLlm, "input", cents(25))], &rows, NOW_MS);
    assert_eq!(back.withdraw, [(8, "no longer quoted")]);
}

#[test]
fn a_rejected_rate_stays_rejected() {
    let mut rejected = row(8, "input", cents(100), Source::LiteLlm);
    rejected.status = RowStatus::Rejected;
    let rows = [row(7, "input", cents(25), Source::LiteLlm), rejected];
    assert!(
        merge_model(
            &[quote(Source::LiteLlm, "input", cents(100))],
            &rows,
            NOW_MS
        )
        .is_empty()
    );
}

#[test]
fn a_cheap_cache_write_waits_at_the_price_of_a_read_or_for_long_contexts_alone() {
    let at = |min_context: u64, resource: &str, rate: Rate| {
        let mut quote = quote(Source::LiteLlm, resource, rate);
        quote.quote.key.min_context = min_context;
        quote
    };
    let waiting = |min_context: u64, write: Rate| {
        let quotes = [
            at(min_context, "input", cents(250)),
            at(min_context, "cache_read", cents(25)),
            at(min_context, "cache_write_5m", write),
        ];
        let opened = merge_model(&quotes, &[], NOW_MS).open;
        let waiting: Vec<_> = opened
            .into_iter()
            .filter(|row| row.quarantined_because.is_some())
            .map(|row| row.key.resource_type)
            .collect();
        waiting
    };
    assert_eq!(waiting(0, cents(25)), ["cache_write_5m"]);
    assert_eq!(waiting(200_001, cents(38)), ["cache_write_5m"]);
    assert!(
        waiting(0, cents(38)).is_empty(),
        "some charge for storage alone"
    );
    assert!(waiting(200_001, cents(0)).is_empty(), "free is a price");
    assert!(waiting(200_001, cents(312)).is_empty());
}

#[test]
fn an_override_wins_and_the_list_price_resumes_when_it_ends() {
    let rows = [row(7, "input", cents(25), Source::LiteLlm)];
    let start_ms = NOW_MS - 3 * DAY_MS;
    let mut contract = quote(Source::Override, "input", cents(2));
    contract.quote.valid_from_ms = start_ms;
    let list = quote(Source::LiteLlm, "input", cents(25));
    let changes = merge_model(&[contract, list.clone()], &rows, NOW_MS);
    assert_eq!(changes.close, [(7, start_ms)]);
    assert_eq!(
        opened(&changes),
        [(Source::Override, cents(2), start_ms, false)]
    );

    let mut closed = row(7, "input", cents(25), Source::LiteLlm);
    closed.valid_to_ms = Some(start_ms);
    let mut contract_row = row(8, "input", cents(2), Source::Override);
    contract_row.valid_from_ms = start_ms;
    let ended = merge_model(
        std::slice::from_ref(&list),
        &[closed.clone(), contract_row.clone()],
        NOW_MS,
    );
    assert_eq!(ended.close, [(8, NOW_MS)]);
    assert_eq!(
        opened(&ended),
        [(Source::LiteLlm, cents(25), NOW_MS, false)]
    );

    // One that ended by its own date leaves no gap.
    contract_row.valid_to_ms = Some(NOW_MS - DAY_MS);
    let expired = merge_model(&[list], &[closed, contract_row], NOW_MS);
    assert_eq!(
        opened(&expired),
        [(Source::LiteLlm, cents(25), NOW_MS - DAY_MS, false)]
    );
}

#[test]
fn prices_in_force_stay_when_no_source_speaks_of_them() {
    assert!(merge_model(&[], &[row(7, "input", cents(25), Source::LiteLlm)], NOW_MS).is_empty());
}

#[test]
fn all_context_tiers_of_a_field_come_from_one_source() {
    let mut tier = quote(Source::GenaiPrices, "input", cents(50));
    tier.quote.key.min_context = 200_001;
    let quotes = [
        quote(Source::LiteLlm, "input", cents(25)),
        quote(Source::GenaiPrices, "input", cents(25)),
        tier,
    ];
    let changes = merge_model(&quotes, &[], NOW_MS);
    assert_eq!(opened(&changes), [(Source::LiteLlm, cents(25), 0, false)]);
    // A tier that its source drops ends; one whose end would be a leap stays.
    let mut known = row(8, "input", cents(50), Source::LiteLlm);
    known.key.min_context = 200_001;
    let rows = [row(7, "input", cents(25), Source::LiteLlm), known.clone()];
    assert_eq!(merge_model(&quotes, &rows, NOW_MS).close, [(8, NOW_MS)]);
    known.rate = cents(500);
    let rows = [row(7, "input", cents(25), Source::LiteLlm), known];
    assert!(merge_model(&quotes, &rows, NOW_MS).is_empty());
}

#[test]
fn an_override_of_one_context_tier_leaves_the_others_to_the_lists() {
    let mut contract = quote(Source::Override, "input", cents(40));
    contract.quote.key.min_context = 200_001;
    let list = quote(Source::LiteLlm, "input", cents(25));
    let rows = [row(7, "input", cents(25), Source::LiteLlm)];
    let changes = merge_model(&[contract.clone(), list], &rows, NOW_MS);
    assert_eq!(changes.close, []);
    assert_eq!(
        opened(&changes),
        [(Source::Override, cents(40), NOW_MS, false)]
    );
    // Also where no list speaks any more.
    let alone = merge_model(&[contract], &rows, NOW_MS);
    assert_eq!(alone.close, []);
    assert_eq!(
        opened(&alone),
        [(Source::Override, cents(40), NOW_MS, false)]
    );
}

#[test]
fn a_row_of_the_snapshot_names_the_list_that_it_repeats() {
    let mut quote = quote(Source::Snapshot, "input", cents(25));
    quote.revision = "genai-prices-0.2.3".to_owned();
    let changes = merge_model(&[quote], &[], NOW_MS);
    assert_eq!(
        opened(&changes),
        [(Source::GenaiPrices, cents(25), 0, false)]
    );
    assert_eq!(changes.open[0].revision, "snapshot genai-prices-0.2.3");
}
