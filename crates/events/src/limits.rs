//! Every limit on what comes in, in one place; `contracts/tracking-api.yaml` repeats them.
use cost_calculation::PicoUsd;

pub use cost_calculation::DAY_MS;

/// Bytes of one JSON event or session mark.
pub const EVENT_BYTES_MAX: usize = 64 * 1024;
/// Bytes of a batch of JSON events.
pub const BATCH_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of an OTLP body in JSON, decompressed. It is read as a stream: LibreChat repeats a
/// conversation's whole context some twenty times in one body.
pub const TRACE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Bytes of an OTLP body in protobuf, decompressed.
pub const PROTOBUF_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Events in one batch, and in one transaction of the ledger.
pub const BATCH_EVENTS_MAX: usize = 500;
/// Spans in one OTLP body. LibreChat's exporters send at most 512.
pub const SPANS_MAX: usize = 10_000;
/// Attributes of one span that are looked at; OpenTelemetry's own default limit is 128.
pub const ATTRIBUTES_MAX: usize = 1_024;
/// Bytes of an attribute's text that is looked at; `usage_details` is the longest of them.
pub const ATTRIBUTE_BYTES_MAX: usize = 4 * 1024;
/// Bytes of all that is kept of one span.
pub const KEPT_BYTES_MAX: usize = 64 * 1024;
/// Bytes of spans that are held before a part of a body is handed over.
pub const WINDOW_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Spans that are held before a part of a body is handed over.
pub const WINDOW_SPANS_MAX: usize = 2_000;
/// Bytes of an error's message that are looked at.
pub const STATUS_MESSAGE_BYTES_MAX: usize = 2 * 1024;
/// Bytes of a span's name that are kept.
pub const SPAN_NAME_BYTES_MAX: usize = 256;
/// Counts of one call of a model.
pub const COUNTS_MAX: usize = 64;
/// Calls of tools that one round names.
pub const TOOL_CALLS_MAX: usize = 64;
/// Texts of an attribute's list that are looked at.
pub const ATTRIBUTE_TEXTS_MAX: usize = 64;

/// Characters of an event's id.
pub const ID_CHARS_MAX: usize = 128;
/// Characters of an `Idempotency-Key`: the index of a batch still fits behind it.
pub const IDEMPOTENCY_KEY_CHARS_MAX: usize = 120;
/// Characters of a session's id.
pub const SESSION_ID_CHARS_MAX: usize = 256;
/// Characters of a user's id.
pub const USER_ID_CHARS_MAX: usize = 128;
/// Characters of a tenant's id.
pub const TENANT_ID_CHARS_MAX: usize = 64;
/// Characters of a provider, an endpoint, a region or a service tier.
pub const PROVIDER_CHARS_MAX: usize = 64;
/// Characters of a model's name.
pub const MODEL_CHARS_MAX: usize = 200;
/// Characters of an agent's id. LibreChat's ephemeral ones hold endpoint, model and sender.
pub const AGENT_CHARS_MAX: usize = 200;
/// Characters of a message's or a trace's id.
pub const REFERENCE_CHARS_MAX: usize = 128;
/// Characters of a score's id: `feedback-` and a trace's id.
pub const SCORE_ID_CHARS_MAX: usize = 137;
/// Characters of `context`.
pub const CONTEXT_CHARS_MAX: usize = 40;
/// Characters of `error`.
pub const ERROR_CHARS_MAX: usize = 120;
/// Characters of the name of a resource in `units.calls`.
pub const RESOURCE_CHARS_MAX: usize = 80;

/// Characters of a key's name.
pub const KEY_NAME_CHARS_MAX: usize = 80;

/// Fields of one JSON object that is read.
pub const FIELDS_MAX: usize = 64;
/// Resources in `units.calls`.
pub const CALL_RESOURCES_MAX: usize = 32;
/// Bytes of `metadata`, as compact JSON.
pub const METADATA_BYTES_MAX: usize = 4 * 1024;
/// Fields of one object in `metadata`; more than fit into its bytes.
pub const METADATA_FIELDS_MAX: usize = 1_000;
/// Levels of nesting in `metadata` and `usage`.
pub const DEPTH_MAX: usize = 8;

/// Tokens in one bucket of one interaction.
pub const TOKENS_MAX: u64 = 1_000_000_000;
/// Units other than tokens, each.
pub const UNITS_MAX: u64 = 1_000_000_000_000;
/// A duration: a week.
pub const DURATION_MS_MAX: u64 = 7 * DAY_MS as u64;

/// How far back an event may lie, unless its key may backfill.
pub const AGE_DAYS_MAX: i64 = 400;
/// How far ahead an event may lie: clocks differ.
pub const AHEAD_MS_MAX: i64 = 5 * 60 * 1000;
/// The earliest moment that a backfill may name: 2020-01-01, before the first priced model.
pub const EARLIEST_MS: i64 = 1_577_836_800_000;

/// Picodollars of the dearest interaction, unless configured otherwise: $10,000.
///
/// It is also what keeps sums exact: a day of 900 such interactions still fits an `i64`.
pub const INTERACTION_COST_PICO_MAX: i64 = 10_000_000_000_000_000;

/// The most that [`Limits::interaction_cost_max`] may be set to: $1,000,000. Nine such interactions
/// in one cell of a rollup still fit an `i64`.
pub const INTERACTION_COST_PICO_CEILING: i64 = 1_000_000_000_000_000_000;

/// Picodollars that one key may declare of one day's cost, unless configured otherwise: $100,000. Ninety
/// keys that do so leave room in the sums of a day.
pub const DECLARED_COST_PICO_MAX: i64 = 100_000_000_000_000_000;

const _: () = assert!(EVENT_BYTES_MAX <= BATCH_BYTES_MAX);
const _: () = assert!(BATCH_BYTES_MAX <= TRACE_BYTES_MAX);
const _: () = assert!(
    BATCH_EVENTS_MAX <= 1_000,
    "four characters hold the index behind a key"
);
const _: () = assert!(IDEMPOTENCY_KEY_CHARS_MAX + 1 + 3 <= ID_CHARS_MAX);
// The fallback session is `tenant/user@yyyy-mm-dd`.
const _: () = assert!(TENANT_ID_CHARS_MAX + USER_ID_CHARS_MAX + 17 <= SESSION_ID_CHARS_MAX);
const _: () = assert!("feedback-".len() + ID_CHARS_MAX == SCORE_ID_CHARS_MAX);
const _: () = assert!(METADATA_BYTES_MAX < EVENT_BYTES_MAX);
// The shortest field of an object is `"a":1,`.
const _: () = assert!(METADATA_FIELDS_MAX > METADATA_BYTES_MAX / 6);
const _: () = assert!(INTERACTION_COST_PICO_MAX <= i64::MAX / 900);
const _: () = assert!(INTERACTION_COST_PICO_CEILING <= i64::MAX / 9);
// Ten buckets of tokens, summed, stay far inside an i64.
const _: () = assert!(TOKENS_MAX.checked_mul(10).is_some());

/// The limits that an installation may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most that one interaction may cost.
    pub interaction_cost_max: PicoUsd,
    /// The most that one key may declare of one day's cost.
    pub declared_cost_max: PicoUsd,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            interaction_cost_max: PicoUsd::new(INTERACTION_COST_PICO_MAX),
            declared_cost_max: PicoUsd::new(DECLARED_COST_PICO_MAX),
        }
    }
}
