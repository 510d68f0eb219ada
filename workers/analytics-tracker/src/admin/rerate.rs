//! Estimating again what is recorded: tried, run and looked at by an admin.
use cost_calculation::{Amount, DAY_MS, Flag, PicoUsd, PriceState, UnixMillis, canonical_provider};
use edge::Problem;
use edge::request::parameters;
use edge::respond::json;
use events::Fields;
use events::limits::{
    AGENT_CHARS_MAX, EVENT_BYTES_MAX, MODEL_CHARS_MAX, PROVIDER_CHARS_MAX, USER_ID_CHARS_MAX,
};
use ledger_core::api_keys::Actor;
use ledger_core::schema::SchemaState;
use ledger_keep::rerate::{
    Change, ExampleEstimate, RerateBegun, RerateChanges, RerateExample, RerateFilter, RerateRun,
    begin_rerate, list_rerates, preview_rerate, read_rerate,
};
use reporting_days::calendar::iso;
use serde_json::{Value, json};
use worker::{Request, Response};

use crate::admin::late_rejections::{LIMIT_DEFAULT, LIMIT_MAX};
use crate::keeping::jobs;
use crate::keeping::run_job;
use crate::visit::Visit;

/// Characters of the reason.
const REASON_CHARS_MAX: usize = 200;
/// Characters of a day.
const DAY_CHARS: usize = 10;
/// Days of a range.
const DAYS_MAX: i64 = 3_660;

/// `POST /admin/rerate`: says what a run would change, or begins one, or goes on with the same one.
pub(crate) async fn start(
    visit: &mut Visit<'_>,
    request: &mut Request,
) -> Result<Response, Problem> {
    let admin = visit.admin(request).await?;
    let body = visit.json_body(request, EVENT_BYTES_MAX).await?;
    let mut fields = Fields::of_request(&body)?;
    let reason = fields.text("reason", REASON_CHARS_MAX)?.unwrap_or_default();
    let is_dry_run = fields.flag("dry_run")?.unwrap_or(false);
    let filter = filter_of(&mut fields)?;
    fields.finish()?;
    if is_dry_run {
        let config = jobs::rerate_config(visit.env).map_err(Problem::unavailable)?;
        let database = jobs::Unhurried(&visit.suite.database);
        let (changes, is_complete) =
            preview_rerate(&database, &filter, &config, edge::clock::now).await?;
        return json(
            200,
            &json!({
                "dry_run": true, "is_complete": is_complete, "run": null,
                "changes": shown_changes(&changes),
            }),
        );
    }
    let actor = Actor {
        key_id: &admin.key_id,
        at: visit.received_at.0,
    };
    let begun = begin_rerate(&visit.suite.database, &filter, &reason, actor).await?;
    let id = match begun {
        RerateBegun::UnderWay(run) => run.id,
        RerateBegun::Busy(run) => {
            return Err(Problem::conflict(format!(
                "the re-rating {} is under way: wait until it is finished, or send its own range and \
                 filters again to move it on",
                run.id
            )));
        }
        RerateBegun::SchemaMismatch { found } => {
            let remedy = SchemaState::of(found).remedy();
            return Err(Problem::unavailable(remedy.unwrap_or_default()));
        }
    };
    run_job::rerate(visit).await?;
    let run = read(visit, id).await?;
    json(
        200,
        &json!({
            "dry_run": false, "is_complete": run.finished_at.is_some(),
            "changes": shown_changes(&run.changes), "run": shown_run(&run),
        }),
    )
}

/// `GET /admin/rerate`: the runs, newest first.
pub(crate) async fn list(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    visit.admin(request).await?;
    let query = parameters(request, &["limit", "offset"])?;
    let limit = query.number("limit", LIMIT_DEFAULT, 1..=LIMIT_MAX)?;
    let offset = query.number("offset", 0, 0..=u32::MAX)?;
    let (runs, total) = list_rerates(&visit.suite.database, limit, offset).await?;
    let items: Vec<Value> = runs.iter().map(shown_run).collect();
    json(
        200,
        &json!({ "items": items, "total": total, "limit": limit, "offset": offset }),
    )
}

/// `GET /admin/rerate/{rerate_id}`.
pub(crate) async fn get(
    visit: &Visit<'_>,
    request: &Request,
    id: &str,
) -> Result<Response, Problem> {
    visit.admin(request).await?;
    let id = id.parse().map_err(|_| unknown(id))?;
    let run = read(visit, id).await?;
    json(
        200,
        &json!({
            "dry_run": false, "is_complete": run.finished_at.is_some(),
            "changes": shown_changes(&run.changes), "run": shown_run(&run),
        }),
    )
}

async fn read(visit: &Visit<'_>, id: i64) -> Result<RerateRun, Problem> {
    read_rerate(&visit.suite.database, id)
        .await?
        .ok_or_else(|| unknown(&id.to_string()))
}

fn unknown(id: &str) -> Problem {
    Problem::not_found(format!(
        "there is no re-rating `{}`; `GET /admin/rerate` lists them",
        id.chars().take(20).collect::<String>()
    ))
}

fn filter_of(fields: &mut Fields<'_>) -> Result<RerateFilter, Problem> {
    let mut day = |name| -> Result<(String, i64), Problem> {
        let text = fields.required(name, DAY_CHARS)?;
        let midnight = day_of(name, &text)?;
        Ok((text, midnight))
    };
    let (start_date, first) = day("start_date")?;
    let (end_date, last) = day("end_date")?;
    if last < first || (last - first) / DAY_MS >= DAYS_MAX {
        return Err(Problem::invalid_field(
            "end_date",
            format!(
                "`end_date` is before `start_date` or more than {DAYS_MAX} days behind it: send a \
                 shorter range"
            ),
        ));
    }
    let states: Vec<(&str, PriceState)> = PriceState::ALL
        .into_iter()
        .map(|state| (state.as_str(), state))
        .collect();
    let flags: Vec<(&str, Flag)> = Flag::ALL
        .into_iter()
        .map(|flag| (flag.as_str(), flag))
        .collect();
    let provider = fields.text("provider", PROVIDER_CHARS_MAX)?;
    Ok(RerateFilter {
        start_date,
        end_date,
        provider: provider.map(|name| canonical_provider(&name).into_owned()),
        model: fields.text("model", MODEL_CHARS_MAX)?,
        agent: fields.text_or_empty("agent", AGENT_CHARS_MAX)?,
        user_id: fields.text("user_id", USER_ID_CHARS_MAX)?,
        price_state: fields.word("price_state", &states)?,
        flag: fields
            .word("flag", &flags)?
            .map(|flag| flag.as_str().to_owned()),
    })
}

/// The midnight of a day in UTC.
fn day_of(name: &'static str, text: &str) -> Result<i64, Problem> {
    let day = (text.len() == 10)
        .then(|| text.parse::<chrono::NaiveDate>().ok())
        .flatten();
    day.and_then(|day| day.and_hms_opt(0, 0, 0))
        .map(|midnight| midnight.and_utc().timestamp_millis())
        .ok_or_else(|| {
            Problem::invalid_field(
                name,
                format!("`{name}` is no day: write it as `2026-11-01`"),
            )
        })
}

fn shown_run(run: &RerateRun) -> Value {
    let time = |ms: i64| iso(UnixMillis(ms));
    json!({
        "id": run.id,
        "requested_by": run.requested_by,
        "reason": run.reason,
        "filter": run.filter,
        "started_at": time(run.started_at),
        "finished_at": run.finished_at.map(time),
        "examined_count": run.changes.examined_count,
        "changed_count": run.changes.total.interaction_count,
        "difference": difference(&run.changes.total),
    })
}

fn difference(change: &Change) -> Amount {
    Amount(change.cost_after_pico - change.cost_before_pico)
}

fn shown_changes(changes: &RerateChanges) -> Value {
    let groups = |changes: &std::collections::BTreeMap<String, Change>| -> Vec<Value> {
        let shown = changes.iter().map(|(name, change)| {
            json!({
                "name": name, "interaction_count": change.interaction_count,
                "cost_before": Amount(change.cost_before_pico),
                "cost_after": Amount(change.cost_after_pico),
                "difference": difference(change),
            })
        });
        shown.collect()
    };
    json!({
        "examined_count": changes.examined_count,
        "chosen_count": changes.chosen_count,
        "changed_count": changes.total.interaction_count,
        "over_limit_count": changes.over_limit_count,
        "refused_count": changes.refused_count,
        "refused": changes.refused,
        "cost_before": Amount(changes.total.cost_before_pico),
        "cost_after": Amount(changes.total.cost_after_pico),
        "difference": difference(&changes.total),
        "by_day": groups(&changes.by_day),
        "by_model": groups(&changes.by_model),
        "by_user": groups(&changes.by_user),
        "by_state": groups(&changes.by_state),
        "examples": changes.examples.iter().map(shown_example).collect::<Vec<_>>(),
    })
}

fn shown_example(example: &RerateExample) -> Value {
    json!({
        "id": example.id, "day": example.day,
        "before": shown_estimate(&example.before), "after": shown_estimate(&example.after),
    })
}

fn shown_estimate(estimate: &ExampleEstimate) -> Value {
    let lines: Vec<Value> = estimate
        .lines()
        .into_iter()
        .map(|line| {
            json!({
                "resource_type": line.resource, "quantity": line.quantity,
                "price_id": line.price_id, "amount": line.amount, "flags": line.flags,
            })
        })
        .collect();
    json!({
        "total_cost": estimate.total_pico.map(PicoUsd::new),
        "price_state": estimate.price_state,
        "lines": lines,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<RerateFilter, Problem> {
        let mut fields = Fields::of_request(body.as_bytes())?;
        let filter = filter_of(&mut fields)?;
        fields.finish()?;
        Ok(filter)
    }

    #[test]
    fn a_wish_becomes_a_filter_with_the_providers_canonical_name() {
        let filter = read(
            r#"{"start_date":"2026-11-01","end_date":"2026-11-30","provider":"openAI","price_state":"partial","agent":""}"#,
        )
        .unwrap();
        assert_eq!(filter.provider.as_deref(), Some("openai"));
        assert_eq!(filter.price_state, Some(PriceState::Partial));
        assert_eq!(filter.agent.as_deref(), Some(""), "calls without an agent");
    }

    #[test]
    fn what_is_no_range_state_or_flag_is_refused_by_name() {
        let refused = |body: &str| read(body).unwrap_err().field.unwrap_or_default();
        for (body, field) in [
            (
                r#"{"start_date":"1.11.2026","end_date":"2026-11-30"}"#,
                "start_date",
            ),
            (
                r#"{"start_date":"2026-11-01","end_date":"2026-11-31"}"#,
                "end_date",
            ),
            (
                r#"{"start_date":"2026-11-02","end_date":"2026-11-01"}"#,
                "end_date",
            ),
            (
                r#"{"start_date":"2000-01-01","end_date":"2026-11-01"}"#,
                "end_date",
            ),
            (
                r#"{"start_date":"2026-11-01","end_date":"2026-11-01","price_state":"cheap"}"#,
                "price_state",
            ),
            (
                r#"{"start_date":"2026-11-01","end_date":"2026-11-01","flag":"odd"}"#,
                "flag",
            ),
            (
                r#"{"start_date":"2026-11-01","end_date":"2026-11-01","dryrun":true}"#,
                "dryrun",
            ),
        ] {
            assert_eq!(refused(body), field, "{body}");
        }
    }
}
