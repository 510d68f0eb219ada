//! What a request's headers say, as every Worker reads them.

use query_parameters::{Parameters, QUERY_BYTES_MAX};
use worker::Request;

use crate::Problem;

const HEAD: &str = "HEAD";
/// The longest request id that is taken over from the front door.
const REQUEST_ID_CHARS_MAX: usize = 64;

/// The request's parameters, each one known to the operation.
///
/// The runtime gives the address as WHATWG's URL standard writes it, so it is cut and not parsed.
///
/// # Errors
/// The query string is too long, or one of its parameters is unknown, repeated or outside its limits.
pub fn parameters(request: &Request, known: &[&str]) -> Result<Parameters, Problem> {
    let url = request.inner().url();
    let query = query_of(&url);
    if query.len() > QUERY_BYTES_MAX {
        return Err(Problem::bad_request(format!(
            "the query string has more than {QUERY_BYTES_MAX} bytes; shorten it"
        )));
    }
    Ok(Parameters::new(pairs_of(query), known)?)
}

/// Scheme, host and port of the request's own address, as a browser names them in `Origin`.
pub fn origin(request: &Request) -> String {
    origin_of(&request.inner().url()).to_owned()
}

/// The method as the client wrote it: what no route knows is no GET. HEAD asks what GET does, and its
/// answer goes without a body.
pub fn method(request: &Request) -> String {
    let method = request.inner().method();
    if method == HEAD {
        "GET".to_owned()
    } else {
        method
    }
}

/// Whether the answer goes without a body.
pub fn is_head(request: &Request) -> bool {
    request.inner().method() == HEAD
}

/// Whether the client came over HTTPS.
pub fn is_https(request: &Request) -> bool {
    request.inner().url().starts_with("https:")
}

/// The client's address as the platform names it; one and the same for all where nothing does.
pub fn address(request: &Request) -> String {
    header(request, "cf-connecting-ip").unwrap_or_default()
}

fn query_of(address: &str) -> &str {
    let address = address.split('#').next().unwrap_or_default();
    address.split_once('?').map_or("", |(_, query)| query)
}

fn pairs_of(query: &str) -> impl Iterator<Item = (String, String)> {
    form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
}

fn origin_of(address: &str) -> &str {
    let host = address.find("://").map_or(0, |at| at + 3);
    let length = address
        .get(host..)
        .and_then(|rest| rest.find(['/', '?', '#']));
    length
        .and_then(|length| address.get(..host + length))
        .unwrap_or(address)
}

/// A header's value, if there is one that is not blank.
pub fn header(request: &Request, name: &str) -> Option<String> {
    let value = request.headers().get(name).ok().flatten()?;
    let value = value.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

/// How the body is packed, in lower case; `identity` without a word about it.
pub fn content_encoding(request: &Request) -> String {
    header(request, "content-encoding").map_or_else(
        || "identity".to_owned(),
        |encoding| encoding.to_ascii_lowercase(),
    )
}

/// The body's type without parameters, in lower case; empty without one.
pub fn media_type(request: &Request) -> String {
    let value = header(request, "content-type").unwrap_or_default();
    let bare = value.split(';').next().unwrap_or_default();
    bare.trim().to_ascii_lowercase()
}

/// The request's id: the front door's, so that both logs name the same one, or a new one.
pub fn request_id(request: &Request) -> String {
    header(request, "x-request-id")
        .filter(|id| id.len() <= REQUEST_ID_CHARS_MAX)
        .filter(|id| {
            id.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
        .unwrap_or_else(crate::clock::random_hex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_cut_where_the_standard_writes_it() {
        for (address, origin) in [
            (
                "https://costs.example.com/app/",
                "https://costs.example.com",
            ),
            ("http://127.0.0.1:8787/?a=//b", "http://127.0.0.1:8787"),
            ("https://[::1]:8443/x#y", "https://[::1]:8443"),
            ("https://costs.example.com", "https://costs.example.com"),
        ] {
            assert_eq!(origin_of(address), origin);
        }
        let pairs = |address: &str| pairs_of(query_of(address)).collect::<Vec<_>>();
        let of = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(pairs("https://a.example/x"), []);
        assert_eq!(
            pairs("https://a.example/x?a=1%202&b=c+d&a=%E2%82%AC?#f?z=1"),
            [of("a", "1 2"), of("b", "c d"), of("a", "€?")]
        );
    }
}
