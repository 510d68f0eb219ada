//! The export of sums by day, whole or by one group.

use super::export_cell::Column;
use crate::ask::slice::{Dimension, Slice};
use ledger_core::rollup::{COUNTS, MEASURES};

/// The columns, in the order of [`sql`].
pub(crate) fn columns() -> Vec<Column> {
    let mut columns = vec![Column::text("day"), Column::text("group")];
    columns.extend(MEASURES.map(|measure| {
        if is_money(measure) {
            Column::money(measure)
        } else {
            Column::count(measure)
        }
    }));
    columns
}

fn is_money(measure: &str) -> bool {
    measure.ends_with("_cost") || measure == "cache_savings"
}

/// Sums by day and group, for the days of a chunk: `[day, group, …measures]`.
pub(crate) fn sql(slice: &Slice, dimension: Option<Dimension>) -> String {
    let source = slice.source(dimension);
    let (group, join) = match dimension {
        None => ("''".to_owned(), ""),
        Some(Dimension::Model) => ("t.provider || '/' || t.model".to_owned(), ""),
        Some(Dimension::User) => (
            "iif(u.tenant_id = '', u.user_id, u.tenant_id || '/' || u.user_id)".to_owned(),
            " JOIN users u ON u.user_key = t.user_key",
        ),
        Some(other) => (format!("t.{}", other.columns().join(", t.")), ""),
    };
    let measures = MEASURES.map(|measure| {
        if is_money(measure) {
            format!("json_array(SUM(t.{measure} / 1000000), SUM(t.{measure} % 1000000))")
        } else {
            format!("SUM(t.{measure})")
        }
    });
    let mut keys = vec!["t.day".to_owned()];
    let columns = dimension.map_or(&[][..], Dimension::columns);
    keys.extend(columns.iter().map(|column| format!("t.{column}")));
    let keys = keys.join(", ");
    // Half of the measures each: a function takes few arguments.
    let (counts, costs) = measures.split_at(COUNTS);
    format!(
        "SELECT json_array(t.day, {group}, json_array({}), json_array({}))
FROM json_each(?1, '$.segments') s CROSS JOIN {}{join}
WHERE t.day >= s.value ->> 0 AND t.day <= s.value ->> 1{}
GROUP BY {keys} ORDER BY t.day, {group}",
        counts.join(", "),
        costs.join(", "),
        source.from,
        source.conditions,
    )
}
