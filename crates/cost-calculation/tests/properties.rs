//! What holds for every usage, rate, name and payload.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)] // a test may stop at once

mod rates;

use cost_calculation::{
    Billable, Decimal, Estimate, Flags, PicoUsd, PriceBook, PriceRow, TOKENS_MAX, TokenUsage,
    Units, UsageConvention, estimate, read_usage,
};
use proptest::prelude::*;
use rates::{call, row};
use serde_json::{Map, Value, json};

const RESOURCES: [&str; 10] = [
    "input",
    "cache_read",
    "cache_write_5m",
    "cache_write_1h",
    "output",
    "reasoning",
    "audio_in",
    "audio_out",
    "image_in",
    "image_out",
];

fn usage(most: u64) -> impl Strategy<Value = TokenUsage> {
    prop::array::uniform10(prop_oneof![Just(0), 0..=most]).prop_map(|counts| TokenUsage {
        input: counts[0],
        cache_read: counts[1],
        cache_write_5m: counts[2],
        cache_write_1h: counts[3],
        output: counts[4],
        reasoning: counts[5],
        audio_in: counts[6],
        audio_out: counts[7],
        image_in: counts[8],
        image_out: counts[9],
    })
}

/// Rows for some of the resources, among them rates that don't divide by their unit.
fn rows() -> impl Strategy<Value = Vec<PriceRow>> {
    let one = (
        0..10_usize,
        0..=600_000_000_000_000_i64,
        prop::sample::select(vec![1, 3, 7, 1_000, 1_000_000]),
        0..3_u64,
    );
    prop::collection::vec(one, 0..24).prop_map(|rows| {
        let rows = rows
            .into_iter()
            .zip(1..)
            .map(|((index, rate_pico, per, step), id)| PriceRow {
                id,
                // Small units get small rates, so that amounts stay in range.
                rate_pico: rate_pico / (1_000_000 / per),
                per,
                min_context: step * 100_000,
                ..row("p", "m", RESOURCES[index], "0")
            });
        rows.collect()
    })
}

/// One row for each resource, in whole picodollars a token.
fn whole_rates() -> impl Strategy<Value = Vec<PriceRow>> {
    prop::array::uniform10(0..600_000_000_i64).prop_map(|rates| {
        let rows = RESOURCES
            .into_iter()
            .zip(rates)
            .zip(1..)
            .map(|((resource, rate), id)| PriceRow {
                id,
                rate_pico: rate * 1_000_000,
                ..row("p", "m", resource, "0")
            });
        rows.collect()
    })
}

fn multiplier() -> impl Strategy<Value = Option<PriceRow>> {
    prop::option::of((1..50_i64, 1..50_i64)).prop_map(|factor| {
        factor.map(|(num, den)| PriceRow {
            id: 999,
            rate_pico: num,
            per: den,
            ..row("p", "m", "multiplier", "0")
        })
    })
}

fn book(rows: Vec<PriceRow>) -> PriceBook {
    PriceBook::new(rows, Vec::new(), Vec::new())
}

fn price(book: &PriceBook, usage: &TokenUsage) -> Estimate {
    estimate(book, &call("p", "m", usage)).unwrap()
}

/// The lines' exact sum, added here in another way: over one common denominator.
fn redone(estimate: &Estimate) -> i64 {
    let common: i128 = 21_000_000;
    let (mut sum, mut denominator) = (0_i128, common);
    for line in &estimate.lines {
        let Some(rate) = line.rate_pico else { continue };
        let (num, den) = line.multiplier;
        denominator = common * i128::from(den);
        let parts = denominator / (i128::from(line.per) * i128::from(den));
        assert_eq!(parts * i128::from(line.per) * i128::from(den), denominator);
        sum += i128::from(line.quantity) * i128::from(rate) * i128::from(num) * parts;
    }
    let (whole, rest) = (sum / denominator, sum % denominator);
    let up = rest * 2 > denominator || (rest * 2 == denominator && whole % 2 == 1);
    i64::try_from(whole + i128::from(up)).unwrap()
}

fn add(left: &TokenUsage, right: &TokenUsage) -> TokenUsage {
    TokenUsage {
        input: left.input + right.input,
        cache_read: left.cache_read + right.cache_read,
        cache_write_5m: left.cache_write_5m + right.cache_write_5m,
        cache_write_1h: left.cache_write_1h + right.cache_write_1h,
        output: left.output + right.output,
        reasoning: left.reasoning + right.reasoning,
        audio_in: left.audio_in + right.audio_in,
        audio_out: left.audio_out + right.audio_out,
        image_in: left.image_in + right.image_in,
        image_out: left.image_out + right.image_out,
    }
}

fn flat(rows: Vec<PriceRow>) -> Vec<PriceRow> {
    rows.into_iter()
        .map(|row| PriceRow {
            min_context: 0,
            ..row
        })
        .collect()
}

/// JSON objects made of the conventions' own field names.
fn payload() -> impl Strategy<Value = Value> {
    let names = vec![
        "prompt_tokens",
        "completion_tokens",
        "total_tokens",
        "input_tokens",
        "output_tokens",
        "cached_tokens",
        "cache_read",
        "cache_creation",
        "cache_write_tokens",
        "reasoning",
        "reasoning_tokens",
        "audio_tokens",
        "audio",
        "image_tokens",
        "prompt_tokens_details",
        "completion_tokens_details",
        "input_tokens_details",
        "output_tokens_details",
        "input_token_details",
        "output_token_details",
        "cache_read_input_tokens",
        "cache_creation_input_tokens",
        "ephemeral_5m_input_tokens",
        "ephemeral_1h_input_tokens",
        "inputTokens",
        "outputTokens",
        "totalTokens",
        "cacheReadInputTokens",
        "cacheWriteInputTokens",
        "cacheDetails",
        "promptTokenCount",
        "candidatesTokenCount",
        "thoughtsTokenCount",
        "totalTokenCount",
        "toolUsePromptTokenCount",
        "cachedContentTokenCount",
        "promptTokensDetails",
        "candidatesTokensDetails",
        "modality",
        "tokenCount",
        "ttl",
        "input",
        "output",
        "total",
        "input_cache_read",
        "input_cache_creation",
        "input_cache_creation_1h",
        "output_reasoning",
        "input_audio",
        "input_other",
        "gen_ai.usage.input_tokens",
        "gen_ai.usage.output_tokens",
        "gen_ai.usage.cache_read.input_tokens",
        "prompt_cache_hit_tokens",
        "prompt_cache_miss_tokens",
        "cache_read_tokens",
        "usage",
        "usageMetadata",
    ];
    let leaf = prop_oneof![
        8 => (0..50_u64).prop_map(Value::from),
        2 => any::<u64>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(|float| json!(float)),
        1 => prop::sample::select(vec!["AUDIO", "IMAGE", "5m", "1h", "12"]).prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 8, move |inner| {
        let field = (prop::sample::select(names.clone()), inner.clone());
        prop_oneof![
            4 => prop::collection::vec(field, 0..8).prop_map(|fields| {
                let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value));
                Value::Object(fields.collect::<Map<_, _>>())
            }),
            1 => prop::collection::vec(inner, 0..4).prop_map(Value::Array),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn from_the_lines_alone_anyone_can_redo_the_sum(
        rows in rows(), factor in multiplier(), usage in usage(10_000_000)
    ) {
        let book = book(rows.into_iter().chain(factor).collect());
        let estimate = price(&book, &usage);
        let known: i64 = estimate.lines.iter().filter_map(|line| line.amount).map(PicoUsd::get).sum();
        prop_assert_eq!(estimate.ai_tokens.map_or(0, PicoUsd::get), known);
        prop_assert_eq!(redone(&estimate), known);
        let quantities: u64 = estimate.lines.iter().map(|line| line.quantity).sum();
        prop_assert_eq!(quantities, usage.total(), "every token stands in exactly one line");
        for line in &estimate.lines {
            prop_assert_eq!(line.amount.is_some(), line.price_id.is_some());
        }
    }

    #[test]
    fn nothing_is_negative_and_the_total_is_the_sum_of_the_components(
        rows in rows(), usage in usage(10_000_000), rows_read in 0..u64::from(u32::MAX)
    ) {
        let d1 = PriceRow { id: 500, ..row("cloudflare", "d1", "rows_read", "0.001") };
        let book = book(rows.into_iter().chain([d1]).collect());
        let units = Units { rows_read, ..Units::default() };
        let estimate =
            estimate(&book, &Billable { units: &units, ..call("p", "m", &usage) }).unwrap();
        let components =
            [estimate.ai_tokens, estimate.db_ops, estimate.api_calls, estimate.compute_time];
        for amount in components.into_iter().flatten() {
            prop_assert!(amount >= PicoUsd::ZERO);
        }
        for amount in estimate.lines.iter().filter_map(|line| line.amount) {
            prop_assert!(amount >= PicoUsd::ZERO);
        }
        if let Some(total) = estimate.total {
            let sum = PicoUsd::checked_sum(components.into_iter().flatten()).unwrap();
            prop_assert_eq!(total, sum);
        }
    }

    #[test]
    fn splitting_and_merging_events_never_changes_the_total(
        rates in whole_rates(), left in usage(1_000_000), right in usage(1_000_000)
    ) {
        let book = book(rates);
        let apart = price(&book, &left).total.unwrap().checked_add(price(&book, &right).total.unwrap());
        prop_assert_eq!(price(&book, &add(&left, &right)).total, Some(apart.unwrap()));
    }

    #[test]
    fn where_a_token_costs_a_fraction_splitting_moves_at_most_the_rounding(
        rows in rows(), left in usage(1_000_000), right in usage(1_000_000)
    ) {
        let book = book(flat(rows));
        let cost = |usage: &TokenUsage| price(&book, usage).ai_tokens.map_or(0, PicoUsd::get);
        let difference = cost(&add(&left, &right)) - cost(&left) - cost(&right);
        prop_assert!((-1..=1).contains(&difference), "{}", difference);
    }

    #[test]
    fn the_order_of_events_and_of_rows_never_matters(
        rows in rows(), usages in prop::collection::vec(usage(1_000_000), 1..8)
    ) {
        let forward = book(rows.clone());
        let backward = book(rows.into_iter().rev().collect());
        let totals: Vec<_> = usages.iter().map(|usage| price(&forward, usage)).collect();
        for (usage, estimate) in usages.iter().zip(&totals) {
            prop_assert_eq!(&price(&backward, usage), estimate);
        }
        let known = || totals.iter().filter_map(|estimate| estimate.total);
        let reversed: Vec<_> = known().collect::<Vec<_>>().into_iter().rev().collect();
        prop_assert_eq!(PicoUsd::checked_sum(known()), PicoUsd::checked_sum(reversed));
    }

    #[test]
    fn more_tokens_never_cost_less(rows in rows(), usage in usage(1_000_000), more in 0..1_000_u64) {
        let book = book(flat(rows));
        let larger = TokenUsage { input: usage.input + more, ..usage };
        let cost = |usage: &TokenUsage| price(&book, usage).ai_tokens.map_or(0, PicoUsd::get);
        prop_assert!(cost(&larger) >= cost(&usage));
    }

    #[test]
    fn any_rate_and_any_count_are_exact_or_an_error(
        rate_pico in 0..=i64::MAX, per in 1..=i64::MAX, count in 0..=TOKENS_MAX
    ) {
        let row = PriceRow { id: 1, rate_pico, per, ..row("p", "m", "input", "0") };
        let usage = TokenUsage { input: count, ..TokenUsage::default() };
        let book = book(vec![row]);
        let exact = i128::from(count) * i128::from(rate_pico);
        match estimate(&book, &call("p", "m", &usage)) {
            Ok(estimate) => {
                let total = i128::from(estimate.total.unwrap().get());
                prop_assert!((total * i128::from(per) - exact).abs() * 2 <= i128::from(per));
            }
            Err(_) => prop_assert!(exact / i128::from(per) >= i128::from(i64::MAX)),
        }
    }

    #[test]
    fn printing_and_parsing_an_amount_is_the_identity(pico in any::<i64>()) {
        let amount = PicoUsd::new(pico);
        prop_assert_eq!(amount.to_string().parse::<PicoUsd>(), Ok(amount));
        let json = serde_json::to_string(&amount).unwrap();
        prop_assert_eq!(serde_json::from_str::<PicoUsd>(&json).unwrap(), amount);
    }

    #[test]
    fn a_decimal_means_the_same_however_it_is_written(
        digits in 0..1_000_000_000_i64, places in 0..9_u32
    ) {
        let scientific: Decimal = format!("{digits}e-{places}").parse().unwrap();
        let unit = 10_i64.pow(places);
        let width = places as usize;
        let plain = if places == 0 {
            digits.to_string()
        } else {
            format!("{}.{:0width$}", digits / unit, digits % unit)
        };
        let plain: Decimal = plain.parse().unwrap();
        prop_assert_eq!(plain.scaled(9), scientific.scaled(9));
        prop_assert_eq!(plain.scaled(places), Ok(digits));
    }

    #[test]
    fn a_decimal_of_any_text_never_panics(text in "[-+0-9.eE]{0,70}|\\PC{0,20}") {
        if let Ok(decimal) = text.parse::<Decimal>() {
            let _ = (decimal.scaled(12), decimal.scaled_half_even(18), decimal.significant(15));
        }
        let _ = text.parse::<PicoUsd>();
        let _ = text.parse::<cost_calculation::Schedule>();
    }

    #[test]
    fn a_payload_reads_or_fails_by_name_and_never_panics(
        payload in payload(), convention in prop::sample::select(UsageConvention::ALL.to_vec()),
        provider in prop::sample::select(vec!["openAI", "bedrock", "vertexai", "", "somebody"])
    ) {
        match read_usage(convention, provider, &payload) {
            Ok(reading) => prop_assert!(reading.usage.total() <= 100 * TOKENS_MAX),
            Err(error) => prop_assert!(error.to_string().contains('`'), "{}", error),
        }
    }

    #[test]
    fn an_openai_payload_keeps_every_token_in_exactly_one_bucket(
        parts in usage(1_000_000), told in any::<bool>()
    ) {
        let (prompt, completion) = (parts.total_input(), parts.total_output());
        let mut payload = json!({
            "prompt_tokens": prompt, "completion_tokens": completion,
            "prompt_tokens_details": {
                "cached_tokens": parts.cache_read, "cache_write_tokens": parts.cache_write_5m,
                "audio_tokens": parts.audio_in, "image_tokens": parts.image_in,
            },
            "completion_tokens_details": {
                "reasoning_tokens": parts.reasoning, "audio_tokens": parts.audio_out,
                "image_tokens": parts.image_out,
            },
        });
        if told {
            payload["total_tokens"] = json!(prompt + completion);
        }
        let reading = read_usage(UsageConvention::OpenAiChat, "openai", &payload).unwrap();
        // How much of the audio and of the images was cached, this shape does not tell: where
        // something was, they are counted with the text and marked.
        let cached = parts.cache_read + parts.cache_write_5m > 0;
        let of_kind = parts.audio_in + parts.image_in;
        let expected = TokenUsage {
            input: parts.input + parts.cache_write_1h + if cached { of_kind } else { 0 },
            cache_write_1h: 0,
            audio_in: if cached { 0 } else { parts.audio_in },
            image_in: if cached { 0 } else { parts.image_in },
            ..parts
        };
        prop_assert_eq!(reading.usage, expected);
        for (mark, count) in [("unsplit_audio", parts.audio_in), ("unsplit_image", parts.image_in)] {
            let marked = reading.calls.get(mark).copied().unwrap_or_default();
            prop_assert_eq!(marked, if cached { count } else { 0 });
        }
    }

    #[test]
    fn a_partial_book_answers_as_the_whole_one_does(
        provider in prop::sample::select(vec!["openAI", "azureOpenAI", "bedrock", "vertexai", "openrouter", "", "x"]),
        prefix in prop::sample::select(vec!["", "us.", "anthropic.", "anthropic/", "openai/", "ft:", "models/", "eu/"]),
        base in prop::sample::select(vec!["gpt-4o", "claude-x", "g"]),
        suffix in prop::sample::select(vec!["", "-2024-08-06", "-20250929-v1:0", "@20250929", ":free", ":org:a:b", "é"]),
        rows in prop::collection::vec((0..4_usize, 0..3_usize, 1..9_i64), 0..12)
    ) {
        let rows: Vec<_> = rows.into_iter().zip(1..).map(|((provider, model, usd), id)| {
            let provider = ["openai", "anthropic", "aws", "vertex"][provider];
            let model = ["gpt-4o", "claude-x", "ft:gpt-4o"][model];
            PriceRow { id, ..row(provider, model, "input", &usd.to_string()) }
        }).collect();
        let whole = book(rows);
        let usage = TokenUsage { input: 1_000_000, ..TokenUsage::default() };
        let name = format!("{prefix}{base}{suffix}");
        let billable = call(provider, &name, &usage);
        let mut part = PriceBook::default();
        for (provider, model) in part.keys_missing(&billable) {
            part.insert_rows(whole.lookup(&provider, &model).cloned().collect());
            part.mark_known([(provider, model)]);
        }
        prop_assert_eq!(estimate(&part, &billable), estimate(&whole, &billable));
    }

    #[test]
    fn flags_of_any_number_are_known_ones(bits in any::<u32>()) {
        let flags = Flags::from_bits(bits);
        prop_assert_eq!(flags.iter().fold(Flags::NONE, Flags::with), flags);
    }
}
