//! What counters come to: the ledger's days, summed anew.

use chrono::NaiveDate;
use ledger_core::{Database, DatabaseError, Statement};
use serde_json::json;

use crate::{overage::Used, period::DaySpan, subject::Subject};

/// The columns of a counter behind its key.
pub(crate) const COUNTS: [&str; 6] = [
    "cost",
    "tokens",
    "interactions",
    "unpriced_count",
    "partial_count",
    "unpriced_tokens",
];

/// The ten token columns of a row of sums `d`.
const TOKENS: &str = "d.input_tokens + d.cache_read_tokens + d.cache_write_5m_tokens \
     + d.cache_write_1h_tokens + d.output_tokens + d.reasoning_tokens + d.audio_in_tokens \
     + d.audio_out_tokens + d.image_in_tokens + d.image_out_tokens";

fn sums() -> String {
    format!(
        "SUM(d.total_cost), SUM({TOKENS}), SUM(d.interaction_count), SUM(d.unpriced_count),
         SUM(d.partial_count), SUM(d.unpriced_tokens)"
    )
}

/// The kinds of subjects, each counted by other rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    User,
    Tenant,
    Installation,
    Default,
    /// The same by the index of some users' days.
    DefaultByUser,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::User, Self::Tenant, Self::Installation, Self::Default];

    pub(crate) const fn of(subject: &Subject) -> Self {
        match subject {
            Subject::User(_) => Self::User,
            Subject::Tenant(_) => Self::Tenant,
            Subject::Installation => Self::Installation,
            Subject::Default => Self::Default,
        }
    }
}

/// A select of segment, user key and [`COUNTS`] of the segments that `scope` gives as `s`: from `FROM` to its
/// `WHERE`, which `more` narrows. A counter that comes to nothing has no row.
///
/// The days of a user are an index, those of everybody the primary key of the sums by model.
pub(crate) fn recount(kind: Kind, scope: &str, more: &str) -> String {
    let sums = sums();
    let days = if kind == Kind::Default {
        "CROSS JOIN daily_stats d ON d.day >= s.first_day AND d.day < s.end_day
             CROSS JOIN users u ON u.user_key = d.user_key AND u.user_id <> ''"
    } else {
        "CROSS JOIN users u ON u.user_id <> ''
             CROSS JOIN daily_stats d INDEXED BY daily_stats_by_user
               ON d.user_key = u.user_key AND d.day >= s.first_day AND d.day < s.end_day"
    };
    match kind {
        Kind::User => format!(
            "SELECT s.segment_id, 0, {sums} {scope}
             CROSS JOIN daily_stats d INDEXED BY daily_stats_by_user
               ON d.user_key = CAST(substr(s.subject, 6) AS INTEGER)
               AND d.day >= s.first_day AND d.day < s.end_day
             WHERE s.subject GLOB 'user:*' {more} GROUP BY s.segment_id"
        ),
        Kind::Tenant => format!(
            "SELECT s.segment_id, 0, {sums} {scope}
             CROSS JOIN users u ON u.tenant_id = substr(s.subject, 8)
             CROSS JOIN daily_stats d INDEXED BY daily_stats_by_user
               ON d.user_key = u.user_key AND d.day >= s.first_day AND d.day < s.end_day
             WHERE s.subject GLOB 'tenant:*' {more} GROUP BY s.segment_id"
        ),
        Kind::Installation => format!(
            "SELECT s.segment_id, 0, {sums} {scope}
             CROSS JOIN daily_model_stats d ON d.day >= s.first_day AND d.day < s.end_day
             WHERE s.subject = 'installation' {more} GROUP BY s.segment_id"
        ),
        Kind::Default | Kind::DefaultByUser => format!(
            "SELECT s.segment_id, u.user_key, {sums} {scope}
             {days}
             WHERE s.subject = 'default' {more}
               AND NOT EXISTS (SELECT 1 FROM subscriptions o WHERE o.subject = 'user:' || u.user_key
                 AND o.from_day <= d.day AND (o.until_day IS NULL OR o.until_day > d.day))
             GROUP BY s.segment_id, u.user_key"
        ),
    }
}

/// The insert that sets counters to what a [`recount`] comes to.
pub(crate) fn set_counters(recount: &str) -> String {
    let sets = COUNTS.map(|count| format!("{count} = excluded.{count}"));
    format!(
        "INSERT INTO plan_counters (segment_id, user_key, {}) {recount}
         ON CONFLICT (segment_id, user_key) DO UPDATE SET {}",
        COUNTS.join(", "),
        sets.join(", ")
    )
}

/// What was used on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayUse {
    /// The day.
    pub day: NaiveDate,
    /// What was used.
    pub used: Used,
    /// Interactions without a price, with a price for a part, and the tokens of the former.
    pub unpriced: [i64; 3],
}

/// What a subject used on each day of some that it used something on, in order.
///
/// For `default` it is what everybody used: nobody asks that.
pub(crate) async fn day_use<D: Database>(
    database: &D,
    subject: &Subject,
    days: DaySpan,
) -> Result<Vec<DayUse>, DatabaseError> {
    let rows = match subject {
        Subject::User(_) => "daily_stats d WHERE d.user_key = ?1 ->> 'user_key' AND",
        Subject::Tenant(_) => {
            "users u CROSS JOIN daily_stats d INDEXED BY daily_stats_by_user ON d.user_key = u.user_key
             WHERE u.tenant_id = ?1 ->> 'tenant_id' AND"
        }
        Subject::Installation | Subject::Default => "daily_model_stats d WHERE",
    };
    let sql = format!(
        "SELECT json_array(d.day, {}) FROM {rows} d.day >= ?1 ->> 'first' AND d.day < ?1 ->> 'end'
         GROUP BY d.day ORDER BY d.day",
        sums()
    );
    let (user_key, tenant_id) = match subject {
        Subject::User(key) => (Some(*key), None),
        Subject::Tenant(id) => (None, Some(id.as_str())),
        Subject::Installation | Subject::Default => (None, None),
    };
    let parameter = json!({
        "user_key": user_key, "tenant_id": tenant_id,
        "first": days.first_day, "end": days.end_day,
    });
    let rows: Vec<(NaiveDate, i64, i64, i64, i64, i64, i64)> = database
        .query(Statement::with(sql, &parameter)?)
        .await?
        .decode()?;
    let of = |(day, cost, tokens, interactions, unpriced, partial, unpriced_tokens)| DayUse {
        day,
        used: Used {
            cost: i128::from(cost),
            tokens: i128::from(tokens),
            interactions: i128::from(interactions),
        },
        unpriced: [unpriced, partial, unpriced_tokens],
    };
    Ok(rows.into_iter().map(of).collect())
}
