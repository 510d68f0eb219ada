//! Lists of users, models and agents: who drives the cost.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::json;

use super::{
    group::{Group, share},
    group_page::{GroupPage, GroupQuery, GroupSort},
    group_series::{read_buckets, series},
};
use crate::{
    analysis::comparison::{Change, Comparison, compare},
    ask::{
        parameters::Parameters,
        problem::QueryError,
        reader::{Reader, Stamp},
        slice::{Dimension, Filters},
    },
    sums::{
        distinct,
        distinct::Distinct,
        figures::{Coverage, Figures},
        latency::{Latencies, Latency, histograms},
        sum_query::{DaySums, by_day},
    },
    time::overview::DO_NOT_ADD_UP,
};
use cost_calculation::{Amount, Ratio};
use ledger_core::database::Database;
use reporting_days::calendar::{Alignment, DayRange, Granularity, Period, buckets};

/// The parameters of `/stats/users`, `/stats/models` and `/stats/agents`.
pub const GROUP_LIST_PARAMETERS: [&str; 15] = [
    "start_date",
    "end_date",
    "user_id",
    "tenant_id",
    "model",
    "provider",
    "agent",
    "type",
    "q",
    "compare",
    "sort",
    "order",
    "limit",
    "offset",
    "include",
];

/// The contract's `GroupList`.
#[derive(Debug, Serialize)]
pub struct GroupList {
    #[serde(flatten)]
    stamp: Stamp,
    period: Period,
    filters: Filters,
    dimension: Dimension,
    coverage: Coverage,
    trend_granularity: Granularity,
    trend_buckets: Vec<TrendBucket>,
    items: Vec<GroupRow>,
    limit: u64,
    offset: u64,
    total_count: i64,
    other: OtherRow,
    total: Figures,
    distinct: Option<Distinct>,
    comparison: Option<Comparison>,
    totals_do_not_add_up: [&'static str; 8],
}

#[derive(Debug, Serialize)]
struct TrendBucket {
    start_date: NaiveDate,
    end_date: NaiveDate,
    complete: bool,
}

#[derive(Debug, Serialize)]
struct GroupRow {
    group: Group,
    rank_90d: Option<i64>,
    figures: Figures,
    share: Option<Ratio>,
    change: Option<Change>,
    distinct: Option<Distinct>,
    latency: Option<Latency>,
    trend: Option<Vec<Option<Amount>>>,
    cost_per_session: Option<Amount>,
    last_day: NaiveDate,
}

#[derive(Debug, Serialize)]
struct OtherRow {
    group_count: i64,
    figures: Figures,
    share: Option<Ratio>,
}

/// What a list's rows have besides their sums, in their order.
#[derive(Default)]
struct Extras {
    of_all: Option<Distinct>,
    sessions: Option<Vec<i64>>,
    latencies: Option<Latencies>,
    trends: Option<Vec<Vec<Figures>>>,
}

impl<D: Database> Reader<'_, D> {
    /// `GET /stats/users`, `/stats/models` and `/stats/agents`.
    pub async fn group_list(
        &self,
        dimension: Dimension,
        parameters: &Parameters,
    ) -> Result<GroupList, QueryError> {
        let range = self.range_or_default(parameters)?;
        let alignment = parameters
            .compare()?
            .map(|mode| Alignment::new(range, mode));
        let include = parameters.include(&["sessions", "latency", "trend"])?;
        let page = parameters.page()?;
        let sort = parameters
            .word("sort", &GroupSort::WORDS)?
            .unwrap_or(GroupSort::Cost);
        let is_ascending = parameters.is_ascending(false)?;
        let search = parameters.nonempty("q")?;
        let slice = self.slice(parameters).await?;
        let compared = alignment.and_then(|alignment| alignment.compared(self.today));
        let found = self
            .group_page(&GroupQuery {
                slice: &slice,
                dimension,
                range,
                compared,
                today: self.today,
                sort,
                is_ascending,
                page,
                search,
            })
            .await?;
        page.check(found.total_count)?;
        let trend_granularity = Granularity::for_trend(range.days());
        let trend_ranges = if include.trend {
            buckets(range, trend_granularity)
        } else {
            Vec::new()
        };
        let mut statements = Vec::new();
        if include.trend {
            statements.push(series(&slice, dimension, &found.groups, &trend_ranges)?);
        }
        let counts = if include.sessions {
            distinct::in_ranges(&slice, &[range])?
        } else {
            None
        };
        let has_counts = counts.is_some();
        statements.extend(counts);
        let has_user_sessions = has_counts && dimension == Dimension::User;
        if has_user_sessions {
            statements.push(distinct::of_users(range, &user_keys(&found))?);
        }
        let latencies = if include.latency && dimension == Dimension::Model {
            histograms(&slice, &[range])?
        } else {
            None
        };
        let has_latencies = latencies.is_some();
        statements.extend(latencies);
        let has_comparison = alignment.is_some();
        // The groups found add up to the range, where no search leaves any out.
        let is_known = |part: DayRange| part == range && search.is_none();
        if let (Some(alignment), Some((current, previous))) = (alignment, compared) {
            let unknown: Vec<DayRange> = [current, previous, alignment.whole_other()]
                .into_iter()
                .filter(|part| !is_known(*part))
                .collect();
            statements.push(by_day(&slice, &unknown)?);
        }
        let mut rows = if statements.is_empty() {
            Vec::new()
        } else {
            self.database.batch(&statements).await?
        }
        .into_iter();
        let mut next = || rows.next().unwrap_or_default();
        let extras = Extras {
            trends: if include.trend {
                Some(read_buckets(
                    &slice,
                    dimension,
                    &next(),
                    &found.groups,
                    &trend_ranges,
                )?)
            } else {
                None
            },
            of_all: if has_counts {
                distinct::read(&next(), 1)?.first().copied()
            } else {
                None
            },
            sessions: if has_user_sessions {
                Some(read_sessions(&next(), &found)?)
            } else {
                None
            },
            latencies: if has_latencies {
                Some(Latencies::read(&next(), true)?)
            } else {
                None
            },
        };
        let days = if has_comparison && compared.is_some() {
            DaySums::read(&next())?
        } else {
            DaySums::default()
        };
        let total = found.total;
        let shown: Figures = found.groups.iter().map(|group| group.figures).sum();
        let other = total - shown;
        let group_count = found.total_count - i64::try_from(found.groups.len()).unwrap_or(i64::MAX);
        Ok(GroupList {
            stamp: self.stamp(),
            period: range.period(self.today),
            filters: slice.filters(),
            dimension,
            coverage: total.coverage(),
            trend_granularity,
            trend_buckets: trend_ranges
                .iter()
                .map(|part| TrendBucket {
                    start_date: part.start,
                    end_date: part.end,
                    complete: part.end < self.today,
                })
                .collect(),
            limit: page.limit,
            offset: page.offset,
            total_count: found.total_count,
            other: OtherRow {
                group_count,
                figures: other,
                share: share(&other, &total),
            },
            distinct: extras.of_all,
            comparison: alignment.map(|alignment| {
                compare(
                    alignment,
                    self.today,
                    self.state.first_day,
                    |part: DayRange| {
                        if is_known(part) { total } else { days.of(part) }
                    },
                )
            }),
            items: rows_of(found, &total, &extras),
            total,
            totals_do_not_add_up: DO_NOT_ADD_UP,
        })
    }
}

fn user_keys(found: &GroupPage) -> Vec<i64> {
    found
        .groups
        .iter()
        .filter_map(|group| group.keys.first()?.as_i64())
        .collect()
}

/// Sessions of each group of users, in order.
fn read_sessions(
    rows: &ledger_core::database::Rows,
    found: &GroupPage,
) -> Result<Vec<i64>, QueryError> {
    let counts: Vec<(i64, i64)> = rows.decode()?;
    Ok(user_keys(found)
        .into_iter()
        .map(|key| {
            counts
                .iter()
                .find(|(other, _)| *other == key)
                .map_or(0, |(_, count)| *count)
        })
        .collect())
}

fn rows_of(found: GroupPage, total: &Figures, extras: &Extras) -> Vec<GroupRow> {
    found
        .groups
        .into_iter()
        .enumerate()
        .map(|(at, group)| {
            let sessions = extras
                .sessions
                .as_ref()
                .and_then(|all| all.get(at))
                .copied();
            GroupRow {
                rank_90d: group.rank_90d,
                share: share(&group.figures, total),
                change: group.change,
                distinct: sessions.map(|session_count| Distinct {
                    session_count,
                    user_count: 1,
                }),
                latency: extras
                    .latencies
                    .as_ref()
                    .map(|all| all.of(&json!(group.keys))),
                trend: extras
                    .trends
                    .as_ref()
                    .and_then(|all| all.get(at))
                    .map(|values| values.iter().map(Figures::known_cost).collect()),
                cost_per_session: sessions.and_then(|sessions| {
                    group
                        .figures
                        .known_cost()
                        .and_then(|cost| cost.over(sessions))
                }),
                figures: group.figures,
                group: group.group,
                last_day: group.last_day,
            }
        })
        .collect()
}
