//! Keys: listed, made, revoked.
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, SecondsFormat};
use edge::Problem;
use edge::credential::{PUBLIC_PREFIX, SECRET_PREFIX, hash_secret};
use edge::request::parameters;
use edge::respond::{json, with_type};
use events::limits::EVENT_BYTES_MAX;
use events::parse_new_key;
use ledger_core::{
    api_keys,
    api_keys::{Actor, ApiKey, AuditEntry, ListedKey},
};
use serde_json::{Value, json};
use worker::{Request, Response};

use crate::visit::Visit;

/// `GET /admin/keys`.
pub(crate) async fn list(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    visit.admin(request).await?;
    let keys = api_keys::list(&visit.suite.database).await?;
    let items: Vec<Value> = keys.iter().map(listed_json).collect();
    json(200, &json!({ "total": items.len(), "items": items }))
}

/// Entries of a page of the audit log without a limit, and at most.
const AUDIT_LIMIT: u32 = 100;
const AUDIT_LIMIT_MAX: u32 = 500;

/// `GET /admin/audit`: what admins changed, newest first.
pub(crate) async fn audit(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    visit.admin(request).await?;
    let query = parameters(request, &["before", "limit"])?;
    let before = query.integer("before", 1..=i64::MAX.unsigned_abs())?;
    let before = before.map(u64::cast_signed);
    let limit = query.number("limit", AUDIT_LIMIT, 1..=AUDIT_LIMIT_MAX)?;
    let entries = api_keys::audit_log(&visit.suite.database, before, limit).await?;
    let next = entries
        .last()
        .filter(|_| u32::try_from(entries.len()).is_ok_and(|count| count == limit))
        .map(|entry| entry.id);
    let items: Vec<Value> = entries.iter().map(entry_json).collect();
    json(200, &json!({ "items": items, "next_before": next }))
}

fn entry_json(entry: &AuditEntry) -> Value {
    json!({
        "id": entry.id,
        "at": iso(Some(entry.at)),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "detail": serde_json::from_str::<Value>(&entry.detail).unwrap_or(Value::Null),
        "reason": entry.reason,
    })
}

/// `POST /admin/keys`.
pub(crate) async fn create(
    visit: &mut Visit<'_>,
    request: &mut Request,
) -> Result<Response, Problem> {
    let admin = visit.admin(request).await?;
    let body = visit.json_body(request, EVENT_BYTES_MAX).await?;
    let asked = parse_new_key(&body, visit.received_at)?;
    let secret = format!(
        "{SECRET_PREFIX}{}",
        BASE64_URL_SAFE_NO_PAD.encode(random_bytes())
    );
    let key = ApiKey {
        id: format!("{PUBLIC_PREFIX}{}", edge::clock::random_hex()),
        key_hash: hash_secret(&secret),
        name: asked.name,
        scopes: asked.scopes.join(" "),
        user_id: asked.user_id,
        created_at: visit.received_at.0,
        expires_at: asked.expires_at.map(|moment| moment.0),
        revoked_at: None,
    };
    let actor = Actor {
        key_id: &admin.key_id,
        at: visit.received_at.0,
    };
    api_keys::insert(&visit.suite.database, &key, actor).await?;
    let listed = ListedKey {
        key,
        last_used_at: None,
        last_refused_at: None,
        last_refusal: None,
    };
    let mut body = listed_json(&listed);
    if let Value::Object(body) = &mut body {
        body.insert("secret".to_owned(), json!(secret));
    }
    json(201, &body)
}

/// `DELETE /admin/keys/{id}`.
pub(crate) async fn revoke(
    visit: &Visit<'_>,
    request: &Request,
    id: &str,
) -> Result<Response, Problem> {
    let admin = visit.admin(request).await?;
    if admin.key_id == id {
        return Err(Problem::invalid_field(
            "id",
            "a key can't revoke itself: use another admin key, so that one is left",
        ));
    }
    if api_keys::find_by_id(&visit.suite.database, id)
        .await?
        .is_none()
    {
        return Err(Problem::not_found(
            "no key has this public half; GET /admin/keys lists them",
        ));
    }
    let actor = Actor {
        key_id: &admin.key_id,
        at: visit.received_at.0,
    };
    api_keys::revoke(&visit.suite.database, id, actor).await?;
    with_type(204, "application/json", Vec::new())
}

/// 32 bytes of the runtime's randomness.
fn random_bytes() -> [u8; 32] {
    // Six bits of each UUID are fixed, in its bytes 6 and 8: the other fourteen are taken.
    let mut drawn = std::iter::repeat_with(uuid::Uuid::new_v4).flat_map(|uuid| {
        let places = uuid.into_bytes().into_iter().enumerate();
        places.filter_map(|(place, byte)| (place != 6 && place != 8).then_some(byte))
    });
    let mut bytes = [0; 32];
    for byte in &mut bytes {
        *byte = drawn.next().unwrap_or_default();
    }
    bytes
}

fn listed_json(listed: &ListedKey) -> Value {
    let key = &listed.key;
    json!({
        "id": key.id,
        "name": key.name,
        "scopes": key.scopes.split(' ').collect::<Vec<_>>(),
        "user_id": key.user_id,
        "created_at": iso(Some(key.created_at)),
        "expires_at": iso(key.expires_at),
        "revoked_at": iso(key.revoked_at),
        "last_used_at": iso(listed.last_used_at),
        "last_refused_at": iso(listed.last_refused_at),
        "last_refusal": listed.last_refusal,
    })
}

fn iso(unix_ms: Option<i64>) -> Option<String> {
    let moment = DateTime::from_timestamp_millis(unix_ms?)?;
    Some(moment.to_rfc3339_opts(SecondsFormat::Millis, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listed_key_holds_neither_its_secret_nor_its_hash() {
        let key = ApiKey {
            id: "pk-tt-1".to_owned(),
            key_hash: "ab".repeat(32),
            name: "LibreChat".to_owned(),
            scopes: "ingest backfill".to_owned(),
            user_id: None,
            created_at: 1_795_438_269_363,
            expires_at: None,
            revoked_at: None,
        };
        let listed = listed_json(&ListedKey {
            key,
            last_used_at: None,
            last_refused_at: Some(1_795_438_269_363),
            last_refusal: Some("unauthorized".to_owned()),
        });
        assert_eq!(listed["scopes"], json!(["ingest", "backfill"]));
        assert_eq!(listed["created_at"], "2026-11-23T12:51:09.363Z");
        assert_eq!(listed["last_refused_at"], listed["created_at"]);
        assert!(!listed.to_string().contains("abab"));
    }
}
