//! What the front door found out about a caller, signed for the Workers behind it.
//!
//! Only the front door checks assertions of Cloudflare Access; the others take its word for as long
//! as a request lasts. The signature is made with the cookie's secret.

use cost_calculation::UnixMillis;

use crate::caller::{Caller, Scope};
use crate::seal::{Purpose, open, seal};

/// The header between the Workers.
pub const HEADER: &str = "x-tokentill-pass";
/// How long a pass holds: the time that a request may take.
const LIFETIME_MS: i64 = 60_000;

/// A signed pass, `<name>.<scopes>.<expiry in ms>.<tag>`, for a caller whom Cloudflare Access names;
/// `None` if the secret is unusable.
pub fn sign(secret: &str, caller: &Caller, now: UnixMillis) -> Option<String> {
    let scopes: Vec<&str> = caller.scopes().collect();
    let expires_at = now.0.saturating_add(LIFETIME_MS);
    let text = format!("{}.{}.{expires_at}", caller.key_id, scopes.join("+"));
    seal(secret, Purpose::Pass, &text)
}

/// The caller that a pass names, if its signature holds and it has not expired.
pub fn verify(secret: &str, value: &str, now: UnixMillis) -> Option<Caller> {
    let (caller, expires_at) = open(secret, Purpose::Pass, value)?.rsplit_once('.')?;
    let expires_at: i64 = expires_at.parse().ok()?;
    let (name, scopes) = caller.rsplit_once('.')?;
    let scopes: Option<Vec<Scope>> = scopes.split('+').map(Scope::named).collect();
    if now.0 >= expires_at {
        return None;
    }
    Some(Caller::by_access(name.to_owned(), &scopes?))
}

#[cfg(test)]
mod tests {
    use super::{Caller, LIFETIME_MS, Scope, UnixMillis, sign, verify};
    use crate::{caller::Proof, cookie};

    const NOW: UnixMillis = UnixMillis(1_795_000_000_000);

    #[test]
    fn a_pass_names_its_caller_for_a_minute() {
        let caller = Caller::by_access("access:7335".to_owned(), &[Scope::Read, Scope::Admin]);
        let pass = sign("secret", &caller, NOW).expect("signs");
        let named = verify("secret", &pass, NOW).expect("holds");
        assert_eq!(named, caller);
        assert_eq!(named.proof, Proof::Access);
        assert_eq!(
            verify("secret", &pass, UnixMillis(NOW.0 + LIFETIME_MS)),
            None
        );
        assert_eq!(verify("other", &pass, NOW), None);
        assert_eq!(verify("secret", &pass.replace("read", "self"), NOW), None);
    }

    #[test]
    fn a_cookie_is_no_pass_and_a_pass_is_no_cookie() {
        let caller = Caller::by_access("access:7335".to_owned(), &[Scope::Read]);
        let pass = sign("secret", &caller, NOW).expect("signs");
        assert_eq!(cookie::verify("secret", &pass, NOW), None);
        let cookie = cookie::sign("secret", "pk-tt-1", "5ab", NOW).expect("signs");
        assert_eq!(verify("secret", &cookie, NOW), None);
        for broken in ["", ".", "a.b", "..."] {
            assert_eq!(verify("secret", broken, NOW), None, "{broken}");
        }
    }
}
