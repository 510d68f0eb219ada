//! What the operator says of calls where nothing in them tells: `ledger_state.cache_lifetimes` and
//! `ledger_state.reported_costs`, each change with its audit entry.

use events::{
    CacheWriteLifetimeChange, CacheWriteLifetimes, OperatorWords, ReportedCostChange,
    ReportedCostSettings,
};
use serde_json::json;

use ledger_core::{
    api_keys::{Actor, audit},
    database::{Database, DatabaseError, Statement},
};

/// What is set now.
///
/// # Errors
/// The database did not answer, or holds no such settings.
pub async fn read<D: Database>(database: &D) -> Result<OperatorWords, DatabaseError> {
    const READ: &str = "SELECT json_array(cache_lifetimes, reported_costs) FROM ledger_state";
    let rows = database.query(Statement::new(READ)).await?;
    let unreadable = |column: &str| DatabaseError::Decode(format!("ledger_state.{column}"));
    let (lifetimes, reported): (String, String) =
        rows.first()?.ok_or_else(|| unreadable("cache_lifetimes"))?;
    Ok(OperatorWords {
        lifetimes: CacheWriteLifetimes::from_json(&lifetimes)
            .ok_or_else(|| unreadable("cache_lifetimes"))?,
        reported: ReportedCostSettings::from_json(&reported)
            .ok_or_else(|| unreadable("reported_costs"))?,
    })
}

/// Changes how long the cache writes of a source live from a moment on; answers with what is set.
///
/// # Errors
/// The database did not answer.
pub async fn change_lifetimes<D: Database>(
    database: &D,
    change: &CacheWriteLifetimeChange,
    actor: Actor<'_>,
) -> Result<CacheWriteLifetimes, DatabaseError> {
    const WRITE: &str = "UPDATE ledger_state SET cache_lifetimes = ?1";
    let before = read(database).await?.lifetimes;
    let after = before.clone().after(change);
    let detail = json!({ "before": before.to_json(), "after": after.to_json() });
    let audit = audit(actor, "cache_lifetimes.set", change.source, &detail, None)?;
    database
        .batch(&[Statement::with_json(WRITE, after.to_json()), audit])
        .await?;
    Ok(after)
}

/// Changes whether a provider's reported costs count from a moment on; answers with what is set, or
/// `None` where too many providers have a setting.
///
/// # Errors
/// The database did not answer.
pub async fn change_reported<D: Database>(
    database: &D,
    change: &ReportedCostChange,
    actor: Actor<'_>,
) -> Result<Option<ReportedCostSettings>, DatabaseError> {
    const WRITE: &str = "UPDATE ledger_state SET reported_costs = ?1";
    let before = read(database).await?.reported;
    let Some(after) = before.clone().after(change) else {
        return Ok(None);
    };
    let detail = json!({ "before": before.to_json(), "after": after.to_json() });
    let audit = audit(actor, "reported_costs.set", &change.provider, &detail, None)?;
    database
        .batch(&[Statement::with_json(WRITE, after.to_json()), audit])
        .await?;
    Ok(Some(after))
}

#[cfg(test)]
mod tests {
    use events::{parse_cache_write_lifetime_change, parse_reported_cost_change};
    use futures_executor::block_on;

    use super::*;
    use ledger_core::sqlite::Sqlite;

    const ADMIN: Actor<'_> = Actor {
        key_id: "pk-tt-admin",
        at: 5,
    };

    #[test]
    fn a_new_ledger_has_the_defaults_and_a_change_is_kept_with_who_made_it() {
        let database = Sqlite::migrated().expect("migrates");
        assert_eq!(block_on(read(&database)), Ok(OperatorWords::default()));
        let wish = parse_cache_write_lifetime_change(br#"{"source":"langfuse","lifetime":"5m"}"#);
        let lifetimes = block_on(change_lifetimes(&database, &wish.expect("is one"), ADMIN));
        let wish = parse_reported_cost_change(br#"{"provider":"openrouter","counts":"provider"}"#);
        let reported = block_on(change_reported(&database, &wish.expect("is one"), ADMIN));
        let words = OperatorWords {
            lifetimes: lifetimes.expect("writes"),
            reported: reported.expect("writes").expect("there is room"),
        };
        assert_eq!(block_on(read(&database)), Ok(words));
        let audited: Vec<String> = database.with_connection(|connection| {
            let mut entries = connection
                .prepare("SELECT action || ' ' || actor FROM admin_audit ORDER BY action")
                .expect("prepares");
            let entries = entries.query_map([], |row| row.get(0)).expect("reads");
            entries.map(|entry| entry.expect("is text")).collect()
        });
        assert_eq!(
            audited,
            [
                "cache_lifetimes.set pk-tt-admin",
                "reported_costs.set pk-tt-admin"
            ]
        );
    }
}
