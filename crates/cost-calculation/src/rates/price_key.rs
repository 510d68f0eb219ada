//! Under which key of the book an operator prices what has no price.
use std::borrow::Cow;

use crate::Billable;
use crate::Component;
use crate::MatchedModel;
use crate::ParsedModel;
use crate::PriceBook;
use crate::ResourceType;
use crate::lines::infrastructure::{Key, TOOL_PROVIDER, compute_key, database_key};
use crate::names::model_name::normalize_tier;
use crate::names::resolve_model::{billed_provider, walk_candidates};
use crate::rates::matched_rates::resolve;
use crate::rates::rate_selection::STANDARD;

/// The key under which a rate for this resource of this interaction is looked up: a rate that is put
/// there, for every region, prices it.
///
/// The book has to know the keys of [`PriceBook::keys_needed`]. `None` where no rate could price it:
/// tokens of an interaction that names no model.
pub fn price_key(
    book: &PriceBook,
    billable: &Billable<'_>,
    resource: &ResourceType,
) -> Option<MatchedModel> {
    let plain = |provider: Cow<'_, str>, model: &str| MatchedModel {
        provider: provider.into_owned(),
        model: model.to_owned(),
        region: String::new(),
        service_tier: Cow::Borrowed(STANDARD),
    };
    let of_key = |(provider, model): Key<'_>| plain(provider, &model);
    match resource.component() {
        Component::DbOps => Some(of_key(database_key(book, billable))),
        Component::ComputeTime => Some(of_key(compute_key(book, billable))),
        Component::AiTokens => resolve(book, billable)
            .map(|resolved| MatchedModel {
                region: String::new(),
                ..resolved.matched
            })
            .or_else(|| first_candidate(book, billable)),
        Component::ApiCalls => {
            let is_tool = resource.as_str().starts_with("tool:");
            let provider = billed_provider(book, billable);
            if is_tool || provider.is_empty() {
                return Some(plain(Cow::Borrowed(TOOL_PROVIDER), ""));
            }
            match resolve(book, billable) {
                Some(resolved) => Some(plain(
                    Cow::Owned(resolved.matched.provider),
                    &resolved.matched.model,
                )),
                None => Some(plain(provider, "")),
            }
        }
    }
}

/// The model as its provider's rules read the name that was reported.
fn first_candidate(book: &PriceBook, billable: &Billable<'_>) -> Option<MatchedModel> {
    walk_candidates(book, billable, &mut |candidate| {
        let name = ParsedModel::parse(candidate.provider, candidate.model);
        let service_tier = if name.service_tier.is_empty() {
            normalize_tier(billable.service_tier)
        } else {
            Cow::Owned(name.service_tier)
        };
        Some(MatchedModel {
            provider: candidate.provider.to_owned(),
            model: name.model,
            region: String::new(),
            service_tier,
        })
    })
}
