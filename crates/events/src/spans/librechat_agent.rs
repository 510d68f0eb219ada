//! LibreChat's agent ids.
//!
//! A saved agent's id begins with `agent_`. A chat without one runs under an ephemeral id,
//! `endpoint__model___sender` with an optional `____index`, where `__` stands for a colon
//! (librechat-data-provider 0.8.524, `parseEphemeralAgentId`). For a custom endpoint this is the
//! only place that names it: its provider says `openAI`.

/// What an agent id says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AgentId<'a> {
    /// A saved agent, or a name that some other program uses.
    Saved(&'a str),
    /// No agent: the endpoint of a plain chat.
    Ephemeral {
        /// The endpoint's name, as configured in LibreChat.
        endpoint: &'a str,
    },
}

/// Reads an agent id.
pub(crate) fn parse(id: &str) -> AgentId<'_> {
    let base = without_index(id);
    if base.starts_with("agent_") {
        return AgentId::Saved(base);
    }
    let named = base
        .split_once("___")
        .map_or(base, |(before, _sender)| before);
    match named.split_once("__") {
        Some((endpoint, model)) if !endpoint.is_empty() && !model.is_empty() => {
            AgentId::Ephemeral { endpoint }
        }
        // Runs without an agent (memory, titles, summaries) go by these names.
        _ if base == "ephemeral" || base == "default" => AgentId::Ephemeral { endpoint: "" },
        _ => AgentId::Saved(base),
    }
}

/// Parallel agents of one id are told apart by `____<n>`; to the ledger they are one.
fn without_index(id: &str) -> &str {
    match id.rsplit_once("____") {
        Some((base, index)) if !index.is_empty() && index.bytes().all(|b| b.is_ascii_digit()) => {
            base
        }
        _ => id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_agent_keeps_its_id_without_the_index() {
        assert_eq!(parse("agent_abc123"), AgentId::Saved("agent_abc123"));
        assert_eq!(parse("agent_abc123____1"), AgentId::Saved("agent_abc123"));
    }

    #[test]
    fn an_ephemeral_agent_names_its_endpoint() {
        let endpoint = "Mistral";
        let expected = AgentId::Ephemeral { endpoint };
        assert_eq!(parse("Mistral__mistral-large-latest___Mistral"), expected);
        assert_eq!(
            parse("Mistral__mistral-large-latest___Mistral____1"),
            expected
        );
        assert_eq!(parse("Mistral__ft__gpt-4o"), expected);
        assert_eq!(
            parse("My Proxy__gpt-4o"),
            AgentId::Ephemeral {
                endpoint: "My Proxy"
            }
        );
    }

    #[test]
    fn a_run_without_an_agent_is_no_agent() {
        for id in ["default", "ephemeral", "default____1"] {
            assert_eq!(parse(id), AgentId::Ephemeral { endpoint: "" }, "{id}");
        }
    }

    #[test]
    fn another_name_stays_a_name() {
        assert_eq!(parse("assistant"), AgentId::Saved("assistant"));
        assert_eq!(parse("__x"), AgentId::Saved("__x"));
        assert_eq!(parse(""), AgentId::Saved(""));
    }
}
