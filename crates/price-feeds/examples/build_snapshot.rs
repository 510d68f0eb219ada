//! Merges price lists to the snapshot that comes with the suite.
//!
//! `build_snapshot ISO_DATE UNIX_MS REVISION=FILE REVISION=FILE`, where a revision begins with
//! `litellm-` or `genai-prices-`; writes the snapshot to standard output and counts to standard
//! error. `pricing/build_snapshot.py` calls it.

use std::{error::Error, fs, io::Write};

use price_feeds::{
    Feed, Source, cloudflare, genai_prices, litellm,
    merge::SourcedQuote,
    snapshot::{self, Snapshot},
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: build_snapshot ISO_DATE UNIX_MS REVISION=FILE…";
    let built_on = arguments.next().ok_or(usage)?;
    let now_ms: i64 = arguments.next().ok_or(usage)?.parse()?;
    let mut quotes = Vec::new();
    let mut add = |source: Source, revision: &str, feed: Feed| {
        let mut errors = std::io::stderr();
        let skipped: Vec<_> = feed
            .skipped
            .iter()
            .map(|(why, count)| format!("{} {count}", why.as_str()))
            .collect();
        let _ = writeln!(
            errors,
            "{revision}: {} models, {} rates, skipped: {}",
            feed.model_count,
            feed.quotes.len(),
            if skipped.is_empty() {
                "none".to_owned()
            } else {
                skipped.join(", ")
            }
        );
        quotes.extend(feed.quotes.into_iter().map(|quote| SourcedQuote {
            source,
            revision: revision.to_owned(),
            quote,
        }));
    };
    add(
        Source::Cloudflare,
        &format!("cloudflare-{built_on}"),
        cloudflare::read(cloudflare::RATES)?,
    );
    for argument in arguments {
        let (revision, path) = argument.split_once('=').ok_or(usage)?;
        let text = fs::read_to_string(path)?;
        if revision.starts_with("litellm-") {
            add(Source::LiteLlm, revision, litellm::read(&text)?);
        } else if revision.starts_with("genai-prices-") {
            add(Source::GenaiPrices, revision, genai_prices::read(&text)?);
        } else {
            return Err(format!("no reader for {revision}").into());
        }
    }
    let snapshot = Snapshot {
        built_on,
        quotes: snapshot::merge(&quotes, now_ms),
    };
    std::io::stdout().write_all(snapshot::write(&snapshot)?.as_bytes())?;
    Ok(())
}
