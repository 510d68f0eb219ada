//! Any source's list by its source.

use crate::{Feed, FeedError, Source, cloudflare, genai_prices, litellm, models_dev, openrouter};

/// The largest list that is read; the largest real one has 3.2 MB.
pub const LIST_BYTES_MAX: usize = 10_000_000;

/// Reads the list that a source publishes.
///
/// The snapshot and overrides are no lists of quotes in this form; they are refused.
pub fn read_list(source: Source, text: &str) -> Result<Feed, FeedError> {
    if text.len() > LIST_BYTES_MAX {
        return Err(FeedError::TooLarge {
            bytes: text.len(),
            limit: LIST_BYTES_MAX,
        });
    }
    match source {
        Source::LiteLlm => litellm::read(text),
        Source::GenaiPrices => genai_prices::read(text),
        Source::OpenRouter => openrouter::read(text),
        Source::ModelsDev => models_dev::read(text),
        Source::Cloudflare => cloudflare::read(text),
        Source::Override | Source::Snapshot => Err(FeedError::Unreadable(format!(
            "{} is no published list",
            source.as_str()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::{LIST_BYTES_MAX, read_list};
    use crate::{FeedError, Source};

    #[test]
    fn what_is_no_list_is_refused_whole() {
        let too_large = " ".repeat(LIST_BYTES_MAX + 1);
        let lists = [
            Source::LiteLlm,
            Source::GenaiPrices,
            Source::OpenRouter,
            Source::ModelsDev,
        ];
        for source in lists {
            for text in [
                "",
                "<!DOCTYPE html><html></html>",
                "{\"a\": {",
                "null",
                "42",
                "{}",
                "[]",
            ] {
                assert!(
                    read_list(source, text).is_err(),
                    "{}: {text:?}",
                    source.as_str()
                );
            }
            let refused = read_list(source, &too_large);
            assert!(matches!(refused, Err(FeedError::TooLarge { .. })));
        }
    }
}
