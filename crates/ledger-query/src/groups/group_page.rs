//! A page of groups by one dimension, with the sum of all.

use chrono::NaiveDate;
use query_parameters::Page;
use serde::Deserialize;
use serde_json::json;

use super::{
    group::{Group, UserName},
    group_rank::{rank_range, ranks},
};
use crate::{
    analysis::comparison::{Change, CountChange},
    ask::{
        problem::QueryError,
        reader::{Reader, Viewer},
        slice::{Dimension, Slice, segments},
    },
    sums::{
        figures::Figures,
        sum_query::{Arm, SEGMENTS, arm_parameter, arms},
    },
};
use cost_calculation::Amount;
use ledger_core::{
    database::{Database, DatabaseError, Rows, Statement},
    rollup::{COUNTS, MEASURES},
};
use reporting_days::calendar::DayRange;

// The bits of the ranges that one scan adds up.
const IN_RANGE: i64 = 1;
const IN_RANK: i64 = 2;
const IN_CURRENT: i64 = 4;
const IN_PREVIOUS: i64 = 8;

/// What groups are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupSort {
    /// Total cost.
    Cost,
    /// Interactions.
    Interactions,
    /// Tokens.
    Tokens,
    /// Failed interactions.
    Errors,
    /// The name.
    Name,
}

impl GroupSort {
    /// The names in a query.
    pub const WORDS: [(&'static str, Self); 5] = [
        ("cost", Self::Cost),
        ("interactions", Self::Interactions),
        ("tokens", Self::Tokens),
        ("errors", Self::Errors),
        ("name", Self::Name),
    ];

    /// The count of a row that this sorts by; `None` for cost and the name.
    const fn counted(self) -> Option<&'static str> {
        match self {
            Self::Cost | Self::Name => None,
            Self::Interactions => Some("t.interaction_count"),
            Self::Tokens => Some(TOKENS),
            Self::Errors => Some("t.error_count"),
        }
    }
}

/// A page of groups to ask for.
#[derive(Debug, Clone)]
pub(crate) struct GroupQuery<'a> {
    pub slice: &'a Slice,
    pub dimension: Dimension,
    pub range: DayRange,
    /// The two parts that are compared.
    pub compared: Option<(DayRange, DayRange)>,
    pub today: NaiveDate,
    pub sort: GroupSort,
    pub is_ascending: bool,
    pub page: Page,
    /// Part of the name.
    pub search: Option<&'a str>,
}

/// A group with its sums.
#[derive(Debug, Clone)]
pub(crate) struct GroupSums {
    pub keys: Vec<serde_json::Value>,
    pub group: Group,
    pub rank_90d: Option<i64>,
    pub last_day: NaiveDate,
    pub figures: Figures,
    pub change: Option<Change>,
    /// The change of what the page is sorted by, where that is a count.
    pub count_change: Option<CountChange>,
}

/// A page of groups and the sum of all.
#[derive(Debug, Clone, Default)]
pub(crate) struct GroupPage {
    pub total_count: i64,
    pub total: Figures,
    pub groups: Vec<GroupSums>,
}

/// The measures as the columns that a scan gives: money in its two integers.
fn measure_columns() -> Vec<(String, String)> {
    MEASURES
        .iter()
        .enumerate()
        .flat_map(|(index, measure)| {
            if index < COUNTS {
                vec![(format!("t.{measure}"), (*measure).to_owned())]
            } else {
                vec![
                    (format!("t.{measure} / 1000000"), format!("{measure}_micro")),
                    (format!("t.{measure} % 1000000"), format!("{measure}_rest")),
                ]
            }
        })
        .collect()
}

/// What the ranges beside the one asked for are added up for; a rank takes the cost, and whether there
/// is anything.
const COMPARED: [&str; 4] = [
    "total_cost_micro",
    "total_cost_rest",
    "interaction_count",
    "unpriced_count",
];
const RANKED: [&str; 3] = ["total_cost_micro", "total_cost_rest", "interaction_count"];

const TOKENS: &str = "input_tokens + cache_read_tokens + cache_write_5m_tokens \
    + cache_write_1h_tokens + output_tokens + reasoning_tokens + audio_in_tokens \
    + audio_out_tokens + image_in_tokens + image_out_tokens";

/// The statement for a page of groups. One scan of the rollup, of whole weeks and single days where
/// both are kept, adds up the range, the compared parts and, without filters, the days of the rank;
/// the first row is the sum of all groups found.
fn page(query: &GroupQuery<'_>) -> Result<Statement, DatabaseError> {
    let mut ranges = vec![(query.range, IN_RANGE)];
    if let Some((current, previous)) = query.compared {
        ranges.extend([(current, IN_CURRENT), (previous, IN_PREVIOUS)]);
    }
    if query.slice.is_whole() {
        ranges.push((rank_range(query.today), IN_RANK));
    }
    let source = query.slice.source(Some(query.dimension));
    let mut parameter = arm_parameter(query.slice, &source, &segments(&ranges));
    parameter.insert("last_day".to_owned(), json!(query.range.end));
    parameter.insert("limit".to_owned(), json!(query.page.limit));
    parameter.insert("offset".to_owned(), json!(query.page.offset));
    if let Some(search) = query.search {
        parameter.insert("q".to_owned(), json!(search.to_ascii_lowercase()));
    }
    Statement::with(page_sql(query), &parameter)
}

/// The sums of each range that the answer has, each with the name that it keeps up to there.
fn sums_of_ranges(query: &GroupQuery<'_>) -> Vec<(String, String)> {
    let measures = measure_columns();
    let mut of_ranges: Vec<(i64, &str, &[&str])> = vec![(IN_RANK, "rank_", &RANKED[..])];
    if query.compared.is_some() {
        of_ranges.push((IN_CURRENT, "current_", &COMPARED[..]));
        of_ranges.push((IN_PREVIOUS, "previous_", &COMPARED[..]));
    }
    let sum = |flag: i64, prefix: &str, (expression, name): &(String, String)| {
        let name = format!("{prefix}{name}");
        let sum = format!("SUM({expression}) FILTER (WHERE s.flags & {flag}) AS {name}");
        (sum, name)
    };
    let mut sums: Vec<(String, String)> = measures
        .iter()
        .map(|measure| sum(IN_RANGE, "", measure))
        .collect();
    for (flag, prefix, names) in of_ranges {
        let of_range = measures
            .iter()
            .filter(|(_, name)| names.contains(&name.as_str()));
        sums.extend(of_range.map(|measure| sum(flag, prefix, measure)));
        if let Some(counted) = query.sort.counted().filter(|_| flag != IN_RANK) {
            sums.push(sum(
                flag,
                prefix,
                &(counted.to_owned(), "counted".to_owned()),
            ));
        }
    }
    sums
}

/// The measures of a group as the answer's figures, each within `wrap`.
fn figures_of(wrap: &str) -> String {
    let list: Vec<String> = measure_columns()
        .into_iter()
        .map(|(_, name)| match wrap {
            "" => name,
            wrap => format!("{wrap}({name})"),
        })
        .collect();
    format!("json_array({})", list.join(", "))
}

/// What a compared part comes to, or nothing in its place.
fn compared_part(query: &GroupQuery<'_>, prefix: &str) -> String {
    if query.compared.is_none() {
        return "json_array(NULL, NULL, NULL, NULL, NULL)".to_owned();
    }
    let list = COMPARED.map(|name| format!("{prefix}_{name}")).join(", ");
    let counted = query
        .sort
        .counted()
        .map_or_else(|| "NULL".to_owned(), |_| format!("{prefix}_counted"));
    format!("json_array({list}, {counted})")
}

/// The condition of a search by a part of the names.
fn search_in(query: &GroupQuery<'_>, columns: &[&str]) -> String {
    if query.search.is_none() {
        return String::new();
    }
    let hits: Vec<String> = columns
        .iter()
        .map(|name| format!("instr(lower(COALESCE({name}, '')), ?1 ->> 'q') > 0"))
        .collect();
    format!(" AND ({})", hits.join(" OR "))
}

/// What the groups are sorted by, before their names.
fn order_of(query: &GroupQuery<'_>, name_order: &str) -> String {
    let direction = if query.is_ascending { "ASC" } else { "DESC" };
    match query.sort {
        GroupSort::Cost => format!(
            "total_cost_micro + total_cost_rest / 1000000 {direction}, total_cost_rest % 1000000 {direction}, "
        ),
        GroupSort::Interactions => format!("interaction_count {direction}, "),
        GroupSort::Tokens => format!("{TOKENS} {direction}, "),
        GroupSort::Errors => format!("error_count {direction}, "),
        GroupSort::Name => columns_in(name_order, direction),
    }
}

/// What a list of users or agents reads of the names for people, and lists of other groups do not need.
struct Names {
    columns: &'static str,
    join: &'static str,
    searched: Vec<&'static str>,
    order: String,
    object: &'static str,
}

impl Names {
    fn of(dimension: Dimension) -> Self {
        let keys = dimension.columns();
        if dimension == Dimension::User {
            return Self {
                columns: ", u.user_id, u.tenant_id, u.label, u.erased_at",
                join: " JOIN users u USING (user_key)",
                searched: vec!["user_id", "label"],
                order: "user_id, tenant_id".to_owned(),
                object: "json_object('user_id', user_id, 'tenant_id', tenant_id, 'label', label, \
                         'erased', erased_at IS NOT NULL)",
            };
        }
        if dimension == Dimension::Agent {
            return Self {
                columns: ", a.name AS label",
                join: " LEFT JOIN agents a USING (agent)",
                searched: vec!["agent", "label"],
                order: "agent".to_owned(),
                object: "json_object('user_id', '', 'tenant_id', '', 'label', label, 'erased', 0)",
            };
        }
        Self {
            columns: "",
            join: "",
            searched: keys.to_vec(),
            order: keys.join(", "),
            object: "NULL",
        }
    }
}

/// A week does not say which of its days was the last: the user's own index does.
const LAST_DAY_OF_WEEKS: &str =
    "(SELECT MAX(d.day) FROM daily_stats d INDEXED BY daily_stats_by_user
     WHERE d.user_key = found.user_key AND d.day <= ?1 ->> 'last_day')";

fn page_sql(query: &GroupQuery<'_>) -> String {
    let source = query.slice.source(Some(query.dimension));
    let arms = arms(query.slice, query.dimension, &source);
    let last_day = if arms.len() > 1 {
        LAST_DAY_OF_WEEKS
    } else {
        "last_day"
    };
    let keys = query.dimension.columns().join(", ");
    let sums = sums_of_ranges(query);
    let list = |of: &dyn Fn(&(String, String)) -> String| {
        sums.iter().map(of).collect::<Vec<_>>().join(", ")
    };
    let sums_of_arm = list(&|(sum, _)| sum.clone());
    let sums_of_arms = list(&|(_, name)| format!("SUM({name}) AS {name}"));
    let parts: Vec<String> = arms
        .iter()
        .map(|Arm { from, keys, day }| {
            format!(
                "SELECT {keys}, MAX({day}) FILTER (WHERE s.flags & {IN_RANGE}) AS last_day,
    {sums_of_arm}
  FROM {from}
  GROUP BY {keys}",
            )
        })
        .collect();
    let names = Names::of(query.dimension);
    format!(
        "WITH {SEGMENTS}, parts AS (
  {parts}
), whole AS (
  SELECT {keys}, MAX(last_day) AS last_day, {sums_of_arms}
  FROM parts GROUP BY {keys}
), ranked AS (
  SELECT whole.*{columns}, iif(rank_interaction_count > 0, ROW_NUMBER() OVER (
    ORDER BY rank_total_cost_micro + rank_total_cost_rest / 1000000 DESC,
      rank_total_cost_rest % 1000000 DESC, {name_order}), NULL) AS rank_90d
  FROM whole{join}
), found AS (
  SELECT * FROM ranked WHERE interaction_count > 0{search}
)
SELECT json_array(COUNT(*), {total}) FROM found
UNION ALL
SELECT * FROM (
  SELECT json_array(json_array({keys}), {user_object}, rank_90d, {last_day}, {figures},
    {current}, {previous})
  FROM found ORDER BY {order}{name_order} LIMIT ?1 ->> 'limit' OFFSET ?1 ->> 'offset')",
        parts = parts.join("\n  UNION ALL\n  "),
        columns = names.columns,
        join = names.join,
        name_order = names.order,
        user_object = names.object,
        search = search_in(query, &names.searched),
        order = order_of(query, &names.order),
        total = figures_of("SUM"),
        figures = figures_of(""),
        current = compared_part(query, "current"),
        previous = compared_part(query, "previous"),
    )
}

fn columns_in(columns: &str, direction: &str) -> String {
    let ordered: Vec<String> = columns
        .split(", ")
        .map(|column| format!("{column} {direction}"))
        .collect();
    ordered.join(", ") + ", "
}

#[derive(Deserialize)]
struct PageRow(
    Vec<serde_json::Value>,
    Option<UserName>,
    Option<i64>,
    NaiveDate,
    Figures,
    [Option<i64>; 5],
    [Option<i64>; 5],
);

/// Reads the rows of [`page`].
fn read_page(rows: &Rows, query: &GroupQuery<'_>) -> Result<GroupPage, DatabaseError> {
    let (dimension, is_compared) = (query.dimension, query.compared.is_some());
    let is_counted = is_compared && query.sort.counted().is_some();
    let Some((first, rest)) = rows.texts().split_first() else {
        return Ok(GroupPage::default());
    };
    let (total_count, total): (i64, Figures) =
        serde_json::from_str(first).map_err(|error| DatabaseError::Decode(error.to_string()))?;
    let rows: Vec<PageRow> = Rows::new(rest.to_vec()).decode()?;
    let groups = rows
        .into_iter()
        .map(
            |PageRow(keys, user, rank_90d, last_day, figures, current, previous)| {
                let known = |sums: [Option<i64>; 5]| {
                    let [micro, rest, interactions, unpriced, _] =
                        sums.map(Option::unwrap_or_default);
                    (interactions == 0 || unpriced < interactions)
                        .then(|| Amount::from_parts(micro, rest))
                };
                GroupSums {
                    group: Group::of(dimension, &keys, user.as_ref()),
                    keys,
                    rank_90d,
                    last_day,
                    figures,
                    change: is_compared.then(|| Change::between(known(current), known(previous))),
                    count_change: is_counted.then(|| {
                        CountChange::between(
                            current[4].unwrap_or_default(),
                            previous[4].unwrap_or_default(),
                        )
                    }),
                }
            },
        )
        .collect();
    Ok(GroupPage {
        total_count,
        total,
        groups,
    })
}

/// Sets the ranks of a filtered page from the rows of [`ranks`].
fn set_ranks(page: &mut GroupPage, rows: &Rows) -> Result<(), DatabaseError> {
    let ranks: Vec<(Vec<serde_json::Value>, i64)> = rows.decode()?;
    for group in &mut page.groups {
        group.rank_90d = ranks
            .iter()
            .find(|(keys, _)| *keys == group.keys)
            .map(|(_, rank)| *rank);
    }
    Ok(())
}

impl<D: Database> Reader<'_, D> {
    /// A page of groups with their ranks.
    pub(crate) async fn group_page(&self, query: &GroupQuery<'_>) -> Result<GroupPage, QueryError> {
        let mut statements = vec![page(query)?];
        if !query.slice.is_whole() {
            // A key of one user learns nothing of the others, not even who comes before whom.
            let ranked = match &self.viewer {
                Viewer::Everyone => Slice::default(),
                Viewer::User(_) => Slice {
                    user: query.slice.user.clone(),
                    ..Slice::default()
                },
            };
            statements.push(ranks(&ranked, query.dimension, self.today)?);
        }
        let rows = self.database.batch(&statements).await?;
        let mut page = rows
            .first()
            .map_or_else(|| Ok(GroupPage::default()), |rows| read_page(rows, query))?;
        if let Some(ranked) = rows.get(1) {
            set_ranks(&mut page, ranked)?;
        }
        Ok(page)
    }
}
