//! After a price arrives, what had none is priced by it, once, and every sum moves with it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test fails by panicking"
)]

mod recount;

use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::task::{Context, Poll, Waker};

use cost_calculation::{PicoUsd, TokenUsage, Units, UnixMillis};
use events::{Interaction, InteractionStatus, InteractionType};
use ledger::{
    Database, DatabaseError, ReportingZone, Rows, Statement,
    api_keys::Actor,
    ingest::{IngestContext, ingest},
    price_cache::PriceCache,
    prices::{
        mappings::{self, Mapping},
        overrides::{OverrideChange, OverrideKey, change_override},
        unpriced,
    },
    reprice::{RepriceConfig, RepricePlace, RepriceSummary, reprice_unpriced},
    sqlite::Sqlite,
};
use price_feeds::Rate;

const DAY_MS: i64 = 86_400_000;
const NOW_MS: i64 = 1_795_392_000_000;

/// Runs a future of the database on rusqlite, which never waits; one may start another.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("rusqlite never waits"),
    }
}

fn new_ingest_id() -> i64 {
    static NEXT: AtomicI64 = AtomicI64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A chat of 1,000 input and 100 output tokens, `days` before now.
fn chat(number: i64, model: &str, days: i64) -> Interaction {
    let timestamp = NOW_MS - days * DAY_MS + number;
    Interaction {
        id: format!("event-{model}-{number}"),
        session_id: format!("session-{}", number % 3),
        tenant_id: String::new(),
        user_id: format!("user-{}", number % 3),
        timestamp: UnixMillis(timestamp),
        price_time: UnixMillis(timestamp + 500),
        kind: InteractionType::Chat,
        duration_ms: Some(5),
        time_to_first_token_ms: None,
        provider: "openAI".to_owned(),
        model_name: model.to_owned(),
        model_reported: None,
        endpoint: None,
        region: None,
        service_tier: None,
        usage: TokenUsage {
            input: 1_000,
            output: 100,
            ..TokenUsage::default()
        },
        units: Units::default(),
        declared: None,
        agent: "agent-1".to_owned(),
        message_id: None,
        trace_id: None,
        context: None,
        status: InteractionStatus::Ok,
        error: None,
        source: "api",
        metadata: None,
    }
}

fn record<D: Database>(database: &D, cache: &mut PriceCache, events: Vec<Interaction>) {
    let context = IngestContext {
        received_at: UnixMillis(NOW_MS),
        reporting_zone: ReportingZone::UTC,
        interaction_cost_max: PicoUsd::new(10_000 * 1_000_000_000_000),
        new_ingest_id,
    };
    block_on(ingest(database, cache, &context, events)).unwrap();
}

fn with_events(events: Vec<Interaction>) -> Sqlite {
    let database = Sqlite::migrated().unwrap();
    record(&database, &mut PriceCache::default(), events);
    database
}

/// A price of dollars for a million tokens, from the beginning.
fn price<D: Database>(database: &D, model: &str, resource: &str, dollars: i64) {
    let key = OverrideKey {
        provider: "openai".to_owned(),
        model: model.to_owned(),
        resource_type: resource.to_owned(),
        ..OverrideKey::default()
    };
    let change = OverrideChange::Set {
        rate: Rate {
            rate_pico: dollars * 1_000_000_000_000,
            per: 1_000_000,
        },
        valid_from: UnixMillis(1),
        valid_to: None,
    };
    let actor = Actor {
        key_id: "pk-admin",
        at: NOW_MS,
    };
    block_on(change_override(database, actor, &key, change, "known now")).unwrap();
}

fn reprice<D: Database>(
    database: &D,
    place: Option<RepricePlace>,
    config: &RepriceConfig,
) -> RepriceSummary {
    static RUN: AtomicI64 = AtomicI64::new(1);
    let run_id = format!("reprice:{}", RUN.fetch_add(1, Ordering::Relaxed));
    let first_day = ReportingZone::UTC.day(UnixMillis(NOW_MS - config.window_ms));
    block_on(reprice_unpriced(
        database,
        place,
        &first_day,
        &run_id,
        UnixMillis(NOW_MS),
        config,
    ))
    .unwrap()
}

/// How many interactions are in each state, and what they cost together.
fn standing(database: &Sqlite) -> (Vec<(String, i64)>, i64) {
    database.with_connection(|connection| {
        const LATEST: &str = "FROM cost_estimates e WHERE e.revision =
            (SELECT MAX(revision) FROM cost_estimates x WHERE x.interaction_key = e.interaction_key)";
        let mut states = connection
            .prepare(&format!("SELECT price_state, COUNT(*) {LATEST} GROUP BY 1 ORDER BY 1"))
            .unwrap();
        let states = states
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        let total = connection
            .query_row(&format!("SELECT COALESCE(SUM(total_cost), 0) {LATEST}"), [], |row| row.get(0))
            .unwrap();
        (states, total)
    })
}

fn states(pairs: &[(&str, i64)]) -> Vec<(String, i64)> {
    pairs
        .iter()
        .map(|(state, count)| ((*state).to_owned(), *count))
        .collect()
}

#[test]
fn what_was_unpriced_is_priced_once_and_the_sums_move() {
    let events: Vec<_> = (0..12)
        .map(|number| chat(number, "gpt-new", number % 5))
        .collect();
    let database = with_events(events);
    assert_eq!(standing(&database), (states(&[("unpriced", 12)]), 0));
    price(&database, "gpt-new", "input", 2);
    price(&database, "gpt-new", "output", 10);
    let summary = reprice(&database, None, &RepriceConfig::default());
    assert_eq!((summary.examined_count, summary.revised_count), (12, 12));
    assert!(summary.place.is_done);
    // 1,000 × $2 / M + 100 × $10 / M = $0.003 each.
    assert_eq!(
        standing(&database),
        (states(&[("priced", 12)]), 12 * 3_000_000_000)
    );
    recount::assert_sums_are_true(&database, false);
    let again = reprice(&database, Some(summary.place), &RepriceConfig::default());
    assert_eq!((again.examined_count, again.revised_count), (0, 0));
    let from_scratch = reprice(&database, None, &RepriceConfig::default());
    assert_eq!(
        from_scratch.revised_count, 0,
        "also without knowing of the first run"
    );
    recount::assert_sums_are_true(&database, false);
    assert!(
        block_on(unpriced::models(&database, "2026-01-01"))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_part_is_priced_when_its_price_arrives_and_the_rest_stays_open() {
    let database = with_events(vec![chat(1, "gpt-new", 1), chat(2, "gpt-never", 1)]);
    price(&database, "gpt-new", "input", 2);
    let first = reprice(&database, None, &RepriceConfig::default());
    assert_eq!(first.revised_count, 1);
    let (found, _) = standing(&database);
    assert_eq!(found, states(&[("partial", 1), ("unpriced", 1)]));
    let open = block_on(unpriced::models(&database, "2026-01-01")).unwrap();
    assert_eq!(open.len(), 2);
    price(&database, "gpt-new", "output", 10);
    let second = reprice(&database, Some(first.place), &RepriceConfig::default());
    assert_eq!((second.examined_count, second.revised_count), (2, 1));
    let (found, total) = standing(&database);
    assert_eq!(
        (found, total),
        (states(&[("priced", 1), ("unpriced", 1)]), 3_000_000_000)
    );
    recount::assert_sums_are_true(&database, false);
}

#[test]
fn chunks_and_runs_go_on_where_the_last_one_came_to() {
    let events: Vec<_> = (0..23)
        .map(|number| chat(number, "gpt-new", number % 7))
        .collect();
    let database = with_events(events);
    price(&database, "gpt-new", "input", 2);
    price(&database, "gpt-new", "output", 10);
    let config = RepriceConfig {
        chunk_interactions: 4,
        chunks_max: 2,
        ..RepriceConfig::default()
    };
    let mut place = None;
    let mut revised = Vec::new();
    for _ in 0..4 {
        let summary = reprice(&database, place, &config);
        place = Some(summary.place);
        revised.push(summary.revised_count);
        recount::assert_sums_are_true(&database, false);
    }
    assert_eq!(revised, [8, 8, 7, 0]);
    assert!(place.unwrap().is_done);
}

#[test]
fn what_is_older_than_the_window_keeps_its_estimate() {
    let database = with_events(vec![chat(1, "gpt-new", 20), chat(2, "gpt-new", 40)]);
    price(&database, "gpt-new", "input", 2);
    price(&database, "gpt-new", "output", 10);
    let summary = reprice(&database, None, &RepriceConfig::default());
    assert_eq!(summary.revised_count, 1);
    assert_eq!(
        standing(&database).0,
        states(&[("priced", 1), ("unpriced", 1)])
    );
}

#[test]
fn a_price_that_makes_an_interaction_absurdly_dear_is_left_out() {
    let database = with_events(vec![chat(1, "gpt-new", 1)]);
    price(&database, "gpt-new", "input", 2);
    price(&database, "gpt-new", "output", 10);
    let config = RepriceConfig {
        interaction_cost_max: PicoUsd::new(1),
        ..RepriceConfig::default()
    };
    let summary = reprice(&database, None, &config);
    assert_eq!((summary.revised_count, summary.over_limit_count), (0, 1));
    assert_eq!(standing(&database).0, states(&[("unpriced", 1)]));
}

#[test]
fn a_mapping_prices_what_its_endpoint_sent() {
    let mut event = chat(1, "gpt-new", 1);
    event.endpoint = Some("My Gateway".to_owned());
    let database = with_events(vec![event]);
    price(&database, "gpt-new", "input", 2);
    price(&database, "gpt-new", "output", 10);
    assert_eq!(
        reprice(&database, None, &RepriceConfig::default()).revised_count,
        0
    );
    let mapping = Mapping::Endpoint {
        endpoint: "my gateway".to_owned(),
        provider: "openAI".to_owned(),
    };
    let actor = Actor {
        key_id: "pk-admin",
        at: NOW_MS,
    };
    block_on(mappings::change(
        &database,
        actor,
        &mapping,
        0,
        false,
        "it forwards",
    ))
    .unwrap();
    assert_eq!(
        reprice(&database, None, &RepriceConfig::default()).revised_count,
        1
    );
    recount::assert_sums_are_true(&database, false);
}

/// What happens in between.
type Event<'a> = Box<dyn FnOnce(&Sqlite) + 'a>;

/// A database in which something happens right before the batch of that number.
struct Interrupted<'a> {
    database: &'a Sqlite,
    batches: Cell<usize>,
    before: usize,
    happens: RefCell<Option<Event<'a>>>,
}

impl Database for Interrupted<'_> {
    async fn batch(&self, statements: &[Statement]) -> Result<Vec<Rows>, DatabaseError> {
        self.batches.set(self.batches.get() + 1);
        if self.batches.get() >= self.before
            && let Some(happens) = self.happens.borrow_mut().take()
        {
            happens(self.database);
        }
        self.database.batch(statements).await
    }
}

#[test]
fn an_ingest_in_flight_does_not_slip_past_a_price_that_arrives() {
    // Whatever batch of the ingest the price arrives before, the event has it, or the next
    // re-pricing gives it.
    for before in 1..=6 {
        let database = Sqlite::migrated().unwrap();
        let interrupted = Interrupted {
            database: &database,
            batches: Cell::new(0),
            before,
            happens: RefCell::new(Some(Box::new(|database| {
                price(database, "gpt-new", "input", 2);
                price(database, "gpt-new", "output", 10);
                reprice(database, None, &RepriceConfig::default());
            }))),
        };
        record(
            &interrupted,
            &mut PriceCache::default(),
            vec![chat(1, "gpt-new", 1)],
        );
        if interrupted.happens.borrow().is_none() {
            assert_eq!(
                standing(&database).0,
                states(&[("priced", 1)]),
                "before batch {before}"
            );
        }
        recount::assert_sums_are_true(&database, false);
    }
}

#[test]
fn a_price_that_moves_while_a_chunk_is_priced_is_not_missed() {
    for before in 1..=5 {
        let database = with_events(vec![chat(1, "gpt-new", 1)]);
        price(&database, "gpt-new", "input", 2);
        let interrupted = Interrupted {
            database: &database,
            batches: Cell::new(0),
            before,
            happens: RefCell::new(Some(Box::new(|database| {
                price(database, "gpt-new", "output", 10);
            }))),
        };
        let summary = reprice(&interrupted, None, &RepriceConfig::default());
        let next = reprice(&database, Some(summary.place), &RepriceConfig::default());
        if interrupted.happens.borrow().is_none() {
            let (found, total) = standing(&database);
            assert_eq!(
                (found, total),
                (states(&[("priced", 1)]), 3_000_000_000),
                "{before} {next:?}"
            );
        }
        recount::assert_sums_are_true(&database, false);
    }
}
