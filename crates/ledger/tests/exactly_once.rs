//! Whatever the network does, the totals are those of each event once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test fails by panicking"
)]

mod recount;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};

use cost_calculation::{PicoUsd, TokenUsage, Units, UnixMillis};
use events::{Interaction, InteractionStatus, InteractionType};
use futures_executor::block_on;
use ledger::{
    Database, DatabaseError, ReportingZone, Rows, Statement,
    ingest::{Answer, IngestContext, ingest},
    price_cache::PriceCache,
    record_batch::RecordError,
    sqlite::Sqlite,
};
use proptest::prelude::*;

const DAY_MS: i64 = 86_400_000;
const START: i64 = 1_795_000_000_000;

const PRICES: &str = "
INSERT INTO prices (provider, model, resource_type, rate, per, valid_from, valid_from_basis, source,
  source_revision, status, observed_at, cache_ttl_s)
SELECT 'openai', 'gpt-5-mini', j.value ->> 0, j.value ->> 1, 1000000, 0, 'assumed', 'test', 'r1',
  'active', 0, 86400
FROM json_each('[[\"input\",250000000000],[\"cache_read\",25000000000],[\"output\",2000000000000]]') j";

fn new_ingest_id() -> i64 {
    static NEXT: AtomicI64 = AtomicI64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn ledger() -> Sqlite {
    let database = Sqlite::migrated().expect("the migrations apply");
    database.execute_script(PRICES).expect("prices go in");
    database
}

/// A database that loses requests before they run and answers after they ran.
struct Unreliable<'a> {
    database: &'a Sqlite,
    /// For each batch in turn: fail before it, fail after it, or let it be. Then let all be.
    faults: RefCell<Vec<Fault>>,
}

#[derive(Debug, Clone, Copy)]
enum Fault {
    None,
    Before,
    After,
}

impl Database for Unreliable<'_> {
    async fn batch(&self, statements: &[Statement]) -> Result<Vec<Rows>, DatabaseError> {
        let lost = || {
            Err(DatabaseError::Transient(
                "Network connection lost".to_owned(),
            ))
        };
        let fault = self.faults.borrow_mut().pop().unwrap_or(Fault::None);
        match fault {
            Fault::None => self.database.batch(statements).await,
            Fault::Before => lost(),
            Fault::After => {
                self.database.batch(statements).await?;
                lost()
            }
        }
    }
}

fn event(id: u32, body: u32) -> Interaction {
    let timestamp = START + i64::from(id % 5) * DAY_MS / 2 + i64::from(body) * 1000;
    Interaction {
        id: format!("event-{id}"),
        session_id: format!("session-{}", id % 3),
        tenant_id: String::new(),
        user_id: format!("user-{}", (id + body) % 4),
        timestamp: UnixMillis(timestamp),
        price_time: UnixMillis(timestamp + 500),
        kind: if id % 7 == 6 {
            InteractionType::Api
        } else {
            InteractionType::Chat
        },
        duration_ms: Some(u64::from(id) * 37),
        time_to_first_token_ms: id.is_multiple_of(2).then_some(u64::from(id) * 3),
        provider: "openAI".to_owned(),
        model_name: if id % 4 == 3 {
            "model-without-price"
        } else {
            "gpt-5-mini"
        }
        .to_owned(),
        model_reported: None,
        endpoint: None,
        region: None,
        service_tier: None,
        usage: TokenUsage {
            input: u64::from(id) * 10 + 1,
            cache_read: u64::from(body),
            output: 7,
            ..TokenUsage::default()
        },
        units: Units::default(),
        declared: None,
        agent: String::new(),
        message_id: None,
        trace_id: None,
        context: None,
        status: if id % 5 == 4 {
            InteractionStatus::Error
        } else {
            InteractionStatus::Ok
        },
        error: None,
        source: "api",
        metadata: None,
    }
}

struct Client<'a> {
    database: Unreliable<'a>,
    cache: RefCell<PriceCache>,
}

impl<'a> Client<'a> {
    fn new(database: &'a Sqlite, faults: Vec<Fault>) -> Self {
        Self {
            database: Unreliable {
                database,
                faults: RefCell::new(faults),
            },
            cache: RefCell::new(PriceCache::default()),
        }
    }

    fn send(&self, events: &[Interaction]) -> Result<Vec<Answer>, RecordError> {
        let context = IngestContext {
            received_at: UnixMillis(START + 10 * DAY_MS),
            reporting_zone: ReportingZone::UTC,
            interaction_cost_max: PicoUsd::new(10_000 * 1_000_000_000_000),
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
        loop {
            match self.send(events) {
                Ok(answers) => return answers,
                Err(RecordError::Database(error)) if error.is_worth_a_retry() => {}
                Err(error) => panic!("{error}"),
            }
        }
    }
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![3 => Just(Fault::None), 1 => Just(Fault::Before), 1 => Just(Fault::After)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn any_history_leaves_each_event_once(
        requests in prop::collection::vec(
            prop::collection::vec((0_u32..14, 0_u32..2), 1..8), 1..8),
        faults in prop::collection::vec(fault(), 0..12),
    ) {
        let database = ledger();
        let client = Client::new(&database, faults);
        let mut first_body: BTreeMap<u32, u32> = BTreeMap::new();
        for request in &requests {
            let events: Vec<_> = request.iter().map(|(id, body)| event(*id, *body)).collect();
            let answers = client.send_until_answered(&events);
            for ((id, body), answer) in request.iter().zip(answers) {
                let first = *first_body.entry(*id).or_insert(*body);
                prop_assert_eq!(first != *body, answer == Answer::Conflict, "event {}", id);
            }
        }
        recount::assert_sums_are_true(&database, false);
        let kept: i64 = database.with_connection(|connection| {
            connection.query_row("SELECT COUNT(*) FROM interactions", [], |row| row.get(0)).unwrap()
        });
        prop_assert_eq!(usize::try_from(kept).unwrap(), first_body.len());
    }

    #[test]
    fn order_and_grouping_of_requests_never_change_the_totals(
        ids in prop::collection::vec(0_u32..40, 1..40),
        order in any::<u64>(),
        size in 1_usize..9,
    ) {
        let (straight, shuffled) = (ledger(), ledger());
        let events: Vec<_> = ids.iter().map(|id| event(*id, 0)).collect();
        Client::new(&straight, Vec::new()).send_until_answered(&events);
        let mut other = events.clone();
        other.sort_by_key(|e| u64::from(e.id.as_bytes()[6]).wrapping_mul(order | 1) ^ order);
        let client = Client::new(&shuffled, Vec::new());
        for request in other.chunks(size) {
            client.send_until_answered(request);
        }
        prop_assert_eq!(recount::totals(&straight), recount::totals(&shuffled));
        recount::assert_sums_are_true(&shuffled, false);
    }
}

#[test]
fn a_repeat_gets_the_original_answer_and_adds_nothing() {
    let database = ledger();
    let client = Client::new(&database, Vec::new());
    let first = client.send_until_answered(&[event(1, 0)]);
    let before = recount::totals(&database);
    let again = client.send_until_answered(&[event(1, 0), event(1, 0), event(1, 1)]);
    let [Answer::Accepted(cost)] = first.as_slice() else {
        panic!("{first:?}")
    };
    // 11 input tokens at $0.25 and 7 output tokens at $2 per million.
    assert_eq!(
        cost.total_cost,
        Some(PicoUsd::new(11 * 250_000 + 7 * 2_000_000))
    );
    assert_eq!(
        again,
        [
            Answer::Duplicate(cost.clone()),
            Answer::Duplicate(cost.clone()),
            Answer::Conflict
        ]
    );
    assert_eq!(recount::totals(&database), before);
}

#[test]
fn an_archived_id_is_still_a_duplicate() {
    let database = ledger();
    let client = Client::new(&database, Vec::new());
    client.send_until_answered(&[event(1, 0), event(4, 0)]);
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
    let answers = client.send_until_answered(&[event(1, 0), event(1, 1), event(7, 0)]);
    assert!(matches!(answers[0], Answer::Duplicate(_)));
    assert_eq!(answers[1], Answer::Conflict);
    // A late event for the archived session is kept, and brings the session's row back.
    assert!(matches!(answers[2], Answer::Accepted(_)));
    recount::assert_sums_are_true(&database, false);
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
             INSERT INTO prices (provider, model, resource_type, rate, per, valid_from,
               valid_from_basis, source, source_revision, status, observed_at, cache_ttl_s)
             VALUES ('openai', 'gpt-5-mini', 'output', 4000000000000, 1000000, 0, 'stated', 'test',
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
        Some(PicoUsd::new(51 * 250_000 + 7 * 4_000_000))
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
    let users: i64 = database.with_connection(|connection| {
        connection
            .query_row("SELECT COUNT(*) FROM users", [], |row| row.get(0))
            .unwrap()
    });
    assert_eq!(users, 0);
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
    recount::assert_sums_are_true(&database, false);
}
