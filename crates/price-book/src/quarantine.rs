//! Rates that wait for a second source or for an operator's word.

use cost_calculation::UnixMillis;
use serde_json::json;

use super::{
    rates::{SHOWN, ShownRate},
    stored::{BOOK_VERSION, book_version},
    sync::SyncError,
};
use ledger_core::{
    api_keys::{Actor, audit},
    database::{Database, DatabaseError, Statement},
};

/// The most rows that a list shows.
const LIST_MAX: u32 = 500;
/// How often a decision is written anew because the book moved.
const ATTEMPTS_MAX: u32 = 3;

/// What an operator decides on a waiting rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is right: it comes into force now, or from the beginning where nothing was known.
    Approve,
    /// It is wrong: it stays out, also when the source repeats it.
    Reject,
}

/// The waiting rates, oldest first, with what is in force beside each.
pub async fn waiting<D: Database>(
    database: &D,
    now: UnixMillis,
) -> Result<Vec<(ShownRate, Option<ShownRate>)>, DatabaseError> {
    // Index prices_waiting, for which its own condition has to stand here; then prices_by_key.
    let beside = SHOWN
        .replace("p.", "f.")
        .replace("s.checked_at", "fs.checked_at");
    let sql = format!(
        "SELECT json_array({SHOWN}, json((SELECT {beside} FROM prices f
             LEFT JOIN price_sources fs ON fs.source = f.source
           WHERE f.provider = p.provider AND f.model = p.model
             AND f.resource_type = p.resource_type AND f.region = p.region
             AND f.service_tier = p.service_tier AND f.min_context = p.min_context
             AND f.schedule = p.schedule AND f.status = 'active'
             AND f.valid_from <= ?1 ->> 'now' AND (f.valid_to IS NULL OR f.valid_to > ?1 ->> 'now')
           ORDER BY f.valid_from DESC LIMIT 1)))
         FROM prices p LEFT JOIN price_sources s ON s.source = p.source
         WHERE p.status <> 'active' AND p.status = 'quarantined' ORDER BY p.id LIMIT {LIST_MAX}"
    );
    let parameter = json!({ "now": now.0 });
    database
        .query(Statement::with(sql, &parameter)?)
        .await?
        .decode()
}

/// How many rates wait, also where there are more than [`waiting`] shows.
pub async fn waiting_count<D: Database>(database: &D) -> Result<u64, DatabaseError> {
    // Index prices_waiting.
    const COUNT: &str = "SELECT json_array(COUNT(*)) FROM prices
        WHERE status <> 'active' AND status = 'quarantined'";
    let count = database.query(Statement::new(COUNT)).await?;
    Ok(count.first::<(u64,)>()?.map_or(0, |(count,)| count))
}

/// Approves or rejects; `false` if no waiting rate has this id.
pub async fn decide<D: Database>(
    database: &D,
    actor: Actor<'_>,
    price_id: i64,
    decision: Decision,
    reason: &str,
) -> Result<bool, SyncError> {
    for _ in 0..ATTEMPTS_MAX {
        let (version, waiting) = read(database, price_id, actor.at).await?;
        let Some(waiting) = waiting else {
            return Ok(false);
        };
        let statements = statements(actor, version, &waiting, decision, reason)?;
        let rows = database.batch(&statements).await?;
        let [found, still_waiting, ..] = rows.as_slice() else {
            return Err(DatabaseError::Other("the batch gave no rows".to_owned()).into());
        };
        if book_version(found)? == version {
            return Ok(!still_waiting.is_empty());
        }
    }
    Err(SyncError::BookKeptMoving)
}

async fn read<D: Database>(
    database: &D,
    price_id: i64,
    now_ms: i64,
) -> Result<(i64, Option<ShownRate>), DatabaseError> {
    let sql = format!(
        "SELECT {SHOWN} FROM prices p LEFT JOIN price_sources s ON s.source = p.source
         WHERE p.id = ?1 ->> 'id' AND p.status = 'quarantined'"
    );
    let parameter = json!({ "id": price_id, "now": now_ms });
    let rows = database
        .batch(&[
            Statement::new(BOOK_VERSION),
            Statement::with(sql, &parameter)?,
        ])
        .await?;
    let [version, waiting] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no rows".to_owned()));
    };
    Ok((book_version(version)?, waiting.first()?))
}

// A rejection by another admin moves no version: the row itself has to wait still.
const GUARD: &str = "EXISTS (SELECT 1 FROM ledger_state
        WHERE price_book_version = ?1 ->> 'version')
        AND EXISTS (SELECT 1 FROM prices WHERE id = ?1 ->> 'id' AND status = 'quarantined')";
const STILL_WAITING: &str = "SELECT json_array(id) FROM prices
        WHERE id = ?1 ->> 'id' AND status = 'quarantined'";
// Index prices_by_key.
const SAME_KEY: &str = "status = 'active' AND provider = ?1 ->> 'provider'
        AND model = ?1 ->> 'model' AND resource_type = ?1 ->> 'resource_type'
        AND region = ?1 ->> 'region' AND service_tier = ?1 ->> 'service_tier'
        AND min_context = ?1 ->> 'min_context' AND schedule = ?1 ->> 'schedule'";

/// The decision in the audit, where the row still waits in this version of the book.
fn guarded_audit(
    actor: Actor<'_>,
    version: i64,
    waiting: &ShownRate,
    decision: Decision,
    reason: &str,
) -> Result<Statement, DatabaseError> {
    let action = match decision {
        Decision::Approve => "price_quarantine.approve",
        Decision::Reject => "price_quarantine.reject",
    };
    let subject = format!(
        "{}/{} {}",
        waiting.provider, waiting.model, waiting.resource_type
    );
    let detail = json!({ "price_id": waiting.id, "rate": waiting.rate.to_string(),
        "per": waiting.per, "source": waiting.source, "was": waiting.reason });
    let audit = audit(actor, action, &subject, &detail, Some(reason))?;
    Ok(Statement {
        sql: format!(
            "{} WHERE {version} = (SELECT price_book_version FROM ledger_state)
             AND EXISTS (SELECT 1 FROM prices WHERE id = {} AND status = 'quarantined')",
            audit.sql, waiting.id
        )
        .into(),
        ..audit
    })
}

/// What an approval writes: the row before ends, the waiting one begins, the book moves on.
fn approval() -> [String; 3] {
    [
        format!(
            "UPDATE prices SET valid_to = ?1 ->> 'now'
             WHERE {SAME_KEY} AND valid_from <= ?1 ->> 'now'
               AND (valid_to IS NULL OR valid_to > ?1 ->> 'now') AND {GUARD}"
        ),
        // An override may be announced: it begins when it said.
        format!(
            "UPDATE prices SET status = 'active', reason = ?1 ->> 'reason',
               valid_to = (SELECT MIN(valid_from) FROM prices WHERE {SAME_KEY}
                 AND valid_from > ?1 ->> 'now' AND valid_to IS NOT valid_from),
               valid_from = iif(EXISTS (SELECT 1 FROM prices WHERE {SAME_KEY}), ?1 ->> 'now', 0),
               valid_from_basis = iif(EXISTS (SELECT 1 FROM prices WHERE {SAME_KEY}),
                 'observed', 'assumed')
             WHERE id = ?1 ->> 'id' AND {GUARD}"
        ),
        // An approved row is active; one that another admin decided meanwhile is not by this batch.
        "UPDATE ledger_state SET price_book_version = price_book_version + 1
         WHERE price_book_version = ?1 ->> 'version'
           AND EXISTS (SELECT 1 FROM prices WHERE id = ?1 ->> 'id' AND status = 'active')"
            .to_owned(),
    ]
}

fn statements(
    actor: Actor<'_>,
    version: i64,
    waiting: &ShownRate,
    decision: Decision,
    reason: &str,
) -> Result<Vec<Statement>, DatabaseError> {
    let parameter = json!({
        "version": version, "id": waiting.id, "now": actor.at, "reason": reason,
        "provider": waiting.provider, "model": waiting.model,
        "resource_type": waiting.resource_type, "region": waiting.region,
        "service_tier": waiting.service_tier, "min_context": waiting.min_context,
        "schedule": waiting.schedule,
    })
    .to_string();
    let with = |sql: String| Statement::with_json(sql, parameter.clone());
    // What waits is decided after everything that depends on its waiting.
    let mut statements = vec![
        Statement::new(BOOK_VERSION),
        with(STILL_WAITING.to_owned()),
        guarded_audit(actor, version, waiting, decision, reason)?,
    ];
    match decision {
        Decision::Approve => statements.extend(approval().map(with)),
        Decision::Reject => statements.push(with(format!(
            "UPDATE prices SET status = 'rejected', reason = ?1 ->> 'reason'
             WHERE id = ?1 ->> 'id' AND {GUARD}"
        ))),
    }
    Ok(statements)
}
