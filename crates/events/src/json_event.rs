//! The suite's own JSON events: `POST /track/interaction` and `/track/batch`.
use std::collections::BTreeMap;

use cost_calculation::{Component, Declared, PicoUsd, TokenUsage, Units, UnixMillis};
use serde_json::value::RawValue;

use crate::json_body::body_text;
use crate::json_fields::Fields;
use crate::limits::{
    AGENT_CHARS_MAX, BATCH_BYTES_MAX, BATCH_EVENTS_MAX, CALL_RESOURCES_MAX, CONTEXT_CHARS_MAX,
    DURATION_MS_MAX, ERROR_CHARS_MAX, EVENT_BYTES_MAX, ID_CHARS_MAX, IDEMPOTENCY_KEY_CHARS_MAX,
    MODEL_CHARS_MAX, PROVIDER_CHARS_MAX, REFERENCE_CHARS_MAX, RESOURCE_CHARS_MAX,
    SESSION_ID_CHARS_MAX, TENANT_ID_CHARS_MAX, UNITS_MAX, USER_ID_CHARS_MAX,
};
use crate::rejection::shown;
use crate::{
    Context, Interaction, InteractionStatus, InteractionType, Rejection, json_metadata, json_usage,
    session_id, timestamp,
};

/// The `source` of what came as a JSON event.
pub const SOURCE: &str = "api";

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

const CATEGORIES: [(&str, Component); 4] = [
    ("ai_tokens", Component::AiTokens),
    ("db_ops", Component::DbOps),
    ("api_calls", Component::ApiCalls),
    ("compute_time", Component::ComputeTime),
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

fn interaction(
    mut fields: Fields<'_>,
    fallback_id: Option<String>,
    context: &Context<'_>,
) -> Result<Interaction, Rejection> {
    let id = match fields.text("id", usize::MAX)? {
        Some(id) => {
            check_id(&id, "id", ID_CHARS_MAX)?;
            id
        }
        None => fallback_id.ok_or_else(|| {
            fields.missing(
                "id",
                "send an `id` of your own or the header `Idempotency-Key`: \
                 without either a retry would count twice",
            )
        })?,
    };
    let kind = fields
        .word("type", &TYPES)?
        .ok_or_else(|| fields.missing("type", "send `chat`, `db`, `api` or `cost-event`"))?;
    let tenant_id = fields
        .text("tenant_id", TENANT_ID_CHARS_MAX)?
        .unwrap_or_default();
    let user_id = fields
        .text("user_id", USER_ID_CHARS_MAX)?
        .ok_or_else(|| fields.missing("user_id", "name the user"))?;

    let timestamp = fields.moment("timestamp")?.ok_or_else(|| {
        fields.missing(
            "timestamp",
            "send the moment at which it started; a retry must say the same",
        )
    })?;
    let duration_ms = fields.count("duration_ms", DURATION_MS_MAX)?;
    let price_time = UnixMillis(
        timestamp
            .0
            .saturating_add_unsigned(duration_ms.unwrap_or_default()),
    );
    timestamp::check_window(timestamp, "timestamp", context)?;
    timestamp::check_window(price_time, "duration_ms", context)?;
    let time_to_first_token_ms = fields.count("time_to_first_token_ms", DURATION_MS_MAX)?;
    if let (Some(first), Some(whole)) = (time_to_first_token_ms, duration_ms)
        && first > whole
    {
        let fault = format!("({first}) is more than `duration_ms` ({whole})");
        return Err(fields.invalid("time_to_first_token_ms", fault, "check what was measured"));
    }

    let provider = fields
        .text("provider", PROVIDER_CHARS_MAX)?
        .unwrap_or_default();
    let model_name = fields
        .text("model_name", MODEL_CHARS_MAX)?
        .unwrap_or_default();
    if kind == InteractionType::Chat && model_name.is_empty() {
        return Err(fields.missing("model_name", "name the model: a chat is priced by it"));
    }
    let usage = usage(&mut fields, &provider)?;
    let units = match fields.take("units") {
        Some(value) => units(value)?,
        None => Units::default(),
    };
    let declared = match fields.take("declared_cost") {
        Some(value) => Some(declared_cost(value, context)?),
        None => None,
    };
    if kind == InteractionType::CostEvent && declared.is_none() {
        return Err(fields.missing(
            "declared_cost",
            "a cost event declares its cost: send `amount` (US dollars, a decimal string) \
             and `category`",
        ));
    }
    let model_reported = fields
        .text("model_reported", MODEL_CHARS_MAX)?
        .filter(|reported| *reported != model_name);
    let session_id = fields
        .text("session_id", SESSION_ID_CHARS_MAX)?
        .unwrap_or_else(|| session_id::of_user_and_day(&tenant_id, &user_id, timestamp));
    let error = fields.text("error", ERROR_CHARS_MAX)?;
    let status = fields.word("status", &STATUSES)?.unwrap_or(match error {
        Some(_) => InteractionStatus::Error,
        None => InteractionStatus::Ok,
    });
    if status == InteractionStatus::Ok && error.is_some() {
        let remedy = "leave `error` out, or send `status` `error`";
        return Err(fields.invalid("error", "is given although `status` is `ok`", remedy));
    }
    let interaction = Interaction {
        id,
        session_id,
        tenant_id,
        user_id,
        timestamp,
        price_time,
        kind,
        duration_ms,
        time_to_first_token_ms,
        provider,
        model_name,
        model_reported,
        endpoint: fields.text("endpoint", PROVIDER_CHARS_MAX)?,
        region: fields.text("region", PROVIDER_CHARS_MAX)?,
        service_tier: fields.text("service_tier", PROVIDER_CHARS_MAX)?,
        usage,
        units,
        declared,
        agent: fields.text("agent", AGENT_CHARS_MAX)?.unwrap_or_default(),
        message_id: fields.text("message_id", REFERENCE_CHARS_MAX)?,
        trace_id: fields.text("trace_id", REFERENCE_CHARS_MAX)?,
        context: fields.text("context", CONTEXT_CHARS_MAX)?,
        status,
        error,
        source: SOURCE,
        metadata: match fields.take("metadata") {
            Some(value) => json_metadata::compact(value)?,
            None => None,
        },
    };
    fields.finish()?;
    Ok(interaction)
}

fn usage(fields: &mut Fields<'_>, provider: &str) -> Result<TokenUsage, Rejection> {
    let convention = fields.word("usage_convention", &json_usage::conventions())?;
    match fields.take("usage") {
        Some(value) => json_usage::read(value, convention, provider),
        None if convention.is_some() => Err(fields.missing(
            "usage",
            "send the token counts, or leave `usage_convention` out",
        )),
        None => Ok(TokenUsage::default()),
    }
}

fn units(value: &RawValue) -> Result<Units, Rejection> {
    let mut fields = Fields::of_field(value, "units.")?;
    let mut count = |name| fields.count(name, UNITS_MAX).map(Option::unwrap_or_default);
    let mut units = Units {
        rows_read: count("rows_read")?,
        rows_written: count("rows_written")?,
        operations: count("operations")?,
        cpu_ms: count("cpu_ms")?,
        wall_ms: count("wall_ms")?,
        requests: count("requests")?,
        calls: BTreeMap::new(),
    };
    if let Some(value) = fields.take("calls") {
        units.calls = calls(value)?;
    }
    fields.finish()?;
    Ok(units)
}

fn calls(value: &RawValue) -> Result<BTreeMap<String, u64>, Rejection> {
    let mut fields = Fields::of_field(value, "units.calls.")?;
    let resources: Vec<String> = fields.names().map(ToOwned::to_owned).collect();
    if resources.len() > CALL_RESOURCES_MAX {
        return Err(Rejection::invalid(
            "units.calls",
            format!("names {} resources", resources.len()),
            format!("send at most {CALL_RESOURCES_MAX}"),
        ));
    }
    let mut calls = BTreeMap::new();
    for resource in resources {
        if resource.is_empty()
            || resource.len() > RESOURCE_CHARS_MAX
            || !resource.bytes().all(|byte| byte.is_ascii_graphic())
        {
            return Err(Rejection::invalid(
                "units.calls",
                format!("names a resource that is {}", shown(&resource)),
                format!("send names of at most {RESOURCE_CHARS_MAX} visible ASCII characters"),
            ));
        }
        if let Some(quantity) = fields
            .count(&resource, UNITS_MAX)?
            .filter(|&count| count > 0)
        {
            calls.insert(resource, quantity);
        }
    }
    Ok(calls)
}

fn declared_cost(value: &RawValue, context: &Context<'_>) -> Result<Declared, Rejection> {
    let mut fields = Fields::of_field(value, "declared_cost.")?;
    let component = fields.word("category", &CATEGORIES)?.ok_or_else(|| {
        fields.missing(
            "category",
            "send `ai_tokens`, `db_ops`, `api_calls` or `compute_time`",
        )
    })?;
    let amount = fields
        .text("amount", 40)?
        .ok_or_else(|| fields.missing("amount", "send US dollars as a decimal string"))?;
    let amount: PicoUsd = amount.parse().map_err(|_| {
        fields.invalid(
            "amount",
            format!("is {}", shown(&amount)),
            "send US dollars as a decimal string with at most 12 digits behind the point, \
             like \"0.0125\"",
        )
    })?;
    let most = context.limits.interaction_cost_max;
    if amount < PicoUsd::ZERO || amount > most {
        return Err(fields.invalid(
            "amount",
            "is outside the limit",
            format!("send 0 to {most} US dollars for one interaction"),
        ));
    }
    fields.finish()?;
    Ok(Declared { component, amount })
}
