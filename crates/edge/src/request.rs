//! What a request's headers say, as every Worker reads them.

use worker::Request;

/// The longest request id that is taken over from the front door.
const REQUEST_ID_CHARS_MAX: usize = 64;

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
