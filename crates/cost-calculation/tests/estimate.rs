//! What an estimate says: components, states, lines, flags, multipliers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)] // a test may stop at once

mod rates;

use std::collections::BTreeMap;

use cost_calculation::{
    Billable, CALCULATION_VERSION, Component, Declared, EstimateError, Flag, Flags, MatchKind,
    PicoUsd, PriceBook, PriceRow, PriceState, TokenUsage, Units, UnixMillis, ValidFromBasis,
    estimate,
};
use rates::{NOW, book, call, model, price, region, row, tier, total};

const NO_TOKENS: TokenUsage = TokenUsage {
    input: 0,
    cache_read: 0,
    cache_write_5m: 0,
    cache_write_1h: 0,
    output: 0,
    reasoning: 0,
    audio_in: 0,
    audio_out: 0,
    image_in: 0,
    image_out: 0,
};

fn cloudflare() -> Vec<PriceRow> {
    [
        ("d1", "rows_read", "0.001"),
        ("d1", "rows_written", "1"),
        ("d1", "operations", "0"),
        ("workers", "cpu_ms", "0.02"),
        ("workers", "wall_ms", "0"),
        ("workers", "requests", "0.3"),
    ]
    .map(|(name, resource, usd)| row("cloudflare", name, resource, usd))
    .to_vec()
}

fn calls(calls: &[(&str, u64)]) -> Units {
    let calls = calls
        .iter()
        .map(|(name, count)| ((*name).to_owned(), *count));
    Units {
        calls: calls.collect(),
        ..Units::default()
    }
}

#[allow(clippy::unnecessary_wraps)] // what it is compared with may be unknown
fn usd(text: &str) -> Option<PicoUsd> {
    Some(text.parse().unwrap())
}

#[test]
fn the_four_components_are_priced_by_their_own_rates_and_add_up() {
    let prices = [("input", "3"), ("output", "15"), ("web_search", "10")];
    let book = book([model("anthropic", "claude", &prices), cloudflare()]);
    let usage = TokenUsage {
        input: 1_000,
        output: 100,
        ..NO_TOKENS
    };
    let units = Units {
        rows_read: 500,
        rows_written: 3,
        operations: 2,
        cpu_ms: 12,
        wall_ms: 340,
        requests: 1,
        calls: BTreeMap::from([("web_search".to_owned(), 2)]),
    };
    let billable = Billable {
        units: &units,
        ..call("anthropic", "claude", &usage)
    };
    let estimate = price(&book, &billable);
    assert_eq!(estimate.ai_tokens, usd("0.0045"));
    assert_eq!(estimate.db_ops, usd("0.0000035"));
    assert_eq!(estimate.api_calls, usd("0.02"));
    assert_eq!(estimate.compute_time, usd("0.00000054"));
    assert_eq!(estimate.total, usd("0.02450404"));
    assert_eq!(estimate.price_state, PriceState::Priced);
    assert_eq!(estimate.calculation_version, CALCULATION_VERSION);
    let components: Vec<_> = estimate.lines.iter().map(|line| line.component).collect();
    assert!(
        components.is_sorted(),
        "lines stand in the order of the components"
    );
}

#[test]
fn nothing_consumed_costs_exactly_nothing() {
    let estimate = price(&PriceBook::default(), &call("openai", "gpt-x", &NO_TOKENS));
    assert_eq!(
        (estimate.price_state, estimate.total),
        (PriceState::Priced, Some(PicoUsd::ZERO))
    );
    assert_eq!(estimate.ai_tokens, Some(PicoUsd::ZERO));
    assert!(estimate.lines.is_empty());
}

#[test]
fn an_unpriced_component_is_unknown_and_the_rest_is_partial() {
    let book = book([cloudflare()]);
    let usage = TokenUsage {
        input: 10,
        ..NO_TOKENS
    };
    let units = Units {
        rows_read: 1_000,
        ..Units::default()
    };
    let estimate = price(
        &book,
        &Billable {
            units: &units,
            ..call("openai", "new", &usage)
        },
    );
    assert_eq!(estimate.price_state, PriceState::Partial);
    assert_eq!(
        (estimate.ai_tokens, estimate.db_ops),
        (None, usd("0.000001"))
    );
    assert_eq!(estimate.total, usd("0.000001"));
    let line = &estimate.lines[0];
    assert_eq!(
        (line.price_id, line.rate_pico, line.amount),
        (None, None, None)
    );
    assert!(line.flags.contains(Flag::Unpriced) && line.note.is_some());
}

#[test]
fn a_bucket_without_a_rate_makes_the_component_partial() {
    let book = book([model("openai", "embed", &[("input", "0.02")])]);
    let usage = TokenUsage {
        input: 1_000_000,
        output: 5,
        ..NO_TOKENS
    };
    let estimate = price(&book, &call("openai", "embed", &usage));
    assert_eq!(estimate.price_state, PriceState::Partial);
    assert_eq!(estimate.ai_tokens, usd("0.02"));
}

#[test]
fn a_declared_cost_is_its_component_as_given() {
    let declared = Declared {
        component: Component::ApiCalls,
        amount: usd("0.04").unwrap(),
    };
    let billable = Billable {
        declared: Some(declared),
        ..call("", "", &NO_TOKENS)
    };
    let estimate = price(&PriceBook::default(), &billable);
    assert_eq!(
        (estimate.price_state, estimate.total),
        (PriceState::Declared, usd("0.04"))
    );
    assert_eq!(estimate.lines.len(), 1);
    assert!(estimate.lines[0].flags.contains(Flag::Declared));

    // It is not added to what the book would say: that would charge the same thing twice.
    let book = book([model("openai", "gpt", &[("input", "1")])]);
    let usage = TokenUsage {
        input: 1_000_000,
        ..NO_TOKENS
    };
    let declared = Declared {
        component: Component::AiTokens,
        amount: usd("0.5").unwrap(),
    };
    let billable = Billable {
        declared: Some(declared),
        ..call("openai", "gpt", &usage)
    };
    assert_eq!(price(&book, &billable).total, usd("0.5"));
}

#[test]
fn a_negative_declared_cost_is_refused() {
    let declared = Declared {
        component: Component::DbOps,
        amount: PicoUsd::new(-1),
    };
    let billable = Billable {
        declared: Some(declared),
        ..call("", "", &NO_TOKENS)
    };
    let error = estimate(&PriceBook::default(), &billable).unwrap_err();
    assert_eq!(error, EstimateError::NegativeDeclared(PicoUsd::new(-1)));
}

#[test]
fn a_tool_without_a_rate_is_unpriced_until_somebody_gives_one() {
    let units = calls(&[("tool:calculator", 3)]);
    let billable = Billable {
        units: &units,
        ..call("", "", &NO_TOKENS)
    };
    assert_eq!(
        price(&PriceBook::default(), &billable).price_state,
        PriceState::Unpriced
    );
    let one = row("tool", "", "tool:calculator", "2");
    assert_eq!(total(&book([vec![one.clone()]]), &billable), "0.006");
    let any = row("tool", "", "tool:*", "0");
    assert_eq!(total(&book([vec![any.clone()]]), &billable), "0");
    assert_eq!(
        total(&book([vec![any, one]]), &billable),
        "0.006",
        "its own rate wins"
    );
}

#[test]
fn a_search_is_priced_by_the_model_then_the_provider() {
    let units = calls(&[("web_search", 1)]);
    let usage = TokenUsage {
        input: 1,
        ..NO_TOKENS
    };
    let of_provider = row("openai", "", "web_search", "10");
    let of_model = row("openai", "gpt-search", "web_search", "25");
    let tokens = model("openai", "gpt-search", &[("input", "1")]);
    let billable = Billable {
        units: &units,
        ..call("openai", "gpt-search", &usage)
    };
    let wide = book([vec![of_provider.clone()], tokens.clone()]);
    assert_eq!(price(&wide, &billable).api_calls, usd("0.01"));
    let narrow = book([vec![of_provider, of_model], tokens]);
    assert_eq!(price(&narrow, &billable).api_calls, usd("0.025"));
}

#[test]
fn a_fee_for_each_request_is_charged_once_though_nobody_counts_it() {
    let prices = [("input", "1"), ("output", "1"), ("request", "5")];
    let book = book([model("perplexity", "sonar", &prices)]);
    let usage = TokenUsage {
        input: 1_000_000,
        ..NO_TOKENS
    };
    let estimate = price(&book, &call("perplexity", "sonar", &usage));
    assert_eq!(
        (estimate.api_calls, estimate.total),
        (usd("0.005"), usd("1.005"))
    );
    assert!(estimate.flags.contains(Flag::ImpliedRequest));
    let units = calls(&[("request", 2)]);
    let counted = Billable {
        units: &units,
        ..call("perplexity", "sonar", &usage)
    };
    assert_eq!(price(&book, &counted).api_calls, usd("0.01"));
    assert_eq!(
        price(&book, &call("perplexity", "sonar", &NO_TOKENS)).api_calls,
        usd("0")
    );
}

#[test]
fn another_database_is_not_priced_as_the_installations_own() {
    let book = book([cloudflare()]);
    let units = Units {
        rows_read: 1_000,
        ..Units::default()
    };
    for (provider, name, right) in [
        ("", "", "0.000001"),
        ("cloudflare", "", "0.000001"),
        ("cloudflare", "d1", "0.000001"),
        ("mongodb", "", "unpriced"),
        ("mongodb", "d1", "unpriced"),
    ] {
        let billable = Billable {
            units: &units,
            ..call(provider, name, &NO_TOKENS)
        };
        assert_eq!(total(&book, &billable), right, "{provider}/{name}");
    }
}

#[test]
fn a_regions_uplift_multiplies_the_tokens_and_nothing_else() {
    let uplift = PriceRow {
        rate_pico: 11,
        per: 10,
        ..row("openai", "", "multiplier", "0")
    };
    let prices = [("input", "2"), ("web_search", "10")];
    let book = book([
        model("openai", "gpt-5", &prices),
        region("eu", vec![uplift]),
        cloudflare(),
    ]);
    let usage = TokenUsage {
        input: 1_000_000,
        ..NO_TOKENS
    };
    let units = Units {
        rows_read: 1_000_000,
        ..calls(&[("web_search", 100)])
    };
    let here = Billable {
        units: &units,
        ..call("openai", "gpt-5", &usage)
    };
    assert_eq!(price(&book, &here).ai_tokens, usd("2"));
    let europe = price(
        &book,
        &Billable {
            region: "EU",
            ..here
        },
    );
    assert_eq!(europe.ai_tokens, usd("2.2"));
    assert_eq!((europe.api_calls, europe.db_ops), (usd("1"), usd("0.001")));
    assert_eq!(europe.lines[0].multiplier, (11, 10));
    assert_eq!(europe.multiplier_price_ids.len(), 1);
}

#[test]
fn a_row_of_the_region_needs_no_uplift() {
    let uplift = PriceRow {
        rate_pico: 11,
        per: 10,
        ..row("azure", "gpt", "multiplier", "0")
    };
    let plain = model("azure", "gpt", &[("input", "2"), ("output", "8")]);
    let own = region("eu", model("azure", "gpt", &[("input", "2.1")]));
    let book = book([plain, own, region("eu", vec![uplift])]);
    let usage = TokenUsage {
        input: 1_000_000,
        output: 1_000_000,
        ..NO_TOKENS
    };
    let billable = Billable {
        region: "eu",
        ..call("azure", "gpt", &usage)
    };
    let estimate = price(&book, &billable);
    let amounts: Vec<_> = estimate.lines.iter().map(|line| line.amount).collect();
    assert_eq!(amounts, [usd("2.1"), usd("8.8")]);
}

#[test]
fn a_tiers_factor_makes_its_rates_from_the_standard_ones() {
    let fast = PriceRow {
        rate_pico: 2,
        per: 1,
        ..row("anthropic", "opus", "multiplier", "0")
    };
    let book = book([
        model(
            "anthropic",
            "opus",
            &[("input", "5"), ("cache_read", "0.5")],
        ),
        tier("fast", vec![fast]),
    ]);
    let usage = TokenUsage {
        input: 1_000_000,
        cache_read: 1_000_000,
        ..NO_TOKENS
    };
    let billable = Billable {
        service_tier: "fast",
        ..call("anthropic", "opus", &usage)
    };
    let estimate = price(&book, &billable);
    assert_eq!(estimate.total, usd("11"));
    assert_eq!(estimate.cache_savings, usd("9").unwrap());
    assert_eq!(total(&book, &call("anthropic", "opus", &usage)), "5.5");
}

#[test]
fn cache_savings_are_exact_and_negative_where_writes_cost_more() {
    let prices = [
        ("input", "3"),
        ("cache_read", "0.3"),
        ("cache_write_5m", "3.75"),
    ];
    let book = book([model("anthropic", "claude", &prices)]);
    let read = TokenUsage {
        cache_read: 1_000_000,
        ..NO_TOKENS
    };
    assert_eq!(
        price(&book, &call("anthropic", "claude", &read))
            .cache_savings
            .to_string(),
        "2.7"
    );
    let write = TokenUsage {
        cache_write_5m: 1_000_000,
        ..NO_TOKENS
    };
    assert_eq!(
        price(&book, &call("anthropic", "claude", &write))
            .cache_savings
            .to_string(),
        "-0.75"
    );
    let unknown = price(&book, &call("anthropic", "other", &read));
    assert_eq!(unknown.cache_savings, PicoUsd::ZERO);
}

#[test]
fn a_stale_rate_flags_the_estimate_and_an_assumed_start_only_that_of_an_older_call() {
    let rows = vec![
        PriceRow {
            valid_from_basis: ValidFromBasis::Assumed,
            observed_at: UnixMillis(NOW.0),
            ..row("openai", "gpt", "input", "1")
        },
        PriceRow {
            stale: true,
            ..row("openai", "gpt", "output", "2")
        },
    ];
    let usage = TokenUsage {
        input: 1,
        output: 1,
        ..NO_TOKENS
    };
    let book = book([rows]);
    let seen = price(&book, &call("openai", "gpt", &usage));
    assert!(seen.lines[1].flags.contains(Flag::StalePrice));
    assert!(seen.flags.contains(Flag::StalePrice));
    assert!(!seen.flags.contains(Flag::AssumedStart));
    let older = Billable {
        price_time: UnixMillis(NOW.0 - 1),
        ..call("openai", "gpt", &usage)
    };
    let older = price(&book, &older);
    assert!(older.lines[0].flags.contains(Flag::AssumedStart));
    assert!(older.flags.contains(Flag::AssumedStart));
}

#[test]
fn a_reported_cost_that_counts_is_the_cost_of_the_tokens_and_of_the_providers_calls() {
    let rows = book([model(
        "openrouter",
        "kimi",
        &[("input", "1"), ("web_search", "10")],
    )]);
    let usage = TokenUsage {
        input: 1_000_000,
        ..NO_TOKENS
    };
    let calls = [("web_search", 2), ("unread:credits", 7), ("tool:mail", 1)];
    let units = Units {
        calls: calls.map(|(name, count)| (name.to_owned(), count)).into(),
        ..Units::default()
    };
    let reported = Some(PicoUsd::new(630_000_000_000));
    let beside = Billable {
        units: &units,
        reported,
        ..call("openrouter", "kimi", &usage)
    };
    // Beside the estimate it changes nothing.
    assert_eq!(total(&rows, &beside), "1.02");
    let counting = Billable {
        reading: Flags::NONE.with(Flag::Reported),
        ..beside.clone()
    };
    // The caller's own tool is nothing that the provider bills: it has no price.
    let partial = price(&rows, &counting);
    assert_eq!(total(&rows, &counting), "0.63");
    assert_eq!(partial.price_state, PriceState::Partial);
    let lines: Vec<String> = partial
        .lines
        .iter()
        .map(|line| line.resource.to_string())
        .collect();
    assert_eq!(lines, ["declared", "tool:mail"]);
    assert!(partial.lines[0].flags.contains(Flag::Reported));
    assert_eq!(partial.cache_savings, PicoUsd::ZERO);
    let without_tool = Units::default();
    let whole = price(
        &rows,
        &Billable {
            units: &without_tool,
            ..counting.clone()
        },
    );
    assert_eq!(whole.price_state, PriceState::Declared);
    // Without an amount, or below zero, the estimate counts as before.
    for reported in [None, Some(PicoUsd::new(-1))] {
        let silent = Billable {
            reported,
            ..counting.clone()
        };
        assert_eq!(total(&rows, &silent), "1.02");
    }
}

#[test]
fn a_component_is_rounded_once_and_its_lines_add_up_to_it() {
    // Three lines of a third of a picodollar each: 0 + 1 + 0, and not 0 + 0 + 0.
    let third = |resource| PriceRow {
        rate_pico: 1,
        per: 3,
        ..row("p", "m", resource, "0")
    };
    let book = book([vec![third("input"), third("output"), third("cache_read")]]);
    let usage = TokenUsage {
        input: 1,
        cache_read: 1,
        output: 1,
        ..NO_TOKENS
    };
    let estimate = price(&book, &call("p", "m", &usage));
    assert_eq!(estimate.total, Some(PicoUsd::new(1)));
    let amounts: Vec<_> = estimate
        .lines
        .iter()
        .map(|line| line.amount.unwrap().get())
        .collect();
    assert_eq!(amounts, [0, 1, 0]);
}

#[test]
fn extremes_are_exact_or_a_clear_error() {
    let tiny = book([model("p", "m", &[("input", "0.00013")])]);
    let one = TokenUsage {
        input: 1,
        ..NO_TOKENS
    };
    assert_eq!(total(&tiny, &call("p", "m", &one)), "0.00000000013");
    let many = TokenUsage {
        input: 1_000_000_000_000,
        ..NO_TOKENS
    };
    let dear = book([model("p", "m", &[("input", "9")])]);
    assert_eq!(total(&dear, &call("p", "m", &many)), "9000000");
    let dearest = book([model("p", "m", &[("input", "10000")])]);
    let error = estimate(&dearest, &call("p", "m", &many)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "input: 1000000000000 units × 10000000000000000 picodollars / 1000000 × 1/1, on top of \
         0 USD, is out of range; amounts reach to ±9223372.036854775807 USD"
    );
}

#[test]
fn a_total_beyond_the_range_names_its_operands() {
    let most = Declared {
        component: Component::DbOps,
        amount: PicoUsd::new(i64::MAX),
    };
    let book = book([model("p", "m", &[("input", "1")])]);
    let usage = TokenUsage {
        input: 1_000_000,
        ..NO_TOKENS
    };
    let billable = Billable {
        declared: Some(most),
        ..call("p", "m", &usage)
    };
    let error = estimate(&book, &billable).unwrap_err().to_string();
    assert!(
        error.starts_with("1 + 9223372.036854775807 USD is out of range"),
        "{error}"
    );
}

#[test]
fn rows_that_cannot_be_applied_are_left_out_and_named() {
    let negative = PriceRow {
        id: 7,
        rate_pico: -1,
        ..row("p", "m", "input", "1")
    };
    let no_unit = PriceRow {
        id: 8,
        per: 0,
        ..row("p", "m", "input", "1")
    };
    let schedule = "whenever".to_owned();
    let odd = PriceRow {
        id: 9,
        schedule,
        ..row("p", "m", "input", "1")
    };
    let fine = PriceRow {
        id: 10,
        ..row("p", "m", "input", "1")
    };
    let book = PriceBook::new(vec![negative, no_unit, odd, fine], Vec::new(), Vec::new());
    assert_eq!(book.invalid_rows(), [7, 8, 9]);
    assert_eq!(
        book.lookup("p", "m").map(|row| row.id).collect::<Vec<_>>(),
        [10]
    );
}

#[test]
fn a_partial_book_says_what_it_needs_and_answers_as_the_whole_one_does() {
    let whole = book([
        model("openai", "gpt-4o", &[("input", "2.5"), ("output", "10")]),
        vec![row("openai", "", "web_search", "10")],
        cloudflare(),
    ]);
    let usage = TokenUsage {
        input: 1_000,
        output: 10,
        ..NO_TOKENS
    };
    let units = Units {
        rows_read: 10,
        cpu_ms: 5,
        ..calls(&[("web_search", 1), ("tool:x", 1)])
    };
    for (provider, name) in [
        ("openAI", "gpt-4o-2024-08-06"),
        ("azureOpenAI", "gpt-4o"),
        ("custom", "openai/gpt-4o"),
        ("openrouter", "openai/gpt-4o"),
        ("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ("", ""),
    ] {
        let billable = Billable {
            units: &units,
            ..call(provider, name, &usage)
        };
        let mut part = PriceBook::default();
        let missing = part.keys_missing(&billable);
        for (provider, model) in &missing {
            let rows = whole.lookup(provider, model).cloned().collect();
            part.insert_rows(rows);
        }
        part.mark_known(missing);
        assert!(part.keys_missing(&billable).is_empty(), "{provider}/{name}");
        assert_eq!(
            price(&part, &billable),
            price(&whole, &billable),
            "{provider}/{name}"
        );
    }
}

#[test]
fn loading_the_same_rows_twice_changes_nothing() {
    let rows: Vec<_> = model("p", "m", &[("input", "1"), ("output", "2")])
        .into_iter()
        .zip(1..)
        .map(|(row, id)| PriceRow { id, ..row })
        .collect();
    let mut book = PriceBook::new(rows.clone(), Vec::new(), Vec::new());
    book.insert_rows(rows);
    assert_eq!(book.lookup("p", "m").count(), 2);
}

#[test]
fn the_ladder_tries_the_nearest_reading_first() {
    let rows = |name: &str, usd: &str| model("anthropic", name, &[("input", usd)]);
    let dated = rows("claude-sonnet-4-5-20250929", "1");
    let plain = rows("claude-sonnet-4-5", "2");
    let usage = TokenUsage {
        input: 1_000_000,
        ..NO_TOKENS
    };
    let name = "Claude-Sonnet-4-5-20250929";
    let both = price(
        &book([dated, plain.clone()]),
        &call("anthropic", name, &usage),
    );
    assert_eq!(
        (both.total, both.match_kind),
        (usd("1"), Some(MatchKind::Exact))
    );
    let base = price(&book([plain.clone()]), &call("anthropic", name, &usage));
    assert_eq!(
        (base.total, base.match_kind),
        (usd("2"), Some(MatchKind::WithoutDate))
    );
    for (provider, name) in [
        ("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ("vertexai", "claude-sonnet-4-5@20250929"),
        ("vertexai", "publishers/anthropic/models/claude-sonnet-4-5"),
        ("azureOpenAI", "claude-sonnet-4-5"),
        ("openrouter", "anthropic/claude-sonnet-4-5"),
    ] {
        let hop = price(&book([plain.clone()]), &call(provider, name, &usage));
        assert_eq!(hop.total, usd("2"), "{provider}/{name}");
        assert_eq!(
            hop.match_kind,
            Some(MatchKind::VendorFallback),
            "{provider}/{name}"
        );
        assert_eq!(hop.matched.unwrap().provider, "anthropic");
    }
}

#[test]
fn a_prefix_names_the_provider_except_at_resellers_whose_ids_contain_slashes() {
    let book = book([
        model("anthropic", "claude-x", &[("input", "3")]),
        model("groq", "openai/gpt-oss-120b", &[("input", "0.15")]),
        model("openai", "gpt-oss-120b", &[("input", "9")]),
    ]);
    let usage = TokenUsage {
        input: 1_000_000,
        ..NO_TOKENS
    };
    for (provider, name, right) in [
        ("", "anthropic/claude-x", "3"),
        ("openAI", "anthropic/claude-x", "3"),
        ("anthropic", "anthropic/claude-x", "3"),
        ("groq", "openai/gpt-oss-120b", "0.15"),
        ("groq", "groq/openai/gpt-oss-120b", "0.15"),
        ("together", "openai/gpt-oss-120b", "unpriced"),
        ("", "nobody/claude-x", "unpriced"),
        ("", "claude-x", "unpriced"),
    ] {
        assert_eq!(
            total(&book, &call(provider, name, &usage)),
            right,
            "{provider}: {name}"
        );
    }
}
