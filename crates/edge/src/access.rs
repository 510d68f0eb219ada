//! Who calls, and what they may do.
//!
//! A caller presents a key (Basic or Bearer) or the cookie that a sign-in gave; both lead to a row
//! of `api_keys`, which is read again at most 30 seconds later, so that a revoked key stops soon
//! everywhere. Where the installation stands behind Cloudflare Access, the front door checks its
//! assertion and hands a signed pass on.

use std::{cell::RefCell, collections::HashMap};

use cost_calculation::UnixMillis;
use ledger_core::{DatabaseError, api_keys, api_keys::ApiKey, sign_ins};
use subtle::ConstantTimeEq;
use worker::{Method, Request};

use crate::{
    caller::{Caller, Proof},
    cookie,
    credential::{Credential, parse_authorization},
    d1::D1,
    guess_brake, pass,
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
    /// Whether a sign-in was ended, and when that was read.
    static SIGN_INS: RefCell<HashMap<String, (bool, UnixMillis)>> = RefCell::new(HashMap::new());
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
        let address = crate::request::address(request);
        let key = key_of(&suite.database, &credential, &address, now).await?;
        return Ok(Caller::by_key(key, Proof::Key));
    }
    if proofs == Proofs::Key {
        return Err(Problem::unauthorized(
            "send a key in the Authorization header: `Basic base64(public:secret)`",
        ));
    }
    let cookie_header = header("cookie").unwrap_or_default();
    let is_https = crate::request::is_https(request);
    let sign_in = suite
        .cookie_secret
        .as_deref()
        .and_then(|secret| cookie::find(secret, &cookie_header, is_https, now));
    if let Some(sign_in) = sign_in {
        require_same_origin(request)?;
        if is_signed_out(&suite.database, sign_in.id, now).await? {
            return Err(Problem::unauthorized(
                "this sign-in was ended: sign in again at /app/",
            ));
        }
        let key = cached(&suite.database, sign_in.key_id, None, now).await?;
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

/// The valid key that a credential presents, or a refusal; the address pays for what nobody has.
pub async fn key_of(
    database: &D1,
    credential: &Credential,
    address: &str,
    now: UnixMillis,
) -> Result<ApiKey, Problem> {
    let key = match credential {
        Credential::Pair { id, key_hash } => cached(database, id, None, now)
            .await?
            .filter(|key| bool::from(key.key_hash.as_bytes().ct_eq(key_hash.as_bytes()))),
        Credential::Secret { key_hash } => cached(database, key_hash, Some(key_hash), now).await?,
        Credential::Public { .. } => None,
    };
    let is_unknown = key.is_none();
    valid(key, now).map_err(|problem| {
        if is_unknown {
            guess_brake::answer(problem, address, now)
        } else {
            problem
        }
    })
}

/// Ends a sign-in everywhere: here at once, elsewhere when what is believed of it is asked again.
pub async fn end_sign_in(
    database: &D1,
    sign_in: &cookie::SignIn<'_>,
    now: UnixMillis,
) -> Result<(), Problem> {
    sign_ins::end(database, sign_in.id, sign_in.ends_at(), now.0).await?;
    believe(sign_in.id, true, now);
    Ok(())
}

/// Whether a sign-in was ended; believed for as long as a key's row is.
async fn is_signed_out(database: &D1, id: &str, now: UnixMillis) -> Result<bool, Problem> {
    let believed = SIGN_INS.with_borrow(|sign_ins| {
        sign_ins
            .get(id)
            .filter(|(_, read_at)| now.0.saturating_sub(read_at.0) < KEY_CACHE_MS)
            .map(|(is_ended, _)| *is_ended)
    });
    if let Some(is_ended) = believed {
        return Ok(is_ended);
    }
    let is_ended = sign_ins::is_ended(database, id).await?;
    believe(id, is_ended, now);
    Ok(is_ended)
}

fn believe(sign_in_id: &str, is_ended: bool, now: UnixMillis) {
    SIGN_INS.with_borrow_mut(|sign_ins| {
        if sign_ins.len() >= KEY_CACHE_ENTRIES_MAX {
            sign_ins.clear();
        }
        sign_ins.insert(sign_in_id.to_owned(), (is_ended, now));
    });
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
