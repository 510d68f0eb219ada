//! What is dated, decided and raced in the price book: nothing is lost, whoever comes in between.

use crate::interrupted::{Interrupted, block_on};
use crate::price_lists::{DAY_MS, NOW_MS, genai_text, litellm_text, snapshot_text};
use cost_calculation::UnixMillis;
use ledger_core::{Database, api_keys::Actor, sqlite::Sqlite};
use price_book::{
    dated::{DatedReport, apply_due},
    overrides::{OverrideChange, OverrideKey, change_override},
    quarantine::{Decision, decide, waiting},
    rates::{RateFilter, rates},
    sync::{FetchedList, SyncReport, mark_unchanged, sync_quotes},
};
use price_feeds::{Rate, Source, genai_prices, litellm, snapshot};

const HOUR_MS: i64 = DAY_MS / 24;

/// `LiteLLM`'s list of one model's input.
fn litellm_list(input: &str) -> FetchedList {
    let json = format!(
        r#"{{"gpt-x": {{"litellm_provider": "openai", "input_cost_per_token": {input}}}}}"#
    );
    let feed = litellm::read(&json).unwrap();
    FetchedList::of_feed(Source::LiteLlm, feed, "l", None, input.to_owned())
}

/// genai-prices' list of the same, dollars for a million tokens, perhaps with a dated change.
fn genai_list(input: &str, change: Option<(&str, &str)>) -> FetchedList {
    let prices = match change {
        None => format!(r#"{{"input_mtok": {input}}}"#),
        Some((date, next)) => format!(
            r#"[{{"prices": {{"input_mtok": {input}}}}},
                {{"constraint": {{"start_date": "{date}"}}, "prices": {{"input_mtok": {next}}}}}]"#
        ),
    };
    let json =
        format!(r#"[{{"id": "openai", "models": [{{"id": "gpt-x", "prices": {prices}}}]}}]"#);
    let feed = genai_prices::read(&json).unwrap();
    FetchedList::of_feed(Source::GenaiPrices, feed, "g", None, prices)
}

fn sync<D: Database>(database: &D, list: &FetchedList, now_ms: i64) -> SyncReport {
    block_on(sync_quotes(database, list, UnixMillis(now_ms), false)).unwrap()
}

fn due(database: &Sqlite, now_ms: i64) -> DatedReport {
    block_on(apply_due(database, UnixMillis(now_ms))).unwrap()
}

/// The input rate in force at a moment, in cents for a million, and whose it is.
fn price(database: &Sqlite, at: i64) -> (i64, String) {
    let filter = RateFilter {
        model: Some("gpt-x".to_owned()),
        at,
        now: at,
        limit: 10,
        ..RateFilter::default()
    };
    let page = block_on(rates(database, &filter)).unwrap();
    assert!(page.rates.len() <= 1, "{:?}", page.rates);
    let rate = page.rates.into_iter().next().unwrap();
    (rate.rate / 10_000_000_000, rate.source)
}

fn of_list(cents: i64) -> (i64, String) {
    (cents, "litellm".to_owned())
}

fn of_operator(cents: i64) -> (i64, String) {
    (cents, "override".to_owned())
}

fn change<D: Database>(database: &D, at: i64, change: OverrideChange) {
    let key = OverrideKey {
        provider: "openai".to_owned(),
        model: "gpt-x".to_owned(),
        resource_type: "input".to_owned(),
        ..OverrideKey::default()
    };
    let actor = Actor {
        key_id: "pk-admin",
        at,
    };
    block_on(change_override(database, actor, &key, change, "contract")).unwrap();
}

fn set<D: Database>(database: &D, at: i64, cents: i64, valid_from: i64, valid_to: Option<i64>) {
    let rate = Rate {
        rate_pico: cents * 10_000_000_000,
        per: 1_000_000,
    };
    let (valid_from, valid_to) = (UnixMillis(valid_from), valid_to.map(UnixMillis));
    change(
        database,
        at,
        OverrideChange::Set {
            rate,
            valid_from,
            valid_to,
        },
    );
}

fn end(database: &Sqlite, at: i64, valid_to: i64) {
    let valid_to = UnixMillis(valid_to);
    change(database, at, OverrideChange::End { valid_to });
}

fn with_list(input: &str) -> Sqlite {
    let database = Sqlite::migrated().unwrap();
    sync(&database, &litellm_list(input), NOW_MS);
    database
}

/// The one rate that waits.
fn only_waiting(database: &Sqlite) -> i64 {
    let list = block_on(waiting(database, UnixMillis(NOW_MS))).unwrap();
    assert_eq!(list.len(), 1, "{list:?}");
    list[0].0.id
}

fn approve(database: &Sqlite, at: i64, id: i64) -> bool {
    let actor = Actor {
        key_id: "pk-admin",
        at,
    };
    block_on(decide(
        database,
        actor,
        id,
        Decision::Approve,
        "their page says so",
    ))
    .unwrap()
}

#[test]
fn an_announced_override_prices_from_its_moment_without_any_run() {
    let database = with_list("3e-07");
    let (from, to) = (NOW_MS + DAY_MS, NOW_MS + 2 * DAY_MS);
    set(&database, NOW_MS + 1, 7, from, Some(to));
    for (at, expected) in [
        (NOW_MS - DAY_MS, of_list(30)),
        (from - 1, of_list(30)),
        (from, of_operator(7)),
        (to - 1, of_operator(7)),
        (to, of_list(30)),
    ] {
        assert_eq!(price(&database, at), expected, "{at}");
    }
    // A list that changes meanwhile changes what is around it.
    sync(&database, &litellm_list("4e-07"), NOW_MS + 2);
    assert_eq!(price(&database, from - 1), of_list(40));
    assert_eq!(price(&database, from), of_operator(7));
    assert_eq!(price(&database, to), of_list(40));
    assert_eq!(
        due(&database, to + DAY_MS).opened,
        0,
        "nothing is left to do"
    );
    // Called off, it never was; the past stays what it was.
    let database = with_list("3e-07");
    set(&database, NOW_MS + 1, 7, from, None);
    end(&database, NOW_MS + 2, NOW_MS + 2);
    assert_eq!(price(&database, from), of_list(30));
    assert_eq!(price(&database, to), of_list(30));
}

#[test]
fn an_override_within_another_leaves_what_the_other_says_before_and_after() {
    let database = with_list("3e-07");
    set(&database, NOW_MS + 1, 7, NOW_MS + 1, None);
    let (from, to) = (NOW_MS + DAY_MS, NOW_MS + 2 * DAY_MS);
    set(&database, NOW_MS + 2, 5, from, Some(to));
    for (at, expected) in [
        (NOW_MS, of_list(30)),
        (from - 1, of_operator(7)),
        (from, of_operator(5)),
        (to, of_operator(7)),
        (to + 100 * DAY_MS, of_operator(7)),
    ] {
        assert_eq!(price(&database, at), expected, "{at}");
    }
    // An end ends both.
    end(&database, from + HOUR_MS, from + HOUR_MS);
    assert_eq!(price(&database, from + HOUR_MS - 1), of_operator(5));
    assert_eq!(price(&database, from + HOUR_MS), of_list(30));
    assert_eq!(price(&database, to + DAY_MS), of_list(30));
}

#[test]
fn an_override_that_ends_in_the_past_gives_the_list_price_back_from_there() {
    let database = with_list("3e-07");
    let start = NOW_MS - 10 * DAY_MS;
    set(&database, NOW_MS + 1, 7, start, None);
    end(&database, NOW_MS + 2, NOW_MS - 4 * DAY_MS);
    assert_eq!(price(&database, start - 1), of_list(30));
    assert_eq!(price(&database, start), of_operator(7));
    assert_eq!(price(&database, NOW_MS - 4 * DAY_MS), of_list(30));
    // Taken back from before its beginning, it never was.
    set(&database, NOW_MS + 3, 8, NOW_MS - DAY_MS, None);
    end(&database, NOW_MS + 4, NOW_MS - 5 * DAY_MS);
    assert_eq!(price(&database, NOW_MS), of_list(30));
    assert_eq!(price(&database, start), of_operator(7));
}

#[test]
fn what_is_due_by_its_date_comes_into_force_though_no_list_changed() {
    let database = Sqlite::migrated().unwrap();
    // 2026-11-25T00:00:00Z.
    let change_ms = NOW_MS + 2 * DAY_MS;
    sync(
        &database,
        &genai_list("0.30", Some(("2026-11-25", "0.40"))),
        NOW_MS,
    );
    // Every hour the source says that nothing is new.
    for hour in 1..60 {
        let now = NOW_MS + hour * HOUR_MS;
        block_on(mark_unchanged(
            &database,
            Source::GenaiPrices,
            UnixMillis(now),
        ))
        .unwrap();
        let opened = due(&database, now).opened;
        assert_eq!(opened, usize::from(now == change_ms), "hour {hour}");
    }
    let cents = |at| price(&database, at).0;
    assert_eq!(cents(change_ms - 1), 30);
    assert_eq!(cents(change_ms), 40);
}

#[test]
fn a_change_that_was_missed_for_weeks_begins_at_its_date() {
    let database = Sqlite::migrated().unwrap();
    let change_ms = NOW_MS + 2 * DAY_MS;
    sync(
        &database,
        &genai_list("0.30", Some(("2026-11-25", "0.40"))),
        NOW_MS,
    );
    assert_eq!(due(&database, change_ms + 20 * DAY_MS).opened, 1);
    let cents = |at| price(&database, at).0;
    assert_eq!(cents(change_ms - 1), 30);
    assert_eq!(cents(change_ms), 40);
}

#[test]
fn the_real_lists_have_nothing_due_after_they_were_merged() {
    let database = Sqlite::migrated().unwrap();
    let loaded = snapshot::read(&snapshot_text()).unwrap();
    sync(
        &database,
        &FetchedList::of_snapshot(loaded, "s".to_owned()),
        NOW_MS,
    );
    let lists = [
        (Source::LiteLlm, litellm::read(&litellm_text()).unwrap()),
        (
            Source::GenaiPrices,
            genai_prices::read(&genai_text()).unwrap(),
        ),
    ];
    for (source, feed) in lists {
        let list = FetchedList::of_feed(source, feed, "r", None, "h".to_owned());
        sync(&database, &list, NOW_MS + 1);
    }
    let report = due(&database, NOW_MS + HOUR_MS);
    assert!(report.model_count > 100, "{report:?}");
    let of_models = DatedReport {
        model_count: report.model_count,
        ..DatedReport::default()
    };
    assert_eq!(report, of_models);
}

#[test]
fn a_rate_is_approved_once_and_not_after_its_source_changed_its_mind() {
    let database = with_list("3e-07");
    sync(&database, &litellm_list("3e-06"), NOW_MS + 1);
    let id = only_waiting(&database);
    sync(&database, &litellm_list("3.1e-07"), NOW_MS + 2);
    assert!(!approve(&database, NOW_MS + 3, id), "it waits no longer");
    assert_eq!(price(&database, NOW_MS + 3), of_list(31));
    // Said again, it waits again, under another id.
    sync(&database, &litellm_list("3e-06"), NOW_MS + 4);
    let again = only_waiting(&database);
    assert!(again != id);
    assert!(approve(&database, NOW_MS + 5, again));
    assert!(!approve(&database, NOW_MS + 6, again), "once");
    assert_eq!(price(&database, NOW_MS + 5), of_list(300));
    assert_eq!(price(&database, NOW_MS + 4), of_list(31));
}

#[test]
fn an_approval_leaves_an_announced_override_as_it_is() {
    let database = with_list("3e-07");
    let (from, to) = (NOW_MS + DAY_MS, NOW_MS + 2 * DAY_MS);
    set(&database, NOW_MS + 1, 7, from, Some(to));
    sync(&database, &litellm_list("3e-06"), NOW_MS + 2);
    let id = only_waiting(&database);
    assert!(approve(&database, NOW_MS + 3, id));
    assert_eq!(price(&database, NOW_MS + 3), of_list(300));
    assert_eq!(price(&database, from - 1), of_list(300));
    assert_eq!(price(&database, from), of_operator(7));
    // The price that resumes behind it follows with the next run.
    due(&database, NOW_MS + HOUR_MS);
    assert_eq!(price(&database, from), of_operator(7));
    assert_eq!(price(&database, to), of_list(300));
}

#[test]
fn a_rate_that_waits_beside_an_override_waits_again_when_that_ends() {
    let database = with_list("3e-07");
    sync(&database, &litellm_list("3e-06"), NOW_MS + 1);
    set(&database, NOW_MS + 2, 7, NOW_MS + 2, None);
    let list = block_on(waiting(&database, UnixMillis(NOW_MS + 2))).unwrap();
    assert!(list.is_empty(), "the operator has said what it costs");
    end(&database, NOW_MS + 3, NOW_MS + 3);
    assert_eq!(
        price(&database, NOW_MS + 3),
        of_list(30),
        "what was in force before"
    );
    due(&database, NOW_MS + HOUR_MS);
    only_waiting(&database);
}

#[test]
fn an_override_that_comes_in_the_middle_of_a_sync_holds() {
    for before in 1..=8 {
        let database = with_list("3e-07");
        let interrupted = Interrupted::before(&database, before, |database| {
            set(database, NOW_MS + 5, 7, NOW_MS + 5, None);
        });
        sync(&interrupted, &litellm_list("4e-07"), NOW_MS + 6);
        if interrupted.has_happened() {
            assert_eq!(
                price(&database, NOW_MS + 7),
                of_operator(7),
                "before batch {before}"
            );
            end(&database, NOW_MS + 8, NOW_MS + 8);
        }
        assert_eq!(
            price(&database, NOW_MS + 9),
            of_list(40),
            "before batch {before}"
        );
    }
}

#[test]
fn a_sync_that_comes_in_the_middle_of_an_override_is_not_lost() {
    for before in 1..=4 {
        let database = with_list("3e-07");
        let interrupted = Interrupted::before(&database, before, |database| {
            sync(database, &litellm_list("4e-07"), NOW_MS + 5);
        });
        set(&interrupted, NOW_MS + 6, 7, NOW_MS + 6, None);
        assert_eq!(
            price(&database, NOW_MS + 7),
            of_operator(7),
            "before batch {before}"
        );
        end(&database, NOW_MS + 8, NOW_MS + 8);
        if interrupted.has_happened() {
            assert_eq!(
                price(&database, NOW_MS + 9),
                of_list(40),
                "before batch {before}"
            );
        }
    }
}

#[test]
fn two_syncs_of_one_list_at_once_write_each_change_once() {
    for before in 1..=8 {
        let database = with_list("3e-07");
        let interrupted = Interrupted::before(&database, before, |database| {
            sync(database, &litellm_list("4e-07"), NOW_MS + 5);
        });
        sync(&interrupted, &litellm_list("4e-07"), NOW_MS + 6);
        assert_eq!(
            price(&database, NOW_MS + 7),
            of_list(40),
            "before batch {before}"
        );
        let rows: i64 = database.with_connection(|connection| {
            connection
                .query_row("SELECT COUNT(*) FROM prices", [], |row| row.get(0))
                .unwrap()
        });
        assert_eq!(rows, 2, "before batch {before}");
    }
}

#[test]
fn two_lists_that_agree_at_the_same_moment_settle_a_leap_within_the_hour() {
    for before in 1..=8 {
        let database = with_list("3e-07");
        sync(&database, &genai_list("0.30", None), NOW_MS + 1);
        let interrupted = Interrupted::before(&database, before, |database| {
            sync(database, &genai_list("3", None), NOW_MS + 5);
        });
        sync(&interrupted, &litellm_list("3e-06"), NOW_MS + 6);
        if interrupted.has_happened() {
            due(&database, NOW_MS + HOUR_MS);
            assert_eq!(
                price(&database, NOW_MS + HOUR_MS),
                of_list(300),
                "before batch {before}"
            );
            let list = block_on(waiting(&database, UnixMillis(NOW_MS + HOUR_MS))).unwrap();
            assert!(list.is_empty(), "before batch {before}");
        }
    }
}

#[test]
fn two_decisions_on_one_rate_are_one() {
    for before in 1..=4 {
        let database = with_list("3e-07");
        sync(&database, &litellm_list("3e-06"), NOW_MS + 1);
        let id = only_waiting(&database);
        let interrupted = Interrupted::before(&database, before, |database| {
            let actor = Actor {
                key_id: "pk-other",
                at: NOW_MS + 2,
            };
            block_on(decide(database, actor, id, Decision::Reject, "a slip")).unwrap();
        });
        let actor = Actor {
            key_id: "pk-admin",
            at: NOW_MS + 3,
        };
        let approved =
            block_on(decide(&interrupted, actor, id, Decision::Approve, "right")).unwrap();
        let was_first = !interrupted.has_happened();
        assert_eq!(approved, was_first, "before batch {before}");
        let cents = if approved { 300 } else { 30 };
        assert_eq!(
            price(&database, NOW_MS + 9),
            of_list(cents),
            "before batch {before}"
        );
    }
}
