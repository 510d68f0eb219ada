//! Public price lists to quotes: parse, merge, guard.
//!
//! Several public lists say what a model costs; none is right about all of them. This crate reads
//! each list into [`Quote`]s in the price book's words ([`litellm`], [`genai_prices`],
//! [`openrouter`], [`models_dev`], [`cloudflare`]).
//!
//! ```
//! let list = r#"{"gpt-5-mini": {"litellm_provider": "openai", "input_cost_per_token": 2.5e-07}}"#;
//! let feed = price_feeds::litellm::read(list)?;
//! let quote = &feed.quotes[0];
//! assert_eq!((quote.key.model.as_str(), quote.rate.rate_pico), ("gpt-5-mini", 250_000_000_000));
//! # Ok::<(), price_feeds::FeedError>(())
//! ```

pub mod cloudflare;
pub mod genai_prices;
pub mod litellm;
pub mod merge;
pub mod models_dev;
pub mod openrouter;
mod price_list;
mod provider_day;
mod quote;
mod rate;
mod raw_object;
mod schedule;
pub mod snapshot;
mod source;

pub use price_list::{LIST_BYTES_MAX, read_list};
pub use quote::{Feed, FeedError, PriceKey, Quote, STANDARD_TIER, SkipReason};
pub use rate::{Rate, RateError};
pub use source::{Source, UnknownSource};
