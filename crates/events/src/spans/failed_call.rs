//! What a call of a model that did not end well cost.
//!
//! A stop by the user, a time limit and a failure in the middle of an answer have burnt tokens, and
//! nobody says how many: such a call is of unknown cost. A call that was refused before its first
//! token (by a status of HTTP, for want of a key, for a rate limit) costs nothing. LibreChat sends no
//! first token with a call that was stopped, so its absence alone proves nothing.
use cost_calculation::Units;

use crate::Interaction;
use crate::InteractionStatus;
use crate::InteractionType;
use crate::interaction::UNREPORTED_USAGE;
use crate::spans::error_class::{code, error_class, status, words};

/// Words at the beginning of a message that are looked at.
const WORDS_MAX: usize = 6;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Stopped,
    Refused,
    Failed,
}

/// Marks a call of a model as ended by this message. Where no usage was reported, its cost is
/// unknown for a reason, or nothing.
pub(crate) fn end_call(interaction: &mut Interaction, message: &str, has_first_token: bool) {
    let end = end_of(message, has_first_token);
    interaction.status = match end {
        End::Stopped => InteractionStatus::Aborted,
        End::Refused | End::Failed => InteractionStatus::Error,
    };
    interaction.error = Some(error_class(message));
    let reports_nothing = interaction.kind == InteractionType::Chat
        && interaction.usage.total() == 0
        && interaction.units == Units::default();
    if !reports_nothing {
        return;
    }
    let reason = match end {
        End::Stopped => "aborted",
        End::Failed if has_first_token => "failed_after_first_token",
        End::Failed => "failed",
        End::Refused => return,
    };
    let call = format!("{UNREPORTED_USAGE}:{reason}");
    interaction.units.calls.insert(call, 1);
}

/// Whether a call failed and nothing of it was billed.
pub(crate) fn is_refused(interaction: &Interaction) -> bool {
    interaction.status == InteractionStatus::Error
        && interaction.usage.total() == 0
        && interaction.units == Units::default()
}

fn end_of(message: &str, has_first_token: bool) -> End {
    let status = status(message);
    let first: Vec<String> = words(message)
        .take(WORDS_MAX)
        .map(str::to_ascii_lowercase)
        .collect();
    let any = |wanted: &[&str]| {
        first
            .iter()
            .any(|word| wanted.iter().any(|one| word.contains(one)))
    };
    let never_reached = ["econnrefused", "enotfound", "eai_again", "connecttimeout"];
    match status {
        // A gateway that waited too long says nothing of what the model did meanwhile.
        Some("408" | "499" | "504" | "524") => return End::Stopped,
        Some(_) if !has_first_token => return End::Refused,
        Some(_) => return End::Failed,
        None if any(&never_reached) => return End::Refused,
        None => {}
    }
    let is_refusal = code(message).is_some_and(|code| REFUSAL_CODES.contains(&code))
        || first
            .iter()
            .take(2)
            .any(|word| REFUSALS.contains(&word.as_str()));
    if is_refusal && !has_first_token {
        return End::Refused;
    }
    if any(&["abort", "cancel", "timeout", "timedout", "deadline"])
        || first.iter().any(|word| word == "timed")
    {
        return End::Stopped;
    }
    End::Failed
}

/// Classes of exceptions that a provider's refusal is raised as.
const REFUSALS: [&str; 12] = [
    "authenticationerror",
    "badrequesterror",
    "notfounderror",
    "permissiondeniederror",
    "ratelimiterror",
    "unprocessableentityerror",
    "invalidrequesterror",
    "throttlingexception",
    "validationexception",
    "accessdeniedexception",
    "resourcenotfoundexception",
    "servicequotaexceededexception",
];

/// Codes of a refusal, LibreChat's own among them.
const REFUSAL_CODES: [&str; 13] = [
    "no_user_key",
    "expired_user_key",
    "invalid_user_key",
    "no_base_url",
    "invalid_api_key",
    "authentication_error",
    "permission_error",
    "model_not_found",
    "not_found_error",
    "invalid_request_error",
    "insufficient_quota",
    "rate_limit_exceeded",
    "rate_limit_error",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_and_a_time_limit_are_no_failures() {
        for message in [
            "Error: AbortError: User aborted the request.",
            "AbortError: This operation was aborted",
            "APIUserAbortError: Request was aborted.",
            "Error: Abort",
            "CancelledError",
            "Error: canceled",
            "TimeoutError: The operation was aborted due to timeout",
            "Error: Request timed out.",
            "Error: 504 upstream",
        ] {
            assert_eq!(end_of(message, false), End::Stopped, "{message}");
        }
    }

    #[test]
    fn a_refusal_before_the_first_token_is_told_from_a_failure_in_the_middle() {
        for message in [
            "Error: 429 fake failure",
            "APIError: 529 overloaded",
            "Error: 401 Incorrect API key",
            "Error: {\"type\":\"no_user_key\"}",
            "RateLimitError: slow down",
            "FetchError: connect ECONNREFUSED 127.0.0.1:9",
        ] {
            assert_eq!(end_of(message, false), End::Refused, "{message}");
        }
        for message in [
            "TypeError: terminated",
            "Error: Premature close",
            "Error: {\"type\":\"overloaded_error\"}",
            "",
        ] {
            assert_eq!(end_of(message, false), End::Failed, "{message}");
        }
        assert_eq!(end_of("Error: 429 slow down", true), End::Failed);
    }

    #[test]
    fn a_prompt_that_speaks_of_a_stop_is_none() {
        let message = "Error: 400 your message says abort and cancel";
        assert_eq!(end_of(message, false), End::Refused);
        let message = "BadRequestError: the text that you sent says abort";
        assert_eq!(end_of(message, false), End::Refused);
    }
}
