//! Proving the sums: a pass walks the whole ledger in small slices, hour after hour, compares
//! everything that is kept twice, and corrects what differs.
//!
//! A pass has five stages: interactions with their estimates (each estimate is its components,
//! its components are its lines, its lines are their quantities times the price rows they name;
//! nothing lies in two places or nowhere), sessions against their interactions, every day's sums and
//! latencies against its interactions, hot and archived, the sums of users against the days', and each
//! of these sums for whether the days know of it.
//!
//! Each slice reads one consistent picture. A sum that differs is corrected by the *difference*,
//! in the batch that records the finding and moves the place of the pass: whatever is ingested
//! between the look and the correction moves the truth and the sum alike, so the difference stays
//! true. An estimate is never changed: it gets another revision. What can't be corrected without a
//! judgement is recorded and left to a person.

mod correct_day;
mod day_sums;
mod days;
mod derived;
mod estimates;
mod full_sums;
mod interactions;
mod long_session;
mod pass;
mod places;
mod relations;
mod session_days;
mod session_models;
mod session_recount;
mod sessions;
mod slice;
mod stored_rows;
mod stray_slices;
mod users;

use std::cell::Cell;
use std::collections::BTreeMap;

use cost_calculation::UnixMillis;
use serde::{Deserialize, Serialize};

use ledger_core::{
    database::{Database, DatabaseError, Rows, Statement},
    redo_lines::Rate,
    verification_report::Stage,
};

/// How much one run may do.
#[derive(Debug, Clone, Copy)]
pub struct VerifyConfig {
    /// The most slices in this run.
    pub slices_max: u32,
    /// No slice starts once the run has sent this many statements. A slice takes six to twelve; a
    /// day of many interactions two for each four thousand of them.
    pub statements_max: u32,
    /// No slice starts once the run has taken this long.
    pub time_ms_max: i64,
}

impl Default for VerifyConfig {
    fn default() -> Self {
        Self {
            slices_max: 80,
            // D1 allows one invocation 1,000: the last slice may be a day of half a million
            // interactions, and the run's own record takes a few.
            statements_max: 700,
            time_ms_max: 30_000,
        }
    }
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifySummary {
    /// The pass that it worked on; 0 if the database has another schema and nothing was done.
    pub pass_id: i64,
    /// Slices that it verified.
    pub slice_count: u32,
    /// Interactions that it verified.
    pub interaction_count: u64,
    /// Estimates that it made again from their lines.
    pub estimate_count: u64,
    /// Sessions that it recounted.
    pub session_count: u64,
    /// Days that it recounted.
    pub day_count: u64,
    /// Differences that it found.
    pub finding_count: u64,
    /// Those of them that it corrected.
    pub repaired_count: u64,
    /// Whether the pass has covered everything.
    pub is_pass_finished: bool,
}

/// Goes on with the open pass, or begins one, until the pass is over or the bounds of `config`
/// are reached; `now` is read before each slice.
///
/// # Errors
/// The database failed; the slices before are kept, and calling again goes on after them.
pub async fn verify_slices<D: Database>(
    database: &D,
    config: &VerifyConfig,
    now: impl Fn() -> UnixMillis,
) -> Result<VerifySummary, DatabaseError> {
    let started_at = now();
    let database = &Metered::new(database);
    let Some(mut pass) = pass::open(database, started_at).await? else {
        return Ok(VerifySummary::default());
    };
    let mut summary = VerifySummary {
        pass_id: pass.id,
        ..VerifySummary::default()
    };
    let mut rates: BTreeMap<i64, Rate> = BTreeMap::new();
    while pass.stage != Stage::Done
        && summary.slice_count < config.slices_max
        && database.statement_count.get() < config.statements_max
        && now().0.saturating_sub(started_at.0) < config.time_ms_max
    {
        let slice = match pass.stage {
            Stage::Interactions => interactions::verify(database, &pass, &mut rates).await?,
            Stage::Sessions => sessions::verify(database, &pass).await?,
            Stage::Days => days::verify(database, &pass).await?,
            Stage::Users => users::verify(database, &pass).await?,
            Stage::Slices | Stage::Done => stray_slices::verify(database, &pass).await?,
        }
        .condensed();
        let (written, slice) = full_sums::write_what_fits(database, pass, slice, now()).await?;
        pass = match written {
            pass::Written::ZoneChanges => return Ok(summary),
            pass::Written::Again(same) => {
                summary.slice_count += 1;
                pass = same;
                continue;
            }
            pass::Written::Next(next) => next,
        };
        summary.slice_count += 1;
        summary.interaction_count += slice.coverage.interactions;
        summary.estimate_count += slice.coverage.estimates;
        summary.session_count += slice.coverage.sessions;
        summary.day_count += slice.coverage.days;
        summary.finding_count += slice.findings.len() as u64;
        summary.repaired_count += slice.corrected_count() as u64;
    }
    summary.is_pass_finished = pass.stage == Stage::Done;
    Ok(summary)
}

/// A database that counts the statements it is sent.
struct Metered<'a, D> {
    database: &'a D,
    statement_count: Cell<u32>,
}

impl<'a, D> Metered<'a, D> {
    const fn new(database: &'a D) -> Self {
        Self {
            database,
            statement_count: Cell::new(0),
        }
    }
}

impl<D: Database> Database for Metered<'_, D> {
    async fn batch(&self, statements: &[Statement]) -> Result<Vec<Rows>, DatabaseError> {
        let count = u32::try_from(statements.len()).unwrap_or(u32::MAX);
        self.statement_count
            .set(self.statement_count.get().saturating_add(count));
        self.database.batch(statements).await
    }
}
