//! Usage and cost over time, whole or grouped: the buckets and series of a chart.

use cost_calculation::UnixMillis;
use serde::Serialize;

use super::{
    amount::{Amount, Ratio},
    bridge::Bridge,
    calendar::{
        Alignment, DayRange, Granularity, Period, buckets, day_start, hours, iso, next_day,
    },
    comparison::{Change, Comparison, compare},
    distinct::{self, Distinct},
    figures::{COMPONENTS, Coverage, Figures, TOKEN_TYPES},
    forecast::Forecast,
    groups::{
        Group, GroupPage, GroupQuery, GroupSort, GroupSums, page, ranks, read_page, read_series,
        series, set_ranks, share,
    },
    latency::{Latencies, Latency, histograms},
    marks::{self, Mark},
    overview::DO_NOT_ADD_UP,
    parameters::{Include, Page, Parameters},
    problem::QueryError,
    raw,
    reader::{Reader, Stamp},
    slice::{Dimension, Filters, Slice},
    sums::{DaySums, by_day, by_item},
};
use crate::database::{Database, Rows, Statement};

/// The most buckets in an answer.
const BUCKETS_MAX: usize = 400;
const TOP_MAX: u64 = 50;
const TOP_DEFAULT: u64 = 6;

/// The parameters of `/stats/daily`.
pub const DAILY_PARAMETERS: [&str; 13] = [
    "start_date",
    "end_date",
    "granularity",
    "group_by",
    "top",
    "user_id",
    "tenant_id",
    "model",
    "provider",
    "agent",
    "type",
    "compare",
    "include",
];

/// The contract's `DailyStats`.
#[derive(Debug, Serialize)]
pub struct DailyStats {
    #[serde(flatten)]
    stamp: Stamp,
    period: Period,
    filters: Filters,
    granularity: Granularity,
    group_by: Option<Dimension>,
    coverage: Coverage,
    buckets: Vec<Bucket>,
    series: Vec<Series>,
    other: Option<OtherSeries>,
    total: Figures,
    distinct: Option<Distinct>,
    comparison: Option<Comparison>,
    bridge: Option<Bridge>,
    forecast: Forecast,
    marks: Vec<Mark>,
    marks_truncated: bool,
    totals_do_not_add_up: [&'static str; 8],
}

/// The contract's `Bucket`.
#[derive(Debug, Clone, Serialize)]
pub struct Bucket {
    start_date: chrono::NaiveDate,
    end_date: chrono::NaiveDate,
    start_time: String,
    end_time: String,
    complete: bool,
    figures: Figures,
    previous: Option<PreviousBucket>,
    distinct: Option<Distinct>,
    latency: Option<Latency>,
}

#[derive(Debug, Clone, Serialize)]
struct PreviousBucket {
    start_date: chrono::NaiveDate,
    end_date: chrono::NaiveDate,
    total_cost: Option<Amount>,
    interaction_count: i64,
    token_count: i64,
}

impl PreviousBucket {
    fn new(range: DayRange, figures: &Figures) -> Self {
        Self {
            start_date: range.start,
            end_date: range.end,
            total_cost: figures.known_cost(),
            interaction_count: figures.interaction_count,
            token_count: figures.token_count(),
        }
    }
}

#[derive(Debug, Serialize)]
struct Series {
    group: Group,
    rank_90d: Option<i64>,
    figures: Option<Figures>,
    share: Option<Ratio>,
    change: Option<Change>,
    values: Vec<BucketValue>,
}

#[derive(Debug, Serialize)]
struct OtherSeries {
    group_count: i64,
    figures: Figures,
    share: Option<Ratio>,
    change: Option<Change>,
    values: Vec<BucketValue>,
}

#[derive(Debug, Default, Serialize)]
struct BucketValue {
    total_cost: Option<Amount>,
    interaction_count: Option<i64>,
    error_count: Option<i64>,
    unpriced_count: Option<i64>,
    token_count: Option<i64>,
}

impl From<&Figures> for BucketValue {
    fn from(figures: &Figures) -> Self {
        Self {
            total_cost: figures.known_cost(),
            interaction_count: Some(figures.interaction_count),
            error_count: Some(figures.error_count),
            unpriced_count: Some(figures.unpriced_count),
            token_count: Some(figures.token_count()),
        }
    }
}

/// A bucket's days, its instants and its sums.
struct Span {
    range: DayRange,
    start: UnixMillis,
    end: UnixMillis,
    figures: Figures,
    previous: Option<PreviousBucket>,
}

struct Question {
    range: DayRange,
    granularity: Granularity,
    group_by: Option<Dimension>,
    top: u64,
    alignment: Option<Alignment>,
    include: Include,
    slice: Slice,
}

impl<D: Database> Reader<'_, D> {
    /// `GET /stats/daily`.
    pub async fn daily_stats(&self, parameters: &Parameters) -> Result<DailyStats, QueryError> {
        let question = self.daily_question(parameters).await?;
        let Question {
            range,
            alignment,
            ref slice,
            ..
        } = question;
        let compared = alignment.and_then(|alignment| alignment.compared(self.today));
        let mut day_ranges = vec![range, self.forecast_range()];
        day_ranges.extend(alignment.map(Alignment::whole_other));
        day_ranges.extend(compared.map(|(_, previous)| previous));
        let mut statements = vec![
            by_day(slice, &day_ranges)?,
            marks::changes(slice, range, self.zone)?,
        ];
        if compared.is_some() {
            statements.push(by_item(slice, &self.item_ranges(range, alignment))?);
        }
        let mut rows = self.database.batch(&statements).await?.into_iter();
        let mut next = || rows.next().unwrap_or_default();
        let days = DaySums::read(&next())?;
        let (marks, marks_truncated) = marks::read(&next(), self.zone)?;
        let bridge = if compared.is_some() {
            self.bridge(&next().decode::<super::sums::ItemSums>()?, alignment)
                .await?
        } else {
            None
        };
        let spans = self.spans(&question, &days).await?;
        let total = days.of(range);
        let (series, other) = self.series(&question, &spans, &days).await?;
        let (buckets, distinct) = self.buckets(&question, spans).await?;
        Ok(DailyStats {
            stamp: self.stamp(),
            period: range.period(self.today),
            filters: slice.filters(),
            granularity: question.granularity,
            group_by: question.group_by,
            coverage: total.coverage(),
            buckets,
            series,
            other,
            total,
            distinct,
            comparison: alignment.map(|alignment| {
                compare(alignment, self.today, self.state.first_day, |part| {
                    days.of(part)
                })
            }),
            bridge,
            forecast: self.forecast(&days),
            marks,
            marks_truncated,
            totals_do_not_add_up: DO_NOT_ADD_UP,
        })
    }

    async fn daily_question(&self, parameters: &Parameters) -> Result<Question, QueryError> {
        let range = self.range_or_default(parameters)?;
        let granularity = parameters.granularity()?;
        if granularity == Granularity::Hour && range.days() != 1 {
            return Err(QueryError::parameter(
                "granularity",
                "`granularity=hour` needs a range of exactly one day; set `start_date` and `end_date` to it",
            ));
        }
        let count = buckets(range, granularity).len();
        if count > BUCKETS_MAX {
            return Err(QueryError::Parameter {
                kind: "range-too-long",
                field: "granularity".to_owned(),
                detail: format!(
                    "the range gives {count} buckets; at most {BUCKETS_MAX} are allowed: shorten it or choose a larger `granularity`"
                ),
            });
        }
        let group_by = parameters.word("group_by", &Dimension::WORDS)?;
        if group_by.is_none() && parameters.text("top").is_some() {
            return Err(QueryError::parameter(
                "top",
                "`top` says how many groups get a series; send `group_by` too",
            ));
        }
        Ok(Question {
            range,
            granularity,
            group_by,
            top: parameters
                .integer("top", 1..=TOP_MAX)?
                .unwrap_or(TOP_DEFAULT),
            alignment: parameters
                .compare()?
                .map(|mode| Alignment::new(range, mode)),
            include: parameters.include(&["sessions", "latency", "trend"])?,
            slice: self.slice(parameters).await?,
        })
    }

    /// The buckets with their sums.
    async fn spans(&self, question: &Question, days: &DaySums) -> Result<Vec<Span>, QueryError> {
        if question.granularity == Granularity::Hour {
            return self.hour_spans(question).await;
        }
        let spans = buckets(question.range, question.granularity)
            .into_iter()
            .map(|range| {
                let (start, end) = range.instants(self.zone);
                let previous = question.alignment.map(|alignment| alignment.shifted(range));
                Span {
                    range,
                    start,
                    end,
                    figures: days.of(range),
                    previous: previous.map(|range| PreviousBucket::new(range, &days.of(range))),
                }
            });
        Ok(spans.collect())
    }

    async fn hour_spans(&self, question: &Question) -> Result<Vec<Span>, QueryError> {
        let of_day = |range: DayRange| hours(self.zone, range.start);
        let today = of_day(question.range);
        let mut statements = vec![raw::by_hour(&question.slice, &today, None)?];
        let other = question.alignment.map(Alignment::whole_other);
        let other_hours = other.map(of_day).unwrap_or_default();
        if other.is_some() {
            statements.push(raw::by_hour(&question.slice, &other_hours, None)?);
        }
        let rows = self.database.batch(&statements).await?;
        let read = |at: usize, count: usize| {
            rows.get(at)
                .map_or_else(|| Ok(Vec::new()), |rows| raw::read_hours(rows, count))
        };
        let (figures, previous) = (read(0, today.len())?, read(1, other_hours.len())?);
        Ok(today
            .into_iter()
            .zip(figures)
            .enumerate()
            .map(|(at, ((start, end), figures))| Span {
                range: question.range,
                start,
                end,
                figures,
                previous: other
                    .zip(previous.get(at))
                    .map(|(range, figures)| PreviousBucket::new(range, figures)),
            })
            .collect())
    }

    /// The series of the largest groups, and the rest as one.
    async fn series(
        &self,
        question: &Question,
        spans: &[Span],
        days: &DaySums,
    ) -> Result<(Vec<Series>, Option<OtherSeries>), QueryError> {
        let total = days.of(question.range);
        let compared = question
            .alignment
            .and_then(|alignment| alignment.compared(self.today));
        let changes = compared.map(|(current, previous)| (days.of(current), days.of(previous)));
        let dimension = match question.group_by {
            None => return Ok((Vec::new(), None)),
            Some(Dimension::Component) => {
                return Ok((component_series(spans, &total, changes.as_ref()), None));
            }
            Some(Dimension::TokenType) => return Ok((token_series(spans, &total), None)),
            Some(dimension) => dimension,
        };
        let found = self
            .group_page(&GroupQuery {
                slice: &question.slice,
                dimension,
                range: question.range,
                compared,
                today: self.today,
                sort: GroupSort::Cost,
                is_ascending: false,
                page: Page {
                    limit: question.top,
                    offset: 0,
                },
                search: None,
            })
            .await?;
        let values = self
            .bucket_values(question, dimension, &found.groups, spans)
            .await?;
        let mut rest: Vec<Figures> = spans.iter().map(|span| span.figures).collect();
        for series in &values {
            for (rest, figures) in rest.iter_mut().zip(series) {
                *rest = *rest - *figures;
            }
        }
        let shown: Figures = found.groups.iter().map(|group| group.figures).sum();
        let hidden = found.total_count - i64::try_from(found.groups.len()).unwrap_or(0);
        let other_figures = total - shown;
        let other = (hidden > 0).then(|| OtherSeries {
            group_count: hidden,
            figures: other_figures,
            share: share(&other_figures, &total),
            change: other_change(&found, changes.as_ref()),
            values: rest.iter().map(BucketValue::from).collect(),
        });
        let series = found
            .groups
            .into_iter()
            .zip(values)
            .map(|(group, values)| Series {
                share: share(&group.figures, &total),
                group: group.group,
                rank_90d: group.rank_90d,
                figures: Some(group.figures),
                change: group.change,
                values: values.iter().map(BucketValue::from).collect(),
            })
            .collect();
        Ok((series, other))
    }

    /// A page of groups with their ranks.
    pub(super) async fn group_page(&self, query: &GroupQuery<'_>) -> Result<GroupPage, QueryError> {
        let mut statements = vec![page(query)?];
        if !query.slice.is_whole() {
            statements.push(ranks(query.dimension, self.today)?);
        }
        let rows = self.database.batch(&statements).await?;
        let mut page = rows.first().map_or_else(
            || Ok(GroupPage::default()),
            |rows| read_page(rows, query.dimension, query.compared.is_some()),
        )?;
        if let Some(ranked) = rows.get(1) {
            set_ranks(&mut page, ranked)?;
        }
        Ok(page)
    }

    async fn bucket_values(
        &self,
        question: &Question,
        dimension: Dimension,
        groups: &[GroupSums],
        spans: &[Span],
    ) -> Result<Vec<Vec<Figures>>, QueryError> {
        let statement = if question.granularity == Granularity::Hour {
            let hours: Vec<_> = spans.iter().map(|span| (span.start, span.end)).collect();
            raw::by_hour(&question.slice, &hours, Some((dimension, groups)))?
        } else {
            let ranges: Vec<DayRange> = spans.iter().map(|span| span.range).collect();
            series(&question.slice, dimension, groups, &ranges)?
        };
        let rows = self.database.query(statement).await?;
        Ok(read_series(&rows, groups, spans.len())?)
    }

    /// The buckets as answered, with the extras asked for.
    async fn buckets(
        &self,
        question: &Question,
        spans: Vec<Span>,
    ) -> Result<(Vec<Bucket>, Option<Distinct>), QueryError> {
        // Histograms and sessions are kept by day: an hour has none of its own.
        let has_days = question.granularity != Granularity::Hour;
        let mut ranges = vec![question.range];
        if has_days {
            ranges.extend(spans.iter().map(|span| span.range));
        }
        let mut statements: Vec<Statement> = Vec::new();
        let counts = if question.include.sessions {
            distinct::in_ranges(&question.slice, &ranges)?
        } else {
            None
        };
        let latencies = if question.include.latency && has_days {
            histograms(&question.slice, &ranges, false)?
        } else {
            None
        };
        let (has_counts, has_latencies) = (counts.is_some(), latencies.is_some());
        statements.extend(counts.into_iter().chain(latencies));
        let mut rows = if statements.is_empty() {
            Vec::new()
        } else {
            self.database.batch(&statements).await?
        }
        .into_iter();
        let mut next = || -> Rows { rows.next().unwrap_or_default() };
        let counts = if has_counts {
            Some(distinct::read(&next(), ranges.len())?)
        } else {
            None
        };
        let latencies = if has_latencies {
            Some(Latencies::read(&next())?)
        } else {
            None
        };
        let buckets = spans
            .into_iter()
            .enumerate()
            .map(|(at, span)| Bucket {
                start_date: span.range.start,
                end_date: span.range.end,
                start_time: iso(span.start),
                end_time: iso(span.end),
                complete: span.end <= self.now,
                figures: span.figures,
                previous: span.previous,
                distinct: counts.as_ref().and_then(|all| all.get(at + 1)).copied(),
                latency: latencies
                    .as_ref()
                    .map(|all| all.of(&serde_json::json!(at + 1))),
            })
            .collect();
        Ok((buckets, counts.and_then(|all| all.first().copied())))
    }

    /// The buckets of a trend, without extras.
    pub(super) fn trend_buckets(
        &self,
        range: DayRange,
        alignment: Option<Alignment>,
        days: &DaySums,
    ) -> Vec<Bucket> {
        buckets(range, Granularity::for_trend(range.days()))
            .into_iter()
            .map(|part| {
                let previous = alignment.map(|alignment| alignment.shifted(part));
                Bucket {
                    start_date: part.start,
                    end_date: part.end,
                    start_time: iso(day_start(self.zone, part.start)),
                    end_time: iso(day_start(self.zone, next_day(part.end))),
                    complete: part.end < self.today,
                    figures: days.of(part),
                    previous: previous.map(|range| PreviousBucket::new(range, &days.of(range))),
                    distinct: None,
                    latency: None,
                }
            })
            .collect()
    }
}

/// The change of what is in no series.
fn other_change(found: &GroupPage, changes: Option<&(Figures, Figures)>) -> Option<Change> {
    let (current, previous) = changes?;
    let shown = |pick: fn(&Change) -> Option<Amount>| -> Amount {
        found
            .groups
            .iter()
            .filter_map(|group| group.change.as_ref().and_then(pick))
            .sum()
    };
    Some(Change::between(
        current
            .known_cost()
            .map(|cost| cost - shown(Change::current)),
        previous
            .known_cost()
            .map(|cost| cost - shown(Change::previous)),
    ))
}

fn component_series(
    spans: &[Span],
    total: &Figures,
    changes: Option<&(Figures, Figures)>,
) -> Vec<Series> {
    (0..COMPONENTS.len())
        .zip(COMPONENTS)
        .filter_map(|(at, name)| {
            let of = |figures: &Figures| {
                let amount = figures.components.get(at).copied();
                amount.filter(|_| !figures.is_unpriced())
            };
            let whole = of(total).filter(|amount| *amount != Amount::ZERO)?;
            Some(Series {
                group: Group::named(Dimension::Component, name),
                rank_90d: i64::try_from(at + 1).ok(),
                figures: None,
                share: Ratio::of_amounts(whole, total.total_cost),
                change: changes
                    .map(|(current, previous)| Change::between(of(current), of(previous))),
                values: spans
                    .iter()
                    .map(|span| BucketValue {
                        total_cost: of(&span.figures),
                        ..BucketValue::default()
                    })
                    .collect(),
            })
        })
        .collect()
}

fn token_series(spans: &[Span], total: &Figures) -> Vec<Series> {
    (0..TOKEN_TYPES.len())
        .zip(TOKEN_TYPES)
        .filter_map(|(at, name)| {
            let of = |figures: &Figures| figures.tokens.get(at).copied();
            let whole = of(total).filter(|tokens| *tokens > 0)?;
            Some(Series {
                group: Group::named(Dimension::TokenType, name),
                rank_90d: i64::try_from(at + 1).ok(),
                figures: None,
                share: Ratio::of_counts(whole, total.token_count()),
                change: None,
                values: spans
                    .iter()
                    .map(|span| BucketValue {
                        token_count: of(&span.figures),
                        ..BucketValue::default()
                    })
                    .collect(),
            })
        })
        .collect()
}
