//! A request's body, within a limit.

use js_sys::{ArrayBuffer, Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use worker::Request;

use crate::problem::Problem;

/// Of a body over its limit, so much is read to the end and dropped: whoever is answered while still
/// sending may see a broken connection in place of the answer.
const DROPPED_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The most bytes of a piece, and from how many on it is handed over. The runtime's own pieces are of
/// four kilobytes: 22 MB of them took 120 ms on two cores, and 15 ms in these.
const PIECE_BYTES_MAX: u32 = 256 * 1024;
const PIECE_BYTES_MIN: u32 = 128 * 1024;

/// Reads the body; over `bytes_max` it keeps nothing and refuses.
pub async fn read(request: &mut Request, bytes_max: usize) -> Result<Vec<u8>, Problem> {
    let too_large = || {
        Problem::too_large(format!(
            "the body is over {bytes_max} bytes: send less at a time, for example half of it twice"
        ))
    };
    let announced = request.headers().get("content-length").ok().flatten();
    let announced = announced.and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > DROPPED_BYTES_MAX) {
        return Err(too_large());
    }
    if announced.is_some_and(|length| length <= bytes_max) {
        let body = request.bytes().await.map_err(|_| broke_off())?;
        return if body.len() > bytes_max {
            Err(too_large())
        } else {
            Ok(body)
        };
    }
    let mut pieces = pieces(request)?;
    let mut body = Vec::new();
    let mut length = 0;
    while let Some(piece) = pieces.next().await? {
        length += piece.len();
        if length <= bytes_max {
            body.extend_from_slice(&piece);
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
pub struct Pieces {
    /// The runtime's reader; `None` where there is no body, and at its end.
    reader: Option<Reader>,
}

struct Reader {
    reader: JsValue,
    read_at_least: Function,
    /// What the runtime writes the next piece into; it is handed to and fro.
    buffer: ArrayBuffer,
}

/// The body in pieces of some hundred kilobytes; nothing of it is held.
pub fn pieces(request: &mut Request) -> Result<Pieces, Problem> {
    let Some(stream) = request.inner().body() else {
        return Ok(Pieces { reader: None });
    };
    let reader = Reader::of(stream.as_ref()).map_err(|_| broke_off())?;
    Ok(Pieces {
        reader: Some(reader),
    })
}

impl Reader {
    fn of(stream: &JsValue) -> Result<Self, JsValue> {
        let options = Object::new();
        Reflect::set(&options, &"mode".into(), &"byob".into())?;
        let get_reader: Function = Reflect::get(stream, &"getReader".into())?.dyn_into()?;
        let reader = get_reader.call1(stream, &options)?;
        Ok(Self {
            read_at_least: Reflect::get(&reader, &"readAtLeast".into())?.dyn_into()?,
            reader,
            buffer: ArrayBuffer::new(PIECE_BYTES_MAX),
        })
    }

    /// The next bytes, and whether they are the last.
    async fn read(&mut self) -> Result<(Vec<u8>, bool), JsValue> {
        let view = Uint8Array::new(&self.buffer);
        let reading = self
            .read_at_least
            .call2(&self.reader, &PIECE_BYTES_MIN.into(), &view)?;
        let read = JsFuture::from(reading.dyn_into::<Promise>()?).await?;
        let is_last = Reflect::get(&read, &"done".into())?.is_truthy();
        let value = Reflect::get(&read, &"value".into())?;
        let Ok(value) = value.dyn_into::<Uint8Array>() else {
            return Ok((Vec::new(), is_last));
        };
        self.buffer = value.buffer();
        Ok((value.to_vec(), is_last))
    }
}

impl Pieces {
    /// The next piece; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, Problem> {
        while let Some(reader) = &mut self.reader {
            let (piece, is_last) = reader.read().await.map_err(|_| broke_off())?;
            if is_last {
                self.reader = None;
            }
            if !piece.is_empty() {
                return Ok(Some(piece));
            }
        }
        Ok(None)
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
