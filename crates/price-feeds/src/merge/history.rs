//! The past of a field that the book does not know yet.

use cost_calculation::ValidFromBasis;

use super::{NewRow, SourcedQuote, sub_key};

/// The rows before the present ones, and the moment from which the present ones hold.
///
/// The first source by priority that dates its prices says when they changed, whichever source
/// prices the present. Before its first date, its first price is taken as valid from the
/// beginning.
pub(super) fn lay(quotes: &[&SourcedQuote], now_ms: i64) -> (Vec<NewRow>, i64) {
    let mut dated: Vec<&SourcedQuote> = quotes
        .iter()
        .filter(|quote| quote.quote.valid_from_ms <= now_ms)
        .filter(|quote| quote.source.is_dated())
        .copied()
        .collect();
    dated.sort_by_key(|quote| quote.source);
    let Some(first) = dated
        .iter()
        .find(|quote| quote.quote.valid_from_ms > 0)
        .map(|q| q.source)
    else {
        return (Vec::new(), 0);
    };
    dated.retain(|quote| quote.source == first);
    let present_from_ms = dated
        .iter()
        .map(|quote| quote.quote.valid_from_ms)
        .max()
        .unwrap_or(0);
    let past = dated
        .iter()
        .filter(|quote| quote.quote.valid_from_ms < present_from_ms)
        .map(|quote| {
            let end = quote
                .quote
                .valid_to_ms
                .unwrap_or(present_from_ms)
                .min(present_from_ms);
            NewRow {
                key: quote.quote.key.clone(),
                rate: quote.quote.rate,
                valid_from_ms: quote.quote.valid_from_ms,
                basis: ValidFromBasis::Stated,
                valid_to_ms: Some(end),
                source: quote.book_source(),
                revision: quote.book_revision(),
                quarantined_because: None,
            }
        })
        .collect();
    (joined(past), present_from_ms)
}

/// Rows that follow each other at the same rate, as one.
fn joined(mut rows: Vec<NewRow>) -> Vec<NewRow> {
    rows.sort_by(|left, right| {
        (sub_key(&left.key), left.valid_from_ms).cmp(&(sub_key(&right.key), right.valid_from_ms))
    });
    let mut joined: Vec<NewRow> = Vec::with_capacity(rows.len());
    for row in rows {
        match joined.last_mut() {
            Some(last)
                if last.key == row.key
                    && last.rate.equals(row.rate)
                    && last.valid_to_ms == Some(row.valid_from_ms) =>
            {
                last.valid_to_ms = row.valid_to_ms;
            }
            _ => joined.push(row),
        }
    }
    joined
}
