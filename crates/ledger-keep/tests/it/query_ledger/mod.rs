//! A ledger with a random history, and the naive reading of its interactions that answers are
//! compared with.
#![allow(dead_code, reason = "each test file uses its part")]

use chrono::Offset;
use cost_calculation::{Component, Declared, PicoUsd, TokenUsage, Units, UnixMillis};
use events::{Interaction, InteractionStatus, InteractionType};
use futures_executor::block_on;
use ledger_core::sqlite::Sqlite;
use ledger_keep::archive::{ArchiveConfig, archive_sessions};
use ledger_query::{Reader, Viewer};
use ledger_record::ingest::{IngestCache, IngestContext, ingest};
use query_parameters::{ParameterError, Parameters};
use reporting_days::ReportingZone;
use serde_json::{Value, json};

pub const DAY_MS: i64 = 86_400_000;
/// 2026-11-23T13:20:00Z: an open day in Berlin, half gone; the next one in Auckland.
pub const NOW: i64 = 1_795_440_000_000;
pub const IDLE_MS: i64 = 30 * 60_000;
/// Clocks that change by an hour, by half of one and not at all, on both halves of the year and at
/// midnight.
pub const ZONES: [&str; 7] = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Pacific/Auckland",
    "Australia/Lord_Howe",
    "Asia/Beirut",
    "UTC",
];
/// Days of a history: two years and some.
pub const HISTORY_DAYS: u64 = 760;

// gpt-5 changes its price on 2026-11-10; claude has a cache; "mystery" has no price.
const PRICES: &str = r#"
INSERT INTO prices (region, service_tier, min_context, schedule, currency, provider, model,
  resource_type, rate, per, valid_from, valid_from_basis,
  valid_to, source, source_revision, status, observed_at, cache_ttl_s)
SELECT '', 'standard', 0, '', 'USD', j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3, 1000000, j.value ->> 4,
  j.value ->> 5, j.value ->> 6, 'test', 'r1', 'active', 0, 86400
FROM json_each('[
  ["openai","gpt-5","input",1250000000000,0,"assumed",1794268800000],
  ["openai","gpt-5","output",10000000000000,0,"assumed",1794268800000],
  ["openai","gpt-5","input",2500000000001,1794268800000,"stated",null],
  ["openai","gpt-5","output",15000000000003,1794268800000,"stated",null],
  ["anthropic","claude-opus-5","input",5000000000000,0,"assumed",null],
  ["anthropic","claude-opus-5","cache_read",500000000000,0,"assumed",null],
  ["anthropic","claude-opus-5","output",25000000000000,0,"assumed",null]
]') j;"#;

/// A small generator: the same seed, the same ledger.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[usize::try_from(self.below(choices.len() as u64)).unwrap()]
    }
}

/// The moments at which clocks change, in a zone's last days.
fn changes_of_clocks(zone: chrono_tz::Tz, days: u64) -> Vec<i64> {
    let offset = |hour: i64| {
        let at = chrono::DateTime::from_timestamp_millis(NOW - hour * 3_600_000).unwrap();
        at.with_timezone(&zone).offset().fix()
    };
    (0..i64::try_from(days).unwrap() * 24)
        .filter(|hour| offset(*hour) != offset(hour + 1))
        .map(|hour| NOW - hour * 3_600_000)
        .collect()
}

/// Half of the interactions are of the last four months; many lie around a change of clocks.
fn some_time(random: &mut Random, days: u64, changes: &[i64]) -> i64 {
    if !changes.is_empty() && random.below(5) == 0 {
        let around = i64::try_from(random.below(60 * 3_600_000)).unwrap() - 30 * 3_600_000;
        return random.pick(changes) + around;
    }
    let days = if random.below(2) == 0 {
        days.min(120)
    } else {
        days
    };
    NOW - i64::try_from(random.below(days * 86_400_000)).unwrap() - 1_000
}

fn interaction(number: usize, random: &mut Random, days: u64, changes: &[i64]) -> Interaction {
    let timestamp = some_time(random, days, changes).min(NOW - 1_000);
    let user = random.below(6);
    // Sessions last a week or so, so that old ones are archived; some hold several users.
    let week = (NOW - timestamp) / (9 * DAY_MS);
    let session = if random.below(12) == 0 {
        format!("session-of-many-{week}")
    } else {
        format!("session-{user}-{week}-{}", random.below(2))
    };
    let kind = *random.pick(&[
        InteractionType::Chat,
        InteractionType::Chat,
        InteractionType::Chat,
        InteractionType::Api,
        InteractionType::Db,
        InteractionType::CostEvent,
    ]);
    let (provider, model) = if kind == InteractionType::Chat {
        *random.pick(&[
            ("openAI", "gpt-5"),
            ("anthropic", "claude-opus-5"),
            ("openAI", "mystery"),
            ("anthropic", "claude-opus-5"),
        ])
    } else {
        ("", "")
    };
    let duration = random.below(20_000);
    Interaction {
        id: format!("event-{number}"),
        session_id: session,
        tenant_id: if user == 5 { "acme" } else { "" }.to_owned(),
        user_id: format!("user-{}", if user == 5 { 0 } else { user }),
        timestamp: UnixMillis(timestamp),
        price_time: UnixMillis(timestamp + i64::try_from(duration).unwrap()),
        kind,
        duration_ms: Some(duration),
        time_to_first_token_ms: (random.below(2) == 0).then(|| random.below(900)),
        provider: provider.to_owned(),
        model_name: model.to_owned(),
        model_reported: None,
        endpoint: None,
        region: None,
        service_tier: None,
        usage: if kind == InteractionType::Chat {
            TokenUsage {
                input: random.below(5_000),
                cache_read: random.below(3) * random.below(9_000),
                output: random.below(700),
                ..TokenUsage::default()
            }
        } else {
            TokenUsage::default()
        },
        units: if kind == InteractionType::Db {
            Units {
                operations: 1,
                rows_read: random.below(50),
                ..Units::default()
            }
        } else {
            Units::default()
        },
        reading: cost_calculation::Flags::NONE,
        usage_numbers: None,
        reported_cost: None,
        declared: (kind == InteractionType::CostEvent).then(|| Declared {
            component: *random.pick(&Component::ALL),
            amount: PicoUsd::new(i64::try_from(random.below(9_000_000_000)).unwrap()),
        }),
        agent: (*random.pick(&["", "researcher", "=coder"])).to_owned(),
        agent_name: None,
        user_label: None,
        declared_by: None,
        message_id: None,
        trace_id: None,
        context: None,
        status: if random.below(6) == 0 {
            InteractionStatus::Error
        } else {
            InteractionStatus::Ok
        },
        error: None,
        source: "api",
        metadata: None,
    }
}

/// A ledger of `count` interactions over so many days, in one of [`ZONES`], what is older than 60 days
/// archived.
pub fn ledger(seed: u64, count: usize, days: u64) -> Sqlite {
    let mut random = Random(seed);
    let zone = *random.pick(&ZONES);
    let changes = changes_of_clocks(zone.parse().unwrap(), days);
    let events = (0..count)
        .map(|number| interaction(number, &mut random, days, &changes))
        .collect();
    ledger_in(zone, events)
}

/// A ledger of these interactions in Berlin, what is older than 60 days archived.
pub fn ledger_of(events: Vec<Interaction>) -> Sqlite {
    ledger_in("Europe/Berlin", events)
}

/// The ledger's zone.
pub fn zone_of(database: &Sqlite) -> chrono_tz::Tz {
    let name: String = database.with_connection(|connection| {
        connection
            .query_row("SELECT reporting_time_zone FROM ledger_state", [], |row| {
                row.get(0)
            })
            .unwrap()
    });
    name.parse().unwrap()
}

/// The open day.
pub fn today(database: &Sqlite) -> chrono::NaiveDate {
    day_of(zone_of(database), NOW)
}

fn day_of(zone: chrono_tz::Tz, timestamp: i64) -> chrono::NaiveDate {
    chrono::DateTime::from_timestamp_millis(timestamp)
        .unwrap()
        .with_timezone(&zone)
        .date_naive()
}

/// The days on which clocks change, in the ledger's zone.
pub fn days_of_change(database: &Sqlite) -> Vec<chrono::NaiveDate> {
    let zone = zone_of(database);
    let changes = changes_of_clocks(zone, HISTORY_DAYS).into_iter();
    changes.map(|change| day_of(zone, change)).collect()
}

/// A ledger of these interactions in a zone, what is older than 60 days archived.
pub fn ledger_in(zone: &str, events: Vec<Interaction>) -> Sqlite {
    let database = Sqlite::migrated().expect("the migrations apply");
    database.execute_script(PRICES).expect("prices go in");
    database
        .execute_script(&format!(
            "UPDATE ledger_state SET reporting_time_zone = '{zone}';"
        ))
        .expect("the zone is set");
    record(&database, events);
    let config = ArchiveConfig {
        retention_ms: 60 * DAY_MS,
        ..ArchiveConfig::default()
    };
    while block_on(archive_sessions(&database, &config, || UnixMillis(NOW)))
        .expect("archives")
        .is_more
    {}
    database
}

/// Records interactions in the ledger's zone.
pub fn record(database: &Sqlite, events: Vec<Interaction>) {
    let context = IngestContext {
        received_at: UnixMillis(NOW - 5_000),
        reporting_zone: ReportingZone::named(zone_of(database).name()).expect("an IANA name"),
        interaction_cost_max: PicoUsd::new(10_000 * 1_000_000_000_000),
        declared_cost_max: PicoUsd::new(i64::MAX),
        new_ingest_id: || i64::try_from(rand_id()).unwrap(),
    };
    let mut cache = IngestCache::default();
    block_on(ingest(database, &mut cache, &context, events)).expect("recorded");
}

/// A chat of gpt-5 with this usage, `days_ago` before now.
pub fn chat(id: &str, days_ago: i64, usage: TokenUsage) -> Interaction {
    let timestamp = UnixMillis(NOW - days_ago * DAY_MS);
    Interaction {
        id: id.to_owned(),
        session_id: "session".to_owned(),
        timestamp,
        price_time: timestamp,
        kind: InteractionType::Chat,
        provider: "openAI".to_owned(),
        model_name: "gpt-5".to_owned(),
        usage,
        units: Units::default(),
        declared: None,
        status: InteractionStatus::Ok,
        ..interaction(0, &mut Random(1), 1, &[])
    }
}

fn rand_id() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// One interaction as a naive reader sees it.
#[derive(Debug, Clone)]
pub struct Raw {
    pub id: String,
    pub session_id: String,
    pub user_id: String,
    pub tenant_id: String,
    pub timestamp: i64,
    pub completed: i64,
    pub day: String,
    pub kind: String,
    pub provider: String,
    pub model: String,
    pub agent: String,
    pub status: String,
    pub duration_ms: Option<i64>,
    pub ttft_ms: Option<i64>,
    pub tokens: Vec<i64>,
    /// Components, total, savings.
    pub costs: Vec<Option<i64>>,
    pub price_state: String,
}

/// Every interaction, hot and archived, with its newest estimate.
pub fn raw(database: &Sqlite) -> Vec<Raw> {
    let zone = zone_of(database);
    ["", "_archive"]
        .iter()
        .flat_map(|suffix| {
            database.with_connection(|connection| {
                let mut select = connection
                    .prepare(&format!(
                        "SELECT i.id, n.id, u.user_id, u.tenant_id, i.timestamp, i.type,
                           i.provider, i.model_name, i.agent, i.status, i.duration_ms,
                           i.time_to_first_token_ms, i.input_tokens, i.cache_read_tokens,
                           i.cache_write_5m_tokens, i.cache_write_1h_tokens, i.output_tokens,
                           i.reasoning_tokens, i.audio_in_tokens, i.audio_out_tokens,
                           i.image_in_tokens, i.image_out_tokens, e.ai_tokens_cost,
                           e.db_ops_cost, e.api_calls_cost, e.compute_time_cost, e.total_cost,
                           e.cache_savings, e.price_state
                         FROM interactions{suffix} i JOIN users u USING (user_key)
                           JOIN session_ids n USING (session_key)
                           JOIN cost_estimates{suffix} e USING (interaction_key)"
                    ))
                    .unwrap();
                let rows = select
                    .query_map([], |row| {
                        let timestamp: i64 = row.get(4)?;
                        Ok(Raw {
                            id: row.get(0)?,
                            session_id: row.get(1)?,
                            user_id: row.get(2)?,
                            tenant_id: row.get(3)?,
                            timestamp,
                            completed: timestamp
                                + row.get::<_, Option<i64>>(10)?.unwrap_or_default(),
                            day: day_of(zone, timestamp).to_string(),
                            kind: row.get(5)?,
                            provider: row.get(6)?,
                            model: row.get(7)?,
                            agent: row.get(8)?,
                            status: row.get(9)?,
                            duration_ms: row.get(10)?,
                            ttft_ms: row.get(11)?,
                            tokens: (12..22).map(|at| row.get(at)).collect::<Result<_, _>>()?,
                            costs: (22..28).map(|at| row.get(at)).collect::<Result<_, _>>()?,
                            price_state: row.get(28)?,
                        })
                    })
                    .unwrap();
                rows.map(Result::unwrap).collect::<Vec<_>>()
            })
        })
        .collect()
}

/// A decimal string of picodollars, written another way than the code under test does.
pub fn usd(pico: i128) -> String {
    let sign = if pico < 0 { "-" } else { "" };
    let digits = format!("{:013}", pico.abs());
    let (whole, places) = digits.split_at(digits.len() - 12);
    let places = places.trim_end_matches('0');
    if places.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{places}")
    }
}

/// The picodollars of a decimal string.
pub fn pico(amount: &Value) -> i128 {
    let text = amount
        .as_str()
        .unwrap_or_else(|| panic!("{amount} is no amount"));
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, places) = text.split_once('.').unwrap_or((text, ""));
    sign * format!("{whole}{places:0<12}").parse::<i128>().unwrap()
}

/// What adds up in the contract's `Figures`, counted naively.
pub fn figures<'a>(rows: impl IntoIterator<Item = &'a Raw>) -> Value {
    let rows: Vec<&Raw> = rows.into_iter().collect();
    let unpriced: Vec<&&Raw> = rows
        .iter()
        .filter(|row| row.price_state == "unpriced")
        .collect();
    let all_tokens = |row: &Raw| row.tokens.iter().sum::<i64>();
    let token = |at: usize| rows.iter().map(|row| row.tokens[at]).sum::<i64>();
    let cost = |at: usize| {
        rows.iter()
            .map(|row| i128::from(row.costs[at].unwrap_or(0)))
            .sum()
    };
    let known = |at: usize| {
        if !rows.is_empty() && unpriced.len() == rows.len() {
            Value::Null
        } else {
            json!(usd(cost(at)))
        }
    };
    json!({
        "interaction_count": rows.len(),
        "error_count": rows.iter().filter(|row| row.status == "error").count(),
        "unpriced_count": unpriced.len(),
        "partial_count": rows.iter().filter(|row| row.price_state == "partial").count(),
        "unpriced_tokens": unpriced.iter().map(|row| all_tokens(row)).sum::<i64>(),
        "tokens": {
            "total": rows.iter().map(|row| all_tokens(row)).sum::<i64>(),
            "input": token(0), "cache_read": token(1), "cache_write_5m": token(2),
            "cache_write_1h": token(3), "output": token(4), "reasoning": token(5),
            "audio_in": token(6), "audio_out": token(7), "image_in": token(8),
            "image_out": token(9),
        },
        "total_cost": known(4),
        "cost_by_component": {
            "ai_tokens": known(0), "db_ops": known(1), "api_calls": known(2),
            "compute_time": known(3),
        },
        "cache_savings": usd(cost(5)),
    })
}

/// Panics unless an answer's figures are the naive ones.
pub fn assert_figures<'a>(answer: &Value, rows: impl IntoIterator<Item = &'a Raw>, what: &str) {
    let expected = figures(rows);
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&answer[name], value, "{what}: {name}\n{answer:#}");
    }
}

/// Takes a query string apart as the Worker does.
pub fn parameters(query: &[(&str, String)], known: &[&str]) -> Result<Parameters, ParameterError> {
    Parameters::new(
        query
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone())),
        known,
    )
}

/// A reader of everyone's numbers at `NOW`.
pub fn reader(database: &Sqlite) -> Reader<'_, Sqlite> {
    block_on(Reader::open(
        database,
        UnixMillis(NOW),
        Viewer::Everyone,
        IDLE_MS,
    ))
    .expect("opens")
}

/// A reader with a key of one user.
pub fn reader_of<'a>(database: &'a Sqlite, user_id: &str) -> Reader<'a, Sqlite> {
    let viewer = Viewer::User(user_id.to_owned());
    block_on(Reader::open(database, UnixMillis(NOW), viewer, IDLE_MS)).expect("opens")
}

/// Random filters, and which rows they leave.
pub fn random_filters(
    random: &mut Random,
) -> (Vec<(&'static str, String)>, impl Fn(&Raw) -> bool + use<>) {
    let mut query = Vec::new();
    if random.below(3) == 0 {
        query.push(("user_id", format!("user-{}", random.below(5))));
        if query[0].1 == "user-0" && random.below(2) == 0 {
            query.push(("tenant_id", "acme".to_owned()));
        }
    }
    if random.below(4) == 0 {
        query.push((
            "model",
            (*random.pick(&["gpt-5", "claude-opus-5", "mystery", ""])).to_owned(),
        ));
    }
    if random.below(4) == 0 {
        query.push((
            "provider",
            (*random.pick(&["openai", "anthropic", "openAI", ""])).to_owned(),
        ));
    }
    if random.below(4) == 0 {
        query.push((
            "agent",
            (*random.pick(&["", "researcher", "=coder", "nobody"])).to_owned(),
        ));
    }
    if random.below(4) == 0 {
        query.push((
            "type",
            (*random.pick(&["chat", "db", "api", "cost-event"])).to_owned(),
        ));
    }
    let filters = query.clone();
    (query, move |row: &Raw| {
        let of = |name: &str| {
            filters
                .iter()
                .find(|(other, _)| *other == name)
                .map(|(_, value)| value.as_str())
        };
        of("user_id").is_none_or(|user| {
            row.user_id == user && row.tenant_id == of("tenant_id").unwrap_or_default()
        }) && of("model").is_none_or(|model| row.model == model)
            && of("provider").is_none_or(|provider| row.provider == provider.to_lowercase())
            && of("agent").is_none_or(|agent| row.agent == agent)
            && of("type").is_none_or(|kind| row.kind == kind)
    })
}
