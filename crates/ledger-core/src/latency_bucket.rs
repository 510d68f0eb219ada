//! Fixed bounds for latency histograms, so that counts of different days and models add up.

/// The version of the bounds; a change of them needs a new version and a rebuild.
pub const BOUNDS_VERSION: u32 = 1;

/// Sub-buckets in each power of two: a relative error of at most one eighth.
const SUB_BUCKETS_LOG2: u32 = 3;

/// The bucket of a latency in milliseconds: exact up to 15 ms, then eight buckets for each power
/// of two.
pub const fn bucket_of(latency_ms: u64) -> u32 {
    if latency_ms < 1 << (SUB_BUCKETS_LOG2 + 1) {
        // The cast is exact: the value is below 16.
        #[allow(clippy::cast_possible_truncation)]
        return latency_ms as u32;
    }
    let exponent = latency_ms.ilog2();
    let shift = exponent - SUB_BUCKETS_LOG2;
    // The top four bits, 8 to 15.
    #[allow(clippy::cast_possible_truncation)]
    let mantissa = (latency_ms >> shift) as u32;
    (shift << SUB_BUCKETS_LOG2) + mantissa
}

/// The bucket's bounds in milliseconds: inclusive lower, exclusive upper.
pub const fn bounds_of(bucket: u32) -> (u64, u64) {
    if bucket < 1 << (SUB_BUCKETS_LOG2 + 1) {
        return (bucket as u64, bucket as u64 + 1);
    }
    let shift = (bucket >> SUB_BUCKETS_LOG2) - 1;
    let mantissa = (bucket - (shift << SUB_BUCKETS_LOG2)) as u64;
    (mantissa << shift, (mantissa + 1) << shift)
}

#[cfg(test)]
mod tests {
    use super::{bounds_of, bucket_of};

    #[test]
    fn buckets_cover_every_latency_once_and_in_order() {
        let mut upper = 0;
        for bucket in 0..200 {
            let (low, high) = bounds_of(bucket);
            assert_eq!(
                low, upper,
                "bucket {bucket} begins where the last one ended"
            );
            assert_eq!(bucket_of(low), bucket);
            assert_eq!(bucket_of(high - 1), bucket);
            upper = high;
        }
        assert!(upper > 3_600_000, "an hour has a bucket");
    }
}
