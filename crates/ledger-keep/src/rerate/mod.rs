//! Estimates again what is recorded, hot and archived, by the book as it says for each moment today.
//!
//! Prices are corrected after the fact, and a release may understand what an older one could not. A
//! run walks the interactions of a range of days in the order of their starts, in chunks. Where the
//! sum comes out otherwise the interaction gets a new revision of its estimate, with the run and the
//! reason, and every sum moves by the difference in the same batch; what comes out the same is left
//! alone, so that a second run finds nothing. Nothing that was written is changed.
//!
//! A chunk is written only where the run still stands where it was read, the book is the one that the
//! estimates were made with, and every revision is the newest one: so a chunk that is sent twice,
//! after a lost answer or by two runs, counts once. A stopped run goes on where it stood.

mod changes;
mod chunk;
mod record;
mod selection;
mod write_chunk;

use cost_calculation::{PicoUsd, UnixMillis};

pub use changes::{Change, ExampleEstimate, RerateChanges, RerateExample};
pub use record::{RerateBegun, RerateRun, begin_rerate, list_rerates, newest_rerate, read_rerate};
pub use selection::RerateFilter;

use chunk::{Chunk, read_chunk};
use ledger_core::database::{Database, DatabaseError};
use ledger_record::operator_words;
use price_book::read_book::PriceCache;
use record::open_rerate;
use selection::Place;
use write_chunk::write_chunk;

/// How much one call may do.
#[derive(Debug, Clone, Copy)]
pub struct RerateConfig {
    /// Interactions that a chunk looks at.
    pub chunk_interactions: u32,
    /// The most chunks. A chunk takes up to sixteen statements.
    pub chunks_max: u32,
    /// No chunk begins after so many milliseconds.
    pub time_ms_max: i64,
    /// The most that one interaction may cost; more is taken for an error and left as it is.
    pub interaction_cost_max: PicoUsd,
    /// Gives a fresh random positive number for each attempt to write a chunk.
    pub new_token: fn() -> i64,
}

/// How often a chunk is read and estimated anew because something else wrote meanwhile.
const ATTEMPTS_MAX: u32 = 3;

/// Says what a run of this filter would change, and writes nothing. `is_complete` is false where the
/// bounds ended it before the range did: then the numbers are at least these.
///
/// # Errors
/// The database did not answer, or holds what can't be read.
pub async fn preview_rerate<D: Database>(
    database: &D,
    filter: &RerateFilter,
    config: &RerateConfig,
    now: impl Fn() -> UnixMillis,
) -> Result<(RerateChanges, bool), DatabaseError> {
    let started_at = now().0;
    let mut changes = RerateChanges::default();
    let mut cache = PriceCache::default();
    let words = operator_words::read(database).await?;
    let mut place = Place::default();
    for _ in 0..config.chunks_max {
        let chunk = read_chunk(database, filter, &words, place, config.chunk_interactions).await?;
        let Some(last) = chunk.last else {
            return Ok((changes, true));
        };
        let (estimates, _) = chunk.estimate(database, &mut cache, now(), config).await?;
        changes.add(&chunk, &estimates);
        place = last;
        if now().0.saturating_sub(started_at) >= config.time_ms_max {
            break;
        }
    }
    let rest = read_chunk(database, filter, &words, place, 1).await?;
    Ok((changes, rest.last.is_none()))
}

/// Moves the run that is under way on, as far as the bounds let it; answers with how it stands, or
/// `None` where none is under way.
///
/// # Errors
/// The database did not answer; what was written before is kept.
pub async fn continue_rerate<D: Database>(
    database: &D,
    config: &RerateConfig,
    now: impl Fn() -> UnixMillis,
) -> Result<Option<RerateRun>, DatabaseError> {
    let Some(mut run) = open_rerate(database).await? else {
        return Ok(None);
    };
    let started_at = now().0;
    let mut cache = PriceCache::default();
    let words = operator_words::read(database).await?;
    let mut attempts = 0;
    let mut chunks = 0;
    while run.finished_at.is_none() && chunks < config.chunks_max {
        let chunk = read_chunk(
            database,
            &run.filter,
            &words,
            run.place(),
            config.chunk_interactions,
        )
        .await?;
        let is_written = step(database, &mut cache, &run, &chunk, config, now()).await?;
        run = read_rerate(database, run.id).await?.unwrap_or(run);
        attempts = if is_written { 0 } else { attempts + 1 };
        chunks += 1;
        if attempts == ATTEMPTS_MAX {
            return Err(DatabaseError::Overloaded(
                "the ledger kept moving while interactions were estimated; the next run goes on"
                    .to_owned(),
            ));
        }
        if now().0.saturating_sub(started_at) >= config.time_ms_max {
            break;
        }
    }
    Ok(Some(run))
}

/// One chunk of the run; `false` where something else wrote meanwhile and nothing was written.
async fn step<D: Database>(
    database: &D,
    cache: &mut PriceCache,
    run: &RerateRun,
    chunk: &Chunk,
    config: &RerateConfig,
    now: UnixMillis,
) -> Result<bool, DatabaseError> {
    let (estimates, book_version) = chunk.estimate(database, cache, now, config).await?;
    let written = write_chunk(database, run, chunk, &estimates, book_version, config, now).await;
    match written {
        Ok(is_written) => {
            if !is_written {
                cache.forget();
            }
            Ok(is_written)
        }
        // A sum that is full refuses the batch: one by one, only what is at fault is left out.
        Err(DatabaseError::Constraint(_)) => {
            step_one_by_one(database, cache, run, chunk, config, now).await
        }
        Err(error) => Err(error),
    }
}

async fn step_one_by_one<D: Database>(
    database: &D,
    cache: &mut PriceCache,
    run: &RerateRun,
    chunk: &Chunk,
    config: &RerateConfig,
    now: UnixMillis,
) -> Result<bool, DatabaseError> {
    let mut run = run.clone();
    for mut part in chunk.singles() {
        let (estimates, book_version) = part.estimate(database, cache, now, config).await?;
        let written = write_chunk(database, &run, &part, &estimates, book_version, config, now);
        let is_written = match written.await {
            Ok(is_written) => is_written,
            Err(DatabaseError::Constraint(_)) => {
                part.refuse();
                write_chunk(database, &run, &part, &[], book_version, config, now).await?
            }
            Err(error) => return Err(error),
        };
        if !is_written {
            cache.forget();
            return Ok(false);
        }
        run = read_rerate(database, run.id).await?.unwrap_or(run);
    }
    Ok(true)
}
