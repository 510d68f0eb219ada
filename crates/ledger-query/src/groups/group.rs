//! A group: what stands on one line of a list, or is one series of a chart.

use serde::{Deserialize, Serialize};

use crate::{ask::slice::Dimension, sums::figures::Figures};
use cost_calculation::Ratio;

/// The contract's `Group`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    pub(crate) dimension: Dimension,
    /// Stable and unique within the dimension.
    pub id: String,
    pub(crate) label: String,
    pub(crate) provider: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) user_id: Option<String>,
    pub(crate) tenant_id: Option<String>,
    pub(crate) agent: Option<String>,
    pub(crate) erased: bool,
}

impl Group {
    pub(crate) fn named(dimension: Dimension, id: &str) -> Self {
        Self {
            dimension,
            id: id.to_owned(),
            label: id.to_owned(),
            provider: None,
            model: None,
            user_id: None,
            tenant_id: None,
            agent: None,
            erased: false,
        }
    }

    /// An agent by its id, with the name that people gave it.
    pub(crate) fn agent(agent: &str, name: Option<&str>) -> Self {
        Self {
            label: name.unwrap_or(agent).to_owned(),
            agent: Some(agent.to_owned()),
            ..Self::named(Dimension::Agent, agent)
        }
    }

    pub(crate) fn model(provider: &str, model: &str) -> Self {
        Self {
            label: model.to_owned(),
            provider: Some(provider.to_owned()),
            model: Some(model.to_owned()),
            ..Self::named(Dimension::Model, &format!("{provider}/{model}"))
        }
    }

    pub(crate) fn user(user: &UserName) -> Self {
        let id = if user.tenant_id.is_empty() {
            user.user_id.clone()
        } else {
            format!("{}/{}", user.tenant_id, user.user_id)
        };
        Self {
            label: user.label.clone().unwrap_or_else(|| user.user_id.clone()),
            user_id: Some(user.user_id.clone()),
            tenant_id: Some(user.tenant_id.clone()),
            erased: user.erased,
            ..Self::named(Dimension::User, &id)
        }
    }

    /// The group of a row's keys; `user` is set for users.
    pub(crate) fn of(
        dimension: Dimension,
        keys: &[serde_json::Value],
        user: Option<&UserName>,
    ) -> Self {
        let text = |index: usize| {
            keys.get(index)
                .and_then(serde_json::Value::as_str)
                .unwrap_or_default()
        };
        match (dimension, user) {
            (Dimension::Model, _) => Self::model(text(0), text(1)),
            (Dimension::User, Some(user)) => Self::user(user),
            (Dimension::Agent, named) => {
                Self::agent(text(0), named.and_then(|named| named.label.as_deref()))
            }
            (Dimension::Provider, _) => Self {
                provider: Some(text(0).to_owned()),
                ..Self::named(dimension, text(0))
            },
            _ => Self::named(dimension, text(0)),
        }
    }
}

/// A user's names.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct UserName {
    pub user_id: String,
    pub tenant_id: String,
    pub label: Option<String>,
    #[serde(deserialize_with = "flag")]
    pub erased: bool,
}

pub(crate) fn flag<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(i64::deserialize(deserializer)? != 0)
}

/// A group's part of a total cost; `None` where the total is zero.
pub(crate) fn share(part: &Figures, total: &Figures) -> Option<Ratio> {
    if part.is_unpriced() {
        return None;
    }
    Ratio::of_amounts(part.total_cost, total.total_cost)
}
