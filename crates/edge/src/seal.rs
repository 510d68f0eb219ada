//! Texts that the suite hands out and wants back unchanged: signed with HMAC-SHA256.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What a sealed text is for: one kind never passes for another.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    /// A browser's sign-in.
    Cookie,
    /// The front door's word to the Workers behind it.
    Pass,
    /// A widget's: one user's own usage.
    Usage,
}

fn mac(secret: &str, purpose: Purpose, text: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(match purpose {
        Purpose::Cookie => b"cookie ",
        Purpose::Pass => b"pass ",
        Purpose::Usage => b"usage ",
    });
    mac.update(text.as_bytes());
    Some(mac)
}

/// `<text>.<tag, base64url>`; `None` if the secret is unusable, which no secret of a byte or more is.
pub(crate) fn seal(secret: &str, purpose: Purpose, text: &str) -> Option<String> {
    let tag = mac(secret, purpose, text)?.finalize().into_bytes();
    Some(format!("{text}.{}", BASE64_URL_SAFE_NO_PAD.encode(tag)))
}

/// The text, if its tag holds. The comparison takes constant time.
pub(crate) fn open<'a>(secret: &str, purpose: Purpose, sealed: &'a str) -> Option<&'a str> {
    let (text, tag) = sealed.rsplit_once('.')?;
    let tag = BASE64_URL_SAFE_NO_PAD.decode(tag).ok()?;
    mac(secret, purpose, text)?.verify_slice(&tag).ok()?;
    Some(text)
}
