//! New estimates for what had no price when it happened and has one now.
//!
//! A sync, an override or a mapping may price what was unpriced or priced in part. A run goes
//! through the interactions of the last weeks, oldest first, in chunks. Each chunk is one batch:
//! new revisions of the estimates, and every sum moved by the difference. An estimate is never
//! changed, and an interaction whose estimate comes out the same gets no new one, so a run that is
//! repeated adds nothing.
//!
//! The batch is written only if the price book is still the one that the estimates were made with,
//! as with ingestion. An event that is ingested meanwhile either has the new price or makes its
//! own batch stale, and is estimated again; none is left behind.

pub mod preview;
pub mod preview_override;
mod step_over;
pub(crate) mod stored_row;
mod unpriced_rows;
pub(crate) mod write_revisions;

use cost_calculation::{Billable, DAY_MS, PicoUsd, TokenUsage, Units, UnixMillis, estimate};
use events::limits::INTERACTION_COST_PICO_MAX;
use serde::{Deserialize, Serialize};
use serde_json::json;

use ledger_core::{
    database::{Database, DatabaseError, Statement},
    schema::SCHEMA_VERSION,
};
use price_book::read_book::PriceCache;
use step_over::{Written, write_what_fits};
use stored_row::StoredRow;
use unpriced_rows::read_chunk;

/// How far back a run looks where nothing else is configured: 35 days.
pub const WINDOW_MS_DEFAULT: i64 = 35 * DAY_MS;
/// The most interactions that one chunk looks at; all of them may be unpriced.
pub const CHUNK_INTERACTIONS_MAX: u32 = 2_000;
/// How often a chunk is estimated anew because the price book moved.
const ATTEMPTS_MAX: u32 = 3;

/// How much one run may do.
#[derive(Debug, Clone, Copy)]
pub struct RepriceConfig {
    /// Interactions older than this keep the estimate that they have.
    pub window_ms: i64,
    /// Interactions that a chunk looks at, 1 to [`CHUNK_INTERACTIONS_MAX`], priced ones of a day
    /// with unpriced ones included.
    pub chunk_interactions: u32,
    /// The most chunks in this run.
    pub chunks_max: u32,
    /// The most that one interaction may cost; more is taken for an error and left as it is.
    pub interaction_cost_max: PicoUsd,
}

impl Default for RepriceConfig {
    fn default() -> Self {
        Self {
            window_ms: WINDOW_MS_DEFAULT,
            chunk_interactions: 1_000,
            // Up to twelve statements each where nothing moves the book meanwhile: within the
            // 1,000 that D1 allows one invocation.
            chunks_max: 70,
            interaction_cost_max: PicoUsd::new(INTERACTION_COST_PICO_MAX),
        }
    }
}

/// How far the runs have come: kept in a run's summary, and given to the next one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepricePlace {
    /// The price book's version when this pass began; a newer one begins a new pass.
    pub book_version: i64,
    /// The last interaction looked at: its start, and its key.
    pub after: (i64, i64),
    /// Whether the pass came to its end: nothing to do until the book moves.
    pub is_done: bool,
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepriceSummary {
    /// Unpriced and partly priced interactions that were estimated again.
    pub examined_count: u64,
    /// Those that got a new estimate.
    pub revised_count: u64,
    /// Those whose new estimate is over the limit, and was left out.
    pub over_limit_count: u64,
    /// Those whose new estimate a full sum has no room for: they stay as they were, and a finding
    /// names them.
    #[serde(default)]
    pub refused_count: u64,
    /// How far it came.
    pub place: RepricePlace,
}

// The primary key of daily_model_stats begins with the day.
const STATE: &str = "
SELECT json_array(price_book_version, schema_version,
  (SELECT EXISTS (SELECT 1 FROM daily_model_stats
                  WHERE day >= ?1 ->> 'from_day' AND (unpriced_count > 0 OR partial_count > 0))))
FROM ledger_state";

/// Estimates again what is unpriced or priced in part; goes on from `place`, where the last run
/// came to.
///
/// `run_id` names this run's try and must differ from every other's; it is kept with each new
/// estimate. `first_day` is the day of the window's start in the reporting zone.
pub async fn reprice_unpriced<D: Database>(
    database: &D,
    place: Option<RepricePlace>,
    first_day: &str,
    run_id: &str,
    now: UnixMillis,
    config: &RepriceConfig,
) -> Result<RepriceSummary, DatabaseError> {
    let parameter = json!({ "from_day": first_day });
    let state = database.query(Statement::with(STATE, &parameter)?).await?;
    let (book_version, schema_version, is_any) =
        state.first::<(i64, i64, i64)>()?.unwrap_or_default();
    let last = place.unwrap_or_default();
    let mut summary = RepriceSummary {
        place: if last.book_version == book_version {
            last
        } else {
            RepricePlace {
                book_version,
                ..RepricePlace::default()
            }
        },
        ..RepriceSummary::default()
    };
    if schema_version != SCHEMA_VERSION {
        return Err(DatabaseError::Other(format!(
            "the database has schema version {schema_version}, this Worker writes {SCHEMA_VERSION}"
        )));
    }
    summary.place.is_done |= is_any == 0;
    let mut cache = PriceCache::default();
    let mut chunks = 0;
    while !summary.place.is_done && chunks < config.chunks_max {
        let after = summary.place.after;
        let (rows, last) = read_chunk(database, after, first_day, now, config).await?;
        let Some(last) = last else {
            summary.place.is_done = true;
            break;
        };
        reprice_chunk(
            database,
            &mut cache,
            &rows,
            run_id,
            now,
            config,
            &mut summary,
        )
        .await?;
        summary.place.after = last;
        chunks += 1;
    }
    Ok(summary)
}

async fn reprice_chunk<D: Database>(
    database: &D,
    cache: &mut PriceCache,
    rows: &[StoredRow],
    run_id: &str,
    now: UnixMillis,
    config: &RepriceConfig,
    summary: &mut RepriceSummary,
) -> Result<(), DatabaseError> {
    if rows.is_empty() {
        return Ok(());
    }
    let consumed: Vec<(TokenUsage, Units)> = rows
        .iter()
        .map(StoredRow::consumed)
        .collect::<Result<_, _>>()?;
    let billables: Vec<Billable<'_>> = rows
        .iter()
        .zip(&consumed)
        .map(|(row, consumed)| row.billable(consumed))
        .collect();
    for _ in 0..ATTEMPTS_MAX {
        let (book, book_version) = cache.prepare(database, &billables, now).await?;
        let mut over_limit = 0;
        let mut estimates = Vec::new();
        for (row, billable) in rows.iter().zip(&billables) {
            match estimate(book, billable) {
                Ok(new)
                    if new
                        .total
                        .is_some_and(|total| total > config.interaction_cost_max) =>
                {
                    over_limit += 1;
                }
                Ok(new) if row.differs(&new) => estimates.push(row.revision_of(&new)),
                // What can't be estimated stays as it was: unpriced.
                Ok(_) | Err(_) => {}
            }
        }
        let written = write_what_fits(database, estimates, book_version, run_id, now).await?;
        if let Some(Written { revised, refused }) = written {
            summary.examined_count += rows.len() as u64;
            summary.revised_count += revised;
            summary.over_limit_count += over_limit;
            summary.refused_count += refused;
            return Ok(());
        }
        cache.forget();
    }
    Err(DatabaseError::Overloaded(
        "the price book kept moving while interactions were priced; the next run goes on"
            .to_owned(),
    ))
}
