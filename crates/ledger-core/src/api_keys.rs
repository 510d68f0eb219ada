//! Keys: stored as the hash of their secret half, scoped, expiring, revocable.

use serde::{Deserialize, Serialize};

use crate::database::{Database, DatabaseError, Statement};
use crate::schema::SCHEMA_VERSION;

/// A key as it is stored; the secret is not among it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// The public half.
    pub id: String,
    /// SHA-256 of the secret half, 64 lower-case hex digits.
    pub key_hash: String,
    /// What the admin called it.
    pub name: String,
    /// Space-separated: `ingest`, `backfill`, `read`, `self`, `admin`.
    pub scopes: String,
    /// The one user that a key of scope `self` may read.
    pub user_id: Option<String>,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds; `None` never expires.
    pub expires_at: Option<i64>,
    /// Unix milliseconds; `None` while it is valid.
    pub revoked_at: Option<i64>,
}

/// A key as it is listed: with what its senders met last.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ListedKey {
    /// The key.
    #[serde(flatten)]
    pub key: ApiKey,
    /// When a request with it was taken last, unix milliseconds, to the minute.
    pub last_used_at: Option<i64>,
    /// When one was refused last.
    pub last_refused_at: Option<i64>,
    /// Why: the kind of the problem.
    pub last_refusal: Option<String>,
}

/// Which key a request names, rightly or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedKey<'a> {
    /// By its public half.
    Id(&'a str),
    /// By the hash of its secret half.
    Hash(&'a str),
}

macro_rules! key_columns {
    () => {
        "'id', id, 'key_hash', key_hash, 'name', name, 'scopes', scopes,
           'user_id', user_id, 'created_at', created_at, 'expires_at', expires_at,
           'revoked_at', revoked_at"
    };
}

// Both are unique indexes.
const BY_HASH: &str = concat!(
    "SELECT json_object(",
    key_columns!(),
    ") FROM api_keys WHERE key_hash = ?1 ->> '$'"
);
const BY_ID: &str = concat!(
    "SELECT json_object(",
    key_columns!(),
    ") FROM api_keys WHERE id = ?1 ->> '$'"
);
const ALL: &str = concat!(
    "SELECT json_object(",
    key_columns!(),
    ", 'last_used_at', last_used_at, 'last_refused_at', last_refused_at,
       'last_refusal', last_refusal) FROM api_keys ORDER BY created_at, id"
);

/// The key whose secret has this hash.
pub async fn find_by_hash<D: Database>(
    database: &D,
    key_hash: &str,
) -> Result<Option<ApiKey>, DatabaseError> {
    database
        .query(Statement::with(BY_HASH, &key_hash)?)
        .await?
        .first()
}

/// The key with this public half.
pub async fn find_by_id<D: Database>(
    database: &D,
    id: &str,
) -> Result<Option<ApiKey>, DatabaseError> {
    database.query(Statement::with(BY_ID, &id)?).await?.first()
}

/// Every key, oldest first; an installation has few.
pub async fn list<D: Database>(database: &D) -> Result<Vec<ListedKey>, DatabaseError> {
    database.query(Statement::new(ALL)).await?.decode()
}

/// Notes that a request with a key was taken, or why it was refused. Where no such key is there,
/// nothing is noted.
///
/// # Errors
/// The database failed.
pub async fn note_use<D: Database>(
    database: &D,
    key: NamedKey<'_>,
    at: i64,
    refusal: Option<&str>,
) -> Result<(), DatabaseError> {
    // Unique indexes on both halves.
    const NOTE: &str = "
        UPDATE api_keys SET
          last_used_at = iif(?1 ->> 'refusal' IS NULL, ?1 ->> 'at', last_used_at),
          last_refused_at = iif(?1 ->> 'refusal' IS NULL, last_refused_at, ?1 ->> 'at'),
          last_refusal = COALESCE(?1 ->> 'refusal', last_refusal)
        WHERE EXISTS (SELECT 1 FROM ledger_state WHERE schema_version = ?1 ->> 'schema') AND ";
    let (column, half) = match key {
        NamedKey::Id(id) => ("id", id),
        NamedKey::Hash(hash) => ("key_hash", hash),
    };
    let parameter = serde_json::json!({
        "half": half, "at": at, "refusal": refusal, "schema": SCHEMA_VERSION,
    });
    database
        .query(Statement::with(
            format!("{NOTE}{column} = ?1 ->> 'half'"),
            &parameter,
        )?)
        .await
        .map(drop)
}

/// Who changes what, for `admin_audit`.
#[derive(Debug, Clone, Copy)]
pub struct Actor<'a> {
    /// The acting key's public half.
    pub key_id: &'a str,
    /// Unix milliseconds.
    pub at: i64,
}

/// Stores a new key, with its audit entry.
pub async fn insert<D: Database>(
    database: &D,
    key: &ApiKey,
    actor: Actor<'_>,
) -> Result<(), DatabaseError> {
    const INSERT: &str = "
        INSERT INTO api_keys (id, key_hash, name, scopes, user_id, created_at, expires_at)
        SELECT ?1 ->> 'id', ?1 ->> 'key_hash', ?1 ->> 'name', ?1 ->> 'scopes', ?1 ->> 'user_id',
          ?1 ->> 'created_at', ?1 ->> 'expires_at'";
    let detail = serde_json::json!({
        "name": key.name, "scopes": key.scopes, "user_id": key.user_id, "expires_at": key.expires_at,
    });
    database
        .batch(&[
            // First, since a trigger writes one for a key that has none.
            audit(actor, "key.create", &key.id, &detail, None)?,
            Statement::with(INSERT, key)?,
        ])
        .await
        .map(drop)
}

/// Revokes a key; returns whether it was there and valid. A second time changes nothing.
pub async fn revoke<D: Database>(
    database: &D,
    id: &str,
    actor: Actor<'_>,
) -> Result<bool, DatabaseError> {
    const REVOKE: &str = "
        UPDATE api_keys SET revoked_at = ?1 ->> 'at'
        WHERE id = ?1 ->> 'id' AND revoked_at IS NULL
        RETURNING json_object('id', id)";
    const AUDIT_IF_REVOKED: &str = "
        INSERT INTO admin_audit (at, actor, action, subject, detail)
        SELECT ?1 ->> 'at', ?1 ->> 'actor', 'key.revoke', ?1 ->> 'id', '{}'
        WHERE EXISTS (SELECT 1 FROM api_keys
                      WHERE id = ?1 ->> 'id' AND revoked_at = ?1 ->> 'at')";
    let parameter = serde_json::json!({ "id": id, "at": actor.at, "actor": actor.key_id });
    let rows = database
        .batch(&[
            Statement::with(REVOKE, &parameter)?,
            Statement::with(AUDIT_IF_REVOKED, &parameter)?,
        ])
        .await?;
    Ok(rows.first().is_some_and(|revoked| !revoked.is_empty()))
}

/// The statement that records an admin's change; it belongs into the batch that makes the change.
pub fn audit(
    actor: Actor<'_>,
    action: &str,
    subject: &str,
    detail: &serde_json::Value,
    reason: Option<&str>,
) -> Result<Statement, DatabaseError> {
    const AUDIT: &str = "
        INSERT INTO admin_audit (at, actor, action, subject, detail, reason)
        SELECT ?1 ->> 'at', ?1 ->> 'actor', ?1 ->> 'action', ?1 ->> 'subject', ?1 ->> 'detail',
          ?1 ->> 'reason'";
    Statement::with(
        AUDIT,
        &serde_json::json!({
            "at": actor.at, "actor": actor.key_id, "action": action, "subject": subject,
            "detail": detail.to_string(), "reason": reason,
        }),
    )
}

/// An entry of the audit log, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Ascending in order of time.
    pub id: i64,
    /// Unix milliseconds.
    pub at: i64,
    /// The acting key's public half, `access:` and a person's id there, or `machine`.
    pub actor: String,
    /// What was done, for example `key.create`.
    pub action: String,
    /// To what.
    pub subject: String,
    /// JSON: what was asked for and what it replaced.
    pub detail: String,
    /// Why, where the actor said so.
    pub reason: Option<String>,
}

/// The audit log's entries before one (from the newest without it), newest first.
pub async fn audit_log<D: Database>(
    database: &D,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<AuditEntry>, DatabaseError> {
    // The primary key, from its end.
    const LOG: &str = "
        SELECT json_object('id', id, 'at', at, 'actor', actor, 'action', action, 'subject', subject,
          'detail', detail, 'reason', reason)
        FROM admin_audit WHERE id < ?1 ->> 'before' ORDER BY id DESC LIMIT ?1 ->> 'limit'";
    let parameter = serde_json::json!({ "before": before.unwrap_or(i64::MAX), "limit": limit });
    database
        .query(Statement::with(LOG, &parameter)?)
        .await?
        .decode()
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;

    use super::*;
    use crate::sqlite::Sqlite;

    fn key() -> ApiKey {
        ApiKey {
            id: "pk-tt-1".to_owned(),
            key_hash: "ab".repeat(32),
            name: "LibreChat".to_owned(),
            scopes: "ingest".to_owned(),
            user_id: None,
            created_at: 1,
            expires_at: Some(9),
            revoked_at: None,
        }
    }

    #[test]
    fn a_key_says_when_it_was_used_and_when_and_why_refused_last() {
        let database = Sqlite::migrated().expect("migrates");
        let actor = Actor {
            key_id: "pk-tt-admin",
            at: 5,
        };
        block_on(insert(&database, &key(), actor)).expect("inserts");
        let told = || {
            let listed = block_on(list(&database)).expect("lists").remove(0);
            (
                listed.last_used_at,
                listed.last_refused_at,
                listed.last_refusal,
            )
        };
        assert_eq!(told(), (None, None, None));
        let note = |key, at, refusal| block_on(note_use(&database, key, at, refusal));
        note(NamedKey::Id("pk-tt-1"), 7, None).expect("notes");
        note(NamedKey::Id("pk-tt-1"), 8, Some("unauthorized")).expect("notes");
        assert_eq!(told(), (Some(7), Some(8), Some("unauthorized".to_owned())));
        // What was wrong stays to be read after it was mended.
        let hash = key().key_hash;
        note(NamedKey::Hash(&hash), 9, None).expect("notes");
        note(NamedKey::Id("pk-tt-of-nobody"), 10, None).expect("notes nothing");
        assert_eq!(told(), (Some(9), Some(8), Some("unauthorized".to_owned())));
    }

    #[test]
    fn a_key_is_found_by_either_half_until_it_is_revoked_once() {
        let database = Sqlite::migrated().expect("migrates");
        let actor = Actor {
            key_id: "pk-tt-admin",
            at: 5,
        };
        block_on(insert(&database, &key(), actor)).expect("inserts");
        assert_eq!(
            block_on(find_by_hash(&database, &key().key_hash)),
            Ok(Some(key()))
        );
        assert_eq!(block_on(find_by_id(&database, "pk-tt-1")), Ok(Some(key())));
        assert_eq!(block_on(revoke(&database, "pk-tt-1", actor)), Ok(true));
        assert_eq!(
            block_on(revoke(&database, "pk-tt-1", Actor { at: 6, ..actor })),
            Ok(false)
        );
        let stored = block_on(list(&database)).expect("lists");
        assert_eq!(stored[0].key.revoked_at, Some(5));
        assert_eq!((stored.len(), &stored[0].key.id), (1, &key().id));
        // A key that comes past the API leaves its entry too.
        database.with_connection(|connection| {
            connection
                .execute(
                    "INSERT INTO api_keys (id, key_hash, name, scopes, created_at)
                     VALUES ('pk-tt-2', ?1, 'by hand', 'admin', 7)",
                    [&"cd".repeat(32)],
                )
                .expect("inserts")
        });
        let log = block_on(audit_log(&database, None, 10)).expect("reads");
        let told: Vec<(&str, &str, &str)> = log
            .iter()
            .map(|entry| {
                let (actor, action) = (entry.actor.as_str(), entry.action.as_str());
                (actor, action, entry.subject.as_str())
            })
            .collect();
        assert_eq!(
            told,
            [
                ("machine", "key.create", "pk-tt-2"),
                ("pk-tt-admin", "key.revoke", "pk-tt-1"),
                ("pk-tt-admin", "key.create", "pk-tt-1"),
            ],
            "one entry for each creation, one for the one revocation"
        );
        let older = block_on(audit_log(&database, Some(log[1].id), 10)).expect("reads");
        assert_eq!(older, log[2..]);
    }
}
