//! From what the sources say to what changes in the price book.
//!
//! [`merge_model`] looks at one model: every source's quotes, and every row that the book has. It
//! decides field by field, where a field is a resource in a region and a service tier. All context
//! tiers and time windows of a field come from one source, since those of two sources would
//! overlap: the first source by priority that quotes the field now. A field that it lacks is filled
//! from the next one.
//!
//! Nothing that the book holds is rewritten: a change closes a row and opens one. What looks like
//! a slip goes to quarantine ([`guard`]) and what is in force stays in force.

mod change;
mod field;
pub mod guard;
mod history;
mod override_timeline;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use change::{BookRow, Conflict, ModelChanges, NewRow, RowStatus, WITHDRAWN_BECAUSE};
use field::{FieldKey, FieldMerge};

use crate::{PriceKey, Quote, Rate, STANDARD_TIER, Source};

/// A quote with its source and the source's revision (a hash, an `ETag` or a version).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourcedQuote {
    /// Who says so.
    pub source: Source,
    /// In which revision of the source.
    pub revision: String,
    /// What is said.
    pub quote: Quote,
}

impl SourcedQuote {
    /// The source that a row of the book names: for the snapshot, the list that it repeats, so that
    /// the live list keeps the row fresh.
    pub fn book_source(&self) -> Source {
        if self.source != Source::Snapshot {
            return self.source;
        }
        Source::ALL
            .into_iter()
            .find(|source| {
                let rest = self.revision.strip_prefix(source.as_str());
                rest.is_some_and(|rest| rest.starts_with('-'))
            })
            .unwrap_or(Source::Snapshot)
    }

    /// The revision that a row of the book names.
    fn book_revision(&self) -> String {
        match self.source {
            Source::Snapshot => format!("snapshot {}", self.revision),
            _ => self.revision.clone(),
        }
    }

    fn is_in_force(&self, now_ms: i64) -> bool {
        self.quote.valid_from_ms <= now_ms && self.quote.valid_to_ms.is_none_or(|end| now_ms < end)
    }
}

/// A context tier and a time window within a field.
pub(crate) type SubKey = (u64, String);

/// What distinguishes rates of one field.
fn sub_key(key: &crate::PriceKey) -> SubKey {
    (key.min_context, key.schedule.clone())
}

/// What changes in the book for one model.
///
/// `quotes` and `rows` must all be of the same provider and model.
pub fn merge_model(quotes: &[SourcedQuote], rows: &[BookRow], now_ms: i64) -> ModelChanges {
    let mut fields: BTreeMap<FieldKey<'_>, (Vec<&SourcedQuote>, Vec<&BookRow>)> = BTreeMap::new();
    for quote in quotes.iter().filter(|quote| speaks_for_its_own(quote)) {
        fields
            .entry(FieldKey::of(&quote.quote.key))
            .or_default()
            .0
            .push(quote);
    }
    for row in rows {
        fields
            .entry(FieldKey::of(&row.key))
            .or_default()
            .1
            .push(row);
    }
    let mut changes = ModelChanges::default();
    for (field, (quotes, rows)) in &fields {
        let beside = CacheMeasures {
            inputs: rates_beside(&fields, field, "input", now_ms),
            reads: rates_beside(&fields, field, "cache_read", now_ms),
        };
        FieldMerge {
            quotes,
            rows,
            beside: &beside,
            is_charged_elsewhere: is_charged_elsewhere(&fields, field, now_ms),
            plain: plain_rate(&fields, field, now_ms),
            now_ms,
        }
        .run(&mut changes);
    }
    changes
}

/// Whether the book's price of the same resource in the standard tier, everywhere, is above zero.
fn is_charged_elsewhere(
    fields: &BTreeMap<FieldKey<'_>, (Vec<&SourcedQuote>, Vec<&BookRow>)>,
    field: &FieldKey<'_>,
    now_ms: i64,
) -> bool {
    let plain = FieldKey {
        region: "",
        service_tier: STANDARD_TIER,
        ..*field
    };
    // Gateways name their free offers so.
    *field != plain
        && field.service_tier != "free"
        && fields.get(&plain).is_some_and(|(_, rows)| {
            rows.iter()
                .any(|row| row.is_in_force(now_ms) && !row.is_override() && !row.rate.is_zero())
        })
}

/// The model's rate of the same resource everywhere, in the standard tier, for any context: the book's,
/// else that of the first source; none for that rate itself.
fn plain_rate(
    fields: &BTreeMap<FieldKey<'_>, (Vec<&SourcedQuote>, Vec<&BookRow>)>,
    field: &FieldKey<'_>,
    now_ms: i64,
) -> Option<Rate> {
    let plain = FieldKey {
        region: "",
        service_tier: STANDARD_TIER,
        ..*field
    };
    if *field == plain || field.resource_type == "multiplier" {
        return None;
    }
    let (quotes, rows) = fields.get(&plain)?;
    let is_base = |key: &PriceKey| key.min_context == 0 && key.schedule.is_empty();
    let in_book = rows
        .iter()
        .filter(|row| row.is_in_force(now_ms) && !row.is_override() && is_base(&row.key))
        .max_by_key(|row| (row.valid_from_ms, row.id));
    let said = quotes
        .iter()
        .filter(|quote| quote.source != Source::Override)
        .filter(|quote| quote.is_in_force(now_ms) && is_base(&quote.quote.key))
        .min_by_key(|quote| quote.source);
    in_book
        .map(|row| row.rate)
        .or_else(|| said.map(|quote| quote.quote.rate))
}

fn speaks_for_its_own(quote: &SourcedQuote) -> bool {
    let provider = quote.quote.key.provider.as_str();
    quote
        .source
        .own_provider()
        .is_none_or(|own| own == provider)
}

/// The rates that a cache write is measured against, by context tier and window.
#[derive(Debug, Default)]
pub(crate) struct CacheMeasures {
    /// Of uncached input.
    inputs: BTreeMap<SubKey, Rate>,
    /// Of cache reads.
    reads: BTreeMap<SubKey, Rate>,
}

/// The rates of another resource in the same region and tier; none but beside a cache write.
fn rates_beside(
    fields: &BTreeMap<FieldKey<'_>, (Vec<&SourcedQuote>, Vec<&BookRow>)>,
    field: &FieldKey<'_>,
    resource_type: &'static str,
    now_ms: i64,
) -> BTreeMap<SubKey, Rate> {
    if !field.resource_type.starts_with("cache_write") {
        return BTreeMap::new();
    }
    let other = FieldKey {
        resource_type,
        ..*field
    };
    let Some((quotes, _)) = fields.get(&other) else {
        return BTreeMap::new();
    };
    let mut quotes: Vec<_> = quotes
        .iter()
        .filter(|quote| quote.is_in_force(now_ms))
        .collect();
    // The last one by priority goes in first, so that the first one stays.
    quotes.sort_by_key(|quote| std::cmp::Reverse(quote.source));
    quotes
        .into_iter()
        .map(|quote| (sub_key(&quote.quote.key), quote.quote.rate))
        .collect()
}
