//! The lines of the calls: searches, requests, tools, seconds, and what could not be read.
use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::EstimateError;
use crate::Line;
use crate::PriceRow;
use crate::ResourceType;
use crate::TokenPart;
use crate::TokenUsage;
use crate::Units;
use crate::flags::{Flag, Flags};
use crate::lines::component_sum::ComponentSum;
use crate::lines::token_lines::parts_of;
use crate::names::resource::{CONTEXT_TOKENS, THOUSANDTHS};
use crate::rates::multiplier::Applied;
use crate::rates::rate_selection::{Conditions, ModelRates, STANDARD};

/// What some models charge for each request, whatever its tokens.
static REQUEST: LazyLock<ResourceType> = LazyLock::new(|| call("request"));
static WEB_SEARCH: LazyLock<ResourceType> = LazyLock::new(|| call("web_search"));
static WEB_SEARCH_LOW: LazyLock<ResourceType> = LazyLock::new(|| call("web_search_low"));
static WEB_SEARCH_HIGH: LazyLock<ResourceType> = LazyLock::new(|| call("web_search_high"));
/// An operator's one rate for every tool without its own.
static ANY_TOOL: LazyLock<ResourceType> = LazyLock::new(|| call("tool:*"));

/// What the name of a tool begins with that the caller runs: no provider bills it.
const OWN_TOOL: &str = "tool:";

/// Requests whose fee goes by the size of their search.
const SIZED_REQUESTS: [&str; 3] = ["request_low", "request_medium", "request_high"];

fn call(name: &str) -> ResourceType {
    ResourceType::Call(name.to_owned())
}

/// Prices the calls of one interaction.
pub(crate) struct CallPricing<'b, 'c> {
    pub model: Option<&'b ModelRates>,
    /// Where else a rate may stand: the provider, any tool.
    pub elsewhere: [Option<&'b ModelRates>; 2],
    pub tier: &'c str,
    pub conditions: Conditions<'c>,
    pub usage: &'c TokenUsage,
    pub units: &'c Units,
    /// The provider's own amount counts: its calls are in it.
    pub is_reported: bool,
}

/// How one call is priced.
enum Priced<'b> {
    /// At a rate.
    At(&'b PriceRow, Applied),
    /// It is inside another line, or says how another one is priced.
    Elsewhere,
    /// Nothing has a rate for it.
    Not(&'static str),
}

impl<'b> CallPricing<'b, '_> {
    pub fn price(
        &self,
        sum: &mut ComponentSum,
        lines: &mut Vec<Line>,
    ) -> Result<(), EstimateError> {
        if !self.is_reported && self.implies_request() {
            self.price_implied_request(sum, lines)?;
        }
        for (name, count) in &self.units.calls {
            if self.is_reported && !name.starts_with(OWN_TOOL) {
                continue;
            }
            match self.price_of(name, *count) {
                Priced::At(row, applied) => {
                    sum.priced(call(name), *count, row, applied, Flags::NONE, lines)?;
                }
                Priced::Elsewhere => {}
                Priced::Not(note) => sum.unpriced(call(name), *count, note, lines),
            }
        }
        Ok(())
    }

    /// Whether there is anything to price.
    pub fn is_needed(model: Option<&ModelRates>, usage: &TokenUsage, units: &Units) -> bool {
        let may_imply = model.is_some_and(|rates| rates.has_calls && rates.any_of(&REQUEST));
        may_imply && usage.total() > 0 || units.calls.values().any(|count| *count > 0)
    }

    /// Whether the model charges for each request.
    fn charges_requests(&self) -> bool {
        self.model
            .is_some_and(|rates| rates.has_calls && rates.any_of(&REQUEST))
    }

    /// A request that has a fee of its own was made, and no call tells it. The lists name the fee of
    /// a model that searches by itself twice, as a request and as a search: it is billed once.
    fn implies_request(&self) -> bool {
        let tells = |name: &String| {
            name == REQUEST.as_str()
                || SIZED_REQUESTS.contains(&name.as_str())
                || name.starts_with(WEB_SEARCH.as_str())
        };
        self.charges_requests() && self.usage.total() > 0 && !self.units.calls.keys().any(tells)
    }

    fn price_implied_request(
        &self,
        sum: &mut ComponentSum,
        lines: &mut Vec<Line>,
    ) -> Result<(), EstimateError> {
        let goes_by_size = [&*WEB_SEARCH_LOW, &*WEB_SEARCH_HIGH]
            .into_iter()
            .any(|sized| self.find_at_model(sized).is_some());
        match self.find(&REQUEST) {
            Some(row) if !goes_by_size => {
                let flags = Flags::NONE.with(Flag::ImpliedRequest);
                sum.priced(REQUEST.clone(), 1, row, Applied::NONE, flags, lines)
            }
            _ => {
                let note = "the fee goes by the size of the search, which nothing tells";
                sum.unpriced(REQUEST.clone(), 1, note, lines);
                Ok(())
            }
        }
    }

    fn price_of(&self, name: &str, count: u64) -> Priced<'b> {
        let at = |row: Option<&'b PriceRow>| match row {
            Some(row) => Priced::At(row, Applied::NONE),
            None => Priced::Not("no rate is in force for this call"),
        };
        if let Some(part) = TokenPart::from_name(name) {
            return self.price_of_part(part, count);
        }
        if SIZED_REQUESTS.contains(&name) {
            return if self.charges_requests() {
                at(self.sized_fee(name))
            } else {
                Priced::Elsewhere
            };
        }
        let is_of_request = self.charges_requests();
        match name {
            CONTEXT_TOKENS => Priced::Elsewhere,
            "unsplit_audio" => {
                self.price_of_unsplit(&ResourceType::AudioIn, TokenPart::CacheReadAudio)
            }
            "unsplit_image" => {
                self.price_of_unsplit(&ResourceType::ImageIn, TokenPart::CacheReadImage)
            }
            "unsplit_video" => self.price_of_unsplit(
                &ResourceType::Part(TokenPart::VideoIn),
                TokenPart::CacheReadVideo,
            ),
            // Audio that is told in tokens and in seconds is billed once.
            "input_second" | "input_second_ms" if self.has_audio_tokens() => Priced::Elsewhere,
            "input_second" | "input_second_ms" => self.price_of_seconds(name),
            // The queries of one request are in its fee.
            "search_query" if is_of_request => Priced::Elsewhere,
            "search_query" => at(self.find(&call(name)).or_else(|| self.find(&WEB_SEARCH))),
            "web_search" if is_of_request && self.tells_request() => Priced::Elsewhere,
            _ => {
                let any_tool = || {
                    name.starts_with(OWN_TOOL)
                        .then(|| self.find(&ANY_TOOL))
                        .flatten()
                };
                match self.find(&call(name)).or_else(any_tool) {
                    Some(row) => Priced::At(row, Applied::NONE),
                    None => self.price_of_thousandths(name),
                }
            }
        }
    }

    /// Seconds that are told without a direction have the one rate for seconds that the model has.
    fn price_of_seconds(&self, name: &str) -> Priced<'b> {
        let directions = [
            "input_second",
            "output_video_second",
            "output_second",
            "input_audio_second",
            "input_video_second",
        ];
        let row = directions
            .into_iter()
            .find_map(|unit| self.find(&call(unit)));
        let factor = if name.ends_with(THOUSANDTHS) {
            (1, 1_000)
        } else {
            (1, 1)
        };
        match row {
            Some(row) => Priced::At(
                row,
                Applied {
                    factor,
                    flags: Flags::NONE,
                },
            ),
            None => Priced::Not("no rate is in force for this call"),
        }
    }

    fn has_audio_tokens(&self) -> bool {
        self.usage.audio_in > 0
            && [ResourceType::AudioIn, ResourceType::Input]
                .iter()
                .any(|tokens| self.find_at_model(tokens).is_some())
    }

    fn tells_request(&self) -> bool {
        let calls: &BTreeMap<String, u64> = &self.units.calls;
        calls.contains_key(REQUEST.as_str())
            || SIZED_REQUESTS.iter().any(|name| calls.contains_key(*name))
    }

    /// A part was priced with its bucket, unless it is more than that.
    fn price_of_part(&self, part: TokenPart, count: u64) -> Priced<'b> {
        let whole = part.whole();
        let bucket = self
            .usage
            .buckets()
            .into_iter()
            .find(|(resource, _)| *resource == whole)
            .map_or(0, |(_, bucket)| bucket);
        if parts_of(self.units, &whole, bucket).any(|found| found == (part, count)) {
            Priced::Elsewhere
        } else {
            Priced::Not("is more than the tokens that it should be a part of")
        }
    }

    /// Tokens of a kind of which it is not told how many were read from a cache: no matter where
    /// their rates are those of text.
    fn price_of_unsplit(&self, kind: &ResourceType, cached: TokenPart) -> Priced<'b> {
        let apart = |rates: &ModelRates| {
            let differs =
                |kind, text| rates.has_rate_apart(kind, text, self.tier, &self.conditions);
            differs(kind, &ResourceType::Input)
                || differs(&ResourceType::Part(cached), &ResourceType::CacheRead)
        };
        match self.model {
            Some(rates) if !apart(rates) => Priced::Elsewhere,
            _ => Priced::Not("how many of these tokens were read from the cache is not told"),
        }
    }

    /// Thousandths of a second, at the second's rate.
    fn price_of_thousandths(&self, name: &str) -> Priced<'b> {
        let unit = name
            .strip_suffix(THOUSANDTHS)
            .filter(|unit| unit.ends_with("second"));
        match unit.and_then(|unit| self.find(&call(unit))) {
            Some(row) => Priced::At(
                row,
                Applied {
                    factor: (1, 1_000),
                    flags: Flags::NONE,
                },
            ),
            None => Priced::Not("no rate is in force for this call"),
        }
    }

    /// The fee of a request by the size of its search. A size without a fee of its own has the usual
    /// one.
    fn sized_fee(&self, name: &str) -> Option<&'b PriceRow> {
        let of_size = match name {
            "request_low" => &*WEB_SEARCH_LOW,
            "request_high" => &*WEB_SEARCH_HIGH,
            _ => &*WEB_SEARCH,
        };
        self.find(&call(name))
            .or_else(|| self.find_at_model(of_size))
            .or_else(|| self.find_at_model(&WEB_SEARCH))
            .or_else(|| self.find_at_model(&REQUEST))
    }

    fn find(&self, resource: &ResourceType) -> Option<&'b PriceRow> {
        let [provider, any_tool] = self.elsewhere;
        self.find_in(&[self.model, provider, any_tool], resource)
    }

    fn find_at_model(&self, resource: &ResourceType) -> Option<&'b PriceRow> {
        self.find_in(&[self.model], resource)
    }

    fn find_in(
        &self,
        places: &[Option<&'b ModelRates>],
        resource: &ResourceType,
    ) -> Option<&'b PriceRow> {
        first_rate(places, resource, self.tier, &self.conditions)
            .or_else(|| first_rate(places, resource, STANDARD, &self.conditions))
    }
}

/// The rate of the first place that has one.
pub(crate) fn first_rate<'b>(
    places: &[Option<&'b ModelRates>],
    resource: &ResourceType,
    tier: &str,
    conditions: &Conditions<'_>,
) -> Option<&'b PriceRow> {
    places
        .iter()
        .flatten()
        .find_map(|rates| rates.select(resource, tier, conditions))
}
