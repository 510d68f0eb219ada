//! Latency percentiles of a range, whole, by bucket or by model.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::{
    calendar::DayRange,
    percentile::{Percentiles, percentiles},
    slice::{Slice, Source},
    sums::{Arm, arm_parameter, arms},
};
use crate::database::{DatabaseError, Rows, Statement};

/// The contract's `Latency`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Latency {
    duration: Percentiles,
    time_to_first_token: Percentiles,
}

/// The statement for the histograms of each range, of the slice's models; `None` where the slice
/// filters by what the histogram does not know. With `by_model` each model has its own.
pub(super) fn histograms(
    slice: &Slice,
    ranges: &[DayRange],
    by_model: bool,
) -> Result<Option<Statement>, DatabaseError> {
    if !slice.is_by_model_only() {
        return Ok(None);
    }
    let key = if by_model {
        "json_array(t.provider, t.model)"
    } else {
        "s.value ->> 2"
    };
    // Primary keys: day or week first. The counts are merged by whoever reads: of a hundred rows
    // with twenty buckets each, SQLite would make two thousand.
    let source = Source {
        from: "latency_daily t".to_owned(),
        conditions: slice.conditions(),
    };
    let selects: Vec<String> = arms(&source)
        .into_iter()
        .map(|Arm { from, .. }| {
            format!("SELECT json_array({key}, t.metric, json(t.counts))\nFROM {from}")
        })
        .collect();
    let segments: Vec<_> = ranges
        .iter()
        .enumerate()
        .map(|(at, range)| (range.start, range.end, at))
        .collect();
    let values = arm_parameter(slice, &source, &segments);
    Statement::with(selects.join("\nUNION ALL\n"), &values).map(Some)
}

type Histograms = HashMap<(String, String), BTreeMap<u32, i64>>;

/// The percentiles that the rows of [`histograms`] give, by key.
#[derive(Debug, Default)]
pub(super) struct Latencies(Histograms);

impl Latencies {
    pub fn read(rows: &Rows) -> Result<Self, DatabaseError> {
        let mut histograms = Histograms::new();
        for (key, metric, counts) in
            rows.decode::<(serde_json::Value, String, BTreeMap<u32, i64>)>()?
        {
            let histogram = histograms.entry((key.to_string(), metric)).or_default();
            for (bucket, count) in counts {
                *histogram.entry(bucket).or_default() += count;
            }
        }
        Ok(Self(histograms))
    }

    /// Of one range or model.
    pub fn of(&self, key: &serde_json::Value) -> Latency {
        let of_metric = |metric: &str| {
            let histogram = self.0.get(&(key.to_string(), metric.to_owned()));
            let buckets = histogram.into_iter().flatten();
            percentiles(buckets.map(|(bucket, count)| (*bucket, *count)))
        };
        Latency {
            duration: of_metric("duration"),
            time_to_first_token: of_metric("time_to_first_token"),
        }
    }
}
