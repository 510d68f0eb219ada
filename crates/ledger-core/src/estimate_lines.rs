//! The compact form in which an estimate's lines are kept: the JSON text of
//! `cost_estimates.lines`.
//!
//! An array of lines. A line of tokens is `[bucket, quantity, price id, amount, flags, multiplier's
//! numerator, denominator]`, the bucket by its place in [`BUCKETS`]; any other line begins with
//! component (0 to 3, in the order of [`Component::ALL`]) and the resource's name instead. Price id
//! and amount (picodollars) are null where the book had no rate; `0, 1, 1` at the end is left out.
//! Price rows never change, so rate, source and dates are read from `prices` when a line is
//! explained. Every byte here is kept for each interaction.

use cost_calculation::{Component, Flags, Line, PicoUsd, ResourceType};
use serde_json::{Value, json};

/// The token buckets by the number that stands for them in a stored line. The order never changes;
/// more may follow.
pub const BUCKETS: [ResourceType; 10] = [
    ResourceType::Input,
    ResourceType::CacheRead,
    ResourceType::CacheWrite5m,
    ResourceType::CacheWrite1h,
    ResourceType::Output,
    ResourceType::Reasoning,
    ResourceType::AudioIn,
    ResourceType::AudioOut,
    ResourceType::ImageIn,
    ResourceType::ImageOut,
];

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
            let bucket = (line.component == Component::AiTokens)
                .then(|| BUCKETS.iter().position(|bucket| *bucket == line.resource))
                .flatten();
            let mut values = if let Some(bucket) = bucket {
                vec![json!(bucket)]
            } else {
                let component = Component::ALL
                    .iter()
                    .position(|known| *known == line.component);
                vec![json!(component), json!(line.resource.to_string())]
            };
            values.extend([
                json!(line.quantity),
                json!(line.price_id),
                json!(line.amount.map(PicoUsd::get)),
            ]);
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
    let [first, rest @ ..] = values else {
        return None;
    };
    let place = usize::try_from(first.as_u64()?).ok()?;
    let (component, resource, numbers) = match rest {
        [Value::String(name), numbers @ ..] => {
            (*Component::ALL.get(place)?, name.parse().ok()?, numbers)
        }
        numbers => (Component::AiTokens, BUCKETS.get(place)?.clone(), numbers),
    };
    let [quantity, price_id, amount, extras @ ..] = numbers else {
        return None;
    };
    let extra = |at: usize, default: i64| extras.get(at).map_or(Some(default), Value::as_i64);
    Some(StoredLine {
        component,
        resource,
        quantity: quantity.as_u64()?,
        price_id: price_id.as_i64(),
        amount: amount.as_i64().map(PicoUsd::new),
        flags: Flags::from_bits(u32::try_from(extra(0, 0)?).ok()?),
        multiplier: (extra(1, 1)?, extra(2, 1)?),
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
            "[[1,1000,7,25000000]]"
        );
        let search = Line {
            component: Component::ApiCalls,
            resource: ResourceType::Call("web_search".to_owned()),
            ..plain.clone()
        };
        for line in [
            search,
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
