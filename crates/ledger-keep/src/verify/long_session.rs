//! A session of many interactions, recounted in parts as a day is, so that no part keeps others
//! from the database for long.
//!
//! What arrives meanwhile has a greater key than every interaction that is there at the start; it
//! is counted apart, in the batch that reads the kept row, so the two are of one moment.

use serde_json::json;

use ledger_core::database::{Database, DatabaseError, Rows, Statement};

use super::session_recount::{Kept, Recounted, kept, recount};

/// From so many interactions on a session is recounted in parts.
pub(super) const LONG_INTERACTIONS: u64 = 20_000;
/// The interactions in a part.
const PART_INTERACTIONS: u32 = 4_000;

// Primary keys.
const NEWEST_KEY: &str = "
SELECT json_array(MAX(COALESCE((SELECT MAX(interaction_key) FROM interactions), 0),
  COALESCE((SELECT MAX(interaction_key) FROM interactions_archive), 0)))";

// Index interactions_by_session and its archived counterpart, from where the last part ended.
fn part_end() -> String {
    let half = |archive: &str| {
        format!(
            "SELECT * FROM (SELECT timestamp AS until FROM interactions{archive}
               WHERE session_key = ?1 ->> 'key' AND timestamp > ?1 ->> 'from'
               ORDER BY timestamp LIMIT 1 OFFSET ?1 ->> 'part')"
        )
    };
    format!(
        "SELECT json_array(MIN(until)) FROM ({} UNION ALL {})",
        half(""),
        half("_archive")
    )
}

/// The interactions of a part that were there at the start.
const IN_PART: &str = "i.session_key = chosen.session_key
  AND i.timestamp >= ?1 ->> 'from' AND i.timestamp < ?1 ->> 'until'
  AND +i.interaction_key <= ?1 ->> 'newest_key'";

/// What came since: by the primary key, and not by the session's index.
const SINCE: &str =
    "+i.session_key = chosen.session_key AND i.interaction_key > ?1 ->> 'newest_key'";

/// Reads the kept rows of a session and what its interactions come to.
///
/// A price that arrives between two parts looks like a difference; it does not look the same twice.
pub(super) async fn look<D: Database>(
    database: &D,
    key: i64,
) -> Result<(Vec<Kept>, Option<Recounted>), DatabaseError> {
    let newest = database.query(Statement::new(NEWEST_KEY)).await?;
    let newest_key = newest.first::<(i64,)>()?.map_or(0, |(key,)| key);
    let in_part = recount(IN_PART);
    let part = |from: i64, until: i64| {
        json!({ "keys": [key], "from": from, "until": until, "newest_key": newest_key }).to_string()
    };
    let mut sum: Option<Recounted> = None;
    let mut from = i64::MIN;
    while let Some(until) = next_part(database, key, from).await? {
        let statement = Statement::with_json(in_part.clone(), part(from, until));
        add(&mut sum, &database.query(statement).await?)?;
        from = until;
    }
    let last = part(from, i64::MAX);
    let rows = database
        .batch(&[
            Statement::with_json(in_part, last.clone()),
            Statement::with_json(recount(SINCE), last.clone()),
            Statement::with_json(kept(), last),
        ])
        .await?;
    let [last_part, since, of_session] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no rows".to_owned()));
    };
    add(&mut sum, last_part)?;
    add(&mut sum, since)?;
    Ok((of_session.decode()?, sum))
}

/// Where the part that begins at `from` ends; `None` for the last one.
async fn next_part<D: Database>(
    database: &D,
    key: i64,
    from: i64,
) -> Result<Option<i64>, DatabaseError> {
    let parameter = json!({ "key": key, "from": from, "part": PART_INTERACTIONS });
    let end = database
        .query(Statement::with(part_end(), &parameter)?)
        .await?;
    Ok(end.first::<(Option<i64>,)>()?.and_then(|(until,)| until))
}

fn add(sum: &mut Option<Recounted>, rows: &Rows) -> Result<(), DatabaseError> {
    for part in rows.decode::<Recounted>()? {
        match sum {
            None => *sum = Some(part),
            Some(sum) => {
                sum.first = sum.first.min(part.first);
                sum.last = sum.last.max(part.last);
                sum.last_start = sum.last_start.max(part.last_start);
                sum.least_user = sum.least_user.min(part.least_user);
                sum.greatest_user = sum.greatest_user.max(part.greatest_user);
                for (sum, part) in sum.sums.iter_mut().zip(part.sums) {
                    *sum = sum.saturating_add(part);
                }
            }
        }
    }
    Ok(())
}
