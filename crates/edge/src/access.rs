//! Who calls, and what they may do.
//!
//! A caller presents a key (Basic or Bearer) or the cookie that a sign-in gave; both lead to a row
//! of `api_keys`, which is read again at most 30 seconds later, so that a revoked key stops soon
//! everywhere. Where the installation stands behind Cloudflare Access, the front door checks its
//! assertion and hands a signed pass on.

use std::{cell::RefCell, collections::HashMap};

use cost_calculation::UnixMillis;
use ledger_core::{DatabaseError, api_keys, api_keys::ApiKey};
use subtle::ConstantTimeEq;
use worker::{Method, Request};

use crate::{
    caller::{Caller, Proof},
    cookie,
    credential::{Credential, parse_authorization},
    d1::D1,
    pass,
    problem::Problem,
    suite::Suite,
};

/// How long a key's row is believed, in milliseconds.
pub const KEY_CACHE_MS: i64 = 30_000;
/// The most keys remembered by an isolate.
const KEY_CACHE_ENTRIES_MAX: usize = 256;

/// Which proofs a path accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proofs {
    /// A key only: ingestion takes nothing that a browser sends by itself.
    Key,
    /// A key, or what a browser brings along: the cookie of a sign-in, or a pass that the front
    /// door made of Cloudflare Access' assertion.
    KeyOrBrowser,
}

thread_local! {
    static KEYS: RefCell<HashMap<String, (ApiKey, UnixMillis)>> = RefCell::new(HashMap::new());
}

/// Names the caller, or refuses.
pub async fn authenticate(
    request: &Request,
    suite: &Suite,
    proofs: Proofs,
    now: UnixMillis,
) -> Result<Caller, Problem> {
    let header = |name: &str| request.headers().get(name).ok().flatten();
    if let Some(value) = header("authorization") {
        let credential = parse_authorization(&value).ok_or_else(|| {
            Problem::unauthorized(
                "the Authorization header holds no key: send `Basic base64(public:secret)` or \
                 `Bearer <secret>`",
            )
        })?;
        let key = key_of(&suite.database, &credential, now).await?;
        return Ok(Caller::by_key(key, Proof::Key));
    }
    if proofs == Proofs::Key {
        return Err(Problem::unauthorized(
            "send a key in the Authorization header: `Basic base64(public:secret)`",
        ));
    }
    let cookie_header = header("cookie").unwrap_or_default();
    let key_id = suite
        .cookie_secret
        .as_deref()
        .zip(cookie::find(&cookie_header))
        .and_then(|(secret, value)| cookie::verify(secret, value, now));
    if let Some(key_id) = key_id {
        require_same_origin(request)?;
        let key = cached(&suite.database, key_id, None, now).await?;
        return Ok(Caller::by_key(valid(key, now)?, Proof::Cookie));
    }
    let passed = suite
        .cookie_secret
        .as_deref()
        .zip(header(pass::HEADER))
        .and_then(|(secret, value)| pass::verify(secret, &value, now));
    if let Some(caller) = passed {
        require_same_origin(request)?;
        return Ok(caller);
    }
    Err(Problem::unauthorized(
        "sign in at /app/, or send a key in the Authorization header",
    ))
}

/// The valid key that a credential presents, or a refusal.
pub async fn key_of(
    database: &D1,
    credential: &Credential,
    now: UnixMillis,
) -> Result<ApiKey, Problem> {
    let key = match credential {
        Credential::Pair { id, key_hash } => cached(database, id, None, now)
            .await?
            .filter(|key| bool::from(key.key_hash.as_bytes().ct_eq(key_hash.as_bytes()))),
        Credential::Secret { key_hash } => cached(database, key_hash, Some(key_hash), now).await?,
        Credential::Public { .. } => None,
    };
    valid(key, now)
}

/// Whether a key with this public half is valid: enough to answer a request that reads and writes
/// nothing.
pub async fn is_known_public(database: &D1, id: &str, now: UnixMillis) -> Result<bool, Problem> {
    Ok(valid(cached(database, id, None, now).await?, now).is_ok())
}

async fn cached(
    database: &D1,
    cache_key: &str,
    by_hash: Option<&str>,
    now: UnixMillis,
) -> Result<Option<ApiKey>, Problem> {
    let remembered = KEYS.with_borrow(|keys| {
        keys.get(cache_key)
            .filter(|(_, read_at)| now.0.saturating_sub(read_at.0) < KEY_CACHE_MS)
            .map(|(key, _)| key.clone())
    });
    if remembered.is_some() {
        return Ok(remembered);
    }
    let found: Result<Option<ApiKey>, DatabaseError> = match by_hash {
        Some(hash) => api_keys::find_by_hash(database, hash).await,
        None => api_keys::find_by_id(database, cache_key).await,
    };
    let found = found.inspect_err(|error| {
        crate::log::error(
            &serde_json::json!({ "event": "key_lookup_failed", "error": error.to_string() }),
        );
    })?;
    // Only keys that exist are remembered: guesses can't fill the memory.
    if let Some(key) = &found {
        KEYS.with_borrow_mut(|keys| {
            if keys.len() >= KEY_CACHE_ENTRIES_MAX {
                keys.clear();
            }
            keys.insert(cache_key.to_owned(), (key.clone(), now));
        });
    }
    Ok(found)
}

fn valid(key: Option<ApiKey>, now: UnixMillis) -> Result<ApiKey, Problem> {
    let key = key.ok_or_else(|| {
        Problem::unauthorized("the key is not known here: check both halves, or make a new one")
    })?;
    if key.revoked_at.is_some() {
        return Err(Problem::unauthorized(
            "the key was revoked: have an admin make a new one",
        ));
    }
    if key.expires_at.is_some_and(|expires_at| expires_at <= now.0) {
        return Err(Problem::unauthorized(
            "the key has expired: have an admin make a new one",
        ));
    }
    Ok(key)
}

/// A browser's write must come from this site's own pages.
pub fn require_same_origin(request: &Request) -> Result<(), Problem> {
    if matches!(
        request.method(),
        Method::Get | Method::Head | Method::Options
    ) {
        return Ok(());
    }
    let origin = request.headers().get("origin").ok().flatten();
    if origin == Some(crate::request::origin(request)) {
        return Ok(());
    }
    Err(Problem::forbidden(
        "a change with a browser's sign-in must come from this site's own pages; scripts use a key",
    ))
}
