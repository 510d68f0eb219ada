//! One session: its sums, what drove them, and how it stands among its user's sessions.

use query_parameters::Page;
use std::collections::BTreeMap;

use cost_calculation::{Component, ResourceType};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    interaction_list::{InteractionPage, of_session},
    session_list::{NAMES, SESSION_COLUMNS, SESSION_OBJECT, Session},
};
use crate::{
    ask::{
        problem::QueryError,
        reader::{Reader, Stamp, Viewer},
    },
    groups::group::Group,
    sums::figures::{Coverage, Figures, sums_of},
    time::user::{LeftOut, UserSlice, slices},
};
use cost_calculation::{Amount, Ratio};
use ledger_core::{
    database::{Database, Statement},
    estimate_lines::read_lines,
    rollup::measures_of_interaction,
};

/// Interactions that the answer holds at once.
const FIRST_INTERACTIONS: u64 = 200;
const DRIVERS_MAX: usize = 10;
/// The most interactions whose lines are added up for the drivers, and how many at once: an event finds
/// its turn in between.
const DRIVER_INTERACTIONS_MAX: usize = 10_000;
const DRIVER_INTERACTIONS_AT_ONCE: usize = 2_000;
/// Sessions of the user that the median is taken of.
const MEDIAN_SESSIONS: u32 = 200;
const OUTLIER_SESSIONS_MIN: usize = 5;
const OUTLIER_TIMES: i128 = 3;

/// The contract's `SessionDetail`.
#[derive(Debug, Serialize)]
pub struct SessionDetail {
    #[serde(flatten)]
    stamp: Stamp,
    session: Session,
    figures: Figures,
    coverage: Coverage,
    by_model: Vec<UserSlice>,
    left_out: Option<LeftOut>,
    drivers: Vec<Driver>,
    outlier: Outlier,
    interactions: InteractionPage,
}

#[derive(Debug, Serialize)]
struct Driver {
    component: &'static str,
    resource_type: String,
    provider: String,
    model: String,
    quantity: i64,
    amount: Amount,
    share: Option<Ratio>,
}

#[derive(Debug, Serialize)]
struct Outlier {
    is_outlier: bool,
    median_cost: Option<Amount>,
    session_count: i64,
    ratio: Option<Ratio>,
}

#[derive(Deserialize)]
struct LinesRow(String, String, String);

// The sessions' indexes by user and start. A key of one user looks at sessions that are all its own.
const EARLIER_COSTS: &str = "
SELECT json_array(total_cost) FROM (
  SELECT start_time, total_cost FROM sessions INDEXED BY sessions_by_user
  WHERE user_key = ?1 ->> 'user_key' AND start_time <= ?1 ->> 'start_time'
    AND unpriced_count < interaction_count AND mixed_users <= ?1 ->> 'mixed_max'
  UNION ALL
  SELECT start_time, total_cost FROM sessions_archive INDEXED BY sessions_archive_by_user
  WHERE user_key = ?1 ->> 'user_key' AND start_time <= ?1 ->> 'start_time'
    AND unpriced_count < interaction_count AND mixed_users <= ?1 ->> 'mixed_max'
  ORDER BY start_time DESC LIMIT ?1 ->> 'limit')";

fn session_sql() -> String {
    let arm = |suffix: &str, archived: u8| {
        format!(
            "SELECT {SESSION_COLUMNS}, {archived} AS archived FROM sessions{suffix} s \
             WHERE s.session_key = (SELECT session_key FROM session_ids \
                WHERE id = ?1 ->> 'session_id')"
        )
    };
    format!(
        "SELECT {SESSION_OBJECT}
FROM ({} UNION ALL {}) f {NAMES}",
        arm("", 0),
        arm("_archive", 1)
    )
}

fn by_model_sql() -> String {
    let columns = format!(
        "i.provider, i.model_name AS model, {}",
        measures_of_interaction()
    );
    format!(
        "WITH t AS (\n  {}\n)\nSELECT json_array(t.provider, t.model, {}) FROM t
GROUP BY t.provider, t.model",
        of_session(&columns),
        sums_of("t")
    )
}

fn lines_sql() -> String {
    format!(
        "SELECT json_array(provider, model, lines) FROM (\n  {}\n) LIMIT ?1 ->> 'lines_limit' OFFSET ?1 ->> 'lines_offset'",
        of_session("i.provider, i.model_name AS model, e.lines")
    )
}

impl<D: Database> Reader<'_, D> {
    /// `GET /sessions/{session_id}`.
    pub async fn session_detail(&self, session_id: &str) -> Result<SessionDetail, QueryError> {
        let session = self.session_of(session_id).await?;
        let key = json!({
            "session_key": session.key, "user_key": session.user_key,
            "start_time": session.start_ms, "limit": MEDIAN_SESSIONS,
            "mixed_max": u8::from(self.viewer == Viewer::Everyone),
        });
        // One by one: the first two of a session without end are the dearest questions that there are,
        // and an event finds its turn between them.
        let ask = |sql| async { self.database.query(Statement::with(sql, &key)?).await };
        let models = ask(by_model_sql()).await?;
        let costs = ask(EARLIER_COSTS.to_owned()).await?;
        let models: Vec<(String, String, Figures)> = models.decode()?;
        let figures: Figures = models.iter().map(|(.., figures)| *figures).sum();
        let drivers = self.drivers(session.key, figures.total_cost).await?;
        let costs: Vec<(i64,)> = costs.decode()?;
        let outlier = outlier(
            session.total_cost,
            costs.into_iter().map(|(pico,)| pico).collect(),
        );
        let interactions = self
            .interaction_page(
                session.key,
                session.total_cost.unwrap_or_default(),
                None,
                None,
                true,
                Page {
                    limit: FIRST_INTERACTIONS,
                    offset: 0,
                },
            )
            .await?;
        let (by_model, left_out) = slices(
            models
                .into_iter()
                .map(|(provider, model, sums)| (Group::model(&provider, &model), sums))
                .collect(),
            &figures,
        );
        Ok(SessionDetail {
            stamp: self.stamp(),
            session,
            coverage: figures.coverage(),
            by_model,
            left_out,
            figures,
            drivers,
            outlier,
            interactions,
        })
    }

    /// What the cost is made of.
    async fn drivers(&self, session_key: i64, total: Amount) -> Result<Vec<Driver>, QueryError> {
        let mut sums = DriverSums::new();
        for offset in (0..DRIVER_INTERACTIONS_MAX).step_by(DRIVER_INTERACTIONS_AT_ONCE) {
            let page = json!({
                "session_key": session_key, "lines_limit": DRIVER_INTERACTIONS_AT_ONCE,
                "lines_offset": offset,
            });
            let rows = self
                .database
                .query(Statement::with(lines_sql(), &page)?)
                .await?;
            let rows: Vec<LinesRow> = rows.decode()?;
            add_lines(&mut sums, &rows)?;
            if rows.len() < DRIVER_INTERACTIONS_AT_ONCE {
                break;
            }
        }
        Ok(dearest(sums, total))
    }

    /// The session, if there is one that the caller may read.
    pub(crate) async fn session_of(&self, session_id: &str) -> Result<Session, QueryError> {
        let statement = Statement::with(session_sql(), &json!({ "session_id": session_id }))?;
        let rows = self.database.query(statement).await?;
        let found = self.read_sessions(&rows)?.into_iter().next();
        found
            .filter(|session| self.may_read(session))
            .ok_or_else(|| QueryError::NotFound {
                kind: "unknown-session",
                detail: format!("the ledger has no session `{session_id}` that this key may read"),
            })
    }

    /// A session that holds several users' events shows each of them the others' numbers: a key
    /// of one user does not read it.
    fn may_read(&self, session: &Session) -> bool {
        match &self.viewer {
            Viewer::Everyone => true,
            Viewer::User(own) => {
                session.user_id == *own && session.tenant_id.is_empty() && !session.mixed_users
            }
        }
    }
}

/// Quantity and amount by provider, model, component and resource.
type DriverSums = BTreeMap<(String, String, Component, ResourceType), (i128, Amount)>;

fn add_lines(sums: &mut DriverSums, rows: &[LinesRow]) -> Result<(), QueryError> {
    for LinesRow(provider, model, lines) in rows {
        for line in read_lines(lines).map_err(QueryError::unreadable)? {
            let Some(amount) = line.amount else { continue };
            let (quantity, sum) = sums
                .entry((
                    provider.clone(),
                    model.clone(),
                    line.component,
                    line.resource,
                ))
                .or_default();
            *quantity += i128::from(line.quantity);
            *sum = *sum + Amount(i128::from(amount.get()));
        }
    }
    Ok(())
}

fn dearest(sums: DriverSums, total: Amount) -> Vec<Driver> {
    let mut drivers: Vec<Driver> = sums
        .into_iter()
        .filter(|(_, (_, amount))| *amount != Amount::ZERO)
        .map(
            |((provider, model, component, resource), (quantity, amount))| Driver {
                component: component.as_str(),
                resource_type: resource.to_string(),
                provider,
                model,
                quantity: i64::try_from(quantity).unwrap_or(i64::MAX),
                amount,
                share: Ratio::of_amounts(amount, total),
            },
        )
        .collect();
    drivers.sort_by(|left, right| {
        right
            .amount
            .cmp(&left.amount)
            .then_with(|| left.resource_type.cmp(&right.resource_type))
            .then_with(|| left.model.cmp(&right.model))
    });
    drivers.truncate(DRIVERS_MAX);
    drivers
}

fn outlier(cost: Option<Amount>, mut costs: Vec<i64>) -> Outlier {
    costs.sort_unstable();
    // Of an even number the lower of the two in the middle: a session that exists.
    let median = costs
        .get(costs.len().saturating_sub(1) / 2)
        .map(|pico| Amount(i128::from(*pico)));
    let ratio = cost
        .zip(median)
        .and_then(|(cost, median)| Ratio::of_amounts(cost, median));
    let is_dear = cost
        .zip(median)
        .is_some_and(|(cost, median)| median.0 > 0 && cost.0 > OUTLIER_TIMES * median.0);
    Outlier {
        is_outlier: is_dear && costs.len() >= OUTLIER_SESSIONS_MIN,
        median_cost: median,
        session_count: i64::try_from(costs.len()).unwrap_or(i64::MAX),
        ratio,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outlier_costs_more_than_three_medians_of_at_least_five_sessions() {
        let is_outlier =
            |cost: i128, costs: &[i64]| outlier(Some(Amount(cost)), costs.to_vec()).is_outlier;
        assert!(is_outlier(31, &[10, 10, 10, 10, 31]));
        assert!(!is_outlier(30, &[10, 10, 10, 10, 30]));
        assert!(!is_outlier(31, &[10, 10, 10, 31]), "too few");
        assert!(
            !is_outlier(31, &[0, 0, 0, 0, 31]),
            "free sessions have no scale"
        );
        assert!(!outlier(None, vec![10; 9]).is_outlier);
    }
}
