//! The one rate that applies among a model's rows.
use crate::PriceRow;
use crate::ResourceType;
use crate::UnixMillis;
use crate::rates::schedule::Schedule;

/// The service tier of a call that asked for nothing special.
pub(crate) const STANDARD: &str = "standard";

/// What decides between the rows of one resource.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Conditions<'a> {
    pub at: UnixMillis,
    /// Regions that may apply, the most specific first; the empty one, for everywhere, is implied.
    pub regions: [&'a str; 2],
    /// All input tokens.
    pub context: u64,
}

/// The rows of one model, by resource.
#[derive(Debug, Clone, Default)]
pub(crate) struct ModelRates {
    /// Most models have none of these; knowing it saves searching for them.
    pub has_multipliers: bool,
    pub has_calls: bool,
    pub has_context_tiers: bool,
    rows: Vec<(PriceRow, Option<Schedule>)>,
}

impl ModelRates {
    pub fn push(&mut self, row: PriceRow, schedule: Option<Schedule>) {
        match self
            .rows
            .iter_mut()
            .find(|(held, _)| held.id == row.id && held.id != 0)
        {
            Some(held) => *held = (row, schedule),
            None => self.rows.push((row, schedule)),
        }
    }

    /// Must follow the last [`ModelRates::push`].
    pub fn sort(&mut self) {
        self.rows.sort_by(|(left, _), (right, _)| {
            let key = |row: &PriceRow| (row.min_context, row.valid_from, row.id);
            left.resource
                .cmp(&right.resource)
                .then_with(|| key(left).cmp(&key(right)))
        });
        let any = |test: fn(&PriceRow) -> bool| self.rows.iter().any(|(row, _)| test(row));
        let multipliers = any(|row| row.resource == ResourceType::Multiplier);
        let calls = any(|row| matches!(row.resource, ResourceType::Call(_)));
        let context_tiers = any(|row| row.min_context > 0);
        self.has_multipliers = multipliers;
        self.has_calls = calls;
        self.has_context_tiers = context_tiers;
    }

    pub fn rows(&self) -> impl Iterator<Item = &PriceRow> {
        self.rows.iter().map(|(row, _)| row)
    }

    /// Whether any row that prices tokens or calls is in force; without one, the key is no match.
    pub fn any_in_force(&self, at: UnixMillis) -> bool {
        self.rows()
            .any(|row| row.in_force(at) && row.resource != ResourceType::Multiplier)
    }

    /// Whether the resource has any row, in force or not.
    pub fn any_of(&self, resource: &ResourceType) -> bool {
        self.rows
            .binary_search_by(|(row, _)| row.resource.cmp(resource))
            .is_ok()
    }

    /// Whether the tier has rates of its own for tokens.
    pub fn has_tier(&self, tier: &str, conditions: &Conditions<'_>) -> bool {
        self.select(&ResourceType::Input, tier, conditions)
            .is_some()
            || self
                .select(&ResourceType::Output, tier, conditions)
                .is_some()
    }

    /// Whether tokens of a kind have a rate that is not the text's.
    pub fn has_rate_apart(
        &self,
        kind: &ResourceType,
        text: &ResourceType,
        tier: &str,
        conditions: &Conditions<'_>,
    ) -> bool {
        let rate = |resource| self.select(resource, tier, conditions);
        let Some(own) = rate(kind) else { return false };
        rate(text).is_none_or(|text| {
            i128::from(own.rate_pico) * i128::from(text.per)
                != i128::from(text.rate_pico) * i128::from(own.per)
        })
    }

    /// The row that applies: the most specific region, then the highest context tier reached, then
    /// a time window over none, then the latest start.
    pub fn select(
        &self,
        resource: &ResourceType,
        tier: &str,
        conditions: &Conditions<'_>,
    ) -> Option<&PriceRow> {
        let start = self
            .rows
            .partition_point(|(row, _)| row.resource < *resource);
        let rows = self.rows.get(start..)?.iter();
        let applicable = rows
            .take_while(|(row, _)| row.resource == *resource)
            .filter_map(|(row, schedule)| {
                let fits = row.min_context <= conditions.context
                    && row.service_tier == tier
                    && row.in_force(conditions.at)
                    && schedule
                        .as_ref()
                        .is_none_or(|windows| windows.contains(conditions.at));
                let region = region_rank(&row.region, conditions.regions).filter(|_| fits)?;
                Some((
                    (
                        region,
                        row.min_context,
                        schedule.is_some(),
                        row.valid_from,
                        row.id,
                    ),
                    row,
                ))
            });
        applicable
            .max_by(|(left, _), (right, _)| left.cmp(right))
            .map(|(_, row)| row)
    }
}

/// 0 for everywhere, more for what is more specific, nothing for another region.
fn region_rank(region: &str, [first, second]: [&str; 2]) -> Option<u8> {
    if region.is_empty() {
        Some(0)
    } else if region == first {
        Some(2)
    } else if region == second {
        Some(1)
    } else {
        None
    }
}
