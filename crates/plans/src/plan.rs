//! What a version of a plan says.

use cost_calculation::PicoUsd;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    period::{PeriodRule, PeriodUnit},
    problem::PlanError,
};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meter {
    /// Cost, in picodollars.
    Cost,
    /// Tokens of all buckets.
    Tokens,
    /// Interactions.
    Interactions,
}

impl Meter {
    /// Every meter, in the order of answers.
    pub const ALL: [Self; 3] = [Self::Cost, Self::Tokens, Self::Interactions];

    /// The name in the contract and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cost => "cost",
            Self::Tokens => "tokens",
            Self::Interactions => "interactions",
        }
    }

    /// A quantity of it as JSON: USD as decimal text, a count as a number.
    pub fn quantity(self, quantity: i128) -> Value {
        match self {
            Self::Cost => json!(cost_calculation::Amount(quantity)),
            Self::Tokens | Self::Interactions => i64::try_from(quantity)
                .map_or_else(|_| json!(quantity.to_string()), |count| json!(count)),
        }
    }
}

/// The price of what lies beyond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// Picodollars.
    pub amount: i64,
    /// For each so many: picodollars of the meter `cost`, else a count.
    pub per: i64,
}

/// What a version says of one meter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeterRule {
    /// Of which meter.
    pub meter: Meter,
    /// Picodollars or a count; `None` is unlimited.
    pub included: Option<i64>,
    /// `None` where what lies beyond is not charged.
    pub overage: Option<Rate>,
    /// In percent, ascending.
    pub thresholds: Vec<u32>,
}

impl MeterRule {
    /// Where `near` begins: the highest threshold below 100, or 80.
    pub fn near_percent(&self) -> u32 {
        let below = self.thresholds.iter().copied().filter(|at| *at < 100);
        below.max().unwrap_or(80)
    }
}

/// What happens where all that is included is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AtLimit {
    /// Nothing stops.
    Allow,
    /// Who asks first is refused.
    Refuse,
}

impl AtLimit {
    /// The name in the contract and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Refuse => "refuse",
        }
    }
}

/// What a version says: never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanTerms {
    /// How long its periods are.
    pub period: PeriodRule,
    /// Each meter at most once.
    pub meters: Vec<MeterRule>,
    /// What a limit does.
    pub at_limit: AtLimit,
}

impl PlanTerms {
    /// What it says of a meter; `None` where it is counted and not limited.
    pub fn rule(&self, meter: Meter) -> Option<&MeterRule> {
        self.meters.iter().find(|rule| rule.meter == meter)
    }

    /// What is included of a meter in a whole period; `None` is unlimited.
    pub fn included(&self, meter: Meter) -> Option<i64> {
        self.rule(meter).and_then(|rule| rule.included)
    }

    /// The meters as the database keeps them.
    pub fn meters_json(&self) -> String {
        json!(self.meters).to_string()
    }

    /// The version as an answer shows it, without its number.
    pub fn shown(&self) -> Value {
        let meters: Vec<Value> = self.meters.iter().map(shown_meter).collect();
        json!({
            "period": { "unit": self.period.unit.as_str(), "count": self.period.count },
            "meters": meters,
            "at_limit": self.at_limit.as_str(),
        })
    }
}

/// A rate as an answer shows it.
pub fn shown_rate(meter: Meter, rate: Rate) -> Value {
    json!({ "amount": PicoUsd::new(rate.amount), "per": meter.quantity(rate.per.into()) })
}

fn shown_meter(rule: &MeterRule) -> Value {
    json!({
        "meter": rule.meter.as_str(),
        "included": rule.included.map(|included| rule.meter.quantity(included.into())),
        "overage": rule.overage.map(|rate| shown_rate(rule.meter, rate)),
        "thresholds": rule.thresholds,
    })
}

/// A version as a request says it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskedTerms {
    period: AskedPeriod,
    meters: Vec<AskedMeter>,
    at_limit: Option<AtLimit>,
    /// Why; kept with the version.
    pub reason: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedPeriod {
    unit: PeriodUnit,
    count: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedMeter {
    meter: Meter,
    // Absent is no decision: `null` says that it is unlimited.
    #[serde(deserialize_with = "present")]
    included: Value,
    overage: Option<AskedRate>,
    #[serde(default)]
    thresholds: Vec<u32>,
}

fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    Value::deserialize(deserializer)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedRate {
    amount: Value,
    per: Value,
}

/// The most of a count that a plan includes: what the ledger's sums can hold with room.
const COUNT_MAX: i64 = 1_000_000_000_000_000;

impl AskedTerms {
    /// What it says, or which field is at fault.
    pub fn checked(&self) -> Result<PlanTerms, PlanError> {
        if !(1..=36).contains(&self.period.count) {
            return Err(PlanError::field(
                "period.count",
                "is out of range: send 1 to 36",
            ));
        }
        let mut meters: Vec<MeterRule> = Vec::new();
        for (at, asked) in self.meters.iter().enumerate() {
            if meters.iter().any(|rule| rule.meter == asked.meter) {
                let fault = "names a meter that stands there already: send each meter once";
                return Err(PlanError::field(format!("meters[{at}].meter"), fault));
            }
            meters.push(checked_meter(asked, at)?);
        }
        Ok(PlanTerms {
            period: PeriodRule {
                unit: self.period.unit,
                count: self.period.count,
            },
            meters,
            at_limit: self.at_limit.unwrap_or(AtLimit::Allow),
        })
    }
}

fn checked_meter(asked: &AskedMeter, at: usize) -> Result<MeterRule, PlanError> {
    let field = |name: &str| format!("meters[{at}].{name}");
    let included = match &asked.included {
        Value::Null => None,
        value => Some(quantity(asked.meter, value, &field("included"), 0)?),
    };
    let overage = match &asked.overage {
        None => None,
        Some(rate) => Some(Rate {
            amount: quantity(Meter::Cost, &rate.amount, &field("overage.amount"), 0)?,
            per: quantity(asked.meter, &rate.per, &field("overage.per"), 1)?,
        }),
    };
    if included.is_none() && overage.is_some() {
        let fault = "has nothing to be charged for, since nothing lies beyond an unlimited meter: leave \
                     it out, or say what is included";
        return Err(PlanError::field(field("overage"), fault));
    }
    let mut thresholds = asked.thresholds.clone();
    thresholds.sort_unstable();
    thresholds.dedup();
    if thresholds.len() != asked.thresholds.len()
        || thresholds.len() > 10
        || thresholds.iter().any(|at| !(1..=1_000).contains(at))
    {
        let fault = "holds a percent twice, more than ten, or one out of range: send whole numbers from \
                     1 to 1000, each once";
        return Err(PlanError::field(field("thresholds"), fault));
    }
    Ok(MeterRule {
        meter: asked.meter,
        included,
        overage,
        thresholds,
    })
}

fn quantity(meter: Meter, value: &Value, field: &str, least: i64) -> Result<i64, PlanError> {
    let found = match meter {
        Meter::Cost => value
            .as_str()
            .and_then(|text| text.parse::<PicoUsd>().ok())
            .map(PicoUsd::get),
        Meter::Tokens | Meter::Interactions => value.as_i64().filter(|count| *count <= COUNT_MAX),
    };
    let remedy = match meter {
        Meter::Cost => "send an amount in USD as a plain decimal text, such as \"20\" or \"20.50\"",
        Meter::Tokens | Meter::Interactions => "send a whole number, at most 10^15",
    };
    found
        .filter(|quantity| *quantity >= least)
        .ok_or_else(|| PlanError::field(field, format!("can't be read, or is too small: {remedy}")))
}

/// A version as the database has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct StoredTerms {
    period_unit: PeriodUnit,
    period_count: u32,
    meters: Vec<MeterRule>,
    at_limit: AtLimit,
}

impl From<StoredTerms> for PlanTerms {
    fn from(stored: StoredTerms) -> Self {
        Self {
            period: PeriodRule {
                unit: stored.period_unit,
                count: stored.period_count,
            },
            meters: stored.meters,
            at_limit: stored.at_limit,
        }
    }
}

/// The columns of a [`StoredTerms`], of the version `v`.
pub(crate) const STORED_TERMS: &str =
    "json_object('period_unit', v.period_unit, 'period_count', v.period_count,
  'meters', json(v.meters), 'at_limit', v.at_limit)";
