//! The whole installation over a range, or the slice that the filters leave.

use chrono::NaiveDate;
use query_parameters::Parameters;
use serde::Serialize;

use crate::{
    analysis::{
        bridge::Bridge,
        comparison::{Comparison, compare},
        forecast::Forecast,
        overview::{DO_NOT_ADD_UP, IN_CURRENT, IN_PREVIOUS, IN_RANGE, items_of_bit, sum_of_bit},
    },
    ask::{
        problem::QueryError,
        reader::{Reader, Stamp},
        slice::Filters,
    },
    sums::{
        day_items::{DayItems, by_day_and_item},
        distinct,
        distinct::Distinct,
        figures::{Coverage, Figures},
        latency::{Latencies, Latency, histograms},
        sum_query::ItemSums,
    },
};
use cost_calculation::Ratio;
use ledger_core::database::{Database, Rows};
use reporting_days::calendar::{Alignment, Period};

/// The most rows in the lists of errors and of unpriced models.
const LISTED_MAX: usize = 10;

/// The contract's `SystemStats`.
#[derive(Debug, Serialize)]
pub struct SystemStats {
    #[serde(flatten)]
    stamp: Stamp,
    period: Period,
    filters: Filters,
    coverage: Coverage,
    total: Figures,
    distinct: Option<Distinct>,
    errors: Vec<ErrorShare>,
    latency: Option<Latency>,
    comparison: Option<Comparison>,
    bridge: Option<Bridge>,
    forecast: Forecast,
    unpriced_models: Vec<UnpricedModel>,
    first_day: Option<NaiveDate>,
    ledger_empty: bool,
    totals_do_not_add_up: [&'static str; 8],
}

#[derive(Debug, Serialize)]
struct ErrorShare {
    provider: String,
    model: String,
    #[serde(rename = "type")]
    kind: String,
    error_count: i64,
    interaction_count: i64,
    error_rate: Option<Ratio>,
}

#[derive(Debug, Serialize)]
struct UnpricedModel {
    provider: String,
    model: String,
    #[serde(rename = "type")]
    kind: String,
    interaction_count: i64,
    token_count: i64,
}

/// The parameters of `/stats/system`.
pub const SYSTEM_PARAMETERS: [&str; 10] = [
    "start_date",
    "end_date",
    "user_id",
    "tenant_id",
    "model",
    "provider",
    "agent",
    "type",
    "compare",
    "include",
];

impl<D: Database> Reader<'_, D> {
    /// `GET /stats/system`.
    pub async fn system_stats(&self, parameters: &Parameters) -> Result<SystemStats, QueryError> {
        let range = self.range_or_default(parameters)?;
        let alignment = parameters
            .compare()?
            .map(|mode| Alignment::new(range, mode, self.state.first_day));
        let include = parameters.include(&["sessions", "latency", "trend"])?;
        let slice = self.slice(parameters).await?;
        let mut day_ranges = vec![range, self.forecast_range()];
        let compared = alignment.and_then(|alignment| alignment.compared(self.today));
        day_ranges.extend(compared.map(|(_, previous)| previous));
        let mut statements = vec![by_day_and_item(&slice, &day_ranges)?];
        let latencies = histograms(&slice, &[range])?;
        let has_latency = latencies.is_some();
        statements.extend(latencies);
        let counts = if include.sessions {
            distinct::in_ranges(&slice, &[range])?
        } else {
            None
        };
        let has_distinct = counts.is_some();
        statements.extend(counts);
        let mut rows = self.database.batch(&statements).await?.into_iter();
        let mut next = || rows.next().unwrap_or_default();
        let rows_by_day = DayItems::read(&next())?;
        let days = rows_by_day.days();
        let items = rows_by_day.items(&self.item_ranges(range, alignment));
        let latency = if has_latency {
            Some(read_latency(&next())?)
        } else {
            None
        };
        let distinct = if has_distinct {
            distinct::read(&next(), 1)?.first().copied()
        } else {
            None
        };
        let total = sum_of_bit(&items, IN_RANGE);
        let comparison = alignment.map(|alignment| {
            let current = alignment.compared(self.today).map(|(current, _)| current);
            compare(alignment, self.today, self.state.first_day, |part| {
                let bit = if Some(part) == current {
                    IN_CURRENT
                } else {
                    IN_PREVIOUS
                };
                sum_of_bit(&items, bit)
            })
        });
        Ok(SystemStats {
            stamp: self.stamp(),
            period: range.period(self.today),
            filters: slice.filters(),
            coverage: total.coverage(),
            total,
            distinct,
            errors: errors(&items),
            latency,
            comparison,
            bridge: self.bridge(&rows_by_day, alignment).await?,
            forecast: self.forecast(&days),
            unpriced_models: unpriced(&items),
            first_day: self.state.first_day,
            ledger_empty: self.state.as_of.is_none(),
            totals_do_not_add_up: DO_NOT_ADD_UP,
        })
    }
}

fn read_latency(rows: &Rows) -> Result<Latency, QueryError> {
    Ok(Latencies::read(rows, false)?.of(&serde_json::json!(0)))
}

fn errors(items: &[ItemSums]) -> Vec<ErrorShare> {
    let mut errors: Vec<ErrorShare> = items_of_bit(items, IN_RANGE)
        .into_iter()
        .filter(|(.., figures)| figures.error_count > 0)
        .map(|(provider, model, kind, figures)| ErrorShare {
            provider,
            model,
            kind,
            error_count: figures.error_count,
            interaction_count: figures.interaction_count,
            error_rate: figures.error_rate(),
        })
        .collect();
    errors.sort_by_key(|share| std::cmp::Reverse(share.error_count));
    errors.truncate(LISTED_MAX);
    errors
}

fn unpriced(items: &[ItemSums]) -> Vec<UnpricedModel> {
    let mut unpriced: Vec<UnpricedModel> = items_of_bit(items, IN_RANGE)
        .into_iter()
        .filter(|(.., figures)| figures.unpriced_count > 0)
        .map(|(provider, model, kind, figures)| UnpricedModel {
            provider,
            model,
            kind,
            interaction_count: figures.unpriced_count,
            token_count: figures.unpriced_tokens,
        })
        .collect();
    unpriced.sort_by_key(|model| std::cmp::Reverse((model.token_count, model.interaction_count)));
    unpriced.truncate(LISTED_MAX);
    unpriced
}
