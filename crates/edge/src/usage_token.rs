//! The token of a widget: for some minutes, one user's own usage and nothing else.
//!
//! A backend makes it with a key of scope `widget`, and a page sends it in the Authorization header. It names the
//! key, so that it ends with it, and the origin for which it was made.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use cost_calculation::UnixMillis;
use serde::{Deserialize, Serialize};

use crate::seal::{Purpose, open, seal};

/// What a token begins with.
pub const PREFIX: &str = "ut1.";
/// The longest that a token holds.
pub const LIFETIME_S_MAX: i64 = 900;
/// The longest token that is looked at, in bytes.
const BYTES_MAX: usize = 2_048;

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageToken {
    /// The public half of the key that made it.
    pub key_id: String,
    /// Whose usage.
    pub user_id: String,
    /// The user's tenant; empty without one.
    pub tenant_id: String,
    /// The one origin whose pages may use it.
    pub audience: String,
    /// Unix milliseconds.
    pub expires_at: i64,
}

/// The signed token; `None` if the secret is unusable.
pub fn sign(secret: &str, token: &UsageToken) -> Option<String> {
    let json = serde_json::to_vec(token).ok()?;
    let sealed = seal(secret, Purpose::Usage, &BASE64_URL_SAFE_NO_PAD.encode(json))?;
    Some(format!("{PREFIX}{sealed}"))
}

/// What a token says, if its signature holds and it has not expired.
pub fn verify(secret: &str, value: &str, now: UnixMillis) -> Option<UsageToken> {
    let sealed = value
        .strip_prefix(PREFIX)
        .filter(|sealed| sealed.len() <= BYTES_MAX)?;
    let json = BASE64_URL_SAFE_NO_PAD
        .decode(open(secret, Purpose::Usage, sealed)?)
        .ok()?;
    let token: UsageToken = serde_json::from_slice(&json).ok()?;
    (now.0 < token.expires_at).then_some(token)
}

/// The token of an Authorization header; `None` where it is another proof.
pub fn in_header(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && token.starts_with(PREFIX)).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cookie, pass};

    const NOW: UnixMillis = UnixMillis(1_795_000_000_000);

    #[test]
    fn a_token_holds_until_it_expires_and_is_no_other_proof() {
        let token = UsageToken {
            key_id: "pk-tt-1".to_owned(),
            user_id: "ada.b".to_owned(),
            tenant_id: String::new(),
            audience: "https://chat.example.com".to_owned(),
            expires_at: NOW.0 + 60_000,
        };
        let signed = sign("secret", &token).expect("signs");
        assert_eq!(verify("secret", &signed, NOW), Some(token));
        assert_eq!(verify("secret", &signed, UnixMillis(NOW.0 + 60_000)), None);
        assert_eq!(verify("other", &signed, NOW), None);
        assert_eq!(
            verify("secret", &signed.replace("ut1.e", "ut1.f"), NOW),
            None
        );
        let bare = signed.strip_prefix(PREFIX).expect("begins so");
        assert_eq!(cookie::verify("secret", bare, NOW), None);
        assert_eq!(pass::verify("secret", bare, NOW), None);
        assert_eq!(
            in_header(&format!("Bearer {signed}")),
            Some(signed.as_str())
        );
        for other in ["", "ut1.", "ut1..", "Bearer sk-tt-1", "Basic ut1.x"] {
            assert_eq!(verify("secret", other, NOW), None);
            assert_eq!(in_header(other), None);
        }
    }
}
