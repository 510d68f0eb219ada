//! What a usage object says of how a call was served: tier, speed, traffic, geography.
use super::slot::Hint;

/// Longest word that is a hint; longer text is none.
const WORD_MAX: usize = 40;
/// The tier of what is paid for as a capacity: its tokens have no price by themselves.
const PROVISIONED: &str = "provisioned";

/// The hints, as they were served.
#[derive(Debug, Default)]
pub(super) struct Hints {
    pub tier: Option<String>,
    speed: Option<String>,
    /// The cache was an explicit one: its hits have a rate that no list tells apart.
    pub is_explicit_cache: bool,
    pub region: Option<String>,
}

impl Hints {
    pub fn take(&mut self, hint: Hint, text: &str) {
        let word = text.trim().to_ascii_lowercase();
        let is_word = !word.is_empty()
            && word.len() <= WORD_MAX
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        if !is_word {
            return;
        }
        match hint {
            Hint::Tier | Hint::Traffic => {
                if let Some(tier) = served_tier(&word) {
                    self.tier = Some(tier);
                }
            }
            Hint::Speed => self.speed = Some(word).filter(|speed| !is_standard(speed)),
            Hint::Geography => {
                let anywhere = ["global", "not_available", "unknown", "none"];
                self.region = Some(word).filter(|geo| !anywhere.contains(&geo.as_str()));
            }
            Hint::CacheKind => self.is_explicit_cache = word != "implicit",
            Hint::SearchContext | Hint::Credit | Hint::CacheHit => {}
        }
    }

    /// The tier whose rates apply; `None` where nothing says that it was a special one.
    pub fn service_tier(&self) -> Option<String> {
        match (&self.tier, &self.speed) {
            (tier, None) => tier.clone(),
            (None, Some(speed)) => Some(if speed == "optimized" {
                "performance".to_owned()
            } else {
                speed.clone()
            }),
            // Both at once are a rate of their own, which hardly any list has.
            (Some(tier), Some(speed)) => Some(format!("{tier}+{speed}")),
        }
    }
}

fn is_standard(word: &str) -> bool {
    matches!(
        word,
        "standard" | "default" | "auto" | "on_demand" | "on-demand" | "unspecified" | "normal"
    )
}

/// A special tier by the name that this project has for it.
fn served_tier(word: &str) -> Option<String> {
    let word = word
        .strip_prefix("service_tier_")
        .or_else(|| word.strip_prefix("traffic_type_"))
        .unwrap_or(word);
    if is_standard(word) || word == "traffic_unspecified" {
        return None;
    }
    Some(
        match word {
            "on_demand_priority" => "priority",
            "on_demand_flex" => "flex",
            "on_demand_offpeak" => "offpeak",
            "provisioned_throughput" | "reserved" | "scale" | "provisioned" => PROVISIONED,
            other => other,
        }
        .to_owned(),
    )
}

/// A request whose fee goes by the size of its search.
pub(super) fn request_by_size(size: &str) -> Option<&'static str> {
    match size.trim().to_ascii_lowercase().as_str() {
        "low" => Some("request_low"),
        "medium" => Some("request_medium"),
        "high" => Some("request_high"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn served(hints: &[(Hint, &str)]) -> Option<String> {
        let mut all = Hints::default();
        for (hint, text) in hints {
            all.take(*hint, text);
        }
        all.service_tier()
    }

    #[test]
    fn every_providers_word_for_a_tier_leads_to_one() {
        for (hint, word, tier) in [
            (Hint::Tier, "default", None),
            (Hint::Tier, "SERVICE_TIER_DEFAULT", None),
            (Hint::Traffic, "ON_DEMAND", None),
            (Hint::Traffic, "ON_DEMAND_FLEX", Some("flex")),
            (Hint::Traffic, "PROVISIONED_THROUGHPUT", Some("provisioned")),
            (Hint::Tier, "priority", Some("priority")),
            (Hint::Tier, "batch", Some("batch")),
            (Hint::Speed, "fast", Some("fast")),
            (Hint::Speed, "optimized", Some("performance")),
            (Hint::Tier, "what a question", None),
        ] {
            assert_eq!(served(&[(hint, word)]).as_deref(), tier, "{word}");
        }
        let both = [(Hint::Tier, "batch"), (Hint::Speed, "fast")];
        assert_eq!(served(&both).as_deref(), Some("batch+fast"));
    }
}
