//! The wire format of protocol buffers, read in place.
//!
//! Only what OTLP needs: fields by number, as varint, fixed 64 bits or a slice of the body.
//! Everything else is skipped by its length. Nothing is copied and nothing recurses, so a body
//! can't make it use more memory or stack than a constant.
//! Format: <https://protobuf.dev/programming-guides/encoding/>.

/// The value of one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Varint(u64),
    Fixed64(u64),
    Bytes(&'a [u8]),
    /// A 32-bit field; OTLP's traces have none that is looked at.
    Fixed32,
}

impl<'a> Value<'a> {
    pub(crate) fn bytes(self) -> Option<&'a [u8]> {
        if let Self::Bytes(bytes) = self {
            Some(bytes)
        } else {
            None
        }
    }

    pub(crate) fn text(self) -> Option<&'a str> {
        self.bytes()
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
    }

    pub(crate) fn varint(self) -> Option<u64> {
        if let Self::Varint(number) = self {
            Some(number)
        } else {
            None
        }
    }

    pub(crate) fn fixed64(self) -> Option<u64> {
        if let Self::Fixed64(number) = self {
            Some(number)
        } else {
            None
        }
    }
}

/// The bytes are not a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotAMessage;

/// The fields of one message, in their order. After an error there are no more.
#[derive(Clone)]
pub(crate) struct Message<'a>(&'a [u8]);

impl<'a> Message<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    fn next_field(&mut self) -> Result<(u64, Value<'a>), NotAMessage> {
        let tag = self.varint()?;
        let value = match tag & 7 {
            0 => Value::Varint(self.varint()?),
            1 => {
                let (bytes, rest) = self.0.split_first_chunk::<8>().ok_or(NotAMessage)?;
                self.0 = rest;
                Value::Fixed64(u64::from_le_bytes(*bytes))
            }
            2 => {
                let length = usize::try_from(self.varint()?).map_err(|_| NotAMessage)?;
                let (bytes, rest) = self.0.split_at_checked(length).ok_or(NotAMessage)?;
                self.0 = rest;
                Value::Bytes(bytes)
            }
            5 => {
                let (_, rest) = self.0.split_first_chunk::<4>().ok_or(NotAMessage)?;
                self.0 = rest;
                Value::Fixed32
            }
            // Groups were removed from the language before OTLP existed.
            _ => return Err(NotAMessage),
        };
        Ok((tag >> 3, value))
    }

    fn varint(&mut self) -> Result<u64, NotAMessage> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first().ok_or(NotAMessage)?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(NotAMessage)
    }
}

impl<'a> Iterator for Message<'a> {
    type Item = Result<(u64, Value<'a>), NotAMessage>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.next_field();
        if field.is_err() {
            self.0 = &[];
        }
        Some(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_in_order_by_their_wire_type() {
        let bytes = [
            0x08, 0x96, 0x01, 0x12, 2, b'h', b'i', 0x19, 1, 0, 0, 0, 0, 0, 0, 0, 0x25, 0, 0, 0, 0,
        ];
        let fields: Vec<_> = Message::new(&bytes).map(Result::unwrap).collect();
        assert_eq!(
            fields,
            [
                (1, Value::Varint(150)),
                (2, Value::Bytes(b"hi")),
                (3, Value::Fixed64(1)),
                (4, Value::Fixed32),
            ]
        );
    }

    #[test]
    fn a_length_beyond_the_body_is_an_error_and_the_end() {
        let mut fields = Message::new(&[0x12, 0xff, 0xff, 0xff, 0xff, 0x0f, b'x']);
        assert_eq!(fields.next(), Some(Err(NotAMessage)));
        assert_eq!(fields.next(), None);
    }

    #[test]
    fn an_endless_varint_is_an_error() {
        assert_eq!(Message::new(&[0xff; 20]).next(), Some(Err(NotAMessage)));
    }
}
