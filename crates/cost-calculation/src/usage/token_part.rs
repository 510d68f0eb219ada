//! Kinds of tokens that a few models price apart: each is a part of one of the ten buckets.

/// A part of a bucket, told apart among an interaction's calls. It is a line of its own, at its own
/// rate, and the bucket's line is what remains.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum TokenPart {
    /// Audio read from a cache.
    CacheReadAudio,
    /// Images read from a cache.
    CacheReadImage,
    /// Video read from a cache.
    CacheReadVideo,
    /// Input written to a cache that lives twelve hours.
    #[serde(rename = "cache_write_12h")]
    CacheWrite12h,
    /// Uncached video input.
    VideoIn,
    /// Video output.
    VideoOut,
    /// Text of the sources that a search model read.
    Citation,
}

impl TokenPart {
    /// Every part, in the order of an estimate's lines.
    pub const ALL: [Self; 7] = [
        Self::CacheReadAudio,
        Self::CacheReadImage,
        Self::CacheReadVideo,
        Self::CacheWrite12h,
        Self::VideoIn,
        Self::VideoOut,
        Self::Citation,
    ];

    /// The name in the price book, and among an interaction's calls.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CacheReadAudio => "cache_read_audio",
            Self::CacheReadImage => "cache_read_image",
            Self::CacheReadVideo => "cache_read_video",
            Self::CacheWrite12h => "cache_write_12h",
            Self::VideoIn => "video_in",
            Self::VideoOut => "video_out",
            Self::Citation => "citation",
        }
    }

    /// The part of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.as_str() == name)
    }
}
