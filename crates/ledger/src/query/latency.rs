//! Latency percentiles of a range, whole, by bucket or by model.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::json;

use super::{
    calendar::DayRange,
    percentile::{Percentiles, percentiles},
    slice::Slice,
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
    // Primary key of latency_daily: day first.
    let sql = format!(
        "SELECT json_array({key}, t.metric, CAST(b.key AS INTEGER), SUM(b.value))
FROM json_each(?1, '$.segments') s CROSS JOIN latency_daily t CROSS JOIN json_each(t.counts) b
WHERE t.day >= s.value ->> 0 AND t.day <= s.value ->> 1{}
GROUP BY {key}, t.metric, b.key",
        slice.conditions()
    );
    let segments: Vec<_> = ranges
        .iter()
        .enumerate()
        .map(|(at, range)| (range.start, range.end, at))
        .collect();
    let mut values = slice.values();
    values.insert("segments".to_owned(), json!(segments));
    Statement::with(sql, &values).map(Some)
}

type Histograms = HashMap<(String, String), Vec<(u32, i64)>>;

/// The percentiles that the rows of [`histograms`] give, by key.
#[derive(Debug, Default)]
pub(super) struct Latencies(Histograms);

impl Latencies {
    pub fn read(rows: &Rows) -> Result<Self, DatabaseError> {
        let mut histograms = Histograms::new();
        for (key, metric, bucket, count) in
            rows.decode::<(serde_json::Value, String, u32, i64)>()?
        {
            histograms
                .entry((key.to_string(), metric))
                .or_default()
                .push((bucket, count));
        }
        Ok(Self(histograms))
    }

    /// Of one range or model.
    pub fn of(&self, key: &serde_json::Value) -> Latency {
        let of_metric = |metric: &str| {
            let histogram = self.0.get(&(key.to_string(), metric.to_owned()));
            percentiles(histogram.into_iter().flatten().copied())
        };
        Latency {
            duration: of_metric("duration"),
            time_to_first_token: of_metric("time_to_first_token"),
        }
    }
}
