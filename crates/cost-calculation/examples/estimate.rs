//! Reads lines `{"id", "price_table", "usage", "raw"?}` on standard input and writes
//! `{"id": …, "total": "…"}` for each, or `{"id": …, "error": "…"}`.
//!
//! Every payload under `raw` is priced too and must come to the same total. A payload that has no
//! field for the cache writes that `usage` states is priced with them and named in
//! `raw_without_cache_writes`.
//!
//! `cargo run -q --release -p cost-calculation --example estimate < cases.jsonl`;
//! with `--digest` it prints whole estimates, to compare with what Wasm computes.
use std::io::{BufRead, Read, Write};
use std::process::ExitCode;

use cost_calculation::selftest::{OracleCase, oracle_digest};
use serde_json::{Value, json};

fn main() -> std::io::Result<ExitCode> {
    let stdin = std::io::stdin().lock();
    let mut stdout = std::io::BufWriter::new(std::io::stdout().lock());
    if std::env::args().any(|argument| argument == "--digest") {
        let mut text = String::new();
        { stdin }.read_to_string(&mut text)?;
        stdout.write_all(oracle_digest(&text).as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut failed = false;
    for line in stdin.lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = answer(&line);
        failed |= answer.get("error").is_some();
        writeln!(stdout, "{answer}")?;
    }
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn answer(line: &str) -> Value {
    let case = match OracleCase::parse(line) {
        Ok(case) => case,
        Err(error) => return json!({"id": null, "error": error}),
    };
    match case.answer() {
        Ok(answer) => {
            let total = answer.estimate.total.map(|total| total.to_string());
            let state = answer.estimate.price_state.as_str();
            let mut written = json!({"id": case.id, "total": total});
            if let Some(fields) = written.as_object_mut() {
                if state != "priced" {
                    fields.insert("price_state".to_owned(), json!(state));
                }
                if !answer.without_cache_writes.is_empty() {
                    let names = json!(answer.without_cache_writes);
                    fields.insert("raw_without_cache_writes".to_owned(), names);
                }
            }
            written
        }
        Err(error) => json!({"id": case.id, "error": error}),
    }
}
