//! Queue mode: events wait in a queue and are recorded in batches.
//!
//! Deliveries are at least once and in no order; both are fine, since every event carries its id.
//! Each message is acknowledged by its own result: recorded and repeated events are done, a
//! conflict is written down where an admin sees it, and what can't be read or recorded is tried
//! again until the queue moves it to its dead-letter queue. Nothing is dropped.
use cost_calculation::UnixMillis;
use edge::{Problem, Suite};
use events::{Interaction, Limits, QueuedEvent, TraceSpan};
use ledger_record::ingest::Answer;
use ledger_record::trace_memory::SpanAnswer;
use ledger_record::{ingest_rejections, ingest_rejections::IngestRejection};
use serde_json::json;
use worker::{Env, MessageBatch, MessageExt, QueueRetryOptionsBuilder, RawMessage};

use crate::arrival::answer::{CONFLICT_DETAIL, Counts};
use crate::arrival::record;
use crate::settings;

/// The producer's binding.
const BINDING: &str = "QUEUE";
/// The most messages of one `sendBatch`; Cloudflare's limit.
const SEND_MESSAGES_MAX: usize = 100;
/// The most bytes of one `sendBatch`. Cloudflare takes 256 KB; each message has some overhead.
const SEND_BYTES_MAX: usize = 200_000;
/// Seconds before a message is delivered again while the database is away: with the `max_retries`
/// of wrangler.toml, an outage of half an hour is outlasted.
const OUTAGE_DELAY_S: u32 = 60;
/// Seconds before a message that can't be read or recorded is delivered again.
const POISON_DELAY_S: u32 = 5;

/// Puts events into the queue; returns once the queue has them all.
pub(crate) async fn enqueue(env: &Env, events: &[QueuedEvent]) -> Result<(), Problem> {
    let queue = env.queue(BINDING).map_err(|_| {
        Problem::unavailable(
            "INGEST_MODE is `queue`, but the Worker has no queue bound as `QUEUE`: bind one, or set \
             INGEST_MODE to `direct`",
        )
    })?;
    let texts: Vec<String> = events.iter().map(QueuedEvent::to_text).collect();
    let mut rest = texts.as_slice();
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at(chunk_length(rest));
        queue.send_batch(chunk.to_vec()).await.map_err(|error| {
            edge::log::error(&json!({ "event": "enqueue_failed", "error": error.to_string() }));
            Problem::unavailable(
                "the queue did not answer; send the same request again, it is safe",
            )
        })?;
        rest = after;
    }
    Ok(())
}

/// How many of the messages go into the next `sendBatch`: at least one.
fn chunk_length(texts: &[String]) -> usize {
    let mut bytes = 0;
    texts
        .iter()
        .take(SEND_MESSAGES_MAX)
        .take_while(|text| {
            bytes += text.len() + 100;
            bytes <= SEND_BYTES_MAX
        })
        .count()
        .max(1)
}

/// Records what the queue delivers. The runtime drops a handler's error and loses the instance on
/// a panic: so every message gets its word here.
pub(crate) async fn consume(batch: &MessageBatch<String>, env: &Env) {
    let received_at = edge::clock::now();
    let mut counts = Counts::default();
    let (suite, limits) = match (Suite::of(env), settings::limits(env)) {
        (Ok(suite), Ok(limits)) => (suite, limits),
        (Err(problem), _) | (_, Err(problem)) => {
            edge::log::error(&json!({ "event": "queue", "error": problem.detail }));
            for message in batch.raw_iter() {
                retry(&message, OUTAGE_DELAY_S);
            }
            return;
        }
    };
    let mut waiting: Vec<(RawMessage, Interaction)> = Vec::new();
    let mut spans: Vec<(RawMessage, TraceSpan)> = Vec::new();
    let mut failed = 0_u32;
    for message in batch.raw_iter() {
        match message
            .body()
            .as_string()
            .as_deref()
            .and_then(QueuedEvent::from_text)
        {
            Some(QueuedEvent::Interaction(interaction)) => waiting.push((message, *interaction)),
            Some(QueuedEvent::Span(span)) => spans.push((message, *span)),
            Some(QueuedEvent::SessionMark(mark)) => {
                match record::record_mark(&suite, &mark).await {
                    Ok(()) => {
                        counts.accepted += 1;
                        message.ack();
                    }
                    Err(problem) => {
                        failed += 1;
                        retry(&message, delay_after(&problem));
                    }
                }
            }
            None => {
                failed += 1;
                retry(&message, POISON_DELAY_S);
            }
        }
    }
    let consumer = Consumer {
        suite: &suite,
        received_at,
        limits,
    };
    failed += consumer.record(&waiting, &mut counts).await;
    failed += consumer.record(&spans, &mut counts).await;
    let mut line = json!({
        "event": "queue",
        "failed": failed,
        "rows_read": suite.database.rows_read(),
        "rows_written": suite.database.rows_written(),
        "duration_ms": edge::clock::now().0 - received_at.0,
    });
    if let (Some(line), serde_json::Value::Object(counts)) =
        (line.as_object_mut(), counts.to_json())
    {
        line.extend(counts);
    }
    edge::log::info(&line);
}

struct Consumer<'a> {
    suite: &'a Suite,
    received_at: UnixMillis,
    limits: Limits,
}

impl Consumer<'_> {
    /// Records the delivered interactions or spans as one transaction; where that fails for another reason
    /// than the database being away, one by one, so that one event can't hold up the others.
    /// Returns how many failed.
    async fn record<T: Recordable>(&self, waiting: &[(RawMessage, T)], counts: &mut Counts) -> u32 {
        match self.record_some(waiting, counts).await {
            Ok(()) => 0,
            Err(problem) if problem.status == 503 || waiting.len() == 1 => {
                let delay_s = delay_after(&problem);
                retry_all(waiting, delay_s);
                u32::try_from(waiting.len()).unwrap_or(u32::MAX)
            }
            Err(_) => {
                let mut failed = 0;
                for one in waiting.chunks(1) {
                    if let Err(problem) = self.record_some(one, counts).await {
                        let delay_s = delay_after(&problem);
                        retry_all(one, delay_s);
                        failed += 1;
                    }
                }
                failed
            }
        }
    }

    async fn record_some<T: Recordable>(
        &self,
        waiting: &[(RawMessage, T)],
        counts: &mut Counts,
    ) -> Result<(), Problem> {
        let events: Vec<&T> = waiting.iter().map(|(_, event)| event).collect();
        let answers = T::record(self, &events).await?;
        let late: Vec<IngestRejection> = events
            .iter()
            .zip(&answers)
            .filter_map(|(event, answer)| match answer {
                SpanAnswer::Answered(answer) | SpanAnswer::Alone(answer) => {
                    self.late_rejection(event.interaction()?, answer)
                }
                SpanAnswer::Joined(_) | SpanAnswer::Nothing | SpanAnswer::Forgotten => None,
            })
            .collect();
        ingest_rejections::record(&self.suite.database, &late).await?;
        // Whose key it was is known of what declares a cost alone.
        for (event, answer) in events.iter().zip(&answers) {
            if let (Some(event), SpanAnswer::Answered(answer @ Answer::Rejected(_))) =
                (event.interaction(), answer)
            {
                let key = event.declared_by.as_deref().unwrap_or("queue");
                let (at, source) = (self.received_at, event.source);
                record::count_without_room(self.suite, at, key, source, [answer].into_iter()).await;
            }
        }
        for ((message, _), answer) in waiting.iter().zip(&answers) {
            counts.add_span(answer);
            message.ack();
        }
        Ok(())
    }

    /// A refusal that its sender will not hear of.
    fn late_rejection(
        &self,
        interaction: &Interaction,
        answer: &Answer,
    ) -> Option<IngestRejection> {
        let (problem, detail) = match answer {
            Answer::Conflict => ("conflict", CONFLICT_DETAIL),
            Answer::Rejected(reason) => ("rejected", reason.as_str()),
            Answer::Accepted(_) | Answer::Duplicate(_) => return None,
        };
        Some(IngestRejection {
            received_at: self.received_at.0,
            source: interaction.source.to_owned(),
            interaction_id: interaction.id.clone(),
            problem: problem.to_owned(),
            detail: detail.to_owned(),
        })
    }
}

/// What the queue delivers to be recorded.
trait Recordable: Sized {
    /// The interaction that it is, or shows.
    fn interaction(&self) -> Option<&Interaction>;
    /// Records some; one answer each, in their order.
    async fn record(consumer: &Consumer<'_>, events: &[&Self]) -> Result<Vec<SpanAnswer>, Problem>;
}

impl Recordable for Interaction {
    fn interaction(&self) -> Option<&Interaction> {
        Some(self)
    }

    async fn record(consumer: &Consumer<'_>, events: &[&Self]) -> Result<Vec<SpanAnswer>, Problem> {
        let events = events.iter().map(|event| (*event).clone()).collect();
        let (at, limits) = (consumer.received_at, consumer.limits);
        let answers = record::record(consumer.suite, at, limits, events).await?;
        Ok(answers.into_iter().map(SpanAnswer::Answered).collect())
    }
}

impl Recordable for TraceSpan {
    fn interaction(&self) -> Option<&Interaction> {
        self.interaction.as_deref()
    }

    async fn record(consumer: &Consumer<'_>, events: &[&Self]) -> Result<Vec<SpanAnswer>, Problem> {
        let spans: Vec<Self> = events.iter().map(|event| (*event).clone()).collect();
        let (at, limits) = (consumer.received_at, consumer.limits);
        record::record_spans(consumer.suite, at, limits, &spans).await
    }
}

const fn delay_after(problem: &Problem) -> u32 {
    if problem.status == 503 {
        OUTAGE_DELAY_S
    } else {
        POISON_DELAY_S
    }
}

fn retry_all<T>(messages: &[(RawMessage, T)], delay_s: u32) {
    for (message, _) in messages {
        retry(message, delay_s);
    }
}

fn retry(message: &RawMessage, delay_s: u32) {
    let options = QueueRetryOptionsBuilder::new()
        .with_delay_seconds(delay_s)
        .build();
    message.retry_with_options(&options);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_send_stays_within_the_queues_limits() {
        let small = vec!["x".repeat(10); 250];
        assert_eq!(chunk_length(&small), 100);
        let large = vec!["x".repeat(90_000); 5];
        assert_eq!(chunk_length(&large), 2);
        let huge = vec!["x".repeat(900_000)];
        assert_eq!(chunk_length(&huge), 1);
    }
}
