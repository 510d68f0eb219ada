//! The session of an event whose source names none.
use cost_calculation::UnixMillis;

use crate::timestamp::utc_day;

/// User and UTC day, for example `user-1@2026-11-23`; behind its tenant where there is one.
///
/// No two people share one: what holds a slash where that could be taken for the one between tenant and
/// user begins with a slash (`//a/b@…` is the user `a/b` of no tenant, `/3:x/y/z@…` the user `z` of the
/// tenant `x/y`). The day is UTC's, whatever the reporting time zone, so that a change of the zone never
/// moves an event into another session.
pub(crate) fn of_user_and_day(tenant_id: &str, user_id: &str, timestamp: UnixMillis) -> String {
    let day = utc_day(timestamp);
    match (tenant_id.is_empty(), tenant_id.contains('/')) {
        (true, _) if user_id.contains('/') => format!("//{user_id}@{day}"),
        (true, _) => format!("{user_id}@{day}"),
        (false, false) => format!("{tenant_id}/{user_id}@{day}"),
        (false, true) => format!("/{}:{tenant_id}/{user_id}@{day}", tenant_id.len()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn no_two_people_share_a_session_of_a_day() {
        let parts = [
            "", "a", "b", "/", "a/b", "/a", "b/", "3:a/b", "/3:a", "1", "1:/", "//",
        ];
        let mut seen = HashMap::new();
        for tenant in parts {
            for user in parts.into_iter().filter(|user| !user.is_empty()) {
                let id = of_user_and_day(tenant, user, UnixMillis(1_795_438_269_324));
                let other = seen.insert(id.clone(), (tenant, user));
                assert_eq!(other, None, "{id} is that of {tenant} and {user} too");
            }
        }
        assert!(seen.contains_key("a@2026-11-23") && seen.contains_key("a/b@2026-11-23"));
    }
}
