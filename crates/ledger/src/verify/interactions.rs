//! Interactions by key, hot and archived: each in one place, with its user and session, with an
//! estimate that its lines explain.

use std::collections::{BTreeMap, BTreeSet};

use cost_calculation::{Line, PicoUsd, UnixMillis};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    database::{Database, DatabaseError, Rows, Statement},
    estimate_lines::{StoredLine, compact_lines, read_lines},
};

use super::{
    pass::{Correction, Finding, GUARD, OpenPass, Slice},
    redo_lines::{Rate, redo},
    sessions::insert_missing,
};

/// The keys in a slice.
const SLICE_KEYS: i64 = 2_000;
/// The most keys that one finding names.
const NAMED_KEYS_MAX: usize = 20;

/// The token columns, which are the names of the lines' resources too.
const TOKENS: [&str; 10] = [
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

// Primary keys.
const NEXT_KEY: &str = "
SELECT json_array(
  (SELECT MIN(interaction_key) FROM interactions WHERE interaction_key > ?1 ->> 'after'),
  (SELECT MIN(interaction_key) FROM interactions_archive WHERE interaction_key > ?1 ->> 'after'),
  (SELECT MIN(interaction_key) FROM cost_estimates WHERE interaction_key > ?1 ->> 'after'),
  (SELECT MIN(interaction_key) FROM cost_estimates_archive WHERE interaction_key > ?1 ->> 'after'))";

const RATES: &str = "
SELECT json_array(p.id, p.rate, p.per) FROM json_each(?1) j JOIN prices p ON p.id = j.value";

// The primary key for the range; each look-up by a primary key or the unique id.
fn interactions_in(table: &str, other: &str) -> String {
    let tokens = TOKENS.map(|token| format!("i.{token}_tokens")).join(", ");
    format!(
        "SELECT json_array(i.interaction_key, i.id, i.timestamp, i.day,
           (SELECT k.interaction_key FROM {other} k WHERE k.id = i.id),
           EXISTS (SELECT 1 FROM users u WHERE u.user_key = i.user_key),
           EXISTS (SELECT 1 FROM sessions s WHERE s.id = i.session_id)
             OR EXISTS (SELECT 1 FROM sessions_archive s WHERE s.id = i.session_id),
           EXISTS (SELECT 1 FROM session_models m WHERE m.session_id = i.session_id
             AND m.provider = i.provider AND m.model = i.model_name AND m.agent = i.agent),
           EXISTS (SELECT 1 FROM session_days d WHERE d.day = i.day AND d.user_key = i.user_key
             AND d.session_id = i.session_id),
           json_array({tokens}))
         FROM {table} i WHERE i.interaction_key BETWEEN ?1 ->> 'low' AND ?1 ->> 'high'"
    )
}

fn estimates_in(table: &str) -> String {
    format!(
        "SELECT json_array(e.interaction_key, e.revision, json_array(e.ai_tokens_cost,
           e.db_ops_cost, e.api_calls_cost, e.compute_time_cost), e.total_cost, e.price_state,
           e.lines)
         FROM {table} e WHERE e.interaction_key BETWEEN ?1 ->> 'low' AND ?1 ->> 'high'
         ORDER BY e.interaction_key, e.revision"
    )
}

#[derive(Deserialize)]
struct InteractionRow {
    key: i64,
    id: String,
    timestamp: i64,
    day: String,
    /// The key of the same id in the other table.
    twin: Option<i64>,
    has_user: u8,
    has_session: u8,
    has_session_model: u8,
    has_session_day: u8,
    tokens: [i64; 10],
}

#[derive(Deserialize)]
struct EstimateRow {
    key: i64,
    revision: i64,
    components: [Option<i64>; 4],
    total: Option<i64>,
    price_state: String,
    lines: String,
}

/// One of the two places, hot or archive.
struct Place {
    estimate_table: &'static str,
    interactions: BTreeMap<i64, InteractionRow>,
    /// The counting estimate of each key, and how many revisions it has.
    estimates: BTreeMap<i64, (EstimateRow, i64)>,
}

impl Place {
    fn read(
        estimate_table: &'static str,
        interactions: &Rows,
        estimates: &Rows,
    ) -> Result<Self, DatabaseError> {
        let interactions = interactions.decode::<InteractionRow>()?;
        let mut counting: BTreeMap<i64, (EstimateRow, i64)> = BTreeMap::new();
        for estimate in estimates.decode::<EstimateRow>()? {
            // They come by revision, so the last one counts.
            let revisions = counting
                .get(&estimate.key)
                .map_or(0, |(_, revisions)| *revisions);
            counting.insert(estimate.key, (estimate, revisions + 1));
        }
        Ok(Self {
            estimate_table,
            interactions: interactions.into_iter().map(|row| (row.key, row)).collect(),
            estimates: counting,
        })
    }
}

/// Verifies the keys after the pass's place.
pub(super) async fn verify<D: Database>(
    database: &D,
    pass: &OpenPass,
    rates: &mut BTreeMap<i64, Rate>,
) -> Result<Slice, DatabaseError> {
    let after: i64 = pass.position.parse().map_err(|_| {
        DatabaseError::Decode(format!(
            "the pass stands at {}, which is no key",
            pass.position
        ))
    })?;
    let next = database
        .query(Statement::with(NEXT_KEY, &json!({ "after": after }))?)
        .await?;
    let next: Option<[Option<i64>; 4]> = next.first()?;
    let Some(low) = next.into_iter().flatten().flatten().min() else {
        return Ok(Slice::default());
    };
    let high = low.saturating_add(SLICE_KEYS - 1);
    let range = json!({ "low": low, "high": high }).to_string();
    let rows = database
        .batch(&[
            Statement::with_json(
                interactions_in("interactions", "interactions_archive"),
                &*range,
            ),
            Statement::with_json(estimates_in("cost_estimates"), &*range),
            Statement::with_json(
                interactions_in("interactions_archive", "interactions"),
                &*range,
            ),
            Statement::with_json(estimates_in("cost_estimates_archive"), &*range),
        ])
        .await?;
    let [
        hot_interactions,
        hot_estimates,
        old_interactions,
        old_estimates,
    ] = rows.as_slice()
    else {
        return Err(DatabaseError::Other("the batch gave no rows".to_owned()));
    };
    let hot = Place::read("cost_estimates", hot_interactions, hot_estimates)?;
    let old = Place::read("cost_estimates_archive", old_interactions, old_estimates)?;

    let mut slice = Slice {
        position: Some(high.to_string()),
        ..Slice::default()
    };
    for place in [&hot, &old] {
        slice.coverage.interactions += place.interactions.len() as u64;
        slice.coverage.estimates += place.estimates.len() as u64;
    }
    verify_places(&hot, &old, &mut slice);
    for (place, other) in [(&hot, &old), (&old, &hot)] {
        verify_relations(place, pass, &mut slice);
        verify_revisions(place, other, &mut slice);
        verify_estimates(database, place, rates, &mut slice).await?;
    }
    Ok(slice)
}

fn named(keys: &[i64]) -> Value {
    json!({
        "interaction_keys": keys.get(..keys.len().min(NAMED_KEYS_MAX)).unwrap_or_default(),
        "count": keys.len(),
    })
}

/// Records the keys that break a rule, together, with one correction.
fn report(
    slice: &mut Slice,
    keys: &[i64],
    check: &'static str,
    [expected, found]: [&str; 2],
    correction: Option<(&'static str, &[String])>,
) {
    if keys.is_empty() {
        return;
    }
    slice.findings.push(Finding {
        check,
        subject: named(keys),
        expected: json!(expected),
        found: json!(found),
        correction: correction.map(|(what, _)| what),
    });
    for sql in correction
        .into_iter()
        .flat_map(|(_, statements)| statements)
    {
        slice
            .corrections
            .push(Correction::new(sql.clone(), "keys", json!(keys)));
    }
}

/// An interaction lies in one of the two tables, and its estimates beside it.
fn verify_places(hot: &Place, old: &Place, slice: &mut Slice) {
    let is_same = |key: &i64| match (hot.interactions.get(key), old.interactions.get(key)) {
        (Some(hot), Some(old)) => hot.id == old.id,
        _ => false,
    };
    let both: Vec<i64> = hot.interactions.keys().copied().filter(is_same).collect();
    let listed = "(SELECT j.value FROM json_each(?1, '$.keys') j)";
    report(
        slice,
        &both,
        "interaction_in_one_place",
        ["in interactions or in interactions_archive", "in both"],
        Some((
            "the copy in the archive was removed",
            &[
                format!(
                    "INSERT INTO cost_estimates SELECT e.* FROM cost_estimates_archive e
                     WHERE e.interaction_key IN {listed} AND {GUARD} ON CONFLICT DO NOTHING"
                ),
                format!(
                    "DELETE FROM cost_estimates_archive WHERE interaction_key IN {listed} AND {GUARD}"
                ),
                format!(
                    "DELETE FROM interactions_archive WHERE interaction_key IN {listed} AND {GUARD}"
                ),
            ],
        )),
    );
    let twins: Vec<i64> = hot
        .interactions
        .values()
        .filter(|row| row.twin.is_some_and(|twin| twin != row.key))
        .map(|row| row.key)
        .collect();
    report(
        slice,
        &twins,
        "interaction_id_is_unique",
        [
            "an id in one table",
            "the same id in the archive under another key",
        ],
        None,
    );
    for (here, there, from, to, home) in [
        (
            hot,
            old,
            "cost_estimates",
            "cost_estimates_archive",
            "interactions_archive",
        ),
        (
            old,
            hot,
            "cost_estimates_archive",
            "cost_estimates",
            "interactions",
        ),
    ] {
        let (astray, orphans): (Vec<i64>, Vec<i64>) = here
            .estimates
            .keys()
            .filter(|key| !here.interactions.contains_key(key))
            .partition(|key| there.interactions.contains_key(key));
        report(
            slice,
            &astray,
            "estimate_beside_its_interaction",
            ["where its interaction lies", "in the other place"],
            Some((
                "the estimates were moved to their interaction",
                &[
                    format!(
                        "INSERT INTO {to} SELECT e.* FROM {from} e
                         WHERE e.interaction_key IN (SELECT i.interaction_key FROM {home} i
                           WHERE i.interaction_key IN {listed}) AND {GUARD}
                         ON CONFLICT DO NOTHING"
                    ),
                    format!(
                        "DELETE FROM {from} WHERE interaction_key IN (SELECT i.interaction_key
                           FROM {home} i WHERE i.interaction_key IN {listed}) AND {GUARD}"
                    ),
                ],
            )),
        );
        report(
            slice,
            &orphans,
            "estimate_has_an_interaction",
            ["an interaction", "none"],
            None,
        );
    }
}

/// An interaction's user, session, day and what its session touched.
fn verify_relations(place: &Place, pass: &OpenPass, slice: &mut Slice) {
    let keys_where = |breaks: &dyn Fn(&InteractionRow) -> bool| -> Vec<i64> {
        place
            .interactions
            .values()
            .filter(|row| breaks(row))
            .map(|row| row.key)
            .collect()
    };
    let table = if place.estimate_table == "cost_estimates" {
        "interactions"
    } else {
        "interactions_archive"
    };
    let listed = format!(
        "FROM json_each(?1, '$.keys') j CROSS JOIN {table} i ON i.interaction_key = j.value"
    );
    report(
        slice,
        &keys_where(&|row| row.has_user == 0),
        "interaction_has_a_user",
        ["a row of users", "none"],
        None,
    );
    report(
        slice,
        &keys_where(&|row| row.has_session == 0),
        "interaction_has_a_session",
        ["a row of sessions or sessions_archive", "none"],
        Some((
            "the session was made again from its interactions",
            &[insert_missing(&format!(
                "SELECT DISTINCT i.session_id {listed}"
            ))],
        )),
    );
    // Before what a session touched, which asks for the day.
    let misdated = keys_where(&|row| pass.zone.day(UnixMillis(row.timestamp)) != row.day);
    if !misdated.is_empty() {
        let days: Vec<(i64, String)> = misdated
            .iter()
            .filter_map(|key| place.interactions.get(key))
            .map(|row| (row.key, pass.zone.day(UnixMillis(row.timestamp))))
            .collect();
        report(
            slice,
            &misdated,
            "day_is_that_of_the_timestamp",
            [
                "the timestamp's day in the reporting time zone",
                "another day",
            ],
            Some(("the day was set", &[])),
        );
        slice.corrections.push(Correction::new(
            format!(
                "UPDATE {table} SET day = j.value ->> 1 FROM json_each(?1, '$.days') j
                 WHERE interaction_key = j.value ->> 0 AND {GUARD}"
            ),
            "days",
            json!(days),
        ));
    }
    report(
        slice,
        &keys_where(&|row| row.has_session_model == 0),
        "session_models_cover_interactions",
        ["a row of session_models", "none"],
        Some((
            "the row was added",
            &[format!(
                "INSERT INTO session_models (session_id, provider, model, agent)
                 SELECT i.session_id, i.provider, i.model_name, i.agent {listed} WHERE {GUARD}
                 ON CONFLICT DO NOTHING"
            )],
        )),
    );
    report(
        slice,
        &keys_where(&|row| {
            row.has_session_day == 0 || pass.zone.day(UnixMillis(row.timestamp)) != row.day
        }),
        "session_days_cover_interactions",
        ["a row of session_days", "none"],
        Some((
            "the row was added",
            &[format!(
                "INSERT INTO session_days (day, user_key, session_id)
                 SELECT i.day, i.user_key, i.session_id {listed} WHERE {GUARD}
                 ON CONFLICT DO NOTHING"
            )],
        )),
    );
}

/// Every interaction has an estimate (one that lies astray counts), and revisions have no gap.
fn verify_revisions(place: &Place, other: &Place, slice: &mut Slice) {
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
    report(
        slice,
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
    report(
        slice,
        &gaps,
        "revisions_have_no_gap",
        ["revisions from 1 on without a gap", "a gap"],
        None,
    );
}

/// The counting estimate of every interaction is what its lines come to.
async fn verify_estimates<D: Database>(
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
    if !revisions.is_empty() {
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
    let mut of_tokens = lines
        .iter()
        .filter(|line| line.component == cost_calculation::Component::AiTokens)
        .map(|line| {
            (
                line.resource.as_str(),
                i64::try_from(line.quantity).unwrap_or(i64::MAX),
            )
        })
        .peekable();
    if of_tokens
        .peek()
        .is_some_and(|(resource, _)| *resource == "declared")
    {
        return true;
    }
    let expected = TOKENS
        .into_iter()
        .zip(*tokens)
        .filter(|(_, count)| *count != 0);
    of_tokens.collect::<BTreeMap<_, _>>() == expected.collect()
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
