//! From normalised interactions to their answers: repeats within the request, prices, estimates,
//! and the batch, again where the price book moved on meanwhile.

use std::collections::HashMap;

use cost_calculation::{Billable, Estimate, PicoUsd, UnixMillis, estimate};
use events::Interaction;

use crate::record_batch::{
    BATCH_INTERACTIONS_MAX, BatchContext, KnownSessions, PricedInteraction, Recorded, RecordedCost,
    fault, record_batch,
};
use ledger_core::{
    database::{Database, DatabaseError},
    interaction_columns::digest_hex,
    record_error::RecordError,
};
use price_book::read_book::PriceCache;
use reporting_days::ReportingZone;

/// The most bytes of JSON in one batch's parameter; D1 takes 2 MB.
const BATCH_BYTES_MAX: usize = 1_500_000;
/// How many events of one session a request tries one by one; the rest of a session that is full is
/// refused with them, since D1 takes 1,000 statements of a request.
const REFUSALS_MAX: u32 = 8;
/// How often a batch is estimated anew because the price book moved.
const PRICE_BOOK_ATTEMPTS_MAX: u32 = 3;

/// What an ingestion is told.
#[derive(Debug, Clone, Copy)]
pub struct IngestContext {
    /// When the request arrived.
    pub received_at: UnixMillis,
    /// The installation's reporting zone, as this Worker is configured.
    pub reporting_zone: ReportingZone,
    /// The most that one interaction may cost; more is taken for an error.
    pub interaction_cost_max: PicoUsd,
    /// The most that one key may declare of one day's cost.
    pub declared_cost_max: PicoUsd,
    /// Gives a fresh random positive number for each attempt.
    pub new_ingest_id: fn() -> i64,
}

/// What an isolate has read of the ledger so far; one use at a time.
#[derive(Debug, Default)]
pub struct IngestCache {
    /// The part of the price book that events asked for.
    pub prices: PriceCache,
    /// The sessions that events belonged to.
    pub sessions: KnownSessions,
}

/// What became of one interaction of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is new and counted.
    Accepted(RecordedCost),
    /// It was there already, or stands earlier in the same request, with the same body.
    Duplicate(RecordedCost),
    /// Its id was used with another body; nothing changed.
    Conflict,
    /// It can't be priced as it stands: the reason and the remedy.
    Rejected(String),
}

/// Prices and records interactions; answers for each, in order.
///
/// On an error the chunks before the failing one are kept: repeating the whole request is safe
/// and completes it. A repeat must go through this function again, so that it carries a fresh
/// ingest id.
pub async fn ingest<D: Database>(
    database: &D,
    cache: &mut IngestCache,
    context: &IngestContext,
    interactions: Vec<Interaction>,
) -> Result<Vec<Answer>, RecordError> {
    let events: Vec<Event> = interactions.into_iter().map(Event::of).collect();
    let mut answers: Vec<Option<Answer>> = events.iter().map(|_| None).collect();
    let mut open: Vec<usize> = (0..events.len()).collect();
    // Each round settles at least the first of every id. Another one follows only where a first
    // could not be priced, and then the next body of its id stands for it.
    while !open.is_empty() {
        let Round { firsts, others } = Round::of(&events, &open);
        let settled = ingest_chunks(database, cache, context, &firsts).await?;
        for (first, recorded) in firsts.iter().zip(&settled) {
            set(&mut answers, first.index, answer(recorded));
        }
        open = Vec::new();
        for (index, first) in others {
            let (Some(event), Some(first_event)) = (events.get(index), firsts.get(first)) else {
                continue;
            };
            let is_same_body = event.body_hash == first_event.event.body_hash;
            match settled.get(first) {
                Some(Settled::Rejected(reason)) if is_same_body => {
                    set(&mut answers, index, Answer::Rejected(reason.clone()));
                }
                Some(Settled::Rejected(_)) => open.push(index),
                Some(Settled::Recorded(recorded)) => {
                    let kept_hash = match recorded {
                        Recorded::Conflict(kept) => &kept.body_hash,
                        _ => &first_event.event.body_hash,
                    };
                    let is_kept = event.body_hash == *kept_hash;
                    set(&mut answers, index, repeat(recorded, is_kept));
                }
                None => {}
            }
        }
    }
    let unanswered = || RecordError::Misuse("an interaction was given no answer".to_owned());
    answers
        .into_iter()
        .map(|answer| answer.ok_or_else(unanswered))
        .collect()
}

fn set(answers: &mut [Option<Answer>], index: usize, answer: Answer) {
    if let Some(place) = answers.get_mut(index) {
        *place = Some(answer);
    }
}

/// An interaction with the digest of its body.
struct Event {
    interaction: Interaction,
    body_hash: String,
}

impl Event {
    fn of(interaction: Interaction) -> Self {
        Self {
            body_hash: digest_hex(&interaction.digest()),
            interaction,
        }
    }
}

/// What became of an interaction that stood for its id.
#[derive(Debug, Clone)]
enum Settled {
    Recorded(Recorded),
    Rejected(String),
}

fn answer(settled: &Settled) -> Answer {
    match settled {
        Settled::Recorded(Recorded::Accepted(cost)) => Answer::Accepted(cost.clone()),
        Settled::Recorded(Recorded::Duplicate(cost) | Recorded::Known(cost)) => {
            Answer::Duplicate(cost.clone())
        }
        Settled::Recorded(Recorded::Conflict(_)) => Answer::Conflict,
        Settled::Rejected(reason) => Answer::Rejected(reason.clone()),
    }
}

/// The answer to a later event of the same id, by whether its body is the one that is kept.
fn repeat(recorded: &Recorded, is_kept: bool) -> Answer {
    match recorded {
        Recorded::Known(cost) => Answer::Duplicate(cost.clone()),
        _ if !is_kept => Answer::Conflict,
        Recorded::Accepted(cost) | Recorded::Duplicate(cost) => Answer::Duplicate(cost.clone()),
        Recorded::Conflict(kept) => Answer::Duplicate(kept.cost.clone()),
    }
}

/// An event that stands for its id, and its position in the request.
struct First<'a> {
    index: usize,
    event: &'a Event,
}

/// The open events of a request: the first one of each id, and the others.
struct Round<'a> {
    firsts: Vec<First<'a>>,
    /// Position in the request, and in `firsts`.
    others: Vec<(usize, usize)>,
}

impl<'a> Round<'a> {
    fn of(events: &'a [Event], open: &[usize]) -> Self {
        let mut round = Self {
            firsts: Vec::with_capacity(open.len()),
            others: Vec::new(),
        };
        let mut seen: HashMap<&str, usize> = HashMap::with_capacity(open.len());
        for &index in open {
            let Some(event) = events.get(index) else {
                continue;
            };
            if let Some(&first) = seen.get(event.interaction.id.as_str()) {
                round.others.push((index, first));
            } else {
                seen.insert(&event.interaction.id, round.firsts.len());
                round.firsts.push(First { index, event });
            }
        }
        round
    }
}

async fn ingest_chunks<D: Database>(
    database: &D,
    cache: &mut IngestCache,
    context: &IngestContext,
    firsts: &[First<'_>],
) -> Result<Vec<Settled>, RecordError> {
    let mut settled = Vec::with_capacity(firsts.len());
    let mut rest = firsts;
    let mut length_max = BATCH_INTERACTIONS_MAX;
    let mut refused: HashMap<Full<'_>, (u32, String)> = HashMap::new();
    while let Some(first) = rest.first() {
        let known = Full::of(&first.event.interaction)
            .find_map(|full| refused.get(&full).filter(|known| known.0 >= REFUSALS_MAX));
        if let Some((_, reason)) = known {
            settled.push(Settled::Rejected(reason.clone()));
            rest = rest.get(1..).unwrap_or_default();
            continue;
        }
        let (chunk, after) = rest.split_at(chunk_length(rest).min(length_max));
        match ingest_chunk(database, cache, context, chunk).await {
            Ok(chunk) => settled.extend(chunk),
            Err(RecordError::Database(DatabaseError::Constraint(reason))) => {
                // Nothing of the chunk was kept. Halves of it find the event at fault, and chunks
                // grow again behind it.
                if chunk.len() > 1 {
                    length_max = chunk.len() / 2;
                    continue;
                }
                let full = Full::named(&reason, &first.event.interaction);
                let reason = refused_by_the_database(&reason, context);
                let known = refused.entry(full).or_default();
                *known = (known.0 + 1, reason.clone());
                settled.push(Settled::Rejected(reason));
            }
            Err(error) => return Err(error),
        }
        length_max = BATCH_INTERACTIONS_MAX.min(length_max * 2);
        rest = after;
    }
    Ok(settled)
}

/// What has no room for an event: once it has refused some, it is not asked again in this request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Full<'a> {
    /// Its session, or a sum of its day.
    Session(&'a str),
    /// What its key may declare.
    Declared(&'a str),
}

impl<'a> Full<'a> {
    fn of(interaction: &'a Interaction) -> impl Iterator<Item = Self> {
        let key = interaction.declared_by.as_deref().map(Self::Declared);
        key.into_iter()
            .chain([Self::Session(&interaction.session_id)])
    }

    fn named(reason: &str, interaction: &'a Interaction) -> Self {
        match interaction.declared_by.as_deref() {
            Some(key) if reason.contains(DECLARED_LIMIT) => Self::Declared(key),
            _ => Self::Session(&interaction.session_id),
        }
    }
}

/// What the names of the table of declared costs, and of its limit, begin with.
const DECLARED_LIMIT: &str = "declared_cost";
const FULL_SUM: &str = "can't be counted: ";
const DECLARED_TOO_MUCH: &str = "declares more than ";

/// For want of which room an event was refused, as one word: `full_sum` or `declared_cost_limit`; `None`
/// where it was refused for itself.
pub fn want_of_room(reason: &str) -> Option<&'static str> {
    if reason.starts_with(FULL_SUM) {
        Some("full_sum")
    } else if reason.starts_with(DECLARED_TOO_MUCH) {
        Some("declared_cost_limit")
    } else {
        None
    }
}

/// Why an event alone was refused: it is right by itself, and would lead a sum past what can be kept.
pub(crate) fn refused_by_the_database(reason: &str, context: &IngestContext) -> String {
    if reason.contains(DECLARED_LIMIT) {
        return format!(
            "{DECLARED_TOO_MUCH}{} USD for one day by one key: check `declared_cost.amount`, which is in \
             US dollars, or raise DECLARED_COST_PER_KEY_DAY_MAX_USD",
            context.declared_cost_max
        );
    }
    format!(
        "{FULL_SUM}{reason}. A sum holds 2^63 - 1 picodollars (9,223,372 USD), of a session \
         over its whole life; send what is to come under another session, and check what filled this \
         one"
    )
}

/// How many of the events go into the next batch: at least one.
fn chunk_length(events: &[First<'_>]) -> usize {
    let mut bytes = 0;
    events
        .iter()
        .take(BATCH_INTERACTIONS_MAX)
        .take_while(|first| {
            bytes += row_bytes_max(&first.event.interaction);
            bytes <= BATCH_BYTES_MAX
        })
        .count()
        .max(1)
}

/// The most bytes of JSON that an interaction's row takes, or its estimate's lines: its texts,
/// doubled for escapes, and its numbers. The names of its calls stand in both, escaped twice.
fn row_bytes_max(interaction: &Interaction) -> usize {
    let optional = [
        &interaction.model_reported,
        &interaction.endpoint,
        &interaction.region,
        &interaction.service_tier,
        &interaction.message_id,
        &interaction.trace_id,
        &interaction.context,
        &interaction.error,
        &interaction.metadata,
        &interaction.usage_numbers,
        &interaction.agent_name,
        &interaction.user_label,
    ];
    let texts = interaction.id.len()
        + interaction.session_id.len()
        + interaction.tenant_id.len()
        + interaction.user_id.len()
        + interaction.provider.len()
        + interaction.model_name.len()
        + interaction.agent.len()
        + optional
            .iter()
            .map(|text| text.as_ref().map_or(0, String::len))
            .sum::<usize>();
    let calls: usize = interaction
        .units
        .calls
        .keys()
        .map(|resource| 4 * resource.len() + LINE_BYTES_MAX)
        .sum();
    2 * texts + calls + NUMBERS_BYTES_MAX
}

/// A line of an estimate without its resource's name: seven numbers and their signs.
const LINE_BYTES_MAX: usize = 110;
/// A row's numbers, the lines of its ten buckets and six units included.
const NUMBERS_BYTES_MAX: usize = 1_200;

/// An interaction as the engine takes it.
pub fn billable(interaction: &Interaction) -> Billable<'_> {
    Billable {
        provider: &interaction.provider,
        model: &interaction.model_name,
        endpoint: interaction.endpoint.as_deref().unwrap_or_default(),
        region: interaction.region.as_deref().unwrap_or_default(),
        service_tier: interaction.service_tier.as_deref().unwrap_or_default(),
        usage: &interaction.usage,
        units: &interaction.units,
        declared: interaction.declared,
        reported: interaction.reported_cost,
        reading: interaction.reading,
        price_time: interaction.price_time,
    }
}

async fn ingest_chunk<D: Database>(
    database: &D,
    cache: &mut IngestCache,
    context: &IngestContext,
    chunk: &[First<'_>],
) -> Result<Vec<Settled>, RecordError> {
    let billables: Vec<Billable<'_>> = chunk
        .iter()
        .map(|first| billable(&first.event.interaction))
        .collect();
    let mut attempt = 1;
    loop {
        let prepared = cache
            .prices
            .prepare(database, &billables, context.received_at)
            .await;
        let (book, book_version) = match prepared {
            Ok(prepared) => prepared,
            Err(error @ DatabaseError::Other(_)) => {
                return Err(fault(database, context.reporting_zone, error).await);
            }
            Err(error) => return Err(error.into()),
        };
        let estimates: Vec<Result<Estimate, String>> = billables
            .iter()
            .map(|billable| within_limit(estimate(book, billable), context.interaction_cost_max))
            .collect();
        let batch: Vec<PricedInteraction<'_>> = chunk
            .iter()
            .zip(&estimates)
            .filter_map(|(first, estimate)| {
                let estimate = estimate.as_ref().ok()?;
                Some(PricedInteraction {
                    interaction: &first.event.interaction,
                    body_hash: &first.event.body_hash,
                    estimate,
                })
            })
            .collect();
        let batch_context = BatchContext {
            ingest_id: (context.new_ingest_id)(),
            received_at: context.received_at,
            book: book_version,
            reporting_zone: context.reporting_zone,
            declared_cost_max: context.declared_cost_max,
        };
        match record_batch(database, &mut cache.sessions, &batch_context, &batch).await {
            Ok(recorded) => return join(estimates, recorded),
            Err(RecordError::StalePriceBook { .. }) if attempt < PRICE_BOOK_ATTEMPTS_MAX => {
                attempt += 1;
                // A ledger that was set back has other prices, and may lack what was seen of sessions.
                cache.prices.forget();
                cache.sessions = KnownSessions::default();
            }
            Err(error) => return Err(error),
        }
    }
}

pub(crate) fn within_limit(
    estimate: Result<Estimate, cost_calculation::EstimateError>,
    cost_max: PicoUsd,
) -> Result<Estimate, String> {
    let estimate = estimate.map_err(|error| error.to_string())?;
    match estimate.total {
        Some(total) if total > cost_max => Err(format!(
            "costs {total} USD, which is over the limit of {cost_max} USD for one interaction: \
             check its counts, or raise INTERACTION_COST_MAX_USD"
        )),
        _ => Ok(estimate),
    }
}

fn join(
    estimates: Vec<Result<Estimate, String>>,
    recorded: Vec<Recorded>,
) -> Result<Vec<Settled>, RecordError> {
    let mut recorded = recorded.into_iter();
    estimates
        .into_iter()
        .map(|estimate| match estimate {
            Err(reason) => Ok(Settled::Rejected(reason)),
            Ok(_) => recorded.next().map(Settled::Recorded).ok_or_else(|| {
                RecordError::Misuse("the batch answered for fewer events than it got".to_owned())
            }),
        })
        .collect()
}
