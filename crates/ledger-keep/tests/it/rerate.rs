//! What is recorded is estimated again by the book as it says today: once, with every sum moved,
//! wherever the run is stopped, hot and archived.

use crate::history::{
    DAY_MS, START, Unreliable, assert_each_is_in_one_place, event, fault, ledger, new_ingest_id,
    number, send,
};
use cost_calculation::{Flag, Flags, PicoUsd, TokenUsage, UnixMillis};
use events::{
    Interaction, InteractionType, parse_cache_write_lifetime_change, parse_reported_cost_change,
};
use futures_executor::block_on;
use ledger_core::{Database, api_keys::Actor, sqlite::Sqlite};
use ledger_keep::{
    archive::{ArchiveConfig, archive_sessions},
    rerate::{
        RerateBegun, RerateConfig, RerateFilter, RerateRun, begin_rerate, continue_rerate,
        list_rerates, preview_rerate,
    },
};
use ledger_record::operator_words::{change_lifetimes, change_reported};
use proptest::prelude::*;

const NOW: i64 = START + 1_000 * DAY_MS;
const ACTOR: Actor<'static> = Actor {
    key_id: "pk-tt-admin",
    at: NOW,
};

fn config() -> RerateConfig {
    RerateConfig {
        chunk_interactions: 7,
        chunks_max: 1_000,
        time_ms_max: i64::MAX,
        interaction_cost_max: PicoUsd::new(10_000 * 1_000_000_000_000),
        new_token: new_ingest_id,
    }
}

fn everything() -> RerateFilter {
    RerateFilter {
        start_date: "2024-11-01".to_owned(),
        end_date: "2026-12-31".to_owned(),
        ..RerateFilter::default()
    }
}

/// The list was wrong: input costs twice as much, and what had no price has one.
const CORRECTION: &str = "
UPDATE prices SET rate = rate * 2 WHERE resource_type = 'input';
INSERT INTO prices (region, service_tier, min_context, schedule, currency, provider, model,
  resource_type, rate, per, valid_from, valid_from_basis, source, source_revision, status,
  observed_at, cache_ttl_s)
SELECT region, service_tier, min_context, schedule, currency, 'openai', 'model-without-price',
  resource_type, rate, per, valid_from, valid_from_basis,
  source, source_revision, status, observed_at, cache_ttl_s FROM prices;
UPDATE ledger_state SET price_book_version = price_book_version + 1;";

/// 200 events over two years, the older ones archived.
fn a_history() -> Sqlite {
    let database = ledger();
    let in_sessions_of_a_month = |id: u32| Interaction {
        session_id: format!("session-{}", id / 10),
        ..event(id, i64::from(id) * 3)
    };
    let events: Vec<_> = (0..200).map(in_sessions_of_a_month).collect();
    send(&database, &events);
    let archive = ArchiveConfig {
        retention_ms: 365 * DAY_MS,
        ..ArchiveConfig::default()
    };
    let now = || UnixMillis(START + 700 * DAY_MS);
    while block_on(archive_sessions(&database, &archive, now))
        .unwrap()
        .is_more
    {}
    database
}

fn begin(database: &Sqlite, filter: &RerateFilter) -> RerateRun {
    match block_on(begin_rerate(database, filter, "the list was wrong", ACTOR)).unwrap() {
        RerateBegun::UnderWay(run) => *run,
        other => panic!("{other:?}"),
    }
}

fn run_to_the_end(database: &impl Database, config: &RerateConfig) -> Option<RerateRun> {
    let mut last = None;
    for _ in 0..10_000 {
        match block_on(continue_rerate(database, config, || UnixMillis(NOW))) {
            Ok(Some(run)) if run.finished_at.is_some() => return Some(run),
            Ok(None) => return last,
            Ok(run) => last = run,
            Err(_) => {}
        }
    }
    panic!("it never ends")
}

fn total(database: &Sqlite) -> i64 {
    number(database, "SELECT SUM(total_cost) FROM usage_daily")
}

#[test]
fn a_corrected_book_gives_new_revisions_hot_and_archived_and_moves_every_sum() {
    let database = a_history();
    assert!(number(&database, "SELECT COUNT(*) FROM interactions_archive") > 50);
    assert!(number(&database, "SELECT COUNT(*) FROM interactions") > 50);
    database.execute_script(CORRECTION).unwrap();
    let before = total(&database);
    let (preview, is_complete) =
        block_on(preview_rerate(&database, &everything(), &config(), || {
            UnixMillis(NOW)
        }))
        .unwrap();
    assert!(is_complete);
    assert_eq!(total(&database), before, "a preview writes nothing");

    begin(&database, &everything());
    let run = run_to_the_end(&database, &config()).unwrap();
    assert_eq!(run.changes, preview, "the run does what the preview said");
    assert_eq!(run.changes.examined_count, 200);
    let grown = run.changes.total.cost_after_pico - run.changes.total.cost_before_pico;
    assert_eq!(i128::from(total(&database) - before), grown);
    for by in [
        &run.changes.by_day,
        &run.changes.by_model,
        &run.changes.by_user,
    ] {
        let sum: i128 = by
            .values()
            .map(|c| c.cost_after_pico - c.cost_before_pico)
            .sum();
        assert_eq!(sum, grown);
    }
    assert_eq!(run.changes.examples.len(), 20);
    let example = &run.changes.examples[0];
    assert_ne!(example.before.total_pico, example.after.total_pico);
    assert!(!example.after.lines().is_empty());
    crate::recount::assert_sums_are_true(&database, false);
    assert_each_is_in_one_place(&database);
    // The first estimates are as they were.
    let firsts = "SELECT COUNT(*) FROM (SELECT revision FROM cost_estimates WHERE revision = 1
        UNION ALL SELECT revision FROM cost_estimates_archive WHERE revision = 1)";
    assert_eq!(number(&database, firsts), 200);
}

#[test]
fn a_second_run_finds_nothing() {
    let database = a_history();
    database.execute_script(CORRECTION).unwrap();
    begin(&database, &everything());
    run_to_the_end(&database, &config()).unwrap();
    let before = total(&database);
    begin(&database, &everything());
    let again = run_to_the_end(&database, &config()).unwrap();
    assert_eq!(again.changes.total.interaction_count, 0);
    assert_eq!(again.changes.examined_count, 200);
    assert_eq!(total(&database), before);
    let (runs, count) = block_on(list_rerates(&database, 10, 0)).unwrap();
    assert_eq!((runs.len(), count), (2, 2));
    assert_eq!(
        number(
            &database,
            "SELECT COUNT(*) FROM admin_audit WHERE action = 'estimates.rerate'"
        ),
        2
    );
}

#[test]
fn only_what_the_filter_names_is_estimated_again() {
    let database = a_history();
    database.execute_script(CORRECTION).unwrap();
    let filter = RerateFilter {
        start_date: "2025-02-01".to_owned(),
        end_date: "2025-02-28".to_owned(),
        model: Some("model-without-price".to_owned()),
        user_id: Some("user-3".to_owned()),
        ..RerateFilter::default()
    };
    begin(&database, &filter);
    let run = run_to_the_end(&database, &config()).unwrap();
    let expected = number(
        &database,
        "SELECT COUNT(*) FROM (SELECT * FROM interactions UNION ALL SELECT * FROM interactions_archive)
         WHERE day BETWEEN '2025-02-01' AND '2025-02-28' AND model_name = 'model-without-price'",
    );
    assert!(expected > 0);
    assert_eq!(run.changes.chosen_count, expected.unsigned_abs());
    assert_eq!(
        run.changes.by_state.keys().collect::<Vec<_>>(),
        ["unpriced>priced"]
    );
    crate::recount::assert_sums_are_true(&database, false);
}

/// LibreChat's calls of Anthropic, whose figures tell no lifetime of 1,000 written tokens.
fn untold(id: u32, flag: Flag, is_long: bool) -> Interaction {
    Interaction {
        provider: "anthropic".to_owned(),
        model_name: "claude-sonnet-5".to_owned(),
        source: "langfuse",
        usage: TokenUsage {
            input: 10,
            cache_write_5m: if is_long { 0 } else { 1_000 },
            cache_write_1h: if is_long { 1_000 } else { 0 },
            ..TokenUsage::default()
        },
        reading: Flags::NONE.with(flag),
        kind: InteractionType::Chat,
        ..event(id, 700)
    }
}

const CLAUDE: &str = "
INSERT INTO prices (provider, model, resource_type, region, service_tier, min_context, schedule, rate,
  per, currency, valid_from, valid_from_basis, source, source_revision, status, observed_at, cache_ttl_s)
SELECT 'anthropic', 'claude-sonnet-5', j.value ->> 0, '', 'standard', 0, '', j.value ->> 1, 1000000,
  'USD', 0, 'assumed', 'test', 'r1', 'active', 0, 86400
FROM json_each('[[\"input\",2000000000000],[\"cache_write_5m\",2500000000000],[\"cache_write_1h\",4000000000000]]') j";

#[test]
fn a_changed_lifetime_of_cache_writes_moves_what_nothing_told_and_only_that() {
    let database = ledger();
    database.execute_script(CLAUDE).unwrap();
    let told = Interaction {
        reading: Flags::NONE,
        ..untold(3, Flag::CacheLifetimeAssumed, true)
    };
    send(
        &database,
        &[
            untold(1, Flag::CacheLifetimeAssumed, false),
            untold(2, Flag::CacheLifetimeBySetting, true),
            told,
        ],
    );
    let by_lifetime = |database: &Sqlite| {
        let sum =
            |bucket: &str| number(database, &format!("SELECT SUM({bucket}) FROM usage_daily"));
        (sum("cache_write_5m_tokens"), sum("cache_write_1h_tokens"))
    };
    assert_eq!(by_lifetime(&database), (1_000, 2_000));
    let lifetime = |word: &str| {
        let body = format!(r#"{{"source":"langfuse","lifetime":"{word}"}}"#);
        let wish = parse_cache_write_lifetime_change(body.as_bytes()).unwrap();
        block_on(change_lifetimes(&database, &wish, ACTOR)).unwrap();
    };
    for (word, expected) in [
        ("5m", (2_000, 1_000)),
        ("1h", (0, 3_000)),
        ("unknown", (2_000, 1_000)),
    ] {
        lifetime(word);
        begin(&database, &everything());
        let run = run_to_the_end(&database, &config()).unwrap();
        assert_eq!(by_lifetime(&database), expected, "{word}");
        assert!(run.changes.total.interaction_count > 0);
        crate::recount::assert_sums_are_true(&database, false);
        begin(&database, &everything());
        let again = run_to_the_end(&database, &config()).unwrap();
        assert_eq!(again.changes.total.interaction_count, 0, "{word} again");
    }
    // 1,000 written for an hour that was told, twice 1,000 for five minutes, and the input.
    assert_eq!(
        total(&database),
        4_000_000_000 + 2 * 2_500_000_000 + 3 * 20_000_000
    );
}

/// A gateway's call, with what it says that it billed.
fn through_a_gateway(id: u32, day: i64, reported: Option<i64>, flag: Option<Flag>) -> Interaction {
    Interaction {
        provider: "openrouter".to_owned(),
        model_name: "kimi".to_owned(),
        reported_cost: reported.map(PicoUsd::new),
        reading: flag.map_or(Flags::NONE, |flag| Flags::NONE.with(flag)),
        usage: TokenUsage {
            input: 1_000,
            ..TokenUsage::default()
        },
        kind: InteractionType::Chat,
        declared: None,
        ..event(id, day)
    }
}

#[test]
fn a_providers_word_counts_from_the_day_that_the_operator_says_and_is_taken_back_as_well() {
    let database = ledger();
    let gateway = CLAUDE.replace("'anthropic', 'claude-sonnet-5'", "'openrouter', 'kimi'");
    database.execute_script(&gateway).unwrap();
    send(
        &database,
        &[
            through_a_gateway(1, 10, Some(7), None),
            through_a_gateway(2, 20, Some(70), None),
            through_a_gateway(3, 20, Some(700), Some(Flag::ReportedBySender)),
            through_a_gateway(4, 20, None, None),
        ],
    );
    let estimated = 2_000_000_000;
    assert_eq!(total(&database), 4 * estimated);
    let says = |counts: &str, since: Option<i64>| {
        let since = since.map(|day| {
            let at = UnixMillis(START + day * DAY_MS);
            format!(r#","valid_from":"{}""#, reporting_days::calendar::iso(at))
        });
        let body = format!(
            r#"{{"provider":"OpenRouter","counts":"{counts}"{}}}"#,
            since.unwrap_or_default()
        );
        let wish = parse_reported_cost_change(body.as_bytes()).unwrap();
        block_on(change_reported(&database, &wish, ACTOR))
            .unwrap()
            .unwrap();
    };
    for (counts, since, expected, stated) in [
        ("provider", Some(15), 3 * estimated + 70, 1),
        ("any", Some(15), 2 * estimated + 770, 2),
        ("any", None, estimated + 777, 3),
        ("no", None, 4 * estimated, 0),
    ] {
        says(counts, since);
        begin(&database, &everything());
        let run = run_to_the_end(&database, &config()).unwrap();
        assert!(run.changes.total.interaction_count > 0, "{counts}");
        assert_eq!(total(&database), expected, "{counts} since {since:?}");
        let marked = format!(
            "SELECT COUNT(*) FROM interactions WHERE reading & {} > 0",
            Flags::NONE.with(Flag::Reported).bits()
        );
        assert_eq!(
            number(&database, &marked),
            stated,
            "{counts} since {since:?}"
        );
        crate::recount::assert_sums_are_true(&database, false);
        crate::verify::assert_sound(&database);
        begin(&database, &everything());
        let again = run_to_the_end(&database, &config()).unwrap();
        assert_eq!(again.changes.total.interaction_count, 0, "{counts} again");
    }
}

#[test]
fn while_one_run_is_under_way_another_waits_and_the_same_goes_on() {
    let database = a_history();
    let first = begin(&database, &everything());
    let same = begin(&database, &everything());
    assert_eq!(first.id, same.id);
    let other = RerateFilter {
        provider: Some("openai".to_owned()),
        ..everything()
    };
    let begun = block_on(begin_rerate(&database, &other, "", ACTOR)).unwrap();
    assert!(matches!(begun, RerateBegun::Busy(run) if run.id == first.id));
}

#[test]
fn a_full_sum_leaves_out_what_is_at_fault_and_nothing_else() {
    let database = ledger();
    let events: Vec<_> = (0..8).map(|id| event(id * 4, 1)).collect();
    send(&database, &events);
    // One session has no room for another picodollar; its own sums are what they are.
    database
        .execute_script(&format!(
            "UPDATE sessions SET total_cost = 9223372036854775807
             WHERE session_key = (SELECT session_key FROM interactions WHERE id = 'event-4');
             {CORRECTION}"
        ))
        .unwrap();
    begin(&database, &everything());
    let run = run_to_the_end(&database, &config()).unwrap();
    let full = number(
        &database,
        "SELECT COUNT(*) FROM interactions WHERE session_key =
           (SELECT session_key FROM interactions WHERE id = 'event-4')
           AND type = 'chat' OR id = 'event-4'",
    );
    assert!(run.changes.refused_count > 0 && run.changes.refused_count <= full.unsigned_abs());
    assert!(run.changes.total.interaction_count > 0);
    assert_eq!(run.changes.examined_count, 8);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn a_run_stopped_anywhere_ends_as_if_it_had_not_been(
        faults in proptest::collection::vec(fault(), 0..60),
        chunk in 1_u32..40,
    ) {
        let database = a_history();
        database.execute_script(CORRECTION).unwrap();
        let before = total(&database);
        let (preview, _) = block_on(preview_rerate(
            &database, &everything(), &config(), || UnixMillis(NOW),
        )).unwrap();
        begin(&database, &everything());
        let unreliable = Unreliable::new(&database, faults);
        let config = RerateConfig { chunk_interactions: chunk, ..config() };
        run_to_the_end(&unreliable, &config);
        let (runs, _) = block_on(list_rerates(&database, 1, 0)).unwrap();
        prop_assert!(runs[0].finished_at.is_some());
        prop_assert_eq!(&runs[0].changes, &preview);
        prop_assert_eq!(
            i128::from(total(&database) - before),
            preview.total.cost_after_pico - preview.total.cost_before_pico
        );
        crate::recount::assert_sums_are_true(&database, false);
        assert_each_is_in_one_place(&database);
    }
}
