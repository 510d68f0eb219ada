//! A name that belongs to no enumeration.

/// A name that is none of an enumeration's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not one of {expected}")]
pub struct UnknownName {
    name: String,
    expected: &'static str,
}

impl UnknownName {
    pub(crate) fn new(name: &str, expected: &'static str) -> Self {
        Self {
            name: name.chars().take(100).collect(),
            expected,
        }
    }
}
