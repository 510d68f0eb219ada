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
        revision: "r0".to_owned(),
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

/// The book after the changes.
fn applied(rows: &[BookRow], changes: &ModelChanges) -> Vec<BookRow> {
    let mut rows = rows.to_vec();
    for (id, end_ms) in &changes.close {
        let row = rows.iter_mut().find(|row| row.id == *id).unwrap();
        assert!(
            *end_ms >= row.valid_from_ms,
            "{row:?} ends before it begins"
        );
        row.valid_to_ms = Some(*end_ms);
    }
    for (id, _) in &changes.withdraw {
        rows.iter_mut().find(|row| row.id == *id).unwrap().status = RowStatus::Withdrawn;
    }
    for new in &changes.open {
        let id = i64::try_from(rows.len()).unwrap() + 1;
        rows.push(BookRow {
            id,
            key: new.key.clone(),
            rate: new.rate,
            valid_from_ms: new.valid_from_ms,
            valid_to_ms: new.valid_to_ms,
            source: new.source.as_str().to_owned(),
            revision: new.revision.clone(),
            status: match new.quarantined_because {
                Some(_) => RowStatus::Quarantined,
                None => RowStatus::Active,
            },
        });
    }
    rows
}

/// Whose rate holds at a moment, of the base of `input`.
fn at(rows: &[BookRow], at_ms: i64) -> Option<(&str, Rate)> {
    let mut in_force = rows
        .iter()
        .filter(|row| row.key == key("input", 0) && row.is_in_force(at_ms));
    let row = in_force.next()?;
    assert_eq!(in_force.next(), None, "two rows hold at {at_ms}");
    Some((&row.source, row.rate))
}

fn word(rate: Rate, from_ms: i64, to_ms: Option<i64>) -> SourcedQuote {
    let mut word = quote(Source::Override, "input", rate);
    word.quote.valid_from_ms = from_ms;
    word.quote.valid_to_ms = to_ms;
    word
}

#[test]
fn an_announced_override_is_in_the_book_before_it_begins() {
    let rows = [row(1, "input", cents(25), Source::LiteLlm)];
    let (from_ms, to_ms) = (NOW_MS + DAY_MS, NOW_MS + 3 * DAY_MS);
    let list = quote(Source::LiteLlm, "input", cents(25));
    let quotes = [list.clone(), word(cents(2), from_ms, Some(to_ms))];
    let book = applied(&rows, &merge_model(&quotes, &rows, NOW_MS));
    let list_price = Some(("litellm", cents(25)));
    assert_eq!(at(&book, NOW_MS), list_price);
    assert_eq!(at(&book, from_ms - 1), list_price);
    assert_eq!(at(&book, from_ms), Some(("override", cents(2))));
    assert_eq!(at(&book, to_ms), list_price, "without any run in between");
    // While it is announced, and while it holds, the list price moves on beside it.
    for now_ms in [NOW_MS + 1, from_ms + 1] {
        let moved = [
            quote(Source::LiteLlm, "input", cents(30)),
            word(cents(2), from_ms, Some(to_ms)),
        ];
        let book = applied(&book, &merge_model(&moved, &book, now_ms));
        assert_eq!(at(&book, from_ms), Some(("override", cents(2))));
        assert_eq!(at(&book, to_ms), Some(("litellm", cents(30))));
        assert_eq!(at(&book, NOW_MS), list_price, "what was before stays");
    }
    // Taken back before it began, it never was.
    let book = applied(&book, &merge_model(&[list], &book, NOW_MS + 1));
    assert_eq!(at(&book, from_ms), list_price);
    assert_eq!(at(&book, to_ms + DAY_MS), list_price);
}

#[test]
fn an_override_that_is_taken_back_for_the_past_leaves_the_list_price_there() {
    let rows = [row(1, "input", cents(25), Source::LiteLlm)];
    let list = quote(Source::LiteLlm, "input", cents(25));
    let start_ms = NOW_MS - 10 * DAY_MS;
    let with = [list.clone(), word(cents(2), start_ms, None)];
    let book = applied(&rows, &merge_model(&with, &rows, NOW_MS));
    let end_ms = NOW_MS - 4 * DAY_MS;
    let ended = [list, word(cents(2), start_ms, Some(end_ms))];
    let book = applied(&book, &merge_model(&ended, &book, NOW_MS));
    assert_eq!(at(&book, end_ms - 1), Some(("override", cents(2))));
    assert_eq!(at(&book, end_ms), Some(("litellm", cents(25))));
}

#[test]
fn an_announced_price_of_an_unknown_model_begins_when_it_says() {
    let later = word(cents(2), NOW_MS + DAY_MS, None);
    let book = applied(&[], &merge_model(&[later], &[], NOW_MS));
    assert_eq!(at(&book, NOW_MS), None);
    assert_eq!(at(&book, NOW_MS + DAY_MS), Some(("override", cents(2))));
    let now = word(cents(2), NOW_MS, None);
    let book = applied(&[], &merge_model(&[now], &[], NOW_MS));
    assert_eq!(
        at(&book, 0),
        Some(("override", cents(2))),
        "assumed from the beginning"
    );
}

#[test]
fn a_slip_that_comes_back_waits_again() {
    let rows = [row(1, "input", cents(25), Source::LiteLlm)];
    let slip = [quote(Source::LiteLlm, "input", cents(25_000))];
    let sound = [quote(Source::LiteLlm, "input", cents(25))];
    let waiting = |rows: &[BookRow]| {
        let is_waiting = |row: &&BookRow| row.status == RowStatus::Quarantined;
        rows.iter().filter(is_waiting).count()
    };
    let book = applied(&rows, &merge_model(&slip, &rows, NOW_MS));
    assert_eq!(waiting(&book), 1);
    let book = applied(&book, &merge_model(&sound, &book, NOW_MS + 1));
    assert_eq!(waiting(&book), 0);
    let book = applied(&book, &merge_model(&slip, &book, NOW_MS + 2));
    assert_eq!(waiting(&book), 1, "it is not refused in silence");
    assert_eq!(at(&book, NOW_MS + 3), Some(("litellm", cents(25))));
}

#[test]
fn a_new_context_tier_window_region_or_factor_is_no_way_around_the_guard() {
    let book = [
        row(1, "input", cents(25), Source::LiteLlm),
        row(2, "output", cents(100), Source::LiteLlm),
    ];
    let waits = |change: fn(&mut PriceKey), resource: &str, rate: Rate| {
        let mut new = quote(Source::LiteLlm, resource, rate);
        change(&mut new.quote.key);
        let known = [
            quote(Source::LiteLlm, "input", cents(25)),
            quote(Source::LiteLlm, "output", cents(100)),
            new,
        ];
        let changes = merge_model(&known, &book, NOW_MS);
        let [opened] = changes.open.as_slice() else {
            panic!("{changes:?}")
        };
        opened.quarantined_because.is_some()
    };
    let tier = |key: &mut PriceKey| key.min_context = 1_001;
    assert!(
        waits(tier, "input", cents(0)),
        "free above a thousand tokens"
    );
    assert!(waits(tier, "input", cents(25_000)));
    assert!(!waits(tier, "input", cents(50)), "a real one is dearer");
    let always = |key: &mut PriceKey| "00:00-00:00".clone_into(&mut key.schedule);
    assert!(waits(always, "output", cents(0)), "free all day");
    assert!(
        !waits(always, "output", cents(50)),
        "a real one is half as dear"
    );
    let region = |key: &mut PriceKey| "eu".clone_into(&mut key.region);
    assert!(waits(region, "input", cents(0)));
    assert!(!waits(region, "input", cents(27)));
    let batch = |key: &mut PriceKey| "batch".clone_into(&mut key.service_tier);
    assert!(waits(batch, "input", cents(0)));
    assert!(!waits(batch, "input", cents(12)));
    let factor = |rate_pico, per| Rate { rate_pico, per };
    assert!(waits(region, "multiplier", factor(1_000, 1)));
    assert!(waits(region, "multiplier", factor(0, 1)));
    assert!(!waits(region, "multiplier", factor(11, 10)));
    let plain = |_: &mut PriceKey| {};
    assert!(waits(
        plain,
        "web_search",
        factor(101_000_000_000_000_000, 1_000)
    ));
    assert!(!waits(
        plain,
        "web_search",
        factor(10_000_000_000_000, 1_000)
    ));
}

#[test]
fn a_list_moves_no_price_of_last_year() {
    let rows = [row(1, "input", cents(25), Source::GenaiPrices)];
    let dated = |days: i64| {
        let mut dated = quote(Source::GenaiPrices, "input", cents(50));
        dated.quote.valid_from_ms = NOW_MS - days * DAY_MS;
        applied(&rows, &merge_model(&[dated], &rows, NOW_MS))
    };
    let recent = dated(10);
    assert_eq!(
        at(&recent, NOW_MS - 10 * DAY_MS),
        Some(("genai-prices", cents(50)))
    );
    let old = dated(400);
    assert_eq!(at(&old, NOW_MS - 1), Some(("genai-prices", cents(25))));
    assert_eq!(at(&old, NOW_MS), Some(("genai-prices", cents(50))));
}

mod any_history {
    use proptest::prelude::*;

    use super::*;

    /// What a source says for some time, in steps of a day around now.
    #[derive(Debug, Clone)]
    struct Said {
        source: Source,
        cents: i64,
        from_day: i64,
        days: Option<i64>,
    }

    fn said() -> impl Strategy<Value = Said> {
        let source = prop_oneof![
            Just(Source::LiteLlm),
            Just(Source::GenaiPrices),
            Just(Source::Override)
        ];
        let cents = prop_oneof![Just(20), Just(25), Just(30), Just(0), Just(9_000)];
        (source, cents, -40_i64..20, proptest::option::of(1_i64..15)).prop_map(
            |(source, cents, from_day, days)| Said {
                source,
                cents,
                from_day,
                days,
            },
        )
    }

    /// Each source's words as the tables would keep them: no two of one source at a time.
    fn quotes_of(said: &[Said]) -> Vec<SourcedQuote> {
        let mut quotes: Vec<SourcedQuote> = Vec::new();
        for word in said {
            let mut quote = quote(word.source, "input", super::cents(word.cents));
            let is_undated = word.source == Source::LiteLlm;
            if !is_undated {
                quote.quote.valid_from_ms = NOW_MS + word.from_day * DAY_MS;
                quote.quote.valid_to_ms = word
                    .days
                    .map(|days| quote.quote.valid_from_ms + days * DAY_MS);
            }
            let overlaps = quotes.iter().any(|other| {
                let end = |quote: &SourcedQuote| quote.quote.valid_to_ms.unwrap_or(i64::MAX);
                other.source == quote.source
                    && other.quote.valid_from_ms < end(&quote)
                    && quote.quote.valid_from_ms < end(other)
            });
            if !overlaps {
                quotes.push(quote);
            }
        }
        quotes
    }

    proptest! {
        #[test]
        fn a_merge_that_is_done_again_changes_nothing_and_an_override_holds_when_it_says(
            histories in proptest::collection::vec(proptest::collection::vec(said(), 0..5), 1..5)
        ) {
            let mut book: Vec<BookRow> = Vec::new();
            for (step, said) in (0..).zip(&histories) {
                let now_ms = NOW_MS + step * DAY_MS / 2;
                let quotes = quotes_of(said);
                let past: Vec<_> = (1..60).map(|day| at(&book, now_ms - day * DAY_MS)).map(|found|
                    found.map(|(source, rate)| (source.to_owned(), rate))).collect();
                let changed = applied(&book, &merge_model(&quotes, &book, now_ms));
                let again = merge_model(&quotes, &changed, now_ms);
                prop_assert!(again.is_empty(), "{again:?} after {changed:?}");
                let later = merge_model(&quotes, &changed, now_ms + 1);
                let is_due = quotes.iter().any(|quote| [Some(quote.quote.valid_from_ms),
                    quote.quote.valid_to_ms].contains(&Some(now_ms + 1)));
                prop_assert!(is_due || later.is_empty(), "{later:?} after {changed:?}");
                for day in -1..40 {
                    let at_ms = now_ms + day * DAY_MS / 2;
                    let overridden = quotes.iter().find(|quote| quote.source == Source::Override
                        && quote.is_in_force(at_ms)
                        && quote.quote.valid_to_ms.is_none_or(|end| end > now_ms));
                    let found = at(&changed, at_ms);
                    if let Some(word) = overridden {
                        prop_assert_eq!(found, Some(("override", word.quote.rate)), "{} {:?}", day, changed);
                    } else if day >= 0 {
                        prop_assert!(found.is_none_or(|(source, _)| source != "override"), "{} {:?}", day, changed);
                    }
                }
                // No list moves what was, further back than it may.
                if quotes.iter().all(|quote| quote.source != Source::Override)
                    && book.iter().all(|row| !row.is_override()) && !book.is_empty() {
                    for (day, before) in (1..60).zip(past).skip(36) {
                        let now = at(&changed, now_ms - day * DAY_MS);
                        prop_assert_eq!(now.map(|(source, rate)| (source.to_owned(), rate)), before);
                    }
                }
                book = changed;
            }
        }
    }
}

/// A quote of a model that names its size.
fn sized(source: Source, model: &str, rate: Rate) -> SourcedQuote {
    let mut said = quote(source, "input", rate);
    said.quote.key.model = model.to_owned();
    said
}

#[test]
fn a_rate_that_no_model_of_its_size_has_waits_from_the_beginning() {
    for (model, dollars, waits) in [
        ("jais-13b-chat", 500, true),
        ("core42/jais-13b-chat", 30, false),
        ("core42/jais-13b-chat", 32, true),
        ("llama-3.1-405b", 200, false),
        ("llama-3.1-405b", 300, true),
        ("qwen3-235b-a22b", 140, false),
        ("phi-1.5b", 26, true),
        ("o1-pro", 600, false),
        ("model-20260101b", 600, false),
        ("gpt-4b0", 600, false),
    ] {
        let said = sized(Source::LiteLlm, model, cents(dollars * 100));
        let changes = merge_model(&[said], &[], NOW_MS);
        let waiting: Vec<bool> = changes
            .open
            .iter()
            .map(|row| row.quarantined_because.is_some())
            .collect();
        assert_eq!(waiting, [waits], "{model} at {dollars}");
    }
}

#[test]
fn a_slip_that_is_in_force_is_not_defended_against_its_correction() {
    let mut slip = row(1, "input", cents(50_000), Source::LiteLlm);
    slip.key.model = "jais-13b-chat".to_owned();
    let corrected = sized(Source::LiteLlm, "jais-13b-chat", cents(180));
    let changes = merge_model(&[corrected], &[slip.clone()], NOW_MS);
    assert_eq!(
        opened(&changes),
        [(Source::LiteLlm, cents(180), NOW_MS, false)]
    );
    // To zero is no correction, and neither is one slip for another.
    for still_wrong in [cents(0), cents(5_000)] {
        let said = sized(Source::LiteLlm, "jais-13b-chat", still_wrong);
        let changes = merge_model(&[said], &[slip.clone()], NOW_MS);
        assert!(
            changes
                .open
                .iter()
                .all(|row| row.quarantined_because.is_some())
        );
        assert!(changes.close.is_empty(), "what is in force stays");
    }
}

#[test]
fn a_change_towards_what_another_source_says_does_not_wait_and_one_away_from_it_does() {
    let in_force = [row(1, "input", cents(1_000), Source::LiteLlm)];
    let merged = |rate, other| {
        let quotes = [
            quote(Source::LiteLlm, "input", rate),
            quote(Source::GenaiPrices, "input", other),
        ];
        opened(&merge_model(&quotes, &in_force, NOW_MS))
    };
    assert_eq!(
        merged(cents(100), cents(120)),
        [(Source::LiteLlm, cents(100), NOW_MS, false)]
    );
    assert!(merged(cents(100), cents(1_000))[0].3, "away from agreement");
    assert!(
        merged(cents(100), cents(300))[0].3,
        "not to what the other says"
    );
}

#[test]
fn a_first_rate_that_two_others_dispute_waits_and_the_next_source_decides() {
    let quotes = [
        quote(Source::LiteLlm, "input", cents(5_000)),
        quote(Source::GenaiPrices, "input", cents(200)),
        quote(Source::ModelsDev, "input", cents(200)),
    ];
    let changes = merge_model(&quotes, &[], NOW_MS);
    let mut opened = opened(&changes);
    opened.sort_by_key(|row| row.3);
    assert_eq!(opened[0], (Source::GenaiPrices, cents(200), 0, false));
    assert_eq!((opened[1].0, opened[1].3), (Source::LiteLlm, true));
    // One that differs is a conflict, and no more.
    let changes = merge_model(&quotes[..2], &[], NOW_MS);
    assert!(
        changes
            .open
            .iter()
            .all(|row| row.quarantined_because.is_none())
    );
    assert_eq!(changes.conflicts.len(), 1);
}

#[test]
fn a_region_far_from_the_models_plain_rate_waits_from_the_beginning() {
    let mut regional = quote(Source::LiteLlm, "input", cents(4_000));
    regional.quote.key.region = "eu".to_owned();
    let plain = quote(Source::LiteLlm, "input", cents(100));
    let waiting = |quotes: &[SourcedQuote]| {
        let changes = merge_model(quotes, &[], NOW_MS);
        changes
            .open
            .iter()
            .filter(|row| row.quarantined_because.is_some())
            .count()
    };
    assert_eq!(waiting(&[plain.clone(), regional.clone()]), 1);
    regional.quote.rate = cents(1_200);
    assert_eq!(waiting(&[plain, regional]), 0);
}
