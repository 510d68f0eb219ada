//! The rank of groups by the cost of 90 days: what their colours hang on, whatever else is asked.

use chrono::{Days, NaiveDate};

use crate::{
    ask::slice::{Dimension, Slice, segments},
    sums::sum_query::{Arm, SEGMENTS, arm_parameter, arms},
};
use ledger_core::database::{DatabaseError, Statement};
use reporting_days::calendar::DayRange;

/// Days by which groups are ranked.
const RANK_DAYS: u64 = 90;

/// The days by whose cost groups are ranked: the last 90 complete ones.
pub(crate) fn rank_range(today: NaiveDate) -> DayRange {
    DayRange {
        start: today - Days::new(RANK_DAYS),
        end: today - Days::new(1),
    }
}

/// The statement for the rank of every group of a slice: `[keys, rank]`.
pub(crate) fn ranks(
    slice: &Slice,
    dimension: Dimension,
    today: NaiveDate,
) -> Result<Statement, DatabaseError> {
    let source = slice.source(Some(dimension));
    let keys = dimension.columns().join(", ");
    let (names, join) = if dimension == Dimension::User {
        ("u.user_id, u.tenant_id", " JOIN users u USING (user_key)")
    } else {
        (keys.as_str(), "")
    };
    let parts: Vec<String> = arms(slice, dimension, &source)
        .iter()
        .map(|Arm { from, keys, .. }| {
            format!(
                "SELECT {keys}, SUM(t.total_cost / 1000000) AS micro,
      SUM(t.total_cost % 1000000) AS rest
    FROM {from}
    GROUP BY {keys}",
            )
        })
        .collect();
    let sql = format!(
        "WITH {SEGMENTS}, whole AS (
  SELECT {keys}, SUM(micro) AS micro, SUM(rest) AS rest FROM (
    {parts}
  ) GROUP BY {keys}
)
SELECT json_array(json_array({keys}), ROW_NUMBER() OVER (
  ORDER BY micro + rest / 1000000 DESC, rest % 1000000 DESC, {names}))
FROM whole{join}",
        parts = parts.join("\n    UNION ALL\n    "),
    );
    Statement::with(
        sql,
        &arm_parameter(slice, &source, &segments(&[(rank_range(today), 1)])),
    )
}
