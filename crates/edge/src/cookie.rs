//! The dashboard's sign-in: a cookie that names its key and is signed, so that every Worker can
//! check it without a table of browser sessions.

use cost_calculation::UnixMillis;

use crate::seal::{Purpose, open, seal};

/// The cookie's name. `__Host-` binds it to this host and to HTTPS; on plain-HTTP loopback
/// browsers refuse the prefix, so there it goes without.
pub const COOKIE_NAME_SECURE: &str = "__Host-tokentill";
/// The cookie's name on loopback without TLS.
pub const COOKIE_NAME_PLAIN: &str = "tokentill";
/// How long a sign-in lasts: 12 hours.
pub const COOKIE_LIFETIME_MS: i64 = 12 * 60 * 60 * 1000;

/// A signed value: `<key id>.<expiry in ms>.<tag>`; `None` if the secret is unusable.
pub fn sign(secret: &str, key_id: &str, now: UnixMillis) -> Option<String> {
    let expires_at = now.0.saturating_add(COOKIE_LIFETIME_MS);
    seal(secret, Purpose::Cookie, &format!("{key_id}.{expires_at}"))
}

/// The key id that a value names, if its signature holds and it has not expired.
pub fn verify<'a>(secret: &str, value: &'a str, now: UnixMillis) -> Option<&'a str> {
    let (key_id, expires_at) = open(secret, Purpose::Cookie, value)?.rsplit_once('.')?;
    let expires_at: i64 = expires_at.parse().ok()?;
    (now.0 < expires_at).then_some(key_id)
}

/// The value of our cookie in a `Cookie` header.
pub fn find(header: &str) -> Option<&str> {
    header
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| {
            (name == COOKIE_NAME_SECURE || name == COOKIE_NAME_PLAIN).then_some(value)
        })
}

/// The `Set-Cookie` value that signs a browser in, or out when `value` is empty.
pub fn set_cookie(value: &str, is_https: bool) -> String {
    let (name, secure) = if is_https {
        (COOKIE_NAME_SECURE, "; Secure")
    } else {
        (COOKIE_NAME_PLAIN, "")
    };
    let max_age_s = if value.is_empty() {
        0
    } else {
        COOKIE_LIFETIME_MS / 1000
    };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age_s}{secure}")
}

#[cfg(test)]
mod tests {
    use super::{COOKIE_LIFETIME_MS, UnixMillis, find, set_cookie, sign, verify};

    const NOW: UnixMillis = UnixMillis(1_795_000_000_000);

    #[test]
    fn a_signed_cookie_names_its_key_until_it_expires() {
        let value = sign("secret", "pk-tt-1", NOW).expect("signs");
        assert_eq!(verify("secret", &value, NOW), Some("pk-tt-1"));
        let later = UnixMillis(NOW.0 + COOKIE_LIFETIME_MS);
        assert_eq!(verify("secret", &value, later), None, "expired");
    }

    #[test]
    fn a_changed_cookie_or_another_secret_is_refused() {
        let value = sign("secret", "pk-tt-1", NOW).expect("signs");
        assert_eq!(verify("other", &value, NOW), None);
        assert_eq!(
            verify("secret", &value.replace("pk-tt-1", "pk-tt-2"), NOW),
            None
        );
        for broken in ["", ".", "..", "pk-tt-1.9999999999999", "a.b.c"] {
            assert_eq!(verify("secret", broken, NOW), None, "{broken}");
        }
    }

    #[test]
    fn our_cookie_is_found_among_others() {
        assert_eq!(find("a=1; tokentill=v.w; b=2"), Some("v.w"));
        assert_eq!(find("a=1"), None);
        assert!(
            set_cookie("v", true).contains("__Host-tokentill=v; Path=/; HttpOnly; SameSite=Strict")
        );
        assert!(set_cookie("", false).contains("Max-Age=0"));
    }
}
