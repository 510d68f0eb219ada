//! Which one trace source counts for a type: `ledger_state.counted_sources`.

use events::CountedSources;

use ledger_core::{
    api_keys::{Actor, audit},
    database::{Database, DatabaseError, Statement},
};

/// What counts now.
pub async fn read<D: Database>(database: &D) -> Result<CountedSources, DatabaseError> {
    const READ: &str = "SELECT counted_sources FROM ledger_state";
    let rows = database.query(Statement::new(READ)).await?;
    rows.texts()
        .first()
        .and_then(|text| CountedSources::from_json(text))
        .ok_or_else(|| DatabaseError::Decode("ledger_state.counted_sources".to_owned()))
}

/// Sets what counts from now on, with its audit entry.
pub async fn write<D: Database>(
    database: &D,
    sources: &CountedSources,
    actor: Actor<'_>,
) -> Result<(), DatabaseError> {
    const WRITE: &str = "UPDATE ledger_state SET counted_sources = ?1";
    let (before, after) = (read(database).await?.to_json(), sources.to_json());
    let detail = serde_json::json!({ "before": before, "after": after });
    let audit = audit(
        actor,
        "counted_sources.set",
        "counted_sources",
        &detail,
        None,
    )?;
    database
        .batch(&[Statement::with_json(WRITE, after), audit])
        .await
        .map(drop)
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;

    use super::*;
    use ledger_core::sqlite::Sqlite;

    #[test]
    fn what_was_written_counts_and_who_changed_it_is_kept() {
        let database = Sqlite::migrated().expect("migrates");
        assert_eq!(block_on(read(&database)), Ok(CountedSources::default()));
        let otel = CountedSources::from_json(r#"{"chat":"otel"}"#).expect("is one");
        let actor = Actor {
            key_id: "pk-tt-admin",
            at: 5,
        };
        block_on(write(&database, &otel, actor)).expect("writes");
        assert_eq!(block_on(read(&database)), Ok(otel));
        let audited: String = database.with_connection(|connection| {
            connection
                .query_row(
                    "SELECT actor || ' ' || action FROM admin_audit",
                    [],
                    |row| row.get(0),
                )
                .expect("one entry")
        });
        assert_eq!(audited, "pk-tt-admin counted_sources.set");
    }
}
