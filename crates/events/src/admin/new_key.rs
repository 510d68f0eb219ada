//! What an admin asks for when a key is made: `POST /admin/keys`.
use cost_calculation::UnixMillis;

use crate::Rejection;
use crate::json::body::body_text;
use crate::json::event::list;
use crate::json::fields::Fields;
use crate::limits::{EVENT_BYTES_MAX, KEY_NAME_CHARS_MAX, USER_ID_CHARS_MAX};
use crate::rejection::shown;

/// The scopes that a key may have.
pub const SCOPES: [&str; 6] = ["ingest", "backfill", "read", "self", "widget", "admin"];

/// A key to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// What the admin calls it.
    pub name: String,
    /// At least one of [`SCOPES`], each once, in their order.
    pub scopes: Vec<&'static str>,
    /// The one user that a key of scope `self` may read.
    pub user_id: Option<String>,
    /// When it stops; never without it.
    pub expires_at: Option<UnixMillis>,
}

/// Reads what a key is to be.
pub fn parse_new_key(body: &[u8], now: UnixMillis) -> Result<NewKey, Rejection> {
    let mut fields = Fields::of_body(body_text(body, EVENT_BYTES_MAX)?)?;
    let name = fields
        .text("name", KEY_NAME_CHARS_MAX)?
        .ok_or_else(|| fields.missing("name", "say what the key is for, like `LibreChat`"))?;
    let scopes = scopes(&mut fields)?;
    let user_id = fields.text("user_id", USER_ID_CHARS_MAX)?;
    if scopes.contains(&"self") != user_id.is_some() {
        return Err(fields.invalid(
            "user_id",
            "and the scope `self` belong together",
            "send both, or neither",
        ));
    }
    let expires_at = fields.moment("expires_at")?;
    if expires_at.is_some_and(|moment| moment <= now) {
        return Err(fields.invalid("expires_at", "lies in the past", "send a moment ahead"));
    }
    fields.finish()?;
    Ok(NewKey {
        name,
        scopes,
        user_id,
        expires_at,
    })
}

fn scopes(fields: &mut Fields<'_>) -> Result<Vec<&'static str>, Rejection> {
    let remedy = format!("send at least one of {}", SCOPES.join(", "));
    let mut asked = Vec::new();
    for item in list(fields, "scopes")? {
        let name = serde_json::from_str::<String>(item.get()).unwrap_or_default();
        if !SCOPES.contains(&name.as_str()) {
            return Err(fields.invalid("scopes", format!("holds {}", shown(&name)), remedy));
        }
        asked.push(name);
    }
    let scopes: Vec<_> = SCOPES
        .into_iter()
        .filter(|scope| asked.iter().any(|name| name == scope))
        .collect();
    if scopes.is_empty() {
        return Err(fields.invalid("scopes", "is empty", remedy));
    }
    Ok(scopes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> Result<NewKey, Rejection> {
        parse_new_key(body.as_bytes(), UnixMillis(1_795_438_280_000))
    }

    #[test]
    fn a_key_has_a_name_and_scopes() {
        let key = parse(r#"{"name":"LibreChat","scopes":["backfill","ingest","ingest"]}"#).unwrap();
        assert_eq!(key.scopes, ["ingest", "backfill"]);
        assert_eq!(key.expires_at, None);
    }

    #[test]
    fn a_key_of_scope_self_names_its_user() {
        assert_eq!(
            parse(r#"{"name":"a","scopes":["self"]}"#)
                .unwrap_err()
                .field,
            "user_id"
        );
        assert!(parse(r#"{"name":"a","scopes":["self"],"user_id":"u"}"#).is_ok());
        assert!(parse(r#"{"name":"a","scopes":["read"],"user_id":"u"}"#).is_err());
    }

    #[test]
    fn an_unknown_scope_and_a_past_expiry_are_refused() {
        let rejection = parse(r#"{"name":"a","scopes":["root"]}"#).unwrap_err();
        assert_eq!(rejection.fault, "holds `root`");
        let past = r#"{"name":"a","scopes":["read"],"expires_at":"2026-01-01T00:00:00Z"}"#;
        assert_eq!(parse(past).unwrap_err().field, "expires_at");
    }
}
