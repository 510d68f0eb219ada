//! Lists of users, models and agents: who drives the cost.

use chrono::NaiveDate;
use query_parameters::{Include, Page, Parameters};
use serde::Serialize;
use serde_json::json;

use super::{
    group::{Group, share},
    group_page::{GroupPage, GroupQuery, GroupSort},
    group_series::{read_buckets, series},
};
use crate::{
    analysis::{
        comparison::{Change, Comparison, compare},
        overview::DO_NOT_ADD_UP,
    },
    ask::{
        batch::Batch,
        problem::QueryError,
        reader::{Reader, Stamp},
        slice::{Dimension, Filters, Slice},
    },
    sums::{
        distinct,
        distinct::Distinct,
        figures::{Coverage, Figures},
        latency::{Latencies, Latency, histograms},
        sum_query::{DaySums, by_day},
    },
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

/// What is asked of a list.
struct ListQuestion<'a> {
    dimension: Dimension,
    range: DayRange,
    alignment: Option<Alignment>,
    /// The two parts that are compared.
    compared: Option<(DayRange, DayRange)>,
    include: Include,
    page: Page,
    search: Option<&'a str>,
    slice: Slice,
    trend_ranges: Vec<DayRange>,
}

impl ListQuestion<'_> {
    /// Whether the groups found add up to a part: they do to the range, where no search leaves any
    /// out.
    fn is_known(&self, part: DayRange) -> bool {
        part == self.range && self.search.is_none()
    }
}

impl<D: Database> Reader<'_, D> {
    /// `GET /stats/users`, `/stats/models` and `/stats/agents`.
    pub async fn group_list(
        &self,
        dimension: Dimension,
        parameters: &Parameters,
    ) -> Result<GroupList, QueryError> {
        let question = self.list_question(dimension, parameters).await?;
        let found = self
            .group_page(&GroupQuery {
                slice: &question.slice,
                dimension,
                range: question.range,
                compared: question.compared,
                today: self.today,
                sort: parameters
                    .word("sort", &GroupSort::WORDS)?
                    .unwrap_or(GroupSort::Cost),
                is_ascending: parameters.is_ascending(false)?,
                page: question.page,
                search: question.search,
            })
            .await?;
        question.page.check(found.total_count)?;
        let (extras, days) = self.list_extras(&question, &found).await?;
        Ok(self.list_of(&question, found, &extras, &days))
    }

    async fn list_question<'a>(
        &self,
        dimension: Dimension,
        parameters: &'a Parameters,
    ) -> Result<ListQuestion<'a>, QueryError> {
        let range = self.range_or_default(parameters)?;
        let alignment = parameters
            .compare()?
            .map(|mode| Alignment::new(range, mode, self.state.first_day));
        let include = parameters.include(&["sessions", "latency", "trend"])?;
        Ok(ListQuestion {
            dimension,
            range,
            alignment,
            compared: alignment.and_then(|alignment| alignment.compared(self.today)),
            page: parameters.page()?,
            search: parameters.nonempty("q")?,
            slice: self.slice(parameters).await?,
            trend_ranges: if include.trend {
                buckets(range, Granularity::for_trend(range.days()))
            } else {
                Vec::new()
            },
            include,
        })
    }

    /// What the rows have besides their sums, and the days of the comparison, in one batch.
    async fn list_extras(
        &self,
        question: &ListQuestion<'_>,
        found: &GroupPage,
    ) -> Result<(Extras, DaySums), QueryError> {
        let (slice, dimension, include) = (&question.slice, question.dimension, &question.include);
        let ranges = [question.range];
        let mut batch = Batch::default();
        let trends = if include.trend {
            Some(batch.add(series(
                slice,
                dimension,
                &found.groups,
                &question.trend_ranges,
            )?))
        } else {
            None
        };
        let counts = if include.sessions {
            distinct::in_ranges(slice, &ranges)?.map(|statement| batch.add(statement))
        } else {
            None
        };
        let sessions = if counts.is_some() && dimension == Dimension::User {
            Some(batch.add(distinct::of_users(question.range, &user_keys(found))?))
        } else {
            None
        };
        let latencies = if include.latency && dimension == Dimension::Model {
            histograms(slice, &ranges)?.map(|statement| batch.add(statement))
        } else {
            None
        };
        let days = match (question.alignment, question.compared) {
            (Some(alignment), Some((current, previous))) => {
                let mut unknown = vec![current, previous, alignment.whole_other()];
                unknown.retain(|part| !question.is_known(*part));
                Some(batch.add(by_day(slice, &unknown)?))
            }
            _ => None,
        };
        let mut rows = batch.send(self.database).await?;
        let mut extras = Extras::default();
        if let Some(slot) = trends {
            let (groups, ranges) = (&found.groups, &question.trend_ranges);
            extras.trends = Some(read_buckets(
                slice,
                dimension,
                &rows.of(&slot),
                groups,
                ranges,
            )?);
        }
        if let Some(slot) = counts {
            extras.of_all = distinct::read(&rows.of(&slot), 1)?.first().copied();
        }
        if let Some(slot) = sessions {
            extras.sessions = Some(read_sessions(&rows.of(&slot), found)?);
        }
        if let Some(slot) = latencies {
            extras.latencies = Some(Latencies::read(&rows.of(&slot), true)?);
        }
        let days = match days {
            Some(slot) => DaySums::read(&rows.of(&slot))?,
            None => DaySums::default(),
        };
        Ok((extras, days))
    }

    fn list_of(
        &self,
        question: &ListQuestion<'_>,
        found: GroupPage,
        extras: &Extras,
        days: &DaySums,
    ) -> GroupList {
        let range = question.range;
        let total = found.total;
        let shown: Figures = found.groups.iter().map(|group| group.figures).sum();
        let other = total - shown;
        let group_count = found.total_count - i64::try_from(found.groups.len()).unwrap_or(i64::MAX);
        let sums = |part: DayRange| {
            if question.is_known(part) {
                total
            } else {
                days.of(part)
            }
        };
        GroupList {
            stamp: self.stamp(),
            period: range.period(self.today),
            filters: question.slice.filters(),
            dimension: question.dimension,
            coverage: total.coverage(),
            trend_granularity: Granularity::for_trend(range.days()),
            trend_buckets: question
                .trend_ranges
                .iter()
                .map(|part| TrendBucket {
                    start_date: part.start,
                    end_date: part.end,
                    complete: part.end < self.today,
                })
                .collect(),
            limit: question.page.limit,
            offset: question.page.offset,
            total_count: found.total_count,
            other: OtherRow {
                group_count,
                figures: other,
                share: share(&other, &total),
            },
            distinct: extras.of_all,
            comparison: question
                .alignment
                .map(|alignment| compare(alignment, self.today, self.state.first_day, sums)),
            items: rows_of(found, &total, extras),
            total,
            totals_do_not_add_up: DO_NOT_ADD_UP,
        }
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
