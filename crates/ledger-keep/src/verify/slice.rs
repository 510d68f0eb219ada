//! What one slice of a pass came to: how much it covered, what it found, and the statements that
//! correct it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

/// The findings of one rule that a slice records each for itself; the rest share one. So a fault
/// that touches everything writes no more than it takes to see it.
const FINDINGS_OF_A_RULE_MAX: usize = 100;
/// The most keys that one finding names.
const NAMED_KEYS_MAX: usize = 20;

/// How much a slice looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Coverage {
    pub interactions: u64,
    pub estimates: u64,
    pub sessions: u64,
    pub days: u64,
}

/// A rule that was broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    pub check: &'static str,
    pub subject: Value,
    pub expected: Value,
    pub found: Value,
    pub correction: Option<&'static str>,
}

/// A statement that corrects something, with the members of its parameter; the writing of the
/// slice adds those of [`super::pass::GUARD`], and `now`.
#[derive(Debug, Clone)]
pub(super) struct Correction {
    pub sql: String,
    pub parameter: Map<String, Value>,
}

impl Correction {
    /// A correction whose parameter has one member.
    pub fn new(sql: impl Into<String>, member: &str, value: Value) -> Self {
        let parameter = std::iter::once((member.to_owned(), value)).collect();
        Self {
            sql: sql.into(),
            parameter,
        }
    }
}

/// What a slice came to.
#[derive(Debug, Default)]
pub(super) struct Slice {
    pub coverage: Coverage,
    pub findings: Vec<Finding>,
    pub corrections: Vec<Correction>,
    /// Where the next slice goes on; `None` at the end of the stage.
    pub position: Option<String>,
}

impl Slice {
    /// Records the interactions that break a rule, together, with the statements that correct all
    /// of them; their parameter holds the `keys`.
    pub fn report_keys(
        &mut self,
        keys: &[i64],
        check: &'static str,
        [expected, found]: [&str; 2],
        correction: Option<(&'static str, &[String])>,
    ) {
        if keys.is_empty() {
            return;
        }
        let named = keys.get(..keys.len().min(NAMED_KEYS_MAX));
        self.findings.push(Finding {
            check,
            subject: json!({
                "interaction_keys": named.unwrap_or_default(),
                "count": keys.len(),
            }),
            expected: json!(expected),
            found: json!(found),
            correction: correction.map(|(what, _)| what),
        });
        for sql in correction
            .into_iter()
            .flat_map(|(_, statements)| statements)
        {
            let correction = Correction::new(sql.clone(), "keys", json!(keys));
            self.corrections.push(correction);
        }
    }

    /// The slice with at most [`FINDINGS_OF_A_RULE_MAX`] findings of each rule and outcome, and one
    /// that counts those beyond. Corrections stay as they are: all is corrected.
    pub fn condensed(mut self) -> Self {
        let mut counts: BTreeMap<(&str, Option<&'static str>), usize> = BTreeMap::new();
        self.findings.retain(|finding| {
            let count = counts
                .entry((finding.check, finding.correction))
                .or_default();
            *count += 1;
            *count <= FINDINGS_OF_A_RULE_MAX
        });
        for ((check, correction), count) in counts {
            if count > FINDINGS_OF_A_RULE_MAX {
                self.findings.push(Finding {
                    check,
                    subject: json!({ "further": count - FINDINGS_OF_A_RULE_MAX }),
                    expected: Value::Null,
                    found: Value::Null,
                    correction,
                });
            }
        }
        self
    }

    /// How many of the findings are corrected.
    pub fn corrected_count(&self) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.correction.is_some())
            .count()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Finding, Slice};

    #[test]
    fn findings_beyond_the_first_of_a_rule_share_one() {
        let finding = |check: &'static str, subject: usize, correction| Finding {
            check,
            subject: json!(subject),
            expected: Value::Null,
            found: Value::Null,
            correction,
        };
        let slice = Slice {
            findings: (0..250)
                .map(|n| finding("mended", n, Some("it was mended")))
                .chain((0..3).map(|n| finding("left", n, None)))
                .collect(),
            ..Slice::default()
        }
        .condensed();
        assert_eq!(slice.findings.len(), 100 + 3 + 1);
        assert_eq!(slice.corrected_count(), 101);
        let last = slice.findings.last().unwrap();
        assert_eq!(
            (last.check, &last.subject),
            ("mended", &json!({ "further": 150 }))
        );
    }
}
