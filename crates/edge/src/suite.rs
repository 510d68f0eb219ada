//! What every Worker of the suite has: the database and the configuration.

use ledger_core::schema;
use reporting_days::ReportingZone;
use worker::Env;

use crate::{d1::D1, problem::Problem};

/// The database and the configuration of one request.
#[derive(Debug)]
pub struct Suite {
    /// The suite's one database, binding `DB`.
    pub database: D1,
    /// The installation's reporting zone, variable `REPORTING_TIME_ZONE`; UTC without it.
    pub reporting_zone: ReportingZone,
    /// Signs cookies, secret `COOKIE_SECRET`; without it no browser can sign in.
    pub cookie_secret: Option<String>,
}

impl Suite {
    /// Opens the bindings of a Worker.
    pub fn of(env: &Env) -> Result<Self, Problem> {
        let database = env.d1("DB").map_err(|_| {
            Problem::unavailable("the Worker has no D1 binding `DB`: see docs/deployment.md")
        })?;
        let zone_name = text(env, "REPORTING_TIME_ZONE").unwrap_or_else(|| "UTC".to_owned());
        let reporting_zone = ReportingZone::named(&zone_name).ok_or_else(|| {
            Problem::unavailable(format!(
                "REPORTING_TIME_ZONE is `{zone_name}`, which is no IANA time zone: set one such as \
                 `Europe/Berlin`"
            ))
        })?;
        Ok(Self {
            database: D1::new(database),
            reporting_zone,
            cookie_secret: env
                .secret("COOKIE_SECRET")
                .ok()
                .map(|secret| secret.to_string())
                .filter(|secret| secret.len() >= 32),
        })
    }

    /// Refuses to go on where the tables are not the ones that this software writes; for writes that
    /// don't ask in their own batch.
    pub async fn require_current_schema(&self) -> Result<(), Problem> {
        let state = schema::check(&self.database).await?;
        state
            .remedy()
            .map_or(Ok(()), |remedy| Err(Problem::unavailable(remedy)))
    }
}

/// A text variable, if it is set and not empty.
pub fn text(env: &Env, name: &str) -> Option<String> {
    env.var(name)
        .ok()
        .map(|value| value.to_string())
        .filter(|value| !value.is_empty())
}

/// A whole number from a variable, or the default; a value that is no number within the bounds is
/// a fault of the set-up that a request reports, not one that it guesses around.
pub fn number(
    env: &Env,
    name: &'static str,
    default: i64,
    bounds: std::ops::RangeInclusive<i64>,
) -> Result<i64, Problem> {
    let Some(value) = text(env, name) else {
        return Ok(default);
    };
    value
        .parse()
        .ok()
        .filter(|number| bounds.contains(number))
        .ok_or_else(|| {
            Problem::unavailable(format!(
                "{name} is `{value}`: set a whole number from {} to {}",
                bounds.start(),
                bounds.end()
            ))
        })
}
