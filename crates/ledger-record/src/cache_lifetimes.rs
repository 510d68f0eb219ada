//! How long cache writes live where nothing tells, by source: `ledger_state.cache_lifetimes`.

use events::{CacheWriteLifetimeChange, CacheWriteLifetimes};
use serde_json::json;

use ledger_core::{
    api_keys::{Actor, audit},
    database::{Database, DatabaseError, Statement},
};

/// What is set now.
///
/// # Errors
/// The database did not answer, or holds no such setting.
pub async fn read<D: Database>(database: &D) -> Result<CacheWriteLifetimes, DatabaseError> {
    const READ: &str = "SELECT cache_lifetimes FROM ledger_state";
    let rows = database.query(Statement::new(READ)).await?;
    rows.texts()
        .first()
        .and_then(|text| CacheWriteLifetimes::from_json(text))
        .ok_or_else(|| DatabaseError::Decode("ledger_state.cache_lifetimes".to_owned()))
}

/// Changes what is set for a source from a moment on, with its audit entry; answers with all of it.
///
/// # Errors
/// The database did not answer.
pub async fn change<D: Database>(
    database: &D,
    change: &CacheWriteLifetimeChange,
    actor: Actor<'_>,
) -> Result<CacheWriteLifetimes, DatabaseError> {
    const WRITE: &str = "UPDATE ledger_state SET cache_lifetimes = ?1";
    let before = read(database).await?;
    let after = before.clone().after(change);
    let detail = json!({ "before": before.to_json(), "after": after.to_json() });
    let audit = audit(actor, "cache_lifetimes.set", change.source, &detail, None)?;
    database
        .batch(&[Statement::with_json(WRITE, after.to_json()), audit])
        .await?;
    Ok(after)
}

#[cfg(test)]
mod tests {
    use events::parse_cache_write_lifetime_change;
    use futures_executor::block_on;

    use super::*;
    use ledger_core::sqlite::Sqlite;

    #[test]
    fn a_new_ledger_has_the_default_and_a_change_is_kept_with_who_made_it() {
        let database = Sqlite::migrated().expect("migrates");
        assert_eq!(
            block_on(read(&database)),
            Ok(CacheWriteLifetimes::default())
        );
        let wish = parse_cache_write_lifetime_change(br#"{"source":"langfuse","lifetime":"5m"}"#);
        let wish = wish.expect("is one");
        let actor = Actor {
            key_id: "pk-tt-admin",
            at: 5,
        };
        let after = block_on(change(&database, &wish, actor)).expect("writes");
        assert_eq!(block_on(read(&database)), Ok(after));
        let audited: i64 = database.with_connection(|connection| {
            connection
                .query_row(
                    "SELECT COUNT(*) FROM admin_audit WHERE action = 'cache_lifetimes.set'",
                    [],
                    |row| row.get(0),
                )
                .expect("counts")
        });
        assert_eq!(audited, 1);
    }
}
