//! The prices in force, a model's history, where sources differ, what has no price.
use cost_calculation::{DAY_MS, ParsedModel, canonical_provider};
use edge::Problem;
use edge::request::parameters;
use edge::respond::json;
use price_book::assumed::assumptions;
use price_book::{conflicts as conflict_list, unpriced as unpriced_list};
use price_book::{
    rates,
    rates::{RATES_PAGE_MAX, RateFilter, rate_text},
};
use serde_json::{Value, json};
use worker::{Request, Response};

use crate::show_rate;
use crate::visit::Visit;

/// Rows on a page without `limit`.
const LIMIT_DEFAULT: u32 = 100;
/// The last row that can be paged to.
const OFFSET_MAX: u32 = 1_000_000;

/// `GET /pricing/rates`.
pub(crate) async fn rates(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    visit.reader(request).await?;
    let query = parameters(
        request,
        &[
            "provider",
            "model",
            "search",
            "resource_type",
            "source",
            "at",
            "limit",
            "offset",
        ],
    )?;
    let provider = query
        .given("provider")
        .map(|name| canonical_provider(name).into_owned());
    let model = query.given("model");
    let filter = RateFilter {
        model: model.map(|name| book_model(provider.as_deref(), name)),
        provider,
        search: query.given("search").map(str::to_lowercase),
        resource_type: query.given("resource_type").map(str::to_owned),
        source: query.given("source").map(str::to_owned),
        at: query.moment("at")?.unwrap_or(visit.received_at).0,
        now: visit.received_at.0,
        limit: query.number("limit", LIMIT_DEFAULT, 1..=RATES_PAGE_MAX)?,
        offset: query.number("offset", 0, 0..=OFFSET_MAX)?,
    };
    let page = rates::rates(&visit.suite.database, &filter).await?;
    json(
        200,
        &json!({
            "total": page.total,
            "limit": filter.limit,
            "offset": filter.offset,
            "at": show_rate::moment(filter.at),
            "items": page.rates.iter().map(show_rate::rate).collect::<Vec<_>>(),
        }),
    )
}

fn book_model(provider: Option<&str>, name: &str) -> String {
    ParsedModel::parse(provider.unwrap_or_default(), name).model
}

/// `GET /pricing/history`.
pub(crate) async fn history(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    visit.reader(request).await?;
    let query = parameters(request, &["provider", "model", "resource_type"])?;
    let provider = canonical_provider(query.required("provider")?).into_owned();
    let model = book_model(Some(&provider), query.given("model").unwrap_or_default());
    let resource_type = query.given("resource_type");
    let database = &visit.suite.database;
    let rows = rates::history(
        database,
        &provider,
        &model,
        resource_type,
        visit.received_at,
    )
    .await?;
    if rows.is_empty() {
        return Err(Problem::not_found(
            "the book has no price of this provider and model; GET /pricing/rates?search=… finds \
             names",
        ));
    }
    json(
        200,
        &json!({
            "provider": provider,
            "model": model,
            "total": rows.len(),
            "items": rows.iter().map(show_rate::rate).collect::<Vec<_>>(),
        }),
    )
}

/// `GET /pricing/assumed`.
pub(crate) async fn assumed(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    visit.reader(request).await?;
    parameters(request, &[])?;
    let items = assumptions(&visit.suite.database, visit.received_at).await?;
    json(200, &json!({ "items": items }))
}

/// `GET /pricing/conflicts`.
pub(crate) async fn conflicts(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    visit.reader(request).await?;
    let query = parameters(request, &["provider", "limit", "offset"])?;
    let provider = query
        .given("provider")
        .map(|name| canonical_provider(name).into_owned());
    let limit = query.number("limit", LIMIT_DEFAULT, 1..=RATES_PAGE_MAX)?;
    let offset = query.number("offset", 0, 0..=OFFSET_MAX)?;
    let found = conflict_list::conflicts(
        &visit.suite.database,
        provider.as_deref(),
        visit.received_at,
        limit,
        offset,
    )
    .await?;
    let items: Vec<Value> = found
        .iter()
        .map(|conflict| {
            json!({
                "provider": conflict.provider,
                "model": conflict.model,
                "resource_type": conflict.resource_type,
                "region": conflict.region,
                "service_tier": conflict.service_tier,
                "min_context": conflict.min_context,
                "schedule": conflict.schedule,
                "source": conflict.source,
                "rate": rate_text(&conflict.resource_type, conflict.rate),
                "per": conflict.per,
                "other_source": conflict.other_source,
                "other_rate": rate_text(&conflict.resource_type, conflict.other_rate),
            })
        })
        .collect();
    json(
        200,
        &json!({ "limit": limit, "offset": offset, "items": items }),
    )
}

/// `GET /pricing/unpriced`.
pub(crate) async fn unpriced(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    visit.reader(request).await?;
    let query = parameters(request, &["days"])?;
    let days = query.number("days", 35, 1..=400)?;
    let since = cost_calculation::UnixMillis(visit.received_at.0 - i64::from(days) * DAY_MS);
    let since_day = visit.suite.reporting_zone.day(since);
    let database = &visit.suite.database;
    let models = unpriced_list::models(database, &since_day, visit.received_at).await?;
    json(
        200,
        &json!({ "since": since_day, "total": models.len(), "items": models }),
    )
}
