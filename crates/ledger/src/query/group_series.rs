//! The sums of some groups in each bucket of a range: the lines of a chart, the trend of a list.

use chrono::NaiveDate;
use serde_json::json;

use super::{
    calendar::DayRange,
    figures::{Figures, sums_of},
    group_page::{GroupSums, qualified},
    slice::{Dimension, Slice},
    sums::within_segments,
};
use crate::database::{DatabaseError, Rows, Statement};

/// The statement for the sums of some groups in each labelled segment: `[label, [[keys, sums], …]]`.
pub(super) fn series(
    slice: &Slice,
    dimension: Dimension,
    groups: &[GroupSums],
    buckets: &[DayRange],
) -> Result<Statement, DatabaseError> {
    let source = slice.source(Some(dimension));
    let columns = dimension.columns();
    let list = qualified(columns);
    let is_user = dimension == Dimension::User && slice.user.is_none();
    // Few users of many: a search by user and day each. Other groups are rows of the same days.
    let from = if is_user {
        let table = source.from.replace(" t", "");
        format!(
            "json_each(?1, '$.keys') k CROSS JOIN json_each(?1, '$.segments') s
  CROSS JOIN {table} t INDEXED BY {table}_by_user
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

/// Reads the rows of [`series`]: for each group, the sums of each bucket.
pub(super) fn read_series(
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
