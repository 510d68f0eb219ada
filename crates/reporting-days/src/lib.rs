#![doc = include_str!("../README.md")]

pub mod calendar;
mod zone;

pub use zone::ReportingZone;
