//! The suite's own JSON events: `POST /track/interaction` and `/track/batch`.
use cost_calculation::{Declared, Flags, TokenPart, TokenUsage, UnixMillis, UsageReading};
use serde_json::value::RawValue;

use crate::Context;
use crate::Interaction;
use crate::InteractionStatus;
use crate::InteractionType;
use crate::Rejection;
use crate::json::body::body_text;
use crate::json::declared_cost;
use crate::json::fields::Fields;
use crate::json::metadata;
use crate::json::units;
use crate::json::usage;
use crate::limits::{
    AGENT_CHARS_MAX, BATCH_BYTES_MAX, BATCH_EVENTS_MAX, CONTEXT_CHARS_MAX, DURATION_MS_MAX,
    ERROR_CHARS_MAX, EVENT_BYTES_MAX, ID_CHARS_MAX, IDEMPOTENCY_KEY_CHARS_MAX, MODEL_CHARS_MAX,
    PROVIDER_CHARS_MAX, REFERENCE_CHARS_MAX, SESSION_ID_CHARS_MAX, TENANT_ID_CHARS_MAX,
    USER_ID_CHARS_MAX,
};
use crate::session_id;
use crate::source;
use crate::spans::error_class::error_class;
use crate::timestamp;

const TYPES: [(&str, InteractionType); 4] = [
    ("chat", InteractionType::Chat),
    ("db", InteractionType::Db),
    ("api", InteractionType::Api),
    ("cost-event", InteractionType::CostEvent),
];

const STATUSES: [(&str, InteractionStatus); 2] = [
    ("ok", InteractionStatus::Ok),
    ("error", InteractionStatus::Error),
];

/// Reads one event. Without an `id` of its own it takes the request's `Idempotency-Key`.
pub fn parse_interaction(body: &[u8], context: &Context<'_>) -> Result<Interaction, Rejection> {
    let text = body_text(body, EVENT_BYTES_MAX)?;
    let fallback_id = idempotency_key(context)?.map(ToOwned::to_owned);
    interaction(Fields::of_body(text)?, fallback_id, context)
}

/// Reads `{"events": [...]}`: one result for each event, in their order.
///
/// Without an `id` of its own, an event takes the request's `Idempotency-Key` and its index.
///
/// # Errors
/// The whole batch is refused only where it can't be taken apart: not JSON, no list, too large,
/// too many events.
pub fn parse_batch(
    body: &[u8],
    context: &Context<'_>,
) -> Result<Vec<Result<Interaction, Rejection>>, Rejection> {
    let text = body_text(body, BATCH_BYTES_MAX)?;
    let key = idempotency_key(context)?;
    let mut fields = Fields::of_body(text)?;
    let events = list(&mut fields, "events")?;
    fields.finish()?;
    if events.len() > BATCH_EVENTS_MAX {
        return Err(Rejection::too_large(
            "events",
            format!("holds {} events", events.len()),
            format!("send at most {BATCH_EVENTS_MAX} at once"),
        ));
    }
    Ok(events
        .into_iter()
        .enumerate()
        .map(|(index, event)| {
            if event.get().len() > EVENT_BYTES_MAX {
                return Err(Rejection::too_large(
                    "event",
                    format!("has {} bytes", event.get().len()),
                    format!("send at most {EVENT_BYTES_MAX} bytes an event"),
                ));
            }
            let fallback_id = key.map(|key| format!("{key}:{index}"));
            let fields = Fields::of_body(event.get()).map_err(|rejection| {
                Rejection::invalid("event", rejection.fault, rejection.remedy)
            })?;
            interaction(fields, fallback_id, context)
        })
        .collect())
}

/// Takes a list, its items unread.
pub(crate) fn list<'a>(
    fields: &mut Fields<'a>,
    name: &str,
) -> Result<Vec<&'a RawValue>, Rejection> {
    let remedy = "send a list, as the contract describes";
    let list = fields
        .take(name)
        .ok_or_else(|| fields.missing(name, remedy))?;
    serde_json::from_str(list.get()).map_err(|_| fields.invalid(name, "is no list", remedy))
}

fn idempotency_key<'a>(context: &Context<'a>) -> Result<Option<&'a str>, Rejection> {
    let Some(key) = context
        .idempotency_key
        .map(str::trim)
        .filter(|key| !key.is_empty())
    else {
        return Ok(None);
    };
    check_id(key, "Idempotency-Key", IDEMPOTENCY_KEY_CHARS_MAX)?;
    Ok(Some(key))
}

/// Refuses an id that is too long or not visible ASCII.
pub(crate) fn check_id(id: &str, field: &str, chars_max: usize) -> Result<(), Rejection> {
    if id.len() > chars_max {
        let fault = format!("has {} bytes", id.len());
        return Err(Rejection::invalid(
            field,
            fault,
            format!("send at most {chars_max}"),
        ));
    }
    if !id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Rejection::invalid(
            field,
            "holds a character that is not visible ASCII",
            "send letters, digits and signs, without spaces",
        ));
    }
    Ok(())
}

/// A name for people; an empty one is none.
fn name(
    fields: &mut Fields<'_>,
    field: &str,
    chars_max: usize,
) -> Result<Option<String>, Rejection> {
    Ok(fields
        .text(field, chars_max)?
        .filter(|name| !name.trim().is_empty()))
}

fn interaction(
    mut fields: Fields<'_>,
    fallback_id: Option<String>,
    context: &Context<'_>,
) -> Result<Interaction, Rejection> {
    let id = id(&mut fields, fallback_id)?;
    let kind = fields
        .word("type", &TYPES)?
        .ok_or_else(|| fields.missing("type", "send `chat`, `db`, `api` or `cost-event`"))?;
    let tenant_id = fields
        .text("tenant_id", TENANT_ID_CHARS_MAX)?
        .unwrap_or_default();
    let user_id = fields
        .text("user_id", USER_ID_CHARS_MAX)?
        .ok_or_else(|| fields.missing("user_id", "name the user"))?;
    let times = times(&mut fields, context)?;
    let provider = fields
        .text("provider", PROVIDER_CHARS_MAX)?
        .unwrap_or_default();
    let model_name = fields
        .text("model_name", MODEL_CHARS_MAX)?
        .unwrap_or_default();
    if kind == InteractionType::Chat && model_name.is_empty() {
        return Err(fields.missing("model_name", "name the model: a chat is priced by it"));
    }
    let model_reported = fields
        .text("model_reported", MODEL_CHARS_MAX)?
        .filter(|reported| *reported != model_name);
    let session_id = fields
        .text("session_id", SESSION_ID_CHARS_MAX)?
        .unwrap_or_else(|| session_id::of_user_and_day(&tenant_id, &user_id, times.timestamp));
    let (status, error) = outcome(&mut fields)?;
    let reading = usage(&mut fields, &provider, times.price_time, context)?;
    let mut interaction = Interaction {
        id,
        session_id,
        tenant_id,
        user_id,
        timestamp: times.timestamp,
        price_time: times.price_time,
        kind,
        duration_ms: times.duration_ms,
        time_to_first_token_ms: times.time_to_first_token_ms,
        usage: TokenUsage::default(),
        provider,
        model_name,
        model_reported,
        endpoint: fields.text("endpoint", PROVIDER_CHARS_MAX)?,
        region: fields.text("region", PROVIDER_CHARS_MAX)?,
        service_tier: fields.text("service_tier", PROVIDER_CHARS_MAX)?,
        units: fields
            .take("units")
            .map(units::read)
            .transpose()?
            .unwrap_or_default(),
        reading: Flags::NONE,
        usage_numbers: None,
        reported_cost: None,
        declared: declared(&mut fields, kind, context)?,
        declared_by: None,
        agent: fields.text("agent", AGENT_CHARS_MAX)?.unwrap_or_default(),
        agent_name: name(&mut fields, "agent_name", AGENT_CHARS_MAX)?,
        user_label: name(&mut fields, "user_label", USER_ID_CHARS_MAX)?,
        message_id: fields.text("message_id", REFERENCE_CHARS_MAX)?,
        trace_id: fields.text("trace_id", REFERENCE_CHARS_MAX)?,
        context: fields.text("context", CONTEXT_CHARS_MAX)?,
        status,
        error,
        source: source::API,
        metadata: fields
            .take("metadata")
            .map(metadata::compact)
            .transpose()?
            .flatten(),
    };
    fields.finish()?;
    usage::apply(reading, &mut interaction);
    check_parts(&interaction)?;
    interaction.mark_unreported_usage();
    context.mark_reported(&mut interaction);
    Ok(interaction)
}

fn id(fields: &mut Fields<'_>, fallback_id: Option<String>) -> Result<String, Rejection> {
    if let Some(id) = fields.text("id", usize::MAX)? {
        check_id(&id, "id", ID_CHARS_MAX)?;
        return Ok(id);
    }
    fallback_id.ok_or_else(|| {
        fields.missing(
            "id",
            "send an `id` of your own or the header `Idempotency-Key`: \
             without either a retry would count twice",
        )
    })
}

struct Times {
    timestamp: UnixMillis,
    price_time: UnixMillis,
    duration_ms: Option<u64>,
    time_to_first_token_ms: Option<u64>,
}

fn times(fields: &mut Fields<'_>, context: &Context<'_>) -> Result<Times, Rejection> {
    let timestamp = fields.moment("timestamp")?.ok_or_else(|| {
        fields.missing(
            "timestamp",
            "send the moment at which it started; a retry must say the same",
        )
    })?;
    let duration_ms = fields.count("duration_ms", DURATION_MS_MAX)?;
    let completed_ms = timestamp
        .0
        .saturating_add_unsigned(duration_ms.unwrap_or_default());
    let price_time = UnixMillis(completed_ms);
    timestamp::check_window(timestamp, "timestamp", context)?;
    timestamp::check_window(price_time, "duration_ms", context)?;
    let time_to_first_token_ms = fields.count("time_to_first_token_ms", DURATION_MS_MAX)?;
    if let (Some(first), Some(whole)) = (time_to_first_token_ms, duration_ms)
        && first > whole
    {
        let fault = format!("({first}) is more than `duration_ms` ({whole})");
        return Err(fields.invalid("time_to_first_token_ms", fault, "check what was measured"));
    }
    Ok(Times {
        timestamp,
        price_time,
        duration_ms,
        time_to_first_token_ms,
    })
}

fn outcome(fields: &mut Fields<'_>) -> Result<(InteractionStatus, Option<String>), Rejection> {
    // A sender may well pass on what the provider said, and that quotes the request.
    let error = fields.text("error", ERROR_CHARS_MAX)?;
    let error = error.map(|message| error_class(&message));
    let status = fields.word("status", &STATUSES)?.unwrap_or(match error {
        Some(_) => InteractionStatus::Error,
        None => InteractionStatus::Ok,
    });
    if status == InteractionStatus::Ok && error.is_some() {
        let remedy = "leave `error` out, or send `status` `error`";
        return Err(fields.invalid("error", "is given although `status` is `ok`", remedy));
    }
    Ok((status, error))
}

fn declared(
    fields: &mut Fields<'_>,
    kind: InteractionType,
    context: &Context<'_>,
) -> Result<Option<Declared>, Rejection> {
    match fields.take("declared_cost") {
        Some(value) => declared_cost::read(value, context).map(Some),
        None if kind == InteractionType::CostEvent => Err(fields.missing(
            "declared_cost",
            "a cost event declares its cost: send `amount` (US dollars, a decimal string) \
             and `category`",
        )),
        None => Ok(None),
    }
}

/// A part of a bucket that is more than its bucket is a slip that its sender can mend.
fn check_parts(interaction: &Interaction) -> Result<(), Rejection> {
    let told = |part: &TokenPart| interaction.units.calls.get(part.as_str()).copied();
    for (whole, bucket) in interaction.usage.buckets() {
        let parts = TokenPart::ALL
            .into_iter()
            .filter(|part| part.whole() == whole);
        let together: u64 = parts.clone().filter_map(|part| told(&part)).sum();
        if together > bucket
            && let Some(part) = parts.into_iter().find(|part| told(part).is_some())
        {
            return Err(Rejection::invalid(
                format!("units.calls.{}", part.as_str()),
                format!("({together}) is more than the `{whole}` ({bucket}) that contains it"),
                "send parts of the tokens in `usage`",
            ));
        }
    }
    Ok(())
}

fn usage(
    fields: &mut Fields<'_>,
    provider: &str,
    at: UnixMillis,
    context: &Context<'_>,
) -> Result<UsageReading, Rejection> {
    let convention = fields.word("usage_convention", &usage::conventions())?;
    match fields.take("usage") {
        Some(value) => {
            let sender = context.sender_of_usage(source::API, provider, at);
            usage::read(value, convention, sender)
        }
        None if convention.is_some() => Err(fields.missing(
            "usage",
            "send the token counts, or leave `usage_convention` out",
        )),
        None => Ok(UsageReading::default()),
    }
}
