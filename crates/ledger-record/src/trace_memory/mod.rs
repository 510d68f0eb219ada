//! Recording spans of native OpenTelemetry: one call, one row, however its trace is cut.
//!
//! What is known of a trace is kept for some days. Each body adds its spans, and
//! [`events::resolve_trace`] says what all of them come to; where that is other than what is
//! recorded, interactions are withdrawn and recorded anew, with every sum, in one transaction. It is
//! kept out whole where another body of the trace came in between: then it is made again. So the
//! ledger is a function of the spans that arrived, whatever their order and grouping.

mod add_spans;
mod own_span;
mod remembered;
mod withdraw;
mod write;

use std::collections::{BTreeMap, HashMap};

use cost_calculation::{Billable, Estimate, PriceBook, UnixMillis, estimate};
use events::{Reason, TraceSpan};
use ledger_core::{
    database::{Database, DatabaseError},
    record_error::RecordError,
};

use self::{
    add_spans::Body,
    own_span::OwnSpan,
    remembered::{Memory, load},
    write::{Change, Write, write},
};
use crate::{
    ingest::{Answer, IngestCache, IngestContext, billable, ingest, within_limit},
    record_batch::{KnownSessions, PricedInteraction, RecordedCost, fault},
};

/// How long a trace is remembered after its last body: 3 days.
pub const KEPT_MS: i64 = 3 * 86_400_000;
/// The most interactions that one transaction adds from a body.
const CHUNK_INTERACTIONS_MAX: usize = 200;
/// The most traces of one transaction.
const CHUNK_TRACES_MAX: usize = 50;
/// The most bytes of memory that one transaction writes anew; D1 takes 2 MB in a parameter.
const CHUNK_BYTES_MAX: usize = 500_000;
/// How often a trace of a body is cut in two for a sum that is full: two transactions each, and D1 takes
/// 1,000 statements of a request.
const CUTS_MAX: u32 = 12;
/// How often a body is tried where another one of its traces came in between.
const ATTEMPTS_MAX: u32 = 8;

/// What became of one span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpanAnswer {
    /// It shows no interaction; it is remembered as a part of its trace.
    Nothing,
    /// It shows an interaction that is counted elsewhere, or nowhere: a part or a sum of calls,
    /// polling.
    Joined(Reason),
    /// It stands for an interaction.
    Answered(Answer),
    /// The memory of its trace has no room for it: what it shows is recorded as it stands.
    Alone(Answer),
    /// There is no room for it, and it shows no interaction: whom it names reaches no child.
    Forgotten,
}

/// Records the spans of a body; answers for each, in order.
///
/// # Errors
/// As for [`ingest`]: what was answered before is kept, and repeating the whole body is safe.
pub async fn ingest_traces<D: Database>(
    database: &D,
    cache: &mut IngestCache,
    context: &IngestContext,
    spans: &[TraceSpan],
) -> Result<Vec<SpanAnswer>, RecordError> {
    let mut by_trace: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, span) in spans.iter().enumerate() {
        by_trace.entry(&span.trace_id).or_default().push(at);
    }
    let mut answers = vec![SpanAnswer::Nothing; spans.len()];
    let mut waiting = chunks(spans, by_trace.into_values());
    waiting.reverse();
    let mut cuts = 0;
    while let Some(chunk) = waiting.pop() {
        let may_cut = cuts < CUTS_MAX;
        match ingest_chunk(database, cache, context, spans, &chunk, may_cut).await? {
            Outcome::Answered(chunk) => {
                for (at, answer) in chunk {
                    if let Some(place) = answers.get_mut(at) {
                        *place = answer;
                    }
                }
            }
            Outcome::TooLarge => {
                let (first, second) = chunk.split_at(chunk.len() / 2);
                waiting.extend([second.to_vec(), first.to_vec()]);
            }
            // As if the trace had come in two bodies: what a full sum has no room for is refused alone.
            Outcome::Full => {
                cuts += 1;
                let halves = |trace: &Vec<usize>| {
                    let (first, second) = trace.split_at(trace.len() / 2);
                    [vec![second.to_vec()], vec![first.to_vec()]]
                };
                waiting.extend(chunk.iter().flat_map(halves));
            }
        }
    }
    Ok(answers)
}

/// Spans by their trace: places in the body.
type Chunk = Vec<Vec<usize>>;

/// What fits into one transaction. A trace of many calls is cut like one that comes in many bodies.
fn chunks(spans: &[TraceSpan], traces: impl Iterator<Item = Vec<usize>>) -> Vec<Chunk> {
    let interactions = |part: &[usize]| {
        let shows = |at: &&usize| spans.get(**at).is_some_and(|s| s.interaction.is_some());
        part.iter().filter(shows).count()
    };
    let mut chunks: Vec<Chunk> = Vec::new();
    let mut room = 0;
    for part in traces.flat_map(|trace| {
        let parts: Vec<Vec<usize>> = trace
            .chunks(CHUNK_INTERACTIONS_MAX)
            .map(<[_]>::to_vec)
            .collect();
        let is_cut = parts.len() > 1;
        parts.into_iter().map(move |part| (part, is_cut))
    }) {
        let (part, is_cut) = part;
        let count = interactions(&part).max(1);
        match chunks.last_mut() {
            Some(chunk) if count <= room && !is_cut && chunk.len() < CHUNK_TRACES_MAX => {
                chunk.push(part);
                room -= count;
            }
            _ => {
                chunks.push(vec![part]);
                room = if is_cut {
                    0
                } else {
                    CHUNK_INTERACTIONS_MAX.saturating_sub(count)
                };
            }
        }
    }
    chunks
}

enum Outcome {
    Answered(Vec<(usize, SpanAnswer)>),
    /// Its traces hold more than one transaction takes.
    TooLarge,
    /// A sum can't take some span of its one trace.
    Full,
}

async fn ingest_chunk<D: Database>(
    database: &D,
    cache: &mut IngestCache,
    context: &IngestContext,
    spans: &[TraceSpan],
    chunk: &[Vec<usize>],
    may_cut: bool,
) -> Result<Outcome, RecordError> {
    let own: Vec<Vec<OwnSpan<'_>>> = chunk
        .iter()
        .map(|trace| {
            trace
                .iter()
                .filter_map(|at| Some(OwnSpan::of(*at, spans.get(*at)?)))
                .collect()
        })
        .collect();
    let mut refused: Vec<(usize, String)> = Vec::new();
    for _ in 0..ATTEMPTS_MAX {
        let loaded = load(database, &own).await;
        let memory = match loaded {
            Ok(memory) => memory,
            Err(error @ DatabaseError::Other(_)) => {
                return Err(fault(database, context.reporting_zone, error).await);
            }
            Err(error) => return Err(error.into()),
        };
        if chunk.len() > 1 && memory.bytes() > CHUNK_BYTES_MAX {
            return Ok(Outcome::TooLarge);
        }
        match attempt(database, cache, context, &own, memory, &mut refused).await? {
            Attempt::Answered(answers) => return Ok(Outcome::Answered(answers)),
            Attempt::Full if chunk.len() > 1 => return Ok(Outcome::TooLarge),
            Attempt::Full if may_cut && chunk.iter().any(|trace| trace.len() > 1) => {
                return Ok(Outcome::Full);
            }
            Attempt::Again | Attempt::Full => {}
        }
    }
    Err(DatabaseError::Overloaded(
        "other spans of the same trace kept arriving; send the request again, it is safe"
            .to_owned(),
    )
    .into())
}

enum Attempt {
    Answered(Vec<(usize, SpanAnswer)>),
    /// Something came in between, or a span can't be priced: with what is known now.
    Again,
    /// A sum can't take it.
    Full,
}

async fn attempt<D: Database>(
    database: &D,
    cache: &mut IngestCache,
    context: &IngestContext,
    own: &[Vec<OwnSpan<'_>>],
    memory: Memory,
    refused: &mut Vec<(usize, String)>,
) -> Result<Attempt, RecordError> {
    let body = Body::add(own, memory, refused)?;
    let change = body.change();
    let added: Vec<Billable<'_>> = change
        .added
        .iter()
        .map(|one| billable(&one.interaction))
        .collect();
    let (book, book_version) = cache
        .prices
        .prepare(database, &added, context.received_at)
        .await?;
    let refused_before = refused.len();
    let estimates = estimates(book, context, change, &added, refused)?;
    if refused.len() > refused_before {
        return Ok(Attempt::Again);
    }
    let priced: Vec<PricedInteraction<'_>> = change
        .added
        .iter()
        .zip(&estimates)
        .map(|(one, estimate)| PricedInteraction {
            interaction: &one.interaction,
            body_hash: &one.body_hash,
            estimate,
        })
        .collect();
    match write(database, context, book_version, change, &priced).await? {
        Write::Done => {}
        Write::Stale => {
            // Another body, another book, or a life of the ledger that was set back.
            cache.prices.forget();
            cache.sessions = KnownSessions::default();
            return Ok(Attempt::Again);
        }
        Write::Full(reason) => {
            let added = change.added.iter();
            refused.extend(added.filter_map(|one| Some((one.place?, reason.clone()))));
            return Ok(Attempt::Full);
        }
    }
    if !change.gone.is_empty() {
        cache.sessions = KnownSessions::default();
    }
    let costs: HashMap<String, RecordedCost> = priced
        .iter()
        .map(|one| {
            let cost = RecordedCost {
                total_cost: one.estimate.total,
                price_state: one.estimate.price_state.as_str().to_owned(),
            };
            (one.interaction.id.clone(), cost)
        })
        .collect();
    let (mut answers, alone) = body.answers(&costs);
    // What the memory of a trace has no room for is recorded as it stands.
    let interactions = alone.iter().map(|(_, one)| (*one).clone()).collect();
    let alone_answers = ingest(database, cache, context, interactions).await?;
    for ((at, _), answer) in alone.iter().zip(alone_answers) {
        answers.push((*at, SpanAnswer::Alone(answer)));
    }
    Ok(Attempt::Answered(answers))
}

/// What the interactions cost that are to be recorded. A span that is over the limit is refused: it is
/// left out of the next attempt.
fn estimates(
    book: &PriceBook,
    context: &IngestContext,
    change: &Change,
    added: &[Billable<'_>],
    refused: &mut Vec<(usize, String)>,
) -> Result<Vec<Estimate>, DatabaseError> {
    let mut estimates: Vec<Estimate> = Vec::with_capacity(added.len());
    for (one, billable) in change.added.iter().zip(added) {
        // What is recorded anew for what is known of its trace was let in before.
        let Some(place) = one.place else {
            let again = estimate(book, billable);
            estimates.push(again.map_err(|error| DatabaseError::Other(error.to_string()))?);
            continue;
        };
        match within_limit(estimate(book, billable), context.interaction_cost_max) {
            Ok(estimate) => estimates.push(estimate),
            Err(reason) => refused.push((place, reason)),
        }
    }
    Ok(estimates)
}

/// Until when a trace is remembered.
const fn forget_at(now: UnixMillis) -> i64 {
    now.0.saturating_add(KEPT_MS)
}
