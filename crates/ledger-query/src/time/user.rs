//! One user, over a lifetime and over a range.

use query_parameters::Parameters;
use std::collections::HashMap;

use chrono::{Datelike, Days, NaiveDate, Timelike};
use serde::Serialize;
use serde_json::json;

use super::bucket::Bucket;
use crate::{
    analysis::{
        bridge::Bridge,
        comparison::{Comparison, compare},
        forecast::Forecast,
        overview::{DO_NOT_ADD_UP, IN_RANGE, items_of_bit},
    },
    ask::{
        batch::Batch,
        problem::QueryError,
        reader::{Reader, Stamp, Viewer},
        slice::{Dimension, Slice, unknown_user},
    },
    groups::group::{Group, UserName, share},
    sums::{
        day_items::{DayItems, by_day_and_item},
        distinct,
        distinct::Distinct,
        figures::{Coverage, Figures, sums_of},
        sum_query::{ItemSums, parameter, within_segments},
    },
};
use cost_calculation::Ratio;
use ledger_core::database::{Database, DatabaseError, Statement};
use reporting_days::calendar::{Alignment, DayRange, Period, days_between};

/// The most lines of each split.
const SLICES_MAX: usize = 200;
/// Days of the range's end whose interactions are laid out by weekday and hour.
const HOUR_DAYS: u64 = 28;

/// The parameters of `/stats/users/{user_id}`.
pub const USER_PARAMETERS: [&str; 4] = ["tenant_id", "start_date", "end_date", "compare"];

/// The contract's `UserStats`.
#[derive(Debug, Serialize)]
pub struct UserStats {
    #[serde(flatten)]
    stamp: Stamp,
    period: Period,
    user: Group,
    coverage: Coverage,
    lifetime: Lifetime,
    total: Figures,
    distinct: Distinct,
    by_model: Vec<UserSlice>,
    by_agent: Vec<UserSlice>,
    by_type: Vec<UserSlice>,
    left_out: UserLeftOut,
    buckets: Vec<Bucket>,
    comparison: Option<Comparison>,
    bridge: Option<Bridge>,
    forecast: Forecast,
    hours: Vec<HourCell>,
    totals_do_not_add_up: [&'static str; 8],
}

#[derive(Debug, Serialize)]
struct UserLeftOut {
    by_model: Option<LeftOut>,
    by_agent: Option<LeftOut>,
    by_type: Option<LeftOut>,
}

#[derive(Debug, Serialize)]
struct Lifetime {
    first_day: Option<NaiveDate>,
    last_day: Option<NaiveDate>,
    session_count: i64,
    figures: Figures,
}

/// The contract's `UserSlice`: a group with its part of the whole.
#[derive(Debug, Clone, Serialize)]
pub struct UserSlice {
    group: Group,
    figures: Figures,
    share: Option<Ratio>,
}

/// The contract's `LeftOut`: what an answer has no line for, since every answer has an end.
#[derive(Debug, Clone, Serialize)]
pub struct LeftOut {
    group_count: usize,
    figures: Figures,
}

/// Groups by cost, largest first, with their parts of the total: the first [`SLICES_MAX`], and what the
/// others come to.
pub(crate) fn slices(
    groups: Vec<(Group, Figures)>,
    total: &Figures,
) -> (Vec<UserSlice>, Option<LeftOut>) {
    let mut slices: Vec<UserSlice> = groups
        .into_iter()
        .map(|(group, figures)| UserSlice {
            share: share(&figures, total),
            group,
            figures,
        })
        .collect();
    slices.sort_by(|left, right| {
        (right.figures.total_cost, right.figures.interaction_count)
            .cmp(&(left.figures.total_cost, left.figures.interaction_count))
            .then_with(|| left.group.id.cmp(&right.group.id))
    });
    let rest = slices.split_off(slices.len().min(SLICES_MAX));
    let left_out = (!rest.is_empty()).then(|| LeftOut {
        group_count: rest.len(),
        figures: rest.iter().map(|slice| slice.figures).sum(),
    });
    (slices, left_out)
}

#[derive(Debug, Serialize)]
struct HourCell {
    weekday: u32,
    hour: u32,
    interaction_count: i64,
}

// Indexes daily_stats_by_user and session_days_by_user.
fn lifetime_sql() -> String {
    format!(
        "SELECT json_array(MIN(t.day), MAX(t.day), (
  SELECT COUNT(DISTINCT d.session_key) FROM session_days d INDEXED BY session_days_by_user
  WHERE d.user_key = ?1 ->> 'user_key'), {})
FROM daily_stats t INDEXED BY daily_stats_by_user WHERE t.user_key = ?1 ->> 'user_key'",
        sums_of("t")
    )
}

// Primary key of users.
const NAME: &str = "
SELECT json_object('user_id', user_id, 'tenant_id', tenant_id, 'label', label,
  'erased', erased_at IS NOT NULL)
FROM users WHERE user_key = ?1 ->> 'user_key'";

// The primary key of session_days finds the sessions of each day, whoever's they are; the index by
// session their interactions.
const HOURS: &str = "
WITH near AS MATERIALIZED (
  SELECT DISTINCT t.session_key FROM json_each(?1, '$.days') d CROSS JOIN session_days t
  WHERE t.day = d.value AND t.user_key = ?1 ->> 'user_key'
), hours AS (
  SELECT i.timestamp / 900000 AS quarter FROM near CROSS JOIN interactions i
  WHERE i.session_key = near.session_key AND i.user_key = ?1 ->> 'user_key'
    AND i.timestamp >= ?1 ->> 'from' AND i.timestamp < ?1 ->> 'to'
  UNION ALL
  SELECT i.timestamp / 900000 FROM near CROSS JOIN interactions_archive i
  WHERE i.session_key = near.session_key AND i.user_key = ?1 ->> 'user_key'
    AND i.timestamp >= ?1 ->> 'from' AND i.timestamp < ?1 ->> 'to'
)
SELECT json_array(quarter, COUNT(*)) FROM hours GROUP BY quarter";

fn by_agent(slice: &Slice, range: DayRange) -> Result<Statement, DatabaseError> {
    let source = slice.source(Some(Dimension::Agent));
    let sql = format!(
        "SELECT json_array(t.agent, (SELECT a.name FROM agents a WHERE a.agent = t.agent), {})
FROM {}
GROUP BY t.agent",
        sums_of("t"),
        within_segments(&source)
    );
    Statement::with(sql, &parameter(slice, &[(range.start, range.end, 1)]))
}

/// What the database has of one user.
struct UserRows {
    name: UserName,
    lifetime: Lifetime,
    items: DayItems,
    /// Sums by agent.
    agents: Vec<(String, Option<String>, Figures)>,
    /// Interactions by quarter of an hour.
    quarters: Vec<(i64, i64)>,
    distinct: Distinct,
}

impl<D: Database> Reader<'_, D> {
    /// `GET /stats/users/{user_id}`.
    pub async fn user_stats(
        &self,
        user_id: &str,
        parameters: &Parameters,
    ) -> Result<UserStats, QueryError> {
        let range = self.range_or_default(parameters)?;
        let alignment = parameters
            .compare()?
            .map(|mode| Alignment::new(range, mode, self.state.first_day));
        let tenant_id = parameters.text("tenant_id").unwrap_or_default();
        if let Viewer::User(own) = &self.viewer
            && (own != user_id || !tenant_id.is_empty())
        {
            return Err(QueryError::Forbidden(format!(
                "this key reads the numbers of its own user `{own}` only"
            )));
        }
        let user = self
            .user(user_id, tenant_id)
            .await?
            .ok_or_else(|| unknown_user(user_id))?;
        let slice = Slice {
            user: Some(user.clone()),
            ..Slice::default()
        };
        let read = self.read_user(&slice, range, alignment).await?;
        let (days, total) = (read.items.days(), read.items.days().of(range));
        let items = read.items.items(&self.item_ranges(range, alignment));
        let by_model = slices(
            merged(&items, |provider, model, _| Group::model(provider, model)),
            &total,
        );
        let by_agent = slices(
            read.agents
                .into_iter()
                .map(|(agent, name, sums)| (Group::agent(&agent, name.as_deref()), sums))
                .collect(),
            &total,
        );
        let by_type = slices(
            merged(&items, |_, _, kind| Group::named(Dimension::Type, kind)),
            &total,
        );
        Ok(UserStats {
            stamp: self.stamp(),
            period: range.period(self.today),
            user: Group::user(&read.name),
            coverage: total.coverage(),
            lifetime: read.lifetime,
            total,
            distinct: read.distinct,
            by_model: by_model.0,
            by_agent: by_agent.0,
            by_type: by_type.0,
            left_out: UserLeftOut {
                by_model: by_model.1,
                by_agent: by_agent.1,
                by_type: by_type.1,
            },
            buckets: self.trend_buckets(range, alignment, &days),
            comparison: alignment.map(|alignment| {
                compare(alignment, self.today, self.state.first_day, |part| {
                    days.of(part)
                })
            }),
            bridge: self.bridge(&read.items, alignment).await?,
            forecast: self.forecast(&days),
            hours: self.hour_cells(&read.quarters),
            totals_do_not_add_up: DO_NOT_ADD_UP,
        })
    }

    /// All that is read of one user, in one batch.
    async fn read_user(
        &self,
        slice: &Slice,
        range: DayRange,
        alignment: Option<Alignment>,
    ) -> Result<UserRows, QueryError> {
        let mut day_ranges = vec![range, self.forecast_range()];
        day_ranges.extend(alignment.map(Alignment::whole_other));
        day_ranges.extend(
            alignment
                .and_then(|alignment| alignment.compared(self.today))
                .map(|parts| parts.1),
        );
        let hours_range = DayRange {
            start: range.start.max(range.end - Days::new(HOUR_DAYS - 1)),
            end: range.end,
        };
        let (from, to) = hours_range.instants(self.zone);
        let days: Vec<NaiveDate> = days_between(hours_range.start, hours_range.end).collect();
        let user_key = slice.user.as_ref().map(|user| user.user_key);
        let key = json!({ "user_key": user_key, "from": from, "to": to, "days": days });
        let mut batch = Batch::default();
        let name = batch.add(Statement::with(NAME, &key)?);
        let lifetime = batch.add(Statement::with(lifetime_sql(), &key)?);
        let items = batch.add(by_day_and_item(slice, &day_ranges)?);
        let agents = batch.add(by_agent(slice, range)?);
        let hours = batch.add(Statement::with(HOURS, &key)?);
        let counts = distinct::in_ranges(slice, &[range])?.map(|statement| batch.add(statement));
        let mut rows = batch.send(self.database).await?;
        let counts = counts.map(|slot| rows.of(&slot)).unwrap_or_default();
        let lifetime: Option<(Option<NaiveDate>, Option<NaiveDate>, i64, Figures)> =
            rows.of(&lifetime).first()?;
        let (first_day, last_day, session_count, figures) = lifetime.unwrap_or_default();
        Ok(UserRows {
            name: rows.of(&name).first()?.unwrap_or_default(),
            lifetime: Lifetime {
                first_day,
                last_day,
                session_count,
                figures,
            },
            items: DayItems::read(&rows.of(&items))?,
            agents: rows.of(&agents).decode()?,
            quarters: rows.of(&hours).decode()?,
            distinct: distinct::read(&counts, 1)?
                .first()
                .copied()
                .unwrap_or_default(),
        })
    }

    fn hour_cells(&self, quarters: &[(i64, i64)]) -> Vec<HourCell> {
        let mut cells: std::collections::BTreeMap<(u32, u32), i64> =
            std::collections::BTreeMap::new();
        for (quarter, count) in quarters {
            let at = chrono::DateTime::from_timestamp_millis(quarter * 900_000)
                .unwrap_or_default()
                .with_timezone(&self.zone);
            *cells
                .entry((at.weekday().number_from_monday(), at.hour()))
                .or_default() += count;
        }
        cells
            .into_iter()
            .map(|((weekday, hour), interaction_count)| HourCell {
                weekday,
                hour,
                interaction_count,
            })
            .collect()
    }
}

/// Items of the range, merged by a group that is made of their names.
fn merged(
    items: &[ItemSums],
    group_of: impl Fn(&str, &str, &str) -> Group,
) -> Vec<(Group, Figures)> {
    // By place, since a hostile sender may have made up thousands of names.
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut groups: Vec<(Group, Figures)> = Vec::new();
    for (provider, model, kind, figures) in items_of_bit(items, IN_RANGE) {
        let group = group_of(&provider, &model, &kind);
        let place = *places.entry(group.id.clone()).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, sum)) => *sum = *sum + figures,
            None => groups.push((group, figures)),
        }
    }
    groups
}
