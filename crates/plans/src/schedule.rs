//! The periods of a subscription and their segments, from its terms.

use chrono::NaiveDate;

use crate::{
    period::{Anchor, DaySpan, PeriodRule},
    plan::PlanTerms,
};

/// What a subscription has from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The first day.
    pub from_day: NaiveDate,
    /// The plan's id.
    pub plan_id: String,
    /// The plan's version.
    pub version: i64,
    /// What the version says.
    pub terms: PlanTerms,
    /// From where its periods are counted.
    pub anchor: Anchor,
}

impl Term {
    fn rhythm(&self) -> (PeriodRule, Anchor) {
        (self.terms.period, self.anchor)
    }
}

/// A part of a period under one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedSegment {
    /// Its days.
    pub days: DaySpan,
    /// Days from its first one to the end of the whole period.
    pub left_days: i64,
    /// The plan's id.
    pub plan_id: String,
    /// The plan's version.
    pub version: i64,
}

/// A period, whole or the part of one that the subscription has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedPeriod {
    /// Its days.
    pub days: DaySpan,
    /// Days of the whole period.
    pub whole_days: i64,
    /// One or more, one behind the other.
    pub segments: Vec<PlannedSegment>,
}

/// The most periods that one call makes.
pub const PERIODS_MAX: usize = 420;

/// The periods from a boundary on, until one begins after `today`: so there is always one ahead. `terms` are
/// ascending by their days, none begins before `from`'s period. Nothing from `until` on.
pub fn plan_periods(
    terms: &[Term],
    from: NaiveDate,
    until: Option<NaiveDate>,
    today: NaiveDate,
) -> Vec<PlannedPeriod> {
    let mut periods: Vec<PlannedPeriod> = Vec::new();
    let mut cursor = from;
    while until.is_none_or(|until| cursor < until) && periods.len() < PERIODS_MAX {
        let Some(period) = next_period(terms, cursor, until) else {
            break;
        };
        cursor = period.days.end_day;
        let is_ahead = period.days.first_day > today;
        periods.push(period);
        if is_ahead {
            break;
        }
    }
    periods
}

fn next_period(
    terms: &[Term],
    cursor: NaiveDate,
    until: Option<NaiveDate>,
) -> Option<PlannedPeriod> {
    let term = terms.iter().rev().find(|term| term.from_day <= cursor)?;
    let (rule, anchor) = term.rhythm();
    let whole = rule.whole_period(anchor, cursor)?;
    let later: Vec<&Term> = terms
        .iter()
        .filter(|later| cursor < later.from_day && later.from_day < whole.end_day)
        .collect();
    let other_rhythm = later.iter().find(|later| later.rhythm() != term.rhythm());
    let end_day = [until, other_rhythm.map(|later| later.from_day)]
        .into_iter()
        .flatten()
        .fold(whole.end_day, NaiveDate::min);
    let mut parts: Vec<&Term> = vec![term];
    parts.extend(later.into_iter().filter(|later| later.from_day < end_day));
    let mut segments = Vec::with_capacity(parts.len());
    for (at, part) in parts.iter().enumerate() {
        let first_day = part.from_day.max(cursor);
        let next = parts.get(at + 1).map_or(end_day, |next| next.from_day);
        segments.push(PlannedSegment {
            days: DaySpan {
                first_day,
                end_day: next,
            },
            left_days: (whole.end_day - first_day).num_days(),
            plan_id: part.plan_id.clone(),
            version: part.version,
        });
    }
    Some(PlannedPeriod {
        days: DaySpan {
            first_day: cursor,
            end_day,
        },
        whole_days: whole.days(),
        segments,
    })
}
