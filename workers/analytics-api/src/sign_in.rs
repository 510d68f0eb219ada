//! Signing in from a browser: a key for a cookie, and back.
use cost_calculation::UnixMillis;
use edge::access::require_same_origin;
use edge::caller::Proof;
use edge::request::{header, media_type};
use edge::{Caller, Problem, Scope, Suite, cookie, credential::parse_key};
use ledger_core::api_keys;
use reporting_days::calendar::iso as iso_time;
use serde::Deserialize;
use serde_json::json;
use worker::{Request, Response};

use crate::sign_in_throttle;
use crate::visit::Visit;

const BODY_BYTES_MAX: usize = 4_096;
const KEY_CHARS_MAX: usize = 256;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignIn {
    key: String,
}

/// `POST /auth/sign-in`.
pub(crate) async fn sign_in(
    visit: &Visit<'_>,
    request: &mut Request,
    suite: &Suite,
) -> Result<Response, Problem> {
    let now = visit.received_at;
    require_same_origin(request)?;
    let address = header(request, "cf-connecting-ip").unwrap_or_default();
    if let Some(seconds) = sign_in_throttle::wait_s(&address, now) {
        return Err(Problem::too_many_requests(
            format!("too many failed attempts from this address; try again in {seconds} s"),
            seconds,
        ));
    }
    let secret = suite.cookie_secret.as_deref().ok_or_else(|| {
        Problem::unavailable(
            "sign-in is not set up: set the secret COOKIE_SECRET to 32 characters or more",
        )
    })?;
    let SignIn { key } = body(request).await?;
    let credential = parse_key(&key);
    // The comparison inside takes constant time.
    let found = edge::access::key_of(&suite.database, &credential, now).await;
    let key = found.inspect_err(|problem| {
        if problem.status == 401 {
            sign_in_throttle::count_failure(&address, now);
        }
    })?;
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
    let value = cookie::sign(secret, &key.id, now).ok_or_else(Problem::internal)?;
    let response = edge::respond::json(
        200,
        &json!({
            "key_id": key.id, "name": key.name, "scopes": scopes, "user_id": key.user_id,
            "method": "cookie",
            "expires_at": iso_time(UnixMillis(now.0.saturating_add(cookie::COOKIE_LIFETIME_MS))),
        }),
    )?;
    with_cookie(response, request, &value)
}

/// `POST /auth/sign-out`.
pub(crate) fn sign_out(request: &Request) -> Result<Response, Problem> {
    require_same_origin(request)?;
    let response = Response::empty()
        .map_err(|_| Problem::internal())?
        .with_status(204);
    with_cookie(response, request, "")
}

/// `GET /auth/me`.
pub(crate) async fn me(
    request: &Request,
    suite: &Suite,
    caller: &Caller,
) -> Result<Response, Problem> {
    crate::answer_query::parameters(request, &[])?;
    let key = api_keys::find_by_id(&suite.database, &caller.key_id).await?;
    let scopes: Vec<&str> = caller.scopes().collect();
    let expires_at = match caller.proof {
        Proof::Key => key.as_ref().and_then(|key| key.expires_at),
        Proof::Cookie => cookie_expiry(request),
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

/// The expiry that the cookie carries: `<key id>.<expiry>.<signature>`.
fn cookie_expiry(request: &Request) -> Option<i64> {
    let header = header(request, "cookie")?;
    let (message, _) = cookie::find(&header)?.rsplit_once('.')?;
    message.rsplit_once('.')?.1.parse().ok()
}

async fn body(request: &mut Request) -> Result<SignIn, Problem> {
    let media_type = media_type(request);
    if media_type != "application/json" {
        return Err(Problem::unsupported_media_type(format!(
            "Content-Type is `{media_type}`: send `application/json`"
        )));
    }
    let bytes = edge::body::read(request, BODY_BYTES_MAX).await?;
    let wrong = "the body is an object with the one field `key`, the whole key as text";
    let body: SignIn = serde_json::from_slice(&bytes).map_err(|_| Problem::bad_request(wrong))?;
    if body.key.trim().is_empty() || body.key.chars().count() > KEY_CHARS_MAX {
        return Err(Problem::bad_request(format!(
            "`key` is empty or over {KEY_CHARS_MAX} characters; paste the whole key"
        ))
        .at_field("key"));
    }
    Ok(body)
}

fn with_cookie(response: Response, request: &Request, value: &str) -> Result<Response, Problem> {
    let is_https = request.url().is_ok_and(|url| url.scheme() == "https");
    let headers = response.headers().clone();
    headers
        .set("set-cookie", &cookie::set_cookie(value, is_https))
        .map_err(|_| Problem::internal())?;
    Ok(response.with_headers(headers))
}
