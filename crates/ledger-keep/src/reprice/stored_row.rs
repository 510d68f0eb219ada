//! An interaction as its columns hold it, with the estimate that counts: what is estimated again.

use cost_calculation::{
    Billable, Component, Declared, Estimate, Flag, Flags, Lifetime, MatchKind, PicoUsd, TokenUsage,
    Units, UnixMillis,
};
use events::{CacheWriteLifetimes, OperatorWords};
use serde::Deserialize;
use serde_json::{Value, json};

use ledger_core::{
    database::DatabaseError, estimate_lines::compact_lines, interaction_columns::units_from_json,
};

/// An interaction as its columns hold it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct StoredRow {
    pub(crate) key: i64,
    /// The id that the caller gave.
    pub(crate) id: String,
    /// Its day in the reporting zone.
    pub(crate) day: String,
    pub(crate) revision: i64,
    pub(crate) provider: String,
    pub(crate) model: String,
    /// Endpoint, region and service tier.
    served: [Option<String>; 3],
    pub(crate) tokens: [u64; 10],
    units: Option<String>,
    /// The declared cost with its component, and the reported one.
    stated: (Option<i64>, Option<String>, Option<i64>),
    pub(crate) reading: u32,
    price_time: i64,
    pub(crate) price_state: String,
    pub(crate) costs: [Option<i64>; 5],
    /// The lines of the estimate that counts, as they are stored.
    pub(crate) lines: String,
    /// The remarks on the reading as they are stored.
    #[serde(skip)]
    stored_reading: Option<u32>,
    /// Cache writes that were taken for those of five minutes and live an hour; below zero the other
    /// way round.
    #[serde(skip)]
    pub(crate) moved_to_one_hour: i64,
}

/// A row of `i` with its estimate `e`, as [`StoredRow`] reads it: a function of D1 takes 32 arguments.
pub(crate) const STORED_ROW: &str =
    "json_object('key', i.interaction_key, 'id', i.id, 'day', i.day,
  'revision', e.revision, 'provider', i.provider, 'model', i.model_name,
  'served', json_array(i.endpoint, i.region, i.service_tier),
  'tokens', json_array(i.input_tokens, i.cache_read_tokens, i.cache_write_5m_tokens,
    i.cache_write_1h_tokens, i.output_tokens, i.reasoning_tokens, i.audio_in_tokens,
    i.audio_out_tokens, i.image_in_tokens, i.image_out_tokens),
  'units', i.units, 'stated', json_array(i.declared_cost, i.declared_category,
    i.reported_cost),
  'reading', i.reading, 'price_time', i.price_time, 'price_state', e.price_state,
  'costs', json_array(e.ai_tokens_cost, e.db_ops_cost, e.api_calls_cost, e.compute_time_cost,
    e.total_cost),
  'lines', e.lines)";

impl StoredRow {
    pub(crate) fn consumed(&self) -> Result<(TokenUsage, Units), DatabaseError> {
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
        ] = self.tokens;
        let usage = TokenUsage {
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
        };
        let units = units_from_json(self.units.as_deref())
            .map_err(|error| DatabaseError::Decode(format!("units of {}: {error}", self.key)))?;
        Ok((usage, units))
    }

    pub(crate) fn billable<'a>(&'a self, (usage, units): &'a (TokenUsage, Units)) -> Billable<'a> {
        let (declared_cost, category, reported_cost) = &self.stated;
        let component = Component::ALL
            .into_iter()
            .find(|component| category.as_deref() == Some(component.as_str()));
        let [endpoint, region, service_tier] = &self.served;
        Billable {
            provider: &self.provider,
            model: &self.model,
            endpoint: endpoint.as_deref().unwrap_or_default(),
            region: region.as_deref().unwrap_or_default(),
            service_tier: service_tier.as_deref().unwrap_or_default(),
            usage,
            units,
            declared: declared_cost
                .zip(component)
                .map(|(amount, component)| Declared {
                    component,
                    amount: PicoUsd::new(amount),
                }),
            reported: reported_cost.map(PicoUsd::new),
            reading: Flags::from_bits(self.reading),
            price_time: UnixMillis(self.price_time),
        }
    }

    /// Takes what the operator says now of what nothing in the call tells.
    pub(crate) fn set_by_operator(&mut self, source: &str, words: &OperatorWords) {
        self.stored_reading = Some(self.reading);
        self.set_untold_lifetime(source, &words.lifetimes);
        let reading = Flags::from_bits(self.reading);
        let counts = self.stated.2.is_some()
            && words
                .reported
                .counts(&self.provider, UnixMillis(self.price_time), reading);
        self.reading = if counts {
            reading.with(Flag::Reported)
        } else {
            reading.without(Flag::Reported)
        }
        .bits();
    }

    /// Takes its cache writes for what the operator says of them now, where nothing in the call told
    /// their lifetime.
    fn set_untold_lifetime(&mut self, source: &str, lifetimes: &CacheWriteLifetimes) {
        const UNTOLD: [Flag; 2] = [Flag::CacheLifetimeAssumed, Flag::CacheLifetimeBySetting];
        let reading = Flags::from_bits(self.reading);
        let is_untold = UNTOLD.into_iter().any(|flag| reading.contains(flag));
        // Where another part of the figures was doubtful, some of the lifetimes may have been told.
        if !is_untold || reading.contains(Flag::UnreadUsage) {
            return;
        }
        let [_, _, short, long, ..] = &mut self.tokens;
        let written = short.saturating_add(*long);
        let was_long = i64::try_from(*long).unwrap_or(i64::MAX);
        let lifetime = lifetimes.of(source, &self.provider, UnixMillis(self.price_time));
        (*short, *long) = match lifetime {
            Some(Lifetime::OneHour) => (0, written),
            Some(Lifetime::FiveMinutes) | None => (written, 0),
        };
        self.moved_to_one_hour = i64::try_from(*long).unwrap_or(i64::MAX) - was_long;
        let flag = match lifetime {
            Some(_) => Flag::CacheLifetimeBySetting,
            None => Flag::CacheLifetimeAssumed,
        };
        let without = UNTOLD.into_iter().fold(reading, Flags::without);
        self.reading = without.with(flag).bits();
    }

    pub(crate) fn differs(&self, new: &Estimate) -> bool {
        self.moved_to_one_hour != 0
            || self
                .stored_reading
                .is_some_and(|stored| is_reported(stored) != is_reported(self.reading))
            || self.price_state != new.price_state.as_str()
            || self.costs != costs(new)
    }

    pub(crate) fn revision_of(&self, new: &Estimate) -> Value {
        let [ai_tokens, db_ops, api_calls, compute_time, total] = costs(new);
        json!([
            self.key,
            self.revision,
            ai_tokens,
            db_ops,
            api_calls,
            compute_time,
            total,
            new.cache_savings.get(),
            new.price_state.as_str(),
            new.match_kind.map(MatchKind::as_str),
            new.calculation_version,
            compact_lines(&new.lines),
            self.moved_to_one_hour,
            self.reading,
        ])
    }
}

fn is_reported(reading: u32) -> bool {
    Flags::from_bits(reading).contains(Flag::Reported)
}

fn costs(estimate: &Estimate) -> [Option<i64>; 5] {
    [
        estimate.ai_tokens,
        estimate.db_ops,
        estimate.api_calls,
        estimate.compute_time,
        estimate.total,
    ]
    .map(|cost| cost.map(PicoUsd::get))
}
