//! A session as it is kept beside what its interactions come to.

use ledger_core::rollup::TOKEN_SUM;
use serde::Deserialize;

/// A session as it is kept.
#[derive(Deserialize)]
pub(super) struct Kept {
    pub key: i64,
    /// `None` where `session_ids` has no name for it.
    pub id: Option<String>,
    pub user_key: i64,
    pub start_time: i64,
    pub last_seen: i64,
    pub last_start: i64,
    pub mixed_users: u8,
    pub sums: [i64; 7],
}

/// What a session's interactions come to.
#[derive(Deserialize)]
pub(super) struct Recounted {
    pub key: i64,
    pub first: i64,
    pub last: i64,
    pub last_start: i64,
    pub least_user: i64,
    pub greatest_user: i64,
    pub sums: [i64; 7],
}

// Primary keys.
pub(super) fn kept() -> String {
    let half = |table: &str| {
        format!(
            "SELECT json_array(s.session_key, n.id, s.user_key, s.start_time, s.last_seen, s.last_start,
               s.mixed_users, json_array(s.interaction_count, s.error_count, s.aborted_count,
                 s.unpriced_count, s.partial_count, s.token_count, s.total_cost))
             FROM json_each(?1, '$.keys') j CROSS JOIN {table} s ON s.session_key = j.value
               LEFT JOIN session_ids n ON n.session_key = s.session_key"
        )
    };
    format!(
        "{}\nUNION ALL\n{}",
        half("sessions"),
        half("sessions_archive")
    )
}

/// Every interaction of the sessions.
pub(super) const ALL: &str = "i.session_key = chosen.session_key";

/// The interactions `i` of the sessions whose keys `keys` selects, joined by a condition, each with its
/// counting estimate.
pub(super) fn rows_of(keys: &str, join: &str) -> String {
    let half = |archive: &str| {
        format!(
            "SELECT i.session_key, i.user_key, i.timestamp, i.price_time, i.status,
               e.price_state, {TOKEN_SUM} AS tokens, COALESCE(e.total_cost, 0) AS total_cost
             FROM chosen CROSS JOIN interactions{archive} i ON {join}
               CROSS JOIN cost_estimates{archive} e ON e.interaction_key = i.interaction_key
             WHERE e.revision = (SELECT MAX(x.revision) FROM cost_estimates{archive} x
                                 WHERE x.interaction_key = i.interaction_key)"
        )
    };
    format!(
        "chosen AS MATERIALIZED ({keys}),\nrows AS (\n{}\nUNION ALL\n{}\n)",
        half(""),
        half("_archive")
    )
}

/// What a session keeps of them.
pub(super) const SUMS_OF_ROWS: &str = "COUNT(*), SUM(status = 'error'),
  SUM(status = 'aborted'), SUM(price_state = 'unpriced'),
  SUM(price_state = 'partial'), SUM(tokens), SUM(total_cost)";

/// What the interactions that `join` selects come to, by session.
pub(super) fn recount(join: &str) -> String {
    format!(
        "WITH {}
         SELECT json_array(session_key, MIN(timestamp), MAX(price_time), MAX(timestamp),
           MIN(user_key), MAX(user_key), json_array({SUMS_OF_ROWS}))
         FROM rows GROUP BY session_key",
        rows_of(
            "SELECT j.value AS session_key FROM json_each(?1, '$.keys') j",
            join
        )
    )
}
