//! From normalised interactions to their answers: repeats within the request, prices, estimates,
//! and the batch, again where the price book moved on meanwhile.

use std::collections::HashMap;

use cost_calculation::{Billable, Estimate, PicoUsd, UnixMillis, estimate};
use events::Interaction;

use crate::{
    database::Database,
    price_cache::PriceCache,
    record_batch::{
        BATCH_INTERACTIONS_MAX, BatchContext, RecordError, Recorded, RecordedCost, record_batch,
    },
    reporting_zone::ReportingZone,
};

/// The most bytes of JSON in one batch's parameter; D1 takes 2 MB.
const BATCH_BYTES_MAX: usize = 1_500_000;
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
    /// Gives a fresh random positive number for each attempt.
    pub new_ingest_id: fn() -> i64,
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
    cache: &mut PriceCache,
    context: &IngestContext,
    interactions: Vec<Interaction>,
) -> Result<Vec<Answer>, RecordError> {
    let mut answers: Vec<Option<Answer>> = interactions.iter().map(|_| None).collect();
    let mut open: Vec<(usize, Interaction)> = interactions.into_iter().enumerate().collect();
    // Each round settles at least the first of every id, so the rounds end.
    while !open.is_empty() {
        let Round {
            firsts,
            repeats,
            others,
        } = Round::of(open);
        let settled = ingest_chunks(database, cache, context, &firsts).await?;
        for ((index, _), answer) in firsts.iter().zip(&settled) {
            set(&mut answers, *index, answer.clone());
        }
        for (index, first) in repeats {
            set(
                &mut answers,
                index,
                match settled.get(first) {
                    Some(Answer::Accepted(cost)) => Answer::Duplicate(cost.clone()),
                    Some(other) => other.clone(),
                    None => Answer::Conflict,
                },
            );
        }
        open = Vec::new();
        for (index, first, interaction) in others {
            match settled.get(first) {
                // The id is taken by another body than the first one's, or by none: this body may
                // be the one that counts.
                Some(Answer::Conflict | Answer::Rejected(_)) => open.push((index, interaction)),
                _ => set(&mut answers, index, Answer::Conflict),
            }
        }
    }
    Ok(answers
        .into_iter()
        .map(|answer| answer.unwrap_or(Answer::Conflict))
        .collect())
}

fn set(answers: &mut [Option<Answer>], index: usize, answer: Answer) {
    if let Some(place) = answers.get_mut(index) {
        *place = Some(answer);
    }
}

/// The interactions of a request, by what they are to the first one of their id.
struct Round {
    /// Position in the request, and the interaction.
    firsts: Vec<(usize, Interaction)>,
    /// Same id and body: position in the request, and in `firsts`.
    repeats: Vec<(usize, usize)>,
    /// Same id, another body: likewise, and the interaction.
    others: Vec<(usize, usize, Interaction)>,
}

impl Round {
    fn of(interactions: Vec<(usize, Interaction)>) -> Self {
        let mut round = Self {
            firsts: Vec::new(),
            repeats: Vec::new(),
            others: Vec::new(),
        };
        let mut seen: HashMap<String, (usize, [u8; 16])> = HashMap::new();
        for (index, interaction) in interactions {
            let digest = interaction.digest();
            match seen.get(&interaction.id) {
                Some((first, body)) if *body == digest => round.repeats.push((index, *first)),
                Some((first, _)) => round.others.push((index, *first, interaction)),
                None => {
                    seen.insert(interaction.id.clone(), (round.firsts.len(), digest));
                    round.firsts.push((index, interaction));
                }
            }
        }
        round
    }
}

async fn ingest_chunks<D: Database>(
    database: &D,
    cache: &mut PriceCache,
    context: &IngestContext,
    interactions: &[(usize, Interaction)],
) -> Result<Vec<Answer>, RecordError> {
    let mut answers = Vec::with_capacity(interactions.len());
    let mut rest = interactions;
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at(chunk_length(rest));
        answers.extend(ingest_chunk(database, cache, context, chunk).await?);
        rest = after;
    }
    Ok(answers)
}

/// How many of the interactions go into the next batch: at least one.
fn chunk_length(interactions: &[(usize, Interaction)]) -> usize {
    let mut bytes = 0;
    interactions
        .iter()
        .take(BATCH_INTERACTIONS_MAX)
        .take_while(|(_, interaction)| {
            bytes += row_bytes_estimate(interaction);
            bytes <= BATCH_BYTES_MAX
        })
        .count()
        .max(1)
}

/// A generous guess at the JSON of an interaction's row: its texts, doubled for escapes, and its
/// numbers.
fn row_bytes_estimate(interaction: &Interaction) -> usize {
    let optional = [
        &interaction.model_reported,
        &interaction.endpoint,
        &interaction.message_id,
        &interaction.error,
        &interaction.metadata,
    ];
    let texts = interaction.id.len()
        + interaction.session_id.len()
        + interaction.user_id.len()
        + interaction.model_name.len()
        + interaction.agent.len()
        + optional
            .iter()
            .map(|text| text.as_ref().map_or(0, String::len))
            .sum::<usize>();
    2 * texts + 64 * interaction.units.calls.len() + 700
}

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
        price_time: interaction.price_time,
    }
}

async fn ingest_chunk<D: Database>(
    database: &D,
    cache: &mut PriceCache,
    context: &IngestContext,
    chunk: &[(usize, Interaction)],
) -> Result<Vec<Answer>, RecordError> {
    let billables: Vec<Billable<'_>> = chunk
        .iter()
        .map(|(_, interaction)| billable(interaction))
        .collect();
    let mut attempt = 1;
    loop {
        let (book, price_book_version) = cache
            .prepare(database, &billables, context.received_at)
            .await?;
        let estimates: Vec<Result<Estimate, String>> = billables
            .iter()
            .map(|billable| within_limit(estimate(book, billable), context.interaction_cost_max))
            .collect();
        let batch: Vec<(Interaction, Estimate)> = chunk
            .iter()
            .zip(&estimates)
            .filter_map(|((_, interaction), estimate)| {
                estimate
                    .as_ref()
                    .ok()
                    .map(|estimate| (interaction.clone(), estimate.clone()))
            })
            .collect();
        let batch_context = BatchContext {
            ingest_id: (context.new_ingest_id)(),
            received_at: context.received_at,
            price_book_version,
            reporting_zone: context.reporting_zone,
        };
        match record_batch(database, &batch_context, &batch).await {
            Ok(recorded) => return Ok(join(estimates, recorded)),
            Err(RecordError::StalePriceBook { .. }) if attempt < PRICE_BOOK_ATTEMPTS_MAX => {
                attempt += 1;
                cache.forget();
            }
            Err(error) => return Err(error),
        }
    }
}

fn within_limit(
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

fn join(estimates: Vec<Result<Estimate, String>>, recorded: Vec<Recorded>) -> Vec<Answer> {
    let mut recorded = recorded.into_iter();
    estimates
        .into_iter()
        .map(|estimate| match estimate {
            Err(reason) => Answer::Rejected(reason),
            Ok(_) => match recorded.next() {
                Some(Recorded::Accepted(cost)) => Answer::Accepted(cost),
                Some(Recorded::Duplicate(cost)) => Answer::Duplicate(cost),
                Some(Recorded::Conflict) | None => Answer::Conflict,
            },
        })
        .collect()
}
