//! What an `Authorization` header offers.

use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

/// The longest header that is looked at, in bytes.
pub const AUTHORIZATION_BYTES_MAX: usize = 1024;

/// A key as a caller presents it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// Public and secret half: Basic auth, or Bearer with a colon between them.
    Pair {
        /// The public half.
        id: String,
        /// SHA-256 of the secret half, hex.
        key_hash: String,
    },
    /// The secret half alone: Bearer.
    Secret {
        /// SHA-256 of it, hex.
        key_hash: String,
    },
    /// A public half alone: Bearer. It identifies and permits nothing by itself; `LibreChat`'s
    /// settings check sends its empty batch this way.
    Public {
        /// The public half.
        id: String,
    },
}

/// The prefix of a key's public half.
pub const PUBLIC_PREFIX: &str = "pk-tt-";
/// The prefix of a key's secret half.
pub const SECRET_PREFIX: &str = "sk-tt-";

/// SHA-256 of a secret, 64 lower-case hex digits: as `api_keys.key_hash` holds it.
///
/// A plain digest suffices, since a secret is 256 random bits: there is nothing to guess.
pub fn hash_secret(secret: &str) -> String {
    use std::fmt::Write;
    Sha256::digest(secret.as_bytes())
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a string does not fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

/// Reads the header's value; `None` if it offers no key that this suite could know.
pub fn parse_authorization(header: &str) -> Option<Credential> {
    if header.len() > AUTHORIZATION_BYTES_MAX {
        return None;
    }
    let (scheme, rest) = header.trim().split_once(' ')?;
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("basic") {
        let decoded = String::from_utf8(BASE64_STANDARD.decode(rest).ok()?).ok()?;
        let (id, secret) = decoded.split_once(':')?;
        Some(pair(id, secret))
    } else if scheme.eq_ignore_ascii_case("bearer") {
        Some(parse_key(rest))
    } else {
        None
    }
}

/// Reads a key as a person pastes it: `public:secret`, the secret alone, or the public half.
pub fn parse_key(key: &str) -> Credential {
    match key.trim().split_once(':') {
        Some((id, secret)) => pair(id, secret),
        None if key.trim().starts_with(PUBLIC_PREFIX) => Credential::Public {
            id: key.trim().to_owned(),
        },
        None => Credential::Secret {
            key_hash: hash_secret(key.trim()),
        },
    }
}

fn pair(id: &str, secret: &str) -> Credential {
    Credential::Pair {
        id: id.to_owned(),
        key_hash: hash_secret(secret),
    }
}

#[cfg(test)]
mod tests {
    use super::{Credential, hash_secret, parse_authorization};

    #[test]
    fn basic_and_bearer_name_the_same_key() {
        let pair = Credential::Pair {
            id: "pk-tt-1".to_owned(),
            key_hash: hash_secret("sk-tt-2"),
        };
        // base64 of pk-tt-1:sk-tt-2
        assert_eq!(
            parse_authorization("Basic cGstdHQtMTpzay10dC0y"),
            Some(pair.clone())
        );
        assert_eq!(parse_authorization("bearer pk-tt-1:sk-tt-2"), Some(pair));
        assert_eq!(
            parse_authorization("Bearer sk-tt-2"),
            Some(Credential::Secret {
                key_hash: hash_secret("sk-tt-2")
            })
        );
        assert_eq!(
            parse_authorization("Bearer pk-tt-1"),
            Some(Credential::Public {
                id: "pk-tt-1".to_owned()
            })
        );
    }

    #[test]
    fn what_is_no_credential_is_none() {
        for header in ["", "Basic", "Basic !!!", "Digest x", "Basic bm9jb2xvbg=="] {
            assert_eq!(parse_authorization(header), None, "{header}");
        }
        assert_eq!(
            parse_authorization(&format!("Bearer {}", "x".repeat(2000))),
            None
        );
    }

    #[test]
    fn the_hash_is_plain_sha_256() {
        assert_eq!(
            hash_secret("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
