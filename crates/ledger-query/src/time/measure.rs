//! What the groups of a chart are ranked by, and what their shares and changes are of.

use query_parameters::Parameters;
use serde::Serialize;

use crate::{
    analysis::comparison::CountChange,
    ask::{problem::QueryError, slice::Dimension},
    groups::{group::share, group_page::GroupSort},
    sums::figures::Figures,
};
use cost_calculation::Ratio;

/// The contract's `Measure`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Measure {
    Cost,
    Tokens,
    Interactions,
    Errors,
}

impl Measure {
    const WORDS: [(&'static str, Self); 4] = [
        ("cost", Self::Cost),
        ("tokens", Self::Tokens),
        ("interactions", Self::Interactions),
        ("errors", Self::Errors),
    ];

    /// The measure that is asked for; a dimension that splits one measure alone takes no other.
    pub fn asked(parameters: &Parameters, group_by: Option<Dimension>) -> Result<Self, QueryError> {
        let asked = parameters.word("rank_by", &Self::WORDS)?;
        let only = match group_by {
            None if asked.is_some() => {
                return Err(QueryError::parameter(
                    "rank_by",
                    "`rank_by` says by what groups are ranked; send `group_by` too",
                ));
            }
            Some(Dimension::Component) => Some(Self::Cost),
            Some(Dimension::TokenType) => Some(Self::Tokens),
            _ => None,
        };
        match (asked, only) {
            (Some(asked), Some(only)) if asked != only => Err(QueryError::parameter(
                "rank_by",
                "`group_by=component` splits cost alone and `group_by=token_type` tokens alone; leave `rank_by` out",
            )),
            (asked, only) => Ok(only.or(asked).unwrap_or(Self::Cost)),
        }
    }

    /// How a page of groups is sorted by it.
    pub const fn sort(self) -> GroupSort {
        match self {
            Self::Cost => GroupSort::Cost,
            Self::Tokens => GroupSort::Tokens,
            Self::Interactions => GroupSort::Interactions,
            Self::Errors => GroupSort::Errors,
        }
    }

    /// The count that it is of some sums; cost is none.
    fn count(self, figures: &Figures) -> Option<i64> {
        match self {
            Self::Cost => None,
            Self::Tokens => Some(figures.token_count()),
            Self::Interactions => Some(figures.interaction_count),
            Self::Errors => Some(figures.error_count),
        }
    }

    /// A part of a total; `None` where the total is zero, or the part has no price.
    pub fn share(self, part: &Figures, total: &Figures) -> Option<Ratio> {
        match (self.count(part), self.count(total)) {
            (Some(part), Some(total)) => Ratio::of_counts(part, total),
            _ => share(part, total),
        }
    }

    /// From one period's sums to another's; `None` of cost, whose change knows unpriced sums.
    pub fn change(self, current: &Figures, previous: &Figures) -> Option<CountChange> {
        let (current, previous) = self.count(current).zip(self.count(previous))?;
        Some(CountChange::between(current, previous))
    }
}
