//! Why a usage object can't be read plainly.
use serde_json::Value;

use super::TOKENS_MAX;
use crate::UsageConvention;

/// Every error names the field, and the counts where two contradict each other; nothing is ever
/// clamped or guessed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsageError {
    /// A field that holds counts is no JSON object.
    #[error("`{field}` is {found}; send a JSON object of token counts")]
    NotAnObject {
        /// The field.
        field: String,
        /// The kind of value found.
        found: &'static str,
    },
    /// A count is no whole number of zero or more.
    #[error("`{field}` is {found}; send a whole number of tokens, 0 or more")]
    NotACount {
        /// The field.
        field: String,
        /// The value found.
        found: String,
        /// Its size, rounded up; 1 for what is no number.
        amount: u64,
    },
    /// A count is beyond [`TOKENS_MAX`].
    #[error("`{field}` is {count}; one field may count at most {TOKENS_MAX} tokens")]
    TooLarge {
        /// The field.
        field: String,
        /// Its value.
        count: u64,
    },
    /// A field that the convention requires is missing.
    #[error("`{field}` is missing; the convention `{convention}` requires it")]
    Missing {
        /// The field.
        field: &'static str,
        /// The convention.
        convention: UsageConvention,
    },
    /// What should be a part is more than the whole.
    #[error("`{part}` ({part_count}) can't exceed `{whole}` ({whole_count}), which contains it")]
    PartExceedsWhole {
        /// The part, or the parts together.
        part: String,
        /// Its count.
        part_count: u64,
        /// The whole.
        whole: String,
        /// Its count.
        whole_count: u64,
    },
    /// Two fields that mean the same say different counts.
    #[error("`{left}` ({left_count}) and `{right}` ({right_count}) should be the same count")]
    Disagree {
        /// One field.
        left: String,
        /// Its count.
        left_count: u64,
        /// The other.
        right: String,
        /// Its count.
        right_count: u64,
    },
    /// The reported total fits no reading of the counts.
    #[error("`{field}` is {total}, but the counts make {expected} by any reading")]
    TotalContradicts {
        /// The total's field.
        field: String,
        /// The total.
        total: u64,
        /// By how much it differs from the convention's own reading.
        difference: u64,
        /// What the convention's own reading makes, with its counts.
        expected: String,
    },
    /// Whether cached tokens are inside the input can't be known.
    #[error(
        "whether `{field}` ({count}) is inside `{input}` ({input_count}) is not known for the \
         provider `{provider}`; send `total_tokens`, or buckets by the convention `disjoint`"
    )]
    Ambiguous {
        /// The cached tokens' field.
        field: String,
        /// Its count.
        count: u64,
        /// The input's field.
        input: String,
        /// Its count.
        input_count: u64,
        /// The provider as given.
        provider: String,
    },
}

impl UsageError {
    /// The one figure that is in doubt where all others stand; `None` where none of them does.
    pub(super) fn figure_in_doubt(&self) -> Option<(&str, u64)> {
        match self {
            Self::TotalContradicts {
                field, difference, ..
            } => Some((field, *difference)),
            Self::Disagree {
                right, right_count, ..
            } => Some((right, *right_count)),
            Self::NotAnObject { .. }
            | Self::NotACount { .. }
            | Self::TooLarge { .. }
            | Self::Missing { .. }
            | Self::PartExceedsWhole { .. }
            | Self::Ambiguous { .. } => None,
        }
    }
}

pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
