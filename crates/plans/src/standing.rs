//! A period of a subject as it is stored, and how an answer shows it.

use chrono::NaiveDate;
use cost_calculation::{Amount, UnixMillis};
use reporting_days::calendar::{day_start, iso, previous_day};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    change_subscription::GRACE_MS,
    ledger_now::LedgerNow,
    overage::{MeterOverage, RatedSegment, Used, charge_of, meter_overage},
    period::DaySpan,
    plan::{Meter, PlanTerms, STORED_TERMS, StoredTerms, shown_rate},
};

/// A counter or an adjustment: cost, tokens, interactions; unpriced, partial, unpriced tokens.
pub(crate) type Counts = [i64; 6];

fn used_of(counts: Counts) -> Used {
    let [cost, tokens, interactions, ..] = counts;
    Used {
        cost: cost.into(),
        tokens: tokens.into(),
        interactions: interactions.into(),
    }
}

/// A segment as it is stored, with what was used in it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct StoredSegment {
    pub first_day: NaiveDate,
    pub end_day: NaiveDate,
    pub left_days: i64,
    pub plan_id: String,
    pub plan_name: String,
    pub version: i64,
    terms: StoredTerms,
    counts: Option<Counts>,
    /// What came after the close: after which day, and how much. Not read of a period that is not closed.
    #[serde(default)]
    adjustments: Vec<(NaiveDate, Counts)>,
}

impl StoredSegment {
    pub(crate) const fn set_counts(&mut self, counts: Option<Counts>) {
        self.counts = counts;
    }
}

/// A period as it is stored, with its segments.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct StoredPeriod {
    pub subject: String,
    pub first_day: NaiveDate,
    pub end_day: NaiveDate,
    pub whole_days: i64,
    pub starts_at: i64,
    pub ends_at: i64,
    pub zone: String,
    pub closed_at: Option<i64>,
    pub closed_version: Option<i64>,
    pub billed_to: Option<Value>,
    pub segments: Vec<StoredSegment>,
}

/// The object of a [`StoredPeriod`], of periods `p` of subscriptions `b`, for the user key that `user` is.
pub(crate) fn stored_period(user: &str, adjustments: bool) -> String {
    let adjustments = if adjustments {
        format!(
            ", 'adjustments', json((SELECT json_group_array(json_array(a.after_day, json_array(a.cost, a.tokens,
                 a.interactions, a.unpriced_count, a.partial_count, a.unpriced_tokens)))
               FROM plan_adjustments a
               WHERE a.subject = p.subject AND a.user_key = {user} AND a.segment_id = s.segment_id))"
        )
    } else {
        String::new()
    };
    format!(
        "json_object('subject', p.subject, 'first_day', p.first_day, 'end_day', p.end_day,
           'whole_days', p.whole_days, 'starts_at', p.starts_at, 'ends_at', p.ends_at, 'zone', p.zone,
           'closed_at', p.closed_at, 'closed_version', p.closed_version, 'billed_to', json(b.billed_to),
           'segments', json((SELECT json_group_array(json_object('first_day', s.first_day,
               'end_day', s.end_day, 'left_days', s.left_days, 'plan_id', s.plan_id, 'plan_name', n.name,
               'version', s.version, 'terms', {STORED_TERMS},
               'counts', iif(c.segment_id IS NULL, NULL, json_array(c.cost, c.tokens, c.interactions,
                 c.unpriced_count, c.partial_count, c.unpriced_tokens)){adjustments}))
             FROM plan_segments s
             CROSS JOIN plan_versions v ON v.plan_id = s.plan_id AND v.version = s.version
             CROSS JOIN plans n ON n.plan_id = s.plan_id
             LEFT JOIN plan_counters c ON c.segment_id = s.segment_id AND c.user_key = {user}
             WHERE s.period_id = p.period_id)))"
    )
}

/// A period that is read and sorted.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    pub stored: StoredPeriod,
    terms: Vec<PlanTerms>,
}

/// What came to a closed period later, all that is charged with one and the same period.
#[derive(Debug, Clone)]
pub(crate) struct Moved {
    pub after_day: NaiveDate,
    used: Used,
    charge: Amount,
}

impl Moved {
    pub(crate) fn shown(&self) -> Value {
        json!({
            "cost": Amount(self.used.cost),
            "tokens": Meter::Tokens.quantity(self.used.tokens),
            "interactions": Meter::Interactions.quantity(self.used.interactions),
            "overage_charge": self.charge,
        })
    }

    const fn reason(&self) -> &'static str {
        if self.used.interactions == 0 {
            "prices"
        } else {
            "interactions"
        }
    }
}

impl Standing {
    pub(crate) fn new(mut stored: StoredPeriod) -> Self {
        stored.segments.sort_by_key(|segment| segment.first_day);
        let terms = stored
            .segments
            .iter()
            .map(|segment| segment.terms.clone().into());
        Self {
            terms: terms.collect(),
            stored,
        }
    }

    fn rated(&self, used: impl Fn(&StoredSegment) -> Used) -> Vec<RatedSegment<'_>> {
        let of = |(segment, terms): (&StoredSegment, _)| RatedSegment {
            terms,
            left_days: segment.left_days,
            used: used(segment),
        };
        self.stored
            .segments
            .iter()
            .zip(&self.terms)
            .map(of)
            .collect()
    }

    fn rated_now(&self) -> Vec<RatedSegment<'_>> {
        self.rated(|segment| used_of(segment.counts.unwrap_or_default()))
    }

    /// What was used, all segments together.
    pub(crate) fn used(&self) -> Used {
        let all = self.rated_now();
        all.iter()
            .fold(Used::default(), |sum, segment| sum.plus(segment.used))
    }

    /// What each meter comes to.
    pub(crate) fn meters(&self) -> Vec<MeterOverage> {
        let segments = self.rated_now();
        let of = |meter| meter_overage(meter, self.stored.whole_days, &segments);
        Meter::ALL.into_iter().map(of).collect()
    }

    /// What lies beyond costs so much.
    pub(crate) fn charge(&self) -> Amount {
        charge_of(self.stored.whole_days, &self.rated_now())
    }

    /// What came after the close, by the period that it is charged with, in order.
    pub(crate) fn moved(&self) -> Vec<Moved> {
        let segments = &self.stored.segments;
        let mut days: Vec<NaiveDate> = segments
            .iter()
            .flat_map(|segment| segment.adjustments.iter().map(|(day, _)| *day))
            .collect();
        days.sort_unstable();
        days.dedup();
        let mut moved = Vec::with_capacity(days.len());
        let mut before = (self.used_by(None), self.charge_by(None));
        for after_day in days {
            let now = (
                self.used_by(Some(after_day)),
                self.charge_by(Some(after_day)),
            );
            moved.push(Moved {
                after_day,
                used: now.0.minus(before.0),
                charge: now.1 - before.1,
            });
            before = now;
        }
        moved
    }

    /// A segment as it stood with the adjustments up to a day, or as it was closed.
    fn until(segment: &StoredSegment, day: Option<NaiveDate>) -> Used {
        let later = segment
            .adjustments
            .iter()
            .filter(|(after, _)| day.is_none_or(|day| *after > day));
        later.fold(
            used_of(segment.counts.unwrap_or_default()),
            |sum, (_, counts)| sum.minus(used_of(*counts)),
        )
    }

    fn used_by(&self, day: Option<NaiveDate>) -> Used {
        let segments = self.stored.segments.iter();
        segments.fold(Used::default(), |sum, segment| {
            sum.plus(Self::until(segment, day))
        })
    }

    fn charge_by(&self, day: Option<NaiveDate>) -> Amount {
        let segments = self.rated(|segment| Self::until(segment, day));
        charge_of(self.stored.whole_days, &segments)
    }

    /// What it was closed with.
    pub(crate) fn shown_closed(&self) -> Value {
        let (Some(closed_at), Some(version)) = (self.stored.closed_at, self.stored.closed_version)
        else {
            return Value::Null;
        };
        let used = self.used_by(None);
        json!({
            "closed_at": iso(UnixMillis(closed_at)),
            "ledger_version": version,
            "cost": Amount(used.cost),
            "tokens": Meter::Tokens.quantity(used.tokens),
            "interactions": Meter::Interactions.quantity(used.interactions),
            "overage_charge": self.charge_by(None),
        })
    }

    /// All that came after the close, together.
    pub(crate) fn shown_adjusted(&self) -> Value {
        let moved = self.moved();
        if moved.is_empty() {
            return Value::Null;
        }
        let all = moved.iter().fold(
            Moved {
                after_day: self.stored.end_day,
                used: Used::default(),
                charge: Amount::ZERO,
            },
            |sum, part| Moved {
                used: sum.used.plus(part.used),
                charge: sum.charge + part.charge,
                ..sum
            },
        );
        all.shown()
    }

    /// An adjustment of this period as an item of the one that it is charged with.
    pub(crate) fn shown_adjustment(&self, moved: &Moved) -> Value {
        json!({
            "of_period": {
                "first_day": self.stored.first_day,
                "last_day": previous_day(self.stored.end_day),
            },
            "moved": moved.shown(),
            "reason": moved.reason(),
        })
    }

    /// Its days.
    pub(crate) const fn days(&self) -> DaySpan {
        DaySpan {
            first_day: self.stored.first_day,
            end_day: self.stored.end_day,
        }
    }

    /// The plan of a day, or of its last segment.
    fn segment_of(&self, day: NaiveDate) -> Option<(&StoredSegment, &PlanTerms)> {
        let mut segments = self.stored.segments.iter().zip(&self.terms);
        let found = segments
            .clone()
            .find(|(segment, _)| segment.first_day <= day && day < segment.end_day);
        found.or_else(|| segments.next_back())
    }

    /// The plan's id of a day.
    pub(crate) fn plan_id(&self, day: NaiveDate) -> Option<&str> {
        self.segment_of(day)
            .map(|(segment, _)| segment.plan_id.as_str())
    }

    /// The plan as an answer shows it.
    pub(crate) fn shown_plan(&self, state: &LedgerNow) -> Value {
        self.segment_of(state.today)
            .map_or(Value::Null, |(segment, terms)| {
                json!({
                    "id": segment.plan_id,
                    "name": segment.plan_name,
                    "version": segment.version,
                    "is_default": self.stored.subject == "default",
                    "at_limit": terms.at_limit.as_str(),
                    "billed_to": self.stored.billed_to,
                })
            })
    }

    /// The period as an answer shows it. Open and in grace come with the clock.
    pub(crate) fn shown_period(&self, state: &LedgerNow) -> Value {
        let stored = &self.stored;
        let now = state.now.0;
        let phase = if stored.closed_at.is_some() {
            "closed"
        } else if now < stored.starts_at {
            "upcoming"
        } else if now < stored.ends_at {
            "open"
        } else {
            "grace"
        };
        shown_period(
            self.days(),
            (stored.starts_at, stored.ends_at),
            &stored.zone,
            phase,
            Some(stored.ends_at.saturating_add(GRACE_MS)),
            state,
        )
    }

    /// The meters as an answer shows them.
    pub(crate) fn shown_meters(&self, state: &LedgerNow) -> Vec<Value> {
        let terms = self.segment_of(state.today).map(|(_, terms)| terms);
        let elapsed = elapsed(self.days(), state);
        self.meters()
            .iter()
            .map(|meter| shown_meter(meter, terms, (elapsed, self.days().days())))
            .collect()
    }

    /// The segments as an answer shows them.
    pub(crate) fn shown_segments(&self) -> Vec<Value> {
        let meters = self.meters();
        let segments = self.stored.segments.iter().enumerate();
        segments
            .map(|(at, segment)| {
                let parts: Vec<Value> = meters
                    .iter()
                    .filter_map(|meter| {
                        let part = meter.segments.get(at)?;
                        let quantity = |quantity| meter.meter.quantity(quantity);
                        Some(json!({
                            "meter": meter.meter.as_str(),
                            "used": quantity(part.used),
                            "granted": part.granted.map(quantity),
                            "overage": quantity(part.overage),
                            "overage_charge": part.charge,
                        }))
                    })
                    .collect();
                json!({
                    "first_day": segment.first_day,
                    "last_day": previous_day(segment.end_day),
                    "plan_id": segment.plan_id,
                    "version": segment.version,
                    "meters": parts,
                })
            })
            .collect()
    }

    /// What has no price.
    pub(crate) fn shown_unpriced(&self) -> Value {
        let counts = self
            .stored
            .segments
            .iter()
            .map(|segment| segment.counts.unwrap_or_default());
        let sums = counts.fold([0_i64; 3], |[a, b, c], [_, _, _, d, e, f]| {
            [
                a.saturating_add(d),
                b.saturating_add(e),
                c.saturating_add(f),
            ]
        });
        shown_unpriced(sums)
    }

    /// The worst state of its meters, and the highest percent.
    pub(crate) fn state(&self, today: NaiveDate) -> (&'static str, Option<Percent>) {
        let terms = self.segment_of(today).map(|(_, terms)| terms);
        let meters = self.meters();
        let rank = |state: &str| {
            ["unlimited", "ok", "near", "over"]
                .iter()
                .position(|name| *name == state)
        };
        let state = meters
            .iter()
            .map(|meter| state_of(meter, terms))
            .max_by_key(|state| rank(state))
            .unwrap_or("unlimited");
        (state, meters.iter().filter_map(Percent::of).max())
    }
}

/// So much of what is included, in millionths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Percent(pub i128);

impl Percent {
    /// `None` where nothing is included, or all is.
    pub(crate) fn of(meter: &MeterOverage) -> Option<Self> {
        let included = meter.included.filter(|included| *included > 0)?;
        Some(Self(meter.used.saturating_mul(100_000_000) / included))
    }

    /// As a number of JSON, with at most six decimals.
    pub(crate) fn shown(self) -> Value {
        let (whole, rest) = (self.0.div_euclid(1_000_000), self.0.rem_euclid(1_000_000));
        serde_json::from_str(&format!("{whole}.{rest:06}")).unwrap_or(Value::Null)
    }
}

/// The state of a meter: the server decides it, for everybody.
fn state_of(meter: &MeterOverage, terms: Option<&PlanTerms>) -> &'static str {
    let Some(included) = meter.included else {
        return if meter.overage > 0 {
            "over"
        } else {
            "unlimited"
        };
    };
    let rule = terms.and_then(|terms| terms.rule(meter.meter));
    let near = rule.map_or(80, |rule| i128::from(rule.near_percent()));
    if meter.overage > 0 {
        "over"
    } else if included > 0 && meter.used.saturating_mul(100) >= included.saturating_mul(near) {
        "near"
    } else {
        "ok"
    }
}

fn shown_meter(meter: &MeterOverage, terms: Option<&PlanTerms>, days: (i64, i64)) -> Value {
    let quantity = |quantity: i128| meter.meter.quantity(quantity);
    let rule = terms.and_then(|terms| terms.rule(meter.meter));
    let even_use = meter
        .included
        .map(|included| quantity(included * i128::from(days.0) / i128::from(days.1.max(1))));
    let limited = rule.filter(|_| meter.included.is_some());
    json!({
        "meter": meter.meter.as_str(),
        "is_metered": rule.is_some(),
        "used": quantity(meter.used),
        "included": meter.included.map(quantity),
        "remaining": meter.remaining.map(quantity),
        "overage": quantity(meter.overage),
        "overage_rate": rule.and_then(|rule| rule.overage).map(|rate| shown_rate(meter.meter, rate)),
        "overage_charge": meter.charge,
        "percent": Percent::of(meter).map(Percent::shown),
        "even_use": even_use,
        "state": state_of(meter, terms),
        "near_percent": limited.map(crate::plan::MeterRule::near_percent),
        "thresholds": rule.map(|rule| rule.thresholds.clone()).unwrap_or_default(),
    })
}

/// The meters of a subject without a plan.
pub(crate) fn shown_without_plan(used: Used) -> Vec<Value> {
    let of = |meter: Meter| {
        let unlimited = MeterOverage {
            meter,
            used: used.of(meter),
            included: None,
            remaining: None,
            overage: 0,
            charge: None,
            segments: Vec::new(),
        };
        shown_meter(&unlimited, None, (0, 1))
    };
    Meter::ALL.into_iter().map(of).collect()
}

/// What has no price, as an answer shows it.
pub(crate) fn shown_unpriced([unpriced, partial, tokens]: [i64; 3]) -> Value {
    json!({ "interaction_count": unpriced, "partial_count": partial, "token_count": tokens })
}

/// The complete days of some.
fn elapsed(days: DaySpan, state: &LedgerNow) -> i64 {
    (state.today.min(days.end_day) - days.first_day)
        .num_days()
        .max(0)
}

/// A period as an answer shows it.
pub(crate) fn shown_period(
    days: DaySpan,
    (starts_at, ends_at): (i64, i64),
    zone: &str,
    phase: &str,
    closes_at: Option<i64>,
    state: &LedgerNow,
) -> Value {
    json!({
        "first_day": days.first_day,
        "last_day": previous_day(days.end_day),
        "start": iso(UnixMillis(starts_at)),
        "end": iso(UnixMillis(ends_at)),
        "resets_at": iso(UnixMillis(ends_at)),
        "closes_at": closes_at.map(|at| iso(UnixMillis(at))),
        "reporting_time_zone": zone,
        "state": phase,
        "days": days.days(),
        "days_elapsed": elapsed(days, state),
    })
}

/// The calendar month of today, for whom has no plan.
pub(crate) fn shown_month(days: DaySpan, state: &LedgerNow) -> Value {
    let instants = (
        day_start(state.zone, days.first_day).0,
        day_start(state.zone, days.end_day).0,
    );
    shown_period(days, instants, state.zone.name(), "open", None, state)
}
