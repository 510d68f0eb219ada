//! Query parameters: each known, given once, within its limits, or refused by name.

use chrono::{DateTime, NaiveDate, NaiveTime};
use cost_calculation::{PicoUsd, UnixMillis, canonical_provider};

use reporting_days::calendar::{CompareMode, DayRange, Granularity};

/// The most bytes in a query string.
pub const QUERY_BYTES_MAX: usize = 4_096;
/// The most characters in a text parameter, and in an id of a path.
pub const TEXT_CHARS_MAX: usize = 256;
/// The most items on a page.
pub const LIMIT_MAX: u64 = 500;
const LIMIT_DEFAULT: u64 = 50;
/// The largest integer that every reader of JSON keeps.
const INTEGER_MAX: u64 = 9_007_199_254_740_991;
/// The most days in a range: ten years and some.
pub const RANGE_DAYS_MAX: i64 = 3_660;
/// The first year that a date may name; before it there was nothing to track.
const YEAR_MIN: i32 = 2000;
const YEAR_MAX: i32 = 2200;

/// Why a parameter is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct ParameterError {
    /// The stable name of the kind.
    pub kind: &'static str,
    /// The parameter.
    pub field: String,
    /// The fault and the remedy.
    pub detail: String,
}

impl ParameterError {
    /// A parameter whose value is wrong.
    pub fn new(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            kind: "bad-parameter",
            field: field.into(),
            detail: detail.into(),
        }
    }

    fn offset_past_end(offset: u64, total: i64) -> Self {
        Self {
            kind: "offset-past-end",
            field: "offset".to_owned(),
            detail: format!(
                "`offset` {offset} lies past the end: the filters find {total}; send an offset below that"
            ),
        }
    }
}

/// The parameters of one request.
#[derive(Debug, Clone, Default)]
pub struct Parameters {
    pairs: Vec<(String, String)>,
}

impl Parameters {
    /// Takes decoded pairs; refuses those that the operation does not know, and repeats.
    pub fn new(
        pairs: impl IntoIterator<Item = (String, String)>,
        known: &[&str],
    ) -> Result<Self, ParameterError> {
        let mut taken: Vec<(String, String)> = Vec::new();
        for (name, value) in pairs {
            let shown = shorten(&name);
            if !known.contains(&name.as_str()) {
                let takes = if known.is_empty() {
                    "none".to_owned()
                } else {
                    known.join(", ")
                };
                return Err(ParameterError {
                    kind: "unknown-parameter",
                    detail: format!(
                        "`{shown}` is not a parameter of this operation; it takes {takes}"
                    ),
                    field: shown,
                });
            }
            if taken.iter().any(|(other, _)| *other == name) {
                return Err(ParameterError {
                    kind: "repeated-parameter",
                    detail: format!("`{shown}` is given more than once; send it once"),
                    field: shown,
                });
            }
            if value.chars().count() > TEXT_CHARS_MAX {
                return Err(ParameterError::new(
                    shown.clone(),
                    format!("`{shown}` has more than {TEXT_CHARS_MAX} characters; shorten it"),
                ));
            }
            if value
                .chars()
                .any(|character| character.is_control() || character == '\u{fffd}')
            {
                return Err(ParameterError::new(
                    shown.clone(),
                    format!("`{shown}` holds a control character or is not UTF-8; send plain text"),
                ));
            }
            taken.push((name, value));
        }
        Ok(Self { pairs: taken })
    }

    /// The parameters as given.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// A text that may be empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    }

    /// A text; an empty one counts as left out.
    pub fn given(&self, name: &str) -> Option<&str> {
        self.text(name).filter(|text| !text.is_empty())
    }

    /// A text that may not be empty.
    pub fn nonempty(&self, name: &str) -> Result<Option<&str>, ParameterError> {
        match self.text(name) {
            Some("") => Err(ParameterError::new(
                name,
                format!("`{name}` is empty; give it a value or leave it out"),
            )),
            other => Ok(other),
        }
    }

    /// A text that has to be there.
    pub fn required(&self, name: &str) -> Result<&str, ParameterError> {
        self.given(name).ok_or_else(|| {
            ParameterError::new(name, format!("`{name}` is missing; add it to the query"))
        })
    }

    /// A moment: ISO 8601 with a zone, a date (its midnight in UTC), or unix milliseconds, from 1970
    /// to 9999.
    pub fn moment(&self, name: &str) -> Result<Option<UnixMillis>, ParameterError> {
        const LAST_MS: i64 = 253_402_300_799_999;
        let Some(value) = self.text(name) else {
            return Ok(None);
        };
        let midnight = || {
            let date = value.parse::<NaiveDate>().ok()?;
            Some(date.and_time(NaiveTime::MIN).and_utc().timestamp_millis())
        };
        let dated = || {
            let moment = DateTime::parse_from_rfc3339(value).ok();
            moment.map(|at| at.timestamp_millis()).or_else(midnight)
        };
        let milliseconds = value.parse::<i64>().ok().or_else(dated);
        milliseconds
            .filter(|at| (0..=LAST_MS).contains(at))
            .map(|at| Some(UnixMillis(at)))
            .ok_or_else(|| {
                ParameterError::new(
                    name,
                    format!(
                        "`{name}` is `{}`; it is ISO 8601 with a zone, such as 2026-11-23T00:00:00Z, \
                         or unix milliseconds",
                        shorten(value)
                    ),
                )
            })
    }

    /// A provider under its canonical name.
    pub fn provider(&self) -> Option<String> {
        self.text("provider")
            .map(|name| canonical_provider(name).into_owned())
    }

    /// One of some words.
    pub fn word<T: Copy>(
        &self,
        name: &str,
        words: &[(&str, T)],
    ) -> Result<Option<T>, ParameterError> {
        let Some(value) = self.text(name) else {
            return Ok(None);
        };
        words
            .iter()
            .find(|(word, _)| *word == value)
            .map(|(_, meaning)| Some(*meaning))
            .ok_or_else(|| {
                let all = words
                    .iter()
                    .map(|(word, _)| *word)
                    .collect::<Vec<_>>()
                    .join(", ");
                ParameterError::new(
                    name,
                    format!("`{name}` is `{}`; it is one of {all}", shorten(value)),
                )
            })
    }

    /// `true` or `false`.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, ParameterError> {
        self.word(name, &[("true", true), ("false", false)])
    }

    /// A whole number within bounds.
    pub fn integer(
        &self,
        name: &str,
        bounds: std::ops::RangeInclusive<u64>,
    ) -> Result<Option<u64>, ParameterError> {
        let Some(value) = self.text(name) else {
            return Ok(None);
        };
        let number = value
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| value.parse().ok());
        number
            .flatten()
            .filter(|number| bounds.contains(number))
            .map(Some)
            .ok_or_else(|| {
                ParameterError::new(
                    name,
                    format!(
                        "`{name}` is `{}`; it is a whole number from {} to {}",
                        shorten(value),
                        bounds.start(),
                        bounds.end()
                    ),
                )
            })
    }

    /// A whole number within bounds, or the default.
    pub fn number(
        &self,
        name: &str,
        default: u32,
        bounds: std::ops::RangeInclusive<u32>,
    ) -> Result<u32, ParameterError> {
        let asked = self.integer(name, u64::from(*bounds.start())..=u64::from(*bounds.end()))?;
        Ok(asked.map_or(default, |number| u32::try_from(number).unwrap_or(default)))
    }

    /// A page: 50 items, unless more or fewer are asked for.
    pub fn page(&self) -> Result<Page, ParameterError> {
        Ok(Page {
            limit: self
                .integer("limit", 1..=LIMIT_MAX)?
                .unwrap_or(LIMIT_DEFAULT),
            offset: self.integer("offset", 0..=INTEGER_MAX)?.unwrap_or(0),
        })
    }

    /// An amount in USD that is not negative.
    pub fn amount(&self, name: &str) -> Result<Option<PicoUsd>, ParameterError> {
        let Some(value) = self.text(name) else {
            return Ok(None);
        };
        let plain = value
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
        let amount = plain.then(|| value.parse::<PicoUsd>().ok()).flatten();
        amount.map(Some).ok_or_else(|| {
            ParameterError::new(
                name,
                format!(
                    "`{name}` is `{}`; it is an amount in USD with at most twelve decimals, such as 0.50",
                    shorten(value)
                ),
            )
        })
    }

    fn day(&self, name: &str) -> Result<Option<NaiveDate>, ParameterError> {
        let Some(value) = self.text(name) else {
            return Ok(None);
        };
        let shaped = value.len() == 10
            && value.bytes().enumerate().all(|(index, byte)| match index {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        shaped
            .then(|| value.parse::<NaiveDate>().ok())
            .flatten()
            .filter(|day| (YEAR_MIN..=YEAR_MAX).contains(&chrono::Datelike::year(day)))
            .map(Some)
            .ok_or_else(|| {
                ParameterError::new(
                    name,
                    format!(
                        "`{name}` is `{}`, which is no date from {YEAR_MIN} to {YEAR_MAX}; write it as 2026-11-23",
                        shorten(value)
                    ),
                )
            })
    }

    /// The range that `start_date` and `end_date` give; `None` without both.
    pub fn range(&self, days_max: i64) -> Result<Option<DayRange>, ParameterError> {
        let (start, end) = match (self.day("start_date")?, self.day("end_date")?) {
            (None, None) => return Ok(None),
            (Some(start), Some(end)) => (start, end),
            (Some(_), None) => return Err(lone("start_date", "end_date")),
            (None, Some(_)) => return Err(lone("end_date", "start_date")),
        };
        if start > end {
            return Err(ParameterError {
                kind: "reversed-range",
                field: "start_date".to_owned(),
                detail: format!("`start_date` {start} lies after `end_date` {end}; exchange them"),
            });
        }
        let range = DayRange { start, end };
        if range.days() > days_max {
            return Err(ParameterError {
                kind: "range-too-long",
                field: "end_date".to_owned(),
                detail: format!(
                    "the range has {} days; at most {days_max} are allowed here: shorten it",
                    range.days()
                ),
            });
        }
        Ok(Some(range))
    }

    /// The granularity of buckets; by day without one.
    pub fn granularity(&self) -> Result<Granularity, ParameterError> {
        let words = [
            ("hour", Granularity::Hour),
            ("day", Granularity::Day),
            ("week", Granularity::Week),
            ("month", Granularity::Month),
        ];
        Ok(self
            .word("granularity", &words)?
            .unwrap_or(Granularity::Day))
    }

    /// With what to compare, if with anything.
    pub fn compare(&self) -> Result<Option<CompareMode>, ParameterError> {
        let words = [
            ("none", None),
            ("previous", Some(CompareMode::Previous)),
            ("last_month", Some(CompareMode::LastMonth)),
            ("last_year", Some(CompareMode::LastYear)),
            ("weekdays", Some(CompareMode::Weekdays)),
        ];
        Ok(self.word("compare", &words)?.flatten())
    }

    /// The extras asked for.
    pub fn include(&self, allowed: &[&str]) -> Result<Include, ParameterError> {
        let mut include = Include::default();
        let mut seen = Vec::new();
        for item in self
            .nonempty("include")?
            .into_iter()
            .flat_map(|list| list.split(','))
        {
            if !allowed.contains(&item) || seen.contains(&item) {
                return Err(ParameterError::new(
                    "include",
                    format!(
                        "`include` names `{}`; it is a comma-separated list of {}, each once",
                        shorten(item),
                        allowed.join(", ")
                    ),
                ));
            }
            seen.push(item);
            match item {
                "sessions" => include.sessions = true,
                "latency" => include.latency = true,
                "trend" => include.trend = true,
                _ => include.total = true,
            }
        }
        Ok(include)
    }

    /// Whether to sort upwards; the default where nothing is said.
    pub fn is_ascending(&self, default: bool) -> Result<bool, ParameterError> {
        Ok(self
            .word("order", &[("asc", true), ("desc", false)])?
            .unwrap_or(default))
    }
}

/// A page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// How many items.
    pub limit: u64,
    /// How many to skip.
    pub offset: u64,
}

impl Page {
    /// Refuses an offset past the end of `total` items.
    pub fn check(self, total: i64) -> Result<(), ParameterError> {
        let total_items = u64::try_from(total).unwrap_or(0);
        if self.offset > 0 && self.offset >= total_items {
            return Err(ParameterError::offset_past_end(self.offset, total));
        }
        Ok(())
    }
}

/// Extras of an answer that read more rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "a set of independent words")]
pub struct Include {
    /// Distinct sessions and users.
    pub sessions: bool,
    /// Percentiles for each bucket or group.
    pub latency: bool,
    /// The cost of each group for each bucket.
    pub trend: bool,
    /// Sums over all that the filters find.
    pub total: bool,
}

fn lone(given: &str, missing: &str) -> ParameterError {
    ParameterError::new(
        missing,
        format!("`{given}` is given without `{missing}`; give both or neither"),
    )
}

fn shorten(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_control())
        .take(64)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &[(&str, &str)]) -> Result<Parameters, ParameterError> {
        Parameters::new(
            query
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
            &[
                "start_date",
                "end_date",
                "limit",
                "offset",
                "min_cost",
                "q",
                "include",
                "order",
            ],
        )
    }

    fn refusal<T: std::fmt::Debug>(result: Result<T, ParameterError>) -> (&'static str, String) {
        match result {
            Err(ParameterError {
                kind,
                field,
                detail,
            }) => {
                assert!(!detail.is_empty());
                (kind, field)
            }
            other => panic!("expected a refusal, got {other:?}"),
        }
    }

    #[test]
    fn unknown_and_repeated_parameters_are_named() {
        assert_eq!(
            refusal(parse(&[("usr", "1")])),
            ("unknown-parameter", "usr".to_owned())
        );
        assert_eq!(
            refusal(parse(&[("q", "a"), ("q", "b")])),
            ("repeated-parameter", "q".to_owned())
        );
        assert_eq!(refusal(parse(&[("q", "a\u{0}")])).1, "q");
        assert_eq!(refusal(parse(&[("q", &"x".repeat(257))])).1, "q");
    }

    #[test]
    fn a_range_is_two_real_dates_in_order_and_not_too_long() {
        let range = |start: &str, end: &str| {
            parse(&[("start_date", start), ("end_date", end)]).and_then(|p| p.range(400))
        };
        assert_eq!(
            range("2026-11-01", "2026-11-23")
                .expect("a range")
                .map(DayRange::days),
            Some(23)
        );
        assert_eq!(
            refusal(range("2026-11-23", "2026-11-01")).0,
            "reversed-range"
        );
        assert_eq!(
            refusal(range("2020-01-01", "2026-01-01")).0,
            "range-too-long"
        );
        for no_date in [
            "2026-02-30",
            "2026-2-3",
            "26-02-03",
            "tomorrow",
            "",
            "2026-11-23T00:00Z",
            "+026-01-01",
            "0001-01-01",
        ] {
            assert_eq!(
                refusal(range(no_date, "2026-11-23")).1,
                "start_date",
                "{no_date}"
            );
        }
        assert_eq!(
            refusal(parse(&[("start_date", "2026-11-01")]).and_then(|p| p.range(400))).1,
            "end_date"
        );
        assert_eq!(parse(&[]).and_then(|p| p.range(400)), Ok(None));
    }

    #[test]
    fn a_page_has_limits() {
        let page = |name, value| parse(&[(name, value)]).and_then(|p| p.page());
        for limit in [
            "0",
            "501",
            "-1",
            "1.5",
            "ten",
            "",
            "+5",
            "99999999999999999999",
        ] {
            assert_eq!(refusal(page("limit", limit)).1, "limit", "{limit}");
        }
        assert_eq!(
            page("limit", "500"),
            Ok(Page {
                limit: 500,
                offset: 0
            })
        );
        assert_eq!(refusal(page("offset", "-1")).1, "offset");
        let third = Page {
            limit: 10,
            offset: 20,
        };
        assert_eq!(third.check(21), Ok(()));
        assert_eq!(refusal(third.check(20)).0, "offset-past-end");
        assert_eq!(
            Page {
                limit: 10,
                offset: 0
            }
            .check(0),
            Ok(())
        );
    }

    #[test]
    fn a_moment_has_a_zone_or_is_a_number() {
        let moment = |text| parse(&[("q", text)]).and_then(|p| p.moment("q"));
        for text in [
            "2026-11-23T00:00:00Z",
            "2026-11-23T01:00:00+01:00",
            "2026-11-23",
            "1795392000000",
        ] {
            assert_eq!(
                moment(text),
                Ok(Some(UnixMillis(1_795_392_000_000))),
                "{text}"
            );
        }
        for text in ["", "2026-11-23T00:00:00", "-1", "yesterday"] {
            assert_eq!(refusal(moment(text)).1, "q", "{text}");
        }
    }

    #[test]
    fn an_amount_is_exact_or_refused() {
        let amount = |text| parse(&[("min_cost", text)]).and_then(|p| p.amount("min_cost"));
        assert_eq!(amount("0.000000000001"), Ok(Some(PicoUsd::new(1))));
        for wrong in ["-1", "1e3", "1,5", "", "0.0000000000001", "99999999999"] {
            assert_eq!(refusal(amount(wrong)).1, "min_cost", "{wrong}");
        }
    }

    #[test]
    fn extras_are_a_list_without_repeats() {
        let include =
            |text| parse(&[("include", text)]).and_then(|p| p.include(&["sessions", "trend"]));
        assert_eq!(
            include("sessions,trend"),
            Ok(Include {
                sessions: true,
                trend: true,
                ..Include::default()
            })
        );
        for wrong in ["", "sessions,sessions", "all", "sessions,", "latency"] {
            assert_eq!(refusal(include(wrong)).1, "include", "{wrong}");
        }
    }
}
