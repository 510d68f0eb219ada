//! The ledger's reporting time zone: read, and changed by an admin.
use edge::Problem;
use edge::respond::json;
use events::Fields;
use events::limits::EVENT_BYTES_MAX;
use ledger_core::api_keys::Actor;
use ledger_core::schema::SchemaState;
use ledger_keep::change_reporting_zone::{
    ZoneChange, ZoneChangeBegun, begin_zone_change, newest_zone_change, reporting_time_zone,
};
use reporting_days::ReportingZone;
use reporting_days::calendar::iso as iso_time;
use serde_json::{Value, json};
use worker::{Request, Response};

use crate::keeping::run_job;
use crate::visit::Visit;

/// The most characters of a zone's name.
const ZONE_CHARS_MAX: usize = 64;

/// `GET /admin/reporting-time-zone`.
pub(crate) async fn get(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    visit.admin(request).await?;
    as_it_stands(visit).await
}

/// `PUT /admin/reporting-time-zone`: begins a change, or goes on with the one under way.
pub(crate) async fn set(visit: &mut Visit<'_>, request: &mut Request) -> Result<Response, Problem> {
    let admin = visit.admin(request).await?;
    let body = visit.json_body(request, EVENT_BYTES_MAX).await?;
    let mut fields = Fields::of_request(&body)?;
    let time_zone = fields
        .text("time_zone", ZONE_CHARS_MAX)?
        .ok_or_else(|| fields.missing("time_zone", "send an IANA name such as `Europe/Berlin`"))?;
    fields.finish()?;
    let zone = wished(visit, &time_zone)?;
    let actor = Actor {
        key_id: &admin.key_id,
        at: visit.received_at.0,
    };
    match begin_zone_change(&visit.suite.database, zone, actor).await? {
        ZoneChangeBegun::AlreadyThere => {}
        ZoneChangeBegun::UnderWay(_) => run_job::change_zone(visit).await?,
        ZoneChangeBegun::SchemaMismatch { found } => {
            let remedy = SchemaState::of(found).remedy();
            return Err(Problem::unavailable(remedy.unwrap_or_default()));
        }
    }
    as_it_stands(visit).await
}

/// The zone that is asked for: the one that the Workers are configured with, since none of another
/// could write afterwards.
fn wished(visit: &Visit<'_>, name: &str) -> Result<ReportingZone, Problem> {
    let zone = ReportingZone::named(name).ok_or_else(|| {
        Problem::invalid_field(
            "time_zone",
            "`time_zone` is no IANA time zone; write it as `Europe/Berlin`",
        )
    })?;
    let configured = visit.suite.reporting_zone;
    if zone != configured {
        return Err(Problem::invalid_field(
            "time_zone",
            format!(
                "`time_zone` is `{}`, and the Workers are configured with `{}`: set \
                 REPORTING_TIME_ZONE of all three first and deploy, then send this again",
                zone.name(),
                configured.name()
            ),
        ));
    }
    Ok(zone)
}

async fn as_it_stands(visit: &Visit<'_>) -> Result<Response, Problem> {
    let database = &visit.suite.database;
    let time_zone = reporting_time_zone(database).await?;
    let change = newest_zone_change(database).await?;
    json(
        200,
        &json!({
            "time_zone": time_zone,
            "configured_time_zone": visit.suite.reporting_zone.name(),
            "change": change.map(|change| shown(&change)),
        }),
    )
}

fn shown(change: &ZoneChange) -> Value {
    let time = |ms: i64| iso_time(cost_calculation::UnixMillis(ms));
    json!({
        "from": change.from_zone,
        "to": change.to_zone,
        "started_at": time(change.started_at),
        "finished_at": change.finished_at.map(time),
        "checked_count": change.checked_count,
        "moved_count": change.moved_count,
    })
}
