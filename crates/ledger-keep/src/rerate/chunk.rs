//! The interactions of a chunk, and their estimates by the book of today.

use cost_calculation::{Billable, Estimate, Flag, Flags, TokenUsage, Units, UnixMillis, estimate};
use events::OperatorWords;
use serde::Deserialize;

use super::{
    RerateConfig, RerateFilter,
    selection::{Place, last_sql, rows_sql},
};
use crate::reprice::stored_row::StoredRow;
use ledger_core::{
    book_version::BookVersion,
    database::{Database, DatabaseError, Statement},
    estimate_lines::read_lines,
};
use price_book::read_book::PriceCache;

/// An interaction of a chunk: its start, its user, its source, its row.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Candidate(pub i64, pub String, pub String, pub StoredRow);

/// The next interactions of a walk.
#[derive(Debug, Clone, Default)]
pub(super) struct Chunk {
    pub candidates: Vec<Candidate>,
    /// Where the walk stands after it; `None` at its end.
    pub last: Option<Place>,
    /// Interactions that it looked at, those that the filter leaves out included.
    pub looked_at: u64,
    /// Interactions that no sum had room for.
    pub refused: Vec<String>,
}

/// What an interaction of the chunk is estimated at today.
#[derive(Debug)]
pub(super) enum Outcome {
    /// As before.
    Same,
    /// Otherwise.
    Differs(Box<Estimate>),
    /// Over the limit of one interaction, or not to be estimated: left as it was.
    OverLimit,
}

/// Reads the chunk behind a place.
pub(super) async fn read_chunk<D: Database>(
    database: &D,
    filter: &RerateFilter,
    words: &OperatorWords,
    after: Place,
    limit: u32,
) -> Result<Chunk, DatabaseError> {
    let parameter = filter.parameter(after, limit.max(1)).to_string();
    let rows = database
        .batch(&[
            Statement::with_json(rows_sql(), parameter.clone()),
            Statement::with_json(last_sql(), parameter),
        ])
        .await?;
    let [candidates, last] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no rows".to_owned()));
    };
    let last: Option<(i64, i64, u64)> = last.first()?;
    let mut candidates: Vec<Candidate> = candidates.decode()?;
    let flag = filter
        .flag()
        .map_err(|name| DatabaseError::Decode(format!("`{name}` is no flag of an estimate")))?;
    if let Some(flag) = flag {
        candidates.retain(|Candidate(_, _, _, row)| has_flag(row, flag));
    }
    for Candidate(_, _, source, row) in &mut candidates {
        row.set_by_operator(source, words);
    }
    Ok(Chunk {
        candidates,
        last: last.map(|(timestamp, key, _)| Place(timestamp, key)),
        looked_at: last.map_or(0, |(_, _, count)| count),
        refused: Vec::new(),
    })
}

fn has_flag(row: &StoredRow, flag: Flag) -> bool {
    let lines = read_lines(&row.lines).unwrap_or_default();
    Flags::from_bits(row.reading).contains(flag)
        || lines.iter().any(|line| line.flags.contains(flag))
}

impl Chunk {
    /// Each interaction estimated by the book as it is, with the book's version.
    pub async fn estimate<D: Database>(
        &self,
        database: &D,
        cache: &mut PriceCache,
        now: UnixMillis,
        config: &RerateConfig,
    ) -> Result<(Vec<Outcome>, BookVersion), DatabaseError> {
        let consumed: Vec<(TokenUsage, Units)> = self
            .candidates
            .iter()
            .map(|Candidate(_, _, _, row)| row.consumed())
            .collect::<Result<_, _>>()?;
        let billables: Vec<Billable<'_>> = self
            .candidates
            .iter()
            .zip(&consumed)
            .map(|(Candidate(_, _, _, row), consumed)| row.billable(consumed))
            .collect();
        let (book, version) = cache.prepare(database, &billables, now).await?;
        let outcomes = self.candidates.iter().zip(&billables);
        let outcomes = outcomes.map(|(Candidate(_, _, _, row), billable)| {
            let is_over = |new: &Estimate| {
                new.total
                    .is_some_and(|total| total > config.interaction_cost_max)
            };
            match estimate(book, billable) {
                Ok(new) if is_over(&new) => Outcome::OverLimit,
                Ok(new) if row.differs(&new) => Outcome::Differs(Box::new(new)),
                Ok(_) => Outcome::Same,
                Err(_) => Outcome::OverLimit,
            }
        });
        Ok((outcomes.collect(), version))
    }

    /// Its interactions one by one: the last part ends where the whole one does.
    pub fn singles(&self) -> impl Iterator<Item = Self> + '_ {
        let count = self.candidates.len();
        let parts = self.candidates.iter().enumerate();
        parts.map(move |(at, candidate)| {
            let is_last = at + 1 == count;
            Self {
                candidates: vec![candidate.clone()],
                last: if is_last {
                    self.last
                } else {
                    Some(Place(candidate.0, candidate.3.key))
                },
                // Those that the filter left out are counted with the last one.
                looked_at: if is_last {
                    self.looked_at.saturating_sub(at as u64)
                } else {
                    1
                },
                refused: Vec::new(),
            }
        })
    }

    /// Leaves its interactions as they were, and names them.
    pub fn refuse(&mut self) {
        let refused = self.candidates.drain(..);
        self.refused
            .extend(refused.map(|Candidate(_, _, _, row)| row.id));
    }
}
