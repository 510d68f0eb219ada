//! Says on how many models two price lists agree, and why they differ on the rest.
//!
//! Writes `docs/price-agreement.md` to standard output, from the lists in `tests/data`.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fmt::Write as _,
    fs::File,
    io::{Read, Write as _},
};

use flate2::read::GzDecoder;

use price_feeds::{
    Feed, Quote, Rate, STANDARD_TIER, Source, genai_prices, litellm,
    merge::{SourcedQuote, merge_model},
};

/// Resources that nearly every answer of a model is billed by.
const RESOURCES: [&str; 6] = [
    "input",
    "output",
    "cache_read",
    "cache_write_5m",
    "cache_write_1h",
    "reasoning",
];
/// Examples shown for each cause.
const EXAMPLES: usize = 6;

type ModelName = (String, String);
/// Rates by resource, then by context tier and window.
type Rates = BTreeMap<String, BTreeMap<(u64, String), Rate>>;

/// 2026-11-23T00:00:00Z.
const NOW_MS: i64 = 1_795_392_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    let litellm = litellm::read(&unpacked("litellm-1.109.1.json.gz")?)?;
    let genai = genai_prices::read(&unpacked("genai-prices-0.2.3.json.gz")?)?;
    let page = page(&litellm, &genai, NOW_MS);
    std::io::stdout().write_all(page.as_bytes())?;
    Ok(())
}

fn unpacked(name: &str) -> Result<String, Box<dyn Error>> {
    let path = format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut text = String::new();
    GzDecoder::new(File::open(path)?).read_to_string(&mut text)?;
    Ok(text)
}

fn page(litellm: &Feed, genai: &Feed, now_ms: i64) -> String {
    let (left, right) = (
        in_force(&litellm.quotes, now_ms),
        in_force(&genai.quotes, now_ms),
    );
    let merged = merged(litellm, genai, now_ms);
    let mut shared = 0;
    let mut agreed = 0;
    let mut causes: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut providers: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (name, ours) in &left {
        let Some(theirs) = right.get(name) else {
            continue;
        };
        let both: BTreeSet<_> = ours
            .keys()
            .filter(|name| theirs.contains_key(*name))
            .collect();
        if both.is_empty() {
            continue;
        }
        shared += 1;
        let counts = providers.entry(&name.0).or_default();
        counts.0 += 1;
        let cause = both.iter().find_map(|resource| {
            let (ours, theirs) = (ours.get(*resource)?, theirs.get(*resource)?);
            let book = merged.get(name).and_then(|rates| rates.get(*resource));
            let is_agreed = same(ours, theirs) && book.is_some_and(|book| same(book, ours));
            (!is_agreed).then(|| {
                (
                    cause(resource, ours, theirs),
                    describe(resource, ours, theirs),
                )
            })
        });
        match cause {
            None => {
                agreed += 1;
                counts.1 += 1;
            }
            Some((cause, example)) => {
                causes
                    .entry(cause)
                    .or_default()
                    .push(format!("`{}/{}`: {example}", name.0, name.1));
            }
        }
    }
    render(shared, agreed, &causes, &providers)
}

/// Rates now, by model; the standard tier everywhere.
fn in_force(quotes: &[Quote], now_ms: i64) -> BTreeMap<ModelName, Rates> {
    let mut models: BTreeMap<ModelName, Rates> = BTreeMap::new();
    for quote in quotes {
        let key = &quote.key;
        let is_now =
            quote.valid_from_ms <= now_ms && quote.valid_to_ms.is_none_or(|end| now_ms < end);
        let is_usual = key.service_tier == STANDARD_TIER && key.region.is_empty();
        if is_now && is_usual && RESOURCES.contains(&key.resource_type.as_str()) {
            models
                .entry((key.provider.clone(), key.model.clone()))
                .or_default()
                .entry(key.resource_type.clone())
                .or_default()
                .insert((key.min_context, key.schedule.clone()), quote.rate);
        }
    }
    models
}

/// The rates that the merge of both puts into an empty book.
fn merged(litellm: &Feed, genai: &Feed, now_ms: i64) -> BTreeMap<ModelName, Rates> {
    let mut models: BTreeMap<(&str, &str), Vec<SourcedQuote>> = BTreeMap::new();
    for (source, feed) in [(Source::LiteLlm, litellm), (Source::GenaiPrices, genai)] {
        for quote in &feed.quotes {
            models
                .entry((&quote.key.provider, &quote.key.model))
                .or_default()
                .push(SourcedQuote {
                    source,
                    revision: String::new(),
                    quote: quote.clone(),
                });
        }
    }
    let rows = models
        .values()
        .flat_map(|quotes| merge_model(quotes, &[], now_ms).open);
    let quotes: Vec<Quote> = rows
        .filter(|row| row.quarantined_because.is_none())
        .map(|row| Quote {
            key: row.key,
            valid_from_ms: row.valid_from_ms,
            valid_to_ms: row.valid_to_ms,
            rate: row.rate,
        })
        .collect();
    in_force(&quotes, now_ms)
}

fn same(left: &BTreeMap<(u64, String), Rate>, right: &BTreeMap<(u64, String), Rate>) -> bool {
    left.len() == right.len()
        && left
            .iter()
            .zip(right)
            .all(|((left_key, left), (right_key, right))| {
                left_key == right_key && left.equals(*right)
            })
}

fn cause(
    resource: &str,
    ours: &BTreeMap<(u64, String), Rate>,
    theirs: &BTreeMap<(u64, String), Rate>,
) -> &'static str {
    let base = (0, String::new());
    let has_schedule =
        |rates: &BTreeMap<(u64, String), Rate>| rates.keys().any(|key| !key.1.is_empty());
    if has_schedule(ours) || has_schedule(theirs) {
        return "time of day: one list has windows that the other lacks or draws differently";
    }
    match (ours.get(&base), theirs.get(&base)) {
        (Some(left), Some(right)) if left.equals(*right) => {
            "context tiers: present in one list only, or with another boundary or rate"
        }
        (Some(left), Some(right)) if left.is_zero() != right.is_zero() => {
            "zero in one list: free, or not known"
        }
        (Some(left), Some(right)) if left.agrees_within(*right, 15) => {
            "rounding: a converted unit or currency, within 1.5 %"
        }
        _ if resource.starts_with("cache") => "the price of cached input differs",
        _ => "the list price differs",
    }
}

fn describe(
    resource: &str,
    ours: &BTreeMap<(u64, String), Rate>,
    theirs: &BTreeMap<(u64, String), Rate>,
) -> String {
    let text = |rates: &BTreeMap<(u64, String), Rate>| {
        let rates: Vec<_> = rates
            .iter()
            .map(|((context, schedule), rate)| {
                let dollars = cost_calculation::PicoUsd::new(rate.rate_pico);
                let context = if *context > 0 {
                    format!(" from {context} tokens")
                } else {
                    String::new()
                };
                let schedule = if schedule.is_empty() {
                    String::new()
                } else {
                    format!(" ({schedule})")
                };
                format!("{dollars}{context}{schedule}")
            })
            .collect();
        rates.join(", ")
    };
    format!("{resource} {} against {}", text(ours), text(theirs))
}

fn render(
    shared: usize,
    agreed: usize,
    causes: &BTreeMap<&str, Vec<String>>,
    providers: &BTreeMap<&str, (usize, usize)>,
) -> String {
    let percent = |part: usize, whole: usize| {
        format!(
            "{}.{} %",
            part * 100 / whole.max(1),
            part * 1000 / whole.max(1) % 10
        )
    };
    let mut page = format!(
        "# Where two price lists agree\n\n\
         LiteLLM's cost map 1.109.1 and genai-prices 0.2.3, both as shipped in their PyPI packages, as \
         they stand on 2026-11-23. A model is shared if both lists price at least one of its token \
         resources; it agrees if both give exactly the same rates, context tiers and time windows \
         for every resource that both price, and the merge of the two puts these rates into the \
         book. Standard tier, no region.\n\n\
         **{agreed} of {shared} shared models agree ({}).** No difference is a matter of arithmetic.\n\n\
         To repeat:\n\n\
         ```\ncargo run -p price-feeds --example price_agreement > docs/price-agreement.md\n```\n\n\
         ## Why the others differ\n\nEach model stands under the first cause found. The book takes \
         the first list's rate (LiteLLM's) and reports the conflict; examples read \"LiteLLM against \
         genai-prices\", dollars per million tokens.\n",
        percent(agreed, shared)
    );
    let mut by_count: Vec<_> = causes.iter().collect();
    by_count.sort_by_key(|(cause, models)| (std::cmp::Reverse(models.len()), **cause));
    for (cause, models) in by_count {
        let _ = writeln!(page, "\n### {}: {cause}\n", models.len());
        for example in models.iter().take(EXAMPLES) {
            let _ = writeln!(page, "- {example}");
        }
        if models.len() > EXAMPLES {
            let _ = writeln!(page, "- and {} more", models.len() - EXAMPLES);
        }
    }
    page.push_str("\n## By provider\n\n| provider | shared | agree |\n| --- | ---: | ---: |\n");
    for (provider, (shared, agreed)) in providers {
        let _ = writeln!(
            page,
            "| {provider} | {shared} | {agreed} ({}) |",
            percent(*agreed, *shared)
        );
    }
    page
}
