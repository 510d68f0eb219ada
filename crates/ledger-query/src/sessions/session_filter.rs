//! Which sessions are asked for, and the conditions that find them, hot and archived.

use query_parameters::{Parameters, RANGE_DAYS_MAX};
use serde_json::{Map, Value, json};

use crate::ask::{
    problem::QueryError,
    reader::{Reader, Viewer},
    slice::Slice,
};
use ledger_core::database::Database;
use reporting_days::calendar::DayRange;

/// The parameters that filter sessions, for the export.
pub const SESSION_FILTERS: [&str; 11] = [
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
];

const NO_CONDITION: &str = "true";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Open,
    Closed,
    Error,
}

/// Which sessions are asked for.
#[derive(Debug, Clone)]
pub(crate) struct SessionFilter {
    slice: Slice,
    pub range: Option<DayRange>,
    status: Option<Status>,
    min_cost_pico: Option<i64>,
    unpriced: Option<bool>,
    search: Option<String>,
    /// Sessions with several users' events are left out: their sums are not one user's own.
    of_one_user: bool,
}

impl SessionFilter {
    /// The conditions on a session `s` of a table.
    fn conditions(&self, table: &str) -> String {
        let mut conditions = vec![NO_CONDITION];
        if self.range.is_some() {
            conditions.push("s.start_time >= ?1 ->> 'from' AND s.start_time < ?1 ->> 'to'");
        }
        if self.slice.user.is_some() {
            conditions.push("s.user_key = ?1 ->> 'user_key'");
        }
        conditions.extend(self.status.map(|status| match status {
            Status::Open => {
                "NOT (s.end_time >= s.last_start IS TRUE OR s.last_seen < ?1 ->> 'idle_since')"
            }
            Status::Closed => {
                "(s.end_time >= s.last_start IS TRUE OR s.last_seen < ?1 ->> 'idle_since')"
            }
            Status::Error => "s.error_count > 0",
        }));
        if self.of_one_user {
            conditions.push("s.mixed_users = 0");
        }
        if self.min_cost_pico.is_some() {
            conditions.push(
                "s.total_cost >= ?1 ->> 'min_cost' AND s.unpriced_count < s.interaction_count",
            );
        }
        conditions.extend(self.unpriced.map(|unpriced| {
            if unpriced {
                "s.unpriced_count + s.partial_count > 0"
            } else {
                "s.unpriced_count + s.partial_count = 0"
            }
        }));
        let search;
        if self.search.is_some() {
            search = if self.range.is_some() {
                // Nothing of the session but its key, which every index has.
                format!(
                    "(instr((SELECT n.id FROM session_ids n WHERE n.session_key = s.session_key),
      ?1 ->> 'q') > 0
    OR s.session_key IN ({}))",
                    Self::found_otherwise(
                        &[table],
                        " AND x.start_time >= ?1 ->> 'from' AND x.start_time < ?1 ->> 'to'"
                    )
                )
            } else {
                "s.session_key IN (SELECT session_key FROM matching)".to_owned()
            };
            conditions.push(&search);
        }
        let Slice {
            model,
            provider,
            agent,
            ..
        } = &self.slice;
        let of_models = [
            (model.is_some(), " AND m.model = ?1 ->> 'model'"),
            (provider.is_some(), " AND m.provider = ?1 ->> 'provider'"),
            (agent.is_some(), " AND m.agent = ?1 ->> 'agent'"),
        ];
        let mut text = conditions.join(" AND ");
        if of_models.iter().any(|(is_set, _)| *is_set) {
            // A user's few sessions are looked up one by one, by the primary key; of everyone's, those of
            // the models are found first, in the order of their starts.
            text.push_str(if self.slice.user.is_some() {
                " AND EXISTS (SELECT 1 FROM session_models m WHERE m.session_key = s.session_key"
            } else {
                " AND s.session_key IN (SELECT m.session_key
      FROM session_models m INDEXED BY session_models_by_start WHERE true"
            });
            if self.slice.user.is_none() && self.range.is_some() {
                text.push_str(" AND m.start_time >= ?1 ->> 'from' AND m.start_time < ?1 ->> 'to'");
            }
            for (_, condition) in of_models.iter().filter(|(is_set, _)| *is_set) {
                text.push_str(condition);
            }
            text.push(')');
        }
        text
    }

    /// The sessions that a search finds but by their ids: the users' by their index, an interaction's by
    /// the unique indexes on the ids.
    fn found_otherwise(tables: &[&str], range: &str) -> String {
        let of_users = tables.iter().map(|table| {
            format!(
                "SELECT x.session_key FROM {table} x INDEXED BY {table}_by_user
      WHERE x.user_key IN (SELECT user_key FROM users WHERE instr(user_id, ?1 ->> 'q') > 0){range}"
            )
        });
        let of_interaction = ["interactions", "interactions_archive"]
            .map(|table| format!("SELECT session_key FROM {table} WHERE id = ?1 ->> 'q'"));
        of_users
            .chain(of_interaction)
            .collect::<Vec<_>>()
            .join("\n      UNION ALL ")
    }

    /// Whether it searches every session there is: then the ids are walked once, and not looked up for
    /// each session.
    const fn searches_all(&self) -> bool {
        self.search.is_some() && self.range.is_none()
    }

    /// Whether it finds every session.
    pub(crate) fn is_whole(&self) -> bool {
        self.conditions("sessions") == NO_CONDITION
    }

    /// Sessions of both tables: the index by user with a user, else the one by start; those of a search
    /// in all of them by their keys.
    pub(crate) fn found(&self, columns: &str, more: &str) -> String {
        let arm = |table: &str, archived: u8| {
            let conditions = self.conditions(table);
            let index = if self.slice.user.is_some() {
                format!(" INDEXED BY {table}_by_user")
            } else if self.searches_all() {
                String::new()
            } else {
                format!(" INDEXED BY {table}_by_start")
            };
            format!(
                "SELECT {columns}, {archived} AS archived
  FROM {table} s{index} WHERE {conditions}{more}"
            )
        };
        let matching = if self.searches_all() {
            format!(
                "WITH matching AS MATERIALIZED (
      SELECT session_key FROM session_ids WHERE instr(id, ?1 ->> 'q') > 0
      UNION ALL {}
  )
  ",
                Self::found_otherwise(&["sessions", "sessions_archive"], "")
            )
        } else {
            String::new()
        };
        format!(
            "{matching}{}\n  UNION ALL\n  {}",
            arm("sessions", 0),
            arm("sessions_archive", 1)
        )
    }

    pub(crate) fn values<D: Database>(&self, reader: &Reader<'_, D>) -> Map<String, Value> {
        let mut values = self.slice.values();
        if let Some(range) = self.range {
            let (from, to) = range.instants(reader.zone);
            values.insert("from".to_owned(), json!(from));
            values.insert("to".to_owned(), json!(to));
        }
        values.insert("idle_since".to_owned(), json!(reader.idle_since()));
        if let Some(pico) = self.min_cost_pico {
            values.insert("min_cost".to_owned(), json!(pico));
        }
        if let Some(search) = &self.search {
            values.insert("q".to_owned(), json!(search));
        }
        values
    }
}

impl<D: Database> Reader<'_, D> {
    pub(crate) async fn session_filter(
        &self,
        parameters: &Parameters,
    ) -> Result<SessionFilter, QueryError> {
        let statuses = [
            ("open", Status::Open),
            ("closed", Status::Closed),
            ("error", Status::Error),
        ];
        Ok(SessionFilter {
            range: parameters.range(RANGE_DAYS_MAX)?,
            status: parameters.word("status", &statuses)?,
            min_cost_pico: parameters
                .amount("min_cost")?
                .map(cost_calculation::PicoUsd::get),
            unpriced: parameters.flag("unpriced")?,
            search: parameters.nonempty("q")?.map(str::to_owned),
            of_one_user: self.viewer != Viewer::Everyone,
            slice: self.slice(parameters).await?,
        })
    }
}
