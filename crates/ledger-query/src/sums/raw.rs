//! Sums from the interactions themselves, hot and archived: for the hours of one day.

use cost_calculation::UnixMillis;
use serde_json::{Value, json};

use super::figures::{Figures, sums_of};
use crate::ask::slice::{Dimension, Slice};
use ledger_core::{
    database::{DatabaseError, Rows, Statement},
    rollup::measures_of_interaction,
};

/// The interactions in each of `?1 -> '$.hours'` with their newest estimates, as rows of a rollup.
/// Each arm searches the index by time, then the primary key of the estimates.
fn interactions_by_hour() -> String {
    let measures = measures_of_interaction();
    let arm = |interactions: &str, estimates: &str, index: &str| {
        format!(
            "SELECT s.key AS hour, i.user_key, i.provider, i.model_name AS model, i.agent, i.type,
    {measures}
  FROM json_each(?1, '$.hours') s CROSS JOIN {interactions} i INDEXED BY {index}
    CROSS JOIN {estimates} e
  WHERE i.timestamp >= s.value ->> 0 AND i.timestamp < s.value ->> 1
    AND e.interaction_key = i.interaction_key
    AND e.revision = (SELECT MAX(x.revision) FROM {estimates} x
                      WHERE x.interaction_key = i.interaction_key)"
        )
    };
    format!(
        "{}\n  UNION ALL\n  {}",
        arm("interactions", "cost_estimates", "interactions_by_time"),
        arm(
            "interactions_archive",
            "cost_estimates_archive",
            "interactions_archive_by_time"
        ),
    )
}

/// The statement for the sums of each hour: of all `[hour, sums]`, of some groups
/// `[hour, [[keys, sums], …]]`.
pub(crate) fn by_hour(
    slice: &Slice,
    hours: &[(UnixMillis, UnixMillis)],
    groups: Option<(Dimension, &[&[Value]])>,
) -> Result<Statement, DatabaseError> {
    let columns: Vec<String> = groups.map_or_else(Vec::new, |(dimension, _)| {
        dimension
            .columns()
            .iter()
            .map(|column| format!("t.{column}"))
            .collect()
    });
    let list = columns.join(", ");
    let (picked, grouped) = if columns.is_empty() {
        (String::new(), String::new())
    } else {
        let picks: Vec<String> = (0..columns.len())
            .map(|at| format!("value ->> {at}"))
            .collect();
        (
            format!(
                " AND ({list}) IN (SELECT {} FROM json_each(?1, '$.keys'))",
                picks.join(", ")
            ),
            format!(", {list}"),
        )
    };
    let (rows, sums) = (interactions_by_hour(), sums_of("t"));
    let conditions = slice.conditions();
    let sql = if groups.is_some() {
        format!(
            "WITH t AS (\n  {rows}\n)
SELECT json_array(hour, json_group_array(json(item))) FROM (
  SELECT t.hour, json_array(json_array({list}), {sums}) AS item
  FROM t WHERE true{conditions}{picked} GROUP BY t.hour{grouped}
) GROUP BY hour"
        )
    } else {
        format!(
            "WITH t AS (\n  {rows}\n)
SELECT json_array(t.hour, {sums}) FROM t WHERE true{conditions} GROUP BY t.hour"
        )
    };
    let mut values = slice.values();
    values.insert("hours".to_owned(), json!(hours));
    if let Some((_, groups)) = groups {
        values.insert("keys".to_owned(), json!(groups));
    }
    Statement::with(sql, &values)
}

/// Reads the ungrouped rows of [`by_hour`].
pub(crate) fn read_hours(rows: &Rows, hour_count: usize) -> Result<Vec<Figures>, DatabaseError> {
    let mut hours = vec![Figures::default(); hour_count];
    for (hour, figures) in rows.decode::<(usize, Figures)>()? {
        if let Some(place) = hours.get_mut(hour) {
            *place = figures;
        }
    }
    Ok(hours)
}
