//! Refusals that showed only after the sender had its answer (queue mode): kept where an admin sees
//! them.

use serde::{Deserialize, Serialize};

use ledger_core::database::{Database, DatabaseError, Statement};

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IngestRejection {
    /// When the event was to be recorded, unix milliseconds.
    pub received_at: i64,
    /// Where the event came from: one of [`events::SOURCES`].
    pub source: String,
    /// The event's id.
    pub interaction_id: String,
    /// `conflict` or `rejected`.
    pub problem: String,
    /// What was wrong and what to do.
    pub detail: String,
}

/// How long a refusal is kept: 90 days.
pub const KEPT_MS: i64 = 90 * 24 * 60 * 60 * 1000;

/// Writes refusals down, and forgets those that are older than [`KEPT_MS`]. A message may be
/// delivered again after it was written down: within an hour the same refusal is kept once.
pub async fn record<D: Database>(
    database: &D,
    refused: &[IngestRejection],
) -> Result<(), DatabaseError> {
    // Index ingest_rejections_by_time.
    const INSERT: &str = "
        INSERT INTO ingest_rejections (received_at, source, interaction_id, problem, detail)
        SELECT j.value ->> 'received_at', j.value ->> 'source', j.value ->> 'interaction_id',
          j.value ->> 'problem', j.value ->> 'detail'
        FROM json_each(?1) j
        WHERE NOT EXISTS (SELECT 1 FROM ingest_rejections r
          WHERE r.received_at > (j.value ->> 'received_at') - 3600000
            AND r.interaction_id = j.value ->> 'interaction_id'
            AND r.problem = j.value ->> 'problem')";
    const FORGET: &str = "DELETE FROM ingest_rejections WHERE received_at < ?1 ->> '$'";
    let Some(newest) = refused.iter().map(|rejection| rejection.received_at).max() else {
        return Ok(());
    };
    database
        .batch(&[
            Statement::with(INSERT, &refused)?,
            Statement::with(FORGET, &newest.saturating_sub(KEPT_MS))?,
        ])
        .await
        .map(drop)
}

/// How many refusals there were since a moment, counted up to `most`.
pub async fn count_since<D: Database>(
    database: &D,
    since: i64,
    most: u32,
) -> Result<u32, DatabaseError> {
    // Index ingest_rejections_by_time.
    const COUNT: &str = "
        SELECT json_array(COUNT(*)) FROM (
          SELECT 1 FROM ingest_rejections WHERE received_at >= ?1 ->> 0 LIMIT ?1 ->> 1)";
    let rows = database
        .query(Statement::with(COUNT, &(since, most))?)
        .await?;
    Ok(rows.first::<(u32,)>()?.map_or(0, |(count,)| count))
}

/// A page of refusals, newest first, and how many there are in all.
pub async fn list<D: Database>(
    database: &D,
    limit: u32,
    offset: u32,
) -> Result<(Vec<IngestRejection>, u64), DatabaseError> {
    // Index ingest_rejections_by_time.
    const PAGE: &str = "
        SELECT json_object('received_at', received_at, 'source', source,
          'interaction_id', interaction_id, 'problem', problem, 'detail', detail)
        FROM ingest_rejections
        ORDER BY received_at DESC, id DESC LIMIT ?1 ->> 'limit' OFFSET ?1 ->> 'offset'";
    const TOTAL: &str = "SELECT json_array(COUNT(*)) FROM ingest_rejections";
    let parameter = serde_json::json!({ "limit": limit, "offset": offset });
    let rows = database
        .batch(&[Statement::with(PAGE, &parameter)?, Statement::new(TOTAL)])
        .await?;
    let [items, total] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no rows".to_owned()));
    };
    let total = total.first::<(u64,)>()?.map_or(0, |(total,)| total);
    Ok((items.decode()?, total))
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;

    use super::*;
    use ledger_core::sqlite::Sqlite;

    fn rejection(id: &str, received_at: i64) -> IngestRejection {
        IngestRejection {
            received_at,
            source: "api".to_owned(),
            interaction_id: id.to_owned(),
            problem: "conflict".to_owned(),
            detail: "send another id".to_owned(),
        }
    }

    #[test]
    fn a_refusal_delivered_again_is_kept_once_and_the_newest_comes_first() {
        const DAY_MS: i64 = 86_400_000;
        let database = Sqlite::migrated().expect("migrates");
        let (a, b) = (rejection("a", DAY_MS), rejection("b", DAY_MS + 1));
        block_on(record(&database, &[a.clone(), b.clone()])).expect("records");
        block_on(record(&database, &[rejection("a", DAY_MS + 7)])).expect("records");
        assert_eq!(
            block_on(list(&database, 10, 0)),
            Ok((vec![b.clone(), a.clone()], 2))
        );
        assert_eq!(block_on(list(&database, 1, 1)), Ok((vec![a], 2)));
        let later = rejection("a", 3 * DAY_MS);
        block_on(record(&database, std::slice::from_ref(&later))).expect("records");
        assert_eq!(block_on(list(&database, 1, 0)), Ok((vec![later], 3)));
        assert_eq!(block_on(count_since(&database, 2 * DAY_MS, 10)), Ok(1));
        assert_eq!(block_on(count_since(&database, 0, 2)), Ok(2));
    }

    #[test]
    fn a_refusal_is_forgotten_after_its_time() {
        let database = Sqlite::migrated().expect("migrates");
        let old = rejection("a", 1_000);
        block_on(record(&database, &[old])).expect("records");
        let new = rejection("b", 1_001 + KEPT_MS);
        block_on(record(&database, std::slice::from_ref(&new))).expect("records");
        assert_eq!(block_on(list(&database, 10, 0)), Ok((vec![new], 1)));
    }
}
