//! Who is near or over: every subject with a plan today, sorted, with the counts of each state.

use std::collections::BTreeMap;

use cost_calculation::{Amount, UnixMillis};
use ledger_core::{Database, DatabaseError, Statement};
use reporting_days::calendar::iso;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    ledger_now::LedgerNow,
    plan::STORED_TERMS,
    problem::PlanError,
    standing::{Counts, Percent, Standing, StoredPeriod},
    subject::{JOIN_USERS, SHOWN_SUBJECT, ShownSubject, SubjectRow},
    usage_of::{AS_OF, no_own},
};

/// What the list is sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SubjectSort {
    /// The highest percent of the meters.
    #[default]
    Percent,
    /// What was used, in USD.
    Used,
    /// What lies beyond, in USD.
    Charge,
    /// The label, or the id.
    Name,
}

/// What the list is narrowed and sorted by.
#[derive(Debug, Clone, Default)]
pub struct SubjectFilter {
    /// `ok`, `near`, `over` or `unlimited`.
    pub state: Option<String>,
    /// `user`, `tenant` or `installation`.
    pub subject_type: Option<String>,
    /// The plan of today.
    pub plan_id: Option<String>,
    /// At least so many percent.
    pub min_percent: Option<i64>,
    /// Part of an id or a label.
    pub search: Option<String>,
    /// By what.
    pub sort: SubjectSort,
    /// Whether the smallest comes first.
    pub is_ascending: bool,
}

/// The states that a subject with a plan can be in.
pub const USAGE_STATES: [&str; 4] = ["ok", "near", "over", "unlimited"];

// Periods that are not over yet, by the index of what is not closed; of each the segments, a row each.
const OWN: &str = "
FROM plan_periods p INDEXED BY plan_periods_to_close
CROSS JOIN plan_segments s ON s.period_id = p.period_id";
const OWN_WHERE: &str = "
WHERE p.closed_at IS NULL AND p.end_day > ?1 ->> 'today' AND p.first_day <= ?1 ->> 'today'
  AND p.ends_at > ?1 ->> 'now'";

#[derive(Deserialize)]
struct OwnRow {
    period: PeriodRow,
    who: SubjectRow,
    segments: Vec<SegmentRow>,
}

#[derive(Deserialize)]
struct DefaultRow {
    period_id: i64,
    who: SubjectRow,
    first_day: String,
    counts: Counts,
}

type PeriodRow = (
    i64,
    String,
    String,
    String,
    i64,
    i64,
    i64,
    String,
    Option<Value>,
);
type SegmentRow = (String, String, i64, String, i64, Option<Counts>);
type VersionRow = (String, i64, String, Value);

/// A user of the default plan, with what was used in each segment, by its first day.
type OfUser = (SubjectRow, Vec<(String, Counts)>);

/// One subject in the list.
struct Item {
    subject: ShownSubject,
    standing: Standing,
    state: &'static str,
    percent: Option<Percent>,
    cost: i128,
    charge: Amount,
}

/// Who used how much of what they may use.
pub async fn usage_subjects<D: Database>(
    database: &D,
    state: &LedgerNow,
    filter: &SubjectFilter,
    limit: usize,
    offset: usize,
) -> Result<Value, PlanError> {
    let (as_of, all) = read(database, state).await?;
    let mut chosen: Vec<Item> = all
        .into_iter()
        .filter(|item| is_chosen(item, filter, state))
        .collect();
    let mut counts = BTreeMap::from(USAGE_STATES.map(|name| (name.to_owned(), 0_i64)));
    let mut histogram = [0_i64; 16];
    let mut charge = Amount::ZERO;
    for item in &chosen {
        if let Some(count) = counts.get_mut(item.state) {
            *count += 1;
        }
        if let Some(percent) = item.percent {
            let tens = usize::try_from(percent.0 / 10_000_000).unwrap_or_default();
            if let Some(bar) = histogram.get_mut(tens.min(15)) {
                *bar += 1;
            }
        }
        charge = charge + item.charge;
    }
    counts.insert("all".to_owned(), counts.values().sum());
    chosen.retain(|item| {
        filter
            .state
            .as_deref()
            .is_none_or(|state| state == item.state)
    });
    sort(&mut chosen, filter);
    let total = chosen.len();
    let items: Vec<Value> = chosen
        .iter()
        .skip(offset)
        .take(limit)
        .map(|item| shown(item, state))
        .collect();
    Ok(json!({
        "as_of": as_of,
        "ledger_version": state.ledger_version,
        "counts": counts,
        "histogram": histogram,
        "overage_charge": charge,
        "next": total.saturating_sub(offset.saturating_add(items.len())),
        "items": items,
        "total": total,
        "limit": limit,
        "offset": offset,
    }))
}

fn is_chosen(item: &Item, filter: &SubjectFilter, state: &LedgerNow) -> bool {
    let found = |search: &String| {
        let search = search.to_ascii_lowercase();
        [&item.subject.id, &item.subject.label]
            .into_iter()
            .flatten()
            .any(|text| text.to_ascii_lowercase().contains(&search))
    };
    let least = |least: i64| {
        item.percent
            .is_some_and(|percent| percent.0 >= i128::from(least) * 1_000_000)
    };
    filter
        .subject_type
        .as_ref()
        .is_none_or(|kind| kind == item.subject.kind)
        && filter
            .plan_id
            .as_ref()
            .is_none_or(|id| item.standing.plan_id(state.today) == Some(id))
        && filter.min_percent.is_none_or(least)
        && filter.search.as_ref().is_none_or(found)
}

fn sort(items: &mut [Item], filter: &SubjectFilter) {
    let name = |item: &Item| {
        item.subject
            .label
            .clone()
            .or_else(|| item.subject.id.clone())
    };
    items.sort_by(|a, b| {
        let order = match filter.sort {
            SubjectSort::Percent => a.percent.cmp(&b.percent).then(a.cost.cmp(&b.cost)),
            SubjectSort::Used => a.cost.cmp(&b.cost),
            SubjectSort::Charge => a.charge.cmp(&b.charge).then(a.cost.cmp(&b.cost)),
            SubjectSort::Name => name(a).cmp(&name(b)),
        };
        let order = if filter.is_ascending {
            order
        } else {
            order.reverse()
        };
        order.then_with(|| (a.subject.kind, &a.subject.id).cmp(&(b.subject.kind, &b.subject.id)))
    });
}

fn shown(item: &Item, state: &LedgerNow) -> Value {
    json!({
        "subject": item.subject,
        "plan": item.standing.shown_plan(state),
        "period": item.standing.shown_period(state),
        "state": item.state,
        "percent": item.percent.map(Percent::shown),
        "meters": item.standing.shown_meters(state),
        "overage_charge": item.charge,
        "unpriced": item.standing.shown_unpriced(),
    })
}

fn statements(state: &LedgerNow) -> [Statement; 4] {
    let subject = SHOWN_SUBJECT.replace("s.subject", "p.subject");
    let join_users = JOIN_USERS.replace("s.subject", "p.subject");
    let own = format!(
        "SELECT json_object('period', json_array(p.period_id, p.first_day, p.end_day, p.subject, p.whole_days,
             p.starts_at, p.ends_at, p.zone, json(b.billed_to)),
           'who', {subject},
           'segments', json_group_array(json_array(s.first_day, s.end_day, s.left_days, s.plan_id, s.version,
             iif(c.segment_id IS NULL, NULL, json_array(c.cost, c.tokens, c.interactions, c.unpriced_count,
               c.partial_count, c.unpriced_tokens)))))
         {OWN}
         CROSS JOIN subscriptions b ON b.subscription_id = p.subscription_id
         LEFT JOIN plan_counters c ON c.segment_id = s.segment_id AND c.user_key = 0
         {join_users} {OWN_WHERE} GROUP BY p.period_id"
    );
    // Of the default plan whoever used something in its period, and has none of their own today.
    let default = format!(
        "SELECT json_object('period_id', p.period_id, 'first_day', s.first_day,
           'who', json_array('user:' || u.user_key, u.tenant_id, u.user_id, u.label),
           'counts', json_array(c.cost, c.tokens, c.interactions, c.unpriced_count, c.partial_count,
             c.unpriced_tokens))
         {OWN}
         CROSS JOIN plan_counters c ON c.segment_id = s.segment_id
         CROSS JOIN users u ON u.user_key = c.user_key
         {OWN_WHERE} AND p.subject = 'default' AND {}",
        no_own("'user:' || c.user_key")
    );
    let versions = format!(
        "SELECT json_array(v.plan_id, v.version, n.name, {STORED_TERMS})
         FROM plan_versions v JOIN plans n USING (plan_id)"
    );
    let parameter = json!({ "today": state.today, "now": state.now.0 }).to_string();
    [
        Statement::new(AS_OF),
        Statement::new(versions),
        Statement::with_json(own, parameter.clone()),
        Statement::with_json(default, parameter),
    ]
}

async fn read<D: Database>(
    database: &D,
    state: &LedgerNow,
) -> Result<(Option<String>, Vec<Item>), PlanError> {
    let rows = database.batch(&statements(state)).await?;
    let [as_of, versions, own, default] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no answers".to_owned()).into());
    };
    let (as_of,): (Option<i64>,) = as_of.first()?.unwrap_or_default();
    let versions: Vec<VersionRow> = versions.decode()?;
    let versions: BTreeMap<(String, i64), (String, Value)> = versions
        .into_iter()
        .map(|(plan, version, name, terms)| ((plan, version), (name, terms)))
        .collect();
    let mut items = Vec::new();
    let mut everybody: BTreeMap<i64, StoredPeriod> = BTreeMap::new();
    for row in own.decode::<OwnRow>()? {
        let id = row.period.0;
        let period = stored(row.period, row.segments, &versions)?;
        if period.subject == "default" {
            everybody.insert(id, period);
        } else {
            items.push(item(
                ShownSubject::of(row.who),
                Standing::new(period),
                state,
            ));
        }
    }
    // A user's segments of the default plan come as rows one by one.
    let mut by_user: BTreeMap<(i64, String), OfUser> = BTreeMap::new();
    for row in default.decode::<DefaultRow>()? {
        let key = (row.period_id, row.who.0.clone());
        let (_, counts) = by_user.entry(key).or_insert((row.who, Vec::new()));
        counts.push((row.first_day, row.counts));
    }
    for ((period_id, _), (who, counts)) in by_user {
        let Some(period) = everybody.get(&period_id) else {
            continue;
        };
        let mut period = period.clone();
        for segment in &mut period.segments {
            let day = segment.first_day.to_string();
            let found = counts.iter().find(|(first_day, _)| *first_day == day);
            segment.set_counts(found.map(|(_, counts)| *counts));
        }
        items.push(item(ShownSubject::of(who), Standing::new(period), state));
    }
    Ok((as_of.map(|at| iso(UnixMillis(at))), items))
}

fn stored(
    period: PeriodRow,
    segments: Vec<SegmentRow>,
    versions: &BTreeMap<(String, i64), (String, Value)>,
) -> Result<StoredPeriod, DatabaseError> {
    let (_, first_day, end_day, subject, whole_days, starts_at, ends_at, zone, billed_to) = period;
    let segments: Vec<Value> = segments
        .into_iter()
        .map(|(first_day, end_day, left_days, plan_id, version, counts)| {
            let known = versions.get(&(plan_id.clone(), version));
            json!({
                "first_day": first_day, "end_day": end_day, "left_days": left_days,
                "plan_id": plan_id, "version": version, "counts": counts,
                "plan_name": known.map(|(name, _)| name), "terms": known.map(|(_, terms)| terms),
            })
        })
        .collect();
    let object = json!({
        "subject": subject, "first_day": first_day, "end_day": end_day, "whole_days": whole_days,
        "starts_at": starts_at, "ends_at": ends_at, "zone": zone, "closed_at": null,
        "closed_version": null, "billed_to": billed_to, "segments": segments,
    });
    serde_json::from_value(object).map_err(|error| DatabaseError::Decode(error.to_string()))
}

fn item(subject: ShownSubject, standing: Standing, state: &LedgerNow) -> Item {
    let (worst, percent) = standing.state(state.today);
    Item {
        subject,
        state: worst,
        percent,
        cost: standing.used().cost,
        charge: standing.charge(),
        standing,
    }
}
