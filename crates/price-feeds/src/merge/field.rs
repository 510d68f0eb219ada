//! The merge of one field: a resource of a model in a region and a service tier.

use std::collections::{BTreeMap, BTreeSet};

use cost_calculation::ValidFromBasis;

use super::{
    BookRow, CacheMeasures, Conflict, ModelChanges, NewRow, RowStatus, SourcedQuote, SubKey,
    change::{NO_LONGER_QUOTED, SETTLED},
    guard, history,
    override_timeline::{ListPrice, OverrideTimeline},
    sub_key,
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

/// What one source says about a field now.
type Shape<'q> = BTreeMap<SubKey, &'q SourcedQuote>;

/// One field with everything that is known about it.
pub(super) struct FieldMerge<'a> {
    pub(super) quotes: &'a [&'a SourcedQuote],
    pub(super) rows: &'a [&'a BookRow],
    /// What a cache write is measured against.
    pub(super) beside: &'a CacheMeasures,
    /// Whether the book charges for the same resource in the standard tier, everywhere.
    pub(super) is_charged_elsewhere: bool,
    /// The model's rate of the same resource everywhere, in the standard tier, for any context.
    pub(super) plain: Option<Rate>,
    pub(super) now_ms: i64,
}

impl FieldMerge<'_> {
    pub(super) fn run(&self, changes: &mut ModelChanges) {
        let by_source = self.quotes_in_force();
        let overrides = self.overrides();
        let decided = self.decided_by_operator(&overrides);
        let is_known = self.rows.iter().any(|row| row.is_active());
        let mut doubted = BTreeSet::new();
        for (source, listed) in &by_source {
            // Beside an operator's word in force, a list's is not put to the question.
            let mut shape = listed.clone();
            shape.retain(|key, _| !self.is_overridden(overrides.get(key)));
            let mut accepted = self.accepted(&shape, &by_source, &mut doubted, changes);
            let is_believed = !accepted.is_empty();
            accepted.retain(|quote| !decided.contains_key(&sub_key(&quote.quote.key)));
            report_conflicts(*source, listed, &by_source, changes);
            if is_known {
                // A price in force stays while the first source's word is doubted.
                self.change(listed, &accepted, &decided, changes);
                break;
            }
            // A new field whose price is doubted is left to the next source.
            if is_believed {
                self.begin(&accepted, changes);
                break;
            }
        }
        for (key, price_key) in decided {
            OverrideTimeline {
                key: price_key,
                overrides: overrides.get(&key).cloned().unwrap_or_default(),
                list: self.list_price(&key, &by_source, is_known),
                rows: self.active_rows(&key).collect(),
                is_first: !is_known,
                now_ms: self.now_ms,
            }
            .run(changes);
        }
        self.withdraw(&doubted, changes);
    }

    /// The operator's words that are of any length, by context tier and window, in order of time.
    fn overrides(&self) -> BTreeMap<SubKey, Vec<&SourcedQuote>> {
        let mut overrides: BTreeMap<SubKey, Vec<&SourcedQuote>> = BTreeMap::new();
        let of_operator = self
            .quotes
            .iter()
            .filter(|quote| quote.source == Source::Override);
        for quote in of_operator {
            let key = sub_key(&quote.quote.key);
            overrides.entry(key).or_default().push(quote);
        }
        for quotes in overrides.values_mut() {
            quotes.sort_by_key(|quote| quote.quote.valid_from_ms);
        }
        overrides
    }

    fn is_overridden(&self, overrides: Option<&Vec<&SourcedQuote>>) -> bool {
        overrides.is_some_and(|quotes| quotes.iter().any(|quote| quote.is_in_force(self.now_ms)))
    }

    /// The context tiers and windows on which an operator's word decides now or later, or of which
    /// a row still says so.
    fn decided_by_operator<'k>(
        &'k self,
        overrides: &BTreeMap<SubKey, Vec<&'k SourcedQuote>>,
    ) -> BTreeMap<SubKey, &'k PriceKey> {
        let is_live = |quote: &&&SourcedQuote| {
            let end_ms = quote.quote.valid_to_ms.unwrap_or(i64::MAX);
            end_ms > self.now_ms && end_ms > quote.quote.valid_from_ms
        };
        let words = overrides.values().flatten().filter(is_live);
        let rows = self
            .rows
            .iter()
            .filter(|row| row.is_override() && row.reaches_beyond(self.now_ms));
        words
            .map(|quote| &quote.quote.key)
            .chain(rows.map(|row| &row.key))
            .map(|key| (sub_key(key), key))
            .collect()
    }

    /// What the lists say beside an operator's word; where that is doubted or nothing, the price
    /// that the word interrupts.
    fn list_price(
        &self,
        key: &SubKey,
        by_source: &BTreeMap<Source, Shape<'_>>,
        is_known: bool,
    ) -> Option<ListPrice> {
        let said = by_source
            .values()
            .take(if is_known { 1 } else { usize::MAX })
            .filter_map(|shape| shape.get(key))
            .find(|quote| self.doubt(key, quote, by_source).is_none())
            .map(|quote| ListPrice {
                rate: quote.quote.rate,
                source: quote.book_source(),
                revision: quote.book_revision(),
            });
        said.or_else(|| {
            let row = self
                .last_list_row(key)
                .filter(|row| row.reaches_beyond(self.now_ms) || self.is_interrupted(row))?;
            Some(ListPrice {
                rate: row.rate,
                source: row.source.parse().ok()?,
                revision: row.revision.clone(),
            })
        })
    }

    /// Whether an override begins where a row ends.
    fn is_interrupted(&self, row: &BookRow) -> bool {
        self.active_rows(&sub_key(&row.key))
            .any(|other| other.is_override() && Some(other.valid_from_ms) == row.valid_to_ms)
    }

    fn active_rows(&self, key: &SubKey) -> impl Iterator<Item = &BookRow> {
        self.rows
            .iter()
            .copied()
            .filter(move |row| row.is_active() && sub_key(&row.key) == *key)
    }

    /// What each source says now, the first source by priority first.
    fn quotes_in_force(&self) -> BTreeMap<Source, Shape<'_>> {
        let mut by_source: BTreeMap<Source, Shape<'_>> = BTreeMap::new();
        for quote in self
            .quotes
            .iter()
            .filter(|quote| quote.source != Source::Override && quote.is_in_force(self.now_ms))
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
        let in_force = self.in_force(key).filter(|row| !row.is_override());
        if in_force.is_some_and(|row| row.rate.equals(rate)) {
            return None;
        }
        let base = (0, String::new());
        let has_base = by_source
            .get(&source)
            .is_some_and(|shape| shape.contains_key(&base));
        let resource_type = &quote.quote.key.resource_type;
        let last = self.last_list_row(key).or_else(|| self.row_so_far(key));
        let change = last
            .filter(|last| !self.is_correction(key, quote, last.rate, by_source))
            .and_then(|last| guard::doubt_by_change(rate, last.rate));
        let free = (last.is_none() && rate.is_zero() && self.is_charged_elsewhere)
            .then(|| "free in this region or service tier alone".to_owned());
        let reason = guard::doubt_by_itself(resource_type, rate, key, has_base, self.beside)
            .or_else(|| self.outlier(quote, rate))
            .or(change)
            .or(free)
            .or_else(|| dispute(key, quote, by_source).filter(|_| last.is_none()))?;
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

    /// Whether a rate is out of what its model's size and its other prices allow.
    fn outlier(&self, quote: &SourcedQuote, rate: Rate) -> Option<String> {
        guard::outlier(&quote.quote.key.model, rate, self.plain)
    }

    /// Whether a change leads back from a slip: from what could not begin today, or to what another
    /// source says where the price in force is far from it. What is believed by mistake is defended
    /// against a leap, and must not be defended against its correction.
    fn is_correction(
        &self,
        key: &SubKey,
        quote: &SourcedQuote,
        last: Rate,
        by_source: &BTreeMap<Source, Shape<'_>>,
    ) -> bool {
        let rate = quote.quote.rate;
        let leads_from_a_slip = self.outlier(quote, last).is_some();
        let leads_to_another = others(key, quote, by_source).any(|other| {
            !other.is_zero()
                && !rate.differs_by_more_than(other, guard::CORRECTION_FACTOR_MAX)
                && last.differs_by_more_than(other, guard::CHANGE_FACTOR_MAX)
        });
        !rate.is_zero() && (leads_from_a_slip || leads_to_another)
    }

    /// The row in force for a context tier and window.
    fn in_force(&self, key: &SubKey) -> Option<&BookRow> {
        self.rows
            .iter()
            .filter(|row| row.is_in_force(self.now_ms) && sub_key(&row.key) == *key)
            .max_by_key(|row| (row.valid_from_ms, row.id))
            .copied()
    }

    /// The last row that was a list price: an operator's own price is no measure for one.
    fn last_list_row(&self, key: &SubKey) -> Option<&BookRow> {
        self.active_rows(key)
            .filter(|row| !row.is_override())
            .filter(|row| row.valid_to_ms.is_none_or(|end| end > row.valid_from_ms))
            .max_by_key(|row| (row.valid_from_ms, row.id))
    }

    /// The list price that a call of a new context tier or window had so far: without it, a new
    /// tier would be a way around the guard.
    fn row_so_far(&self, (min_context, _): &SubKey) -> Option<&BookRow> {
        self.rows
            .iter()
            .filter(|row| row.is_in_force(self.now_ms) && !row.is_override())
            .filter(|row| row.key.schedule.is_empty() && row.key.min_context <= *min_context)
            .max_by_key(|row| (row.key.min_context, row.valid_from_ms, row.id))
            .copied()
    }

    /// The first rows of a field, its past included.
    fn begin(&self, accepted: &[&SourcedQuote], changes: &mut ModelChanges) {
        if accepted.is_empty() {
            return;
        }
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
        shape: &Shape<'_>,
        accepted: &[&SourcedQuote],
        decided: &BTreeMap<SubKey, &PriceKey>,
        changes: &mut ModelChanges,
    ) {
        for quote in accepted {
            let key = sub_key(&quote.quote.key);
            let in_force = self.in_force(&key);
            if in_force.is_some_and(|row| row.rate.equals(quote.quote.rate)) {
                continue;
            }
            let (from_ms, basis) = self.start(quote, in_force);
            let overlapping = self
                .active_rows(&key)
                .filter(|row| row.valid_to_ms.is_none_or(|end| end > from_ms));
            changes
                .close
                .extend(overlapping.map(|row| (row.id, from_ms.max(row.valid_from_ms))));
            changes.open.push(new_row(quote, from_ms, basis, None));
        }
        let gone = self.rows.iter().filter(|row| {
            let key = sub_key(&row.key);
            row.is_in_force(self.now_ms) && !shape.contains_key(&key) && !decided.contains_key(&key)
        });
        for row in gone.filter(|row| may_end(row, shape)) {
            changes.close.push((row.id, self.now_ms));
        }
    }

    /// When a changed price begins: at the source's date if that is not before the price that it
    /// follows and not long ago, where a price with an end left off, else now.
    fn start(&self, quote: &SourcedQuote, in_force: Option<&BookRow>) -> (i64, ValidFromBasis) {
        let stated = quote.quote.valid_from_ms;
        let follows = in_force.is_none_or(|row| row.valid_from_ms <= stated);
        let is_recent = stated >= self.now_ms.saturating_sub(guard::BACKDATED_MS_MAX);
        if stated > 0 && follows && is_recent {
            return (stated, ValidFromBasis::Stated);
        }
        let key = sub_key(&quote.quote.key);
        let ends = self.active_rows(&key).filter_map(|row| row.valid_to_ms);
        let from_ms = match (in_force, ends.max()) {
            (None, Some(end)) => end.min(self.now_ms),
            _ => self.now_ms,
        };
        (from_ms, ValidFromBasis::Observed)
    }

    fn quarantine(&self, quote: &SourcedQuote, reason: String, changes: &mut ModelChanges) {
        let is_known = self.rows.iter().any(|row| {
            matches!(row.status, RowStatus::Quarantined | RowStatus::Rejected)
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
                let why = if is_said { SETTLED } else { NO_LONGER_QUOTED };
                changes.withdraw.push((row.id, why));
            }
        }
    }
}

/// What the other sources say of a context tier and window.
fn others<'q>(
    key: &'q SubKey,
    quote: &'q SourcedQuote,
    by_source: &'q BTreeMap<Source, Shape<'_>>,
) -> impl Iterator<Item = Rate> + 'q {
    by_source
        .iter()
        .filter(|(source, _)| **source != quote.source && source.is_independent())
        .filter_map(|(_, shape)| Some(shape.get(key)?.quote.rate))
}

/// Why a first rate waits that the other sources dispute.
fn dispute(
    key: &SubKey,
    quote: &SourcedQuote,
    by_source: &BTreeMap<Source, Shape<'_>>,
) -> Option<String> {
    let rate = quote.quote.rate;
    let disputing = others(key, quote, by_source)
        .filter(|other| rate.differs_by_more_than(*other, guard::CHANGE_FACTOR_MAX))
        .count();
    (disputing >= guard::DISPUTING_SOURCES_MIN).then(|| {
        format!(
            "{disputing} other sources differ by more than a factor of {}",
            guard::CHANGE_FACTOR_MAX
        )
    })
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
fn may_end(row: &BookRow, shape: &Shape<'_>) -> bool {
    let base = shape.get(&(0, String::new()));
    base.is_some_and(|base| guard::doubt_by_change(base.quote.rate, row.rate).is_none())
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
        valid_to_ms: None,
        source: quote.book_source(),
        revision: quote.book_revision(),
        quarantined_because,
    }
}
