//! The ladder from a reported model name to a key of the price book: exact, provider-scoped, never
//! a substring and never a default.
use crate::Billable;
use crate::MatchKind;
use crate::PriceBook;
use crate::UnixMillis;
use crate::canonical_provider;
use crate::names::model_name::{NameParts, normalize_model};
use crate::names::provider::{
    ids_contain_slashes, is_librechats_endpoint, known_provider, passes_prices_through,
    vendors_behind,
};

/// Longest model name that is looked up; the longest in public lists has 103 characters.
const NAME_MAX: usize = 256;

/// Where the models of interactions that name no provider stand in the book: nothing is there but
/// what an operator puts there.
pub(crate) const UNNAMED_PROVIDER: &str = "unknown";

/// A key that may stand in the book.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate<'a> {
    pub provider: &'a str,
    pub model: &'a str,
    /// A region that the name carried, or empty.
    pub region: &'a str,
    /// A service tier that the name carried, or empty.
    pub service_tier: &'a str,
    pub kind: MatchKind,
}

/// What is done with a candidate; something ends the walk.
type Visit<'v, T> = &'v mut dyn FnMut(&Candidate<'_>) -> Option<T>;

/// What begins the key of a custom endpoint that nobody has mapped: no list has such a provider.
const ENDPOINT: &str = "endpoint:";

/// The provider that a call is billed by: an operator's mapping of the endpoint decides, then the
/// name of one that LibreChat itself knows, then the provider as reported.
///
/// LibreChat sends its custom endpoints as provider `openAI` with the endpoint's name beside it.
/// Anything may answer there, whatever it is called and whatever its models are called. So unless
/// LibreChat itself knows the name, no list's price is its price: it is a provider of its own
/// (`endpoint:` and its name), where nothing is but what an operator puts there, until somebody maps it.
pub fn billed_provider<'a>(
    book: &'a PriceBook,
    billable: &Billable<'a>,
) -> std::borrow::Cow<'a, str> {
    let (endpoint, reported) = (billable.endpoint.trim(), billable.provider.trim());
    let named = if endpoint.is_empty() {
        reported
    } else {
        endpoint
    };
    if let Some(mapped) = book.mapping(named, billable.price_time) {
        return canonical_provider(mapped);
    }
    let provider = canonical_provider(reported);
    let stands_for_any = ["openai", "custom", ""].contains(&&*provider);
    if !stands_for_any || endpoint.is_empty() || is_endpoint_kind(endpoint) {
        return provider;
    }
    if is_librechats_endpoint(endpoint) {
        return canonical_provider(endpoint);
    }
    std::borrow::Cow::Owned(format!("{ENDPOINT}{}", endpoint.to_lowercase()))
}

/// LibreChat's own kinds of endpoint, which name no provider.
fn is_endpoint_kind(endpoint: &str) -> bool {
    [
        "agents",
        "assistants",
        "custom",
        "gptPlugins",
        "chatGPTBrowser",
    ]
    .iter()
    .any(|kind| endpoint.eq_ignore_ascii_case(kind))
}

/// Visits the keys that the reported name may stand for, the best first, until one is taken.
pub(crate) fn walk_candidates<T>(
    book: &PriceBook,
    billable: &Billable<'_>,
    visit: Visit<'_, T>,
) -> Option<T> {
    let name = normalize_model(billable.model);
    if name.is_empty() || name.len() > NAME_MAX {
        return None;
    }
    let provider = billed_provider(book, billable);
    let is_unmapped = provider.starts_with(ENDPOINT);
    let mut walk = Walk {
        book,
        at: billable.price_time,
        visit,
    };
    let at = if provider.is_empty() {
        UNNAMED_PROVIDER
    } else {
        &provider
    };
    let found = walk.names_at(at, &name, None);
    if found.is_some() || is_unmapped {
        return found;
    }
    if let Some((prefix, rest)) = name.split_once('/')
        && let Some(named) = known_provider(prefix)
    {
        // A reseller's own prefix (`openrouter/…`) comes off; another provider's name leads to
        // that provider, except where ids contain slashes of their own.
        let own = named == provider;
        if (own || !ids_contain_slashes(&provider))
            && let found @ Some(_) = walk.names_at(named, rest, None)
        {
            return found;
        }
        if passes_prices_through(&provider) {
            // A variant of the gateway (`:free`) is no model of the vendor.
            let parsed = NameParts::of(&provider, rest);
            if parsed.service_tier.is_empty()
                && let found @ Some(_) =
                    walk.names_at(named, parsed.model, Some(MatchKind::VendorFallback))
            {
                return found;
            }
        }
        if !own && !ids_contain_slashes(&provider) {
            return walk.vendors(named, rest);
        }
    }
    walk.vendors(&provider, &name)
}

struct Walk<'w, T> {
    book: &'w PriceBook,
    at: UnixMillis,
    visit: Visit<'w, T>,
}

impl<T> Walk<'_, T> {
    /// One hop to the vendors behind a reseller.
    fn vendors(&mut self, provider: &str, name: &str) -> Option<T> {
        let vendors = vendors_behind(provider);
        if vendors.is_empty() {
            return None;
        }
        let parsed = NameParts::of(provider, name);
        // Bedrock writes `anthropic.claude-…-v1:0`, Vertex `claude-…@20250929`.
        let unversioned = without_version(parsed.model).unwrap_or(parsed.model);
        for vendor in vendors {
            let own = unversioned
                .strip_prefix(vendor)
                .and_then(|rest| rest.strip_prefix('.'));
            let plain = match (provider, own) {
                (_, Some(rest)) => rest,
                ("aws", None) => continue,
                (_, None) => unversioned,
            };
            let plain = plain.replace('@', "-");
            let found = self.names_at(vendor, &plain, Some(MatchKind::VendorFallback));
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn offer(
        &mut self,
        provider: &str,
        parsed: NameParts<'_>,
        (model, kind): (&str, MatchKind),
    ) -> Option<T> {
        (self.visit)(&Candidate {
            provider,
            model,
            region: parsed.region,
            service_tier: parsed.service_tier,
            kind,
        })
    }

    /// Every way to read the name at one provider.
    fn names_at(&mut self, provider: &str, name: &str, hop: Option<MatchKind>) -> Option<T> {
        let parsed = NameParts::of(provider, name);
        let kind = |kind| hop.unwrap_or(kind);
        if parsed.model != name {
            let raw = Candidate {
                provider,
                model: name,
                region: "",
                service_tier: "",
                kind: kind(MatchKind::Exact),
            };
            if let found @ Some(_) = (self.visit)(&raw) {
                return found;
            }
        }
        if let found @ Some(_) =
            self.offer(provider, parsed, (parsed.model, kind(MatchKind::Exact)))
        {
            return found;
        }
        for alias in [name, parsed.model] {
            if let Some(target) = self.book.alias(provider, alias, self.at) {
                let target = normalize_model(target);
                let target = NameParts::of(provider, &target).model;
                if let found @ Some(_) =
                    self.offer(provider, parsed, (target, kind(MatchKind::Alias)))
                {
                    return found;
                }
            }
        }
        let (mut model, without_suffix) = match fine_tuned_base(parsed.model) {
            Some(base) => (base, MatchKind::FineTunedBase),
            None => (parsed.model, MatchKind::WithoutDate),
        };
        if without_suffix == MatchKind::FineTunedBase
            && let found @ Some(_) = self.offer(provider, parsed, (model, kind(without_suffix)))
        {
            return found;
        }
        while let Some(shorter) = without_version(model).or_else(|| without_date(model)) {
            if let found @ Some(_) = self.offer(provider, parsed, (shorter, kind(without_suffix))) {
                return found;
            }
            if let Some(target) = self.book.alias(provider, shorter, self.at) {
                let target = normalize_model(target);
                let target = NameParts::of(provider, &target).model;
                if let found @ Some(_) =
                    self.offer(provider, parsed, (target, kind(MatchKind::Alias)))
                {
                    return found;
                }
            }
            model = shorter;
        }
        None
    }
}

/// `ft:gpt-4o-2024-08-06:org:name:id` → `ft:gpt-4o-2024-08-06`; never the plain base.
fn fine_tuned_base(model: &str) -> Option<&str> {
    let rest = model.strip_prefix("ft:")?;
    let end = rest.find(':')?;
    model.get(..3 + end)
}

/// Takes off Bedrock's `-v1:0`.
fn without_version(model: &str) -> Option<&str> {
    let (base, version) = model.rsplit_once("-v")?;
    let (major, minor) = version.split_once(':')?;
    let number = |text: &str| (1..=3).contains(&text.len()) && all_digits(text);
    (number(major) && number(minor) && !base.is_empty()).then_some(base)
}

/// Takes off `-20250929`, `-2024-08-06` or `@20250929`.
fn without_date(model: &str) -> Option<&str> {
    let cut = |length: usize| -> Option<(&str, &str)> {
        model
            .len()
            .checked_sub(length)
            .and_then(|at| model.split_at_checked(at))
    };
    if let Some((base, suffix)) = cut(9)
        && let Some(digits) = suffix.strip_prefix(['-', '@'])
        && is_date(digits.get(..4)?, digits.get(4..6)?, digits.get(6..)?)
        && !base.is_empty()
    {
        return Some(base);
    }
    let (base, suffix) = cut(11)?;
    let mut parts = suffix.strip_prefix('-')?.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    (is_date(year, month, day) && !base.is_empty()).then_some(base)
}

fn is_date(year: &str, month: &str, day: &str) -> bool {
    let between = |text: &str, low: u32, high: u32| {
        all_digits(text)
            && text
                .parse::<u32>()
                .is_ok_and(|value| (low..=high).contains(&value))
    };
    year.len() == 4
        && month.len() == 2
        && day.len() == 2
        && between(year, 2000, 2099)
        && between(month, 1, 12)
        && between(day, 1, 31)
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_dates_are_taken_off() {
        for (model, base) in [
            ("claude-sonnet-4-5-20250929", Some("claude-sonnet-4-5")),
            ("claude-sonnet-4-5@20250929", Some("claude-sonnet-4-5")),
            ("gpt-4o-2024-08-06", Some("gpt-4o")),
            ("gpt-4-0613", None),
            ("model-12345678", None),
            ("-20250929", None),
            ("modèle-20250929", Some("modèle")),
            ("日本語日本語", None),
        ] {
            assert_eq!(without_date(model), base, "{model}");
        }
        assert_eq!(
            without_version("anthropic.claude-v2:1"),
            Some("anthropic.claude")
        );
        assert_eq!(
            without_version("amazon.nova-pro-v1:0"),
            Some("amazon.nova-pro")
        );
        assert_eq!(without_version("deepseek-v3"), None);
    }

    #[test]
    fn a_fine_tune_keeps_its_prefix() {
        assert_eq!(
            fine_tuned_base("ft:gpt-4o-2024-08-06:org::id"),
            Some("ft:gpt-4o-2024-08-06")
        );
        assert_eq!(fine_tuned_base("ft:gpt-4o"), None);
        assert_eq!(fine_tuned_base("gpt-4o:x"), None);
    }
}
