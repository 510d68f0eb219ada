//! A span of the body that is being taken in.

use events::{DIGEST_VERSION, Interaction, TraceSpan};
use ledger_core::interaction_columns::digest_hex;

/// A span of a body, with its place there.
pub(super) struct OwnSpan<'a> {
    pub at: usize,
    pub span: &'a TraceSpan,
    /// The digest of the interaction that it shows by itself; empty without one.
    pub hash: String,
}

impl<'a> OwnSpan<'a> {
    pub(super) fn of(at: usize, span: &'a TraceSpan) -> Self {
        let digest = span.interaction.as_deref().map(Interaction::digest);
        Self {
            at,
            span,
            hash: digest.map(|digest| digest_hex(&digest)).unwrap_or_default(),
        }
    }

    /// Whether what was kept is the same, as far as digests can tell.
    pub(super) fn is_same(&self, hash: &str, digest_version: u32) -> bool {
        digest_version != DIGEST_VERSION || hash == self.hash
    }
}
