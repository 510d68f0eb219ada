//! OTLP: LibreChat's Langfuse exporter and native OpenTelemetry.
use edge::respond::{json, with_type};
use edge::{Problem, Scope};
use events::limits::TRACE_BYTES_MAX;
use events::{
    CacheWriteLifetimes, Context, OtlpOutcome, QueuedEvent, gunzip, otlp_json, otlp_protobuf,
};
use ledger_record::ingest::Answer;
use ledger_record::trace_memory::SpanAnswer;
use serde_json::json;
use worker::{Request, Response};

use crate::settings::IngestMode;
use crate::visit::{Visit, problem_of};
use crate::{counted_sources, queue, record, settings};
use edge::request::{content_encoding, media_type};

/// The refusals that one answer names; the rest are counted.
const MESSAGES_MAX: usize = 5;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Json,
    Protobuf,
}

/// `POST /api/public/otel/v1/traces` (`source` is `langfuse`) and `POST /v1/traces` (`otel`).
pub(crate) async fn export(
    visit: &mut Visit<'_>,
    request: &mut Request,
    source: &'static str,
) -> Result<Response, Problem> {
    visit.log.source = source;
    let sender = visit.sender(request, Scope::Ingest).await?;
    let encoding = encoding(request)?;
    let is_gzip = is_gzip(request)?;
    let limits = settings::limits(visit.env)?;
    let context = Context {
        limits,
        allow_backfill: sender.has(Scope::Backfill),
        counted_sources: counted_sources::current(visit).await?,
        cache_write_lifetimes: CacheWriteLifetimes::default(),
        ..Context::at(visit.received_at)
    };
    let mut body = edge::body::read(request, TRACE_BYTES_MAX).await?;
    visit.log.bytes = body.len();
    if is_gzip {
        body = gunzip(&body, TRACE_BYTES_MAX).map_err(|refusal| problem_of(&refusal))?;
    }
    let outcome = match encoding {
        Encoding::Json => otlp_json::parse(&body, &context),
        Encoding::Protobuf => otlp_protobuf::parse(&body, &context),
    }
    .map_err(|refusal| problem_of(&refusal))?;
    drop(body);
    // A body comes from one exporter; where nothing of it is kept, its endpoint tells which.
    let spans = outcome.trace_spans.iter();
    let of_spans = || spans.clone().find_map(|span| span.interaction.as_deref());
    if let Some(first) = outcome.interactions.first().or_else(of_spans) {
        visit.log.source = first.source;
    }
    let messages = record_outcome(visit, outcome, limits).await?;
    answer(visit, encoding, &messages)
}

/// Records what is to be kept; returns why spans were refused.
async fn record_outcome(
    visit: &mut Visit<'_>,
    outcome: OtlpOutcome,
    limits: events::Limits,
) -> Result<Vec<String>, Problem> {
    let mut messages: Vec<String> = Vec::new();
    let mut explain = |id: &str, reason: &str| {
        if messages.len() < MESSAGES_MAX {
            messages.push(format!("{id}: {reason}"));
        }
    };
    for refused in &outcome.rejected {
        explain(&refused.id, &refused.rejection.to_string());
    }
    visit.log.counts.ignored = outcome.ignored;
    visit.log.counts.dropped = outcome.dropped;
    visit.log.counts.rejected = u32::try_from(outcome.rejected.len()).unwrap_or(u32::MAX);
    if IngestMode::of(visit.env)? == IngestMode::Queue {
        let events: Vec<_> = outcome
            .interactions
            .into_iter()
            .map(Box::new)
            .map(QueuedEvent::Interaction)
            .chain(
                outcome
                    .trace_spans
                    .into_iter()
                    .map(Box::new)
                    .map(QueuedEvent::Span),
            )
            .collect();
        queue::enqueue(visit.env, &events).await?;
        // The other spans were counted when they were read.
        let shows = |event: &&QueuedEvent| match event {
            QueuedEvent::Span(span) => span.interaction.is_some(),
            _ => true,
        };
        let queued = events.iter().filter(shows).count();
        visit.log.counts.queued = u32::try_from(queued).unwrap_or(u32::MAX);
        return Ok(messages);
    }
    let ids: Vec<String> = outcome
        .interactions
        .iter()
        .map(|kept| kept.id.clone())
        .collect();
    let cost_max = limits.interaction_cost_max;
    let answers = record::record(
        visit.suite,
        visit.received_at,
        cost_max,
        outcome.interactions,
    )
    .await?;
    for (id, answer) in ids.iter().zip(&answers) {
        visit.log.counts.add(answer);
        match answer {
            Answer::Conflict => explain(id, crate::answer::CONFLICT_DETAIL),
            Answer::Rejected(reason) => explain(id, reason),
            _ => {}
        }
    }
    let spans = outcome.trace_spans;
    let answers = record::record_spans(visit.suite, visit.received_at, cost_max, &spans).await?;
    for (span, answer) in spans.iter().zip(&answers) {
        let id = span.interaction.as_ref().map_or("", |own| own.id.as_str());
        visit.log.counts.add_span(answer);
        match answer {
            SpanAnswer::Answered(Answer::Conflict) => explain(id, crate::answer::CONFLICT_DETAIL),
            SpanAnswer::Answered(Answer::Rejected(reason)) => explain(id, reason),
            _ => {}
        }
    }
    Ok(messages)
}

fn answer(visit: &Visit<'_>, encoding: Encoding, messages: &[String]) -> Result<Response, Problem> {
    let counts = visit.log.counts;
    let rejected = counts.rejected + counts.conflict;
    let message = messages.join("; ");
    match encoding {
        Encoding::Protobuf => with_type(
            200,
            "application/x-protobuf",
            otlp_protobuf::partial_success(u64::from(rejected), &message),
        ),
        Encoding::Json => {
            let partial = if rejected == 0 {
                json!({})
            } else {
                json!({ "rejectedSpans": rejected.to_string(), "errorMessage": message })
            };
            json(
                200,
                &json!({
                    "partialSuccess": partial,
                    "counts": {
                        "accepted": counts.accepted,
                        "duplicate": counts.duplicate,
                        "conflict": counts.conflict,
                        "rejected": counts.rejected,
                        "ignored": counts.ignored,
                        "dropped": counts.dropped,
                        "queued": counts.queued,
                    },
                }),
            )
        }
    }
}

fn encoding(request: &Request) -> Result<Encoding, Problem> {
    match media_type(request).as_str() {
        "application/json" => Ok(Encoding::Json),
        "application/x-protobuf" => Ok(Encoding::Protobuf),
        other => Err(Problem::unsupported_media_type(format!(
            "Content-Type is `{other}`: send `application/json` or `application/x-protobuf`"
        ))),
    }
}

fn is_gzip(request: &Request) -> Result<bool, Problem> {
    match content_encoding(request).as_str() {
        "identity" => Ok(false),
        "gzip" => Ok(true),
        other => Err(Problem::unsupported_media_type(format!(
            "Content-Encoding is `{other}`: send `gzip` or a plain body"
        ))),
    }
}
