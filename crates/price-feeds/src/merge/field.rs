//! The merge of one field: a resource of a model in a region and a service tier.

use std::collections::{BTreeMap, BTreeSet};

use cost_calculation::ValidFromBasis;

use super::{
    BookRow, CacheMeasures, Conflict, ModelChanges, NewRow, RowStatus, SourcedQuote, SubKey, guard,
    history,
};
use crate::{PriceKey, Rate, Source};

/// What names a field within a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FieldKey<'a> {
    pub(super) resource_type: &'a str,
    pub(super) region: &'a str,
    pub(super) service_tier: &'a str,
}

impl<'a> FieldKey<'a> {
    pub(super) fn of(key: &'a PriceKey) -> Self {
        Self {
            resource_type: &key.resource_type,
            region: &key.region,
            service_tier: &key.service_tier,
        }
    }
}

pub(super) fn sub_key(key: &PriceKey) -> SubKey {
    (key.min_context, key.schedule.clone())
}

/// What one source says about a field now.
type Shape<'q> = BTreeMap<SubKey, &'q SourcedQuote>;

/// One field with everything that is known about it.
pub(super) struct FieldMerge<'a> {
    pub(super) quotes: &'a [&'a SourcedQuote],
    pub(super) rows: &'a [&'a BookRow],
    /// What a cache write is measured against.
    pub(super) beside: &'a CacheMeasures,
    pub(super) now_ms: i64,
}

impl FieldMerge<'_> {
    pub(super) fn run(&self, changes: &mut ModelChanges) {
        let mut by_source = self.quotes_in_force();
        // An operator's word replaces what it names, in whatever the lists say beside it.
        let overrides = by_source.remove(&Source::Override).unwrap_or_default();
        if by_source.is_empty() && !overrides.is_empty() {
            by_source.insert(Source::Override, Shape::new());
        }
        let is_known = self.rows.iter().any(|row| row.is_active());
        let mut doubted = BTreeSet::new();
        for (source, listed) in &by_source {
            let mut shape = listed.clone();
            shape.extend(overrides.clone());
            let accepted = self.accepted(&shape, &by_source, &mut doubted, changes);
            report_conflicts(*source, listed, &by_source, changes);
            if is_known {
                // A price in force stays while the first source's word is doubted.
                self.change(*source, &shape, &accepted, changes);
                break;
            }
            // A new field whose price is doubted is left to the next source.
            if !accepted.is_empty() {
                self.begin(&accepted, changes);
                break;
            }
        }
        self.withdraw(&doubted, changes);
    }

    /// What each source says now, the first source by priority first.
    fn quotes_in_force(&self) -> BTreeMap<Source, Shape<'_>> {
        let mut by_source: BTreeMap<Source, Shape<'_>> = BTreeMap::new();
        for quote in self
            .quotes
            .iter()
            .filter(|quote| quote.is_in_force(self.now_ms))
        {
            let shape = by_source.entry(quote.source).or_default();
            let key = sub_key(&quote.quote.key);
            // The latest start is the latest word.
            let is_later = shape
                .get(&key)
                .is_none_or(|known| known.quote.valid_from_ms < quote.quote.valid_from_ms);
            if is_later {
                shape.insert(key, quote);
            }
        }
        by_source
    }

    /// The part of a source's word that is believed; the rest goes to quarantine.
    fn accepted<'q>(
        &self,
        shape: &Shape<'q>,
        by_source: &BTreeMap<Source, Shape<'_>>,
        doubted: &mut BTreeSet<(SubKey, Source, Rate)>,
        changes: &mut ModelChanges,
    ) -> Vec<&'q SourcedQuote> {
        let mut accepted = Vec::new();
        for (key, quote) in shape {
            match self.doubt(key, quote, by_source) {
                None => accepted.push(*quote),
                Some(reason) => {
                    doubted.insert((key.clone(), quote.book_source(), quote.quote.rate));
                    self.quarantine(quote, reason, changes);
                }
            }
        }
        accepted
    }

    fn doubt(
        &self,
        key: &SubKey,
        quote: &SourcedQuote,
        by_source: &BTreeMap<Source, Shape<'_>>,
    ) -> Option<String> {
        let (source, rate) = (quote.source, quote.quote.rate);
        let in_force = self.in_force(key);
        if source == Source::Override || in_force.is_some_and(|row| row.rate.equals(rate)) {
            return None;
        }
        let base = (0, String::new());
        let has_base = by_source
            .get(&source)
            .is_some_and(|shape| shape.contains_key(&base));
        let change = self
            .last_list_rate(key)
            .and_then(|last| guard::doubt_by_change(rate, last));
        let reason = guard::doubt_by_itself(rate, key, has_base, self.beside).or(change)?;
        if source == Source::Snapshot {
            // It says itself which of its rates two sources agreed on when it was built.
            return (!quote.revision.contains('+')).then_some(reason);
        }
        let has_second = by_source.iter().any(|(other, shape)| {
            *other != source
                && other.is_independent()
                && shape.get(key).is_some_and(|second| {
                    second
                        .quote
                        .rate
                        .agrees_within(rate, guard::AGREEMENT_THOUSANDTHS)
                })
        });
        (!has_second).then_some(reason)
    }

    /// The row in force for a context tier and window.
    fn in_force(&self, key: &SubKey) -> Option<&BookRow> {
        self.rows
            .iter()
            .filter(|row| row.is_in_force(self.now_ms) && sub_key(&row.key) == *key)
            .max_by_key(|row| (row.valid_from_ms, row.id))
            .copied()
    }

    /// The last rate that was a list price: an operator's own price is no measure for one.
    fn last_list_rate(&self, key: &SubKey) -> Option<Rate> {
        self.rows
            .iter()
            .filter(|row| row.is_active() && !row.is_override() && sub_key(&row.key) == *key)
            .filter(|row| row.valid_to_ms.is_none_or(|end| end > row.valid_from_ms))
            .max_by_key(|row| (row.valid_from_ms, row.id))
            .map(|row| row.rate)
    }

    /// The first rows of a field, its past included.
    fn begin(&self, accepted: &[&SourcedQuote], changes: &mut ModelChanges) {
        let (mut rows, from_ms) = history::lay(self.quotes, self.now_ms);
        rows.extend(accepted.iter().map(|quote| {
            let from_ms = from_ms.max(quote.quote.valid_from_ms);
            new_row(quote, from_ms, ValidFromBasis::Stated, None)
        }));
        // The first rows of all are taken as valid from the beginning.
        let first_ms = rows
            .iter()
            .map(|row| row.valid_from_ms)
            .min()
            .unwrap_or_default();
        for row in rows.iter_mut().filter(|row| row.valid_from_ms == first_ms) {
            row.valid_from_ms = 0;
            row.basis = ValidFromBasis::Assumed;
        }
        changes.open.extend(rows);
    }

    /// Rows that follow the ones in force.
    fn change(
        &self,
        source: Source,
        shape: &Shape<'_>,
        accepted: &[&SourcedQuote],
        changes: &mut ModelChanges,
    ) {
        for quote in accepted {
            let in_force = self.in_force(&sub_key(&quote.quote.key));
            let is_override = quote.source == Source::Override;
            let is_same = |row: &BookRow| {
                row.rate.equals(quote.quote.rate) && row.is_override() == is_override
            };
            if let Some(row) = in_force.filter(|row| is_same(row)) {
                let end = quote.quote.valid_to_ms.filter(|_| is_override);
                changes.close.extend(
                    end.filter(|_| row.valid_to_ms != end)
                        .map(|end| (row.id, end)),
                );
                continue;
            }
            let (from_ms, basis) = self.start(quote, in_force);
            let key = sub_key(&quote.quote.key);
            let overlapping = self.rows.iter().filter(|row| {
                row.is_active()
                    && sub_key(&row.key) == key
                    && row.valid_to_ms.is_none_or(|end| end > from_ms)
            });
            changes
                .close
                .extend(overlapping.map(|row| (row.id, from_ms.max(row.valid_from_ms))));
            changes.open.push(new_row(quote, from_ms, basis, None));
        }
        let gone = self.rows.iter().filter(|row| row.is_in_force(self.now_ms));
        for row in gone.filter(|row| !shape.contains_key(&sub_key(&row.key))) {
            if row.is_override() || may_end(source, row, shape) {
                changes.close.push((row.id, self.now_ms));
            }
        }
    }

    /// When a changed price begins: at the source's date if that is not before the price that it
    /// follows, where a price with an end left off, else now. An operator's date holds as it is.
    fn start(&self, quote: &SourcedQuote, in_force: Option<&BookRow>) -> (i64, ValidFromBasis) {
        let stated = quote.quote.valid_from_ms;
        let follows = in_force.is_none_or(|row| row.valid_from_ms <= stated);
        if stated > 0 && (follows || quote.source == Source::Override) {
            return (stated, ValidFromBasis::Stated);
        }
        let key = sub_key(&quote.quote.key);
        let ended = self
            .rows
            .iter()
            .filter(|row| row.is_active() && sub_key(&row.key) == key);
        let last_end = ended.filter_map(|row| row.valid_to_ms).max();
        let from_ms = match (in_force, last_end) {
            (None, Some(end)) => end.min(self.now_ms),
            _ => self.now_ms,
        };
        (from_ms, ValidFromBasis::Observed)
    }

    fn quarantine(&self, quote: &SourcedQuote, reason: String, changes: &mut ModelChanges) {
        let is_known = self.rows.iter().any(|row| {
            !row.is_active()
                && row.key == quote.quote.key
                && row.source == quote.book_source().as_str()
                && row.rate.equals(quote.quote.rate)
        });
        if !is_known {
            let basis = ValidFromBasis::Observed;
            changes
                .open
                .push(new_row(quote, self.now_ms, basis, Some(reason)));
        }
    }

    fn withdraw(&self, doubted: &BTreeSet<(SubKey, Source, Rate)>, changes: &mut ModelChanges) {
        let waiting = self
            .rows
            .iter()
            .filter(|row| row.status == RowStatus::Quarantined);
        for row in waiting {
            let key = sub_key(&row.key);
            let still_doubted = doubted.iter().any(|(doubted_key, source, rate)| {
                *doubted_key == key && source.as_str() == row.source && rate.equals(row.rate)
            });
            if !still_doubted {
                let is_said = self.quotes.iter().any(|quote| {
                    quote.book_source().as_str() == row.source
                        && quote.is_in_force(self.now_ms)
                        && quote.quote.key == row.key
                        && quote.quote.rate.equals(row.rate)
                });
                let why = if is_said {
                    "settled by another source"
                } else {
                    "no longer quoted"
                };
                changes.withdraw.push((row.id, why));
            }
        }
    }
}

fn report_conflicts(
    source: Source,
    shape: &Shape<'_>,
    by_source: &BTreeMap<Source, Shape<'_>>,
    changes: &mut ModelChanges,
) {
    let others = by_source.iter().filter(|(other, _)| **other != source);
    for (other_source, others) in others.filter(|(other, _)| other.is_independent()) {
        for (key, other) in others {
            let Some(ours) = shape.get(key).filter(|_| source.is_independent()) else {
                continue;
            };
            let (rate, other_rate) = (ours.quote.rate, other.quote.rate);
            if !rate.agrees_within(other_rate, guard::AGREEMENT_THOUSANDTHS) {
                changes.conflicts.push(Conflict {
                    key: ours.quote.key.clone(),
                    source,
                    rate,
                    other_source: *other_source,
                    other_rate,
                });
            }
        }
    }
}

/// Whether a context tier or window that its field no longer has may end: what replaces it
/// must not be a change that would wait for a second word.
fn may_end(source: Source, row: &BookRow, shape: &Shape<'_>) -> bool {
    let base = shape.get(&(0, String::new()));
    source != Source::Override
        && base.is_some_and(|base| guard::doubt_by_change(base.quote.rate, row.rate).is_none())
}

fn new_row(
    quote: &SourcedQuote,
    valid_from_ms: i64,
    basis: ValidFromBasis,
    quarantined_because: Option<String>,
) -> NewRow {
    NewRow {
        key: quote.quote.key.clone(),
        rate: quote.quote.rate,
        valid_from_ms,
        basis,
        // A list's announced end is left to the change that follows it: until then the price holds.
        valid_to_ms: quote
            .quote
            .valid_to_ms
            .filter(|_| quote.source == Source::Override),
        source: quote.book_source(),
        revision: quote.book_revision(),
        quarantined_because,
    }
}
