//! What triggers keep beside the sums by day: the cube's sums without the user, the sums and latencies
//! of whole weeks, and from which day on a session or a user was not active. Each is a query over
//! tables that the same pass has verified, or verifies; whatever moves them moves it too, so it can be
//! compared at any moment, and is made again where it differs.

use chrono::{Datelike, Days, NaiveDate};
use serde_json::{Value, json};

use ledger_core::{
    database::{Database, DatabaseError, Rows, Statement},
    rollup::MEASURES,
};

use super::{
    pass::GUARD,
    slice::{Correction, Finding, Slice},
};

/// A table that is a query over others, for one day or one week.
struct Derived {
    table: &'static str,
    check: &'static str,
    columns: String,
    /// What its rows say, but for those that say nothing.
    kept: String,
    /// The same from what they are derived from.
    truth: String,
    /// Its rows made from that, where they are not the truth as it stands.
    rows: Option<String>,
    /// Whether its rows are of a week, and not of a day.
    is_weekly: bool,
}

// Primary keys; session_days_by_session and daily_stats_by_user.
#[allow(clippy::too_many_lines, reason = "six tables, read side by side")]
fn derived() -> [Derived; 6] {
    let measures = MEASURES.join(", ");
    let sums = MEASURES.map(|measure| format!("SUM({measure})")).join(", ");
    let is_something = MEASURES
        .map(|measure| format!("{measure} <> 0"))
        .join(" OR ");
    let in_week = "day >= ?1 ->> 'week' AND day <= ?1 ->> 'week_end'";
    let latencies = format!(
        "SELECT provider, model, metric, bucket, SUM(count) AS count FROM latency_histogram
         WHERE {in_week} GROUP BY provider, model, metric, bucket"
    );
    let gaps = |table: &str, count: &str, days: &str| {
        (
            format!(
                "SELECT day, previous_day, {count} FROM {table}
                 WHERE day = ?1 ->> 'day' AND {count} <> 0"
            ),
            format!(
                "SELECT ?1 ->> 'day', COALESCE(previous_day, ''), COUNT(*) FROM ({days})
                 GROUP BY previous_day"
            ),
        )
    };
    let (kept_sessions, sessions) = gaps(
        "session_gaps",
        "session_count",
        "SELECT (SELECT MAX(p.day) FROM session_days p
                 WHERE p.session_key = s.session_key AND p.day < ?1 ->> 'day') AS previous_day
         FROM (SELECT DISTINCT session_key FROM session_days WHERE day = ?1 ->> 'day') s",
    );
    let (kept_users, users) = gaps(
        "user_gaps",
        "user_count",
        "SELECT (SELECT MAX(p.day) FROM daily_stats p
                 WHERE p.user_key = u.user_key AND p.day < ?1 ->> 'day') AS previous_day
         FROM daily_stats u WHERE u.day = ?1 ->> 'day'",
    );
    [
        Derived {
            table: "daily_agent_model_stats",
            check: "daily_agent_model_stats_equal_usage_daily",
            columns: format!("day, agent, provider, model, type, {measures}"),
            kept: format!(
                "SELECT day, agent, provider, model, type, {measures} FROM daily_agent_model_stats
                 WHERE day = ?1 ->> 'day' AND ({is_something})"
            ),
            truth: format!(
                "SELECT ?1 ->> 'day', agent, provider, model, type, {sums} FROM usage_daily
                 WHERE day = ?1 ->> 'day' GROUP BY agent, provider, model, type"
            ),
            rows: None,
            is_weekly: false,
        },
        Derived {
            table: "weekly_stats",
            check: "weekly_stats_equal_their_days",
            columns: format!("week, user_key, {measures}"),
            kept: format!(
                "SELECT week, user_key, {measures} FROM weekly_stats
                 WHERE week = ?1 ->> 'week' AND ({is_something})"
            ),
            truth: format!(
                "SELECT ?1 ->> 'week', user_key, {sums} FROM daily_stats WHERE {in_week}
                 GROUP BY user_key"
            ),
            rows: None,
            is_weekly: true,
        },
        Derived {
            table: "latency_weekly",
            check: "latency_weekly_equals_its_days",
            columns: "week, provider, model, metric, counts".to_owned(),
            kept: "SELECT w.provider, w.model, w.metric, CAST(j.key AS INTEGER), j.value
                   FROM latency_weekly w, json_each(w.counts) j
                   WHERE w.week = ?1 ->> 'week' AND j.value <> 0"
                .to_owned(),
            truth: latencies.clone(),
            rows: Some(format!(
                "SELECT ?1 ->> 'week', provider, model, metric,
                   json_group_object(CAST(bucket AS TEXT), count)
                 FROM ({latencies}) GROUP BY provider, model, metric"
            )),
            is_weekly: true,
        },
        Derived {
            table: "session_gaps",
            check: "session_gaps_equal_session_days",
            columns: "day, previous_day, session_count".to_owned(),
            kept: kept_sessions,
            truth: sessions,
            rows: None,
            is_weekly: false,
        },
        Derived {
            table: "user_session_gaps",
            check: "user_session_gaps_equal_session_days",
            columns: "user_key, day, previous_day, session_count".to_owned(),
            kept: "SELECT g.user_key, g.day, g.previous_day, g.session_count
                   FROM users u CROSS JOIN user_session_gaps g
                   WHERE g.user_key = u.user_key AND g.day = ?1 ->> 'day' AND g.session_count <> 0"
                .to_owned(),
            truth: "SELECT user_key, ?1 ->> 'day', COALESCE(previous_day, ''), COUNT(*) FROM (
                      SELECT s.user_key, (
                        SELECT MAX(p.day) FROM session_days p WHERE p.session_key = s.session_key
                          AND p.user_key = s.user_key AND p.day < ?1 ->> 'day') AS previous_day
                      FROM session_days s WHERE s.day = ?1 ->> 'day')
                    GROUP BY user_key, previous_day"
                .to_owned(),
            rows: None,
            is_weekly: false,
        },
        Derived {
            table: "user_gaps",
            check: "user_gaps_equal_daily_stats",
            columns: "day, previous_day, user_count".to_owned(),
            kept: kept_users,
            truth: users,
            rows: None,
            is_weekly: false,
        },
    ]
}

impl Derived {
    /// Makes the rows again from what they are derived from, as it stands then.
    fn rebuild(&self) -> [String; 2] {
        let Self { table, columns, .. } = self;
        let rows = self.rows.as_ref().unwrap_or(&self.truth);
        let scope = if self.is_weekly { "week" } else { "day" };
        [
            format!("DELETE FROM {table} WHERE {scope} = ?1 ->> '{scope}' AND {GUARD}"),
            format!(
                "INSERT INTO {table} ({columns}) SELECT * FROM ({rows}) WHERE {GUARD}
                 ON CONFLICT DO NOTHING"
            ),
        ]
    }
}

/// How many rows are wrong or missing, and how many are one too many.
pub(super) fn difference(kept: &str, truth: &str) -> String {
    format!(
        "SELECT json_array(
           (SELECT COUNT(*) FROM (SELECT * FROM ({truth}) EXCEPT SELECT * FROM ({kept}))),
           (SELECT COUNT(*) FROM (SELECT * FROM ({kept}) EXCEPT SELECT * FROM ({truth}))))"
    )
}

/// Verifies a day, and its week if it is the first one of it that the pass comes to after `last`.
pub(super) async fn verify<D: Database>(
    database: &D,
    day: &str,
    last: &str,
    slice: &mut Slice,
) -> Result<(), DatabaseError> {
    let Ok(date) = day.parse::<NaiveDate>() else {
        return Ok(());
    };
    let week = date - Days::new(date.weekday().num_days_from_monday().into());
    let week_end = week + Days::new(6);
    let scope = json!({ "day": day, "week": week, "week_end": week_end });
    let is_first_of_week = last.parse().map_or(true, |last: NaiveDate| last < week);
    let all = derived();
    let due: Vec<&Derived> = all
        .iter()
        .filter(|derived| is_first_of_week || !derived.is_weekly)
        .collect();
    let statements: Vec<Statement> = due
        .iter()
        .map(|derived| Statement::with(difference(&derived.kept, &derived.truth), &scope))
        .collect::<Result<_, _>>()?;
    let rows = database.batch(&statements).await?;
    for (derived, differences) in due.into_iter().zip(&rows) {
        compare(derived, differences, &scope, slice)?;
    }
    Ok(())
}

fn compare(
    derived: &Derived,
    differences: &Rows,
    scope: &Value,
    slice: &mut Slice,
) -> Result<(), DatabaseError> {
    let (wrong, too_many) = differences.first::<(u64, u64)>()?.unwrap_or_default();
    if (wrong, too_many) == (0, 0) {
        return Ok(());
    }
    let name = if derived.is_weekly { "week" } else { "day" };
    slice.findings.push(Finding {
        check: derived.check,
        subject: json!({ name: scope.get(name), "wrong_rows": wrong.max(too_many) }),
        expected: json!("what it is derived from"),
        found: json!("other rows"),
        correction: Some("the rows were made again"),
    });
    for sql in derived.rebuild() {
        slice.corrections.push(Correction {
            sql,
            parameter: scope.as_object().cloned().unwrap_or_default(),
        });
    }
    Ok(())
}
