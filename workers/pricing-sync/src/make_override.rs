//! `POST /pricing/overrides`: an operator's own price, set, replaced or ended.
use cost_calculation::UnixMillis;
use edge::Problem;
use edge::respond::json;
use ledger::prices::overrides::{OverrideChange, OverrideError, OverrideKey, change_override};
use price_feeds::Rate;
use serde_json::json;
use worker::{Request, Response};

use crate::decide_quarantine::problem_of;
use crate::handle_request::Visit;
use crate::request_fields::{RequestFields, fault};

/// Answers the request.
pub(crate) async fn change(visit: &Visit<'_>, request: &mut Request) -> Result<Response, Problem> {
    let admin = visit.admin(request).await?;
    let mut fields = visit.fields(request).await?;
    let (key, change, reason) = read(&mut fields, visit.received_at)?;
    fields.finish()?;
    let changes = change_override(
        &visit.suite.database,
        visit.actor(&admin),
        &key,
        change,
        &reason,
    )
    .await
    .map_err(|error| match error {
        OverrideError::Field { field, fault } => Problem::invalid_field(field, fault),
        OverrideError::NothingToEnd => Problem::not_found(error.to_string()),
        OverrideError::Sync(error) => problem_of(&error),
    })?;
    let status = match change {
        OverrideChange::Set { .. } => "set",
        OverrideChange::End { .. } => "ended",
    };
    json(
        200,
        &json!({
            "status": status,
            "opened": changes.open.len(),
            "closed": changes.close.len(),
        }),
    )
}

fn read(
    fields: &mut RequestFields,
    now: UnixMillis,
) -> Result<(OverrideKey, OverrideChange, String), Problem> {
    let key = OverrideKey {
        provider: fields.required("provider")?,
        model: fields.text("model")?.unwrap_or_default(),
        resource_type: fields.required("resource_type")?,
        region: fields.text("region")?.unwrap_or_default(),
        service_tier: fields.text("service_tier")?.unwrap_or_default(),
        min_context: fields
            .count("min_context")?
            .unwrap_or_default()
            .unsigned_abs(),
        schedule: fields.text("schedule")?.unwrap_or_default(),
    };
    let is_end = fields.flag("end")?;
    let valid_from = fields.moment("valid_from")?;
    let valid_to = fields.moment("valid_to")?;
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
    let text = fields.required("rate")?;
    let per = fields.count("per")?.filter(|per| *per > 0);
    let is_multiplier = key.resource_type == "multiplier";
    let rate = if is_multiplier {
        Rate::factor(&text)
    } else {
        let per = per.ok_or_else(|| {
            fault(
                "per",
                "is missing: send the units that the rate is for, such as 1000000".to_owned(),
            )
        })?;
        Rate::from_decimal(&text, per, per)
    };
    let rate = rate.map_err(|error| {
        fault(
            "rate",
            format!("`{text}` {error}: send US dollars as a decimal text, such as \"0.25\""),
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
        let mut fields = RequestFields::read(json.as_bytes())?;
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
