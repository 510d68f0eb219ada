//! A request's JSON object, taken member by member; what is left over is refused by name.
use chrono::{DateTime, SecondsFormat};
use cost_calculation::UnixMillis;
use edge::Problem;
use serde_json::{Map, Value};

/// Longest name or key in a request, in bytes.
const NAME_BYTES_MAX: usize = 256;
/// Longest reason, in bytes.
const REASON_BYTES_MAX: usize = 1000;

/// The members of a request that no one has taken yet.
#[derive(Debug)]
pub(crate) struct RequestFields(Map<String, Value>);

impl RequestFields {
    /// Reads a body; an empty one is an object without members.
    pub(crate) fn read(body: &[u8]) -> Result<Self, Problem> {
        if body.is_empty() {
            return Ok(Self(Map::new()));
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) => Err(Problem::bad_request(
                "the body is no JSON object: send `{…}`",
            )),
            Err(error) => Err(Problem::bad_request(format!(
                "the body is no JSON: {error}"
            ))),
        }
    }

    /// A text; empty or null counts as left out.
    pub(crate) fn text(&mut self, name: &'static str) -> Result<Option<String>, Problem> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.len() > NAME_BYTES_MAX => Err(fault(
                name,
                format!("has {} bytes: send at most {NAME_BYTES_MAX}", text.len()),
            )),
            Some(Value::String(text)) => Ok(Some(text).filter(|text| !text.trim().is_empty())),
            Some(other) => Err(fault(name, format!("is {}: send a text", kind(&other)))),
        }
    }

    /// A text that has to be there.
    pub(crate) fn required(&mut self, name: &'static str) -> Result<String, Problem> {
        self.text(name)?
            .ok_or_else(|| fault(name, "is missing: send a text".to_owned()))
    }

    /// Why an admin makes a change; every change has to say.
    pub(crate) fn reason(&mut self) -> Result<String, Problem> {
        match self.0.remove("reason") {
            Some(Value::String(text)) if text.len() > REASON_BYTES_MAX => Err(fault(
                "reason",
                format!("is longer than {REASON_BYTES_MAX} bytes: shorten it"),
            )),
            Some(Value::String(text)) if !text.trim().is_empty() => Ok(text),
            _ => Err(fault(
                "reason",
                "is missing: say in a text why the price changes".to_owned(),
            )),
        }
    }

    /// A flag; left out is `false`.
    pub(crate) fn flag(&mut self, name: &'static str) -> Result<bool, Problem> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(other) => Err(fault(
                name,
                format!("is {}: send true or false", kind(&other)),
            )),
        }
    }

    /// A whole number of 0 or more.
    pub(crate) fn count(&mut self, name: &'static str) -> Result<Option<i64>, Problem> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match value.as_i64().filter(|count| *count >= 0) {
                Some(count) => Ok(Some(count)),
                None => Err(fault(
                    name,
                    format!("is `{value}`: send a whole number, 0 or more"),
                )),
            },
        }
    }

    /// A moment: ISO 8601 with a zone, or unix milliseconds.
    pub(crate) fn moment(&mut self, name: &'static str) -> Result<Option<UnixMillis>, Problem> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => {
                let text = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                moment(&text)
                    .map(Some)
                    .ok_or_else(|| fault(name, moment_fault(&value.to_string())))
            }
        }
    }

    /// Refuses what no one asked for: a misspelt member would be silently without effect.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        match self.0.keys().next() {
            None => Ok(()),
            Some(name) => Err(Problem::invalid_field(
                name.chars().take(100).collect::<String>(),
                "is no field of this request: see contracts/pricing-sync-api.yaml",
            )),
        }
    }
}

/// A field that can't be taken as it is.
pub(crate) fn fault(name: &'static str, fault: String) -> Problem {
    Problem::invalid_field(name, fault)
}

/// What is said of a text that is no moment.
pub(crate) fn moment_fault(found: &str) -> String {
    let found: String = found.chars().take(60).collect();
    format!(
        "is `{found}`: send ISO 8601 with a zone, such as 2026-11-23T00:00:00Z, or unix milliseconds"
    )
}

/// ISO 8601 with a zone, an ISO date (UTC), or unix milliseconds, from 1970 to 9999.
pub(crate) fn moment(text: &str) -> Option<UnixMillis> {
    const LAST_MS: i64 = 253_402_300_799_999;
    let dated = || DateTime::parse_from_rfc3339(&format!("{text}T00:00:00Z"));
    let milliseconds = text.parse::<i64>().ok().or_else(|| {
        DateTime::parse_from_rfc3339(text)
            .or_else(|_| dated())
            .ok()
            .map(|at| at.timestamp_millis())
    })?;
    (0..=LAST_MS)
        .contains(&milliseconds)
        .then_some(UnixMillis(milliseconds))
}

/// A moment as every answer writes it.
pub(crate) fn iso(unix_ms: i64) -> Option<String> {
    let moment = DateTime::from_timestamp_millis(unix_ms)?;
    Some(moment.to_rfc3339_opts(SecondsFormat::Millis, true))
}

const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a flag",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::{RequestFields, moment};

    #[test]
    fn a_member_that_no_one_takes_is_refused_by_name() {
        let mut fields = RequestFields::read(br#"{"provider": "openai", "prize": 1}"#).unwrap();
        assert_eq!(fields.text("provider").unwrap().as_deref(), Some("openai"));
        assert_eq!(fields.finish().unwrap_err().field.as_deref(), Some("prize"));
    }

    #[test]
    fn a_wrong_member_is_named_with_the_remedy() {
        let mut fields =
            RequestFields::read(br#"{"end": "yes", "min_context": -1, "valid_from": "soon"}"#)
                .unwrap();
        assert_eq!(
            fields.flag("end").unwrap_err().field.as_deref(),
            Some("end")
        );
        assert_eq!(
            fields.count("min_context").unwrap_err().field.as_deref(),
            Some("min_context")
        );
        assert!(
            fields
                .moment("valid_from")
                .unwrap_err()
                .detail
                .contains("ISO 8601")
        );
        assert_eq!(
            fields.reason().unwrap_err().field.as_deref(),
            Some("reason")
        );
        assert!(RequestFields::read(b"[]").is_err());
        assert!(RequestFields::read(b"{").is_err());
    }

    #[test]
    fn a_moment_has_a_zone_or_is_a_number() {
        let expected = Some(1_795_392_000_000);
        for text in [
            "2026-11-23T00:00:00Z",
            "2026-11-23T01:00:00+01:00",
            "2026-11-23",
            "1795392000000",
        ] {
            assert_eq!(moment(text).map(|at| at.0), expected, "{text}");
        }
        for text in ["", "2026-11-23T00:00:00", "-1", "yesterday"] {
            assert_eq!(moment(text), None, "{text}");
        }
    }
}
