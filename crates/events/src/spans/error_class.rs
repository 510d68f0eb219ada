//! An error's class, without its content.
//!
//! Providers quote the request in their messages, so a message is never kept. What is kept are
//! three things that can't hold a sentence: the class of the exception, the HTTP status, and the
//! machine-readable code. A class or a code is kept only where every word of it stands in
//! [`crate::spans::error_words`]: a name, a password or a key of any spelling is none of them. The price is that
//! a class nobody has heard of is called `Error`.
use crate::limits::ERROR_CHARS_MAX;
use crate::spans::error_words::is_known;

/// Bytes of a message that are looked at.
const LOOKED_AT_BYTES: usize = 2 * 1024;
const CLASS_CHARS_MAX: usize = 64;
const CLASS_ENDINGS: [&str; 6] = [
    "Error",
    "Exception",
    "Timeout",
    "Failure",
    "Refusal",
    "Interrupt",
];
/// Words between the beginning and a status: `Request failed with status code 429`.
const WORDS_BEFORE_STATUS_MAX: usize = 6;
const LEAD_IN: [&str; 9] = [
    "error",
    "http",
    "status",
    "code",
    "request",
    "failed",
    "with",
    "response",
    "statuscode",
];

/// The class of an error's message, for example `Error 400 model_not_found`; `Error` where the
/// message names nothing. The message may still carry JSON's escapes.
pub(crate) fn error_class(message: &str) -> String {
    let message = message.strip_prefix('"').unwrap_or(message);
    let message = truncate(message, LOOKED_AT_BYTES);
    if let Some(code) = bare_code(message) {
        return code.to_owned();
    }
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

/// A message that is nothing but a code, as senders of JSON write it: `rate_limit_exceeded`.
fn bare_code(message: &str) -> Option<&str> {
    let code = message.trim_matches(|c: char| c.is_whitespace() || c == '"');
    is_code(code).then_some(code)
}

/// The first word, where it is spelled like a class and made of known words; the next one where the
/// first only says that there is an error (`Error: AbortError: …`).
fn class(message: &str) -> Option<&str> {
    let mut words = words(message);
    let first = words.next().and_then(class_of)?;
    if first == "Error" {
        return words.next().and_then(class_of).or(Some(first));
    }
    Some(first)
}

/// The last part of a qualified name, where it is spelled like a class and made of known words.
fn class_of(word: &str) -> Option<&str> {
    let name = word.rsplit('.').next()?;
    let spelled_like_a_class = word.len() <= CLASS_CHARS_MAX
        && CLASS_ENDINGS.iter().any(|ending| name.ends_with(ending))
        && humps(name).all(is_known);
    spelled_like_a_class.then_some(name)
}

/// The parts of a name in camel case: `RateLimitError` is `Rate`, `Limit` and `Error`, `APIError` is
/// `API` and `Error`. A part of anything but letters is no word.
fn humps(name: &str) -> impl Iterator<Item = &str> {
    let mut rest = name;
    std::iter::from_fn(move || {
        let bytes = rest.as_bytes();
        let is_upper = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_uppercase);
        let is_lower = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_lowercase);
        // A part ends before an upper-case letter that follows a lower-case one or precedes one.
        let end = (1..bytes.len())
            .find(|&at| is_upper(at) && (!is_upper(at - 1) || is_lower(at + 1)))
            .unwrap_or(bytes.len());
        let (hump, after) = rest.split_at_checked(end)?;
        rest = after;
        (!hump.is_empty()).then_some(hump)
    })
}

/// An HTTP error's number, where nothing but a class or a lead-in stands before it.
pub(crate) fn status(message: &str) -> Option<&str> {
    let is_status = |word: &str| {
        word.len() == 3
            && word.bytes().all(|byte| byte.is_ascii_digit())
            && (word.starts_with('4') || word.starts_with('5'))
    };
    let is_lead_in = |word: &str| {
        let lower = word.to_ascii_lowercase();
        LEAD_IN.contains(&lower.as_str())
            || word
                .rsplit('.')
                .next()
                .is_some_and(|name| humps(name).all(is_known))
    };
    words(message)
        .take(WORDS_BEFORE_STATUS_MAX)
        .take_while(|word| is_status(word) || is_lead_in(word))
        .find(|word| is_status(word))
}

/// The value of `"code"`, else of `"type"`, `"error"` or `"status"`, as JSON writes them, with or
/// without escapes, where it is a code.
pub(crate) fn code(message: &str) -> Option<&str> {
    ["code", "type", "error", "status", "__type"]
        .into_iter()
        .find_map(|key| {
            message.match_indices(key).find_map(|(at, _)| {
                let before = message.get(..at)?;
                let after = message.get(at + key.len()..)?;
                json_value(before, after).filter(|value| is_code(value))
            })
        })
}

/// The text behind a key of JSON: both in quotes, a colon between them.
fn json_value<'a>(before: &str, after: &'a str) -> Option<&'a str> {
    before.ends_with(['"', '\'']).then_some(())?;
    let quote = |text: &'a str| {
        let text = text.trim_start_matches('\\');
        text.strip_prefix('"').or_else(|| text.strip_prefix('\''))
    };
    let value = quote(after)?.trim_start().strip_prefix(':')?.trim_start();
    let value = quote(value)?;
    value.get(..value.find(['"', '\'', '\\'])?)
}

/// Whether a text is a code: known words in lower or upper case, joined by underscores.
fn is_code(text: &str) -> bool {
    let is_one_case = |text: &str| {
        text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
            || text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
    };
    if text.is_empty() || text.len() > CLASS_CHARS_MAX {
        return false;
    }
    if is_one_case(text) {
        return text.split('_').all(is_known);
    }
    // Amazon writes classes there.
    CLASS_ENDINGS.iter().any(|ending| text.ends_with(ending)) && humps(text).all(is_known)
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn class_status_and_code_are_kept() {
        let message = "Error: 400 bad model\n\nError details:\n{\n  \"message\": \"bad model\",\n  \
                       \"type\": \"invalid_request_error\",\n  \"code\": \"model_not_found\"\n}";
        assert_eq!(error_class(message), "Error 400 model_not_found");
        for (message, kept) in [
            (
                "APIConnectionError: Connection error.",
                "APIConnectionError",
            ),
            (
                "openai.RateLimitError: Error code: 429 - {'error': {'code': 'insufficient_quota'}}",
                "RateLimitError 429 insufficient_quota",
            ),
            ("Request failed with status code 503", "Error 503"),
            ("ThrottlingException: too many", "ThrottlingException"),
            (
                "{\"error\":{\"code\":429,\"status\":\"RESOURCE_EXHAUSTED\"}}",
                "Error 429 RESOURCE_EXHAUSTED",
            ),
            (
                "{\"__type\":\"ValidationException\",\"message\":\"x\"}",
                "Error ValidationException",
            ),
            ("rate_limit_exceeded", "rate_limit_exceeded"),
            ("timeout", "timeout"),
        ] {
            assert_eq!(error_class(message), kept, "{message}");
        }
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
    fn a_message_that_names_nothing_is_an_error() {
        for message in [
            "my secret prompt: hello",
            "Secret: 12 words \"code\": \"secret\"",
            "",
            "pin 423",
            "the code is 404",
            &format!("{}Error", "x".repeat(5_000)),
        ] {
            assert_eq!(error_class(message), "Error", "{message}");
        }
    }

    /// Messages as providers, clients and people write them, around a secret at each place where
    /// something could be taken for a class, a status or a code.
    fn shapes(secret: &str) -> [String; 22] {
        [
            format!("Error: 401 Incorrect API key provided: {secret}."),
            secret.to_string(),
            format!("{secret}Error: failed"),
            format!("{secret}Exception"),
            format!("{secret}.RateLimitError: 429"),
            format!("RateLimitError.{secret}Error"),
            format!("BadRequestError: 400 user said \"type\" {secret}"),
            format!("Error 400 code {secret}"),
            format!("Error 400 type {secret} code {secret}"),
            format!("{{\"error\":{{\"code\":\"{secret}\",\"message\":\"no\"}}}}"),
            format!("{{\"type\":\"{secret}\"}}"),
            format!("Error: {{\\\"code\\\": \\\"{secret}\\\"}}"),
            format!("400 {{'type': '{secret}', 'code': '{secret}'}}"),
            format!("Error: the prompt was: my password is {secret}, \"code\": \"{secret}\""),
            format!("ValidationException: {secret} is not allowed"),
            format!("429 {secret} {secret} {secret}"),
            format!("Error {secret} 500"),
            format!("Timeout\u{a0}{secret}"),
            format!("\"{secret}\": 404"),
            format!("code: {secret}_error"),
            format!("\"code\":\"invalid_{secret}\""),
            format!("\"status\":\"{secret}\""),
        ]
    }

    #[test]
    fn no_message_of_any_shape_leaves_a_secret() {
        let secrets = [
            "canary_password_17",
            "hf_canaryabcdefghijklmnop",
            "sk-proj-abc123SECRET",
            "AKIACANARYCANARY1234",
            "DE89370400440532013000",
            "ann@example.com",
            "hunter2",
            "correct_horse_battery_staple",
            "Mallory",
            "ghp_abcdefABCDEF0123456789",
            "4111111111111111",
            "AnnMarieCanary",
            "xoxb-canary-token",
            "canary",
            "eyJhbGciOiJIUzI1NiJ9.e30.abc",
            "geheimes_wort",
            "пароль",
            "CANARY_SECRET",
            "z",
            "tom's",
        ];
        let mut looked_at = 0;
        for secret in secrets {
            for message in shapes(secret) {
                let kept = error_class(&message).to_lowercase();
                looked_at += 1;
                assert!(
                    kept.split([' ', '_'])
                        .all(|word| word != secret.to_lowercase())
                        && (secret.len() < 4 || !kept.contains(&secret.to_lowercase())),
                    "{message} leaves {kept}"
                );
            }
        }
        assert!(looked_at >= 360);
    }

    proptest! {
        /// Whatever stands in a message, what is kept is made of known words and a status.
        #[test]
        fn what_is_kept_is_made_of_known_words(
            secret in "[A-Za-z0-9_.-]{1,24}|\\PC{1,24}", shape in 0..22_usize,
        ) {
            let message = &shapes(&secret)[shape];
            for part in error_class(message).split(' ') {
                let is_status = part.len() == 3 && part.bytes().all(|b| b.is_ascii_digit());
                let is_made_of_known_words = part.split('_').flat_map(humps).all(is_known);
                prop_assert!(is_status || is_made_of_known_words, "{message} leaves {part}");
            }
        }
    }
}
