//! What a count of a usage object may be a count of, and what any of its fields may mean.

/// A count of tokens. Whether one contains another is the source's convention
/// ([`super::conventions`]), not the field's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Input,
    Output,
    Total,
    CacheRead,
    /// Read and written together, by some writers; by others the reads alone.
    CacheInput,
    /// Cache writes of every lifetime together.
    CacheWrite,
    Write5m,
    Write30m,
    Write1h,
    Write12h,
    /// Input that was not read from a cache, where a source tells that from the whole.
    CacheMiss,
    TextIn,
    AudioIn,
    ImageIn,
    VideoIn,
    DocumentIn,
    CachedText,
    CachedAudio,
    CachedImage,
    CachedVideo,
    /// Prompts that a provider's own tools wrote: more input, beside the prompt.
    ToolUse,
    ToolUseAudio,
    ToolUseImage,
    ToolUseVideo,
    Reasoning,
    TextOut,
    AudioOut,
    ImageOut,
    VideoOut,
    /// Text of the sources that a search model read (Perplexity).
    Citation,
    /// The prompt of the first of several hops: what a context tier is judged by.
    FirstPrompt,
    /// Langfuse's handlers: uncached input and plain output of a service tier, by that tier's name.
    TierInput,
    TierOutput,
    /// LangChain's `over_200k`: input again, at whatever size.
    Over200k,
}

impl Slot {
    pub const COUNT: usize = Self::Over200k as usize + 1;
}

/// What a field says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Tokens.
    Slot(Slot),
    /// Tokens, in a field whose name tells the service tier as well.
    TierSlot(Slot, &'static str),
    /// The same tokens again, or a part at its whole's rate.
    Repeat,
    /// Something that has a price of its own, by its name in the price book.
    Quantity(&'static str),
    /// The same, in seconds that may have a fraction.
    Seconds(&'static str),
    /// Text that chooses a rate.
    Hint(Hint),
    /// Somebody's own amount: see [`crate::usage::reported_cost`].
    Cost,
    /// Costs nothing by itself: timings, sizes, progress.
    Free,
}

/// What chooses a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hint {
    Tier,
    Speed,
    Traffic,
    Geography,
    SearchContext,
    /// An explicit cache, whose hits cost other than those that come by themselves.
    CacheKind,
    /// A credit that makes the tokens cheaper than their counts say.
    Credit,
    /// An answer from a gateway's own cache.
    CacheHit,
}
