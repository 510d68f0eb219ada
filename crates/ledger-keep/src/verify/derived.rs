//! What is kept beside the sums by day: the sums and latencies of whole weeks, and from which day on a
//! session was not active. Each is a query over tables that the same pass has verified; whatever moves
//! them moves it too, so it can be compared at any moment, and is made again where it differs.

use chrono::{Datelike, Days, NaiveDate};
use serde_json::{Value, json};

use ledger_core::{
    database::{Database, DatabaseError, Rows, Statement},
    rollup::{LATENCY_COUNTS, MEASURES},
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

/// From which day on a session, or a user, was not active. Primary keys; `session_days_by_session`,
/// `session_days_by_user`.
fn of_day() -> [Derived; 2] {
    [
        ("session_gaps", "session_gaps_equal_session_days", "session"),
        ("user_gaps", "user_gaps_equal_session_days", "user"),
    ]
    .map(|(table, check, who)| Derived {
        table,
        check,
        columns: format!("day, previous_day, {who}_count"),
        kept: format!(
            "SELECT day, previous_day, {who}_count FROM {table}
             WHERE day = ?1 ->> 'day' AND {who}_count <> 0"
        ),
        truth: format!(
            "SELECT ?1 ->> 'day', COALESCE(previous_day, ''), COUNT(*) FROM (
               SELECT (SELECT MAX(p.day) FROM session_days p
                       WHERE p.{who}_key = s.{who}_key AND p.day < ?1 ->> 'day') AS previous_day
               FROM (SELECT DISTINCT {who}_key FROM session_days WHERE day = ?1 ->> 'day') s)
             GROUP BY previous_day"
        ),
        rows: None,
        is_weekly: false,
    })
}

/// The sums and latencies of whole weeks. Primary keys.
fn of_week() -> [Derived; 2] {
    let measures = MEASURES.join(", ");
    let sums = MEASURES.map(|measure| format!("SUM({measure})")).join(", ");
    let is_something = MEASURES
        .map(|measure| format!("{measure} <> 0"))
        .join(" OR ");
    let in_week = "day >= ?1 ->> 'week' AND day <= ?1 ->> 'week_end'";
    let buckets = |table: &str, condition: &str| {
        LATENCY_COUNTS
            .map(|counts| {
                format!(
                    "SELECT t.provider, t.model, '{counts}' AS counts, j.key AS bucket, j.value AS count
                     FROM {table} t, json_each(t.{counts}) j WHERE {condition}"
                )
            })
            .join(" UNION ALL ")
    };
    let latencies = format!(
        "SELECT provider, model, counts, bucket, SUM(count) AS count FROM ({})
         GROUP BY provider, model, counts, bucket HAVING SUM(count) <> 0",
        buckets("latency_daily", in_week)
    );
    let rebuilt = LATENCY_COUNTS
        .map(|counts| {
            format!("json_group_object(bucket, count) FILTER (WHERE counts = '{counts}')")
        })
        .join(", ");
    [
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
            columns: format!("week, provider, model, {}", LATENCY_COUNTS.join(", ")),
            kept: buckets("latency_weekly", "t.week = ?1 ->> 'week' AND j.value <> 0"),
            truth: latencies.clone(),
            rows: Some(format!(
                "SELECT ?1 ->> 'week', provider, model, {rebuilt} FROM ({latencies})
                 GROUP BY provider, model"
            )),
            is_weekly: true,
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

/// Verifies what is kept of a day.
pub(super) async fn verify_day<D: Database>(
    database: &D,
    day: &str,
    slice: &mut Slice,
) -> Result<(), DatabaseError> {
    verify(database, &of_day(), &json!({ "day": day }), slice).await
}

/// Verifies the week of `last`, once the pass has gone through all of its days: the next one, if there
/// is any, is of a later week. A correction of a day moves no week.
pub(super) async fn verify_week<D: Database>(
    database: &D,
    last: &str,
    next: Option<&str>,
    slice: &mut Slice,
) -> Result<(), DatabaseError> {
    let monday = |day: &str| {
        let date: NaiveDate = day.parse().ok()?;
        Some(date - Days::new(date.weekday().num_days_from_monday().into()))
    };
    let Some(week) = monday(last) else {
        return Ok(());
    };
    if next.is_some_and(|next| monday(next).is_some_and(|next| next <= week)) {
        return Ok(());
    }
    let scope = json!({ "week": week, "week_end": week + Days::new(6) });
    verify(database, &of_week(), &scope, slice).await
}

async fn verify<D: Database>(
    database: &D,
    all: &[Derived],
    scope: &Value,
    slice: &mut Slice,
) -> Result<(), DatabaseError> {
    let statements: Vec<Statement> = all
        .iter()
        .map(|derived| Statement::with(difference(&derived.kept, &derived.truth), scope))
        .collect::<Result<_, _>>()?;
    let rows = database.batch(&statements).await?;
    for (derived, differences) in all.iter().zip(&rows) {
        compare(derived, differences, scope, slice)?;
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
