//! A price list over HTTP: conditional, within limits of size and time, again after a failure
//! that may pass.
use std::time::Duration;

use futures_util::{StreamExt, future::Either, future::select};
use price_feeds::LIST_BYTES_MAX;
use worker::{
    AbortController, Delay, Fetch, Headers, Method, Request, RequestInit, RequestRedirect,
};

/// How long one attempt may take, with its body, where nothing else is configured.
pub(crate) const ATTEMPT_SECONDS_DEFAULT: i64 = 20;
/// How often a list is asked for.
const ATTEMPTS_MAX: u32 = 3;

/// What came back.
#[derive(Debug)]
pub(crate) enum Fetched {
    /// The list has not changed since it had this `ETag`.
    NotModified,
    /// The list.
    List {
        /// Its text.
        text: String,
        /// Its `ETag`, if it has one.
        etag: Option<String>,
    },
}

/// Why a list did not come. The text is for the run's record and an admin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FetchFailure {
    pub(crate) reason: String,
    /// Whether the same request may succeed in a moment.
    is_passing: bool,
}

impl FetchFailure {
    fn lasting(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            is_passing: false,
        }
    }

    fn passing(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            is_passing: true,
        }
    }
}

/// Gets a list, unless it still has the `ETag` that was seen last; one attempt takes at most so
/// many seconds.
pub(crate) async fn fetch_list(
    url: &str,
    etag: Option<&str>,
    attempt_seconds_max: u64,
) -> Result<Fetched, FetchFailure> {
    let mut attempt = 1;
    loop {
        match within_time(url, etag, attempt_seconds_max).await {
            Err(failure) if failure.is_passing && attempt < ATTEMPTS_MAX => {
                edge::clock::pause_before_retry(attempt).await;
                attempt += 1;
            }
            result => return result,
        }
    }
}

async fn within_time(
    url: &str,
    etag: Option<&str>,
    seconds_max: u64,
) -> Result<Fetched, FetchFailure> {
    let abort = AbortController::default();
    let signal = abort.signal();
    let fetching = Box::pin(once(url, etag, &signal));
    match select(fetching, Delay::from(Duration::from_secs(seconds_max))).await {
        Either::Left((result, _)) => result,
        Either::Right(((), _)) => {
            abort.abort();
            // Not passing: a server this slow would use up the run's time again.
            Err(FetchFailure::lasting(format!(
                "no complete answer within {seconds_max} seconds"
            )))
        }
    }
}

async fn once(
    url: &str,
    etag: Option<&str>,
    signal: &worker::AbortSignal,
) -> Result<Fetched, FetchFailure> {
    let unusable =
        |error: worker::Error| FetchFailure::lasting(format!("no usable request: {error}"));
    let headers = Headers::new();
    headers
        .set("user-agent", "tokentill pricing-sync")
        .map_err(unusable)?;
    headers
        .set("accept", "application/json")
        .map_err(unusable)?;
    if let Some(etag) = etag {
        headers.set("if-none-match", etag).map_err(unusable)?;
    }
    let mut init = RequestInit::new();
    init.with_method(Method::Get)
        .with_headers(headers)
        .with_redirect(RequestRedirect::Manual);
    let request = Request::new_with_init(url, &init).map_err(unusable)?;
    let mut response = Fetch::Request(request)
        .send_with_signal(signal)
        .await
        .map_err(|error| FetchFailure::passing(format!("no connection: {error}")))?;
    let etag = response
        .headers()
        .get("etag")
        .ok()
        .flatten()
        // One that could not be sent back would make every later request fail.
        .filter(|etag| etag.len() <= 256 && etag.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
    match outcome(response.status_code()) {
        Outcome::NotModified => return Ok(Fetched::NotModified),
        Outcome::Failed(failure) => return Err(failure),
        Outcome::List => {}
    }
    let too_large = || FetchFailure::lasting(format!("more than {LIST_BYTES_MAX} bytes"));
    let announced = response.headers().get("content-length").ok().flatten();
    if announced
        .and_then(|length| length.parse().ok())
        .is_some_and(|length: usize| length > LIST_BYTES_MAX)
    {
        return Err(too_large());
    }
    let broken =
        |error: worker::Error| FetchFailure::passing(format!("the answer broke off: {error}"));
    let mut stream = response.stream().map_err(broken)?;
    let mut body = Vec::new();
    while let Some(chunk) = stream.next().await {
        body.extend_from_slice(&chunk.map_err(broken)?);
        if body.len() > LIST_BYTES_MAX {
            return Err(too_large());
        }
    }
    let text =
        String::from_utf8(body).map_err(|_| FetchFailure::lasting("the answer is no UTF-8"))?;
    Ok(Fetched::List { text, etag })
}

enum Outcome {
    List,
    NotModified,
    Failed(FetchFailure),
}

fn outcome(status: u16) -> Outcome {
    match status {
        200 => Outcome::List,
        304 => Outcome::NotModified,
        // Following one would read whatever another server says.
        301 | 302 | 303 | 307 | 308 => Outcome::Failed(FetchFailure::lasting(format!(
            "answered {status}, a redirect, which is not followed: set the new address"
        ))),
        429 | 500..=599 => Outcome::Failed(FetchFailure::passing(format!("answered {status}"))),
        _ => Outcome::Failed(FetchFailure::lasting(format!("answered {status}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, outcome};

    #[test]
    fn only_failures_that_may_pass_are_tried_again() {
        let is_passing = |status| match outcome(status) {
            Outcome::Failed(failure) => Some(failure.is_passing),
            _ => None,
        };
        assert_eq!(is_passing(500), Some(true));
        assert_eq!(is_passing(429), Some(true));
        assert_eq!(is_passing(404), Some(false));
        assert_eq!(is_passing(302), Some(false));
        assert_eq!(is_passing(200), None);
        assert!(matches!(outcome(304), Outcome::NotModified));
    }
}
