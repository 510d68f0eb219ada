//! Sums near the limits of 64 bits: whatever moves them leaves each exact, or refuses the move whole.

use std::collections::BTreeMap;

use crate::history::{DAY_MS, START, event, ledger, new_ingest_id, number};
use cost_calculation::{Component, Declared, PicoUsd, TokenUsage, UnixMillis};
use events::{Interaction, InteractionType};
use futures_executor::block_on;
use ledger_core::{
    Database, DatabaseError, Statement,
    api_keys::Actor,
    rollup::{MEASURES, ROLLUPS, move_by},
    sqlite::Sqlite,
};
use ledger_keep::{
    change_reporting_zone::{ZoneChangeConfig, begin_zone_change, continue_zone_change},
    verify::{VerifyConfig, verify_slices},
};
use ledger_record::ingest::{Answer, IngestCache, IngestContext, ingest};
use proptest::prelude::*;
use reporting_days::ReportingZone;

/// Every table that a move reaches, and what of the cube's key its rows are known by.
fn tables() -> Vec<(&'static str, Vec<&'static str>)> {
    let of_rollups = ROLLUPS.map(|(table, key)| (table, key.split(", ").collect()));
    let mut tables: Vec<_> = of_rollups.into_iter().collect();
    tables.push(("weekly_stats", vec!["week", "user_key"]));
    tables.push((
        "daily_user_slices",
        vec!["dimension", "value", "user_key", "day", "provider"],
    ));
    tables
}

/// A move of one cell: its day, user, model, and by how much each measure moves.
type Move = (u8, u8, u8, Vec<i64>);

fn amount() -> impl Strategy<Value = i64> {
    prop_oneof![
        3 => -3_i64..4,
        2 => (0_i64..4).prop_map(|less| i64::MAX - less),
        2 => (0_i64..4).prop_map(|more| i64::MIN + more),
        2 => (-1_000_i64..1_000).prop_map(|by| (1 << 62) + by),
        2 => (-1_000_i64..1_000).prop_map(|by| -(1 << 62) + by),
        1 => any::<i64>(),
    ]
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = (
        0_u8..9,
        0_u8..2,
        0_u8..2,
        proptest::collection::vec(amount(), 2),
    );
    proptest::collection::vec(one, 1..14)
}

/// All sums of a table, each with its key, read without any arithmetic.
fn sums(database: &Sqlite, table: &str, key: &[&str]) -> BTreeMap<String, Vec<i64>> {
    let sql = format!(
        "SELECT json_array({}), json_array({}) FROM {table}",
        key.join(", "),
        MEASURES.join(", ")
    );
    database.with_connection(|connection| {
        let mut select = connection.prepare(&sql).unwrap();
        let rows = select.query_map([], |row| {
            let (key, sums): (String, String) = (row.get(0)?, row.get(1)?);
            Ok((key, serde_json::from_str(&sums).unwrap()))
        });
        rows.unwrap().collect::<Result<_, _>>().unwrap()
    })
}

/// The keys that a move has in a table, as [`sums`] writes them.
fn keys_of(key: &[&str], (day, user, model, _): &Move) -> Vec<String> {
    let day = usize::from(*day);
    // Nine days from a Monday: two weeks.
    let date = format!("2024-11-{:02}", 11 + day);
    let week = if day < 7 { "2024-11-11" } else { "2024-11-18" };
    let slices = [
        ("model", format!("m{model}"), "p"),
        ("provider", "p".to_owned(), ""),
        ("agent", "a".to_owned(), ""),
    ];
    let dimensions: Vec<_> = if key.contains(&"dimension") {
        slices.into_iter().map(Some).collect()
    } else {
        vec![None]
    };
    let of = |slice: Option<(&str, String, &str)>| {
        let values = key.iter().map(|column| match *column {
            "day" => serde_json::json!(date),
            "week" => serde_json::json!(week),
            "user_key" => serde_json::json!(user),
            "model" => serde_json::json!(format!("m{model}")),
            "agent" => serde_json::json!("a"),
            "type" => serde_json::json!("chat"),
            "dimension" => serde_json::json!(slice.as_ref().map(|slice| slice.0)),
            "value" => serde_json::json!(slice.as_ref().map(|slice| &slice.1)),
            _ => serde_json::json!(slice.as_ref().map_or("p", |slice| slice.2)),
        });
        serde_json::Value::Array(values.collect()).to_string()
    };
    dimensions.into_iter().map(of).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// In every table, for the first and the last measure: exact, or refused with nothing moved.
    #[test]
    fn a_move_of_any_sum_is_exact_or_refused_whole(moves in moves()) {
        let database = Sqlite::migrated().unwrap();
        let tables = tables();
        let measured = ["total_cost", "cache_savings"];
        let places = measured.map(|name| MEASURES.iter().position(|one| *one == name).unwrap());
        let mut expected: BTreeMap<(&str, String), [i128; 2]> = BTreeMap::new();
        for one in &moves {
            let (day, user, model, by) = one;
            let values = MEASURES.map(|measure| {
                let at = measured.iter().position(|name| *name == measure);
                let value = at.map_or(0, |at| by[at]);
                // SQLite reads the smallest integer as a real number where it is written out.
                format!("{} AS {measure}", if value == i64::MIN { "(-9223372036854775807 - 1)".to_owned() } else { value.to_string() })
            });
            let delta = format!(
                "SELECT '2024-11-{:02}' AS day, {user} AS user_key, 'p' AS provider, 'm{model}' AS model,
                   'a' AS agent, 'chat' AS type, {}",
                11 + day,
                values.join(", ")
            );
            let mut after = expected.clone();
            for (table, key) in &tables {
                for key in keys_of(key, one) {
                    let sums = after.entry((table, key)).or_default();
                    sums[0] += i128::from(by[0]);
                    sums[1] += i128::from(by[1]);
                }
            }
            let fits = after.values().flatten().all(|sum| i64::try_from(*sum).is_ok());
            match block_on(database.batch(&[Statement::new(move_by(&delta))])) {
                Ok(_) => {
                    prop_assert!(fits, "{one:?} leaves 64 bits and was taken");
                    expected = after;
                }
                Err(DatabaseError::Constraint(_)) => prop_assert!(!fits, "{one:?} fits"),
                Err(error) => prop_assert!(false, "{error}"),
            }
            for (table, key) in &tables {
                let kept: BTreeMap<(&str, String), [i128; 2]> = sums(&database, table, key)
                    .into_iter()
                    .map(|(key, sums)| ((*table, key), places.map(|at| i128::from(sums[at]))))
                    .collect();
                let of_table: BTreeMap<_, _> =
                    expected.iter().filter(|((of, _), _)| of == table).map(|(key, sums)| (key.clone(), *sums)).collect();
                prop_assert_eq!(kept, of_table);
            }
        }
    }

    /// Through the ledger: what was taken is in every sum to the last picodollar, sessions and weeks
    /// included, and stays so in another zone and after a verification, which finds nothing.
    #[test]
    fn events_of_any_size_leave_every_sum_exact(
        amounts in proptest::collection::vec(prop_oneof![
            Just(i64::MAX), Just(1_i64), (0_i64..5_000).prop_map(|by| (1 << 62) - 2_500 + by), 0_i64..i64::MAX,
        ], 1..16),
        spread in proptest::collection::vec((0_u32..3, 0_u32..3, 0_i64..9), 16),
    ) {
        let database = ledger();
        let events: Vec<Interaction> = amounts.iter().zip(&spread).zip(0_u32..).map(|((amount, (session, user, day)), id)| {
            let mut event = event(id, *day);
            event.kind = InteractionType::CostEvent;
            event.session_id = format!("session-{session}");
            event.user_id = format!("user-{user}");
            event.usage = TokenUsage::default();
            event.declared = Some(Declared { component: Component::DbOps, amount: PicoUsd::new(*amount) });
            event
        }).collect();
        let context = IngestContext {
            received_at: UnixMillis(START + 1_000 * DAY_MS),
            reporting_zone: ReportingZone::UTC,
            interaction_cost_max: PicoUsd::new(i64::MAX),
            declared_cost_max: PicoUsd::new(i64::MAX),
            new_ingest_id,
        };
        let mut accepted = 0;
        for chunk in events.chunks(5) {
            let answers = block_on(ingest(&database, &mut IngestCache::default(), &context, chunk.to_vec())).unwrap();
            accepted += answers.iter().filter(|answer| matches!(answer, Answer::Accepted(_))).count();
        }
        prop_assert!(accepted > 0);
        prop_assert_eq!(number(&database, "SELECT COUNT(*) FROM interactions"), i64::try_from(accepted).unwrap());
        crate::recount::assert_sums_are_true(&database, true);
        let now = || UnixMillis(START + 1_000 * DAY_MS);
        let verified = block_on(verify_slices(&database, &VerifyConfig::default(), now)).unwrap();
        prop_assert_eq!(verified.finding_count, 0);
        let zone = ReportingZone::named("Pacific/Auckland").unwrap();
        block_on(begin_zone_change(&database, zone, Actor { key_id: "pk", at: START })).unwrap();
        let change = block_on(continue_zone_change(&database, &ZoneChangeConfig::default(), now)).unwrap();
        prop_assert!(change.is_some_and(|change| change.finished_at.is_some()));
        crate::recount::assert_sums_are_true(&database, false);
    }
}
