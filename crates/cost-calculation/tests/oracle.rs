//! Every case of a public oracle: the answers of genai-prices 0.2.3 and LiteLLM 1.109.1 (see
//! `data/NOTICE`), and ours from the price table, the usage and each provider's raw payload.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)] // a test may stop at once

use std::io::Read;

use cost_calculation::selftest::{OracleCase, oracle_digest};
use cost_calculation::{Decimal, PicoUsd, PriceState};
use flate2::read::GzDecoder;
use serde_json::Value;

fn lines(gz: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(gz).read_to_string(&mut text).unwrap();
    text
}

fn cost_cases() -> String {
    lines(include_bytes!("data/cost-cases.jsonl.gz"))
}

fn tier_cases() -> String {
    lines(include_bytes!("data/tier-cases.jsonl.gz"))
}

/// The total of a case, and how many raw payloads carried no cache writes.
fn priced(line: &str) -> (PicoUsd, usize) {
    let answer = OracleCase::parse(line).unwrap().answer().unwrap();
    assert_eq!(answer.estimate.price_state, PriceState::Priced, "{line}");
    let lines: i64 = answer
        .estimate
        .lines
        .iter()
        .map(|line| line.amount.unwrap().get())
        .sum();
    assert_eq!(
        Some(PicoUsd::new(lines)),
        answer.estimate.total,
        "the lines are the total: {line}"
    );
    (
        answer.estimate.total.unwrap(),
        answer.without_cache_writes.len(),
    )
}

#[test]
fn every_cost_case_is_exact_from_its_usage_and_from_each_raw_payload() {
    let (mut cases, mut payloads, mut without_writes) = (0, 0, 0);
    for line in cost_cases().lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let expected: PicoUsd = case["genai_total"].as_str().unwrap().parse().unwrap();
        let (total, without) = priced(line);
        assert_eq!(total, expected, "case {}", case["id"]);
        cases += 1;
        payloads += case
            .get("raw")
            .map_or(0, |raw| raw.as_object().unwrap().len());
        without_writes += without;
    }
    assert_eq!((cases, payloads), (400, 217));
    // Fifteen cases have priced cache writes that their payloads' shapes have no field for.
    assert_eq!(without_writes, 21);
}

#[test]
fn every_tier_case_on_which_both_libraries_agree_is_exact() {
    let mut agreed = 0;
    for line in tier_cases().lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        if case["agree"].as_bool().unwrap() {
            let expected: PicoUsd = case["genai_total"].as_str().unwrap().parse().unwrap();
            assert_eq!(priced(line).0, expected, "case {}", case["id"]);
            agreed += 1;
        }
    }
    assert!(agreed > 30, "{agreed}");
}

#[test]
fn litellms_floats_round_to_the_same_totals_where_the_libraries_agree() {
    for line in cost_cases().lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        if case["agree"].as_bool().unwrap() {
            let float: Decimal = case["litellm_total"].as_str().unwrap().parse().unwrap();
            let theirs = float.significant(12).scaled_half_even(12).unwrap();
            let ours = priced(line).0.get();
            assert!(
                (theirs - ours).abs() <= ours / 1_000_000_000 + 1,
                "case {}",
                case["id"]
            );
        }
    }
}

#[test]
fn the_digest_is_one_line_for_each_case_and_the_same_each_time() {
    let cases = cost_cases();
    let digest = oracle_digest(&cases);
    assert_eq!(digest.lines().count(), 400);
    assert_eq!(
        digest
            .lines()
            .filter(|line| line.starts_with("error"))
            .count(),
        0
    );
    assert_eq!(digest, oracle_digest(&cases));
}

#[test]
fn a_raw_payload_that_comes_to_another_total_is_an_error() {
    let line = r#"{"id":1,"price_table":{"input_mtok":"2"},"usage":{"input_tokens":10},
        "raw":{"openai.chat":{"prompt_tokens":11}}}"#;
    let error = OracleCase::parse(line).unwrap().answer().unwrap_err();
    assert_eq!(
        error,
        "the raw payload `openai.chat` comes to 0.000022, the usage to 0.00002"
    );
}
