//! The days of sessions that began with a mark, after all interactions.

use cost_calculation::UnixMillis;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{GUARD, Stage, ZoneChange, advance, finish, place_after, with_list};
use ledger_core::database::{Database, DatabaseError, Statement};
use reporting_days::ReportingZone;

// Primary keys; the index by session says whether an interaction began the session.
const SESSION_STARTS: &str = "
SELECT json_array(session_key, user_key, start_time, is_marked) FROM (
  SELECT s.session_key, s.user_key, s.start_time,
    NOT EXISTS (SELECT 1 FROM interactions i
                WHERE i.session_key = s.session_key AND i.timestamp = s.start_time)
    AND NOT EXISTS (SELECT 1 FROM interactions_archive i
                    WHERE i.session_key = s.session_key AND i.timestamp = s.start_time) AS is_marked
  FROM (SELECT session_key, user_key, start_time FROM sessions
        WHERE session_key > ?1 ->> 'after'
        UNION ALL
        SELECT session_key, user_key, start_time FROM sessions_archive
        WHERE session_key > ?1 ->> 'after'
        ORDER BY session_key LIMIT ?1 ->> 'limit') s)";

#[derive(Deserialize)]
struct SessionStart(i64, i64, i64, u8);

/// A session that began with a mark has the mark's day, and no interaction that says so.
pub(super) async fn move_session_starts<D: Database>(
    database: &D,
    change: &ZoneChange,
    zone: ReportingZone,
    rows: i64,
    now: UnixMillis,
) -> Result<(), DatabaseError> {
    let place = json!({ "after": change.last_moved()?, "limit": rows });
    let mut sessions: Vec<SessionStart> = database
        .query(Statement::with(SESSION_STARTS, &place)?)
        .await?
        .decode()?;
    sessions.sort_unstable_by_key(|session| session.0);
    let Some(SessionStart(last, ..)) = sessions.last() else {
        return finish(database, change, now).await;
    };
    let parameter = place_after(change, Stage::Sessions, &last.to_string());
    let before = ReportingZone::named(&change.from_zone);
    let starts: Vec<Value> = sessions
        .iter()
        .filter(|session| session.3 == 1)
        .map(|SessionStart(key, user, start, _)| {
            let start = UnixMillis(*start);
            json!([
                key,
                user,
                zone.day(start),
                before.map(|zone| zone.day(start))
            ])
        })
        .collect();
    let statements = if starts.is_empty() {
        Vec::new()
    } else {
        let listed = with_list(&parameter, "starts", starts);
        let with = |sql: String| Statement::with_json(sql, &*listed);
        vec![
            with(format!(
                "INSERT INTO session_days (day, user_key, session_key)
                 SELECT j.value ->> 2, j.value ->> 1, j.value ->> 0
                 FROM json_each(?1, '$.starts') j WHERE {GUARD} ON CONFLICT DO NOTHING"
            )),
            with(format!(
                "DELETE FROM session_days WHERE (day, user_key, session_key) IN (
                   SELECT j.value ->> 3, j.value ->> 1, j.value ->> 0
                   FROM json_each(?1, '$.starts') j
                   WHERE j.value ->> 3 <> j.value ->> 2 AND {GUARD})
                 AND NOT EXISTS (SELECT 1 FROM interactions i
                   WHERE i.session_key = session_days.session_key
                     AND i.user_key = session_days.user_key AND i.day = session_days.day)
                 AND NOT EXISTS (SELECT 1 FROM interactions_archive i
                   WHERE i.session_key = session_days.session_key
                     AND i.user_key = session_days.user_key AND i.day = session_days.day)"
            )),
        ]
    };
    advance(database, statements, parameter, [0, 0]).await
}
