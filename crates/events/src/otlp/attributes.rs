//! What is kept of a span's attributes: the few that are looked at, each within a bound.
use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::Rejection;
use crate::limits::{
    ATTRIBUTE_BYTES_MAX, ATTRIBUTE_TEXTS_MAX, ATTRIBUTES_MAX, COUNTS_MAX, KEPT_BYTES_MAX,
    STATUS_MESSAGE_BYTES_MAX,
};
use crate::otlp::attribute_names::{Attribute, OBSERVATION_INPUT, is_about_models, is_count};

/// The names that stand as an example of what a span holds, and their characters.
const EXAMPLE_NAMES_MAX: usize = 6;
const EXAMPLE_NAME_CHARS_MAX: usize = 48;

/// Stands for the counts that were not kept; no table has a meaning for it.
const MORE_COUNTS: &str = "gen_ai.usage.more";

/// The attributes of one span that are looked at.
#[derive(Default)]
pub(crate) struct Attributes {
    known: Vec<(Attribute, AttributeValue)>,
    /// Counts of a model's call by their full names, as they came.
    counts: Vec<(String, AttributeValue)>,
    /// Counts beyond those that one span may keep.
    more_counts: u64,
    /// Names about models that are not looked at.
    unknown: Vec<String>,
    kept_bytes: usize,
}

/// What an attribute holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AttributeValue {
    Text(String),
    /// A whole number, however it was written.
    Int(i64),
    /// Another number, as decimal text.
    Decimal(String),
    Texts(Vec<String>),
    /// Longer than anything that is looked at may be.
    TooLong,
}

impl AttributeValue {
    /// A number of floating point: a count that came as a double is the count.
    pub(crate) fn of_double(double: f64) -> Self {
        let text = double.to_string();
        match text.parse() {
            Ok(int) => Self::Int(int),
            Err(_) => Self::Decimal(text),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Text(text) | Self::Decimal(text) => text.len(),
            Self::Texts(texts) => texts.iter().map(String::len).sum(),
            Self::Int(_) | Self::TooLong => 0,
        }
    }

    /// As text, which ids and numbers are looked at as.
    fn into_text(self) -> Self {
        match self {
            Self::Int(int) => Self::Text(int.to_string()),
            Self::Decimal(text) => Self::Text(text),
            other => other,
        }
    }
}

/// What is done with the value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    Known(Attribute),
    Count(String),
    /// The input of an observation, which may name tools.
    Input,
    No,
}

impl Wanted {
    /// Bytes of a text that are kept.
    pub(crate) const fn bytes_max(&self) -> usize {
        match self {
            Self::Known(Attribute::ObservationStatusMessage) => STATUS_MESSAGE_BYTES_MAX,
            Self::Known(_) | Self::Count(_) => ATTRIBUTE_BYTES_MAX,
            Self::Input | Self::No => 0,
        }
    }

    /// Whether only the beginning of a text that is longer is kept.
    pub(crate) const fn is_cut(&self) -> bool {
        matches!(self, Self::Known(Attribute::ObservationStatusMessage))
    }
}

impl Attributes {
    /// Whether the attribute of this name is looked at; takes the name for an example where not.
    pub(crate) fn wants(&mut self, key: &str) -> Wanted {
        if let Some(attribute) = Attribute::from_key(key) {
            return Wanted::Known(attribute);
        }
        if key == OBSERVATION_INPUT {
            return Wanted::Input;
        }
        if is_count(key) {
            return Wanted::Count(key.to_owned());
        }
        if is_about_models(key)
            && self.unknown.len() < EXAMPLE_NAMES_MAX
            && key.len() <= EXAMPLE_NAME_CHARS_MAX
            && key
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        {
            self.unknown.push(key.to_owned());
        }
        Wanted::No
    }

    /// Keeps an attribute, within what one span may keep.
    pub(crate) fn keep(&mut self, wanted: Wanted, value: AttributeValue) {
        let bytes = value.bytes();
        let fits = self.kept_bytes + bytes <= KEPT_BYTES_MAX;
        let value = if fits { value } else { AttributeValue::TooLong };
        match wanted {
            Wanted::Known(attribute) if self.known.len() < ATTRIBUTES_MAX => {
                self.known.push((attribute, value.into_text()));
            }
            Wanted::Count(key) if self.counts.len() < COUNTS_MAX => self.counts.push((key, value)),
            Wanted::Count(_) => {
                self.more_counts += 1;
                return;
            }
            _ => return,
        }
        if fits {
            self.kept_bytes += bytes;
        }
    }

    pub(crate) fn get(&self, attribute: Attribute) -> Option<&AttributeValue> {
        self.known
            .iter()
            .find(|(key, _)| *key == attribute)
            .map(|(_, value)| value)
    }

    pub(crate) fn has(&self, attribute: Attribute) -> bool {
        self.get(attribute).is_some()
    }

    /// The attribute as it came, where it is a text.
    pub(crate) fn word(&self, attribute: Attribute) -> Option<&str> {
        match self.get(attribute) {
            Some(AttributeValue::Text(text)) => Some(text.trim()).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// The first of these attributes that holds a text, trimmed and not empty.
    pub(crate) fn text(
        &self,
        attributes: &[Attribute],
        chars_max: usize,
    ) -> Result<Option<&str>, Rejection> {
        for &attribute in attributes {
            match self.get(attribute) {
                Some(AttributeValue::Text(text)) => {
                    let text = text.trim();
                    if text.is_empty() {
                        continue;
                    }
                    return check_text(text, attribute, chars_max).map(Some);
                }
                Some(AttributeValue::TooLong) => return Err(too_long(attribute, chars_max)),
                _ => {}
            }
        }
        Ok(None)
    }

    /// The first of these attributes that holds a text within the limit. For what only describes:
    /// a call is not refused because its description is too long.
    pub(crate) fn text_that_fits(
        &self,
        attributes: &[Attribute],
        chars_max: usize,
    ) -> Option<&str> {
        attributes
            .iter()
            .find_map(|&attribute| self.text(&[attribute], chars_max).ok().flatten())
    }

    /// The texts of a list; empty where there is none.
    pub(crate) fn texts(&self, attribute: Attribute) -> &[String] {
        match self.get(attribute) {
            Some(AttributeValue::Texts(texts)) => texts,
            _ => &[],
        }
    }

    /// A whole number, also where it came as text.
    pub(crate) fn int(&self, attribute: Attribute) -> Option<i64> {
        self.word(attribute)?.parse().ok()
    }

    /// Whether the span counts something of a model's call.
    pub(crate) fn has_counts(&self) -> bool {
        !self.counts.is_empty()
    }

    /// The counts by their full names: whole numbers as numbers, and what is none as it came.
    pub(crate) fn counts(&self) -> Map<String, Value> {
        let mut counts = Map::new();
        for (key, value) in &self.counts {
            let value = match value {
                AttributeValue::Int(int) => Value::from(*int),
                AttributeValue::Text(text) => match text.trim().parse::<i64>() {
                    Ok(int) => Value::from(int),
                    Err(_) => Value::from(text.as_str()),
                },
                AttributeValue::Decimal(text) => match serde_json::from_str(text) {
                    Ok(number) => Value::Number(number),
                    Err(_) => Value::from(text.as_str()),
                },
                AttributeValue::Texts(_) | AttributeValue::TooLong => Value::from("unreadable"),
            };
            // The first of a name counts, as everywhere.
            counts.entry(key.clone()).or_insert(value);
        }
        if self.more_counts > 0 {
            counts.insert(MORE_COUNTS.to_owned(), Value::from(self.more_counts));
        }
        counts
    }

    /// About how many bytes are held.
    pub(crate) fn kept_bytes(&self) -> usize {
        let slots = self.known.len() + self.counts.len() + self.unknown.len();
        self.kept_bytes + slots * EXAMPLE_NAME_CHARS_MAX
    }

    /// Some names about models that nothing here looks at.
    pub(crate) fn unknown_names(&self) -> &[String] {
        &self.unknown
    }

    /// The names of what is looked at and of some that are not: never a value.
    pub(crate) fn example(&self) -> String {
        let known = self.known.iter().map(|(attribute, _)| attribute.key());
        let counts = self.counts.iter().map(|(key, _)| key.as_str());
        let unknown = self.unknown.iter().map(String::as_str);
        let mut names: Vec<Cow<'_, str>> = Vec::new();
        for name in unknown.chain(counts).chain(known) {
            let is_short = name.len() <= EXAMPLE_NAME_CHARS_MAX;
            if is_short && names.len() < EXAMPLE_NAMES_MAX && !names.iter().any(|n| n == name) {
                names.push(Cow::Borrowed(name));
            }
        }
        names.join(", ")
    }
}

/// The first texts of a list; those over the limit are none that is looked for.
pub(crate) fn keep_text_of_list(texts: &mut Vec<String>, text: &str) {
    if text.len() <= ATTRIBUTE_BYTES_MAX && texts.len() < ATTRIBUTE_TEXTS_MAX {
        texts.push(text.to_owned());
    }
}

fn check_text(text: &str, attribute: Attribute, chars_max: usize) -> Result<&str, Rejection> {
    if text.chars().count() > chars_max {
        return Err(too_long(attribute, chars_max));
    }
    if text.chars().any(char::is_control) {
        return Err(Rejection::invalid(
            attribute.key(),
            "holds a control character",
            "send one line of text",
        ));
    }
    Ok(text)
}

fn too_long(attribute: Attribute, chars_max: usize) -> Rejection {
    Rejection::invalid(
        attribute.key(),
        format!("has more than {chars_max} characters"),
        format!("send at most {chars_max}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_the_same_as_an_integer_a_double_or_a_text() {
        let mut attributes = Attributes::default();
        for (key, value) in [
            ("gen_ai.usage.a", AttributeValue::Int(500)),
            ("gen_ai.usage.b", AttributeValue::of_double(500.0)),
            ("gen_ai.usage.c", AttributeValue::Text("500".to_owned())),
            ("gen_ai.usage.d", AttributeValue::of_double(0.5)),
            ("gen_ai.usage.e", AttributeValue::of_double(f64::NAN)),
        ] {
            let wanted = attributes.wants(key);
            attributes.keep(wanted, value);
        }
        let counts = Value::Object(attributes.counts()).to_string();
        assert_eq!(
            counts,
            r#"{"gen_ai.usage.a":500,"gen_ai.usage.b":500,"gen_ai.usage.c":500,"gen_ai.usage.d":0.5,"gen_ai.usage.e":"NaN"}"#
        );
    }

    #[test]
    fn one_span_keeps_no_more_than_its_share() {
        let mut attributes = Attributes::default();
        for _ in 0..ATTRIBUTES_MAX {
            let text = "x".repeat(ATTRIBUTE_BYTES_MAX);
            attributes.keep(
                Wanted::Known(Attribute::TraceName),
                AttributeValue::Text(text),
            );
        }
        assert!(attributes.kept_bytes <= KEPT_BYTES_MAX);
    }

    #[test]
    fn an_example_is_of_names_that_look_like_names() {
        let mut attributes = Attributes::default();
        for key in ["gen_ai.new.thing", "gen_ai.what was said", "other"] {
            attributes.wants(key);
        }
        assert_eq!(attributes.example(), "gen_ai.new.thing");
    }
}
