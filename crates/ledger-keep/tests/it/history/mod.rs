//! Histories for the tests of the ledger's life: a priced ledger, events, and a database that
//! breaks on command.
#![allow(dead_code, reason = "each test file uses its part")]

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicI64, Ordering};

use cost_calculation::{PicoUsd, TokenUsage, Units, UnixMillis};
use events::{Interaction, InteractionStatus, InteractionType, SessionMark};
use futures_executor::block_on;
use ledger_core::{Database, DatabaseError, Rows, Statement, sqlite::Sqlite};
use ledger_record::{
    ingest::{Answer, IngestCache, IngestContext, ingest},
    session_mark::record_session_mark,
};
use proptest::prelude::*;
use reporting_days::ReportingZone;

pub const DAY_MS: i64 = 86_400_000;
/// 2024-11-23, 00:00 UTC.
pub const START: i64 = 1_732_320_000_000;

pub const PRICES: &str = "
INSERT INTO prices (region, service_tier, min_context, schedule, currency, provider, model,
  resource_type, rate, per, valid_from, valid_from_basis, source,
  source_revision, status, observed_at, cache_ttl_s)
SELECT '', 'standard', 0, '', 'USD', 'openai', 'gpt-5-mini', j.value ->> 0, j.value ->> 1, 1000000, 0, 'assumed', 'test', 'r1',
  'active', 0, 86400
FROM json_each('[[\"input\",250000000000],[\"cache_read\",25000000000],[\"output\",2000000000001]]') j";

pub fn new_ingest_id() -> i64 {
    static NEXT: AtomicI64 = AtomicI64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

pub fn ledger() -> Sqlite {
    let database = Sqlite::migrated().expect("the migrations apply");
    database.execute_script(PRICES).expect("prices go in");
    database
}

/// Event `id`, `day` days after the start. Every seventh is an API call, every fourth has no
/// price, every fifth failed; ten sessions, four users, two agents.
pub fn event(id: u32, day: i64) -> Interaction {
    let timestamp = START + day * DAY_MS + i64::from(id % 24) * 3_600_000 + i64::from(id);
    Interaction {
        id: format!("event-{id}"),
        session_id: format!("session-{}", id % 10),
        tenant_id: String::new(),
        user_id: format!("user-{}", id % 4),
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
            cache_read: u64::from(id % 3),
            output: 7,
            ..TokenUsage::default()
        },
        units: Units::default(),
        reading: cost_calculation::Flags::NONE,
        usage_numbers: None,
        reported_cost: None,
        declared: None,
        agent: if id.is_multiple_of(6) { "agent-a" } else { "" }.to_owned(),
        agent_name: None,
        user_label: None,
        declared_by: None,
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

/// Records events that were not there yet, or were.
pub fn send(database: &Sqlite, events: &[Interaction]) -> Vec<Answer> {
    block_on(record(database, events))
}

/// The same within a future.
pub async fn record(database: &Sqlite, events: &[Interaction]) -> Vec<Answer> {
    let context = IngestContext {
        received_at: UnixMillis(START + 1_000 * DAY_MS),
        reporting_zone: ReportingZone::UTC,
        interaction_cost_max: PicoUsd::new(10_000 * 1_000_000_000_000),
        declared_cost_max: PicoUsd::new(i64::MAX),
        new_ingest_id,
    };
    let mut cache = IngestCache::default();
    ingest(database, &mut cache, &context, events.to_vec())
        .await
        .expect("is recorded")
}

/// Marks the start or the end of a session, as user 0.
pub fn mark(database: &Sqlite, session_id: &str, day: i64, is_end: bool) {
    mark_by(database, 0, session_id, START + day * DAY_MS, is_end);
}

/// Marks the start or the end of a session.
pub fn mark_by(database: &Sqlite, user: u32, session_id: &str, timestamp: i64, is_end: bool) {
    let mark = SessionMark {
        session_id: session_id.to_owned(),
        tenant_id: String::new(),
        user_id: format!("user-{user}"),
        timestamp: UnixMillis(timestamp),
        is_end,
    };
    let zone = ReportingZone::UTC;
    block_on(record_session_mark(database, &mark, new_ingest_id(), zone)).expect("is recorded");
}

/// The key of a session, as SQL.
pub fn key_of(session_id: &str) -> String {
    format!("(SELECT session_key FROM session_ids WHERE id = '{session_id}')")
}

/// One integer from the database.
pub fn number(database: &Sqlite, sql: &str) -> i64 {
    database.with_connection(|connection| {
        connection
            .query_row(sql, [], |row| row.get(0))
            .unwrap_or_else(|error| panic!("{sql}: {error}"))
    })
}

/// Panics unless every interaction, estimate and session is in exactly one place, and estimates
/// lie where their interaction does.
pub fn assert_each_is_in_one_place(database: &Sqlite) {
    for sql in [
        "SELECT COUNT(*) FROM interactions JOIN interactions_archive USING (id)",
        "SELECT COUNT(*) FROM interactions JOIN interactions_archive USING (interaction_key)",
        "SELECT COUNT(*) FROM sessions JOIN sessions_archive USING (session_key)",
        "SELECT COUNT(*) FROM interactions i WHERE interaction_key NOT IN
           (SELECT interaction_key FROM cost_estimates)",
        "SELECT COUNT(*) FROM interactions_archive i WHERE interaction_key NOT IN
           (SELECT interaction_key FROM cost_estimates_archive)",
        "SELECT COUNT(*) FROM cost_estimates WHERE interaction_key NOT IN
           (SELECT interaction_key FROM interactions)",
        "SELECT COUNT(*) FROM cost_estimates_archive WHERE interaction_key NOT IN
           (SELECT interaction_key FROM interactions_archive)",
        "SELECT COUNT(*) FROM interactions WHERE session_key NOT IN
           (SELECT session_key FROM sessions)",
        "SELECT COUNT(*) FROM interactions_archive WHERE session_key NOT IN
           (SELECT session_key FROM sessions UNION ALL SELECT session_key FROM sessions_archive)",
        "SELECT COUNT(*) FROM session_ids WHERE session_key NOT IN
           (SELECT session_key FROM sessions UNION ALL SELECT session_key FROM sessions_archive)",
    ] {
        assert_eq!(number(database, sql), 0, "{sql}");
    }
}

/// What becomes of one batch.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// It runs.
    None,
    /// It never arrives.
    Before,
    /// It stops after this many of its statements.
    Within(usize),
    /// It runs, and the answer is lost.
    After,
}

pub fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        4 => Just(Fault::None),
        1 => Just(Fault::Before),
        1 => Just(Fault::After),
        2 => (0_usize..8).prop_map(Fault::Within),
    ]
}

/// A database that breaks: each batch in turn meets a fault, then all run.
pub struct Unreliable<'a> {
    pub database: &'a Sqlite,
    pub faults: RefCell<Vec<Fault>>,
    /// How many batches were sent.
    pub batches: Cell<usize>,
    /// How many statements they had.
    pub statements: Cell<usize>,
    /// The most in one batch.
    pub statements_max: Cell<usize>,
    /// The longest parameter, in bytes.
    pub bytes_max: Cell<usize>,
}

impl<'a> Unreliable<'a> {
    pub fn new(database: &'a Sqlite, mut faults: Vec<Fault>) -> Self {
        faults.reverse();
        Self {
            database,
            faults: RefCell::new(faults),
            batches: Cell::new(0),
            statements: Cell::new(0),
            statements_max: Cell::new(0),
            bytes_max: Cell::new(0),
        }
    }
}

impl Database for Unreliable<'_> {
    async fn batch(&self, statements: &[Statement]) -> Result<Vec<Rows>, DatabaseError> {
        self.batches.set(self.batches.get() + 1);
        self.statements
            .set(self.statements.get() + statements.len());
        self.statements_max
            .set(self.statements_max.get().max(statements.len()));
        let longest = statements
            .iter()
            .filter_map(|s| s.parameter.as_ref())
            .map(String::len);
        self.bytes_max
            .set(self.bytes_max.get().max(longest.max().unwrap_or(0)));
        let lost = || {
            Err(DatabaseError::Transient(
                "Network connection lost".to_owned(),
            ))
        };
        let fault = self.faults.borrow_mut().pop().unwrap_or(Fault::None);
        match fault {
            Fault::None => self.database.batch(statements).await,
            Fault::Before => lost(),
            Fault::Within(done) => {
                let mut broken = statements
                    .get(..done.min(statements.len()))
                    .unwrap_or_default()
                    .to_vec();
                broken.push(Statement::new("SELECT json('broken')"));
                assert!(
                    self.database.batch(&broken).await.is_err(),
                    "the statement fails"
                );
                lost()
            }
            Fault::After => {
                self.database.batch(statements).await?;
                lost()
            }
        }
    }
}
