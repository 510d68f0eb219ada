//! A body as the only one of its traces.
use std::collections::BTreeMap;

use events::{OtlpOutcome, Reason, Resolved, TraceSpan, resolve_trace};

/// The outcome with what its native spans come to among its interactions, and the others among those
/// that are none.
pub fn resolved(mut outcome: OtlpOutcome) -> OtlpOutcome {
    let mut by_trace: BTreeMap<String, Vec<TraceSpan>> = BTreeMap::new();
    for span in std::mem::take(&mut outcome.trace_spans) {
        by_trace
            .entry(span.trace_id.clone())
            .or_default()
            .push(span);
    }
    for resolved in by_trace
        .values()
        .flat_map(|spans| resolve_trace(spans))
        .flatten()
    {
        match resolved {
            Resolved::Counts(interaction) => outcome.interactions.push(*interaction),
            Resolved::PartOf(_) => leave_out(&mut outcome, Reason::InnerCall),
            Resolved::Sum => leave_out(&mut outcome, Reason::SumOfCalls),
            Resolved::LeftOut(reason) => leave_out(&mut outcome, reason),
        }
    }
    outcome
}

fn leave_out(outcome: &mut OtlpOutcome, reason: Reason) {
    outcome.dropped += 1;
    outcome.left_out.add(reason, 1, String::new);
}
