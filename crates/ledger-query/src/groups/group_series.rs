//! The sums of some groups in each bucket of a range: the lines of a chart, the trend of a list.

use chrono::{Days, NaiveDate};
use serde_json::json;

use super::group_page::GroupSums;
use crate::{
    ask::slice::{Dimension, Slice},
    sums::{
        figures::{Figures, RowFigures, row_of, sums_of},
        sum_query::{qualified, whole_weeks, within_segments},
    },
};
use ledger_core::database::{DatabaseError, Rows, Statement};
use reporting_days::calendar::DayRange;

/// Days of a bucket up to which its rows are added up here rather than there.
const SHORT_DAYS: i64 = 7;

/// Whether few users of many are asked for, whose days and weeks are rows of their own.
fn is_of_users(slice: &Slice, dimension: Dimension, buckets: &[DayRange]) -> bool {
    dimension == Dimension::User
        && slice.is_whole()
        && buckets.iter().all(|bucket| bucket.days() <= SHORT_DAYS)
}

/// The statement for the sums of some groups in each bucket, for [`read_buckets`].
pub(crate) fn series(
    slice: &Slice,
    dimension: Dimension,
    groups: &[GroupSums],
    buckets: &[DayRange],
) -> Result<Statement, DatabaseError> {
    if is_of_users(slice, dimension, buckets) {
        of_users(groups, buckets)
    } else {
        of_groups(slice, dimension, groups, buckets)
    }
}

/// Reads the rows of [`series`]: for each group, the sums of each bucket.
pub(crate) fn read_buckets(
    slice: &Slice,
    dimension: Dimension,
    rows: &Rows,
    groups: &[GroupSums],
    buckets: &[DayRange],
) -> Result<Vec<Vec<Figures>>, DatabaseError> {
    if !is_of_users(slice, dimension, buckets) {
        return read_series(rows, groups, buckets.len());
    }
    let mut series = vec![vec![Figures::default(); buckets.len()]; groups.len()];
    // A statement's row for each group, in their order.
    let all: Vec<[Vec<(NaiveDate, RowFigures)>; 2]> = rows.decode()?;
    for (places, days_and_weeks) in series.iter_mut().zip(all) {
        for (day, RowFigures(figures)) in days_and_weeks.into_iter().flatten() {
            let after = buckets.partition_point(|bucket| bucket.start <= day);
            let place = after.checked_sub(1).and_then(|at| places.get_mut(at));
            if let Some(place) = place {
                *place = *place + figures;
            }
        }
    }
    Ok(series)
}

/// The rows of each user, by the indexes by user and day or week: `[[[day, sums], …], [[week, sums],
/// …]]`, in the order of the users.
fn of_users(groups: &[GroupSums], buckets: &[DayRange]) -> Result<Statement, DatabaseError> {
    let labelled: Vec<(NaiveDate, NaiveDate, ())> = buckets
        .iter()
        .map(|bucket| (bucket.start, bucket.end, ()))
        .collect();
    let (days, weeks) = whole_weeks(&labelled);
    let rows = |table: &str, when: &str, list: &str| {
        format!(
            "json((SELECT json_group_array(json_array(t.{when}, {row}))
  FROM json_each(?1, '$.{list}') s CROSS JOIN {table} t INDEXED BY {table}_by_user
  WHERE t.user_key = k.value AND t.{when} >= s.value ->> 0 AND t.{when} <= s.value ->> 1))",
            row = row_of("t"),
        )
    };
    let sql = format!(
        "SELECT json_array({},\n  {})\nFROM json_each(?1, '$.keys') k ORDER BY k.key",
        rows("daily_stats", "day", "days"),
        rows("weekly_stats", "week", "weeks"),
    );
    let keys: Vec<_> = groups
        .iter()
        .filter_map(|group| group.keys.first())
        .collect();
    Statement::with(
        sql,
        &json!({ "keys": keys, "days": joined(days, 1), "weeks": joined(weeks, 7) }),
    )
}

/// Segments that follow one another, `step_days` from the last row to the next, as one.
fn joined(
    mut segments: Vec<(NaiveDate, NaiveDate, ())>,
    step_days: u64,
) -> Vec<(NaiveDate, NaiveDate)> {
    segments.sort_unstable();
    let mut joined: Vec<(NaiveDate, NaiveDate)> = Vec::new();
    for (start, end, ()) in segments {
        match joined.last_mut() {
            Some((_, last)) if *last + Days::new(step_days) == start => *last = end,
            _ => joined.push((start, end)),
        }
    }
    joined
}

/// The sums in each labelled segment: `[label, [[keys, sums], …]]`.
fn of_groups(
    slice: &Slice,
    dimension: Dimension,
    groups: &[GroupSums],
    buckets: &[DayRange],
) -> Result<Statement, DatabaseError> {
    let source = slice.source(Some(dimension));
    let columns = dimension.columns();
    let list = qualified(columns);
    // Few users of many: a search by user and day each. Other groups are rows of the same days.
    let users = source
        .of_users
        .filter(|_| dimension == Dimension::User && slice.user.is_none());
    let from = if let Some(rows) = users {
        format!(
            "json_each(?1, '$.keys') k CROSS JOIN json_each(?1, '$.segments') s CROSS JOIN {rows}
WHERE t.user_key = k.value ->> 0 AND t.day >= s.value ->> 0 AND t.day <= s.value ->> 1{}",
            source.conditions
        )
    } else {
        let picks: Vec<String> = (0..columns.len())
            .map(|at| format!("value ->> {at}"))
            .collect();
        format!(
            "{}\n  AND ({list}) IN (SELECT {} FROM json_each(?1, '$.keys'))",
            within_segments(&source),
            picks.join(", ")
        )
    };
    // The groups of a bucket together: fewer rows for the runtime to carry.
    let sql = format!(
        "SELECT json_array(label, json_group_array(json(item))) FROM (
  SELECT s.value ->> 2 AS label, json_array(json_array({list}), {sums}) AS item
  FROM {from}
  GROUP BY {list}, s.value ->> 2
) GROUP BY label",
        sums = sums_of("t"),
    );
    let labelled: Vec<(NaiveDate, NaiveDate, usize)> = buckets
        .iter()
        .enumerate()
        .map(|(index, bucket)| (bucket.start, bucket.end, index))
        .collect();
    let mut values = slice.values();
    values.insert("segments".to_owned(), json!(labelled));
    values.insert(
        "keys".to_owned(),
        json!(groups.iter().map(|group| &group.keys).collect::<Vec<_>>()),
    );
    Statement::with(sql, &values)
}

/// Reads rows of `[label, [[keys, sums], …]]`: for each group, the sums of each bucket.
pub(crate) fn read_series(
    rows: &Rows,
    groups: &[GroupSums],
    bucket_count: usize,
) -> Result<Vec<Vec<Figures>>, DatabaseError> {
    let mut series = vec![vec![Figures::default(); bucket_count]; groups.len()];
    for (bucket, items) in rows.decode::<(usize, Vec<(Vec<serde_json::Value>, Figures)>)>()? {
        for (keys, figures) in items {
            let place = groups
                .iter()
                .position(|group| group.keys == keys)
                .and_then(|at| series.get_mut(at)?.get_mut(bucket));
            if let Some(place) = place {
                *place = figures;
            }
        }
    }
    Ok(series)
}
