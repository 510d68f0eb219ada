//! Groups: a page of them by one dimension, with the rest as one, and their rank for colours.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    amount::{Amount, Ratio},
    calendar::DayRange,
    comparison::Change,
    figures::Figures,
    parameters::Page,
    slice::{Dimension, Slice, segments},
    sums::{parameter, within_segments},
};
use crate::{
    database::{DatabaseError, Rows, Statement},
    rollup::MEASURES,
};

/// Days by which groups are ranked.
pub(super) const RANK_DAYS: u64 = 90;

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
}

/// The contract's `Group`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    pub(super) dimension: Dimension,
    /// Stable and unique within the dimension.
    pub id: String,
    pub(super) label: String,
    pub(super) provider: Option<String>,
    pub(super) model: Option<String>,
    pub(super) user_id: Option<String>,
    pub(super) tenant_id: Option<String>,
    pub(super) agent: Option<String>,
    pub(super) erased: bool,
}

impl Group {
    pub(super) fn named(dimension: Dimension, id: &str) -> Self {
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

    pub(super) fn model(provider: &str, model: &str) -> Self {
        Self {
            label: model.to_owned(),
            provider: Some(provider.to_owned()),
            model: Some(model.to_owned()),
            ..Self::named(Dimension::Model, &format!("{provider}/{model}"))
        }
    }

    pub(super) fn user(user: &UserName) -> Self {
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
    fn of(dimension: Dimension, keys: &[serde_json::Value], user: Option<&UserName>) -> Self {
        let text = |index: usize| {
            keys.get(index)
                .and_then(serde_json::Value::as_str)
                .unwrap_or_default()
        };
        match (dimension, user) {
            (Dimension::Model, _) => Self::model(text(0), text(1)),
            (Dimension::User, Some(user)) => Self::user(user),
            (Dimension::Agent, _) => Self {
                agent: Some(text(0).to_owned()),
                ..Self::named(dimension, text(0))
            },
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
pub(super) struct UserName {
    pub user_id: String,
    pub tenant_id: String,
    pub label: Option<String>,
    #[serde(deserialize_with = "flag")]
    pub erased: bool,
}

pub(super) fn flag<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(i64::deserialize(deserializer)? != 0)
}

/// A page of groups to ask for.
#[derive(Debug, Clone)]
pub(super) struct GroupQuery<'a> {
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
pub(super) struct GroupSums {
    pub keys: Vec<serde_json::Value>,
    pub group: Group,
    pub rank_90d: Option<i64>,
    pub last_day: NaiveDate,
    pub figures: Figures,
    pub change: Option<Change>,
}

/// A page of groups and the sum of all.
#[derive(Debug, Clone, Default)]
pub(super) struct GroupPage {
    pub total_count: i64,
    pub total: Figures,
    pub groups: Vec<GroupSums>,
}

const COUNTS: usize = 15;

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

const TOKENS: &str = "input_tokens + cache_read_tokens + cache_write_5m_tokens \
    + cache_write_1h_tokens + output_tokens + reasoning_tokens + audio_in_tokens \
    + audio_out_tokens + image_in_tokens + image_out_tokens";

/// The days by whose cost groups are ranked: the last 90 complete ones.
fn rank_range(today: NaiveDate) -> DayRange {
    DayRange {
        start: today - Days::new(RANK_DAYS),
        end: today - Days::new(1),
    }
}

/// The statement for a page of groups. One scan of the rollup adds up the range, the compared
/// parts and, without filters, the days of the rank; the first row is the sum of all groups found.
pub(super) fn page(query: &GroupQuery<'_>) -> Result<Statement, DatabaseError> {
    let mut ranges = vec![(query.range, IN_RANGE)];
    if let Some((current, previous)) = query.compared {
        ranges.extend([(current, IN_CURRENT), (previous, IN_PREVIOUS)]);
    }
    if query.slice.is_whole() {
        ranges.push((rank_range(query.today), IN_RANK));
    }
    let mut parameter = parameter(query.slice, &segments(&ranges));
    parameter.insert("limit".to_owned(), json!(query.page.limit));
    parameter.insert("offset".to_owned(), json!(query.page.offset));
    if let Some(search) = query.search {
        parameter.insert("q".to_owned(), json!(search.to_ascii_lowercase()));
    }
    Statement::with(page_sql(query), &parameter)
}

fn page_sql(query: &GroupQuery<'_>) -> String {
    let columns = query.dimension.columns();
    let source = query.slice.source(Some(query.dimension));
    let measures = measure_columns();
    let keys = columns.join(", ");
    let sums = measures
        .iter()
        .map(|(expression, name)| format!("SUM({expression}) AS {name}"))
        .collect::<Vec<_>>()
        .join(", ");
    let in_range = measures
        .iter()
        .map(|(_, name)| format!("SUM({name}) FILTER (WHERE flags & {IN_RANGE}) AS {name}"))
        .collect::<Vec<_>>()
        .join(", ");
    let of_flag = |flag: i64, prefix: &str| {
        [
            "total_cost_micro",
            "total_cost_rest",
            "interaction_count",
            "unpriced_count",
        ]
        .map(|name| format!("SUM({name}) FILTER (WHERE flags & {flag}) AS {prefix}_{name}"))
        .join(", ")
    };
    let figures = |wrap: &str| {
        let list = measures
            .iter()
            .map(|(_, name)| {
                if wrap.is_empty() {
                    name.clone()
                } else {
                    format!("{wrap}({name})")
                }
            })
            .collect::<Vec<_>>()
            .join(", ");
        format!("json_array({list})")
    };
    let is_user = query.dimension == Dimension::User;
    let (names, join, name_columns) = if is_user {
        (
            ", u.user_id, u.tenant_id, u.label, u.erased_at",
            " JOIN users u USING (user_key)",
            vec!["user_id", "label"],
        )
    } else {
        ("", "", columns.to_vec())
    };
    let search = if query.search.is_some() {
        let hits = name_columns
            .iter()
            .map(|name| format!("instr(lower(COALESCE({name}, '')), ?1 ->> 'q') > 0"))
            .collect::<Vec<_>>()
            .join(" OR ");
        format!(" AND ({hits})")
    } else {
        String::new()
    };
    let direction = if query.is_ascending { "ASC" } else { "DESC" };
    let name_order = if is_user {
        "user_id, tenant_id".to_owned()
    } else {
        keys.clone()
    };
    let order = match query.sort {
        GroupSort::Cost => format!(
            "total_cost_micro + total_cost_rest / 1000000 {direction}, total_cost_rest % 1000000 {direction}, "
        ),
        GroupSort::Interactions => format!("interaction_count {direction}, "),
        GroupSort::Tokens => format!("{TOKENS} {direction}, "),
        GroupSort::Errors => format!("error_count {direction}, "),
        GroupSort::Name => columns_in(&name_order, direction),
    };
    let user_object = if is_user {
        "json_object('user_id', user_id, 'tenant_id', tenant_id, 'label', label, \
         'erased', erased_at IS NOT NULL)"
    } else {
        "NULL"
    };
    format!(
        "WITH parts AS (
  SELECT {qualified}, s.value ->> 2 AS flags, MAX(t.day) AS last_day, {sums}
  FROM {within}
  GROUP BY {qualified}, s.value ->> 2
), whole AS (
  SELECT {keys}, MAX(last_day) FILTER (WHERE flags & {IN_RANGE}) AS last_day, {in_range},
    {rank}, {current}, {previous}
  FROM parts GROUP BY {keys}
), ranked AS (
  SELECT whole.*{names}, iif(rank_interaction_count > 0, ROW_NUMBER() OVER (
    ORDER BY rank_total_cost_micro + rank_total_cost_rest / 1000000 DESC,
      rank_total_cost_rest % 1000000 DESC, {name_order}), NULL) AS rank_90d
  FROM whole{join}
), found AS (
  SELECT * FROM ranked WHERE interaction_count > 0{search}
)
SELECT json_array(COUNT(*), {total}) FROM found
UNION ALL
SELECT * FROM (
  SELECT json_array(json_array({keys}), {user_object}, rank_90d, last_day, {figures},
    json_array(current_total_cost_micro, current_total_cost_rest, current_interaction_count,
      current_unpriced_count),
    json_array(previous_total_cost_micro, previous_total_cost_rest, previous_interaction_count,
      previous_unpriced_count))
  FROM found ORDER BY {order}{name_order} LIMIT ?1 ->> 'limit' OFFSET ?1 ->> 'offset')",
        qualified = qualified(columns),
        within = within_segments(&source),
        rank = of_flag(IN_RANK, "rank"),
        current = of_flag(IN_CURRENT, "current"),
        previous = of_flag(IN_PREVIOUS, "previous"),
        total = figures("SUM"),
        figures = figures(""),
    )
}

/// The columns with their table: `json_each` has a column `type` of its own.
fn qualified(columns: &[&str]) -> String {
    columns
        .iter()
        .map(|column| format!("t.{column}"))
        .collect::<Vec<_>>()
        .join(", ")
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
    [Option<i64>; 4],
    [Option<i64>; 4],
);

/// Reads the rows of [`page`].
pub(super) fn read_page(
    rows: &Rows,
    dimension: Dimension,
    is_compared: bool,
) -> Result<GroupPage, DatabaseError> {
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
                let known = |sums: [Option<i64>; 4]| {
                    let [micro, rest, interactions, unpriced] = sums.map(Option::unwrap_or_default);
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

/// The statement for the rank of every group, unfiltered: `[keys, rank]`.
pub(super) fn ranks(dimension: Dimension, today: NaiveDate) -> Result<Statement, DatabaseError> {
    let whole = Slice::default();
    let source = whole.source(Some(dimension));
    let keys = dimension.columns().join(", ");
    let (names, join) = if dimension == Dimension::User {
        ("u.user_id, u.tenant_id", " JOIN users u USING (user_key)")
    } else {
        (keys.as_str(), "")
    };
    let sql = format!(
        "WITH whole AS (
  SELECT {qualified}, SUM(t.total_cost / 1000000) AS micro, SUM(t.total_cost % 1000000) AS rest
  FROM {within}
  GROUP BY {qualified}
)
SELECT json_array(json_array({keys}), ROW_NUMBER() OVER (
  ORDER BY micro + rest / 1000000 DESC, rest % 1000000 DESC, {names}))
FROM whole{join}",
        qualified = qualified(dimension.columns()),
        within = within_segments(&source),
    );
    Statement::with(
        sql,
        &parameter(&whole, &segments(&[(rank_range(today), 1)])),
    )
}

/// Sets the ranks of a filtered page from the rows of [`ranks`].
pub(super) fn set_ranks(page: &mut GroupPage, rows: &Rows) -> Result<(), DatabaseError> {
    let ranks: Vec<(Vec<serde_json::Value>, i64)> = rows.decode()?;
    for group in &mut page.groups {
        group.rank_90d = ranks
            .iter()
            .find(|(keys, _)| *keys == group.keys)
            .map(|(_, rank)| *rank);
    }
    Ok(())
}

/// The statement for the sums of some groups in each labelled segment: `[keys, label, sums]`.
pub(super) fn series(
    slice: &Slice,
    dimension: Dimension,
    groups: &[GroupSums],
    buckets: &[DayRange],
) -> Result<Statement, DatabaseError> {
    let source = slice.source(Some(dimension));
    let columns = dimension.columns();
    let list = qualified(columns);
    let is_user = dimension == Dimension::User && slice.user.is_none();
    // Few users of many: a search by user and day each. Other groups are rows of the same days.
    let from = if is_user {
        let table = source.from.replace(" t", "");
        format!(
            "json_each(?1, '$.keys') k CROSS JOIN json_each(?1, '$.segments') s
  CROSS JOIN {table} t INDEXED BY {table}_by_user
WHERE t.user_key = k.value ->> 0 AND t.day >= s.value ->> 0 AND t.day <= s.value ->> 1{}",
            source.conditions
        )
    } else {
        let picks: Vec<String> = (0..columns.len())
            .map(|at| format!("value ->> {at}"))
            .collect();
        format!(
            "{}\n  AND ({list}) IN (SELECT {} FROM json_each(?1, '$.keys'))",
            within_segments(&source),
            picks.join(", ")
        )
    };
    let sql = format!(
        "SELECT json_array(json_array({list}), s.value ->> 2, {sums})\nFROM {from}
GROUP BY {list}, s.value ->> 2",
        sums = super::figures::sums_of("t"),
    );
    let labelled: Vec<(NaiveDate, NaiveDate, usize)> = buckets
        .iter()
        .enumerate()
        .map(|(index, bucket)| (bucket.start, bucket.end, index))
        .collect();
    let mut values = slice.values();
    values.insert("segments".to_owned(), json!(labelled));
    values.insert(
        "keys".to_owned(),
        json!(groups.iter().map(|group| &group.keys).collect::<Vec<_>>()),
    );
    Statement::with(sql, &values)
}

/// Reads the rows of [`series`]: for each group, the sums of each bucket.
pub(super) fn read_series(
    rows: &Rows,
    groups: &[GroupSums],
    bucket_count: usize,
) -> Result<Vec<Vec<Figures>>, DatabaseError> {
    let rows: Vec<(Vec<serde_json::Value>, usize, Figures)> = rows.decode()?;
    let mut series = vec![vec![Figures::default(); bucket_count]; groups.len()];
    for (keys, bucket, figures) in rows {
        let place = groups
            .iter()
            .position(|group| group.keys == keys)
            .and_then(|at| series.get_mut(at)?.get_mut(bucket));
        if let Some(place) = place {
            *place = figures;
        }
    }
    Ok(series)
}

/// A group's part of a total cost; `None` where the total is zero.
pub(super) fn share(part: &Figures, total: &Figures) -> Option<Ratio> {
    if part.is_unpriced() {
        return None;
    }
    Ratio::of_amounts(part.total_cost, total.total_cost)
}
