//! Why something that came in was refused.
use std::fmt::Write as _;

/// The kind of a refusal; each maps to one HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RejectionKind {
    /// The body can't be read at all: 400.
    Malformed,
    /// Something is larger than its limit: 413.
    TooLarge,
    /// The body was read, and says something that can't be kept: 422.
    Invalid,
}

impl RejectionKind {
    /// The HTTP status.
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::TooLarge => 413,
            Self::Invalid => 422,
        }
    }
}

/// A refusal: the field, what is wrong with its value, and what to do.
///
/// It never repeats a value that could be content: see [`shown`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` {fault}: {remedy}")]
pub struct Rejection {
    /// What kind of refusal.
    pub kind: RejectionKind,
    /// The field at fault, as a path (`units.calls`), or `body`.
    pub field: String,
    /// What is wrong with it, as the rest of a sentence that begins with the field.
    pub fault: String,
    /// What to do about it, as an imperative.
    pub remedy: String,
}

impl Rejection {
    /// A value that can't be kept.
    pub fn invalid(
        field: impl Into<String>,
        fault: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            kind: RejectionKind::Invalid,
            field: field.into(),
            fault: fault.into(),
            remedy: remedy.into(),
        }
    }

    /// A body that can't be read.
    pub fn malformed(fault: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            kind: RejectionKind::Malformed,
            ..Self::invalid("body", fault, remedy)
        }
    }

    /// Something larger than its limit.
    pub fn too_large(
        field: impl Into<String>,
        fault: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            kind: RejectionKind::TooLarge,
            ..Self::invalid(field, fault, remedy)
        }
    }
}

const SHOWN_CHARS_MAX: usize = 40;

/// Repeats a value only where it looks like a name (short, no spaces); otherwise says its length,
/// so that no text of a conversation ever reaches an answer or a log.
pub(crate) fn shown(value: &str) -> String {
    let name_like = !value.is_empty()
        && value.len() <= SHOWN_CHARS_MAX
        && value
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._:/@+-".contains(&b));
    let mut text = String::new();
    if name_like {
        let _ = write!(text, "`{value}`");
    } else {
        let _ = write!(text, "a text of {} characters", value.chars().count());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_could_be_content_is_not_repeated() {
        assert_eq!(shown("chta"), "`chta`");
        assert_eq!(shown("tell me a secret"), "a text of 16 characters");
        assert_eq!(shown(""), "a text of 0 characters");
    }

    #[test]
    fn a_refusal_reads_as_a_sentence() {
        let rejection = Rejection::invalid("duration_ms", "is a string", "send an integer");
        assert_eq!(
            rejection.to_string(),
            "`duration_ms` is a string: send an integer"
        );
        assert_eq!(rejection.kind.status(), 422);
    }
}
