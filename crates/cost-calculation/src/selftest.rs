//! Prices cases of a public oracle: a usage and a price table in, a total out. For tests, for the
//! example `estimate`, and to compare the bytes that the host and Wasm produce.
use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::Billable;
use crate::Decimal;
use crate::Estimate;
use crate::PriceBook;
use crate::PriceRow;
use crate::ResourceType;
use crate::TokenUsage;
use crate::Units;
use crate::UnixMillis;
use crate::UsageConvention;
use crate::ValidFromBasis;
use crate::estimate;
use crate::read_usage;

const PROVIDER: &str = "oracle";
const MODEL: &str = "case";
const CASES_MAX: usize = 1_000_000;

/// One case: prices as genai-prices writes them, in USD per million (`_mtok`) or thousand
/// (`_kcount`), and inclusive counts.
#[derive(Debug, Deserialize)]
pub struct OracleCase {
    /// Its number or name.
    pub id: Value,
    price_table: BTreeMap<String, Box<RawValue>>,
    usage: InclusiveUsage,
    #[serde(default)]
    raw: BTreeMap<String, Value>,
}

/// Counts in which input contains what was cached, and output the reasoning.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct InclusiveUsage {
    input_tokens: u64,
    cache_read_tokens: u64,
    cache_write_5m_tokens: u64,
    cache_write_1h_tokens: u64,
    output_tokens: u64,
    reasoning_tokens: u64,
    input_audio_tokens: u64,
    output_audio_tokens: u64,
}

/// What a case came to.
#[derive(Debug)]
pub struct OracleAnswer {
    /// From the price table and the usage.
    pub estimate: Estimate,
    /// The raw payloads that carry no cache writes though the usage has some; they were priced
    /// with the writes that the usage states.
    pub without_cache_writes: Vec<String>,
}

impl OracleCase {
    /// Reads one line of JSON.
    ///
    /// # Errors
    /// What is wrong with the line, in words.
    pub fn parse(line: &str) -> Result<Self, String> {
        serde_json::from_str(line).map_err(|error| error.to_string())
    }

    /// Prices the usage, and each raw payload by its provider's convention.
    ///
    /// # Errors
    /// What can't be read or priced, or a raw payload that comes to another total.
    pub fn answer(&self) -> Result<OracleAnswer, String> {
        let book = PriceBook::new(self.rows()?, Vec::new(), Vec::new());
        let usage = self.usage.disjoint()?;
        let estimate = price(&book, &usage)?;
        let mut without_cache_writes = Vec::new();
        for (name, payload) in &self.raw {
            let (raw, convention) = read_raw(name, payload)?;
            let mut total = price(&book, &raw)?.total;
            if total != estimate.total && !carries_cache_writes(convention) {
                let written = usage.cache_write_5m.saturating_add(usage.cache_write_1h);
                if let Some(input) = raw.input.checked_sub(written).filter(|_| written > 0) {
                    let completed = TokenUsage {
                        input,
                        cache_write_5m: usage.cache_write_5m,
                        cache_write_1h: usage.cache_write_1h,
                        ..raw
                    };
                    total = price(&book, &completed)?.total;
                    without_cache_writes.push(name.clone());
                }
            }
            if total != estimate.total {
                let show = |total: Option<crate::PicoUsd>| {
                    total.map_or_else(|| "unpriced".to_owned(), |total| total.to_string())
                };
                return Err(format!(
                    "the raw payload `{name}` comes to {}, the usage to {}",
                    show(total),
                    show(estimate.total)
                ));
            }
        }
        Ok(OracleAnswer {
            estimate,
            without_cache_writes,
        })
    }

    /// The price table as rows of a book.
    fn rows(&self) -> Result<Vec<PriceRow>, String> {
        let mut rows = Vec::new();
        for (key, price) in &self.price_table {
            let Some((resource, per)) = resource_of(key) else {
                continue;
            };
            let tiers: TieredPrice<'_> = if price.get().starts_with('{') {
                serde_json::from_str(price.get()).map_err(|error| format!("`{key}`: {error}"))?
            } else {
                TieredPrice {
                    base: price,
                    tiers: Vec::new(),
                }
            };
            let later = tiers
                .tiers
                .iter()
                .map(|tier| (tier.above.saturating_add(1), tier.price));
            for (min_context, price) in std::iter::once((0, tiers.base)).chain(later) {
                let rate: Decimal = price
                    .get()
                    .trim_matches('"')
                    .parse()
                    .map_err(|error| format!("`{key}`: {error}"))?;
                rows.push(PriceRow {
                    id: i64::try_from(rows.len())
                        .unwrap_or(i64::MAX)
                        .saturating_add(1),
                    provider: PROVIDER.to_owned(),
                    model: MODEL.to_owned(),
                    resource: resource.clone(),
                    region: String::new(),
                    service_tier: "standard".to_owned(),
                    min_context,
                    schedule: String::new(),
                    rate_pico: rate
                        .scaled(12)
                        .map_err(|error| format!("`{key}`: {error}"))?,
                    per,
                    valid_from: UnixMillis(0),
                    valid_from_basis: ValidFromBasis::Stated,
                    observed_at: UnixMillis(0),
                    valid_to: None,
                    stale: false,
                });
            }
        }
        Ok(rows)
    }
}

#[derive(Deserialize)]
struct TieredPrice<'a> {
    #[serde(borrow)]
    base: &'a RawValue,
    #[serde(borrow)]
    tiers: Vec<PriceTier<'a>>,
}

#[derive(Deserialize)]
struct PriceTier<'a> {
    above: u64,
    #[serde(borrow)]
    price: &'a RawValue,
}

impl InclusiveUsage {
    fn disjoint(&self) -> Result<TokenUsage, String> {
        let parts = [
            self.cache_read_tokens,
            self.cache_write_5m_tokens,
            self.cache_write_1h_tokens,
            self.input_audio_tokens,
        ];
        let cached = parts
            .iter()
            .try_fold(0_u64, |sum, part| sum.checked_add(*part));
        let spoken = self.reasoning_tokens.checked_add(self.output_audio_tokens);
        let input = cached.and_then(|cached| self.input_tokens.checked_sub(cached));
        let output = spoken.and_then(|spoken| self.output_tokens.checked_sub(spoken));
        Ok(TokenUsage {
            input: input.ok_or("the parts of `input_tokens` are more than `input_tokens`")?,
            cache_read: self.cache_read_tokens,
            cache_write_5m: self.cache_write_5m_tokens,
            cache_write_1h: self.cache_write_1h_tokens,
            output: output.ok_or("the parts of `output_tokens` are more than `output_tokens`")?,
            reasoning: self.reasoning_tokens,
            audio_in: self.input_audio_tokens,
            audio_out: self.output_audio_tokens,
            ..TokenUsage::default()
        })
    }
}

/// The resource and unit of a price table's key; nothing for what no usage here counts.
fn resource_of(key: &str) -> Option<(ResourceType, i64)> {
    let per_million = |resource| Some((resource, 1_000_000));
    match key {
        "input_mtok" => per_million(ResourceType::Input),
        "cache_read_mtok" => per_million(ResourceType::CacheRead),
        "cache_write_mtok" | "cache_write_5m_mtok" => per_million(ResourceType::CacheWrite5m),
        "cache_write_1h_mtok" => per_million(ResourceType::CacheWrite1h),
        "output_mtok" => per_million(ResourceType::Output),
        "output_reasoning_mtok" => per_million(ResourceType::Reasoning),
        "input_audio_mtok" => per_million(ResourceType::AudioIn),
        "output_audio_mtok" => per_million(ResourceType::AudioOut),
        "input_image_mtok" => per_million(ResourceType::ImageIn),
        "output_image_mtok" => per_million(ResourceType::ImageOut),
        "requests_kcount" => Some((ResourceType::Call("request".to_owned()), 1_000)),
        _ => None,
    }
}

/// `openai.chat`, `openai.responses`, `anthropic.messages`, `google.generateContent`, or the name
/// of a convention.
fn read_raw(name: &str, payload: &Value) -> Result<(TokenUsage, UsageConvention), String> {
    let convention = match name {
        "openai.chat" => UsageConvention::OpenAiChat,
        "openai.responses" => UsageConvention::OpenAiResponses,
        "anthropic.messages" => UsageConvention::AnthropicMessages,
        "google.generateContent" => UsageConvention::Gemini,
        "bedrock.converse" => UsageConvention::BedrockConverse,
        other => other
            .parse()
            .map_err(|_| format!("the raw payload `{name}` has no convention"))?,
    };
    let reading = read_usage(convention, "", payload)
        .map_err(|error| format!("the raw payload `{name}`: {error}"))?;
    Ok((reading.usage, convention))
}

/// Whether a payload of this convention tells cache writes from other input. The oracle's `OpenAI`
/// payloads are of the time before `cache_write_tokens`, and Gemini's never had such a field.
fn carries_cache_writes(convention: UsageConvention) -> bool {
    !matches!(
        convention,
        UsageConvention::OpenAiChat | UsageConvention::OpenAiResponses | UsageConvention::Gemini
    )
}

fn price(book: &PriceBook, usage: &TokenUsage) -> Result<Estimate, String> {
    let billable = Billable {
        provider: PROVIDER,
        model: MODEL,
        endpoint: "",
        region: "",
        service_tier: "",
        usage,
        units: &Units::default(),
        declared: None,
        reported: None,
        reading: crate::Flags::NONE,
        price_time: UnixMillis(0),
    };
    estimate(book, &billable).map_err(|error| error.to_string())
}

/// Prices every line and returns every estimate as one line of JSON, lines and flags included.
///
/// The same text must come back byte for byte on the host and from Wasm.
pub fn oracle_digest(jsonl: &str) -> String {
    let mut digest = String::new();
    for line in jsonl
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(CASES_MAX)
    {
        let answer = OracleCase::parse(line).and_then(|case| {
            let answer = case.answer()?;
            serde_json::to_string(&(&case.id, &answer.estimate)).map_err(|error| error.to_string())
        });
        let _ = match answer {
            Ok(json) => writeln!(digest, "{json}"),
            Err(error) => writeln!(digest, "error: {error}"),
        };
    }
    digest
}

/// What the tables take a field of a usage object for, in a word (`tokens`, `repeat`, `quantity`,
/// `hint`, `cost`, `free`); `None` for one that stands in none of them.
pub fn meaning_of_field(convention: UsageConvention, path: &str) -> Option<&'static str> {
    crate::usage::read_usage::meaning_of(convention, path)
}
