//! JSON as a stream: a body is told to a [`Listener`] piece by piece, wherever it is cut.
//!
//! What the listener does not want is passed over where it stands: of a text that is skipped only
//! the quote that ends it is looked for, many bytes at a time. Nothing is held but the place (a
//! bit a level), a key and a number, each within a bound, so that no body makes it use more.
use memchr::memchr2;

use crate::otlp::skipped_text::end_of_text;

/// The most levels of nesting; as many as `serde_json` takes.
const DEPTH_MAX: u32 = 128;
/// Bytes of a key that are kept; no name that is looked for is longer.
const KEY_BYTES_MAX: usize = 128;
/// Bytes of a number or word that are kept: more than any number that counts has.
const SCALAR_BYTES_MAX: usize = 64;

/// What is told of a body. An error ends the scan.
pub(crate) trait Listener {
    /// Why it can't go on.
    type Error;
    /// A key of the object that is open, unescaped; empty where it is too long to be a name.
    fn key(&mut self, key: &str);
    /// An object or a list begins.
    fn open(&mut self, container: Container) -> Result<(), Self::Error>;
    /// The object or the list that is open ends.
    fn close(&mut self) -> Result<(), Self::Error>;
    /// A text begins; whether its content is wanted.
    fn begin_text(&mut self) -> Result<bool, Self::Error>;
    /// A part of a text that is wanted, unescaped. A part may end inside of a character.
    fn text(&mut self, part: &[u8]);
    /// The text ends.
    fn end_text(&mut self) -> Result<(), Self::Error>;
    /// A number, `true`, `false` or `null`.
    fn scalar(&mut self, json: &str) -> Result<(), Self::Error>;
}

/// What holds other values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    Object,
    List,
}

/// Why a scan ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScanError<E> {
    /// The bytes are no JSON.
    NotJson,
    /// The listener's.
    Listener(E),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expects {
    Value,
    ValueOrEnd,
    KeyOrEnd,
    Key,
    Colon,
    CommaOrEnd,
    End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Nothing,
    Key,
    Wanted,
    Skipped,
    Scalar,
}

/// Where in an escape a cut may fall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Escape {
    None,
    Begun,
    /// The digits of `\u` so far, and how many.
    Unicode(u32, u8),
}

/// A scan on its way.
pub(crate) struct JsonScan {
    expects: Expects,
    inside: Inside,
    escape: Escape,
    /// The first half of a pair of `\u`.
    high_surrogate: u32,
    depth: u32,
    /// A bit for each level: whether it is an object. The lowest is the innermost.
    objects: u128,
    key: Vec<u8>,
    scalar: Vec<u8>,
    position: u64,
}

impl JsonScan {
    pub(crate) fn new() -> Self {
        Self {
            expects: Expects::Value,
            inside: Inside::Nothing,
            escape: Escape::None,
            high_surrogate: 0,
            depth: 0,
            objects: 0,
            key: Vec::with_capacity(KEY_BYTES_MAX),
            scalar: Vec::with_capacity(SCALAR_BYTES_MAX),
            position: 0,
        }
    }

    /// How many bytes were taken: the place of a fault.
    pub(crate) const fn position(&self) -> u64 {
        self.position
    }

    /// Takes the next bytes of the body.
    pub(crate) fn feed<L: Listener>(
        &mut self,
        mut bytes: &[u8],
        listener: &mut L,
    ) -> Result<(), ScanError<L::Error>> {
        while !bytes.is_empty() {
            let taken = match self.inside {
                Inside::Nothing => self.structure(bytes, listener)?,
                Inside::Skipped => self.skipped(bytes, listener)?,
                Inside::Key | Inside::Wanted => self.kept_text(bytes, listener)?,
                Inside::Scalar => self.scalar(bytes, listener)?,
            };
            self.position += taken as u64;
            bytes = bytes.get(taken..).unwrap_or_default();
        }
        Ok(())
    }

    /// Ends the body.
    pub(crate) fn finish<L: Listener>(
        &mut self,
        listener: &mut L,
    ) -> Result<(), ScanError<L::Error>> {
        if self.inside == Inside::Scalar {
            self.end_scalar(listener)?;
        }
        if self.expects == Expects::End && self.inside == Inside::Nothing {
            Ok(())
        } else {
            Err(ScanError::NotJson)
        }
    }

    /// Takes what stands between texts and numbers.
    fn structure<L: Listener>(
        &mut self,
        bytes: &[u8],
        listener: &mut L,
    ) -> Result<usize, ScanError<L::Error>> {
        for (index, &byte) in bytes.iter().enumerate() {
            if matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                continue;
            }
            match (self.expects, byte) {
                (Expects::Value | Expects::ValueOrEnd, b'"') => {
                    let is_wanted = listener.begin_text().map_err(ScanError::Listener)?;
                    self.inside = if is_wanted {
                        Inside::Wanted
                    } else {
                        Inside::Skipped
                    };
                    return Ok(index + 1);
                }
                (Expects::KeyOrEnd | Expects::Key, b'"') => {
                    self.key.clear();
                    self.inside = Inside::Key;
                    return Ok(index + 1);
                }
                (Expects::CommaOrEnd, b',') if self.is_in_object() => self.expects = Expects::Key,
                (Expects::Colon, b':') | (Expects::CommaOrEnd, b',') => {
                    self.expects = Expects::Value;
                }
                (Expects::Value | Expects::ValueOrEnd, b'{') => {
                    self.open(Container::Object, listener)?;
                }
                (Expects::Value | Expects::ValueOrEnd, b'[') => {
                    self.open(Container::List, listener)?;
                }
                (Expects::KeyOrEnd | Expects::CommaOrEnd, b'}') if self.is_in_object() => {
                    self.close(listener)?;
                }
                (Expects::ValueOrEnd | Expects::CommaOrEnd, b']') if !self.is_in_object() => {
                    self.close(listener)?;
                }
                (Expects::Value | Expects::ValueOrEnd, b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
                    self.scalar.clear();
                    self.inside = Inside::Scalar;
                    return Ok(index);
                }
                _ => return Err(ScanError::NotJson),
            }
        }
        Ok(bytes.len())
    }

    fn open<L: Listener>(
        &mut self,
        container: Container,
        listener: &mut L,
    ) -> Result<(), ScanError<L::Error>> {
        if self.depth == DEPTH_MAX {
            return Err(ScanError::NotJson);
        }
        self.depth += 1;
        let is_object = container == Container::Object;
        self.objects = self.objects << 1 | u128::from(is_object);
        self.expects = if is_object {
            Expects::KeyOrEnd
        } else {
            Expects::ValueOrEnd
        };
        listener.open(container).map_err(ScanError::Listener)
    }

    fn close<L: Listener>(&mut self, listener: &mut L) -> Result<(), ScanError<L::Error>> {
        self.depth -= 1;
        self.objects >>= 1;
        self.value_ended();
        listener.close().map_err(ScanError::Listener)
    }

    fn is_in_object(&self) -> bool {
        self.objects & 1 == 1 && self.depth > 0
    }

    fn value_ended(&mut self) {
        self.inside = Inside::Nothing;
        self.expects = if self.depth == 0 {
            Expects::End
        } else {
            Expects::CommaOrEnd
        };
    }

    /// Looks for the end of a text that nobody wants.
    fn skipped<L: Listener>(
        &mut self,
        bytes: &[u8],
        listener: &mut L,
    ) -> Result<usize, ScanError<L::Error>> {
        let mut is_escaped = self.escape == Escape::Begun;
        let end = end_of_text(bytes, &mut is_escaped);
        self.escape = if is_escaped {
            Escape::Begun
        } else {
            Escape::None
        };
        let Some(end) = end else {
            return Ok(bytes.len());
        };
        self.value_ended();
        listener.end_text().map_err(ScanError::Listener)?;
        Ok(end + 1)
    }

    /// Takes a run of a text that is kept, or one byte of an escape.
    fn kept_text<L: Listener>(
        &mut self,
        bytes: &[u8],
        listener: &mut L,
    ) -> Result<usize, ScanError<L::Error>> {
        let first = bytes.first().copied().unwrap_or_default();
        if self.escape != Escape::None {
            self.escaped(first, listener)?;
            return Ok(1);
        }
        let end = memchr2(b'"', b'\\', bytes);
        let run = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
        if !run.is_empty() {
            self.give(run, listener);
        }
        match end.and_then(|end| bytes.get(end)) {
            None => Ok(run.len()),
            Some(b'\\') => {
                self.escape = Escape::Begun;
                Ok(run.len() + 1)
            }
            Some(_) => {
                self.lone_surrogate(listener);
                if self.inside == Inside::Key {
                    self.inside = Inside::Nothing;
                    self.expects = Expects::Colon;
                    let key = std::str::from_utf8(&self.key);
                    let fits = self.key.len() < KEY_BYTES_MAX;
                    listener.key(key.ok().filter(|_| fits).unwrap_or_default());
                } else {
                    self.value_ended();
                    listener.end_text().map_err(ScanError::Listener)?;
                }
                Ok(run.len() + 1)
            }
        }
    }

    /// Takes one byte of an escape.
    fn escaped<L: Listener>(
        &mut self,
        byte: u8,
        listener: &mut L,
    ) -> Result<(), ScanError<L::Error>> {
        if let Escape::Unicode(number, digits) = self.escape {
            let digit = char::from(byte).to_digit(16).ok_or(ScanError::NotJson)?;
            let number = number << 4 | digit;
            self.escape = Escape::Unicode(number, digits + 1);
            if digits == 3 {
                self.escape = Escape::None;
                self.code_unit(number, listener);
            }
            return Ok(());
        }
        if byte == b'u' {
            self.escape = Escape::Unicode(0, 0);
            return Ok(());
        }
        let plain = match byte {
            b'"' | b'\\' | b'/' => byte,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            _ => return Err(ScanError::NotJson),
        };
        self.escape = Escape::None;
        self.give(&[plain], listener);
        Ok(())
    }

    /// A `\u`: half of a pair waits for the other half, and is a replacement character without it.
    fn code_unit<L: Listener>(&mut self, unit: u32, listener: &mut L) {
        let high = self.high_surrogate;
        if high != 0 && (0xdc00..0xe000).contains(&unit) {
            self.high_surrogate = 0;
            let pair = 0x1_0000 + ((high - 0xd800) << 10) + (unit - 0xdc00);
            self.give_char(char::from_u32(pair), listener);
            return;
        }
        self.lone_surrogate(listener);
        if (0xd800..0xdc00).contains(&unit) {
            self.high_surrogate = unit;
        } else {
            self.give_char(char::from_u32(unit), listener);
        }
    }

    fn lone_surrogate<L: Listener>(&mut self, listener: &mut L) {
        if std::mem::take(&mut self.high_surrogate) != 0 {
            self.give_char(None, listener);
        }
    }

    fn give_char<L: Listener>(&mut self, character: Option<char>, listener: &mut L) {
        let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
        self.give_bytes(character.encode_utf8(&mut [0; 4]).as_bytes(), listener);
    }

    fn give<L: Listener>(&mut self, part: &[u8], listener: &mut L) {
        self.lone_surrogate(listener);
        self.give_bytes(part, listener);
    }

    fn give_bytes<L: Listener>(&mut self, part: &[u8], listener: &mut L) {
        if self.inside == Inside::Key {
            let room = KEY_BYTES_MAX - self.key.len();
            self.key
                .extend_from_slice(part.get(..room.min(part.len())).unwrap_or_default());
        } else {
            listener.text(part);
        }
    }

    /// Takes a number or a word up to what ends it.
    fn scalar<L: Listener>(
        &mut self,
        bytes: &[u8],
        listener: &mut L,
    ) -> Result<usize, ScanError<L::Error>> {
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
        let length = bytes
            .iter()
            .position(|byte| !is_part(byte))
            .unwrap_or(bytes.len());
        if self.scalar.len() + length > SCALAR_BYTES_MAX {
            return Err(ScanError::NotJson);
        }
        self.scalar
            .extend_from_slice(bytes.get(..length).unwrap_or_default());
        if length < bytes.len() {
            self.end_scalar(listener)?;
        }
        Ok(length)
    }

    fn end_scalar<L: Listener>(&mut self, listener: &mut L) -> Result<(), ScanError<L::Error>> {
        let scalar = std::mem::take(&mut self.scalar);
        let json = std::str::from_utf8(&scalar).map_err(|_| ScanError::NotJson)?;
        if !is_scalar(json) {
            return Err(ScanError::NotJson);
        }
        self.value_ended();
        listener.scalar(json).map_err(ScanError::Listener)?;
        self.scalar = scalar;
        Ok(())
    }
}

fn is_scalar(json: &str) -> bool {
    matches!(json, "true" | "false" | "null")
        || serde_json::from_str::<serde_json::Number>(json).is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    /// Builds the value again from what it is told.
    #[derive(Default)]
    struct Rebuilt {
        json: String,
        text: Vec<u8>,
        skips: bool,
    }

    impl Listener for Rebuilt {
        type Error = ();
        fn key(&mut self, key: &str) {
            self.separate();
            self.json.push_str(&json!(key).to_string());
            self.json.push(':');
        }
        fn open(&mut self, container: Container) -> Result<(), ()> {
            self.separate();
            let is_object = container == Container::Object;
            self.json.push(if is_object { '{' } else { '[' });
            self.text.push(u8::from(is_object));
            Ok(())
        }
        fn close(&mut self) -> Result<(), ()> {
            let is_object = self.text.pop() == Some(1);
            self.json.push(if is_object { '}' } else { ']' });
            Ok(())
        }
        fn begin_text(&mut self) -> Result<bool, ()> {
            self.separate();
            self.text.push(b'|');
            Ok(!self.skips)
        }
        fn text(&mut self, part: &[u8]) {
            self.text.extend_from_slice(part);
        }
        fn end_text(&mut self) -> Result<(), ()> {
            let start = self.text.iter().rposition(|&b| b == b'|').unwrap();
            let text = self.text.split_off(start);
            let text = String::from_utf8(text[1..].to_vec()).unwrap();
            self.json.push_str(&json!(text).to_string());
            Ok(())
        }
        fn scalar(&mut self, json: &str) -> Result<(), ()> {
            self.separate();
            self.json.push_str(json);
            Ok(())
        }
    }

    impl Rebuilt {
        fn separate(&mut self) {
            if !self.json.is_empty() && !self.json.ends_with(['{', '[', ':']) {
                self.json.push(',');
            }
        }
    }

    fn rebuild(json: &[u8], cut: usize, skips: bool) -> Result<String, ScanError<()>> {
        let mut scan = JsonScan::new();
        let mut rebuilt = Rebuilt {
            skips,
            ..Rebuilt::default()
        };
        for piece in json.chunks(cut) {
            scan.feed(piece, &mut rebuilt)?;
        }
        scan.finish(&mut rebuilt)?;
        Ok(rebuilt.json)
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[^|]{0,12}".prop_map(Value::from),
            "[\"\\\\u\n😀]{0,9}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map("[a-z\"\\\\]{1,6}", inner, 0..5)
                    .prop_map(|fields| Value::from(serde_json::Map::from_iter(fields))),
            ]
        })
    }

    proptest! {
        #[test]
        fn wherever_it_is_cut_a_body_says_the_same(value in any_json(), cut in 1_usize..9, pretty in any::<bool>()) {
            let json = if pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
            let whole: Value = serde_json::from_str(&rebuild(json.as_bytes(), cut, false).unwrap()).unwrap();
            prop_assert_eq!(&whole, &value);
            let skipped = rebuild(json.as_bytes(), cut, true).unwrap();
            prop_assert_eq!(skipped, rebuild(json.as_bytes(), json.len(), true).unwrap());
        }

        #[test]
        fn what_is_no_json_for_serde_is_none_here(json in "[\\[\\]{},:\"0-9a\\\\tru e-]{0,12}") {
            // Of what stands in a text only its end is looked at here.
            if rebuild(json.as_bytes(), 1, false).is_ok() {
                prop_assert!(serde_json::from_str::<Value>(&json).is_ok(), "{}", json);
            }
        }
    }

    #[test]
    fn escapes_are_read_across_any_cut() {
        let json = br#"["\ud83d\ude00 \u00e9\n\"\\","\ud83d lone","\ud83d\ud83d\ude00"]"#;
        for cut in 1..json.len() {
            let rebuilt = rebuild(json, cut, false).unwrap();
            let expected = json!(["😀 é\n\"\\", "\u{fffd} lone", "\u{fffd}😀"]).to_string();
            assert_eq!(rebuilt, expected, "cut every {cut} bytes");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        assert!(rebuild("[".repeat(128).as_bytes(), 7, false).is_err());
        let deep = "[".repeat(129);
        let mut scan = JsonScan::new();
        let found = scan.feed(deep.as_bytes(), &mut Rebuilt::default());
        assert_eq!((found, scan.position()), (Err(ScanError::NotJson), 0));
    }
}
