//! `POST /pricing/overrides`: an operator's own price, set, replaced or ended.
use cost_calculation::{DAY_MS, UnixMillis};
use edge::Problem;
use edge::respond::json;
use events::Fields;
use ledger_keep::reprice::preview::RepricePreview;
use ledger_keep::reprice::preview_override::{OverridePreview, preview_override};
use ledger_keep::reprice::{RepriceConfig, WINDOW_MS_DEFAULT};
use price_book::overrides::{OverrideChange, OverrideError, OverrideKey, change_override};
use price_book::rates::rate_text;
use price_feeds::merge::{BookRow, NewRow};
use price_feeds::{PriceKey, Rate};
use serde_json::{Map, Value, json};
use worker::{Request, Response};

use crate::decide_quarantine::problem_of;
use crate::show_rate;
use crate::visit::Visit;

/// The most characters of a name, a key or a rate.
pub(crate) const NAME_CHARS_MAX: usize = 256;
/// The largest count: a bound of a context, units of a rate.
const COUNT_MAX: u64 = i64::MAX as u64;
/// How many interactions a trial looks at: chunks of so many, and so many chunks.
const TRIAL_CHUNK_INTERACTIONS: u32 = 2_000;
const TRIAL_CHUNKS_MAX: u32 = 25;

/// Answers the request.
pub(crate) async fn change(visit: &Visit<'_>, request: &mut Request) -> Result<Response, Problem> {
    let admin = visit.admin(request).await?;
    let body = visit.json_body(request).await?;
    let mut fields = Fields::of_request(&body)?;
    let (key, change, reason) = read(&mut fields, visit.received_at)?;
    let is_dry_run = fields.flag("dry_run")?.unwrap_or(false);
    fields.finish()?;
    let database = &visit.suite.database;
    let (changes, rows, reestimates) = if is_dry_run {
        let preview = trial(visit, &key, change).await?;
        let reestimates = reestimates_json(&preview.reestimates);
        (preview.changes, preview.rows, reestimates)
    } else {
        let changed = change_override(database, visit.actor(&admin), &key, change, &reason).await;
        let changed = changed.map_err(problem)?;
        (changed.changes, changed.rows, Value::Null)
    };
    let status = match change {
        OverrideChange::Set { .. } => "set",
        OverrideChange::End { .. } => "ended",
    };
    let opened: Vec<Value> = changes.open.iter().map(opened_json).collect();
    let closed: Vec<Value> = changes
        .close
        .iter()
        .filter_map(|(id, end_ms)| {
            let row = rows.iter().find(|row| row.id == *id)?;
            Some(closed_json(row, *end_ms))
        })
        .collect();
    json(
        200,
        &json!({
            "status": status,
            "dry_run": is_dry_run,
            "opened": opened.len(),
            "closed": closed.len(),
            "opened_rates": opened,
            "closed_rates": closed,
            "reestimates": reestimates,
        }),
    )
}

/// What the change would do, in the window that the next re-pricing run looks at.
async fn trial(
    visit: &Visit<'_>,
    key: &OverrideKey,
    change: OverrideChange,
) -> Result<OverridePreview, Problem> {
    let days = edge::suite::number(
        visit.env,
        "REPRICE_DAYS",
        WINDOW_MS_DEFAULT / DAY_MS,
        1..=400,
    )?;
    let config = RepriceConfig {
        window_ms: days * DAY_MS,
        chunk_interactions: TRIAL_CHUNK_INTERACTIONS,
        chunks_max: TRIAL_CHUNKS_MAX,
        ..RepriceConfig::default()
    };
    let now = visit.received_at;
    let window_start = UnixMillis(now.0 - config.window_ms);
    let first_day = visit.suite.reporting_zone.day(window_start);
    preview_override(&visit.suite.database, key, change, &first_day, now, &config)
        .await
        .map_err(problem)
}

fn problem(error: OverrideError) -> Problem {
    match error {
        OverrideError::Field { field, fault } => Problem::invalid_field(field, fault),
        OverrideError::NothingToEnd => Problem::not_found(error.to_string()),
        OverrideError::Sync(error) => problem_of(&error),
    }
}

/// A row as an answer shows it; `id` is left out of one that is not written yet.
fn rate_json(
    key: &PriceKey,
    rate: Rate,
    source: &str,
    (valid_from_ms, valid_to_ms): (i64, Option<i64>),
) -> Map<String, Value> {
    let members = [
        ("provider", json!(key.provider)),
        ("model", json!(key.model)),
        ("resource_type", json!(key.resource_type)),
        ("region", json!(key.region)),
        ("service_tier", json!(key.service_tier)),
        ("min_context", json!(key.min_context)),
        ("schedule", json!(key.schedule)),
        ("rate", json!(rate_text(&key.resource_type, rate.rate_pico))),
        ("per", json!(rate.per)),
        (
            "valid_from",
            json!(
                Some(valid_from_ms)
                    .filter(|from| *from > 0)
                    .map(show_rate::moment)
            ),
        ),
        ("valid_to", json!(valid_to_ms.map(show_rate::moment))),
        ("source", json!(source)),
    ];
    let named = members.map(|(name, value)| (name.to_owned(), value));
    named.into_iter().collect()
}

fn opened_json(row: &NewRow) -> Value {
    let times = (row.valid_from_ms, row.valid_to_ms);
    Value::Object(rate_json(&row.key, row.rate, row.source.as_str(), times))
}

fn closed_json(row: &BookRow, end_ms: i64) -> Value {
    let times = (row.valid_from_ms, Some(end_ms));
    let mut shown = rate_json(&row.key, row.rate, &row.source, times);
    shown.insert("id".to_owned(), json!(row.id));
    Value::Object(shown)
}

fn reestimates_json(preview: &RepricePreview) -> Value {
    let months: Vec<Value> = preview
        .months
        .iter()
        .map(|(month, (count, difference))| {
            json!({ "month": month, "interaction_count": count, "cost_difference": difference })
        })
        .collect();
    let examples: Vec<Value> = preview
        .examples
        .iter()
        .map(|example| {
            json!({
                "id": example.id,
                "day": example.day,
                "cost_before": example.cost_before.map(|cost| cost.to_string()),
                "cost_after": example.cost_after.map(|cost| cost.to_string()),
            })
        })
        .collect();
    json!({
        "interaction_count": preview.interaction_count,
        "priced_count": preview.priced_count,
        "cost_before": preview.cost_before,
        "cost_after": preview.cost_after,
        "cost_difference": preview.cost_after - preview.cost_before,
        "months": months,
        "examples": examples,
        "is_complete": preview.is_complete,
    })
}

fn read(
    fields: &mut Fields<'_>,
    now: UnixMillis,
) -> Result<(OverrideKey, OverrideChange, String), Problem> {
    let key = OverrideKey {
        provider: fields.required("provider", NAME_CHARS_MAX)?,
        model: fields.text("model", NAME_CHARS_MAX)?.unwrap_or_default(),
        resource_type: fields.required("resource_type", NAME_CHARS_MAX)?,
        region: fields.text("region", NAME_CHARS_MAX)?.unwrap_or_default(),
        service_tier: fields
            .text("service_tier", NAME_CHARS_MAX)?
            .unwrap_or_default(),
        min_context: fields.count("min_context", COUNT_MAX)?.unwrap_or_default(),
        schedule: fields.text("schedule", NAME_CHARS_MAX)?.unwrap_or_default(),
    };
    let is_end = fields.flag("end")?.unwrap_or(false);
    let valid_from = fields.date_or_moment("valid_from")?;
    let valid_to = fields.date_or_moment("valid_to")?;
    let reason = fields.reason()?;
    if is_end {
        return Ok((
            key,
            OverrideChange::End {
                valid_to: valid_to.unwrap_or(now),
            },
            reason,
        ));
    }
    let text = fields.required("rate", NAME_CHARS_MAX)?;
    let per = fields
        .count("per", COUNT_MAX)?
        .filter(|per| *per > 0)
        .map(u64::cast_signed);
    let is_multiplier = key.resource_type == "multiplier";
    let rate = if is_multiplier {
        Rate::factor(&text)
    } else {
        let per = per.ok_or_else(|| {
            fields.missing(
                "per",
                "send the units that the rate is for, such as 1000000",
            )
        })?;
        Rate::from_decimal(&text, per, per)
    };
    let rate = rate.map_err(|error| {
        fields.invalid(
            "rate",
            format!("`{text}` {error}"),
            "send US dollars as a decimal text, such as \"0.25\"",
        )
    })?;
    let change = OverrideChange::Set {
        rate,
        valid_from: valid_from.unwrap_or(now),
        valid_to,
    };
    Ok((key, change, reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_json(json: &str) -> Result<OverrideChange, Problem> {
        let mut fields = Fields::of_request(json.as_bytes())?;
        let (_, change, _) = read(&mut fields, UnixMillis(7))?;
        fields.finish()?;
        Ok(change)
    }

    #[test]
    fn a_rate_is_dollars_for_units_and_a_multiplier_is_a_factor() {
        let input = r#"{"provider": "openai", "model": "gpt-x", "resource_type": "input",
            "rate": "0.2", "per": 1000000, "reason": "contract"}"#;
        let rate = Rate {
            rate_pico: 200_000_000_000,
            per: 1_000_000,
        };
        let set = OverrideChange::Set {
            rate,
            valid_from: UnixMillis(7),
            valid_to: None,
        };
        assert_eq!(read_json(input).unwrap(), set);
        let uplift = r#"{"provider": "openai", "resource_type": "multiplier", "region": "eu",
            "rate": "1.1", "reason": "contract"}"#;
        let OverrideChange::Set { rate, .. } = read_json(uplift).unwrap() else {
            panic!("set")
        };
        assert_eq!(
            rate,
            Rate {
                rate_pico: 11,
                per: 10
            }
        );
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let field = |json: &str| read_json(json).unwrap_err().field.unwrap_or_default();
        let with = |rest: &str| {
            format!(r#"{{"provider": "openai", "resource_type": "input", "reason": "x"{rest}}}"#)
        };
        assert_eq!(field("{}"), "provider");
        assert_eq!(field(&with("")), "rate");
        assert_eq!(field(&with(r#", "rate": "0.2""#)), "per");
        assert_eq!(field(&with(r#", "rate": "cheap", "per": 1"#)), "rate");
        assert_eq!(field(&with(r#", "rate": "-1", "per": 1"#)), "rate");
        assert_eq!(field(&with(r#", "rate": 0.2, "per": 1"#)), "rate");
        assert_eq!(
            field(&with(r#", "rate": "1", "per": 1, "price": 2"#)),
            "price"
        );
    }
}
