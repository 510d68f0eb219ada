//! Who asks, and whose numbers they may read.
use edge::access::{Proofs, authenticate};
use edge::{Caller, Problem, Scope, Suite};
use ledger::query::Viewer;
use worker::Request;

use crate::access_assertion;
use crate::handle_request::Visit;

/// The caller by key, by cookie, or by Cloudflare Access where the installation configures it.
pub(crate) async fn of(
    visit: &Visit<'_>,
    request: &Request,
    suite: &Suite,
) -> Result<Caller, Problem> {
    let has_key = request
        .headers()
        .get("authorization")
        .ok()
        .flatten()
        .is_some();
    if !has_key && let Some(caller) = access_assertion::caller(visit, request).await? {
        return Ok(caller);
    }
    authenticate(request, suite, Proofs::KeyOrCookie, visit.received_at).await
}

/// Whose numbers the caller may read; a key that may read nothing is refused.
pub(crate) fn viewer(caller: &Caller) -> Result<Viewer, Problem> {
    if caller.has(Scope::Read) {
        return Ok(Viewer::Everyone);
    }
    match &caller.user_id {
        Some(user_id) if caller.has(Scope::SelfRead) => Ok(Viewer::User(user_id.clone())),
        _ => Err(Problem::forbidden(format!(
            "the key {} may not read: use one with the scope `read`, `self` or `admin`",
            caller.key_id
        ))),
    }
}
