//! Model names, as reported and as the price book writes them.
use std::borrow::Cow;

use crate::UnixMillis;
use crate::names::unknown_name::UnknownName;

/// How a model name was matched; stored with the estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchKind {
    /// The name stands in the book as reported.
    Exact,
    /// Through a dated alias of its provider.
    Alias,
    /// After a dated suffix was taken off.
    WithoutDate,
    /// The fine-tuned base.
    FineTunedBase,
    /// The model's vendor, one hop from the reseller.
    VendorFallback,
}

impl MatchKind {
    /// The name in SQL and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Alias => "alias",
            Self::WithoutDate => "without_date",
            Self::FineTunedBase => "fine_tuned_base",
            Self::VendorFallback => "vendor_fallback",
        }
    }
}

impl std::str::FromStr for MatchKind {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        Ok(match name {
            "exact" => Self::Exact,
            "alias" => Self::Alias,
            "without_date" => Self::WithoutDate,
            "fine_tuned_base" => Self::FineTunedBase,
            "vendor_fallback" => Self::VendorFallback,
            other => {
                let expected = "exact, alias, without_date, fine_tuned_base, vendor_fallback";
                return Err(UnknownName::new(other, expected));
            }
        })
    }
}

/// A dated, provider-scoped alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelAlias {
    /// The provider whose alias it is.
    pub provider: String,
    /// The name that is reported.
    pub alias: String,
    /// The model that it stands for in the book.
    pub model: String,
    /// Inclusive start.
    pub valid_from: UnixMillis,
    /// Exclusive end; `None` while open.
    pub valid_to: Option<UnixMillis>,
}

/// An operator's word on the provider behind an endpoint's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderMapping {
    /// The endpoint's name as LibreChat has it; case doesn't matter.
    pub endpoint: String,
    /// The provider.
    pub provider: String,
    /// Inclusive start.
    pub valid_from: UnixMillis,
    /// Exclusive end; `None` while open.
    pub valid_to: Option<UnixMillis>,
}

/// A model name taken apart: the model, and the region and service tier that were part of it.
///
/// Price lists and reported names both go through this, so that they meet.
///
/// ```
/// use cost_calculation::ParsedModel;
/// let parsed = ParsedModel::parse("aws", "EU.anthropic.claude-sonnet-4-5-20250929-v1:0");
/// assert_eq!(parsed.model, "anthropic.claude-sonnet-4-5-20250929-v1:0");
/// assert_eq!(parsed.region, "eu");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ParsedModel {
    /// The model in lower case, without what the other fields hold.
    pub model: String,
    /// A region that the name carried (`eu`, `us-gov`, `eu-west-3`, `global`, …), or empty.
    pub region: String,
    /// A service tier that the name carried (`free`, `batch`, …), or empty.
    pub service_tier: String,
}

impl ParsedModel {
    /// Takes a name apart by its provider's rules ([`crate::canonical_provider`] names).
    pub fn parse(provider: &str, name: &str) -> Self {
        let normalized = normalize_model(name);
        let parts = NameParts::of(provider, &normalized);
        Self {
            model: parts.model.to_owned(),
            region: parts.region.to_owned(),
            service_tier: parts.service_tier.to_owned(),
        }
    }
}

/// A normalised name taken apart in place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NameParts<'a> {
    pub model: &'a str,
    pub region: &'a str,
    pub service_tier: &'a str,
}

impl<'a> NameParts<'a> {
    pub fn of(provider: &str, name: &'a str) -> Self {
        let whole = Self {
            model: name,
            region: "",
            service_tier: "",
        };
        match provider {
            "aws" => whole.of_bedrock(),
            "azure" | "openai" => whole.of_azure(provider),
            "vertex" | "google" => Self {
                model: name.strip_suffix("@default").unwrap_or(name),
                ..whole
            },
            "openrouter" => match name.rsplit_once(':') {
                Some((model, service_tier))
                    if ["free", "batch", "flex", "priority", "nitro", "floor"]
                        .contains(&service_tier) =>
                {
                    Self {
                        model,
                        service_tier,
                        ..whole
                    }
                }
                // Web results are billed as calls; the tokens cost what they always do.
                Some((model, "online")) => Self { model, ..whole },
                _ => whole,
            },
            _ => whole,
        }
    }

    /// `arn:…`, `bedrock/…`, `eu-west-3/…`, `us.anthropic.…`
    fn of_bedrock(mut self) -> Self {
        if let Some((region, model)) = bedrock_arn(self.model) {
            self = Self {
                model,
                region,
                ..self
            };
        }
        for path in ["bedrock/", "bedrock_mantle/", "converse/", "invoke/"] {
            self.model = self.model.strip_prefix(path).unwrap_or(self.model);
        }
        if let Some((region, model)) = self.model.split_once('/')
            && is_aws_region(region)
        {
            self = Self {
                model,
                region,
                ..self
            };
        }
        match split_geography(self.model) {
            Some((region, model)) => Self {
                model,
                region,
                ..self
            },
            None => self,
        }
    }

    /// `azure/eu/…`, `eu/…`
    fn of_azure(self, provider: &str) -> Self {
        let own = self
            .model
            .strip_prefix(provider)
            .and_then(|rest| rest.strip_prefix('/'));
        let model = own.unwrap_or(self.model);
        match model.split_once('/') {
            Some((region, model))
                if ["eu", "us", "global", "global-standard", "apac", "regional"]
                    .contains(&region) =>
            {
                Self {
                    model,
                    region,
                    ..self
                }
            }
            _ => Self { model, ..self },
        }
    }
}

/// Trims, lowers the case, and takes off what only says where the name stood.
pub(crate) fn normalize_model(name: &str) -> Cow<'_, str> {
    let name = name.trim();
    let is_lower = name
        .bytes()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_lower {
        return Cow::Borrowed(without_place(name));
    }
    let lower = name.to_lowercase();
    Cow::Owned(without_place(&lower).to_owned())
}

/// Takes off `models/` and `…publishers/*/models/`.
fn without_place(name: &str) -> &str {
    let published = name
        .split_once("publishers/")
        .and_then(|(_, rest)| rest.split_once("/models/"));
    let name = published.map_or(name, |(_, model)| model);
    name.strip_prefix("models/").unwrap_or(name)
}

/// The service tier in the book's words; `default`, `auto` and `on_demand` are `standard`.
pub(crate) fn normalize_tier(tier: &str) -> Cow<'static, str> {
    let tier = tier.trim();
    for (name, canonical) in [
        ("", "standard"),
        ("standard", "standard"),
        ("default", "standard"),
        ("auto", "standard"),
        ("on_demand", "standard"),
        ("on-demand", "standard"),
        ("unspecified", "standard"),
        ("batch", "batch"),
        ("batches", "batch"),
        ("flex", "flex"),
        ("priority", "priority"),
    ] {
        if tier.eq_ignore_ascii_case(name) {
            return Cow::Borrowed(canonical);
        }
    }
    Cow::Owned(tier.to_lowercase())
}

/// Region and id of `arn:aws:bedrock:REGION:ACCOUNT:KIND/ID`.
fn bedrock_arn(model: &str) -> Option<(&str, &str)> {
    let mut parts = model.strip_prefix("arn:")?.splitn(5, ':');
    let (_, service) = (parts.next()?, parts.next()?);
    let (region, _account, resource) = (parts.next()?, parts.next()?, parts.next()?);
    let (_, id) = resource.split_once('/')?;
    service.starts_with("bedrock").then_some((region, id))
}

/// `us-east-1`, `us-gov-west-1`, …
fn is_aws_region(text: &str) -> bool {
    let mut parts = text.split('-');
    let geography = parts.next().is_some_and(|part| part.len() == 2);
    let last = text.rsplit('-').next().unwrap_or_default();
    geography
        && parts.count() >= 2
        && last.len() == 1
        && last.bytes().all(|byte| byte.is_ascii_digit())
}

/// A Bedrock inference profile's geography, and the model behind it.
fn split_geography(model: &str) -> Option<(&str, &str)> {
    let (geography, rest) = model.split_once('.')?;
    let known = [
        "us", "eu", "apac", "jp", "au", "ca", "sa", "us-gov", "global", "regional",
    ];
    known.contains(&geography).then_some((geography, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(provider: &str, name: &str) -> (String, String, String) {
        let parsed = ParsedModel::parse(provider, name);
        (parsed.model, parsed.region, parsed.service_tier)
    }

    fn strings(model: &str, region: &str, tier: &str) -> (String, String, String) {
        (model.to_owned(), region.to_owned(), tier.to_owned())
    }

    #[test]
    fn where_a_name_stood_is_taken_off() {
        for (provider, name, model) in [
            ("google", " models/Gemini-2.5-Pro ", "gemini-2.5-pro"),
            (
                "vertex",
                "publishers/google/models/gemini-2.5-pro",
                "gemini-2.5-pro",
            ),
            (
                "vertex",
                "projects/p/locations/us-east5/publishers/anthropic/models/claude-sonnet-4-6@default",
                "claude-sonnet-4-6",
            ),
            (
                "openrouter",
                "anthropic/claude-sonnet-4.5:online",
                "anthropic/claude-sonnet-4.5",
            ),
            (
                "openrouter",
                "anthropic/claude-3.7-sonnet:thinking",
                "anthropic/claude-3.7-sonnet:thinking",
            ),
        ] {
            assert_eq!(parsed(provider, name), strings(model, "", ""), "{name}");
        }
    }

    #[test]
    fn a_region_is_taken_out_of_the_name() {
        for (provider, name, model, region) in [
            (
                "aws",
                "us.anthropic.claude-opus-4-8",
                "anthropic.claude-opus-4-8",
                "us",
            ),
            (
                "aws",
                "us-gov.nvidia.nemotron-super-3-120b",
                "nvidia.nemotron-super-3-120b",
                "us-gov",
            ),
            (
                "aws",
                "bedrock/eu-west-3/mistral.mixtral-8x7b",
                "mistral.mixtral-8x7b",
                "eu-west-3",
            ),
            (
                "aws",
                "arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.amazon.nova-pro-v1:0",
                "amazon.nova-pro-v1:0",
                "eu",
            ),
            (
                "aws",
                "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0",
                "amazon.nova-pro-v1:0",
                "us-east-1",
            ),
            (
                "azure",
                "azure/eu/gpt-5-2025-08-07",
                "gpt-5-2025-08-07",
                "eu",
            ),
            ("azure", "azure/gpt-5-nano", "gpt-5-nano", ""),
            (
                "openai",
                "eu/o4-mini-2025-04-16",
                "o4-mini-2025-04-16",
                "eu",
            ),
        ] {
            assert_eq!(parsed(provider, name), strings(model, region, ""), "{name}");
        }
    }

    #[test]
    fn a_free_variant_is_a_tier_and_not_the_paid_model() {
        assert_eq!(
            parsed("openrouter", "qwen/qwen3-coder:free"),
            strings("qwen/qwen3-coder", "", "free")
        );
    }

    #[test]
    fn the_names_of_the_usual_tier_are_one() {
        for name in ["", "default", "AUTO", "on_demand", "ON_DEMAND", "standard"] {
            assert_eq!(normalize_tier(name), "standard", "{name}");
        }
        assert_eq!(normalize_tier("Priority"), "priority");
        assert_eq!(normalize_tier("Scale"), "scale");
    }
}
