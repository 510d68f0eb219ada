//! What providers and gateways say they billed, beside what was estimated: by model and day.

use cost_calculation::{Amount, Ratio};
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

/// A difference of more than one part in so many is a finding.
const TOLERANCE_PARTS: i128 = 100;

/// The contract's `ReportedCostList`.
#[derive(Debug, Serialize)]
pub struct ReportedCostList {
    #[serde(flatten)]
    stamp: Stamp,
    period: Period,
    items: Vec<ReportedCost>,
    finding_count: usize,
    is_complete: bool,
}

/// A model's day.
#[derive(Debug, Serialize)]
struct ReportedCost {
    day: String,
    provider: String,
    model: String,
    interaction_count: u64,
    reported_cost: Amount,
    estimated_cost: Amount,
    difference: Amount,
    ratio: Option<Ratio>,
    is_finding: bool,
    example_id: String,
}

#[derive(Deserialize)]
struct Row {
    day: String,
    provider: String,
    model: String,
    count: u64,
    reported: (i64, i64),
    estimated: (i64, i64),
    example_id: String,
}

/// The partial indexes on interactions with a reported cost, by their day. What has no estimate to
/// compare with is left out: it is unpriced, and shown as such.
fn sql() -> String {
    let arm = |suffix: &str| {
        format!(
            "SELECT i.id, i.day, i.provider, i.model_name, i.reported_cost, e.total_cost
             FROM interactions{suffix} i
               CROSS JOIN cost_estimates{suffix} e ON e.interaction_key = i.interaction_key
             WHERE i.reported_cost IS NOT NULL
               AND i.day BETWEEN ?1 ->> 'start' AND ?1 ->> 'end'
               AND e.price_state = 'priced'
               AND e.revision = (SELECT MAX(x.revision) FROM cost_estimates{suffix} x
                                 WHERE x.interaction_key = i.interaction_key)"
        )
    };
    format!(
        "WITH told AS (\n{}\nUNION ALL\n{}\n)
SELECT json_object('day', day, 'provider', provider, 'model', model_name, 'count', COUNT(*),
  'reported', json_array(SUM(reported_cost / 1000000), SUM(reported_cost % 1000000)),
  'estimated', json_array(SUM(total_cost / 1000000), SUM(total_cost % 1000000)),
  'example_id', MAX(id))
FROM told
GROUP BY day, provider, model_name
ORDER BY day DESC, provider, model_name LIMIT ?1 ->> 'limit'",
        arm(""),
        arm("_archive")
    )
}

impl From<Row> for ReportedCost {
    fn from(row: Row) -> Self {
        let reported = Amount::from_parts(row.reported.0, row.reported.1);
        let estimated = Amount::from_parts(row.estimated.0, row.estimated.1);
        let difference = Amount(reported.0 - estimated.0);
        Self {
            day: row.day,
            provider: row.provider,
            model: row.model,
            interaction_count: row.count,
            ratio: Ratio::of_amounts(difference, estimated),
            is_finding: differs(reported, estimated),
            reported_cost: reported,
            estimated_cost: estimated,
            difference,
            example_id: row.example_id,
        }
    }
}

/// Whether the two differ by more than one part in a hundred of the larger.
fn differs(reported: Amount, estimated: Amount) -> bool {
    let difference = (reported.0 - estimated.0).abs();
    difference.saturating_mul(TOLERANCE_PARTS) > reported.0.abs().max(estimated.0.abs())
}

impl<D: Database> Reader<'_, D> {
    /// `GET /accuracy/reported-costs`.
    ///
    /// # Errors
    /// A parameter is wrong, or the database did not answer.
    pub async fn reported_costs(
        &self,
        parameters: &Parameters,
    ) -> Result<ReportedCostList, QueryError> {
        let range = self.accuracy_range(parameters)?;
        let values = json!({ "start": range.start, "end": range.end, "limit": ITEMS_MAX + 1 });
        let rows: Vec<Row> = self
            .database
            .query(Statement::with(sql(), &values)?)
            .await?
            .decode()?;
        let is_complete = rows.len() <= ITEMS_MAX as usize;
        let rows = rows.into_iter().take(ITEMS_MAX as usize);
        let items: Vec<ReportedCost> = rows.map(ReportedCost::from).collect();
        Ok(ReportedCostList {
            stamp: self.stamp(),
            period: range.period(self.today),
            finding_count: items.iter().filter(|item| item.is_finding).count(),
            items,
            is_complete,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_of_more_than_a_hundredth_is_a_finding() {
        assert!(!differs(Amount(1_000), Amount(1_000)));
        assert!(!differs(Amount(1_000), Amount(990)));
        assert!(differs(Amount(1_000), Amount(989)));
        assert!(differs(Amount(989), Amount(1_000)));
        assert!(differs(Amount(0), Amount(1)));
        assert!(!differs(Amount(0), Amount(0)));
    }
}
