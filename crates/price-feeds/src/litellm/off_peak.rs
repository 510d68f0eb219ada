//! LiteLLM's `off_peak_pricing`: other rates in weekly windows.

use serde_json::value::RawValue;

use super::{EntryPrice, field};
use crate::{
    Rate,
    quote::{FeedBuilder, SkipReason},
    raw_object::{self, RawObject, decimal_text, text},
    schedule::{self, Window},
};

/// Reads `{windows: [{hours_utc, weekdays}], …fields}`.
///
/// Weekdays of another time zone than UTC can't be written as UTC windows without splitting every
/// one at that zone's midnight; such entries keep their peak rate and are counted.
pub(super) fn read(
    builder: &mut FeedBuilder,
    name: &str,
    fields: &RawObject<'_>,
    prices: &mut Vec<EntryPrice>,
) {
    let Some(off_peak) = fields.get("off_peak_pricing") else {
        return;
    };
    let place = || format!("{name}: off_peak_pricing");
    let Some(off_peak) = RawObject::read(off_peak) else {
        builder.skip(SkipReason::Malformed, place);
        return;
    };
    if off_peak.get("weekday_timezone").is_some() {
        builder.skip(SkipReason::UnsupportedResource, || {
            format!("{name}: off_peak_pricing in a weekday_timezone")
        });
        return;
    }
    let Some(schedule) = off_peak.get("windows").and_then(windows) else {
        builder.skip(SkipReason::Malformed, place);
        return;
    };
    for (field_name, value) in &off_peak.0 {
        let field::FieldName::Price(field) = field::read(field_name) else {
            continue;
        };
        let Some(decimal) = decimal_text(value) else {
            builder.skip(SkipReason::NotANumber, place);
            continue;
        };
        match Rate::from_decimal(&decimal, 1, field.per) {
            Ok(rate) => prices.push(EntryPrice {
                field,
                schedule: schedule.clone(),
                rate,
            }),
            Err(error) => builder.skip_rate(error, place),
        }
    }
}

fn windows(list: &RawValue) -> Option<String> {
    let list: Vec<RawObject<'_>> = raw_object::list(list.get()).ok()?;
    let mut windows = Vec::new();
    for entry in &list {
        let days: Vec<u8> = match entry.get("weekdays") {
            Some(days) => raw_object::list(days.get()).ok()?,
            None => Vec::new(),
        };
        let hours = entry.get("hours_utc")?;
        let hours: Vec<String> = match text(hours) {
            Some(one) => vec![one.into_owned()],
            None => raw_object::list(hours.get()).ok()?,
        };
        for range in &hours {
            windows.push(Window::read(range, &days)?);
        }
    }
    (!windows.is_empty()).then(|| schedule::text(&windows))
}
