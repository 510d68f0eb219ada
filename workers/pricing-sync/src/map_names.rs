//! `GET` and `POST /pricing/mappings`: which provider an endpoint is, which model an alias.
use edge::Problem;
use edge::respond::json;
use price_book::{mappings, mappings::Mapping};
use serde_json::{Value, json};
use worker::{Request, Response};

use crate::query_parameters::QueryParameters;
use crate::request_fields::{RequestFields, fault, iso};
use crate::visit::Visit;

/// `GET /pricing/mappings`.
pub(crate) async fn list(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    visit.reader(request).await?;
    QueryParameters::of(request).finish()?;
    let (endpoints, aliases) = mappings::list(&visit.suite.database).await?;
    let endpoints: Vec<Value> = endpoints
        .iter()
        .map(|row| {
            json!({
                "id": row.id, "endpoint": row.endpoint, "provider": row.provider,
                "valid_from": iso(row.valid_from), "valid_to": row.valid_to.and_then(iso),
                "reason": row.reason,
            })
        })
        .collect();
    let aliases: Vec<Value> = aliases
        .iter()
        .map(|row| {
            json!({
                "id": row.id, "provider": row.provider, "alias": row.alias, "model": row.model,
                "valid_from": iso(row.valid_from), "valid_to": row.valid_to.and_then(iso),
                "source": row.source, "reason": row.reason,
            })
        })
        .collect();
    json(200, &json!({ "endpoints": endpoints, "aliases": aliases }))
}

/// `POST /pricing/mappings`.
pub(crate) async fn change(visit: &Visit<'_>, request: &mut Request) -> Result<Response, Problem> {
    let admin = visit.admin(request).await?;
    let mut fields = visit.fields(request).await?;
    let is_end = fields.flag("end")?;
    let mapping = read(&mut fields, is_end)?;
    // Without a date a mapping holds from the beginning: what it names was never anything else.
    // An end without a date is now.
    let default_ms = if is_end { visit.received_at.0 } else { 0 };
    let valid_from = fields.moment("valid_from")?.map_or(default_ms, |at| at.0);
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

fn read(fields: &mut RequestFields, is_end: bool) -> Result<Mapping, Problem> {
    let endpoint = fields.text("endpoint")?;
    let alias = fields.text("alias")?;
    match (endpoint, alias) {
        (Some(endpoint), None) => {
            let provider = fields.text("provider")?;
            let provider = provider.filter(|_| !is_end).or(is_end.then(String::new));
            let provider = provider.ok_or_else(|| {
                fault(
                    "provider",
                    "is missing: name the provider behind the endpoint".to_owned(),
                )
            })?;
            Ok(Mapping::Endpoint { endpoint, provider })
        }
        (None, Some(alias)) => {
            let provider = fields.required("provider")?;
            let model = fields
                .text("model")?
                .filter(|_| !is_end)
                .or(is_end.then(String::new));
            let model = model.ok_or_else(|| {
                fault(
                    "model",
                    "is missing: name the model that the alias stands for".to_owned(),
                )
            })?;
            Ok(Mapping::Alias {
                provider,
                alias,
                model,
            })
        }
        _ => Err(fault(
            "endpoint",
            "send either `endpoint` with `provider`, or `provider`, `alias` and `model`".to_owned(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_json(json: &str) -> Result<Mapping, Problem> {
        let mut fields = RequestFields::read(json.as_bytes())?;
        let is_end = fields.flag("end")?;
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
