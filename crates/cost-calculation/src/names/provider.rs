//! One name for each provider, whoever writes it.
use std::borrow::Cow;

/// Longest provider name that is looked up; longer text is no provider's name.
const NAME_MAX: usize = 64;

/// The price book's name for a provider.
///
/// The vocabulary is that of genai-prices' provider ids (`openai`, `aws`, `x-ai`, …). LibreChat's
/// ids (`azureOpenAI`, `vertexai`, `bedrock`), LiteLLM's `litellm_provider` values (`together_ai`,
/// `vertex_ai-language-models`) and OpenTelemetry's `gen_ai.provider.name` (`aws.bedrock`,
/// `gcp.gemini`) lead to the same names, as do LangChain's `ls_provider` (`google_genai`,
/// `google_vertexai`, `amazon_bedrock`: `getLsParams` of its packages) and the AI SDK's names
/// (`openai.responses`: `provider` of its models). Case and surrounding blanks don't matter. A name that
/// nobody knows comes back trimmed and in lower case: it names itself.
///
/// Vertex AI is a provider of its own (`vertex`): its regional prices can differ from the Gemini
/// API's, so that using Google's price for it is a flagged vendor fallback.
///
/// ```
/// use cost_calculation::canonical_provider;
/// assert_eq!(canonical_provider("azureOpenAI"), "azure");
/// assert_eq!(canonical_provider("vertex_ai-anthropic_models"), "vertex");
/// assert_eq!(canonical_provider("My-Gateway"), "my-gateway");
/// ```
pub fn canonical_provider(name: &str) -> Cow<'_, str> {
    let name = name.trim();
    if let Some(known) = known_provider(name) {
        return Cow::Borrowed(known);
    }
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) || !name.is_ascii() {
        Cow::Owned(name.to_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// The price book's name, if the name is one of the known ones.
pub fn known_provider(name: &str) -> Option<&'static str> {
    let name = name.trim();
    if name.len() > NAME_MAX {
        return None;
    }
    let mut buffer = [0_u8; NAME_MAX];
    let lower = buffer.get_mut(..name.len())?;
    lower.copy_from_slice(name.as_bytes());
    lower.make_ascii_lowercase();
    let lower = std::str::from_utf8(lower).ok()?;
    if lower.starts_with("vertex_ai-") || lower.starts_with("vertex-ai-") {
        return Some("vertex");
    }
    let found = NAMES
        .binary_search_by(|(alias, _)| alias.cmp(&lower))
        .ok()?;
    NAMES.get(found).map(|(_, canonical)| *canonical)
}

/// Whether LibreChat itself knows what answers at an endpoint of this name: one of its own
/// (`EModelEndpoint`), or a custom one that it has special handling for (`KnownEndpoints` of
/// librechat-data-provider 0.8.524).
pub(crate) fn is_librechats_endpoint(name: &str) -> bool {
    LIBRECHATS_ENDPOINTS
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

const LIBRECHATS_ENDPOINTS: [&str; 25] = [
    "openAI",
    "azureOpenAI",
    "azureAssistants",
    "google",
    "anthropic",
    "bedrock",
    "anyscale",
    "apipie",
    "cohere",
    "fireworks",
    "deepseek",
    "moonshot",
    "groq",
    "helicone",
    "huggingface",
    "mistral",
    "mlx",
    "ollama",
    "openrouter",
    "perplexity",
    "shuttleai",
    "together.ai",
    "unify",
    "vercel",
    "xai",
];

/// Resellers whose model ids contain a `/` of their own: there, `x/` names no other provider.
pub(crate) fn ids_contain_slashes(provider: &str) -> bool {
    provider.starts_with("huggingface") || SLASH_RESELLERS.contains(&provider)
}

/// Where a reseller's model can be looked up at its vendor, one hop away. The price found there is
/// the vendor's list price, and the estimate says so.
pub(crate) fn vendors_behind(provider: &str) -> &'static [&'static str] {
    match provider {
        "azure" => &["openai", "anthropic", "deepseek", "x-ai", "moonshotai"],
        "vertex" => &["google", "anthropic"],
        "google" | "aws" => &["anthropic"],
        _ => &[],
    }
}

/// Gateways that pass the vendors' list prices through and name models `vendor/model`.
pub(crate) fn passes_prices_through(provider: &str) -> bool {
    matches!(provider, "openrouter" | "vercel")
}

const SLASH_RESELLERS: [&str; 20] = [
    "aihubmix",
    "baseten",
    "cloudflare",
    "deepinfra",
    "fireworks",
    "friendliai",
    "gmi",
    "groq",
    "hyperbolic",
    "lambda",
    "nebius",
    "novita",
    "nscale",
    "nvidia",
    "openrouter",
    "perplexity",
    "replicate",
    "together",
    "vercel",
    "wandb",
];

/// Lower-case name to the book's name, in order.
const NAMES: &[(&str, &str)] = &[
    ("ai21", "ai21"),
    ("aihubmix", "aihubmix"),
    ("alibaba", "dashscope"),
    ("amazon", "aws"),
    ("amazon-bedrock", "aws"),
    ("amazon_bedrock", "aws"),
    ("amazon_nova", "aws"),
    ("anthropic", "anthropic"),
    ("anthropic.messages", "anthropic"),
    ("anyscale", "anyscale"),
    ("arcee", "arcee"),
    ("avian", "avian"),
    ("aws", "aws"),
    ("aws.bedrock", "aws"),
    ("az.ai.inference", "azure"),
    ("az.ai.openai", "azure"),
    ("azure", "azure"),
    ("azure-openai.chat", "azure"),
    ("azure.ai.inference", "azure"),
    ("azure.ai.openai", "azure"),
    ("azure.chat", "azure"),
    ("azure.responses", "azure"),
    ("azure_ai", "azure"),
    ("azure_openai", "azure"),
    ("azure_text", "azure"),
    ("azureassistants", "azure"),
    ("azureopenai", "azure"),
    ("baseten", "baseten"),
    ("bedrock", "aws"),
    ("bedrock_converse", "aws"),
    ("bedrock_mantle", "aws"),
    ("bigmodel", "zhipuai"),
    ("cerebras", "cerebras"),
    ("cerebras.chat", "cerebras"),
    ("chatgpt", "openai"),
    ("cloudflare", "cloudflare"),
    ("codestral", "mistral"),
    ("cohere", "cohere"),
    ("cohere.chat", "cohere"),
    ("cohere_chat", "cohere"),
    ("cursor", "cursor"),
    ("dashscope", "dashscope"),
    ("databricks", "databricks"),
    ("deepinfra", "deepinfra"),
    ("deepseek", "deepseek"),
    ("deepseek.chat", "deepseek"),
    ("doubleword", "doubleword"),
    ("elevenlabs", "elevenlabs"),
    ("fireworks", "fireworks"),
    ("fireworks-ai", "fireworks"),
    ("fireworks.chat", "fireworks"),
    ("fireworks_ai", "fireworks"),
    ("fireworks_ai-embedding-models", "fireworks"),
    ("friendliai", "friendliai"),
    ("gcp.gemini", "google"),
    ("gcp.gen_ai", "google"),
    ("gcp.vertex_ai", "vertex"),
    ("gemini", "google"),
    ("github-copilot", "github-copilot"),
    ("github_copilot", "github-copilot"),
    ("gmi", "gmi"),
    ("google", "google"),
    ("google-vertex", "vertex"),
    ("google.generative-ai", "google"),
    ("google.vertex.chat", "vertex"),
    ("google_genai", "google"),
    ("google_vertexai", "vertex"),
    ("groq", "groq"),
    ("groq.chat", "groq"),
    ("huggingface_cerebras", "huggingface_cerebras"),
    ("huggingface_fireworks-ai", "huggingface_fireworks-ai"),
    ("huggingface_groq", "huggingface_groq"),
    ("huggingface_hyperbolic", "huggingface_hyperbolic"),
    ("huggingface_nebius", "huggingface_nebius"),
    ("huggingface_novita", "huggingface_novita"),
    ("huggingface_nscale", "huggingface_nscale"),
    ("huggingface_ovhcloud", "huggingface_ovhcloud"),
    ("huggingface_publicai", "huggingface_publicai"),
    ("huggingface_sambanova", "huggingface_sambanova"),
    ("huggingface_together", "huggingface_together"),
    ("hyperbolic", "hyperbolic"),
    ("ibm.watsonx.ai", "watsonx"),
    ("inception", "inception"),
    ("lambda", "lambda"),
    ("lambda_ai", "lambda"),
    ("meta", "meta"),
    ("meta_llama", "meta"),
    ("minimax", "minimax"),
    ("mistral", "mistral"),
    ("mistral.chat", "mistral"),
    ("mistral_ai", "mistral"),
    ("mistralai", "mistral"),
    ("modal", "modal"),
    ("moonshot", "moonshotai"),
    ("moonshotai", "moonshotai"),
    ("morph", "morph"),
    ("nebius", "nebius"),
    ("novita", "novita"),
    ("nscale", "nscale"),
    ("nvidia", "nvidia"),
    ("nvidia_nim", "nvidia"),
    ("oci", "oci"),
    ("ollama", "ollama"),
    ("openai", "openai"),
    ("openai-decisions", "openai-decisions"),
    ("openai.chat", "openai"),
    ("openai.completion", "openai"),
    ("openai.embedding", "openai"),
    ("openai.responses", "openai"),
    ("openrouter", "openrouter"),
    ("ovhcloud", "ovhcloud"),
    ("perplexity", "perplexity"),
    ("perplexity.chat", "perplexity"),
    ("publicai", "publicai"),
    ("quicksilverpro", "quicksilverpro"),
    ("qwen_ai_platform", "dashscope"),
    ("qwencloud", "dashscope"),
    ("replicate", "replicate"),
    ("sagemaker", "sagemaker"),
    ("sambanova", "sambanova"),
    ("scaleway", "scaleway"),
    ("snowflake", "snowflake"),
    ("text-completion-codestral", "mistral"),
    ("text-completion-openai", "openai"),
    ("together", "together"),
    ("together.ai", "together"),
    ("together_ai", "together"),
    ("togetherai", "together"),
    ("togetherai.chat", "together"),
    ("typesafe", "typesafe"),
    ("v0", "v0"),
    ("vercel", "vercel"),
    ("vercel_ai_gateway", "vercel"),
    ("vertex", "vertex"),
    ("vertex.anthropic.messages", "vertex"),
    ("vertex_ai", "vertex"),
    ("vertexai", "vertex"),
    ("volcengine", "volcengine"),
    ("voyage", "voyageai"),
    ("voyageai", "voyageai"),
    ("wandb", "wandb"),
    ("watsonx", "watsonx"),
    ("x-ai", "x-ai"),
    ("x_ai", "x-ai"),
    ("xai", "x-ai"),
    ("xai.chat", "x-ai"),
    ("xai.responses", "x-ai"),
    ("z-ai", "zai"),
    ("zai", "zai"),
    ("zhipu", "zhipuai"),
    ("zhipuai", "zhipuai"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_maps_to_names_that_map_to_themselves() {
        for pair in NAMES.windows(2) {
            assert!(pair[0].0 < pair[1].0, "{} before {}", pair[0].0, pair[1].0);
        }
        for (alias, canonical) in NAMES {
            assert_eq!(canonical_provider(alias), *canonical);
            assert_eq!(canonical_provider(canonical), *canonical);
        }
    }

    #[test]
    fn librechats_litellms_and_opentelemetrys_names_meet() {
        for (names, canonical) in [
            (
                &["openAI", "OPENAI", " openai ", "text-completion-openai"][..],
                "openai",
            ),
            (&["azureOpenAI", "azure_ai", "azure.ai.openai"], "azure"),
            (
                &[
                    "bedrock",
                    "bedrock_converse",
                    "aws.bedrock",
                    "AWS",
                    "amazon_bedrock",
                ],
                "aws",
            ),
            (
                &[
                    "google",
                    "gemini",
                    "gcp.gemini",
                    "google_genai",
                    "google.generative-ai",
                ],
                "google",
            ),
            (
                &[
                    "vertexai",
                    "vertex_ai",
                    "vertex_ai-llama_models",
                    "gcp.vertex_ai",
                    "google_vertexai",
                ],
                "vertex",
            ),
            (&["xai", "x-ai", "x_ai"], "x-ai"),
            (&["moonshot", "moonshotai"], "moonshotai"),
            (&["voyage"], "voyageai"),
        ] {
            for name in names {
                assert_eq!(canonical_provider(name), canonical, "{name}");
            }
        }
    }

    #[test]
    fn an_unknown_name_names_itself() {
        assert_eq!(canonical_provider(" Ma Passerelle "), "ma passerelle");
        assert_eq!(known_provider("ma passerelle"), None);
        let endless = "x".repeat(1000);
        assert_eq!(canonical_provider(&endless), endless);
    }
}
