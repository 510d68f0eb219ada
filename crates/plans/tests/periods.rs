//! Periods tile for any anchor, and what lies beyond is counted once: properties over a thousand of them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test fails by panicking"
)]

use chrono::{Datelike, Days, NaiveDate};
use plans::{
    AtLimit, Meter, MeterRule, PeriodRule, PeriodUnit, PlanTerms, PlannedPeriod, Rate,
    RatedSegment, Term, Used, meter_overage, plan_periods,
};
use proptest::prelude::*;
use reporting_days::{
    ReportingZone,
    calendar::{day_of, day_start},
};

const ZONES: [&str; 8] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Pacific/Auckland",
    "Pacific/Honolulu",
    // Clocks that go forward at midnight: a day that has none.
    "America/Santiago",
    "Africa/Cairo",
];

fn rule() -> impl Strategy<Value = PeriodRule> {
    let unit = prop_oneof![
        2 => Just(PeriodUnit::Month),
        1 => Just(PeriodUnit::Week),
        1 => Just(PeriodUnit::Day),
    ];
    (unit, 1_u32..14).prop_map(|(unit, count)| PeriodRule { unit, count })
}

fn day() -> impl Strategy<Value = NaiveDate> {
    (0_u64..5_000).prop_map(|days| NaiveDate::from_ymd_opt(2020, 1, 1).unwrap() + Days::new(days))
}

fn terms(period: PeriodRule, included: Option<i64>) -> PlanTerms {
    PlanTerms {
        period,
        meters: vec![MeterRule {
            meter: Meter::Cost,
            included,
            overage: included.map(|_| Rate {
                amount: 1_200,
                per: 1_000,
            }),
            thresholds: Vec::new(),
        }],
        at_limit: AtLimit::Allow,
    }
}

fn term(period: PeriodRule, from_day: NaiveDate, anchor_day: u32) -> Term {
    Term {
        from_day,
        plan_id: "plan".to_owned(),
        version: 1,
        terms: terms(period, Some(1_000)),
        anchor: period.anchor(from_day, anchor_day),
    }
}

fn assert_tiles(periods: &[PlannedPeriod], from: NaiveDate) {
    let mut end = from;
    for period in periods {
        assert_eq!(period.days.first_day, end, "no gap and no overlap");
        let mut inside = end;
        for segment in &period.segments {
            assert_eq!(segment.days.first_day, inside);
            assert!(segment.days.days() > 0);
            assert!(segment.left_days >= segment.days.days());
            inside = segment.days.end_day;
        }
        assert_eq!(inside, period.days.end_day);
        assert!(period.whole_days >= period.days.days());
        end = inside;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    /// Rules 5, 7, 8, 9, 11, 12, 13 and 32 of the facts: instants made once, the anchor day kept, every part from
    /// the same anchor, clamped and never carried over, days of the calendar and not 24 hours, half-open.
    #[test]
    fn periods_of_any_anchor_tile_and_keep_their_day(
        rule in rule(), from in day(), anchor_day in 1_u32..32, days in 1_u64..1_200, zone in 0_usize..8,
    ) {
        let zone = ReportingZone::named(ZONES[zone]).unwrap();
        let today = from + Days::new(days);
        let periods = plan_periods(&[term(rule, from, anchor_day)], from, None, today);
        prop_assume!(periods.last().unwrap().days.first_day > today);
        assert_tiles(&periods, from);
        for (at, period) in periods.iter().enumerate() {
            let first = period.days.first_day;
            // Whole ones but for the first, which may be the rest of one.
            prop_assert!(at == 0 || period.days.days() == period.whole_days);
            if at > 0 {
                match rule.unit {
                    PeriodUnit::Day => {}
                    PeriodUnit::Week => {
                        prop_assert_eq!(first.weekday().number_from_monday(), anchor_day.min(7));
                    }
                    PeriodUnit::Month => {
                        let last = (first + Days::new(1)).month() != first.month();
                        prop_assert!(first.day() == anchor_day || (last && first.day() < anchor_day), "{}", first);
                    }
                }
            }
            // Each instant belongs to the period of its day: the end is the next one's start.
            let (start, end) = (day_start(zone, first), day_start(zone, period.days.end_day));
            prop_assert!(start < end);
            prop_assert_eq!(day_of(zone, start), first);
            prop_assert_eq!(day_of(zone, end), period.days.end_day);
            let before_end = cost_calculation::UnixMillis(end.0 - 1);
            prop_assert!(period.days.contains(day_of(zone, before_end)));
        }
        // The period of a day is the same whichever day of it is asked.
        let anchor = rule.anchor(from, anchor_day);
        let whole = rule.whole_period(anchor, today).unwrap();
        for day in [whole.first_day, whole.end_day - Days::new(1)] {
            prop_assert!(day < from || rule.whole_period(anchor, day) == Some(whole));
        }
    }

    /// A later term makes segments or another rhythm, never a gap.
    #[test]
    fn periods_tile_through_changes(
        rules in prop::collection::vec((rule(), 1_u32..32, 1_u64..200), 1..5), from in day(), until in prop::option::of(1_u64..900),
    ) {
        let mut terms = Vec::new();
        let mut start = from;
        for (rule, anchor_day, days) in rules {
            terms.push(term(rule, start, anchor_day));
            start = start + Days::new(days);
        }
        let until = until.map(|days| from + Days::new(days));
        let periods = plan_periods(&terms, from, until, start + Days::new(60));
        assert_tiles(&periods, from);
        if let Some(until) = until {
            prop_assert!(periods.last().unwrap().days.end_day <= until);
        }
    }

    /// Rules 14, 15 and 18: each segment by its own plan; what was over before a change keeps its rate and is never
    /// dearer; overage is max(0, used - included).
    #[test]
    fn what_lies_beyond_is_counted_once_and_a_change_makes_nothing_dearer(
        before in 0_i64..4_000, more in 0_i64..4_000, first in 0_i128..6_000, second in 0_i128..6_000, left in 0_i64..30,
    ) {
        let month = PeriodRule { unit: PeriodUnit::Month, count: 1 };
        let used = |cost| Used { cost, ..Used::default() };
        let (old, new) = (terms(month, Some(before)), terms(month, Some(before + more)));
        let alone = [RatedSegment { terms: &old, left_days: 30, used: used(first + second) }];
        let alone = meter_overage(Meter::Cost, 30, &alone);
        prop_assert_eq!(alone.overage, (first + second - i128::from(before)).max(0));
        prop_assert_eq!(alone.remaining, Some((i128::from(before) - first - second).max(0)));
        let changed = [
            RatedSegment { terms: &old, left_days: 30, used: used(first) },
            RatedSegment { terms: &new, left_days: left, used: used(second) },
        ];
        let changed = meter_overage(Meter::Cost, 30, &changed);
        let so_far = meter_overage(Meter::Cost, 30, &[RatedSegment { terms: &old, left_days: 30, used: used(first) }]);
        prop_assert_eq!(changed.segments[0].overage, so_far.overage, "what was over stays as it was");
        prop_assert!(changed.overage <= alone.overage, "more included is never dearer");
        prop_assert_eq!(changed.included, Some(i128::from(before) + i128::from(more) * i128::from(left) / 30));
        prop_assert_eq!(changed.used, first + second);
        prop_assert!(changed.overage >= (changed.used - changed.included.unwrap()).max(0));
    }
}

#[test]
fn the_31st_is_kept_through_short_months_and_leap_days() {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let month = PeriodRule {
        unit: PeriodUnit::Month,
        count: 1,
    };
    let from = day("2027-12-31");
    let periods = plan_periods(&[term(month, from, 31)], from, None, day("2028-05-15"));
    let firsts: Vec<String> = periods
        .iter()
        .map(|period| period.days.first_day.to_string())
        .collect();
    assert_eq!(
        firsts,
        [
            "2027-12-31",
            "2028-01-31",
            "2028-02-29",
            "2028-03-31",
            "2028-04-30",
            "2028-05-31"
        ]
    );
}

#[test]
fn a_subscription_within_a_period_has_the_part_of_the_days_that_are_left() {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let month = PeriodRule {
        unit: PeriodUnit::Month,
        count: 1,
    };
    let from = day("2026-11-10");
    let [first, ..] = &plan_periods(&[term(month, from, 1)], from, None, from)[..] else {
        panic!("there is one");
    };
    assert_eq!((first.whole_days, first.segments[0].left_days), (30, 21));
    let terms = terms(month, Some(20_000_000_000_000));
    let rated = [RatedSegment {
        terms: &terms,
        left_days: 21,
        used: Used::default(),
    }];
    assert_eq!(
        meter_overage(Meter::Cost, 30, &rated).included,
        Some(14_000_000_000_000)
    );
}
