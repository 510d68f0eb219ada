//! What the numbers leave open: what could not be read, and where a provider says otherwise.

pub(crate) mod left_out;
pub(crate) mod reported_costs;
pub(crate) mod unread_fields;

/// The most days that these questions cover.
const DAYS_MAX: i64 = 400;
/// The most lines of an answer.
const ITEMS_MAX: u32 = 500;

/// The parameters of each.
pub const ACCURACY_PARAMETERS: [&str; 2] = ["start_date", "end_date"];
