//! Who asks: by key, by a sign-in's cookie, or by Cloudflare Access where it is configured.
use edge::access::{Proofs, authenticate, require_same_origin};
use edge::{Caller, Problem, Suite};
use worker::Request;

use crate::access_assertion;
use crate::visit::Visit;

/// The caller. A sign-in with a key comes before Access: it is the more deliberate of the two.
pub(crate) async fn of(
    visit: &Visit<'_>,
    request: &Request,
    suite: &Suite,
) -> Result<Caller, Problem> {
    let signed_in = authenticate(request, suite, Proofs::KeyOrBrowser, visit.received_at).await;
    match signed_in {
        Err(problem) if problem.status == 401 => {
            match access_assertion::caller(visit.env, request, visit.received_at).await? {
                Some(caller) => {
                    require_same_origin(request)?;
                    Ok(caller)
                }
                None => Err(problem),
            }
        }
        known => known,
    }
}
