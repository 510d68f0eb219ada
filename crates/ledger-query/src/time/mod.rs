//! How usage went by time: days, buckets, the overview.

pub(crate) mod bucket;
pub(crate) mod daily;
pub(crate) mod marks;
pub(crate) mod measure;
pub(crate) mod question;
pub(crate) mod series;
pub(crate) mod system;
pub(crate) mod user;
