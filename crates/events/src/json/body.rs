//! A body's bytes as text, within a limit.
use crate::Rejection;

/// The body as UTF-8 text, without a copy.
pub(crate) fn body_text(body: &[u8], bytes_max: usize) -> Result<&str, Rejection> {
    if body.len() > bytes_max {
        return Err(Rejection::too_large(
            "body",
            format!("has {} bytes", body.len()),
            format!("send at most {bytes_max} bytes at once"),
        ));
    }
    if body.is_empty() {
        return Err(Rejection::malformed("is empty", "send the event as JSON"));
    }
    std::str::from_utf8(body).map_err(|error| {
        Rejection::malformed(
            format!("is not UTF-8 (byte {})", error.valid_up_to()),
            "send JSON in UTF-8",
        )
    })
}
