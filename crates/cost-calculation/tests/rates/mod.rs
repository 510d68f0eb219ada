//! A price book in a few words, for tests.
#![allow(dead_code)] // each test file uses its part

use cost_calculation::{
    Billable, Estimate, PicoUsd, PriceBook, PriceRow, ResourceType, TokenUsage, Units, UnixMillis,
    ValidFromBasis, estimate,
};

/// 2026-11-23T12:00:00Z, a Monday.
pub const NOW: UnixMillis = UnixMillis(1_795_435_200_000);

/// One row, open since 1970 and stated, unless changed.
pub fn row(provider: &str, model: &str, resource: &str, usd: &str) -> PriceRow {
    let resource: ResourceType = resource.parse().unwrap();
    let per = match resource {
        ResourceType::Call(_) => 1_000,
        _ => 1_000_000,
    };
    PriceRow {
        id: 0,
        provider: provider.to_owned(),
        model: model.to_owned(),
        resource,
        region: String::new(),
        service_tier: "standard".to_owned(),
        min_context: 0,
        schedule: String::new(),
        rate_pico: usd.parse::<PicoUsd>().unwrap().get(),
        per,
        valid_from: UnixMillis(0),
        valid_from_basis: ValidFromBasis::Stated,
        observed_at: UnixMillis(0),
        valid_to: None,
        stale: false,
    }
}

/// Rows of one model: `[("input", "3"), …]`, USD per million tokens or thousand calls.
pub fn model(provider: &str, model: &str, prices: &[(&str, &str)]) -> Vec<PriceRow> {
    prices
        .iter()
        .map(|(resource, usd)| row(provider, model, resource, usd))
        .collect()
}

/// The rows for a larger context.
pub fn above(min_context: u64, rows: Vec<PriceRow>) -> Vec<PriceRow> {
    rows.into_iter()
        .map(|row| PriceRow { min_context, ..row })
        .collect()
}

/// The rows for a service tier.
pub fn tier(service_tier: &str, rows: Vec<PriceRow>) -> Vec<PriceRow> {
    let of_tier = |row| PriceRow {
        service_tier: service_tier.to_owned(),
        ..row
    };
    rows.into_iter().map(of_tier).collect()
}

/// The rows for a region.
pub fn region(region: &str, rows: Vec<PriceRow>) -> Vec<PriceRow> {
    rows.into_iter()
        .map(|row| PriceRow {
            region: region.to_owned(),
            ..row
        })
        .collect()
}

/// A book of these rows, numbered from 1 in their order.
pub fn book(groups: impl IntoIterator<Item = Vec<PriceRow>>) -> PriceBook {
    let rows = groups
        .into_iter()
        .flatten()
        .zip(1..)
        .map(|(row, id)| PriceRow { id, ..row });
    PriceBook::new(rows.collect(), Vec::new(), Vec::new())
}

/// A call with tokens alone.
pub fn call<'a>(provider: &'a str, model: &'a str, usage: &'a TokenUsage) -> Billable<'a> {
    static NONE: Units = Units {
        rows_read: 0,
        rows_written: 0,
        operations: 0,
        cpu_ms: 0,
        wall_ms: 0,
        requests: 0,
        calls: std::collections::BTreeMap::new(),
    };
    Billable {
        provider,
        model,
        endpoint: "",
        region: "",
        service_tier: "",
        usage,
        units: &NONE,
        declared: None,
        reported: None,
        reading: cost_calculation::Flags::NONE,
        price_time: NOW,
    }
}

/// The estimate.
pub fn price(book: &PriceBook, billable: &Billable<'_>) -> Estimate {
    estimate(book, billable).unwrap()
}

/// The total in USD, or what the price state is.
pub fn total(book: &PriceBook, billable: &Billable<'_>) -> String {
    let estimate = price(book, billable);
    let state = estimate.price_state.as_str();
    estimate
        .total
        .map_or_else(|| state.to_owned(), |total| total.to_string())
}
