//! What a trace's body held and the ledger did not take: kept by day, sender and reason, so that
//! nothing is left out in silence.

use events::LeftOutByReason;
use ledger_core::{
    database::{Database, DatabaseError, Statement},
    schema::SCHEMA_VERSION,
};
use serde::Serialize;
use serde_json::{Value, json};

/// How long it is kept: 30 days.
pub const KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// The reasons that a sender may bring in a day; what comes beyond is counted under
/// `further_reasons`. The names of fields are the sender's own, so that they need an end.
const REASONS_MAX: u32 = 64;

/// Adds what one body left out. A body that is sent again is counted again: what it holds is not
/// taken twice either.
///
/// # Errors
/// The database failed; nothing is added.
pub async fn add<D: Database>(
    database: &D,
    day: &str,
    key_id: &str,
    source: &str,
    left_out: &LeftOutByReason,
) -> Result<(), DatabaseError> {
    // The primary key; a body has few reasons.
    const ADD: &str = "
        INSERT INTO left_out (day, key_id, source, reason, count, example)
        SELECT ?1 ->> 'day', ?1 ->> 'key_id', ?1 ->> 'source',
          iif((SELECT COUNT(*) FROM left_out l WHERE l.day = ?1 ->> 'day'
                 AND l.key_id = ?1 ->> 'key_id' AND l.source = ?1 ->> 'source')
                < ?1 ->> 'reasons_max'
              OR EXISTS (SELECT 1 FROM left_out l WHERE l.day = ?1 ->> 'day'
                 AND l.key_id = ?1 ->> 'key_id' AND l.source = ?1 ->> 'source'
                 AND l.reason = j.value ->> 'reason'),
            j.value ->> 'reason', 'further_reasons'),
          j.value ->> 'count', j.value ->> 'example'
        FROM json_each(?1, '$.reasons') j
        WHERE EXISTS (SELECT 1 FROM ledger_state WHERE schema_version = ?1 ->> 'schema')
        ON CONFLICT (day, key_id, source, reason) DO UPDATE SET
          count = left_out.count + excluded.count,
          example = iif(left_out.example = '', excluded.example, left_out.example)";
    if left_out.is_empty() {
        return Ok(());
    }
    let reasons: Vec<Value> = left_out
        .iter()
        .map(
            |(reason, one)| json!({ "reason": reason, "count": one.count, "example": one.example }),
        )
        .collect();
    let parameter = json!({
        "schema": SCHEMA_VERSION,
        "day": day,
        "key_id": key_id,
        "source": source,
        "reasons": reasons,
        "reasons_max": REASONS_MAX,
    });
    database
        .batch(&[Statement::with(ADD, &parameter)?])
        .await
        .map(drop)
}

/// What was left out since a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct LeftOutSum {
    /// For any reason.
    pub count: u64,
    /// For a reason that may hide money.
    pub worth_a_look: u64,
}

/// Sums up what was left out since a day, inclusive.
///
/// # Errors
/// The database failed.
pub async fn sum_since<D: Database>(
    database: &D,
    first_day: &str,
) -> Result<LeftOutSum, DatabaseError> {
    // The primary key, by its day.
    const SUM: &str = "
        SELECT json_array(reason, SUM(count)) FROM left_out
        WHERE day >= ?1 ->> '$' GROUP BY reason";
    let rows = database.query(Statement::with(SUM, &first_day)?).await?;
    let mut sum = LeftOutSum::default();
    for (reason, count) in rows.decode::<(String, u64)>()? {
        sum.count = sum.count.saturating_add(count);
        if events::is_worth_a_look(&reason) {
            sum.worth_a_look = sum.worth_a_look.saturating_add(count);
        }
    }
    Ok(sum)
}

/// How many events were refused since a day for want of room: a sum was full, or a key declared more
/// than its limit.
///
/// # Errors
/// The database failed.
pub async fn count_without_room<D: Database>(
    database: &D,
    since_day: &str,
) -> Result<u64, DatabaseError> {
    // The primary key.
    const COUNT: &str = "
        SELECT json_array(COALESCE(SUM(count), 0)) FROM left_out
        WHERE day >= ?1 ->> '$' AND reason IN ('refused:full_sum', 'refused:declared_cost_limit')";
    let rows = database.query(Statement::with(COUNT, &since_day)?).await?;
    Ok(rows.first::<(u64,)>()?.map_or(0, |(count,)| count))
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;

    use super::*;
    use ledger_core::sqlite::Sqlite;

    fn rows(database: &Sqlite) -> Vec<(String, u32, String)> {
        let sql = "SELECT json_array(reason, count, example) FROM left_out ORDER BY reason";
        let rows = block_on(database.query(Statement::new(sql))).expect("reads");
        rows.decode().expect("decodes")
    }

    fn of(reasons: &[(&str, u32, &str)]) -> LeftOutByReason {
        let mut left_out = LeftOutByReason::default();
        for (reason, count, example) in reasons {
            left_out.add_named(reason, *count, || (*example).to_owned());
        }
        left_out
    }

    #[test]
    fn what_is_left_out_is_counted_by_day_sender_and_reason() {
        let database = Sqlite::migrated().expect("migrates");
        let add = |day, left_out| block_on(add(&database, day, "k", "otel", &left_out));
        add("2025-01-01", of(&[("probe", 2, ""), ("refused:a", 1, "x")])).expect("adds");
        add("2025-01-01", of(&[("probe", 3, "http.route")])).expect("adds");
        add("2025-01-01", LeftOutByReason::default()).expect("adds");
        let expected = [("probe", 5, "http.route"), ("refused:a", 1, "x")]
            .map(|(reason, count, example)| (reason.to_owned(), count, example.to_owned()));
        assert_eq!(rows(&database), expected);
        add("2025-01-02", of(&[("probe", 1, "")])).expect("adds");
        assert_eq!(rows(&database).len(), 3);
        let sum = |day| block_on(sum_since(&database, day)).expect("reads");
        let of = |count, worth_a_look| LeftOutSum {
            count,
            worth_a_look,
        };
        assert_eq!((sum("2025-01-01"), sum("2025-01-02")), (of(7, 1), of(1, 0)));
    }

    #[test]
    fn a_sender_of_ever_new_reasons_fills_no_table() {
        let database = Sqlite::migrated().expect("migrates");
        for index in 0..2 * REASONS_MAX {
            let reason = format!("refused:f{index}");
            let left_out = of(&[(&reason, 1, "")]);
            block_on(add(&database, "2025-01-01", "k", "otel", &left_out)).expect("adds");
        }
        let rows = rows(&database);
        assert_eq!(rows.len(), REASONS_MAX as usize + 1);
        let further = rows.iter().find(|row| row.0 == "further_reasons");
        assert_eq!(further.map(|row| row.1), Some(REASONS_MAX));
    }
}
