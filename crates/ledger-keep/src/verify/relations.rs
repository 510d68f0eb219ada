//! What belongs to an interaction: its user, its session, its day, and what its session touched.

use cost_calculation::UnixMillis;
use serde_json::json;

use super::{
    pass::{GUARD, OpenPass},
    sessions::insert_missing,
    slice::{Correction, Slice},
    stored_rows::{InteractionRow, Place},
};

/// The interactions of a place that break some rule.
fn keys_where(place: &Place, breaks: impl Fn(&InteractionRow) -> bool) -> Vec<i64> {
    place
        .interactions
        .values()
        .filter(|row| breaks(row))
        .map(|row| row.key)
        .collect()
}

fn listed(table: &str) -> String {
    format!("FROM json_each(?1, '$.keys') j CROSS JOIN {table} i ON i.interaction_key = j.value")
}

/// An interaction's user, session, day and what its session touched.
pub(super) fn verify_relations(place: &Place, pass: &OpenPass, slice: &mut Slice) {
    let table = if place.estimate_table == "cost_estimates" {
        "interactions"
    } else {
        "interactions_archive"
    };
    verify_owners(place, table, slice);
    // Before what a session touched, which asks for the day.
    verify_days(place, pass, table, slice);
    verify_touched(place, pass, table, slice);
}

fn verify_owners(place: &Place, table: &str, slice: &mut Slice) {
    slice.report_keys(
        &keys_where(place, |row| row.has_user == 0),
        "interaction_has_a_user",
        ["a row of users", "none"],
        None,
    );
    slice.report_keys(
        &keys_where(place, |row| row.has_session == 0),
        "interaction_has_a_session",
        ["a row of sessions or sessions_archive", "none"],
        Some((
            "the session was made again from its interactions",
            &[insert_missing(&format!(
                "SELECT DISTINCT i.session_key {}",
                listed(table)
            ))],
        )),
    );
}

fn verify_days(place: &Place, pass: &OpenPass, table: &str, slice: &mut Slice) {
    let day_of = |row: &InteractionRow| pass.zone.day(UnixMillis(row.timestamp));
    let misdated = keys_where(place, |row| day_of(row) != row.day);
    if misdated.is_empty() {
        return;
    }
    let days: Vec<(i64, String)> = misdated
        .iter()
        .filter_map(|key| place.interactions.get(key))
        .map(|row| (row.key, day_of(row)))
        .collect();
    slice.report_keys(
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

fn verify_touched(place: &Place, pass: &OpenPass, table: &str, slice: &mut Slice) {
    let listed = listed(table);
    slice.report_keys(
        &keys_where(place, |row| row.has_session_model == 0),
        "session_models_cover_interactions",
        ["a row of session_models", "none"],
        Some((
            "the row was added",
            &[format!(
                "INSERT INTO session_models (session_key, provider, model, agent, start_time)
                 SELECT i.session_key, i.provider, i.model_name, i.agent, COALESCE(
                   (SELECT start_time FROM sessions WHERE session_key = i.session_key),
                   (SELECT start_time FROM sessions_archive WHERE session_key = i.session_key),
                   i.timestamp)
                 {listed} WHERE {GUARD}
                 ON CONFLICT DO NOTHING"
            )],
        )),
    );
    slice.report_keys(
        &keys_where(place, |row| {
            row.has_session_day == 0 || pass.zone.day(UnixMillis(row.timestamp)) != row.day
        }),
        "session_days_cover_interactions",
        ["a row of session_days", "none"],
        Some((
            "the row was added",
            &[format!(
                "INSERT INTO session_days (day, user_key, session_key)
                 SELECT i.day, i.user_key, i.session_key {listed} WHERE {GUARD}
                 ON CONFLICT DO NOTHING"
            )],
        )),
    );
}
