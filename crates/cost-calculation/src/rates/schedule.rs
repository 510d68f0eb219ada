//! Weekly time windows in which a rate applies.
use std::str::FromStr;

use crate::UnixMillis;

const DAY_MINUTES: u16 = 1_440;
const WEEK_MINUTES: u16 = 7 * DAY_MINUTES;
const MINUTE_MS: i64 = 60_000;
/// Most windows in one schedule; the busiest public one has fourteen.
const WINDOWS_MAX: usize = 64;
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Weekly windows in UTC, such as `mon-fri 16:30-00:30` or
/// `mon-fri 00:00-01:00,04:00-06:00; sat,sun 00:00-00:00`.
///
/// Groups are separated by `;`. A group is days (`mon`, `mon-fri`, `sat,sun`; none for every day),
/// a blank, and windows `HH:MM-HH:MM` separated by `,`. A window includes its first minute and
/// excludes its last; one that ends at or before its start goes on into the next day, so
/// `00:00-00:00` is the whole day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Start in minutes since Monday 00:00 UTC, and length in minutes.
    windows: Vec<(u16, u16)>,
}

impl Schedule {
    /// Whether the moment lies in one of the windows.
    pub fn contains(&self, at: UnixMillis) -> bool {
        let minute = week_minute(at);
        self.windows
            .iter()
            .any(|(start, length)| (minute + WEEK_MINUTES - start) % WEEK_MINUTES < *length)
    }
}

/// 1970-01-01 was a Thursday, three days after a Monday.
fn week_minute(at: UnixMillis) -> u16 {
    let minutes =
        at.0.div_euclid(MINUTE_MS)
            .rem_euclid(i64::from(WEEK_MINUTES));
    let minute = (minutes + i64::from(3 * DAY_MINUTES)) % i64::from(WEEK_MINUTES);
    u16::try_from(minute).unwrap_or_default()
}

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let refuse = || ScheduleError(text.chars().take(200).collect());
        let mut windows = Vec::new();
        for group in text.split(';') {
            let group = group.trim();
            let (days, ranges) = match group.split_once(' ') {
                Some((days, ranges)) => (days_of(days).ok_or_else(refuse)?, ranges),
                None => ((0..7).collect(), group),
            };
            for range in ranges.split(',') {
                let (from, to) = range.trim().split_once('-').ok_or_else(refuse)?;
                let from = minute_of_day(from).ok_or_else(refuse)?;
                let to = minute_of_day(to).ok_or_else(refuse)?;
                let length = if to > from {
                    to - from
                } else {
                    to + DAY_MINUTES - from
                };
                for day in &days {
                    windows.push((day * DAY_MINUTES + from, length));
                }
                if windows.len() > WINDOWS_MAX {
                    return Err(refuse());
                }
            }
        }
        Ok(Self { windows })
    }
}

fn days_of(text: &str) -> Option<Vec<u16>> {
    let mut days = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (day_index(first)?, day_index(last)?);
        let length = (last + 7 - first) % 7;
        days.extend((0..=length).map(|offset| (first + offset) % 7));
    }
    Some(days)
}

fn day_index(name: &str) -> Option<u16> {
    let index = DAYS.iter().position(|day| day.eq_ignore_ascii_case(name))?;
    u16::try_from(index).ok()
}

fn minute_of_day(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let two_digits = |part: &str| -> Option<u16> {
        let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse().ok()).flatten()
    };
    let (hour, minute) = (two_digits(hour)?, two_digits(minute)?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

/// The text is no schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no weekly schedule; write for example `mon-fri 16:30-00:30` (UTC)")]
pub struct ScheduleError(String);

#[cfg(test)]
mod tests {
    use super::*;

    /// Monday 2026-11-23, 00:00 UTC.
    const MONDAY_MS: i64 = 1_795_392_000_000;

    fn at(day: i64, hour: i64, minute: i64) -> UnixMillis {
        UnixMillis(MONDAY_MS + ((day * 24 + hour) * 60 + minute) * 60_000)
    }

    #[test]
    fn a_window_over_midnight_belongs_to_the_day_it_starts_on() {
        let schedule: Schedule = "mon-fri 16:30-00:30".parse().unwrap();
        assert!(schedule.contains(at(0, 16, 30)));
        assert!(!schedule.contains(at(0, 16, 29)));
        assert!(
            schedule.contains(at(5, 0, 29)),
            "Friday's window ends on Saturday"
        );
        assert!(!schedule.contains(at(5, 0, 30)));
        assert!(!schedule.contains(at(0, 0, 15)), "Sunday had none");
    }

    #[test]
    fn weekends_can_differ_from_weekdays() {
        let text = "mon-fri 00:00-01:00,04:00-06:00,10:00-00:00; sat,sun 00:00-00:00";
        let schedule: Schedule = text.parse().unwrap();
        for (day, hour, inside) in [
            (0, 0, true),
            (0, 2, false),
            (1, 5, true),
            (1, 7, false),
            (5, 2, true),
            (6, 23, true),
        ] {
            assert_eq!(
                schedule.contains(at(day, hour, 30)),
                inside,
                "day {day}, {hour}:30"
            );
        }
    }

    #[test]
    fn a_schedule_without_days_is_for_every_day() {
        let schedule: Schedule = "16:30-00:30".parse().unwrap();
        assert!((0..7).all(|day| schedule.contains(at(day, 17, 0))));
        assert!(!schedule.contains(at(3, 12, 0)));
        assert!(schedule.contains(UnixMillis(-1)), "also before 1970");
    }

    #[test]
    fn what_is_no_schedule_is_refused() {
        for text in [
            "",
            "mon",
            "mon-fri",
            "mo 10:00-11:00",
            "24:00-01:00",
            "1:00-2:00",
            "10:00",
        ] {
            assert!(text.parse::<Schedule>().is_err(), "{text}");
        }
    }
}
