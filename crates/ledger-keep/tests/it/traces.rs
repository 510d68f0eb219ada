//! One call, one row, however a trace is cut into bodies, in whatever order they arrive.

use std::cell::RefCell;
use std::collections::BTreeMap;

use cost_calculation::{PicoUsd, TokenUsage, UnixMillis};
use events::{
    Interaction, InteractionType, Reason, Resolved, SpanRole, SpanSays, TraceSpan, resolve_trace,
};
use ledger_core::{
    Database, DatabaseError, Rows, Statement, record_error::RecordError, sqlite::Sqlite,
};
use ledger_keep::archive::{ArchiveConfig, archive_sessions};
use ledger_keep::verify::{VerifyConfig, verify_slices};
use ledger_record::{
    ingest::{Answer, IngestCache, IngestContext},
    trace_memory::{KEPT_MS, SpanAnswer, ingest_traces},
};
use proptest::prelude::*;
use reporting_days::ReportingZone;

use crate::history::{
    DAY_MS, Fault, START, Unreliable, assert_each_is_in_one_place, fault, ledger, new_ingest_id,
    number, send,
};
use crate::interrupted::{self, block_on};
use crate::recount;

const RECEIVED_AT: i64 = START + 1_000 * DAY_MS;

fn span(trace: u8, id: u8, parent: u8, role: SpanRole) -> TraceSpan {
    let hex = |id: u8| {
        if id == 0 {
            String::new()
        } else {
            format!("{id:016x}")
        }
    };
    TraceSpan {
        trace_id: format!("{trace:032x}"),
        span_id: hex(id),
        parent_span_id: hex(parent),
        role,
        interaction: None,
        says: SpanSays::default(),
    }
}

fn own(span: &TraceSpan, kind: InteractionType, second: u8) -> Interaction {
    let mut own = crate::history::event(1, 0);
    own.id = format!("{}-{}", span.trace_id, span.span_id);
    own.timestamp = UnixMillis(START + i64::from(second) * 1_000);
    own.price_time = UnixMillis(own.timestamp.0 + 500);
    own.kind = kind;
    "unknown".clone_into(&mut own.user_id);
    "unknown@2024-11-23".clone_into(&mut own.session_id);
    own.agent = String::new();
    own.status = events::InteractionStatus::Ok;
    own.usage = TokenUsage::default();
    own.trace_id = Some(span.trace_id.clone());
    own.source = "otel";
    own
}

/// A call of a model with these input and cached tokens.
fn call(trace: u8, id: u8, parent: u8, input: u64, cache_read: u64) -> TraceSpan {
    let mut span = span(trace, id, parent, SpanRole::Model);
    let mut own = own(&span, InteractionType::Chat, id);
    own.usage.input = input;
    own.usage.cache_read = cache_read;
    span.interaction = Some(Box::new(own));
    span
}

fn operation(trace: u8, id: u8, parent: u8) -> TraceSpan {
    let mut span = span(trace, id, parent, SpanRole::Database);
    let mut own = own(&span, InteractionType::Db, id);
    "mongodb".clone_into(&mut own.provider);
    own.model_name = String::new();
    span.interaction = Some(Box::new(own));
    span
}

fn says(mut span: TraceSpan, user: &str) -> TraceSpan {
    span.says.user_id = Some(user.to_owned());
    // A sender's own reading of the span says the same.
    if let Some(own) = &mut span.interaction {
        user.clone_into(&mut own.user_id);
        own.session_id = format!("{user}@2024-11-23");
    }
    span
}

fn context_at(received_at: i64) -> IngestContext {
    IngestContext {
        received_at: UnixMillis(received_at),
        reporting_zone: ReportingZone::UTC,
        interaction_cost_max: PicoUsd::new(10_000 * 1_000_000_000_000),
        declared_cost_max: PicoUsd::new(i64::MAX),
        new_ingest_id,
    }
}

struct Sender<'a> {
    database: Unreliable<'a>,
    cache: RefCell<IngestCache>,
}

impl<'a> Sender<'a> {
    fn new(database: &'a Sqlite, faults: Vec<Fault>) -> Self {
        Self {
            database: Unreliable::new(database, faults),
            cache: RefCell::new(IngestCache::default()),
        }
    }

    /// Sends until it is answered, as a sender should.
    fn send(&self, spans: &[TraceSpan]) -> Vec<SpanAnswer> {
        loop {
            let cache = &mut self.cache.borrow_mut();
            match block_on(ingest_traces(
                &self.database,
                cache,
                &context_at(RECEIVED_AT),
                spans,
            )) {
                Ok(answers) => return answers,
                Err(RecordError::Database(error)) if error.is_worth_a_retry() => {}
                Err(error) => panic!("{error}"),
            }
        }
    }
}

/// What is recorded: id, user, session, agent and tokens of each, and what it costs.
fn rows(database: &Sqlite) -> Vec<String> {
    database.with_connection(|connection| {
        let mut select = connection
            .prepare(
                "SELECT i.id || ' ' || u.user_id || ' ' || n.id || ' ' || i.agent || ' '
                   || i.input_tokens || ' ' || i.cache_read_tokens || ' '
                   || COALESCE(e.total_cost, 'unknown') AS row
                 FROM interactions i JOIN users u USING (user_key) JOIN session_ids n USING (session_key)
                   JOIN cost_estimates e USING (interaction_key) ORDER BY i.id",
            )
            .unwrap();
        select
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap()
    })
}

/// The ids that the spans come to, all of them known at once.
fn expected_ids(spans: &[TraceSpan]) -> Vec<String> {
    let mut by_trace: BTreeMap<&str, Vec<TraceSpan>> = BTreeMap::new();
    for span in spans {
        by_trace
            .entry(&span.trace_id)
            .or_default()
            .push(span.clone());
    }
    let mut ids: Vec<String> = by_trace
        .values()
        .flat_map(|spans| resolve_trace(spans))
        .flatten()
        .filter_map(|resolved| match resolved {
            Resolved::Counts(interaction) => Some(interaction.id),
            _ => None,
        })
        .collect();
    ids.sort_unstable();
    ids
}

fn any_spans() -> impl Strategy<Value = Vec<TraceSpan>> {
    let one = (0_u8..2, 0_u8..12, 0_u8..8, 0_u64..3, 0_u64..3, 0_u8..3);
    prop::collection::vec(one, 1..12).prop_map(|spans| {
        spans
            .iter()
            .enumerate()
            .map(|(at, (trace, parent, role, input, cached, user))| {
                let id = u8::try_from(at).unwrap() + 1;
                let parent = if *parent == id { 0 } else { *parent };
                let span = match role {
                    0 => span(*trace, id, parent, SpanRole::Server),
                    1 => span(*trace, id, parent, SpanRole::Tool),
                    2 => operation(*trace, id, parent),
                    3 => {
                        let mut span = span(*trace, id, parent, SpanRole::Other);
                        span.says.agent = Some(format!("agent-{}", id % 2));
                        span
                    }
                    _ => {
                        let mut span = call(*trace, id, parent, *input, *cached);
                        // What did not end well moves other sums.
                        span.interaction.as_mut().unwrap().status = match id % 4 {
                            1 => events::InteractionStatus::Aborted,
                            2 => events::InteractionStatus::Error,
                            _ => events::InteractionStatus::Ok,
                        };
                        span
                    }
                };
                if *user > 0 {
                    says(span, &format!("user-{user}"))
                } else {
                    span
                }
            })
            .collect()
    })
}

/// The spans in another order, some of them more than once, and the sizes of the bodies.
fn any_arrival() -> impl Strategy<Value = (Vec<TraceSpan>, Vec<TraceSpan>, Vec<usize>)> {
    any_spans().prop_flat_map(|spans| {
        let again = prop::collection::vec(0..spans.len(), 0..5);
        let all = again.prop_flat_map({
            let spans = spans.clone();
            move |again| {
                let repeats = again.iter().map(|at| spans[*at].clone());
                Just(spans.iter().cloned().chain(repeats).collect::<Vec<_>>()).prop_shuffle()
            }
        });
        (Just(spans), all, prop::collection::vec(1_usize..5, 20))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_cut_of_a_trace_in_any_order_makes_the_same_ledger(
        (spans, arriving, sizes) in any_arrival(),
        faults in prop::collection::vec(fault(), 0..10),
    ) {
        let (whole, cut) = (ledger(), ledger());
        Sender::new(&whole, Vec::new()).send(&spans);
        let sender = Sender::new(&cut, faults);
        let mut rest = arriving.as_slice();
        for size in sizes {
            let (body, after) = rest.split_at(size.min(rest.len()));
            sender.send(body);
            rest = after;
            recount::assert_sums_are_true(&cut, false);
        }
        prop_assert_eq!(rows(&cut), rows(&whole));
        let ids: Vec<String> = rows(&cut).iter().map(|row| row.split(' ').next().unwrap().to_owned()).collect();
        prop_assert_eq!(ids, expected_ids(&spans));
        assert_each_is_in_one_place(&cut);
        // A repeat of everything, as one body, changes nothing and knows each span.
        let before = rows(&cut);
        for (span, answer) in spans.iter().zip(sender.send(&spans)) {
            match answer {
                SpanAnswer::Nothing => prop_assert!(span.interaction.is_none()),
                SpanAnswer::Joined(_) | SpanAnswer::Answered(Answer::Duplicate(_)) => {}
                other => prop_assert!(false, "{:?}", other),
            }
        }
        prop_assert_eq!(rows(&cut), before);
        recount::assert_sums_are_true(&cut, false);
    }
}

const FIXTURES: [&str; 5] = [
    include_str!("../../../events/tests/fixtures/langfuse-openai+anthropic+error.json"),
    include_str!("../../../events/tests/fixtures/langfuse-memory+title+toolcall.json"),
    include_str!("../../../events/tests/fixtures/langfuse-aborted-turns.json"),
    include_str!("../../../events/tests/fixtures/langfuse-agent-tools.json"),
    include_str!("../../../events/tests/fixtures/langfuse-gemini-with-title.json"),
];
/// After they were captured.
const CAPTURED_BEFORE: i64 = 1_796_083_200_000;

/// The spans of a captured body, each as it was sent.
fn captured(body: &str) -> Vec<serde_json::Value> {
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let lists = |value: &serde_json::Value, name: &str| value[name].as_array().unwrap().clone();
    let scopes = lists(&body, "resourceSpans");
    let scopes = scopes.iter().flat_map(|one| lists(one, "scopeSpans"));
    scopes.flat_map(|one| lists(&one, "spans")).collect()
}

/// Sends spans as one body, again and again until it is answered.
fn send_captured(sender: &Sender<'_>, spans: &[serde_json::Value]) {
    let body = serde_json::json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": spans }] }] });
    let context = events::Context::at(UnixMillis(CAPTURED_BEFORE));
    let outcome = events::parse_json_traces(body.to_string().as_bytes(), &context).unwrap();
    assert_eq!(outcome.rejected, []);
    let context = context_at(CAPTURED_BEFORE);
    loop {
        let cache = &mut sender.cache.borrow_mut();
        let interactions = outcome.interactions.clone();
        let both = async {
            ledger_record::ingest::ingest(&sender.database, cache, &context, interactions).await?;
            ingest_traces(&sender.database, cache, &context, &outcome.trace_spans).await
        };
        match block_on(both) {
            Ok(_) => return,
            Err(RecordError::Database(error)) if error.is_worth_a_retry() => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// A captured body's spans in any order, some more than once, and the sizes of the bodies.
fn any_captured_arrival() -> impl Strategy<Value = (usize, Vec<usize>, Vec<usize>)> {
    (0..FIXTURES.len()).prop_flat_map(|fixture| {
        let count = captured(FIXTURES[fixture]).len();
        let again = prop::collection::vec(0..count, 0..9);
        let order = again.prop_flat_map(move |again| {
            Just((0..count).chain(again).collect::<Vec<_>>()).prop_shuffle()
        });
        (
            Just(fixture),
            order,
            prop::collection::vec(1_usize..40, 100),
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn any_cut_of_a_captured_body_in_any_order_makes_the_same_ledger(
        (fixture, order, sizes) in any_captured_arrival(),
        faults in prop::collection::vec(fault(), 0..10),
    ) {
        let spans = captured(FIXTURES[fixture]);
        let (whole, cut) = (ledger(), ledger());
        send_captured(&Sender::new(&whole, Vec::new()), &spans);
        let sender = Sender::new(&cut, faults);
        let mut rest = order.as_slice();
        for size in sizes {
            let (body, after) = rest.split_at(size.min(rest.len()));
            let body: Vec<_> = body.iter().map(|at| spans[*at].clone()).collect();
            send_captured(&sender, &body);
            rest = after;
        }
        prop_assert_eq!(rest, &[] as &[usize]);
        prop_assert_eq!(rows(&cut), rows(&whole));
        recount::assert_sums_are_true(&cut, false);
        assert_each_is_in_one_place(&cut);
    }
}

#[test]
fn of_a_call_in_two_bodies_the_span_that_knows_most_counts_whichever_comes_first() {
    let inner = says(call(1, 2, 1, 1_000, 9_000), "user-1");
    let outer = call(1, 1, 0, 10_000, 0);
    let id = inner.interaction.as_ref().unwrap().id.clone();
    for bodies in [[&inner, &outer], [&outer, &inner]] {
        let database = ledger();
        let sender = Sender::new(&database, Vec::new());
        let answers: Vec<_> = bodies
            .iter()
            .flat_map(|span| sender.send(&[(*span).clone()]))
            .collect();
        // $0.25 and $0.025 a million.
        let cost = 1_000 * 250_000 + 9_000 * 25_000;
        assert_eq!(
            rows(&database),
            [format!("{id} user-1 user-1@2024-11-23  1000 9000 {cost}")]
        );
        assert!(matches!(
            answers[0],
            SpanAnswer::Answered(Answer::Accepted(_))
        ));
        let is_inner_first = std::ptr::eq(bodies[0], &raw const inner);
        assert_eq!(
            answers[1] == SpanAnswer::Joined(Reason::InnerCall),
            is_inner_first,
            "{answers:?}"
        );
        recount::assert_sums_are_true(&database, false);
    }
}

#[test]
fn what_only_a_parent_knows_reaches_the_child_when_the_parent_comes() {
    let database = ledger();
    let sender = Sender::new(&database, Vec::new());
    sender.send(&[call(1, 3, 2, 100, 0)]);
    assert!(rows(&database)[0].contains(" unknown unknown@2024-11-23 "));
    let mut agent = span(1, 2, 1, SpanRole::Other);
    agent.says.agent = Some("writer".to_owned());
    let mut root = says(span(1, 1, 0, SpanRole::Server), "user-1");
    root.says.session_id = Some("conversation".to_owned());
    sender.send(&[root, agent]);
    let row = &rows(&database)[0];
    assert!(row.contains(" user-1 conversation writer 100 "), "{row}");
    recount::assert_sums_are_true(&database, false);
    assert_each_is_in_one_place(&database);
    // Nothing is left of the session that it was taken for.
    assert_eq!(number(&database, "SELECT COUNT(*) FROM sessions"), 1);
    assert_eq!(number(&database, "SELECT COUNT(*) FROM session_models"), 1);
}

#[test]
fn a_span_that_became_a_part_is_known_for_good() {
    let database = ledger();
    let sender = Sender::new(&database, Vec::new());
    let inner = call(1, 2, 1, 10_000, 0);
    let outer = call(1, 1, 0, 1_000, 9_000);
    sender.send(std::slice::from_ref(&inner));
    sender.send(std::slice::from_ref(&outer));
    let before = rows(&database);
    // Long after, when nothing is remembered of the trace.
    database.execute_script("DELETE FROM trace_memory").unwrap();
    assert_eq!(
        sender.send(std::slice::from_ref(&inner)),
        [SpanAnswer::Joined(Reason::InnerCall)]
    );
    let answers = sender.send(&[outer, inner.clone()]);
    assert!(
        matches!(answers[0], SpanAnswer::Answered(Answer::Duplicate(_))),
        "{answers:?}"
    );
    assert_eq!(answers[1], SpanAnswer::Joined(Reason::InnerCall));
    // Another body under its id is a conflict.
    let mut other = inner;
    other.interaction.as_mut().unwrap().usage.output = 5;
    database.execute_script("DELETE FROM trace_memory").unwrap();
    assert_eq!(
        sender.send(&[other]),
        [SpanAnswer::Answered(Answer::Conflict)]
    );
    assert_eq!(rows(&database), before);
    recount::assert_sums_are_true(&database, false);
}

#[test]
fn what_is_counted_elsewhere_or_nowhere_is_answered_with_its_reason() {
    let database = ledger();
    let sender = Sender::new(&database, Vec::new());
    let sum = call(1, 1, 0, 300, 0);
    let parts = [call(1, 2, 1, 100, 0), call(1, 3, 1, 200, 0)];
    let spans = [
        vec![sum.clone(), operation(2, 4, 0)],
        parts.to_vec(),
        vec![operation(3, 6, 5), operation(3, 5, 7)],
    ]
    .concat();
    let reasons = |answers: &[SpanAnswer]| -> Vec<&'static str> {
        let joined = answers.iter().filter_map(|answer| match answer {
            SpanAnswer::Joined(reason) => Some(reason.as_str()),
            _ => None,
        });
        joined.collect()
    };
    let expected = ["sum_of_calls", "background", "inner_call"];
    assert_eq!(reasons(&sender.send(&spans)), expected);
    assert_eq!(rows(&database).len(), 3);
    // It is known for good which of them was a sum.
    database.execute_script("DELETE FROM trace_memory").unwrap();
    assert_eq!(reasons(&sender.send(&[sum])), ["sum_of_calls"]);
    recount::assert_sums_are_true(&database, false);
}

#[test]
fn two_bodies_of_one_trace_at_once_lose_nothing_and_count_once() {
    let inner = says(call(1, 2, 1, 1_000, 9_000), "user-1");
    let outer = call(1, 1, 0, 10_000, 0);
    for before in 1..6 {
        let database = ledger();
        send(&database, &[crate::history::event(3, 0)]);
        let interrupted = interrupted::Interrupted::before(&database, before, |database| {
            Sender::new(database, Vec::new()).send(std::slice::from_ref(&inner));
        });
        let mut cache = IngestCache::default();
        let context = context_at(RECEIVED_AT);
        let body = std::slice::from_ref(&outer);
        block_on(ingest_traces(&interrupted, &mut cache, &context, body)).unwrap();
        if !interrupted.has_happened() {
            Sender::new(&database, Vec::new()).send(std::slice::from_ref(&inner));
        }
        assert_eq!(rows(&database).len(), 2, "{before}: {:?}", rows(&database));
        assert_eq!(number(&database, "SELECT COUNT(*) FROM joined_spans"), 1);
        recount::assert_sums_are_true(&database, false);
    }
}

#[test]
fn a_withdrawn_call_leaves_the_archive_too() {
    let database = ledger();
    let sender = Sender::new(&database, Vec::new());
    sender.send(&[call(1, 2, 1, 10_000, 0)]);
    let config = ArchiveConfig::default();
    let archive = archive_sessions(&database, &config, || UnixMillis(RECEIVED_AT));
    assert_eq!(block_on(archive).unwrap().session_count, 1);
    sender.send(&[call(1, 1, 0, 1_000, 9_000)]);
    assert_eq!(rows(&database).len(), 1);
    assert_eq!(
        number(&database, "SELECT COUNT(*) FROM interactions_archive"),
        0
    );
    recount::assert_sums_are_true(&database, false);
    assert_each_is_in_one_place(&database);
}

#[test]
fn the_memory_of_traces_has_an_end() {
    let database = ledger();
    let mut cache = IngestCache::default();
    for trace in 1..=9_u8 {
        let at = RECEIVED_AT + i64::from(trace) * KEPT_MS / 2;
        let spans = [call(trace, 1, 0, 5, 0)];
        block_on(ingest_traces(
            &database,
            &mut cache,
            &context_at(at),
            &spans,
        ))
        .unwrap();
    }
    assert!(number(&database, "SELECT COUNT(*) FROM trace_memory") <= 3);
    assert_eq!(number(&database, "SELECT COUNT(*) FROM interactions"), 9);
}

#[test]
fn a_trace_of_more_than_is_remembered_loses_no_call() {
    let database = ledger();
    let sender = Sender::new(&database, Vec::new());
    let spans: Vec<TraceSpan> = (0..900_u32)
        .map(|at| {
            let mut span = call(1, 1, 0, u64::from(at) + 1, 0);
            span.span_id = format!("{:016x}", at + 1);
            span.interaction.as_mut().unwrap().id = format!("{}-{}", span.trace_id, span.span_id);
            span
        })
        .collect();
    let answers = sender.send(&spans);
    let is_accepted = |answer: &SpanAnswer| {
        matches!(
            answer,
            SpanAnswer::Answered(Answer::Accepted(_)) | SpanAnswer::Alone(Answer::Accepted(_))
        )
    };
    assert!(answers.iter().all(is_accepted));
    assert_eq!(number(&database, "SELECT COUNT(*) FROM interactions"), 900);
    // What there was no room for says so.
    let remembered = number(
        &database,
        "SELECT json_array_length(spans) FROM trace_memory",
    );
    let is_alone = |answer: &&SpanAnswer| matches!(answer, SpanAnswer::Alone(_));
    let alone = answers.iter().filter(is_alone).count();
    assert_eq!(i64::try_from(alone).unwrap() + remembered, 900);
    assert!(alone > 0);
    let mut parent = says(call(1, 1, 0, 1, 0), &"u".repeat(128));
    parent.interaction = None;
    parent.span_id = "f".repeat(16);
    assert_eq!(sender.send(&[parent]), [SpanAnswer::Forgotten]);
    assert!(number(&database, "SELECT length(spans) FROM trace_memory") <= 250_000);
    let again = sender.send(&spans);
    let is_duplicate =
        |answer: &SpanAnswer| matches!(answer, SpanAnswer::Answered(Answer::Duplicate(_)));
    assert!(again.iter().all(is_duplicate));
    recount::assert_sums_are_true(&database, false);
}

#[test]
fn a_span_that_is_too_dear_is_refused_and_the_rest_of_its_trace_is_kept() {
    let database = ledger();
    let sender = Sender::new(&database, Vec::new());
    let dear = call(1, 2, 1, 100_000_000_000_000, 0);
    let answers = sender.send(&[dear, call(1, 3, 1, 5, 0)]);
    assert!(
        matches!(answers[0], SpanAnswer::Answered(Answer::Rejected(_))),
        "{answers:?}"
    );
    assert!(
        matches!(answers[1], SpanAnswer::Answered(Answer::Accepted(_))),
        "{answers:?}"
    );
    assert_eq!(rows(&database).len(), 1);
}

#[test]
fn of_a_trace_the_span_alone_is_refused_that_a_full_session_can_not_take() {
    let database = ledger();
    let sender = Sender::new(&database, Vec::new());
    let in_session = |mut span: TraceSpan, session: &str| {
        if let Some(own) = &mut span.interaction {
            session.clone_into(&mut own.session_id);
        }
        span.says.session_id = Some(session.to_owned());
        span
    };
    sender.send(&[in_session(call(9, 1, 0, 5, 0), "full")]);
    database
        .execute_script(&format!("UPDATE sessions SET total_cost = {}", i64::MAX))
        .unwrap();
    let spans: Vec<TraceSpan> = (2..12)
        .map(|id| {
            let session = if id == 5 { "full" } else { "other" };
            in_session(call(1, id, 0, 5, 0), session)
        })
        .collect();
    let answers = sender.send(&spans);
    for (span, answer) in spans.iter().zip(&answers) {
        let is_refused = matches!(answer, SpanAnswer::Answered(Answer::Rejected(_)));
        let is_kept = matches!(answer, SpanAnswer::Answered(Answer::Accepted(_)));
        let is_full = span.says.session_id.as_deref() == Some("full");
        assert_eq!((is_refused, is_kept), (is_full, !is_full), "{answer:?}");
    }
    assert_eq!(number(&database, "SELECT COUNT(*) FROM interactions"), 10);
}

/// A ledger in which a call is withdrawn for another span of it before each batch, at first.
struct Withdrawing<'a>(&'a Sqlite, RefCell<u8>);

impl Database for Withdrawing<'_> {
    async fn batch(&self, statements: &[Statement]) -> Result<Vec<Rows>, DatabaseError> {
        let trace = *self.1.borrow();
        if trace < 40 {
            *self.1.borrow_mut() += 1;
            let (mut cache, context) = (IngestCache::default(), context_at(RECEIVED_AT));
            let outer = [call(trace, 1, 0, 1_000, 9_000)];
            ingest_traces(self.0, &mut cache, &context, &outer)
                .await
                .expect("is recorded");
        }
        self.0.batch(statements).await
    }
}

#[test]
fn calls_that_are_withdrawn_during_a_pass_are_no_finding_and_spoil_no_sum() {
    let database = ledger();
    let sender = Sender::new(&database, Vec::new());
    for trace in 1..40 {
        sender.send(&[call(trace, 2, 1, 10_000, 0)]);
    }
    let withdrawing = Withdrawing(&database, RefCell::new(1));
    let config = VerifyConfig {
        time_ms_max: i64::MAX,
        ..VerifyConfig::default()
    };
    let mut summary = block_on(verify_slices(&withdrawing, &config, || {
        UnixMillis(RECEIVED_AT)
    }));
    for _ in 0..20 {
        if summary.as_ref().unwrap().is_pass_finished {
            break;
        }
        summary = block_on(verify_slices(&withdrawing, &config, || {
            UnixMillis(RECEIVED_AT)
        }));
    }
    let summary = summary.unwrap();
    assert!(summary.is_pass_finished);
    assert_eq!(
        number(&database, "SELECT COUNT(*) FROM integrity_findings"),
        0
    );
    assert_eq!(rows(&database).len(), 39);
    recount::assert_sums_are_true(&database, false);
}

/// A database that counts the statements which name the memory of traces.
struct Watched<'a>(&'a Sqlite, RefCell<u32>);

impl Database for Watched<'_> {
    async fn batch(&self, statements: &[Statement]) -> Result<Vec<Rows>, DatabaseError> {
        let named = statements
            .iter()
            .filter(|statement| statement.sql.contains("trace_memory"));
        *self.1.borrow_mut() += u32::try_from(named.count()).unwrap();
        self.0.batch(statements).await
    }
}

#[test]
fn a_body_without_native_spans_asks_the_memory_nothing() {
    let database = ledger();
    let watched = Watched(&database, RefCell::new(0));
    let mut cache = IngestCache::default();
    let context = context_at(RECEIVED_AT);
    let events = vec![crate::history::event(1, 0)];
    block_on(ledger_record::ingest::ingest(
        &watched, &mut cache, &context, events,
    ))
    .unwrap();
    block_on(ingest_traces(&watched, &mut cache, &context, &[])).unwrap();
    assert_eq!(watched.1.take(), 0);
}
