//! A caller whose proof was accepted, and what the proof permits.

use ledger_core::api_keys::ApiKey;

use crate::problem::Problem;

/// What a key permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Send events.
    Ingest,
    /// Send events older than the limit for others.
    Backfill,
    /// Read everything.
    Read,
    /// Read one user's own numbers.
    SelfRead,
    /// Make tokens with which a widget shows one user's own usage.
    Widget,
    /// Change prices, keys and settings; includes reading.
    Admin,
}

impl Scope {
    /// The name in `api_keys.scopes`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Backfill => "backfill",
            Self::Read => "read",
            Self::SelfRead => "self",
            Self::Widget => "widget",
            Self::Admin => "admin",
        }
    }

    /// The scope of this name.
    pub fn named(name: &str) -> Option<Self> {
        [
            Self::Ingest,
            Self::Backfill,
            Self::Read,
            Self::SelfRead,
            Self::Widget,
            Self::Admin,
        ]
        .into_iter()
        .find(|scope| scope.as_str() == name)
    }
}

/// By what a caller is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// A key in the Authorization header.
    Key,
    /// The cookie of a browser that signed in with a key.
    Cookie,
    /// An assertion of Cloudflare Access.
    Access,
}

impl Proof {
    /// The name in `/auth/me`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Cookie => "cookie",
            Self::Access => "access",
        }
    }
}

/// A caller with a valid key or assertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The key's public half, or `access:` and the person's id there: safe to log.
    pub key_id: String,
    /// The one user that a key of scope `self` may read.
    pub user_id: Option<String>,
    /// By what the caller was named.
    pub proof: Proof,
    scopes: String,
}

impl Caller {
    /// The owner of a key, presented as such or named by a sign-in's cookie.
    pub(crate) fn by_key(key: ApiKey, proof: Proof) -> Self {
        Self {
            key_id: key.id,
            user_id: key.user_id,
            proof,
            scopes: key.scopes,
        }
    }

    /// A caller whom Cloudflare Access names, with these scopes.
    pub fn by_access(name: String, scopes: &[Scope]) -> Self {
        Self {
            key_id: name,
            user_id: None,
            proof: Proof::Access,
            scopes: scopes
                .iter()
                .map(|scope| scope.as_str())
                .collect::<Vec<_>>()
                .join(" "),
        }
    }

    /// Whether the key has the scope; an admin may also read.
    pub fn has(&self, scope: Scope) -> bool {
        self.scopes.split(' ').any(|name| {
            name == scope.as_str() || (scope == Scope::Read && name == Scope::Admin.as_str())
        })
    }

    /// Refuses a caller without the scope.
    pub fn require(&self, scope: Scope) -> Result<(), Problem> {
        if self.has(scope) {
            return Ok(());
        }
        Err(Problem::forbidden(format!(
            "the key {} has not the scope `{}`: use one that has it, or have an admin make one",
            self.key_id,
            scope.as_str()
        )))
    }

    /// The scopes, in the order of the key's row.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scopes.split(' ').filter(|name| !name.is_empty())
    }
}
