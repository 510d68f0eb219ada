//! Lists that are sloppy or hostile: refused whole, or read for what can be believed; never a panic,
//! and never more work or memory than the list's size explains.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test fails by panicking"
)]

use price_feeds::{Feed, FeedError, LIST_BYTES_MAX, SkipReason, Source, read_list};

const PUBLISHED: [Source; 4] = [
    Source::LiteLlm,
    Source::GenaiPrices,
    Source::OpenRouter,
    Source::ModelsDev,
];

fn litellm(entries: &str) -> Result<Feed, FeedError> {
    read_list(Source::LiteLlm, &format!("{{{entries}}}"))
}

fn genai(models: &str) -> Result<Feed, FeedError> {
    let list = format!(r#"[{{"id": "openai", "models": [{models}]}}]"#);
    read_list(Source::GenaiPrices, &list)
}

fn entry(name: &str, input: &str) -> String {
    format!(r#""{name}": {{"litellm_provider": "openai", "input_cost_per_token": {input}}}"#)
}

/// A text of a pattern, as often as a list may be long.
fn filled(before: &str, part: &str, after: &str) -> String {
    let count = (LIST_BYTES_MAX - before.len() - after.len()) / part.len();
    format!("{before}{}{after}", part.repeat(count))
}

#[test]
fn of_a_key_that_stands_twice_the_first_one_stays_and_the_second_is_counted() {
    let feed = litellm(&[entry("gpt-x", "1e-06"), entry("gpt-x", "9e-06")].join(",")).unwrap();
    assert_eq!(feed.quotes.len(), 1);
    assert_eq!(feed.quotes[0].rate.rate_pico, 1_000_000_000_000);
    assert_eq!(feed.skipped.get(&SkipReason::ContradictsItself), Some(&1));
    let twice = r#""gpt-y": {"litellm_provider": "openai", "input_cost_per_token": 1e-06,
        "input_cost_per_token": 9e-06}"#;
    let feed = litellm(twice).unwrap();
    assert_eq!(feed.quotes.len(), 1);
    assert_eq!(feed.quotes[0].rate.rate_pico, 1_000_000_000_000);
}

#[test]
fn what_is_no_number_is_counted_and_the_rest_is_read() {
    let odd = [
        r#""NaN""#,
        r#""Infinity""#,
        r#""""#,
        r#""1,5""#,
        "1e999",
        "1e-999",
        "true",
        "[]",
        "{}",
        r#""0x10""#,
        "99999999999999999999999999999999",
    ];
    let mut entries: Vec<String> = (0..)
        .zip(odd)
        .map(|(n, odd)| entry(&format!("odd-{n}"), odd))
        .collect();
    entries.push(entry("gpt-x", "1e-06"));
    let feed = litellm(&entries.join(",")).unwrap();
    assert_eq!(feed.model_count, 1, "{:?}", feed.quotes);
    assert_eq!(feed.skipped.get(&SkipReason::NotANumber), Some(&odd.len()));
    let negative = litellm(&[entry("gpt-x", "1e-06"), entry("gpt-y", "-1e-06")].join(",")).unwrap();
    assert_eq!(negative.skipped.get(&SkipReason::Negative), Some(&1));
}

#[test]
fn a_name_that_no_event_can_carry_is_no_key() {
    let long = "m".repeat(100_000);
    let entries = [
        entry(&long, "1e-06"),
        entry("bell\\u0007", "1e-06"),
        entry("line\\nbreak", "1e-06"),
        r#""gpt-z": {"litellm_provider": "\u0000", "input_cost_per_token": 1e-06}"#.to_owned(),
        entry("gpt-x", "1e-06"),
    ];
    let feed = litellm(&entries.join(",")).unwrap();
    assert_eq!(feed.model_count, 1);
    assert_eq!(feed.skipped.get(&SkipReason::UnusableName), Some(&4));
    let longest = feed
        .skipped_examples
        .iter()
        .map(|(_, place)| place.chars().count());
    assert!(longest.max().unwrap() <= 200, "a run's record stays small");
}

#[test]
fn nesting_of_any_depth_is_no_work() {
    for source in PUBLISHED {
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}"), (r#"{"data":["#, "]}")] {
            let depth = LIST_BYTES_MAX / (open.len() + close.len());
            let deep = format!("{}1{}", open.repeat(depth - 1), close.repeat(depth - 1));
            let refused = read_list(source, &deep);
            assert!(refused.is_err(), "{}: {open}", source.as_str());
        }
    }
    // A clause within a clause within a clause.
    let depth = LIST_BYTES_MAX / 20;
    let clause = format!(
        "{}{{\"equals\": \"gpt-deep\"}}{}",
        r#"{"or": ["#.repeat(depth),
        "]}".repeat(depth)
    );
    let model = format!(r#"{{"id": "gpt-x", "match": {clause}, "prices": {{"input_mtok": 1}}}}"#);
    let feed = genai(&model).unwrap();
    assert_eq!(feed.model_count, 1, "the id itself");
}

#[test]
fn a_million_of_anything_is_refused() {
    let lists = [
        filled("{", r#""":1,"#, r#""":1}"#),
        filled("[", "{},", "{}]"),
        filled("[", "1,", "1]"),
        filled(r#"{"data":["#, "{},", "{}]}"),
        filled(r#"{"providers":["#, "{},", "{}]}"),
        filled(r#"{"openai":{"models":{"#, r#""":{},"#, r#""":{}}}}"#),
        filled(r#"[{"id":"openai","models":["#, "{},", "{}]}]"),
    ];
    for list in &lists {
        assert!(list.len() <= LIST_BYTES_MAX);
        for source in PUBLISHED {
            assert!(read_list(source, list).is_err(), "{}", source.as_str());
        }
    }
}

#[test]
fn more_rates_than_any_list_has_are_refused_and_so_is_a_model_of_thousands() {
    let many: Vec<String> = (0..49_000)
        .map(|n| format!(r#""m{n}":{{"litellm_provider":"x","input_cost_per_token":1,"output_cost_per_token":1}}"#))
        .collect();
    let refused = litellm(&many.join(","));
    assert!(
        matches!(refused, Err(FeedError::TooManyRates { .. })),
        "{refused:?}"
    );
    let tiers: Vec<String> = (1..40_000)
        .map(|n| format!(r#""input_cost_per_token_above_{n}k_tokens": 1e-06"#))
        .collect();
    let overfull = format!(
        r#""gpt-y": {{"litellm_provider": "openai", {}}}"#,
        tiers.join(",")
    );
    let feed = litellm(&[overfull, entry("gpt-x", "1e-06")].join(",")).unwrap();
    assert_eq!(feed.quotes.len(), 1, "the other model is read");
    assert_eq!(feed.skipped.get(&SkipReason::TooManyRates), Some(&1));
}

#[test]
fn dates_that_are_none_or_out_of_time_give_no_price() {
    let dated = |date: &str| {
        format!(
            r#"{{"id": "gpt-{date}", "prices": [{{"prices": {{"input_mtok": 1}}}},
                {{"constraint": {{"start_date": "{date}"}}, "prices": {{"input_mtok": 2}}}}]}}"#
        )
    };
    for date in [
        "0001-01-01",
        "2026-02-30",
        "10000-01-01",
        "-2026-01-01",
        "soon",
        "",
    ] {
        let feed = genai(&[dated(date), dated("2026-01-01")].join(",")).unwrap();
        assert_eq!(feed.model_count, 1, "{date}");
        assert_eq!(feed.skipped.get(&SkipReason::Malformed), Some(&1), "{date}");
    }
    let far = genai(&dated("9999-12-31")).unwrap();
    let starts: Vec<i64> = far.quotes.iter().map(|quote| quote.valid_from_ms).collect();
    assert_eq!(starts, [0, 253_402_214_400_000], "announced, and never due");
    let alternatives = vec![r#"{"prices": {"input_mtok": 1}}"#; 5_000].join(",");
    let endless = format!(r#"{{"id": "gpt-y", "prices": [{alternatives}]}}"#);
    let feed = genai(&[endless, dated("2026-01-01")].join(",")).unwrap();
    assert_eq!(
        feed.model_count, 1,
        "thousands of alternatives are no price"
    );
}

#[test]
fn of_overlapping_context_tiers_the_first_stays() {
    let tiers = r#""gpt-x": {"litellm_provider": "openai", "input_cost_per_token": 1e-06,
        "tiered_pricing": [
          {"range": [0, 128000], "input_cost_per_token": 2e-06},
          {"range": [0, 256000], "input_cost_per_token": 8e-06},
          {"range": [128000, 256000], "input_cost_per_token": 3e-06},
          {"range": [128000, 512000], "input_cost_per_token": 9e-06},
          {"range": [-5, 7], "input_cost_per_token": 7e-06},
          {"range": [1.5, 7], "input_cost_per_token": 7e-06},
          {"range": "all", "input_cost_per_token": 7e-06}]}"#;
    let feed = litellm(tiers).unwrap();
    let found: Vec<_> = feed
        .quotes
        .iter()
        .map(|quote| {
            (
                quote.key.min_context,
                quote.rate.rate_pico / 1_000_000_000_000,
            )
        })
        .collect();
    assert_eq!(found, [(0, 2), (128_001, 3)]);
}

#[test]
fn a_factor_of_a_fast_mode_beyond_all_reason_is_none() {
    let rate_count = |factor: &str| {
        let entry = format!(
            r#""claude-x": {{"litellm_provider": "anthropic", "input_cost_per_token": 1e-06,
                "provider_specific_entry": {{"fast": {factor}}}}}"#
        );
        litellm(&entry).unwrap().quotes.len()
    };
    assert_eq!(rate_count("6.0"), 2);
    for factor in ["0", "1000000", "-2", r#""NaN""#, "9223372036854775807"] {
        assert_eq!(rate_count(factor), 1, "{factor}");
    }
}
