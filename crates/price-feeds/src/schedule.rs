//! Weekly windows as the price book writes them.
//!
//! The grammar is that of `cost_calculation`'s schedule: groups separated by `;`, each with days
//! (none for every day) and windows in UTC. The same windows always give the same text, so that it
//! can be part of a key.

use std::collections::{BTreeMap, BTreeSet};

/// The days by ISO number, Monday first.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A time of day range on some days of the week.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Window {
    /// Days on which it begins, 1 (Monday) to 7, ascending; every day if empty.
    pub(crate) days: Vec<u8>,
    /// `HH:MM`.
    pub(crate) start: String,
    /// `HH:MM`, exclusive; at or before the start for the next day.
    pub(crate) end: String,
}

impl Window {
    /// Reads `10:00-00:00`; the whole day may be written `00:00-00:00`.
    pub(crate) fn read(hours: &str, days: &[u8]) -> Option<Self> {
        let (start, end) = hours.split_once('-')?;
        Self::between(start, end, days)
    }

    /// A window from `start` to `end`; seconds and an offset of zero are taken off.
    pub(crate) fn between(start: &str, end: &str, days: &[u8]) -> Option<Self> {
        let (start, end) = (time(start)?, time(end)?);
        let is_whole_day = start == "00:00";
        if (start == end && !is_whole_day) || days.iter().any(|day| !(1..=7).contains(day)) {
            return None;
        }
        let mut days = days.to_vec();
        days.sort_unstable();
        days.dedup();
        if days.len() == DAYS.len() {
            days.clear();
        }
        Some(Self { days, start, end })
    }
}

/// `HH:MM` from `HH:MM`, `HH:MM:SS` or `HH:MM:SS+00:00`.
fn time(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text
        .strip_suffix("+00:00")
        .or_else(|| text.strip_suffix('Z'))
        .unwrap_or(text);
    let mut parts = text.split(':');
    let hours: u8 = parts.next()?.parse().ok()?;
    let minutes: u8 = parts.next()?.parse().ok()?;
    let has_no_seconds = parts.next().is_none_or(|seconds| seconds == "00");
    (hours < 24 && minutes < 60 && has_no_seconds && parts.next().is_none())
        .then(|| format!("{hours:02}:{minutes:02}"))
}

/// The windows as the book writes them.
pub(crate) fn text(windows: &[Window]) -> String {
    let mut groups: BTreeMap<&[u8], BTreeSet<String>> = BTreeMap::new();
    for window in windows {
        let hours = format!("{}-{}", window.start, window.end);
        groups.entry(&window.days).or_default().insert(hours);
    }
    let group = |(days, hours): (&[u8], BTreeSet<String>)| {
        let hours = hours.into_iter().collect::<Vec<_>>().join(",");
        if days.is_empty() {
            hours
        } else {
            format!("{} {hours}", day_ranges(days))
        }
    };
    groups.into_iter().map(group).collect::<Vec<_>>().join("; ")
}

/// Runs of days: `mon-fri`, `mon,wed-thu`.
fn day_ranges(days: &[u8]) -> String {
    let name = |day: u8| DAYS.get(usize::from(day) - 1).copied().unwrap_or("mon");
    let runs = days
        .chunk_by(|left, right| left + 1 == *right)
        .map(|run| match run {
            [first, .., last] => format!("{}-{}", name(*first), name(*last)),
            [only] => name(*only).to_owned(),
            [] => String::new(),
        });
    runs.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::{Window, text};

    #[test]
    fn the_same_windows_give_the_same_text() {
        let weekdays = [1, 2, 3, 4, 5];
        let windows = [
            Window::read("00:00-00:00", &[6, 7]).unwrap(),
            Window::read("10:00-00:00", &weekdays).unwrap(),
            Window::read("00:00-01:00", &weekdays).unwrap(),
        ];
        let expected = "mon-fri 00:00-01:00,10:00-00:00; sat-sun 00:00-00:00";
        assert_eq!(text(&windows), expected);
        assert!(expected.parse::<cost_calculation::Schedule>().is_ok());
        let mut reversed = windows.to_vec();
        reversed.reverse();
        assert_eq!(text(&reversed), expected);
    }

    #[test]
    fn seconds_and_the_zero_offset_are_taken_off() {
        let window = Window::between("16:30:00+00:00", "00:30:00+00:00", &[]).unwrap();
        assert_eq!(text(&[window]), "16:30-00:30");
        let split = Window::read("08:00-09:00", &[1, 3, 4, 7]).unwrap();
        assert_eq!(text(&[split]), "mon,wed-thu,sun 08:00-09:00");
    }

    #[test]
    fn what_is_no_window_is_refused() {
        for hours in [
            "25:00-26:00",
            "08:00",
            "08:60-09:00",
            "08:00:30-09:00",
            "09:00-09:00",
        ] {
            assert_eq!(Window::read(hours, &[]), None, "{hours}");
        }
        assert_eq!(Window::read("08:00-09:00", &[8]), None);
        assert_eq!(Window::between("16:30:00+02:00", "17:00", &[]), None);
    }
}
