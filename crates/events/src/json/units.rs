//! `units`: everything counted that is not a token.
use std::collections::BTreeMap;

use cost_calculation::Units;
use serde_json::value::RawValue;

use crate::Rejection;
use crate::json::fields::Fields;
use crate::limits::{CALL_RESOURCES_MAX, RESOURCE_CHARS_MAX, UNITS_MAX};
use crate::rejection::shown;

/// Reads the quantities; what is left out is zero.
pub(crate) fn read(value: &RawValue) -> Result<Units, Rejection> {
    let mut fields = Fields::of_field(value, "units.")?;
    let mut count = |name| fields.count(name, UNITS_MAX).map(Option::unwrap_or_default);
    let mut units = Units {
        rows_read: count("rows_read")?,
        rows_written: count("rows_written")?,
        operations: count("operations")?,
        cpu_ms: count("cpu_ms")?,
        wall_ms: count("wall_ms")?,
        requests: count("requests")?,
        calls: BTreeMap::new(),
    };
    if let Some(value) = fields.take("calls") {
        units.calls = calls(value)?;
    }
    fields.finish()?;
    Ok(units)
}

fn calls(value: &RawValue) -> Result<BTreeMap<String, u64>, Rejection> {
    let mut fields = Fields::of_field(value, "units.calls.")?;
    let resources: Vec<String> = fields.names().map(ToOwned::to_owned).collect();
    if resources.len() > CALL_RESOURCES_MAX {
        return Err(Rejection::invalid(
            "units.calls",
            format!("names {} resources", resources.len()),
            format!("send at most {CALL_RESOURCES_MAX}"),
        ));
    }
    let mut calls = BTreeMap::new();
    for resource in resources {
        if resource.is_empty()
            || resource.len() > RESOURCE_CHARS_MAX
            || !resource.bytes().all(|byte| byte.is_ascii_graphic())
        {
            return Err(Rejection::invalid(
                "units.calls",
                format!("names a resource that is {}", shown(&resource)),
                format!("send names of at most {RESOURCE_CHARS_MAX} visible ASCII characters"),
            ));
        }
        if let Some(quantity) = fields
            .count(&resource, UNITS_MAX)?
            .filter(|&count| count > 0)
        {
            calls.insert(resource, quantity);
        }
    }
    Ok(calls)
}
