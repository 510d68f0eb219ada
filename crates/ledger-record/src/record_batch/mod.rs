//! Recording a batch of priced interactions: each exactly once, with its estimate, its session and
//! every sum, in one transaction.
//!
//! The caller's id is the key, without a time window, and the archive counts too. An id that is
//! already there adds nothing anywhere: all later statements look at the rows that carry this
//! batch's own `ingest_id`. The insert itself compares the price book, the schema and the
//! reporting zone with `ledger_state`, so that no estimate made with an older book gets in.
//!
//! Nearly every batch is new, of users that are known and of sessions that are not archived, and is
//! sent as such, with nothing else. Where an id was there already, what is stored is looked up;
//! where a user is new or a session archived, nothing was written but names of sessions, and the
//! batch is sent again with the statements that make the users and bring the sessions back. What an isolate knows of sessions
//! ([`KnownSessions`]) it does not write again.

mod known_sessions;
mod statements;

use std::collections::HashMap;

use cost_calculation::{Estimate, PicoUsd, UnixMillis};
use events::{DIGEST_VERSION, Interaction};
use serde::Deserialize;

use self::statements::answering;
use ledger_core::{
    book_version::BookVersion,
    database::{Database, DatabaseError, Rows, Statement},
    record_error::RecordError,
    write_guard::{STATE, StateRow, mismatch},
};
use reporting_days::ReportingZone;

pub use self::known_sessions::KnownSessions;
pub(crate) use self::statements::{ANSWERS, Expected, GUARD, SESSION_OWNER, one_line, recording};

/// The most interactions in one batch.
pub const BATCH_INTERACTIONS_MAX: usize = events::limits::BATCH_EVENTS_MAX;

/// What the estimates of a batch were made with, and what marks the batch.
#[derive(Debug, Clone, Copy)]
pub struct BatchContext {
    /// A fresh random number for each attempt; positive.
    pub ingest_id: i64,
    /// When the request arrived.
    pub received_at: UnixMillis,
    /// The price book that the estimates were made with.
    pub book: BookVersion,
    /// The installation's reporting zone, as this Worker is configured.
    pub reporting_zone: ReportingZone,
    /// The most that one key may declare of one day's cost.
    pub declared_cost_max: PicoUsd,
}

/// What became of one interaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded {
    /// It is new and counted.
    Accepted(RecordedCost),
    /// It was there already, with the same body; this is the answer it got then, or since.
    Duplicate(RecordedCost),
    /// It was there already, by a digest of other rules: whether the bodies are the same can't be
    /// told, and is not guessed at.
    Known(RecordedCost),
    /// Its id was there already with another body; nothing changed. This is what is kept.
    Conflict(Kept),
}

/// The body that an id was recorded with, and what it cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its digest, in upper-case hex.
    pub body_hash: String,
    /// Its cost.
    pub cost: RecordedCost,
}

/// An interaction on its way into the ledger.
#[derive(Debug, Clone, Copy)]
pub struct PricedInteraction<'a> {
    /// What happened.
    pub interaction: &'a Interaction,
    /// The digest of its body, in upper-case hex.
    pub body_hash: &'a str,
    /// What it costs.
    pub estimate: &'a Estimate,
}

/// The stored cost of an interaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedCost {
    /// `None` where nothing of it has a price.
    pub total_cost: Option<PicoUsd>,
    /// `priced`, `partial`, `unpriced` or `declared`.
    pub price_state: String,
}

/// What is stored under an id.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct StoredAnswer {
    pub id: String,
    is_new: i64,
    pub body_hash: String,
    pub digest_version: u32,
    total_cost: Option<i64>,
    price_state: String,
}

impl StoredAnswer {
    /// What it costs.
    pub(crate) fn cost(&self) -> RecordedCost {
        RecordedCost {
            total_cost: self.total_cost.map(PicoUsd::new),
            price_state: self.price_state.clone(),
        }
    }
}

/// Records interactions with their estimates; answers for each, in the order given.
///
/// The ids must differ from each other: repeats within a request are the caller's to resolve
/// first. At most [`BATCH_INTERACTIONS_MAX`].
pub async fn record_batch<D: Database>(
    database: &D,
    known: &mut KnownSessions,
    context: &BatchContext,
    batch: &[PricedInteraction<'_>],
) -> Result<Vec<Recorded>, RecordError> {
    if batch.is_empty() {
        return Ok(Vec::new());
    }
    if batch.len() > BATCH_INTERACTIONS_MAX {
        return Err(RecordError::Misuse(format!(
            "a batch of {} interactions is over the limit of {BATCH_INTERACTIONS_MAX}",
            batch.len()
        )));
    }
    let interactions = || batch.iter().map(|priced| priced.interaction);
    let are_sessions_known = known.know(interactions());
    let statements = recording(context, batch, Expected::Known { are_sessions_known })?;
    let rows = match database.batch(&statements).await {
        Ok(rows) => rows,
        Err(error @ DatabaseError::Other(_)) => {
            return Err(fault(database, context.reporting_zone, error).await);
        }
        Err(error) => return Err(error.into()),
    };
    let new_count: usize = rows.iter().map(Rows::len).sum();
    if new_count == batch.len() {
        known.remember(interactions());
        return Ok(batch.iter().map(accepted).collect());
    }
    let rows = database.query(answering(context, batch)?).await?;
    if let Some(recorded) = answers(batch, &rows)? {
        return Ok(recorded);
    }
    // One of them is not in the ledger: the batch was kept out, whole.
    if new_count > 0 {
        let gone = "an interaction was there and is gone: nothing of the ledger is ever deleted";
        return Err(DatabaseError::Other(gone.to_owned()).into());
    }
    let mut statements = recording(context, batch, Expected::Anything)?;
    statements.push(answering(context, batch)?);
    let rows = database.batch(&statements).await?;
    if let Some(recorded) = rows.last().map_or(Ok(None), |rows| answers(batch, rows))? {
        return Ok(recorded);
    }
    let state = database.query(Statement::new(STATE)).await?;
    Err(refusal(context, state.first()?.as_ref()))
}

/// Why a statement failed: an older schema may lack what it names.
pub(crate) async fn fault<D: Database>(
    database: &D,
    zone: ReportingZone,
    error: DatabaseError,
) -> RecordError {
    let state = database.query(Statement::new(STATE)).await;
    state
        .and_then(|rows| rows.first::<StateRow>())
        .ok()
        .flatten()
        .and_then(|state| mismatch(Some(&state), zone))
        .unwrap_or_else(|| error.into())
}

fn accepted(PricedInteraction { estimate, .. }: &PricedInteraction<'_>) -> Recorded {
    Recorded::Accepted(RecordedCost {
        total_cost: estimate.total,
        price_state: estimate.price_state.as_str().to_owned(),
    })
}

/// What became of each, by what is stored; `None` where one of them is not.
fn answers(
    batch: &[PricedInteraction<'_>],
    stored: &Rows,
) -> Result<Option<Vec<Recorded>>, DatabaseError> {
    let stored: HashMap<String, StoredAnswer> = stored
        .decode::<StoredAnswer>()?
        .into_iter()
        .map(|answer| (answer.id.clone(), answer))
        .collect();
    Ok(batch
        .iter()
        .map(|priced| {
            let answer = stored.get(&priced.interaction.id)?;
            let cost = answer.cost();
            Some(if answer.digest_version != DIGEST_VERSION {
                Recorded::Known(cost)
            } else if answer.body_hash != priced.body_hash {
                let body_hash = answer.body_hash.clone();
                Recorded::Conflict(Kept { body_hash, cost })
            } else if answer.is_new == 1 {
                Recorded::Accepted(cost)
            } else {
                Recorded::Duplicate(cost)
            })
        })
        .collect())
}

/// Why the guard kept the batch out.
fn refusal(context: &BatchContext, state: Option<&StateRow>) -> RecordError {
    mismatch(state, context.reporting_zone).unwrap_or_else(|| RecordError::StalePriceBook {
        current: state.map_or(0, |state| state.price_book_version),
    })
}
