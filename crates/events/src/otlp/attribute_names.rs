//! The attributes of a span that are looked at, by name. All others are skipped where they stand:
//! prompts and answers never leave the body's buffer.

macro_rules! attributes {
    ($($name:ident = $key:literal $(| $alias:literal)*;)*) => {
        /// Every attribute that is looked at.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Attribute { $($name),* }

        impl Attribute {
            /// The attribute of a key; `None` for all that is skipped.
            pub(crate) fn from_key(key: &str) -> Option<Self> {
                match key { $($key $(| $alias)* => Some(Self::$name),)* _ => None }
            }

            /// Its key, for refusals.
            pub(crate) const fn key(self) -> &'static str {
                match self { $(Self::$name => $key),* }
            }
        }
    };
}

attributes! {
    // Who and where, on every span of Langfuse's SDK. The second names are older SDKs'; the AI SDK
    // and OpenLLMetry put the caller's own ids under their names.
    UserId = "user.id" | "langfuse.user.id" | "ai.telemetry.metadata.userId"
        | "traceloop.association.properties.user_id" | "llm.user";
    SessionId = "session.id" | "langfuse.session.id" | "ai.telemetry.metadata.sessionId"
        | "traceloop.association.properties.session_id";
    TraceName = "langfuse.trace.name";
    TraceTags = "langfuse.trace.tags";
    TraceMessageId = "langfuse.trace.metadata.messageId";
    TraceAgentId = "langfuse.trace.metadata.agentId";
    TraceAgentName = "langfuse.trace.metadata.agentName";
    TraceTenantId = "langfuse.trace.metadata.librechat.tenant.id";
    TraceEndpoint = "langfuse.trace.metadata.librechat.endpoint";
    TraceUserRealName = "langfuse.trace.metadata.librechat.user.name";
    TraceUserName = "langfuse.trace.metadata.librechat.user.username";
    TraceUserEmail = "langfuse.trace.metadata.librechat.user.email";
    // What one observation says.
    ObservationType = "langfuse.observation.type";
    ObservationModel = "langfuse.observation.model.name";
    ObservationUsage = "langfuse.observation.usage_details";
    ObservationCost = "langfuse.observation.cost_details";
    ObservationFirstToken = "langfuse.observation.completion_start_time";
    ObservationLevel = "langfuse.observation.level";
    ObservationStatusMessage = "langfuse.observation.status_message";
    ObservationProvider = "langfuse.observation.metadata.provider";
    ObservationInvokedProvider = "langfuse.observation.metadata.__invoked_provider";
    ObservationLangChainProvider = "langfuse.observation.metadata.ls_provider";
    ObservationRequestedModel = "langfuse.observation.metadata.model";
    ObservationInvokedModel = "langfuse.observation.metadata.__invoked_model";
    ObservationLangChainModel = "langfuse.observation.metadata.ls_model_name";
    ObservationAgentId = "langfuse.observation.metadata.agentId";
    ObservationAgentName = "langfuse.observation.metadata.agentName";
    ObservationMessageId = "langfuse.observation.metadata.messageId";
    ObservationNode = "langfuse.observation.metadata.langgraph_node";
    // Native OpenTelemetry, by its semantic conventions; the second names are older ones.
    EndUserId = "enduser.id";
    ErrorType = "error.type";
    HttpMethod = "http.request.method" | "http.method";
    HttpRoute = "http.route";
    HttpStatusCode = "http.response.status_code" | "http.status_code";
    UrlPath = "url.path" | "http.target";
    DbSystem = "db.system.name" | "db.system";
    DbOperation = "db.operation.name" | "db.operation";
    DbCollection = "db.collection.name" | "db.mongodb.collection";
    GenAiOperation = "gen_ai.operation.name";
    GenAiProvider = "gen_ai.provider.name" | "gen_ai.system";
    GenAiRequestModel = "gen_ai.request.model";
    GenAiResponseModel = "gen_ai.response.model";
    GenAiConversationId = "gen_ai.conversation.id";
    GenAiAgentId = "gen_ai.agent.id";
    GenAiAgentName = "gen_ai.agent.name" | "agent_name";
    GenAiToolName = "gen_ai.tool.name";
    GenAiServiceTier = "openai.response.service_tier" | "gen_ai.openai.response.service_tier"
        | "gen_ai.response.service_tier";
    GenAiRequestCost = "gen_ai.usage.cost" | "gen_ai.cost.total_cost" | "gen_ai.cost.total"
        | "llm.cost.total" | "operation.cost";
    // OpenInference.
    OpenInferenceKind = "openinference.span.kind";
    LlmModel = "llm.model_name" | "embedding.model_name" | "reranker.model_name";
    LlmProvider = "llm.provider";
    LlmSystem = "llm.system";
    ToolName = "tool.name" | "ai.toolCall.name";
    // Vercel's AI SDK before its seventh version.
    AiOperation = "ai.operationId";
    AiModel = "ai.model.id";
    AiModelProvider = "ai.model.provider";
    AiResponseModel = "ai.response.model";
    // OpenLLMetry.
    TraceloopKind = "traceloop.span.kind";
    TraceloopName = "traceloop.entity.name";
    LlmRequestType = "llm.request.type";
}

/// The input of an observation. It is content: of a round of tool calls the tools' names are read
/// while it passes, and everything else of it is skipped.
pub(crate) const OBSERVATION_INPUT: &str = "langfuse.observation.input";

/// The attributes that count something of a model's call begin so.
const COUNTS: [&str; 4] = [
    "gen_ai.usage.",
    "llm.token_count.",
    "llm.usage.",
    "ai.usage.",
];

/// Whether an attribute counts something of a model's call. Every number under these names is
/// handed to the reading of usage, whether it is known or not.
pub(crate) fn is_count(key: &str) -> bool {
    COUNTS.iter().any(|prefix| key.starts_with(prefix)) && Attribute::from_key(key).is_none()
}

/// Whether a name belongs to what instruments models: a span that has such attributes and is no
/// call that is understood here is worth a look.
pub(crate) fn is_about_models(key: &str) -> bool {
    ["gen_ai.", "llm.", "ai.", "openinference.", "traceloop."]
        .iter()
        .any(|prefix| key.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_and_answers_are_not_among_the_attributes() {
        for key in [
            OBSERVATION_INPUT,
            "langfuse.observation.output",
            "gen_ai.input.messages",
            "gen_ai.output.messages",
            "gen_ai.system_instructions",
            "gen_ai.prompt",
            "llm.input_messages.0.message.content",
            "ai.prompt.messages",
            "ai.response.text",
            "input.value",
            "output.value",
            "traceloop.entity.input",
            "db.statement",
            "db.query.text",
            "url.query",
            "exception.message",
        ] {
            assert_eq!(Attribute::from_key(key), None, "{key}");
            assert!(!is_count(key), "{key}");
        }
    }

    #[test]
    fn every_number_of_usage_is_a_count_whatever_its_name() {
        for key in [
            "gen_ai.usage.input_tokens",
            "gen_ai.usage.details.cache_read_tokens",
            "gen_ai.usage.a_name_of_next_year",
            "llm.token_count.prompt_details.cache_read",
            "llm.usage.total_tokens",
            "ai.usage.cachedInputTokens",
        ] {
            assert!(is_count(key), "{key}");
        }
        assert!(!is_count("gen_ai.usage.cost"));
        assert!(!is_count("gen_ai.request.max_tokens"));
    }
}
