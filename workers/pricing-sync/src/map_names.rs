//! `GET` and `POST /pricing/mappings`: which provider an endpoint is, which model an alias.
use edge::Problem;
use edge::request::parameters;
use edge::respond::json;
use events::Fields;
use price_book::{mappings, mappings::Mapping};
use serde_json::{Value, json};
use worker::{Request, Response};

use crate::make_override::NAME_CHARS_MAX;
use crate::show_rate;
use crate::visit::Visit;

/// `GET /pricing/mappings`.
pub(crate) async fn list(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    visit.reader(request).await?;
    parameters(request, &[])?;
    let (endpoints, aliases) = mappings::list(&visit.suite.database).await?;
    let endpoints: Vec<Value> = endpoints
        .iter()
        .map(|row| {
            json!({
                "id": row.id, "endpoint": row.endpoint, "provider": row.provider,
                "valid_from": show_rate::moment(row.valid_from), "valid_to": row.valid_to.map(show_rate::moment),
                "reason": row.reason,
            })
        })
        .collect();
    let aliases: Vec<Value> = aliases
        .iter()
        .map(|row| {
            json!({
                "id": row.id, "provider": row.provider, "alias": row.alias, "model": row.model,
                "valid_from": show_rate::moment(row.valid_from), "valid_to": row.valid_to.map(show_rate::moment),
                "source": row.source, "reason": row.reason,
            })
        })
        .collect();
    json(200, &json!({ "endpoints": endpoints, "aliases": aliases }))
}

/// `POST /pricing/mappings`.
pub(crate) async fn change(visit: &Visit<'_>, request: &mut Request) -> Result<Response, Problem> {
    let admin = visit.admin(request).await?;
    let body = visit.json_body(request).await?;
    let mut fields = Fields::of_request(&body)?;
    let is_end = fields.flag("end")?.unwrap_or(false);
    let mapping = read(&mut fields, is_end)?;
    // Without a date a mapping holds from the beginning: what it names was never anything else.
    // An end without a date is now.
    let default_ms = if is_end { visit.received_at.0 } else { 0 };
    let valid_from = fields
        .date_or_moment("valid_from")?
        .map_or(default_ms, |at| at.0);
    let reason = fields.reason()?;
    fields.finish()?;
    let actor = visit.actor(&admin);
    mappings::change(
        &visit.suite.database,
        actor,
        &mapping,
        valid_from,
        is_end,
        &reason,
    )
    .await?;
    json(
        200,
        &json!({ "status": if is_end { "ended" } else { "set" } }),
    )
}

fn read(fields: &mut Fields<'_>, is_end: bool) -> Result<Mapping, Problem> {
    let endpoint = fields.text("endpoint", NAME_CHARS_MAX)?;
    let alias = fields.text("alias", NAME_CHARS_MAX)?;
    match (endpoint, alias) {
        (Some(endpoint), None) => {
            let provider = fields.text("provider", NAME_CHARS_MAX)?;
            let provider = provider.filter(|_| !is_end).or(is_end.then(String::new));
            let provider = provider.ok_or_else(|| {
                fields.missing("provider", "name the provider behind the endpoint")
            })?;
            Ok(Mapping::Endpoint { endpoint, provider })
        }
        (None, Some(alias)) => {
            let provider = fields.required("provider", NAME_CHARS_MAX)?;
            let model = fields
                .text("model", NAME_CHARS_MAX)?
                .filter(|_| !is_end)
                .or(is_end.then(String::new));
            let model = model.ok_or_else(|| {
                fields.missing("model", "name the model that the alias stands for")
            })?;
            Ok(Mapping::Alias {
                provider,
                alias,
                model,
            })
        }
        _ => Err(fields
            .invalid(
                "endpoint",
                "is neither alone nor left out",
                "send either `endpoint` with `provider`, or `provider`, `alias` and `model`",
            )
            .into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_json(json: &str) -> Result<Mapping, Problem> {
        let mut fields = Fields::of_request(json.as_bytes())?;
        let is_end = fields.flag("end")?.unwrap_or(false);
        read(&mut fields, is_end)
    }

    #[test]
    fn a_mapping_is_of_an_endpoint_or_of_an_alias() {
        let endpoint = read_json(r#"{"endpoint": "My Gateway", "provider": "openai"}"#).unwrap();
        assert!(matches!(endpoint, Mapping::Endpoint { .. }));
        let alias =
            read_json(r#"{"provider": "openai", "alias": "best", "model": "gpt-x"}"#).unwrap();
        assert!(matches!(alias, Mapping::Alias { .. }));
        let ended = read_json(r#"{"endpoint": "My Gateway", "end": true}"#).unwrap();
        assert!(matches!(ended, Mapping::Endpoint { .. }));
    }

    #[test]
    fn half_a_mapping_is_refused() {
        let field = |json: &str| read_json(json).unwrap_err().field.unwrap_or_default();
        assert_eq!(field(r#"{"endpoint": "x"}"#), "provider");
        assert_eq!(field(r#"{"provider": "openai", "alias": "best"}"#), "model");
        assert_eq!(field(r#"{"endpoint": "x", "alias": "y"}"#), "endpoint");
        assert_eq!(field("{}"), "endpoint");
    }
}
