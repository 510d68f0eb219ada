//! Thumbs by trace: they may arrive before the interaction and may be taken back.

use ledger_core::database::{Database, DatabaseError, Statement};

/// A score as it is kept: the comment is not.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Feedback {
    /// The trace that it is about.
    pub trace_id: String,
    /// The score's own id, by which it can be deleted.
    pub score_id: String,
    /// 1 for thumbs up, 0 for thumbs down.
    pub value: u8,
    /// Unix milliseconds.
    pub updated_at: i64,
}

/// Keeps a score; a later one for the same trace takes its place.
pub async fn record_feedback<D: Database>(
    database: &D,
    feedback: &Feedback,
) -> Result<(), DatabaseError> {
    const FORGET_OLD: &str =
        "DELETE FROM feedback WHERE score_id = ?1 ->> 'score_id' AND trace_id <> ?1 ->> 'trace_id'";
    const UPSERT: &str = "
        INSERT INTO feedback (trace_id, score_id, value, updated_at)
        SELECT ?1 ->> 'trace_id', ?1 ->> 'score_id', ?1 ->> 'value', ?1 ->> 'updated_at' WHERE true
        ON CONFLICT (trace_id) DO UPDATE SET score_id = excluded.score_id, value = excluded.value,
          updated_at = excluded.updated_at";
    database
        .batch(&[
            Statement::with(FORGET_OLD, feedback)?,
            Statement::with(UPSERT, feedback)?,
            Statement::new(BUMP_LEDGER),
        ])
        .await
        .map(drop)
}

/// Takes a score back; returns whether it was there.
pub async fn delete_feedback<D: Database>(
    database: &D,
    score_id: &str,
) -> Result<bool, DatabaseError> {
    const DELETE: &str = "
        DELETE FROM feedback WHERE score_id = ?1 ->> '$' RETURNING json_array(score_id)";
    let rows = database
        .batch(&[
            Statement::with(DELETE, &score_id)?,
            Statement::new(BUMP_LEDGER),
        ])
        .await?;
    Ok(rows.first().is_some_and(|deleted| !deleted.is_empty()))
}

const BUMP_LEDGER: &str = "UPDATE ledger_state SET ledger_version = ledger_version + 1";

#[cfg(test)]
mod tests {
    use futures_executor::block_on;

    use super::{Feedback, delete_feedback, record_feedback};
    use ledger_core::sqlite::Sqlite;

    #[test]
    fn a_thumb_can_be_turned_and_taken_back() {
        let database = Sqlite::migrated().expect("migrates");
        let up = Feedback {
            trace_id: "t".to_owned(),
            score_id: "feedback-t".to_owned(),
            value: 1,
            updated_at: 1,
        };
        let stored = || -> Vec<i64> {
            database.with_connection(|connection| {
                let mut select = connection
                    .prepare("SELECT value FROM feedback")
                    .expect("reads");
                let rows = select.query_map([], |row| row.get(0)).expect("reads");
                rows.map(|row| row.expect("a row")).collect()
            })
        };
        block_on(record_feedback(&database, &up)).expect("records");
        block_on(record_feedback(
            &database,
            &Feedback {
                value: 0,
                ..up.clone()
            },
        ))
        .expect("records");
        assert_eq!(stored(), [0]);
        assert_eq!(block_on(delete_feedback(&database, "feedback-t")), Ok(true));
        assert_eq!(
            block_on(delete_feedback(&database, "feedback-t")),
            Ok(false)
        );
        assert!(stored().is_empty());
    }
}
