//! A request's query, taken parameter by parameter.
use cost_calculation::UnixMillis;
use edge::Problem;
use worker::Request;

use crate::request_fields::{moment, moment_fault};

/// Longest value of a parameter, in bytes.
const VALUE_BYTES_MAX: usize = 256;

/// The parameters that no one has taken yet.
#[derive(Debug)]
pub(crate) struct QueryParameters(Vec<(String, String)>);

impl QueryParameters {
    /// Reads the query of a request.
    pub(crate) fn of(request: &Request) -> Self {
        Self(edge::request::query_pairs(request))
    }

    /// A text; empty counts as left out.
    pub(crate) fn text(&mut self, name: &'static str) -> Result<Option<String>, Problem> {
        let mut found = None;
        self.0.retain_mut(|(given, value)| {
            if given != name {
                return true;
            }
            found = Some(std::mem::take(value));
            false
        });
        match found {
            Some(text) if text.len() > VALUE_BYTES_MAX => Err(Problem::bad_parameter(
                name,
                format!("has {} bytes: send at most {VALUE_BYTES_MAX}", text.len()),
            )),
            found => Ok(found.filter(|text| !text.is_empty())),
        }
    }

    /// A text that has to be there.
    pub(crate) fn required(&mut self, name: &'static str) -> Result<String, Problem> {
        self.text(name)?
            .ok_or_else(|| Problem::bad_parameter(name, "is missing: add it to the query"))
    }

    /// A whole number up to a limit.
    pub(crate) fn number(
        &mut self,
        name: &'static str,
        default: u32,
        range: std::ops::RangeInclusive<u32>,
    ) -> Result<u32, Problem> {
        let Some(text) = self.text(name)? else {
            return Ok(default);
        };
        text.parse()
            .ok()
            .filter(|number| range.contains(number))
            .ok_or_else(|| {
                Problem::bad_parameter(
                    name,
                    format!(
                        "is `{text}`: send a whole number from {} to {}",
                        range.start(),
                        range.end()
                    ),
                )
            })
    }

    /// A moment.
    pub(crate) fn moment(&mut self, name: &'static str) -> Result<Option<UnixMillis>, Problem> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        moment(&text)
            .map(Some)
            .ok_or_else(|| Problem::bad_parameter(name, moment_fault(&text)))
    }

    /// Refuses what no one asked for: a misspelt filter would be silently without effect.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        match self.0.into_iter().next() {
            None => Ok(()),
            Some((name, _)) => Err(Problem::bad_parameter(
                name.chars().take(100).collect::<String>(),
                "is no parameter of this path: see contracts/pricing-sync-api.yaml",
            )),
        }
    }
}
