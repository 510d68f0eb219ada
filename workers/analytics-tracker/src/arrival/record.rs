//! Recording through the ledger, with the retries that are safe.
use cost_calculation::UnixMillis;
use edge::clock::{pause_before_retry, random_id};
use edge::{Problem, Suite};
use events::{Interaction, LeftOutByReason, Limits, SessionMark, TraceSpan};
use ledger_core::DatabaseError;
use ledger_core::record_error::RecordError;
use ledger_record::ingest::{Answer, IngestContext, ingest, want_of_room};
use ledger_record::session_mark::record_session_mark;
use ledger_record::trace_memory::{SpanAnswer, ingest_traces};
use serde_json::json;

use crate::arrival::ingest_caches;

/// How often a request is tried where the database's connection broke. D1 never repeats a write by
/// itself, and an error may arrive after the commit; every write here carries ids, so that a
/// repeat adds nothing.
const ATTEMPTS_MAX: u32 = 3;

/// Prices and records interactions; one answer each, in their order.
pub(crate) async fn record(
    suite: &Suite,
    received_at: UnixMillis,
    limits: Limits,
    interactions: Vec<Interaction>,
) -> Result<Vec<Answer>, Problem> {
    if interactions.is_empty() {
        return Ok(Vec::new());
    }
    let context = context(suite, received_at, limits);
    let mut attempt = 1;
    loop {
        let mut cache = ingest_caches::take();
        let result = ingest(&suite.database, &mut cache, &context, interactions.clone()).await;
        ingest_caches::give_back(cache);
        if let Some(settled) = settled(result, &mut attempt).await {
            return settled;
        }
    }
}

/// Records spans of native OpenTelemetry with their traces; one answer each, in their order.
pub(crate) async fn record_spans(
    suite: &Suite,
    received_at: UnixMillis,
    limits: Limits,
    spans: &[TraceSpan],
) -> Result<Vec<SpanAnswer>, Problem> {
    if spans.is_empty() {
        return Ok(Vec::new());
    }
    let context = context(suite, received_at, limits);
    let mut attempt = 1;
    loop {
        let mut cache = ingest_caches::take();
        let result = ingest_traces(&suite.database, &mut cache, &context, spans).await;
        ingest_caches::give_back(cache);
        if let Some(settled) = settled(result, &mut attempt).await {
            return settled;
        }
    }
}

fn context(suite: &Suite, received_at: UnixMillis, limits: Limits) -> IngestContext {
    IngestContext {
        received_at,
        reporting_zone: suite.reporting_zone,
        interaction_cost_max: limits.interaction_cost_max,
        declared_cost_max: limits.declared_cost_max,
        new_ingest_id: random_id,
    }
}

/// Counts what was refused for want of room, where the operator sees it. The others are recorded by now:
/// a failure here is a line in the log.
pub(crate) async fn count_without_room<'a>(
    suite: &Suite,
    received_at: UnixMillis,
    key_id: &str,
    source: &str,
    answers: impl Iterator<Item = &'a Answer>,
) {
    let mut left_out = LeftOutByReason::default();
    for answer in answers {
        if let Answer::Rejected(reason) = answer
            && let Some(word) = want_of_room(reason)
        {
            left_out.add_named(&format!("refused:{word}"), 1, String::new);
        }
    }
    let day = suite.reporting_zone.day(received_at);
    let database = &suite.database;
    if let Err(error) =
        ledger_record::left_out::add(database, &day, key_id, source, &left_out).await
    {
        edge::log::error(&json!({ "event": "left_out", "error": error.to_string() }));
    }
}

/// What a try came to; `None`, after a pause, where it is to be done again.
async fn settled<T>(
    result: Result<T, RecordError>,
    attempt: &mut u32,
) -> Option<Result<T, Problem>> {
    match result {
        Ok(answers) => Some(Ok(answers)),
        Err(RecordError::Database(DatabaseError::Transient(_))) if *attempt < ATTEMPTS_MAX => {
            pause_before_retry(*attempt).await;
            *attempt += 1;
            None
        }
        Err(error) => Some(Err(problem_of(error))),
    }
}

/// Records the start or the end of a session.
pub(crate) async fn record_mark(suite: &Suite, mark: &SessionMark) -> Result<(), Problem> {
    let mut attempt = 1;
    loop {
        let zone = suite.reporting_zone;
        match record_session_mark(&suite.database, mark, random_id(), zone).await {
            Ok(_) => return Ok(()),
            Err(RecordError::Database(DatabaseError::Transient(_))) if attempt < ATTEMPTS_MAX => {
                pause_before_retry(attempt).await;
                attempt += 1;
            }
            Err(error) => return Err(problem_of(error)),
        }
    }
}

/// What a failure to record is to the sender; what it is to the operator goes to the log.
fn problem_of(error: RecordError) -> Problem {
    edge::log::error(&json!({ "event": "record_failed", "error": error.to_string() }));
    match error {
        RecordError::Database(error) => error.into(),
        RecordError::StalePriceBook { .. } => Problem::unavailable(
            "prices are changing just now; send the same request again, it is safe",
        ),
        error @ (RecordError::SchemaMismatch { .. } | RecordError::ZoneMismatch { .. }) => {
            Problem::unavailable(error.to_string())
        }
        RecordError::Misuse(_) => Problem::internal(),
    }
}
