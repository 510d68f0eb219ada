//! A slice whose corrections a full sum refuses: which of them fit is tried without writing any, and a
//! finding names the others.

use cost_calculation::UnixMillis;
use serde_json::{Value, json};

use ledger_core::database::{Database, DatabaseError, Statement};

use super::{
    pass::{OpenPass, Written, with_guard},
    slice::{Correction, Finding, Slice},
};

/// The most tries of a slice; what is left then is stepped over together.
const TRIES_MAX: u32 = 48;
/// The most rows that the finding names.
const NAMED_MAX: usize = 20;
/// Members whose items are moved each for itself, so that a part of them may be left out.
const DIVISIBLE: [&str; 3] = ["rows", "changes", "estimates"];

/// Ends a try: the stage is none, and the table refuses it, with everything before it.
const UNDO: &str = "UPDATE integrity_passes SET stage = 'undo' WHERE id = ?1 ->> 'pass_id'";
/// How the table says so.
const UNDONE: &str = "stage IN";

/// Writes a slice and moves on, with the corrections that fit; what was written of it comes back.
pub(super) async fn write_what_fits<D: Database>(
    database: &D,
    pass: OpenPass,
    slice: Slice,
    now: UnixMillis,
) -> Result<(Written, Slice), DatabaseError> {
    match pass.clone().write(database, &slice, now).await {
        Err(DatabaseError::Constraint(_)) => {
            let slice = without_what_is_full(database, &pass, slice, now).await?;
            let written = pass.write(database, &slice, now).await?;
            Ok((written, slice))
        }
        written => Ok((written?, slice)),
    }
}

/// The slice with the corrections that fit, and a finding about the others.
async fn without_what_is_full<D: Database>(
    database: &D,
    pass: &OpenPass,
    mut slice: Slice,
    now: UnixMillis,
) -> Result<Slice, DatabaseError> {
    let guard = pass.guard(now);
    let mut fitting: Vec<Correction> = Vec::new();
    let mut refused: Vec<Value> = Vec::new();
    let mut why = String::new();
    let mut tries = 0;
    let mut waiting = grouped(std::mem::take(&mut slice.corrections));
    waiting.reverse();
    while let Some(group) = waiting.pop() {
        let refusal = if tries < TRIES_MAX {
            tries += 1;
            refusal(database, &guard, fitting.iter().chain(&group)).await?
        } else {
            Some(format!(
                "not tried: {TRIES_MAX} tries found full sums; {why}"
            ))
        };
        let Some(reason) = refusal else {
            fitting.extend(group);
            continue;
        };
        why = reason;
        match halves(&group) {
            Some([first, second]) if tries < TRIES_MAX => waiting.extend([second, first]),
            _ => refused.extend(named(&group)),
        }
    }
    slice.corrections = fitting;
    if !refused.is_empty() {
        let count = refused.len();
        refused.truncate(NAMED_MAX);
        slice.findings.push(Finding {
            check: "sum_has_room",
            subject: json!({ "job": "verify", "left_as_they_were": refused, "count": count }),
            expected: json!("room for the difference: a sum holds 2^63 - 1 picodollars"),
            found: json!(why),
            correction: None,
        });
    }
    Ok(slice)
}

/// Corrections that share a parameter are the steps of one, and stay together.
fn grouped(corrections: Vec<Correction>) -> Vec<Vec<Correction>> {
    let mut groups: Vec<Vec<Correction>> = Vec::new();
    for correction in corrections {
        match groups.last_mut() {
            Some(group)
                if group
                    .last()
                    .is_some_and(|last| last.parameter == correction.parameter) =>
            {
                group.push(correction);
            }
            _ => groups.push(vec![correction]),
        }
    }
    groups
}

/// Why the corrections do not fit, if they do not. Nothing is written.
async fn refusal<D: Database>(
    database: &D,
    guard: &Value,
    corrections: impl Iterator<Item = &Correction>,
) -> Result<Option<String>, DatabaseError> {
    let mut statements: Vec<Statement> = corrections
        .map(|one| with_guard(&one.sql, &Value::Object(one.parameter.clone()), guard))
        .collect();
    statements.push(with_guard(UNDO, &Value::Null, guard));
    match database.batch(&statements).await {
        Err(DatabaseError::Constraint(reason)) if reason.contains(UNDONE) => Ok(None),
        Err(DatabaseError::Constraint(reason)) => Ok(Some(reason)),
        Err(error) => Err(error),
        // Another pass has removed this one.
        Ok(_) => Ok(None),
    }
}

/// The list of a group that may be cut.
fn divisible(group: &[Correction]) -> Option<(&'static str, &Vec<Value>)> {
    let parameter = &group.first()?.parameter;
    DIVISIBLE
        .into_iter()
        .find_map(|member| Some((member, parameter.get(member)?.as_array()?)))
}

fn halves(group: &[Correction]) -> Option<[Vec<Correction>; 2]> {
    let (member, items) = divisible(group)?;
    if items.len() < 2 {
        return None;
    }
    let (first, second) = items.split_at(items.len() / 2);
    Some([first, second].map(|items| {
        let part = |one: &Correction| {
            let mut one = one.clone();
            one.parameter.insert(member.to_owned(), json!(items));
            one
        };
        group.iter().map(part).collect()
    }))
}

/// What a group would have corrected, for the finding.
fn named(group: &[Correction]) -> Vec<Value> {
    match divisible(group) {
        Some((_, items)) => items.clone(),
        None => group
            .first()
            .map(|one| Value::Object(one.parameter.clone()))
            .into_iter()
            .collect(),
    }
}
