//! What came to closed periods, and the period that it is charged with.

use ledger_core::{Database, Statement};
use serde_json::{Value, json};

use crate::{
    ledger_now::LedgerNow,
    problem::PlanError,
    standing::{Standing, StoredPeriod, stored_period},
};

/// All periods of a subject, with what came to them after they were closed, in order.
pub(crate) async fn all_of<D: Database>(
    database: &D,
    subject: &str,
    user_key: i64,
    state: &LedgerNow,
) -> Result<Vec<Standing>, PlanError> {
    let sql = format!(
        "SELECT {} FROM plan_periods p CROSS JOIN subscriptions b ON b.subscription_id = p.subscription_id
         WHERE p.subject = ?1 ->> 'subject' AND p.first_day <= ?1 ->> 'today' ORDER BY p.first_day",
        stored_period("(?1 ->> 'user_key')", true)
    );
    let parameter = json!({ "subject": subject, "user_key": user_key, "today": state.today });
    let periods: Vec<StoredPeriod> = database
        .query(Statement::with(sql, &parameter)?)
        .await?
        .decode()?;
    Ok(periods.into_iter().map(Standing::new).collect())
}

/// What came to closed periods and is charged with the one at `at`: the first of its subject that begins on
/// the day behind the last close, or later.
pub(crate) fn adjustments_in(all: &[Standing], at: usize) -> Vec<Value> {
    let Some(standing) = all.get(at) else {
        return Vec::new();
    };
    let subject = &standing.stored.subject;
    let same = || all.iter().filter(|other| other.stored.subject == *subject);
    let first_day = standing.stored.first_day;
    let before = same()
        .map(|other| other.stored.first_day)
        .filter(|day| *day < first_day)
        .max();
    let mut shown = Vec::new();
    for other in same() {
        for moved in other.moved() {
            let is_here = moved.after_day <= first_day
                && before.is_none_or(|before| moved.after_day > before);
            if is_here {
                shown.push(other.shown_adjustment(&moved));
            }
        }
    }
    shown
}
