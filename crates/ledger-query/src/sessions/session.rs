//! One session: its sums, what drove them, and how it stands among its user's sessions.

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
        parameters::Page,
        problem::QueryError,
        reader::{Reader, Stamp, Viewer},
    },
    groups::group::Group,
    sums::figures::{Coverage, Figures, sums_of},
    time::user::{UserSlice, slices},
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
/// The most interactions whose lines are added up for the drivers.
const DRIVER_INTERACTIONS_MAX: u32 = 10_000;
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
        "SELECT json_array(provider, model, lines) FROM (\n  {}\n) LIMIT ?1 ->> 'lines_limit'",
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
            "lines_limit": DRIVER_INTERACTIONS_MAX,
        });
        let rows = self
            .database
            .batch(&[
                Statement::with(by_model_sql(), &key)?,
                Statement::with(lines_sql(), &key)?,
                Statement::with(EARLIER_COSTS, &key)?,
            ])
            .await?;
        let [models, drivers, costs] = rows.as_slice() else {
            return Err(QueryError::unreadable(
                "a batch of three gave other than three answers",
            ));
        };
        let models: Vec<(String, String, Figures)> = models.decode()?;
        let figures: Figures = models.iter().map(|(.., figures)| *figures).sum();
        let drivers = read_drivers(&drivers.decode::<LinesRow>()?, figures.total_cost)?;
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
        Ok(SessionDetail {
            stamp: self.stamp(),
            session,
            coverage: figures.coverage(),
            by_model: slices(
                models
                    .into_iter()
                    .map(|(provider, model, sums)| (Group::model(&provider, &model), sums))
                    .collect(),
                &figures,
            ),
            figures,
            drivers,
            outlier,
            interactions,
        })
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

fn read_drivers(rows: &[LinesRow], total: Amount) -> Result<Vec<Driver>, QueryError> {
    let mut sums: BTreeMap<(&str, &str, Component, ResourceType), (i128, Amount)> = BTreeMap::new();
    for LinesRow(provider, model, lines) in rows {
        for line in read_lines(lines).map_err(QueryError::unreadable)? {
            let Some(amount) = line.amount else { continue };
            let (quantity, sum) = sums
                .entry((provider, model, line.component, line.resource))
                .or_default();
            *quantity += i128::from(line.quantity);
            *sum = *sum + Amount(i128::from(amount.get()));
        }
    }
    let mut drivers: Vec<Driver> = sums
        .into_iter()
        .filter(|(_, (_, amount))| *amount != Amount::ZERO)
        .map(
            |((provider, model, component, resource), (quantity, amount))| Driver {
                component: component.as_str(),
                resource_type: resource.to_string(),
                provider: provider.to_owned(),
                model: model.to_owned(),
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
    Ok(drivers)
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
