//! What the tokens of two periods are worth at each one's list prices: how the bridge tells a
//! change of price from a change of use.
//!
//! A list price is what the engine asks for tokens of one bucket in one model, small context,
//! standard tier, at noon of a day. Only models whose list price changed within the two periods
//! are valued day by day; for the others the two values are the same.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use cost_calculation::{Billable, Flags, PriceBook, TokenUsage, Units, UnixMillis, estimate};
use serde_json::json;

use super::bridge::BridgeItem;
use crate::{
    ask::{problem::QueryError, reader::Reader},
    sums::day_items::{DayItem, DayItems},
};
use cost_calculation::divide_half_even;
use ledger_core::database::{Database, Statement};
use price_book::read_book::PriceCache;
use reporting_days::calendar::{DayRange, day_of, day_start, next_day};

/// Tokens that a list price is asked for: fewer than any context tier begins with.
const TOKENS: u64 = 100_000;
/// The most days on which prices changed that are looked at; past it, unit prices decide.
const CHANGE_DAYS_MAX: usize = 400;
const PER_MILLION: i128 = 1_000_000;
const NOON_MS: i64 = 12 * 3_600_000;

// Index prices_by_start.
const CHANGES: &str = "
SELECT json_array(valid_from) FROM (
  SELECT DISTINCT valid_from FROM prices
  WHERE valid_from >= ?1 ->> 'from' AND valid_from < ?1 ->> 'to' AND status = 'active'
  ORDER BY valid_from LIMIT ?1 ->> 'limit')";

/// Picodollars for a million tokens.
type ListPrice = i128;
type Buckets<T> = [T; 10];
/// An item's list prices from each of some days on.
type DayPrices = Vec<(NaiveDate, Buckets<Option<ListPrice>>)>;

/// An item's list price of each bucket on a day.
fn list_prices(book: &PriceBook, item: &BridgeItem, at: UnixMillis) -> Buckets<Option<ListPrice>> {
    std::array::from_fn(|bucket| {
        let mut counts = [0; 10];
        if let Some(count) = counts.get_mut(bucket) {
            *count = TOKENS;
        }
        let usage = usage_of(counts);
        let units = Units::default();
        let estimate = estimate(book, &billable(item, &usage, &units, at)).ok()?;
        let line = estimate.lines.iter().find(|line| line.quantity == TOKENS)?;
        let (numerator, denominator) = line.multiplier;
        let rate = i128::from(line.rate_pico?) * i128::from(numerator);
        let per = i128::from(line.per) * i128::from(denominator);
        (per > 0).then(|| divide_half_even(rate * PER_MILLION, per))
    })
}

const fn usage_of(counts: [u64; 10]) -> TokenUsage {
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
    ] = counts;
    TokenUsage {
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

fn billable<'a>(
    item: &'a BridgeItem,
    usage: &'a TokenUsage,
    units: &'a Units,
    price_time: UnixMillis,
) -> Billable<'a> {
    Billable {
        provider: &item.provider,
        model: &item.model,
        endpoint: "",
        region: "",
        service_tier: "",
        usage,
        units,
        declared: None,
        reported: None,
        reading: Flags::NONE,
        price_time,
    }
}

/// Tokens of an item by day.
type DayTokens = BTreeMap<NaiveDate, Buckets<i64>>;

/// This period's tokens at the compared period's prices and at this period's; `None` where a
/// bucket in use has no list price.
fn values(
    days: &DayTokens,
    compared: (DayRange, DayRange),
    price_on: impl Fn(NaiveDate, usize) -> Option<ListPrice>,
) -> Option<(i128, i128)> {
    let (current, previous) = compared;
    let (mut at_old, mut at_new) = (0_i128, 0_i128);
    for bucket in 0..10 {
        let tokens_on = |tokens: &Buckets<i64>| tokens.get(bucket).copied().unwrap_or(0);
        // Tokens and their value in one period.
        let period = |range: DayRange| {
            days.range(range.start..=range.end)
                .try_fold((0_i128, 0_i128), |sum, (day, tokens)| {
                    let tokens = i128::from(tokens_on(tokens));
                    if tokens == 0 {
                        return Some(sum);
                    }
                    let price = price_on(*day, bucket)?;
                    Some((
                        sum.0 + tokens,
                        sum.1.checked_add(tokens.checked_mul(price)?)?,
                    ))
                })
        };
        let (tokens_now, value_now) = period(current)?;
        if tokens_now == 0 {
            continue;
        }
        at_new += value_now;
        at_old += match period(previous)? {
            (0, _) => tokens_now * price_on(previous.end, bucket)?,
            (tokens_then, value_then) => {
                let product = tokens_now.checked_mul(value_then)?;
                divide_half_even(product, tokens_then)
            }
        };
    }
    Some((at_old, at_new))
}

/// Whether a period can be told from the other by list prices: both have tokens.
fn has_tokens(item: &BridgeItem) -> bool {
    item.current.token_count() > 0 && item.previous.token_count() > 0
}

impl<D: Database> Reader<'_, D> {
    /// Sets [`BridgeItem::list_values`] of the items that list prices can tell about.
    pub(crate) async fn set_list_values(
        &self,
        rows: &DayItems,
        items: &mut [BridgeItem],
        compared: (DayRange, DayRange),
    ) -> Result<(), QueryError> {
        let Some(book) = self.list_book(items, compared.0).await? else {
            return Ok(());
        };
        let Some(days) = self.price_days(compared).await? else {
            return Ok(());
        };
        let prices_by_item: Vec<DayPrices> = items
            .iter()
            .map(|item| {
                if !has_tokens(item) {
                    return Vec::new();
                }
                days.iter()
                    .map(|day| (*day, list_prices(&book, item, self.noon(*day))))
                    .collect()
            })
            .collect();
        let changed: Vec<(&str, &str, &str)> = items
            .iter()
            .zip(&prices_by_item)
            .filter(|(_, prices)| {
                prices
                    .windows(2)
                    .any(|pair| matches!(pair, [a, b] if a.1 != b.1))
            })
            .map(|(item, _)| (&*item.provider, &*item.model, &*item.kind))
            .collect();
        let tokens = if changed.is_empty() {
            BTreeMap::new()
        } else {
            tokens_by_day(rows, &changed, compared)
        };
        let found: Vec<Option<(i128, i128)>> = items
            .iter()
            .zip(&prices_by_item)
            .map(|(item, prices)| {
                let key = (item.provider.clone(), item.model.clone(), item.kind.clone());
                value_of(item, prices, tokens.get(&key), compared)
            })
            .collect();
        for (item, list_values) in items.iter_mut().zip(found) {
            item.list_values = list_values;
        }
        Ok(())
    }

    /// When a day's prices are looked up.
    fn noon(&self, day: NaiveDate) -> UnixMillis {
        UnixMillis(day_start(self.zone, day).0 + NOON_MS)
    }

    /// The book of the items that list prices can tell about; `None` without any.
    async fn list_book(
        &self,
        items: &[BridgeItem],
        current: DayRange,
    ) -> Result<Option<PriceBook>, QueryError> {
        let (usage, units) = (usage_of([1; 10]), Units::default());
        let at = self.noon(current.end);
        let billables: Vec<Billable<'_>> = items
            .iter()
            .filter(|item| has_tokens(item))
            .map(|item| billable(item, &usage, &units, at))
            .collect();
        if billables.is_empty() {
            return Ok(None);
        }
        let mut cache = PriceCache::default();
        let prepared = cache.prepare(self.database, &billables, self.now).await?;
        Ok(Some(prepared.0.clone()))
    }

    /// The first days of both periods, and the day of and after each change of a price; `None` where
    /// there are too many.
    async fn price_days(
        &self,
        (current, previous): (DayRange, DayRange),
    ) -> Result<Option<BTreeSet<NaiveDate>>, QueryError> {
        let (from, to) = (
            day_start(self.zone, previous.start.min(current.start)),
            day_start(self.zone, current.end).0 + 2 * NOON_MS,
        );
        let parameter = json!({ "from": from, "to": to, "limit": CHANGE_DAYS_MAX });
        let changes = self.database.query(Statement::with(CHANGES, &parameter)?);
        let changes: Vec<(i64,)> = changes.await?.decode()?;
        if changes.len() >= CHANGE_DAYS_MAX {
            return Ok(None);
        }
        let mut days: BTreeSet<NaiveDate> = [current.start, previous.start, previous.end].into();
        for (valid_from,) in changes {
            let day = day_of(self.zone, UnixMillis(valid_from));
            days.extend([day, next_day(day)]);
        }
        Ok(Some(days))
    }
}

/// An item's value at the other period's prices and at its own; `tokens` are its days' where a price
/// has changed.
fn value_of(
    item: &BridgeItem,
    prices: &[(NaiveDate, Buckets<Option<ListPrice>>)],
    tokens: Option<&DayTokens>,
    compared: (DayRange, DayRange),
) -> Option<(i128, i128)> {
    let (_, first) = prices.first()?;
    let Some(tokens) = tokens else {
        let in_use = item.current.tokens.iter().map(|count| *count > 0);
        let mut of_buckets = first.iter().zip(in_use);
        let all_listed = of_buckets.all(|(price, is_used)| price.is_some() || !is_used);
        return all_listed.then_some((1, 1));
    };
    values(tokens, compared, |day, bucket| {
        let at = prices
            .partition_point(|(from, _)| *from <= day)
            .saturating_sub(1);
        prices.get(at)?.1.get(bucket).copied().flatten()
    })
}

/// Tokens by day of some items in both periods.
fn tokens_by_day(
    rows: &DayItems,
    items: &[(&str, &str, &str)],
    (current, previous): (DayRange, DayRange),
) -> BTreeMap<(String, String, String), DayTokens> {
    let mut tokens: BTreeMap<(String, String, String), DayTokens> = BTreeMap::new();
    for DayItem(day, provider, model, kind, figures) in rows.rows() {
        let is_within = current.contains(*day) || previous.contains(*day);
        if is_within && items.contains(&(provider.as_str(), model.as_str(), kind.as_str())) {
            let key = (provider.clone(), model.clone(), kind.clone());
            let sums = tokens
                .entry(key)
                .or_default()
                .entry(*day)
                .or_insert([0; 10]);
            for (sum, count) in sums.iter_mut().zip(figures.tokens) {
                *sum += count;
            }
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, number).expect("a date")
    }

    fn tokens(input: i64, output: i64) -> Buckets<i64> {
        let mut tokens = [0; 10];
        tokens[0] = input;
        tokens[4] = output;
        tokens
    }

    #[test]
    fn this_periods_tokens_are_valued_at_both_periods_prices() {
        let compared = (
            DayRange {
                start: day(3),
                end: day(4),
            },
            DayRange {
                start: day(1),
                end: day(2),
            },
        );
        let days = DayTokens::from([
            (day(1), tokens(10, 0)),
            (day(2), tokens(30, 5)),
            (day(3), tokens(20, 0)),
            (day(4), tokens(20, 7)),
        ]);
        // Input costs 2 until the 3rd and 3 from the 4th; output always 10.
        let price = |on: NaiveDate, bucket: usize| {
            Some(if bucket == 4 {
                10
            } else if on < day(4) {
                2
            } else {
                3
            })
        };
        assert_eq!(values(&days, compared, price), Some((150, 170)));
        // A bucket without list price leaves the unit price to decide.
        let unlisted = |on: NaiveDate, bucket: usize| price(on, bucket).filter(|_| bucket != 4);
        assert_eq!(values(&days, compared, unlisted), None);
    }
}
