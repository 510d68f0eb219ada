//! The slice of the ledger that a question is about, and the rollup that holds it.

use query_parameters::Parameters;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    problem::QueryError,
    reader::{Reader, Viewer},
};
use ledger_core::database::{Database, Statement};
use reporting_days::calendar::DayRange;

/// What sums are split by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Provider and model.
    Model,
    /// User.
    User,
    /// Agent.
    Agent,
    /// Provider.
    Provider,
    /// Interaction type.
    Type,
    /// The four parts of a cost.
    Component,
    /// The ten token buckets.
    TokenType,
}

impl Dimension {
    /// The names in a query, with what they mean.
    pub const WORDS: [(&'static str, Self); 7] = [
        ("model", Self::Model),
        ("user", Self::User),
        ("agent", Self::Agent),
        ("provider", Self::Provider),
        ("type", Self::Type),
        ("component", Self::Component),
        ("token_type", Self::TokenType),
    ];

    /// The columns that tell groups apart; none where a row of sums is split by its measures.
    pub(crate) const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Model => &["provider", "model"],
            Self::User => &["user_key"],
            Self::Agent => &["agent"],
            Self::Provider => &["provider"],
            Self::Type => &["type"],
            Self::Component | Self::TokenType => &[],
        }
    }
}

/// A user by both names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserFilter {
    /// `users.user_key`; -1 for a user without any event.
    pub user_key: i64,
    /// As the source gave it.
    pub user_id: String,
    /// Empty without one.
    pub tenant_id: String,
}

/// The filters of a question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Slice {
    /// One user.
    pub user: Option<UserFilter>,
    /// One model by name.
    pub model: Option<String>,
    /// One provider, canonical.
    pub provider: Option<String>,
    /// One agent.
    pub agent: Option<String>,
    /// One type.
    pub kind: Option<&'static str>,
}

/// The parameters that make a slice.
pub const SLICE_PARAMETERS: [&str; 6] =
    ["user_id", "tenant_id", "model", "provider", "agent", "type"];

const TYPES: [(&str, &str); 4] = [
    ("chat", "chat"),
    ("db", "db"),
    ("api", "api"),
    ("cost-event", "cost-event"),
];

/// The table that answers, by which index, with its filters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    /// Table and index, as in `FROM`; the alias is `t`.
    pub from: String,
    /// ` AND …` for each filter.
    pub conditions: String,
    /// The same rows, as in `FROM`, for users that are named before; `None` without users.
    pub of_users: Option<&'static str>,
}

impl Slice {
    /// Whether it is the whole ledger.
    pub fn is_whole(&self) -> bool {
        *self == Self::default()
    }

    /// Whether only provider and model are filtered: what the latency histogram knows.
    pub fn is_by_model_only(&self) -> bool {
        self.user.is_none() && self.agent.is_none() && self.kind.is_none()
    }

    /// Whether only the user is filtered: what the sessions of a day know.
    pub fn is_by_user_only(&self) -> bool {
        self.model.is_none()
            && self.provider.is_none()
            && self.agent.is_none()
            && self.kind.is_none()
    }

    /// ` AND t.column = …` for every filter but the user's.
    pub(crate) fn conditions(&self) -> String {
        let mut conditions = String::new();
        for (is_set, condition) in [
            (self.user.is_some(), " AND t.user_key = (?1 ->> 'user_key')"),
            (self.model.is_some(), " AND t.model = (?1 ->> 'model')"),
            (
                self.provider.is_some(),
                " AND t.provider = (?1 ->> 'provider')",
            ),
            (self.agent.is_some(), " AND t.agent = (?1 ->> 'agent')"),
            (self.kind.is_some(), " AND t.type = (?1 ->> 'type')"),
        ] {
            if is_set {
                conditions.push_str(condition);
            }
        }
        conditions
    }

    /// The smallest rollup that has every column of the filters and of the dimension.
    pub(crate) fn source(&self, dimension: Option<Dimension>) -> Source {
        let columns = dimension.map_or(&[][..], Dimension::columns);
        let uses = |column: &str, filtered: bool| filtered || columns.contains(&column);
        let user = uses("user_key", self.user.is_some());
        let agent = uses("agent", self.agent.is_some());
        let model = uses("provider", self.provider.is_some())
            || uses("model", self.model.is_some())
            || uses("type", self.kind.is_some());
        if self.user.is_none()
            && dimension == Some(Dimension::User)
            && let Some(conditions) = self.conditions_of_one()
        {
            // The primary key has the user before the day.
            return Source {
                from: "users w CROSS JOIN daily_user_slices t ON t.user_key = w.user_key"
                    .to_owned(),
                conditions,
                of_users: Some("daily_user_slices t"),
            };
        }
        let (from, of_users) = match (user, agent, model) {
            (false, false, _) => ("daily_model_stats t", None),
            (false, true, false) => ("daily_agent_stats t", None),
            (false, true, true) => ("daily_agent_model_stats t", None),
            (true, false, false) => (
                "daily_stats t",
                Some("daily_stats t INDEXED BY daily_stats_by_user"),
            ),
            (true, ..) => (
                "usage_daily t",
                Some("usage_daily t INDEXED BY usage_daily_by_user"),
            ),
        };
        Source {
            from: of_users
                .filter(|_| self.user.is_some())
                .unwrap_or(from)
                .to_owned(),
            conditions: self.conditions(),
            of_users,
        }
    }

    /// The conditions on `daily_user_slices`, where it has the sums by user of what is filtered: one
    /// model (of one provider or of any), one provider or one agent. Of one type the cube has them:
    /// nearly all rows are of chats.
    fn conditions_of_one(&self) -> Option<String> {
        let of = |dimension: &str, value: &str| {
            format!(" AND t.dimension = '{dimension}' AND t.value = (?1 ->> '{value}')")
        };
        match (&self.model, &self.provider, &self.agent, self.kind) {
            (Some(_), None, None, None) => Some(of("model", "model")),
            (Some(_), Some(_), None, None) => {
                Some(of("model", "model") + " AND t.provider = (?1 ->> 'provider')")
            }
            (None, Some(_), None, None) => Some(of("provider", "provider")),
            (None, None, Some(_), None) => Some(of("agent", "agent")),
            _ => None,
        }
    }

    /// The values that [`Source::conditions`] reads.
    pub(crate) fn values(&self) -> Map<String, Value> {
        let mut values = Map::new();
        if let Some(user) = &self.user {
            values.insert("user_key".to_owned(), json!(user.user_key));
        }
        for (name, value) in [
            ("model", &self.model),
            ("provider", &self.provider),
            ("agent", &self.agent),
            ("type", &self.kind.map(str::to_owned)),
        ] {
            if let Some(value) = value {
                values.insert(name.to_owned(), json!(value));
            }
        }
        values
    }

    /// As answers show it.
    pub fn filters(&self) -> Filters {
        Filters {
            user_id: self.user.as_ref().map(|user| user.user_id.clone()),
            tenant_id: self.user.as_ref().map(|user| user.tenant_id.clone()),
            model: self.model.clone(),
            provider: self.provider.clone(),
            agent: self.agent.clone(),
            kind: self.kind,
        }
    }
}

/// The contract's `Filters`.
#[derive(Debug, Clone, Serialize)]
pub struct Filters {
    user_id: Option<String>,
    tenant_id: Option<String>,
    model: Option<String>,
    provider: Option<String>,
    agent: Option<String>,
    #[serde(rename = "type")]
    kind: Option<&'static str>,
}

/// Ranges of days cut into segments that do not overlap, each with the bits of the ranges that
/// hold it, so that a statement reads each row once.
pub(crate) fn segments(
    ranges: &[(DayRange, i64)],
) -> Vec<(chrono::NaiveDate, chrono::NaiveDate, i64)> {
    let mut starts: Vec<chrono::NaiveDate> = ranges
        .iter()
        .flat_map(|(range, _)| [range.start, reporting_days::calendar::next_day(range.end)])
        .collect();
    starts.sort_unstable();
    starts.dedup();
    starts
        .iter()
        .zip(starts.iter().skip(1))
        .filter_map(|(start, after)| {
            let flags = ranges
                .iter()
                .filter(|(range, _)| range.contains(*start))
                .fold(0, |flags, (_, bit)| flags | bit);
            (flags != 0).then(|| {
                (
                    *start,
                    reporting_days::calendar::previous_day(*after),
                    flags,
                )
            })
        })
        .collect()
}

// The unique index on (tenant_id, user_id).
const USER: &str = "
SELECT json_array(user_key) FROM users
WHERE tenant_id = ?1 ->> 'tenant_id' AND user_id = ?1 ->> 'user_id'";

impl<D: Database> Reader<'_, D> {
    /// The slice that the parameters name, within what the caller may read.
    pub(crate) async fn slice(&self, parameters: &Parameters) -> Result<Slice, QueryError> {
        // An empty one is whoever was recorded without an id.
        let user_id = parameters.text("user_id");
        let tenant_id = parameters.text("tenant_id");
        if user_id.is_none() && tenant_id.is_some() {
            return Err(QueryError::parameter(
                "tenant_id",
                "`tenant_id` says whose `user_id` is meant; send both",
            ));
        }
        let user = match (&self.viewer, user_id) {
            (Viewer::Everyone, None) => None,
            (Viewer::Everyone, Some(user_id)) => {
                let tenant_id = tenant_id.unwrap_or_default();
                Some(
                    self.user(user_id, tenant_id)
                        .await?
                        .ok_or_else(|| unknown_user(user_id))?,
                )
            }
            (Viewer::User(own), asked) => {
                if asked.is_some_and(|asked| asked != own)
                    || tenant_id.is_some_and(|tenant| !tenant.is_empty())
                {
                    return Err(QueryError::Forbidden(format!(
                        "this key reads the numbers of its own user `{own}` only"
                    )));
                }
                let nobody = UserFilter {
                    user_key: -1,
                    user_id: own.clone(),
                    tenant_id: String::new(),
                };
                Some(self.user(own, "").await?.unwrap_or(nobody))
            }
        };
        Ok(Slice {
            user,
            model: parameters.text("model").map(str::to_owned),
            provider: parameters.provider(),
            agent: parameters.text("agent").map(str::to_owned),
            kind: parameters.word("type", &TYPES)?,
        })
    }

    /// The user of these names, if there was ever an event of theirs.
    pub(crate) async fn user(
        &self,
        user_id: &str,
        tenant_id: &str,
    ) -> Result<Option<UserFilter>, QueryError> {
        let parameter = json!({ "user_id": user_id, "tenant_id": tenant_id });
        let found: Option<(i64,)> = self
            .database
            .query(Statement::with(USER, &parameter)?)
            .await?
            .first()?;
        Ok(found.map(|(user_key,)| UserFilter {
            user_key,
            user_id: user_id.to_owned(),
            tenant_id: tenant_id.to_owned(),
        }))
    }
}

pub(crate) fn unknown_user(user_id: &str) -> QueryError {
    QueryError::NotFound {
        kind: "unknown-user",
        detail: format!("the ledger has no user `{user_id}`; with a tenant, send `tenant_id` too"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(start: &str, end: &str) -> DayRange {
        DayRange {
            start: start.parse().expect("a date"),
            end: end.parse().expect("a date"),
        }
    }

    #[test]
    fn segments_hold_each_day_once_with_all_its_bits() {
        let cut = segments(&[
            (range("2026-11-01", "2026-11-10"), 1),
            (range("2026-11-05", "2026-11-20"), 2),
            (range("2026-12-01", "2026-12-01"), 4),
        ]);
        let shown: Vec<(String, String, i64)> = cut
            .into_iter()
            .map(|(start, end, flags)| (start.to_string(), end.to_string(), flags))
            .collect();
        let expected = [
            ("2026-11-01", "2026-11-04", 1),
            ("2026-11-05", "2026-11-10", 3),
            ("2026-11-11", "2026-11-20", 2),
            ("2026-12-01", "2026-12-01", 4),
        ]
        .map(|(start, end, flags)| (start.to_owned(), end.to_owned(), flags));
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_question_is_answered_by_the_smallest_rollup_that_can() {
        let user = Slice {
            user: Some(UserFilter {
                user_key: 1,
                user_id: "u".into(),
                tenant_id: String::new(),
            }),
            ..Slice::default()
        };
        let model = Slice {
            model: Some("m".into()),
            ..Slice::default()
        };
        let table = |slice: &Slice, dimension| slice.source(dimension).from;
        assert_eq!(table(&Slice::default(), None), "daily_model_stats t");
        assert_eq!(
            table(&Slice::default(), Some(Dimension::User)),
            "daily_stats t"
        );
        assert_eq!(
            table(&Slice::default(), Some(Dimension::Agent)),
            "daily_agent_stats t"
        );
        assert_eq!(
            table(&model, Some(Dimension::Provider)),
            "daily_model_stats t"
        );
        assert_eq!(
            table(&model, Some(Dimension::User)),
            "users w CROSS JOIN daily_user_slices t ON t.user_key = w.user_key"
        );
        assert_eq!(
            table(&model, Some(Dimension::Agent)),
            "daily_agent_model_stats t"
        );
        let both = Slice {
            agent: Some("a".into()),
            ..model.clone()
        };
        assert_eq!(table(&both, None), "daily_agent_model_stats t");
        assert_eq!(table(&both, Some(Dimension::User)), "usage_daily t");
        assert_eq!(
            table(&user, None),
            "daily_stats t INDEXED BY daily_stats_by_user"
        );
        assert_eq!(
            table(&user, Some(Dimension::Model)),
            "usage_daily t INDEXED BY usage_daily_by_user"
        );
    }
}
