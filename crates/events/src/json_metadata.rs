//! `metadata`: a small JSON object that is kept as it is.
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::Rejection;
use crate::json_fields::kind_of;
use crate::limits::{DEPTH_MAX, METADATA_BYTES_MAX};

/// The object as compact JSON with sorted keys: so a repeat that orders them otherwise is still
/// the same event. An empty object is none.
pub(crate) fn compact(value: &RawValue) -> Result<Option<String>, Rejection> {
    let json = value.get();
    let fits = json.len() <= METADATA_BYTES_MAX && depth(json) <= DEPTH_MAX;
    if !fits {
        return Err(Rejection::invalid(
            "metadata",
            format!("has {} bytes and {} levels", json.len(), depth(json)),
            format!("send at most {METADATA_BYTES_MAX} bytes and {DEPTH_MAX} levels"),
        ));
    }
    let object: Map<String, Value> = serde_json::from_str(json).map_err(|_| {
        Rejection::invalid(
            "metadata",
            format!("is {}, not a JSON object that can be kept", kind_of(json)),
            "send an object",
        )
    })?;
    if object.is_empty() {
        return Ok(None);
    }
    Ok(Some(Value::Object(object).to_string()))
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
    fn an_empty_object_is_none_and_another_type_is_refused() {
        assert_eq!(compact_text("{}").unwrap(), None);
        assert!(compact_text("[1]").unwrap_err().fault.contains("a list"));
    }

    #[test]
    fn size_and_depth_are_bounded() {
        let long = format!(r#"{{"a":"{}"}}"#, "x".repeat(METADATA_BYTES_MAX));
        assert!(compact_text(&long).is_err());
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
