#![doc = include_str!("../README.md")]

pub mod archive;
pub mod change_reporting_zone;
mod full_sums;
pub mod record_retention;
pub mod reprice;
pub mod rerate;
pub mod verify;
