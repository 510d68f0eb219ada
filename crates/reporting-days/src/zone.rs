//! The one reporting time zone of an installation: which day an instant belongs to.

use chrono::{
    DateTime, Duration, FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, Offset, TimeZone,
    Utc,
};
use cost_calculation::UnixMillis;

#[allow(
    clippy::unreadable_literal,
    reason = "tables that the build script writes"
)]
mod tables {
    include!(concat!(env!("OUT_DIR"), "/zones.rs"));

    /// The name as the table has it, and the packed changes of the zone.
    pub(super) fn find(name: &str) -> Option<(&'static str, &'static [u32])> {
        let at = ZONES.binary_search_by_key(&name, |(known, _)| known).ok()?;
        ZONES.get(at).copied()
    }
}

/// 2010-01-01T00:00:00Z in minutes: where the tables begin.
const FIRST_MINUTE: i64 = 1_262_304_000 / 60;
/// How `build.rs` packs a change: the minutes since the one before in the low bits, the offset in
/// quarters of an hour plus 12 hours above them.
const QUARTERS_SHIFT: u32 = 25;
const QUARTERS_BIAS: i16 = 48;

/// A time zone by its IANA name.
///
/// It knows every change of clocks from 2010 to 2059, as the IANA database foresees them; before
/// and after, the first and the last offset hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportingZone {
    name: &'static str,
    /// Each change as the build script packs it; [`ReportingZone::changes`] reads them.
    packed: &'static [u32],
}

impl ReportingZone {
    /// Coordinated universal time.
    pub const UTC: Self = Self {
        name: "UTC",
        packed: &[48 << QUARTERS_SHIFT],
    };

    /// The zone of this IANA name, or `None` if there is none.
    pub fn named(name: &str) -> Option<Self> {
        if name == Self::UTC.name {
            return Some(Self::UTC);
        }
        tables::find(name).map(|(name, packed)| Self { name, packed })
    }

    /// The IANA name.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// The ISO date (`2026-11-23`) on which an instant falls in this zone.
    ///
    /// An instant outside chrono's range (some 262,000 years) falls on the epoch's day; the
    /// limits of the `events` crate keep such instants out.
    pub fn day(self, instant: UnixMillis) -> String {
        DateTime::<Utc>::from_timestamp_millis(instant.0)
            .unwrap_or_default()
            .with_timezone(&self)
            .date_naive()
            .to_string()
    }

    /// Every change: the minute since the epoch, and the minutes east of Greenwich from then on.
    fn changes(self) -> impl Iterator<Item = (i64, i16)> {
        self.packed.iter().scan(FIRST_MINUTE, |minute, change| {
            *minute += i64::from(change & ((1 << QUARTERS_SHIFT) - 1));
            // Seven bits: under 15 hours either way.
            let quarters = i16::try_from(change >> QUARTERS_SHIFT).unwrap_or_default();
            Some((*minute, (quarters - QUARTERS_BIAS) * 15))
        })
    }

    fn offset_at(self, utc: &NaiveDateTime) -> ZoneOffset {
        let minute = utc.and_utc().timestamp().div_euclid(60);
        let mut changes = self.changes();
        let (_, first) = changes.next().unwrap_or_default();
        let minutes = changes
            .take_while(|(from, _)| *from <= minute)
            .last()
            .map_or(first, |(_, minutes)| minutes);
        ZoneOffset {
            zone: self,
            minutes,
        }
    }
}

/// The offset of a zone at some instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ZoneOffset {
    zone: ReportingZone,
    minutes: i16,
}

impl Offset for ZoneOffset {
    fn fix(&self) -> FixedOffset {
        // An offset of the table is under 15 hours.
        FixedOffset::east_opt(i32::from(self.minutes) * 60).unwrap_or(Utc.fix())
    }
}

impl std::fmt::Display for ZoneOffset {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.fix().fmt(formatter)
    }
}

impl TimeZone for ReportingZone {
    type Offset = ZoneOffset;

    fn from_offset(offset: &ZoneOffset) -> Self {
        offset.zone
    }

    fn offset_from_local_date(&self, local: &NaiveDate) -> MappedLocalTime<ZoneOffset> {
        self.offset_from_local_datetime(&local.and_time(chrono::NaiveTime::MIN))
    }

    /// An offset belongs to a local time if, taken off it, it leads to an instant where it holds.
    fn offset_from_local_datetime(&self, local: &NaiveDateTime) -> MappedLocalTime<ZoneOffset> {
        let holds = |offset: ZoneOffset| {
            let utc = *local - Duration::minutes(i64::from(offset.minutes));
            (self.offset_at(&utc) == offset).then_some(offset)
        };
        let before = self.offset_at(&(*local - Duration::days(1)));
        let after = self.offset_at(&(*local + Duration::days(1)));
        match (holds(before), holds(after)) {
            (Some(earlier), Some(later)) if earlier != later => {
                MappedLocalTime::Ambiguous(earlier, later)
            }
            (Some(offset), _) | (None, Some(offset)) => MappedLocalTime::Single(offset),
            (None, None) => MappedLocalTime::None,
        }
    }

    fn offset_from_utc_date(&self, utc: &NaiveDate) -> ZoneOffset {
        self.offset_at(&utc.and_time(chrono::NaiveTime::MIN))
    }

    fn offset_from_utc_datetime(&self, utc: &NaiveDateTime) -> ZoneOffset {
        self.offset_at(utc)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(ReportingZone::named("UTC"), Some(ReportingZone::UTC));
    }

    #[test]
    fn every_zone_agrees_with_the_iana_database_through_the_years_and_around_every_change() {
        for known in chrono_tz::TZ_VARIANTS {
            let zone = ReportingZone::named(known.name()).expect("every IANA name is there");
            let agree = |second: i64| {
                let utc = DateTime::from_timestamp(second, 0)
                    .expect("in range")
                    .naive_utc();
                let seconds = known.offset_from_utc_datetime(&utc).fix().local_minus_utc();
                let ours = zone.offset_from_utc_datetime(&utc).fix().local_minus_utc();
                assert_eq!(ours, seconds, "{known} at {utc}");
                let local = utc + Duration::seconds(seconds.into());
                let expected = known.offset_from_local_datetime(&local).map(|o| o.fix());
                let found = zone.offset_from_local_datetime(&local).map(|o| o.fix());
                assert_eq!(found, expected, "{known} at {local} local");
            };
            for (minute, _) in zone.changes() {
                for second in [-3600, -1, 0, 1, 3599, 3600] {
                    agree(minute * 60 + second);
                }
            }
            // Eight hundred instants over fifty years, at every hour of a quarter day in turn.
            for step in 0..800 {
                agree(1_262_304_000 + step * 6 * 3600 * 91);
            }
        }
    }
}
