//! What a run changes, or would: by day, model and user, with examples that can be redone by hand.

use std::collections::BTreeMap;

use cost_calculation::{Estimate, Flags, PicoUsd, PriceState, ResourceType};
use serde::{Deserialize, Serialize};

use super::chunk::{Candidate, Chunk, Outcome};
use crate::reprice::stored_row::StoredRow;
use ledger_core::estimate_lines::{StoredLine, compact_lines, read_lines};

/// Interactions that are shown before and after.
const EXAMPLES_MAX: usize = 20;
/// Models, or users, that have an entry of their own; the rest of them share one, [`OTHERS`].
const ENTRIES_MAX: usize = 100;
/// What the entry of all the others is named.
const OTHERS: &str = "(others)";

/// How many estimates changed, and by how much in picodollars.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Interactions with another estimate.
    pub interaction_count: u64,
    /// What they cost before, as far as it was known.
    pub cost_before_pico: i128,
    /// What they cost after, as far as it is known.
    pub cost_after_pico: i128,
}

impl Change {
    fn add(&mut self, before: Option<i64>, after: Option<PicoUsd>) {
        self.interaction_count += 1;
        self.cost_before_pico += i128::from(before.unwrap_or_default());
        self.cost_after_pico += i128::from(after.map_or(0, PicoUsd::get));
    }
}

/// One interaction's estimate, before or after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExampleEstimate {
    /// Picodollars; `None` where nothing has a price.
    pub total_pico: Option<i64>,
    /// How much has a price.
    pub price_state: String,
    /// The lines as they are stored.
    pub lines: String,
}

/// A line of an example, to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleLine {
    /// What was consumed.
    pub resource: ResourceType,
    /// How much of it.
    pub quantity: u64,
    /// The row of the book.
    pub price_id: Option<i64>,
    /// Its amount.
    pub amount: Option<PicoUsd>,
    /// What a reader must know.
    pub flags: Flags,
}

impl ExampleEstimate {
    /// The lines, to be shown; none where they can't be read.
    pub fn lines(&self) -> Vec<ExampleLine> {
        let lines = read_lines(&self.lines).unwrap_or_default();
        let shown = |line: StoredLine| ExampleLine {
            resource: line.resource,
            quantity: line.quantity,
            price_id: line.price_id,
            amount: line.amount,
            flags: line.flags,
        };
        lines.into_iter().map(shown).collect()
    }
}

/// One interaction, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RerateExample {
    /// The id that the caller gave.
    pub id: String,
    /// Its day in the reporting zone.
    pub day: String,
    /// The estimate that counted.
    pub before: ExampleEstimate,
    /// The one that takes its place.
    pub after: ExampleEstimate,
}

/// What a run changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RerateChanges {
    /// Interactions looked at, those that the filter leaves out included.
    pub examined_count: u64,
    /// Interactions that the filter chose.
    pub chosen_count: u64,
    /// What changed in all.
    pub total: Change,
    /// Interactions whose new estimate is over the limit or can't be made; they stay as they were.
    pub over_limit_count: u64,
    /// Interactions that a full sum had no room for; they stay as they were.
    pub refused_count: u64,
    /// The first of those.
    pub refused: Vec<String>,
    /// By day.
    pub by_day: BTreeMap<String, Change>,
    /// By `provider/model`.
    pub by_model: BTreeMap<String, Change>,
    /// By user.
    pub by_user: BTreeMap<String, Change>,
    /// By the state before and after: `unpriced>priced`.
    pub by_state: BTreeMap<String, Change>,
    /// The first interactions that changed.
    pub examples: Vec<RerateExample>,
}

impl RerateChanges {
    /// Counts a chunk.
    pub(super) fn add(&mut self, chunk: &Chunk, outcomes: &[Outcome]) {
        self.examined_count += chunk.looked_at;
        self.chosen_count += (chunk.candidates.len() + chunk.refused.len()) as u64;
        self.refused_count += chunk.refused.len() as u64;
        let room = EXAMPLES_MAX.saturating_sub(self.refused.len());
        self.refused
            .extend(chunk.refused.iter().take(room).cloned());
        for (Candidate(_, user, _, row), outcome) in chunk.candidates.iter().zip(outcomes) {
            match outcome {
                Outcome::Same => {}
                Outcome::OverLimit => self.over_limit_count += 1,
                Outcome::Differs(new) => self.add_change(user, row, new),
            }
        }
    }

    fn add_change(&mut self, user: &str, row: &StoredRow, new: &Estimate) {
        let [.., before] = row.costs;
        let model = format!("{}/{}", row.provider, row.model);
        let states = format!("{}>{}", row.price_state, new.price_state.as_str());
        self.total.add(before, new.total);
        for entry in [
            self.by_day.entry(row.day.clone()).or_default(),
            entry_of(&mut self.by_model, &model),
            entry_of(&mut self.by_user, user),
            self.by_state.entry(states).or_default(),
        ] {
            entry.add(before, new.total);
        }
        if self.examples.len() < EXAMPLES_MAX {
            self.examples.push(RerateExample {
                id: row.id.clone(),
                day: row.day.clone(),
                before: ExampleEstimate {
                    total_pico: before,
                    price_state: row.price_state.clone(),
                    lines: row.lines.clone(),
                },
                after: ExampleEstimate {
                    total_pico: new.total.map(PicoUsd::get),
                    price_state: PriceState::as_str(new.price_state).to_owned(),
                    lines: compact_lines(&new.lines),
                },
            });
        }
    }
}

/// The entry of a name; past the bound, that of all the others.
fn entry_of<'a>(entries: &'a mut BTreeMap<String, Change>, name: &str) -> &'a mut Change {
    let has_room = entries.len() < ENTRIES_MAX || entries.contains_key(name);
    let name = if has_room { name } else { OTHERS };
    entries.entry(name.to_owned()).or_default()
}
