//! Numbers of usage objects that no rule gives a meaning: by field, provider and sender.

use query_parameters::Parameters;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{DAYS_MAX, ITEMS_MAX};
use crate::ask::{
    problem::QueryError,
    reader::{Reader, Stamp},
};
use ledger_core::database::{Database, Statement};
use reporting_days::calendar::Period;

/// The contract's `UnreadFieldList`.
#[derive(Debug, Serialize)]
pub struct UnreadFieldList {
    #[serde(flatten)]
    stamp: Stamp,
    period: Period,
    items: Vec<UnreadField>,
    is_complete: bool,
}

/// One field that some sender's usage objects of some provider carry.
#[derive(Debug, Serialize, Deserialize)]
struct UnreadField {
    field: String,
    provider: String,
    source: String,
    interaction_count: u64,
    first_day: String,
    last_day: String,
    example_id: String,
}

/// The partial indexes on interactions with unread numbers, by their day.
fn sql() -> String {
    let arm = |suffix: &str| {
        format!(
            "SELECT i.interaction_key, i.id, i.day, i.provider, i.source, i.units
             FROM interactions{suffix} i
             WHERE instr(i.units, '\"unread:') > 0
               AND i.day BETWEEN ?1 ->> 'start' AND ?1 ->> 'end'"
        )
    };
    format!(
        "WITH unread AS (\n{}\nUNION ALL\n{}\n)
SELECT json_object('field', substr(c.key, 8), 'provider', provider, 'source', source,
  'interaction_count', COUNT(*), 'first_day', MIN(day), 'last_day', MAX(day),
  'example_id', substr(MAX(day || ' ' || u.id), 12))
FROM unread u CROSS JOIN json_each(u.units, '$.calls') c
WHERE c.key >= 'unread:' AND c.key < 'unread;'
GROUP BY c.key, provider, source
ORDER BY COUNT(*) DESC, c.key, provider, source LIMIT ?1 ->> 'limit'",
        arm(""),
        arm("_archive")
    )
}

impl<D: Database> Reader<'_, D> {
    /// `GET /accuracy/unread-fields`.
    ///
    /// # Errors
    /// A parameter is wrong, or the database did not answer.
    pub async fn unread_fields(
        &self,
        parameters: &Parameters,
    ) -> Result<UnreadFieldList, QueryError> {
        let range = self.accuracy_range(parameters)?;
        let values = json!({ "start": range.start, "end": range.end, "limit": ITEMS_MAX + 1 });
        let mut items: Vec<UnreadField> = self
            .database
            .query(Statement::with(sql(), &values)?)
            .await?
            .decode()?;
        let is_complete = items.len() <= ITEMS_MAX as usize;
        items.truncate(ITEMS_MAX as usize);
        Ok(UnreadFieldList {
            stamp: self.stamp(),
            period: range.period(self.today),
            items,
            is_complete,
        })
    }

    /// The days that are asked for; without dates the last thirty.
    pub(super) fn accuracy_range(
        &self,
        parameters: &Parameters,
    ) -> Result<reporting_days::calendar::DayRange, QueryError> {
        let last_thirty = || reporting_days::calendar::DayRange {
            start: self.today - chrono::Days::new(29),
            end: self.today,
        };
        Ok(parameters.range(DAYS_MAX)?.unwrap_or_else(last_thirty))
    }
}
