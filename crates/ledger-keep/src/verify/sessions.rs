//! Sessions by key, hot and archived, against their interactions.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use ledger_core::database::{Database, DatabaseError, Statement};

use super::{
    long_session::{self, LONG_INTERACTIONS},
    pass::{GUARD, OpenPass},
    session_models,
    session_recount::{ALL, Kept, Recounted, SUMS_OF_ROWS, kept, recount, rows_of},
    slice::{Correction, Coverage, Finding, Slice},
};

/// The most sessions in a slice.
const SLICE_SESSIONS: usize = 200;
/// About the most interactions that the sessions of a slice have together.
const SLICE_INTERACTIONS: u64 = 4_000;

/// The sums that a session keeps.
const SUMS: [&str; 7] = [
    "interaction_count",
    "error_count",
    "aborted_count",
    "unpriced_count",
    "partial_count",
    "token_count",
    "total_cost",
];

// Primary keys.
const NEXT_KEYS: [&str; 2] = [
    "SELECT json_array(session_key, interaction_count) FROM sessions
     WHERE session_key > ?1 ->> 'after' ORDER BY session_key LIMIT ?1 ->> 'limit'",
    "SELECT json_array(session_key, interaction_count) FROM sessions_archive
     WHERE session_key > ?1 ->> 'after' ORDER BY session_key LIMIT ?1 ->> 'limit'",
];

/// The statement that makes sessions anew, for those that `keys` selects and that lie nowhere.
pub(super) fn insert_missing(keys: &str) -> String {
    format!(
        "WITH {},
         owned AS (
           SELECT r.*, FIRST_VALUE(r.user_key) OVER (PARTITION BY r.session_key
             ORDER BY r.timestamp, u.tenant_id, u.user_id) AS owner
           FROM rows r LEFT JOIN users u USING (user_key)
         )
         INSERT INTO sessions (session_key, user_key, start_time, last_seen, last_start,
           interaction_count, error_count, aborted_count, unpriced_count, partial_count, token_count, total_cost, mixed_users, first_ingest_id)
         SELECT session_key, MAX(owner), MIN(timestamp), MAX(price_time), MAX(timestamp), {SUMS_OF_ROWS},
           MIN(user_key) <> MAX(user_key), 0
         FROM owned
         WHERE {GUARD} AND NOT EXISTS (SELECT 1 FROM sessions_archive a
                                    WHERE a.session_key = owned.session_key)
         GROUP BY session_key
         ON CONFLICT (session_key) DO NOTHING",
        rows_of(keys, ALL)
    )
}

/// Verifies the sessions after the pass's place.
pub(super) async fn verify<D: Database>(
    database: &D,
    pass: &OpenPass,
) -> Result<Slice, DatabaseError> {
    let after = pass.last_key()?;
    let next = next_keys(database, after).await?;
    let through = (!next.is_last).then(|| next.keys.last().copied()).flatten();
    let begun = Slice {
        coverage: Coverage {
            sessions: next.keys.len() as u64,
            ..Coverage::default()
        },
        position: through.map(|key| key.to_string()),
        ..Slice::default()
    };
    if let [key] = *next.keys.as_slice()
        && next.interactions > LONG_INTERACTIONS
    {
        return verify_long(database, key, begun).await;
    }
    let mut slice = begun;
    let parameter = json!({ "keys": next.keys, "after": after, "through": through }).to_string();
    let rows = database
        .batch(&[
            Statement::with_json(kept(), &*parameter),
            Statement::with_json(recount(ALL), &*parameter),
            Statement::with_json(session_models::WITHOUT_INTERACTION, &*parameter),
            Statement::with_json(session_models::ELSEWHERE, &*parameter),
        ])
        .await?;
    let [kept, recounted, stray, elsewhere] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no rows".to_owned()));
    };
    examine(kept.decode()?, recounted.decode()?, &mut slice);
    session_models::verify(stray, elsewhere, &mut slice)?;
    Ok(slice)
}

/// A session that is recounted in parts: what differs counts only if it does so twice.
async fn verify_long<D: Database>(
    database: &D,
    key: i64,
    mut slice: Slice,
) -> Result<Slice, DatabaseError> {
    let look = async || -> Result<(Slice, Vec<Value>), DatabaseError> {
        let (kept, recounted) = long_session::look(database, key).await?;
        let mut seen = Slice::default();
        let changes = examine(kept, recounted.into_iter().collect(), &mut seen);
        Ok((seen, changes))
    };
    let (mut seen, changes) = look().await?;
    if !changes.is_empty() {
        let differences = |changes: &[Value]| -> Vec<Value> {
            changes
                .iter()
                .filter_map(|change| change.get("differences").cloned())
                .collect()
        };
        let (again, changes_again) = look().await?;
        seen = if differences(&changes) == differences(&changes_again) {
            again
        } else {
            Slice::default()
        };
    }
    slice.findings = seen.findings;
    slice.corrections = seen.corrections;
    Ok(slice)
}

/// Compares kept rows with what their interactions come to; returns the changes that correct them.
fn examine(kept: Vec<Kept>, recounted: Vec<Recounted>, slice: &mut Slice) -> Vec<Value> {
    let recounted: BTreeMap<i64, Recounted> =
        recounted.into_iter().map(|row| (row.key, row)).collect();
    let mut places: BTreeMap<i64, Kept> = BTreeMap::new();
    let mut both = Vec::new();
    // The hot rows come first, and win.
    for kept in kept {
        match places.entry(kept.key) {
            std::collections::btree_map::Entry::Occupied(_) => both.push(kept),
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(kept);
            }
        }
    }
    verify_places(&both, slice);
    verify_names(places.values(), slice);
    let changes: Vec<Value> = places
        .values()
        .filter_map(|kept| verify_session(kept, recounted.get(&kept.key), slice))
        .collect();
    if !changes.is_empty() {
        // In both places, since a session may have moved between the look and now.
        for table in ["sessions", "sessions_archive"] {
            let sql = move_sessions(table);
            slice
                .corrections
                .push(Correction::new(sql, "changes", json!(changes)));
        }
    }
    changes
}

/// The sessions of a slice.
struct NextKeys {
    keys: Vec<i64>,
    /// How many interactions they say that they have.
    interactions: u64,
    /// Whether none comes after them.
    is_last: bool,
}

/// The next keys in both tables.
async fn next_keys<D: Database>(database: &D, after: i64) -> Result<NextKeys, DatabaseError> {
    let parameter = json!({ "after": after, "limit": SLICE_SESSIONS }).to_string();
    let rows = database
        .batch(&NEXT_KEYS.map(|sql| Statement::with_json(sql, &*parameter)))
        .await?;
    let mut counts: BTreeMap<i64, u64> = BTreeMap::new();
    let mut is_last = true;
    // What lies beyond the last key of a full page is not known.
    let mut known_through: Option<i64> = None;
    for page in &rows {
        let page = page.decode::<(i64, i64)>()?;
        if let (SLICE_SESSIONS, Some((last, _))) = (page.len(), page.last()) {
            is_last = false;
            known_through = Some(known_through.map_or(*last, |known| known.min(*last)));
        }
        for (key, count) in page {
            *counts.entry(key).or_default() += count.unsigned_abs();
        }
    }
    let mut next = NextKeys {
        keys: Vec::new(),
        interactions: 0,
        is_last,
    };
    for (key, count) in counts {
        let is_beyond = known_through.is_some_and(|through| key > through);
        let interactions = next.interactions.saturating_add(count);
        if is_beyond || (!next.keys.is_empty() && interactions > SLICE_INTERACTIONS) {
            next.is_last = false;
            break;
        }
        next.keys.push(key);
        next.interactions = interactions;
    }
    Ok(next)
}

fn verify_places(both: &[Kept], slice: &mut Slice) {
    if both.is_empty() {
        return;
    }
    slice.findings.push(Finding {
        check: "session_in_one_place",
        subject: json!({ "session_ids": both.iter().map(|kept| &kept.id).collect::<Vec<_>>() }),
        expected: json!("in sessions or in sessions_archive"),
        found: json!("in both"),
        correction: Some("the row in the archive was joined to the other"),
    });
    let keys: Vec<i64> = both.iter().map(|kept| kept.key).collect();
    let listed = "(SELECT j.value FROM json_each(?1, '$.keys') j)";
    for sql in [
        format!(
            "UPDATE sessions SET start_time = MIN(sessions.start_time, a.start_time),
               last_seen = MAX(sessions.last_seen, a.last_seen),
               last_start = MAX(sessions.last_start, a.last_start),
               end_time = NULLIF(MAX(COALESCE(sessions.end_time, -1), COALESCE(a.end_time, -1)), -1)
             FROM sessions_archive a
             WHERE a.session_key = sessions.session_key AND sessions.session_key IN {listed}
               AND {GUARD}"
        ),
        format!(
            "DELETE FROM sessions_archive WHERE session_key IN {listed} AND {GUARD}
               AND EXISTS (SELECT 1 FROM sessions s
                           WHERE s.session_key = sessions_archive.session_key)"
        ),
    ] {
        slice
            .corrections
            .push(Correction::new(sql, "keys", json!(keys)));
    }
}

/// Sessions whose id is lost: nothing can tell it again.
fn verify_names<'a>(kept: impl Iterator<Item = &'a Kept>, slice: &mut Slice) {
    let nameless: Vec<i64> = kept
        .filter(|kept| kept.id.is_none())
        .map(|kept| kept.key)
        .collect();
    if !nameless.is_empty() {
        slice.findings.push(Finding {
            check: "session_has_an_id",
            subject: json!({ "session_keys": nameless }),
            expected: json!("a row of session_ids"),
            found: json!("none"),
            correction: None,
        });
    }
}

/// Records what is wrong with a session; returns the change that corrects it.
fn verify_session(kept: &Kept, recounted: Option<&Recounted>, slice: &mut Slice) -> Option<Value> {
    // A session that only marks have made has no interaction, and sums of zero.
    let sums = recounted.map_or([0; 7], |row| row.sums);
    let (mut expected, mut found) = (serde_json::Map::new(), serde_json::Map::new());
    let mut differ = |name: &str, right: Value, wrong: Value| {
        expected.insert(name.to_owned(), right);
        found.insert(name.to_owned(), wrong);
    };
    for ((name, right), wrong) in SUMS.into_iter().zip(sums).zip(kept.sums) {
        if right != wrong {
            differ(name, json!(right), json!(wrong));
        }
    }
    let mut user_key = kept.user_key;
    let mut mixed_users = kept.mixed_users;
    let (mut start_time, mut last_seen) = (kept.start_time, kept.last_seen);
    let mut last_start = kept.last_start;
    if let Some(row) = recounted {
        // Marks may have made it longer and more mixed than its interactions, never less.
        start_time = start_time.min(row.first);
        last_seen = last_seen.max(row.last);
        last_start = last_start.max(row.last_start);
        let is_mixed = row.least_user != row.greatest_user;
        mixed_users = mixed_users.max(u8::from(is_mixed));
        if mixed_users == 0 {
            user_key = row.least_user;
        }
    }
    for (name, right, wrong) in [
        ("user_key", user_key, kept.user_key),
        ("start_time", start_time, kept.start_time),
        ("last_seen", last_seen, kept.last_seen),
        ("last_start", last_start, kept.last_start),
        ("mixed_users", mixed_users.into(), kept.mixed_users.into()),
    ] {
        if right != wrong {
            differ(name, json!(right), json!(wrong));
        }
    }
    if expected.is_empty() {
        return None;
    }
    slice.findings.push(Finding {
        check: "session_equals_its_interactions",
        subject: json!({ "session_id": kept.id }),
        expected: Value::Object(expected),
        found: Value::Object(found),
        correction: Some("the session was moved by the difference"),
    });
    let differences: Vec<i64> = sums
        .iter()
        .zip(kept.sums)
        .map(|(right, wrong)| right.saturating_sub(wrong))
        .collect();
    Some(json!({
        "key": kept.key, "differences": differences, "user_key": user_key,
        "was_user_key": kept.user_key, "start_time": start_time, "last_seen": last_seen,
        "last_start": last_start, "mixed_users": mixed_users,
    }))
}

fn move_sessions(table: &str) -> String {
    let moves: Vec<String> = SUMS
        .iter()
        .enumerate()
        .map(|(at, sum)| format!("{sum} = {table}.{sum} + (j.value ->> '$.differences[{at}]')"))
        .collect();
    format!(
        "UPDATE {table} SET {},
           user_key = iif({table}.user_key = j.value ->> 'was_user_key', j.value ->> 'user_key',
             {table}.user_key),
           start_time = MIN({table}.start_time, j.value ->> 'start_time'),
           last_seen = MAX({table}.last_seen, j.value ->> 'last_seen'),
           last_start = MAX({table}.last_start, j.value ->> 'last_start'),
           mixed_users = MAX({table}.mixed_users, j.value ->> 'mixed_users')
         FROM json_each(?1, '$.changes') j
         WHERE {table}.session_key = j.value ->> 'key' AND {GUARD}",
        moves.join(", ")
    )
}
