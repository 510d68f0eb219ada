//! What an interaction cost: an estimate that is its components, that are its lines, that are their
//! quantities times the rows of the price book that they name.

use std::collections::{BTreeMap, BTreeSet};

use cost_calculation::{Component, Line, PicoUsd, ResourceType};
use serde_json::{Value, json};

use ledger_core::{
    database::{Database, DatabaseError, Statement},
    estimate_lines::{StoredLine, compact_lines, read_lines},
};

use super::{
    pass::GUARD,
    slice::{Correction, Finding, Slice},
    stored_rows::{EstimateRow, Place, TOKENS},
};
use ledger_core::redo_lines::{Rate, redo};

/// Revisions that one statement adds: with their lines they stay far below the 2 MB of a parameter.
const REVISIONS_MAX: usize = 500;

// The primary key of prices.
const RATES: &str = "
SELECT json_array(p.id, p.rate, p.per) FROM json_each(?1) j JOIN prices p ON p.id = j.value";

/// Every interaction has an estimate (one that lies astray counts), and revisions have no gap.
pub(super) fn verify_revisions(place: &Place, other: &Place, slice: &mut Slice) {
    let without: Vec<i64> = place
        .interactions
        .keys()
        .filter(|key| {
            ![place, other]
                .iter()
                .any(|place| place.estimates.contains_key(key))
        })
        .copied()
        .collect();
    slice.report_keys(
        &without,
        "interaction_has_an_estimate",
        ["an estimate", "none"],
        None,
    );
    let gaps: Vec<i64> = place
        .estimates
        .values()
        .filter(|(estimate, revisions)| estimate.revision != *revisions)
        .map(|(estimate, _)| estimate.key)
        .collect();
    slice.report_keys(
        &gaps,
        "revisions_have_no_gap",
        ["revisions from 1 on without a gap", "a gap"],
        None,
    );
}

/// The counting estimate of every interaction is what its lines come to.
pub(super) async fn verify_estimates<D: Database>(
    database: &D,
    place: &Place,
    rates: &mut BTreeMap<i64, Rate>,
    slice: &mut Slice,
) -> Result<(), DatabaseError> {
    let lines: Vec<(&EstimateRow, Result<Vec<StoredLine>, String>)> = place
        .estimates
        .values()
        .map(|(estimate, _)| (estimate, read_lines(&estimate.lines)))
        .collect();
    let price_ids: BTreeSet<i64> = lines
        .iter()
        .filter_map(|(_, lines)| lines.as_ref().ok())
        .flatten()
        .filter_map(|line| line.price_id)
        .filter(|id| !rates.contains_key(id))
        .collect();
    if !price_ids.is_empty() {
        let rows = database.query(Statement::with(RATES, &price_ids)?).await?;
        for (id, rate, per) in rows.decode::<(i64, i64, i64)>()? {
            rates.insert(id, (rate, per));
        }
    }
    let revisions: Vec<Value> = lines
        .iter()
        .filter_map(|(estimate, lines)| verify_estimate(estimate, lines, place, rates, slice))
        .collect();
    for revisions in revisions.chunks(REVISIONS_MAX) {
        let sql = add_revisions(place.estimate_table);
        slice
            .corrections
            .push(Correction::new(sql, "estimates", json!(revisions)));
    }
    Ok(())
}

/// Records what is wrong with an estimate; returns the revision that corrects it.
fn verify_estimate(
    estimate: &EstimateRow,
    lines: &Result<Vec<StoredLine>, String>,
    place: &Place,
    rates: &BTreeMap<i64, Rate>,
    slice: &mut Slice,
) -> Option<Value> {
    let subject = json!({ "interaction_key": estimate.key, "revision": estimate.revision });
    let redone = lines
        .as_ref()
        .map_err(Clone::clone)
        .and_then(|lines| redo(lines, rates));
    let (Ok(lines), Ok(redone)) = (lines, &redone) else {
        slice.findings.push(Finding {
            check: "estimate_can_be_redone",
            subject,
            expected: json!("lines that can be added up again"),
            found: json!(redone.err()),
            correction: None,
        });
        return None;
    };
    if let Some(row) = place.interactions.get(&estimate.key)
        && !lines_are_of_tokens(lines, &row.tokens)
    {
        slice.findings.push(Finding {
            check: "lines_equal_tokens",
            subject: subject.clone(),
            expected: json!(row.tokens),
            found: json!(estimate.lines),
            correction: None,
        });
    }
    let amounts: Vec<Option<i64>> = lines
        .iter()
        .map(|line| line.amount.map(PicoUsd::get))
        .collect();
    let is_sound = estimate.components == redone.components
        && estimate.total == redone.total
        && estimate.price_state == redone.price_state
        && amounts == redone.amounts;
    if is_sound {
        return None;
    }
    slice.findings.push(Finding {
        check: "estimate_equals_its_lines",
        subject,
        expected: json!({
            "components": redone.components, "total_cost": redone.total,
            "price_state": redone.price_state, "lines": redone.amounts,
        }),
        found: json!({
            "components": estimate.components, "total_cost": estimate.total,
            "price_state": estimate.price_state, "lines": amounts,
        }),
        correction: Some("a revision was added"),
    });
    let [ai_tokens, db_ops, api_calls, compute_time] = redone.components;
    Some(json!([
        estimate.key,
        estimate.revision,
        ai_tokens,
        db_ops,
        api_calls,
        compute_time,
        redone.total,
        redone.price_state,
        with_amounts(lines, &redone.amounts),
    ]))
}

/// Whether the token lines are the interaction's tokens; a declared cost stands for all of them.
fn lines_are_of_tokens(lines: &[StoredLine], tokens: &[i64; 10]) -> bool {
    let mut of_tokens: BTreeMap<String, i64> = BTreeMap::new();
    for line in lines
        .iter()
        .filter(|line| line.component == Component::AiTokens)
    {
        let bucket = match &line.resource {
            ResourceType::Declared => return true,
            // The part of a bucket has a line of its own.
            ResourceType::Part(part) => part.whole(),
            // A factor that nobody knows counts no tokens.
            ResourceType::Multiplier => continue,
            other => other.clone(),
        };
        let held = of_tokens.entry(bucket.to_string()).or_default();
        *held = held.saturating_add(i64::try_from(line.quantity).unwrap_or(i64::MAX));
    }
    let expected = TOKENS
        .into_iter()
        .zip(*tokens)
        .filter(|(_, count)| *count != 0)
        .map(|(token, count)| (token.to_owned(), count));
    of_tokens == expected.collect()
}

/// The lines with other amounts, as they are kept.
fn with_amounts(lines: &[StoredLine], amounts: &[Option<i64>]) -> String {
    let lines: Vec<Line> = lines
        .iter()
        .zip(amounts)
        .map(|(line, amount)| Line {
            component: line.component,
            resource: line.resource.clone(),
            quantity: line.quantity,
            price_id: line.price_id,
            // Price rows hold the rate; a stored line does not.
            rate_pico: None,
            per: 1,
            multiplier: line.multiplier,
            amount: amount.map(PicoUsd::new),
            flags: line.flags,
            note: None,
        })
        .collect();
    compact_lines(&lines)
}

/// Adds revisions, where the one that was read still counts. The sums are recounted later in the
/// same pass: whether they hold the wrong amount or the right one can't be told here.
fn add_revisions(table: &str) -> String {
    format!(
        "INSERT INTO {table} (interaction_key, revision, ai_tokens_cost, db_ops_cost,
           api_calls_cost, compute_time_cost, total_cost, cache_savings, currency, price_state,
           match_kind, calculation_version, price_book_version, created_at, run_id, reason, lines)
         SELECT e.interaction_key, e.revision + 1, j.value ->> 2, j.value ->> 3, j.value ->> 4,
           j.value ->> 5, j.value ->> 6, e.cache_savings, e.currency, j.value ->> 7, e.match_kind,
           e.calculation_version, e.price_book_version, ?1 ->> 'now',
           'verify/' || (?1 ->> 'pass_id'), 'the estimate was not the sum of its lines',
           j.value ->> 8
         FROM json_each(?1, '$.estimates') j CROSS JOIN {table} e
           ON e.interaction_key = j.value ->> 0 AND e.revision = j.value ->> 1
         WHERE {GUARD}
           AND NOT EXISTS (SELECT 1 FROM {table} x WHERE x.interaction_key = e.interaction_key
             AND x.revision > e.revision)"
    )
}
