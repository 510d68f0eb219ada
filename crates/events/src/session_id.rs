//! The session of an event whose source names none.
use cost_calculation::UnixMillis;

use crate::timestamp::utc_day;

/// User and UTC day, for example `user-1@2026-11-23`; behind its tenant where there is one.
///
/// The day is UTC's, whatever the reporting time zone, so that a change of the zone never
/// moves an event into another session.
pub(crate) fn of_user_and_day(tenant_id: &str, user_id: &str, timestamp: UnixMillis) -> String {
    let day = utc_day(timestamp);
    if tenant_id.is_empty() {
        format!("{user_id}@{day}")
    } else {
        format!("{tenant_id}/{user_id}@{day}")
    }
}
