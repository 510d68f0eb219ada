//! The buckets of a range: hours, days, weeks or months with their sums.

use chrono::NaiveDate;
use cost_calculation::UnixMillis;
use serde::Serialize;

use super::question::Question;
use crate::{
    ask::{problem::QueryError, reader::Reader},
    sums::{
        distinct,
        distinct::Distinct,
        figures::Figures,
        latency::{Latencies, Latency, histograms},
        raw,
        sum_query::DaySums,
    },
};
use cost_calculation::Amount;
use ledger_core::database::{Database, Rows, Statement};
use reporting_days::calendar::{
    Alignment, DayRange, Granularity, buckets, day_start, hours, iso, next_day,
};

/// The contract's `Bucket`.
#[derive(Debug, Clone, Serialize)]
pub struct Bucket {
    start_date: NaiveDate,
    end_date: NaiveDate,
    start_time: String,
    end_time: String,
    complete: bool,
    figures: Figures,
    previous: Option<PreviousBucket>,
    distinct: Option<Distinct>,
    latency: Option<Latency>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct PreviousBucket {
    start_date: NaiveDate,
    end_date: NaiveDate,
    total_cost: Option<Amount>,
    interaction_count: i64,
    error_count: i64,
    token_count: i64,
}

impl PreviousBucket {
    fn new(range: DayRange, figures: &Figures) -> Self {
        Self {
            start_date: range.start,
            end_date: range.end,
            total_cost: figures.known_cost(),
            interaction_count: figures.interaction_count,
            error_count: figures.error_count,
            token_count: figures.token_count(),
        }
    }
}

/// A bucket's days, its instants and its sums.
pub(crate) struct Span {
    pub range: DayRange,
    pub start: UnixMillis,
    pub end: UnixMillis,
    pub figures: Figures,
    pub previous: Option<PreviousBucket>,
}

impl<D: Database> Reader<'_, D> {
    /// The buckets with their sums.
    pub(crate) async fn spans(
        &self,
        question: &Question,
        days: &DaySums,
    ) -> Result<Vec<Span>, QueryError> {
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

    /// The buckets as answered, with the extras asked for.
    pub(crate) async fn buckets(
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
            let of_buckets: Vec<DayRange> = spans.iter().map(|span| span.range).collect();
            histograms(&question.slice, &of_buckets)?
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
            Some(Latencies::read(&next(), false)?)
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
                latency: latencies.as_ref().map(|all| all.of(&serde_json::json!(at))),
            })
            .collect();
        Ok((buckets, counts.and_then(|all| all.first().copied())))
    }

    /// The buckets of a trend, without extras.
    pub(crate) fn trend_buckets(
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
