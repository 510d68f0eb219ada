//! What an admin asks for when the archival is to run: `POST /admin/archive`.
use crate::Rejection;
use crate::json::body::body_text;
use crate::json::fields::Fields;
use crate::limits::EVENT_BYTES_MAX;

/// Whether only the count is asked for. A request without a body asks for the run itself.
pub fn parse_archive_request(body: &[u8]) -> Result<bool, Rejection> {
    if body.is_empty() {
        return Ok(false);
    }
    let mut fields = Fields::of_body(body_text(body, EVENT_BYTES_MAX)?)?;
    let is_dry_run = fields.flag("dry_run")?.unwrap_or(false);
    fields.finish()?;
    Ok(is_dry_run)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_true_dry_run_is_one() {
        for body in ["", "{}", r#"{"dry_run":false}"#, r#"{"dry_run":null}"#] {
            assert_eq!(parse_archive_request(body.as_bytes()), Ok(false), "{body}");
        }
        assert_eq!(parse_archive_request(br#"{"dry_run":true}"#), Ok(true));
    }

    #[test]
    fn what_is_no_flag_is_refused_by_name() {
        let refusal = |body: &str| parse_archive_request(body.as_bytes()).unwrap_err();
        assert_eq!(refusal(r#"{"dry_run":"yes"}"#).field, "dry_run");
        assert_eq!(refusal(r#"{"dry_run":1}"#).fault, "is a number");
        // A word written wrong must not move anything.
        assert_eq!(refusal(r#"{"dryrun":true}"#).field, "dryrun");
        assert!(parse_archive_request(b"[]").is_err());
    }
}
