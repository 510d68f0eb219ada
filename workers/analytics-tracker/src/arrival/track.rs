//! The suite's own JSON events.
use edge::respond::json;
use edge::{Problem, Scope};
use events::limits::{BATCH_BYTES_MAX, EVENT_BYTES_MAX};
use events::{
    Context, CountedSources, Interaction, Limits, OperatorWords, QueuedEvent, parse_batch,
    parse_interaction, parse_session_mark,
};
use ledger_record::ingest::{Answer, want_of_room};
use serde_json::{Value, json};
use worker::{Request, Response};

use crate::admin::operator_words;
use crate::arrival::answer::{self, CONFLICT_DETAIL};
use crate::arrival::queue;
use crate::arrival::record;
use crate::settings;
use crate::settings::IngestMode;
use crate::visit::Visit;
use edge::request::header;

/// `POST /track/interaction`.
pub(crate) async fn interaction(
    visit: &mut Visit<'_>,
    request: &mut Request,
) -> Result<Response, Problem> {
    let arrival = Arrival::of(visit, request).await?;
    let body = visit.event_body(request, EVENT_BYTES_MAX).await?;
    let interaction = parse_interaction(&body, &arrival.context(visit)).map_err(|refusal| {
        visit.log.counts.rejected += 1;
        Problem::from(refusal)
    })?;
    let interaction = arrival.signed(interaction);
    let id = interaction.id.clone();
    if arrival.mode == IngestMode::Queue {
        let event = QueuedEvent::Interaction(Box::new(interaction));
        queue::enqueue(visit.env, &[event]).await?;
        visit.log.counts.queued += 1;
        return json(202, &json!({ "id": id, "status": "queued" }));
    }
    let answers = record::record(
        visit.suite,
        visit.received_at,
        arrival.limits,
        vec![interaction],
    )
    .await?;
    arrival.count_without_room(visit, &answers).await;
    let answer = answers.into_iter().next().ok_or_else(Problem::internal)?;
    visit.log.counts.add(&answer);
    match &answer {
        Answer::Accepted(_) => json(201, &answer::to_json(&id, &answer)),
        Answer::Duplicate(_) => json(200, &answer::to_json(&id, &answer)),
        Answer::Conflict => Err(Problem::conflict(CONFLICT_DETAIL).at_field("id")),
        Answer::Rejected(reason) => Err(Problem::invalid_field(field_of(reason), reason)),
    }
}

/// `POST /track/batch`.
pub(crate) async fn batch(
    visit: &mut Visit<'_>,
    request: &mut Request,
) -> Result<Response, Problem> {
    let arrival = Arrival::of(visit, request).await?;
    let body = visit.event_body(request, BATCH_BYTES_MAX).await?;
    let events = parse_batch(&body, &arrival.context(visit))?;
    let mut kept = Vec::with_capacity(events.len());
    let mut results: Vec<Value> = Vec::with_capacity(events.len());
    let mut places = Vec::with_capacity(events.len());
    for (index, event) in events.into_iter().enumerate() {
        let mut result = match event {
            Ok(interaction) => {
                places.push((index, interaction.id.clone()));
                kept.push(arrival.signed(interaction));
                serde_json::Map::new()
            }
            Err(refusal) => {
                visit.log.counts.rejected += 1;
                answer::refusal_to_json(&refusal)
            }
        };
        result.insert("index".to_owned(), json!(index));
        results.push(Value::Object(result));
    }
    match arrival.mode {
        IngestMode::Direct => {
            let limits = arrival.limits;
            let answers = record::record(visit.suite, visit.received_at, limits, kept).await?;
            arrival.count_without_room(visit, &answers).await;
            for ((index, id), answer) in places.iter().zip(&answers) {
                visit.log.counts.add(answer);
                if let Some(Value::Object(result)) = results.get_mut(*index) {
                    result.extend(answer::to_json(id, answer));
                }
            }
        }
        IngestMode::Queue => {
            let events: Vec<_> = kept
                .into_iter()
                .map(Box::new)
                .map(QueuedEvent::Interaction)
                .collect();
            queue::enqueue(visit.env, &events).await?;
            for (index, id) in &places {
                visit.log.counts.queued += 1;
                if let Some(Value::Object(result)) = results.get_mut(*index) {
                    result.insert("id".to_owned(), json!(id));
                    result.insert("status".to_owned(), json!("queued"));
                }
            }
        }
    }
    let counts = visit.log.counts;
    json(
        arrival.mode.success_status(),
        &json!({
            "results": results,
            "counts": {
                "accepted": counts.accepted,
                "duplicate": counts.duplicate,
                "conflict": counts.conflict,
                "rejected": counts.rejected,
                "queued": counts.queued,
            },
        }),
    )
}

/// `POST /track/session/start` and `/track/session/end`.
pub(crate) async fn session_mark(
    visit: &mut Visit<'_>,
    request: &mut Request,
    is_end: bool,
) -> Result<Response, Problem> {
    let arrival = Arrival::of(visit, request).await?;
    let body = visit.event_body(request, EVENT_BYTES_MAX).await?;
    let mark = parse_session_mark(&body, is_end, &arrival.context(visit)).map_err(|refusal| {
        visit.log.counts.rejected += 1;
        Problem::from(refusal)
    })?;
    let session_id = mark.session_id.clone();
    if arrival.mode == IngestMode::Queue {
        queue::enqueue(visit.env, &[QueuedEvent::SessionMark(mark)]).await?;
        visit.log.counts.queued += 1;
        return json(
            202,
            &json!({ "session_id": session_id, "status": "queued" }),
        );
    }
    record::record_mark(visit.suite, &mark).await?;
    visit.log.counts.accepted += 1;
    json(
        200,
        &json!({ "session_id": session_id, "status": "recorded" }),
    )
}

/// The field that a refusal of the ledger is about.
fn field_of(reason: &str) -> &'static str {
    match want_of_room(reason) {
        Some("declared_cost_limit") => "declared_cost.amount",
        _ => "usage",
    }
}

/// What a request with events says beside its body.
struct Arrival {
    key_id: String,
    mode: IngestMode,
    limits: Limits,
    idempotency_key: Option<String>,
    allow_backfill: bool,
    words: OperatorWords,
}

impl Arrival {
    async fn of(visit: &mut Visit<'_>, request: &Request) -> Result<Self, Problem> {
        visit.log.source = events::source::API;
        let sender = visit.sender(request, Scope::Ingest).await?;
        Ok(Self {
            allow_backfill: sender.has(Scope::Backfill),
            key_id: sender.key_id,
            mode: IngestMode::of(visit.env)?,
            limits: settings::limits(visit.env)?,
            idempotency_key: header(request, "idempotency-key"),
            words: operator_words::current(visit).await?,
        })
    }

    /// An event that declares a cost carries the key that does so.
    fn signed(&self, mut interaction: Interaction) -> Interaction {
        if interaction.declared.is_some() {
            interaction.declared_by = Some(self.key_id.clone());
        }
        interaction
    }

    async fn count_without_room(&self, visit: &Visit<'_>, answers: &[Answer]) {
        let (at, source) = (visit.received_at, visit.log.source);
        record::count_without_room(visit.suite, at, &self.key_id, source, answers.iter()).await;
    }

    fn context(&self, visit: &Visit<'_>) -> Context<'_> {
        Context {
            received_at: visit.received_at,
            limits: self.limits,
            idempotency_key: self.idempotency_key.as_deref(),
            allow_backfill: self.allow_backfill,
            counted_sources: CountedSources::default(),
            words: self.words.clone(),
        }
    }
}
