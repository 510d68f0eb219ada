//! What a usage answer has on request: days, models, the forecast.

use chrono::NaiveDate;
use cost_calculation::Amount;
use ledger_core::{Database, Statement};
use reporting_days::calendar::{days_between, previous_day};
use serde_json::{Map, Value, json};

use crate::{
    ledger_now::LedgerNow,
    overage::{MeterOverage, Used},
    period::DaySpan,
    plan::Meter,
    problem::PlanError,
    recount::{DayUse, day_use},
    subject::Subject,
    usage_of::Found,
};

/// What is asked for beside the standing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UsageExtras {
    /// What was used each day.
    pub days: bool,
    /// What was used by model.
    pub models: bool,
    /// What the period will come to.
    pub forecast: bool,
}

/// Complete days before there is a forecast.
const FORECAST_DAYS_MIN: i64 = 7;

/// The extras of an answer, by name.
pub(crate) async fn details<D: Database>(
    database: &D,
    found: &Found,
    days: DaySpan,
    extras: UsageExtras,
    state: &LedgerNow,
) -> Result<Map<String, Value>, PlanError> {
    let mut more = Map::new();
    if extras.days || extras.forecast {
        let used = day_use(database, &found.subject, days).await?;
        let meters = found.periods.first().map(crate::standing::Standing::meters);
        if extras.days {
            more.insert("days".to_owned(), json!(shown_days(&used)));
        }
        if extras.forecast {
            let of = |meter: Meter| {
                let of_meter = meters
                    .iter()
                    .flatten()
                    .find(|standing| standing.meter == meter);
                forecast(meter, of_meter, &used, days, state.today)
            };
            let all: Vec<Value> = Meter::ALL.into_iter().map(of).collect();
            more.insert("forecast".to_owned(), json!(all));
        }
    }
    if extras.models {
        let models = by_model(database, &found.subject, days).await?;
        more.insert("models".to_owned(), models);
    }
    Ok(more)
}

fn shown_days(used: &[DayUse]) -> Vec<Value> {
    used.iter()
        .map(|day| {
            json!({
                "day": day.day,
                "cost": Amount(day.used.cost),
                "tokens": Meter::Tokens.quantity(day.used.tokens),
                "interactions": Meter::Interactions.quantity(day.used.interactions),
            })
        })
        .collect()
}

/// What a meter will come to: what was used, and each day to come as the mean of the complete ones; the range
/// is as wide as the mean of its first and second half lie apart, and never narrower than a tenth of what
/// is to come.
fn forecast(
    meter: Meter,
    standing: Option<&MeterOverage>,
    used: &[DayUse],
    days: DaySpan,
    today: NaiveDate,
) -> Value {
    let on = |day: NaiveDate| {
        let found = used.iter().find(|used| used.day == day);
        found.map_or(0, |used| used.used.of(meter))
    };
    let sum: i128 = used.iter().map(|day| day.used.of(meter)).sum();
    let included = standing
        .and_then(|standing| standing.included)
        .filter(|included| *included > 0);
    let last = previous_day(days.end_day);
    let mut so_far = 0;
    let used_up_at = included.and_then(|included| {
        days_between(days.first_day, last.min(today)).find(|day| {
            so_far += on(*day);
            so_far >= included
        })
    });
    let complete = (today.min(days.end_day) - days.first_day).num_days();
    let to_come = (days.end_day - today).num_days();
    let reason = if to_come <= 0 {
        Some("ended")
    } else if complete < FORECAST_DAYS_MIN {
        Some("too_early")
    } else {
        None
    };
    if reason.is_some() {
        return json!({
            "meter": meter.as_str(), "low": null, "mid": null, "high": null,
            "used_up_at": used_up_at, "used_up_on": null, "reason": reason,
        });
    }
    let past: Vec<i128> = days_between(days.first_day, previous_day(today))
        .map(on)
        .collect();
    let mean =
        |days: &[i128]| days.iter().sum::<i128>() / i128::try_from(days.len().max(1)).unwrap_or(1);
    let (first, second) = past.split_at(past.len() / 2);
    let (a, b) = (mean(first), mean(second));
    let a_day = mean(&past);
    let to_come = i128::from(to_come);
    // Of today, what it is ahead of a usual day already.
    let ahead = (on(today) - a_day).max(0);
    let mid = sum - on(today) + ahead + a_day * to_come;
    let apart = ((a - b).abs() * to_come / 2).max(a_day * to_come / 10);
    let quantity = |quantity: i128| meter.quantity(quantity);
    let used_up_on = included
        .filter(|_| used_up_at.is_none() && a_day > 0)
        .and_then(|included| {
            let mut total = sum;
            days_between(reporting_days::calendar::next_day(today), last).find(|_| {
                total += a_day;
                total >= included
            })
        });
    json!({
        "meter": meter.as_str(),
        "low": quantity((mid - apart).max(sum)),
        "mid": quantity(mid.max(sum)),
        "high": quantity(mid + apart),
        "used_up_at": used_up_at,
        "used_up_on": used_up_on,
        "reason": null,
    })
}

async fn by_model<D: Database>(
    database: &D,
    subject: &Subject,
    days: DaySpan,
) -> Result<Value, PlanError> {
    // The cube's index by user; everybody's is the sums by model.
    let rows = match subject {
        Subject::User(_) => "usage_daily d WHERE d.user_key = ?1 ->> 'user_key' AND",
        Subject::Tenant(_) => {
            "users u CROSS JOIN usage_daily d INDEXED BY usage_daily_by_user ON d.user_key = u.user_key
             WHERE u.tenant_id = ?1 ->> 'tenant_id' AND"
        }
        Subject::Installation | Subject::Default => "daily_model_stats d WHERE",
    };
    let sql = format!(
        "SELECT json_array(d.provider, d.model, SUM(d.total_cost), SUM(d.input_tokens + d.cache_read_tokens
           + d.cache_write_5m_tokens + d.cache_write_1h_tokens + d.output_tokens + d.reasoning_tokens
           + d.audio_in_tokens + d.audio_out_tokens + d.image_in_tokens + d.image_out_tokens),
           SUM(d.interaction_count))
         FROM {rows} d.day >= ?1 ->> 'first' AND d.day < ?1 ->> 'end'
         GROUP BY d.provider, d.model ORDER BY SUM(d.total_cost) DESC, d.provider, d.model"
    );
    let (user_key, tenant_id) = match subject {
        Subject::User(key) => (Some(*key), None),
        Subject::Tenant(id) => (None, Some(id.as_str())),
        Subject::Installation | Subject::Default => (None, None),
    };
    let parameter = json!({
        "user_key": user_key, "tenant_id": tenant_id, "first": days.first_day, "end": days.end_day,
    });
    let rows: Vec<(String, String, i64, i64, i64)> = database
        .query(Statement::with(sql, &parameter)?)
        .await?
        .decode()?;
    let shown = rows
        .into_iter()
        .map(|(provider, model, cost, tokens, interactions)| {
            let used = Used {
                cost: cost.into(),
                tokens: tokens.into(),
                interactions: interactions.into(),
            };
            json!({
                "provider": provider, "model": model, "cost": Amount(used.cost),
                "tokens": tokens, "interactions": interactions,
            })
        });
    Ok(shown.collect())
}
