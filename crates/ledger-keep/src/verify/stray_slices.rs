//! Sums by user within one model, provider or agent that the cube has no row for: a walk by their key.
//!
//! The stage before has compared them by the names that the cube has; what is left is a row of a name, or
//! of a day, that it has not. The walk looks at each row once, so it takes what there are rows, whatever
//! the names.

use std::sync::LazyLock;

use serde_json::{Value, json};

use ledger_core::{
    database::{Database, DatabaseError, Statement},
    rollup::MEASURES,
};

use super::{
    pass::{GUARD, OpenPass},
    slice::{Correction, Finding, Slice},
};

/// The rows in a slice.
const SLICE_ROWS: u32 = 5_000;
/// The strays that a finding names.
const NAMED_MAX: usize = 20;

const KEY: &str = "dimension, value, user_key, day, provider";
const DESCENDING: &str = "dimension DESC, value DESC, user_key DESC, day DESC, provider DESC";

// Whether what a subquery gives is still JSON differs between versions of SQLite: `json` says so.
//
// A range of the primary key. Of each user and day that it touches, the cube's names once: by
// usage_daily_by_user, which has provider and model behind the day, and by a table of the slice's own for
// agents.
static STRAYS: LazyLock<String> = LazyLock::new(|| {
    let is_something = MEASURES
        .map(|measure| format!("{measure} <> 0"))
        .join(" OR ");
    format!(
        "WITH page AS MATERIALIZED (
           SELECT {KEY}, ({is_something}) AS is_something FROM daily_user_slices
           WHERE ({KEY}) > (?1 ->> 0, ?1 ->> 1, ?1 ->> 2, ?1 ->> 3, ?1 ->> 4)
           ORDER BY {KEY} LIMIT {SLICE_ROWS}),
         agents AS MATERIALIZED (
           SELECT DISTINCT t.user_key, t.day, t.agent
           FROM (SELECT DISTINCT user_key, day FROM page WHERE dimension = 'agent') p
             CROSS JOIN usage_daily t INDEXED BY usage_daily_by_user
           WHERE t.user_key = p.user_key AND t.day = p.day),
         strays AS (
           SELECT {KEY} FROM page p
           WHERE p.is_something AND CASE p.dimension
             WHEN 'model' THEN NOT EXISTS (
               SELECT 1 FROM usage_daily t INDEXED BY usage_daily_by_user
               WHERE t.user_key = p.user_key AND t.day = p.day AND t.provider = p.provider
                 AND t.model = p.value)
             WHEN 'provider' THEN NOT EXISTS (
               SELECT 1 FROM usage_daily t INDEXED BY usage_daily_by_user
               WHERE t.user_key = p.user_key AND t.day = p.day AND t.provider = p.value)
             ELSE (p.user_key, p.day, p.value) NOT IN (SELECT user_key, day, agent FROM agents) END)
         SELECT json_array(
           json((SELECT json_array({KEY}) FROM page ORDER BY {DESCENDING} LIMIT 1)),
           json((SELECT json_group_array(json_array({KEY})) FROM strays)))"
    )
});

/// Removes strays, where the cube still has no row for them.
static REMOVE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "DELETE FROM daily_user_slices AS s
         WHERE ({KEY}) IN (SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3,
             j.value ->> 4 FROM json_each(?1, '$.strays') j)
           AND NOT EXISTS (SELECT 1 FROM usage_daily t INDEXED BY usage_daily_by_user
             WHERE t.user_key = s.user_key AND t.day = s.day AND CASE s.dimension
               WHEN 'model' THEN t.provider = s.provider AND t.model = s.value
               WHEN 'provider' THEN t.provider = s.value
               ELSE t.agent = s.value END)
           AND {GUARD}"
    )
});

/// Verifies the rows behind the pass's place.
pub(super) async fn verify<D: Database>(
    database: &D,
    pass: &OpenPass,
) -> Result<Slice, DatabaseError> {
    let after: Value = if pass.position.is_empty() {
        json!(["", "", 0, "", ""])
    } else {
        serde_json::from_str(&pass.position)
            .map_err(|error| DatabaseError::Decode(error.to_string()))?
    };
    let rows = database
        .query(Statement::with(STRAYS.as_str(), &after)?)
        .await?;
    let (last, strays) = rows
        .first::<(Option<Value>, Vec<Value>)>()?
        .unwrap_or_default();
    let mut slice = Slice {
        position: last.map(|key| key.to_string()),
        ..Slice::default()
    };
    if !strays.is_empty() {
        let named = strays.get(..strays.len().min(NAMED_MAX));
        slice.findings.push(Finding {
            check: "daily_user_slices_equal_usage_daily",
            subject: json!({ "rows": named.unwrap_or_default(), "count": strays.len() }),
            expected: json!("a row of the cube"),
            found: json!("none"),
            correction: Some("the rows were removed"),
        });
        let removal = Correction::new(REMOVE.as_str(), "strays", json!(strays));
        slice.corrections.push(removal);
    }
    Ok(slice)
}
