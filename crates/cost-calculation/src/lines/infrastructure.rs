//! Where the rates of database operations, compute time and API calls stand in the book.
use std::borrow::Cow;

use crate::Billable;
use crate::PriceBook;
use crate::names::model_name::normalize_model;
use crate::names::resolve_model::{UNNAMED_PROVIDER, billed_provider};

/// The provider of the installation's own infrastructure.
const OWN_PROVIDER: &str = "cloudflare";
/// Rates for tools that belong to no model's provider.
pub(crate) const TOOL_PROVIDER: &str = "tool";

/// A provider and a model of the book.
pub(crate) type Key<'a> = (Cow<'a, str>, Cow<'a, str>);

/// The key of a database's rates: the named database, or the installation's own D1.
pub(crate) fn database_key<'a>(book: &'a PriceBook, billable: &Billable<'a>) -> Key<'a> {
    own_or_named(book, billable, "d1")
}

/// The key of compute time: the named service, or the installation's own Workers.
pub(crate) fn compute_key<'a>(book: &'a PriceBook, billable: &Billable<'a>) -> Key<'a> {
    own_or_named(book, billable, "workers")
}

/// An interaction with a language model names the model's provider, so what else it consumed is
/// the installation's own; an interaction without tokens that names a provider or a model names the
/// database or the service.
fn own_or_named<'a>(
    book: &'a PriceBook,
    billable: &Billable<'a>,
    own_model: &'static str,
) -> Key<'a> {
    let own = (Cow::Borrowed(OWN_PROVIDER), Cow::Borrowed(own_model));
    if billable.usage.total() > 0 {
        return own;
    }
    let provider = billed_provider(book, billable);
    let model = normalize_model(billable.model);
    match (&*provider, &*model) {
        ("" | OWN_PROVIDER, "") => own,
        ("", _) => (Cow::Borrowed(UNNAMED_PROVIDER), model),
        _ => (provider, model),
    }
}

/// The keys that price what is not a token. Nothing is loaded for what was not consumed.
pub(crate) fn keys(book: &PriceBook, billable: &Billable<'_>) -> Vec<(String, String)> {
    let units = billable.units;
    let mut keys = Vec::new();
    let mut need = |(provider, model): Key<'_>| {
        keys.push((provider.clone().into_owned(), String::new()));
        keys.push((provider.into_owned(), model.into_owned()));
    };
    if units.rows_read > 0 || units.rows_written > 0 || units.operations > 0 {
        need(database_key(book, billable));
    }
    if units.cpu_ms > 0 || units.wall_ms > 0 || units.requests > 0 {
        need(compute_key(book, billable));
    }
    if units.calls.values().any(|count| *count > 0) {
        need((billed_provider(book, billable), Cow::Borrowed("")));
        need((Cow::Borrowed(TOOL_PROVIDER), Cow::Borrowed("")));
    }
    keys
}
