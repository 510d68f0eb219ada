//! Days, buckets and compared periods, in the installation's reporting zone.

use chrono::{
    DateTime, Datelike, Days, Duration, LocalResult, Months, NaiveDate, SecondsFormat, TimeZone,
    Utc,
};
use cost_calculation::UnixMillis;
use serde::Serialize;

use crate::ReportingZone;

/// A range of days, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayRange {
    /// The first day.
    pub start: NaiveDate,
    /// The last day; not before the first.
    pub end: NaiveDate,
}

impl DayRange {
    /// How many days it holds.
    pub fn days(self) -> i64 {
        (self.end - self.start).num_days() + 1
    }

    /// Whether the day lies in it.
    pub fn contains(self, day: NaiveDate) -> bool {
        self.start <= day && day <= self.end
    }

    /// The part up to a day; `None` if nothing is left.
    pub fn until(self, last: NaiveDate) -> Option<Self> {
        let end = self.end.min(last);
        (self.start <= end).then_some(Self {
            start: self.start,
            end,
        })
    }

    /// As answers show it.
    pub fn period(self, today: NaiveDate) -> Period {
        Period {
            start_date: self.start,
            end_date: self.end,
            days: self.days(),
            complete: self.end < today,
        }
    }

    /// The first moment of the range and the first after it.
    pub fn instants(self, zone: ReportingZone) -> (UnixMillis, UnixMillis) {
        (
            day_start(zone, self.start),
            day_start(zone, next_day(self.end)),
        )
    }
}

/// The contract's `Period`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Period {
    /// The first day.
    pub start_date: NaiveDate,
    /// The last day.
    pub end_date: NaiveDate,
    /// How many.
    pub days: i64,
    /// Whether the last day is over.
    pub complete: bool,
}

/// The size of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Granularity {
    /// Hours of one day.
    Hour,
    /// Days.
    Day,
    /// Weeks from Monday.
    Week,
    /// Months.
    Month,
}

impl Granularity {
    /// What fits a trend over so many days.
    pub const fn for_trend(days: i64) -> Self {
        match days {
            ..=92 => Self::Day,
            93..=400 => Self::Week,
            _ => Self::Month,
        }
    }
}

/// With what a range is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CompareMode {
    /// The range of the same length just before.
    Previous,
    /// The same days a month before.
    LastMonth,
    /// The same days a year before.
    LastYear,
    /// The same weekdays before: back by as many whole weeks as the range takes.
    Weekdays,
}

/// The day of an instant.
pub fn day_of(zone: ReportingZone, instant: UnixMillis) -> NaiveDate {
    utc(instant).with_timezone(&zone).date_naive()
}

/// The first instant of a day. Where clocks jump over midnight it is the first one after it.
pub fn day_start(zone: ReportingZone, day: NaiveDate) -> UnixMillis {
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    let start = (0..=96)
        .find_map(|quarter| {
            match zone.from_local_datetime(&(midnight + Duration::minutes(15 * quarter))) {
                LocalResult::Single(instant) | LocalResult::Ambiguous(instant, _) => Some(instant),
                LocalResult::None => None,
            }
        })
        .map_or_else(|| midnight.and_utc(), |instant| instant.with_timezone(&Utc));
    UnixMillis(start.timestamp_millis())
}

/// ISO 8601 in UTC with milliseconds.
pub fn iso(instant: UnixMillis) -> String {
    utc(instant).to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn utc(instant: UnixMillis) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(instant.0).unwrap_or_default()
}

/// Every day of a range, in order; none if it is reversed.
pub fn days_between(start: NaiveDate, end: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    start.iter_days().take_while(move |day| *day <= end)
}

/// The day after; the calendar's last day is its own.
pub fn next_day(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap_or(day)
}

/// The day before; the calendar's first day is its own.
pub fn previous_day(day: NaiveDate) -> NaiveDate {
    day.pred_opt().unwrap_or(day)
}

/// The last day of a day's month.
pub fn last_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1)
        .and_then(|first| first.checked_add_months(Months::new(1)))
        .map_or(day, previous_day)
}

/// The buckets of a range by day, week or month; those at its ends hold only days of the range.
pub fn buckets(range: DayRange, granularity: Granularity) -> Vec<DayRange> {
    let mut buckets = Vec::new();
    let mut start = range.start;
    while start <= range.end {
        let whole_end = match granularity {
            Granularity::Hour | Granularity::Day => start,
            Granularity::Week => {
                start + Days::new(u64::from(6 - start.weekday().num_days_from_monday()))
            }
            Granularity::Month => last_of_month(start),
        };
        let end = whole_end.min(range.end);
        buckets.push(DayRange { start, end });
        start = next_day(end);
    }
    buckets
}

/// The first instants of the hours of a day, and the first after it: 23 to 25 hours.
pub fn hours(zone: ReportingZone, day: NaiveDate) -> Vec<(UnixMillis, UnixMillis)> {
    const HOUR_MS: i64 = 3_600_000;
    let (start, end) = DayRange {
        start: day,
        end: day,
    }
    .instants(zone);
    let mut hours = Vec::new();
    let mut at = start.0;
    while at < end.0 {
        // Zones are set off by quarters of an hour: the local hour ends at a full local hour.
        let local = utc(UnixMillis(at)).with_timezone(&zone).naive_local();
        let into_hour = local.and_utc().timestamp_millis().rem_euclid(HOUR_MS);
        let next = (at + HOUR_MS - into_hour).min(end.0);
        hours.push((UnixMillis(at), UnixMillis(next)));
        at = next;
    }
    hours
}

/// How the days of a range move to the period it is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alignment {
    range: DayRange,
    mode: CompareMode,
    first_day: Option<NaiveDate>,
}

impl Alignment {
    /// Aligns a range; `first_day` is the ledger's first one, before which nothing can be compared.
    pub const fn new(range: DayRange, mode: CompareMode, first_day: Option<NaiveDate>) -> Self {
        Self {
            range,
            mode,
            first_day,
        }
    }

    /// The mode.
    pub const fn mode(self) -> CompareMode {
        self.mode
    }

    /// The other period of a part of the range.
    ///
    /// By months a day that the other month lacks falls on its last one, and the end of a month
    /// that is compared from its first day falls on the end of the other.
    pub fn shifted(self, part: DayRange) -> DayRange {
        let by_days = |days: i64| {
            let back = |day: NaiveDate| day - Duration::days(days);
            DayRange {
                start: back(part.start),
                end: back(part.end),
            }
        };
        let months = match self.mode {
            CompareMode::Previous => return by_days(self.range.days()),
            CompareMode::Weekdays => return by_days((self.range.days() + 6) / 7 * 7),
            CompareMode::LastMonth => Months::new(1),
            CompareMode::LastYear => Months::new(12),
        };
        let back = |day: NaiveDate| day.checked_sub_months(months).unwrap_or(day);
        let whole_months = part.start.day() == 1 && part.end == last_of_month(part.end);
        let end = if whole_months {
            last_of_month(back(part.end))
        } else {
            back(part.end)
        };
        DayRange {
            start: back(part.start),
            end,
        }
    }

    /// The parts that are compared: the range's complete days, and as much of the other period. Where
    /// the ledger began inside of that, both begin at its first day: what is compared is what both have.
    pub fn compared(self, today: NaiveDate) -> Option<(DayRange, DayRange)> {
        let complete = self.range.until(previous_day(today))?;
        let other = self.shifted(complete);
        let Some(first_day) = self
            .first_day
            .filter(|day| (next_day(other.start)..=other.end).contains(day))
        else {
            return Some((complete, other));
        };
        let counterpart = |start: NaiveDate| self.shifted(DayRange { start, end: start }).start;
        let start = days_between(complete.start, complete.end)
            .find(|day| counterpart(*day) >= first_day)
            .unwrap_or(complete.end);
        Some((
            DayRange { start, ..complete },
            DayRange {
                start: counterpart(start),
                ..other
            },
        ))
    }

    /// The whole other period.
    pub fn whole_other(self) -> DayRange {
        self.shifted(self.range)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn range(start: &str, end: &str) -> DayRange {
        DayRange {
            start: day(start),
            end: day(end),
        }
    }

    fn zone(name: &str) -> ReportingZone {
        ReportingZone::named(name).expect("an IANA name")
    }

    #[test]
    fn a_day_of_daylight_saving_has_23_or_25_hours() {
        let berlin = zone("Europe/Berlin");
        assert_eq!(hours(berlin, day("2026-03-29")).len(), 23);
        assert_eq!(hours(berlin, day("2026-10-25")).len(), 25);
        assert_eq!(hours(berlin, day("2026-11-23")).len(), 24);
        assert_eq!(
            iso(day_start(berlin, day("2026-03-30"))),
            "2026-03-29T22:00:00.000Z"
        );
        // Nepal lies 5 h 45 min ahead.
        assert_eq!(hours(zone("Asia/Kathmandu"), day("2026-11-23")).len(), 24);
    }

    #[test]
    fn where_clocks_jump_over_midnight_the_day_begins_after_the_jump() {
        // Beirut went from 00:00 to 01:00 on 2026-03-29.
        let beirut = zone("Asia/Beirut");
        let start = day_start(beirut, day("2026-03-29"));
        assert_eq!(beirut.day(start), "2026-03-29");
        assert_eq!(beirut.day(UnixMillis(start.0 - 1)), "2026-03-28");
    }

    #[test]
    fn weeks_begin_on_monday_and_the_ends_hold_only_days_of_the_range() {
        let weeks = buckets(range("2026-11-18", "2026-12-01"), Granularity::Week);
        assert_eq!(
            weeks,
            [
                range("2026-11-18", "2026-11-22"),
                range("2026-11-23", "2026-11-29"),
                range("2026-11-30", "2026-12-01")
            ]
        );
        assert_eq!(
            buckets(range("2026-01-31", "2026-03-01"), Granularity::Month),
            [
                range("2026-01-31", "2026-01-31"),
                range("2026-02-01", "2026-02-28"),
                range("2026-03-01", "2026-03-01")
            ]
        );
    }

    #[test]
    fn an_open_month_is_compared_by_its_complete_days() {
        let november = range("2026-11-01", "2026-11-30");
        let aligned = Alignment::new(november, CompareMode::LastMonth, None);
        let (current, other) = aligned
            .compared(day("2026-11-23"))
            .expect("22 complete days");
        assert_eq!(current, range("2026-11-01", "2026-11-22"));
        assert_eq!(other, range("2026-10-01", "2026-10-22"));
        assert_eq!(aligned.whole_other(), range("2026-10-01", "2026-10-31"));
    }

    #[test]
    fn the_previous_period_has_the_same_length_and_ends_just_before() {
        let aligned = Alignment::new(
            range("2026-11-17", "2026-11-23"),
            CompareMode::Previous,
            None,
        );
        let (current, other) = aligned
            .compared(day("2026-11-23"))
            .expect("six complete days");
        assert_eq!(current, range("2026-11-17", "2026-11-22"));
        assert_eq!(other, range("2026-11-10", "2026-11-15"));
        assert_eq!(aligned.whole_other(), range("2026-11-10", "2026-11-16"));
    }

    #[test]
    fn a_range_of_today_alone_has_nothing_complete_to_compare() {
        let today = range("2026-11-23", "2026-11-23");
        assert_eq!(
            Alignment::new(today, CompareMode::Previous, None).compared(day("2026-11-23")),
            None
        );
    }

    #[test]
    fn what_both_periods_have_is_compared_where_the_ledger_began_inside_the_other() {
        let november = range("2026-11-01", "2026-11-30");
        let compared = |mode, first: &str| {
            Alignment::new(november, mode, Some(day(first))).compared(day("2026-11-23"))
        };
        assert_eq!(
            compared(CompareMode::LastMonth, "2026-10-02"),
            Some((
                range("2026-11-02", "2026-11-22"),
                range("2026-10-02", "2026-10-22")
            ))
        );
        assert_eq!(
            compared(CompareMode::LastMonth, "2026-10-22"),
            Some((
                range("2026-11-22", "2026-11-22"),
                range("2026-10-22", "2026-10-22")
            ))
        );
        // All of it, where the ledger is older or younger than the whole other part.
        for first in ["2026-10-01", "2026-10-23"] {
            assert_eq!(
                compared(CompareMode::LastMonth, first),
                Some((
                    range("2026-11-01", "2026-11-22"),
                    range("2026-10-01", "2026-10-22")
                ))
            );
        }
    }

    #[test]
    fn weekdays_are_compared_with_the_same_weekdays() {
        let aligned = Alignment::new(
            range("2026-11-01", "2026-11-30"),
            CompareMode::Weekdays,
            None,
        );
        let (current, other) = aligned.compared(day("2026-11-30")).expect("29 days");
        assert_eq!(current, range("2026-11-01", "2026-11-29"));
        assert_eq!(other, range("2026-09-27", "2026-10-25"));
        assert_eq!(current.start.weekday(), other.start.weekday());
        let week = Alignment::new(
            range("2026-11-17", "2026-11-23"),
            CompareMode::Weekdays,
            None,
        );
        assert_eq!(week.whole_other(), range("2026-11-10", "2026-11-16"));
    }

    #[test]
    fn the_29th_of_february_is_compared_with_the_28th() {
        let aligned = Alignment::new(
            range("2028-02-10", "2028-02-29"),
            CompareMode::LastYear,
            None,
        );
        assert_eq!(aligned.whole_other(), range("2027-02-10", "2027-02-28"));
    }

    proptest! {
        #[test]
        fn buckets_cover_a_range_once(start in 0_i64..3000, length in 0_i64..800, size in 0_usize..3) {
            let start = day("2020-01-01") + Duration::days(start);
            let range = DayRange { start, end: start + Duration::days(length) };
            let size = [Granularity::Day, Granularity::Week, Granularity::Month][size];
            let days: Vec<NaiveDate> = buckets(range, size)
                .into_iter()
                .flat_map(|bucket| days_between(bucket.start, bucket.end))
                .collect();
            prop_assert_eq!(days, days_between(range.start, range.end).collect::<Vec<_>>());
        }

        #[test]
        fn every_instant_falls_into_the_hour_and_day_that_hold_it(ms in 1_500_000_000_000_i64..2_000_000_000_000, index in 0_usize..5) {
            let zone = zone(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Asia/Beirut"][index]);
            let date = day_of(zone, UnixMillis(ms));
            prop_assert_eq!(date.to_string(), zone.day(UnixMillis(ms)));
            let holding = hours(zone, date).into_iter().filter(|(start, end)| start.0 <= ms && ms < end.0).count();
            prop_assert_eq!(holding, 1);
        }
    }
}
