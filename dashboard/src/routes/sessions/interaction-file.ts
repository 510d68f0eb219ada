import type { SessionDetail } from "../../api/model.ts";
import type { TableFile } from "../../prepare/table-file.ts";

/** A session's interactions as a file. */
export function interactionFile({ session, interactions, coverage, as_of }: SessionDetail, timeZone: string): TableFile {
  return {
    name: `session-${session.id}`.replaceAll(/[^\w.-]+/g, "_"),
    about: {
      session: session.id,
      "reporting time zone": timeZone,
      "data to": as_of ?? "",
      rows: `${interactions.items.length} of ${interactions.total_count}`,
      "session total in USD": session.total_cost ?? "no price",
      "interactions without a price": String(coverage.unpriced_interactions),
    },
    columns: ["id", "timestamp", "type", "status", "provider", "model", "agent", "input_tokens", "cache_read_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens", "output_tokens", "reasoning_tokens", "duration_ms", "price_state", "ai_tokens_cost", "db_ops_cost", "api_calls_cost", "compute_time_cost", "total_cost", "cumulative_cost"],
    rows: interactions.items.map((one) => [
      one.id, one.timestamp, one.type, one.status, one.provider, one.model, one.agent,
      one.tokens.input, one.tokens.cache_read, one.tokens.cache_write_5m, one.tokens.cache_write_1h, one.tokens.output, one.tokens.reasoning,
      one.duration_ms, one.price_state,
      one.cost_by_component.ai_tokens, one.cost_by_component.db_ops, one.cost_by_component.api_calls, one.cost_by_component.compute_time, one.total_cost, one.cumulative_cost,
    ]),
  };
}
