//! The sums of a slice: what every rollup row holds, added up.

use serde::{Deserialize, Serialize};

use cost_calculation::{Amount, Ratio};
use ledger_core::rollup::{COUNTS, MEASURES};

const TOKEN_KINDS: usize = 10;
/// Where the token buckets begin among the counts.
const FIRST_TOKEN: usize = 6;

/// The names of the token buckets, in the order of the columns.
pub const TOKEN_TYPES: [&str; TOKEN_KINDS] = [
    "input",
    "cache_read",
    "cache_write_5m",
    "cache_write_1h",
    "output",
    "reasoning",
    "audio_in",
    "audio_out",
    "image_in",
    "image_out",
];

/// The names of the cost components, in the order of the columns.
pub const COMPONENTS: [&str; 4] = ["ai_tokens", "db_ops", "api_calls", "compute_time"];

/// The sums of a slice. Every field adds up over a partition of the slice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Interactions.
    pub interaction_count: i64,
    /// Failed ones.
    pub error_count: i64,
    /// Ones that were stopped: no failures.
    pub aborted_count: i64,
    /// Ones without any price.
    pub unpriced_count: i64,
    /// Ones with a price for a part only.
    pub partial_count: i64,
    /// Tokens of the unpriced ones.
    pub unpriced_tokens: i64,
    /// Tokens by bucket, in the order of [`TOKEN_TYPES`].
    pub tokens: [i64; TOKEN_KINDS],
    /// Cost by component, in the order of [`COMPONENTS`].
    pub components: [Amount; 4],
    /// The cost of what has a price.
    pub total_cost: Amount,
    /// What the prompt cache saved.
    pub cache_savings: Amount,
}

/// The measures of a rollup's row, as it stands, that most rows have.
const COMMON: [&str; 13] = [
    "interaction_count",
    "error_count",
    "aborted_count",
    "unpriced_count",
    "partial_count",
    "unpriced_tokens",
    "input_tokens",
    "cache_read_tokens",
    "cache_write_5m_tokens",
    "output_tokens",
    "reasoning_tokens",
    "total_cost",
    "cache_savings",
];
/// Those that few have: of the others all tokens are in [`COMMON`], and all cost is that of tokens.
const RARE: [&str; 9] = [
    "cache_write_1h_tokens",
    "audio_in_tokens",
    "audio_out_tokens",
    "image_in_tokens",
    "image_out_tokens",
    "ai_tokens_cost",
    "db_ops_cost",
    "api_calls_cost",
    "compute_time_cost",
];

/// The measures of one row as it stands: one `json_array` that [`RowFigures`] reads, with null in place
/// of [`RARE`] where that says nothing. Answers carry thousands of them.
pub(crate) fn row_of(table: &str) -> String {
    let columns = |names: &[&str]| {
        names
            .iter()
            .map(|name| format!("{table}.{name}"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let is_plain = RARE
        .map(|name| match name {
            "ai_tokens_cost" => format!("{table}.{name} = {table}.total_cost"),
            other => format!("{table}.{other} = 0"),
        })
        .join(" AND ");
    format!(
        "json_array({}, iif({is_plain}, NULL, json_array({})))",
        columns(&COMMON),
        columns(&RARE)
    )
}

/// A row of [`row_of`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowFigures(pub Figures);

impl<'de> Deserialize<'de> for RowFigures {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Row(
            i64,
            i64,
            i64,
            i64,
            i64,
            i64,
            i64,
            i64,
            i64,
            i64,
            i64,
            i64,
            i64,
            Option<[i64; 9]>,
        );
        let amount = |pico: i64| Amount(i128::from(pico));
        let Row(
            interaction_count,
            error_count,
            aborted_count,
            unpriced_count,
            partial_count,
            unpriced_tokens,
            input,
            cache_read,
            cache_write_5m,
            output,
            reasoning,
            total,
            savings,
            rare,
        ) = Row::deserialize(deserializer)?;
        let [
            write_1h,
            audio_in,
            audio_out,
            image_in,
            image_out,
            costs @ ..,
        ] = rare.unwrap_or([0, 0, 0, 0, 0, total, 0, 0, 0]);
        Ok(Self(Figures {
            interaction_count,
            error_count,
            aborted_count,
            unpriced_count,
            partial_count,
            unpriced_tokens,
            tokens: [
                input,
                cache_read,
                cache_write_5m,
                write_1h,
                output,
                reasoning,
                audio_in,
                audio_out,
                image_in,
                image_out,
            ],
            components: costs.map(amount),
            total_cost: amount(total),
            cache_savings: amount(savings),
        }))
    }
}

/// The select list of a rollup's sums: one `json_array` that [`Figures`] reads. Money is two integers
/// that add up without overflow.
pub(crate) fn sums_of(table: &str) -> String {
    let list = MEASURES
        .iter()
        .enumerate()
        .map(|(index, measure)| {
            let column = format!("{table}.{measure}");
            if index < COUNTS {
                format!("SUM({column})")
            } else {
                format!("SUM({column} / 1000000), SUM({column} % 1000000)")
            }
        })
        .collect::<Vec<_>>()
        .join(", ");
    format!("json_array({list})")
}

impl<'de> Deserialize<'de> for Figures {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let values = Vec::<Option<i64>>::deserialize(deserializer)?;
        let mut values = values.into_iter().map(Option::unwrap_or_default);
        let mut next = || {
            values
                .next()
                .ok_or_else(|| serde::de::Error::custom("a row of sums is too short"))
        };
        let mut figures = Self {
            interaction_count: next()?,
            error_count: next()?,
            aborted_count: next()?,
            unpriced_count: next()?,
            partial_count: next()?,
            unpriced_tokens: next()?,
            ..Self::default()
        };
        for tokens in &mut figures.tokens {
            *tokens = next()?;
        }
        for component in &mut figures.components {
            *component = Amount::from_parts(next()?, next()?);
        }
        figures.total_cost = Amount::from_parts(next()?, next()?);
        figures.cache_savings = Amount::from_parts(next()?, next()?);
        Ok(figures)
    }
}

impl std::ops::Add for Figures {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.combine(
            &other,
            |left, right| left + right,
            |left, right| left + right,
        )
    }
}

impl std::ops::Sub for Figures {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.combine(
            &other,
            |left, right| left - right,
            |left, right| left - right,
        )
    }
}

impl std::iter::Sum for Figures {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), std::ops::Add::add)
    }
}

impl Figures {
    fn combine(
        self,
        other: &Self,
        counts: impl Fn(i64, i64) -> i64,
        amounts: impl Fn(Amount, Amount) -> Amount,
    ) -> Self {
        let mut combined = self;
        combined.interaction_count = counts(self.interaction_count, other.interaction_count);
        combined.error_count = counts(self.error_count, other.error_count);
        combined.aborted_count = counts(self.aborted_count, other.aborted_count);
        combined.unpriced_count = counts(self.unpriced_count, other.unpriced_count);
        combined.partial_count = counts(self.partial_count, other.partial_count);
        combined.unpriced_tokens = counts(self.unpriced_tokens, other.unpriced_tokens);
        for (own, others) in combined.tokens.iter_mut().zip(other.tokens) {
            *own = counts(*own, others);
        }
        for (own, others) in combined.components.iter_mut().zip(other.components) {
            *own = amounts(*own, others);
        }
        combined.total_cost = amounts(self.total_cost, other.total_cost);
        combined.cache_savings = amounts(self.cache_savings, other.cache_savings);
        combined
    }

    /// Failed ones over those that ran to their end: what was stopped neither succeeded nor failed.
    pub fn error_rate(&self) -> Option<Ratio> {
        Ratio::of_counts(
            self.error_count,
            self.interaction_count - self.aborted_count,
        )
    }

    /// All tokens.
    pub fn token_count(&self) -> i64 {
        self.tokens.iter().sum()
    }

    /// Interactions that have a price, at least for a part.
    pub const fn priced_count(&self) -> i64 {
        self.interaction_count - self.unpriced_count
    }

    /// Whether nothing in the slice has a price: its cost is unknown, not zero.
    pub const fn is_unpriced(&self) -> bool {
        self.interaction_count > 0 && self.unpriced_count == self.interaction_count
    }

    /// The cost, `None` where nothing has a price.
    pub fn known_cost(&self) -> Option<Amount> {
        (!self.is_unpriced()).then_some(self.total_cost)
    }

    /// What part of the slice the cost covers.
    pub fn coverage(&self) -> Coverage {
        let priced_tokens = self.token_count() - self.unpriced_tokens;
        Coverage {
            priced_interactions: self.priced_count(),
            unpriced_interactions: self.unpriced_count,
            partial_interactions: self.partial_count,
            priced_tokens,
            unpriced_tokens: self.unpriced_tokens,
            priced_interaction_ratio: Ratio::of_counts(self.priced_count(), self.interaction_count),
            priced_token_ratio: Ratio::of_counts(priced_tokens, self.token_count()),
        }
    }
}

/// What part of a slice its cost covers.
#[derive(Debug, Clone, Serialize)]
pub struct Coverage {
    /// Interactions with a price, at least for a part.
    pub priced_interactions: i64,
    /// Interactions without any.
    pub unpriced_interactions: i64,
    /// Interactions with a price for a part only.
    pub partial_interactions: i64,
    /// Tokens of the priced interactions.
    pub priced_tokens: i64,
    /// Tokens of the others.
    pub unpriced_tokens: i64,
    /// Priced over all interactions.
    pub priced_interaction_ratio: Option<Ratio>,
    /// Priced over all tokens.
    pub priced_token_ratio: Option<Ratio>,
}

/// The contract's `Tokens`.
#[derive(Debug, Clone, Serialize)]
pub struct Tokens {
    total: i64,
    input: i64,
    cache_read: i64,
    cache_write_5m: i64,
    cache_write_1h: i64,
    output: i64,
    reasoning: i64,
    audio_in: i64,
    audio_out: i64,
    image_in: i64,
    image_out: i64,
}

impl From<[i64; TOKEN_KINDS]> for Tokens {
    fn from(tokens: [i64; TOKEN_KINDS]) -> Self {
        let [
            input,
            cache_read,
            cache_write_5m,
            cache_write_1h,
            output,
            reasoning,
            audio_in,
            audio_out,
            image_in,
            image_out,
        ] = tokens;
        Self {
            total: tokens.iter().sum(),
            input,
            cache_read,
            cache_write_5m,
            cache_write_1h,
            output,
            reasoning,
            audio_in,
            audio_out,
            image_in,
            image_out,
        }
    }
}

/// The contract's `CostByComponent`.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct CostByComponent {
    /// Tokens of language models.
    pub ai_tokens: Option<Amount>,
    /// Database operations.
    pub db_ops: Option<Amount>,
    /// Calls of tools and APIs.
    pub api_calls: Option<Amount>,
    /// Compute time.
    pub compute_time: Option<Amount>,
}

impl Serialize for Figures {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shape {
            interaction_count: i64,
            error_count: i64,
            aborted_count: i64,
            error_rate: Option<Ratio>,
            unpriced_count: i64,
            partial_count: i64,
            unpriced_tokens: i64,
            tokens: Tokens,
            total_cost: Option<Amount>,
            cost_by_component: CostByComponent,
            cache_savings: Amount,
            cache_hit_rate: Option<Ratio>,
            cost_per_interaction: Option<Amount>,
        }
        let known = |amount: Amount| (!self.is_unpriced()).then_some(amount);
        let [ai_tokens, db_ops, api_calls, compute_time] = self.components.map(known);
        let [input, cache_read, cache_write_5m, cache_write_1h, ..] = self.tokens;
        Shape {
            interaction_count: self.interaction_count,
            error_count: self.error_count,
            aborted_count: self.aborted_count,
            error_rate: self.error_rate(),
            unpriced_count: self.unpriced_count,
            partial_count: self.partial_count,
            unpriced_tokens: self.unpriced_tokens,
            tokens: self.tokens.into(),
            total_cost: self.known_cost(),
            cost_by_component: CostByComponent {
                ai_tokens,
                db_ops,
                api_calls,
                compute_time,
            },
            cache_savings: self.cache_savings,
            cache_hit_rate: Ratio::of_counts(
                cache_read,
                input + cache_read + cache_write_5m + cache_write_1h,
            ),
            cost_per_interaction: self.total_cost.over(self.priced_count()),
        }
        .serialize(serializer)
    }
}

const _: () = assert!(MEASURES.len() == COUNTS + 6 && FIRST_TOKEN + TOKEN_KINDS == COUNTS);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_sums_is_read_in_the_order_of_the_measures() {
        let numbers: Vec<i64> = (1..=28).collect();
        let figures: Figures =
            serde_json::from_value(serde_json::json!(numbers)).expect("28 numbers");
        assert_eq!(figures.interaction_count, 1);
        assert_eq!(figures.aborted_count, 3);
        assert_eq!(figures.unpriced_tokens, 6);
        assert_eq!(figures.tokens, [7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
        assert_eq!(figures.components[0], Amount(17_000_018));
        assert_eq!(figures.cache_savings, Amount(27_000_028));
        assert_eq!(figures + figures - figures, figures);
    }

    #[test]
    fn a_row_as_it_stands_says_the_same_with_and_without_what_is_rare() {
        let read = |json: &str| serde_json::from_str::<RowFigures>(json).expect("a row").0;
        let plain = read("[2,1,0,0,0,0,10,20,30,40,50,700,-5,null]");
        let full = read("[2,1,0,0,0,0,10,20,30,40,50,700,-5,[0,0,0,0,0,700,0,0,0]]");
        assert_eq!(plain, full);
        assert_eq!(plain.tokens, [10, 20, 30, 0, 40, 50, 0, 0, 0, 0]);
        assert_eq!(plain.components[0], plain.total_cost);
        let other = read("[2,1,0,0,0,0,10,20,30,40,50,10,-5,[1,2,3,4,5,1,2,3,4]]");
        assert_eq!(other.tokens, [10, 20, 30, 1, 40, 50, 2, 3, 4, 5]);
        assert_eq!(other.components.map(|part| part.0), [1, 2, 3, 4]);
    }

    #[test]
    fn a_row_as_it_stands_has_every_measure_once() {
        let mut named: Vec<_> = COMMON.into_iter().chain(RARE).collect();
        let mut all = MEASURES.to_vec();
        named.sort_unstable();
        all.sort_unstable();
        assert_eq!(named, all);
    }

    #[test]
    fn what_has_no_price_has_no_cost_and_what_is_empty_costs_nothing() {
        let unpriced = Figures {
            interaction_count: 2,
            unpriced_count: 2,
            ..Figures::default()
        };
        let json = serde_json::to_value(unpriced).expect("json");
        assert_eq!(json["total_cost"], serde_json::Value::Null);
        assert_eq!(
            json["cost_by_component"]["ai_tokens"],
            serde_json::Value::Null
        );
        let empty = serde_json::to_value(Figures::default()).expect("json");
        assert_eq!(empty["total_cost"], "0");
        assert_eq!(empty["cost_per_interaction"], serde_json::Value::Null);
    }
}
