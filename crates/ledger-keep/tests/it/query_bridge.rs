//! The bridge on a ledger whose prices changed: dated prices tell a change of price from one of use.

use crate::query_ledger::{chat, ledger_of, parameters, pico, reader};
use cost_calculation::TokenUsage;
use futures_executor::block_on;
use ledger_query::SYSTEM_PARAMETERS;
use serde_json::{Value, json};

// gpt-5 costs 1.25 in and 10 out until 10 November, 2.500000000001 and 15.000000000003 from then.
fn usage(input: u64, output: u64) -> TokenUsage {
    TokenUsage {
        input,
        output,
        ..TokenUsage::default()
    }
}

/// The bridge from 3–9 November to 10–16 November.
fn bridge(events: Vec<events::Interaction>) -> Value {
    let database = ledger_of(events);
    let query = [
        ("start_date", "2026-11-10".to_owned()),
        ("end_date", "2026-11-16".to_owned()),
        ("compare", "previous".to_owned()),
    ];
    let asked = parameters(&query, &SYSTEM_PARAMETERS).unwrap();
    let answer = block_on(reader(&database).system_stats(&asked)).unwrap();
    serde_json::to_value(answer).unwrap()["bridge"].clone()
}

#[test]
fn the_same_use_at_a_dearer_price_is_price_alone() {
    let bridge = bridge(vec![
        chat("before", 16, usage(1_000_000, 100_000)),
        chat("after", 9, usage(1_000_000, 100_000)),
    ]);
    assert_eq!(bridge["from"], json!("2.25"));
    assert_eq!(
        pico(&bridge["price"]),
        pico(&bridge["to"]) - pico(&bridge["from"])
    );
    for zero in ["volume", "mix", "token_mix", "new", "gone"] {
        assert_eq!(bridge[zero], json!("0"), "{zero}: {bridge:#}");
    }
}

#[test]
fn other_token_types_at_the_old_price_are_mix_not_price() {
    // Both weeks lie before the change, so no price moved; only output grew at input's expense.
    let database = ledger_of(vec![
        chat("before", 26, usage(1_000_000, 100_000)),
        chat("after", 19, usage(900_000, 200_000)),
    ]);
    let query = [
        ("start_date", "2026-10-31".to_owned()),
        ("end_date", "2026-11-06".to_owned()),
        ("compare", "previous".to_owned()),
    ];
    let asked = parameters(&query, &SYSTEM_PARAMETERS).unwrap();
    let answer = block_on(reader(&database).system_stats(&asked)).unwrap();
    let bridge = serde_json::to_value(answer).unwrap()["bridge"].clone();
    assert_eq!(bridge["price"], json!("0"), "{bridge:#}");
    assert_eq!(
        pico(&bridge["mix"]),
        pico(&bridge["to"]) - pico(&bridge["from"])
    );
    assert_eq!(bridge["token_mix"], bridge["mix"]);
}

#[test]
fn more_use_at_a_dearer_price_is_split_exactly() {
    let bridge = bridge(vec![
        chat("before", 16, usage(1_000_000, 0)),
        chat("after", 9, usage(3_000_000, 0)),
    ]);
    // 1.25 before; three times as much at the old price is 3.75, at the new one 7.500000000003.
    assert_eq!(bridge["volume"], json!("2.5"));
    assert_eq!(bridge["price"], json!("3.750000000003"));
    assert_eq!(bridge["mix"], json!("0"));
}
