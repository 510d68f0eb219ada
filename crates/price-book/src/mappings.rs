//! An operator's words on names: which provider a `LibreChat` endpoint is, which model an alias.

use cost_calculation::{ParsedModel, canonical_provider};
use serde::{Deserialize, Serialize};
use serde_json::json;

use ledger_core::{
    api_keys::{Actor, audit},
    database::{Database, DatabaseError, Statement},
};

/// A dated word on a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mapping {
    /// The endpoint of this name is this provider.
    Endpoint {
        /// As `LibreChat` names it; case does not matter.
        endpoint: String,
        /// The provider, by any of its names.
        provider: String,
    },
    /// The provider's model of this name is that one.
    Alias {
        /// The provider, by any of its names.
        provider: String,
        /// The name that is reported.
        alias: String,
        /// The model in the book.
        model: String,
    },
}

/// A mapping of an endpoint as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptEndpoint {
    /// Its id.
    pub id: i64,
    /// The endpoint, in lower case.
    pub endpoint: String,
    /// The provider.
    pub provider: String,
    /// Inclusive start, unix milliseconds.
    pub valid_from: i64,
    /// Exclusive end.
    pub valid_to: Option<i64>,
    /// Why.
    pub reason: Option<String>,
}

/// An alias as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAlias {
    /// Its id.
    pub id: i64,
    /// The provider.
    pub provider: String,
    /// The name that is reported.
    pub alias: String,
    /// The model in the book.
    pub model: String,
    /// Inclusive start, unix milliseconds.
    pub valid_from: i64,
    /// Exclusive end.
    pub valid_to: Option<i64>,
    /// Who says so.
    pub source: String,
    /// Why.
    pub reason: Option<String>,
}

/// Every mapping and alias, newest first.
pub async fn list<D: Database>(
    database: &D,
) -> Result<(Vec<KeptEndpoint>, Vec<KeptAlias>), DatabaseError> {
    const ENDPOINTS: &str = "
SELECT json_object('id', id, 'endpoint', endpoint, 'provider', provider, 'valid_from', valid_from,
  'valid_to', valid_to, 'reason', reason)
FROM provider_mappings ORDER BY id DESC LIMIT 500";
    const ALIASES: &str = "
SELECT json_object('id', id, 'provider', provider, 'alias', alias, 'model', model,
  'valid_from', valid_from, 'valid_to', valid_to, 'source', source, 'reason', reason)
FROM model_aliases ORDER BY id DESC LIMIT 500";
    let rows = database
        .batch(&[Statement::new(ENDPOINTS), Statement::new(ALIASES)])
        .await?;
    let [endpoints, aliases] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no rows".to_owned()));
    };
    Ok((endpoints.decode()?, aliases.decode()?))
}

/// Makes a mapping from a moment on; one of the same name that is in force ends there. With
/// `is_end`, only ends it.
///
/// The book's version moves in the same batch, so that no event is priced by the old word after.
pub async fn change<D: Database>(
    database: &D,
    actor: Actor<'_>,
    mapping: &Mapping,
    valid_from_ms: i64,
    is_end: bool,
    reason: &str,
) -> Result<(), DatabaseError> {
    let (table, name, parameter) = match mapping {
        Mapping::Endpoint { endpoint, provider } => (
            "provider_mappings",
            "endpoint = ?1 ->> 'endpoint'",
            json!({
                "endpoint": endpoint.trim().to_lowercase(),
                "provider": canonical_provider(provider),
                "valid_from": valid_from_ms, "now": actor.at, "reason": reason,
            }),
        ),
        Mapping::Alias {
            provider,
            alias,
            model,
        } => {
            let provider = canonical_provider(provider);
            (
                "model_aliases",
                "provider = ?1 ->> 'provider' AND alias = ?1 ->> 'alias'",
                json!({
                    "alias": ParsedModel::parse(&provider, alias).model,
                    "model": ParsedModel::parse(&provider, model).model,
                    "provider": provider,
                    "valid_from": valid_from_ms, "now": actor.at, "reason": reason,
                }),
            )
        }
    };
    let insert = match mapping {
        Mapping::Endpoint { .. } => {
            "INSERT INTO provider_mappings (endpoint, provider, valid_from, reason, created_at)
             SELECT ?1 ->> 'endpoint', ?1 ->> 'provider', ?1 ->> 'valid_from', ?1 ->> 'reason',
               ?1 ->> 'now'"
        }
        Mapping::Alias { .. } => {
            "INSERT INTO model_aliases (provider, alias, model, valid_from, source, reason, created_at)
             SELECT ?1 ->> 'provider', ?1 ->> 'alias', ?1 ->> 'model', ?1 ->> 'valid_from',
               'override', ?1 ->> 'reason', ?1 ->> 'now'"
        }
    };
    let action = if is_end {
        "price_mapping.end"
    } else {
        "price_mapping.set"
    };
    let audit = audit(actor, action, table, &parameter, Some(reason))?;
    let text = parameter.to_string();
    // Indexes provider_mappings_by_endpoint and model_aliases_by_alias.
    let end = format!(
        "UPDATE {table} SET valid_to = MAX(valid_from, ?1 ->> 'valid_from')
         WHERE {name} AND (valid_to IS NULL OR valid_to > ?1 ->> 'valid_from')"
    );
    let mut statements = vec![Statement::with_json(end, text.clone())];
    if !is_end {
        statements.push(Statement::with_json(insert, text));
    }
    statements.push(audit);
    statements.push(Statement::new(
        "UPDATE ledger_state SET price_book_version = price_book_version + 1",
    ));
    database.batch(&statements).await.map(|_| ())
}
