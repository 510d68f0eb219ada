//! Anthropic's `iterations`: the steps of one answer, of which the top level leaves some out.
use serde_json::Value;

use super::cache_lifetime::writes;
use super::field_table;
use super::slot::Slot;
use super::tally::Tally;
use crate::flags::Flag;

/// Most steps that are looked at; what lies beyond them is one unread line.
const STEPS_MAX: usize = 64;

/// The object without its steps, and the steps; `None` where it has none.
pub(super) fn apart(payload: &Value) -> Option<(Value, Vec<Value>)> {
    let has_steps = |object: &Value| object.get("iterations").is_some_and(Value::is_array);
    let inner = payload.get("usage").is_some_and(has_steps);
    if !inner && !has_steps(payload) {
        return None;
    }
    let mut rest = payload.clone();
    let object = if inner {
        rest.get_mut("usage")?
    } else {
        &mut rest
    };
    match object.as_object_mut()?.remove("iterations")? {
        Value::Array(steps) => Some((rest, steps)),
        _ => None,
    }
}

/// Adds the steps that the top level leaves out and that its model took; those of another model
/// stay unread, by name.
pub(super) fn add(tally: &mut Tally, steps: &[Value], provider: &str) {
    let mut largest = prompt_of(tally);
    let mut any = false;
    for (at, step) in steps.iter().enumerate() {
        let kind = step.get("type").and_then(Value::as_str).unwrap_or_default();
        match kind {
            _ if at >= STEPS_MAX => tally.add_unread("iterations", 1),
            // The top level has them.
            "message" | "fallback_message" => {}
            "compaction" => {
                let mut own = Tally::new(tally.assumed_lifetime);
                own.take(&without_kind(step), field_table::of_object);
                largest = largest.max(prompt_of(&own));
                let written = writes(&mut own, provider);
                tally.flags = tally.flags.union(own.flags).with(Flag::CompactionAdded);
                tally.doubts.append(&mut own.doubts);
                for slot in [Slot::Input, Slot::Output, Slot::CacheRead, Slot::Reasoning] {
                    tally.add(slot, own.get(slot));
                }
                add_writes(tally, written.short, written.long, provider);
                for (field, count) in own.unread {
                    let held = tally.unread.entry(field).or_default();
                    *held = held.saturating_add(count);
                }
                any = true;
            }
            other => {
                let mut own = Tally::new(None);
                own.take(&without_kind(step), |_| None);
                let name = if other.is_empty() { "unknown" } else { other };
                for (field, count) in own.unread {
                    let field = field.trim_start_matches(crate::usage::unread::UNREAD);
                    tally.add_unread(&format!("iterations[{name}].{field}"), count);
                }
            }
        }
    }
    if any {
        // Each step is a call: the largest prompt of them chooses the context tier, not their sum.
        tally
            .calls
            .insert(crate::names::resource::CONTEXT_TOKENS.to_owned(), largest);
    }
}

fn add_writes(tally: &mut Tally, short: u64, long: u64, provider: &str) {
    if short == 0 && long == 0 {
        return;
    }
    // From here on all lifetimes are told.
    let told = writes(tally, provider);
    tally.set(Slot::CacheWrite, 0);
    tally.set(Slot::Write30m, 0);
    tally.set(Slot::Write5m, told.short.saturating_add(short));
    tally.set(
        Slot::Write1h,
        told.long.saturating_sub(told.half_day).saturating_add(long),
    );
}

fn without_kind(step: &Value) -> Value {
    let mut step = step.clone();
    if let Some(fields) = step.as_object_mut() {
        fields.remove("type");
        fields.remove("model");
    }
    step
}

fn prompt_of(tally: &Tally) -> u64 {
    let writes = tally.get(Slot::CacheWrite).max(
        tally
            .get(Slot::Write5m)
            .saturating_add(tally.get(Slot::Write1h)),
    );
    tally
        .get(Slot::Input)
        .saturating_add(tally.get(Slot::CacheRead))
        .saturating_add(writes)
}
