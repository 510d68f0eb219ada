//! The fields of one JSON object, each read by name with an error that says what is wrong.
//!
//! Values stay slices of the body until a field asks for them, so what nobody asks for is
//! scanned and never copied.
use std::borrow::Cow;
use std::fmt;

use chrono::{NaiveDate, NaiveTime};
use cost_calculation::UnixMillis;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::json::body::body_text;
use crate::limits::{EVENT_BYTES_MAX, FIELDS_MAX};
use crate::rejection::{Rejection, shown};
use crate::timestamp;

/// The most characters of a reason.
const REASON_CHARS_MAX: usize = 1_000;

/// The fields of one object that have not been taken yet: the one reader of JSON bodies, whether they
/// are events or an admin's requests.
pub struct Fields<'a> {
    prefix: &'static str,
    entries: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'a> Fields<'a> {
    /// Reads the object that is the whole body.
    pub(crate) fn of_body(text: &'a str) -> Result<Self, Rejection> {
        Self::read::<FIELDS_MAX>(text, "").map_err(|fault| {
            Rejection::malformed(fault, "send one JSON object, as the contract describes")
        })
    }

    /// Reads the body of a request that is no event; an empty one is an object without fields.
    ///
    /// # Errors
    /// The body is too large, no UTF-8, no JSON object, or names a field twice.
    pub fn of_request(body: &'a [u8]) -> Result<Self, Rejection> {
        if body.is_empty() {
            let (prefix, entries) = ("", Vec::new());
            return Ok(Self { prefix, entries });
        }
        Self::of_body(body_text(body, EVENT_BYTES_MAX)?)
    }

    /// Reads the object that is the value of a field; `prefix` ends in a dot.
    pub(crate) fn of_field(value: &'a RawValue, prefix: &'static str) -> Result<Self, Rejection> {
        Self::of_object::<FIELDS_MAX>(value.get(), prefix)
    }

    /// The same, of the value's JSON, with a limit of its own.
    pub(crate) fn of_object<const MAX: usize>(
        json: &'a str,
        prefix: &'static str,
    ) -> Result<Self, Rejection> {
        Self::read::<MAX>(json, prefix).map_err(|fault| {
            let field = prefix.trim_end_matches('.');
            Rejection::invalid(
                field,
                fault,
                "send a JSON object, as the contract describes",
            )
        })
    }

    fn read<const MAX: usize>(text: &'a str, prefix: &'static str) -> Result<Self, String> {
        if !text.trim_ascii_start().starts_with('{') {
            return Err(format!("is {}, not an object", kind_of(text)));
        }
        match serde_json::from_str::<Entries<'a, MAX>>(text) {
            Ok(Entries(entries)) => Ok(Self { prefix, entries }),
            // serde_json's own message may quote what it found: only the place is passed on.
            Err(error) if error.is_data() => Err(entries_fault(&error, MAX)),
            Err(error) => Err(format!(
                "is not JSON (line {}, column {})",
                error.line(),
                error.column()
            )),
        }
    }

    /// A field's value, left where it is.
    pub(crate) fn peek(&self, name: &str) -> Option<&'a RawValue> {
        let found = self.entries.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| *value)
    }

    /// Takes a field's value; `null` is the same as absent.
    pub(crate) fn take(&mut self, name: &str) -> Option<&'a RawValue> {
        let index = self.entries.iter().position(|(key, _)| key == name)?;
        let (_, value) = self.entries.swap_remove(index);
        (value.get() != "null").then_some(value)
    }

    /// Takes a text, trimmed. Absent, `null` and blank are the same.
    ///
    /// # Errors
    /// It is no text, too long, or holds a control character.
    pub fn text(&mut self, name: &str, chars_max: usize) -> Result<Option<String>, Rejection> {
        Ok(self
            .text_or_empty(name, chars_max)?
            .filter(|text| !text.is_empty()))
    }

    /// Takes a text, trimmed, where an empty one says something else than none.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn text_or_empty(
        &mut self,
        name: &str,
        chars_max: usize,
    ) -> Result<Option<String>, Rejection> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let text = self.read_text(name, value)?;
        let trimmed = text.trim();
        if trimmed.chars().count() > chars_max {
            let fault = format!("has {} characters", trimmed.chars().count());
            return Err(self.invalid(name, fault, format!("send at most {chars_max}")));
        }
        if trimmed.chars().any(char::is_control) {
            let remedy = "send one line of text";
            return Err(self.invalid(name, "holds a control character", remedy));
        }
        Ok(Some(trimmed.to_owned()))
    }

    /// Takes a text that has to be there.
    ///
    /// # Errors
    /// As [`Self::text`], or it is missing.
    pub fn required(&mut self, name: &str, chars_max: usize) -> Result<String, Rejection> {
        self.text(name, chars_max)?
            .ok_or_else(|| self.missing(name, "send a text"))
    }

    /// Takes why an admin makes a change; every change of prices has to say.
    ///
    /// # Errors
    /// As [`Self::text`], or it is missing.
    pub fn reason(&mut self) -> Result<String, Rejection> {
        self.text("reason", REASON_CHARS_MAX)?
            .ok_or_else(|| self.missing("reason", "say in a text why it changes"))
    }

    /// Takes a whole number of at most `max`.
    ///
    /// # Errors
    /// It is no such number.
    pub fn count(&mut self, name: &str, max: u64) -> Result<Option<u64>, Rejection> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        match serde_json::from_str::<u64>(value.get()) {
            Ok(count) if count <= max => Ok(Some(count)),
            _ => Err(self.invalid(
                name,
                number_fault(value.get()),
                format!("send a whole number from 0 to {max}"),
            )),
        }
    }

    /// Takes a flag.
    ///
    /// # Errors
    /// It is neither true nor false.
    pub fn flag(&mut self, name: &str) -> Result<Option<bool>, Rejection> {
        match self.take(name).map(RawValue::get) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(other) => {
                let fault = format!("is {}", kind_of(other));
                Err(self.invalid(name, fault, "send true or false"))
            }
        }
    }

    /// Takes a moment: ISO 8601, unix milliseconds, or a date, which is its midnight in UTC.
    ///
    /// # Errors
    /// It is none of these.
    pub fn date_or_moment(&mut self, name: &str) -> Result<Option<UnixMillis>, Rejection> {
        let date = self.peek(name).map(RawValue::get).unwrap_or_default();
        let Ok(date) = date.trim_matches('"').parse::<NaiveDate>() else {
            return self.moment(name);
        };
        self.take(name);
        let midnight = date.and_time(NaiveTime::MIN).and_utc();
        Ok(Some(UnixMillis(midnight.timestamp_millis())))
    }

    /// Takes a moment: ISO 8601 or unix milliseconds.
    ///
    /// # Errors
    /// It is neither.
    pub fn moment(&mut self, name: &str) -> Result<Option<UnixMillis>, Rejection> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let field = self.path(name);
        if value.get().starts_with('"') {
            let text = self.read_text(name, value)?;
            return timestamp::from_text(text.trim(), &field).map(Some);
        }
        match serde_json::from_str::<i64>(value.get()) {
            Ok(number) => timestamp::from_number(number, &field).map(Some),
            // The text path words the refusal.
            Err(_) => timestamp::from_text("", &field).map(Some),
        }
    }

    /// Takes one of a closed set of words.
    ///
    /// # Errors
    /// It is none of them.
    pub fn word<T: Copy>(
        &mut self,
        name: &str,
        words: &[(&str, T)],
    ) -> Result<Option<T>, Rejection> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let text = self.read_text(name, value)?;
        if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == text) {
            return Ok(Some(*meaning));
        }
        let known: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
        Err(self.invalid(
            name,
            format!("is {}", shown(&text)),
            format!("send one of {}", known.join(", ")),
        ))
    }

    /// The fields that nobody has taken yet, with their values.
    pub(crate) fn into_entries(self) -> Vec<(Cow<'a, str>, &'a RawValue)> {
        self.entries
    }

    /// The names of the fields that nobody has taken yet.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(name, _)| name.as_ref())
    }

    /// Refuses the first field that nobody took: misspelt, it would be silently without effect.
    ///
    /// # Errors
    /// There is one.
    pub fn finish(self) -> Result<(), Rejection> {
        match self.entries.first() {
            None => Ok(()),
            Some((name, _)) => Err(self.invalid(
                name,
                "is not a field of this object",
                "leave it out; the contract lists the fields",
            )),
        }
    }

    /// A refusal of one of this object's fields.
    pub fn invalid(
        &self,
        name: &str,
        fault: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Rejection {
        Rejection::invalid(self.path(name), fault, remedy)
    }

    /// A refusal because a field is missing.
    pub fn missing(&self, name: &str, remedy: impl Into<String>) -> Rejection {
        self.invalid(name, "is missing", remedy)
    }

    fn read_text(&self, name: &str, value: &'a RawValue) -> Result<Cow<'a, str>, Rejection> {
        serde_json::from_str::<Text<'a>>(value.get())
            .map(|text| text.0)
            .map_err(|_| match kind_of(value.get()) {
                "a string" => {
                    let remedy = "send valid Unicode: a surrogate needs its other half";
                    self.invalid(name, "holds a broken escape", remedy)
                }
                kind => self.invalid(name, format!("is {kind}"), "send a string"),
            })
    }

    fn path(&self, name: &str) -> String {
        let shown_name = shown(name);
        let name = shown_name
            .strip_prefix('`')
            .and_then(|name| name.strip_suffix('`'));
        format!("{}{}", self.prefix, name.unwrap_or("(unnamed)"))
    }
}

/// What kind of JSON value a text begins.
pub(crate) fn kind_of(json: &str) -> &'static str {
    match json.trim_ascii_start().bytes().next() {
        Some(b'"') => "a string",
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        Some(b'-' | b'0'..=b'9') => "a number",
        Some(_) => "not JSON",
        None => "empty",
    }
}

fn number_fault(json: &str) -> String {
    match kind_of(json) {
        "a number" if json.len() <= 24 => format!("is {json}"),
        kind => format!("is {kind}"),
    }
}

fn entries_fault(error: &serde_json::Error, fields_max: usize) -> String {
    // Both of these are this module's own words, and hold no value of the body.
    let message = error.to_string();
    if message.starts_with(TOO_MANY_FIELDS) {
        format!("has more than {fields_max} fields")
    } else {
        format!("names a field twice (column {})", error.column())
    }
}

const TOO_MANY_FIELDS: &str = "too many fields";

/// The fields of an object: at most `MAX`, none of them twice.
struct Entries<'a, const MAX: usize>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de, const MAX: usize> Deserialize<'de> for Entries<'de, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor<const MAX: usize>;

impl<'de, const MAX: usize> Visitor<'de> for EntriesVisitor<MAX> {
    type Value = Entries<'de, MAX>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries: Vec<(Cow<'de, str>, &'de RawValue)> = Vec::new();
        while let Some((Text(key), value)) = map.next_entry::<Text<'de>, &'de RawValue>()? {
            if entries.len() == MAX {
                return Err(serde::de::Error::custom(TOO_MANY_FIELDS));
            }
            if entries.iter().any(|(seen, _)| *seen == key) {
                return Err(serde::de::Error::custom("a field twice"));
            }
            entries.push((key, value));
        }
        Ok(Entries(entries))
    }
}

/// A JSON string that borrows from the body where it holds no escape.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Text<'a>(pub Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}
