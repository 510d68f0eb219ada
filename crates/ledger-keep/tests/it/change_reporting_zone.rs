//! A change of the reporting time zone makes the ledger that the new zone would have made.

use std::collections::BTreeMap;

use crate::history::{
    DAY_MS, Fault, START, Unreliable, assert_each_is_in_one_place, event, fault, ledger,
    new_ingest_id, number,
};
use crate::interrupted::Interrupted;
use cost_calculation::{PicoUsd, UnixMillis};
use events::{Interaction, SessionMark};
use futures_executor::block_on;
use ledger_core::{Database, api_keys::Actor, record_error::RecordError, sqlite::Sqlite};
use ledger_keep::{
    archive::{ArchiveConfig, archive_sessions},
    change_reporting_zone::{
        ZoneChange, ZoneChangeBegun, ZoneChangeConfig, begin_zone_change, continue_zone_change,
        newest_zone_change,
    },
    verify::{VerifyConfig, verify_slices},
};
use ledger_record::{
    ingest::{IngestCache, IngestContext, ingest},
    session_mark::record_session_mark,
};
use proptest::prelude::*;
use reporting_days::ReportingZone;

const ZONES: [&str; 6] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Pacific/Auckland",
    "Pacific/Honolulu",
];
const ACTOR: Actor<'_> = Actor {
    key_id: "pk-tt-admin",
    at: START,
};
const NOW: UnixMillis = UnixMillis(START + 1_000 * DAY_MS);

fn zone(name: &str) -> ReportingZone {
    ReportingZone::named(name).expect("an IANA name")
}

fn ledger_of(zone: &str) -> Sqlite {
    let database = ledger();
    database
        .execute_script(&format!(
            "UPDATE ledger_state SET reporting_time_zone = '{zone}'"
        ))
        .unwrap();
    database
}

fn send_in(database: &Sqlite, zone_name: &str, events: &[Interaction]) -> Result<(), String> {
    let context = IngestContext {
        received_at: NOW,
        reporting_zone: zone(zone_name),
        interaction_cost_max: PicoUsd::new(10_000 * 1_000_000_000_000),
        declared_cost_max: PicoUsd::new(i64::MAX),
        new_ingest_id,
    };
    block_on(ingest(
        database,
        &mut IngestCache::default(),
        &context,
        events.to_vec(),
    ))
    .map(|_| ())
    .map_err(|error| error.to_string())
}

/// Marks the start of a session of its own, at an hour of the day that zones disagree about.
fn mark_in(database: &Sqlite, zone_name: &str, number: u32) {
    let mark = SessionMark {
        session_id: format!("marked-{number}"),
        tenant_id: String::new(),
        user_id: format!("user-{}", number % 4),
        timestamp: UnixMillis(START + i64::from(number) * 5 * 3_600_000),
        is_end: false,
    };
    block_on(record_session_mark(
        database,
        &mark,
        new_ingest_id(),
        zone(zone_name),
    ))
    .expect("is recorded");
}

fn archive(database: &Sqlite, day: i64) {
    let config = ArchiveConfig::default();
    let now = || UnixMillis(START + day * DAY_MS);
    while block_on(archive_sessions(database, &config, now))
        .unwrap()
        .is_more
    {}
}

fn begin(database: &impl Database, zone_name: &str) -> ZoneChangeBegun {
    loop {
        if let Ok(begun) = block_on(begin_zone_change(database, zone(zone_name), ACTOR)) {
            return begun;
        }
    }
}

fn small(chunk_rows: u32, chunks_max: u32) -> ZoneChangeConfig {
    ZoneChangeConfig {
        chunk_rows,
        chunks_max,
        ..ZoneChangeConfig::default()
    }
}

/// Goes on until the change is done; as cron does, a run that fails is run again.
fn change_all(database: &impl Database, config: &ZoneChangeConfig) -> ZoneChange {
    for _ in 0..10_000 {
        let Ok(change) = block_on(continue_zone_change(database, config, || NOW)) else {
            continue;
        };
        let change = change.expect("there is one");
        if change.finished_at.is_some() {
            return change;
        }
    }
    panic!("the change never came to an end");
}

/// Everything that depends on days, as text.
fn days_of(database: &Sqlite) -> BTreeMap<&'static str, Vec<String>> {
    let read = |sql: &str| -> Vec<String> {
        database.with_connection(|connection| {
            let mut select = connection.prepare(sql).unwrap();
            let columns = select.column_count();
            let rows = select.query_map([], |row| {
                (0..columns)
                    .map(|at| Ok(format!("{:?}", row.get_ref(at)?)))
                    .collect::<Result<Vec<_>, rusqlite::Error>>()
                    .map(|cells| cells.join(" "))
            });
            let mut rows: Vec<String> = rows.unwrap().map(Result::unwrap).collect();
            rows.sort_unstable();
            rows
        })
    };
    [
        ("usage_daily", "SELECT * FROM usage_daily"),
        ("daily_stats", "SELECT * FROM daily_stats"),
        ("daily_model_stats", "SELECT * FROM daily_model_stats"),
        ("daily_user_slices", "SELECT * FROM daily_user_slices"),
        (
            "daily_agent_model_stats",
            "SELECT * FROM daily_agent_model_stats",
        ),
        (
            "latency_daily",
            "SELECT d.day, d.provider, d.model, 0, j.key, j.value
             FROM latency_daily d, json_each(d.duration_counts) j
             UNION ALL SELECT d.day, d.provider, d.model, 1, j.key, j.value
             FROM latency_daily d, json_each(d.first_token_counts) j",
        ),
        ("session_days", "SELECT * FROM session_days"),
        ("weekly_stats", "SELECT * FROM weekly_stats"),
        (
            "latency_weekly",
            "SELECT w.week, w.provider, w.model, 0, j.key, j.value
             FROM latency_weekly w, json_each(w.duration_counts) j
             UNION ALL SELECT w.week, w.provider, w.model, 1, j.key, j.value
             FROM latency_weekly w, json_each(w.first_token_counts) j",
        ),
        (
            "session_gaps",
            "SELECT * FROM session_gaps WHERE session_count <> 0",
        ),
        ("user_gaps", "SELECT * FROM user_gaps WHERE user_count <> 0"),
        (
            "interactions",
            "SELECT id, day FROM interactions UNION ALL SELECT id, day FROM interactions_archive",
        ),
    ]
    .map(|(name, sql)| (name, read(sql)))
    .into()
}

fn assert_same_days(changed: &Sqlite, made: &Sqlite) {
    let (changed, made) = (days_of(changed), days_of(made));
    for (table, rows) in &made {
        assert_eq!(&changed[table], rows, "{table}");
    }
}

fn assert_sound(database: &Sqlite) {
    crate::recount::assert_sums_are_true(database, true);
    assert_each_is_in_one_place(database);
    let config = VerifyConfig {
        slices_max: u32::MAX,
        statements_max: u32::MAX,
        time_ms_max: i64::MAX,
    };
    let summary = block_on(verify_slices(database, &config, || NOW)).unwrap();
    assert!(summary.is_pass_finished);
    assert_eq!(summary.finding_count, 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 2, failure_persistence: None, ..ProptestConfig::default() })]

    /// Events before and during the change, archived or not, the change stopped anywhere.
    #[test]
    fn a_changed_ledger_is_the_one_that_the_new_zone_would_have_made(
        before in prop::collection::vec((0_u32..200, 0_i64..800), 0..60),
        during in prop::collection::vec((200_u32..260, 0_i64..800), 0..20),
        marks in prop::collection::vec(0_u32..300, 0..6),
        zones in (0_usize..6, 0_usize..6),
        archived_on in prop::option::of(300_i64..1_100),
        faults in prop::collection::vec(fault(), 0..20),
        chunk_rows in 1_u32..30,
    ) {
        let (from, to) = (ZONES[zones.0], ZONES[zones.1]);
        let of = |list: &[(u32, i64)]| list.iter().map(|(id, day)| event(*id, *day)).collect::<Vec<_>>();
        let (before, during) = (of(&before), of(&during));
        let made = ledger_of(to);
        send_in(&made, to, &before).unwrap();
        for number in &marks {
            mark_in(&made, to, *number);
        }
        if let Some(day) = archived_on {
            archive(&made, day);
        }
        send_in(&made, to, &during).unwrap();

        let changed = ledger_of(from);
        send_in(&changed, from, &before).unwrap();
        for number in &marks {
            mark_in(&changed, from, *number);
        }
        let unreliable = Unreliable::new(&changed, faults);
        let begun = begin(&unreliable, to);
        if from == to {
            prop_assert_eq!(begun, ZoneChangeBegun::AlreadyThere);
        } else {
            prop_assert!(matches!(begun, ZoneChangeBegun::UnderWay(_)));
            // Some of it, then the rest, with archival and events in between.
            let _ = block_on(continue_zone_change(&unreliable, &small(chunk_rows, 2), || NOW));
            crate::recount::assert_sums_are_true(&changed, true);
        }
        if let Some(day) = archived_on {
            archive(&changed, day);
        }
        send_in(&changed, to, &during).unwrap();
        if from != to {
            let change = change_all(&unreliable, &small(chunk_rows, 3));
            prop_assert_eq!(change.from_zone, from);
            prop_assert_eq!(change.to_zone, to);
        }
        assert_same_days(&changed, &made);
        assert_sound(&changed);
    }
}

fn forty() -> Vec<Interaction> {
    (0..40).map(|id| event(id, i64::from(id) * 17)).collect()
}

#[test]
fn every_single_place_to_stop_is_survived() {
    let made = ledger_of("Pacific/Auckland");
    send_in(&made, "Pacific/Auckland", &forty()).unwrap();
    let changed = |faults| {
        let database = ledger_of("UTC");
        send_in(&database, "UTC", &forty()).unwrap();
        let unreliable = Unreliable::new(&database, faults);
        begin(&unreliable, "Pacific/Auckland");
        change_all(&unreliable, &small(15, 100));
        let batches = unreliable.batches.get();
        (database, batches)
    };
    let (_, batches) = changed(Vec::new());
    assert!(batches > 10, "{batches}");
    for batch in 0..batches {
        for place in (0..16)
            .map(Fault::Within)
            .chain([Fault::Before, Fault::After])
        {
            let mut faults = vec![Fault::None; batch];
            faults.push(place);
            let (database, _) = changed(faults);
            assert_same_days(&database, &made);
            let audited = "SELECT COUNT(*) FROM admin_audit";
            assert_eq!(number(&database, audited), 1);
        }
    }
}

#[test]
fn a_worker_of_the_old_zone_is_refused_from_the_beginning_and_one_of_the_new_writes() {
    let database = ledger_of("UTC");
    send_in(&database, "UTC", &forty()).unwrap();
    begin(&database, "Europe/Berlin");
    let later = [event(300, 5)];
    let refusal = send_in(&database, "UTC", &later).unwrap_err();
    let expected = RecordError::ZoneMismatch {
        found: "Europe/Berlin".to_owned(),
        expected: "UTC".to_owned(),
    };
    assert!(refusal.contains(&expected.to_string()), "{refusal}");
    let mark = SessionMark {
        session_id: later[0].session_id.clone(),
        tenant_id: String::new(),
        user_id: "user-9".to_owned(),
        timestamp: UnixMillis(START),
        is_end: false,
    };
    let before = days_of(&database);
    let marked = block_on(record_session_mark(&database, &mark, 1, ReportingZone::UTC));
    assert_eq!(marked, Err(expected));
    assert_eq!(days_of(&database), before);
    assert_eq!(
        number(
            &database,
            "SELECT COUNT(*) FROM users WHERE user_id = 'user-9'"
        ),
        0
    );
    send_in(&database, "Europe/Berlin", &later).unwrap();
    crate::recount::assert_sums_are_true(&database, false);
}

#[test]
fn a_change_turns_to_another_zone_midway_and_back() {
    let database = ledger_of("UTC");
    send_in(&database, "UTC", &forty()).unwrap();
    let before = days_of(&database);
    begin(&database, "Asia/Kathmandu");
    block_on(continue_zone_change(&database, &small(10, 2), || NOW)).unwrap();
    begin(&database, "Pacific/Honolulu");
    block_on(continue_zone_change(&database, &small(10, 3), || NOW)).unwrap();
    begin(&database, "UTC");
    let change = change_all(&database, &small(10, 100));
    assert_eq!(change.checked_count, 40);
    let after = days_of(&database);
    for (table, rows) in &before {
        assert_eq!(&after[table], rows, "{table}");
    }
    assert_sound(&database);
    assert_eq!(begin(&database, "UTC"), ZoneChangeBegun::AlreadyThere);
}

#[test]
fn a_run_keeps_to_its_chunks_and_its_time_and_says_how_far_it_is() {
    let database = ledger_of("UTC");
    send_in(&database, "UTC", &forty()).unwrap();
    assert_eq!(block_on(newest_zone_change(&database)).unwrap(), None);
    begin(&database, "Pacific/Auckland");
    let change = block_on(continue_zone_change(&database, &small(10, 1), || NOW));
    let change = change.unwrap().unwrap();
    assert_eq!((change.checked_count, change.finished_at), (10, None));
    let hurried = ZoneChangeConfig {
        time_ms_max: 0,
        ..small(10, 100)
    };
    let change = block_on(continue_zone_change(&database, &hurried, || NOW));
    assert_eq!(change.unwrap().unwrap().checked_count, 20);
    let change = change_all(&database, &ZoneChangeConfig::default());
    assert_eq!(
        (change.checked_count, change.finished_at),
        (40, Some(NOW.0))
    );
    assert!(change.moved_count > 10, "{change:?}");
}

#[test]
fn another_schema_is_named_and_nothing_begins() {
    let database = ledger_of("UTC");
    database
        .execute_script("UPDATE ledger_state SET schema_version = 99")
        .unwrap();
    assert_eq!(
        begin(&database, "Europe/Berlin"),
        ZoneChangeBegun::SchemaMismatch { found: 99 }
    );
    assert_eq!(number(&database, "SELECT COUNT(*) FROM zone_changes"), 0);
}

#[test]
fn a_zone_that_changes_during_a_verification_is_no_finding() {
    let events: Vec<Interaction> = (0..24).map(|id| event(id, i64::from(id) * 3)).collect();
    let to = "America/New_York";
    let made = ledger_of(to);
    send_in(&made, to, &events).unwrap();
    let config = VerifyConfig {
        statements_max: u32::MAX,
        ..VerifyConfig::default()
    };
    // The change is over, or has just begun, when the verification writes again.
    for chunks in [u32::MAX, 1] {
        for before in 2.. {
            let database = ledger_of("UTC");
            send_in(&database, "UTC", &events).unwrap();
            let interrupted = Interrupted::before(&database, before, |database| {
                begin(database, to);
                block_on(continue_zone_change(database, &small(5, chunks), || NOW)).unwrap();
            });
            crate::interrupted::block_on(verify_slices(&interrupted, &config, || NOW)).unwrap();
            if !interrupted.has_happened() {
                break;
            }
            change_all(&database, &small(5, u32::MAX));
            while !block_on(verify_slices(&database, &config, || NOW))
                .unwrap()
                .is_pass_finished
            {}
            let findings = number(&database, "SELECT COUNT(*) FROM integrity_findings");
            assert_eq!(findings, 0, "before batch {before}");
            assert_same_days(&database, &made);
        }
    }
}

#[test]
fn a_full_sum_keeps_one_interaction_on_its_day_and_nothing_else() {
    let database = ledger_of("UTC");
    let events: Vec<_> = (0..96).map(|id| event(id, i64::from(id / 24))).collect();
    send_in(&database, "UTC", &events).unwrap();
    // In Auckland what came after 11:00 is of the next day: the last day begins with no sums.
    let day = zone("Pacific/Auckland").day(UnixMillis(START + 3 * DAY_MS + 20 * 3_600_000));
    let full = events.iter().filter(|event| {
        zone("Pacific/Auckland").day(event.timestamp) == day && event.model_name == "gpt-5-mini"
    });
    let full: Vec<_> = full.collect();
    assert!(full.len() > 3);
    database
        .execute_script(&format!(
            "INSERT INTO daily_model_stats SELECT '{day}', provider, model, type, {}
             FROM daily_model_stats WHERE model = 'gpt-5-mini' AND type = 'chat' LIMIT 1",
            ledger_core::rollup::MEASURES
                .map(|measure| if measure == "total_cost" {
                    i64::MAX.to_string()
                } else {
                    "0".to_owned()
                })
                .join(", ")
        ))
        .unwrap();
    begin(&database, "Pacific/Auckland");
    let change = change_all(&database, &small(50, 500));
    assert!(change.finished_at.is_some());
    assert_eq!(change.checked_count, 96);
    let misdated = || {
        let kept: Vec<(i64, String)> = database.with_connection(|connection| {
            connection
                .prepare("SELECT timestamp, day FROM interactions WHERE model_name = 'gpt-5-mini'")
                .and_then(|mut rows| {
                    rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                        .collect()
                })
                .unwrap()
        });
        let is_misdated =
            |(at, day): &&(i64, String)| zone("Pacific/Auckland").day(UnixMillis(*at)) != *day;
        kept.iter().filter(is_misdated).count()
    };
    let left = misdated();
    let priced = full
        .iter()
        .filter(|event| event.kind == events::InteractionType::Chat);
    assert_eq!(left, priced.count());
    assert_eq!(
        number(
            &database,
            "SELECT COUNT(*) FROM integrity_findings WHERE check_name = 'sum_has_room'"
        ),
        i64::try_from(left).unwrap()
    );
    // Each counts in the day that it carries; once there is room, a verification sets the day.
    database
        .execute_script(&format!(
            "DELETE FROM daily_model_stats WHERE day = '{day}' AND model = 'gpt-5-mini' AND type = 'chat'"
        ))
        .unwrap();
    crate::recount::assert_sums_are_true(&database, false);
    let config = VerifyConfig::default();
    while !block_on(verify_slices(&database, &config, || NOW))
        .unwrap()
        .is_pass_finished
    {}
    assert_eq!(misdated(), 0);
    crate::recount::assert_sums_are_true(&database, false);
}
