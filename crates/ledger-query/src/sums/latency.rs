//! Latency percentiles of a range, whole, by bucket or by model.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::json;

use super::percentile::{Percentiles, percentiles};
use crate::{ask::slice::Slice, sums::sum_query::whole_weeks};
use ledger_core::database::{DatabaseError, Rows, Statement};
use reporting_days::calendar::{DayRange, days_between};

/// The contract's `Latency`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Latency {
    duration: Percentiles,
    time_to_first_token: Percentiles,
}

/// The statement for the histograms of each range, of the slice's models; `None` where the slice
/// filters by what the histogram does not know.
pub(crate) fn histograms(
    slice: &Slice,
    ranges: &[DayRange],
) -> Result<Option<Statement>, DatabaseError> {
    if !slice.is_by_model_only() {
        return Ok(None);
    }
    // Primary keys: day or week first. The reader merges the counts: of a hundred rows with twenty
    // buckets each, SQLite would make two thousand.
    let arm = |list: &str, table: &str, column: &str| {
        format!(
            "SELECT json_array(d.value ->> 1, json((
  SELECT json_group_array(json_array(t.provider, t.model, json(t.duration_counts),
    json(t.first_token_counts)))
  FROM {table} t WHERE t.{column} = d.value ->> 0{})))
FROM json_each(?1, '$.{list}') d",
            slice.conditions()
        )
    };
    let sql = format!(
        "{}\nUNION ALL\n{}",
        arm("days", "latency_daily", "day"),
        arm("weeks", "latency_weekly", "week")
    );
    let segments: Vec<_> = ranges
        .iter()
        .enumerate()
        .map(|(at, range)| (range.start, range.end, at))
        .collect();
    let (days, weeks) = whole_weeks(&segments);
    let each =
        |segments: &[(NaiveDate, NaiveDate, usize)], step: usize| -> Vec<(NaiveDate, usize)> {
            segments
                .iter()
                .flat_map(|(start, end, at)| {
                    days_between(*start, *end)
                        .step_by(step)
                        .map(move |day| (day, *at))
                })
                .collect()
        };
    let mut values = slice.values();
    values.insert("days".to_owned(), json!(each(&days, 1)));
    values.insert("weeks".to_owned(), json!(each(&weeks, 7)));
    Statement::with(sql, &values).map(Some)
}

/// Provider, model, and the counts of each metric.
type StoredHistogram = (String, String, BTreeMap<u32, i64>, BTreeMap<u32, i64>);
type Histograms = HashMap<(String, &'static str), BTreeMap<u32, i64>>;

const DURATION: &str = "duration";
const FIRST_TOKEN: &str = "first_token";

/// The percentiles that the rows of [`histograms`] give, by key.
#[derive(Debug, Default)]
pub(crate) struct Latencies(Histograms);

impl Latencies {
    /// By the place of their range, or `by_model`.
    pub fn read(rows: &Rows, by_model: bool) -> Result<Self, DatabaseError> {
        let mut histograms = Histograms::new();
        for (at, of_models) in rows.decode::<(usize, Vec<StoredHistogram>)>()? {
            for (provider, model, durations, first_tokens) in of_models {
                let key = if by_model {
                    json!([provider, model])
                } else {
                    json!(at)
                };
                for (metric, counts) in [(DURATION, durations), (FIRST_TOKEN, first_tokens)] {
                    let histogram = histograms.entry((key.to_string(), metric)).or_default();
                    for (bucket, count) in counts {
                        *histogram.entry(bucket).or_default() += count;
                    }
                }
            }
        }
        Ok(Self(histograms))
    }

    /// Of one range or model.
    pub fn of(&self, key: &serde_json::Value) -> Latency {
        let of_metric = |metric: &'static str| {
            let histogram = self.0.get(&(key.to_string(), metric));
            let buckets = histogram.into_iter().flatten();
            percentiles(buckets.map(|(bucket, count)| (*bucket, *count)))
        };
        Latency {
            duration: of_metric(DURATION),
            time_to_first_token: of_metric(FIRST_TOKEN),
        }
    }
}
