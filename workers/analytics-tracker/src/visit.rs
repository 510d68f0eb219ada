//! A request on its way through this Worker.
use cost_calculation::UnixMillis;
use edge::access::{Proofs, authenticate};
use edge::rate_limit::{Limited, check};
use edge::request::{content_encoding, media_type};
use edge::{Caller, Problem, Scope, Suite};
use worker::{Env, Method, Request};

use crate::request_log::RequestLog;

/// The bindings, the time and the log line of one request.
pub(crate) struct Visit<'a> {
    pub env: &'a Env,
    pub suite: &'a Suite,
    pub received_at: UnixMillis,
    pub log: &'a mut RequestLog,
}

impl Visit<'_> {
    /// The caller, with a scope; by key only, since ingestion takes no cookies.
    pub(crate) async fn sender(&self, request: &Request, scope: Scope) -> Result<Caller, Problem> {
        let caller = authenticate(request, self.suite, Proofs::Key, self.received_at).await?;
        caller.require(scope)?;
        check(self.env, Limited::Events, &caller).await?;
        Ok(caller)
    }

    /// An admin, by key or by a browser's cookie; a change needs the schema that this Worker writes.
    pub(crate) async fn admin(&self, request: &Request) -> Result<Caller, Problem> {
        let caller =
            authenticate(request, self.suite, Proofs::KeyOrBrowser, self.received_at).await?;
        caller.require(Scope::Admin)?;
        if request.method() != Method::Get {
            self.suite.require_current_schema().await?;
        }
        Ok(caller)
    }

    /// The body of a request that must be JSON, and plain.
    pub(crate) async fn json_body(
        &mut self,
        request: &mut Request,
        bytes_max: usize,
    ) -> Result<Vec<u8>, Problem> {
        require_json(request)?;
        let encoding = content_encoding(request);
        if encoding != "identity" {
            return Err(Problem::unsupported_media_type(format!(
                "Content-Encoding is `{encoding}`: send this body plain"
            )));
        }
        self.body(request, bytes_max).await
    }

    /// The body of a request with events: JSON, plain or packed. The limit holds before and after.
    pub(crate) async fn event_body(
        &mut self,
        request: &mut Request,
        bytes_max: usize,
    ) -> Result<Vec<u8>, Problem> {
        require_json(request)?;
        let is_gzip = is_gzip(request)?;
        let body = self.body(request, bytes_max).await?;
        if !is_gzip {
            return Ok(body);
        }
        Ok(events::gunzip(&body, bytes_max)?)
    }

    async fn body(&mut self, request: &mut Request, bytes_max: usize) -> Result<Vec<u8>, Problem> {
        let body = edge::body::read(request, bytes_max).await?;
        self.log.bytes = body.len();
        Ok(body)
    }
}

fn require_json(request: &Request) -> Result<(), Problem> {
    let media_type = media_type(request);
    if media_type == "application/json" {
        return Ok(());
    }
    Err(Problem::unsupported_media_type(format!(
        "Content-Type is `{media_type}`: send `application/json`"
    )))
}

/// Whether the body is packed; what is packed otherwise is refused.
pub(crate) fn is_gzip(request: &Request) -> Result<bool, Problem> {
    match content_encoding(request).as_str() {
        "identity" => Ok(false),
        "gzip" => Ok(true),
        other => Err(Problem::unsupported_media_type(format!(
            "Content-Encoding is `{other}`: send `gzip` or a plain body"
        ))),
    }
}
