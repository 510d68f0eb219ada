//! Dated rates and the book that holds them.
use std::collections::{HashMap, HashSet};

use crate::model_name::normalize_model;
use crate::rate_selection::ModelRates;
use crate::resolve_model::{Candidate, walk_candidates};
use crate::schedule::Schedule;
use crate::{
    Billable, MatchKind, MatchedModel, ModelAlias, ProviderMapping, ResourceType, UnixMillis,
    canonical_provider,
};

/// On what the start of a price's validity rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValidFromBasis {
    /// The source gives the date.
    Stated,
    /// The date on which a sync first saw it.
    Observed,
    /// The first row ever known for its key, taken as valid from the beginning.
    Assumed,
}

impl ValidFromBasis {
    /// The name in SQL and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stated => "stated",
            Self::Observed => "observed",
            Self::Assumed => "assumed",
        }
    }
}

impl std::str::FromStr for ValidFromBasis {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        match name {
            "stated" => Ok(Self::Stated),
            "observed" => Ok(Self::Observed),
            "assumed" => Ok(Self::Assumed),
            other => Err(UnknownName::new(other, "stated, observed, assumed")),
        }
    }
}

/// A name that is none of an enumeration's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not one of {expected}")]
pub struct UnknownName {
    name: String,
    expected: &'static str,
}

impl UnknownName {
    pub(crate) fn new(name: &str, expected: &'static str) -> Self {
        Self {
            name: name.chars().take(100).collect(),
            expected,
        }
    }
}

/// One row of the price book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceRow {
    /// `prices.id`.
    pub id: i64,
    /// Provider, as [`canonical_provider`] writes it.
    pub provider: String,
    /// Model, as [`ParsedModel`] writes it; empty for what has no model.
    pub model: String,
    /// What is priced.
    pub resource: ResourceType,
    /// Region; empty for everywhere.
    pub region: String,
    /// Service tier served: `standard`, `batch`, `flex`, `priority`, …
    pub service_tier: String,
    /// Smallest count of all input tokens at which the row applies.
    pub min_context: u64,
    /// Weekly window in UTC ([`Schedule`]), or empty.
    pub schedule: String,
    /// Picodollars per `per` units.
    pub rate_pico: i64,
    /// Units that `rate_pico` is for; positive.
    pub per: i64,
    /// Inclusive start of validity.
    pub valid_from: UnixMillis,
    /// What the start rests on.
    pub valid_from_basis: ValidFromBasis,
    /// Exclusive end of validity; `None` while open.
    pub valid_to: Option<UnixMillis>,
    /// The row is older than its source's `cache_ttl` and has not been confirmed since.
    pub stale: bool,
}

impl PriceRow {
    /// Whether the row is in force at the moment.
    pub fn in_force(&self, at: UnixMillis) -> bool {
        self.valid_from <= at && self.valid_to.is_none_or(|end| at < end)
    }
}

/// The part of the price book that an estimate needs.
///
/// A book may be partial: [`PriceBook::keys_needed`] says which keys an estimate could look up,
/// [`PriceBook::knows`] which ones were loaded already (with or without rows), and
/// [`PriceBook::insert_rows`] with [`PriceBook::mark_known`] adds the rest. Aliases and mappings
/// are few and always loaded whole.
#[derive(Debug, Clone, Default)]
pub struct PriceBook {
    rates: HashMap<String, HashMap<String, ModelRates>>,
    known_empty: HashMap<String, HashSet<String>>,
    aliases: HashMap<String, HashMap<String, Vec<ModelAlias>>>,
    mappings: HashMap<String, Vec<ProviderMapping>>,
    invalid_rows: Vec<i64>,
    has_provider_multipliers: bool,
}

impl PriceBook {
    /// Indexes rows, aliases and mappings.
    ///
    /// Rows that can't be applied (a negative rate, `per` below 1, a validity that ends before it
    /// starts, a schedule that can't be read) are left out; [`PriceBook::invalid_rows`] names them.
    pub fn new(
        rows: Vec<PriceRow>,
        aliases: Vec<ModelAlias>,
        mappings: Vec<ProviderMapping>,
    ) -> Self {
        let mut book = Self::default();
        for alias in aliases {
            let provider = canonical_provider(&alias.provider).into_owned();
            let name = normalize_model(&alias.alias).into_owned();
            book.aliases
                .entry(provider)
                .or_default()
                .entry(name)
                .or_default()
                .push(alias);
        }
        for mapping in mappings {
            let endpoint = mapping.endpoint.trim().to_lowercase();
            book.mappings.entry(endpoint).or_default().push(mapping);
        }
        book.insert_rows(rows);
        book
    }

    /// Adds rows. A row whose id the book already holds under its key replaces the one it held.
    pub fn insert_rows(&mut self, rows: Vec<PriceRow>) {
        let mut unsorted = HashSet::new();
        for row in rows {
            let schedule = if row.schedule.is_empty() {
                Some(None)
            } else {
                row.schedule.parse::<Schedule>().ok().map(Some)
            };
            let ends_early = row.valid_to.is_some_and(|end| end < row.valid_from);
            let Some(schedule) =
                schedule.filter(|_| row.rate_pico >= 0 && row.per > 0 && !ends_early)
            else {
                self.invalid_rows.push(row.id);
                continue;
            };
            self.has_provider_multipliers |=
                row.model.is_empty() && row.resource == ResourceType::Multiplier;
            let key = (row.provider.clone(), row.model.clone());
            let models = self.rates.entry(key.0.clone()).or_default();
            models.entry(key.1.clone()).or_default().push(row, schedule);
            unsorted.insert(key);
        }
        for (provider, model) in unsorted {
            if let Some(rates) = self
                .rates
                .get_mut(&provider)
                .and_then(|m| m.get_mut(&model))
            {
                rates.sort();
            }
        }
    }

    /// Notes that all rows of these keys have been inserted, if there are any.
    pub fn mark_known(&mut self, keys: impl IntoIterator<Item = (String, String)>) {
        for (provider, model) in keys {
            self.known_empty.entry(provider).or_default().insert(model);
        }
    }

    /// Whether the key's rows have been loaded: it has rows, or [`PriceBook::mark_known`] named it.
    pub fn knows(&self, provider: &str, model: &str) -> bool {
        self.known_empty
            .get(provider)
            .is_some_and(|models| models.contains(model))
            || self.rates(provider, model).is_some()
    }

    /// How many keys the book knows: what grows while it is extended.
    pub fn key_count(&self) -> usize {
        let rates: usize = self.rates.values().map(HashMap::len).sum();
        let known: usize = self.known_empty.values().map(HashSet::len).sum();
        rates.max(known)
    }

    /// The ids of rows that were left out because they can't be applied.
    pub fn invalid_rows(&self) -> &[i64] {
        &self.invalid_rows
    }

    /// The rows of exactly this key, in the order in which they are searched.
    pub fn lookup(&self, provider: &str, model: &str) -> impl Iterator<Item = &PriceRow> {
        self.rates(provider, model)
            .into_iter()
            .flat_map(ModelRates::rows)
    }

    /// Every `(provider, model)` key that [`crate::estimate`] could look up for this interaction:
    /// what a ledger has to load before it estimates. No key appears twice.
    pub fn keys_needed(&self, billable: &Billable<'_>) -> Vec<(String, String)> {
        let mut keys: Vec<(String, String)> = Vec::new();
        let mut need = |provider: &str, model: &str| {
            if !keys.iter().any(|(p, m)| p == provider && m == model) {
                keys.push((provider.to_owned(), model.to_owned()));
            }
        };
        walk_candidates::<()>(self, billable, &mut |candidate: &Candidate<'_>| {
            need(candidate.provider, candidate.model);
            need(candidate.provider, "");
            None
        });
        for (provider, model) in crate::infrastructure::keys(self, billable) {
            need(&provider, &model);
        }
        keys
    }

    /// The key of the book that the interaction's model is priced by, and how it was found.
    pub fn resolve(&self, billable: &Billable<'_>) -> Option<(MatchedModel, MatchKind)> {
        crate::price_components::resolve(self, billable)
            .map(|resolved| (resolved.matched, resolved.kind))
    }

    /// The keys of [`PriceBook::keys_needed`] that the book doesn't know yet.
    pub fn keys_missing(&self, billable: &Billable<'_>) -> Vec<(String, String)> {
        let mut keys = self.keys_needed(billable);
        keys.retain(|(provider, model)| !self.knows(provider, model));
        keys
    }

    /// The rates of exactly this key.
    pub(crate) fn rates(&self, provider: &str, model: &str) -> Option<&ModelRates> {
        self.rates.get(provider)?.get(model)
    }

    /// The rates of the provider as a whole, if any provider has multipliers there.
    pub(crate) fn provider_multipliers(&self, provider: &str) -> Option<&ModelRates> {
        if self.has_provider_multipliers {
            self.rates(provider, "")
        } else {
            None
        }
    }

    /// Where the provider's alias led at that moment. The latest start wins.
    pub(crate) fn alias(&self, provider: &str, name: &str, at: UnixMillis) -> Option<&str> {
        let dated = self.aliases.get(provider)?.get(name)?;
        let in_force = dated
            .iter()
            .filter(|alias| alias.valid_from <= at && alias.valid_to.is_none_or(|end| at < end));
        in_force
            .max_by_key(|alias| alias.valid_from)
            .map(|alias| alias.model.as_str())
    }

    /// The operator's word on the provider behind a name, at that moment.
    pub(crate) fn mapping(&self, endpoint: &str, at: UnixMillis) -> Option<&str> {
        if self.mappings.is_empty() || endpoint.is_empty() {
            return None;
        }
        let dated = self.mappings.get(endpoint.trim().to_lowercase().as_str())?;
        let in_force = dated
            .iter()
            .filter(|row| row.valid_from <= at && row.valid_to.is_none_or(|end| at < end));
        in_force
            .max_by_key(|row| row.valid_from)
            .map(|row| row.provider.as_str())
    }
}
