//! The model names that a match clause lists outright.
//!
//! A clause may also match by prefix, part or pattern. Such a match says nothing about names that
//! do not exist yet, and has priced new models wrongly before; only names that are written out
//! become keys of the book.

use cost_calculation::ParsedModel;
use serde_json::value::RawValue;

use crate::raw_object::{self, RawObject, text};

/// Names taken from one clause at most.
const NAMES_MAX: usize = 200;
/// How deep a clause's alternatives may lie within each other; real ones are one deep.
const DEPTH_MAX: u32 = 4;

/// The model's id and every name that its clause lists, taken apart by the provider's rules.
pub(super) fn read(provider: &str, id: &str, clause: Option<&RawValue>) -> Vec<ParsedModel> {
    let mut names = vec![id.to_owned()];
    if let Some(clause) = clause {
        collect(clause, DEPTH_MAX, &mut names);
    }
    names.truncate(NAMES_MAX);
    let mut parsed: Vec<ParsedModel> = Vec::new();
    for name in names {
        let model = ParsedModel::parse(provider, &name);
        if !model.model.is_empty() && !parsed.contains(&model) {
            parsed.push(model);
        }
    }
    parsed
}

fn collect(clause: &RawValue, depth: u32, names: &mut Vec<String>) {
    let Some(clause) = RawObject::read(clause).filter(|_| names.len() < NAMES_MAX) else {
        return;
    };
    for (kind, operand) in &clause.0 {
        match kind.as_ref() {
            "equals" => names.extend(text(operand).map(std::borrow::Cow::into_owned)),
            "or" if depth > 0 => {
                let parts: Vec<&RawValue> = raw_object::list(operand.get()).unwrap_or_default();
                for part in parts {
                    collect(part, depth - 1, names);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    fn names(clause: &str) -> Vec<String> {
        let clause = serde_json::from_str(clause).unwrap();
        read("openai", "gpt-x", Some(clause))
            .into_iter()
            .map(|name| name.model)
            .collect()
    }

    #[test]
    fn only_names_that_are_written_out_count() {
        assert_eq!(
            names(
                r#"{"or": [{"equals": "gpt-x-1"}, {"starts_with": "gpt-"}, {"equals": "gpt-x"}]}"#
            ),
            ["gpt-x", "gpt-x-1"]
        );
        assert_eq!(
            names(r#"{"and": [{"starts_with": "gpt"}, {"equals": "gpt-y"}]}"#),
            ["gpt-x"]
        );
    }
}
