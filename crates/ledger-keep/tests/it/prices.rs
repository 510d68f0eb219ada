//! The price book on the real lists: what a new installation gets, what a sync changes, what it
//! refuses, and what an operator decides.

use std::cell::Cell;

use crate::price_lists::{DAY_MS, NOW_MS, genai_text, litellm_text, snapshot_text};
use cost_calculation::UnixMillis;
use futures_executor::block_on;
use ledger_core::{Database, DatabaseError, Rows, Statement, api_keys::Actor, sqlite::Sqlite};
use price_book::{
    conflicts, freshness, mappings,
    overrides::{OverrideChange, OverrideError, OverrideKey, change_override},
    quarantine::{Decision, decide, waiting},
    rates::{RateFilter, history, rates},
    sync::{FetchedList, SyncError, SyncReport, source_state, sync_quotes},
};
use price_feeds::{Feed, Rate, Source, genai_prices, litellm, snapshot};

/// A database that counts the statements it runs.
struct Counting<'a>(&'a Sqlite, Cell<usize>);

impl Database for Counting<'_> {
    async fn batch(&self, statements: &[Statement]) -> Result<Vec<Rows>, DatabaseError> {
        self.1.set(self.1.get() + statements.len());
        for statement in statements {
            let bytes = statement.parameter.as_ref().map_or(0, String::len);
            assert!(
                bytes < 2_000_000,
                "a parameter of {bytes} bytes is over D1's limit"
            );
        }
        self.0.batch(statements).await
    }
}

fn list_of(source: Source, feed: Feed, hash: &str) -> FetchedList {
    FetchedList::of_feed(source, feed, hash, None, hash.to_owned())
}

fn snapshot_list() -> FetchedList {
    FetchedList::of_snapshot(snapshot::read(&snapshot_text()).unwrap(), "s1".to_owned())
}

fn sync(database: &Sqlite, list: &FetchedList, now_ms: i64) -> SyncReport {
    block_on(sync_quotes(database, list, UnixMillis(now_ms), false)).unwrap()
}

fn with_snapshot() -> Sqlite {
    let database = Sqlite::migrated().unwrap();
    sync(&database, &snapshot_list(), NOW_MS);
    database
}

fn litellm_of(json: &str) -> FetchedList {
    list_of(Source::LiteLlm, litellm::read(json).unwrap(), "h")
}

/// A map of one model.
fn one_model(input: &str, output: &str) -> FetchedList {
    litellm_of(&format!(
        r#"{{"gpt-x": {{"litellm_provider": "openai", "input_cost_per_token": {input},
            "output_cost_per_token": {output}}}}}"#
    ))
}

/// The rate in force as `(rate, source, valid_from)`.
fn in_force(database: &Sqlite, model: &str, resource: &str, at: i64) -> Option<(i64, String, i64)> {
    let filter = RateFilter {
        model: Some(model.to_owned()),
        resource_type: Some(resource.to_owned()),
        at,
        now: at,
        limit: 10,
        ..RateFilter::default()
    };
    let page = block_on(rates(database, &filter)).unwrap();
    assert!(page.rates.len() <= 1, "{:?}", page.rates);
    page.rates
        .into_iter()
        .next()
        .map(|rate| (rate.rate, rate.source, rate.valid_from))
}

fn version(database: &Sqlite) -> i64 {
    block_on(freshness::freshness(database, UnixMillis(NOW_MS)))
        .unwrap()
        .price_book_version
}

fn admin(at: i64) -> Actor<'static> {
    Actor {
        key_id: "pk-admin",
        at,
    }
}

#[test]
fn a_new_installation_has_the_snapshots_prices_after_few_statements() {
    let database = Sqlite::migrated().unwrap();
    let counting = Counting(&database, Cell::new(0));
    let list = snapshot_list();
    let report = block_on(sync_quotes(&counting, &list, UnixMillis(NOW_MS), false)).unwrap();
    assert!(list.quotes.len() > 20_000);
    assert!(counting.1.get() < 60, "{} statements", counting.1.get());
    assert_eq!(
        report.statements,
        counting.1.get(),
        "the run's record says so"
    );
    assert_eq!(report.opened + report.quarantined, list.quotes.len());
    let filter = RateFilter {
        provider: Some("openai".to_owned()),
        model: Some("gpt-5-mini".to_owned()),
        at: NOW_MS,
        now: NOW_MS,
        limit: 100,
        ..RateFilter::default()
    };
    let page = block_on(rates(&database, &filter)).unwrap();
    let input = page
        .rates
        .iter()
        .find(|rate| rate.resource_type == "input" && rate.service_tier == "standard")
        .unwrap();
    assert_eq!((input.rate, input.per), (250_000_000_000, 1_000_000));
    assert_eq!(
        (input.valid_from, input.valid_from_basis.as_str()),
        (0, "assumed")
    );
    assert_eq!(input.source, "litellm");
    let again = sync(&database, &list, NOW_MS + 1);
    assert_eq!(
        (again.changed_models, again.opened),
        (0, 0),
        "loading it again changes nothing"
    );
}

#[test]
fn the_slips_of_the_real_lists_wait_and_are_not_in_force() {
    let database = with_snapshot();
    let waiting = block_on(waiting(&database, UnixMillis(NOW_MS))).unwrap();
    let is_waiting = |model: &str, resource: &str, min_context: u64| {
        waiting.iter().any(|(row, _)| {
            row.model == model && row.resource_type == resource && row.min_context == min_context
        })
    };
    assert!(is_waiting("jais-30b-chat", "output", 0));
    assert!(is_waiting("gemini-2.5-pro", "cache_write_5m", 200_001));
    assert_eq!(in_force(&database, "jais-30b-chat", "output", NOW_MS), None);
    assert_eq!(
        in_force(&database, "gemini-2.5-pro", "cache_write_5m", NOW_MS),
        None
    );
}

#[test]
fn the_live_lists_confirm_the_snapshot_without_a_new_row() {
    let database = with_snapshot();
    let before = version(&database);
    let litellm = list_of(
        Source::LiteLlm,
        litellm::read(&litellm_text()).unwrap(),
        "l1",
    );
    let report = sync(&database, &litellm, NOW_MS + 1);
    assert_eq!(
        (report.opened, report.closed, report.quarantined),
        (0, 0, 0),
        "{report:?}"
    );
    let genai = list_of(
        Source::GenaiPrices,
        genai_prices::read(&genai_text()).unwrap(),
        "g1",
    );
    let report = sync(&database, &genai, NOW_MS + 2);
    assert_eq!(
        (report.opened, report.closed, report.quarantined),
        (0, 0, 0),
        "{report:?}"
    );
    assert!(
        report.conflicts > 0,
        "the two lists do not agree on everything"
    );
    assert_eq!(version(&database), before);
    let found = block_on(conflicts::conflicts(
        &database,
        None,
        UnixMillis(NOW_MS + 3),
        500,
        0,
    ))
    .unwrap();
    assert!(!found.is_empty());
    // The same lists once more: nothing at all.
    let again = sync(&database, &litellm, NOW_MS + 4);
    assert_eq!((again.changed_models, again.conflicts), (0, 0));
}

#[test]
fn a_change_closes_a_row_opens_one_and_moves_the_books_version() {
    let database = Sqlite::migrated().unwrap();
    sync(&database, &one_model("3e-07", "1e-06"), NOW_MS);
    let before = version(&database);
    let report = sync(&database, &one_model("4e-07", "1e-06"), NOW_MS + DAY_MS);
    assert_eq!((report.closed, report.opened), (1, 1));
    assert_eq!(version(&database), before + 1);
    let rate = |at| in_force(&database, "gpt-x", "input", at).map(|rate| rate.0);
    assert_eq!(
        rate(NOW_MS - 400 * DAY_MS),
        Some(300_000_000_000),
        "backfills are priced"
    );
    assert_eq!(rate(NOW_MS + DAY_MS - 1), Some(300_000_000_000));
    assert_eq!(rate(NOW_MS + DAY_MS), Some(400_000_000_000));
    // Asking again next year, after another change, gives the same answers.
    sync(
        &database,
        &one_model("5e-07", "1e-06"),
        NOW_MS + 365 * DAY_MS,
    );
    let rate = |at| in_force(&database, "gpt-x", "input", at).map(|rate| rate.0);
    assert_eq!(rate(NOW_MS + DAY_MS - 1), Some(300_000_000_000));
    assert_eq!(rate(NOW_MS + DAY_MS), Some(400_000_000_000));
    let rows = block_on(history(
        &database,
        "openai",
        "gpt-x",
        Some("input"),
        UnixMillis(NOW_MS),
    ))
    .unwrap();
    assert_eq!(rows.len(), 3);
}

#[test]
fn a_list_that_lost_a_fifth_is_refused_whole() {
    let database = Sqlite::migrated().unwrap();
    let full = list_of(
        Source::LiteLlm,
        litellm::read(&litellm_text()).unwrap(),
        "l1",
    );
    sync(&database, &full, NOW_MS);
    let (rows, book) = (count(&database, "prices"), version(&database));
    let mut shrunk = full.clone();
    shrunk.quotes.truncate(full.quotes.len() * 79 / 100);
    let refused = block_on(sync_quotes(
        &database,
        &shrunk,
        UnixMillis(NOW_MS + 1),
        false,
    ));
    assert!(matches!(refused, Err(SyncError::Shrunk(_))), "{refused:?}");
    assert_eq!(
        (count(&database, "prices"), version(&database)),
        (rows, book)
    );
    let state = block_on(source_state(&database, Source::LiteLlm))
        .unwrap()
        .unwrap();
    assert_eq!(state.content_hash.as_deref(), Some("l1"));
}

#[test]
fn poisoned_rates_wait_and_the_book_is_what_it_should_be() {
    let database = Sqlite::migrated().unwrap();
    sync(&database, &one_model("3e-07", "1e-06"), NOW_MS);
    let book = version(&database);
    for (poison, at) in [("3e-04", 1), ("0.0", 2), ("1e-08", 3)] {
        let report = sync(&database, &one_model(poison, "1e-06"), NOW_MS + at);
        assert_eq!(
            (report.opened, report.closed, report.quarantined),
            (0, 0, 1),
            "{poison}"
        );
        let rate = in_force(&database, "gpt-x", "input", NOW_MS + at).unwrap();
        assert_eq!(rate.0, 300_000_000_000, "{poison}");
    }
    assert_eq!(
        block_on(waiting(&database, UnixMillis(NOW_MS)))
            .unwrap()
            .len(),
        1,
        "the last one"
    );
    assert!(
        version(&database) > book,
        "a withdrawal moves the version, no more"
    );
}

#[test]
fn a_negative_is_no_quote_and_what_is_in_force_stays() {
    let list = |input: &str| {
        let others = (0..9).map(|n| {
            format!(
                r#""gpt-{n}": {{"litellm_provider": "openai", "output_cost_per_token": 1e-06}}"#
            )
        });
        let model = format!(
            r#""gpt-x": {{"litellm_provider": "openai", "input_cost_per_token": {input}, "output_cost_per_token": 1e-06}}"#
        );
        litellm_of(&format!(
            "{{{}}}",
            others.chain([model]).collect::<Vec<_>>().join(",")
        ))
    };
    let database = Sqlite::migrated().unwrap();
    sync(&database, &list("3e-07"), NOW_MS);
    let report = sync(&database, &list("-3e-07"), NOW_MS + 1);
    assert_eq!(
        (report.closed, report.opened, report.skipped_count),
        (0, 0, 1)
    );
    assert!(in_force(&database, "gpt-x", "input", NOW_MS + 2).is_some());
}

#[test]
fn an_operator_approves_or_rejects_what_waits() {
    let database = Sqlite::migrated().unwrap();
    sync(&database, &one_model("3e-07", "1e-06"), NOW_MS);
    sync(&database, &one_model("3e-06", "1e-05"), NOW_MS + 1);
    let list = block_on(waiting(&database, UnixMillis(NOW_MS + 1))).unwrap();
    assert_eq!(list.len(), 2);
    let (input, beside) = list
        .iter()
        .find(|(row, _)| row.resource_type == "input")
        .unwrap();
    let (output, _) = list
        .iter()
        .find(|(row, _)| row.resource_type == "output")
        .unwrap();
    assert_eq!(beside.as_ref().unwrap().rate, 300_000_000_000);
    let approved = decide(
        &database,
        admin(NOW_MS + 2),
        input.id,
        Decision::Approve,
        "their page says so",
    );
    assert!(block_on(approved).unwrap());
    let rejected = decide(
        &database,
        admin(NOW_MS + 3),
        output.id,
        Decision::Reject,
        "a slip",
    );
    assert!(block_on(rejected).unwrap());
    let again = decide(
        &database,
        admin(NOW_MS + 4),
        input.id,
        Decision::Reject,
        "too late",
    );
    assert!(!block_on(again).unwrap());
    let rate = |resource: &str, at| in_force(&database, "gpt-x", resource, at).unwrap().0;
    assert_eq!(rate("input", NOW_MS + 1), 300_000_000_000);
    assert_eq!(rate("input", NOW_MS + 2), 3_000_000_000_000);
    assert_eq!(rate("output", NOW_MS + 9), 1_000_000_000_000);
    // The list says the same again: nothing waits any more.
    let report = sync(&database, &one_model("3e-06", "1e-05"), NOW_MS + 5);
    assert_eq!((report.opened, report.quarantined), (0, 0));
    assert_eq!(count(&database, "admin_audit"), 2);
}

fn key(resource: &str) -> OverrideKey {
    OverrideKey {
        provider: "openAI".to_owned(),
        model: "GPT-X".to_owned(),
        resource_type: resource.to_owned(),
        ..OverrideKey::default()
    }
}

fn set(rate_pico: i64, valid_from: i64, valid_to: Option<i64>) -> OverrideChange {
    OverrideChange::Set {
        rate: Rate {
            rate_pico,
            per: 1_000_000,
        },
        valid_from: UnixMillis(valid_from),
        valid_to: valid_to.map(UnixMillis),
    }
}

#[test]
fn an_override_prices_from_its_date_and_the_list_resumes_after_it() {
    let database = Sqlite::migrated().unwrap();
    sync(&database, &one_model("3e-07", "1e-06"), NOW_MS);
    let change = |at, change| {
        block_on(change_override(
            &database,
            admin(at),
            &key("input"),
            change,
            "contract",
        ))
    };
    let start = NOW_MS - 10 * DAY_MS;
    change(NOW_MS + 1, set(7_000_000_000, start, None)).unwrap();
    let rate = |at| in_force(&database, "gpt-x", "input", at).map(|rate| (rate.0, rate.1));
    assert_eq!(
        rate(start - 1),
        Some((300_000_000_000, "litellm".to_owned()))
    );
    assert_eq!(rate(start), Some((7_000_000_000, "override".to_owned())));
    // A sync does not touch it.
    sync(&database, &one_model("3.1e-07", "1e-06"), NOW_MS + 2);
    assert_eq!(
        rate(NOW_MS + 3),
        Some((7_000_000_000, "override".to_owned()))
    );
    // It is replaced, then ended.
    change(NOW_MS + 4, set(8_000_000_000, NOW_MS + 4, None)).unwrap();
    assert_eq!(
        rate(NOW_MS + 3),
        Some((7_000_000_000, "override".to_owned()))
    );
    assert_eq!(
        rate(NOW_MS + 5),
        Some((8_000_000_000, "override".to_owned()))
    );
    change(
        NOW_MS + 6,
        OverrideChange::End {
            valid_to: UnixMillis(NOW_MS + 6),
        },
    )
    .unwrap();
    assert_eq!(
        rate(NOW_MS + 5),
        Some((8_000_000_000, "override".to_owned()))
    );
    assert_eq!(
        rate(NOW_MS + 6),
        Some((310_000_000_000, "litellm".to_owned()))
    );
    let again = change(
        NOW_MS + 7,
        OverrideChange::End {
            valid_to: UnixMillis(NOW_MS + 7),
        },
    );
    assert_eq!(again.unwrap_err(), OverrideError::NothingToEnd);
    assert_eq!(count(&database, "admin_audit"), 3);
}

#[test]
fn an_override_with_an_end_leaves_no_gap_behind() {
    let database = Sqlite::migrated().unwrap();
    sync(&database, &one_model("3e-07", "1e-06"), NOW_MS);
    let end = NOW_MS + DAY_MS;
    let change = set(7_000_000_000, NOW_MS + 1, Some(end));
    block_on(change_override(
        &database,
        admin(NOW_MS + 1),
        &key("input"),
        change,
        "pilot",
    ))
    .unwrap();
    // The list price behind it is in the book from the first moment: no sync has to come in time.
    let rate = |at| in_force(&database, "gpt-x", "input", at).map(|rate| rate.0);
    assert_eq!(rate(end - 1), Some(7_000_000_000));
    assert_eq!(rate(end), Some(300_000_000_000));
}

#[test]
fn an_override_that_makes_no_sense_names_the_field() {
    let database = Sqlite::migrated().unwrap();
    let refuse = |key: &OverrideKey, change| match block_on(change_override(
        &database,
        admin(NOW_MS),
        key,
        change,
        "x",
    )) {
        Err(OverrideError::Field { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        refuse(
            &OverrideKey {
                provider: " ".to_owned(),
                ..key("input")
            },
            set(1, 1, None)
        ),
        "provider"
    );
    assert_eq!(refuse(&key(""), set(1, 1, None)), "resource_type");
    assert_eq!(refuse(&key("input"), set(-1, 1, None)), "price");
    assert_eq!(refuse(&key("input"), set(1, 5, Some(5))), "valid_to");
    let odd = OverrideKey {
        schedule: "sometimes".to_owned(),
        ..key("input")
    };
    assert_eq!(refuse(&odd, set(1, 1, None)), "schedule");
}

#[test]
fn a_dry_run_shows_the_changes_and_makes_none() {
    let database = Sqlite::migrated().unwrap();
    sync(&database, &one_model("3e-07", "1e-06"), NOW_MS);
    let (rows, book) = (count(&database, "prices"), version(&database));
    let list = one_model("4e-07", "1e-06");
    let report = block_on(sync_quotes(&database, &list, UnixMillis(NOW_MS + 1), true)).unwrap();
    assert_eq!((report.opened, report.closed), (1, 1));
    assert_eq!(report.changes[0]["rate"], "0.4");
    assert_eq!(
        (count(&database, "prices"), version(&database)),
        (rows, book)
    );
    assert_eq!(
        sync(&database, &list, NOW_MS + 2).opened,
        1,
        "and the run after it makes them"
    );
}

#[test]
fn mappings_are_dated_audited_and_move_the_version() {
    let database = Sqlite::migrated().unwrap();
    let book = version(&database);
    let mapping = mappings::Mapping::Endpoint {
        endpoint: "My Gateway".to_owned(),
        provider: "azureOpenAI".to_owned(),
    };
    let change = |at, is_end| {
        block_on(mappings::change(
            &database,
            admin(at),
            &mapping,
            at,
            is_end,
            "ours",
        ))
        .unwrap();
    };
    change(NOW_MS, false);
    change(NOW_MS + 5, false);
    change(NOW_MS + 9, true);
    let (endpoints, _) = block_on(mappings::list(&database)).unwrap();
    let found: Vec<_> = endpoints
        .iter()
        .map(|row| {
            (
                row.endpoint.as_str(),
                row.provider.as_str(),
                row.valid_from,
                row.valid_to,
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("my gateway", "azure", NOW_MS + 5, Some(NOW_MS + 9)),
            ("my gateway", "azure", NOW_MS, Some(NOW_MS + 5)),
        ]
    );
    assert_eq!(version(&database), book + 3);
    assert_eq!(count(&database, "admin_audit"), 3);
}

#[test]
fn a_source_that_was_not_heard_for_long_makes_its_prices_stale() {
    let database = Sqlite::migrated().unwrap();
    sync(&database, &one_model("3e-07", "1e-06"), NOW_MS);
    let stale = |at: i64| {
        block_on(freshness::freshness(&database, UnixMillis(at)))
            .unwrap()
            .is_stale()
    };
    assert!(!stale(NOW_MS + 6 * DAY_MS));
    assert!(stale(NOW_MS + 8 * DAY_MS));
    sync(&database, &one_model("3e-07", "1e-06"), NOW_MS + 8 * DAY_MS);
    assert!(
        !stale(NOW_MS + 8 * DAY_MS),
        "an unchanged list makes them fresh again"
    );
    assert_eq!(count(&database, "prices"), 2);
}

fn count(database: &Sqlite, table: &str) -> i64 {
    database.with_connection(|connection| {
        connection
            .query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| {
                row.get(0)
            })
            .unwrap()
    })
}

/// A database that keeps what it is asked.
struct Recording<'a>(&'a Sqlite, std::cell::RefCell<Vec<Statement>>);

impl Database for Recording<'_> {
    async fn batch(&self, statements: &[Statement]) -> Result<Vec<Rows>, DatabaseError> {
        self.1.borrow_mut().extend_from_slice(statements);
        self.0.batch(statements).await
    }
}

#[test]
fn a_page_of_rates_is_read_in_the_order_of_an_index_and_only_the_page_is_sorted() {
    let database = with_snapshot();
    let plan_of = |filter: &RateFilter| -> Vec<String> {
        let recording = Recording(&database, std::cell::RefCell::default());
        block_on(rates(&recording, filter)).unwrap();
        let statement = recording.1.borrow().last().unwrap().clone();
        database.with_connection(|connection| {
            let sql = format!("EXPLAIN QUERY PLAN {}", statement.sql);
            let mut explain = connection.prepare(&sql).unwrap();
            let parameter = statement.parameter.iter();
            let steps = explain
                .query_map(rusqlite::params_from_iter(parameter), |row| {
                    row.get::<_, String>(3)
                })
                .unwrap();
            steps.map(Result::unwrap).collect()
        })
    };
    let filter = RateFilter {
        at: NOW_MS,
        now: NOW_MS,
        limit: 100,
        offset: 20_000,
        ..RateFilter::default()
    };
    let one_model = RateFilter {
        provider: Some("openai".to_owned()),
        model: Some("gpt-5-mini".to_owned()),
        ..filter.clone()
    };
    let past_the_page = |plan: &[String]| -> Vec<String> {
        let page = plan.iter().position(|step| step.starts_with("SCAN page"));
        plan[..page.unwrap()].to_vec()
    };
    let plan = plan_of(&filter);
    assert!(
        past_the_page(&plan).contains(&"SCAN p USING INDEX prices_by_key".to_owned())
            && !past_the_page(&plan)
                .iter()
                .any(|step| step.contains("B-TREE")),
        "{plan:?}"
    );
    let plan = plan_of(&one_model);
    let found = past_the_page(&plan);
    let search = "SEARCH p USING INDEX prices_by_key (provider=? AND model=?)";
    assert!(found.iter().any(|step| step == search), "{plan:?}");
}
