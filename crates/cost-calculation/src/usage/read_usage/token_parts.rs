//! Kinds of tokens that hardly any model prices apart: parts of a bucket, beside the ten buckets.
use super::slot::Slot;
use super::tally::Tally;
use crate::TokenPart;

/// Takes the parts of what was read from a cache, and of video.
pub(super) fn take(tally: &mut Tally) {
    for (slot, part) in [
        (Slot::CachedAudio, TokenPart::CacheReadAudio),
        (Slot::CachedImage, TokenPart::CacheReadImage),
        (Slot::CachedVideo, TokenPart::CacheReadVideo),
        (Slot::Write12h, TokenPart::CacheWrite12h),
        (Slot::VideoOut, TokenPart::VideoOut),
        (Slot::Citation, TokenPart::Citation),
    ] {
        put(tally, part, tally.get(slot));
    }
}

pub(super) fn put(tally: &mut Tally, part: TokenPart, count: u64) {
    if count > 0 {
        tally.calls.insert(part.as_str().to_owned(), count);
    }
}
