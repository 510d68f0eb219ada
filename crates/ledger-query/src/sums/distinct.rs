//! Distinct sessions and users: what does not add up over days.

use serde::Serialize;
use serde_json::json;

use crate::ask::slice::Slice;
use ledger_core::database::{DatabaseError, Rows, Statement};
use reporting_days::calendar::DayRange;

/// The contract's `Distinct`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Distinct {
    /// Sessions that were active.
    pub session_count: i64,
    /// Users that were active.
    pub user_count: i64,
}

// Primary keys of session_gaps and user_gaps, day first: a session, or a user, that was active in a range
// is counted on the first of its days, the one before which its last activity lies ahead of the range.
const OF_EVERYONE: &str = "
SELECT json_array(s.value ->> 2,
  COALESCE((SELECT SUM(g.session_count) FROM session_gaps g
            WHERE g.day >= s.value ->> 0 AND g.day <= s.value ->> 1
              AND g.previous_day < s.value ->> 0), 0),
  COALESCE((SELECT SUM(g.user_count) FROM user_gaps g
            WHERE g.day >= s.value ->> 0 AND g.day <= s.value ->> 1
              AND g.previous_day < s.value ->> 0), 0))
FROM json_each(?1, '$.segments') s";

// Index session_days_by_user. One who was active has a session that was, be it by a mark alone.
const OF_USER: &str = "
SELECT json_array(label, sessions, sessions > 0) FROM (
  SELECT s.value ->> 2 AS label, (
    SELECT COUNT(DISTINCT d.session_key) FROM session_days d INDEXED BY session_days_by_user
    WHERE d.user_key = ?1 ->> 'user_key'
      AND d.day >= s.value ->> 0 AND d.day <= s.value ->> 1) AS sessions
  FROM json_each(?1, '$.segments') s)";

// As for a user, for each of some.
const BY_USER: &str = "
SELECT json_array(u.value, (
  SELECT COUNT(DISTINCT d.session_key) FROM session_days d INDEXED BY session_days_by_user
  WHERE d.user_key = u.value AND d.day >= ?1 ->> 'start' AND d.day <= ?1 ->> 'end'))
FROM json_each(?1, '$.users') u";

/// The statement for the distinct counts of each range; `None` where the slice filters by what
/// `session_days` does not hold.
pub(crate) fn in_ranges(
    slice: &Slice,
    ranges: &[DayRange],
) -> Result<Option<Statement>, DatabaseError> {
    if !slice.is_by_user_only() {
        return Ok(None);
    }
    let segments: Vec<_> = ranges
        .iter()
        .enumerate()
        .map(|(at, range)| (range.start, range.end, at))
        .collect();
    let statement = match &slice.user {
        None => Statement::with(OF_EVERYONE, &json!({ "segments": segments })),
        Some(user) => Statement::with(
            OF_USER,
            &json!({ "segments": segments, "user_key": user.user_key }),
        ),
    };
    statement.map(Some)
}

/// Reads the rows of [`in_ranges`].
pub(crate) fn read(rows: &Rows, range_count: usize) -> Result<Vec<Distinct>, DatabaseError> {
    let mut counts = vec![Distinct::default(); range_count];
    for (at, session_count, user_count) in rows.decode::<(usize, i64, i64)>()? {
        if let Some(place) = counts.get_mut(at) {
            *place = Distinct {
                session_count,
                user_count,
            };
        }
    }
    Ok(counts)
}

/// The statement for the distinct sessions of some users in a range: `[user_key, sessions]`.
pub(crate) fn of_users(range: DayRange, users: &[i64]) -> Result<Statement, DatabaseError> {
    Statement::with(
        BY_USER,
        &json!({ "start": range.start, "end": range.end, "users": users }),
    )
}
