//! Cloudflare Access: a signed assertion in place of a key, where the installation configures it.
//!
//! `ACCESS_TEAM_DOMAIN` (`https://team.cloudflareaccess.com`) and `ACCESS_AUDIENCE` (the
//! application's tag) turn it on; who passes may read, and the addresses in `ACCESS_ADMINS` may do
//! what an admin may. Checked are the signature (RS256), audience, issuer and expiry
//! (<https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/validating-json/>).
//! The team's keys are read again when an assertion names one that is not known, and once an hour,
//! so that their rotation needs no one; the team's address is asked at most once a minute.
use std::cell::RefCell;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use cost_calculation::UnixMillis;
use edge::{Caller, Problem, Scope, suite::text};
use js_sys::{Array, Object, Reflect, Uint8Array};
use serde::Deserialize;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use worker::{Env, Fetch, Request, Url};

const HEADER: &str = "cf-access-jwt-assertion";
const ASSERTION_BYTES_MAX: usize = 8_192;
/// How soon the team's address is asked again.
const REFRESH_MS: i64 = 60_000;
/// How long keys are believed: one that the team withdrew is taken no longer.
const KEYS_AGE_MS: i64 = 60 * 60_000;
/// How far the clocks may differ.
const LEEWAY_S: i64 = 30;

#[derive(Deserialize)]
struct JoseHeader {
    alg: String,
    kid: String,
}

#[derive(Debug, Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    exp: i64,
    #[serde(default)]
    nbf: i64,
    #[serde(default)]
    email: String,
    #[serde(default)]
    sub: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// A public key as the team's address gives it; one of another kind than RSA has no `n`.
#[derive(Debug, Clone, Deserialize)]
struct PublicKey {
    kid: String,
    #[serde(default)]
    n: String,
    #[serde(default)]
    e: String,
}

#[derive(Deserialize)]
struct PublicKeys {
    keys: Vec<PublicKey>,
}

/// The team's keys, and when they were read.
#[derive(Debug, Default)]
struct KeyRing {
    keys: Vec<PublicKey>,
    read_at: Option<UnixMillis>,
    /// The last try, whether it succeeded or not.
    tried_at: Option<UnixMillis>,
}

impl KeyRing {
    fn find(&self, kid: &str) -> Option<PublicKey> {
        self.keys.iter().find(|key| key.kid == kid).cloned()
    }

    /// Whether the keys should be read before this one is looked for: guesses and an address that
    /// does not answer can't cause more than one read in [`REFRESH_MS`].
    fn is_read_due(&self, kid: &str, now: UnixMillis) -> bool {
        let is_past =
            |at: Option<UnixMillis>, ms: i64| at.is_none_or(|at| now.0.saturating_sub(at.0) >= ms);
        let is_wanting = self.find(kid).is_none() || is_past(self.read_at, KEYS_AGE_MS);
        is_wanting && is_past(self.tried_at, REFRESH_MS)
    }
}

thread_local! {
    static KEYS: RefCell<KeyRing> = RefCell::default();
}

/// How an installation uses Cloudflare Access.
#[derive(Debug, Clone)]
struct AccessSettings {
    /// `ACCESS_TEAM_DOMAIN`: the team's address.
    team: Option<String>,
    /// `ACCESS_AUDIENCE`: the application's tag.
    audience: Option<String>,
    /// `ACCESS_ADMINS`: the addresses of those who may do what an admin may.
    admins: Vec<String>,
}

impl AccessSettings {
    /// The settings of a Worker; `None` where Access is not configured.
    fn of(env: &Env) -> Option<Self> {
        let (team, audience) = (
            text(env, "ACCESS_TEAM_DOMAIN"),
            text(env, "ACCESS_AUDIENCE"),
        );
        let admins = text(env, "ACCESS_ADMINS").unwrap_or_default();
        (team.is_some() || audience.is_some()).then(|| Self {
            team,
            audience,
            admins: admins
                .split([',', ' '])
                .filter(|admin| !admin.is_empty())
                .map(str::to_owned)
                .collect(),
        })
    }
}

/// The caller that a request's assertion names; `None` where Access is not configured, nothing was
/// sent, or a key was sent, which comes first.
pub(crate) async fn caller(
    env: &Env,
    request: &Request,
    now: UnixMillis,
) -> Result<Option<Caller>, Problem> {
    let header = |name: &str| request.headers().get(name).ok().flatten();
    let Some((settings, assertion)) = AccessSettings::of(env).zip(header(HEADER)) else {
        return Ok(None);
    };
    if header("authorization").is_some() {
        return Ok(None);
    }
    caller_named(&settings, &assertion, now).await.map(Some)
}

async fn caller_named(
    settings: &AccessSettings,
    assertion: &str,
    now: UnixMillis,
) -> Result<Caller, Problem> {
    let (Some(team), Some(audience)) = (&settings.team, &settings.audience) else {
        return Err(Problem::unavailable(
            "Cloudflare Access is half configured: set both ACCESS_TEAM_DOMAIN and ACCESS_AUDIENCE",
        ));
    };
    let refused = || {
        Problem::unauthorized("the Cloudflare Access assertion is not valid here: sign in again")
    };
    let (parts, header, claims) = taken_apart(assertion).ok_or_else(refused)?;
    if !hold(&claims, team, audience, now) {
        return Err(refused());
    }
    let key = key(team, &header.kid, now).await?.ok_or_else(refused)?;
    let [message, signature] = parts;
    if !is_signed(&key, message.as_bytes(), &signature)
        .await
        .unwrap_or(false)
    {
        return Err(refused());
    }
    let is_admin = !claims.email.is_empty()
        && settings
            .admins
            .iter()
            .any(|admin| admin.eq_ignore_ascii_case(&claims.email));
    let scopes: &[Scope] = if is_admin {
        &[Scope::Read, Scope::Admin]
    } else {
        &[Scope::Read]
    };
    Ok(Caller::by_access(
        format!("access:{}", printable(&claims.sub)),
        scopes,
    ))
}

/// A person's id as a header, a log and the record of changes take it: Access gives a UUID.
fn printable(sub: &str) -> String {
    sub.chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(64)
        .collect()
}

/// What was signed, the signature, and both read; `None` for anything but a JWT with RS256.
#[allow(
    clippy::type_complexity,
    reason = "the parts of one assertion, used at once"
)]
fn taken_apart(assertion: &str) -> Option<([String; 2], JoseHeader, Claims)> {
    if assertion.len() > ASSERTION_BYTES_MAX {
        return None;
    }
    let (message, signature) = assertion.rsplit_once('.')?;
    let (header, claims) = message.split_once('.')?;
    let decoded = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).ok();
    let header: JoseHeader = serde_json::from_slice(&decoded(header)?).ok()?;
    let claims: Claims = serde_json::from_slice(&decoded(claims)?).ok()?;
    (header.alg == "RS256").then(|| ([message.to_owned(), signature.to_owned()], header, claims))
}

/// Whether issuer, audience and times hold.
fn hold(claims: &Claims, team: &str, audience: &str, now: UnixMillis) -> bool {
    let now_s = now.0.div_euclid(1000);
    let is_ours = match &claims.aud {
        Audience::One(one) => one == audience,
        Audience::Many(many) => many.iter().any(|one| one == audience),
    };
    claims.iss.trim_end_matches('/') == team.trim_end_matches('/')
        && is_ours
        && now_s < claims.exp.saturating_add(LEEWAY_S)
        && claims.nbf.saturating_sub(LEEWAY_S) <= now_s
}

async fn key(team: &str, kid: &str, now: UnixMillis) -> Result<Option<PublicKey>, Problem> {
    if KEYS.with_borrow(|ring| ring.is_read_due(kid, now)) {
        KEYS.with_borrow_mut(|ring| ring.tried_at = Some(now));
        match read_keys(team).await {
            Ok(keys) => KEYS.with_borrow_mut(|ring| {
                ring.keys = keys;
                ring.read_at = Some(now);
            }),
            // What was known an hour ago holds until the address answers again.
            Err(problem) if KEYS.with_borrow(|ring| ring.find(kid).is_none()) => {
                return Err(problem);
            }
            Err(_) => {}
        }
    }
    Ok(KEYS.with_borrow(|ring| ring.find(kid)))
}

async fn read_keys(team: &str) -> Result<Vec<PublicKey>, Problem> {
    let unanswered =
        |_| Problem::unavailable("Cloudflare Access does not give its keys; try again in a moment");
    let address = format!("{}/cdn-cgi/access/certs", team.trim_end_matches('/'));
    let url: Url = address.parse().map_err(|_| {
        Problem::unavailable(
            "ACCESS_TEAM_DOMAIN is no address: set it to https://<team>.cloudflareaccess.com",
        )
    })?;
    let mut response = Fetch::Url(url).send().await.map_err(unanswered)?;
    let read: PublicKeys = response.json().await.map_err(unanswered)?;
    Ok(read.keys)
}

/// Whether the runtime's own cryptography accepts the signature; an error is a refusal.
async fn is_signed(key: &PublicKey, message: &[u8], signature: &str) -> Result<bool, JsValue> {
    let Ok(signature) = BASE64_URL_SAFE_NO_PAD.decode(signature) else {
        return Ok(false);
    };
    let object = |entries: &[(&str, &JsValue)]| {
        let object = Object::new();
        for (name, value) in entries {
            Reflect::set(&object, &JsValue::from_str(name), value)?;
        }
        Ok::<JsValue, JsValue>(object.into())
    };
    let string = JsValue::from_str;
    let jwk = object(&[
        ("kty", &string("RSA")),
        ("n", &string(&key.n)),
        ("e", &string(&key.e)),
        ("alg", &string("RS256")),
    ])?;
    let algorithm = object(&[
        ("name", &string("RSASSA-PKCS1-v1_5")),
        ("hash", &string("SHA-256")),
    ])?;
    let crypto = Reflect::get(&js_sys::global(), &string("crypto"))?;
    let subtle = Reflect::get(&crypto, &string("subtle"))?;
    let call = |name: &str, arguments: &[JsValue]| {
        let function: js_sys::Function = Reflect::get(&subtle, &string(name))?.dyn_into()?;
        let arguments: Array = arguments.iter().collect();
        let promise: js_sys::Promise = function.apply(&subtle, &arguments)?.dyn_into()?;
        Ok::<JsFuture, JsValue>(JsFuture::from(promise))
    };
    let usages: Array = [string("verify")].iter().collect();
    let imported = call(
        "importKey",
        &[string("jwk"), jwk, algorithm, JsValue::FALSE, usages.into()],
    )?
    .await?;
    let verified = call(
        "verify",
        &[
            string("RSASSA-PKCS1-v1_5"),
            imported,
            Uint8Array::from(signature.as_slice()).into(),
            Uint8Array::from(message).into(),
        ],
    )?
    .await?;
    Ok(verified.as_bool().unwrap_or(false))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEAM: &str = "https://team.cloudflareaccess.com";

    fn claims(change: impl FnOnce(&mut Claims)) -> Claims {
        let mut claims = Claims {
            iss: TEAM.to_owned(),
            aud: Audience::Many(vec!["tag".to_owned()]),
            exp: 1_000,
            nbf: 900,
            email: String::new(),
            sub: String::new(),
        };
        change(&mut claims);
        claims
    }

    #[test]
    fn issuer_audience_and_times_must_all_hold() {
        let now = UnixMillis(950_000);
        let holds = |claims: &Claims| hold(claims, TEAM, "tag", now);
        assert!(holds(&claims(|_| {})));
        assert!(!holds(&claims(
            |claims| claims.iss = "https://other.example".to_owned()
        )));
        assert!(!holds(&claims(
            |claims| claims.aud = Audience::One("other".to_owned())
        )));
        assert!(!holds(&claims(|claims| claims.exp = 900)));
        assert!(!holds(&claims(|claims| claims.nbf = 1_000)));
    }

    #[test]
    fn keys_are_read_for_an_unknown_one_and_every_hour_at_most_once_a_minute() {
        let key = PublicKey {
            kid: "k1".to_owned(),
            n: String::new(),
            e: String::new(),
        };
        let mut ring = KeyRing::default();
        assert!(ring.is_read_due("k1", UnixMillis(0)), "never read");
        ring.tried_at = Some(UnixMillis(0));
        assert!(
            !ring.is_read_due("k1", UnixMillis(REFRESH_MS - 1)),
            "a try that failed counts"
        );
        ring.keys = vec![key];
        ring.read_at = Some(UnixMillis(0));
        assert!(!ring.is_read_due("k2", UnixMillis(REFRESH_MS - 1)));
        assert!(ring.is_read_due("k2", UnixMillis(REFRESH_MS)));
        assert!(!ring.is_read_due("k1", UnixMillis(KEYS_AGE_MS - 1)));
        assert!(
            ring.is_read_due("k1", UnixMillis(KEYS_AGE_MS)),
            "it may be withdrawn"
        );
        ring.tried_at = Some(UnixMillis(KEYS_AGE_MS));
        assert!(!ring.is_read_due("k1", UnixMillis(KEYS_AGE_MS)));
    }

    #[test]
    fn another_algorithm_is_not_taken() {
        let jwt = |alg: &str| {
            let part = |json: String| BASE64_URL_SAFE_NO_PAD.encode(json);
            format!(
                "{}.{}.c2ln",
                part(format!(r#"{{"alg":"{alg}","kid":"k1"}}"#)),
                part(r#"{"iss":"i","aud":"a","exp":1}"#.to_owned())
            )
        };
        assert!(taken_apart(&jwt("RS256")).is_some());
        assert!(taken_apart(&jwt("none")).is_none());
        assert!(taken_apart(&jwt("HS256")).is_none());
        assert!(taken_apart("a.b").is_none());
    }
}
