#![doc = include_str!("../README.md")]

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
