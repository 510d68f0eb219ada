//! The dashboard's sign-in: a cookie that names its key and is signed, so that every Worker can
//! check it without a table of browser sessions.
//!
//! It lives an hour and is renewed while it is used, for twelve hours at most; an ended sign-in is known
//! by its id (`ledger_core::sign_ins`).

use cost_calculation::UnixMillis;

use crate::seal::{Purpose, open, seal};

/// The cookie's name. `__Host-` binds it to this host and to HTTPS; on plain-HTTP loopback
/// browsers refuse the prefix, so there, and only there, it goes without.
pub const COOKIE_NAME_SECURE: &str = "__Host-tokentill";
/// The cookie's name on loopback without TLS.
pub const COOKIE_NAME_PLAIN: &str = "tokentill";
/// How long a cookie lasts that is not renewed.
pub const COOKIE_LIFETIME_MS: i64 = 60 * 60 * 1000;
/// How long a sign-in lasts, however often it is renewed.
pub const SIGN_IN_LIFETIME_MS: i64 = 12 * COOKIE_LIFETIME_MS;
/// How old a cookie is before it is renewed.
const RENEWED_AFTER_MS: i64 = COOKIE_LIFETIME_MS / 6;
/// The most cookies of our name that are tried: a browser sends one for each domain and path.
const VALUES_MAX: usize = 8;

/// What a cookie says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignIn<'a> {
    /// The public half of the key that signed in.
    pub key_id: &'a str,
    /// The sign-in's own id.
    pub id: &'a str,
    /// When the browser signed in.
    pub started_at: UnixMillis,
    /// When this cookie ends.
    pub expires_at: UnixMillis,
}

impl SignIn<'_> {
    /// When the sign-in ends, with the last of its cookies.
    pub const fn ends_at(&self) -> i64 {
        self.started_at.0.saturating_add(SIGN_IN_LIFETIME_MS)
    }

    /// The cookie that takes the place of one that has been used for a while; `None` while it is young
    /// or where nothing would be won.
    pub fn renewed(&self, secret: &str, now: UnixMillis) -> Option<String> {
        let expires_at = expiry(self.started_at, now);
        let is_due = expires_at.saturating_sub(self.expires_at.0) >= RENEWED_AFTER_MS;
        is_due
            .then(|| write(secret, self.key_id, self.id, self.started_at, expires_at))
            .flatten()
    }
}

/// The first cookie of a sign-in: `<key id>.<sign-in id>.<start in ms>.<expiry in ms>.<tag>`; `None` if
/// the secret is unusable.
pub fn sign(secret: &str, key_id: &str, sign_in_id: &str, now: UnixMillis) -> Option<String> {
    write(secret, key_id, sign_in_id, now, expiry(now, now))
}

fn expiry(started_at: UnixMillis, now: UnixMillis) -> i64 {
    let whole = started_at.0.saturating_add(SIGN_IN_LIFETIME_MS);
    now.0.saturating_add(COOKIE_LIFETIME_MS).min(whole)
}

fn write(
    secret: &str,
    key_id: &str,
    sign_in_id: &str,
    started_at: UnixMillis,
    expires_at: i64,
) -> Option<String> {
    let text = format!("{key_id}.{sign_in_id}.{}.{expires_at}", started_at.0);
    seal(secret, Purpose::Cookie, &text)
}

/// What a value says, if its signature holds and it has not expired.
pub fn verify<'a>(secret: &str, value: &'a str, now: UnixMillis) -> Option<SignIn<'a>> {
    let (rest, expires_at) = open(secret, Purpose::Cookie, value)?.rsplit_once('.')?;
    let (rest, started_at) = rest.rsplit_once('.')?;
    let (key_id, id) = rest.rsplit_once('.')?;
    let sign_in = SignIn {
        key_id,
        id,
        started_at: UnixMillis(started_at.parse().ok()?),
        expires_at: UnixMillis(expires_at.parse().ok()?),
    };
    (now.0 < sign_in.expires_at.0).then_some(sign_in)
}

/// The first cookie of a `Cookie` header that holds. Over HTTPS only the name counts that no other host
/// and no plain HTTP can set; of several, one that does not hold stands in no other's way.
pub fn find<'a>(
    secret: &str,
    header: &'a str,
    is_https: bool,
    now: UnixMillis,
) -> Option<SignIn<'a>> {
    let ours = name(is_https);
    header
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == ours)
        .take(VALUES_MAX)
        .find_map(|(_, value)| verify(secret, value, now))
}

const fn name(is_https: bool) -> &'static str {
    if is_https {
        COOKIE_NAME_SECURE
    } else {
        COOKIE_NAME_PLAIN
    }
}

/// The `Set-Cookie` value that signs a browser in, or out when `value` is empty.
pub fn set_cookie(value: &str, is_https: bool) -> String {
    let name = name(is_https);
    let secure = if is_https { "; Secure" } else { "" };
    let max_age_s = if value.is_empty() {
        0
    } else {
        COOKIE_LIFETIME_MS / 1000
    };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age_s}{secure}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis(1_795_000_000_000);

    fn signed() -> String {
        sign("secret", "pk-tt-1", "5ab", NOW).expect("signs")
    }

    #[test]
    fn a_signed_cookie_names_its_key_until_it_expires() {
        let value = signed();
        let named = verify("secret", &value, NOW).expect("holds");
        assert_eq!((named.key_id, named.id), ("pk-tt-1", "5ab"));
        let later = UnixMillis(NOW.0 + COOKIE_LIFETIME_MS);
        assert_eq!(verify("secret", &value, later), None, "expired");
    }

    #[test]
    fn a_cookie_in_use_is_renewed_for_twelve_hours_and_no_longer() {
        let (mut value, mut now) = (signed(), NOW.0);
        let first = verify("secret", &value, NOW).expect("holds");
        assert_eq!(first.renewed("secret", UnixMillis(now + 60_000)), None);
        while let Some(sign_in) = verify("secret", &value, UnixMillis(now)) {
            assert_eq!((sign_in.id, sign_in.started_at), ("5ab", NOW));
            let renewed = sign_in.renewed("secret", UnixMillis(now));
            value = renewed.unwrap_or_else(|| value.clone());
            now += 15 * 60 * 1000;
        }
        assert_eq!(now - NOW.0, SIGN_IN_LIFETIME_MS);
    }

    #[test]
    fn a_changed_cookie_or_another_secret_is_refused() {
        let value = signed();
        assert_eq!(verify("other", &value, NOW), None);
        for (was, becomes) in [("pk-tt-1", "pk-tt-2"), (".5ab.", ".5ac.")] {
            assert_eq!(verify("secret", &value.replace(was, becomes), NOW), None);
        }
        for broken in ["", ".", "..", "pk-tt-1.9999999999999", "a.b.c", "a.b.c.d.e"] {
            assert_eq!(verify("secret", broken, NOW), None, "{broken}");
        }
    }

    #[test]
    fn over_https_the_plain_name_counts_for_nothing_and_a_bad_value_hides_no_good_one() {
        let value = signed();
        let find = |header: &str, is_https| find("secret", header, is_https, NOW).is_some();
        assert!(find(&format!("a=1; tokentill={value}; b=2"), false));
        assert!(!find(&format!("tokentill={value}"), true));
        assert!(!find(&format!("__Host-tokentill={value}"), false));
        let both = format!("__Host-tokentill=x.1.y; tokentill=z; __Host-tokentill={value}");
        assert!(find(&both, true));
        assert!(!find("a=1", true));
        assert!(
            set_cookie("v", true).contains("__Host-tokentill=v; Path=/; HttpOnly; SameSite=Strict")
        );
        assert!(set_cookie("", false).contains("Max-Age=0"));
    }
}
