//! The operator's word on whose reported costs count, by provider and from a moment on.
use std::collections::BTreeMap;

use cost_calculation::{Flag, Flags, UnixMillis, canonical_provider};

/// Changes of one provider that are kept.
const CHANGES_MAX: usize = 100;
/// Providers that have a setting.
const PROVIDERS_MAX: usize = 200;

/// Which amounts of a provider count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counts {
    /// None: the estimate does.
    No,
    /// Those in the provider's own usage object.
    Provider,
    /// Those that a sender states beside it too.
    Any,
}

impl Counts {
    pub(crate) const ALL: [Self; 3] = [Self::No, Self::Provider, Self::Any];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Provider => "provider",
            Self::Any => "any",
        }
    }
}

/// The settings by provider: each holds from its moment on, until the next one's. Without one no
/// reported cost counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportedCostSettings(BTreeMap<String, BTreeMap<i64, Counts>>);

/// A change that an admin asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedCostChange {
    /// The provider, by its canonical name.
    pub provider: String,
    pub(crate) counts: Counts,
    /// From when on.
    pub valid_from: UnixMillis,
}

impl ReportedCostSettings {
    /// Whether a reported cost counts, of a provider's call at a moment and with these remarks on
    /// its reading.
    pub fn counts(&self, provider: &str, at: UnixMillis, reading: Flags) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let changes = self.0.get(canonical_provider(provider).as_ref());
        let set = changes.and_then(|changes| changes.range(..=at.0).next_back());
        match set.map(|(_, counts)| *counts) {
            None | Some(Counts::No) => false,
            Some(Counts::Provider) => !reading.contains(Flag::ReportedBySender),
            Some(Counts::Any) => true,
        }
    }

    /// The same after a change: what was to hold later than its moment does not any more. `None`
    /// where there are too many providers.
    #[must_use]
    pub fn after(mut self, change: &ReportedCostChange) -> Option<Self> {
        let changes = self.0.entry(change.provider.clone()).or_default();
        changes.retain(|from, _| *from < change.valid_from.0);
        changes.insert(change.valid_from.0, change.counts);
        while changes.len() > CHANGES_MAX {
            changes.pop_first();
        }
        (self.0.len() <= PROVIDERS_MAX).then_some(self)
    }

    /// As `ledger_state.reported_costs` holds it: `{"openrouter":[[0,"provider"]]}`.
    pub fn to_json(&self) -> String {
        let providers = self.0.iter().map(|(provider, changes)| {
            let pairs = changes.iter().map(|(from, counts)| (from, counts.as_str()));
            (
                provider.clone(),
                serde_json::json!(pairs.collect::<Vec<_>>()),
            )
        });
        serde_json::Value::Object(providers.collect()).to_string()
    }

    /// Reads the text of [`ReportedCostSettings::to_json`]; `None` where it is none.
    pub fn from_json(text: &str) -> Option<Self> {
        let providers: BTreeMap<String, Vec<(i64, String)>> = serde_json::from_str(text).ok()?;
        let mut settings = BTreeMap::new();
        for (provider, changes) in providers {
            let changes = changes.into_iter().map(|(from, word)| {
                let counts = Counts::ALL
                    .into_iter()
                    .find(|counts| counts.as_str() == word)?;
                Some((from, counts))
            });
            settings.insert(provider, changes.collect::<Option<_>>()?);
        }
        Some(Self(settings))
    }

    /// The changes one by one: provider, from when on in unix milliseconds, and what counts.
    pub fn changes(&self) -> impl Iterator<Item = (&str, i64, &'static str)> {
        self.0.iter().flat_map(|(provider, changes)| {
            changes
                .iter()
                .map(move |(from, counts)| (provider.as_str(), *from, counts.as_str()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_reported_cost_change;

    fn set(settings: ReportedCostSettings, body: &str) -> ReportedCostSettings {
        let change = parse_reported_cost_change(body.as_bytes()).unwrap();
        settings.after(&change).unwrap()
    }

    const DAY: i64 = 1_795_392_000_000; // 2026-11-23

    #[test]
    fn no_amount_counts_until_an_operator_says_so_and_from_then_on() {
        let none = ReportedCostSettings::default();
        assert!(!none.counts("openrouter", UnixMillis(DAY), Flags::NONE));
        let set = set(
            none,
            r#"{"provider":"OpenRouter","counts":"provider","valid_from":"2026-11-23T00:00:00Z"}"#,
        );
        assert!(set.counts("openrouter", UnixMillis(DAY), Flags::NONE));
        assert!(!set.counts("openrouter", UnixMillis(DAY - 1), Flags::NONE));
        assert!(!set.counts("openai", UnixMillis(DAY), Flags::NONE));
    }

    #[test]
    fn what_a_sender_states_counts_only_where_any_amount_does() {
        let by_sender = Flags::NONE.with(Flag::ReportedBySender);
        let own = set(
            ReportedCostSettings::default(),
            r#"{"provider":"litellm","counts":"provider"}"#,
        );
        assert!(!own.counts("litellm", UnixMillis(DAY), by_sender));
        let any = set(own, r#"{"provider":"litellm","counts":"any"}"#);
        assert!(any.counts("litellm", UnixMillis(DAY), by_sender));
        let off = set(
            any,
            r#"{"provider":"litellm","counts":"no","valid_from":"2026-11-23T00:00:00Z"}"#,
        );
        assert!(!off.counts("litellm", UnixMillis(DAY), by_sender));
        assert_eq!(ReportedCostSettings::from_json(&off.to_json()), Some(off));
    }

    #[test]
    fn what_is_no_setting_is_refused_by_its_field() {
        let refused = |body: &str| {
            parse_reported_cost_change(body.as_bytes())
                .unwrap_err()
                .field
        };
        assert_eq!(refused(r#"{"counts":"any"}"#), "provider");
        assert_eq!(refused(r#"{"provider":"openrouter"}"#), "counts");
        assert_eq!(
            refused(r#"{"provider":"openrouter","counts":"yes"}"#),
            "counts"
        );
        assert_eq!(
            ReportedCostSettings::from_json(r#"{"openrouter":[[0,"maybe"]]}"#),
            None
        );
    }
}
