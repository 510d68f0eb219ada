//! An operator's own prices: contracts, discounts, corrections.
//!
//! An override is a quote of the source `override`. It goes first for what it names, from its date
//! on, and the lists' price resumes when it ends; neither changes an estimate that was made.

use cost_calculation::{ParsedModel, ResourceType, Schedule, UnixMillis, canonical_provider};
use price_feeds::{
    PriceKey, Quote, Rate, STANDARD_TIER, Source,
    merge::{BookRow, ModelChanges, SourcedQuote, merge_model},
};
use serde_json::json;

use super::{
    apply::{BookWrite, write},
    stored::{ModelName, read_models},
    sync::SyncError,
};
use ledger_core::{
    api_keys::{Actor, audit},
    database::{Database, DatabaseError, Statement},
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

/// A change of an override, thought through and not made.
pub struct PlannedChange {
    book_version: i64,
    model: ModelName,
    /// The operator's words on the key so far.
    before: Vec<Quote>,
    /// Every quote of the model after the change.
    quotes: Vec<SourcedQuote>,
    /// The model's rows before it.
    pub rows: Vec<BookRow>,
    /// What it changes in the book.
    pub changes: ModelChanges,
}

/// Reads the model, and finds what the change would do to it.
pub async fn plan<D: Database>(
    database: &D,
    key: &PriceKey,
    change: OverrideChange,
    now: UnixMillis,
) -> Result<PlannedChange, OverrideError> {
    check(change)?;
    let model = (key.provider.clone(), key.model.clone());
    let mut stored = read_models(database, std::slice::from_ref(&model), None).await?;
    let mut quotes = stored.quotes.remove(&model).unwrap_or_default();
    let of_key = |quote: &&SourcedQuote| is_of_key(quote, key);
    let before = quotes.iter().filter(of_key);
    let before = before.map(|quote| quote.quote.clone()).collect();
    apply_change(&mut quotes, key, change, now)?;
    let rows = stored.rows.remove(&model).unwrap_or_default();
    let changes = merge_model(&quotes, &rows, now.0);
    Ok(PlannedChange {
        book_version: stored.book_version,
        model,
        before,
        quotes,
        rows,
        changes,
    })
}

/// A change of an override that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverrideChanged {
    /// What changed in the book.
    pub changes: ModelChanges,
    /// The model's rows before it.
    pub rows: Vec<BookRow>,
}

/// Makes, replaces or ends an override.
pub async fn change_override<D: Database>(
    database: &D,
    actor: Actor<'_>,
    key: &OverrideKey,
    change: OverrideChange,
    reason: &str,
) -> Result<OverrideChanged, OverrideError> {
    let key = key.to_price_key()?;
    let now = UnixMillis(actor.at);
    for _ in 0..ATTEMPTS_MAX {
        let planned = plan(database, &key, change, now).await?;
        let audit = audit_of(actor, &key, change, &planned.before, reason)?;
        let statements = BookWrite {
            book_version: planned.book_version,
            source: Some(Source::Override),
            models: std::slice::from_ref(&planned.model),
            quotes: planned
                .quotes
                .iter()
                .filter(|quote| quote.source == Source::Override)
                .collect(),
            changes: vec![planned.changes.clone()],
            audit: Some(audit),
        }
        .statements(now);
        if write(database, &statements, planned.book_version).await? {
            return Ok(OverrideChanged {
                changes: planned.changes,
                rows: planned.rows,
            });
        }
    }
    Err(SyncError::BookKeptMoving.into())
}

fn audit_of(
    actor: Actor<'_>,
    key: &PriceKey,
    change: OverrideChange,
    before: &[Quote],
    reason: &str,
) -> Result<Statement, DatabaseError> {
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
        "before": before.iter().map(quote_json).collect::<Vec<_>>(), "after": after,
    });
    audit(actor, action, &subject, &detail, Some(reason))
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

fn is_of_key(quote: &SourcedQuote, key: &PriceKey) -> bool {
    quote.source == Source::Override && quote.quote.key == *key
}

fn apply_change(
    quotes: &mut Vec<SourcedQuote>,
    key: &PriceKey,
    change: OverrideChange,
    now: UnixMillis,
) -> Result<(), OverrideError> {
    let of_key: Vec<_> = quotes
        .extract_if(.., |quote| is_of_key(quote, key))
        .collect();
    match change {
        OverrideChange::Set {
            rate,
            valid_from,
            valid_to,
        } => {
            for word in of_key {
                around(&word, valid_from.0, valid_to.map(|end| end.0), quotes);
            }
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
            let is_live = |word: &SourcedQuote| {
                let end_ms = word.quote.valid_to_ms.unwrap_or(i64::MAX);
                end_ms > valid_to.0 && end_ms > word.quote.valid_from_ms
            };
            if !of_key.iter().any(is_live) {
                return Err(OverrideError::NothingToEnd);
            }
            for mut word in of_key {
                if is_live(&word) {
                    // One that was in force already stays as a word of no length: it says from
                    // when it is taken back.
                    let from_ms = word.quote.valid_from_ms;
                    if from_ms > now.0 && from_ms >= valid_to.0 {
                        continue;
                    }
                    word.quote.valid_to_ms = Some(valid_to.0.max(from_ms));
                }
                quotes.push(word);
            }
        }
    }
    Ok(())
}

/// What is left of an operator's earlier word beside a new one: what was before it, and what comes
/// after it if it ends.
fn around(word: &SourcedQuote, from_ms: i64, to_ms: Option<i64>, quotes: &mut Vec<SourcedQuote>) {
    let (start_ms, end_ms) = (word.quote.valid_from_ms, word.quote.valid_to_ms);
    let part = |valid_from_ms: i64, valid_to_ms: Option<i64>| {
        let mut part = word.clone();
        part.quote.valid_from_ms = valid_from_ms;
        part.quote.valid_to_ms = valid_to_ms;
        part
    };
    if start_ms < from_ms {
        let end_ms = end_ms.map_or(from_ms, |end| end.min(from_ms));
        quotes.push(part(start_ms, Some(end_ms)));
    }
    if let Some(to_ms) = to_ms
        && end_ms.is_none_or(|end| end > to_ms.max(start_ms))
    {
        quotes.push(part(start_ms.max(to_ms), end_ms));
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
