//! Lines beside the ten buckets: parts of them, searches and their fees, seconds, unread figures.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

mod rates;

use cost_calculation::{
    Billable, Component, Estimate, Flag, Flags, PriceBook, PriceRow, PriceState, TokenUsage, Units,
};
use rates::{above, book, call, model, price, row};

fn units(calls: &[(&str, u64)]) -> Units {
    let calls = calls
        .iter()
        .map(|(name, count)| ((*name).to_owned(), *count));
    Units {
        calls: calls.collect(),
        ..Units::default()
    }
}

fn priced(book: &PriceBook, usage: &TokenUsage, calls: &[(&str, u64)]) -> Estimate {
    let units = units(calls);
    let billable = Billable {
        units: &units,
        ..call("p", "m", usage)
    };
    price(book, &billable)
}

fn total(estimate: &Estimate) -> String {
    estimate
        .total
        .map_or("unknown".to_owned(), |total| total.to_string())
}

const CACHED: TokenUsage = TokenUsage {
    input: 0,
    cache_read: 1_000_000,
    cache_write_5m: 0,
    cache_write_1h: 0,
    output: 0,
    reasoning: 0,
    audio_in: 0,
    audio_out: 0,
    image_in: 0,
    image_out: 0,
};

#[test]
fn a_part_of_a_bucket_is_a_line_of_its_own_and_the_bucket_is_what_remains() {
    let book = book([model(
        "p",
        "m",
        &[
            ("input", "4"),
            ("cache_read", "1"),
            ("cache_read_audio", "3"),
            ("audio_in", "32"),
        ],
    )]);
    let estimate = priced(&book, &CACHED, &[("cache_read_audio", 400_000)]);
    let lines: Vec<_> = estimate
        .lines
        .iter()
        .map(|line| (line.resource.as_str(), line.quantity, line.component))
        .collect();
    let tokens = Component::AiTokens;
    assert_eq!(
        lines,
        [
            ("cache_read_audio", 400_000, tokens),
            ("cache_read", 600_000, tokens)
        ]
    );
    assert_eq!(total(&estimate), "1.8");
}

#[test]
fn cached_audio_has_the_cached_rate_only_where_audio_costs_what_text_does() {
    let same = book([model("p", "m", &[("input", "4"), ("cache_read", "1")])]);
    let estimate = priced(&same, &CACHED, &[("cache_read_audio", 400_000)]);
    assert_eq!(
        (total(&estimate).as_str(), estimate.price_state),
        ("1", PriceState::Priced)
    );
    let other = [("input", "4"), ("cache_read", "1"), ("audio_in", "32")];
    let estimate = priced(
        &book([model("p", "m", &other)]),
        &CACHED,
        &[("cache_read_audio", 400_000)],
    );
    assert_eq!(
        (total(&estimate).as_str(), estimate.price_state),
        ("0.6", PriceState::Partial)
    );
}

#[test]
fn a_part_that_is_more_than_its_bucket_is_no_part_of_it() {
    let book = book([model("p", "m", &[("input", "4"), ("cache_read", "1")])]);
    let estimate = priced(&book, &CACHED, &[("cache_read_audio", 1_000_001)]);
    assert_eq!(
        (total(&estimate).as_str(), estimate.price_state),
        ("1", PriceState::Partial)
    );
    assert_eq!(estimate.lines[1].resource.as_str(), "cache_read_audio");
}

#[test]
fn a_write_for_half_a_day_is_never_billed_as_one_for_an_hour() {
    let usage = TokenUsage {
        cache_write_1h: 1_000_000,
        ..TokenUsage::default()
    };
    let hour = [("input", "4"), ("cache_write_1h", "8")];
    let half_day = [
        ("input", "4"),
        ("cache_write_1h", "8"),
        ("cache_write_12h", "16"),
    ];
    let calls = [("cache_write_12h", 1_000_000)];
    let unknown = priced(&book([model("p", "m", &hour)]), &usage, &calls);
    assert_eq!(unknown.price_state, PriceState::Unpriced);
    assert_eq!(
        total(&priced(&book([model("p", "m", &half_day)]), &usage, &calls)),
        "16"
    );
}

#[test]
fn what_is_not_told_to_be_cached_matters_only_where_its_rate_is_another() {
    let calls = [("unsplit_image", 300_000)];
    let same = priced(
        &book([model("p", "m", &[("input", "4"), ("cache_read", "1")])]),
        &CACHED,
        &calls,
    );
    assert_eq!(
        (total(&same).as_str(), same.price_state),
        ("1", PriceState::Priced)
    );
    let dearer = [("input", "4"), ("cache_read", "1"), ("image_in", "8")];
    let open = priced(&book([model("p", "m", &dearer)]), &CACHED, &calls);
    assert_eq!(open.price_state, PriceState::Partial);
}

#[test]
fn a_fee_that_two_lists_name_twice_is_billed_once_and_by_the_size_of_its_search() {
    let prices = [
        ("input", "1"),
        ("request", "14"),
        ("web_search", "10"),
        ("web_search_low", "6"),
        ("web_search_high", "14"),
    ];
    let book = book([model("p", "m", &prices)]);
    let usage = TokenUsage {
        input: 1,
        ..TokenUsage::default()
    };
    let fee = |calls: &[(&str, u64)]| {
        let estimate = priced(&book, &usage, calls);
        (
            estimate.api_calls.map(|cost| cost.to_string()),
            estimate.price_state,
        )
    };
    let known = |amount: &str| (Some(amount.to_owned()), PriceState::Priced);
    assert_eq!(fee(&[("request_low", 1)]), known("0.006"));
    assert_eq!(
        fee(&[("request_medium", 1), ("search_query", 3)]),
        known("0.01")
    );
    assert_eq!(
        fee(&[("request_high", 1), ("web_search", 1)]),
        known("0.014")
    );
    assert_eq!(fee(&[("web_search", 1)]), known("0.01"));
    assert_eq!(
        fee(&[]),
        (None, PriceState::Partial),
        "the size is not told"
    );
}

#[test]
fn queries_of_a_model_without_a_request_fee_are_billed_each() {
    let book = book([model("p", "m", &[("input", "1"), ("web_search", "5")])]);
    let usage = TokenUsage::default();
    let estimate = priced(&book, &usage, &[("search_query", 74), ("request_low", 1)]);
    assert_eq!(
        (total(&estimate).as_str(), estimate.price_state),
        ("0.37", PriceState::Priced)
    );
}

#[test]
fn a_part_of_a_second_costs_its_part() {
    let book = book([model("p", "m", &[("input_second", "0.1")])]);
    let usage = TokenUsage::default();
    let estimate = priced(&book, &usage, &[("input_second_ms", 27_400)]);
    assert_eq!(total(&estimate), "0.00274");
    assert_eq!(estimate.lines[0].multiplier, (1, 1_000));
}

#[test]
fn seconds_of_a_clip_have_the_models_only_rate_for_seconds() {
    let book = book([model("p", "m", &[("output_video_second", "100")])]);
    let estimate = priced(&book, &TokenUsage::default(), &[("input_second", 8)]);
    assert_eq!(total(&estimate), "0.8");
}

#[test]
fn several_prompts_choose_their_context_tier_by_the_largest_and_not_by_their_sum() {
    let rows = [
        model("p", "m", &[("input", "1")]),
        above(200_001, model("p", "m", &[("input", "2")])),
    ];
    let book = book(rows);
    let usage = TokenUsage {
        input: 203_000,
        ..TokenUsage::default()
    };
    assert_eq!(total(&priced(&book, &usage, &[])), "0.406");
    assert_eq!(
        total(&priced(&book, &usage, &[("context_tokens", 180_000)])),
        "0.203"
    );
}

#[test]
fn an_unread_figure_makes_an_estimate_partial_by_name_until_somebody_prices_it() {
    let usage = TokenUsage {
        input: 1_000_000,
        ..TokenUsage::default()
    };
    let calls = [("unread:details.vendor_tokens", 7)];
    let unread = priced(&book([model("p", "m", &[("input", "1")])]), &usage, &calls);
    assert_eq!(
        (total(&unread).as_str(), unread.price_state),
        ("1", PriceState::Partial)
    );
    assert_eq!(
        unread.lines[1].resource.as_str(),
        "unread:details.vendor_tokens"
    );
    let prices = [("input", "1"), ("unread:details.vendor_tokens", "0")];
    let known = priced(&book([model("p", "m", &prices)]), &usage, &calls);
    assert_eq!(
        (total(&known).as_str(), known.price_state),
        ("1", PriceState::Priced)
    );
}

#[test]
fn a_region_with_a_surcharge_that_no_list_tells_is_not_priced_as_everywhere() {
    let rows = book([model("vertex", "gemini", &[("input", "1")])]);
    let usage = TokenUsage {
        input: 1_000_000,
        ..TokenUsage::default()
    };
    for (region, state) in [
        ("us-central1", PriceState::Partial),
        ("global", PriceState::Priced),
        ("", PriceState::Priced),
    ] {
        let billable = Billable {
            region,
            ..call("vertexai", "gemini", &usage)
        };
        assert_eq!(price(&rows, &billable).price_state, state, "{region}");
    }
}

#[test]
fn where_a_model_has_a_factor_for_one_region_another_ones_is_not_taken_for_none() {
    let mut rows = model("openai", "gpt", &[("input", "1")]);
    rows.push(PriceRow {
        rate_pico: 11,
        per: 10,
        region: "us".to_owned(),
        ..row("openai", "gpt", "multiplier", "0")
    });
    rows.extend(model("openai", "plain", &[("input", "1")]));
    let book = book([rows]);
    let usage = TokenUsage {
        input: 1_000_000,
        ..TokenUsage::default()
    };
    for (name, region, expected, state) in [
        ("gpt", "us", "1.1", PriceState::Priced),
        ("gpt", "", "1", PriceState::Priced),
        ("gpt", "global", "1", PriceState::Priced),
        ("gpt", "jp", "1", PriceState::Partial),
        ("plain", "jp", "1", PriceState::Priced),
    ] {
        let billable = Billable {
            region,
            ..call("openai", name, &usage)
        };
        let estimate = price(&book, &billable);
        let found = (total(&estimate), estimate.price_state);
        assert_eq!(found, (expected.to_owned(), state), "{name} in {region}");
    }
}

#[test]
fn what_the_reading_assumed_is_among_the_estimates_flags() {
    let usage = TokenUsage {
        cache_write_5m: 1_000_000,
        ..TokenUsage::default()
    };
    let billable = Billable {
        reading: Flags::NONE.with(Flag::CacheLifetimeAssumed),
        ..call("p", "m", &usage)
    };
    let estimate = price(
        &book([model("p", "m", &[("cache_write_5m", "1")])]),
        &billable,
    );
    assert!(estimate.flags.contains(Flag::CacheLifetimeAssumed));
}
