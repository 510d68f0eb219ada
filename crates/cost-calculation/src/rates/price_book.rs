//! The book: dated rates, aliases and mappings, by key.
use std::collections::{HashMap, HashSet};

use crate::ModelAlias;
use crate::PriceRow;
use crate::ProviderMapping;
use crate::ResourceType;
use crate::UnixMillis;
use crate::canonical_provider;
use crate::names::model_name::normalize_model;
use crate::rates::rate_selection::ModelRates;
use crate::rates::schedule::Schedule;

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
