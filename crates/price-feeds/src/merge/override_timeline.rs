//! An operator's prices laid out in time, with the lists' price before, between and after them.
//!
//! An override may begin and end in the future. Its rows, and those of the list price that it
//! interrupts, are written ahead, so that every call finds the price of its own moment, whenever
//! the next run is.

use cost_calculation::ValidFromBasis;

use super::{BookRow, ModelChanges, NewRow, SourcedQuote};
use crate::{PriceKey, Rate, Source};

/// What a list price resumes as.
#[derive(Debug, Clone)]
pub(super) struct ListPrice {
    pub(super) rate: Rate,
    pub(super) source: Source,
    pub(super) revision: String,
}

/// One context tier and window of a field, with an operator's word on it.
pub(super) struct OverrideTimeline<'a> {
    pub(super) key: &'a PriceKey,
    /// The operator's words, by start, without overlap.
    pub(super) overrides: Vec<&'a SourcedQuote>,
    /// What the lists say, where they say anything that is believed.
    pub(super) list: Option<ListPrice>,
    /// The active rows of the key.
    pub(super) rows: Vec<&'a BookRow>,
    /// Whether the book has no price of the field yet: the first one is valid from the beginning.
    pub(super) is_first: bool,
    pub(super) now_ms: i64,
}

/// A stretch of time at one price.
struct Segment<'a> {
    from_ms: i64,
    /// Exclusive; `i64::MAX` for an open end.
    to_ms: i64,
    content: Content<'a>,
}

enum Content<'a> {
    Override(&'a SourcedQuote),
    List(&'a ListPrice),
}

impl Content<'_> {
    fn is_of(&self, row: &BookRow) -> bool {
        match self {
            Self::Override(quote) => row.is_override() && row.rate.equals(quote.quote.rate),
            Self::List(list) => !row.is_override() && row.rate.equals(list.rate),
        }
    }
}

impl OverrideTimeline<'_> {
    /// Closes and opens rows so that the book says what it should from the first moment that an
    /// override still decides.
    pub(super) fn run(&self, changes: &mut ModelChanges) {
        let from_ms = self.laid_from_ms();
        let segments = self.segments(from_ms);
        // What a row's end becomes; a row that is not kept ends where the new layout begins.
        let mut kept: Vec<(i64, i64)> = Vec::new();
        for segment in &segments {
            self.lay(segment.from_ms == from_ms, segment, &mut kept, changes);
        }
        for row in self.rows.iter().filter(|row| row.reaches_beyond(from_ms)) {
            let end = kept
                .iter()
                .find(|(id, _)| *id == row.id)
                .map_or_else(|| from_ms.max(row.valid_from_ms), |(_, end)| *end);
            if row.valid_to_ms.unwrap_or(i64::MAX) != end {
                changes.close.push((row.id, end));
            }
        }
    }

    /// One stretch: the rows that say it already stay, what is missing is opened.
    fn lay(
        &self,
        is_first_stretch: bool,
        segment: &Segment<'_>,
        kept: &mut Vec<(i64, i64)>,
        changes: &mut ModelChanges,
    ) {
        let mut cursor_ms = segment.from_ms;
        let mut rows: Vec<_> = self
            .rows
            .iter()
            .filter(|row| segment.content.is_of(row) && row.reaches_beyond(segment.from_ms))
            .filter(|row| is_first_stretch || row.valid_from_ms >= segment.from_ms)
            .filter(|row| row.valid_from_ms < segment.to_ms)
            .collect();
        rows.sort_by_key(|row| (row.valid_from_ms, row.id));
        for row in rows {
            let end_ms = row.valid_to_ms.unwrap_or(i64::MAX).min(segment.to_ms);
            if end_ms <= cursor_ms {
                continue;
            }
            if row.valid_from_ms > cursor_ms {
                changes
                    .open
                    .push(self.row(&segment.content, cursor_ms, row.valid_from_ms));
            }
            kept.push((row.id, end_ms));
            cursor_ms = end_ms;
        }
        if cursor_ms < segment.to_ms {
            changes
                .open
                .push(self.row(&segment.content, cursor_ms, segment.to_ms));
        }
    }

    fn row(&self, content: &Content<'_>, from_ms: i64, to_ms: i64) -> NewRow {
        let (rate, source, revision, basis) = match content {
            Content::Override(quote) => (
                quote.quote.rate,
                quote.source,
                quote.revision.clone(),
                ValidFromBasis::Stated,
            ),
            Content::List(list) => (
                list.rate,
                list.source,
                list.revision.clone(),
                ValidFromBasis::Observed,
            ),
        };
        NewRow {
            key: self.key.clone(),
            rate,
            valid_from_ms: from_ms,
            basis: if from_ms == 0 {
                ValidFromBasis::Assumed
            } else {
                basis
            },
            valid_to_ms: (to_ms < i64::MAX).then_some(to_ms),
            source,
            revision,
            quarantined_because: None,
        }
    }

    /// The first moment from which the layout is made anew; what was before stays as it is.
    fn laid_from_ms(&self) -> i64 {
        if self.is_first {
            return 0;
        }
        let live = self
            .overrides
            .iter()
            .filter(|quote| end_ms(quote) > self.now_ms)
            .map(|quote| self.start_ms(quote));
        let ended = self
            .rows
            .iter()
            .filter(|row| row.is_override() && row.reaches_beyond(self.now_ms))
            .map(|row| {
                // Where the operator's word on it ends: it may have been taken back for the past.
                let word = self
                    .overrides
                    .iter()
                    .find(|quote| quote.quote.valid_from_ms == row.valid_from_ms);
                word.map_or(self.now_ms, |quote| end_ms(quote).max(row.valid_from_ms))
            });
        live.chain(ended).fold(self.now_ms, i64::min)
    }

    fn push_list<'s>(&'s self, from_ms: i64, to_ms: i64, segments: &mut Vec<Segment<'s>>) {
        if let Some(list) = self.list.as_ref().filter(|_| from_ms < to_ms) {
            segments.push(Segment {
                from_ms,
                to_ms,
                content: Content::List(list),
            });
        }
    }

    fn segments(&self, from_ms: i64) -> Vec<Segment<'_>> {
        let mut segments = Vec::new();
        let mut cursor_ms = from_ms;
        for quote in &self.overrides {
            let (start_ms, end_ms) = (self.start_ms(quote).max(cursor_ms), end_ms(quote));
            if end_ms <= start_ms {
                continue;
            }
            // Where nothing was known before, the first price is taken as valid from the beginning.
            let is_first_price = self.is_first && segments.is_empty() && self.list.is_none();
            let start_ms = if is_first_price && start_ms <= self.now_ms {
                0
            } else {
                self.push_list(cursor_ms, start_ms, &mut segments);
                start_ms
            };
            segments.push(Segment {
                from_ms: start_ms,
                to_ms: end_ms,
                content: Content::Override(quote),
            });
            cursor_ms = end_ms;
        }
        self.push_list(cursor_ms, i64::MAX, &mut segments);
        segments
    }

    /// An override without a date begins when it is seen.
    const fn start_ms(&self, quote: &SourcedQuote) -> i64 {
        if quote.quote.valid_from_ms > 0 || self.is_first {
            quote.quote.valid_from_ms
        } else {
            self.now_ms
        }
    }
}

fn end_ms(quote: &SourcedQuote) -> i64 {
    quote.quote.valid_to_ms.unwrap_or(i64::MAX)
}
