// What a client sends, as the contract (`contracts/tracking-api.yaml`) has it. A test holds the names to it.

/** ISO 8601 with a zone, or unix milliseconds. */
export type Moment = string | number;

export type UsageConvention =
  | "disjoint"
  | "openai-chat"
  | "openai-responses"
  | "azure"
  | "anthropic-messages"
  | "bedrock-converse"
  | "gemini"
  | "xai"
  | "deepseek"
  | "openrouter"
  | "openai-like"
  | "usage-metadata"
  | "langfuse-usage-details"
  | "otel-gen-ai";

/** Everything counted that is not a token. */
export interface Units {
  rows_read?: number;
  rows_written?: number;
  operations?: number;
  cpu_ms?: number;
  wall_ms?: number;
  requests?: number;
  calls?: Record<string, number>;
}

/** A cost that the caller knows; the amount is a decimal string in US dollars. */
export interface DeclaredCost {
  amount: string;
  category: "ai_tokens" | "db_ops" | "api_calls" | "compute_time";
}

/** One interaction. `id` and `timestamp` are made where they are missing. No field takes content. */
export interface Interaction {
  id?: string;
  type: "chat" | "db" | "api" | "cost-event";
  session_id?: string;
  tenant_id?: string;
  user_id: string;
  timestamp?: Moment;
  duration_ms?: number;
  time_to_first_token_ms?: number;
  provider?: string;
  model_name?: string;
  model_reported?: string;
  endpoint?: string;
  region?: string;
  service_tier?: string;
  usage?: Record<string, unknown>;
  usage_convention?: UsageConvention;
  units?: Units;
  declared_cost?: DeclaredCost;
  agent?: string;
  agent_name?: string;
  user_label?: string;
  message_id?: string;
  trace_id?: string;
  context?: string;
  status?: "ok" | "error";
  error?: string;
  metadata?: Record<string, unknown>;
}

/** The start or the end of a session; `timestamp` is now where it is missing. */
export interface SessionMark {
  session_id: string;
  user_id: string;
  tenant_id?: string;
  timestamp?: Moment;
}

/** What a queue holds: where it goes, and its body. */
export type QueuedKind = "interaction" | "session_start" | "session_end";

export interface Queued {
  kind: QueuedKind;
  /** The event as JSON. */
  json: string;
}
