//! One week of an installation of 200 users, recorded by the real code.

use cost_calculation::{Component, Declared, PicoUsd, TokenUsage, Units, UnixMillis};
use events::{Interaction, InteractionStatus, InteractionType};
use futures_executor::block_on;
use ledger_core::sqlite::Sqlite;
use ledger_record::ingest::{IngestCache, IngestContext, ingest};
use reporting_days::ReportingZone;

use crate::WEEK_MS;

const USERS: u64 = 200;
const DAY_MS: i64 = 86_400_000;
/// Interactions of a session, on average.
const SESSION_LENGTH: u32 = 6;
/// The share of the week, in thousandths, from Monday on.
const DAYS: [u32; 7] = [170, 172, 170, 168, 165, 78, 77];
/// Hours in which sessions start; morning and afternoon count twice.
const HOURS: [i64; 18] = [
    6, 7, 8, 8, 9, 9, 10, 10, 11, 12, 13, 14, 14, 15, 16, 17, 19, 21,
];

/// Provider as LibreChat names it, model, weight, and the rates of input, cache read and output in
/// cents per million tokens. The last one has no price.
const MODELS: [(&str, &str, u64, [u64; 3]); 12] = [
    ("openAI", "gpt-5", 20, [125, 13, 1_000]),
    ("openAI", "gpt-5-mini", 22, [25, 3, 200]),
    ("openAI", "gpt-4.1", 6, [200, 50, 800]),
    ("openAI", "o4-mini", 4, [110, 28, 440]),
    ("anthropic", "claude-opus-4-5", 8, [500, 50, 2_500]),
    ("anthropic", "claude-sonnet-4-5", 16, [300, 30, 1_500]),
    ("anthropic", "claude-haiku-4-5", 8, [100, 10, 500]),
    ("google", "gemini-2.5-pro", 5, [125, 31, 1_000]),
    ("google", "gemini-2.5-flash", 5, [30, 8, 250]),
    ("mistral", "mistral-large-latest", 2, [200, 200, 600]),
    ("deepseek", "deepseek-chat", 2, [28, 3, 42]),
    ("ollama", "llama3.3-70b", 2, [0, 0, 0]),
];
const AGENTS: [&str; 10] = [
    "",
    "",
    "",
    "researcher",
    "coder",
    "reviewer",
    "translator",
    "analyst",
    "support",
    "writer",
];

/// A stretch of the year in which no price changes.
#[derive(Debug, Clone, Copy)]
pub struct PriceEra(u32);

impl PriceEra {
    /// The archive is copied from the first.
    pub const ALL: [Self; 4] = [Self(0), Self(1), Self(2), Self(3)];

    /// The weeks of the year that belong to it.
    pub fn weeks(self) -> std::ops::Range<u32> {
        self.0 * 13..(self.0 + 1) * 13
    }

    /// The week that is recorded.
    pub fn first_week(self) -> u32 {
        self.weeks().start
    }
}

/// Writes the price book and the users: the same keys in every file.
///
/// In each era after the first, three models get other prices.
pub fn prepare(database: &Sqlite, year_start_ms: i64) {
    let mut rows = Vec::new();
    for (at, (provider, model, _, cents)) in MODELS.iter().take(11).enumerate() {
        let change = u32::try_from(at % 4).unwrap();
        let change_ms = year_start_ms + i64::from(change * 13) * WEEK_MS;
        for (resource, cents) in ["input", "cache_read", "output"].iter().zip(cents) {
            let provider = provider.to_lowercase();
            let rate = cents * 10_000_000_000;
            let price = |rate: u64, from: i64, basis: &str, to: Option<i64>| {
                let to = to.map_or("NULL".to_owned(), |to| to.to_string());
                format!(
                    "('', 'standard', 0, '', 'USD', '{provider}', '{model}', '{resource}', {rate}, 1000000, {from}, '{basis}', \
                     {to}, 'bench', 'r1', 'active', {from}, 86400)"
                )
            };
            if change == 0 {
                rows.push(price(rate, 0, "assumed", None));
            } else {
                rows.push(price(rate * 6 / 5, 0, "assumed", Some(change_ms)));
                rows.push(price(rate, change_ms, "stated", None));
            }
        }
    }
    let users: Vec<String> = (0..USERS)
        .map(|user| format!("({}, '', '{}')", user + 1, user_id(user)))
        .collect();
    database
        .execute_script(&format!(
            "INSERT INTO prices (region, service_tier, min_context, schedule, currency, provider, model,
  resource_type, rate, per, valid_from,
               valid_from_basis, valid_to, source, source_revision, status, observed_at, cache_ttl_s)
             VALUES {};
             INSERT INTO users (user_key, tenant_id, user_id) VALUES {};",
            rows.join(", "),
            users.join(", ")
        ))
        .unwrap();
}

/// As LibreChat's: 24 hexadecimal digits.
fn user_id(user: u64) -> String {
    format!("{:08x}{user:016x}", scattered(user))
}

fn scattered(number: u64) -> u64 {
    number.wrapping_mul(2_654_435_761) & 0xffff_ffff
}

/// A small generator: the same seed, the same week.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn below_i64(&mut self, bound: i64) -> i64 {
        i64::try_from(self.below(u64::try_from(bound).unwrap())).unwrap()
    }

    fn model(&mut self) -> (&'static str, &'static str) {
        let mut left = self.below(MODELS.iter().map(|(_, _, weight, _)| weight).sum());
        for (provider, model, weight, _) in MODELS {
            if left < weight {
                return (provider, model);
            }
            left -= weight;
        }
        unreachable!("the weights add up")
    }
}

/// Records the first week of an era.
pub fn record_week(database: &Sqlite, era: PriceEra, year_start_ms: i64, count: u32) {
    let start_ms = year_start_ms + i64::from(era.first_week()) * WEEK_MS;
    let mut cache = IngestCache::default();
    for chunk in week(u64::from(era.0), start_ms, count).chunks(500) {
        let latest = chunk.iter().map(|event| event.price_time.0).max().unwrap();
        let context = IngestContext {
            received_at: UnixMillis(latest + 1_000),
            reporting_zone: ReportingZone::UTC,
            interaction_cost_max: PicoUsd::new(10_000 * 1_000_000_000_000),
            declared_cost_max: PicoUsd::new(i64::MAX),
            new_ingest_id,
        };
        block_on(ingest(database, &mut cache, &context, chunk.to_vec())).expect("is recorded");
    }
}

fn new_ingest_id() -> i64 {
    use std::sync::atomic::{AtomicI64, Ordering};
    static NEXT: AtomicI64 = AtomicI64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The events of a week, in the order of their sessions' starts. Every user comes on every day,
/// where there is enough for all: no day is cheap to read.
fn week(seed: u64, start_ms: i64, count: u32) -> Vec<Interaction> {
    let mut random = Random(seed * 7_919 + 1);
    let mut events = Vec::new();
    let mut session = 0;
    for (day, share) in DAYS.iter().enumerate() {
        let is_last = day + 1 == DAYS.len();
        let recorded = u32::try_from(events.len()).unwrap();
        let count = if is_last {
            count - recorded
        } else {
            count * share / 1_000
        };
        let sessions = count.div_ceil(SESSION_LENGTH);
        let day_ms = start_ms + i64::try_from(day).unwrap() * DAY_MS;
        let mut starts: Vec<i64> = (0..sessions)
            .map(|_| {
                let hour = HOURS[usize::try_from(random.below(HOURS.len() as u64)).unwrap()];
                day_ms + hour * 3_600_000 + random.below_i64(3_600_000)
            })
            .collect();
        starts.sort_unstable();
        for (at, start) in starts.into_iter().enumerate() {
            let at = at as u64;
            // After everyone's first, half of the sessions are a tenth of the users'.
            let user = if at < USERS {
                at
            } else if random.below(2) == 0 {
                random.below(USERS / 10)
            } else {
                random.below(USERS)
            };
            let (sessions, at) = (u64::from(sessions), at);
            let length = u64::from(count) * (at + 1) / sessions - u64::from(count) * at / sessions;
            hold_session(&mut random, session, user, start, length, &mut events);
            session += 1;
        }
    }
    events
}

fn hold_session(
    random: &mut Random,
    session: u32,
    user: u64,
    start_ms: i64,
    length: u64,
    events: &mut Vec<Interaction>,
) {
    let (provider, model) = random.model();
    let agent = AGENTS[usize::try_from(random.below(AGENTS.len() as u64)).unwrap()];
    let mut timestamp = start_ms;
    let mut context_tokens = 0;
    for turn in 0..length {
        let kind = match random.below(100) {
            0..88 => InteractionType::Chat,
            88..94 => InteractionType::Api,
            94..98 => InteractionType::Db,
            _ => InteractionType::CostEvent,
        };
        let is_chat = kind == InteractionType::Chat;
        let output = 50 + random.below(900);
        let duration = 300 + random.below(600) + if is_chat { output * 11 } else { 0 };
        let is_error = random.below(50) == 0;
        // A tenth of the turns has another model: the title, a second opinion.
        let (provider, model) = match (is_chat, random.below(10)) {
            (false, _) => ("", ""),
            (true, 0) => random.model(),
            (true, _) => (provider, model),
        };
        let input = 200 + random.below(1_500);
        let number = u64::try_from(events.len()).unwrap();
        let trace = format!("{:08x}{number:024x}", scattered(number));
        events.push(Interaction {
            id: format!("{trace}-{:016x}", number * 7 + turn),
            // Eight decimal digits first: `copy_week` counts on from them.
            session_id: format!("{session:08}-5eed-4000-8000-{:012x}", scattered(user)),
            tenant_id: String::new(),
            user_id: user_id(user),
            timestamp: UnixMillis(timestamp),
            price_time: UnixMillis(timestamp + i64::try_from(duration).unwrap()),
            kind,
            duration_ms: Some(duration),
            time_to_first_token_ms: (is_chat && !is_error).then(|| 150 + random.below(1_200)),
            provider: provider.to_owned(),
            model_name: model.to_owned(),
            model_reported: None,
            endpoint: None,
            region: None,
            service_tier: None,
            usage: if is_chat && !is_error {
                TokenUsage {
                    input,
                    cache_read: context_tokens,
                    output,
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
                component: Component::ALL[usize::try_from(random.below(4)).unwrap()],
                amount: PicoUsd::new(i64::try_from(random.below(9_000_000_000)).unwrap()),
            }),
            agent: agent.to_owned(),
            agent_name: None,
            user_label: None,
            declared_by: None,
            message_id: Some(format!(
                "{:08x}-c0de-4000-8000-{number:012x}",
                scattered(number + 1)
            )),
            trace_id: Some(trace),
            context: is_chat.then(|| "message".to_owned()),
            status: if is_error {
                InteractionStatus::Error
            } else {
                InteractionStatus::Ok
            },
            error: is_error.then(|| "rate_limit".to_owned()),
            source: "langfuse",
            metadata: None,
        });
        context_tokens += input + output;
        timestamp += i64::try_from(duration).unwrap() + 2_000 + random.below_i64(60_000);
    }
}
