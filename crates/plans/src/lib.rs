#![doc = include_str!("../README.md")]

mod adjustments;
mod change_subscription;
mod ledger_now;
mod overage;
mod period;
mod plan;
mod preview;
mod problem;
mod reconcile;
mod recount;
mod reset;
mod schedule;
mod standing;
mod store_plans;
mod store_subscriptions;
mod subject;
mod usage;
mod usage_details;
mod usage_of;
mod usage_periods;
mod usage_subjects;
mod write_schedule;

pub use change_subscription::{
    NewSubscription, SubscriptionPatch, change_subscription, create_subscription,
};
pub use ledger_now::LedgerNow;
pub use overage::{MeterOverage, RatedSegment, SegmentOverage, Used, meter_overage};
pub use period::{Anchor, DaySpan, PeriodRule, PeriodUnit};
pub use plan::{AskedTerms, AtLimit, Meter, MeterRule, PlanTerms, Rate};
pub use problem::PlanError;
pub use reconcile::{
    ReconcileConfig, ReconcilePlace, ReconcileSummary, drifts_since, has_subscriptions,
    reconcile_usage,
};
pub use reset::{ResetConfig, ResetSummary, reset_usage};
pub use schedule::{PlannedPeriod, PlannedSegment, Term, plan_periods};
pub use store_plans::{
    NewPlan, ShownPlan, asked_terms, create_plan, create_version, list_plans, read_plan,
};
pub use store_subscriptions::{STATES, SubscriptionFilter, list_subscriptions, read_subscription};
pub use usage::{UsageAnswer, usage};
pub use usage_details::UsageExtras;
pub use usage_of::UsageOf;
pub use usage_periods::usage_periods;
pub use usage_subjects::{SubjectFilter, SubjectSort, USAGE_STATES, usage_subjects};
