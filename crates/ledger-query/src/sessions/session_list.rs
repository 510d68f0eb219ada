//! Sessions, hot and archived: filtered, sorted, paged.

use cost_calculation::UnixMillis;
use query_parameters::{Page, Parameters};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::session_filter::SessionFilter;
use crate::{
    ask::{
        problem::QueryError,
        reader::{Reader, Stamp},
    },
    groups::group::flag,
};
use cost_calculation::Amount;
use ledger_core::database::{Database, Statement};
use reporting_days::calendar::{Period, iso};

/// The parameters of `/sessions`.
pub const SESSION_LIST_PARAMETERS: [&str; 16] = [
    "user_id",
    "tenant_id",
    "start_date",
    "end_date",
    "model",
    "provider",
    "agent",
    "status",
    "min_cost",
    "unpriced",
    "q",
    "sort",
    "order",
    "limit",
    "offset",
    "include",
];

/// The contract's `Session`.
#[derive(Debug, Clone, Serialize)]
pub struct Session {
    /// As the source gave it.
    pub id: String,
    pub(crate) user_id: String,
    pub(crate) tenant_id: String,
    user_label: Option<String>,
    pub(crate) start_time: String,
    pub(crate) end_time: Option<String>,
    pub(crate) last_seen: String,
    duration_ms: i64,
    pub(crate) status: &'static str,
    pub(crate) interaction_count: i64,
    pub(crate) error_count: i64,
    aborted_count: i64,
    pub(crate) unpriced_count: i64,
    pub(crate) token_count: i64,
    pub(crate) total_cost: Option<Amount>,
    pub(crate) models: Vec<ModelName>,
    pub(crate) agents: Vec<String>,
    agent_names: Vec<String>,
    pub(crate) mixed_users: bool,
    archived: bool,
    #[serde(skip)]
    pub(crate) key: i64,
    #[serde(skip)]
    pub(crate) start_ms: i64,
    #[serde(skip)]
    pub(crate) user_key: i64,
}

/// The contract's `ModelName`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ModelName {
    /// Provider.
    pub provider: String,
    /// Model.
    pub model: String,
}

#[derive(Deserialize)]
struct SessionRow {
    key: i64,
    id: String,
    user_key: i64,
    user_id: String,
    tenant_id: String,
    user_label: Option<String>,
    start_time: i64,
    end_time: Option<i64>,
    last_seen: i64,
    last_start: i64,
    sums: [i64; 6],
    #[serde(deserialize_with = "flag")]
    pub(crate) mixed_users: bool,
    #[serde(deserialize_with = "flag")]
    archived: bool,
    models: Vec<ModelName>,
    agents: Vec<(String, Option<String>)>,
}

/// The contract's `SessionTotals`.
#[derive(Debug, Serialize)]
pub struct SessionTotals {
    interaction_count: i64,
    error_count: i64,
    aborted_count: i64,
    unpriced_count: i64,
    token_count: i64,
    total_cost: Option<Amount>,
}

/// The contract's `SessionList`.
#[derive(Debug, Serialize)]
pub struct SessionList {
    #[serde(flatten)]
    stamp: Stamp,
    period: Option<Period>,
    items: Vec<Session>,
    limit: u64,
    offset: u64,
    total_count: i64,
    total: Option<SessionTotals>,
}

impl SessionRow {
    /// As answered; a session seen before `idle_since` is closed.
    fn answer(self, idle_since: i64) -> Session {
        let [
            interaction_count,
            error_count,
            aborted_count,
            unpriced_count,
            token_count,
            total_cost,
        ] = self.sums;
        let is_ended = self.end_time.is_some_and(|end| end >= self.last_start);
        let is_closed = is_ended || self.last_seen < idle_since;
        Session {
            duration_ms: self.last_seen - self.start_time,
            start_time: iso(UnixMillis(self.start_time)),
            end_time: self.end_time.map(|end| iso(UnixMillis(end))),
            last_seen: iso(UnixMillis(self.last_seen)),
            status: if is_closed { "closed" } else { "open" },
            total_cost: known(
                Amount(i128::from(total_cost)),
                interaction_count,
                unpriced_count,
            ),
            key: self.key,
            id: self.id,
            user_id: self.user_id,
            tenant_id: self.tenant_id,
            user_label: self.user_label,
            interaction_count,
            error_count,
            aborted_count,
            unpriced_count,
            token_count,
            models: self.models,
            agent_names: self
                .agents
                .iter()
                .map(|(agent, name)| name.as_ref().unwrap_or(agent).clone())
                .collect(),
            agents: self.agents.into_iter().map(|(agent, _)| agent).collect(),
            mixed_users: self.mixed_users,
            archived: self.archived,
            start_ms: self.start_time,
            user_key: self.user_key,
        }
    }
}

impl Session {
    /// Reads one [`SESSION_OBJECT`].
    pub(crate) fn read(object: Value, idle_since: i64) -> Result<Self, QueryError> {
        let row: SessionRow = serde_json::from_value(object).map_err(QueryError::unreadable)?;
        Ok(row.answer(idle_since))
    }
}

// Counts the cells of an index's pages, not the rows one by one.
const COUNT_ALL: &str = "
SELECT json_array((SELECT COUNT(*) FROM sessions) + (SELECT COUNT(*) FROM sessions_archive),
  NULL, NULL, NULL, NULL, NULL, NULL, NULL)";

/// Columns of a session that an answer needs.
pub(crate) const SESSION_COLUMNS: &str = "s.session_key, s.user_key, s.start_time, s.end_time, s.last_seen, s.last_start,
    s.interaction_count, s.error_count, s.aborted_count, s.unpriced_count, s.token_count, s.total_cost,
    s.mixed_users";

/// A session `f` of [`SESSION_COLUMNS`] as JSON, of its user `u` and its name `n` ([`NAMES`]): its
/// models and agents by the primary key of `session_models`.
pub(crate) const SESSION_OBJECT: &str = "json_object('key', f.session_key, 'id', n.id,
  'user_key', f.user_key,
  'user_id', u.user_id, 'tenant_id', u.tenant_id, 'user_label', u.label,
  'start_time', f.start_time, 'end_time', f.end_time, 'last_seen', f.last_seen,
  'last_start', f.last_start,
  'sums', json_array(f.interaction_count, f.error_count, f.aborted_count, f.unpriced_count,
    f.token_count, f.total_cost),
  'mixed_users', f.mixed_users, 'archived', f.archived,
  'models', json((SELECT json_group_array(json_object('provider', provider, 'model', model))
             FROM (SELECT DISTINCT provider, model FROM session_models
                   WHERE session_key = f.session_key AND (provider, model) <> ('', '')
                   LIMIT 50))),
  'agents', json((SELECT json_group_array(json_array(agent,
               (SELECT a.name FROM agents a WHERE a.agent = used.agent)))
             FROM (SELECT DISTINCT agent FROM session_models
                   WHERE session_key = f.session_key AND agent <> '' LIMIT 50) used)))";

/// The user and the id of what is called `f`, by primary keys.
pub(crate) const NAMES: &str = "JOIN users u ON u.user_key = f.user_key
  JOIN session_ids n ON n.session_key = f.session_key";

impl<D: Database> Reader<'_, D> {
    /// A session last seen before this moment is closed.
    pub(crate) fn idle_since(&self) -> i64 {
        self.now.0.saturating_sub(self.idle_ms)
    }

    /// `GET /sessions`.
    pub async fn session_list(&self, parameters: &Parameters) -> Result<SessionList, QueryError> {
        let filter = self.session_filter(parameters).await?;
        let page = parameters.page()?;
        let include = parameters.include(&["total"])?;
        let direction = if parameters.is_ascending(false)? {
            "ASC"
        } else {
            "DESC"
        };
        let sorts = [
            ("time", ""),
            ("cost", "total_cost"),
            ("interactions", "interaction_count"),
            ("errors", "error_count"),
        ];
        let sort = parameters.word("sort", &sorts)?.unwrap_or_default();
        let (column, order) = match sort {
            "" => (
                "",
                format!("start_time {direction}, session_key {direction}"),
            ),
            column => (
                column,
                format!("{column} {direction}, start_time DESC, session_key DESC"),
            ),
        };
        let statements = [
            self.session_page(&filter, column, &order, page)?,
            self.session_count(&filter, include.total)?,
        ];
        let mut rows = self.database.batch(&statements).await?.into_iter();
        let mut next = || rows.next().unwrap_or_default();
        let items: Vec<SessionRow> = next().decode()?;
        let counts: [Option<i64>; 8] = next().first()?.unwrap_or_default();
        let [
            count,
            interactions,
            errors,
            aborted,
            unpriced,
            tokens,
            micro,
            rest,
        ] = counts.map(Option::unwrap_or_default);
        page.check(count)?;
        Ok(SessionList {
            stamp: self.stamp(),
            period: filter.range.map(|range| range.period(self.today)),
            items: items
                .into_iter()
                .map(|row| row.answer(self.idle_since()))
                .collect(),
            limit: page.limit,
            offset: page.offset,
            total_count: count,
            total: include.total.then(|| SessionTotals {
                interaction_count: interactions,
                error_count: errors,
                aborted_count: aborted,
                unpriced_count: unpriced,
                token_count: tokens,
                total_cost: known(Amount::from_parts(micro, rest), interactions, unpriced),
            }),
        })
    }

    /// A page in some order: the index that holds what is sorted by finds the keys, the primary keys
    /// the rest of those few.
    fn session_page(
        &self,
        filter: &SessionFilter,
        column: &str,
        order: &str,
        page: Page,
    ) -> Result<Statement, QueryError> {
        let sorted_by = if column.is_empty() {
            String::new()
        } else {
            format!(", s.{column}")
        };
        let whole = |table: &str, archived: u8| {
            format!(
                "SELECT {SESSION_COLUMNS}, {archived} AS archived
  FROM picked p CROSS JOIN {table} s WHERE p.archived = {archived}
    AND s.session_key = p.session_key"
            )
        };
        let sql = format!(
            "WITH picked AS MATERIALIZED (
  {}
  ORDER BY {order} LIMIT ?1 ->> 'limit' OFFSET ?1 ->> 'offset'
), f AS (
  {}
  UNION ALL
  {}
)
SELECT {SESSION_OBJECT}
FROM f {NAMES}
ORDER BY {}",
            filter.found(&format!("s.session_key, s.start_time{sorted_by}"), ""),
            whole("sessions", 0),
            whole("sessions_archive", 1),
            order
                .split(", ")
                .map(|term| format!("f.{term}"))
                .collect::<Vec<_>>()
                .join(", "),
        );
        let mut values = filter.values(self);
        values.insert("limit".to_owned(), json!(page.limit));
        values.insert("offset".to_owned(), json!(page.offset));
        Ok(Statement::with(sql, &values)?)
    }

    fn session_count(
        &self,
        filter: &SessionFilter,
        with_sums: bool,
    ) -> Result<Statement, QueryError> {
        if filter.is_whole() && !with_sums {
            return Ok(Statement::new(COUNT_ALL));
        }
        // Most filters and the sums need nothing but the index.
        let (columns, sums) = if with_sums {
            (
                "s.interaction_count, s.error_count, s.aborted_count, s.unpriced_count, s.token_count,
    s.total_cost",
                "SUM(interaction_count), SUM(error_count), SUM(aborted_count), SUM(unpriced_count),
  SUM(token_count), SUM(total_cost / 1000000), SUM(total_cost % 1000000)",
            )
        } else {
            ("s.start_time", "NULL, NULL, NULL, NULL, NULL, NULL, NULL")
        };
        let sql = format!(
            "SELECT json_array(COUNT(*), {sums})\nFROM (\n  {}\n)",
            filter.found(columns, "")
        );
        // With sums and no filter there is no parameter to bind.
        if !sql.contains("?1") {
            return Ok(Statement::new(sql));
        }
        Ok(Statement::with(sql, &filter.values(self))?)
    }

    /// Reads rows of [`SESSION_OBJECT`].
    pub(crate) fn read_sessions(
        &self,
        rows: &ledger_core::database::Rows,
    ) -> Result<Vec<Session>, QueryError> {
        let idle_since = self.idle_since();
        Ok(rows
            .decode::<SessionRow>()?
            .into_iter()
            .map(|row| row.answer(idle_since))
            .collect())
    }
}

/// A cost, `None` where nothing of it has a price.
fn known(cost: Amount, interactions: i64, unpriced: i64) -> Option<Amount> {
    (interactions == 0 || unpriced < interactions).then_some(cost)
}
