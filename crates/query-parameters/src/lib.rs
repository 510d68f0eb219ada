#![doc = include_str!("../README.md")]

mod parameters;

pub use parameters::{
    Include, LIMIT_MAX, Page, ParameterError, Parameters, QUERY_BYTES_MAX, RANGE_DAYS_MAX,
    TEXT_CHARS_MAX,
};
