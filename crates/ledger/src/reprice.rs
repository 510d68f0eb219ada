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

use std::sync::LazyLock;

use cost_calculation::{
    Billable, Component, Declared, Estimate, MatchKind, PicoUsd, TokenUsage, Units, UnixMillis,
    estimate,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    database::{Database, DatabaseError, Statement},
    estimate_lines::compact_lines,
    interaction_columns::units_from_json,
    price_cache::PriceCache,
    rollup::{MEASURES, ROLLUPS, TOKEN_SUM, upsert},
    schema::SCHEMA_VERSION,
};

/// How far back a run looks where nothing else is configured: 35 days.
pub const WINDOW_MS_DEFAULT: i64 = 35 * 86_400_000;
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
            chunks_max: 100,
            interaction_cost_max: PicoUsd::new(10_000 * 1_000_000_000_000),
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
    /// How far it came.
    pub place: RepricePlace,
}

/// An interaction as its columns hold it.
#[derive(Debug, Deserialize)]
struct Unpriced {
    key: i64,
    revision: i64,
    provider: String,
    model: String,
    endpoint: Option<String>,
    region: Option<String>,
    service_tier: Option<String>,
    tokens: [u64; 10],
    units: Option<String>,
    declared_cost: Option<i64>,
    declared_category: Option<String>,
    price_time: i64,
    price_state: String,
    costs: [Option<i64>; 5],
}

// The next interactions of days that have unpriced ones. Index interactions_by_time, from where the
// last chunk ended; the primary key of daily_model_stats.
const LOOKED_AT: &str = "
WITH looked_at AS (
  SELECT interaction_key, timestamp FROM interactions
  WHERE timestamp >= ?1 ->> 'from'
    AND (timestamp, interaction_key) > (?1 ->> 'after_timestamp', ?1 ->> 'after_key')
    AND day IN (SELECT DISTINCT day FROM daily_model_stats
                WHERE day >= ?1 ->> 'from_day' AND (unpriced_count > 0 OR partial_count > 0))
  ORDER BY timestamp, interaction_key LIMIT ?1 ->> 'limit')";

const LAST_LOOKED_AT: &str = "
SELECT json_array(timestamp, interaction_key) FROM looked_at
ORDER BY timestamp DESC, interaction_key DESC LIMIT 1";

// The primary keys of interactions and cost_estimates.
const UNPRICED: &str = "
SELECT json_object('key', i.interaction_key, 'revision', e.revision,
  'provider', i.provider, 'model', i.model_name, 'endpoint', i.endpoint, 'region', i.region,
  'service_tier', i.service_tier,
  'tokens', json_array(i.input_tokens, i.cache_read_tokens, i.cache_write_5m_tokens,
    i.cache_write_1h_tokens, i.output_tokens, i.reasoning_tokens, i.audio_in_tokens,
    i.audio_out_tokens, i.image_in_tokens, i.image_out_tokens),
  'units', i.units, 'declared_cost', i.declared_cost, 'declared_category', i.declared_category,
  'price_time', i.price_time, 'price_state', e.price_state,
  'costs', json_array(e.ai_tokens_cost, e.db_ops_cost, e.api_calls_cost, e.compute_time_cost,
    e.total_cost))
FROM looked_at l CROSS JOIN interactions i ON i.interaction_key = l.interaction_key
  CROSS JOIN cost_estimates e ON e.interaction_key = i.interaction_key
WHERE e.price_state IN ('unpriced', 'partial')
  AND e.revision = (SELECT MAX(x.revision) FROM cost_estimates x
                    WHERE x.interaction_key = i.interaction_key)";

// The primary key of daily_model_stats begins with the day.
const STATE: &str = "
SELECT json_array(price_book_version, schema_version,
  (SELECT EXISTS (SELECT 1 FROM daily_model_stats
                  WHERE day >= ?1 ->> 'from_day' AND (unpriced_count > 0 OR partial_count > 0))))
FROM ledger_state";

const GUARD: &str = "EXISTS (SELECT 1 FROM ledger_state
    WHERE price_book_version = ?1 ->> 'price_book_version'
      AND schema_version = ?1 ->> 'schema_version')";

/// The rows that this chunk wrote, each with the one that it follows.
const REVISED: &str = "FROM json_each(?1, '$.estimates') j
    JOIN interactions i ON i.interaction_key = j.value ->> 0
    JOIN cost_estimates n ON n.interaction_key = i.interaction_key
      AND n.revision = (j.value ->> 1) + 1 AND n.run_id = ?1 ->> 'run_id'
    JOIN cost_estimates o ON o.interaction_key = i.interaction_key
      AND o.revision = j.value ->> 1";

// One row for each estimate: interaction, the revision that it follows, the estimate's columns.
static INSERT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "INSERT INTO cost_estimates (interaction_key, revision, ai_tokens_cost, db_ops_cost,
           api_calls_cost, compute_time_cost, total_cost, cache_savings, price_state, match_kind,
           calculation_version, price_book_version, created_at, run_id, reason, lines)
         SELECT i.interaction_key, (j.value ->> 1) + 1, j.value ->> 2, j.value ->> 3,
           j.value ->> 4, j.value ->> 5, j.value ->> 6, j.value ->> 7, j.value ->> 8,
           j.value ->> 9, j.value ->> 10, ?1 ->> 'price_book_version', ?1 ->> 'now',
           ?1 ->> 'run_id', 'a price arrived', j.value ->> 11
         FROM json_each(?1, '$.estimates') j
           JOIN interactions i ON i.interaction_key = j.value ->> 0
         WHERE {GUARD}
           AND j.value ->> 1 = (SELECT MAX(x.revision) FROM cost_estimates x
                                WHERE x.interaction_key = i.interaction_key)"
    )
});

static UPDATE_SESSIONS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "UPDATE sessions SET
           unpriced_count = sessions.unpriced_count + d.unpriced_count,
           partial_count = sessions.partial_count + d.partial_count,
           total_cost = sessions.total_cost + d.total_cost
         FROM (
           SELECT i.session_id,
             SUM((n.price_state = 'unpriced') - (o.price_state = 'unpriced')) AS unpriced_count,
             SUM((n.price_state = 'partial') - (o.price_state = 'partial')) AS partial_count,
             SUM(COALESCE(n.total_cost, 0) - COALESCE(o.total_cost, 0)) AS total_cost
           {REVISED} GROUP BY i.session_id) d
         WHERE sessions.id = d.session_id"
    )
});

static UPSERT_ROLLUPS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let measures = MEASURES.map(difference).join(",\n         ");
    let delta = format!(
        "  SELECT i.day, i.user_key, i.provider, i.model_name AS model, i.agent, i.type,
         {measures}
  {REVISED}"
    );
    ROLLUPS
        .iter()
        .map(|(table, key)| upsert(table, key, &delta))
        .collect()
});

static BUMP_LEDGER: LazyLock<String> = LazyLock::new(|| {
    format!(
        "UPDATE ledger_state SET ledger_version = ledger_version + 1
         WHERE EXISTS (SELECT 1 {REVISED})"
    )
});

static COUNT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT json_array((SELECT COUNT(*) {REVISED}), price_book_version, schema_version)
         FROM ledger_state"
    )
});

/// What a new estimate `n` adds to a measure over the one `o` that it follows.
fn difference(measure: &str) -> String {
    match measure {
        "unpriced_count" => {
            "(n.price_state = 'unpriced') - (o.price_state = 'unpriced') AS unpriced_count"
                .to_owned()
        }
        "partial_count" => {
            "(n.price_state = 'partial') - (o.price_state = 'partial') AS partial_count".to_owned()
        }
        "unpriced_tokens" => format!(
            "{TOKEN_SUM} * ((n.price_state = 'unpriced') - (o.price_state = 'unpriced'))
           AS unpriced_tokens"
        ),
        counted if counted.ends_with("_count") || counted.ends_with("_tokens") => {
            format!("0 AS {counted}")
        }
        cost => format!("COALESCE(n.{cost}, 0) - COALESCE(o.{cost}, 0) AS {cost}"),
    }
}

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

/// The unpriced ones among the next interactions, and the last one of those looked at.
async fn read_chunk<D: Database>(
    database: &D,
    (after_timestamp, after_key): (i64, i64),
    first_day: &str,
    now: UnixMillis,
    config: &RepriceConfig,
) -> Result<(Vec<Unpriced>, Option<(i64, i64)>), DatabaseError> {
    let window_start = now.0.saturating_sub(config.window_ms.max(0));
    let parameter = json!({
        "from": window_start.max(after_timestamp),
        "from_day": first_day,
        "after_timestamp": after_timestamp,
        "after_key": after_key,
        "limit": config.chunk_interactions.clamp(1, CHUNK_INTERACTIONS_MAX),
    })
    .to_string();
    let with = |sql: &str| Statement::with_json(format!("{LOOKED_AT}{sql}"), parameter.clone());
    let rows = database
        .batch(&[with(UNPRICED), with(LAST_LOOKED_AT)])
        .await?;
    let [unpriced, last] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no rows".to_owned()));
    };
    Ok((unpriced.decode()?, last.first()?))
}

async fn reprice_chunk<D: Database>(
    database: &D,
    cache: &mut PriceCache,
    rows: &[Unpriced],
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
        .map(Unpriced::consumed)
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
        let revised = if estimates.is_empty() {
            Some(0)
        } else {
            write_chunk(database, &estimates, book_version, run_id, now).await?
        };
        if let Some(revised) = revised {
            summary.examined_count += rows.len() as u64;
            summary.revised_count += revised;
            summary.over_limit_count += over_limit;
            return Ok(());
        }
        cache.forget();
    }
    Err(DatabaseError::Overloaded(
        "the price book kept moving while interactions were priced; the next run goes on"
            .to_owned(),
    ))
}

/// Writes the new estimates and moves the sums; `None` if the book moved and nothing was written.
async fn write_chunk<D: Database>(
    database: &D,
    estimates: &[Value],
    price_book_version: i64,
    run_id: &str,
    now: UnixMillis,
) -> Result<Option<u64>, DatabaseError> {
    let parameter = json!({
        "price_book_version": price_book_version,
        "schema_version": SCHEMA_VERSION,
        "run_id": run_id,
        "now": now.0,
        "estimates": estimates,
    })
    .to_string();
    let with = |sql: &'static str| Statement::with_json(sql, parameter.clone());
    let mut statements = vec![with(&INSERT), with(&UPDATE_SESSIONS)];
    statements.extend(UPSERT_ROLLUPS.iter().map(|sql| with(sql)));
    statements.push(with(&BUMP_LEDGER));
    statements.push(with(&COUNT));
    let rows = database.batch(&statements).await?;
    let counted = rows
        .last()
        .map(crate::Rows::first::<(u64, i64, i64)>)
        .transpose()?
        .flatten();
    Ok(counted
        .filter(|(_, version, schema)| (*version, *schema) == (price_book_version, SCHEMA_VERSION))
        .map(|(revised, ..)| revised))
}

impl Unpriced {
    fn consumed(&self) -> Result<(TokenUsage, Units), DatabaseError> {
        let [
            input,
            cache_read,
            cache_write_5m,
            cache_write_1h,
            output,
            reasoning,
            audio_in,
            audio_out,
            image_in,
            image_out,
        ] = self.tokens;
        let usage = TokenUsage {
            input,
            cache_read,
            cache_write_5m,
            cache_write_1h,
            output,
            reasoning,
            audio_in,
            audio_out,
            image_in,
            image_out,
        };
        let units = units_from_json(self.units.as_deref())
            .map_err(|error| DatabaseError::Decode(format!("units of {}: {error}", self.key)))?;
        Ok((usage, units))
    }

    fn billable<'a>(&'a self, (usage, units): &'a (TokenUsage, Units)) -> Billable<'a> {
        let category = self.declared_category.as_deref();
        let component = Component::ALL
            .into_iter()
            .find(|component| category == Some(component.as_str()));
        Billable {
            provider: &self.provider,
            model: &self.model,
            endpoint: self.endpoint.as_deref().unwrap_or_default(),
            region: self.region.as_deref().unwrap_or_default(),
            service_tier: self.service_tier.as_deref().unwrap_or_default(),
            usage,
            units,
            declared: self
                .declared_cost
                .zip(component)
                .map(|(amount, component)| Declared {
                    component,
                    amount: PicoUsd::new(amount),
                }),
            price_time: UnixMillis(self.price_time),
        }
    }

    fn differs(&self, new: &Estimate) -> bool {
        self.price_state != new.price_state.as_str() || self.costs != costs(new)
    }

    fn revision_of(&self, new: &Estimate) -> Value {
        let [ai_tokens, db_ops, api_calls, compute_time, total] = costs(new);
        json!([
            self.key,
            self.revision,
            ai_tokens,
            db_ops,
            api_calls,
            compute_time,
            total,
            new.cache_savings.get(),
            new.price_state.as_str(),
            new.match_kind.map(MatchKind::as_str),
            new.calculation_version,
            compact_lines(&new.lines),
        ])
    }
}

fn costs(estimate: &Estimate) -> [Option<i64>; 5] {
    [
        estimate.ai_tokens,
        estimate.db_ops,
        estimate.api_calls,
        estimate.compute_time,
        estimate.total,
    ]
    .map(|cost| cost.map(PicoUsd::get))
}
