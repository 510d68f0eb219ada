//! The days of an installation: its one reporting zone, and the days, weeks and compared periods
//! that follow from it.

pub mod calendar;
mod zone;

pub use zone::ReportingZone;
