//! The one shape of every error response: `application/problem+json` (RFC 9457).

use events::{Rejection, RejectionKind};
use ledger_core::DatabaseError;
use query_parameters::ParameterError;
use serde_json::{Map, Value, json};

/// How long to wait where the database is full: room comes from an operator's hand.
const FULL_RETRY_AFTER_S: u32 = 60;

/// A refusal or a failure, in words for the caller. Nothing internal is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// The stable name of the kind; the response's `type` is `urn:tokentill:problem:<kind>`.
    pub kind: &'static str,
    /// The kind in a few words.
    pub title: &'static str,
    /// What is wrong and what to do, in a sentence or two.
    pub detail: String,
    /// The field or parameter at fault.
    pub field: Option<String>,
    /// The value of a `Retry-After` header, in seconds.
    pub retry_after_s: Option<u32>,
    /// The value of an `Allow` header, for 405.
    pub allow: Option<&'static str>,
}

impl Problem {
    /// A problem of a kind of its own.
    pub fn new(
        status: u16,
        kind: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            status,
            kind,
            title,
            detail: detail.into(),
            field: None,
            retry_after_s: None,
            allow: None,
        }
    }

    /// Names the field or parameter at fault.
    #[must_use]
    pub fn at_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// 400: the request is malformed.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(400, "bad-request", "The request can't be read", detail)
    }

    /// 400: a query parameter is wrong.
    pub fn bad_parameter(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(400, "bad-parameter", "A parameter is wrong", detail).at_field(name)
    }

    /// 401: no key, or none that is valid.
    pub fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(401, "unauthorized", "A valid key is needed", detail)
    }

    /// 403: the key may not do this.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(403, "forbidden", "The key may not do this", detail)
    }

    /// 404: there is no such thing.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(404, "not-found", "There is no such thing", detail)
    }

    /// 405: the path is there, the method is not.
    pub fn method_not_allowed(allow: &'static str) -> Self {
        let detail = format!("this path takes {allow}");
        Self {
            allow: Some(allow),
            ..Self::new(
                405,
                "method-not-allowed",
                "The path takes another method",
                detail,
            )
        }
    }

    /// 409: the same id with another body.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(
            409,
            "conflict",
            "The id was used for something else",
            detail,
        )
    }

    /// 413: the body is over its limit.
    pub fn too_large(detail: impl Into<String>) -> Self {
        Self::new(413, "too-large", "The body is too large", detail)
    }

    /// 415: the body is of a type that the path does not take.
    pub fn unsupported_media_type(detail: impl Into<String>) -> Self {
        Self::new(
            415,
            "unsupported-media-type",
            "The body's type is not taken here",
            detail,
        )
    }

    /// 422: the body is well-formed, a field of it is wrong.
    pub fn invalid_field(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(422, "invalid-field", "A field is wrong", detail).at_field(field)
    }

    /// 429: too many requests.
    pub fn too_many_requests(detail: impl Into<String>, retry_after_s: u32) -> Self {
        Self {
            retry_after_s: Some(retry_after_s),
            ..Self::new(429, "too-many-requests", "Too many requests", detail)
        }
    }

    /// 503: it may work again in a moment.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self {
            retry_after_s: Some(2),
            ..Self::new(503, "unavailable", "The service can't answer now", detail)
        }
    }

    /// 500: a fault of this software; what happened goes to the log, not to the caller.
    pub fn internal() -> Self {
        Self::new(
            500,
            "internal",
            "The service failed",
            "this is a fault of the service; its log has the details under the request id",
        )
    }

    /// The body of the response.
    pub fn to_json(&self, request_id: &str) -> Value {
        let mut body = Map::new();
        body.insert(
            "type".to_owned(),
            json!(format!("urn:tokentill:problem:{}", self.kind)),
        );
        body.insert("title".to_owned(), json!(self.title));
        body.insert("status".to_owned(), json!(self.status));
        body.insert("detail".to_owned(), json!(self.detail));
        if let Some(field) = &self.field {
            body.insert("field".to_owned(), json!(field));
        }
        body.insert("request_id".to_owned(), json!(request_id));
        Value::Object(body)
    }
}

/// What was refused of a query string, with the parameter at fault.
impl From<ParameterError> for Problem {
    fn from(error: ParameterError) -> Self {
        Self::new(400, error.kind, "A parameter is wrong", error.detail).at_field(error.field)
    }
}

/// What was refused of a body, with the field at fault.
impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        let detail = rejection.to_string();
        match rejection.kind {
            RejectionKind::Malformed => Self::bad_request(detail),
            RejectionKind::TooLarge => Self::too_large(detail).at_field(rejection.field),
            RejectionKind::Invalid => Self::invalid_field(rejection.field, detail),
        }
    }
}

/// A database failure as its caller may see it. Log the error itself before converting.
impl From<DatabaseError> for Problem {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::Transient(_) | DatabaseError::Overloaded(_) => Self::unavailable(
                "the database did not answer in time; send the same request again, it is safe",
            ),
            // Senders of OpenTelemetry repeat a 503 and drop what got a 500.
            DatabaseError::Full(_) => Self {
                retry_after_s: Some(FULL_RETRY_AFTER_S),
                ..Self::unavailable(
                    "there is no room in the database: nothing of this request was kept; an operator \
                     must make room, then the same request can be sent again",
                )
            },
            DatabaseError::NoSuchTable(_) => Self::unavailable(
                "the database lacks a table: nothing of this request was kept; an operator must apply \
                 the migrations (GET /health says which), then the same request can be sent again",
            ),
            DatabaseError::Constraint(_) | DatabaseError::Decode(_) | DatabaseError::Other(_) => {
                Self::internal()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Problem;

    #[test]
    fn a_problem_names_its_kind_field_and_request() {
        let problem =
            Problem::invalid_field("usage.input", "is negative; send a count of 0 or more");
        assert_eq!(
            problem.to_json("r1"),
            serde_json::json!({
                "type": "urn:tokentill:problem:invalid-field",
                "title": "A field is wrong",
                "status": 422,
                "detail": "is negative; send a count of 0 or more",
                "field": "usage.input",
                "request_id": "r1",
            })
        );
    }

    #[test]
    fn what_is_no_fault_of_the_service_asks_to_be_sent_again() {
        for message in [
            "database or disk is full: SQLITE_FULL",
            "D1 DB is overloaded. Too many requests queued.",
            "database is locked: SQLITE_BUSY",
            "Network connection lost",
        ] {
            let problem =
                Problem::from(ledger_core::database::DatabaseError::from_message(message));
            assert_eq!(problem.status, 503, "{message}");
            assert!(problem.retry_after_s.is_some(), "{message}");
        }
    }

    #[test]
    fn nothing_internal_leaks_from_a_database_failure() {
        let failure = ledger_core::DatabaseError::Other("no such column: secret".to_owned());
        assert!(
            !Problem::from(failure)
                .to_json("r1")
                .to_string()
                .contains("secret")
        );
    }
}
