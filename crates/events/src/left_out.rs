//! What a body held that did not become an interaction, counted by the reason.
use std::collections::BTreeMap;

/// The most reasons that are told apart; what comes beyond is counted under the last.
const REASONS_MAX: usize = 32;
/// Characters of a reason: a word, and the field at fault.
const REASON_CHARS_MAX: usize = 80;
const FURTHER: &str = "further_reasons";

/// Why a span is no interaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Chains, prompts, agents: what stands around the calls of models and tools.
    Scaffolding,
    /// A database operation of no request.
    Background,
    /// A health check.
    Probe,
    /// A call inside of another one that shows the same tokens.
    InnerCall,
    /// An agent or a run that sums up the calls below it.
    SumOfCalls,
    /// A source that does not count for the type.
    OtherSource,
    /// It holds names about models and is no call that is understood.
    UnreadModelSpan,
    /// Nothing in it is looked at: middleware, functions.
    NoInteraction,
    /// A call of a tool whose name can't be told.
    UntoldTool,
    /// A span for which the memory of its trace has no room: it is recorded as it stands, or not
    /// remembered as a part of the trace.
    BeyondMemory,
}

impl Reason {
    /// The reason as answers name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scaffolding => "scaffolding",
            Self::Background => "background",
            Self::Probe => "probe",
            Self::InnerCall => "inner_call",
            Self::SumOfCalls => "sum_of_calls",
            Self::OtherSource => "other_source",
            Self::UnreadModelSpan => "unread_model_span",
            Self::NoInteraction => "no_interaction",
            Self::UntoldTool => "untold_tool",
            Self::BeyondMemory => "beyond_trace_memory",
        }
    }
}

/// Whether a reason is worth a look: money may be missing. The others are what is expected of any
/// trace.
pub fn is_worth_a_look(reason: &str) -> bool {
    matches!(
        reason,
        "unread_model_span" | "untold_tool" | "beyond_trace_memory" | FURTHER
    ) || reason.starts_with("refused")
}

/// How much was left out for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LeftOut {
    /// How many spans, or calls of tools.
    pub count: u32,
    /// Names of attributes of one of them; never a value.
    pub example: String,
}

/// What was left out, by reason.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LeftOutByReason(BTreeMap<String, LeftOut>);

impl LeftOutByReason {
    /// Counts what is left out for this reason.
    pub fn add(&mut self, reason: Reason, count: u32, example: impl FnOnce() -> String) {
        self.add_named(reason.as_str(), count, example);
    }

    /// Counts what was refused, by the field at fault.
    pub(crate) fn add_refused(&mut self, field: &str, example: impl FnOnce() -> String) {
        let is_name = field
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-[]".contains(&b));
        let field = if is_name { field } else { "unnamed" };
        let reason = format!("refused:{field}");
        self.add_named(&reason, 1, example);
    }

    /// Counts what is left out for a reason of this name.
    pub fn add_named(&mut self, reason: &str, count: u32, example: impl FnOnce() -> String) {
        if count == 0 {
            return;
        }
        let is_known = self.0.contains_key(reason);
        let reason = if is_known || self.0.len() < REASONS_MAX {
            reason
        } else {
            FURTHER
        };
        let reason: String = reason.chars().take(REASON_CHARS_MAX).collect();
        let entry = self.0.entry(reason).or_default();
        if entry.example.is_empty() {
            entry.example = example();
        }
        entry.count = entry.count.saturating_add(count);
    }

    /// Takes in what another part of the body left out.
    pub fn merge(&mut self, other: Self) {
        for (reason, left_out) in other.0 {
            self.add_named(&reason, left_out.count, || left_out.example);
        }
    }

    /// Every reason with what was left out for it, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &LeftOut)> {
        self.0.iter().map(|(reason, one)| (reason.as_str(), one))
    }

    /// Whether nothing was left out.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_counted_with_the_first_example() {
        let mut left_out = LeftOutByReason::default();
        left_out.add(Reason::Probe, 1, || "http.route".to_owned());
        left_out.add(Reason::Probe, 2, || "other".to_owned());
        left_out.add_refused("traceId", String::new);
        left_out.add_refused("what was said", String::new);
        let all: Vec<_> = left_out.iter().map(|(r, l)| (r, l.count)).collect();
        assert_eq!(
            all,
            [("probe", 3), ("refused:traceId", 1), ("refused:unnamed", 1)]
        );
        assert_eq!(left_out.0["probe"].example, "http.route");
    }

    #[test]
    fn however_many_reasons_there_are_the_list_stays_short() {
        let mut left_out = LeftOutByReason::default();
        for index in 0..100 {
            left_out.add_named(&format!("refused:{index}"), 1, String::new);
        }
        assert_eq!(left_out.0.len(), REASONS_MAX + 1);
        assert_eq!(left_out.0[FURTHER].count, 68);
        assert!(is_worth_a_look(FURTHER) && !is_worth_a_look("scaffolding"));
    }
}
