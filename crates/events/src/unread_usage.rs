//! Usage that could not be read: the call is kept, its numbers as lines without a price.
use serde_json::{Map, Value};

use crate::Interaction;
use crate::limits::{CALL_RESOURCES_MAX, RESOURCE_CHARS_MAX, UNITS_MAX};

/// What stands before the name of a number that was not understood.
const UNREAD: &str = "unread:";

/// Keeps the numbers of a usage object that was not understood as calls without a price, so that
/// the cost is unknown and the receipt says why.
pub(crate) fn keep_unread(
    interaction: &mut Interaction,
    field: &str,
    numbers: &Map<String, Value>,
) {
    let mut names = Map::new();
    for (name, value) in numbers {
        let is_name = !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"._:-[]".contains(&b));
        let name = if is_name { name } else { "unnamed" };
        if let Value::Number(_) = value {
            names.insert(name.to_owned(), value.clone());
        }
        if !is_zero(value) {
            add(interaction, name, quantity(value));
        }
    }
    if !interaction
        .units
        .calls
        .keys()
        .any(|call| call.starts_with(UNREAD))
    {
        add(interaction, field, 1);
    }
    if !names.is_empty() {
        interaction.usage_numbers = Some(Value::Object(names).to_string());
    }
}

fn add(interaction: &mut Interaction, name: &str, quantity: u64) {
    let call: String = UNREAD
        .chars()
        .chain(name.chars())
        .take(RESOURCE_CHARS_MAX)
        .collect();
    let calls = &mut interaction.units.calls;
    if calls.len() < CALL_RESOURCES_MAX || calls.contains_key(&call) {
        calls.insert(call, quantity);
    }
}

fn is_zero(value: &Value) -> bool {
    value.as_u64() == Some(0)
}

/// A number as a whole one, rounded up; 1 for what is none, so that there is a line.
fn quantity(value: &Value) -> u64 {
    let text = match value {
        Value::Number(number) => number.to_string(),
        _ => return 1,
    };
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let more = u64::from(part.bytes().any(|digit| digit != b'0'));
    let whole = whole.parse::<u64>().ok().map(|whole| whole + more);
    whole.unwrap_or(1).clamp(1, UNITS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interaction::tests::an_interaction;

    #[test]
    fn numbers_that_were_not_understood_become_lines_without_a_price() {
        let mut kept = an_interaction();
        let numbers = serde_json::json!({
            "new_tokens": 12.5, "zero": 0, "negative": -20, "what was said": 7, "text": "1,000",
        });
        keep_unread(&mut kept, "usage", numbers.as_object().unwrap());
        let calls: Vec<_> = kept.units.calls.into_iter().collect();
        let expected = [
            ("unread:negative", 1),
            ("unread:new_tokens", 13),
            ("unread:text", 1),
            ("unread:unnamed", 7),
        ];
        assert_eq!(calls, expected.map(|(name, n)| (name.to_owned(), n)));
        assert!(!kept.usage_numbers.unwrap().contains("said"));
    }

    #[test]
    fn usage_without_a_number_is_a_line_too() {
        let mut kept = an_interaction();
        keep_unread(&mut kept, "usage_details", &Map::new());
        assert_eq!(kept.units.calls["unread:usage_details"], 1);
        assert_eq!(kept.usage_numbers, None);
    }
}
