//! The ways in which sources report token counts.
use std::fmt;
use std::str::FromStr;

use crate::UnknownName;

/// How a source's token counts overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UsageConvention {
    /// `OpenAI` chat completions: `prompt_tokens` contains what was cached, `completion_tokens`
    /// the reasoning.
    OpenAiChat,
    /// `OpenAI` responses: the same with `input_tokens` and `output_tokens`.
    OpenAiResponses,
    /// Azure `OpenAI`: either of the two shapes.
    Azure,
    /// Anthropic messages: `input_tokens` excludes cache reads and writes.
    AnthropicMessages,
    /// Bedrock Converse: `inputTokens` excludes cache reads and writes.
    BedrockConverse,
    /// Gemini `usageMetadata`: thoughts are outside the candidates, tool-use prompts extra input.
    Gemini,
    /// xAI: chat completions exclude the reasoning, responses include it; the total decides.
    Xai,
    /// `DeepSeek`: `prompt_cache_hit_tokens` and `prompt_cache_miss_tokens` make the prompt.
    DeepSeek,
    /// `OpenRouter`: the `OpenAI` shape, with the billed `cost` beside it.
    OpenRouter,
    /// Mistral, Groq, Moonshot and others with the `OpenAI` shape.
    OpenAiLike,
    /// `LangChain`'s and `LibreChat`'s `usage_metadata`: inclusive or not by provider.
    UsageMetadata,
    /// Langfuse `usage_details`: disjoint already.
    LangfuseUsageDetails,
    /// OpenTelemetry's `gen_ai.usage.*` attributes: input contains what was cached.
    OtelGenAi,
    /// This project's own buckets, by their column names.
    Disjoint,
}

impl UsageConvention {
    /// Every convention.
    pub const ALL: [Self; 14] = [
        Self::OpenAiChat,
        Self::OpenAiResponses,
        Self::Azure,
        Self::AnthropicMessages,
        Self::BedrockConverse,
        Self::Gemini,
        Self::Xai,
        Self::DeepSeek,
        Self::OpenRouter,
        Self::OpenAiLike,
        Self::UsageMetadata,
        Self::LangfuseUsageDetails,
        Self::OtelGenAi,
        Self::Disjoint,
    ];

    /// The name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenAiChat => "openai-chat",
            Self::OpenAiResponses => "openai-responses",
            Self::Azure => "azure",
            Self::AnthropicMessages => "anthropic-messages",
            Self::BedrockConverse => "bedrock-converse",
            Self::Gemini => "gemini",
            Self::Xai => "xai",
            Self::DeepSeek => "deepseek",
            Self::OpenRouter => "openrouter",
            Self::OpenAiLike => "openai-like",
            Self::UsageMetadata => "usage-metadata",
            Self::LangfuseUsageDetails => "langfuse-usage-details",
            Self::OtelGenAi => "otel-gen-ai",
            Self::Disjoint => "disjoint",
        }
    }
}

impl fmt::Display for UsageConvention {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for UsageConvention {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        let found = Self::ALL
            .into_iter()
            .find(|convention| convention.as_str() == name);
        found.ok_or_else(|| {
            UnknownName::new(
                name,
                "openai-chat, openai-responses, azure, anthropic-messages, bedrock-converse, \
                 gemini, xai, deepseek, openrouter, openai-like, usage-metadata, \
                 langfuse-usage-details, otel-gen-ai, disjoint",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_convention_reads_back_from_its_name_and_an_unknown_one_lists_all() {
        let mut listed = 0;
        let error = "openai".parse::<UsageConvention>().unwrap_err().to_string();
        for convention in UsageConvention::ALL {
            assert_eq!(convention.as_str().parse(), Ok(convention));
            listed += usize::from(error.contains(convention.as_str()));
        }
        assert_eq!(listed, UsageConvention::ALL.len(), "{error}");
    }
}
