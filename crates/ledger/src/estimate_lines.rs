//! The compact form in which an estimate's lines are kept: the JSON text of
//! `cost_estimates.lines`.
//!
//! An array of lines, each an array of component (0 to 3, in the order of [`Component::ALL`]),
//! resource, quantity, price id or null, amount in picodollars or null, flags, multiplier's
//! numerator and denominator; what is left out at the end is `0, 1, 1`. Price rows never change,
//! so rate, source and dates are read from `prices` when a line is explained.

use cost_calculation::{Component, Flags, Line, PicoUsd, ResourceType};
use serde_json::{Value, json};

/// A line as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLine {
    /// The component it belongs to.
    pub component: Component,
    /// What was consumed.
    pub resource: ResourceType,
    /// How much of it.
    pub quantity: u64,
    /// The row of `prices` that it was priced by.
    pub price_id: Option<i64>,
    /// Its amount; `None` where the book had no rate.
    pub amount: Option<PicoUsd>,
    /// What a reader must know.
    pub flags: Flags,
    /// Numerator and denominator of the factor on the rate.
    pub multiplier: (i64, i64),
}

/// The text that `cost_estimates.lines` keeps.
pub fn compact_lines(lines: &[Line]) -> String {
    let compact: Vec<Value> = lines
        .iter()
        .map(|line| {
            let component = Component::ALL
                .iter()
                .position(|known| *known == line.component);
            let mut values = vec![
                json!(component),
                json!(line.resource.to_string()),
                json!(line.quantity),
                json!(line.price_id),
                json!(line.amount.map(PicoUsd::get)),
            ];
            let (numerator, denominator) = line.multiplier;
            if (numerator, denominator) != (1, 1) {
                values.extend([
                    json!(line.flags.bits()),
                    json!(numerator),
                    json!(denominator),
                ]);
            } else if !line.flags.is_empty() {
                values.push(json!(line.flags.bits()));
            }
            Value::Array(values)
        })
        .collect();
    Value::Array(compact).to_string()
}

/// Reads the text of `cost_estimates.lines` back; the error says which line is at fault.
pub fn read_lines(text: &str) -> Result<Vec<StoredLine>, String> {
    let lines: Vec<Vec<Value>> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    lines
        .iter()
        .enumerate()
        .map(|(at, line)| read_line(line).ok_or_else(|| format!("line {at} is not readable")))
        .collect()
}

fn read_line(values: &[Value]) -> Option<StoredLine> {
    let component = usize::try_from(values.first()?.as_u64()?).ok()?;
    let number = |at: usize, default: i64| values.get(at).map_or(Some(default), Value::as_i64);
    Some(StoredLine {
        component: *Component::ALL.get(component)?,
        resource: values.get(1)?.as_str()?.parse().ok()?,
        quantity: values.get(2)?.as_u64()?,
        price_id: values.get(3)?.as_i64(),
        amount: values.get(4)?.as_i64().map(PicoUsd::new),
        flags: Flags::from_bits(u16::try_from(number(5, 0)?).ok()?),
        multiplier: (number(6, 1)?, number(7, 1)?),
    })
}

#[cfg(test)]
mod tests {
    use cost_calculation::{Component, Flag, Flags, Line, PicoUsd, ResourceType};

    use super::{StoredLine, compact_lines, read_lines};

    fn line(multiplier: (i64, i64), flags: Flags) -> Line {
        Line {
            component: Component::AiTokens,
            resource: ResourceType::CacheRead,
            quantity: 1000,
            price_id: Some(7),
            rate_pico: Some(25_000_000_000),
            per: 1_000_000,
            multiplier,
            amount: Some(PicoUsd::new(25_000_000)),
            flags,
            note: None,
        }
    }

    #[test]
    fn a_line_without_remarks_takes_a_few_bytes_and_comes_back() {
        let plain = line((1, 1), Flags::NONE);
        assert_eq!(
            compact_lines(std::slice::from_ref(&plain)),
            r#"[[0,"cache_read",1000,7,25000000]]"#
        );
        for line in [
            plain,
            line((1, 1), Flags::NONE.with(Flag::StalePrice)),
            line((11, 10), Flags::NONE),
        ] {
            let stored = StoredLine {
                component: line.component,
                resource: line.resource.clone(),
                quantity: line.quantity,
                price_id: line.price_id,
                amount: line.amount,
                flags: line.flags,
                multiplier: line.multiplier,
            };
            assert_eq!(read_lines(&compact_lines(&[line])), Ok(vec![stored]));
        }
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        assert_eq!(
            read_lines("[[0]]"),
            Err("line 0 is not readable".to_owned())
        );
        assert!(read_lines("{}").is_err());
    }
}
