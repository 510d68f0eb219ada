//! After a price arrives, what had none is priced by it, once, and every sum moves with it.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::interrupted::{Interrupted, block_on};
use cost_calculation::{PicoUsd, TokenUsage, Units, UnixMillis};
use events::{Interaction, InteractionStatus, InteractionType};
use ledger_core::{Database, api_keys::Actor, sqlite::Sqlite};
use ledger_keep::reprice::{
    RepriceConfig, RepricePlace, RepriceSummary,
    preview_override::{OverridePreview, preview_override},
    reprice_unpriced,
};
use ledger_record::ingest::{IngestCache, IngestContext, ingest};
use price_book::{
    mappings,
    mappings::Mapping,
    overrides::{OverrideChange, OverrideKey, change_override},
    unpriced,
    unpriced::MissingPrice,
};
use price_feeds::Rate;
use reporting_days::ReportingZone;

const DAY_MS: i64 = 86_400_000;
const NOW_MS: i64 = 1_795_392_000_000;

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
        reading: cost_calculation::Flags::NONE,
        usage_numbers: None,
        reported_cost: None,
        declared: None,
        agent: "agent-1".to_owned(),
        agent_name: None,
        user_label: None,
        declared_by: None,
        message_id: None,
        trace_id: None,
        context: None,
        status: InteractionStatus::Ok,
        error: None,
        source: "api",
        metadata: None,
    }
}

fn record<D: Database>(database: &D, cache: &mut IngestCache, events: Vec<Interaction>) {
    let context = IngestContext {
        received_at: UnixMillis(NOW_MS),
        reporting_zone: ReportingZone::UTC,
        interaction_cost_max: PicoUsd::new(10_000 * 1_000_000_000_000),
        declared_cost_max: PicoUsd::new(i64::MAX),
        new_ingest_id,
    };
    block_on(ingest(database, cache, &context, events)).unwrap();
}

fn with_events(events: Vec<Interaction>) -> Sqlite {
    let database = Sqlite::migrated().unwrap();
    record(&database, &mut IngestCache::default(), events);
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
    crate::recount::assert_sums_are_true(&database, false);
    let again = reprice(&database, Some(summary.place), &RepriceConfig::default());
    assert_eq!((again.examined_count, again.revised_count), (0, 0));
    let from_scratch = reprice(&database, None, &RepriceConfig::default());
    assert_eq!(
        from_scratch.revised_count, 0,
        "also without knowing of the first run"
    );
    crate::recount::assert_sums_are_true(&database, false);
    assert!(
        block_on(unpriced::models(
            &database,
            "2026-01-01",
            UnixMillis(NOW_MS)
        ))
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
    let open = block_on(unpriced::models(
        &database,
        "2026-01-01",
        UnixMillis(NOW_MS),
    ))
    .unwrap();
    assert_eq!(open.len(), 2);
    price(&database, "gpt-new", "output", 10);
    let second = reprice(&database, Some(first.place), &RepriceConfig::default());
    assert_eq!((second.examined_count, second.revised_count), (2, 1));
    let (found, total) = standing(&database);
    assert_eq!(
        (found, total),
        (states(&[("priced", 1), ("unpriced", 1)]), 3_000_000_000)
    );
    crate::recount::assert_sums_are_true(&database, false);
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
        crate::recount::assert_sums_are_true(&database, false);
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
    crate::recount::assert_sums_are_true(&database, false);
}

#[test]
fn an_ingest_in_flight_does_not_slip_past_a_price_that_arrives() {
    // Whatever batch of the ingest the price arrives before, the event has it, or the next
    // re-pricing gives it.
    for before in 1..=6 {
        let database = Sqlite::migrated().unwrap();
        let interrupted = Interrupted::before(&database, before, |database| {
            price(database, "gpt-new", "input", 2);
            price(database, "gpt-new", "output", 10);
            reprice(database, None, &RepriceConfig::default());
        });
        record(
            &interrupted,
            &mut IngestCache::default(),
            vec![chat(1, "gpt-new", 1)],
        );
        if interrupted.has_happened() {
            assert_eq!(
                standing(&database).0,
                states(&[("priced", 1)]),
                "before batch {before}"
            );
        }
        crate::recount::assert_sums_are_true(&database, false);
    }
}

#[test]
fn a_price_that_moves_while_a_chunk_is_priced_is_not_missed() {
    for before in 1..=5 {
        let database = with_events(vec![chat(1, "gpt-new", 1)]);
        price(&database, "gpt-new", "input", 2);
        let interrupted = Interrupted::before(&database, before, |database| {
            price(database, "gpt-new", "output", 10);
        });
        let summary = reprice(&interrupted, None, &RepriceConfig::default());
        let next = reprice(&database, Some(summary.place), &RepriceConfig::default());
        if interrupted.has_happened() {
            let (found, total) = standing(&database);
            assert_eq!(
                (found, total),
                (states(&[("priced", 1)]), 3_000_000_000),
                "{before} {next:?}"
            );
        }
        crate::recount::assert_sums_are_true(&database, false);
    }
}

/// What a price from a moment on would change.
fn preview<D: Database>(
    database: &D,
    (provider, model, resource): (&str, &str, &str),
    dollars: i64,
    per: i64,
    valid_from: i64,
) -> OverridePreview {
    let key = OverrideKey {
        provider: provider.to_owned(),
        model: model.to_owned(),
        resource_type: resource.to_owned(),
        ..OverrideKey::default()
    };
    let change = OverrideChange::Set {
        rate: Rate {
            rate_pico: dollars * 1_000_000_000_000,
            per,
        },
        valid_from: UnixMillis(valid_from),
        valid_to: None,
    };
    let config = RepriceConfig::default();
    let first_day = ReportingZone::UTC.day(UnixMillis(NOW_MS - config.window_ms));
    let preview = preview_override(
        database,
        &key,
        change,
        &first_day,
        UnixMillis(NOW_MS),
        &config,
    );
    block_on(preview).unwrap()
}

/// Every row that a price or an estimate is in.
fn written(database: &Sqlite) -> Vec<i64> {
    let tables = [
        "prices",
        "price_quotes",
        "cost_estimates",
        "admin_audit",
        "job_runs",
    ];
    database.with_connection(|connection| {
        let count = |table: &str| {
            let sql = format!("SELECT COUNT(*) FROM {table}");
            connection.query_row(&sql, [], |row| row.get(0)).unwrap()
        };
        let version = "SELECT price_book_version FROM ledger_state";
        let version = connection.query_row(version, [], |row| row.get(0)).unwrap();
        tables
            .iter()
            .map(|table| count(table))
            .chain([version])
            .collect()
    })
}

#[test]
fn a_trial_of_an_override_says_what_the_real_one_changes_and_writes_nothing() {
    let events: Vec<_> = (0..12)
        .map(|number| chat(number, "gpt-new", number % 5))
        .chain([chat(1, "gpt-other", 1), chat(2, "gpt-new", 40)])
        .collect();
    let database = with_events(events);
    price(&database, "gpt-new", "input", 2);
    reprice(&database, None, &RepriceConfig::default());
    let before = written(&database);
    let key = ("openai", "gpt-new", "output");
    let trial = preview(&database, key, 10, 1_000_000, NOW_MS);
    assert_eq!(written(&database), before);
    assert_eq!(
        (trial.changes.open.len(), trial.changes.close.len()),
        (1, 0)
    );
    let found = &trial.reestimates;
    assert_eq!((found.interaction_count, found.priced_count), (12, 12));
    assert!(found.is_complete);
    assert_eq!(
        found.cost_before.0,
        12 * 2_000_000_000,
        "1,000 × $2 / M each"
    );
    assert_eq!(found.cost_after.0, 12 * 3_000_000_000, "and 100 × $10 / M");
    let months: Vec<_> = found
        .months
        .iter()
        .map(|(month, (n, _))| (month.as_str(), *n))
        .collect();
    assert_eq!(months, [("2026-11", 12)]);
    assert_eq!(found.examples.len(), 12);
    // The real one does what the trial said.
    price(&database, "gpt-new", "output", 10);
    let summary = reprice(&database, None, &RepriceConfig::default());
    assert_eq!(summary.revised_count, found.interaction_count);
    assert_eq!(i128::from(standing(&database).1), found.cost_after.0);
    // What is priced whole keeps its estimate: another price changes none.
    let dearer = preview(&database, key, 20, 1_000_000, 1);
    assert_eq!(dearer.changes.close.len(), 1);
    assert_eq!(dearer.reestimates.interaction_count, 0);
}

/// A call of a tool, which names neither provider nor model.
fn tool_call(number: i64) -> Interaction {
    Interaction {
        kind: InteractionType::Api,
        provider: String::new(),
        model_name: String::new(),
        usage: TokenUsage::default(),
        units: Units {
            calls: [("tool:search".to_owned(), 3)].into(),
            ..Units::default()
        },
        ..chat(number, "tool", 1)
    }
}

/// An operation of a database that is not the installation's own.
fn database_call(number: i64, provider: &str, model: &str) -> Interaction {
    Interaction {
        kind: InteractionType::Db,
        provider: provider.to_owned(),
        model_name: model.to_owned(),
        usage: TokenUsage::default(),
        units: Units {
            operations: 2,
            ..Units::default()
        },
        ..chat(number, "db", 1)
    }
}

#[test]
fn every_unpriced_line_names_the_key_under_which_a_price_reaches_it() {
    let at_endpoint = Interaction {
        endpoint: Some("Acme vLLM".to_owned()),
        ..chat(3, "acme-llama", 1)
    };
    let at_a_tier = Interaction {
        service_tier: Some("flex".to_owned()),
        ..chat(4, "gpt-tier", 1)
    };
    let of_nobody = Interaction {
        provider: String::new(),
        ..chat(6, "house-model", 1)
    };
    let in_a_region = Interaction {
        provider: "bedrock".to_owned(),
        ..chat(7, "eu.acme.model-v1:0", 1)
    };
    let events = vec![
        chat(1, "gpt-new", 1),
        tool_call(2),
        at_endpoint,
        at_a_tier,
        database_call(5, "mongodb", ""),
        of_nobody,
        in_a_region,
        database_call(8, "", "MongoDB-Atlas"),
    ];
    let count = i64::try_from(events.len()).unwrap();
    let database = with_events(events);
    price(&database, "gpt-tier", "input", 1);
    price(&database, "gpt-tier", "output", 1);
    let open = block_on(unpriced::models(
        &database,
        "2026-01-01",
        UnixMillis(NOW_MS),
    ))
    .unwrap();
    let mut missing: Vec<MissingPrice> = open.into_iter().flat_map(|model| model.missing).collect();
    missing.sort();
    let keys: Vec<_> = missing
        .iter()
        .map(|key| {
            (
                key.provider.as_str(),
                key.model.as_str(),
                key.resource_type.as_str(),
                key.service_tier.as_str(),
            )
        })
        .collect();
    assert_eq!(
        keys,
        [
            ("aws", "acme.model-v1:0", "input", "standard"),
            ("aws", "acme.model-v1:0", "output", "standard"),
            ("endpoint:acme vllm", "acme-llama", "input", "standard",),
            ("endpoint:acme vllm", "acme-llama", "output", "standard",),
            ("mongodb", "", "operations", "standard"),
            ("openai", "gpt-new", "input", "standard"),
            ("openai", "gpt-new", "output", "standard"),
            ("openai", "gpt-tier", "input", "flex"),
            ("openai", "gpt-tier", "output", "flex"),
            ("tool", "", "tool:search", "standard"),
            ("unknown", "house-model", "input", "standard"),
            ("unknown", "house-model", "output", "standard"),
            ("unknown", "mongodb-atlas", "operations", "standard"),
        ]
    );
    // One step: each key, priced as it is named, and nothing is unpriced any more.
    for key in &missing {
        let key_of_override = OverrideKey {
            provider: key.provider.clone(),
            model: key.model.clone(),
            resource_type: key.resource_type.clone(),
            service_tier: key.service_tier.clone(),
            ..OverrideKey::default()
        };
        let change = OverrideChange::Set {
            rate: Rate {
                rate_pico: 1_000_000_000_000,
                per: key.per,
            },
            valid_from: UnixMillis(1),
            valid_to: None,
        };
        let actor = Actor {
            key_id: "pk-admin",
            at: NOW_MS,
        };
        block_on(change_override(
            &database,
            actor,
            &key_of_override,
            change,
            "known now",
        ))
        .unwrap();
    }
    reprice(&database, None, &RepriceConfig::default());
    assert_eq!(standing(&database).0, states(&[("priced", count)]));
    let open = block_on(unpriced::models(
        &database,
        "2026-01-01",
        UnixMillis(NOW_MS),
    ))
    .unwrap();
    assert_eq!(open, []);
    crate::recount::assert_sums_are_true(&database, false);
}

#[test]
fn a_full_sum_leaves_out_what_it_has_no_room_for_and_a_finding_names_it() {
    let events: Vec<_> = (0..40)
        .map(|number| chat(number, "gpt-new", number % 5))
        .collect();
    let database = with_events(events);
    price(&database, "gpt-new", "input", 2);
    price(&database, "gpt-new", "output", 10);
    // One day's sum by agent has room for three of its eight, each of 0.003 USD.
    let day = ReportingZone::UTC.day(UnixMillis(NOW_MS - 2 * DAY_MS));
    database
        .execute_script(&format!(
            "UPDATE daily_agent_stats SET total_cost = {} WHERE day = '{day}'",
            i64::MAX - 3 * 3_000_000_000
        ))
        .unwrap();
    let summary = reprice(&database, None, &RepriceConfig::default());
    assert_eq!(
        (
            summary.examined_count,
            summary.revised_count,
            summary.refused_count
        ),
        (40, 35, 5)
    );
    assert!(summary.place.is_done, "what lies behind it gets its price");
    assert_eq!(
        standing(&database),
        (
            states(&[("priced", 35), ("unpriced", 5)]),
            35 * 3_000_000_000
        )
    );
    let findings = || -> (String, String) {
        database.with_connection(|connection| {
            connection
                .query_row(
                    "SELECT subject, found FROM integrity_findings
                     WHERE check_name = 'sum_has_room' AND correction IS NULL",
                    [],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .unwrap()
        })
    };
    let (subject, found) = findings();
    assert!(
        subject.contains(r#""job":"reprice""#) && subject.contains(r#""count":5"#),
        "{subject}"
    );
    assert!(found.contains("daily_agent_stats.total_cost"), "{found}");
    // Again from the beginning: the same stays as it was, and is said once.
    let again = reprice(&database, None, &RepriceConfig::default());
    assert_eq!((again.revised_count, again.refused_count), (0, 5));
    findings();
    // With room again, they are priced.
    database
        .execute_script(&format!(
            "UPDATE daily_agent_stats SET total_cost = 3 * 3000000000 WHERE day = '{day}'"
        ))
        .unwrap();
    assert_eq!(
        reprice(&database, None, &RepriceConfig::default()).revised_count,
        5
    );
    crate::recount::assert_sums_are_true(&database, false);
}
