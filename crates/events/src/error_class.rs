//! An error's class, without its content.
//!
//! Providers quote the request in their messages, so a message is never kept. What is kept are
//! three things that can't hold a sentence: the class of the exception, the HTTP status, and the
//! machine-readable code.
use crate::limits::ERROR_CHARS_MAX;

/// Bytes of a message that are looked at.
const LOOKED_AT_BYTES: usize = 2 * 1024;
const CLASS_CHARS_MAX: usize = 48;
const CLASS_ENDINGS: [&str; 6] = [
    "Error",
    "Exception",
    "Timeout",
    "Failure",
    "Refusal",
    "Interrupt",
];

/// The class of an error's message, for example `Error 400 model_not_found`; `Error` where the
/// message names nothing. The message may still carry JSON's escapes.
pub(crate) fn error_class(message: &str) -> String {
    let message = message.strip_prefix('"').unwrap_or(message);
    let message = truncate(message, LOOKED_AT_BYTES);
    let mut class = class(message).unwrap_or("Error").to_owned();
    if let Some(status) = status(message) {
        class.push(' ');
        class.push_str(status);
    }
    if let Some(code) = code(message) {
        class.push(' ');
        class.push_str(code);
    }
    truncate(&class, ERROR_CHARS_MAX).to_owned()
}

fn truncate(text: &str, bytes_max: usize) -> &str {
    let mut end = bytes_max.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// The word before the first colon or at the start, where it is spelled like a class; the next one
/// where the first only says that there is an error (`Error: AbortError: …`).
fn class(message: &str) -> Option<&str> {
    let is_class = |word: &&str| {
        word.len() <= CLASS_CHARS_MAX
            && CLASS_ENDINGS.iter().any(|ending| word.ends_with(ending))
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_')
    };
    let mut words = words(message);
    let first = words.next().filter(is_class)?;
    let second = words.next().filter(is_class);
    if first == "Error" {
        second.or(Some(first))
    } else {
        Some(first)
    }
}

/// An HTTP error's number among the first words.
pub(crate) fn status(message: &str) -> Option<&str> {
    words(message).take(4).find(|word| {
        word.len() == 3
            && (word.starts_with('4') || word.starts_with('5'))
            && word.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// The value of `"code"`, else of `"type"`, where it is spelled like a code: lower case with
/// underscores.
pub(crate) fn code(message: &str) -> Option<&str> {
    ["code", "type"].into_iter().find_map(|key| {
        let mut words = words(message);
        words.find(|word| *word == key)?;
        words.next().filter(|word| {
            word.len() <= CLASS_CHARS_MAX
                && word.contains('_')
                && word
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        })
    })
}

/// The words between spaces, quotes, escapes and punctuation.
pub(crate) fn words(message: &str) -> impl Iterator<Item = &str> {
    let separates = |c: char| !(c.is_alphanumeric() || c == '_' || c == '.' || c == '-');
    message
        .split(separates)
        .filter(|word| !word.is_empty() && *word != "n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_status_and_code_are_kept() {
        let message = "Error: 400 bad model\n\nError details:\n{\n  \"message\": \"bad model\",\n  \
                       \"type\": \"invalid_request_error\",\n  \"code\": \"model_not_found\"\n}";
        assert_eq!(error_class(message), "Error 400 model_not_found");
    }

    #[test]
    fn a_message_with_escapes_has_the_same_class() {
        let raw = r#""RateLimitError: 429 slow down\n{\"type\": \"rate_limit_error\"}""#;
        assert_eq!(error_class(raw), "RateLimitError 429 rate_limit_error");
    }

    #[test]
    fn a_class_inside_of_an_error_is_the_class() {
        let message = "Error: AbortError: User aborted the request.";
        assert_eq!(error_class(message), "AbortError");
    }

    #[test]
    fn no_word_of_the_content_is_kept() {
        assert_eq!(error_class("my secret prompt: hello"), "Error");
        assert_eq!(
            error_class("Secret: 12 words \"code\": \"secret\""),
            "Error"
        );
        assert_eq!(error_class(""), "Error");
        assert_eq!(
            error_class("ThrottlingException: too many"),
            "ThrottlingException"
        );
        assert_eq!(error_class(&format!("{}Error", "x".repeat(5_000))), "Error");
    }
}
