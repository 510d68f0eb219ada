//! The widget: a token for one user's own usage, and the pages of other origins that may ask with it.
use edge::access::{Proofs, authenticate, is_known_public};
use edge::request::{header, media_type};
use edge::usage_token::{self, LIFETIME_S_MAX, UsageToken};
use edge::{Caller, Problem, Scope, Suite};
use plans::UsageOf;
use reporting_days::calendar::iso;
use serde::Deserialize;
use serde_json::json;
use worker::{Env, Request, Response};

use crate::answer_usage;
use crate::visit::Visit;

const BODY_BYTES_MAX: usize = 4_096;
const ID_CHARS_MAX: usize = 128;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    user_id: String,
    tenant_id: Option<String>,
    audience: String,
    expires_in_s: Option<i64>,
}

/// The token that a request brings in its header.
pub(crate) fn token_of(request: &Request) -> Option<String> {
    let authorization = header(request, "authorization")?;
    usage_token::in_header(&authorization).map(str::to_owned)
}

/// Origins whose pages may show a widget: the variable `WIDGET_ORIGINS`, separated by commas.
fn is_allowed(env: &Env, origin: &str) -> bool {
    let allowed = edge::suite::text(env, "WIDGET_ORIGINS").unwrap_or_default();
    allowed.split(',').any(|allowed| allowed.trim() == origin)
}

/// `OPTIONS /api/v1/usage`: whether a page of another origin may ask.
pub(crate) fn preflight(env: &Env, request: &Request) -> Result<Response, Problem> {
    let response = Response::empty().map_err(|_| Problem::internal())?;
    let response = for_origin(env, request, response.with_status(204))?;
    let headers = response.headers().clone();
    if headers.has("access-control-allow-origin").unwrap_or(false) {
        for (name, value) in [
            ("access-control-allow-methods", "GET"),
            (
                "access-control-allow-headers",
                "authorization, if-none-match",
            ),
            ("access-control-max-age", "600"),
        ] {
            headers.set(name, value).map_err(|_| Problem::internal())?;
        }
    }
    Ok(response.with_headers(headers))
}

/// The answer as a page of an allowed origin may read it; never with cookies.
fn for_origin(env: &Env, request: &Request, response: Response) -> Result<Response, Problem> {
    let headers = response.headers().clone();
    let set = |name: &str, value: &str| headers.set(name, value).map_err(|_| Problem::internal());
    set("vary", "Origin, Authorization")?;
    if let Some(origin) = header(request, "origin").filter(|origin| is_allowed(env, origin)) {
        set("access-control-allow-origin", &origin)?;
        set("access-control-expose-headers", "etag, retry-after")?;
        set("cross-origin-resource-policy", "cross-origin")?;
    }
    Ok(response.with_headers(headers))
}

/// `POST /api/v1/usage/token`: by a backend, with a key of scope `widget`.
pub(crate) async fn create_token(
    visit: &Visit<'_>,
    request: &mut Request,
    suite: &Suite,
) -> Result<Response, Problem> {
    let caller = authenticate(request, suite, Proofs::Key, visit.received_at).await?;
    caller.require(Scope::Widget)?;
    let secret = suite.cookie_secret.as_deref().ok_or_else(|| {
        Problem::unavailable(
            "tokens are not set up: set the secret COOKIE_SECRET to 32 characters or more",
        )
    })?;
    if media_type(request) != "application/json" {
        return Err(Problem::unsupported_media_type(
            "send the body as `application/json`",
        ));
    }
    let body = edge::body::read(request, BODY_BYTES_MAX).await?;
    let asked: Asked = serde_json::from_slice(&body).map_err(|error| {
        Problem::bad_request(format!("the body is not what this takes: {error}"))
    })?;
    let tenant_id = asked.tenant_id.unwrap_or_default();
    for (name, text) in [("user_id", &asked.user_id), ("tenant_id", &tenant_id)] {
        let is_missing = name == "user_id" && text.is_empty();
        if is_missing || text.chars().count() > ID_CHARS_MAX || text.chars().any(char::is_control) {
            let detail = format!(
                "`{name}` is missing, too long or holds a control character: send at most {ID_CHARS_MAX} characters"
            );
            return Err(Problem::invalid_field(name, detail));
        }
    }
    if !is_allowed(visit.env, &asked.audience) && asked.audience != edge::request::origin(request) {
        return Err(Problem::invalid_field(
            "audience",
            "`audience` is no origin that may show a widget: add it to WIDGET_ORIGINS, such as `https://chat.example.com`",
        ));
    }
    let lifetime_s = asked.expires_in_s.unwrap_or(LIFETIME_S_MAX);
    if !(1..=LIFETIME_S_MAX).contains(&lifetime_s) {
        let detail = format!("`expires_in_s` is out of range: send 1 to {LIFETIME_S_MAX}");
        return Err(Problem::invalid_field("expires_in_s", detail));
    }
    let token = UsageToken {
        key_id: caller.key_id,
        user_id: asked.user_id,
        tenant_id,
        audience: asked.audience,
        expires_at: visit.received_at.0.saturating_add(lifetime_s * 1_000),
    };
    let signed = usage_token::sign(secret, &token).ok_or_else(Problem::internal)?;
    let expires_at = iso(cost_calculation::UnixMillis(token.expires_at));
    edge::respond::json(
        200,
        &json!({ "token": signed, "expires_at": expires_at, "audience": token.audience }),
    )
}

/// `GET /api/v1/usage` with a token: that user's own usage.
pub(crate) async fn usage(
    visit: &Visit<'_>,
    request: &Request,
    suite: &Suite,
) -> Result<Response, Problem> {
    // A refusal is read by the page too: it asks its own server for another token.
    let answered = match own(visit, request, suite).await {
        Ok(response) => response,
        Err(problem) => {
            edge::respond::problem(&problem, visit.request_id).map_err(|_| Problem::internal())?
        }
    };
    for_origin(visit.env, request, answered)
}

async fn own(visit: &Visit<'_>, request: &Request, suite: &Suite) -> Result<Response, Problem> {
    let refused = || {
        Problem::unauthorized(
            "the token is not valid here, or has expired: have the page's server make another one",
        )
    };
    let secret = suite.cookie_secret.as_deref().ok_or_else(refused)?;
    let value = token_of(request).ok_or_else(refused)?;
    let token = usage_token::verify(secret, &value, visit.received_at).ok_or_else(refused)?;
    if header(request, "origin").is_some_and(|origin| origin != token.audience) {
        return Err(refused());
    }
    if !is_known_public(&suite.database, &token.key_id, visit.received_at).await? {
        return Err(refused());
    }
    let caller = Caller::by_access(format!("widget:{}:{}", token.key_id, token.user_id), &[]);
    let of = UsageOf::User {
        tenant_id: token.tenant_id,
        user_id: token.user_id,
        may_be_new: true,
    };
    answer_usage::answer_own(visit, request, suite, &caller, of).await
}
