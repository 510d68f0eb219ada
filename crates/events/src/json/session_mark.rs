//! `POST /track/session/start` and `/track/session/end`.
use crate::Context;
use crate::Rejection;
use crate::SessionMark;
use crate::json::body::body_text;
use crate::json::fields::Fields;
use crate::limits::{
    EVENT_BYTES_MAX, SESSION_ID_CHARS_MAX, TENANT_ID_CHARS_MAX, USER_ID_CHARS_MAX,
};
use crate::timestamp;

/// Reads the start (`is_end` false) or the explicit end of a session.
///
/// The moment comes from the caller, never from the clock: so a repeated mark says the same.
pub fn parse_session_mark(
    body: &[u8],
    is_end: bool,
    context: &Context<'_>,
) -> Result<SessionMark, Rejection> {
    let mut fields = Fields::of_body(body_text(body, EVENT_BYTES_MAX)?)?;
    let session_id = fields
        .text("session_id", SESSION_ID_CHARS_MAX)?
        .ok_or_else(|| fields.missing("session_id", "name the session"))?;
    let user_id = fields
        .text("user_id", USER_ID_CHARS_MAX)?
        .ok_or_else(|| fields.missing("user_id", "name the user"))?;
    let tenant_id = fields
        .text("tenant_id", TENANT_ID_CHARS_MAX)?
        .unwrap_or_default();
    let timestamp = fields.moment("timestamp")?.ok_or_else(|| {
        fields.missing(
            "timestamp",
            "send the moment of the mark; a retry must say the same",
        )
    })?;
    fields.finish()?;
    timestamp::check_window(timestamp, "timestamp", context)?;
    Ok(SessionMark {
        session_id,
        tenant_id,
        user_id,
        timestamp,
        is_end,
    })
}

#[cfg(test)]
mod tests {
    use cost_calculation::UnixMillis;

    use super::*;

    fn parse(body: &str) -> Result<SessionMark, Rejection> {
        parse_session_mark(
            body.as_bytes(),
            true,
            &Context::at(UnixMillis(1_795_438_280_000)),
        )
    }

    #[test]
    fn an_end_names_its_session_user_and_moment() {
        let mark = parse(
            r#"{"session_id":"conv-1","user_id":"user-1","timestamp":"2026-11-23T12:51:09.363Z"}"#,
        )
        .unwrap();
        assert_eq!(mark.session_id, "conv-1");
        assert_eq!(mark.timestamp, UnixMillis(1_795_438_269_363));
        assert!(mark.is_end);
    }

    #[test]
    fn a_mark_without_a_moment_is_refused() {
        let rejection = parse(r#"{"session_id":"conv-1","user_id":"user-1"}"#).unwrap_err();
        assert_eq!(rejection.field, "timestamp");
        assert_eq!(rejection.fault, "is missing");
    }
}
