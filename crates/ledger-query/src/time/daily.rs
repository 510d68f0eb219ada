//! Usage and cost over time, whole or grouped: what a chart is drawn of.

use query_parameters::{ParameterError, Parameters};
use serde::Serialize;

use super::{
    bucket::Bucket,
    marks::{self, Mark},
    measure::Measure,
    question::Question,
    series::{OtherSeries, Series},
};
use crate::{
    analysis::{
        bridge::Bridge,
        comparison::{Comparison, CountChange, compare},
        forecast::Forecast,
        overview::DO_NOT_ADD_UP,
    },
    ask::{
        problem::QueryError,
        reader::{Reader, Stamp},
        slice::{Dimension, Filters},
    },
    sums::{
        day_items::{DayItems, by_day_and_item},
        distinct::Distinct,
        figures::{Coverage, Figures},
        sum_query::{DaySums, by_day},
    },
};
use ledger_core::database::Database;
use reporting_days::calendar::{Alignment, Granularity, Period, buckets};

/// The most buckets in an answer.
const BUCKETS_MAX: usize = 400;
const TOP_MAX: u64 = 50;
const TOP_DEFAULT: u64 = 6;

/// The parameters of `/stats/daily`.
pub const DAILY_PARAMETERS: [&str; 14] = [
    "start_date",
    "end_date",
    "granularity",
    "group_by",
    "top",
    "rank_by",
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
    rank_by: Measure,
    coverage: Coverage,
    buckets: Vec<Bucket>,
    series: Vec<Series>,
    other: Option<OtherSeries>,
    total: Figures,
    distinct: Option<Distinct>,
    comparison: Option<Comparison>,
    count_change: Option<CountChange>,
    bridge: Option<Bridge>,
    forecast: Forecast,
    marks: Vec<Mark>,
    marks_truncated: bool,
    totals_do_not_add_up: [&'static str; 8],
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
        // Where two periods are compared, the bridge needs the days' models too.
        let of_days = if compared.is_some() {
            by_day_and_item(slice, &day_ranges)?
        } else {
            by_day(slice, &day_ranges)?
        };
        let rows = self
            .database
            .batch(&[of_days, marks::changes(slice, range, self.zone)?])
            .await?;
        let [of_days, changes] = rows.as_slice() else {
            return Err(QueryError::unreadable(
                "a batch of two gave other than two answers",
            ));
        };
        let (marks, marks_truncated) = marks::read(changes, self.zone)?;
        let (days, bridge) = if compared.is_some() {
            let items = DayItems::read(of_days)?;
            (items.days(), self.bridge(&items, alignment).await?)
        } else {
            (DaySums::read(of_days)?, None)
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
            rank_by: question.rank_by,
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
            count_change: compared.and_then(|(current, previous)| {
                question
                    .rank_by
                    .change(&days.of(current), &days.of(previous))
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
            return Err(ParameterError {
                kind: "range-too-long",
                field: "granularity".to_owned(),
                detail: format!(
                    "the range gives {count} buckets; at most {BUCKETS_MAX} are allowed: shorten it or choose a larger `granularity`"
                ),
            }
            .into());
        }
        let group_by = parameters.word("group_by", &Dimension::WORDS)?;
        if group_by.is_none() && parameters.text("top").is_some() {
            return Err(QueryError::parameter(
                "top",
                "`top` says how many groups get a series; send `group_by` too",
            ));
        }
        let rank_by = Measure::asked(parameters, group_by)?;
        Ok(Question {
            range,
            granularity,
            group_by,
            top: parameters
                .integer("top", 1..=TOP_MAX)?
                .unwrap_or(TOP_DEFAULT),
            rank_by,
            alignment: parameters
                .compare()?
                .map(|mode| Alignment::new(range, mode, self.state.first_day)),
            include: parameters.include(&["sessions", "latency", "trend"])?,
            slice: self.slice(parameters).await?,
        })
    }
}
