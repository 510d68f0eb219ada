//! What the senders' traces held and the ledger did not take: by sender, source and reason.

use query_parameters::Parameters;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::ITEMS_MAX;
use crate::ask::{
    problem::QueryError,
    reader::{Reader, Stamp},
};
use ledger_core::database::{Database, Statement};
use reporting_days::calendar::Period;

/// The contract's `LeftOutList`.
#[derive(Debug, Serialize)]
pub struct LeftOutList {
    #[serde(flatten)]
    stamp: Stamp,
    period: Period,
    items: Vec<LeftOutReason>,
    is_complete: bool,
}

/// One reason for which spans of one key were not taken.
#[derive(Debug, Serialize, Deserialize)]
struct LeftOutReason {
    key_id: String,
    source: String,
    reason: String,
    count: u64,
    first_day: String,
    last_day: String,
    /// Names of attributes; never a value.
    example: String,
    is_worth_a_look: bool,
}

// The primary key, by its day: thirty days of few reasons.
const SQL: &str = "
SELECT json_object('key_id', key_id, 'source', source, 'reason', reason, 'count', SUM(count),
  'first_day', MIN(day), 'last_day', MAX(day),
  'example', substr(MAX(iif(example = '', '', day || ' ' || example)), 12),
  'is_worth_a_look', json('false'))
FROM left_out
WHERE day BETWEEN ?1 ->> 'start' AND ?1 ->> 'end'
GROUP BY key_id, source, reason
ORDER BY SUM(count) DESC, reason, key_id, source LIMIT ?1 ->> 'limit'";

impl<D: Database> Reader<'_, D> {
    /// `GET /left-out`.
    ///
    /// # Errors
    /// A parameter is wrong, or the database did not answer.
    pub async fn left_out(&self, parameters: &Parameters) -> Result<LeftOutList, QueryError> {
        let range = self.accuracy_range(parameters)?;
        let values = json!({ "start": range.start, "end": range.end, "limit": ITEMS_MAX + 1 });
        let mut items: Vec<LeftOutReason> = self
            .database
            .query(Statement::with(SQL, &values)?)
            .await?
            .decode()?;
        let is_complete = items.len() <= ITEMS_MAX as usize;
        items.truncate(ITEMS_MAX as usize);
        for item in &mut items {
            item.is_worth_a_look = events::is_worth_a_look(&item.reason);
        }
        Ok(LeftOutList {
            stamp: self.stamp(),
            period: range.period(self.today),
            items,
            is_complete,
        })
    }
}
