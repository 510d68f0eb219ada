//! A request on its way through this Worker.
use cost_calculation::UnixMillis;
use edge::access::{Proofs, authenticate};
use edge::rate_limit::{self, Limited};
use edge::request::media_type;
use edge::{Caller, Problem, Scope, Suite};
use ledger_core::api_keys::Actor;
use worker::{Env, Request};

/// The most bytes of a request's body: an override or a mapping is a few hundred.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// The bindings and the time of one request.
pub(crate) struct Visit<'a> {
    pub env: &'a Env,
    pub suite: &'a Suite,
    pub received_at: UnixMillis,
}

impl Visit<'_> {
    /// A caller who may read.
    pub(crate) async fn reader(&self, request: &Request) -> Result<Caller, Problem> {
        let caller = self.caller(request, Scope::Read).await?;
        rate_limit::check(self.env, Limited::Reads, &caller).await?;
        Ok(caller)
    }

    /// A caller who may change prices, where the schema is the one that this Worker writes.
    pub(crate) async fn admin(&self, request: &Request) -> Result<Caller, Problem> {
        let caller = self.caller(request, Scope::Admin).await?;
        self.suite.require_current_schema().await?;
        Ok(caller)
    }

    async fn caller(&self, request: &Request, scope: Scope) -> Result<Caller, Problem> {
        let caller =
            authenticate(request, self.suite, Proofs::KeyOrBrowser, self.received_at).await?;
        caller.require(scope)?;
        Ok(caller)
    }

    /// Who is recorded as having made a change.
    pub(crate) fn actor<'a>(&self, admin: &'a Caller) -> Actor<'a> {
        Actor {
            key_id: &admin.key_id,
            at: self.received_at.0,
        }
    }

    /// A request's JSON body, for [`events::Fields::of_request`].
    pub(crate) async fn json_body(&self, request: &mut Request) -> Result<Vec<u8>, Problem> {
        let media_type = media_type(request);
        let body = edge::body::read(request, BODY_BYTES_MAX).await?;
        if media_type != "application/json" && !body.is_empty() {
            return Err(Problem::unsupported_media_type(format!(
                "Content-Type is `{media_type}`: send `application/json`"
            )));
        }
        Ok(body)
    }
}
