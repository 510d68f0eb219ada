//! What an isolate has seen the ledger keep of sessions: their names, the models and agents that
//! they touched, and what agents and users are called. Neither is ever taken away, so a batch of which all is known need not write it again.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
};

use cost_calculation::canonical_provider;
use events::Interaction;

/// The most facts that are remembered; past it the set begins anew.
const FACTS_MAX: usize = 20_000;

/// Digests of session, provider, model and agent, and of what people call agent and user.
///
/// A digest that stands for another, or a database that was set back, harms nothing for long: a
/// session without a name keeps the whole batch out, which is sent again with everything, and the
/// verification adds a row of `session_models` that is missing.
#[derive(Debug, Default)]
pub struct KnownSessions(HashSet<u64>);

impl KnownSessions {
    /// Whether all of it was seen.
    pub(super) fn know<'a>(&self, mut batch: impl Iterator<Item = &'a Interaction>) -> bool {
        batch.all(|interaction| self.0.contains(&digest(interaction)))
    }

    /// Remembers what was recorded.
    pub(super) fn remember<'a>(&mut self, batch: impl Iterator<Item = &'a Interaction>) {
        if self.0.len() >= FACTS_MAX {
            self.0.clear();
        }
        self.0.extend(batch.map(digest));
    }
}

fn digest(interaction: &Interaction) -> u64 {
    let mut hasher = DefaultHasher::new();
    (
        &interaction.session_id,
        canonical_provider(&interaction.provider),
        &interaction.model_name,
        &interaction.agent,
        &interaction.agent_name,
        (
            &interaction.tenant_id,
            &interaction.user_id,
            &interaction.user_label,
        ),
    )
        .hash(&mut hasher);
    hasher.finish()
}
