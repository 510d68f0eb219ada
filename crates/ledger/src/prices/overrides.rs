//! An operator's own prices: contracts, discounts, corrections.
//!
//! An override is a quote of the source `override`. It goes first for what it names, from its date
//! on, and the lists' price resumes when it ends; neither changes an estimate that was made.

use cost_calculation::{ParsedModel, ResourceType, Schedule, UnixMillis, canonical_provider};
use price_feeds::{
    PriceKey, Quote, Rate, STANDARD_TIER, Source,
    merge::{ModelChanges, SourcedQuote, merge_model},
};
use serde_json::json;

use super::{apply::BookWrite, stored::read_models, sync::SyncError};
use crate::{
    api_keys::{Actor, audit},
    database::{Database, DatabaseError},
};

/// How often an override is merged anew because the book moved.
const ATTEMPTS_MAX: u32 = 3;

/// What an override prices, in the operator's words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OverrideKey {
    /// Provider, by any of its names.
    pub provider: String,
    /// Model; empty for what has no model.
    pub model: String,
    /// Resource: `input`, `output`, `web_search`, …
    pub resource_type: String,
    /// Region, or empty for everywhere.
    pub region: String,
    /// Service tier, or empty for `standard`.
    pub service_tier: String,
    /// Smallest count of all input tokens at which it applies.
    pub min_context: u64,
    /// Weekly windows in UTC, or empty.
    pub schedule: String,
}

/// What an operator asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverrideChange {
    /// This rate, from a moment on, until another one if there is one.
    Set {
        /// How much.
        rate: Rate,
        /// Inclusive start.
        valid_from: UnixMillis,
        /// Exclusive end.
        valid_to: Option<UnixMillis>,
    },
    /// No override from this moment on.
    End {
        /// Exclusive end.
        valid_to: UnixMillis,
    },
}

/// Why an override was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OverrideError {
    /// A field is wrong: its name and what is wrong with it.
    #[error("{field} {fault}")]
    Field {
        /// The field.
        field: &'static str,
        /// The fault and the remedy.
        fault: String,
    },
    /// There is no override to end.
    #[error("no override of this key is in force or announced: GET /pricing/rates shows what is")]
    NothingToEnd,
    /// It could not be written.
    #[error(transparent)]
    Sync(#[from] SyncError),
}

impl From<DatabaseError> for OverrideError {
    fn from(error: DatabaseError) -> Self {
        Self::Sync(error.into())
    }
}

impl OverrideKey {
    /// The key in the book's words.
    pub fn to_price_key(&self) -> Result<PriceKey, OverrideError> {
        let fault = |field, fault: &str| OverrideError::Field {
            field,
            fault: fault.to_owned(),
        };
        let provider = canonical_provider(&self.provider).into_owned();
        if provider.is_empty() {
            return Err(fault(
                "provider",
                "is missing: name the provider, for example `openai`",
            ));
        }
        let resource: ResourceType = self
            .resource_type
            .parse()
            .map_err(|_| fault("resource_type", "names no resource: `input`, `output`, …"))?;
        if resource == ResourceType::Declared {
            return Err(fault(
                "resource_type",
                "is for costs that a caller declares",
            ));
        }
        if !self.schedule.is_empty() {
            self.schedule
                .parse::<Schedule>()
                .map_err(|error| OverrideError::Field {
                    field: "schedule",
                    fault: error.to_string(),
                })?;
        }
        let name = ParsedModel::parse(&provider, &self.model);
        let or = |given: &str, found: String| {
            if given.trim().is_empty() {
                found
            } else {
                given.trim().to_ascii_lowercase()
            }
        };
        let service_tier = or(&self.service_tier, name.service_tier);
        Ok(PriceKey {
            provider,
            model: name.model,
            resource_type: resource.to_string(),
            region: or(&self.region, name.region),
            service_tier: if service_tier.is_empty() || service_tier == "default" {
                STANDARD_TIER.to_owned()
            } else {
                service_tier
            },
            min_context: self.min_context,
            schedule: self.schedule.trim().to_owned(),
        })
    }
}

/// Makes, replaces or ends an override; returns what changed in the book.
pub async fn change_override<D: Database>(
    database: &D,
    actor: Actor<'_>,
    key: &OverrideKey,
    change: OverrideChange,
    reason: &str,
) -> Result<ModelChanges, OverrideError> {
    let key = key.to_price_key()?;
    let now = UnixMillis(actor.at);
    check(change)?;
    let model = (key.provider.clone(), key.model.clone());
    for _ in 0..ATTEMPTS_MAX {
        let mut stored = read_models(database, std::slice::from_ref(&model), None).await?;
        let mut quotes = stored.quotes.remove(&model).unwrap_or_default();
        let before: Vec<_> = quotes
            .iter()
            .filter(|quote| quote.source == Source::Override && quote.quote.key == key)
            .map(|quote| quote_json(&quote.quote))
            .collect();
        apply_change(&mut quotes, &key, change, now)?;
        let rows = stored.rows.remove(&model).unwrap_or_default();
        let changes = merge_model(&quotes, &rows, now.0);
        let (action, after) = match change {
            OverrideChange::Set {
                rate,
                valid_from,
                valid_to,
            } => (
                "price_override.set",
                json!({ "rate": rate.rate_pico.to_string(), "per": rate.per,
                    "valid_from": valid_from.0, "valid_to": valid_to.map(|end| end.0) }),
            ),
            OverrideChange::End { valid_to } => {
                ("price_override.end", json!({ "valid_to": valid_to.0 }))
            }
        };
        let subject = format!("{}/{} {}", key.provider, key.model, key.resource_type);
        let detail = json!({
            "region": key.region, "service_tier": key.service_tier,
            "min_context": key.min_context, "schedule": key.schedule,
            "before": before, "after": after,
        });
        let write = BookWrite {
            book_version: stored.book_version,
            source: Some(Source::Override),
            models: std::slice::from_ref(&model),
            quotes: quotes
                .iter()
                .filter(|quote| quote.source == Source::Override)
                .collect(),
            changes: vec![changes.clone()],
            audit: Some(audit(actor, action, &subject, &detail, Some(reason))?),
        };
        if write.run(database, now).await? {
            return Ok(changes);
        }
    }
    Err(SyncError::BookKeptMoving.into())
}

fn check(change: OverrideChange) -> Result<(), OverrideError> {
    let OverrideChange::Set {
        rate,
        valid_from,
        valid_to,
    } = change
    else {
        return Ok(());
    };
    let fault = |field, fault: &str| {
        Err(OverrideError::Field {
            field,
            fault: fault.to_owned(),
        })
    };
    if rate.rate_pico < 0 || rate.per <= 0 {
        return fault("price", "is negative: send 0 or more");
    }
    if valid_to.is_some_and(|end| end <= valid_from) {
        return fault(
            "valid_to",
            "is not after valid_from: leave it out for an open end",
        );
    }
    Ok(())
}

fn apply_change(
    quotes: &mut Vec<SourcedQuote>,
    key: &PriceKey,
    change: OverrideChange,
    now: UnixMillis,
) -> Result<(), OverrideError> {
    let is_of_key =
        |quote: &SourcedQuote| quote.source == Source::Override && quote.quote.key == *key;
    match change {
        OverrideChange::Set {
            rate,
            valid_from,
            valid_to,
        } => {
            quotes.retain(|quote| !is_of_key(quote) || quote.quote.valid_from_ms < valid_from.0);
            end_at(
                quotes.iter_mut().filter(|quote| is_of_key(quote)),
                valid_from.0,
            );
            quotes.push(SourcedQuote {
                source: Source::Override,
                revision: format!("override-{}", now.0),
                quote: Quote {
                    key: key.clone(),
                    valid_from_ms: valid_from.0,
                    valid_to_ms: valid_to.map(|end| end.0),
                    rate,
                },
            });
        }
        OverrideChange::End { valid_to } => {
            let found = quotes.iter().any(|quote| {
                is_of_key(quote) && quote.quote.valid_to_ms.is_none_or(|end| end > valid_to.0)
            });
            if !found {
                return Err(OverrideError::NothingToEnd);
            }
            quotes.retain(|quote| !is_of_key(quote) || quote.quote.valid_from_ms < valid_to.0);
            end_at(
                quotes.iter_mut().filter(|quote| is_of_key(quote)),
                valid_to.0,
            );
        }
    }
    Ok(())
}

fn end_at<'a>(quotes: impl Iterator<Item = &'a mut SourcedQuote>, end_ms: i64) {
    for quote in quotes {
        let end = quote
            .quote
            .valid_to_ms
            .map_or(end_ms, |end| end.min(end_ms));
        quote.quote.valid_to_ms = Some(end);
    }
}

fn quote_json(quote: &Quote) -> serde_json::Value {
    json!({
        "rate": quote.rate.rate_pico.to_string(),
        "per": quote.rate.per,
        "valid_from": quote.valid_from_ms,
        "valid_to": quote.valid_to_ms,
    })
}
