//! Signing in from a browser: a key for a cookie, and back.
use cost_calculation::UnixMillis;
use edge::access::require_same_origin;
use edge::caller::Proof;
use edge::request::{header, is_https, media_type};
use edge::{Caller, Problem, Scope, Suite, cookie, credential::parse_key};
use events::Fields;
use ledger_core::api_keys;
use reporting_days::calendar::iso as iso_time;
use serde_json::json;
use worker::{Env, Request, Response};

use crate::visit::Visit;

const BODY_BYTES_MAX: usize = 4_096;
const KEY_CHARS_MAX: usize = 256;

/// `POST /auth/sign-in`.
pub(crate) async fn sign_in(
    visit: &Visit<'_>,
    request: &mut Request,
    suite: &Suite,
) -> Result<Response, Problem> {
    let now = visit.received_at;
    require_same_origin(request)?;
    let address = edge::request::address(request);
    let secret = suite.cookie_secret.as_deref().ok_or_else(|| {
        Problem::unavailable(
            "sign-in is not set up: set the secret COOKIE_SECRET to 32 characters or more",
        )
    })?;
    let key = key_of_body(request).await?;
    let credential = parse_key(&key);
    // The comparison inside takes constant time, and a right key passes whatever others guess.
    let key = edge::access::key_of(&suite.database, &credential, &address, now).await?;
    let scopes: Vec<&str> = key.scopes.split_whitespace().collect();
    let may_read = [Scope::Read, Scope::Admin, Scope::SelfRead]
        .iter()
        .any(|scope| scopes.contains(&scope.as_str()));
    if !may_read {
        return Err(Problem::forbidden(format!(
            "the key {} may not read: sign in with one that has the scope `read`, `self` or `admin`",
            key.id
        )));
    }
    let sign_in_id = edge::clock::random_hex();
    let value = cookie::sign(secret, &key.id, &sign_in_id, now).ok_or_else(Problem::internal)?;
    let response = edge::respond::json(
        200,
        &json!({
            "key_id": key.id, "name": key.name, "scopes": scopes, "user_id": key.user_id,
            "method": "cookie",
            "expires_at": iso_time(UnixMillis(now.0.saturating_add(cookie::COOKIE_LIFETIME_MS))),
        }),
    )?;
    with_cookie(response, is_https(request), &value)
}

/// `POST /auth/sign-out`: the cookie goes, and what it named ends everywhere, copies of it included.
pub(crate) async fn sign_out(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    require_same_origin(request)?;
    let now = visit.received_at;
    let header = header(request, "cookie").unwrap_or_default();
    // Without a cookie that holds there is nothing to end, and no database is needed for that.
    if !header.is_empty() {
        let suite = Suite::of(visit.env)?;
        let secret = suite.cookie_secret.as_deref();
        if let Some(sign_in) =
            secret.and_then(|secret| cookie::find(secret, &header, is_https(request), now))
        {
            suite.require_current_schema().await?;
            edge::access::end_sign_in(&suite.database, &sign_in, now).await?;
        }
    }
    let response = Response::empty()
        .map_err(|_| Problem::internal())?
        .with_status(204);
    with_cookie(response, is_https(request), "")
}

/// The cookie that takes the place of the request's, where that has been used for a while.
pub(crate) fn renewed(env: &Env, request: &Request, now: UnixMillis) -> Option<String> {
    let header = header(request, "cookie")?;
    let secret = Suite::of(env).ok()?.cookie_secret?;
    let sign_in = cookie::find(&secret, &header, is_https(request), now)?;
    let value = sign_in.renewed(&secret, now)?;
    Some(cookie::set_cookie(&value, is_https(request)))
}

/// `GET /auth/me`.
pub(crate) async fn me(
    visit: &Visit<'_>,
    request: &Request,
    suite: &Suite,
    caller: &Caller,
) -> Result<Response, Problem> {
    edge::request::parameters(request, &[])?;
    let key = api_keys::find_by_id(&suite.database, &caller.key_id).await?;
    let scopes: Vec<&str> = caller.scopes().collect();
    let expires_at = match caller.proof {
        Proof::Key => key.as_ref().and_then(|key| key.expires_at),
        Proof::Cookie => cookie_expiry(visit, request, suite),
        Proof::Access => None,
    };
    edge::respond::json(
        200,
        &json!({
            "key_id": key.as_ref().map(|key| &key.id),
            "name": key.as_ref().map_or(&caller.key_id, |key| &key.name),
            "scopes": scopes,
            "user_id": caller.user_id,
            "method": caller.proof.as_str(),
            "expires_at": expires_at.map(|at| iso_time(UnixMillis(at))),
        }),
    )
}

/// When the request's cookie ends, or the one that the answer renews it with.
fn cookie_expiry(visit: &Visit<'_>, request: &Request, suite: &Suite) -> Option<i64> {
    let now = visit.received_at;
    let secret = suite.cookie_secret.as_deref()?;
    let header = header(request, "cookie")?;
    let sign_in = cookie::find(secret, &header, is_https(request), now)?;
    let renewed = sign_in.renewed(secret, now);
    let renewed = renewed.and_then(|value| Some(cookie::verify(secret, &value, now)?.expires_at));
    Some(renewed.unwrap_or(sign_in.expires_at).0)
}

async fn key_of_body(request: &mut Request) -> Result<String, Problem> {
    let media_type = media_type(request);
    if media_type != "application/json" {
        return Err(Problem::unsupported_media_type(format!(
            "Content-Type is `{media_type}`: send `application/json`"
        )));
    }
    let bytes = edge::body::read(request, BODY_BYTES_MAX).await?;
    let mut fields = Fields::of_request(&bytes)?;
    let key = fields
        .text("key", KEY_CHARS_MAX)?
        .ok_or_else(|| fields.missing("key", "paste the whole key"))?;
    fields.finish()?;
    Ok(key)
}

fn with_cookie(response: Response, is_https: bool, value: &str) -> Result<Response, Problem> {
    let headers = response.headers().clone();
    headers
        .set("set-cookie", &cookie::set_cookie(value, is_https))
        .map_err(|_| Problem::internal())?;
    Ok(response.with_headers(headers))
}
