//! Keeps the price book fresh: scheduled syncs, rates, history, overrides.
