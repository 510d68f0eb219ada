//! A request's body, within a limit.

use futures_util::StreamExt;
use worker::{ByteStream, Request};

use crate::problem::Problem;

/// Of a body over its limit, so much is read to the end and dropped: whoever is answered while still
/// sending may see a broken connection in place of the answer.
const DROPPED_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Reads the body; over `bytes_max` it keeps nothing and refuses.
pub async fn read(request: &mut Request, bytes_max: usize) -> Result<Vec<u8>, Problem> {
    let too_large = || {
        Problem::too_large(format!(
            "the body is over {bytes_max} bytes: send less at a time, for example half of it twice"
        ))
    };
    let unreadable = |_| broke_off();
    let announced = request.headers().get("content-length").ok().flatten();
    let announced = announced.and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > DROPPED_BYTES_MAX) {
        return Err(too_large());
    }
    if announced.is_some_and(|length| length <= bytes_max) {
        let body = request.bytes().await.map_err(unreadable)?;
        return if body.len() > bytes_max {
            Err(too_large())
        } else {
            Ok(body)
        };
    }
    if request.inner().body().is_none() {
        return Ok(Vec::new());
    }
    let mut stream = request.stream().map_err(unreadable)?;
    let mut body = Vec::new();
    let mut length = 0;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(unreadable)?;
        length += chunk.len();
        if length <= bytes_max {
            body.extend_from_slice(&chunk);
        } else if length > DROPPED_BYTES_MAX {
            break;
        } else {
            body = Vec::new();
        }
    }
    if length > bytes_max {
        return Err(too_large());
    }
    Ok(body)
}

/// A body as it arrives.
pub struct Pieces(Option<ByteStream>);

/// The body in the pieces in which it arrives; nothing of it is held.
pub fn pieces(request: &mut Request) -> Result<Pieces, Problem> {
    if request.inner().body().is_none() {
        return Ok(Pieces(None));
    }
    request
        .stream()
        .map(|stream| Pieces(Some(stream)))
        .map_err(|_| broke_off())
}

impl Pieces {
    /// The next piece; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, Problem> {
        match &mut self.0 {
            Some(stream) => stream.next().await.transpose().map_err(|_| broke_off()),
            None => Ok(None),
        }
    }

    /// Reads on and drops what comes, so that the answer of a refusal arrives.
    pub async fn pass_over(&mut self) {
        let mut length = 0;
        while let Ok(Some(piece)) = self.next().await {
            length += piece.len();
            if length > DROPPED_BYTES_MAX {
                break;
            }
        }
    }
}

fn broke_off() -> Problem {
    Problem::bad_request("the body broke off; send the request again")
}
