//! What can be priced.
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Component;
use crate::TokenPart;

/// Among an interaction's calls: the tokens that choose its context tier where they are not all of its
/// input, since it was several calls. It has no price.
pub(crate) const CONTEXT_TOKENS: &str = "context_tokens";
/// What ends the name of a resource that is counted in thousandths of its unit.
pub(crate) const THOUSANDTHS: &str = "_ms";

/// Longest name of an API call's resource.
const NAME_MAX: usize = 96;

/// A priced resource, by the name it has in the price book.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum ResourceType {
    /// Uncached input tokens.
    Input,
    /// Input tokens read from a prompt cache.
    CacheRead,
    /// Input tokens written to a cache that lives five minutes (or has one lifetime only).
    CacheWrite5m,
    /// Input tokens written to a cache that lives an hour.
    CacheWrite1h,
    /// Output tokens, reasoning excluded.
    Output,
    /// Reasoning tokens.
    Reasoning,
    /// Audio input tokens.
    AudioIn,
    /// Audio output tokens.
    AudioOut,
    /// Image input tokens.
    ImageIn,
    /// Image output tokens.
    ImageOut,
    /// A rational factor on the token component: `rate` / `per`.
    Multiplier,
    /// A part of one of these buckets with a rate of its own.
    Part(TokenPart),
    /// Rows read by a database operation.
    RowsRead,
    /// Rows written by a database operation.
    RowsWritten,
    /// Database operations.
    Operations,
    /// CPU milliseconds.
    CpuMs,
    /// Wall-clock milliseconds.
    WallMs,
    /// Requests (compute).
    Requests,
    /// A cost that the caller declared; never a row of the book.
    Declared,
    /// Any other resource of an API call: `web_search`, `request`, `tool:<name>`.
    Call(String),
}

impl ResourceType {
    /// The name in the price book, in SQL and in JSON.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Input => "input",
            Self::CacheRead => "cache_read",
            Self::CacheWrite5m => "cache_write_5m",
            Self::CacheWrite1h => "cache_write_1h",
            Self::Output => "output",
            Self::Reasoning => "reasoning",
            Self::AudioIn => "audio_in",
            Self::AudioOut => "audio_out",
            Self::ImageIn => "image_in",
            Self::ImageOut => "image_out",
            Self::Multiplier => "multiplier",
            Self::Part(part) => part.as_str(),
            Self::RowsRead => "rows_read",
            Self::RowsWritten => "rows_written",
            Self::Operations => "operations",
            Self::CpuMs => "cpu_ms",
            Self::WallMs => "wall_ms",
            Self::Requests => "requests",
            Self::Declared => "declared",
            Self::Call(name) => name,
        }
    }

    /// The component that the resource's cost belongs to. A declared cost names its own; as a
    /// resource it counts to the API calls.
    pub const fn component(&self) -> Component {
        match self {
            Self::Input
            | Self::CacheRead
            | Self::CacheWrite5m
            | Self::CacheWrite1h
            | Self::Output
            | Self::Reasoning
            | Self::AudioIn
            | Self::AudioOut
            | Self::ImageIn
            | Self::ImageOut
            | Self::Multiplier
            | Self::Part(_) => Component::AiTokens,
            Self::RowsRead | Self::RowsWritten | Self::Operations => Component::DbOps,
            Self::CpuMs | Self::WallMs | Self::Requests => Component::ComputeTime,
            Self::Declared | Self::Call(_) => Component::ApiCalls,
        }
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl From<ResourceType> for String {
    fn from(resource: ResourceType) -> Self {
        match resource {
            ResourceType::Call(name) => name,
            other => other.as_str().to_owned(),
        }
    }
}

impl TryFrom<String> for ResourceType {
    type Error = ResourceTypeError;

    fn try_from(name: String) -> Result<Self, ResourceTypeError> {
        name.parse()
    }
}

impl FromStr for ResourceType {
    type Err = ResourceTypeError;

    fn from_str(name: &str) -> Result<Self, ResourceTypeError> {
        Ok(match name {
            "input" => Self::Input,
            "cache_read" => Self::CacheRead,
            "cache_write_5m" => Self::CacheWrite5m,
            "cache_write_1h" => Self::CacheWrite1h,
            "output" => Self::Output,
            "reasoning" => Self::Reasoning,
            "audio_in" => Self::AudioIn,
            "audio_out" => Self::AudioOut,
            "image_in" => Self::ImageIn,
            "image_out" => Self::ImageOut,
            "multiplier" => Self::Multiplier,
            "rows_read" => Self::RowsRead,
            "rows_written" => Self::RowsWritten,
            "operations" => Self::Operations,
            "cpu_ms" => Self::CpuMs,
            "wall_ms" => Self::WallMs,
            "requests" => Self::Requests,
            "declared" => Self::Declared,
            other => {
                if let Some(part) = TokenPart::from_name(other) {
                    return Ok(Self::Part(part));
                }
                let printable = other.chars().all(|char| !char.is_control());
                if other.trim().is_empty() || other.len() > NAME_MAX || !printable {
                    let shown: String = other.chars().take(NAME_MAX).collect();
                    return Err(ResourceTypeError(Cow::Owned(shown)));
                }
                Self::Call(other.to_owned())
            }
        })
    }
}

/// A resource's name is empty, too long or not printable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` can't name a resource; give 1 to {NAME_MAX} printable characters")]
pub struct ResourceTypeError(Cow<'static, str>);

impl TokenPart {
    /// The bucket that it is a part of.
    pub const fn whole(self) -> ResourceType {
        match self {
            Self::CacheReadAudio | Self::CacheReadImage | Self::CacheReadVideo => {
                ResourceType::CacheRead
            }
            Self::CacheWrite12h => ResourceType::CacheWrite1h,
            Self::VideoIn | Self::Citation => ResourceType::Input,
            Self::VideoOut => ResourceType::Output,
        }
    }

    /// The resource of the same kind of tokens, uncached.
    pub(crate) const fn uncached(self) -> Option<ResourceType> {
        match self {
            Self::CacheReadAudio => Some(ResourceType::AudioIn),
            Self::CacheReadImage => Some(ResourceType::ImageIn),
            Self::CacheReadVideo => Some(ResourceType::Part(Self::VideoIn)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_survives_the_way_to_sql_and_back() {
        for name in [
            "input",
            "cache_read",
            "cache_write_5m",
            "cache_write_1h",
            "output",
            "reasoning",
            "audio_in",
            "audio_out",
            "image_in",
            "image_out",
            "multiplier",
            "cache_read_audio",
            "cache_write_12h",
            "video_in",
            "rows_read",
            "rows_written",
            "operations",
            "cpu_ms",
            "wall_ms",
            "requests",
            "declared",
            "web_search",
            "request",
            "tool:google_search",
        ] {
            let resource: ResourceType = name.parse().unwrap();
            assert_eq!(resource.as_str(), name);
            let call = matches!(resource, ResourceType::Call(_));
            assert_eq!(
                call,
                ["web_search", "request", "tool:google_search"].contains(&name)
            );
        }
    }

    #[test]
    fn an_unprintable_or_endless_name_is_refused() {
        for name in ["", "  ", "a\nb", &"x".repeat(97)] {
            assert!(name.parse::<ResourceType>().is_err(), "{name:?}");
        }
    }
}
