//! What of the price book an estimate could look up: so that a ledger loads that and no more.
use crate::Billable;
use crate::PriceBook;
use crate::lines::infrastructure;
use crate::names::resolve_model::{Candidate, walk_candidates};

impl PriceBook {
    /// Every `(provider, model)` key that [`crate::estimate()`] could look up for this interaction:
    /// what a ledger has to load before it estimates. No key appears twice.
    pub fn keys_needed(&self, billable: &Billable<'_>) -> Vec<(String, String)> {
        let mut keys: Vec<(String, String)> = Vec::new();
        let mut need = |provider: &str, model: &str| {
            if !keys.iter().any(|(p, m)| p == provider && m == model) {
                keys.push((provider.to_owned(), model.to_owned()));
            }
        };
        walk_candidates::<()>(self, billable, &mut |candidate: &Candidate<'_>| {
            need(candidate.provider, candidate.model);
            need(candidate.provider, "");
            None
        });
        for (provider, model) in infrastructure::keys(self, billable) {
            need(&provider, &model);
        }
        keys
    }

    /// The keys of [`PriceBook::keys_needed`] that the book doesn't know yet.
    pub fn keys_missing(&self, billable: &Billable<'_>) -> Vec<(String, String)> {
        let mut keys = self.keys_needed(billable);
        keys.retain(|(provider, model)| !self.knows(provider, model));
        keys
    }
}
