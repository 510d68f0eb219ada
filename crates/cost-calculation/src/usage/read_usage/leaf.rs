//! A usage object, taken apart into its leaves.
use serde_json::Value;

use crate::Decimal;

/// Levels that are looked into; the deepest published object has five.
const DEPTH_MAX: usize = 8;
/// Leaves that are looked at; the largest published object has some eighty. One more means that
/// there are more.
pub(super) const LEAVES_MAX: usize = 512;

/// One value with the path that leads to it.
pub(super) struct Leaf<'v> {
    /// In lower snake case, whoever wrote it: `prompt_tokens_details[audio].token_count`.
    pub path: String,
    /// As the source wrote it.
    pub shown: String,
    pub value: &'v Value,
}

/// What a leaf holds, as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Amount {
    /// A whole number of zero or more, whether it was written as 1000, 1000.0 or "1000".
    Whole(u64),
    /// A number with a fraction, in thousandths, rounded half to even.
    Thousandths(u64),
    /// A number below zero, without its sign and rounded up.
    Negative(u64),
    /// A number beyond every limit.
    Huge,
    /// Not a number.
    None,
}

impl Amount {
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Number(number) => match number.as_u64() {
                Some(count) => Self::Whole(count),
                None => Self::of_text(&number.to_string()),
            },
            Value::String(text) => Self::of_text(text.trim()),
            _ => Self::None,
        }
    }

    fn of_text(text: &str) -> Self {
        if text.len() > 64 || !text.bytes().any(|byte| byte.is_ascii_digit()) {
            return Self::None;
        }
        let (is_negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        if digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return match digits.parse() {
                Ok(0) => Self::Whole(0),
                Ok(count) if is_negative => Self::Negative(count),
                Ok(count) => Self::Whole(count),
                Err(_) => Self::Huge,
            };
        }
        let Ok(decimal) = digits.parse::<Decimal>() else {
            return Self::None;
        };
        let Ok(thousandths) = decimal.scaled_half_even(3) else {
            return Self::Huge;
        };
        let whole = decimal
            .scaled(0)
            .ok()
            .and_then(|whole| u64::try_from(whole).ok());
        let thousandths = thousandths.unsigned_abs();
        match whole {
            Some(0) => Self::Whole(0),
            _ if is_negative => Self::Negative(thousandths.div_ceil(1_000).max(1)),
            Some(whole) => Self::Whole(whole),
            // A number that is not zero never becomes it.
            None => Self::Thousandths(thousandths.max(1)),
        }
    }

    /// As a whole number, rounded up; 1 for what is no number.
    pub const fn rounded_up(self) -> u64 {
        match self {
            Self::Whole(count) | Self::Negative(count) => count,
            Self::Thousandths(thousandths) => thousandths.div_ceil(1_000),
            Self::Huge => super::TOKENS_MAX,
            Self::None => 1,
        }
    }
}

/// Whether a value that is too deep to be taken apart holds a number.
pub(super) fn holds_number(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.values().any(holds_number),
        Value::Array(members) => members.iter().any(holds_number),
        Value::Number(_) => Amount::of(value) != Amount::Whole(0),
        _ => false,
    }
}

/// Every leaf of a value, in its order.
pub(super) fn leaves(value: &Value) -> Vec<Leaf<'_>> {
    let mut found = Vec::with_capacity(16);
    walk(value, String::new(), String::new(), 0, &mut found);
    found
}

fn walk<'v>(
    value: &'v Value,
    path: String,
    shown: String,
    depth: usize,
    found: &mut Vec<Leaf<'v>>,
) {
    if found.len() > LEAVES_MAX {
        return;
    }
    match value {
        Value::Null => {}
        Value::Object(fields) if depth < DEPTH_MAX => {
            for (key, member) in fields {
                let (mut inner, mut inner_shown) = (path.clone(), shown.clone());
                if !inner.is_empty() {
                    inner.push('.');
                    inner_shown.push('.');
                }
                push_snake(&mut inner, key);
                inner_shown.push_str(key);
                walk(member, inner, inner_shown, depth + 1, found);
            }
        }
        Value::Array(members) if depth < DEPTH_MAX => {
            for member in members {
                let kind = ["modality", "ttl", "type"]
                    .into_iter()
                    .find_map(|name| member.get(name)?.as_str())
                    .unwrap_or_default()
                    .to_ascii_lowercase();
                let (inner, inner_shown) = (format!("{path}[{kind}]"), format!("{shown}[{kind}]"));
                walk(member, inner, inner_shown, depth + 1, found);
            }
        }
        _ => found.push(Leaf { path, shown, value }),
    }
}

/// `inputTokens` and `input_tokens` are one name.
fn push_snake(path: &mut String, key: &str) {
    let mut after_lower = false;
    for character in key.chars() {
        if character.is_ascii_uppercase() {
            if after_lower {
                path.push('_');
            }
            path.push(character.to_ascii_lowercase());
            after_lower = false;
        } else {
            path.push(character);
            after_lower = character.is_ascii_lowercase() || character.is_ascii_digit();
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_count_is_the_same_however_it_is_written() {
        for value in [
            json!(1000),
            json!(1000.0),
            json!("1000"),
            json!(" 1000.0 "),
            json!("1e3"),
        ] {
            assert_eq!(Amount::of(&value), Amount::Whole(1_000), "{value}");
        }
        assert_eq!(Amount::of(&json!(0.0)), Amount::Whole(0));
        assert_eq!(Amount::of(&json!(27.4)), Amount::Thousandths(27_400));
        assert_eq!(Amount::of(&json!(1e-9)), Amount::Thousandths(1));
        assert_eq!(Amount::of(&json!(-20)), Amount::Negative(20));
        assert_eq!(Amount::of(&json!("-0.5")), Amount::Negative(1));
        assert_eq!(Amount::of(&json!(1e300)), Amount::Huge);
        for value in [json!("1,000"), json!("NaN"), json!(true), json!("priority")] {
            assert_eq!(Amount::of(&value), Amount::None, "{value}");
        }
    }

    #[test]
    fn leaves_have_one_name_in_every_spelling() {
        let payload = json!({"promptTokensDetails": [{"modality": "AUDIO", "tokenCount": 3}],
            "cacheDetails": [{"ttl": "1h", "inputTokens": 5}], "a": null});
        let paths: Vec<String> = leaves(&payload).into_iter().map(|leaf| leaf.path).collect();
        assert_eq!(
            paths,
            [
                "cache_details[1h].input_tokens",
                "cache_details[1h].ttl",
                "prompt_tokens_details[audio].modality",
                "prompt_tokens_details[audio].token_count",
            ]
        );
    }
}
