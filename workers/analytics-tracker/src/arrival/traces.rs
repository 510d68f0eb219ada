//! OTLP: LibreChat's Langfuse exporter and native OpenTelemetry.
use edge::respond::{json, with_type};
use edge::{Problem, Scope};
use events::limits::PROTOBUF_BYTES_MAX;
use events::{
    Context, Interaction, LeftOutByReason, OtlpOutcome, QueuedEvent, Reason, TraceReader,
    TraceSpan, gunzip,
};
use ledger_record::ingest::{Answer, want_of_room};
use ledger_record::trace_memory::SpanAnswer;
use serde_json::{Value, json};
use worker::{Request, Response};

use crate::admin::counted_sources;
use crate::admin::operator_words;
use crate::arrival::queue;
use crate::arrival::record;
use crate::settings;
use crate::settings::IngestMode;
use crate::visit::{Visit, is_gzip};
use edge::request::media_type;

/// The refusals that one answer names; the rest are counted.
const MESSAGES_MAX: usize = 5;

/// What is unpacked or read before the window is looked at again: so much gzip unpacks to at most
/// four megabytes.
const PIECE_BYTES: usize = 4 * 1024;
const PLAIN_PIECE_BYTES: usize = 256 * 1024;

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
        words: operator_words::current(visit).await?,
        ..Context::at(visit.received_at)
    };
    let mut export = Export::default();
    let read = match encoding {
        Encoding::Json => export.json(visit, request, is_gzip, &context).await,
        Encoding::Protobuf => export.protobuf(visit, request, is_gzip, &context).await,
    };
    export.write_down(visit, &sender.key_id).await;
    read.map_err(|problem| Export::say_what_was_kept(visit, problem))?;
    answer(visit, encoding, &export)
}

/// What became of a body so far.
#[derive(Default)]
struct Export {
    messages: Vec<String>,
    left_out: LeftOutByReason,
}

impl Export {
    /// Takes a body in JSON as it arrives.
    async fn json(
        &mut self,
        visit: &mut Visit<'_>,
        request: &mut Request,
        is_gzip: bool,
        context: &Context<'_>,
    ) -> Result<(), Problem> {
        let mut pieces = edge::body::pieces(request)?;
        let mut reader = if is_gzip {
            TraceReader::of_gzip()
        } else {
            TraceReader::new()
        };
        let piece_bytes = if is_gzip {
            PIECE_BYTES
        } else {
            PLAIN_PIECE_BYTES
        };
        while let Some(arrived) = pieces.next().await? {
            visit.log.bytes += arrived.len();
            for piece in arrived.chunks(piece_bytes) {
                if let Err(refusal) = reader.feed(piece) {
                    // Whoever is answered while still sending may see a broken connection.
                    pieces.pass_over().await;
                    return Err(Problem::from(refusal));
                }
                if reader.is_full() {
                    self.record(visit, reader.take(context), context).await?;
                }
            }
        }
        reader.finish()?;
        self.record(visit, reader.take(context), context).await
    }

    /// Takes a body in protobuf, whole.
    async fn protobuf(
        &mut self,
        visit: &mut Visit<'_>,
        request: &mut Request,
        is_gzip: bool,
        context: &Context<'_>,
    ) -> Result<(), Problem> {
        let mut body = edge::body::read(request, PROTOBUF_BYTES_MAX).await?;
        visit.log.bytes = body.len();
        if is_gzip {
            body = gunzip(&body, PROTOBUF_BYTES_MAX)?;
        }
        let outcome = events::parse_protobuf_traces(&body, context);
        drop(body);
        let outcome = outcome?;
        self.record(visit, outcome, context).await
    }

    /// Records what is to be kept of a part of the body, and counts the rest.
    async fn record(
        &mut self,
        visit: &mut Visit<'_>,
        outcome: OtlpOutcome,
        context: &Context<'_>,
    ) -> Result<(), Problem> {
        // A body comes from one exporter; where nothing of it is kept, its endpoint tells which.
        let of_spans = || {
            let mut spans = outcome.trace_spans.iter();
            spans.find_map(|span| span.interaction.as_deref())
        };
        if let Some(first) = outcome.interactions.first().or_else(of_spans) {
            visit.log.source = first.source;
        }
        for refused in &outcome.rejected {
            self.explain(&refused.id, &refused.rejection.to_string());
        }
        self.left_out.merge(outcome.left_out);
        let counts = &mut visit.log.counts;
        counts.ignored += outcome.ignored;
        counts.dropped += outcome.dropped;
        counts.rejected += u32::try_from(outcome.rejected.len()).unwrap_or(u32::MAX);
        let (interactions, spans) = (outcome.interactions, outcome.trace_spans);
        if IngestMode::of(visit.env)? == IngestMode::Queue {
            return enqueue(visit, interactions, spans).await;
        }
        let ids: Vec<String> = interactions.iter().map(|kept| kept.id.clone()).collect();
        let limits = context.limits;
        let answers = record::record(visit.suite, visit.received_at, limits, interactions).await?;
        for (id, answer) in ids.iter().zip(&answers) {
            visit.log.counts.add(answer);
            self.note(id, answer);
        }
        let answers = record::record_spans(visit.suite, visit.received_at, limits, &spans).await?;
        for (span, answer) in spans.iter().zip(&answers) {
            visit.log.counts.add_span(answer);
            if matches!(answer, SpanAnswer::Alone(_) | SpanAnswer::Forgotten) {
                self.left_out.add(Reason::BeyondMemory, 1, String::new);
            }
            match answer {
                SpanAnswer::Answered(answer) | SpanAnswer::Alone(answer) => {
                    let id = span.interaction.as_ref().map_or("", |own| own.id.as_str());
                    self.note(id, answer);
                }
                SpanAnswer::Joined(reason) => self.left_out.add(*reason, 1, String::new),
                SpanAnswer::Nothing | SpanAnswer::Forgotten => {}
            }
        }
        Ok(())
    }

    /// Counts and explains what the ledger did not take.
    fn note(&mut self, id: &str, answer: &Answer) {
        match answer {
            Answer::Conflict => {
                self.explain(id, crate::arrival::answer::CONFLICT_DETAIL);
                self.left_out.add_named("refused:conflict", 1, String::new);
            }
            Answer::Rejected(reason) => {
                self.explain(id, reason);
                let word = want_of_room(reason).unwrap_or("ledger");
                let reason = format!("refused:{word}");
                self.left_out.add_named(&reason, 1, String::new);
            }
            Answer::Accepted(_) | Answer::Duplicate(_) => {}
        }
    }

    /// Keeps what was left out, where the operator sees it. The events are recorded by now: a failure
    /// here is a line in the log and no reason to have them sent again.
    async fn write_down(&self, visit: &Visit<'_>, key_id: &str) {
        let day = visit.suite.reporting_zone.day(visit.received_at);
        let (source, left_out) = (visit.log.source, &self.left_out);
        let database = &visit.suite.database;
        if let Err(error) =
            ledger_record::left_out::add(database, &day, key_id, source, left_out).await
        {
            edge::log::error(&json!({ "event": "left_out", "error": error.to_string() }));
        }
    }

    fn explain(&mut self, id: &str, reason: &str) {
        if self.messages.len() < MESSAGES_MAX {
            self.messages.push(format!("{id}: {reason}"));
        }
    }

    /// A refusal of a body of which a part was recorded before its fault says so.
    fn say_what_was_kept(visit: &Visit<'_>, mut problem: Problem) -> Problem {
        let counts = visit.log.counts;
        let kept = counts.accepted + counts.duplicate + counts.queued;
        if kept > 0 {
            problem.detail = format!(
                "{}; {kept} interactions of the part before it are kept, and sending the body again \
                 is safe",
                problem.detail
            );
        }
        problem
    }

    /// What the answer says in words: why spans were refused, and what else was left out that is
    /// worth a look.
    fn message(&self) -> String {
        let mut words = self.messages.clone();
        for (reason, left_out) in self.left_out.iter() {
            if events::is_worth_a_look(reason) && !reason.starts_with("refused") {
                let mut said = format!("not taken, {reason}: {}", left_out.count);
                if !left_out.example.is_empty() {
                    said = format!("{said} (for example {})", left_out.example);
                }
                words.push(said);
            }
        }
        words.join("; ")
    }

    fn reasons(&self) -> Value {
        let counts = self.left_out.iter();
        let counts = counts.map(|(reason, left_out)| (reason.to_owned(), left_out.count.into()));
        Value::Object(counts.collect())
    }
}

/// Leaves a part of the body to the queue.
async fn enqueue(
    visit: &mut Visit<'_>,
    interactions: Vec<Interaction>,
    spans: Vec<TraceSpan>,
) -> Result<(), Problem> {
    // The other spans were counted when they were read.
    let showing = spans.iter().filter(|span| span.interaction.is_some());
    let queued = interactions.len() + showing.count();
    let interactions = interactions.into_iter().map(Box::new);
    let spans = spans.into_iter().map(Box::new);
    let events: Vec<_> = interactions
        .map(QueuedEvent::Interaction)
        .chain(spans.map(QueuedEvent::Span))
        .collect();
    queue::enqueue(visit.env, &events).await?;
    visit.log.counts.queued += u32::try_from(queued).unwrap_or(u32::MAX);
    Ok(())
}

fn answer(visit: &Visit<'_>, encoding: Encoding, export: &Export) -> Result<Response, Problem> {
    let counts = visit.log.counts;
    let rejected = counts.rejected + counts.conflict;
    let message = export.message();
    match encoding {
        Encoding::Protobuf => with_type(
            200,
            "application/x-protobuf",
            events::partial_success(u64::from(rejected), &message),
        ),
        Encoding::Json => {
            let partial = if message.is_empty() {
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
                    "left_out": export.reasons(),
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
