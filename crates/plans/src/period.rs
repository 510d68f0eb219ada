//! Where a period begins and ends: n units after an anchor, never after the period before.

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// The unit of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodUnit {
    /// Days of the reporting zone, of 23 to 25 hours.
    Day,
    /// Weeks, from any weekday on.
    Week,
    /// Months, from any day on; a month without it begins on its last day.
    Month,
}

impl PeriodUnit {
    /// The name in the contract and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

/// The length of a plan's periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodRule {
    /// Days, weeks or months.
    pub unit: PeriodUnit,
    /// So many of them.
    pub count: u32,
}

/// From where periods are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    /// The first day of period 0; of months the first of the month in which it begins.
    pub base: NaiveDate,
    /// Of months the day, of weeks the weekday (Monday is 1), of days nothing.
    pub day: Option<u32>,
}

/// Days from the first one to the one before `end_day`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DaySpan {
    /// The first day.
    pub first_day: NaiveDate,
    /// The first day after.
    pub end_day: NaiveDate,
}

impl DaySpan {
    /// How many days there are.
    pub fn days(self) -> i64 {
        (self.end_day - self.first_day).num_days()
    }

    /// Whether a day is among them.
    pub fn contains(self, day: NaiveDate) -> bool {
        self.first_day <= day && day < self.end_day
    }
}

/// The largest anchor day of a unit; 0 where there is none.
pub const fn anchor_day_max(unit: PeriodUnit) -> u32 {
    match unit {
        PeriodUnit::Day => 0,
        PeriodUnit::Week => 7,
        PeriodUnit::Month => 31,
    }
}

impl PeriodRule {
    /// The anchor of a subscription whose first day lies in period 0.
    pub fn anchor(self, from: NaiveDate, anchor_day: u32) -> Anchor {
        match self.unit {
            PeriodUnit::Day => Anchor {
                base: from,
                day: None,
            },
            PeriodUnit::Week => {
                let weekday = anchor_day.clamp(1, 7);
                let back = (from.weekday().number_from_monday() + 7 - weekday) % 7;
                Anchor {
                    base: from
                        .checked_sub_days(Days::new(back.into()))
                        .unwrap_or(from),
                    day: Some(weekday),
                }
            }
            PeriodUnit::Month => {
                let day = anchor_day.clamp(1, 31);
                let month = first_of_month(from);
                let base = if month_day(month, day) <= from {
                    month
                } else {
                    month.checked_sub_months(Months::new(1)).unwrap_or(month)
                };
                Anchor {
                    base,
                    day: Some(day),
                }
            }
        }
    }

    /// The whole period in which a day lies; `None` outside of the calendar, or before period 0.
    pub fn whole_period(self, anchor: Anchor, day: NaiveDate) -> Option<DaySpan> {
        let count = i64::from(self.count.max(1));
        let units = match self.unit {
            PeriodUnit::Day => (day - anchor.base).num_days(),
            PeriodUnit::Week => (day - anchor.base).num_days().div_euclid(7),
            PeriodUnit::Month => months_between(anchor.base, day),
        };
        let guess = units.div_euclid(count);
        // A day ahead of the month's anchor belongs to the period before.
        [guess, guess - 1].into_iter().find_map(|n| {
            let span = DaySpan {
                first_day: self.start(anchor, n)?,
                end_day: self.start(anchor, n + 1)?,
            };
            (n >= 0 && span.contains(day)).then_some(span)
        })
    }

    /// The first day of period n.
    fn start(self, anchor: Anchor, n: i64) -> Option<NaiveDate> {
        let units = u32::try_from(n.checked_mul(i64::from(self.count.max(1)))?).ok()?;
        match self.unit {
            PeriodUnit::Day => anchor.base.checked_add_days(Days::new(units.into())),
            PeriodUnit::Week => anchor
                .base
                .checked_add_days(Days::new(u64::from(units) * 7)),
            PeriodUnit::Month => {
                let month = anchor.base.checked_add_months(Months::new(units))?;
                Some(month_day(month, anchor.day.unwrap_or(1)))
            }
        }
    }
}

fn first_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// The day of a month, or its last one: clamped, never carried over into the next month.
fn month_day(month: NaiveDate, day: u32) -> NaiveDate {
    (28..=day)
        .rev()
        .chain([day.min(28)])
        .find_map(|day| month.with_day(day))
        .unwrap_or(month)
}

fn months_between(base: NaiveDate, day: NaiveDate) -> i64 {
    i64::from(day.year() - base.year()) * 12 + i64::from(day.month()) - i64::from(base.month())
}
