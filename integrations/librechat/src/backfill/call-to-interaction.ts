// A call as LibreChat's rows tell it, as an interaction of the ledger. What the rows can't tell exactly stands in
// `metadata.estimated`, by name.
import type { Interaction } from "../client/event.ts";
import type { Call, Transaction } from "./pair-transactions.ts";

/** What other collections know of a call. Of messages no text is read. */
export interface Surroundings {
  message: { endpoint?: string; model?: string; isFailed: boolean } | undefined;
  conversation: { endpoint?: string } | undefined;
  agent: { id: string; name?: string; provider?: string; model?: string } | undefined;
  userLabel: string | undefined;
}

/** Why a call is not known exactly. */
export type Estimated =
  /** Written as a success with counted text, though the provider billed nothing that is known. */
  | "failed_call"
  /** Old rows hold the agent in place of the model: the agent's model of today stands for it. */
  | "agents_model_of_today"
  | "cache_lifetime"
  /** Rows of titles hold no cached tokens. */
  | "title_without_cache"
  /** LibreChat counted Anthropic's cached tokens twice until 2026-06-16. */
  | "anthropic_cache_counted_twice"
  /** Neither message nor conversation is there any more. */
  | "provider_unknown"
  | "prompt_missing"
  | "completion_missing";

/** LibreChat's agents write caches for an hour since then, and for five minutes before. */
const HOUR_LONG_CACHES_FROM = Date.parse("2026-06-18T00:00:00Z");
const ANTHROPIC_COUNTS_RIGHT_FROM = Date.parse("2026-06-17T00:00:00Z");
const providers = new Set(["openAI", "azureOpenAI", "google", "vertexai", "anthropic", "bedrock", "xai", "deepseek", "openrouter", "moonshot", "mistral"]);

export function interactionOf(call: Call, around: Surroundings): Interaction {
  const row = (call.prompt ?? call.completion) as Transaction;
  const atMs = (call.completion ?? row).createdAt?.getTime() ?? row._id.getTimestamp().getTime();
  const estimated: Estimated[] = [];
  const where = providerOf(around, estimated);
  const isFailed = around.message?.isFailed === true;
  if (isFailed) estimated.push("failed_call");
  if (call.prompt === undefined) estimated.push("prompt_missing");
  if (call.completion === undefined) estimated.push("completion_missing");
  if (row.context === "title") estimated.push("title_without_cache");
  const usage = usageOf(call, where.provider, atMs, estimated);
  return {
    id: `tx:${call.id}`,
    type: "chat",
    user_id: String(row.user),
    ...optional("user_label", around.userLabel),
    ...optional("tenant_id", row.tenantId),
    ...optional("session_id", row.conversationId),
    ...optional("message_id", row.messageId),
    ...optional("context", row.context),
    timestamp: atMs,
    ...optional("provider", where.provider),
    ...optional("endpoint", where.endpoint),
    model_name: modelOf(row, around, estimated),
    ...(around.agent !== undefined && { agent: around.agent.id, ...optional("agent_name", around.agent.name) }),
    usage_convention: "disjoint",
    usage: isFailed ? {} : usage,
    // Whether it was refused before its first token, or failed in the middle and cost something, no row says.
    ...(isFailed && { status: "error" as const, error: "Error", units: { calls: { "unreported_usage:failed_call": 1 } } }),
    metadata: {
      from: "librechat.transactions",
      // Its own figure in millionths of a dollar, to be compared and never to be counted.
      librechat_token_value: -((call.prompt?.tokenValue ?? 0) + (call.completion?.tokenValue ?? 0)),
      ...(estimated.length > 0 && { estimated: estimated.toSorted() }),
      ...(isFailed && { librechat_usage: usage }),
    },
  };
}

function usageOf({ prompt, completion }: Call, provider: string | undefined, atMs: number, estimated: Estimated[]): Record<string, number> {
  const output = count(completion?.rawAmount);
  if (prompt === undefined) return { output };
  const isStructured = prompt.inputTokens !== undefined || prompt.writeTokens !== undefined || prompt.readTokens !== undefined;
  if (!isStructured) return { input: count(prompt.rawAmount), output };
  const [read, written] = [count(prompt.readTokens), count(prompt.writeTokens)];
  const isAnthropics = provider === "anthropic" || provider === "bedrock";
  if (written > 0 && isAnthropics) estimated.push("cache_lifetime");
  if (provider === "anthropic" && read + written > 0 && atMs < ANTHROPIC_COUNTS_RIGHT_FROM) estimated.push("anthropic_cache_counted_twice");
  const bucket = isAnthropics && atMs >= HOUR_LONG_CACHES_FROM ? "cache_write_1h" : "cache_write_5m";
  return { input: count(prompt.inputTokens), ...(read > 0 && { cache_read: read }), ...(written > 0 && { [bucket]: written }), output };
}

/** Rows hold tokens as what was taken off a balance: below zero. */
function count(amount: number | undefined): number {
  return Math.abs(Math.round(amount ?? 0));
}

function providerOf({ message, conversation, agent }: Surroundings, estimated: Estimated[]): { provider?: string; endpoint?: string } {
  const said = message?.endpoint ?? conversation?.endpoint;
  // `agents` says how a call was made, and the agent who was asked.
  const name = said === "agents" ? agent?.provider : said;
  if (name === undefined) {
    estimated.push("provider_unknown");
    return {};
  }
  // A custom endpoint has a name of its own; LibreChat speaks OpenAI's language to it.
  return providers.has(name) ? { provider: name } : { provider: "openAI", endpoint: name };
}

function modelOf(row: Transaction, { agent, message }: Surroundings, estimated: Estimated[]): string {
  const model = row.model ?? message?.model ?? "unknown";
  if (!model.startsWith("agent_")) return model;
  estimated.push("agents_model_of_today");
  return agent?.model ?? model;
}

function optional<K extends string>(name: K, value: string | undefined): { [name in K]?: string } {
  return value === undefined || value === null || value === "" ? {} : ({ [name]: value } as { [name in K]?: string });
}
