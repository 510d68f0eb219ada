//! Where each source's list is, and which source a scheduled run takes.
use cost_calculation::UnixMillis;
use edge::Problem;
use price_feeds::Source;
use worker::Env;

/// How often each source is heard, in milliseconds: the lists change a few times a day.
pub(crate) const PERIOD_MS: i64 = 6 * HOUR_MS;
/// How often the cron runs.
pub(crate) const HOUR_MS: i64 = 3_600_000;

/// The snapshot that comes with the suite.
pub(crate) const SNAPSHOT: &str = include_str!("../../../pricing/snapshot.jsonl");

/// The sources that are heard on a schedule. Cloudflare's rates come with the suite; hearing them
/// writes something only after a deployment that changes them.
pub(crate) const SCHEDULED: [Source; 5] = [
    Source::LiteLlm,
    Source::GenaiPrices,
    Source::ModelsDev,
    Source::OpenRouter,
    Source::Cloudflare,
];

/// The variable that names another address for a source's list, or `off`.
pub(crate) const fn variable(source: Source) -> Option<&'static str> {
    match source {
        Source::LiteLlm => Some("PRICE_LIST_URL_LITELLM"),
        Source::GenaiPrices => Some("PRICE_LIST_URL_GENAI_PRICES"),
        Source::ModelsDev => Some("PRICE_LIST_URL_MODELS_DEV"),
        Source::OpenRouter => Some("PRICE_LIST_URL_OPENROUTER"),
        Source::Cloudflare | Source::Override | Source::Snapshot => None,
    }
}

const fn published_at(source: Source) -> &'static str {
    match source {
        Source::LiteLlm => {
            "https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json"
        }
        Source::GenaiPrices => {
            "https://raw.githubusercontent.com/pydantic/genai-prices/refs/heads/main/prices/new_data/v2/data.json"
        }
        Source::ModelsDev => "https://models.dev/api.json",
        Source::OpenRouter => "https://openrouter.ai/api/v1/models",
        Source::Cloudflare | Source::Override | Source::Snapshot => "",
    }
}

/// Where a source's list comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// From this address.
    Url(String),
    /// It comes with the suite.
    Embedded,
    /// The installation has switched the source off.
    Off,
}

/// Where a source's list comes from in this installation.
pub(crate) fn origin(env: &Env, source: Source) -> Result<Origin, Problem> {
    let configured = variable(source).and_then(|name| edge::suite::text(env, name));
    origin_of(source, configured.as_deref())
}

fn origin_of(source: Source, configured: Option<&str>) -> Result<Origin, Problem> {
    match (source, configured) {
        (Source::Cloudflare | Source::Snapshot, _) => Ok(Origin::Embedded),
        (Source::Override, _) => Ok(Origin::Off),
        (_, Some(text)) if text.eq_ignore_ascii_case("off") => Ok(Origin::Off),
        (_, Some(url)) if url.starts_with("https://") || url.starts_with("http://") => {
            Ok(Origin::Url(url.to_owned()))
        }
        (source, Some(_)) => Err(Problem::unavailable(format!(
            "{} is no http or https address: set one, or `off`",
            variable(source).unwrap_or_default()
        ))),
        (source, None) => Ok(Origin::Url(published_at(source).to_owned())),
    }
}

/// The sources in the order in which a run looks for one that is due: each hour begins with
/// another one, so that one that fails again and again does not stand before the others.
pub(crate) fn in_turn(now: UnixMillis) -> Vec<Source> {
    let mut sources = SCHEDULED.to_vec();
    let hours = usize::try_from(now.0.div_euclid(HOUR_MS)).unwrap_or_default();
    sources.rotate_left(hours % SCHEDULED.len());
    sources
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_comes_first_once_in_its_turn() {
        let firsts: std::collections::BTreeSet<_> = (0..5)
            .map(|hour| in_turn(UnixMillis(hour * HOUR_MS))[0])
            .collect();
        assert_eq!(firsts.len(), SCHEDULED.len());
        assert_eq!(in_turn(UnixMillis(7)).len(), SCHEDULED.len());
    }

    #[test]
    fn an_installation_may_move_a_source_or_switch_it_off() {
        assert_eq!(
            origin_of(Source::LiteLlm, Some("OFF")).unwrap(),
            Origin::Off
        );
        let moved = origin_of(Source::LiteLlm, Some("http://127.0.0.1:9/x")).unwrap();
        assert_eq!(moved, Origin::Url("http://127.0.0.1:9/x".to_owned()));
        assert!(origin_of(Source::LiteLlm, Some("file:///etc/passwd")).is_err());
        for source in SCHEDULED {
            assert!(origin_of(source, None).is_ok(), "{}", source.as_str());
        }
    }

    #[test]
    fn the_embedded_snapshot_can_be_read() {
        let snapshot = price_feeds::snapshot::read(SNAPSHOT).unwrap();
        assert!(snapshot.quotes.len() > 20_000);
    }
}
