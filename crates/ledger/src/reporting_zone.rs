//! The one reporting time zone of an installation: which day an instant belongs to.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use cost_calculation::UnixMillis;

/// A time zone by its IANA name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportingZone(Tz);

impl ReportingZone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(Tz::UTC);

    /// The zone of this IANA name, or `None` if there is none.
    pub fn named(name: &str) -> Option<Self> {
        name.parse().ok().map(Self)
    }

    /// The IANA name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The zone itself, for calendar arithmetic.
    pub const fn tz(self) -> Tz {
        self.0
    }

    /// The ISO date (`2026-11-23`) on which an instant falls in this zone.
    ///
    /// An instant outside chrono's range (some 262,000 years) falls on the epoch's day; the
    /// limits of the `events` crate keep such instants out.
    pub fn day(self, instant: UnixMillis) -> String {
        DateTime::<Utc>::from_timestamp_millis(instant.0)
            .unwrap_or_default()
            .with_timezone(&self.0)
            .format("%Y-%m-%d")
            .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::{ReportingZone, UnixMillis};

    #[test]
    fn a_day_begins_at_local_midnight_on_both_sides_of_a_change_of_clocks() {
        let berlin = ReportingZone::named("Europe/Berlin").expect("an IANA name");
        // 2026-03-28 23:30 UTC is 00:30 on the 29th, the day of 23 hours; 22:30 UTC that day is
        // already the 30th, since the clocks went forward.
        assert_eq!(berlin.day(UnixMillis(1_774_740_600_000)), "2026-03-29");
        assert_eq!(berlin.day(UnixMillis(1_774_823_400_000)), "2026-03-30");
        assert_eq!(
            ReportingZone::UTC.day(UnixMillis(1_774_823_400_000)),
            "2026-03-29"
        );
    }

    #[test]
    fn a_name_that_is_no_zone_is_refused() {
        assert_eq!(ReportingZone::named("Europe/Atlantis"), None);
    }
}
