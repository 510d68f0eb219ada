//! Percentiles from a histogram with fixed bounds.

use serde::Serialize;

use ledger_core::latency_bucket::bounds_of;

/// Percentiles in milliseconds: the largest value that the bucket holding the percentile can hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Percentiles {
    /// How many latencies were counted.
    pub count: i64,
    /// Half were at most this.
    pub p50_ms: Option<u64>,
    /// 95 of 100 were at most this.
    pub p95_ms: Option<u64>,
    /// 99 of 100 were at most this.
    pub p99_ms: Option<u64>,
}

/// Percentiles of `(bucket, count)`, in any order; a bucket may come more than once.
pub fn percentiles(histogram: impl IntoIterator<Item = (u32, i64)>) -> Percentiles {
    let mut buckets: Vec<(u32, i64)> = histogram.into_iter().collect();
    buckets.sort_unstable();
    let count: i64 = buckets.iter().map(|(_, count)| count).sum();
    let at = |hundredths: i64| {
        // The nearest-rank definition: the smallest value with at least this share at or below.
        let rank = (i128::from(count) * i128::from(hundredths) + 99) / 100;
        let mut seen = 0_i128;
        buckets.iter().find_map(|(bucket, count)| {
            seen += i128::from(*count);
            (seen >= rank && rank > 0).then(|| bounds_of(*bucket).1 - 1)
        })
    };
    Percentiles {
        count,
        p50_ms: at(50),
        p95_ms: at(95),
        p99_ms: at(99),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::percentiles;
    use ledger_core::latency_bucket::bucket_of;

    #[test]
    fn without_latencies_there_is_no_percentile() {
        let none = percentiles([]);
        assert_eq!((none.count, none.p50_ms), (0, None));
    }

    proptest! {
        #[test]
        fn a_percentile_lies_in_the_bucket_of_the_value_with_that_rank(
            mut latencies in prop::collection::vec(0_u64..100_000, 1..200)
        ) {
            let found = percentiles(latencies.iter().map(|ms| (bucket_of(*ms), 1)));
            latencies.sort_unstable();
            for (hundredths, found) in [(50, found.p50_ms), (95, found.p95_ms), (99, found.p99_ms)] {
                let rank = (latencies.len() * hundredths).div_ceil(100);
                prop_assert_eq!(found.map(bucket_of), Some(bucket_of(latencies[rank - 1])));
            }
        }
    }
}
