//! `declared_cost`: a cost that the caller knows.
use cost_calculation::{Component, Declared, PicoUsd};
use serde_json::value::RawValue;

use crate::Context;
use crate::Rejection;
use crate::json::fields::Fields;
use crate::rejection::shown;

const CATEGORIES: [(&str, Component); 4] = [
    ("ai_tokens", Component::AiTokens),
    ("db_ops", Component::DbOps),
    ("api_calls", Component::ApiCalls),
    ("compute_time", Component::ComputeTime),
];

/// Reads an amount and its category; the amount within the installation's limit.
pub(crate) fn read(value: &RawValue, context: &Context<'_>) -> Result<Declared, Rejection> {
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
    let parsed: Option<PicoUsd> = amount.parse().ok().filter(|_| is_plain(&amount));
    let amount = parsed.ok_or_else(|| {
        fields.invalid(
            "amount",
            format!("is {}", shown(&amount)),
            "send US dollars as a decimal string with at most 12 digits behind the point and without \
             exponent, like \"0.0125\"",
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

/// Whether an amount is written out, with or without a sign: an `e` too much is a thousand dollars.
fn is_plain(amount: &str) -> bool {
    amount
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-')
}
