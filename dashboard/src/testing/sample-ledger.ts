/**
 * Answers of the query API over an invented ledger, for tests and for looking at pages without the
 * suite. They are typed by the contract and add up like the real ones: the parts are made first, in
 * whole microdollars, and every sum is taken from them.
 */
import type { DailyStats, Figures, Group, GroupList, Receipt, SessionDetail, SessionList, SystemStats, UserStats, Watermark } from "../api/model.ts";
import { addDays, rangeLength, weekday } from "../prepare/day.ts";

/** The invented installation's today. */
export const today = "2026-11-23";
const zone = "Europe/Berlin";
const as_of = "2026-11-23T13:02:11.000Z";

/** The watermark of the invented ledger. */
export const watermark: Watermark = { as_of, reporting_time_zone: zone, ledger_version: 48_211, price_book_version: 42, ledger_epoch: "1c0a5f3b92d4", today, first_day: "2026-08-25", reporting_hour: "2026-11-23T13:00:00.000Z" };

const models = [
  { provider: "anthropic", model: "claude-opus-5", weight: 44 },
  { provider: "openai", model: "gpt-5.4", weight: 22 },
  { provider: "google", model: "gemini-3-pro", weight: 14 },
  { provider: "anthropic", model: "claude-haiku-5", weight: 8 },
  { provider: "deepseek", model: "deepseek-v4", weight: 5 },
  { provider: "xai", model: "grok-5", weight: 3 },
  { provider: "mistral", model: "mistral-large-4", weight: 2 },
  { provider: "mongodb", model: "", weight: 1 },
];
const users = ["user-17", "user-31", "user-04", "user-22", "user-09", "user-11", "user-28", "user-02"];
const agents = ["researcher", "coder", "", "support-triage"];

/** A whole number that looks random and is the same every time. */
function noise(...seeds: (string | number)[]): number {
  let hash = 2_166_136_261;
  for (const character of seeds.join("/")) hash = Math.imul(hash ^ character.charCodeAt(0), 16_777_619) >>> 0;
  return hash % 1000;
}

/** Microdollars as the API writes money. */
export function money(micro: number): string {
  const text = String(Math.abs(micro)).padStart(7, "0");
  const fraction = text.slice(-6).replace(/0+$/, "");
  return `${micro < 0 ? "-" : ""}${text.slice(0, -6)}${fraction === "" ? "" : `.${fraction}`}`;
}

const shape = (day: string) => (weekday(day) >= 5 ? 35 : 100) + noise("day", day) / 25;

/** What one model cost on one day, in microdollars. */
function modelDay(index: number, day: string): number {
  const spent = Math.round(((models[index]?.weight ?? 0) * shape(day) * (700 + noise(index, day)) * 300) / 1000) * 10;
  return day === today ? Math.round(spent * 0.6) : spent;
}

const days = (from: string, to: string) => Array.from({ length: rangeLength(from, to) }, (_, index) => addDays(from, index));
const dayTotal = (day: string) => models.reduce((sum, _, index) => sum + modelDay(index, day), 0);

/** The sums of a slice that cost so many microdollars. */
export function figures(micro: number, given: Partial<Figures> = {}): Figures {
  const count = Math.max(1, Math.round(micro / 44_600));
  const input = count * 2_300;
  return {
    interaction_count: count, error_count: Math.round(count * 0.008), aborted_count: 0, error_rate: 0.008, unpriced_count: 0, partial_count: 0, unpriced_tokens: 0,
    tokens: { total: input + count * 1_400 + count * 640, input, cache_read: count * 1_400, cache_write_5m: 0, cache_write_1h: 0, output: count * 560, reasoning: count * 80, audio_in: 0, audio_out: 0, image_in: 0, image_out: 0 },
    total_cost: money(micro),
    cost_by_component: { ai_tokens: money(Math.round(micro * 0.97)), db_ops: money(Math.round(micro * 0.01)), api_calls: money(micro - Math.round(micro * 0.97) - Math.round(micro * 0.01)), compute_time: "0" },
    cache_savings: money(Math.round(micro * 0.21)), cache_hit_rate: 0.378, cost_per_interaction: money(44_600), ...given,
  };
}

const nothing: Figures = { ...figures(0), interaction_count: 0, error_count: 0, error_rate: null, total_cost: "0", cache_savings: "0", cache_hit_rate: null, cost_per_interaction: null, cost_by_component: { ai_tokens: "0", db_ops: "0", api_calls: "0", compute_time: "0" }, tokens: { total: 0, input: 0, cache_read: 0, cache_write_5m: 0, cache_write_1h: 0, output: 0, reasoning: 0, audio_in: 0, audio_out: 0, image_in: 0, image_out: 0 } };

const blank = { provider: null, model: null, user_id: null, tenant_id: null, agent: null, erased: false, label: "" };
const modelGroup = (index: number): Group => ({ ...blank, dimension: "model", id: `${models[index]?.provider}/${models[index]?.model}`, provider: models[index]?.provider ?? "", model: models[index]?.model ?? "" });
const userGroup = (index: number): Group => ({ ...blank, dimension: "user", id: users[index] ?? "", user_id: users[index] ?? "", tenant_id: "", label: "" });
const agentGroup = (index: number): Group => ({ ...blank, dimension: "agent", id: agents[index] ?? "", agent: agents[index] ?? "" });

const period = (from: string, to: string) => ({ start_date: from, end_date: to, days: rangeLength(from, to), complete: to < today });
const coverage = { priced_interactions: 17_892, unpriced_interactions: 312, partial_interactions: 0, priced_tokens: 310_000_000, unpriced_tokens: 1_240_000, priced_interaction_ratio: 0.982861, priced_token_ratio: 0.996016 };
const filters = { user_id: null, tenant_id: null, model: null, provider: null, agent: null, type: null };
const doNotAddUp = ["session_count", "user_count", "p95_ms"];

function comparison(from: string, to: string): NonNullable<DailyStats["comparison"]> {
  const end = to === today ? addDays(to, -1) : to;
  const current = days(from, end).reduce((sum, day) => sum + dayTotal(day), 0);
  const previous = Math.round(current / 1.341);
  const shift = (day: string) => addDays(day, -31);
  return {
    mode: "weekdays", comparable: true, reason: null, current: period(from, end), previous: period(shift(from), shift(end)),
    current_figures: figures(current), previous_figures: figures(previous),
    cost_change: { current_total_cost: money(current), previous_total_cost: money(previous), difference: money(current - previous), ratio: 0.341 },
    interaction_difference: 2_411, interaction_ratio: 0.153, error_rate_difference: -0.003,
  };
}

function bridge(from: string, to: string): NonNullable<DailyStats["bridge"]> {
  const { cost_change } = comparison(from, to);
  const micro = (text: string | null) => Math.round(Number(text) * 1_000_000);
  const [before, after] = [micro(cost_change.previous_total_cost), micro(cost_change.current_total_cost)];
  const change = after - before;
  const [volume, price, fresh] = [Math.round(change * 0.71), Math.round(change * 0.144), Math.round(change * 0.05)];
  const mix = change - volume - price - fresh;
  const steps = { volume: money(volume), mix: money(mix), price: money(price), new: money(fresh), gone: "0" };
  return { from: money(before), to: money(after), token_mix: money(Math.round(mix * -0.4)), ...steps, items: [{ provider: "anthropic", model: "claude-opus-5", type: "chat", ...steps }] };
}

function forecast(): DailyStats["forecast"] {
  const left = days(today, "2026-11-30").map((day) => ({ day, total_cost: money(Math.round(shape(day) * 300_000)) }));
  return { month: "2026-11", available: true, reason: null, method: "weekday_median", complete_days: 22, spent: "812.4", low: "990", mid: "1086.2", high: "1190", days: left };
}

/** The four parts of a cost, of which the last is nothing. */
const componentParts = ([["ai_tokens", 0.97], ["db_ops", 0.02], ["api_calls", 0.01]] as const).map(([id, part]) => ({ group: { ...blank, dimension: "component" as const, id }, of: (day: string) => Math.floor(dayTotal(day) * part) }));

/** What the query API answers about time. */
export function daily(query: URLSearchParams): DailyStats {
  const [from, to] = [query.get("start_date") ?? "2026-11-01", query.get("end_date") ?? today];
  const by = (query.get("group_by") ?? null) as DailyStats["group_by"];
  const rank_by = (query.get("rank_by") ?? (by === "token_type" ? "tokens" : "cost")) as DailyStats["rank_by"];
  const countChange = (micro: number) => (compared === null || rank_by === "cost" ? null : { current: Math.round(micro / 10), previous: Math.round(micro / 11), difference: Math.round(micro / 10) - Math.round(micro / 11), ratio: 0.026 });
  const all = days(from, to);
  const value = (micro: number) => ({ total_cost: money(micro), interaction_count: Math.round(micro / 44_600), error_count: 0, unpriced_count: 0, token_count: Math.round(micro / 10) });
  const parts = by === "user" ? users.map((_, index) => ({ group: userGroup(index), of: (day: string) => Math.floor((dayTotal(day) * (8 - index)) / 36) })) : by === "component" ? componentParts : by === "agent" ? agents.map((_, index) => ({ group: agentGroup(index), of: (day: string) => Math.floor((dayTotal(day) * (4 - index)) / 10) })) : models.map((_, index) => ({ group: modelGroup(index), of: (day: string) => modelDay(index, day) }));
  const totals = all.map(dayTotal);
  const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
  const whole = sum(totals);
  const shown = by === null ? [] : parts.slice(0, 6);
  const rest = all.map((day, index) => (totals[index] ?? 0) - sum(shown.map(({ of }) => of(day))));
  const compared = (query.get("compare") ?? "none") === "none" ? null : comparison(from, to);
  return {
    as_of, reporting_time_zone: zone, ledger_version: 48_211, period: period(from, to), filters, granularity: "day", group_by: by, rank_by, coverage,
    buckets: all.map((day, index) => ({
      start_date: day, end_date: day, start_time: `${addDays(day, -1)}T23:00:00.000Z`, end_time: `${day}T23:00:00.000Z`, complete: day < today,
      figures: figures(totals[index] ?? 0, index % 9 === 4 ? { unpriced_count: 52, unpriced_tokens: 52_000 } : {}),
      previous: compared === null ? null : { start_date: addDays(day, -31), end_date: addDays(day, -31), total_cost: money(Math.round((totals[index] ?? 0) * (0.6 + noise("p", day) / 2000))), interaction_count: 500, error_count: 4, token_count: 5_000_000 },
      distinct: null, latency: null,
    })),
    series: shown.map(({ group, of }, index) => {
      const values = all.map(of);
      const change = { current_total_cost: money(sum(values)), previous_total_cost: money(sum(values) - 9_000_000), difference: "9", ratio: 0.12 };
      return { group, rank_90d: index + 1, figures: figures(sum(values)), share: Math.round((sum(values) / whole) * 1e6) / 1e6, change: compared === null ? null : change, count_change: countChange(sum(values)), values: values.map(value) };
    }),
    other: by === null ? null : { group_count: parts.length - shown.length, figures: figures(sum(rest)), share: Math.round((sum(rest) / whole) * 1e6) / 1e6, change: null, count_change: countChange(sum(rest)), values: rest.map(value) },
    total: figures(whole, { unpriced_count: 312, unpriced_tokens: 1_240_000 }), distinct: null, comparison: compared, count_change: countChange(whole), bridge: compared === null ? null : bridge(from, to), forecast: forecast(),
    marks: from <= "2026-11-17" && to >= "2026-11-17" ? [{ kind: "price_change", time: "2026-11-17T10:00:00.000Z", day: "2026-11-17", provider: "anthropic", model: "claude-opus-5", changes: [] }] : [],
    marks_truncated: false, totals_do_not_add_up: doNotAddUp,
  };
}

/** What the query API answers about the whole. */
export function system(query: URLSearchParams): SystemStats {
  const [from, to] = [query.get("start_date") ?? "2026-11-01", query.get("end_date") ?? today];
  const whole = days(from, to).reduce((sum, day) => sum + dayTotal(day), 0);
  const percentiles = { count: 18_000, p50_ms: 2_100, p95_ms: 9_400, p99_ms: 21_000 };
  const compared = (query.get("compare") ?? "none") === "none" ? null : comparison(from, to);
  return {
    as_of, reporting_time_zone: zone, ledger_version: 48_211, period: period(from, to), filters, coverage, total: figures(whole, { unpriced_count: 312, unpriced_tokens: 1_240_000 }), distinct: { session_count: 1_932, user_count: 41 },
    errors: [{ provider: "openai", model: "gpt-5.4", type: "chat", error_count: 97, interaction_count: 4_011, error_rate: 0.024183 }],
    latency: { duration: percentiles, time_to_first_token: { ...percentiles, p95_ms: 1_900 } }, comparison: compared, bridge: compared === null ? null : bridge(from, to), forecast: forecast(),
    unpriced_models: [{ provider: "local", model: "llama-5-70b", type: "chat", interaction_count: 300, token_count: 1_200_000 }, { provider: "acme", model: "x1", type: "chat", interaction_count: 12, token_count: 40_000 }],
    first_day: "2026-08-01", ledger_empty: false, totals_do_not_add_up: doNotAddUp,
  };
}

/** A list of users, models or agents. */
export function groupList(kind: "users" | "models" | "agents", query: URLSearchParams): GroupList {
  const [from, to] = [query.get("start_date") ?? "2026-11-01", query.get("end_date") ?? today];
  const all = days(from, to);
  const whole = all.reduce((sum, day) => sum + dayTotal(day), 0);
  const size = { users: users.length, models: models.length, agents: agents.length }[kind];
  const group = { users: userGroup, models: modelGroup, agents: agentGroup }[kind];
  const share = { users: (i: number) => (8 - i) / 36, models: (i: number) => (models[i]?.weight ?? 0) / 99, agents: (i: number) => (4 - i) / 10 }[kind];
  const limit = Number(query.get("limit") ?? 50);
  const costs = Array.from({ length: size }, (_, index) => Math.floor(whole * share(index)));
  costs[0] = (costs[0] ?? 0) + whole - costs.reduce((a, b) => a + b, 0);
  const wanted = query.get("q");
  const rows = costs.map((cost, index) => ({ cost, index })).filter(({ index }) => wanted === null || group(index).id.includes(wanted));
  const shown = rows.slice(0, limit);
  const rest = rows.slice(limit).reduce((sum, { cost }) => sum + cost, 0);
  const found = rows.reduce((sum, { cost }) => sum + cost, 0);
  return {
    as_of, reporting_time_zone: zone, ledger_version: 48_211, period: period(from, to), filters, dimension: kind === "users" ? "user" : kind === "models" ? "model" : "agent", coverage, trend_granularity: "day",
    trend_buckets: all.map((day) => ({ start_date: day, end_date: day, complete: day < today })),
    items: shown.map(({ cost, index }) => ({
      group: group(index), rank_90d: index + 1, figures: figures(cost, index === 1 ? { unpriced_count: 12 } : {}), share: cost / found,
      change: { current_total_cost: money(cost), previous_total_cost: index === 3 ? "0" : money(Math.round(cost / (1 + (noise(kind, index) - 300) / 1000))), difference: money(Math.round((cost * (noise(kind, index) - 300)) / 1000)), ratio: index === 3 ? null : (noise(kind, index) - 300) / 1000 },
      distinct: { session_count: 40 + index, user_count: 1 }, latency: kind === "models" ? { duration: { count: 1, p50_ms: 2_000, p95_ms: 9_000 + index * 500, p99_ms: 20_000 }, time_to_first_token: { count: 1, p50_ms: 400, p95_ms: 1_900, p99_ms: 3_000 } } : null,
      trend: all.map((day) => money(Math.round((dayTotal(day) * share(index) * (600 + noise("t", index, day))) / 1000))), cost_per_session: money(Math.round(cost / (40 + index))), last_day: today,
    })),
    limit, offset: 0, total_count: rows.length, other: { group_count: rows.length - shown.length, figures: rest === 0 ? nothing : figures(rest), share: found === 0 ? null : rest / found },
    total: found === 0 ? nothing : figures(found, { unpriced_count: 312 }), distinct: { session_count: 1_932, user_count: 41 }, comparison: (query.get("compare") ?? "none") === "none" ? null : comparison(from, to), totals_do_not_add_up: doNotAddUp,
  };
}

/** One user. */
export function userStats(userId: string, query: URLSearchParams): UserStats {
  const stats = daily(query);
  const list = groupList("models", query);
  const own = figures(61_020_000);
  return {
    as_of, reporting_time_zone: zone, ledger_version: 48_211, period: stats.period, user: { ...userGroup(0), id: userId, user_id: userId }, coverage, lifetime: { first_day: "2026-08-03", last_day: today, session_count: 211, figures: figures(311_020_000) },
    total: own, distinct: { session_count: 42, user_count: 1 }, by_model: list.items.map(({ group, figures: sums, share }) => ({ group, figures: sums, share })), by_agent: groupList("agents", query).items.map(({ group, figures: sums, share }) => ({ group, figures: sums, share })), by_type: [],
    buckets: stats.buckets, comparison: stats.comparison, bridge: null, forecast: forecast(),
    hours: Array.from({ length: 7 * 24 }, (_, index) => ({ weekday: Math.floor(index / 24) + 1, hour: index % 24, interaction_count: index % 24 > 7 && index % 24 < 19 && index < 120 ? noise("h", index) % 40 : noise("h", index) % 3 })).filter(({ interaction_count }) => interaction_count > 0),
    totals_do_not_add_up: doNotAddUp,
  };
}

const start = Date.parse("2026-11-18T09:04:00.000Z");
const tokens = { total: 42_820, input: 2_308, cache_read: 38_900, cache_write_5m: 0, cache_write_1h: 0, output: 912, reasoning: 700, audio_in: 0, audio_out: 0, image_in: 0, image_out: 0 };

function interaction(index: number): SessionDetail["interactions"]["items"][number] {
  const type = index % 5 === 3 ? "api" : index % 7 === 5 ? "db" : "chat";
  const isUnpriced = index === 9;
  const micro = type === "chat" ? 44_670 + noise("i", index) * 40 : 200;
  const so_far = Array.from({ length: index + 1 }, (_, i) => i).reduce((sum, i) => sum + (i === 9 ? 0 : i % 5 === 3 || i % 7 === 5 ? 200 : 44_670 + noise("i", i) * 40), 0);
  return {
    id: `i_${String(index).padStart(3, "0")}`, session_id: "s_8f2", user_id: "user-17", tenant_id: "", timestamp: new Date(start + index * 92_000).toISOString(), type, status: index === 6 ? "error" : "ok", error: index === 6 ? "overloaded" : null,
    provider: type === "chat" ? (isUnpriced ? "local" : "anthropic") : type === "db" ? "mongodb" : "web", model: type === "chat" ? (isUnpriced ? "llama-5-70b" : "claude-opus-5") : "", model_reported: null, agent: "researcher", agent_name: "Research assistant", user_label: null, context: "message", message_id: null, trace_id: "0af7",
    duration_ms: type === "chat" ? 8_400 + noise("d", index) * 20 : 120, time_to_first_token_ms: type === "chat" ? 900 : null, tokens: type === "chat" ? tokens : { ...tokens, total: 0, input: 0, cache_read: 0, output: 0, reasoning: 0 }, resources: type === "api" ? ["web_search"] : type === "db" ? ["rows_read", "rows_written"] : [],
    price_state: isUnpriced ? "unpriced" : "priced", total_cost: isUnpriced ? null : money(micro), cost_by_component: { ai_tokens: isUnpriced ? null : type === "chat" ? money(micro) : "0", db_ops: type === "db" ? money(micro) : "0", api_calls: type === "api" ? money(micro) : "0", compute_time: "0" },
    cumulative_cost: money(so_far), share: isUnpriced ? null : Math.round((micro / 1_266_500) * 1e6) / 1e6, feedback: index === 4 ? 1 : null, source: "langfuse", archived: false,
  };
}

const session = {
  id: "s_8f2", user_id: "user-17", tenant_id: "", user_label: null, start_time: new Date(start).toISOString(), end_time: null, last_seen: "2026-11-18T09:41:12.000Z", duration_ms: 2_232_000, status: "closed" as const,
  interaction_count: 24, error_count: 1, aborted_count: 0, unpriced_count: 1, token_count: 781_220, total_cost: interaction(23).cumulative_cost, models: [{ provider: "anthropic", model: "claude-opus-5" }, { provider: "local", model: "llama-5-70b" }], agents: ["researcher"], agent_names: ["Research assistant"], mixed_users: false, archived: false,
};

/** The list of sessions. */
export function sessionList(query: URLSearchParams): SessionList {
  const items = Array.from({ length: 32 }, (_, index) => ({
    ...session, id: index === 0 ? "s_8f2" : `s_${(noise("s", index) * 7919).toString(16)}${index}`, user_id: users[index % users.length] ?? "", start_time: new Date(Date.parse(as_of) - index * 3_400_000).toISOString(), status: index < 2 ? ("open" as const) : ("closed" as const),
    error_count: index % 6 === 1 ? 2 : 0, unpriced_count: index % 9 === 0 ? 1 : 0, total_cost: index === 5 ? null : money(noise("c", index) * 2_100), interaction_count: 3 + (noise("n", index) % 30), duration_ms: 60_000 * (1 + (noise("l", index) % 90)), models: index % 3 === 0 ? session.models : [{ provider: "openai", model: "gpt-5.4" }],
  }));
  const limit = Number(query.get("limit") ?? 50);
  return { as_of, reporting_time_zone: zone, ledger_version: 48_211, period: period("2026-11-01", today), items: items.slice(0, limit), limit, offset: 0, total_count: items.length, total: { interaction_count: 640, error_count: 10, aborted_count: 0, unpriced_count: 4, token_count: 9_100_000, total_cost: "31.4" } };
}

/** One session. */
export function sessionDetail(): SessionDetail {
  const items = Array.from({ length: 24 }, (_, index) => interaction(index));
  const total = Math.round(Number(session.total_cost) * 1_000_000);
  return {
    as_of, reporting_time_zone: zone, ledger_version: 48_211, session, figures: figures(total, { unpriced_count: 1, cache_hit_rate: 0.91, cache_savings: "0.52" }), coverage: { ...coverage, unpriced_interactions: 1 }, by_model: [],
    drivers: [
      { component: "ai_tokens", resource_type: "output", provider: "anthropic", model: "claude-opus-5", quantity: 16_416, amount: money(Math.round(total * 0.72)), share: 0.72 },
      { component: "ai_tokens", resource_type: "cache_read", provider: "anthropic", model: "claude-opus-5", quantity: 700_200, amount: money(Math.round(total * 0.2)), share: 0.2 },
      { component: "api_calls", resource_type: "web_search", provider: "web", model: "", quantity: 5, amount: money(Math.round(total * 0.08)), share: 0.08 },
    ],
    outlier: { is_outlier: true, median_cost: "0.31", session_count: 42, ratio: 4.085 }, interactions: { items, limit: 200, offset: 0, total_count: 24 },
  };
}

/** The receipt of one interaction. */
export function receipt(): Receipt {
  const price = { price_id: 4_711, provider: "anthropic", model: "claude-opus-5", resource_type: "input", region: "", service_tier: "standard", min_context: 0, schedule: "", rate: "5", per: 1_000_000, currency: "USD" as const, valid_from: "2026-11-16T00:00:00.000Z", valid_from_basis: "stated" as const, valid_to: null, source: "litellm", source_revision: "5f3a", reason: null };
  const line = (resource_type: string, quantity: number, rate: string, amount: string, flags: string[] = []) => ({ component: "ai_tokens" as const, resource_type, quantity, amount, price: { ...price, resource_type, rate }, multiplier: null, flags });
  const total_cost = "0.0549900000012";
  const cost_by_component = { ai_tokens: total_cost, db_ops: "0", api_calls: "0", compute_time: "0" };
  const estimate = { revision: 0, total_cost, cost_by_component, cache_savings: "0.17505", currency: "USD" as const, price_state: "priced" as const, match_kind: "exact", calculation_version: 1, price_book_version: 42, created_at: "2026-11-18T09:12:53.000Z", reason: null };
  return {
    as_of, reporting_time_zone: zone, ledger_version: 48_211, interaction: { ...interaction(0), total_cost, cost_by_component }, price_time: "2026-11-18T09:12:52.400Z", endpoint: null, region: null, service_tier: null, units: {}, declared_cost: null, reported_cost: null, reading: [], usage_numbers: null, estimate,
    lines: [line("input", 2_308, "5", "0.01154"), line("cache_read", 38_900, "0.5", "0.01945"), line("output", 912, "15", "0.01368"), line("reasoning", 688, "15", "0.0103200000012", ["billed_as_output"])],
    lines_total: total_cost, equals_stored: true, revisions: [{ ...estimate, revision: 1 }, { ...estimate, revision: 0, total_cost: null, price_state: "unpriced", reason: null }], today: { total_cost: "0.0604", price_state: "priced", difference: "0.0054099999988", ratio: 0.098381 },
  };
}
