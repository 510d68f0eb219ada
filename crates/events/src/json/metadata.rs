//! `metadata`: a small JSON object that is kept as it is.
use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize as _;
use serde_json::value::RawValue;

use crate::Rejection;
use crate::json::fields::{Fields, Text, kind_of};
use crate::limits::{DEPTH_MAX, METADATA_BYTES_MAX, METADATA_FIELDS_MAX};

/// The object as compact JSON with sorted keys: so a repeat that orders them otherwise is still
/// the same event. Numbers keep their digits. An empty object is none.
pub(crate) fn compact(value: &RawValue) -> Result<Option<String>, Rejection> {
    let json = value.get();
    if depth(json) > DEPTH_MAX {
        let remedy = format!("send at most {DEPTH_MAX} levels");
        return Err(Rejection::invalid(
            "metadata",
            "is nested too deeply",
            remedy,
        ));
    }
    if kind_of(json) != "an object" {
        let fault = format!("is {}", kind_of(json));
        return Err(Rejection::invalid("metadata", fault, "send a JSON object"));
    }
    let mut compact = String::with_capacity(json.len().min(METADATA_BYTES_MAX));
    write_value(json, &mut compact)?;
    if compact.len() > METADATA_BYTES_MAX {
        return Err(Rejection::invalid(
            "metadata",
            format!("has {} bytes as compact JSON", compact.len()),
            format!("send at most {METADATA_BYTES_MAX}"),
        ));
    }
    Ok((compact != "{}").then_some(compact))
}

/// Writes one value, each level as deep as the depth that was checked before.
fn write_value(json: &str, compact: &mut String) -> Result<(), Rejection> {
    match kind_of(json) {
        "an object" => {
            let fields = Fields::of_object::<METADATA_FIELDS_MAX>(json, "metadata.")?;
            // Inserted one by one: collecting would bring a sort into each Worker.
            let mut sorted = BTreeMap::new();
            for (key, value) in fields.into_entries() {
                sorted.insert(key, value);
            }
            compact.push('{');
            for (index, (key, value)) in sorted.iter().enumerate() {
                separate(index, compact);
                write_string(key, compact);
                compact.push(':');
                write_value(value.get(), compact)?;
            }
            compact.push('}');
        }
        "a list" => {
            let items: Vec<&RawValue> = serde_json::from_str(json).map_err(|_| unreadable())?;
            compact.push('[');
            for (index, item) in items.iter().enumerate() {
                separate(index, compact);
                write_value(item.get(), compact)?;
            }
            compact.push(']');
        }
        "a string" => {
            let mut reader = serde_json::Deserializer::from_str(json);
            let Text(text) = Text::deserialize(&mut reader).map_err(|_| unreadable())?;
            write_string(&text, compact);
        }
        _ => compact.push_str(json),
    }
    Ok(())
}

fn separate(index: usize, compact: &mut String) {
    if index > 0 {
        compact.push(',');
    }
}

fn write_string(text: &str, compact: &mut String) {
    // Writing to a string does not fail.
    let _ = write!(compact, "{}", serde_json::Value::from(text));
}

fn unreadable() -> Rejection {
    Rejection::invalid(
        "metadata",
        "holds a string with a broken escape",
        "send valid Unicode",
    )
}

/// How many brackets are open at once, strings skipped.
pub(crate) fn depth(json: &str) -> usize {
    let (mut open, mut deepest, mut in_string, mut escaped) = (0_usize, 0_usize, false, false);
    for byte in json.bytes() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => {
                open += 1;
                deepest = deepest.max(open);
            }
            b'}' | b']' => open = open.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compact_text(json: &str) -> Result<Option<String>, Rejection> {
        compact(&RawValue::from_string(json.to_owned()).unwrap())
    }

    #[test]
    fn the_order_of_keys_plays_no_part() {
        let left = compact_text(r#"{ "b": 1, "a": [true] }"#).unwrap();
        let right = compact_text(r#"{"a":[true],"b":1}"#).unwrap();
        assert_eq!(left, right);
        assert_eq!(left.as_deref(), Some(r#"{"a":[true],"b":1}"#));
    }

    #[test]
    fn values_are_kept_as_they_were_sent() {
        let numbers = r#"{"a":1e400,"b":-0,"c":123456789012345678901234567890,"d":1.50}"#;
        assert_eq!(compact_text(numbers).unwrap().as_deref(), Some(numbers));
        let escaped = compact_text(r#"{"\u0061":"\u00fc\u0000\/"}"#).unwrap();
        assert_eq!(escaped.as_deref(), Some(r#"{"a":"ü\u0000/"}"#));
    }

    #[test]
    fn a_key_that_stands_twice_and_half_a_surrogate_are_refused() {
        for refused in [
            r#"{"a":1,"\u0061":2}"#,
            r#"{"a":{"b":1,"b":1}}"#,
            r#"{"a":"\ud800"}"#,
            r#"{"a":["\udc00\ud800"]}"#,
            r#"{"\ud800":1}"#,
        ] {
            let rejection = compact_text(refused).unwrap_err();
            assert!(rejection.field.starts_with("metadata"), "{rejection}");
        }
    }

    #[test]
    fn an_empty_object_is_none_and_another_type_is_refused() {
        assert_eq!(compact_text("{}").unwrap(), None);
        assert!(compact_text("[1]").unwrap_err().fault.contains("a list"));
    }

    #[test]
    fn size_and_depth_are_bounded() {
        let long = format!(r#"{{"a":"{}"}}"#, "x".repeat(METADATA_BYTES_MAX));
        assert!(compact_text(&long).is_err());
        let spacious = format!(r#"{{"a":{}1}}"#, " ".repeat(METADATA_BYTES_MAX));
        assert_eq!(compact_text(&spacious).unwrap().unwrap(), r#"{"a":1}"#);
        let deep = format!(
            "{{\"a\":{}{}}}",
            "[".repeat(DEPTH_MAX),
            "]".repeat(DEPTH_MAX)
        );
        assert!(compact_text(&deep).is_err());
        let fits = format!(
            "{{\"a\":{}{}}}",
            "[".repeat(DEPTH_MAX - 1),
            "]".repeat(DEPTH_MAX - 1)
        );
        assert!(compact_text(&fits).is_ok());
        assert_eq!(depth(r#"{"a":"]]{{[["}"#), 1);
    }
}
