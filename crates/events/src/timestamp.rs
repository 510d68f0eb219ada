//! Moments: reading them, and the window in which an event may lie.
use chrono::{DateTime, SecondsFormat};
use cost_calculation::UnixMillis;

use crate::Context;
use crate::Rejection;
use crate::limits::{AGE_DAYS_MAX, AHEAD_MS_MAX, DAY_MS, EARLIEST_MS};

/// Unix times below this (1973 in milliseconds) are taken for seconds.
const SECONDS_BELOW: i64 = 100_000_000_000;

const REMEDY: &str = "send ISO 8601 with a zone, like `2026-11-23T12:51:09.324Z`, \
                      or unix milliseconds";

/// Reads ISO 8601 with a zone; finer digits than milliseconds are cut off.
pub(crate) fn from_text(text: &str, field: &str) -> Result<UnixMillis, Rejection> {
    match DateTime::parse_from_rfc3339(text) {
        Ok(moment) => Ok(UnixMillis(moment.timestamp_millis())),
        Err(_) => Err(Rejection::invalid(
            field,
            "is no moment in ISO 8601 with a zone",
            REMEDY,
        )),
    }
}

/// Reads unix milliseconds.
pub(crate) fn from_number(number: i64, field: &str) -> Result<UnixMillis, Rejection> {
    if (0..SECONDS_BELOW).contains(&number) {
        let fault = format!("({number}) looks like seconds, not milliseconds");
        return Err(Rejection::invalid(field, fault, REMEDY));
    }
    Ok(UnixMillis(number))
}

/// Refuses a moment outside the window: 400 days back (with the scope `backfill`: since 2020),
/// five minutes ahead.
pub(crate) fn check_window(
    moment: UnixMillis,
    field: &str,
    context: &Context<'_>,
) -> Result<(), Rejection> {
    let age_ms = context.received_at.0.saturating_sub(moment.0);
    if age_ms < -AHEAD_MS_MAX {
        return Err(Rejection::invalid(
            field,
            format!(
                "({}) lies more than 5 minutes ahead of the server's clock",
                show(moment)
            ),
            "check the sender's clock",
        ));
    }
    if context.allow_backfill {
        if moment.0 < EARLIEST_MS {
            return Err(Rejection::invalid(
                field,
                format!("({}) lies before 2020-01-01", show(moment)),
                "check the unit: moments are ISO 8601 or unix milliseconds",
            ));
        }
    } else if age_ms > AGE_DAYS_MAX * DAY_MS {
        return Err(Rejection::invalid(
            field,
            format!("({}) lies more than {AGE_DAYS_MAX} days back", show(moment)),
            "send history with a key that has the scope `backfill`",
        ));
    }
    Ok(())
}

/// The day in UTC, `yyyy-mm-dd`.
pub(crate) fn utc_day(moment: UnixMillis) -> String {
    show(moment).chars().take_while(|&c| c != 'T').collect()
}

fn show(UnixMillis(ms): UnixMillis) -> String {
    match DateTime::from_timestamp_millis(ms) {
        Some(moment) => moment.to_rfc3339_opts(SecondsFormat::Millis, true),
        None => ms.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis(1_795_438_280_000);

    #[test]
    fn a_moment_is_read_with_its_zone() {
        let utc = from_text("2026-11-23T12:51:09.363Z", "timestamp").unwrap();
        assert_eq!(utc, UnixMillis(1_795_438_269_363));
        assert_eq!(
            from_text("2026-11-23T13:51:09.363999+01:00", "timestamp").unwrap(),
            utc
        );
        assert!(from_text("2026-11-23T12:51:09", "timestamp").is_err());
    }

    #[test]
    fn seconds_are_not_taken_for_milliseconds() {
        let rejection = from_number(1_795_438_269, "timestamp").unwrap_err();
        assert!(
            rejection.to_string().contains("looks like seconds"),
            "{rejection}"
        );
    }

    #[test]
    fn an_event_from_the_future_is_refused_beyond_five_minutes() {
        let context = Context::at(NOW);
        assert!(check_window(UnixMillis(NOW.0 + AHEAD_MS_MAX), "timestamp", &context).is_ok());
        assert!(check_window(UnixMillis(NOW.0 + AHEAD_MS_MAX + 1), "timestamp", &context).is_err());
    }

    #[test]
    fn an_old_event_needs_the_scope_backfill() {
        let old = UnixMillis(NOW.0 - 401 * DAY_MS);
        let mut context = Context::at(NOW);
        let rejection = check_window(old, "timestamp", &context).unwrap_err();
        assert!(rejection.remedy.contains("backfill"));
        context.allow_backfill = true;
        assert!(check_window(old, "timestamp", &context).is_ok());
        assert!(check_window(UnixMillis(EARLIEST_MS - 1), "timestamp", &context).is_err());
    }

    #[test]
    fn a_day_is_that_of_utc() {
        assert_eq!(utc_day(UnixMillis(1_795_438_269_363)), "2026-11-23");
        assert_eq!(utc_day(UnixMillis(0)), "1970-01-01");
    }
}
