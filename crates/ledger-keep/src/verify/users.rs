//! The sums by user within one model, provider or agent against the cube, user by user.
//!
//! They move with the cube, which the stage before has verified: they can be compared at any
//! moment, and are made again where they differ. Their primary key has the user before the day, and a
//! walk by days would need an index as large as the key. They are looked for by the names that the cube
//! has of these users, not by every name that ever was; a row of a name that it has not is a stray, and
//! the stage after this one finds it.

use std::sync::LazyLock;

use serde_json::json;

use ledger_core::{
    database::{Database, DatabaseError, Statement},
    rollup::{MEASURES, SLICES},
};

use super::{
    derived::difference,
    pass::{GUARD, OpenPass},
    slice::{Correction, Finding, Slice},
};

/// The most users in a slice.
const SLICE_USERS: u32 = 50;
/// About the most days on which the users of a slice were active together.
const SLICE_DAYS: u64 = 400;

// The primary key of users; daily_stats_by_user.
const NEXT_USERS: &str = "
SELECT json_array(u.user_key, (
  SELECT COUNT(*) FROM daily_stats d INDEXED BY daily_stats_by_user
  WHERE d.user_key = u.user_key))
FROM users u WHERE u.user_key > ?1 ->> 'after' ORDER BY u.user_key LIMIT ?1 ->> 'limit'";

/// The cube's rows of the users, by its index by user and day.
const CUBE: &str = "cube AS MATERIALIZED (
  SELECT t.* FROM json_each(?1, '$.users') u
    CROSS JOIN usage_daily t INDEXED BY usage_daily_by_user WHERE t.user_key = u.value
)";

/// The names of the users: a search in the primary key of the sums for each.
fn named() -> String {
    let names = SLICES.map(|(dimension, _)| {
        format!(
            "SELECT DISTINCT '{dimension}' AS dimension, {dimension} AS value, user_key FROM cube"
        )
    });
    format!("named AS MATERIALIZED ({})", names.join(" UNION ALL "))
}

/// What the sums are, of the cube's rows.
fn truth() -> String {
    let sums = MEASURES.map(|measure| format!("SUM({measure})")).join(", ");
    SLICES
        .map(|(dimension, provider)| {
            format!(
                "SELECT '{dimension}', {dimension}, day, user_key, {provider}, {sums} FROM cube
             GROUP BY {dimension}, user_key, day, {provider}"
            )
        })
        .join(" UNION ALL ")
}

static DIFFERENCE: LazyLock<String> = LazyLock::new(|| {
    let measures = MEASURES.join(", ");
    let is_something = MEASURES
        .map(|measure| format!("{measure} <> 0"))
        .join(" OR ");
    let kept = format!(
        "SELECT s.dimension, s.value, s.day, s.user_key, s.provider, {measures}
         FROM named n CROSS JOIN daily_user_slices s
         WHERE s.dimension = n.dimension AND s.value = n.value AND s.user_key = n.user_key
           AND ({is_something})"
    );
    format!(
        "WITH {CUBE}, {}, kept AS MATERIALIZED ({kept}),
           truth AS MATERIALIZED ({}) {}",
        named(),
        truth(),
        difference("SELECT * FROM kept", "SELECT * FROM truth")
    )
});

/// Makes the rows of the users again.
static REBUILD: LazyLock<[String; 2]> = LazyLock::new(|| {
    let measures = MEASURES.join(", ");
    [
        format!(
            "WITH {CUBE}, {}
             DELETE FROM daily_user_slices
             WHERE (dimension, value, user_key) IN (
               SELECT dimension, value, user_key FROM named) AND {GUARD}",
            named()
        ),
        format!(
            "WITH {CUBE}
             INSERT INTO daily_user_slices (dimension, value, day, user_key, provider, {measures})
             SELECT * FROM ({}) WHERE {GUARD}
             ON CONFLICT DO NOTHING",
            truth()
        ),
    ]
});

/// Verifies the users after the pass's place.
pub(super) async fn verify<D: Database>(
    database: &D,
    pass: &OpenPass,
) -> Result<Slice, DatabaseError> {
    let next = json!({ "after": pass.last_key()?, "limit": SLICE_USERS });
    let found: Vec<(i64, u64)> = database
        .query(Statement::with(NEXT_USERS, &next)?)
        .await?
        .decode()?;
    let mut days = 0;
    let users: Vec<i64> = found
        .into_iter()
        .take_while(|(_, count)| {
            let is_first = days == 0;
            days += count;
            is_first || days <= SLICE_DAYS
        })
        .map(|(key, _)| key)
        .collect();
    let Some(last) = users.last() else {
        return Ok(Slice::default());
    };
    let mut slice = Slice {
        position: Some(last.to_string()),
        ..Slice::default()
    };
    let listed = json!({ "users": users });
    let rows = database
        .query(Statement::with(DIFFERENCE.as_str(), &listed)?)
        .await?;
    let (wrong, too_many) = rows.first::<(u64, u64)>()?.unwrap_or_default();
    if (wrong, too_many) != (0, 0) {
        slice.findings.push(Finding {
            check: "daily_user_slices_equal_usage_daily",
            subject: json!({ "user_keys": users, "wrong_rows": wrong.max(too_many) }),
            expected: json!("what it is derived from"),
            found: json!("other rows"),
            correction: Some("the rows were made again"),
        });
        for sql in REBUILD.iter() {
            slice
                .corrections
                .push(Correction::new(sql.clone(), "users", json!(users)));
        }
    }
    Ok(slice)
}
