//! Whatever the network does, the totals are those of each event once.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::history::{
    DAY_MS, Fault, START, Unreliable, assert_each_is_in_one_place, fault, ledger, new_ingest_id,
    number,
};
use crate::interrupted::Interrupted;
use cost_calculation::{PicoUsd, UnixMillis};
use events::{Interaction, SessionMark};
use futures_executor::block_on;
use ledger_core::{
    api_keys::Actor, record_error::RecordError, renew_epoch::renew_epoch, sqlite::Sqlite,
};
use ledger_keep::archive::{ArchiveConfig, archive_sessions};
use ledger_record::{
    ingest::{Answer, IngestCache, IngestContext, ingest},
    record_batch::RecordedCost,
    session_mark::record_session_mark,
};
use proptest::prelude::*;
use reporting_days::ReportingZone;

/// Event `id` in one of its bodies: body 0 is the event, the others contradict it.
fn event(id: u32, body: u32) -> Interaction {
    let mut event = crate::history::event(id, i64::from(id % 5) * 90);
    event.timestamp.0 += i64::from(body) * 1_000;
    event.price_time.0 += i64::from(body) * 1_000;
    event.usage.cache_read += u64::from(body);
    event.user_id = format!("user-{}", (id + body) % 4);
    event
}

struct Client<'a> {
    database: Unreliable<'a>,
    cache: RefCell<IngestCache>,
}

impl<'a> Client<'a> {
    fn new(database: &'a Sqlite, faults: Vec<Fault>) -> Self {
        Self {
            database: Unreliable::new(database, faults),
            cache: RefCell::new(IngestCache::default()),
        }
    }

    fn send(&self, events: &[Interaction]) -> Result<Vec<Answer>, RecordError> {
        let context = IngestContext {
            received_at: UnixMillis(START + 1_000 * DAY_MS),
            reporting_zone: ReportingZone::UTC,
            interaction_cost_max: PicoUsd::new(10_000 * 1_000_000_000_000),
            declared_cost_max: PicoUsd::new(i64::MAX),
            new_ingest_id,
        };
        block_on(ingest(
            &self.database,
            &mut self.cache.borrow_mut(),
            &context,
            events.to_vec(),
        ))
    }

    /// Sends until it is answered, as a client should.
    fn send_until_answered(&self, events: &[Interaction]) -> Vec<Answer> {
        until_answered(|| self.send(events))
    }

    fn mark_until_answered(&self, mark: &SessionMark) {
        until_answered(|| {
            let zone = ReportingZone::UTC;
            block_on(record_session_mark(
                &self.database,
                mark,
                new_ingest_id(),
                zone,
            ))
        });
    }

    /// Archives what is older than a year on that day, as cron does: again until nothing is left.
    fn archive(&self, day: i64) {
        let config = ArchiveConfig {
            chunk_interactions: 2,
            ..ArchiveConfig::default()
        };
        for _ in 0..1_000 {
            let run =
                archive_sessions(&self.database, &config, || UnixMillis(START + day * DAY_MS));
            if block_on(run).is_ok_and(|run| !run.is_more) {
                return;
            }
        }
        panic!("archival never came to an end");
    }
}

fn until_answered<T>(mut send: impl FnMut() -> Result<T, RecordError>) -> T {
    loop {
        match send() {
            Ok(answer) => return answer,
            Err(RecordError::Database(error)) if error.is_worth_a_retry() => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// What happens to a ledger.
#[derive(Debug, Clone)]
enum Step {
    /// A request with these events: id and body.
    Send(Vec<(u32, u32)>),
    /// The start or the end of a session.
    Mark {
        user: u32,
        session: u32,
        is_end: bool,
    },
    /// The daily archival.
    Archive { day: i64 },
    /// A sync changes some price.
    MovePriceBook,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => prop::collection::vec((0_u32..14, 0_u32..2), 1..8).prop_map(Step::Send),
        1 => (0_u32..4, 0_u32..10, any::<bool>())
            .prop_map(|(user, session, is_end)| Step::Mark { user, session, is_end }),
        1 => (300_i64..800).prop_map(|day| Step::Archive { day }),
        1 => Just(Step::MovePriceBook),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12 * ProptestConfig::default().cases, ..ProptestConfig::default() })]

    #[test]
    fn any_history_leaves_each_event_once(
        steps in prop::collection::vec(step(), 1..10),
        faults in prop::collection::vec(fault(), 0..16),
    ) {
        let database = ledger();
        let client = Client::new(&database, faults);
        let mut kept: BTreeMap<u32, (u32, RecordedCost)> = BTreeMap::new();
        let mut has_marks = false;
        for step in &steps {
            match step {
                Step::Send(request) => {
                    let events: Vec<_> = request.iter().map(|(id, body)| event(*id, *body)).collect();
                    let answers = client.send_until_answered(&events);
                    for ((id, body), answer) in request.iter().zip(answers) {
                        match (kept.get(id), answer) {
                            // A lost answer makes the repeat's a duplicate.
                            (None, Answer::Accepted(cost) | Answer::Duplicate(cost)) => {
                                kept.insert(*id, (*body, cost));
                            }
                            (Some((first, cost)), Answer::Duplicate(again)) => {
                                prop_assert_eq!((first, cost), (body, &again), "event {}", id);
                            }
                            (Some((first, _)), Answer::Conflict) => prop_assert_ne!(first, body),
                            (before, answer) => prop_assert!(false, "{:?} after {:?}", answer, before),
                        }
                    }
                }
                Step::Mark { user, session, is_end } => {
                    has_marks = true;
                    client.mark_until_answered(&SessionMark {
                        session_id: format!("session-{session}"),
                        tenant_id: String::new(),
                        user_id: format!("user-{user}"),
                        timestamp: UnixMillis(START + i64::from(*session) * DAY_MS),
                        is_end: *is_end,
                    });
                }
                Step::Archive { day } => client.archive(*day),
                Step::MovePriceBook => database.execute_script(
                    "UPDATE ledger_state SET price_book_version = price_book_version + 1",
                ).unwrap(),
            }
        }
        crate::recount::assert_sums_are_true(&database, has_marks);
        assert_each_is_in_one_place(&database);
        let count = number(&database, "SELECT (SELECT COUNT(*) FROM interactions)
                                            + (SELECT COUNT(*) FROM interactions_archive)");
        prop_assert_eq!(usize::try_from(count).unwrap(), kept.len());
        let strangers = number(&database, "SELECT COUNT(*) FROM users WHERE user_key NOT IN (
            SELECT user_key FROM interactions UNION ALL SELECT user_key FROM interactions_archive)");
        prop_assert!(strangers == 0 || has_marks, "a conflict made its user known");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4 * ProptestConfig::default().cases, ..ProptestConfig::default() })]

    #[test]
    fn order_and_grouping_of_requests_never_change_the_totals(
        (ids, shuffled_ids) in prop::collection::vec(0_u32..40, 1..40)
            .prop_flat_map(|ids| (Just(ids.clone()), Just(ids).prop_shuffle())),
        size in 1_usize..9,
    ) {
        let (straight, shuffled) = (ledger(), ledger());
        let events = |ids: &[u32]| ids.iter().map(|id| event(*id, 0)).collect::<Vec<_>>();
        Client::new(&straight, Vec::new()).send_until_answered(&events(&ids));
        let client = Client::new(&shuffled, Vec::new());
        for request in events(&shuffled_ids).chunks(size) {
            client.send_until_answered(request);
        }
        prop_assert_eq!(crate::recount::totals(&straight), crate::recount::totals(&shuffled));
        crate::recount::assert_sums_are_true(&shuffled, false);
    }
}

#[test]
fn a_repeat_gets_the_original_answer_and_adds_nothing() {
    let database = ledger();
    let client = Client::new(&database, Vec::new());
    let first = client.send_until_answered(&[event(1, 0)]);
    let before = crate::recount::totals(&database);
    let again = client.send_until_answered(&[event(1, 0), event(1, 0), event(1, 1)]);
    let [Answer::Accepted(cost)] = first.as_slice() else {
        panic!("{first:?}")
    };
    // 11 input tokens at $0.25, 1 cached at $0.025 and 7 output tokens at a hair over $2 a million.
    assert_eq!(
        cost.total_cost,
        Some(PicoUsd::new(11 * 250_000 + 25_000 + 7 * 2_000_000))
    );
    assert_eq!(
        again,
        [
            Answer::Duplicate(cost.clone()),
            Answer::Duplicate(cost.clone()),
            Answer::Conflict
        ]
    );
    assert_eq!(crate::recount::totals(&database), before);
}

#[test]
fn a_lost_answer_is_a_duplicate_with_the_cost_that_was_recorded() {
    let database = ledger();
    let recorded = Client::new(&ledger(), Vec::new()).send_until_answered(&[event(2, 0)]);
    let [Answer::Accepted(cost)] = recorded.as_slice() else {
        panic!("{recorded:?}")
    };
    // The version, the prices, the batch that finds a new user, the look at what is stored, then
    // the batch whose answer is lost.
    let mut faults = vec![Fault::None; 4];
    faults.push(Fault::After);
    let client = Client::new(&database, faults);
    assert!(client.send(&[event(2, 0)]).is_err());
    assert_eq!(
        client.send_until_answered(&[event(2, 0)]),
        [Answer::Duplicate(cost.clone())]
    );
    crate::recount::assert_sums_are_true(&database, false);
}

#[test]
fn hundreds_of_bodies_under_one_id_are_settled_at_once() {
    let database = ledger();
    let client = Client::new(&database, Vec::new());
    client.send_until_answered(&[event(1, 0)]);
    let before = (
        client.database.batches.get(),
        crate::recount::totals(&database),
    );
    // The id is taken: none of these counts, wherever the kept body stands among them.
    let mut events: Vec<_> = (1..500).map(|body| event(1, body)).collect();
    events.insert(250, event(1, 0));
    let answers = client.send_until_answered(&events);
    assert_eq!(client.database.batches.get() - before.0, 2);
    assert_eq!(crate::recount::totals(&database), before.1);
    for (index, answer) in answers.iter().enumerate() {
        match answer {
            Answer::Duplicate(_) => assert_eq!(index, 250),
            Answer::Conflict => assert_ne!(index, 250),
            other => panic!("{other:?}"),
        }
    }
    // A fresh id, of a new user: its first body counts.
    let answers =
        client.send_until_answered(&(0..500).map(|body| event(2, body)).collect::<Vec<_>>());
    assert!(matches!(answers[0], Answer::Accepted(_)));
    assert!(
        answers[1..]
            .iter()
            .all(|answer| *answer == Answer::Conflict)
    );
    assert_eq!(client.database.batches.get() - before.0, 5);
}

#[test]
fn a_body_that_can_not_be_priced_leaves_its_id_to_the_next_one() {
    let database = ledger();
    let client = Client::new(&database, Vec::new());
    let mut dear = event(1, 0);
    dear.usage.output = 1_000_000_000_000;
    let answers = client.send_until_answered(&[
        dear.clone(),
        event(1, 1),
        dear.clone(),
        event(1, 2),
        event(1, 1),
    ]);
    assert!(matches!(&answers[0], Answer::Rejected(_)), "{answers:?}");
    assert!(matches!(&answers[1], Answer::Accepted(_)), "{answers:?}");
    assert!(matches!(&answers[2], Answer::Rejected(_)), "{answers:?}");
    assert_eq!(answers[3], Answer::Conflict);
    assert!(matches!(&answers[4], Answer::Duplicate(_)), "{answers:?}");
    crate::recount::assert_sums_are_true(&database, false);
}

#[test]
fn a_large_request_is_kept_chunk_by_chunk_and_completed_by_a_repeat() {
    let events: Vec<_> = (0..1_200).map(|id| event(id, 0)).collect();
    for stop in [
        Fault::Before,
        Fault::Within(3),
        Fault::Within(9),
        Fault::After,
    ] {
        let database = ledger();
        // The version, the prices, three batches for the first 500, whose users are new; the
        // second 500 meet the fault.
        let mut faults = vec![Fault::None; 5];
        faults.push(stop);
        let client = Client::new(&database, faults);
        assert!(client.send(&events).is_err());
        let kept = if matches!(stop, Fault::After) {
            1_000
        } else {
            500
        };
        let count = "SELECT COUNT(*) FROM interactions";
        assert_eq!(number(&database, count), kept, "{stop:?}");
        crate::recount::assert_sums_are_true(&database, false);
        let answers = client.send_until_answered(&events);
        let is_duplicate = |answer: &&Answer| matches!(answer, Answer::Duplicate(_));
        let duplicates = answers.iter().filter(is_duplicate).count();
        assert_eq!(i64::try_from(duplicates).unwrap(), kept, "{stop:?}");
        assert_eq!(number(&database, count), 1_200);
        crate::recount::assert_sums_are_true(&database, false);
    }
}

#[test]
fn the_largest_interactions_fit_into_d1s_parameters() {
    // The host's database takes 2,000,000 bytes in a parameter, as D1 does.
    let database = ledger();
    let client = Client::new(&database, Vec::new());
    let widest = |chars: usize| "\u{10ffff}".repeat(chars);
    let events: Vec<_> = (0..600)
        .map(|n| {
            let mut large = event(0, 0);
            large.id = format!("{n:\"<128}");
            large.session_id = widest(256);
            large.tenant_id = widest(64);
            large.user_id = widest(128);
            large.agent = widest(200);
            large.provider = widest(64);
            large.model_name = widest(200);
            large.model_reported = Some("\"".repeat(200));
            large.endpoint = Some("\\".repeat(64));
            large.region = Some(widest(64));
            large.service_tier = Some(widest(64));
            large.message_id = Some(widest(128));
            large.trace_id = Some("\"".repeat(128));
            large.context = Some(widest(40));
            large.error = Some(widest(120));
            large.metadata = Some(format!("{{\"a\":\"{}\"}}", "\\\"".repeat(2_000)));
            for call in 0..32 {
                let resource = format!("{call:\"<80}");
                large.units.calls.insert(resource, 1_000_000_000_000);
            }
            large.usage.input = 1_000_000_000;
            large
        })
        .collect();
    let answers = client.send_until_answered(&events);
    let is_accepted = |answer: &Answer| matches!(answer, Answer::Accepted(_));
    assert!(answers.iter().all(is_accepted));
    assert!(client.database.batches.get() > 8, "it went in chunks");
    crate::recount::assert_sums_are_true(&database, false);
}

#[test]
fn an_ordinary_batch_is_one_transaction_and_any_other_writes_nothing_until_it_is_prepared() {
    let database = ledger();
    let client = Client::new(&database, Vec::new());
    let batches_for = |events: &[Interaction]| {
        let before = client.database.batches.get();
        client.send_until_answered(events);
        client.database.batches.get() - before
    };
    let book = 2;
    assert_eq!(batches_for(&[event(1, 0)]), book + 3, "the user is new");
    assert_eq!(batches_for(&[event(21, 0)]), 1);
    assert_eq!(batches_for(&[event(41, 0), event(2, 0)]), 3, "one user is");
    assert_eq!(
        batches_for(&[event(41, 0), event(22, 0)]),
        2,
        "one is there"
    );
    crate::recount::assert_sums_are_true(&database, false);
    client.archive(800);
    assert_eq!(number(&database, "SELECT COUNT(*) FROM sessions"), 0);
    assert_eq!(batches_for(&[event(21, 0)]), 2, "it adds nothing");
    assert_eq!(batches_for(&[event(61, 0)]), 3, "its session is archived");
    crate::recount::assert_sums_are_true(&database, false);

    // Kept out for one of its events, a batch leaves nothing of the others behind.
    let context = IngestContext {
        received_at: UnixMillis(START + 1_000 * DAY_MS),
        reporting_zone: ReportingZone::UTC,
        interaction_cost_max: PicoUsd::new(10_000 * 1_000_000_000_000),
        declared_cost_max: PicoUsd::new(i64::MAX),
        new_ingest_id,
    };
    let count = |database: &Sqlite| number(database, "SELECT COUNT(*) FROM interactions");
    let before = count(&database);
    let interrupted = Interrupted::before(&database, book + 3, |database| {
        assert_eq!(count(database), before);
    });
    let events = vec![event(81, 0), event(3, 0)];
    let mut cache = IngestCache::default();
    block_on(ingest(&interrupted, &mut cache, &context, events)).unwrap();
    assert!(interrupted.has_happened());
    assert_eq!(count(&database), before + 2);
}

#[test]
fn what_an_isolate_knows_of_sessions_is_written_again_where_the_ledger_lacks_it() {
    let (database, set_back) = (ledger(), ledger());
    let mut other = event(21, 0);
    other.session_id = "another".to_owned();
    Client::new(&set_back, Vec::new()).send_until_answered(&[other]);
    let client = Client::new(&database, Vec::new());
    client.send_until_answered(&[event(1, 0)]);
    // The same isolate meets the ledger as it was before: of the session it has no name.
    let client = Client {
        database: Unreliable::new(&set_back, Vec::new()),
        cache: client.cache,
    };
    assert!(matches!(
        client.send_until_answered(&[event(1, 0)])[0],
        Answer::Accepted(_)
    ));
    assert!(matches!(
        client.send_until_answered(&[event(41, 0)])[0],
        Answer::Accepted(_)
    ));
    crate::recount::assert_sums_are_true(&set_back, false);
    let models = "SELECT COUNT(*) FROM session_models JOIN session_ids USING (session_key)
                  WHERE id <> 'another'";
    assert_eq!(number(&set_back, models), 1);
}

#[test]
fn a_session_whose_name_is_gone_keeps_no_event_out_of_a_mixed_batch() {
    let database = ledger();
    let client = Client::new(&database, Vec::new());
    let mut others = event(21, 0);
    others.session_id = "another".to_owned();
    client.send_until_answered(&[event(1, 0), others.clone()]);
    // A restore takes the session of event 1 away, and this isolate still knows it.
    database
        .execute_script(
            "DELETE FROM session_ids WHERE id = 'session-1';
             DELETE FROM cost_estimates WHERE interaction_key = 1;
             DELETE FROM interactions WHERE interaction_key = 1;",
        )
        .unwrap();
    let mut of_another = event(41, 0);
    of_another.session_id = "another".to_owned();
    let answers = client.send_until_answered(&[of_another, event(61, 0), event(1, 0)]);
    for answer in answers {
        assert!(matches!(answer, Answer::Accepted(_)), "{answer:?}");
    }
    assert_eq!(number(&database, "SELECT COUNT(*) FROM interactions"), 4);
}

#[test]
fn a_ledger_of_another_epoch_takes_no_estimate_of_a_remembered_book() {
    let database = ledger();
    let client = Client::new(&database, Vec::new());
    client.send_until_answered(&[event(1, 0)]);
    // The ledger was set back and came to the same version of the book with other prices.
    database
        .execute_script("UPDATE prices SET rate = 2 * rate")
        .unwrap();
    let actor = Actor {
        key_id: "pk-tt-admin",
        at: 5,
    };
    block_on(renew_epoch(&database, 77, actor)).unwrap();
    let answers = client.send_until_answered(&[event(21, 0)]);
    let [Answer::Accepted(cost)] = answers.as_slice() else {
        panic!("{answers:?}")
    };
    assert_eq!(
        cost.total_cost,
        Some(PicoUsd::new(211 * 500_000 + 7 * 4_000_000))
    );
    crate::recount::assert_sums_are_true(&database, false);
}

#[test]
fn a_digest_of_other_rules_is_a_duplicate_and_never_a_conflict() {
    let database = ledger();
    let client = Client::new(&database, Vec::new());
    let first = client.send_until_answered(&[event(1, 0)]);
    let [Answer::Accepted(cost)] = first.as_slice() else {
        panic!("{first:?}")
    };
    database
        .execute_script("UPDATE interactions SET digest_version = 1")
        .unwrap();
    let before = crate::recount::totals(&database);
    // The same body as today's rules read it, and one that may be it.
    assert_eq!(
        client.send_until_answered(&[event(1, 1), event(1, 0), event(1, 1)]),
        vec![Answer::Duplicate(cost.clone()); 3]
    );
    assert_eq!(crate::recount::totals(&database), before);
}

/// An event of a declared cost in picodollars.
fn declared(id: u32, session_id: &str, pico: i64) -> Interaction {
    let mut event = event(id, 0);
    event.kind = events::InteractionType::CostEvent;
    session_id.clone_into(&mut event.session_id);
    // Each of another user and day, so that no other sum is full.
    event.user_id = format!("user-of-{id}");
    event.agent = format!("agent-of-{id}");
    event.model_name = format!("model-of-{id}");
    event.timestamp.0 += i64::from(id) * 7 * DAY_MS;
    event.usage = cost_calculation::TokenUsage::default();
    event.declared = Some(cost_calculation::Declared {
        component: cost_calculation::Component::ApiCalls,
        amount: PicoUsd::new(pico),
    });
    event
}

#[test]
fn of_a_batch_only_the_event_that_a_full_session_can_not_take_is_refused() {
    let database = ledger();
    let client = Client::new(&database, Vec::new());
    client.send_until_answered(&[declared(1, "full", 5), declared(2, "other", 5)]);
    // Up to 2^63 - 1 it holds seven picodollars more.
    let left = 7;
    database
        .execute_script(&format!(
            "UPDATE sessions SET total_cost = {} WHERE session_key = {}",
            i64::MAX - left,
            crate::history::key_of("full")
        ))
        .unwrap();
    let before = crate::recount::totals(&database);
    let mut batch: Vec<_> = (10..50).map(|id| declared(id, "other", 1_000)).collect();
    batch[3] = declared(13, "full", left + 1);
    batch[20] = declared(30, "full", left);
    batch[39] = declared(49, "full", 1);
    let answers = client.send_until_answered(&batch);
    for (at, answer) in answers.iter().enumerate() {
        match answer {
            Answer::Rejected(reason) => {
                assert!(reason.contains("sessions.total_cost"), "{reason}");
                assert!(at == 3 || at == 39, "{at}");
            }
            Answer::Accepted(_) => assert!(at != 3 && at != 39, "{at}"),
            other => panic!("{at}: {other:?}"),
        }
    }
    let full = format!(
        "SELECT total_cost FROM sessions WHERE session_key = {}",
        crate::history::key_of("full")
    );
    assert_eq!(number(&database, &full), i64::MAX);
    assert_eq!(crate::recount::totals(&database).len(), before.len() + 38);
    // A repeat of all of it: what is there is a duplicate, and what was refused is refused again.
    let again = client.send_until_answered(&batch);
    let count = |is: fn(&Answer) -> bool| again.iter().filter(|answer| is(answer)).count();
    assert_eq!(count(|answer| matches!(answer, Answer::Duplicate(_))), 38);
    assert_eq!(count(|answer| matches!(answer, Answer::Rejected(_))), 2);
}

#[test]
fn a_full_session_costs_a_request_few_batches_however_many_events_it_has() {
    let database = ledger();
    let client = Client::new(&database, Vec::new());
    client.send_until_answered(&[declared(1, "full", 5), declared(2, "other", 5)]);
    database
        .execute_script(&format!(
            "UPDATE sessions SET total_cost = {}",
            i64::MAX - 1
        ))
        .unwrap();
    let batch: Vec<_> = (100..400)
        .map(|id| declared(id, if id == 399 { "third" } else { "full" }, 100))
        .collect();
    let before = client.database.batches.get();
    let answers = client.send_until_answered(&batch);
    assert!(matches!(answers[299], Answer::Accepted(_)));
    let is_refused = |answer: &Answer| matches!(answer, Answer::Rejected(_));
    assert!(answers[..299].iter().all(is_refused));
    assert!(client.database.batches.get() - before < 100);
}

#[test]
fn an_archived_id_is_still_a_duplicate() {
    let database = ledger();
    let client = Client::new(&database, Vec::new());
    client.send_until_answered(&[event(1, 0), event(21, 0)]);
    database
        .execute_script(
            "INSERT INTO interactions_archive SELECT * FROM interactions WHERE id = 'event-1';
             DELETE FROM interactions WHERE id = 'event-1';
             INSERT INTO cost_estimates_archive SELECT * FROM cost_estimates
               WHERE interaction_key IN (SELECT interaction_key FROM interactions_archive);
             DELETE FROM cost_estimates
               WHERE interaction_key IN (SELECT interaction_key FROM interactions_archive);
             INSERT INTO sessions_archive SELECT * FROM sessions;
             DELETE FROM sessions;",
        )
        .unwrap();
    let answers = client.send_until_answered(&[event(1, 0), event(1, 1), event(11, 0)]);
    assert!(matches!(answers[0], Answer::Duplicate(_)));
    assert_eq!(answers[1], Answer::Conflict);
    // A late event for the archived session is kept, and brings the session's row back.
    assert!(matches!(answers[2], Answer::Accepted(_)));
    crate::recount::assert_sums_are_true(&database, false);
    let places: (i64, i64) = database.with_connection(|connection| {
        connection
            .query_row(
                "SELECT (SELECT COUNT(*) FROM sessions), (SELECT COUNT(*) FROM sessions_archive)",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .unwrap()
    });
    assert_eq!(places, (1, 0));
}

#[test]
fn an_estimate_made_with_an_older_book_never_gets_in() {
    let database = ledger();
    let client = Client::new(&database, Vec::new());
    client.send_until_answered(&[event(1, 0)]);
    // A sync doubles the output rate and moves the version, in one batch.
    database
        .execute_script(
            "UPDATE prices SET valid_to = 0 WHERE resource_type = 'output';
             INSERT INTO prices (region, service_tier, min_context, schedule, currency, provider, model,
  resource_type, rate, per, valid_from,
               valid_from_basis, source, source_revision, status, observed_at, cache_ttl_s)
             VALUES ('', 'standard', 0, '', 'USD', 'openai', 'gpt-5-mini', 'output', 4000000000000, 1000000, 0, 'stated', 'test',
               'r2', 'active', 0, 86400);
             UPDATE ledger_state SET price_book_version = price_book_version + 1;",
        )
        .unwrap();
    // The client's cache still holds the old book.
    let answers = client.send_until_answered(&[event(5, 0)]);
    let [Answer::Accepted(cost)] = answers.as_slice() else {
        panic!("{answers:?}")
    };
    assert_eq!(
        cost.total_cost,
        Some(PicoUsd::new(51 * 250_000 + 2 * 25_000 + 7 * 4_000_000))
    );
}

#[test]
fn another_zone_or_schema_writes_nothing_and_says_which() {
    let database = ledger();
    database
        .execute_script("UPDATE ledger_state SET reporting_time_zone = 'Europe/Berlin'")
        .unwrap();
    let client = Client::new(&database, Vec::new());
    let error = client.send(&[event(1, 0)]).unwrap_err();
    assert!(matches!(error, RecordError::ZoneMismatch { .. }), "{error}");
    database
        .execute_script("UPDATE ledger_state SET reporting_time_zone = 'UTC', schema_version = 99")
        .unwrap();
    let error = client.send(&[event(1, 0)]).unwrap_err();
    assert!(
        matches!(error, RecordError::SchemaMismatch { found: 99, .. }),
        "{error}"
    );
    let mark = SessionMark {
        session_id: "session-1".to_owned(),
        tenant_id: String::new(),
        user_id: "user-1".to_owned(),
        timestamp: UnixMillis(START),
        is_end: false,
    };
    let marked = block_on(record_session_mark(
        &database,
        &mark,
        new_ingest_id(),
        ReportingZone::UTC,
    ));
    assert!(
        matches!(marked, Err(RecordError::SchemaMismatch { found: 99, .. })),
        "{marked:?}"
    );
    for table in [
        "users",
        "interactions",
        "session_ids",
        "sessions",
        "session_days",
    ] {
        let count = number(&database, &format!("SELECT COUNT(*) FROM {table}"));
        assert_eq!(count, 0, "{table}");
    }
}

#[test]
fn an_interaction_over_the_cost_limit_is_rejected_alone() {
    let database = ledger();
    let client = Client::new(&database, Vec::new());
    let mut dear = event(1, 0);
    dear.usage.output = 1_000_000_000_000;
    let answers = client.send_until_answered(&[dear, event(2, 0)]);
    assert!(
        matches!(&answers[0], Answer::Rejected(reason) if reason.contains("INTERACTION_COST_MAX_USD")),
        "{answers:?}"
    );
    assert!(matches!(answers[1], Answer::Accepted(_)));
    crate::recount::assert_sums_are_true(&database, false);
}

#[test]
fn a_key_declares_no_more_of_a_day_than_its_limit_and_holds_up_nobody() {
    let database = ledger();
    let send = |events: &[Interaction]| {
        let context = IngestContext {
            received_at: UnixMillis(START + 1_000 * DAY_MS),
            reporting_zone: ReportingZone::UTC,
            interaction_cost_max: PicoUsd::new(i64::MAX),
            declared_cost_max: PicoUsd::new(1_000),
            new_ingest_id,
        };
        let mut cache = IngestCache::default();
        block_on(ingest(&database, &mut cache, &context, events.to_vec())).unwrap()
    };
    let by = |id: u32, key: &str, amount: i64| Interaction {
        declared_by: Some(key.to_owned()),
        ..declared(id, "one", amount)
    };
    // 96 is of the same hour as 0: all of one day.
    let mut batch: Vec<_> = (0..40).map(|at| by(at * 24, "greedy", 100)).collect();
    batch[7] = by(7 * 24, "modest", 1_000);
    batch[20] = event(20 * 24, 0);
    for one in &mut batch {
        one.timestamp = UnixMillis(START + 5);
        one.price_time = one.timestamp;
    }
    let answers = send(&batch);
    let refused = |answers: &[Answer]| -> Vec<usize> {
        let is_refused = |answer: &Answer| {
            matches!(answer, Answer::Rejected(reason)
            if reason.contains("0.000000001 USD") && reason.contains("DECLARED_COST_PER_KEY_DAY_MAX_USD"))
        };
        (0..answers.len())
            .filter(|at| is_refused(&answers[*at]))
            .collect()
    };
    // The first ten of its own, whoever stands between them.
    assert_eq!(
        refused(&answers),
        (11..40).filter(|at| *at != 20).collect::<Vec<_>>()
    );
    assert!(
        matches!(answers[7], Answer::Accepted(_)) && matches!(answers[20], Answer::Accepted(_))
    );
    let total = "SELECT SUM(total_pico) FROM declared_costs";
    assert_eq!(number(&database, total), 2_000);
    // What is there stays a duplicate and counts once; another day has its own limit.
    let again = send(&batch);
    assert_eq!(refused(&again), refused(&answers));
    assert!(matches!(again[0], Answer::Duplicate(_)));
    assert_eq!(number(&database, total), 2_000);
    let mut later = by(2_000, "greedy", 1_000);
    later.timestamp = UnixMillis(START + DAY_MS);
    assert!(matches!(send(&[later])[0], Answer::Accepted(_)));
    crate::recount::assert_sums_are_true(&database, false);
}
