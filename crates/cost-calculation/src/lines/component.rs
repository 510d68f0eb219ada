//! The four parts of a cost.
use crate::names::unknown_name::UnknownName;

/// The four parts of a cost.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Component {
    /// Tokens of a language model.
    AiTokens,
    /// Database operations.
    DbOps,
    /// API calls.
    ApiCalls,
    /// Compute time.
    ComputeTime,
}

impl Component {
    /// Every component, in the order of an estimate's lines.
    pub const ALL: [Self; 4] = [
        Self::AiTokens,
        Self::DbOps,
        Self::ApiCalls,
        Self::ComputeTime,
    ];

    /// The name in JSON, and in SQL before `_cost`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AiTokens => "ai_tokens",
            Self::DbOps => "db_ops",
            Self::ApiCalls => "api_calls",
            Self::ComputeTime => "compute_time",
        }
    }
}

impl std::str::FromStr for Component {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        let found = Self::ALL
            .into_iter()
            .find(|component| component.as_str() == name);
        found.ok_or_else(|| UnknownName::new(name, "ai_tokens, db_ops, api_calls, compute_time"))
    }
}
