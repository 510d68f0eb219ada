//! The series of a chart: the largest groups in each bucket, and the rest as one.

use query_parameters::Page;
use serde::Serialize;
use serde_json::Value;

use super::{bucket::Span, question::Question};
use crate::{
    analysis::comparison::{Change, CountChange},
    ask::{problem::QueryError, reader::Reader, slice::Dimension},
    groups::{
        group::Group,
        group_page::{GroupPage, GroupQuery, GroupSums},
        group_series::{read_buckets, read_series, series},
    },
    sums::{
        figures::{COMPONENTS, Figures, TOKEN_TYPES},
        raw,
        sum_query::DaySums,
    },
};
use cost_calculation::{Amount, Ratio};
use ledger_core::database::Database;
use reporting_days::calendar::{DayRange, Granularity};

#[derive(Debug, Serialize)]
pub(crate) struct Series {
    group: Group,
    rank_90d: Option<i64>,
    figures: Option<Figures>,
    share: Option<Ratio>,
    change: Option<Change>,
    count_change: Option<CountChange>,
    values: Vec<BucketValue>,
}

#[derive(Debug, Serialize)]
pub(crate) struct OtherSeries {
    group_count: i64,
    figures: Figures,
    share: Option<Ratio>,
    change: Option<Change>,
    count_change: Option<CountChange>,
    values: Vec<BucketValue>,
}

#[derive(Debug, Default, Serialize)]
struct BucketValue {
    total_cost: Option<Amount>,
    interaction_count: Option<i64>,
    error_count: Option<i64>,
    unpriced_count: Option<i64>,
    token_count: Option<i64>,
}

impl From<&Figures> for BucketValue {
    fn from(figures: &Figures) -> Self {
        Self {
            total_cost: figures.known_cost(),
            interaction_count: Some(figures.interaction_count),
            error_count: Some(figures.error_count),
            unpriced_count: Some(figures.unpriced_count),
            token_count: Some(figures.token_count()),
        }
    }
}

impl<D: Database> Reader<'_, D> {
    /// The series of the largest groups, and the rest as one.
    pub(crate) async fn series(
        &self,
        question: &Question,
        spans: &[Span],
        days: &DaySums,
    ) -> Result<(Vec<Series>, Option<OtherSeries>), QueryError> {
        let total = days.of(question.range);
        let compared = question
            .alignment
            .and_then(|alignment| alignment.compared(self.today));
        let changes = compared.map(|(current, previous)| (days.of(current), days.of(previous)));
        let dimension = match question.group_by {
            None => return Ok((Vec::new(), None)),
            Some(Dimension::Component) => {
                return Ok((component_series(spans, &total, changes.as_ref()), None));
            }
            Some(Dimension::TokenType) => {
                return Ok((token_series(spans, &total, changes.as_ref()), None));
            }
            Some(dimension) => dimension,
        };
        let found = self
            .group_page(&GroupQuery {
                slice: &question.slice,
                dimension,
                range: question.range,
                compared,
                today: self.today,
                sort: question.rank_by.sort(),
                is_ascending: false,
                page: Page {
                    limit: question.top,
                    offset: 0,
                },
                search: None,
            })
            .await?;
        let values = self
            .bucket_values(question, dimension, &found.groups, spans)
            .await?;
        let mut rest: Vec<Figures> = spans.iter().map(|span| span.figures).collect();
        for series in &values {
            for (rest, figures) in rest.iter_mut().zip(series) {
                *rest = *rest - *figures;
            }
        }
        let shown: Figures = found.groups.iter().map(|group| group.figures).sum();
        let hidden = found.total_count - i64::try_from(found.groups.len()).unwrap_or(0);
        let other_figures = total - shown;
        let other = (hidden > 0).then(|| OtherSeries {
            group_count: hidden,
            figures: other_figures,
            share: question.rank_by.share(&other_figures, &total),
            change: other_change(&found, changes.as_ref()),
            count_change: other_count_change(question, &found, changes.as_ref()),
            values: rest.iter().map(BucketValue::from).collect(),
        });
        let series = found
            .groups
            .into_iter()
            .zip(values)
            .map(|(group, values)| Series {
                share: question.rank_by.share(&group.figures, &total),
                group: group.group,
                rank_90d: group.rank_90d,
                figures: Some(group.figures),
                change: group.change,
                count_change: group.count_change,
                values: values.iter().map(BucketValue::from).collect(),
            })
            .collect();
        Ok((series, other))
    }

    async fn bucket_values(
        &self,
        question: &Question,
        dimension: Dimension,
        groups: &[GroupSums],
        spans: &[Span],
    ) -> Result<Vec<Vec<Figures>>, QueryError> {
        let slice = &question.slice;
        if question.granularity == Granularity::Hour {
            let hours: Vec<_> = spans.iter().map(|span| (span.start, span.end)).collect();
            let keys: Vec<&[Value]> = groups.iter().map(|group| &*group.keys).collect();
            let statement = raw::by_hour(slice, &hours, Some((dimension, &keys)))?;
            let rows = self.database.query(statement).await?;
            return Ok(read_series(&rows, groups, spans.len())?);
        }
        let ranges: Vec<DayRange> = spans.iter().map(|span| span.range).collect();
        let statement = series(slice, dimension, groups, &ranges)?;
        let rows = self.database.query(statement).await?;
        Ok(read_buckets(slice, dimension, &rows, groups, &ranges)?)
    }
}

/// The change of what is in no series.
fn other_change(found: &GroupPage, changes: Option<&(Figures, Figures)>) -> Option<Change> {
    let (current, previous) = changes?;
    let shown = |pick: fn(&Change) -> Option<Amount>| -> Amount {
        found
            .groups
            .iter()
            .filter_map(|group| group.change.as_ref().and_then(pick))
            .sum()
    };
    Some(Change::between(
        current
            .known_cost()
            .map(|cost| cost - shown(Change::current)),
        previous
            .known_cost()
            .map(|cost| cost - shown(Change::previous)),
    ))
}

/// The same of the measure that ranks, where that is a count.
fn other_count_change(
    question: &Question,
    found: &GroupPage,
    changes: Option<&(Figures, Figures)>,
) -> Option<CountChange> {
    let (current, previous) = changes?;
    let whole = question.rank_by.change(current, previous)?;
    let shown = |pick: fn(&CountChange) -> i64| -> i64 {
        let counted = found.groups.iter().filter_map(|group| group.count_change);
        counted.map(|change| pick(&change)).sum()
    };
    Some(CountChange::between(
        whole.current() - shown(CountChange::current),
        whole.previous() - shown(CountChange::previous),
    ))
}

fn component_series(
    spans: &[Span],
    total: &Figures,
    changes: Option<&(Figures, Figures)>,
) -> Vec<Series> {
    (0..COMPONENTS.len())
        .zip(COMPONENTS)
        .filter_map(|(at, name)| {
            let of = |figures: &Figures| {
                let amount = figures.components.get(at).copied();
                amount.filter(|_| !figures.is_unpriced())
            };
            let whole = of(total).filter(|amount| *amount != Amount::ZERO)?;
            Some(Series {
                group: Group::named(Dimension::Component, name),
                rank_90d: i64::try_from(at + 1).ok(),
                figures: None,
                share: Ratio::of_amounts(whole, total.total_cost),
                change: changes
                    .map(|(current, previous)| Change::between(of(current), of(previous))),
                count_change: None,
                values: spans
                    .iter()
                    .map(|span| BucketValue {
                        total_cost: of(&span.figures),
                        ..BucketValue::default()
                    })
                    .collect(),
            })
        })
        .collect()
}

fn token_series(
    spans: &[Span],
    total: &Figures,
    changes: Option<&(Figures, Figures)>,
) -> Vec<Series> {
    (0..TOKEN_TYPES.len())
        .zip(TOKEN_TYPES)
        .filter_map(|(at, name)| {
            let of = |figures: &Figures| figures.tokens.get(at).copied();
            let whole = of(total).filter(|tokens| *tokens > 0)?;
            Some(Series {
                group: Group::named(Dimension::TokenType, name),
                rank_90d: i64::try_from(at + 1).ok(),
                figures: None,
                share: Ratio::of_counts(whole, total.token_count()),
                change: None,
                count_change: changes.and_then(|(current, previous)| {
                    Some(CountChange::between(of(current)?, of(previous)?))
                }),
                values: spans
                    .iter()
                    .map(|span| BucketValue {
                        token_count: of(&span.figures),
                        ..BucketValue::default()
                    })
                    .collect(),
            })
        })
        .collect()
}
