//! The rates that a reported model is priced by.
use std::borrow::Cow;

use crate::Billable;
use crate::MatchKind;
use crate::MatchedModel;
use crate::PriceBook;
use crate::names::model_name::normalize_tier;
use crate::names::resolve_model::{Candidate, walk_candidates};
use crate::rates::rate_selection::ModelRates;

/// A reported model, found in the book.
pub(crate) struct Resolved<'b> {
    pub rates: &'b ModelRates,
    pub matched: MatchedModel,
    /// The second region that may apply, or empty.
    pub wider_region: Cow<'static, str>,
    pub kind: MatchKind,
}

/// The first key of the ladder with a row in force.
pub(crate) fn resolve<'b>(book: &'b PriceBook, billable: &Billable<'_>) -> Option<Resolved<'b>> {
    walk_candidates(book, billable, &mut |candidate: &Candidate<'_>| {
        let rates = book.rates(candidate.provider, candidate.model)?;
        if !rates.any_in_force(billable.price_time) {
            return None;
        }
        let region = billable.region.trim().to_ascii_lowercase();
        let (region, wider_region) = if candidate.region.is_empty() {
            (region, Cow::Borrowed(""))
        } else if candidate.provider == "aws" && candidate.region != "global" {
            // Bedrock's price lists know one price for every geography.
            (candidate.region.to_owned(), Cow::Borrowed("regional"))
        } else {
            (candidate.region.to_owned(), Cow::Owned(region))
        };
        let service_tier = if candidate.service_tier.is_empty() {
            normalize_tier(billable.service_tier)
        } else {
            Cow::Owned(candidate.service_tier.to_owned())
        };
        let (provider, model) = (candidate.provider.to_owned(), candidate.model.to_owned());
        let matched = MatchedModel {
            provider,
            model,
            region,
            service_tier,
        };
        Some(Resolved {
            rates,
            matched,
            wider_region,
            kind: candidate.kind,
        })
    })
}

impl PriceBook {
    /// The key of the book that the interaction's model is priced by, and how it was found.
    pub fn resolve(&self, billable: &Billable<'_>) -> Option<(MatchedModel, MatchKind)> {
        resolve(self, billable).map(|resolved| (resolved.matched, resolved.kind))
    }
}
