//! Counters of plans are at every moment what a naive recount of the interactions comes to, whatever moves
//! the sums and wherever it is stopped; and what was closed stays as it was.

use std::collections::BTreeMap;

use cost_calculation::{PicoUsd, UnixMillis};
use events::Interaction;
use futures_executor::block_on;
use ledger_core::{Database, api_keys::Actor, sqlite::Sqlite};
use ledger_keep::{
    archive::{ArchiveConfig, archive_sessions},
    change_reporting_zone::{ZoneChangeConfig, begin_zone_change, continue_zone_change},
    rerate::{RerateConfig, RerateFilter, begin_rerate, continue_rerate},
    verify::{VerifyConfig, verify_slices},
};
use ledger_record::ingest::{IngestCache, IngestContext, ingest};
use plans::{
    LedgerNow, ReconcileConfig, ResetConfig, UsageExtras, UsageOf, change_subscription,
    create_plan, create_subscription, create_version, reconcile_usage, reset_usage, usage,
    usage_periods, usage_subjects,
};
use proptest::prelude::*;
use reporting_days::ReportingZone;
use serde_json::{Value, json};

use crate::history::{
    DAY_MS, Fault, START, Unreliable, event, fault, ledger, new_ingest_id, number,
};

const USD: i64 = 1_000_000_000_000;

/// An event of one of four users over a hundred days; some of a tenant, some of nobody.
fn used(id: u32) -> Interaction {
    let mut event = event(id, i64::from(id * 13 % 100));
    if id.is_multiple_of(3) {
        "acme".clone_into(&mut event.tenant_id);
    }
    if id % 11 == 10 {
        event.user_id = String::new();
    }
    event
}

fn actor(now: i64) -> Actor<'static> {
    Actor {
        key_id: "pk-tt-admin",
        at: now,
    }
}

fn zone_of(database: &Sqlite) -> ReportingZone {
    let name: String = database.with_connection(|connection| {
        connection
            .query_row("SELECT reporting_time_zone FROM ledger_state", [], |row| {
                row.get(0)
            })
            .unwrap()
    });
    ReportingZone::named(&name).unwrap()
}

async fn send_all(database: &impl Database, zone: ReportingZone, events: &[Interaction]) -> bool {
    let context = IngestContext {
        received_at: UnixMillis(START + 1_000 * DAY_MS),
        reporting_zone: zone,
        interaction_cost_max: PicoUsd::new(10_000 * USD),
        declared_cost_max: PicoUsd::new(i64::MAX),
        new_ingest_id,
    };
    let mut cache = IngestCache::default();
    ingest(database, &mut cache, &context, events.to_vec())
        .await
        .is_ok()
}

type Six = [i64; 6];

fn add(sum: &mut Six, more: Six) {
    for (sum, more) in sum.iter_mut().zip(more) {
        *sum += more;
    }
}

/// Each counter as the interactions say.
fn naive(database: &Sqlite) -> BTreeMap<(i64, i64), Six> {
    const ALL: &str = "
SELECT i.user_key, u.user_id, u.tenant_id, i.day, COALESCE(e.total_cost, 0),
  i.input_tokens + i.cache_read_tokens + i.cache_write_5m_tokens + i.cache_write_1h_tokens + i.output_tokens
    + i.reasoning_tokens + i.audio_in_tokens + i.audio_out_tokens + i.image_in_tokens + i.image_out_tokens,
  e.price_state
FROM (SELECT * FROM interactions UNION ALL SELECT * FROM interactions_archive) i
JOIN users u USING (user_key)
JOIN (SELECT * FROM cost_estimates UNION ALL SELECT * FROM cost_estimates_archive) e USING (interaction_key)
WHERE e.revision = (SELECT MAX(revision) FROM (SELECT interaction_key, revision FROM cost_estimates
  UNION ALL SELECT interaction_key, revision FROM cost_estimates_archive) r
  WHERE r.interaction_key = i.interaction_key)";
    let segments = segments(database);
    let subscriptions = subscriptions(database);
    let mut sums = BTreeMap::new();
    database.with_connection(|connection| {
        let mut select = connection.prepare(ALL).unwrap();
        let mut rows = select.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let user_key: i64 = row.get(0).unwrap();
            let (user_id, tenant): (String, String) = (row.get(1).unwrap(), row.get(2).unwrap());
            let day: String = row.get(3).unwrap();
            let (cost, tokens): (i64, i64) = (row.get(4).unwrap(), row.get(5).unwrap());
            let state: String = row.get(6).unwrap();
            let is = |name: &str| i64::from(state == name);
            let counts = [
                cost,
                tokens,
                1,
                is("unpriced"),
                is("partial"),
                tokens * is("unpriced"),
            ];
            let covers = |subject: &str| {
                segments.iter().find(|segment| {
                    segment.subject == subject && segment.first <= day && day < segment.end
                })
            };
            let own = covers(&format!("user:{user_key}"));
            // A subscription whose period is still to be made keeps its days from the default plan too.
            let has_own = subscriptions.iter().any(|(subject, from, until)| {
                *subject == format!("user:{user_key}")
                    && *from <= day
                    && until.as_ref().is_none_or(|until| *until > day)
            });
            let mut count = |segment: Option<&Segment>, user: i64| {
                if let Some(segment) = segment {
                    add(sums.entry((segment.id, user)).or_insert([0; 6]), counts);
                }
            };
            count(own, 0);
            count(covers("installation"), 0);
            if !tenant.is_empty() {
                count(covers(&format!("tenant:{tenant}")), 0);
            }
            if !has_own && !user_id.is_empty() {
                count(covers("default"), user_key);
            }
        }
    });
    sums
}

#[derive(Debug)]
struct Segment {
    id: i64,
    subject: String,
    first: String,
    end: String,
    is_closed: bool,
}

fn segments(database: &Sqlite) -> Vec<Segment> {
    database.with_connection(|connection| {
        connection
            .prepare("SELECT segment_id, subject, first_day, end_day, is_closed FROM plan_segments")
            .unwrap()
            .query_map([], |row| {
                Ok(Segment {
                    id: row.get(0)?,
                    subject: row.get(1)?,
                    first: row.get(2)?,
                    end: row.get(3)?,
                    is_closed: row.get::<_, i64>(4)? == 1,
                })
            })
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap()
    })
}

fn subscriptions(database: &Sqlite) -> Vec<(String, String, Option<String>)> {
    database.with_connection(|connection| {
        connection
            .prepare("SELECT subject, from_day, until_day FROM subscriptions")
            .unwrap()
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap()
    })
}

fn kept(database: &Sqlite, sql: &str) -> BTreeMap<(i64, i64), Six> {
    database.with_connection(|connection| {
        let mut select = connection.prepare(sql).unwrap();
        let mut all = BTreeMap::new();
        let mut rows = select.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let key = (row.get(0).unwrap(), row.get(1).unwrap());
            let counts: Six = std::array::from_fn(|at| row.get(at + 2).unwrap());
            add(all.entry(key).or_insert([0; 6]), counts);
        }
        all
    })
}

const COUNTERS: &str =
    "SELECT segment_id, user_key, cost, tokens, interactions, unpriced_count, partial_count,
  unpriced_tokens FROM plan_counters";
const ADJUSTMENTS: &str = "SELECT segment_id, user_key, cost, tokens, interactions, unpriced_count,
  partial_count, unpriced_tokens FROM plan_adjustments";

fn without_nothing(all: BTreeMap<(i64, i64), Six>) -> BTreeMap<(i64, i64), Six> {
    all.into_iter()
        .filter(|(_, counts)| *counts != [0; 6])
        .collect()
}

/// What was closed, as it was closed.
type Frozen = BTreeMap<(i64, i64), Six>;

/// Panics unless counters are the naive sums, and what is closed is what it was closed with.
fn assert_counters_are_true(database: &Sqlite, frozen: &mut BTreeMap<i64, Frozen>, after: &str) {
    let counters = without_nothing(kept(database, COUNTERS));
    assert_eq!(counters, without_nothing(naive(database)), "after {after}");
    let adjustments = kept(database, ADJUSTMENTS);
    for segment in segments(database)
        .iter()
        .filter(|segment| segment.is_closed)
    {
        let of_segment = |all: &BTreeMap<(i64, i64), Six>| -> Frozen {
            let of = all.iter().filter(|((id, _), _)| *id == segment.id);
            of.map(|(key, counts)| (*key, *counts)).collect()
        };
        let mut closed = of_segment(&counters);
        for (key, counts) in of_segment(&adjustments) {
            add(
                closed.entry(key).or_insert([0; 6]),
                counts.map(|count| -count),
            );
        }
        let closed = without_nothing(closed);
        let before = frozen.entry(segment.id).or_insert_with(|| closed.clone());
        assert_eq!(
            closed, *before,
            "segment {} that is closed, after {after}",
            segment.id
        );
    }
    assert_eq!(
        number(
            database,
            "SELECT COUNT(*) FROM plan_adjustments a JOIN plan_segments s USING (segment_id)
                          WHERE s.is_closed = 0 OR a.subject <> s.subject"
        ),
        0
    );
    assert_periods_tile(database);
}

/// A subscription's periods and their segments lie one behind the other, and of a subject no two overlap.
fn assert_periods_tile(database: &Sqlite) {
    for sql in [
        "SELECT COUNT(*) FROM plan_periods a JOIN plan_periods b ON a.subject = b.subject
           AND a.period_id < b.period_id AND a.first_day < b.end_day AND b.first_day < a.end_day",
        "SELECT COUNT(*) FROM plan_segments a JOIN plan_segments b ON a.subject = b.subject
           AND a.segment_id < b.segment_id AND a.first_day < b.end_day AND b.first_day < a.end_day",
        "SELECT COUNT(*) FROM plan_periods p WHERE (SELECT SUM(julianday(end_day) - julianday(first_day))
           FROM plan_segments s WHERE s.period_id = p.period_id) IS NOT julianday(p.end_day) - julianday(p.first_day)",
        "SELECT COUNT(*) FROM plan_periods a WHERE a.first_day > (SELECT from_day FROM subscriptions s
             WHERE s.subscription_id = a.subscription_id)
           AND NOT EXISTS (SELECT 1 FROM plan_periods b WHERE b.subscription_id = a.subscription_id
             AND b.end_day = a.first_day AND b.ends_at = a.starts_at)",
    ] {
        // Instants follow a change of the zone with the next run of the job.
        if sql.contains("ends_at") && number(database, "SELECT COUNT(DISTINCT zone) FROM plan_periods") > 1 {
            continue;
        }
        assert_eq!(number(database, sql), 0, "{sql}");
    }
}

#[derive(Debug, Clone)]
enum Step {
    Send(Vec<u32>),
    Pass {
        days: i64,
    },
    Reset,
    Reconcile,
    Subscribe {
        who: u32,
        plan: usize,
        back: i64,
        anchor: u32,
    },
    Change {
        which: usize,
        plan: usize,
        ahead: Option<i64>,
    },
    End {
        which: usize,
        ahead: Option<i64>,
    },
    Resume {
        which: usize,
    },
    Anchor {
        which: usize,
        day: u32,
    },
    Version {
        plan: usize,
        included: i64,
    },
    Rerate,
    Archive,
    Zone(usize),
    Verify,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => prop::collection::vec(0_u32..120, 1..12).prop_map(Step::Send),
        3 => (0_i64..45).prop_map(|days| Step::Pass { days }),
        3 => Just(Step::Reset),
        1 => Just(Step::Reconcile),
        5 => (0_u32..8, 0_usize..4, -10_i64..90, 1_u32..8)
            .prop_map(|(who, plan, back, anchor)| Step::Subscribe { who, plan, back, anchor }),
        3 => (0_usize..6, 0_usize..4, prop::option::of(0_i64..30))
            .prop_map(|(which, plan, ahead)| Step::Change { which, plan, ahead }),
        1 => (0_usize..6, prop::option::of(-5_i64..40)).prop_map(|(which, ahead)| Step::End { which, ahead }),
        1 => (0_usize..6).prop_map(|which| Step::Resume { which }),
        1 => (0_usize..6, 1_u32..32).prop_map(|(which, day)| Step::Anchor { which, day }),
        1 => (0_usize..4, 0_i64..9).prop_map(|(plan, included)| Step::Version { plan, included }),
        1 => Just(Step::Rerate),
        1 => Just(Step::Archive),
        1 => (0_usize..4).prop_map(Step::Zone),
        1 => Just(Step::Verify),
    ]
}

const ZONES: [&str; 4] = [
    "UTC",
    "Europe/Berlin",
    "Pacific/Auckland",
    "America/Los_Angeles",
];
const PLANS: [(&str, &str, u32); 4] = [
    ("monthly", "month", 1),
    ("weekly", "week", 1),
    ("days", "day", 10),
    ("more", "month", 1),
];

fn terms(unit: &str, count: u32, included: i64) -> Value {
    json!({
        "period": { "unit": unit, "count": count },
        "meters": [
            { "meter": "cost", "included": format!("0.000{included}"), "overage": { "amount": "1.2", "per": "1" } },
            { "meter": "tokens", "included": included * 100 },
        ],
    })
}

fn make_plans(database: &Sqlite) {
    for (at, (id, unit, count)) in PLANS.into_iter().enumerate() {
        let mut plan = terms(unit, count, 2 + 3 * i64::try_from(at).unwrap());
        plan["id"] = json!(id);
        plan["name"] = json!(id);
        block_on(create_plan(
            database,
            serde_json::from_value(plan).unwrap(),
            actor(START),
        ))
        .unwrap();
    }
}

struct World<'a> {
    database: &'a Sqlite,
    unreliable: Unreliable<'a>,
    now: i64,
    subscriptions: Vec<String>,
    is_corrected: bool,
}

impl World<'_> {
    fn today(&self) -> chrono::NaiveDate {
        reporting_days::calendar::day_of(zone_of(self.database), UnixMillis(self.now))
    }

    fn who(who: u32) -> Value {
        match who {
            0..=3 => json!({ "type": "user", "id": format!("user-{who}") }),
            4 => json!({ "type": "user", "id": "user-0", "tenant_id": "acme" }),
            5 => json!({ "type": "tenant", "id": "acme" }),
            6 => json!({ "type": "installation" }),
            _ => json!({ "type": "default" }),
        }
    }

    fn patch(&self, which: usize, patch: &Value) {
        if let Some(id) = self.subscriptions.get(which) {
            let patch = serde_json::from_value(patch.clone()).unwrap();
            let _ = block_on(change_subscription(
                &self.unreliable,
                id,
                patch,
                actor(self.now),
            ));
        }
    }

    fn run(&mut self, step: &Step) {
        let day_text = |ahead: &Option<i64>, word: &str| match ahead {
            None => word.to_owned(),
            Some(ahead) => (self.today() + chrono::Duration::days(*ahead)).to_string(),
        };
        let now = UnixMillis(self.now);
        match step {
            Step::Send(ids) => {
                let events: Vec<_> = ids.iter().copied().map(used).collect();
                block_on(send_all(&self.unreliable, zone_of(self.database), &events));
            }
            Step::Pass { days } => self.now += days * DAY_MS + 3_600_000,
            Step::Reset => {
                let config = ResetConfig {
                    chunk: 2,
                    most: 100,
                };
                let _ = block_on(reset_usage(&self.unreliable, &config, || now));
            }
            Step::Reconcile => {
                let config = ReconcileConfig {
                    chunk: 2,
                    chunks_max: 1_000,
                };
                if let Ok(summary) =
                    block_on(reconcile_usage(&self.unreliable, None, &config, || now))
                {
                    assert_eq!((summary.drift_count, summary.is_pass_finished), (0, true));
                }
            }
            Step::Subscribe {
                who,
                plan,
                back,
                anchor,
            } => {
                let from = self.today() - chrono::Duration::days(*back);
                let (plan_id, unit, _) = PLANS[*plan];
                let mut new =
                    json!({ "subject": Self::who(*who), "plan_id": plan_id, "from": from });
                if unit != "day" {
                    new["anchor_day"] = json!(anchor);
                }
                let id = format!("sub-{}", self.subscriptions.len());
                let new = serde_json::from_value(new).unwrap();
                let _ = block_on(create_subscription(
                    &self.unreliable,
                    new,
                    &id,
                    actor(self.now),
                ));
                let made =
                    format!("SELECT COUNT(*) FROM subscriptions WHERE subscription_id = '{id}'");
                if number(self.database, &made) == 1 {
                    self.subscriptions.push(id);
                }
            }
            Step::Change { which, plan, ahead } => {
                let effective = day_text(ahead, "next_period");
                self.patch(
                    *which,
                    &json!({ "plan": { "id": PLANS[*plan].0, "effective": effective } }),
                );
            }
            Step::End { which, ahead } => {
                let effective = day_text(ahead, "period_end");
                self.patch(*which, &json!({ "cancel": { "effective": effective } }));
            }
            Step::Resume { which } => self.patch(*which, &json!({ "resume": true })),
            Step::Anchor { which, day } => self.patch(*which, &json!({ "anchor_day": day })),
            Step::Version { plan, included } => {
                let (id, unit, count) = PLANS[*plan];
                let asked = plans::asked_terms(terms(unit, count, *included)).unwrap();
                let _ = block_on(create_version(
                    &self.unreliable,
                    id,
                    &asked,
                    actor(self.now),
                ));
            }
            Step::Rerate => self.rerate(),
            Step::Archive => {
                let _ = block_on(archive_sessions(
                    &self.unreliable,
                    &ArchiveConfig::default(),
                    || UnixMillis(START + 430 * DAY_MS),
                ));
            }
            Step::Zone(zone) => self.move_zone(ZONES[*zone]),
            Step::Verify => {
                let config = VerifyConfig::default();
                let _ = block_on(verify_slices(&self.unreliable, &config, || now));
            }
        }
    }

    fn rerate(&mut self) {
        if !self.is_corrected {
            self.database
                .execute_script(
                    "UPDATE prices SET rate = rate * 2 WHERE resource_type = 'input';
                     UPDATE ledger_state SET price_book_version = price_book_version + 1;",
                )
                .unwrap();
            self.is_corrected = true;
        }
        let filter = RerateFilter {
            start_date: "2024-11-01".to_owned(),
            end_date: "2026-12-31".to_owned(),
            ..RerateFilter::default()
        };
        let config = RerateConfig {
            chunk_interactions: 7,
            chunks_max: 3,
            time_ms_max: i64::MAX,
            interaction_cost_max: PicoUsd::new(10_000 * USD),
            new_token: new_ingest_id,
        };
        let _ = block_on(begin_rerate(
            &self.unreliable,
            &filter,
            "the list was wrong",
            actor(self.now),
        ));
        let _ = block_on(continue_rerate(&self.unreliable, &config, || {
            UnixMillis(self.now)
        }));
    }

    fn move_zone(&self, name: &str) {
        let to = ReportingZone::named(name).unwrap();
        let now = UnixMillis(self.now);
        let config = ZoneChangeConfig::default();
        while block_on(begin_zone_change(&self.unreliable, to, actor(self.now))).is_err() {}
        for _ in 0..1_000 {
            if let Ok(change) = block_on(continue_zone_change(&self.unreliable, &config, || now))
                && change.is_none_or(|change| change.finished_at.is_some())
            {
                return;
            }
        }
        panic!("the change of the zone comes to an end");
    }

    /// What the answers say of each user is what the interactions say.
    fn assert_answers_are_true(&self) {
        let state = block_on(LedgerNow::read(self.database, UnixMillis(self.now))).unwrap();
        for user in 0..4 {
            let of = UsageOf::User {
                tenant_id: String::new(),
                user_id: format!("user-{user}"),
                may_be_new: false,
            };
            let extras = UsageExtras {
                days: true,
                models: true,
                forecast: true,
            };
            let Ok(answer) = block_on(usage(self.database, &state, &of, extras)) else {
                continue;
            };
            let answer = json!(answer);
            let used = &answer["meters"][0]["used"];
            let own = answer["plan"]["is_default"] == json!(false) || answer["plan"].is_null();
            if own {
                // Of the default plan, days with a plan of one's own are not in it.
                let sum = |list: &str| -> i64 {
                    let amounts = answer[list].as_array().unwrap().iter();
                    amounts
                        .map(|item| {
                            item["cost"]
                                .as_str()
                                .unwrap()
                                .parse::<PicoUsd>()
                                .unwrap()
                                .get()
                        })
                        .sum()
                };
                let used: PicoUsd = used.as_str().unwrap().parse().unwrap();
                assert_eq!(
                    (used.get(), used.get()),
                    (sum("days"), sum("models")),
                    "{answer}"
                );
            }
            assert_remaining_and_overage(&answer);
            let periods = block_on(usage_periods(self.database, &state, &of, 500, 0)).unwrap();
            assert_adjustments_are_charged_once(&periods);
        }
        let all = block_on(usage_subjects(
            self.database,
            &state,
            &plans::SubjectFilter::default(),
            500,
            0,
        ))
        .unwrap();
        let counts = &all["counts"];
        let four = ["ok", "near", "over", "unlimited"].map(|state| counts[state].as_i64().unwrap());
        assert_eq!(json!(four.iter().sum::<i64>()), counts["all"]);
        assert_eq!(counts["all"], all["total"]);
        // One subject says the same in the list and alone.
        for item in all["items"].as_array().unwrap() {
            if item["subject"]["type"] != json!("user") {
                continue;
            }
            let text = |name: &str| {
                item["subject"][name]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned()
            };
            let of = UsageOf::User {
                tenant_id: text("tenant_id"),
                user_id: text("id"),
                may_be_new: false,
            };
            let alone =
                json!(block_on(usage(self.database, &state, &of, UsageExtras::default())).unwrap());
            for field in [
                "plan",
                "period",
                "state",
                "percent",
                "meters",
                "overage_charge",
                "unpriced",
            ] {
                assert_eq!(item[field], alone[field], "{field} of {}", item["subject"]);
            }
        }
    }
}

fn amount(value: &Value) -> i128 {
    value.as_str().map_or_else(
        || value.as_i64().unwrap().into(),
        |text| text.parse::<PicoUsd>().unwrap().get().into(),
    )
}

/// Rule 18: overage is max(0, used - included), and nothing remains below 0.
fn assert_remaining_and_overage(answer: &Value) {
    let segments = answer["segments"].as_array().unwrap().len();
    for meter in answer["meters"].as_array().unwrap() {
        let overage = amount(&meter["overage"]);
        if meter["included"].is_null() {
            assert!(meter["remaining"].is_null() && meter["percent"].is_null());
            continue;
        }
        let (used, included) = (amount(&meter["used"]), amount(&meter["included"]));
        assert!(amount(&meter["remaining"]) >= 0 && overage >= (used - included).max(0));
        if segments == 1 {
            assert_eq!(overage, (used - included).max(0));
            assert_eq!(amount(&meter["remaining"]), (included - used).max(0));
        }
        assert_eq!(meter["state"] == json!("over"), overage > 0);
    }
}

/// What came to a closed period stands in one later period, or waits for one.
fn assert_adjustments_are_charged_once(periods: &Value) {
    let items = periods["items"].as_array().unwrap();
    let of = |item: &Value| item["period"]["first_day"].clone();
    for item in items {
        if item["adjusted"].is_null() {
            continue;
        }
        let carried: Vec<&Value> = items
            .iter()
            .flat_map(|other| other["adjustments"].as_array().unwrap())
            .filter(|adjustment| adjustment["of_period"]["first_day"] == of(item))
            .collect();
        let sum: i128 = carried
            .iter()
            .map(|part| amount(&part["moved"]["cost"]))
            .sum();
        let has_later = items.iter().any(|other| {
            other["plan"]["is_default"] == item["plan"]["is_default"]
                && of(other).as_str() > of(item).as_str()
                && other["period"]["state"] != json!("closed")
        });
        if has_later {
            assert_eq!(sum, amount(&item["adjusted"]["cost"]), "{periods}");
        }
        let closed = &item["closed"];
        assert_eq!(
            amount(&closed["cost"]) + amount(&item["adjusted"]["cost"]),
            amount(&item["meters"][0]["used"])
        );
        assert_eq!(
            amount(&closed["overage_charge"]) + amount(&item["adjusted"]["overage_charge"]),
            amount(&item["overage_charge"])
        );
    }
}

proptest! {
    #[test]
    fn counters_are_the_naive_sums_after_each_step_of_any_history(
        steps in prop::collection::vec(step(), 4..24),
        faults in prop::collection::vec(fault(), 0..30),
    ) {
        let database = ledger();
        make_plans(&database);
        let mut world = World {
            database: &database,
            unreliable: Unreliable::new(&database, faults),
            now: START + 60 * DAY_MS,
            subscriptions: Vec::new(),
            is_corrected: false,
        };
        let mut frozen = BTreeMap::new();
        for step in &steps {
            world.run(step);
            assert_counters_are_true(&database, &mut frozen, &format!("{step:?}"));
        }
        world.unreliable = Unreliable::new(&database, Vec::<Fault>::new());
        world.run(&Step::Reset);
        assert_counters_are_true(&database, &mut frozen, "the last reset");
        world.run(&Step::Reconcile);
        prop_assert_eq!(number(&database, "SELECT COUNT(*) FROM plan_drifts"), 0);
        world.assert_answers_are_true();
    }
}
